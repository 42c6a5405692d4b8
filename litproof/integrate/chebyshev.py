"""Spectral integration on Chebyshev-Lobatto nodes tau_j = -cos(theta_j), theta_j = pi j / N, j = 0..N, N odd.

For p interpolating f at the nodes, p(-cos theta) sin theta is a sine polynomial of degree N + 1. Its sine
coefficients below N come from g_j = f_j sin theta_j, the last two from the last two Chebyshev coefficients
c_{N-1}, c_N of p. With G(k) = sum_{m=1}^{N-1} sin(m pi k / N) / m and W_i = sum_j g_j G(i - j),

    int_{-1}^{tau_i} p = (W_i + W_{-i} - 2 W_0) / N + a (1 - (-1)^i cos theta_i) + b (1 - (-1)^i),
    a = N c_N / (2 (N^2 - 1)),  b = c_{N-1} / (2 N).

G has period 2 N, so the integral of a whole interval is one product of polynomials with integer coefficients.
(Quadrature from Chebyshev coefficients: Clenshaw & Curtis, Numerische Mathematik 2, 1960.)
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
_GRAIN = 128
"""Tables are kept at multiples of so many bits."""


def node_count(least: float) -> int:
    """The smallest N >= least of a coarse list of odd numbers, so that tables are made only once."""
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
def cosines(n: int, bits: int) -> tuple[Any, ...]:
    """cos(pi m / N) for m = 0..2N-1, fmpz in units of 2^-bits, rounded down."""
    from flint import arb, fmpq

    with ball_precision(bits + 10):
        scale = arb(2) ** bits
        half = [(arb.cos_pi_fmpq(fmpq(m, n)) * scale).mid().floor().unique_fmpz() for m in range(n + 1)]
    return (*half, *reversed(half[1:-1]))


@cache
def _sines(n: int, bits: int) -> tuple[Any, ...]:
    """sin(pi j / N) for j = 0..N, fmpz in units of 2^-bits, rounded down."""
    from flint import arb, fmpq

    with ball_precision(bits + 10):
        scale = arb(2) ** bits
        return tuple((arb.sin_pi_fmpq(fmpq(j, n)) * scale).mid().floor().unique_fmpz() for j in range(n + 1))


@cache
def _harmonics(n: int, bits: int) -> Any:
    """sum_k G(k) x^k, k = 0..2N-1, as fmpz_poly in units of 2^-bits."""
    from flint import acb, arb, fmpz_poly

    with ball_precision(bits + 2 * n.bit_length() + 10):
        scale = arb(2) ** bits
        weights: list[Any] = [acb(scale / m if 0 < m < n else arb(0)) for m in range(2 * n)]
        table: list[Any] = [(-w.imag).mid().floor().unique_fmpz() for w in acb.dft(weights)]
        return fmpz_poly(table)


def integrate_columns(columns: Sequence[Sequence[Any]], bits: int) -> list[list[Any]]:
    """int_{-1}^{tau_i} of the interpolants, good to about 2^-bits of their size.

    columns : one list of N+1 fmpz a function, node by node, any unit; the result has the same form.
    """
    from flint import fmpz_poly

    bits = -(-bits // _GRAIN) * _GRAIN
    n = len(columns[0]) - 1
    sine, cosine, harmonics = _sines(n, bits), cosines(n, bits), _harmonics(n, bits)
    signed = [-c if i & 1 else c for i, c in enumerate(cosine[: n + 1])]
    result = []
    for f in columns:
        g = [s * x >> bits for s, x in zip(sine, f, strict=True)]
        w: list[Any] = (harmonics * fmpz_poly(g)).coeffs()
        w += [0] * (3 * n - len(w))
        w[:n] = [a + b for a, b in zip(w[:n], w[2 * n :], strict=False)]
        base = 2 * w[0]
        ends = f[0] - f[n], f[0] + f[n]
        # sums over the nodes with half weights at the ends: N c_N / 2 and N c_{N-1} / 2
        last = sum(f[2:n:2]) - sum(f[1:n:2]) + ends[0] // 2
        before = (sum(map(mul, signed[1:n], f[1:n])) >> bits) + ends[1] // 2
        a, b = last // (n * n - 1), before // (n * n)
        odd = a + 2 * b
        wave = [a * c >> bits for c in signed]
        sums = [
            (x + y - base >> bits) // n
            for x, y in zip(w[: n + 1], [w[0], *w[2 * n - 1 : n - 1 : -1]], strict=True)
        ]
        result.append(
            [s - z + (odd if i & 1 else a) for i, (s, z) in enumerate(zip(sums, wave, strict=True))]
        )
    return result


def coefficients_at(column: Sequence[Any], orders: Sequence[int], bits: int) -> list[Any]:
    """Chebyshev coefficients of some orders 0 < k < N, units as the column, good to about 2^-bits."""
    n = len(column) - 1
    table, period, found = cosines(n, bits), 2 * n, []
    ends = [column[0] // 2, *column[1:-1], column[-1] // 2]
    for k in orders:
        total = sum(x * table[j * k % period] for j, x in enumerate(reversed(ends)))
        found.append((total * 2 // n) >> bits)
    return found


def interpolate(columns: Sequence[Sequence[Any]], x: int, bits: int) -> list[Any]:
    """Values at x (units of 2^-bits, in [-1, 1]) by the barycentric formula."""
    n = len(columns[0]) - 1
    table = cosines(n, bits)
    gaps = [table[j] + x for j in range(n + 1)]
    if 0 in gaps:
        j = gaps.index(0)
        return [column[j] for column in columns]
    weights = [(1 << 2 * bits) // gap * (-1 if j & 1 else 1) for j, gap in enumerate(gaps)]
    weights[0] //= 2
    weights[-1] //= 2
    total = sum(weights)
    return [sum(w * y for w, y in zip(weights, column, strict=True)) // total for column in columns]
