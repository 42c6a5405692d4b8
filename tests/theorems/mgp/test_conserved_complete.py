"""Derivations of discovered laws: every kind of map, and what is refused."""

import pytest
import sympy as sp

from litproof.derive.stated import FalseStep
from litproof.derive.steps import prove_bracket
from litproof.laws import fully_connected_map, polynomial_map, relu_map
from litproof.networks.convolutional import Convolutional
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.theorems.mgp.conserved_complete.derivation import derive_for

a, b, c = sp.symbols("a b c", real=True)
t = sp.Symbol("t", real=True)


@pytest.mark.parametrize(
    ("source", "laws"),
    [
        (Convolutional((2, 3)), 1),
        (MatrixSensing(2, 2), 4),
        (fully_connected_map((2, 3, 1)), 6),
        (relu_map((2, 2, 1), bias=True), 2),
        (polynomial_map([a * b * c], [a, b, c]), 2),
    ],
)
def test_every_law_is_a_step(source, laws):
    steps = derive_for(source).steps
    assert sum(step.kind == "instance" for step in steps) == laws
    assert steps[-1].name == "complete"


def test_an_incomplete_list_is_not_called_complete():
    derived = derive_for(polynomial_map([a * b**2], [a, b]), 1)
    assert not any(step.name.startswith("complete") for step in derived.steps)
    assert any("not complete at degree 1" in part for part in derived.body if isinstance(part, str))


def test_a_false_law_is_refused():
    with pytest.raises(FalseStep, match="bracket with coordinate 1 is 4"):
        prove_bracket("law", a**2 + b**2, [a * b], [a, b], t, "")
    assert prove_bracket("law", a**2 - b**2, [a * b], [a, b], t, "").kind == "instance"
