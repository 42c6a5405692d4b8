"""Problems in other units, exactly: numbers far outside the range of doubles come near 1."""

from dataclasses import dataclass, replace
from fractions import Fraction

from litproof.networks.base import MultilinearNetwork
from litproof.problem import Problem

WITHIN = 200
"""Powers of two around 1 in which the largest numbers of a problem are left as they are."""


@dataclass(frozen=True)
class Scaled:
    """A regression problem in other units, all of them powers of two.

    With x = a x', v = sigma v' and y = b y', b = a sigma^L, a multilinear network has r = b r', and v' follows the
    flow of (x', y') in the time t' = a b sigma^(L - 2) t.

    Attributes
    ----------
    problem : the one in the new units. beta, parameters, residual, time : units of beta, v, r and t in the old ones.
    """

    problem: Problem
    beta: Fraction
    parameters: Fraction
    residual: Fraction
    time: Fraction


def scaled_near_one(problem: Problem) -> Scaled | None:
    """The problem with max |x| near 1, and max |y| or max |v| near 1; None where its numbers are near 1 already.

    Only regression with a multilinear network is scaled.
    """
    if problem.task != "regression" or not isinstance(problem.network, MultilinearNetwork):
        return None
    depth = problem.network.depth
    sizes = [
        max((abs(q) for row in rows for q in row), default=Fraction(0))
        for rows in (problem.X, (problem.y,), problem.v0)
    ]
    if all(not size or abs(_log2(size)) <= WITHIN for size in sizes):
        return None
    x, y, v = sizes
    log_a = _log2(x) if x else 0
    logs = [_log2(v)] if v else []
    logs += [(_log2(y) - log_a) // depth] if y else []
    log_sigma = max(logs, default=0)
    a, sigma = _power(log_a), _power(log_sigma)
    b = a * sigma**depth
    return Scaled(
        replace(
            problem,
            X=tuple(tuple(q / a for q in row) for row in problem.X),
            y=tuple(q / b for q in problem.y),
            scale=Fraction(1),
            v=tuple(tuple(q / sigma for q in layer) for layer in problem.v0),
        ),
        beta=sigma**depth,
        parameters=sigma,
        residual=b,
        time=1 / (a * b * sigma ** (depth - 2)),
    )


def _log2(q: Fraction) -> int:
    return q.numerator.bit_length() - q.denominator.bit_length()


def _power(exponent: int) -> Fraction:
    return Fraction(2) ** exponent
