"""Claims: hypotheses, prediction, measurement and mutants, put together into a verdict."""
