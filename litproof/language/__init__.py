"""Formulas as text: the grammar and the syntax tree. Nothing is ever executed."""
