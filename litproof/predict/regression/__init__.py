"""Predicted limits, never by integrating."""
