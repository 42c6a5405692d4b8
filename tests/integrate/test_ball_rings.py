"""Bounds of products and of eigenvalues hold at the extreme members of their boxes."""

from itertools import product

import numpy as np
import pytest
from flint import arb, arb_mat, arb_poly

from litproof.integrate.ball_rings import Model, Models, largest_eigenvalue


@pytest.mark.parametrize(
    ("a", "b"), [((3, 1), (5, 2)), ((0, 1), (7, 0)), ((7, 0), (0, 1)), ((-2, 3), (1, 1)), ((0, 2), (0, 3))]
)
def test_products_of_extreme_members_lie_in_the_product(a, b):
    model = Models(3).product(*(Model(arb_poly([arb(mid)]), arb(rad)) for mid, rad in (a, b)))
    around = model.polynomial[0] + arb(0, model.remainder)
    for s, t in product((-1, 1), repeat=2):
        assert around.contains((a[0] + s * a[1]) * (b[0] + t * b[1]))


def test_powers_that_are_left_out_go_into_the_remainder():
    one = Model(arb_poly([1, 1, 1]), arb(0))
    product = Models(2).product(one, one)
    assert product.polynomial.degree() <= 2
    assert product.polynomial(arb(1)) + product.remainder >= 9


@pytest.mark.parametrize("seed", range(4))
def test_eigenvalues_of_all_corners_of_a_box_are_below_the_bound(seed):
    random = np.random.default_rng(seed)
    middle = random.integers(-4, 5, (3, 3))
    middle = middle + middle.T
    radius = [[0.5, 0.25, 1.0], [0.25, 0.0, 2.0], [1.0, 2.0, 0.125]]
    box = arb_mat(3, 3, [arb(int(middle[i, j]), radius[i][j]) for i in range(3) for j in range(3)])
    bound = float(largest_eigenvalue(box))
    for signs in product((-1, 1), repeat=6):
        corner, chosen = middle.astype(float), iter(signs)
        for i in range(3):
            for j in range(i + 1):
                corner[i, j] = corner[j, i] = middle[i, j] + next(chosen) * radius[i][j]
        assert np.linalg.eigvalsh(corner).max() <= bound


def test_the_bound_is_that_of_the_matrix_where_it_is_known():
    exact = arb_mat(2, 2, [2, 1, 1, 2])
    assert 3 <= float(largest_eigenvalue(exact)) < 3 + 1e-9
