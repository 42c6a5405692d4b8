"""Weighted and dependent points: equations, right-hand sides, potential and limit are those of the weighted loss."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from litproof import (
    InputError,
    Problem,
    conserved_quantities,
    find_limit,
    gradient_flow,
    limit_formula,
    potential,
    problem_from_mapping,
    reduced_flow,
    trajectory,
    velocity,
    write_problem,
)
from litproof.networks import Diagonal, FullyConnected

X, Y, W = [[1, 2], [1, -1], [2, 1]], [1, "1/2", 1], [1, 3, "1/2"]
LAYERS = [[1, "1/2"], [0, "1/3"]]


def weighted(weights=W, network=None, layers=LAYERS):
    return Problem(network or Diagonal(2, 2), "regression", X=X, y=Y, scale="1/2", v=layers, weights=weights)


def by_hand(problem):
    """-grad of the weighted loss, differentiated here from the network's own coefficients."""
    v = [
        [sp.Symbol(f"v[{l},{j}]", real=True) for j in range(1, k + 1)]
        for l, k in enumerate(problem.network.shapes, 1)
    ]
    beta = problem.network.coefficients(v)
    loss = sum(
        sp.Rational(w) * (sum(x * b for x, b in zip(row, beta, strict=True)) - sp.Rational(y)) ** 2 / 2
        for row, y, w in zip(X, Y, W, strict=True)
    )
    return [-sp.diff(loss, entry) for layer in v for entry in layer]


@pytest.mark.parametrize(
    "problem", [weighted(), weighted(network=FullyConnected(2, (2,)), layers=[[1, 0, 1, 1], ["1/2", 1]])]
)
def test_every_front_door_has_the_weights(problem):
    expected = by_hand(problem)
    flow = gradient_flow(problem)
    assert all(sp.expand(a - b) == 0 for a, b in zip(flow.velocity, expected, strict=True))
    assert all(rate == 0 for rate in conserved_quantities(problem).derivatives)
    point = [mpmath.mpf(k + 1) / 7 for k in range(len(flow.symbols))]
    values = dict(zip(flow.symbols, (sp.Rational(k + 1, 7) for k in range(len(flow.symbols))), strict=True))
    for a, b in zip(velocity(problem)(0, point), expected, strict=True):
        assert abs(a - mpmath.mpf(str(sp.N(b.xreplace(values), 20)))) < 1e-12
    ((_, layers),) = trajectory(problem, [Fraction(1, 2)], 20)
    start = [mpmath.mpf(e.numerator) / e.denominator for layer in problem.v0 for e in layer]
    other = mpmath.odefun(sp.lambdify([sp.Symbol("t"), flow.symbols], expected, "mpmath"), 0, start)(0.5)
    assert max(abs(a - b) for a, b in zip((e for layer in layers for e in layer), other, strict=True)) < 1e-10


def test_reduced_flow_potential_and_limit_of_the_weighted_loss():
    assert reduced_flow(weighted()).holds
    assert potential(weighted()).holds
    # X^T W (X beta - y) = 0 has one solution: the limit, whatever the start
    beta = find_limit(weighted(), 15).value
    for column in zip(*X, strict=True):
        rows = zip(column, X, Y, W, strict=True)
        slope = sum(
            c * Fraction(w) * (sum(a * b for a, b in zip(row, beta, strict=True)) - Fraction(y))
            for c, row, y, w in rows
        )
        assert abs(slope) < Fraction(1, 10**12)
    line = weighted(network=Diagonal(1, 2), layers=[[1, 1]])
    assert [sp.N(entry) for entry in limit_formula(line).value] == pytest.approx([float(b) for b in beta])


def test_weights_in_a_problem_file():
    content = {
        "schema": 1,
        "network": {"kind": "diagonal", "depth": 2},
        "task": {"kind": "regression"},
        "data": {"X": [["1", "2"], ["1", "-1"]], "y": ["1", "1/2"], "weights": ["1", "3"]},
        "init": {"scale": "1/2", "v": [["1", "1"], ["0", "0"]]},
    }
    problem = problem_from_mapping(content)
    assert problem.weights == (1, 3) and 'weights = ["1", "3"]' in write_problem(problem)
    for wrong, message in (
        (["1"], "expected 2 numbers above 0"),
        (["1", "-3"], "expected 2 numbers above 0"),
        (["1", 0.5], "quot"),
    ):
        with pytest.raises(InputError, match=message):
            problem_from_mapping({**content, "data": {**content["data"], "weights": wrong}})
    data = {**content["data"], "y": ["1", "1"]}
    with pytest.raises(InputError, match="repeat a point"):
        problem_from_mapping({**content, "task": {"kind": "classification"}, "data": data})
