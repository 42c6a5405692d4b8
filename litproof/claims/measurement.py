"""The measurement that most claims use: the flow in its original parameters, followed to its limit."""

from litproof.problem import Problem
from litproof.results import Measurement


def measure_limit(problem: Problem, digits: int) -> Measurement:
    """Follow the gradient flow of `problem` until its limit is known to a little more than `digits` digits."""
    from litproof.integrate.limits import follow_to_limit

    return follow_to_limit(problem, digits + 3)
