"""Spectral integration: exact on polynomials of full degree, same rule in doubles and in integers."""

from random import Random

import numpy as np
import pytest
from gmpy2 import mpz
from hypothesis import given, strategies as st

from litproof.integrate.regression.chebyshev import (
    coefficients_at,
    cosines,
    integrals,
    integration_matrix,
    interpolate,
    interpolation_matrix,
    node_count,
    nodes,
)

BITS = 256


def chebyshev(n: int, k: int) -> list[mpz]:
    """T_k at the nodes tau_j = -cos(pi j / n), units of 2^-BITS."""
    table = cosines(n, BITS)
    return [table[j * k % (2 * n)] * (-1) ** k for j in range(n + 1)]


@pytest.mark.parametrize("n", [7, 15, 39, 103])
def test_integrals_of_chebyshev_polynomials_up_to_the_last(n: int) -> None:
    for k in (2, 3, n - 2, n - 1, n):
        (integral,) = integrals([chebyshev(n, k)], BITS)
        up, down = chebyshev(n, k + 1), chebyshev(n, k - 1)
        true = [
            a / (2 * (k + 1)) - b / (2 * (k - 1)) for a, b in zip(map(int, up), map(int, down), strict=True)
        ]
        size = 2.0**BITS
        assert (
            max(abs(int(x) / size - (t - true[0]) / size) for x, t in zip(integral, true, strict=True))
            < 1e-15
        )
        exact = [a // (2 * (k + 1)) - b // (2 * (k - 1)) for a, b in zip(up, down, strict=True)]
        assert max(abs(x - (t - exact[0])) for x, t in zip(integral, exact, strict=True)) < 64


@given(seed=st.integers(0, 2**32), n=st.sampled_from([7, 9, 17, 31]))
def test_doubles_and_integers_follow_one_rule(seed: int, n: int) -> None:
    rng = Random(seed)
    columns = [[rng.randrange(-(1 << 200), 1 << 200) for _ in range(n + 1)] for _ in range(2)]
    integral = integrals([[mpz(x) for x in column] for column in columns], BITS)
    doubles = integration_matrix(n) @ (np.array(columns, dtype=float).T / 2.0**200)
    assert np.abs(np.array([[int(x) / 2**200 for x in c] for c in integral]).T - doubles).max() < 1e-14
    assert integral[0][0] == 0


def test_integrals_are_scaled_and_something_is_taken_off() -> None:
    n, rng = 15, Random(4)
    columns, less = (
        [[mpz(rng.getrandbits(150)) - (1 << 149) for _ in range(n + 1)] for _ in range(3)] for _ in "ab"
    )
    plain = integrals(columns, BITS)
    integral = integrals(columns, BITS, 5, 3, less)
    for a, b, c in zip(plain, integral, less, strict=True):
        assert max(abs((5 * x >> 3) - z - y) for x, y, z in zip(a, b, c, strict=True)) <= 1


def test_coefficients_and_interpolation_of_a_known_polynomial() -> None:
    n = 15
    column = [3 * a - 5 * b for a, b in zip(chebyshev(n, 4), chebyshev(n, 9), strict=True)]
    got = [int(c) / 2**BITS for c in coefficients_at(column, [3, 4, 9, 10], BITS)]
    assert got == pytest.approx([0, 3, -5, 0], abs=1e-70)
    x = (1 << BITS) // 3
    t = 1 / 3
    angle = np.arccos(t)
    (value,) = interpolate([column], x, BITS)
    assert int(value) / 2**BITS == pytest.approx(3 * np.cos(4 * angle) - 5 * np.cos(9 * angle), abs=1e-13)
    at_node = interpolate([column], int(-cosines(n, BITS)[4]), BITS)
    assert at_node == [column[4]]


def test_interpolation_matrix_keeps_polynomials() -> None:
    coarse, fine = nodes(9), nodes(31)
    assert np.abs(interpolation_matrix(9, 31) @ coarse**9 - fine**9).max() < 1e-13


@given(st.floats(15, 5000))
def test_node_counts_are_odd_and_at_most_a_seventh_above(least: float) -> None:
    n = node_count(least)
    assert n % 2 == 1
    assert least <= n <= least * 8 / 7 + 2
