"""Networks from Python: sympy expressions, and any class with shapes and coefficients."""

from fractions import Fraction

import pytest
import sympy as sp

from litproof.errors import InputError
from litproof.limits.find import find_limit
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.results import Evidence

X, Y = [["1", "2"]], ["1"]
START = [["1/2", "1/3"], ["1/4", "1"]]


class Squares:
    """Nothing of litproof in it."""

    shapes = (2, 2)

    def coefficients(self, v):
        return [a * a - b * b for a, b in zip(*v, strict=True)]


class Unhashable(Squares):
    kind, input_dim = "mine", 2
    __hash__ = None

    def __eq__(self, other):
        return True


def limit(network, task="regression"):
    return find_limit(Problem(network, task, X, Y, 1, START), 12)


def test_a_class_and_expressions_and_formulas_are_one_network():
    u, v = sp.symbols("u1:3"), sp.symbols("v1:3")
    expressions = PolynomialNetwork.from_sympy(
        {"u": u, "v": v}, [sp.expand((a + b) * (a - b)) for a, b in zip(u, v, strict=True)]
    )
    formulas = PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^2 - v[j]^2"], 2)
    limits = [limit(network) for network in (Squares(), Unhashable(), expressions, formulas)]
    assert all(each.evidence is Evidence.CERTIFIED for each in limits)
    assert len({each.decimals for each in limits}) == 1
    assert limit(Squares(), "classification").evidence is Evidence.CERTIFIED


def test_sympy_matrices_and_numbers():
    W, s = sp.Matrix(2, 2, sp.symbols("a b c d")), sp.Symbol("s")
    entries = list(W * W * sp.Rational(-2, 3) * s + sp.eye(2))
    network = PolynomialNetwork.from_sympy({"W": W, "s": s}, entries)
    values = [Fraction(k) for k in (1, 2, 3, 5)]
    expected = sp.Matrix(2, 2, [1, 2, 3, 5]) ** 2 * sp.Rational(-2, 3) * 7 + sp.eye(2)
    assert [
        sp.Rational(b.numerator, b.denominator) for b in network.coefficients((values, [Fraction(7)]))
    ] == list(expected)


@pytest.mark.parametrize("entry", [sp.exp(sp.Symbol("x")), 1 / sp.Symbol("x"), sp.Symbol("y"), 0.5 * sp.I])
def test_what_is_not_a_polynomial_is_named(entry):
    with pytest.raises(InputError, match="beta, entry 2: expected a polynomial in x"):
        PolynomialNetwork.from_sympy({"u": [sp.Symbol("x")]}, [sp.Symbol("x"), entry])


def test_objects_that_are_no_network_are_named():
    with pytest.raises(InputError, match="object has no shapes"):
        Problem(object(), "regression", X, Y, 1, START)

    class Flat(Squares):
        shapes = 4

    with pytest.raises(InputError, match="expected shapes, a tuple of sizes above 0, got 4"):
        Problem(Flat(), "regression", X, Y, 1, START)
