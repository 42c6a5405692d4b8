"""Spectral integration on Chebyshev-Lobatto nodes tau_j = -cos(pi j / N), j = 0..N, N odd.

Integrating the interpolant of f from -1 uses its even and odd parts, so that two matrices of half the size
do (Clenshaw & Curtis, Numerische Mathematik 2, 1960; Trefethen, Approximation Theory and Practice, 2013,
ch. 19): with s_i = cos(pi i / N) > 0, i < h = (N + 1)/2,  int_{-1}^{+-s_i} f = +-A_i + A_0 + D_i,  A = E
f_even,  D = O f_odd.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import mul
from typing import Any

import numpy as np

from litproof.integrate.doubles import Array
from litproof.precision import ball_precision

_EIGHTHS = (8, 9, 10, 11, 12, 13, 14, 15)


def node_count(least: float) -> int:
    """The smallest N >= least of a coarse list of odd numbers, so that matrices are made only once."""
    octave = 2
    while True:
        for eighth in _EIGHTHS:
            if eighth * octave - 1 >= least:
                return eighth * octave - 1
        octave *= 2


@cache
def nodes(n: int) -> Array:
    """tau_0..tau_N in doubles."""
    return -np.cos(np.pi * np.arange(n + 1) / n)


@cache
def integration_matrix(n: int) -> Array:
    """(N+1) x (N+1) doubles: values of f at the nodes -> int_{-1}^{tau_i} of the interpolant."""
    j = np.arange(n + 1)
    values_to_coefficients = coefficient_matrix(n)
    integral = np.zeros((n + 2, n + 1))
    for k in range(1, n + 2):
        integral[k, k - 1] += (2.0 if k == 1 else 1.0) / (2 * k)
        if k + 1 <= n:
            integral[k, k + 1] -= 1.0 / (2 * k)
    signs = (-1.0) ** np.arange(n + 2)
    integral[0] = -(signs[1:] @ integral[1:])
    chebyshev = np.cos(np.outer(np.pi - np.pi * j / n, np.arange(n + 2)))
    result = chebyshev @ (integral @ values_to_coefficients)
    result[0] = 0.0
    return np.asarray(result)


@cache
def coefficient_matrix(n: int) -> Array:
    """(N+1) x (N+1) doubles: values at the nodes -> Chebyshev coefficients of the interpolant."""
    j = np.arange(n + 1)
    matrix = np.cos(np.outer(j, np.pi - np.pi * j / n)) * 2 / n
    matrix[:, [0, -1]] /= 2
    matrix[[0, -1]] /= 2
    return np.asarray(matrix)


@cache
def interpolation_matrix(n: int, m: int) -> Array:
    """(M+1) x (N+1) doubles: values at the N+1 nodes -> values of the interpolant at the M+1 nodes."""
    chebyshev = np.cos(np.outer(np.pi - np.pi * np.arange(m + 1) / m, np.arange(n + 1)))
    return np.asarray(chebyshev @ coefficient_matrix(n))


@cache
def cosines(n: int, bits: int) -> tuple[int, ...]:
    """cos(pi m / N) for m = 0..2N-1 in units of 2^-bits, rounded."""
    from flint import arb, fmpq

    with ball_precision(bits + 10):
        scale = arb(2) ** bits
        quarter = [int((arb.cos_pi_fmpq(fmpq(m, n)) * scale).mid().floor().fmpz()) for m in range(n + 1)]
    return (*quarter, *reversed(quarter[1:-1]))


@cache
def half_matrices(n: int, bits: int) -> tuple[Any, Any]:
    """(E, O) as fmpz_mat, h x h, in units of 2^-bits, acting on even and odd parts at s_0..s_{h-1}."""
    from flint import fmpz_mat

    spare = bits + 2 * n.bit_length() + 10
    table, one, h, period = cosines(n, spare), 1 << spare, (n + 1) // 2, 2 * n

    def weight(k: int, j: int) -> int:
        """Coefficient of T_k per unit of the even or odd part at s_j, times N * 2^spare."""
        value = 4 * table[j * k % period]
        value = value // 2 if j == 0 else value
        return value // 2 if k in (0, n) else value

    def product(orders: Sequence[int], offset: int) -> Any:
        """sum_k (int T_k)(s_i) * weight(k, j); `offset` 1 makes the integral vanish at 1."""
        left = []
        for i in range(h):
            for k in orders:
                up = (table[i * (k + 1) % period] - offset * one) // (k + 1)
                down = (table[i * abs(k - 1) % period] - offset * one) // (k - 1) if k > 1 else 0
                left.append(up if k == 0 else (up - down) // 2 if k > 1 else up // 2)
        right = [weight(k, j) for k in orders for j in range(h)]
        raw = fmpz_mat(h, len(orders), left) * fmpz_mat(len(orders), h, right)
        shift, half = 2 * spare - bits, 1 << (2 * spare - bits - 1)
        return fmpz_mat(h, h, [(int(x) // n + half) >> shift for x in raw.entries()])

    return product(range(0, n, 2), 0), product(range(1, n + 1, 2), 1)


@cache
def rounded_half_matrices(n: int, bits: int, full_bits: int) -> tuple[Any, Any]:
    """The matrices of `half_matrices` at `full_bits`, cut down to `bits`."""
    from flint import fmpz_mat

    pair = half_matrices(n, full_bits)
    if bits >= full_bits:
        return pair
    h, shift = (n + 1) // 2, full_bits - bits
    E, O = (fmpz_mat(h, h, [int(x) >> shift for x in matrix.entries()]) for matrix in pair)
    return E, O


def integrate_columns(columns: Sequence[Sequence[int]], matrix_bits: int, full_bits: int) -> list[list[int]]:
    """int_{-1}^{tau_i} of the interpolants; matrices rounded to `matrix_bits` bits from ones of `full_bits`.

    columns : one list of N+1 integers a function, node by node; the result has the same form.
    """
    from flint import fmpz_mat

    count, n = len(columns), len(columns[0]) - 1
    h = (n + 1) // 2
    even = [0] * (h * count)
    odd = [0] * (h * count)
    for c, column in enumerate(columns):
        low, high = column[:h], column[: h - 1 : -1]
        even[c::count] = [a + b for a, b in zip(high, low, strict=True)]
        odd[c::count] = [a - b for a, b in zip(high, low, strict=True)]
    E, O = rounded_half_matrices(n, matrix_bits, full_bits)
    shift = matrix_bits + 1
    a = [int(x) >> shift for x in (E * fmpz_mat(h, count, even)).entries()]
    d = [int(x) >> shift for x in (O * fmpz_mat(h, count, odd)).entries()]
    result = []
    for c in range(count):
        own, base = a[c::count], a[c]
        rest = [x + base for x in d[c::count]]
        low = [x - y for x, y in zip(rest, own, strict=True)]
        high = [x + y for x, y in zip(rest, own, strict=True)]
        result.append(low + high[::-1])
    return result


def coefficients_at(
    column: Sequence[int], orders: Sequence[int], table: Sequence[int], bits: int
) -> list[int]:
    """Chebyshev coefficients of some orders 0 < k < N, units as the column; table from `cosines(n, bits)`."""
    n = len(column) - 1
    period, found = 2 * n, []
    ends = [column[0] // 2, *column[1:-1], column[-1] // 2]
    for k in orders:
        row = [table[j * k % period] for j in range(n + 1)]
        total = sum(map(mul, reversed(ends), row))
        found.append((total * 2 // n) >> bits)
    return found


def interpolate(columns: Sequence[Sequence[int]], x: int, bits: int, table: Sequence[int]) -> list[int]:
    """Values at x (units of 2^-bits, in [-1, 1]) by the barycentric formula; table from `cosines(n, bits)`."""
    n = len(columns[0]) - 1
    gaps = [x + table[j] for j in range(n + 1)]
    if 0 in gaps:
        j = gaps.index(0)
        return [column[j] for column in columns]
    weights = [(1 << 2 * bits) // gap * (-1 if j & 1 else 1) for j, gap in enumerate(gaps)]
    weights[0] //= 2
    weights[-1] //= 2
    total = sum(weights)
    return [sum(map(mul, weights, column)) // total for column in columns]
