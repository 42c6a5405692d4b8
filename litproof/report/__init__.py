"""Verdicts and derivations for people and machines: terminal, JSON, JUnit, LaTeX."""
