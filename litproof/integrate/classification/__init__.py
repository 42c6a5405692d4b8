"""Classification flows in the clock kappa."""
