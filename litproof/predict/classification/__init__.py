"""Predicted limit directions, never by integrating."""
