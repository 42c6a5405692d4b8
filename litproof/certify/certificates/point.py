"""The point that a certificate is about, in balls: what binds it to the answer that it goes with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, ball
from litproof.certify.certificates.format import Certificate
from litproof.certify.checker.exact import rational
from litproof.certify.classification.direction import unit_entries
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

_KINDS = (
    "regression-limit",
    "regression-path",
    "polynomial-path",
    "descent",
    "decay",
    "minimum-norm",
    "stationary-margin",
    "singular-pair",
)


def is_about(
    problem: Problem, certificate: Certificate, value: Sequence[Fraction], error: Fraction, digits: int
) -> bool:
    """Whether the certified point can be `value` +- `error`: beta, or for classification its direction in l2.

    Parameters
    ----------
    digits : those of the value; balls are wide enough to decide at them.
    """
    bits = digits_to_bits(digits) + 128
    with ball_precision(bits):
        box: list[Ball] | None = certified_point(problem, certificate)
    if problem.task == "classification":
        point = box
        box = unit_entries(lambda _: point or [], bits)
    with ball_precision(bits):
        return box is not None and all(
            x.overlaps(_around(entry, error)) for x, entry in zip(box, value, strict=True)
        )


def certified_point(problem: Problem, certificate: Certificate) -> list[Ball]:
    """d balls around the certified beta, up to a positive factor for classification, at flint's current precision."""
    kind = certificate["kind"]
    if kind not in _KINDS:
        raise ValueError(f"a certificate of kind {kind} is about no point")
    if "enclosure" in certificate:
        return [_between(low, high) for low, high in certificate["enclosure"]]
    if kind == "singular-pair":
        return _of_pair(problem, certificate)
    rho = [_between(*pair) if isinstance(pair, list) else ball(rational(pair)) for pair in certificate["rho"]]
    S = [[ball(rational(entry)) for entry in row] for row in certificate["S"]]
    return [
        sum((s * r for s, r in zip(column, rho, strict=True)), ball(0)) for column in zip(*S, strict=True)
    ]


def _of_pair(problem: Problem, certificate: Certificate) -> list[Ball]:
    """beta of layers that have the sine of their angle to w below the stated one: |v - w| <= 2 angle |w|."""
    tensor = problem.layered.data_tensor()
    w = [rational(entry) for entry in certificate["w"]]
    reach = 2 * rational(certificate["angle"]) * sum(map(abs, w))
    v = [_around(entry, reach) for entry in w]
    out = [ball(0)] * tensor.input_dim
    for (z, a, b), value in tensor.entries.items():
        out[z] += ball(value) * v[a] * v[tensor.shapes[0] + b]
    return out


def _between(low: str, high: str) -> Ball:
    first, last = rational(low), rational(high)
    return _around((first + last) / 2, (last - first) / 2)


def _around(centre: Fraction, radius: Fraction) -> Ball:
    from flint import arb

    return ball(centre) + arb(0, ball(radius).upper())
