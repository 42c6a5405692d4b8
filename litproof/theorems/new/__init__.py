"""Statements that are made here."""
