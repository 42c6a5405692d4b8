"""Gradient fields that commute after division by g: rates known by hand, identities, and one that is not closed."""

from fractions import Fraction
from random import Random

import pytest
import sympy as sp

from litproof.bias.closure import closure
from litproof.bias.rescaled_fields import commutes, mirror_condition, rescaling
from litproof.laws.architectures import map_of
from litproof.laws.independence import random_point
from litproof.networks import Convolutional, Diagonal, FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

TURNED = (["a", "b"], ["a", "b*(1 + a^2)"], 2)
"""Two coefficients of two parameters: beta moves by itself, and Phi exists at every point, but no g."""
FACTORS = {
    "a neuron": (["a", "w[3]"], ["a*w[j]"], 3, lambda t: t[0], 1),
    "a squared neuron": (["a", "w[3]"], ["a^2*w[j]"], 3, lambda t: t[0], 2),
    "three factors": (["a", "b", "w[2]"], ["a*b*w[j]"], 2, lambda t: t[0] * t[1], 1),
    "radial": (["w[3]"], ["dot(w, w)*w[j]"], 3, lambda t: sum(x**2 for x in t), sp.Rational(2, 3)),
    "complex squares": (["a", "b"], ["a^2 - b^2", "2*a*b"], 2, lambda t: t[0] ** 2 + t[1] ** 2, 1),
    "a norm and two cubes": (["u[3]"], ["dot(u, u)", "u[1]^3", "u[2]^3"], 3, lambda t: t[2], 1),
    "diagonal": (["u[2]", "v[2]"], ["u[j]*v[j]"], 2, lambda t: sp.Integer(1), 1),
}
"""Networks, and g as a power of a polynomial."""


def symbols_of(network):
    """Parameters, beta and its gradients, in sympy."""
    theta = sp.symbols(f"t0:{sum(network.shapes)}")
    layers, at = [], 0
    for size in network.shapes:
        layers.append(theta[at : at + size])
        at += size
    beta = [sp.sympify(b) for b in network.coefficients(layers)]
    return theta, [[sp.diff(b, t) for t in theta] for b in beta]


def along(field, expression, theta):
    return sum(x * sp.diff(expression, t) for x, t in zip(field, theta, strict=True))


@pytest.mark.parametrize("name", FACTORS)
def test_rates_are_derivatives_of_log_g(name):
    """Phi_b = X_b log g for the g found by hand, and the brackets are Phi_b X_c - Phi_c X_b."""
    parameters, beta, d, base, exponent = FACTORS[name]
    network = PolynomialNetwork.of(parameters, beta, d)
    theta, fields = symbols_of(network)
    power = base(theta)
    wanted = [exponent * along(field, power, theta) / power for field in fields]
    for phi, rate in zip(wanted, rescaling(network).rates, strict=True):
        over, below = (sp.sympify(str(p).replace("^", "**")) for p in (rate.numerator, rate.denominator))
        assert sp.cancel(phi - over / below) == 0
    for k in range(len(theta)):
        bracket = along(fields[0], fields[1][k], theta) - along(fields[1], fields[0][k], theta)
        assert sp.cancel(bracket - wanted[0] * fields[1][k] + wanted[1] * fields[0][k]) == 0


def rates_of_two(theta, fields):
    """Phi of a map from two parameters to two coefficients, by a 2 x 2 system in sympy."""
    X, Y = fields
    bracket = [along(X, Y[k], theta) - along(Y, X[k], theta) for k in range(2)]
    return sp.Matrix([[Y[0], -X[0]], [Y[1], -X[1]]]).LUsolve(sp.Matrix(bracket))


def test_a_form_that_is_not_closed():
    network = PolynomialNetwork.of(*TURNED)
    theta, fields = symbols_of(network)
    phi = rates_of_two(theta, fields)
    assert sp.cancel(along(fields[0], phi[1], theta) - along(fields[1], phi[0], theta)) != 0
    program = map_of(network).program
    assert not mirror_condition(program, random_point(program.inputs))
    assert rescaling(network) is None
    problem = Problem(network, "regression", ((1, 2),), (1,), 1, ((1,), (1,)))
    assert (closure(problem).closed, closure(problem).warped) == (True, False)


@pytest.mark.parametrize("change", ["0", "a", "a^2", "a*b", "b^2 + a"])
def test_two_coefficients_of_two_parameters(change):
    """Sheared maps: closed or not, as sympy decides."""
    network = PolynomialNetwork.of(["a", "b"], ["a", f"b + {change}"], 2)
    theta, fields = symbols_of(network)
    phi = rates_of_two(theta, fields)
    closed = sp.cancel(along(fields[0], phi[1], theta) - along(fields[1], phi[0], theta)) == 0
    assert (rescaling(network) is not None) == closed


@pytest.mark.parametrize("network", [Convolutional((3, 3)), Convolutional((2, 3)), FullyConnected(3, (2,))])
def test_networks_of_which_beta_does_not_move_by_itself(network):
    assert rescaling(network) is None
    assert not commutes(network)


def test_commuting_ones_have_no_rates():
    assert commutes(Diagonal(3, 3)) and commutes(
        PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^3 - v[j]^3"], 2)
    )
    assert not commutes(FullyConnected(3, (1,)))
    assert rescaling(FullyConnected(3, (1,))) is not None


def test_one_wrong_term_is_seen():
    """Mutants of the radial network: each is rejected."""
    rng = Random(0)
    for _ in range(5):
        j, k = rng.randrange(1, 4), rng.randrange(1, 4)
        beta = [
            f"dot(w, w)*w[{i}]" + (f" + {Fraction(1, rng.randint(2, 9))}*w[{k}]^2" if i == j else "")
            for i in (1, 2, 3)
        ]
        assert rescaling(PolynomialNetwork.of(["w[3]"], beta, 3)) is None


def test_more_brackets_than_coefficients_do_not_say_that_beta_feels_the_rest():
    """A product of two quaternions: by hand beta' = -(|a|^2 + |b|^2) grad, and the parameters move in 7 dimensions."""
    product = ["a[1]*b[1]-a[2]*b[2]-a[3]*b[3]-a[4]*b[4]", "a[1]*b[2]+a[2]*b[1]+a[3]*b[4]-a[4]*b[3]",
               "a[1]*b[3]-a[2]*b[4]+a[3]*b[1]+a[4]*b[2]", "a[1]*b[4]+a[2]*b[3]-a[3]*b[2]+a[4]*b[1]"]  # fmt: skip
    v = ((1, Fraction(1, 2), Fraction(1, 4), Fraction(1, 5)), (0, Fraction(1, 3), 0, Fraction(1, 2)))
    rows = ((1, 2, 0, 1), (0, 1, 3, -1))
    network = PolynomialNetwork.of(["a[4]", "b[4]"], product, 4)
    found = closure(Problem(network, "regression", rows, (1, 2), 1, v))
    assert (found.lie_dimension, found.reachable, found.closed, found.warped) == (7, 4, None, True)
    assert not rescaling(network).inside and not commutes(network)
    changed = [*product[:3], product[3] + " + a[1]^2"]
    other = PolynomialNetwork.of(["a[4]", "b[4]"], changed, 4)
    assert closure(Problem(other, "regression", rows, (1, 2), 1, v)).closed is False
    assert rescaling(other) is None
