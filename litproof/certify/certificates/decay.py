"""Certificates of limits of weight decay that goes on (kind decay)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.linear import dot
from litproof.certify.certificates.format import (
    Certificate,
    accepted,
    decimal_bounds,
    exact_text,
    text_rows,
    texts,
)
from litproof.certify.certificates.regression_path import (
    Path,
    data_fields,
    growths,
    likely_error,
    path_to,
    polynomial_fields,
)
from litproof.certify.checker.decay import descent_of, least_eigenvalue, speed
from litproof.certify.checker.flow import Flow, lifting, read_flow
from litproof.certify.checker.interval import Interval
from litproof.certify.checker.work import Work
from litproof.dynamics import WeightDecay
from litproof.flow.motion import trace_motion
from litproof.integrate import permission
from litproof.integrate.budget import SECOND, Budget
from litproof.precision import digits_to_bits
from litproof.problem import Problem

_DIGITS = (12, 20, 32)
"""Of the path, one after the other: it only has to reach the ball."""
_BALLS = tuple(Fraction(1, 10**k) for k in range(1, 8))
_NEAR, _STEPS, _NEWTON_STEPS = 1e-5, 1000, 40


def decay_certificate(
    problem: Problem, digits: int, *, operations: float = 20 * SECOND
) -> Certificate | None:
    """The limit of beta under weight decay for ever and the squared loss, sides below 10^-digits of the largest entry.

    None for decay that ends, weights, networks with functions or of too many terms, and where the flow is not proved
    to come to a point of rest at which it contracts.

    Raises
    ------
    checker.TooMuchWork : the checker would not try.
    """
    dynamics, network_fields = problem.dynamics, polynomial_fields(problem.network)
    if not isinstance(dynamics, WeightDecay) or dynamics.until is not None or problem.task != "regression":
        return None
    if network_fields is None or problem.loss or problem.weights:
        return None
    permission.ask("validated integration")
    fields = {**network_fields, **data_fields(problem), "rate": exact_text(dynamics.rate)}
    budget = Budget(operations)
    for work_digits in _DIGITS:
        work = Work()
        flow, _ = read_flow(fields, work)
        path = _path(problem, flow, work_digits, budget)
        if path is None:
            return None
        error = likely_error(path, growths(flow, path, work, dynamics.rate))
        bits = max(path.bits, digits_to_bits(digits) + 64)
        rest = _rest(flow, path.end, error, dynamics.rate, digits, bits)
        if rest is not None:
            certificate = accepted("decay", {**fields, **_finer(path.fields, bits), **rest})
            if certificate is not None:
                return certificate
    return None


def _path(problem: Problem, flow: Flow, digits: int, budget: Budget) -> Path | None:
    """A path to where the velocity is small; None where the budget ends first."""
    assert isinstance(problem.dynamics, WeightDecay)
    rate, bits = problem.dynamics.rate, digits_to_bits(digits) + 8

    def is_near(end: Sequence[Fraction]) -> bool:
        return speed(flow, end, rate, bits) * flow.clock < _NEAR * rate * max(map(abs, end))

    program = trace_motion(problem).program
    return path_to(problem, program, digits, is_near, budget=budget, max_steps=_STEPS)


def _finer(path: dict[str, Any], bits: int) -> dict[str, Any]:
    """The same path with coefficients over a larger power of two."""
    shift = bits - path["bits"]
    steps = [[[c << shift for c in p] for p in step] for step in path["path"]]
    return {"bits": bits, "lengths": path["lengths"], "path": steps}


def _rest(
    flow: Flow, place: Sequence[Fraction], error: Fraction, rate: Fraction, digits: int, bits: int
) -> dict[str, Any] | None:
    """The point of rest and the ball around it; None where Newton's method or the contraction fails."""
    found = _point_of_rest(flow, place, rate, bits)
    if found is None:
        return None
    centre, P = found
    off = sum(((a - b) ** 2 for a, b in zip(place, centre, strict=True)), Fraction(0))
    for ball in _BALLS:
        if not off < (ball - error) * abs(ball - error):
            return None
        m = least_eigenvalue(flow, centre, ball, rate, P, bits, Work())
        if m <= 0:
            continue
        value = speed(flow, centre, rate, bits) / m
        reach = Fraction(2) ** (value.numerator.bit_length() - value.denominator.bit_length() + 2)
        bounds = [entry.ends for entry in flow.coefficients(centre, reach, bits)]
        return {
            "centre": texts(centre),
            "preconditioner": text_rows(P),
            "ball": exact_text(ball),
            "reach": exact_text(reach),
            "enclosure": decimal_bounds(bounds, digits),
        }
    return None


def _point_of_rest(
    flow: Flow, place: Sequence[Fraction], rate: Fraction, bits: int
) -> tuple[list[Fraction], list[list[Fraction]]] | None:
    """Newton's method with the matrix of the first point, in doubles, and rows P with P S P^T near 1."""
    import numpy as np

    x = list(place)
    inverse = None
    for _ in range(_NEWTON_STEPS):
        point = [Interval.around(q, bits) for q in x]
        if inverse is None:
            J, pulls = flow.jacobian(point, lifting(bits)), flow.pulls(point, bits)
            A = np.array([[float(sum(entry.ends)) / 2 for entry in row] for row in J])
            S = A.T @ A + float(rate / flow.clock) * np.eye(flow.size)
            for i, row in enumerate(flow.bent(point, pulls, bits)):
                for j, entry in row.items():
                    S[i, j] += float(sum(entry.ends)) / 2
            try:
                inverse = np.linalg.inv(np.linalg.cholesky(S))
            except np.linalg.LinAlgError:
                return None
            P = [[Fraction(float(p)) for p in row] for row in inverse]
            columns = list(zip(*P, strict=True))
        middles = [sum(entry.ends, Fraction(0)) / 2 for entry in descent_of(flow, point, rate, bits)]
        turned = [dot(row, middles) for row in P]
        move = [dot(column, turned) for column in columns]
        if max(map(abs, move)) > 1:
            return None  # away from the end of the path, or rest points that are not isolated
        x = [Fraction(round((q - d) * (1 << bits)), 1 << bits) for q, d in zip(x, move, strict=True)]
        if max(map(abs, move)) < Fraction(16, 1 << bits):
            break
    return x, P
