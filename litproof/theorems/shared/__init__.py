"""What several theorems use."""
