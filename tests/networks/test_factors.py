"""Outer products and products of complex numbers, against Python's own."""

from fractions import Fraction
from functools import reduce
from itertools import product
from math import prod
from operator import mul

import pytest
from hypothesis import given, strategies as st

from litproof.networks.factors import ComplexProducts, OuterProducts

NUMBERS = st.integers(-20, 20)


@given(st.lists(st.lists(NUMBERS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_outer_products_are_in_the_order_of_their_indices(layers):
    network = OuterProducts(tuple(map(len, layers)))
    assert network.coefficients(layers) == tuple(prod(entries) for entries in product(*layers))
    assert network.input_dim == prod(network.shapes)


@given(st.integers(1, 4), st.integers(1, 2), st.integers(0, 3), st.data())
def test_complex_products_are_those_of_complex_numbers(depth, real, pairs, data):
    network = ComplexProducts(depth, real, pairs)
    layers = [data.draw(st.lists(NUMBERS, min_size=size, max_size=size)) for size in network.shapes]
    numbers = [
        [*layer[:real], *(complex(*layer[i : i + 2]) for i in range(real, len(layer), 2))] for layer in layers
    ]
    expected = [reduce(mul, entries) for entries in zip(*numbers, strict=True)]
    flat = [*expected[:real], *(x for z in expected[real:] for x in (complex(z).real, complex(z).imag))]
    assert list(network.coefficients(layers)) == flat


@pytest.mark.parametrize("depth", [1, 2])
def test_layers_are_not_changed(depth):
    layers = [[Fraction(k), Fraction(1), Fraction(2)] for k in range(depth)]
    before = [list(layer) for layer in layers]
    ComplexProducts(depth, 1, 1).coefficients(layers)
    OuterProducts((3,) * depth).coefficients(layers)
    assert layers == before
