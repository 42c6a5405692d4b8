"""Lemmas that claims and certificates rest on: derivations without a claim of their own."""
