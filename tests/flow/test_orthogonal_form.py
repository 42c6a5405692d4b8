"""Odeco networks in other coordinates: found where they are, with exact identities, and not where they are not."""

from fractions import Fraction
from itertools import combinations
from math import prod
from random import Random

import pytest

from litproof.algebra.balls import simplest
from litproof.flow.orthogonal_form import orthogonal_form
from litproof.networks.polynomial import PolynomialNetwork

FOUND = {
    "u^2 - v^2 is two layers": (["u[2]", "v[2]"], ["u[j]^2 - v[j]^2"], 2, 2),
    "unequal lengths": (["u[2]", "v[2]"], ["4*u[j]^2 - 9*v[j]^2"], 2, 4),
    "u^3 - v^3 is S = [I; -I]": (["u[2]", "v[2]"], ["u[j]^3 - v[j]^3 + 1/2"], 2, 4),
    "shared weights": (["u[2]", "v[2]"], ["u[j]^2*v[j]"], 2, 2),
    "rotated products": (["u[2]", "v[2]"], ["(u[j] + 2*v[j])^2*(2*u[j] - v[j])/3"], 2, 2),
    "rotated cubes": (["u[2]", "v[2]"], ["(3*u[j] + 4*v[j])^3 - (4*u[j] - 3*v[j])^3"], 2, 4),
    "commuting quadratic maps": (["u[2]"], ["u[1]*u[2]", "u[1]^2 + u[2]^2"], 2, 2),
    "one quadratic form": (["u[3]"], ["u[1]*u[2] + u[2]*u[3] + u[1]*u[3]"], 1, 3),
    "different depths": (["u[2]", "v[2]"], ["u[j]^2 + v[j]^5"], 2, 4),
    "four parts": (["a[2]", "b[2]", "p[2]", "q[2]"], ["a[j]*b[j] - p[j]*q[j]"], 2, 4),
}

NOT_FOUND = {
    "a cubic with a linear term": (["u[2]", "v[2]"], ["u[j]^3 - v[j]^3 + u[j]"], 2),
    "matrices that do not commute": (["u[2]"], ["u[1]*u[2]", "u[1]^2"], 2),
    "a hidden layer of width two": (["W[2,2]", "w[2]"], ["W*w"], 2),
    "forms that are not orthogonal": (["u[2]", "v[2]"], ["u[j]*(u[j] + v[j])^2"], 2),
    "an irreducible cubic": (["u[2]", "v[2]"], ["u[j]^3 + 2*v[j]^3 + u[j]*v[j]^2"], 2),
    "a product with a constant": (["u[2]", "v[2]"], ["(u[j] + 1)*v[j]"], 2),
}


@pytest.mark.parametrize("label", FOUND)
def test_the_form_is_the_map(label):
    parameters, beta, d, components = FOUND[label]
    network = PolynomialNetwork.of(parameters, beta, d)
    form = orthogonal_form(network)
    assert form is not None
    assert len(form.components) == components
    vectors = [vector for component in form.components for vector, _ in component.forms]
    assert all(sum(a * b for a, b in zip(p, q, strict=True)) == 0 for p, q in combinations(vectors, 2))
    rng = Random(label)
    for _ in range(5):
        theta = [Fraction(rng.randint(-9, 9), rng.randint(1, 5)) for _ in range(sum(network.shapes))]
        layers, rest = [], list(theta)
        for size in network.shapes:
            layers.append(rest[:size])
            rest = rest[size:]
        values = [
            prod(
                sum(a * t for a, t in zip(vector, theta, strict=True)) ** power
                for vector, power in component.forms
            )
            for component in form.components
        ]
        expected = [
            offset
            + sum(
                component.weights[z] * value for component, value in zip(form.components, values, strict=True)
            )
            for z, offset in enumerate(form.offset)
        ]
        assert list(network.coefficients(layers)) == expected


@pytest.mark.parametrize("label", FOUND)
def test_the_reduced_flow_is_the_flow(label):
    """d eta/dt by the chain rule is the odeco equation in the time rate * t, for every direction g of the loss."""
    parameters, beta, d, _ = FOUND[label]
    network = PolynomialNetwork.of(parameters, beta, d)
    form = orthogonal_form(network)
    reduced = form.reduced()
    rng = Random(label)
    size = sum(network.shapes)
    theta = [Fraction(rng.randint(-9, 9), rng.randint(1, 5)) for _ in range(size)]
    g = [Fraction(rng.randint(-9, 9), rng.randint(1, 5)) for _ in range(d)]
    # -sum_z g_z grad beta_z, from the components that the test above compares with the map
    velocity = [Fraction(0)] * size
    for component in form.components:
        values = [sum(a * t for a, t in zip(vector, theta, strict=True)) for vector, _ in component.forms]
        pull = -sum(w * x for w, x in zip(component.weights, g, strict=True))
        for k, (vector, power) in enumerate(component.forms):
            others = prod(
                v ** (p - (i == k)) for i, (v, (_, p)) in enumerate(zip(values, component.forms, strict=True))
            )
            velocity = [x + pull * power * others * a for x, a in zip(velocity, vector, strict=True)]
    for row, layers, eta in zip(reduced.S, reduced.layers, reduced.start(theta), strict=True):
        pull = sum((s * x for s, x in zip(row, g, strict=True)), Fraction(0))
        for l, (scale, vector) in enumerate(layers):
            speed = scale * sum(a * x for a, x in zip(vector, velocity, strict=True))
            others = prod((e for k, e in enumerate(eta) if k != l), start=Fraction(1))
            assert simplest(speed + reduced.rate * pull * others) == 0


@pytest.mark.parametrize("label", NOT_FOUND)
def test_what_is_not_orthogonal_is_not_said_to_be(label):
    assert orthogonal_form(PolynomialNetwork.of(*NOT_FOUND[label])) is None
