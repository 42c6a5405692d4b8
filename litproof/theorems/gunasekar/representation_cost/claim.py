"""The least squared norm of full-width filters with a given circular product: a power sum of its Fourier transform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import dot
from litproof.claims.claim import claim
from litproof.claims.comparison import compare_gap
from litproof.claims.hypotheses import DEEP, FULL_CONVOLUTION, holds
from litproof.claims.types import Check, Comparison, Hypothesis, Mutant
from litproof.flow.program import split
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.instances import draw_nonzero, fixed_and_drawn, regression

_GUARD = 20
_MOST_STEPS = 200
_FLAT = 1e-9
"""Singular values below this share of the largest are those of directions along which the least value stays."""

Vector = list[Fraction]


def product_of(problem: Problem) -> tuple[Fraction, ...]:
    """b, the product of the filters that the problem gives."""
    return tuple(map(Fraction, problem.network.coefficients(problem.v0)))


def _no_zero(problem: Problem) -> Check:
    b = product_of(problem)
    d = len(b)
    sums = (
        sum((Cyclotomic.root_of_unity(d, j * k) * b[j] for j in range(d)), Cyclotomic.rational(0))
        for k in range(d)
    )
    zero = [k for k, entry in enumerate(sums) if entry.is_zero]
    return holds(not zero, f"the Fourier coefficient {zero[0] if zero else ''} is 0")


NO_ZERO_COEFFICIENT = Hypothesis("no Fourier coefficient of the product is 0", _no_zero)

Formula = Callable[[list[Ball], int, int], Ball]
"""(squared moduli of the Fourier transform, L, D) -> cost."""


def _cost(moduli: list[Ball], depth: int, d: int) -> Ball:
    return ball(Fraction(depth, d)) * sum((m ** (ball(1) / depth) for m in moduli), ball(0))


def _predicted(problem: Problem, digits: int, formula: Formula = _cost) -> Prediction:
    from flint import arb

    b = product_of(problem)
    d = len(b)
    with ball_precision(digits_to_bits(digits + _GUARD)):
        moduli = []
        for k in range(d):
            angles = [ball(Fraction(2 * j * k, d)) for j in range(d)]
            re = sum((ball(x) * angle.cos_pi() for x, angle in zip(b, angles, strict=True)), arb(0))
            im = sum((ball(x) * angle.sin_pi() for x, angle in zip(b, angles, strict=True)), arb(0))
            moduli.append(re * re + im * im)
        value = dyadic(formula(moduli, len(problem.network.shapes), d))
    return Prediction((value,), digits, "the formula, in balls")


def least_norm(problem: Problem, digits: int) -> Measurement:
    """The least squared norm of real filters with the product b: a stationary point, from the problem's own filters.

    Newton's method on theta = J(theta)^T lambda, beta(theta) = b, in the entries of the filters, exact but for the
    inverse, which is taken in doubles. Nothing is transformed.
    """
    import numpy as np

    b = product_of(problem)
    bits = digits_to_bits(digits + _GUARD)
    theta = [x for layer in problem.v0 for x in layer]
    lam: Vector = [Fraction(0)] * len(b)
    size, goal = Fraction(1), Fraction(1, 10 ** (digits + 8))
    steps = 0
    while size > goal and steps < _MOST_STEPS:
        steps += 1
        J = _jacobian(problem, theta)
        if steps == 1:
            start = np.linalg.lstsq(np.array(J, float).T, np.array(theta, float), rcond=_FLAT)[0]
            lam = [Fraction(float(x)) for x in start]
        rest = _equations(problem, theta, lam, b, J)
        size = max(map(abs, rest))
        if not size:
            break
        bend = np.eye(len(theta)) - _curvature(problem, theta, lam)
        slope = np.array(J, float)
        table = np.block([[bend, -slope.T], [slope, np.zeros((len(b), len(b)))]])
        step = np.linalg.lstsq(table, -np.array([float(x / size) for x in rest]), rcond=_FLAT)[0]
        theta, lam = _moved(problem, theta, lam, b, [Fraction(float(x)) * size for x in step], bits)
    value = sum((x * x for x in theta), Fraction(0))
    return Measurement(
        value=(value,),
        parameters=tuple(map(tuple, _layers(problem, theta))),
        error=100 * size * (1 + value),
        residual=Fraction(0),
        clock={"steps": str(steps)},
        digits=digits,
        method="stationary point of the squared norm on the filters with this product",
        converged=size <= goal,
        reason="" if size <= goal else f"no stationary point after {steps} steps",
    )


def _moved(
    problem: Problem, theta: Vector, lam: Vector, b: tuple[Fraction, ...], step: Vector, bits: int
) -> tuple[Vector, Vector]:
    """The point after as much of a step as lessens the equations, rounded to `bits` bits."""
    n = len(theta)
    before = max(map(abs, _equations(problem, theta, lam, b)))
    length = Fraction(1)
    while True:
        near = [x + length * s for x, s in zip((*theta, *lam), step, strict=True)]
        near = [Fraction(round(x * 2**bits), 2**bits) for x in near]
        if max(map(abs, _equations(problem, near[:n], near[n:], b))) < before or length < Fraction(1, 2**12):
            return near[:n], near[n:]
        length /= 2


def _layers(problem: Problem, theta: Vector) -> list[Vector]:
    return [list(layer) for layer in split(theta, problem.network.shapes)]


def _with_units(problem: Problem, theta: Vector, places: tuple[tuple[int, int], ...]) -> list[Fraction]:
    """beta with layers replaced by unit vectors: derivatives, as beta is linear in each layer."""
    layers = _layers(problem, theta)
    for l, i in places:
        layers[l] = [Fraction(int(i == j)) for j in range(len(layers[l]))]
    return list(map(Fraction, problem.network.coefficients(layers)))


def _places(problem: Problem) -> list[tuple[int, int]]:
    return [(l, i) for l, k in enumerate(problem.network.shapes) for i in range(k)]


def _jacobian(problem: Problem, theta: Vector) -> list[list[Fraction]]:
    columns = [_with_units(problem, theta, (place,)) for place in _places(problem)]
    return [list(row) for row in zip(*columns, strict=True)]


def _equations(
    problem: Problem,
    theta: Vector,
    lam: Vector,
    b: tuple[Fraction, ...],
    J: list[list[Fraction]] | None = None,
) -> Vector:
    """theta - J^T lambda, beta - b."""
    rows = _jacobian(problem, theta) if J is None else J
    pulled = [dot(column, lam) for column in zip(*rows, strict=True)]
    beta = problem.network.coefficients(_layers(problem, theta))
    gaps = (x - y for x, y in zip(beta, b, strict=True))
    return [*(x - y for x, y in zip(theta, pulled, strict=True)), *gaps]


def _curvature(problem: Problem, theta: Vector, lam: Vector) -> Any:
    """The Hessian of lambda . beta, in doubles."""
    import numpy as np

    places = _places(problem)
    table = np.zeros((len(places), len(places)))
    for (p, first), (q, second) in product(enumerate(places), repeat=2):
        if first[0] < second[0]:
            values = _with_units(problem, theta, (first, second))
            table[p, q] = table[q, p] = float(sum(x * y for x, y in zip(values, lam, strict=True)))
    return table


def compare_cost(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """One number against another."""
    (a,), (b,) = prediction.value, measurement.value
    return compare_gap(abs(a - b), max(abs(a), abs(b)), digits, measurement.error)


def _false(name: str, formula: Formula) -> Mutant:
    return Mutant(name, lambda problem, digits: _predicted(problem, digits, formula))


def _power(exponent: Callable[[int], Fraction], factor: Callable[[int, int], Fraction]) -> Formula:
    def formula(moduli: list[Ball], depth: int, d: int) -> Ball:
        return ball(factor(depth, d)) * sum((m ** ball(exponent(depth)) for m in moduli), ball(0))

    return formula


def _as_diagonal(problem: Problem) -> Problem:
    return replace(problem, network=Diagonal(len(problem.network.shapes), problem.network.input_dim))


def _problem(depth: int, layers: list[str], name: str) -> Problem:
    d = len(layers[0].split())
    return regression(Convolutional((d,) * depth), " ".join("1" * d), "1", 1, layers, name)


FIXED = (
    _problem(2, ["1 2 -1/2", "1/3 1 1"], "two filters of three entries"),
    _problem(3, ["1 2 -1/2", "1/3 1 1", "-1 1/2 1/4"], "three filters of three entries"),
    _problem(2, ["1 2 -1/2 1", "1/3 1 1 0"], "two filters of four entries"),
)


def random_filters(seed: int) -> Problem:
    """Filters with short entries, none of whose products has a Fourier coefficient 0."""
    rng = Random(f"representation cost {seed}")
    while True:
        depth, d = rng.choice(((2, 2), (2, 3), (3, 2), (2, 4), (4, 2)))
        layers = [" ".join(str(draw_nonzero(rng)) for _ in range(d)) for _ in range(depth)]
        drawn = _problem(depth, layers, f"random, {depth} filters of {d} entries")
        if not _no_zero(drawn).detail:
            return drawn


@claim(
    id="gunasekar/representation-cost",
    title="the least squared norm of full-width filters with a given product",
    source="Gunasekar, Lee, Soudry, Srebro 2018 (arXiv 1806.00468): from the parameters to the quasi-norm",
    statement=r"""For $b \in \mathbb R^D$ and $L \geq 2$ filters of $D$ entries, $\min \sum_l \|w_l\|^2$ subject to
        $w_1 * \cdots * w_L = b$ (circular convolution) is $\frac L D \sum_k |\hat b_k|^{2/L}$, with the discrete
        Fourier transform without a factor. Evidence: a stationary point of the squared norm on the real filters
        with this product, found without the transform; that no other costs less is derived.""",
    hypotheses=(FULL_CONVOLUTION, DEEP, NO_ZERO_COEFFICIENT),
    instances=fixed_and_drawn(FIXED, random_filters),
    measure=least_norm,
    compare=compare_cost,
    entries=lambda problem: (r"\min \sum_l \|w_l\|^2",),
    depict=lambda problem, prediction, measurement, paths: (),
    mutants=(
        _false("2/(L + 1) for 2/L", _power(lambda L: Fraction(1, L + 1), Fraction)),
        _false("1/L for 2/L", _power(lambda L: Fraction(1, 2 * L), Fraction)),
        _false("L left out", _power(lambda L: Fraction(1, L), lambda L, D: Fraction(1, D))),
        _false("L + 1 for L in front", _power(lambda L: Fraction(1, L), lambda L, D: Fraction(L + 1, D))),
        _false(
            "D left out: a transform with 1/sqrt(D)",
            _power(lambda L: Fraction(1, L), lambda L, D: Fraction(L)),
        ),
        Mutant("hypothesis violated: products entry by entry", None, _as_diagonal),
    ),
)
def representation_cost(problem: Problem, digits: int) -> Prediction:
    """(L/D) sum_k |b_hat_k|^(2/L)."""
    return _predicted(problem, digits)
