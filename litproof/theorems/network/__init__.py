"""Identities between forms of one network."""
