"""The cyclic subspace of a vector under a symmetric rational matrix K, exactly: span of v, K v, K^2 v, ...

The monic m of least degree with m(K) v = 0 has simple roots: the eigenvalues of K that v has a part along. With
m(x) = (x - t) sum_k h_k(t) x^k the part along t is sum_k h_k(t) K^k v / m'(t). No multiplicity has to be known, and
whether v has a part along an eigenvalue is decided by m alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball
from litproof.algebra.linear import modular_matrix, modular_rank, rational_matrix
from litproof.algebra.number_field import Coefficients, from_poly, real_roots, to_poly
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import fmpq_mat

Rows = Sequence[Sequence[Fraction]]

_DENOMINATOR = 4096
"""Bits of a common denominator of all entries beyond which exact powers of K are not formed."""


@dataclass(frozen=True)
class Cyclic:
    """v, K v, ..., K^(r-1) v and the factors of m.

    Attributes
    ----------
    powers : n x r, the vectors as columns.
    m : monic, constant term first, r + 1 coefficients.
    factors : its irreducible factors, monic.
    """

    powers: fmpq_mat
    m: Coefficients
    factors: tuple[Coefficients, ...]

    def largest(self) -> tuple[Coefficients, int] | None:
        """(factor, number of its root, ascending) of the largest eigenvalue; None unless that is positive."""
        bits = 64
        while True:
            with ball_precision(bits):
                roots = [
                    (root, factor, index)
                    for factor in self.factors
                    for index, root in enumerate(real_roots(factor))
                    if factor[0]
                ]
                if not roots:
                    return None
                top = max(roots, key=lambda item: item[0].mid())
                if all(top[0] > root for root, *_ in roots if root is not top[0]):
                    if top[0] > 0:
                        return top[1], top[2]
                    if top[0] < 0:
                        return None
            bits *= 2

    def part(self, root: Ball) -> list[Ball]:
        """The part of v along the eigenvalue in the ball, n balls at flint's current precision."""
        from flint import arb, arb_mat

        h: list[Any] = [arb(1)]
        for coefficient in reversed(self.m[1:-1]):
            h.append(h[-1] * root + ball(coefficient))
        h.reverse()
        slope = arb(0)
        for k in range(len(self.m) - 1, 0, -1):
            slope = slope * root + k * ball(self.m[k])
        entries: list[Ball] = (arb_mat(self.powers) * arb_mat(len(h), 1, h)).entries()
        return [entry / slope for entry in entries]


def cyclic_subspace(A: Rows, v: Sequence[Fraction], most: int) -> Cyclic | None:
    """The cyclic subspace of v, not 0, under K = [[0, A], [A^T, 0]]: A is p x q, v has p + q entries.

    None where its dimension exceeds `most`, or numbers would get too long.
    """
    degree = _modular_degree(A, v, most)
    if degree is None or _denominator_bits(A) > _DENOMINATOR:
        return None
    matrix = rational_matrix(A)
    transposed = matrix.transpose()
    columns = [(rational_matrix([[x] for x in v[: len(A)]]), rational_matrix([[x] for x in v[len(A) :]]))]
    for _ in range(degree):
        up, across = columns[-1]
        columns.append((matrix * across, transposed * up))
    whole = [(*up.entries(), *across.entries()) for up, across in columns]
    return _relation(whole, degree)


def _relation(columns: Sequence[Sequence[Any]], degree: int) -> Cyclic | None:
    """The relation of K^degree v to the powers before it; None where there is none (an unlucky prime)."""
    from flint import fmpq_mat

    n = len(columns[0])
    powers = fmpq_mat(n, degree, [column[i] for i in range(n) for column in columns[:-1]])
    last = fmpq_mat(n, 1, list(columns[-1]))
    # normal equations: exact, and regular where the powers are independent
    transposed = powers.transpose()
    try:
        weights = (transposed * powers).solve(transposed * last)
    except ZeroDivisionError:
        return None
    if powers * weights != last:
        return None
    m = (*(Fraction(-int(c.p), int(c.q)) for c in weights.entries()), Fraction(1))
    _, found = to_poly(m).factor()
    factors = tuple(from_poly(factor / factor.leading_coefficient()) for factor, _ in found)
    return Cyclic(powers, m, factors)


def _modular_degree(A: Rows, v: Sequence[Fraction], most: int) -> int | None:
    """Rank of v, K v, ..., K^most v modulo a prime, a lower bound of the dimension; None above `most`."""
    first, second = v[: len(A)], v[len(A) :]
    matrix = modular_matrix(A)
    up, across = modular_matrix([[x] for x in first]), modular_matrix([[x] for x in second])
    if matrix is None or up is None or across is None:
        return None
    transposed = matrix.transpose()
    rows = []
    for _ in range(most + 1):
        rows.append([*map(int, up.entries()), *map(int, across.entries())])
        up, across = matrix * across, transposed * up
    rank = modular_rank(rows)
    return rank if rank <= most else None


def _denominator_bits(A: Rows) -> int:
    common = 1
    for entry in (entry for row in A for entry in row):
        common = lcm(common, entry.denominator)
        if common.bit_length() > _DENOMINATOR:
            break
    return common.bit_length()
