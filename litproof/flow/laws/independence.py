"""Functional independence: the rank of the Jacobian of conserved polynomials at random points, mod p."""

import random
from collections.abc import Sequence

from flint import nmod_mat

from litproof.flow.laws.calculus import PRIME
from litproof.flow.laws.kernel import Law
from litproof.flow.laws.sparse import partials


def random_point(size: int, *, seed: int = 0, prime: int = PRIME) -> tuple[int, ...]:
    """An integer point with coordinates in [1, p)."""
    draw = random.Random(seed)
    return tuple(draw.randrange(1, prime) for _ in range(size))


def jacobian_rank(laws: Sequence[Law], point: Sequence[int], *, prime: int = PRIME) -> int:
    """Rank mod p at the point: a proved lower bound of the number of functionally independent laws.

    At a random point it is smaller than that number only with probability about (sum of degrees) / p.
    """
    if not laws:
        return 0
    entries: list[int] = []
    for law in laws:
        row = [0] * len(point)
        for monomial, coefficient in law.items():
            for i, exponent, rest in partials(monomial):
                value = coefficient * exponent
                for j in rest:
                    value = value * point[j] % prime
                row[i] += value
        entries += [entry % prime for entry in row]
    return int(nmod_mat(len(laws), len(point), entries, prime).rank())
