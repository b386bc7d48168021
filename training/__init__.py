"""Trains the reader that the package carries: `python -m training.reader`."""
