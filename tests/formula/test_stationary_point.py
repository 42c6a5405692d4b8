"""Stationary points on the interpolators: true ones, false ones, empty ones, and what must not change a verdict."""

import pytest
from hypothesis import given, settings, strategies as st

from litproof.claims.formulas.conditions import (
    Condition,
    compare_condition,
    measure_condition,
    predict_condition,
)
from litproof.claims.types import Answer
from litproof.language.grammar import parse
from litproof.theorems.shared.instances import (
    REFERENCE,
    diagonal_from_zero,
    random_diagonal_from_zero,
    random_odeco_from_zero,
)

TWO = diagonal_from_zero(2, "1 2 -1", "3/2", "1/2", "1 1/2 3/4")
THREE = diagonal_from_zero(3, "1 2 -1; 0 1 1", "3/2 1", "1/2", "1 1/2 3/4")
FIVE = diagonal_from_zero(5, "1 2 -1 3; 0 1 1 1/2", "3/2 1", "1/2", "1 1/2 3/4 1")
LINEAR = diagonal_from_zero(1, "1 2 -1 1/3; 0 1 1 2", "1 1", 1, "")
TINY = diagonal_from_zero(2, "1 2 -1", "3/2", "1e-30", "1 1/2 3/4")
ZERO = diagonal_from_zero(2, "1 2 0", "3/2", "1/2", "1 1/2 3/4")  # beta_3 stays 0
ODECO = random_odeco_from_zero(3)

Q = "sum((alpha*etabar[j])^2*H(depth, rho[j]/(alpha*abs(etabar[j]))^depth))"
ENTROPY = "sum(hypentropy(beta[j], (alpha*etabar[j])^2/2))"
ROW = "sum(X[1,j]*beta[j])"


def judged(mode, problem, text, digits=30):
    condition = Condition(mode, parse(text))
    prediction = predict_condition(condition, problem, digits)
    return compare_condition(prediction, measure_condition(condition)(problem, digits), digits)


@pytest.mark.parametrize(
    ("mode", "problem", "text"),
    [
        *(("minimises", problem, Q) for problem in (REFERENCE, TWO, THREE, FIVE, TINY, ODECO)),
        ("minimises", random_diagonal_from_zero(5), Q),
        ("minimises", TWO, ENTROPY),
        ("minimises", TINY, ENTROPY),
        ("minimises", TWO, f"{ENTROPY}/10^80"),
        ("minimises", TWO, f"10^150*{ENTROPY} + 7"),
        ("minimises", TWO, f"{ENTROPY} + 10^40*{ROW}"),
        ("minimises", TWO, f"{ENTROPY} + 10^40*({ROW})^2"),
        ("minimises", TWO, f"10^60*sqrt(1 + {ENTROPY})"),
        ("minimises", TWO, f"exp({ENTROPY})"),
        ("stationary", TWO, f"-{ENTROPY}"),
        ("stationary", TWO, f"{Q}^3"),
        ("minimises", LINEAR, "sum((beta[j] - start[j])^2)"),
        ("minimises", LINEAR, "sqrt(sum(beta[j]^2))/10^30"),
        ("stationary", LINEAR, "cos(sum(beta[j]^2))"),
        ("minimises", ZERO, ENTROPY),
        ("minimises", ZERO, "abs(beta[3])"),
        ("stationary", ZERO, "beta[3]^2"),
        ("minimises", ZERO, f"{ENTROPY} + abs(beta[3])/2"),
    ],
)
def test_true_conditions_hold(mode, problem, text):
    verdict = judged(mode, problem, text)
    assert verdict.answer is Answer.HOLDS and verdict.digits == 30, verdict


@pytest.mark.parametrize(
    ("mode", "problem", "text"),
    [
        ("minimises", TWO, f"10^40*{ROW} + sum(beta[j]^2)"),
        ("minimises", TWO, f"10^40*({ROW})^2 + sum(beta[j]^2)"),
        ("stationary", TWO, f"10^50*exp({ROW}) + sum(beta[j]^2)"),
        ("stationary", TWO, f"10^60*{ROW}*beta[1] - 10^60*y[1]*beta[1] + sum(beta[j]^2)"),
        ("stationary", TWO, f"10^200*({ROW})^3 + abs(beta[1])^3"),
        ("minimises", ZERO, f"abs(beta[3]) + 10^40*{ROW} + sum(beta[j]^2)"),
        ("stationary", ZERO, "10^40*abs(beta[3]) + sum(beta[j]^2)"),
        ("minimises", ZERO, "abs(beta[3]) - 2*beta[3]"),
        ("minimises", TWO, "sum(beta[j]^2)/10^60"),
        ("minimises", TWO, "10^60*sum(beta[j]^2)"),
        ("minimises", TWO, "sum(abs(beta[j]))"),
        ("minimises", TWO, "beta[1]"),
        ("stationary", TWO, "10^40*(beta[1] - 1/3)^2 + beta[2]"),
        ("minimises", TWO, "sum(beta[j]^2)^1000"),
        ("stationary", TWO, "sum(abs(beta[j])^10000)"),
        ("stationary", TWO, "exp(10^5*sum(beta[j]^2))"),
        ("minimises", TWO, "sum(hypentropy(beta[j], (2*alpha*etabar[j])^2/2))"),
        ("minimises", TINY, "sum(hypentropy(beta[j], (2*alpha*etabar[j])^2/2))"),
        ("minimises", TINY, "sum(beta[j]^2)"),
        ("minimises", THREE, ENTROPY),
        ("minimises", ODECO, "sum(beta[j]^2)"),
        ("minimises", TWO, f"-{ENTROPY}"),
        ("minimises", LINEAR, "cos(sum(beta[j]^2))"),
    ],
)
def test_false_conditions_are_refuted_by_a_clear_margin(mode, problem, text):
    verdict = judged(mode, problem, text)
    assert verdict.answer is Answer.VIOLATED and verdict.margin >= 1000, verdict


@pytest.mark.parametrize(
    ("mode", "problem", "text", "message"),
    [
        ("minimises", TWO, f"sin({ROW})", "says nothing"),
        ("minimises", TWO, ROW, "says nothing"),
        ("stationary", TWO, f"({ROW} - y[1])^2", "says nothing"),
        ("stationary", TWO, f"atan({ROW}) + tanh({ROW})", "says nothing"),
        ("stationary", TWO, f"log({ROW}^2)", "says nothing"),
        ("minimises", TWO, "beta[1]^0", "says nothing"),
        ("stationary", TWO, "sum(beta[j]) - sum(beta[j])", "says nothing"),
        ("stationary", TWO, f"exp({ROW})*beta[1]/beta[1]", "says nothing"),
        ("stationary", TWO, "sum(sin(beta[j])^2) + sum(cos(beta[j])^2)", "says nothing"),
        ("minimises", TWO, f"{ENTROPY[:-1]} - exp(beta[j] - 10^4))", "not decided"),
        ("minimises", TWO, f"{ENTROPY} - sum(beta[j]^4)/10^30", "not decided"),
        ("minimises", ZERO, f"{ENTROPY} - abs(beta[3])", "not decided"),
        ("minimises", LINEAR, "sum(beta[j]^2) - exp(sum(beta[j]^2) - 10^3)", "not decided"),
        ("stationary", TWO, "((sum(beta[j]^2)^10000)^10000)^10000", "a number beyond"),
        ("stationary", TWO, "exp(999999)*sum(beta[j]^2)", "a number beyond"),
        ("stationary", TWO, "log(-beta[1]^2)", "not positive"),
    ],
)
def test_what_is_empty_or_not_shown_is_not_verified(mode, problem, text, message):
    verdict = judged(mode, problem, text)
    assert verdict.answer is Answer.UNKNOWN and message in verdict.detail, verdict


@settings(max_examples=20, deadline=None)
@given(
    case=st.sampled_from(
        [
            ("minimises", TWO, ENTROPY),
            ("minimises", TWO, "sum(beta[j]^2)"),
            ("stationary", ZERO, "abs(beta[3]) + sum(beta[j]^2)"),
            ("minimises", LINEAR, "sum(beta[j]^2)"),
            ("minimises", TWO, f"sin({ROW})"),
            ("minimises", LINEAR, "sum(beta[j]^2)^2 - sum(beta[j]^4)/10"),
        ]
    ),
    mantissa=st.integers(1, 10**6),
    exponent=st.integers(-190, 190),
    shift=st.integers(-(10**9), 10**9),
    row=st.integers(-(10**9), 10**9),
)
def test_no_factor_and_nothing_constant_changes_a_verdict(case, mantissa, exponent, shift, row):
    mode, problem, text = case
    changed = f"{mantissa}*10^({exponent})*({text}) + {shift} + {row}*{ROW}"
    assert judged(mode, problem, changed, 15).answer is judged(mode, problem, text, 15).answer


@pytest.mark.parametrize("digits", [4, 10, 60])
def test_the_digits_asked_for_decide_what_is_told_apart(digits):
    assert judged("minimises", TWO, ENTROPY, digits).digits == digits
    text = f"{ENTROPY} + beta[1]/10^20"
    verdict = judged("minimises", TWO, text, digits)
    assert verdict.answer is (Answer.VIOLATED if digits == 60 else Answer.HOLDS)
