"""Discovered quantities stay constant along the integrated flow: an oracle for the integrator, 50 digits."""

import random
from fractions import Fraction

import pytest

from litproof.integrate.regression.follow import trajectory
from litproof.laws import discover_conserved
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_real_odeco
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem

DIGITS = 50
NETWORKS = {
    "fully connected": FullyConnected(2, (2, 2)),
    "short convolution": Convolutional((2, 3)),
    "full convolution": Convolutional((3, 3)),
    "diagonal": Diagonal(3, 2),
    "odeco": draw_real_odeco(random.Random(2), 2, 2, 2),
}


def evaluate(law, parameters):
    total = Fraction(0)
    for monomial, coefficient in law.items():
        term = Fraction(coefficient)
        for i in monomial:
            term *= parameters[i]
        total += term
    return total


@pytest.mark.parametrize("name", NETWORKS)
def test_quantities_do_not_drift(name):
    network = NETWORKS[name]
    rng = random.Random(8)
    X = (tuple(Fraction(rng.randint(-4, 4) or 1, 3) for _ in range(network.input_dim)),)
    v = tuple(tuple(Fraction(rng.randint(1, 5), 4) for _ in range(size)) for size in network.shapes)
    problem = Problem(network, "regression", X, (Fraction(1),), Fraction(1), v)
    ((_, later),) = trajectory(problem, [Fraction(3, 2)], DIGITS)
    start = [entry for layer in problem.v0 for entry in layer]
    end = [entry for layer in later for entry in layer]
    quantities = discover_conserved(network).quantities
    assert quantities
    for quantity in quantities:
        drift = abs(evaluate(quantity.law, end) - evaluate(quantity.law, start))
        assert drift < Fraction(1, 10 ** (DIGITS - 2))
    # a polynomial that is not conserved is seen to move
    assert abs(evaluate({(0, 0): 1}, end) - evaluate({(0, 0): 1}, start)) > Fraction(1, 1000)
