"""Gradient-flow equations, reduced coordinates and conserved quantities, all exact."""
