"""Benchmark of what runs the model, and of the command that asks."""
