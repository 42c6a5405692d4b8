"""Functional independence: the rank of the Jacobian of conserved polynomials at random points, mod p."""

import random
from collections.abc import Sequence

from flint import nmod_mat

from litproof.algebra.sparse_polynomials import partials
from litproof.laws.kernel import Law
from litproof.laws.modular_gradients import PRIME


def random_point(size: int, *, seed: int = 0, prime: int = PRIME) -> tuple[int, ...]:
    """An integer point with coordinates in [1, p)."""
    draw = random.Random(seed)
    return tuple(draw.randrange(1, prime) for _ in range(size))


def gradient(law: Law, point: Sequence[int], *, prime: int = PRIME) -> list[int]:
    """The gradient at the point mod p."""
    row = [0] * len(point)
    for monomial, coefficient in law.items():
        for i, exponent, rest in partials(monomial):
            value = coefficient * exponent
            for j in rest:
                value = value * point[j] % prime
            row[i] += value
    return [entry % prime for entry in row]


def jacobian_rank(laws: Sequence[Law], point: Sequence[int], *, prime: int = PRIME) -> int:
    """Rank mod p at the point: a proved lower bound of the number of functionally independent laws.

    At a random point it is smaller than that number only with probability about (sum of degrees) / p.
    """
    return _rank([gradient(law, point, prime=prime) for law in laws], len(point), prime)


def independent_of_earlier(laws: Sequence[Law], point: Sequence[int], *, prime: int = PRIME) -> list[bool]:
    """Which gradients at the point are no combination mod p of those before them: these laws are a basis.

    As many as `jacobian_rank`; they are functionally independent, and at a random point no further law is.
    """
    columns = [gradient(law, point, prime=prime) for law in laws]
    chosen = [False] * len(laws)
    if laws and len(point):
        entries = [entry for row in zip(*columns, strict=True) for entry in row]
        reduced, rank = nmod_mat(len(point), len(laws), entries, prime).rref()
        pivot = 0
        for row in range(rank):
            while not int(reduced[row, pivot]):
                pivot += 1
            chosen[pivot] = True
    return chosen


def rank_with_scalar_parts(
    laws: Sequence[Law],
    parts: Sequence[tuple[Sequence[int], Law]],
    point: Sequence[int],
    *,
    prime: int = PRIME,
) -> int:
    """Rank mod p at the point of the gradients of the laws and of the covectors that kill every part's field.

    A part is (S, psi): every coordinate is a psi + b with a, b free of the parameters S, so that every
    gradient field moves S along grad psi. A bracket of two such fields does so too, since the Hessian terms
    cancel. Covectors on S that vanish on grad psi thus vanish on the whole Lie algebra, like gradients of laws;
    its dimension is at most D minus this rank.
    """
    rows = [gradient(law, point, prime=prime) for law in laws]
    for variables, psi in parts:
        slopes = gradient(psi, point, prime=prime)
        pivot = next((i for i in variables if slopes[i]), None)
        if pivot is None:
            continue
        for i in variables:
            if i != pivot:
                row = [0] * len(point)
                row[i], row[pivot] = slopes[pivot], -slopes[i] % prime
                rows.append(row)
    return _rank(rows, len(point), prime)


def _rank(rows: Sequence[Sequence[int]], size: int, prime: int) -> int:
    entries = [entry for row in rows for entry in row]
    return int(nmod_mat(len(rows), size, entries, prime).rank()) if rows else 0
