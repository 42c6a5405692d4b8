"""Problems on which `falsify` once broke a claim of the catalogue, shrunk: each stands for its kind."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.claims.catalogue import claim_of
from litproof.claims.judge import hypotheses_of, judge
from litproof.claims.types import Answer, Instance, Status
from litproof.dynamics import WeightDecay
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import FormulaNetwork, PolynomialNetwork
from litproof.theorems.shared.classification import classification
from litproof.theorems.shared.instances import regression

FAULTS = {
    "a point that occurs twice": (
        "soudry/linear-classifier",
        classification(Diagonal(1, 2), "-9/8 -7/8; 5/8 -5/4; -9/8 -7/8", "1 1 1", 1, ["0 0"], "copies"),
    ),
    "margins far larger than the parameters": (
        "ykm/classification-convergence",
        classification(Diagonal(2, 1), "150000", "1", 1, ["1", "1"], "large data"),
    ),
    "entries of very different size": (
        "ykm/classification-initialisation",
        classification(Diagonal(3, 2), "45/4 1/100", "1", 1, ["1 1", "1 1", "0 0"], "uneven data"),
    ),
    "a flow so slow that its times are beyond doubles": (
        "ykm/conserved-norms",
        classification(Diagonal(2, 1), "1", "1", 1, ["40", "40"], "late"),
    ),
    "a flow that takes far less than a thousandth": (
        "ykm/conserved-balancedness",
        regression(FullyConnected(1, (1,)), "1000", "1", 10, ["3", "5"], "large start"),
    ),
    "a limit of 0": (
        "ykm/two-layer-one-point",
        regression(Diagonal(2, 1), "-55/4", "0", 1, ["3/4", "-5/8"], "zero target"),
    ),
    "a pace far below 1": (
        "ykm/classification-loss-rate",
        classification(
            FullyConnected(2, ()),
            "9/80000 0; 11/800 0; 125/2 0",
            "1 1 1",
            1,
            ["275/2 -7/800"],
            "small margins",
        ),
    ),
}


@pytest.mark.parametrize(("id", "problem"), FAULTS.values(), ids=list(FAULTS))
def test_the_claim_holds_there_now(id, problem):
    result = judge(claim_of(id), Instance("drawn", problem), 20, mutants=False, proof=False)
    assert result.status is Status.VERIFIED, result.detail


@pytest.mark.parametrize(
    "id", ["ykm/singular-vectors", "ykm/classification-loss-rate", "ykm/classification-convergence"]
)
def test_claims_about_layers_do_not_apply_where_there_are_none(id):
    network = PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^2 - v[j]^2"], 2)
    problem = classification(network, "1 2", "1", 1, ["2 1", "1 1/2"], "no layers")
    assert hypotheses_of(claim_of(id), problem).answer is Answer.VIOLATED


def test_a_claimed_polynomial_network_is_not_one_with_functions():
    network = FormulaNetwork.of(["u[2]", "v[2]"], ["u[j]/v[j]"], 2)
    problem = regression(network, "1 2", "1", 1, ["1 1", "1 1"], "a quotient")
    check = hypotheses_of(claim_of("woodworth/squares"), problem)
    assert check.answer is Answer.VIOLATED
    assert "another network" in check.detail


SQUARES = PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"], 3)
CUBES = PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^3 - v[j]^3"], 3)
CHANNELS = PolynomialNetwork.of(
    ["U[2,2]", "V[2,2]"],
    ["sum(l, U[l,1]*V[l,1] + U[l,2]*V[l,2])", "sum(l, U[l,1]*V[l,2] + U[l,2]*V[l,1])"],
    2,
)
THREE_LAYERS = PolynomialNetwork.of(["W[3,2]", "V[2,2]", "w[2]"], ["W*V*w"], 3)


def conjugate_components():
    """Two complex components, each the conjugate of the other, so that their moduli are equal."""
    a = Cyclotomic.gaussian(Fraction(1, 2), Fraction(1, 2))
    U = ((a, a.conjugate()), (a.conjugate(), a))
    S = tuple((z, 2 * z + 1) for z in (Cyclotomic.gaussian(1, 3), Cyclotomic.gaussian(1, -3)))
    return regression(Odeco(S, (U, U, U)), "1 2", "1", 1, ["1 1/2", "1/3 -1", "2 1"], "conjugate components")


SPECIAL = {
    "components that are conjugate to each other": (
        "ykm/conserved-odeco",
        conjugate_components(),
        {"vacuous": 1, "rejected": 5},
    ),
    "the flow reaches one interpolator only": (
        "woodworth/squares",
        regression(SQUARES, "1 0 0; 0 0 1", "1 1", 1, ["1/10 1/5 1/2"] * 2, "unit vectors"),
        {"vacuous": 7, "rejected": 1, "inapplicable": 2},
    ),
    "the flow reaches one interpolator only, by a tie": (
        "woodworth/squares",
        regression(SQUARES, "1 1 1", "2", 1, ["1/3 1/3 1/3"] * 2, "equal inputs"),
        {"vacuous": 8, "inapplicable": 2},
    ),
    "two parameters that are multiples of each other": (
        "woodworth/powers",
        regression(CUBES, "3 0 -2", "-3", "1/10", ["1/2 1/3 3/4"] * 2, "a tie up to a factor"),
        {"vacuous": 4, "rejected": 4, "inapplicable": 1},
    ),
    "the flow reaches one interpolator only, with weight decay": (
        "jacobs/hyperbolic-width",
        replace(
            regression(SQUARES, "1 -1 -1", "1", 1, ["1 1 1"] * 2, "decay"),
            dynamics=WeightDecay(Fraction(1, 4), Fraction(2)),
        ),
        {"vacuous": 6, "inapplicable": 1},
    ),
    "a classification whose parameters are multiples of each other": (
        "moroshko/path",
        classification(SQUARES, "1 -1 2; -3 3 -3", "1 -1", 1, ["1/10 1/5 1/2"] * 2, "a tie"),
        {"vacuous": 2, "rejected": 4, "inapplicable": 1},
    ),
    "a start at which the norm hardly grows": (
        "lyu-li/margin",
        classification(
            Diagonal(2, 3), "1 2 1/2; 3/2 -1/2 1", "1 -1", 10, ["-3/2 3/4 -3/2", "5/8 5/8 -1/2"], "turning"
        ),
        {"rejected": 4, "inapplicable": 1},
    ),
    "the start makes powers equal": (
        "chou/hadamard-deep",
        regression(Diagonal(3, 2), "1 2", "2", 1, ["1 1"] * 3, "start at one"),
        {"vacuous": 2, "rejected": 7, "inapplicable": 1},
    ),
    "a start that interpolates": (
        "chou/hadamard-deep",
        regression(Diagonal(3, 2), "1 2", "3", 1, ["1 1"] * 3, "at rest"),
        {"vacuous": 3, "rejected": 6, "inapplicable": 1},
    ),
    "an input that is zero": (
        "new/first-layer",
        regression(
            THREE_LAYERS, "0 2 3", "1", 1, ["1 2 3 1 1 -1", "1 1/2 -1/3 2", "1 1/2"], "no first input"
        ),
        {"vacuous": 4, "rejected": 2, "inapplicable": 1},
    ),
    "one input alone": (
        "new/first-layer",
        regression(
            THREE_LAYERS, "2 0 0", "1", 1, ["1 2 3 1 1 -1", "1 1/2 -1/3 2", "1 1/2"], "first input only"
        ),
        {"vacuous": 4, "rejected": 2, "inapplicable": 1},
    ),
    "one direction has the largest margin in several norms": (
        "jagadeesan/multichannel",
        classification(CHANNELS, "-1 1", "1", 1, ["-1 1 -3 -2", "0 0 0 0"], "opposite inputs"),
        {"vacuous": 3, "rejected": 1, "inapplicable": 1},
    ),
    "the same, with a start that the flow cannot leave": (
        "jagadeesan/multichannel",
        classification(CHANNELS, "0 2; 1 1", "1 1", 1, ["1 1 1 1", "0 0 0 0"], "equal channels"),
        {"vacuous": 3, "rejected": 1, "inapplicable": 1},
    ),
    "a direction with one entry": (
        "gunasekar/diagonal",
        classification(Diagonal(2, 2), "3 1; 4 -1", "1 1", 1, ["1 1/2", "1/2 1/4"], "one entry"),
        {"vacuous": 3, "rejected": 3, "inapplicable": 1},
    ),
    "complex components that vanish": (
        "gunasekar/convolutional",
        classification(Convolutional((3, 3)), "3 1 1", "1", 1, ["1 1/2 1/3", "1/2 0 1/4"], "the mean alone"),
        {"vacuous": 3, "rejected": 4, "inapplicable": 1},
    ),
    "equal moduli of two inputs": (
        "new/first-layer",
        regression(THREE_LAYERS, "1 -1 3", "1", 1, ["1 2 3 1 1 -1", "1 1/2 -1/3 2", "1 1/2"], "opposite"),
        {"vacuous": 1, "rejected": 5, "inapplicable": 1},
    ),
    "variants that agree to the digits asked for": (
        "woodworth/squares",
        regression(SQUARES, "1 -1 0; 1 1 1", "1 3000000", 1, ["1/10 1/5 1/2"] * 2, "large targets"),
        {"vacuous": 3, "rejected": 5, "inapplicable": 2},
    ),
}


@pytest.mark.parametrize(("id", "problem", "outcomes"), SPECIAL.values(), ids=list(SPECIAL))
def test_variants_that_are_true_there_are_told_from_false_ones(id, problem, outcomes):
    result = judge(claim_of(id), Instance("drawn", problem), 12, proof=False)
    assert result.status is Status.VERIFIED, result.detail
    assert Counter(mutant.outcome for mutant in result.mutants) == outcomes
