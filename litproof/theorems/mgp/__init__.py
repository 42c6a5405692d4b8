"""Marcotte, Gribonval, Peyre: conserved quantities and their number."""
