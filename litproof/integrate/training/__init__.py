"""Losses and dynamics other than gradient flow of the task's own loss: flows, and descent step by step."""
