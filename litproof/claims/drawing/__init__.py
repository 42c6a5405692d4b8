"""Exact problems drawn at random that meet a claim's hypotheses, ordinary ones and extreme ones."""
