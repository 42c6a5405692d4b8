"""Predictions of results and theorems are compared by normal form: right factors, and false claims refused."""

import pytest
import sympy as sp

from litproof.theorems.same_predictions import same_prediction
from litproof.theorems.specialisations import SPECIALISATIONS

CASES = {case.special: case for case in SPECIALISATIONS}
FACTORS = {
    "woodworth/squares": 2,
    "woodworth/powers": 1,
    "azulay/diagonal": 2,
    "berthier/lasso": 2,
    "moroshko/path": 2,
    "chou/hadamard": 2,
    "chou/hadamard-deep": 1,
}
"""By hand: u = a e^(2 m) from u - v = 0 and (u + v)(0) = 2 a gives asinh(beta/(2 a^2)) = 2 m, and so on."""


@pytest.mark.parametrize("id", FACTORS)
def test_factors(id):
    assert same_prediction(CASES[id]) == sp.Integer(FACTORS[id])


@pytest.mark.parametrize("id", ["gissin/two-modes", "matt-stoger/rate", "soudry/logistic", "saxe/deep-modes"])
def test_statements_of_another_kind_are_left_alone(id):
    assert same_prediction(CASES[id]) is None


SQUARES = {"hypotheses": ["u = v"]}
FALSE = [
    ("woodworth/squares", {"minimises": "sum(hypentropy(beta[j], 4*u0[j]^2))", **SQUARES}),
    ("woodworth/squares", {"minimises": "sum(hypentropy(beta[j], 2*u0[j]))", **SQUARES}),
    ("woodworth/squares", {"rowspan": "beta[j]", **SQUARES}),
    ("woodworth/squares", {"rowspan": "-asinh(beta[j]/(2*u0[j]^2))", **SQUARES}),
    ("woodworth/squares", {"rowspan": "u0[j]*asinh(beta[j]/(2*u0[j]^2))", **SQUARES}),
    ("woodworth/squares", {"minimises": "sum(hypentropy(beta[j], 2*u0[j]^2))", "hypotheses": []}),
    ("azulay/diagonal", {"rowspan": "asinh(beta[j]/(u0[j]^2 - v0[j]^2))", "hypotheses": ["u = p", "v = q"]}),
    (
        "woodworth/powers",
        {
            "let": {"h(z)": "(1 - z)^(-2) - (1 + z)^(-2)"},
            "rowspan": "inverse(h, beta[j]/u0[j]^3, -1, 1)/u0[j]",
            "hypotheses": ["u = v"],
        },
    ),
    ("chou/hadamard", {"rowspan": "beta[j]^(-1/3) - beta0[j]^(-1/3)", "hypotheses": ["equal-layers"]}),
]


@pytest.mark.parametrize(("id", "claim"), FALSE)
def test_false_predictions_are_refused(id, claim):
    with pytest.raises(ValueError, match=r"predict different limits|not a multiple"):
        same_prediction(CASES[id], claim)


def test_the_same_prediction_in_other_words():
    text = {"rowspan": "3*log(beta[j]/(2*u0[j]^2) + sqrt(1 + (beta[j]/(2*u0[j]^2))^2))", **SQUARES}
    assert same_prediction(CASES["woodworth/squares"], text) == 6
