"""Proofs about limit directions."""
