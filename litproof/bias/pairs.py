"""Pairs of data sets with the same interpolators, (X, y) and (T X, T y): limits that differ exclude every regulariser.

Both limits are first found in plain decimals; where they differ, they are enclosed and a certificate is made, else the
next T is tried. The simplest T come first, so that the first pair that serves is a readable one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, log10
from random import Random

from litproof.algebra.linear import distance, rank
from litproof.certify.certificates.format import Certificate
from litproof.certify.certificates.limit_pair import Transform, pair_certificate, transformed
from litproof.certify.checker import TooMuchWork
from litproof.certify.regression.motion import enclose_motion
from litproof.certify.regression.validated import enclose_by_integration
from litproof.flow.lift import is_polynomial
from litproof.integrate.budget import SECOND
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.results import Measurement

MEASURED_DIGITS = 12
"""To which limits are found at first."""
FOLLOW_OPERATIONS = 8 * SECOND
"""Budget of one of these flows."""
PROOF_OPERATIONS = 15 * SECOND
"""Budget of one proof."""
_DRAWN = 2
"""Data sets that are drawn besides the problem's own."""
_OWN_TRANSFORMS, _DRAWN_TRANSFORMS = 6, 3
_NOISE = 1000
"""Limits differ when they are this many times their errors apart."""


@dataclass(frozen=True)
class Pair:
    """Two problems with the same interpolators, network and start, and different limits.

    Attributes
    ----------
    first, second : the problems; the data of the second are T times those of the first.
    gap : how far apart the enclosures are, in the entry where that is most.
    enclosures : of both limits.
    certificate : for `litproof check`; None where its check would take too long, and for other losses and networks with
        functions.
    """

    first: Problem
    second: Problem
    transform: Transform
    gap: Fraction
    enclosures: tuple[tuple[tuple[Fraction, Fraction], ...], ...]
    certificate: Certificate | None


@dataclass
class Tried:
    """What was tried: pairs compared, the largest difference of limits seen and its pair, flows without a limit."""

    pairs: int = 0
    largest: float = 0.0
    unproved: str = ""
    stuck: str = ""


def transforms(n: int, count: int, rng: Random) -> Iterator[tuple[tuple[Fraction, ...], ...]]:
    """Invertible n x n matrices of small integers, the simplest first: rows doubled, then added, then drawn."""

    def changed(i: int, j: int, value: int) -> tuple[tuple[Fraction, ...], ...]:
        return tuple(
            tuple(Fraction(value if (a, b) == (i, j) else int(a == b)) for b in range(n)) for a in range(n)
        )

    simple = [
        changed(0, 0, 2),
        changed(n - 1, n - 1, 2),
        changed(0, 0, 5),
        changed(0, n - 1, 1),
        changed(n - 1, 0, -1),
    ]
    for number in range(count):
        if number < len(simple):
            yield simple[number]
            continue
        while True:
            T = tuple(tuple(Fraction(rng.randint(-3, 3)) for _ in range(n)) for _ in range(n))
            if rank(T) == n:
                yield T
                break


def on_points(problem: Problem, T: Transform) -> Transform:
    """T on points as T on rows of X: with several outputs every point has that many rows."""
    c = problem.network.outputs if isinstance(problem.network, PolynomialNetwork) else 1
    size = range(len(T) * c)
    return [[T[i // c][j // c] if i % c == j % c else Fraction(0) for j in size] for i in size]


def points(problem: Problem) -> int:
    """How many data points there are."""
    c = problem.network.outputs if isinstance(problem.network, PolynomialNetwork) else 1
    return len(problem.y) // c


def unweighted(problem: Problem) -> Problem:
    """Independent rows without weights, with the same minimisers of the loss."""
    return replace(problem.independent, weights=())


def data_sets(problem: Problem, seed: int) -> Iterator[tuple[Problem, int]]:
    """The problem's own data, then drawn ones for the same network and start, each with the number of T to try."""
    free = problem.network.input_dim - rank(problem.X)
    if points(problem) >= 2 and free and _whole(problem):
        yield problem, _OWN_TRANSFORMS
    rng = Random(seed)
    for _ in range(_DRAWN):
        drawn = draw_data(problem, rng)
        if drawn is not None:
            yield drawn, _DRAWN_TRANSFORMS


def _whole(problem: Problem) -> bool:
    """Whether the rows are x (x) e_c for whole points x: rows that were combined for several outputs are not."""
    d = problem.network.input_dim
    c = problem.network.outputs if isinstance(problem.network, PolynomialNetwork) else 1
    return len(problem.y) % c == 0 and all(
        row[z] == (problem.X[k - k % c][z - z % c] if z % c == k % c else 0)
        for k, row in enumerate(problem.X)
        for z in range(d)
    )


def draw_data(problem: Problem, rng: Random, span: int = 3) -> Problem | None:
    """Small integers for two points, or for as many as there are, with the same network and start.

    None where two points leave no choice of an interpolator.
    """
    network = problem.network
    c = network.outputs if isinstance(network, PolynomialNetwork) else 1
    d, n = network.input_dim // c, max(2, points(problem))
    symmetric = isinstance(network, MatrixSensing)
    k = network.size if isinstance(network, MatrixSensing) else 0
    choice = k * (k + 1) // 2 if symmetric else d
    n = min(n, choice - 1)
    if n < 2:
        return None
    while True:
        inputs = []
        for _ in range(n):
            row = [Fraction(rng.randint(-span, span)) for _ in range(d)]
            if symmetric:
                row = [row[min(i, j) * k + max(i, j)] for i in range(k) for j in range(k)]
            inputs.append(row)
        if rank(inputs) == n:
            break
    X = [
        tuple(row[z // c] if z % c == o else Fraction(0) for z in range(d * c))
        for row in inputs
        for o in range(c)
    ]
    y = tuple(Fraction(rng.choice((-2, -1, 1, 2))) for _ in X)
    return replace(problem, X=tuple(X), y=y, name="", weights=())


def measured_limit(problem: Problem, digits: int = MEASURED_DIGITS) -> Measurement:
    """The limit in decimals; not converged where the flow does not fit the data within the budget."""
    if problem.training or not is_polynomial(problem.network):
        from litproof.integrate.training.follow import follow_training

        return follow_training(problem, digits)
    from litproof.integrate.regression.follow import follow_to_limit

    return follow_to_limit(problem, digits, operations=FOLLOW_OPERATIONS)


def find_pair(problem: Problem, tried: Tried, seed: int = 0) -> Pair | None:
    """The first pair whose limits are proved to differ; `tried` takes in what was done."""
    rng = Random(seed + 1)
    for member, count in data_sets(problem, seed):
        first = measured_limit(member)
        if not first.converged:
            tried.stuck = tried.stuck or first.reason
            continue
        for small in transforms(points(member), count, rng):
            pair = compare(member, on_points(member, small), first, tried)
            if pair is not None:
                return pair
    return None


def compare(problem: Problem, T: Transform, first: Measurement, tried: Tried) -> Pair | None:
    """The pair of a problem, with its limit in decimals, and T; None where the limits are not proved to differ."""
    other = transformed(problem, T)
    second = measured_limit(other)
    if not second.converged:
        tried.stuck = tried.stuck or second.reason
        return None
    size = max(map(abs, (*first.value, *second.value)))
    gap = distance(first.value, second.value)
    tried.pairs += 1
    noise = _NOISE * (first.error + second.error) + size / 10 ** (MEASURED_DIGITS - 2)
    if gap <= noise:
        return None
    relative = float(gap / size)
    tried.largest = max(tried.largest, relative)
    pair = prove(problem, T, ceil(-log10(relative)) + 2)
    if pair is None:
        tried.unproved = "the limits of a pair differ, but their enclosure took more than its budget"
    return pair


def prove(problem: Problem, T: Transform, digits: int) -> Pair | None:
    """Both limits enclosed to so many digits; None where that takes too long or the enclosures meet."""
    other = transformed(problem, T)
    enclose, certificate = enclose_by_integration, None
    if problem.training or not is_polynomial(problem.network):
        enclose = enclose_motion
    else:
        with suppress(TooMuchWork):
            certificate = pair_certificate(problem, T, digits, operations=PROOF_OPERATIONS)
    if certificate is not None:
        boxes = [read_box(record["enclosure"]) for record in certificate["limits"]]
    else:
        boxes = []
        for member in (problem, other):
            enclosure = enclose(member, digits, operations=PROOF_OPERATIONS)
            if enclosure is None:
                return None
            boxes.append(enclosure.bounds)
    gap = gap_of(*boxes)
    return Pair(problem, other, T, gap, tuple(boxes), certificate) if gap > 0 else None


def read_box(enclosure: Sequence[Sequence[str]]) -> tuple[tuple[Fraction, Fraction], ...]:
    """The intervals of a limit that are written as text."""
    return tuple((Fraction(low), Fraction(high)) for low, high in enclosure)


def gap_of(
    first: Sequence[tuple[Fraction, Fraction]], second: Sequence[tuple[Fraction, Fraction]]
) -> Fraction:
    """How far apart two boxes are in the entry where that is most; not positive where they meet."""
    return max(max(a[0] - b[1], b[0] - a[1]) for a, b in zip(first, second, strict=True))
