"""Jacobs, Zhou, Burkholz 2025: regularisation that is switched off."""
