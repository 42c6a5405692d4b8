"""Regression flows of large layered networks, followed on what data and start span (`flow.data_span`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, prod, sqrt

from litproof.decimals import decimal_log
from litproof.flow.data_span import data_span
from litproof.flow.program import split
from litproof.flow.span import Span
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.tensor import TensorNetwork
from litproof.precision import LOG2_10, digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement

State = tuple[Fraction, tuple[Fraction, ...]]
"""t and all parameters."""
Follow = Callable[[Problem, int, "list[State] | None"], Measurement]
"""(problem, digits, record) -> the flow followed to its limit, with "error of the parameters" and "working digits"."""

_SPARE_BITS = 128
_GUARD = 10
"""Digits by which the numbers of the smaller problem exceed those that the run worked with."""
_ATTEMPTS = 4


def follow_in_span(
    problem: Problem, digits: int, follow: Follow, record: list[State] | None = None
) -> Measurement | None:
    """The limit of a flow, followed with fewer parameters; None where there are not fewer.

    The measurement is that of the given problem: its parameters, its beta, and the error of that. Perturbing the data
    and the start by rounding moves the path as errors of the integration do, by a factor 10^-10 less.
    """
    bits, extra, measurement = 2 * digits_to_bits(digits) + _SPARE_BITS, 0, None
    for _ in range(_ATTEMPTS):
        span = data_span(problem, bits)
        if span is None:
            return None
        small = follow(span.problem, digits + extra, record)
        measurement = _of_given(span, small, digits)
        work = small.details.get("working digits", 0)
        if bits < (work + _GUARD) * LOG2_10:
            bits = 2 * digits_to_bits(work) + _SPARE_BITS
            continue
        if record is not None:
            record[:] = [(t, span.parameters(theta)) for t, theta in record]
        size = max(map(abs, measurement.value))
        if not measurement.converged or not size or not measurement.error:
            return measurement
        missing = ceil(decimal_log(measurement.error / size) + digits + 1)
        if missing <= 0:
            return measurement
        extra += missing + 1
    return measurement


def _of_given(span: Span, small: Measurement, digits: int) -> Measurement:
    network = span.given.network
    theta = split(span.parameters([q for layer in small.parameters for q in layer]), network.shapes)
    beta = tuple(network.coefficients(theta))
    error = small.error
    if small.converged:
        error = small.details["error of the parameters"] * _sensitivity(network, theta)
    return replace(
        small,
        value=beta,
        parameters=theta,
        error=error,
        residual=max(map(abs, span.given.residual(beta))),
        digits=digits,
        method=f"{small.method}, {span.description}",
    )


def _sensitivity(network: Network, layers: Sequence[Sequence[Fraction]]) -> Fraction:
    """Bound of max |d beta| / |d theta|: norms of the others, for every layer, times that of a slice of the tensor."""
    norms = [float(sum(x * x for x in map(float, layer))) ** 0.5 for layer in layers]
    others = [prod(norms[:l] + norms[l + 1 :]) for l in range(len(norms))]
    return Fraction(1.01 * _slice(network) * sum(x * x for x in others) ** 0.5)


def _slice(network: Network) -> float:
    """Bound of |sum_j T[z, j] prod_l u_(l, j_l)| for unit vectors u_l."""
    if isinstance(network, Convolutional):
        # Of the windows of two layers no entry occurs twice; each further layer repeats them.
        return sqrt(prod(sorted(network.filter_sizes)[: network.depth - 2]))
    if isinstance(network, TensorNetwork):
        squares = [0.0] * network.input_dim
        for (z, *_), entry in network.tensor.entries.items():
            squares[z] += float(entry) ** 2
        return sqrt(max(squares))
    return 1.0
