"""Conserved formulas: what is an identity, what is not, what says nothing; and no constant factor matters."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from litproof.claims.formulas.conserved import compare_conserved, follow_moments
from litproof.claims.types import Answer
from litproof.language.grammar import parse
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from litproof.results import Evidence
from litproof.theorems.shared.instances import diagonal_from_zero, draw_regression

TWO = diagonal_from_zero(2, "1 2 -1", "3/2", "1/2", "1 1/2 3/4")
POINTS = diagonal_from_zero(2, "1 2 -1; 0 1 1", "3/2 1", "1/2", "1 1/2 3/4")
THREE = diagonal_from_zero(3, "1 2 -1; 0 1 1", "3/2 1", "1/2", "1 1/2 3/4")
TIED = diagonal_from_zero(2, "1 1 2", "3/2", "1/2", "1 1 3/4")
TINY = diagonal_from_zero(2, "1 2 -1", "3/2", "1e-30", "1 1/2 3/4")
CONVOLUTION = draw_regression(Convolutional((3, 3, 3)), Random(1), "convolution").problem
SENSING = draw_regression(MatrixSensing(2, 2), Random(1), "sensing").problem
FULL = Problem(
    FullyConnected(3, (2,)),
    "regression",
    ((Fraction(1), Fraction(2), Fraction(-1)),),
    (Fraction(1),),
    Fraction(1, 2),
    (tuple(map(Fraction, (1, 0, 2, 1, 1, 1))), (Fraction(1), Fraction(2))),
)
RESTING = Problem(TWO.network, "regression", TWO.X, TWO.y, Fraction(1), ((Fraction(0),) * 3,) * 2)
OUTPUT = "sum(X[1,j]*v[1,j]*v[2,j])"

_PATHS = {}


def judged(problem, text, digits=30):
    key = id(problem), digits
    if key not in _PATHS:
        _PATHS[key] = follow_moments(problem, digits)
    return compare_conserved(parse(text), problem, _PATHS[key], digits)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (TWO, "v[1,1]^2 - v[2,1]^2"),
        (THREE, "v[1,2]^2 - v[3,2]^2"),
        (THREE, "(v[2,3] - v[1,3])*(v[2,3] + v[1,3])"),
        (TINY, "v[1,1]^2 - v[2,1]^2"),
        (TINY, "exp(v[1,1]^2 - v[2,1]^2)"),
        (TWO, "exp(v[1,1]^2 - v[2,1]^2)"),
        (TWO, "sqrt(sum(v[1,j]^2) - sum(v[2,j]^2))"),
        (TWO, "abs(v[1,1]^2 - v[2,1]^2)"),
        (TWO, "(v[1,1]^2 - v[2,1]^2)^50 + pi"),
        (TWO, "(v[1,1]^2 - v[2,1]^2)^(2/3)"),
        (TWO, "H(3, v[1,1]^2 - v[2,1]^2)*hypentropy(v[1,2]^2 - v[2,2]^2, 1)"),
        (TWO, "(v[1,1]^2 - v[2,1]^2)/(v[1,2]^2 - v[2,2]^2)"),
        (FULL, "v[1,1]*v[1,2] + v[1,3]*v[1,4] + v[1,5]*v[1,6] - v[2,1]*v[2,2]"),
        (CONVOLUTION, "sum(v[1,j]^2) - sum(v[2,j]^2)"),
        (
            CONVOLUTION,
            "v[1,1]*v[1,2] + v[1,2]*v[1,3] + v[1,3]*v[1,1] - v[3,1]*v[3,2] - v[3,2]*v[3,3] - v[3,3]*v[3,1]",
        ),
        (SENSING, "v[1,1]^2 + v[1,3]^2 - v[2,1]^2 - v[2,2]^2"),
    ],
)
def test_laws_are_identities_for_all_data(problem, text):
    verdict = judged(problem, text)
    assert verdict.answer is Answer.HOLDS and verdict.evidence is Evidence.EXACT and verdict.digits == 30
    assert "for all data and losses" in verdict.detail


def test_a_law_of_these_data_only_is_proved_for_them():
    text = "log((v[1,1] + v[2,1])/(v[1,1] - v[2,1]))/X[1,1] - log((v[1,2] + v[2,2])/(v[1,2] - v[2,2]))/X[1,2]"
    verdict = judged(TWO, text)
    assert verdict.answer is Answer.HOLDS and "for these data" in verdict.detail
    assert judged(POINTS, text).answer is Answer.VIOLATED


def test_a_law_of_this_start_only_is_proved_on_its_invariant_subspace():
    verdict = judged(TIED, "v[1,1] - v[1,2]")
    assert verdict.answer is Answer.HOLDS and "never leaves from this start" in verdict.detail
    assert judged(TWO, "v[1,1] - v[1,2]").answer is Answer.VIOLATED


def test_functions_that_are_related_are_agreed_not_exact():
    text = "asinh(2*v[1,1]*v[2,1]/(v[1,1]^2 - v[2,1]^2))/X[1,1] - asinh(2*v[1,2]*v[2,2]/(v[1,2]^2 - v[2,2]^2))/X[1,2]"
    verdict = judged(TWO, text)
    assert verdict.answer is Answer.HOLDS and verdict.evidence is Evidence.AGREED


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (TWO, f"({OUTPUT} - y[1])*{OUTPUT}"),  # 0 at the start and at the limit
        (TWO, f"({OUTPUT} - y[1])^2*{OUTPUT}^2"),
        (TWO, f"exp({OUTPUT}*({OUTPUT} - y[1]))"),
        (TWO, f"sin(2*pi*10^5*({OUTPUT} - y[1])/y[1])"),  # the same at the start and at the limit
        (TWO, "v[1,1]/10^60"),
        (TWO, "v[1,1]*10^60"),
        (TWO, "exp(-5000)*v[1,1]"),
        (TWO, "sqrt(v[1,1]^2)/10^50"),
        (TWO, "abs(v[1,1])"),
        (TWO, "hypentropy(v[1,1], 1)/10^80"),
        (TWO, "v[1,1]^2 + v[2,1]^2"),
        (TWO, "v[1,1]^2 - v[2,1]^2 + v[1,1]/10^90"),  # its rate is 0 at the start
        (TWO, "v[1,1]^2 - v[2,1]^2 + v[2,1]/10^90"),
        (TWO, "exp(v[1,1]^2 - v[2,1]^2) + v[2,1]/10^90"),
        (TWO, "10^200*(v[1,1]^2 - v[2,1]^2)^20 + v[2,2]"),
        (TWO, "asinh(v[1,1]*v[2,1]) - asinh(v[1,2]*v[2,2])"),
        (FULL, "v[1,1]^2 - v[2,1]^2"),
        (CONVOLUTION, "v[1,1]^2 - v[2,1]^2"),
        (TINY, "v[1,1]"),
        (TINY, "exp(v[1,1])"),
        (THREE, "v[1,1]^2 - 2*v[3,1]^2"),
    ],
)
def test_what_changes_is_refuted(problem, text):
    verdict = judged(problem, text)
    assert verdict.answer is Answer.VIOLATED and verdict.margin >= 1000


@pytest.mark.parametrize(
    ("problem", "text", "message"),
    [
        (TWO, "v[1,1] - v[1,1]", "the same number for all layers"),
        (TWO, "v[1,1]^0", "the same number for all layers"),
        (TWO, "(v[1,1] + 1)^2 - v[1,1]^2 - 2*v[1,1]", "the same number for all layers"),
        (TWO, "sin(v[1,1])^2 + cos(v[1,1])^2", "not told from a constant"),
        (TWO, "tanh(10^5*v[1,1])", "not told from a constant"),
        (RESTING, "v[1,1]", "does not move"),
        (TWO, "log(v[2,1])", "not positive"),
        (TWO, "exp(v[1,1]^2 - v[2,1]^2) + v[1,1]/10^90", "not decided"),
    ],
)
def test_what_says_nothing_or_is_not_seen_is_not_verified(problem, text, message):
    verdict = judged(problem, text)
    assert verdict.answer is Answer.UNKNOWN and message in verdict.detail


@settings(max_examples=25, deadline=None)
@given(
    text=st.sampled_from(
        [
            "v[1,1]^2 - v[2,1]^2",
            "v[1,1]",
            f"({OUTPUT} - y[1])*{OUTPUT}",
            "exp(v[1,1]^2 - v[2,1]^2)",
            "exp(v[2,1])",
        ]
    ),
    mantissa=st.integers(1, 10**6),
    exponent=st.integers(-190, 190),
    negative=st.booleans(),
    shift=st.integers(-(10**9), 10**9),
)
def test_no_factor_and_no_summand_changes_a_verdict(text, mantissa, exponent, negative, shift):
    changed = f"{'-' * negative}({mantissa}*10^({exponent})*({text}) + {shift})"
    assert judged(TWO, changed).answer is judged(TWO, text).answer
