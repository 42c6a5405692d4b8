"""The Newton matrix of the stages: columns and rows that agree in all but the slowest components."""

import gmpy2
import numpy as np
import pytest
from gmpy2 import mpfr
from hypothesis import given, strategies as st

from litproof.integrate.classification.radau import radau_tableau
from litproof.integrate.classification.reals import working_precision
from litproof.integrate.classification.row_separation import separated
from litproof.integrate.classification.stage_matrix import (
    Derivatives,
    NewtonFailure,
    factorise,
    ordinary,
)

BITS = 300


def reals(rows):
    return np.array([[mpfr(x) for x in row] for row in rows], dtype=object)


@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=1, max_size=5),
    st.lists(st.sampled_from([0, -10, -25, -70, 12]), min_size=4, max_size=4),
    st.sampled_from([(0, 0), (100_000, 0), (0, -100_000), (-100_000, 100_000)]),
)
def test_separation_combines_rows_and_loses_none(rows, powers, common):
    with working_precision(900):
        rank = np.linalg.matrix_rank(np.array(rows))
        scale = np.array([mpfr(10) ** (power + common[0]) for power in powers], dtype=object)
        whole = reals(rows) * mpfr(10) ** common[1]
        found = separated(whole, scale)
        assert np.max(np.abs(found.apart)) <= 1
        exact = (found.T @ (whole * scale)) / found.unit[:, None]
        small = [max(map(abs, row)) < mpfr(2) ** -800 for row in found.T @ reals(rows)]
        assert small.count(False) == rank
        for row, doubles, rounding in zip(exact.astype(float), found.apart, small, strict=True):
            assert rounding or np.max(np.abs(row - doubles)) < 1e-5
        assert abs(np.linalg.det(found.T.astype(float))) > 1e-9
        # T does its work: what is combined is as well conditioned as integers are, whatever the scale
        assert all(np.linalg.svd(found.apart[[not x for x in small]], compute_uv=False) > 1e-3)


def stages(*, tiny, exponent):
    """A step whose two multipliers act alike on a fast weight and differ in their action on a tiny one."""
    tableau = radau_tableau(3, BITS)
    s = tableau.stages
    one = [[mpfr(1), mpfr(1)], [tiny, -tiny]]
    F_x = np.array([one] * s, dtype=object)
    G_y = np.array([np.array(one, dtype=object).T] * s)
    G_x = np.array([[mpfr(10) ** -exponent] * 2] * s, dtype=object)
    F_y = np.array([np.diag([-1.0, -0.5])] * s)
    return tableau, Derivatives(F_y, F_x, G_y, G_x)


def product(d, tableau, h, dY, dX):
    """The stage matrix times (dY, dX), all at the working precision."""
    slopes = np.array([f.astype(object) @ y + g @ x for f, g, y, x in zip(d.F_y, d.F_x, dY, dX, strict=True)])
    R = dY - h * (tableau.matrix @ slopes)
    G = np.array([g @ y + e * x for g, e, y, x in zip(d.G_y, d.G_x, dY, dX, strict=True)])
    return R, G


@pytest.mark.parametrize(("power", "exponent"), [(3, 7), (13, 28), (40, 81), (90, 181)])
def test_columns_that_agree_but_for_a_tiny_weight_are_told_apart(power, exponent):
    with working_precision(900):
        tiny = mpfr(10) ** -power
        tableau, d = stages(tiny=tiny, exponent=exponent)
        sizes = np.array([tiny * tiny, tiny], dtype=object)
        h = mpfr(2)
        dX = np.array([[gmpy2.exp(mpfr(k)), -gmpy2.exp(mpfr(k)) + tiny * tiny] for k in range(3)])
        dY = np.array([[k * tiny * tiny, (k + 1) * tiny] for k in range(3)], dtype=object)
        found_y, found_x, _ = factorise(d, tableau.matrix_float, h, sizes).correct(
            *product(d, tableau, h, dY, dX)
        )
        assert np.max(np.abs((found_y - dY) / sizes)) < 1e-9
        assert np.max(np.abs(found_x - dX)) < 1e-9


def test_stiffness_counts_what_the_other_multipliers_cannot_undo():
    with working_precision(900):
        tiny, h = mpfr("1e-13"), mpfr(2)
        tableau, d = stages(tiny=tiny, exponent=26)
        factors = factorise(d, tableau.matrix_float, h, np.array([tiny * tiny, tiny], dtype=object))
        # c = h A_kk, S = [c (1 + q) + e, c (1 - q)], ..] with q = tiny^2 = e: 1/(S^-1)_ii = 4 c e + 2 e to first order
        for k in range(3):
            c = float(h) * tableau.matrix_float[k, k]
            assert factors.stiffness[k] == pytest.approx(4 * c + 1, rel=1e-9)


def test_equal_columns_are_no_obstacle():
    with working_precision(BITS):
        tableau, d = stages(tiny=mpfr(0), exponent=20)
        sizes = np.array([mpfr(1), mpfr(1)], dtype=object)
        dX = np.array([[mpfr(1), mpfr(-2)]] * 3)
        dY = np.array([[mpfr(k), mpfr(1)] for k in range(3)], dtype=object)
        R, G = product(d, tableau, mpfr(1), dY, dX)
        found_y, found_x, _ = factorise(d, tableau.matrix_float, mpfr(1), sizes).correct(R, G)
        assert np.max(np.abs(found_y - dY)) < 1e-9 and np.max(np.abs(found_x - dX)) < 1e-9


@pytest.mark.parametrize("power", [-5000, -300, -150, 150, 300, 5000])
def test_corrections_scale_with_what_is_left_beyond_the_range_of_doubles(power):
    with working_precision(BITS):
        tableau, d = stages(tiny=mpfr("1e-3"), exponent=7)
        sizes, scale = np.array([mpfr("1e-6"), mpfr("1e-3")], dtype=object), mpfr(10) ** power
        factors = factorise(d, tableau.matrix_float, mpfr(2), sizes)
        dX = np.array([[mpfr(k), mpfr(2 - k)] for k in range(3)])
        dY = np.array([[k * sizes[0], (k + 1) * sizes[1]] for k in range(3)], dtype=object)
        R, G = product(d, tableau, mpfr(2), dY, dX)
        found_y, found_x, _ = factors.correct(R * scale, G * scale)
        assert np.max(np.abs((found_y / scale - dY) / sizes)) < 1e-9
        assert np.max(np.abs(found_x / scale - dX)) < 1e-9
        with pytest.raises(NewtonFailure, match="range of numbers"):
            factors.correct(R * mpfr("nan"), G)


@pytest.mark.parametrize("power", [10, 20, 30])
def test_components_of_a_tiny_unit_that_faster_ones_push_spoil_no_other(power):
    with working_precision(BITS):
        tableau, tiny = radau_tableau(5, BITS), 10.0**-power
        F_y = np.array(
            [[0.5, -0.3, 0, 0.2], [-0.7, 0.4, 0, 0.1], [300 * tiny, tiny, -1, 1], [0.2, 0.1, 0, -0.6]]
        )
        d = Derivatives(
            np.array([F_y] * 5),
            reals([[1], [0.5], [0.7], [0.2]])[None].repeat(5, 0),
            reals([[1, 0.5, 0.7, 0.2]])[None].repeat(5, 0),
            reals([[tiny**4]]).repeat(5, 0),
        )
        sizes = np.array([mpfr(x) for x in (tiny, tiny, tiny**2, tiny)], dtype=object)
        dY, dX = reals([[1, -2, tiny, 0.5]]).repeat(5, 0) * mpfr(tiny), reals([[tiny]]).repeat(5, 0)
        R, G = product(d, tableau, mpfr(1), dY, dX)
        found_y, found_x, _ = factorise(d, tableau.matrix_float, mpfr(1), sizes).correct(R, G)
        left = product(d, tableau, mpfr(1), dY - found_y, dX - found_x)
        assert max(np.max(np.abs(left[0])), np.max(np.abs(left[1]))) < 1e-9 * tiny


def test_singular_matrix_is_a_failure():
    with working_precision(BITS):
        tableau = radau_tableau(2, BITS)
        broken = ordinary(np.full((2, 1, 1), np.nan))
        one = np.array([mpfr(1)], dtype=object)
        with pytest.raises(NewtonFailure, match="singular"):
            factorise(broken, tableau.matrix_float, mpfr(1), one)
