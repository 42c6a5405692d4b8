"""Sweeps: where the flow goes, and what claims say, over a grid of problems."""
