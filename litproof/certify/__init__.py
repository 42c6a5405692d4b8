"""Proven enclosures in ball arithmetic, certificates, and the independent checker."""
