"""K1: the layers of a classification network converge to a singular-vector tuple of M(-u)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import dot
from litproof.claims.claim import claim
from litproof.claims.comparison import compare_gap, undecided, violated
from litproof.claims.hypotheses import LAYERED, SEPARABLE
from litproof.claims.types import Comparison, Instance, Mutant
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.tensor import TensorNetwork
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    TWO_LAYERS,
    classification,
    distinct,
    draw_diagonal,
)
from litproof.theorems.shared.instances import instance
from litproof.theorems.ykm import YKM

Vector = Sequence[Fraction]


class Tuple:
    """What the flow tends to: beta/||beta||, the multipliers p, the unit layers; `rows` are the y_i x_i."""

    def __init__(self, problem: Problem, value: Vector) -> None:
        d, n = problem.network.input_dim, len(problem.X)
        self.tensor = problem.layered.data_tensor()
        self.rows = problem.X
        self.beta, self.p = value[:d], value[d : d + n]
        self.layers: list[Vector] = []
        start = d + n
        for size in problem.network.shapes:
            self.layers.append(value[start : start + size])
            start += size


Pull = Callable[[Tuple, Problem], Vector]
"""The vector g in the place of -u; its length does not matter."""


def _weighted(rows: Sequence[Vector], p: Vector) -> Vector:
    return [dot(p, column) for column in zip(*rows, strict=True)]


def limit_pull(point: Tuple, problem: Problem) -> Vector:
    """-u up to scale: sum_i p_i y_i x_i with the limits of the weights."""
    return _weighted(point.rows, point.p)


def _reversed(point: Tuple, problem: Problem) -> Vector:
    return [-g for g in limit_pull(point, problem)]


def _start_pull(point: Tuple, problem: Problem) -> Vector:
    """X^T r at the start."""
    beta = problem.network.coefficients(problem.v0)
    margins = [dot(row, beta) for row in point.rows]
    with ball_precision(128):
        weights = [dyadic((ball(min(margins)) - ball(m)).exp()) for m in margins]
    return _weighted(point.rows, weights)


def _equal_pull(point: Tuple, problem: Problem) -> Vector:
    return _weighted(point.rows, [Fraction(1)] * len(point.rows))


def _beta_pull(point: Tuple, problem: Problem) -> Vector:
    return point.beta


def _last_point(point: Tuple, problem: Problem) -> Vector:
    return point.rows[max(i for i, p in enumerate(point.p) if p > Fraction(1, 1000))]


def contractions(point: Tuple, pull: Vector, order: Sequence[int]) -> list[list[Ball]] | None:
    """M(g) o (v_1, .., I, .., v_L) for every slot, as unit vectors; slot k is fed with layer order[k].

    None when one of them vanishes.
    """
    contracted = [[ball(0)] * len(layer) for layer in point.layers]
    fed = [[ball(x) for x in point.layers[k]] for k in order]
    for (z, *index), entry in point.tensor.entries.items():
        weight = ball(entry * pull[z])
        for slot, j in enumerate(index):
            term = weight
            for other, i in enumerate(index):
                if other != slot:
                    term *= fed[other][i]
            contracted[slot][j] += term
    units = []
    for vector in contracted:
        square = sum((x * x for x in vector), ball(0))
        if not square > 0:
            return None
        units.append([x / square.sqrt() for x in vector])
    return units


def _tuple_of(
    prediction: Prediction, measurement: Measurement, bits: int
) -> tuple[Tuple, list[list[Ball]] | None]:
    problem: Problem = prediction.details["problem"]
    pull: Pull = prediction.details["pull"]
    order: Sequence[int] = prediction.details["order"]
    point = Tuple(problem, measurement.value)
    with ball_precision(bits):
        return point, contractions(point, pull(point, problem), order)


def compare_tuple(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Every slot of M(g) contracted with the other layers is a positive multiple of its own layer."""
    if not measurement.converged:
        return undecided(measurement.reason)
    digits = min(digits, measurement.digits)
    bits = digits_to_bits(digits) + 128
    point, units = _tuple_of(prediction, measurement, bits)
    if units is None:
        return violated("a contraction vanishes")
    with ball_precision(bits):
        gap = max(
            abs(dyadic(a) - b)
            for unit, layer in zip(units, point.layers, strict=True)
            for a, b in zip(unit, layer, strict=True)
        )
    # contraction and normalisation pass on the errors of p, of the other layers and of the layer itself
    return compare_gap(gap, Fraction(1), digits, measurement.error * 4 * (len(point.layers) + 1))


def _same_there(false: Prediction, true: Prediction, measurement: Measurement) -> bool:
    """Whether both rules contract to the same vectors on what was measured."""
    if not measurement.converged:
        return False
    units = [_tuple_of(one, measurement, 128)[1] for one in (false, true)]
    if units[0] is None or units[1] is None:
        return False
    with ball_precision(128):
        return all(
            abs(float(a - b)) < 1e-6
            for one, other in zip(*units, strict=True)
            for a, b in zip(one, other, strict=True)
        )


def _statement(problem: Problem, digits: int, pull: Pull, order: Sequence[int] | None = None) -> Prediction:
    details = {
        "problem": distinct(problem),
        "pull": pull,
        "order": tuple(order or range(problem.layered.depth)),
    }
    return Prediction((), digits, "contraction of M(-u)", details)


def _mutant(name: str, pull: Pull) -> Mutant:
    return Mutant(name, lambda problem, digits: _statement(problem, digits, pull), vacuous=_same_there)


def _swapped(problem: Problem, digits: int) -> Prediction | None:
    """Layers 1 and 2 in each other's slot."""
    shapes = problem.network.shapes
    if len(shapes) < 2 or shapes[0] != shapes[1]:
        return None
    return _statement(problem, digits, limit_pull, (1, 0, *range(2, len(shapes))))


MOST_DIGITS = 60
"""Layers of a start that picks one limit of many are followed with errors that never decay, at a price."""


def measure_tuple(problem: Problem, digits: int) -> Measurement:
    """beta/||beta||, p, v_1/||v_1||, ..., v_L/||v_L||, followed until all have settled; at most MOST_DIGITS digits."""
    from litproof.integrate.classification.follow import direction_of, follow, layers_of, multipliers_of

    digits = min(digits, MOST_DIGITS)
    return replace(follow(problem, digits + 5, (direction_of, multipliers_of, layers_of)), digits=digits)


_ENTRIES = {(0, 0, 0): 2, (0, 0, 1): 1, (1, 0, 1): 3, (1, 1, 0): -1, (0, 1, 1): 1, (1, 1, 1): 1}
GENERIC = TensorNetwork(DataTensor(2, (2, 2), {key: Fraction(x) for key, x in _ENTRIES.items()}))
"""A data tensor without symmetry, two layers of the same size."""

FIXED = (
    TWO_LAYERS,
    classification(
        FullyConnected(2, (2,)),
        "2 1; 1 -1/2; -1 -2",
        "1 1 -1",
        "3/4",
        ["1 1/2 -1/4 1", "1 1/2"],
        "fully connected, 2-2-1, n = 3",
    ),
    classification(
        Convolutional((2, 3)),
        "2 1 0; 1 3 -1",
        "1 1",
        1,
        ["1 1/2", "1/2 1/4 0"],
        "convolutional, k = (2, 3), n = 2",
    ),
    classification(GENERIC, "2 1; 1 3", "1 1", 1, ["1 1/2", "1/2 1"], "generic tensor, k = (2, 2), n = 2"),
)


def _instances(seed: int) -> tuple[Instance, ...]:
    drawn = draw_diagonal(Random(f"singular vectors {seed}"), 3, 2, 3)
    return (*map(instance, FIXED), instance(drawn, seed))


@claim(
    id="ykm/singular-vectors",
    title="classification: the layers converge to a singular-vector tuple of M(-u)",
    source=f"{YKM}: linear tensor networks on separable data, parameter direction",
    statement=r"""If the loss falls below 1 and $X^T r / \|X^T r\|$ converges, to $u$, then every
        $v_l / \|v_l\|$ converges, and $M(-u) \circ (v_1, \dots, I, \dots, v_L)$ with the identity in slot $l$ is a
        positive multiple of $v_l$.""",
    hypotheses=(CLASSIFICATION, LAYERED, SEPARABLE),
    instances=_instances,
    measure=measure_tuple,
    compare=compare_tuple,
    same=lambda a, b, digits: False,
    mutants=(
        _mutant("M(u) in place of M(-u)", _reversed),
        _mutant("X^T r at the start", _start_pull),
        _mutant("all points weigh the same", _equal_pull),
        _mutant("M(beta) in place of M(-u)", _beta_pull),
        _mutant("one support vector alone", _last_point),
        Mutant("layers 1 and 2 swapped", _swapped, vacuous=_same_there),
    ),
    derive="ykm/singular-vectors",
)
def singular_vectors(problem: Problem, digits: int) -> Prediction:
    """M(-u), contracted with all layers but one, gives that layer: -u is the limit of sum_i p_i y_i x_i."""
    return _statement(problem, digits, limit_pull)
