"""Proofs about limits of regression flows."""
