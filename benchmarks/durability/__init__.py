"""Kills, power cuts and hard use: what was acknowledged must still be there, and nothing else."""
