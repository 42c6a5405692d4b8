"""Certificates of the singular vectors that two layers trained on one sample tend to (K4)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, ball_matrix, column
from litproof.certify.certificates.format import (
    Certificate,
    accepted,
    exact_text,
    leading_bits,
    rounded,
    tensor_fields,
    text_rows,
    texts,
)
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem


def pair_certificate(problem: Problem, digits: int) -> Certificate | None:
    """The pair of singular vectors of M(x) of the largest singular value, to `digits` digits.

    None where that value is not simple, M(x) = 0, or the start has no part along the pair.

    Parameters
    ----------
    problem : a classification problem with two layers and one sample.
    digits : the sine of the angle to the stated vector is at most 10^-digits.
    """
    import numpy as np

    tensor, ((row, label),) = problem.layered.data_tensor(), zip(problem.X, problem.y, strict=True)
    first, second = tensor.shapes
    K = [[Fraction(0)] * (first + second) for _ in range(first + second)]
    for (z, a, b), value in tensor.entries.items():
        K[a][first + b] += label * row[z] * value
        K[first + b][a] = K[a][first + b]
    scale = max(abs(entry) for row in K for entry in row)
    if not scale:
        return None
    K = [[entry / scale for entry in row] for row in K]
    values, vectors = np.linalg.eigh(np.array(K, dtype=float))
    with ball_precision(digits_to_bits(digits) + 32):
        w, matrix = [ball(Fraction(float(x))) for x in vectors[:, -1]], ball_matrix(K)
        for _ in range(4 + digits.bit_length()):
            # Rayleigh quotient iteration; a third of a unit keeps the shift off eigenvalues, which may be dyadic.
            image = (matrix * column(w)).entries()
            ritz = _inner(image, w) / _inner(w, w)
            shift = rounded(ritz, digits) + Fraction(1, 3 << digits)
            shifted = ball_matrix(
                [[K[i][j] - (shift if i == j else 0) for j in range(len(K))] for i in range(len(K))]
            )
            try:
                w = shifted.solve(column(w), algorithm="approx").entries()
            except ZeroDivisionError:
                return None
            size = max((abs(x.mid()) for x in w), key=float)
            w = [(x / size).mid() for x in w]
        stated = [rounded(x, digits_to_bits(digits) + 16) for x in w]
        level = leading_bits(ball(scale * Fraction(float(values[-1] + max(values[-2], 0.0)) / 2)))
    fields = {
        **tensor_fields(problem.layered),
        "x": texts(row),
        "y": int(label),
        "v0": text_rows(problem.v0),
        "w": texts(stated),
        "level": exact_text(level),
        "angle": exact_text(Fraction(1, 10**digits)),
    }
    return accepted("singular-pair", fields)


def _inner(a: Sequence[Ball], b: Sequence[Ball]) -> Ball:
    return sum((x * y for x, y in zip(a, b, strict=True)), ball(0))
