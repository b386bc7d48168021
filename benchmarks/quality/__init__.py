"""Ranking quality and cost; run by `python -m benchmarks.quality`."""
