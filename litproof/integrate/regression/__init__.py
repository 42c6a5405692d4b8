"""Regression flows: Taylor and collocation, many digits."""
