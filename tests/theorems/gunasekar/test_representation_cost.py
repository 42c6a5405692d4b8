"""The least norm of filters with a given product: closed forms, attained by the filters that are found."""

from fractions import Fraction

import pytest

from litproof.claims.types import Answer
from litproof.networks.convolutional import Convolutional
from litproof.theorems.gunasekar.representation_cost.claim import (
    NO_ZERO_COEFFICIENT,
    least_norm,
    product_of,
    representation_cost,
)
from litproof.theorems.shared.instances import regression

TINY = Fraction(1, 10**20)


def filters(*layers):
    sizes = tuple(len(layer.split()) for layer in layers)
    return regression(Convolutional(sizes), " ".join("1" * sizes[-1]), "1", 1, layers, "filters")


@pytest.mark.parametrize("layers", [("1 2", "3 1"), ("-1 2", "1/2 1"), ("5 1", "1 -1/3")])
def test_two_filters_of_two_entries(layers):
    """|b_1 + b_2| + |b_1 - b_2| = 2 max(|b_1|, |b_2|)."""
    problem = filters(*layers)
    expected = 2 * max(map(abs, product_of(problem)))
    found = least_norm(problem, 20)
    assert found.converged
    assert abs(found.value[0] - expected) < TINY
    assert abs(representation_cost.predict(problem, 20).value[0] - expected) < TINY


def test_the_filters_that_are_found_have_the_product():
    problem = filters("1 2 -1/2", "1/3 1 1", "-1 1/2 1/4")
    found = least_norm(problem, 20)
    product = problem.network.coefficients(found.parameters)
    assert all(abs(x - y) < TINY for x, y in zip(product, product_of(problem), strict=True))
    assert found.value[0] < sum(x * x for layer in problem.v0 for x in layer)


def test_a_frequency_that_is_left_out():
    assert NO_ZERO_COEFFICIENT.check(filters("1 -1", "1 2")).answer is Answer.VIOLATED
    assert NO_ZERO_COEFFICIENT.check(filters("1 2", "1 3")).answer is Answer.HOLDS
