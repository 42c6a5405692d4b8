"""Where the flow goes: initial-value and differential-algebraic solvers at any precision. Never predicts."""

import os

# Linear algebra here is small: threads inside one factorisation cost many times what they save. It only takes
# effect when numpy is not loaded yet, which is the case for the command line.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
