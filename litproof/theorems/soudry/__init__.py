"""Soudry et al.: one layer, separable data."""
