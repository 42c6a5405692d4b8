"""A problem made in Python checks itself, and takes exact numbers of every library."""

import pickle
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import flint
import gmpy2
import mpmath
import numpy
import pytest
import sympy

from litproof import InputError, Problem
from litproof.networks import Convolutional, Diagonal, FullyConnected, MatrixSensing

RIGHT = {
    "network": Diagonal(2, 2),
    "task": "regression",
    "X": [[1, 2]],
    "y": [1],
    "scale": 1,
    "v": [[1, 1], [0, 0]],
    "name": "mine",
}


@pytest.mark.parametrize(
    ("problem", "exact"),
    [
        (3, Fraction(3)),
        (Fraction(1, 3), Fraction(1, 3)),
        ("3/10", Fraction(3, 10)),
        (" 0.3 ", Fraction(3, 10)),
        ("1e-3", Fraction(1, 1000)),
        (Decimal("0.1"), Fraction(1, 10)),
        (sympy.Rational(1, 3), Fraction(1, 3)),
        (sympy.Integer(2), Fraction(2)),
        (mpmath.mpf("0.5"), Fraction(1, 2)),
        (mpmath.mpf("0.1"), Fraction(*(0.1).as_integer_ratio())),
        (flint.fmpq(1, 3), Fraction(1, 3)),
        (flint.fmpz(7), Fraction(7)),
        (flint.arb(2) / 4, Fraction(1, 2)),
        (gmpy2.mpq(1, 3), Fraction(1, 3)),
        (gmpy2.mpz(5), Fraction(5)),
        (numpy.int64(4), Fraction(4)),
    ],
)
def test_numbers_are_taken_exactly(problem, exact):
    assert ((exact, Fraction(1)),) == Problem(**{**RIGHT, "X": [[problem, 1]]}).X
    assert Problem(**{**RIGHT, "scale": problem}).scale == exact
    assert Problem(**{**RIGHT, "v": [(1, 1), [problem, 0]]}).v[1][0] == exact


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "regresion"}, "mine: task: expected 'regression' or 'classification', got 'regresion'"),
        ({"X": [[1, 2], [1]]}, "X: row 2: expected 2 numbers, got 1"),
        ({"X": [[1, 2, 3]]}, "X: row 1: expected 2 numbers, got 3"),
        ({"X": []}, "at least one point"),
        ({"X": 5}, "X: expected a list of lists of numbers, got 5"),
        ({"X": ["12"]}, "X: row 1: expected a list of numbers, got '12'"),
        ({"y": [1, 2]}, "y: expected 1 numbers, one for each point, got 2"),
        ({"scale": 0}, "scale: expected a number above 0, got 0"),
        ({"scale": "-1/2"}, "scale: expected a number above 0, got -1/2"),
        ({"v": [[1, 1]]}, "v: expected 2 lists, one for each layer, got 1"),
        ({"v": [[1, 1], [0, 0, 0]]}, "v: layer 2: expected 2 numbers, got 3"),
        ({"task": "classification", "y": [2]}, "y: expected labels 1 or -1, got 2 as number 1"),
        ({"scale": 0.1}, 'got the float 0.1; write it as text, "0.1", or as a Fraction'),
        ({"X": [[1, numpy.float64(0.1)]]}, 'X: row 1, entry 2: .*the float 0.1; write it as text, "0.1"'),
        ({"X": [[1, float("nan")]]}, "finite number, got nan"),
        ({"X": [[1, mpmath.inf]]}, "got mpf"),
        ({"X": [[1, sympy.sqrt(2)]]}, r"got the Pow sqrt\(2\)"),
        ({"X": [[1, flint.arb(2) / 3]]}, "a ball with a radius"),
        ({"X": [[1, True]]}, "got the bool True"),
        ({"X": [[1, None]]}, "got the NoneType None"),
        ({"X": [[1, "1/0"]]}, "got '1/0'"),
        ({"v": [[1, "x"], [0, 0]]}, "v: layer 1, entry 2: .*got 'x'"),
    ],
)
def test_what_is_wrong_is_named(change, message):
    with pytest.raises(InputError, match=message) as caught:
        Problem(**{**RIGHT, **change})
    assert "\n" not in str(caught.value)


def test_every_kind_of_network_counts_its_own_entries():
    Problem(MatrixSensing(2, 2), "regression", [[1, 0, 0, 1]], [1], 1, [[1] * 4] * 2)
    Problem(FullyConnected(2, (3,)), "regression", [[1, 0]], [1], 1, [[1] * 6, [1] * 3])
    with pytest.raises(InputError, match="layer 1: expected 2 numbers, got 3"):
        Problem(Convolutional((2, 3)), "regression", [[1, 0, 0]], [1], 1, [[1] * 3] * 2)


def test_copies_are_checked_and_equal_problems_are_equal():
    problem = Problem(**RIGHT)
    assert problem == Problem(**{**RIGHT, "X": (("1", Fraction(2)),)}) and hash(problem) == hash(
        Problem(**RIGHT)
    )
    assert (
        replace(problem, scale="1/2").scale == Fraction(1, 2)
        and pickle.loads(pickle.dumps(problem)) == problem
    )
    with pytest.raises(InputError):
        replace(problem, v=problem.v[:1])
    with pytest.raises(AttributeError):
        problem.scale = Fraction(2)
