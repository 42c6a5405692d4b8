"""Quadratic laws that are seen to be all of them, beside the dense search over all monomials."""

import pytest
from hypothesis import given, settings, strategies as st

from litproof.laws.architectures import fully_connected_map, map_of
from litproof.laws.discovery import split
from litproof.laws.quadratic import no_others
from litproof.laws.search import discover_conserved, recheck
from litproof.networks import Convolutional, Diagonal, MatrixSensing

FILTERS = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(lambda sizes: tuple(sorted(sizes)))
MAPS = st.one_of(
    FILTERS.map(Convolutional).map(map_of),
    st.builds(Diagonal, st.integers(1, 4), st.integers(1, 3)).map(map_of),
    st.builds(MatrixSensing, st.integers(1, 3), st.integers(1, 3)).map(map_of),
    st.lists(st.integers(1, 3), min_size=2, max_size=4).map(fully_connected_map),
)


@given(MAPS, st.sampled_from([2, 2, 3]))
@settings(max_examples=60, deadline=None)
def test_suggested_laws_that_are_all_laws_are_those_of_the_dense_search(polynomial_map, degree):
    report = discover_conserved(polynomial_map, degree)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("litproof.laws.search.suggested_blocks", lambda *_: None)
        dense = discover_conserved(polynomial_map, degree)
    assert (report.quantities, report.components) == (dense.quantities, dense.components)


@pytest.mark.parametrize(
    "laws",
    [
        [{(0, 0): 1, (1, 1): -1}, {(0, 1): 1}],  # z^2: |z|^2 is a function of its parts
        # z w and |z|^2 - |w|^2: so is |z|^2 + |w|^2
        [{(0, 2): 1, (1, 3): -1}, {(0, 3): 1, (1, 2): 1}, {(0, 0): 1, (1, 1): 1, (2, 2): -1, (3, 3): -1}],
        [{(0, 0): 1}, {(1, 1): 1}],  # x^2 and y^2: x y
        [{(0, 0): 1}],  # x^2: x
        [{(0, 0): 1, (1, 1): 1}, {(0, 0): 2, (1, 1): 2}],  # dependent
    ],
)
def test_laws_of_which_another_quadratic_is_a_function_are_not_all(laws):
    assert not no_others(laws, 1 + max(i for law in laws for monomial in law for i in monomial))
    assert not no_others(laws, 9)


@pytest.mark.parametrize(
    ("sizes", "laws"), [((3, 1000), 1), ((2, 500), 1), ((5, 5, 200), 2), ((60, 60), 31), ((7, 40, 40), 22)]
)
def test_large_convolutions_are_counted(sizes, laws):
    """Norms of short filters, autocorrelations of full ones: of d/2 + 1 lags for each pair of neighbours."""
    report = discover_conserved(Convolutional(sizes))
    assert (report.rank, report.complete) == (laws, True)
    assert recheck(report, Convolutional(sizes))


def test_a_law_that_a_shift_changes_is_tested_by_all_coordinates():
    (component,) = split(map_of(Convolutional((3, 3))))
    squares = {(i, i): (1 if i < 3 else -1) for i in range(6)}
    assert component.conserves(squares)
    # u_1 w_3 - u_3 w_1 is killed by one gradient, not by all; the shift maps it to another polynomial
    for law in ({(0, 5): 1, (2, 3): -1}, {(0, 3): 1, (1, 4): -1}, {(0, 0): 1, (3, 3): -1}):
        assert not component.conserves(law)
    assert not component.conserves(
        {(i, i): 1 for i in range(6)}
    )  # the shift leaves it, but it is not conserved
