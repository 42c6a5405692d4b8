"""Derivations: steps decided by normal forms."""
