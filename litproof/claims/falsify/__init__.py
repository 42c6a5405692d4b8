"""Trying to break a claim: many drawn problems, failures shrunk to the smallest, nothing finished ever lost."""
