"""Where the flow goes: initial-value and differential-algebraic solvers at any precision. Never predicts."""
