"""Schatten powers sum_i sigma_i^p of a square matrix known up to an error, with their gradient.

The singular vectors come from mpmath at flint's precision (numeric, not an enclosure). The error of the matrix enters
the gradient G(B) = U psi(Sigma) V^T, psi(s) = p s^(p-1), to first order: the derivative of B -> G(B) has, in the
Frobenius norm, the largest of |psi_i - psi_j| / |s_i - s_j| and |psi_i + psi_j| / (s_i + s_j) as its norm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litproof.algebra.balls import Ball, dyadic
from litproof.formula.jets import Jet, NotDefined
from litproof.precision import mp_precision

_SAFETY = 4


def schatten(entries: Sequence[Ball], size: int, p: Jet) -> Jet:
    """Sum of the p-th powers of the singular values of the matrix with these entries, row by row.

    The Hessian is left out. NotDefined for a singular value that is zero within the error, unless p = 2.
    """
    from flint import arb, ctx
    from mpmath import mp, mpf

    if not p.is_constant or not p.ball > 0:
        raise NotDefined("schatten(p) needs a constant p > 0")
    bits = int(ctx.prec)
    with mp_precision(bits + 20):
        matrix = mp.matrix(size, size)
        for position, entry in enumerate(entries):
            exact = dyadic(entry)
            matrix[position // size, position % size] = mpf(exact.numerator) / exact.denominator
        U, S, V = mp.svd_r(matrix)
        q = mpf(dyadic(p.ball).numerator) / dyadic(p.ball).denominator
        error = sum((mpf(float(entry.rad())) ** 2 for entry in entries), mpf(0)) ** mpf(0.5)
        values = [S[i] for i in range(size)]
        if q != 2 and values[-1] <= 8 * error + values[0] * mpf(2) ** (-bits // 2):
            raise NotDefined("schatten(p) at a matrix with a singular value that may be zero")
        slopes = [q * s ** (q - 1) for s in values]
        gradient = U * mp.diag(slopes) * V
        radius = _SAFETY * error * _lipschitz(values, slopes, q) + max(slopes) * mpf(2) ** (16 - bits)
        value = sum(s**q for s in values)
        value_radius = _SAFETY * error * size * max(slopes) + value * mpf(2) ** (16 - bits)
        result = {i * size + j: _ball(arb, gradient[i, j], radius) for i in range(size) for j in range(size)}
        return Jet(_ball(arb, value, value_radius), result)


def _lipschitz(values: Sequence[Any], slopes: Sequence[Any], q: Any) -> Any:
    """The norm in the module's words; equal singular values give the derivative psi'."""
    largest = abs(q * (q - 1)) * max(s ** (q - 2) for s in values) if values[-1] else abs(q * (q - 1))
    for i, a in enumerate(values):
        for j in range(i, len(values)):
            if a + values[j]:
                largest = max(largest, (slopes[i] + slopes[j]) / (a + values[j]))
    return largest


def _ball(arb: Any, centre: Any, radius: Any) -> Ball:
    result: Ball = arb(str_of(centre), 0) + arb(0, str_of(radius))
    return result


def str_of(value: Any) -> Any:
    """An mpmath number as a ball of flint, exactly."""
    from flint import arb

    sign, mantissa, exponent, _ = value._mpf_
    number = arb(int(mantissa)) * arb(2) ** int(exponent) if mantissa else arb(0)
    return -number if sign else number
