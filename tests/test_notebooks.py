"""What notebooks show of networks, problems, flows, predictions, measurements, limits, verdicts and reports."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.claims.verification import verify
from litproof.flow.equations import differentiate
from litproof.integrate.regression.follow import follow_to_limit
from litproof.limits.find import find_limit
from litproof.markup import decimal, grid, table
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import KINDS, draw_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.predict.regression.limit import predict_regression
from litproof.report.html.mathml import formula
from litproof.theorems.shared.instances import REFERENCE


@pytest.mark.parametrize(
    ("network", "latex"),
    [
        (Diagonal(3, 4), r"$f(x) = \sum_{j=1}^{4} x_j \prod_{l=1}^{3} v_{l,j}$"),
        (Convolutional((2, 3)), r"$f(x) = \langle x \star v_{1}, v_{2} \rangle, \quad k = (2, 3)$"),
        (FullyConnected(3, (2,)), r"$f(x) = x^T W_{1} W_{2}, \quad (3, 2, 1)$"),
        (
            MatrixSensing(2, 3),
            r"$f(A) = \langle A, W_{1} W_{2} \rangle, \quad W_l \in \mathbb{R}^{3 \times 3}$",
        ),
    ],
)
def test_networks(network, latex):
    assert network._repr_latex_() == latex


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_is_shown_as_a_formula(kind):
    latex = draw_network(random.Random(1), kind)._repr_latex_()
    assert latex.startswith("$") and latex.endswith("$")
    assert formula(latex.strip("$")).startswith("<math")


def test_flow():
    flow = differentiate(Diagonal(2, 1), [[Fraction(1)]], [Fraction(2)], "squared")
    latex = flow._repr_latex_()
    assert latex.startswith(r"$\displaystyle \begin{aligned}\dot{v_{1,1}} &= ") and r" \\" in latex
    large = differentiate(Diagonal(2, 20), [[Fraction(1)] * 20], [Fraction(2)], "squared")
    assert r"\text{and 16 more}" in large._repr_latex_()


def test_prediction_measurement_and_limit_show_the_same_numbers():
    shown = [
        predict_regression(REFERENCE, 12)._repr_html_(),
        follow_to_limit(REFERENCE, 12)._repr_html_(),
        find_limit(REFERENCE, 12)._repr_html_(),
    ]
    for html in shown:
        assert html.startswith("<table>") and "-0.15326727590" in html
    assert "evidence" in shown[2]
    lost = replace(follow_to_limit(REFERENCE, 12), converged=False, reason="budget of 3 < 4 steps")
    assert "budget of 3 &lt; 4 steps" in lost._repr_html_() and "-0.153" not in lost._repr_html_()


def test_problem_verdict_and_report():
    assert "3/10" in REFERENCE._repr_html_()
    report = verify("network/odeco-form", digits=10)
    (verdict,) = report.verdicts
    assert "verified" in verdict._repr_html_() and "5 of 5" in verdict._repr_html_()
    assert report._repr_html_().count("<tr>") == 2


def test_everything_is_escaped():
    assert table([("<a>", ("<b>", "&"))]).count("<td") == 1
    assert "<b>" not in table([("<a>", ("<b>", "&"))]) and "<b>" not in grid(["<b>"], [["<b>"]])


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (Fraction(1, 3), 5, "0.33333"),
        (Fraction(-200, 3), 5, "-66.667"),
        (Fraction(0), 3, "0.00"),
        (Fraction(1, 3 * 10**40), 3, "3.33e-41"),
        (Fraction(10**30), 3, "1.00e+30"),
        (Fraction(1, 3), 200, "0." + "3" * 20),
    ],
)
def test_decimal(x, digits, text):
    assert decimal(x, digits) == text
