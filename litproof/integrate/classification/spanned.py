"""Directions of large convolutions and tensors, followed on what their data span or by frequencies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, isqrt, log10, prod, sqrt

from litproof.algebra.linear import dot, product
from litproof.flow.data_span import data_span, has_matrices
from litproof.flow.invariant_subspace import invariant_subspace
from litproof.flow.program import split
from litproof.flow.span import Span
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.tensor import TensorNetwork
from litproof.precision import digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement

_SPARE_BITS = 128
_GUARD = 32
"""Bits by which the numbers of the smaller problem exceed those that the run worked with."""
_ATTEMPTS = 3


def follow_in_span(
    problem: Problem, digits: int, follow: Callable[[Problem, int], Measurement]
) -> Measurement | None:
    """The direction of a flow, followed with fewer products; None where there are not fewer.

    None as well where the flow never leaves a subspace, which rounded numbers might.

    Parameters
    ----------
    follow : (problem, digits) -> the flow followed until its direction settles, with the "bits" that it worked with.
    """
    found = small_flow(problem, digits, follow)
    return found and _of_given(*found, digits)


def small_flow(
    problem: Problem, digits: int, follow: Callable[[Problem, int], Measurement]
) -> tuple[Span, Measurement] | None:
    """The smaller problem and its flow, as `follow_in_span` follows it; None where there is none."""
    bits = 3 * digits_to_bits(digits) + 2 * _SPARE_BITS
    for _ in range(_ATTEMPTS):
        span = None if has_matrices(problem.network) else data_span(problem, bits)
        if span is None or invariant_subspace(problem) is not None:
            return None
        growth = 2 * _norm(problem.network) * sqrt(span.problem.network.input_dim)
        small = follow(span.problem, digits + ceil(log10(growth)))
        work = small.details.get("bits", 0)
        if not small.converged or work + _GUARD <= bits:
            return span, small
        bits = work + _SPARE_BITS
    return None


def _of_given(span: Span, small: Measurement, digits: int) -> Measurement | None:
    """The layers Q_l^T w_l: what the data do not see stays behind; beta is linear in that of the smaller network."""
    network, own = span.given.network, span.problem.network
    if not small.converged:
        return replace(small, value=(Fraction(0),) * network.input_dim, parameters=span.given.v0)
    ends = [entry for layer in small.parameters for entry in layer]
    starts, given = ([entry for layer in p.v0 for entry in layer] for p in (span.problem, span.given))
    moved = span.parameters([x + w for x, w in zip(starts, ends, strict=True)])
    layers = split([x - y for x, y in zip(moved, given, strict=True)], network.shapes)
    beta = network.coefficients(layers)
    bits = span.radius.denominator.bit_length()
    length, before = (_length(entries, bits) for entries in (beta, own.coefficients(small.parameters)))
    if not length:
        return None
    value = tuple(entry / length for entry in beta)
    grown = 2 * _norm(network) * sqrt(own.input_dim) * float(before / length)
    return replace(
        small,
        digits=digits,
        value=value,
        parameters=layers,
        error=small.error * Fraction(max(1.0, grown)),
        residual=min(product(span.given.signed_rows, value)),
        method=f"{small.method}, {span.description}",
    )


def _length(entries: Sequence[Fraction], bits: int) -> Fraction:
    return Fraction(isqrt(int(dot(entries, entries) * (1 << 2 * bits))), 1 << bits)


def _norm(network: Network) -> float:
    """Bound of the operator norm of the data tensor, from tensors of its layers to beta."""
    if isinstance(network, Convolutional):
        return sqrt(prod(network.filter_sizes) // network.input_dim)  # so many products in every entry
    assert isinstance(network, TensorNetwork)
    return sqrt(sum(float(entry) ** 2 for entry in network.tensor.entries.values()))
