"""The theorems: one folder each, named by its id, with claim and derivation."""
