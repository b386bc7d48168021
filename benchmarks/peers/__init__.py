"""footnoted beside other ways to ask one's own documents: same machine, same model, same texts."""
