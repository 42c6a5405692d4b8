"""Published and derived numbers of conservation laws, against `discover_conserved`."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from litproof.errors import Inconclusive
from litproof.laws import discover_conserved, fully_connected_map, recheck, relu_map
from litproof.laws.architectures import map_of
from litproof.laws.bracket import count_brackets
from litproof.laws.discovery import conserved_blocks, split
from litproof.laws.independence import random_point, rank_with_scalar_parts
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.tensor import TensorNetwork


def balanced_laws(sizes):
    """Independent entries of all W_l^T W_l - W_{l+1} W_{l+1}^T: sum of r(r+1)/2 - e(e+1)/2."""
    total = 0
    for before, r, after in zip(sizes, sizes[1:], sizes[2:], strict=False):
        e = max(0, r - before - after)
        total += r * (r + 1) // 2 - e * (e + 1) // 2
    return total


def all_laws(sizes):
    """Balancedness, and more in every part of the chain that lies between two layers of width one."""
    extra = 0
    ones = [i for i, size in enumerate(sizes) if size == 1]
    for a, b in pairwise(ones):
        part = sizes[a : b + 1]
        parameters = sum(p * q for p, q in pairwise(part))
        extra += parameters - 1 - balanced_laws(part)
    return balanced_laws(sizes) + extra


@pytest.mark.parametrize(
    ("n", "r", "m"), [(n, r, m) for n in (1, 2, 3) for r in (1, 2, 3, 5) for m in (1, 2, 3)]
)
def test_two_layers_marcotte(n, r, m):
    expected = r * (r + 1) // 2 if r <= n + m else (n + m) * (2 * r + 1 - (n + m)) // 2
    report = discover_conserved(fully_connected_map((n, r, m)))
    assert (report.rank, report.laws) == (expected, expected)
    assert report.lie_exact and report.complete


@given(st.lists(st.integers(1, 4), min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_fully_connected_of_any_shape(sizes):
    report = discover_conserved(fully_connected_map(sizes))
    assert report.parameters == sum(p * q for p, q in pairwise(sizes))
    assert report.lie_exact
    assert report.laws == all_laws(sizes)
    assert report.rank == balanced_laws(sizes)
    assert report.complete == (balanced_laws(sizes) == all_laws(sizes))


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_product_of_scalars(depth):
    report = discover_conserved(fully_connected_map((1,) * (depth + 1)))
    assert report.rank == report.laws == depth - 1
    assert report.complete


def test_scalar_input_and_output_have_a_law_beyond_balancedness():
    report = discover_conserved(fully_connected_map((1, 2, 2, 1)), degree=4)
    assert (report.parameters, report.rank, report.lie_dimension, report.laws) == (8, 6, 1, 7)
    assert report.lie_exact and not report.complete
    assert "1 further" in report.verdict


def test_scalar_exception_starts_at_any_two_layers_of_width_one():
    # theory speaks of scalar input and output; a bottleneck of width one does the same to the part before it
    report = discover_conserved(fully_connected_map((1, 2, 2, 1, 2)))
    assert (report.rank, report.laws, report.lie_exact) == (7, 8, True)


def test_extra_polynomial_law_where_a_hidden_layer_has_width_one():
    report = discover_conserved(fully_connected_map((1, 2, 1, 1)))
    names = [quantity.name for quantity in report.quantities]
    assert any("quadratic law" in name for name in names)
    assert report.rank == report.laws == 4


@pytest.mark.parametrize(
    ("sizes", "hidden"), [((2, 3, 2), 3), ((3, 4, 1), 4), ((2, 3, 2, 2), 5), ((1, 1, 1), 1)]
)
@pytest.mark.parametrize("bias", [False, True])
def test_relu_has_one_law_a_hidden_unit(sizes, hidden, bias):
    report = discover_conserved(relu_map(sizes, bias=bias))
    assert report.rank == report.laws == hidden
    assert report.complete
    assert all(quantity.name.startswith("|W") for quantity in report.quantities)


@pytest.mark.parametrize(("depth", "width"), [(1, 3), (2, 4), (3, 2), (4, 3), (3, 20)])
def test_diagonal(depth, width):
    report = discover_conserved(Diagonal(depth, width))
    assert report.rank == report.laws == (depth - 1) * width
    assert report.lie_dimension == width and report.complete


@given(st.integers(1, 6).flatmap(lambda d: st.tuples(st.lists(st.integers(1, d), max_size=3), st.just(d))))
@settings(max_examples=40, deadline=None)
def test_convolutions_full_and_short(case):
    # one law a short filter (its norm), the autocorrelation, d // 2 + 1 numbers, a full one
    filters, d = case
    full = sum(size == d for size in filters)
    report = discover_conserved(Convolutional((*filters, d)))
    assert report.complete
    assert report.rank == len(filters) - full + full * (d // 2 + 1)


@pytest.mark.parametrize(
    ("depth", "size", "laws"), [(1, 2, 0), (2, 2, 4), (2, 3, 9), (3, 2, 6), (3, 3, 12), (4, 2, 9)]
)
def test_matrix_sensing_with_symmetric_sensors(depth, size, laws):
    # two layers: size^2 instead of size (size + 1) / 2, because <A, W_1 W_2> = <A, (W_1 W_2)^T>
    report = discover_conserved(MatrixSensing(depth, size))
    parameters = depth * size**2
    lost = size * (size - 1) // 2 if depth == 1 else 0  # symmetric sensors do not see the skew part of W_1
    assert report.parameters == parameters
    assert report.rank == report.laws == laws + lost
    assert report.complete


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_every_tensor_network_conserves_norm_differences(data):
    d = data.draw(st.integers(1, 3))
    shapes = tuple(data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    indices = st.tuples(st.integers(0, d - 1), *(st.integers(0, k - 1) for k in shapes))
    values = st.integers(-4, 4).filter(bool).map(lambda a: Fraction(a, 3))
    entries = data.draw(st.dictionaries(indices, values, min_size=1, max_size=12))
    network = TensorNetwork(DataTensor(d, shapes, entries))
    report = discover_conserved(network)
    assert report.rank >= len(shapes) - 1
    assert report.rank + report.lie_dimension <= report.parameters
    assert report.lie_dimension <= report.lie_upper
    assert recheck(report, network)


@pytest.mark.parametrize(
    "sizes", [(5, 1, 3, 5, 1, 4), (1, 3, 4, 1, 3, 5), (5, 1, 1, 4, 2, 1), (2, 1, 4, 4, 4, 1, 3)]
)
def test_bottlenecks_of_larger_chains_are_counted_exactly(sizes):
    """A part between two layers of width one moves in one direction only, which bounds the algebra."""
    report = discover_conserved(fully_connected_map(sizes))
    assert report.lie_exact
    assert report.laws == all_laws(sizes)
    assert not report.complete


@given(st.lists(st.integers(1, 3), min_size=4, max_size=5), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_the_bound_by_scalar_parts_holds_for_true_brackets(sizes, seed):
    """The bound is never below the dimension that brackets reach."""
    polynomial_map = fully_connected_map((1, *sizes, 1, 2))
    for component in split(polynomial_map):
        parts = [(f.variables, f.coordinates[0]) for f in component.factors if len(f.coordinates) == 1]
        size = len(component.variables)
        point = random_point(size, seed=seed)
        bound = size - rank_with_scalar_parts((), parts, point)
        assert count_brackets(component.program, point, size, seed=seed).dimension <= bound


def test_convolutions_that_their_sizes_rule_out_are_refused_before_anything_is_traced(monkeypatch):
    monkeypatch.setattr("litproof.laws.search.map_of", None)
    for sizes in ((1000, 1000), (256, 256, 256), (50, 4000), (300, 300)):
        with pytest.raises(Inconclusive, match=f"a convolution with {sum(sizes)} parameters"):
            discover_conserved(Convolutional(sizes))
    with pytest.raises(Inconclusive, match="monomials of degree 3 in 1003 parameters are too many"):
        discover_conserved(Convolutional((3, 1000)), degree=3)
    monkeypatch.undo()
    assert discover_conserved(
        Convolutional((300,)), degree=4
    ).complete  # one layer: a component for each entry


def test_a_class_of_too_many_monomials_is_refused_before_its_system_is_solved(monkeypatch):
    monkeypatch.setattr("litproof.laws.discovery.kernel_dimension", None)
    with pytest.raises(Inconclusive, match="monomials in 18 parameters have no symmetry"):
        conserved_blocks(split(map_of(Convolutional((5, 13))))[0], 4)
