"""Spectral integration on Chebyshev-Lobatto nodes tau_j = -cos(theta_j), theta_j = pi j / N, j = 0..N, N odd.

For p interpolating f at the nodes, p(-cos theta) sin theta is a sine polynomial of degree N + 1. Its sine
coefficients below N come from g_j = f_j sin theta_j, the last two from the last two Chebyshev coefficients
c_{N-1}, c_N of p. With G(k) = sum_{m=1}^{N-1} sin(m pi k / N) / m and W_i = sum_j g_j G(i - j),

    int_{-1}^{tau_i} p = (W_i + W_{-i} - 2 W_0) / N + a (1 - (-1)^i cos theta_i) + b (1 - (-1)^i),
    a = N c_N / (2 (N^2 - 1)),  b = c_{N-1} / (2 N).

G has period 2 N, so the integral of a whole interval is one product of polynomials with integer coefficients,
that is of two integers whose digits are these coefficients.
(Quadrature from Chebyshev coefficients: Clenshaw & Curtis, Numerische Mathematik 2, 1960.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import mul
from typing import Any

import numpy as np

from litproof.integrate.regression.doubles import Array
from litproof.precision import ball_precision

_EIGHTHS = (8, 9, 10, 11, 12, 13, 14, 15)


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


@lru_cache(maxsize=16)
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


@lru_cache(maxsize=4)
def coefficient_matrix(n: int) -> Array:
    """(N+1) x (N+1) doubles: values at the nodes -> Chebyshev coefficients of the interpolant."""
    j = np.arange(n + 1)
    matrix = np.cos(np.outer(j, np.pi - np.pi * j / n)) * 2 / n
    matrix[:, [0, -1]] /= 2
    matrix[[0, -1]] /= 2
    return np.asarray(matrix)


@lru_cache(maxsize=16)
def interpolation_matrix(n: int, m: int) -> Array:
    """(M+1) x (N+1) doubles: values at the N+1 nodes -> values of the interpolant at the M+1 nodes."""
    chebyshev = np.cos(np.outer(np.pi - np.pi * np.arange(m + 1) / m, np.arange(n + 1)))
    return np.asarray(chebyshev @ coefficient_matrix(n))


@lru_cache(maxsize=64)
def cosines(n: int, bits: int) -> tuple[Any, ...]:
    """cos(pi m / N) for m = 0..2N-1, mpz in units of 2^-bits, rounded down."""
    half = _cut(_half_waves(n, _precision(bits))[0], bits)
    return (*half, *reversed(half[1:-1]))


@cache
def _half_waves(n: int, bits: int) -> tuple[list[Any], list[Any]]:
    """cos(pi j / N) and sin(pi j / N) for j = 0..N, for the bits of a table."""
    from flint import arb, fmpq

    with ball_precision(bits + 10):
        pairs = [arb.sin_cos_pi_fmpq(fmpq(j, n)) for j in range(n + 1)]
        return [_rounded(c, bits) for _, c in pairs], [_rounded(s, bits) for s, _ in pairs]


def _cut(table: Sequence[Any], bits: int) -> list[Any]:
    """A table at fewer bits."""
    drop = _precision(bits) - bits
    return [x >> drop for x in table]


@cache
def _harmonics(n: int, bits: int) -> tuple[Any, ...]:
    """G(k) / N for k = 0..2N-1, mpz in units of 2^-bits, for the bits of a table."""
    from flint import acb, arb, fmpq

    with ball_precision(bits + 2 * n.bit_length() + 10):
        weights: list[Any] = [acb(arb(fmpq(1, m * n))) if 0 < m < n else acb(0) for m in range(2 * n)]
        return tuple(_rounded(-w.imag, bits) for w in acb.dft(weights))


def _precision(bits: int) -> int:
    """Bits at which a table is computed; the one in use is cut down from there."""
    return max(256, 1 << (bits - 1).bit_length())


def _rounded(x: Any, bits: int) -> Any:
    """A ball as mpz in units of 2^-bits, from its midpoint."""
    from gmpy2 import mpz

    mantissa, exponent = x.mid().man_exp()
    shift = int(exponent) + bits
    return mpz(int(mantissa)) << shift if shift >= 0 else mpz(int(mantissa)) >> -shift


@dataclass(frozen=True)
class _Kernel:
    """What a convolution with G / N needs, in units of 2^-bits.

    Attributes
    ----------
    sine, cosine : sin theta_j and (-1)^(j+1) cos theta_j, j = 0..N.
    packed : sum_k G(k) / N 2^(slot k), k = 0..2N-1.
    offset : makes every g_j positive.
    lift : makes all digits of packed * sum_j (g_j + offset) 2^(slot j) + lift those of the convolution with g,
        plus one positive number.
    """

    sine: Sequence[Any]
    cosine: Sequence[Any]
    packed: Any
    slot: int
    offset: Any
    lift: Any


@lru_cache(maxsize=64)
def _kernel(n: int, bits: int, top: int) -> _Kernel:
    """For g below 2^top in absolute value."""
    from gmpy2 import mpz, pack

    table = _cut(_harmonics(n, _precision(bits)), bits)
    # |G| < 2, so that no digit of the convolution reaches 2^(top + bits + 2).
    slot, offset, high = top + bits + 5, mpz(1) << top, mpz(1) << (top + bits + 3)
    packed = pack([max(x, mpz(0)) for x in table], slot) - pack([max(-x, mpz(0)) for x in table], slot)
    lift = pack([high] * (4 * n), slot) - packed * pack([offset] * (n + 1), slot)
    signed = tuple(-c if i & 1 else c for i, c in enumerate(cosines(n, bits)[: n + 1]))
    return _Kernel(_cut(_half_waves(n, _precision(bits))[1], bits), signed, packed, slot, offset, lift)


def _coarse(bits: int) -> int:
    """Somewhat more bits, so that few kernels are made."""
    grain = max(16, 1 << bits.bit_length() - 4)
    return -(-bits // grain) * grain


def integrals(
    columns: Sequence[Sequence[Any]],
    bits: int,
    numerator: int = 1,
    shift: int = 0,
    less: Sequence[Sequence[Any]] | None = None,
) -> list[list[Any]]:
    """numerator / 2^shift int_{-1}^{tau_i} of the interpolants, good to about 2^-bits of their size, minus `less`.

    columns, less : one list of N+1 mpz a function, node by node, any unit; the result has the same form.
    """
    from gmpy2 import mpz, pack, unpack

    bits, n = _coarse(bits), len(columns[0]) - 1
    top = max(max(map(max, columns)), -min(map(min, columns))).bit_length() + 1
    kernel = _kernel(n, bits, _coarse(top))
    sine, cosine, slot, offset = kernel.sine, kernel.cosine, kernel.slot, kernel.offset
    period, down, result = 2 * n * slot, bits + shift, []
    mask = (1 << period) - 1
    zeros = [mpz(0)] * (n + 1)
    for f, base in zip(columns, less or [zeros] * len(columns), strict=True):
        g = [(s * x >> bits) + offset for s, x in zip(sine, f, strict=True)]
        product = kernel.packed * pack(g, slot) + kernel.lift
        w = unpack((product & mask) + (product >> period), slot)
        # sums over the nodes with half weights at the ends: N c_N / 2 and N c_{N-1} / 2
        last = sum(f[2:n:2]) - sum(f[1:n:2]) + (f[0] - f[n]) // 2
        before = (sum(map(mul, cosine[1:n], f[1:n])) >> bits) + (f[0] + f[n]) // 2
        a, b = last // (n * n - 1), before // (n * n)
        even, odd = ((x << bits) - 2 * w[0] for x in (a, a + 2 * b))
        mirrored = [w[0], *w[: n - 1 : -1]]
        result.append(
            [
                ((x + y - a * c + z) * numerator >> down) - v
                for x, y, c, z, v in zip(w, mirrored, cosine, [even, odd] * n, base, strict=False)
            ]
        )
    return result


@lru_cache(maxsize=64)
def _wave(n: int, order: int, bits: int) -> tuple[Any, ...]:
    """T_order at the nodes."""
    table, period = cosines(n, bits), 2 * n
    return tuple(table[j * order % period] for j in range(n, -1, -1))


def coefficients_at(column: Sequence[Any], orders: Sequence[int], bits: int) -> list[Any]:
    """Chebyshev coefficients of some orders 0 < k < N, units as the column, good to about 2^-bits."""
    n = len(column) - 1
    ends = [column[0] // 2, *column[1:-1], column[-1] // 2]
    return [(sum(map(mul, ends, _wave(n, k, bits))) * 2 // n) >> bits for k in orders]


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
