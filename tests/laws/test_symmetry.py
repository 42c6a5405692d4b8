"""Linear symmetries, the conserved quantities they yield, and quantities for given data."""

from fractions import Fraction

import pytest
import sympy as sp

from litproof.errors import InputError
from litproof.flow.parameters import Parameter
from litproof.laws import discover_conserved, fully_connected_map, map_of, polynomial_map, relu_map
from litproof.laws.symmetry import explains, linear_symmetries
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.matrix_sensing import MatrixSensing


def laws(source):
    return [quantity.law for quantity in discover_conserved(source).quantities]


@pytest.mark.parametrize("sizes", [(2, 2, 2), (2, 3, 2), (3, 2, 2, 3)])
def test_hidden_layers_have_the_general_linear_group(sizes):
    symmetries = linear_symmetries(fully_connected_map(sizes))
    hidden = sizes[1:-1]
    assert symmetries.dimension == sum(r * r for r in hidden)
    assert symmetries.symmetric == sum(r * (r + 1) // 2 for r in hidden)
    assert symmetries.skew == sum(r * (r - 1) // 2 for r in hidden)
    assert symmetries.closed_under_transposition


@pytest.mark.parametrize(
    ("source", "dimension", "symmetric"),
    [
        (Diagonal(3, 3), 6, 6),
        (relu_map((2, 3, 2)), 3, 3),
        (relu_map((2, 2, 2, 1), bias=True), 4, 4),
        (Convolutional((2, 5)), 1, 1),  # a short filter: scaling against its neighbour, nothing else
        (Convolutional((2, 3, 5)), 2, 2),
        (Convolutional((4, 4)), 4, 3),  # every frequency scales; phases of complex frequencies are rotations
        (Convolutional((2, 4, 4)), 5, 4),
        (MatrixSensing(2, 2), 6, 4),
    ],
)
def test_symmetries_explain_the_quadratic_laws(source, dimension, symmetric):
    symmetries = linear_symmetries(source)
    assert (symmetries.dimension, symmetries.symmetric) == (dimension, symmetric)
    assert explains(symmetries, laws(source))


def test_symmetries_need_not_be_closed_under_transposition():
    symmetries = linear_symmetries(fully_connected_map((2, 5, 1)))
    assert not symmetries.closed_under_transposition
    assert explains(symmetries, laws(fully_connected_map((2, 5, 1))))


def test_missing_and_foreign_laws_are_not_explained():
    symmetries = linear_symmetries(fully_connected_map((2, 2, 2)))
    complete = laws(fully_connected_map((2, 2, 2)))
    assert not explains(symmetries, complete[1:])
    assert not explains(symmetries, [*complete, {(0, 0): 1}])


def test_generators_leave_the_map_invariant():
    source = fully_connected_map((2, 2, 1))
    theta = [Parameter(name) for name in source.variables]
    for generator in linear_symmetries(source).generators:
        for f in source.coordinates:
            poly = sum(c * sp.prod([theta[i] for i in m]) for m, c in f.items())
            assert (
                sp.expand(sum(a * theta[j] * sp.diff(poly, theta[i]) for (i, j), a in generator.items())) == 0
            )


def test_a_rotation_yields_no_law_and_a_boost_does():
    x, y = sp.symbols("x y")
    circle = linear_symmetries(polynomial_map([x**2 + y**2], [x, y]))
    assert (circle.dimension, circle.symmetric, circle.skew) == (1, 0, 1)
    hyperbola = linear_symmetries(polynomial_map([x * y], [x, y]))
    assert (hyperbola.dimension, hyperbola.symmetric) == (1, 1)
    assert hyperbola.charges[0] == {(0, 0): 1, (1, 1): -1}


def test_rotations_are_conserved_with_momentum():
    # d/dt <p, A theta> = <p, A p> - <grad, A theta> - tau <p, A theta>, so only skew members qualify
    source = fully_connected_map((2, 2, 2))
    theta = [Parameter(name) for name in source.variables]
    momenta = sp.symbols([f"p{i}" for i in range(len(theta))])
    forces = sp.symbols([f"r{c}" for c in range(len(source.coordinates))])
    potential = sum(
        r * sum(c * sp.prod([theta[i] for i in m]) for m, c in f.items())
        for r, f in zip(forces, source.coordinates, strict=True)
    )
    rotations = linear_symmetries(source).rotations
    assert len(rotations) == 1
    for A in rotations:
        charge = sum(a * momenta[i] * theta[j] for (i, j), a in A.items())
        change = sum(
            sp.diff(charge, q) * p - sp.diff(charge, p) * sp.diff(potential, q)
            for q, p in zip(theta, momenta, strict=True)
        )
        assert sp.expand(change) == 0
    assert linear_symmetries(relu_map((2, 3, 2))).rotations == ()


def test_given_inputs_freeze_what_they_do_not_see():
    source = fully_connected_map((3, 2, 1))
    X = [[Fraction(1), Fraction(2), Fraction(-1)]]
    report = discover_conserved(source.with_inputs(X))
    # one input: W_1 moves only along x, so 2 columns x 2 directions stand still
    assert sum(quantity.degree == 1 for quantity in report.quantities) == 4
    assert report.lie_dimension == 1 and report.laws == 7 and report.lie_exact
    assert discover_conserved(source).rank < report.rank


def test_given_data_is_a_single_flow():
    source = map_of(Diagonal(2, 2))
    X, y = [[Fraction(1), Fraction(2)]], [Fraction(3)]
    report = discover_conserved(source.with_data(X, y))
    assert (report.lie_dimension, report.laws, report.lie_exact) == (1, 3, True)
    theta = [Parameter(name) for name in report.variables]
    loss = (theta[0] * theta[2] + 2 * theta[1] * theta[3] - 3) ** 2 / 2
    assert report.rank >= 2
    for quantity in report.quantities:
        h = quantity.expression
        assert sp.expand(sum(sp.diff(h, t) * sp.diff(loss, t) for t in theta)) == 0


def test_wrong_shapes_of_data():
    source = map_of(Diagonal(2, 2))
    with pytest.raises(InputError, match="rows of 2 inputs"):
        source.with_inputs([[Fraction(1)]])
    with pytest.raises(InputError, match="one label"):
        source.with_data([[Fraction(1), Fraction(2)]], [])
