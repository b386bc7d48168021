"""One reader for each format: bytes in, a Reading out."""
