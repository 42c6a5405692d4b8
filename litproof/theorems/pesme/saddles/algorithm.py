"""Saddles that a flow of u^2 - v^2 visits from a vanishing start, and the times at which it leaves them, exactly.

Multipliers s move by -grad L(beta), in units of log(1/alpha)/2. An entry is free at its sign where |s| = 1; where a
multiplier comes to 1 or -1, beta jumps to the least squares solution over the free entries with these signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from litproof.algebra.linear import dot, solve_square

Vector = tuple[Fraction, ...]
_MOST = 20
"""Jumps of one path."""


@dataclass(frozen=True)
class Jump:
    """At `time` the multiplier of `entry` arrives, and beta jumps to `saddle`; `near` is the largest of the others."""

    time: Fraction
    entry: int
    saddle: Vector
    near: Fraction


def jumps(X: Sequence[Vector], y: Vector, *, signed: bool = True) -> tuple[Jump, ...]:
    """The jumps, until X beta = y or nothing moves.

    Parameters
    ----------
    signed : whether free entries have to keep their signs.

    Raises
    ------
    ArithmeticError : two multipliers arrive together, or a least squares solution is not unique.
    """
    d = len(X[0])
    s, beta, time, found = [Fraction(0)] * d, (Fraction(0),) * d, Fraction(0), list[Jump]()
    for _ in range(_MOST):
        g = gradient(X, y, beta)
        waits = {i: ((1 if g[i] < 0 else -1) - s[i]) / -g[i] for i in range(d) if g[i]}
        waits = {i: wait for i, wait in waits.items() if wait > 0}
        if not waits:
            break
        wait = min(waits.values())
        first, *others = [i for i, w in waits.items() if w == wait]
        if others:
            raise ArithmeticError("two multipliers arrive together")
        time += wait
        s = [a - wait * b for a, b in zip(s, g, strict=True)]
        signs = [int(a) if abs(a) == 1 else 0 for a in s]
        beta = constrained(X, y, signs, signed=signed)
        near = max((abs(a) for a in s if abs(a) < 1), default=Fraction(0))
        found.append(Jump(time, first, beta, near))
    return tuple(found)


def gradient(X: Sequence[Vector], y: Vector, beta: Vector) -> Vector:
    """X^T (X beta - y)."""
    rest = [sum((a * b for a, b in zip(row, beta, strict=True)), -t) for row, t in zip(X, y, strict=True)]
    return tuple(dot(column, rest) for column in zip(*X, strict=True))


def constrained(X: Sequence[Vector], y: Vector, signs: Sequence[int], *, signed: bool = True) -> Vector:
    """The least squares solution over entries with the given signs (0: not free), from all supports."""
    free = [i for i, sign in enumerate(signs) if sign]
    for size in range(len(free), -1, -1):
        for support in combinations(free, size):
            beta = _least_squares(X, y, support)
            if beta is None:
                continue
            if not signed:
                return beta
            g = gradient(X, y, beta)
            inside = all(beta[i] * signs[i] >= 0 for i in support)
            if inside and all(g[i] * signs[i] >= 0 for i in free if i not in support):
                return beta
    raise ArithmeticError("no least squares solution with these signs")


def _least_squares(X: Sequence[Vector], y: Vector, support: Sequence[int]) -> Vector | None:
    columns = [[row[i] for row in X] for i in support]
    gram = [[dot(p, q) for q in columns] for p in columns]
    right = [dot(p, y) for p in columns]
    values = solve_square(gram, right) if support else ()
    if values is None:
        return None
    beta = [Fraction(0)] * len(X[0])
    for i, value in zip(support, values, strict=True):
        beta[i] = value
    return tuple(beta)
