"""A problem in other units is the same flow, exactly."""

from fractions import Fraction

import pytest

from litproof.flow.program import Operators
from litproof.flow.scaling import scaled_near_one
from litproof.flow.trace import trace_flow
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem


@pytest.mark.parametrize(
    "network", [Diagonal(1, 2), Diagonal(2, 2), Diagonal(5, 2), FullyConnected(2, (2, 2))]
)
@pytest.mark.parametrize(
    ("x", "y", "v"), [(160, 0, 0), (160, 320, -90), (3, 320, -90), (0, 0, -300), (250, -250, 40)]
)
def test_velocity_and_residual_change_by_the_units(network, x, y, v):
    layers = tuple(
        tuple(Fraction(k + j + 1, 3) for k in range(size)) for j, size in enumerate(network.shapes)
    )
    rows = ((Fraction(10) ** x, Fraction(2)), (Fraction(-1), Fraction(10) ** x / 7))
    here = Problem(
        network, "regression", rows, (Fraction(3) * Fraction(10) ** y, Fraction(1)), Fraction(10) ** v, layers
    )
    there = scaled_near_one(here)
    flows = []
    for p in (here, there.problem):
        program = trace_flow(p.network, p.X, p.y)
        atoms = program.run(Operators(), [q for layer in p.v0 for q in layer])
        flows.append({key: [atoms[a] for a in group] for key, group in program.outputs.items()})
    old, new = flows
    assert old["beta"] == [there.beta * b for b in new["beta"]]
    assert old["residual"] == [there.residual * r for r in new["residual"]]
    assert old["velocity"] == [there.parameters / there.time * u for u in new["velocity"]]
    largest = max(abs(q) for row in there.problem.X for q in row)
    assert Fraction(1, 2) <= largest <= 2


def test_ordinary_problems_are_left_alone():
    p = Problem(
        Diagonal(2, 1),
        "regression",
        ((Fraction(10**50),),),
        (Fraction(1),),
        Fraction(1),
        ((Fraction(1),),) * 2,
    )
    assert scaled_near_one(p) is None
