"""The flow of one problem in mpmath numbers: right-hand sides, paths, and a second engine for limits.

The engine differentiates the loss with sympy and follows the flow by a Taylor method in plain mpmath
(`lazy_series`, `taylor`). It shares with the integrators of `litproof.integrate` the network's own `coefficients` and
the definition of the loss, nothing else: not the tracer of programs, not the step control, not the fixed-point numbers,
not the bound of the remaining path. What mpmath itself rests on is its own: under gmpy2 both use GMP for products of
integers.
"""

from litproof.mpmath_interface.follow import direction_at, follow_regression
from litproof.mpmath_interface.paths import trajectory, velocity

__all__ = ["direction_at", "follow_regression", "trajectory", "velocity"]
