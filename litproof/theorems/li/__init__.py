"""Li, Wang, Lee, Arora 2022."""
