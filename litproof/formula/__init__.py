"""Formulas given as text, such as ``sum(abs(beta[j])^p)``: parsed by a small grammar, never evaluated as code."""
