"""Whether two formulas say the same about a limit: their gradients are parallel, everywhere or on the interpolators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from litproof.algebra.balls import ball, dyadic
from litproof.algebra.linear import dot, null_space
from litproof.errors import InputError
from litproof.formula.evaluate import evaluate
from litproof.formula.interpolators import exact_rows
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, Setting, basis_of
from litproof.language.tree import Node
from litproof.precision import ball_precision, digits_to_bits

_DIGITS = 60
_POINTS = 3


def same_function(a: Node, b: Node, setting: Setting, *, oriented: bool = False) -> bool:
    """Whether two functions of the limit say the same, at three points drawn at random where both are defined.

    Either their gradients are parallel at each point: then each is a function of the other, and they have the same
    stationary points. Or on the interpolators one is a multiple of the other and a constant: gradients there, which
    leave out what the data fix, agree up to one factor for all points.

    Parameters
    ----------
    oriented : ask for the same direction too, so that they have the same minima.
    """
    pairs = []
    with ball_precision(digits_to_bits(_DIGITS)):
        for draws in _draws(_width(setting)):
            first, second = _gradient_at(a, setting, draws), _gradient_at(b, setting, draws)
            if first is not None and second is not None:
                pairs.append((first, second))
            if len(pairs) == _POINTS:
                break
        else:
            return False
        if all(parallel(first, second, oriented=oriented) for first, second in pairs):
            return True
        kernel = _kernel(a, b, setting)
    one, two = ([dot(pair[side], direction) for pair in pairs for direction in kernel] for side in (0, 1))
    return bool(kernel) and parallel(one, two, oriented=oriented)


def _draws(width: int) -> Iterator[list[Fraction]]:
    """Points of all signs first, then positive ones, as powers are often defined there only."""
    rng = Random(0)
    for signs, count in (((-1, 1), 4 * _POINTS), ((1,), _POINTS)):
        for _ in range(count):
            yield [Fraction(rng.choice(signs) * rng.randint(20, 90), 100) for _ in range(width)]


def _kernel(a: Node, b: Node, setting: Setting) -> list[list[Fraction]]:
    """Directions along the interpolators, [] where they are not rational or the functions have other coordinates."""
    if basis_of(a) != basis_of(b):
        return []
    rows = exact_rows(setting, basis_of(a))
    return [] if not rows else null_space(rows, len(rows[0]))


def _width(setting: Setting) -> int:
    try:
        return max(setting.problem.network.input_dim, setting.components)
    except InputError:
        return setting.problem.network.input_dim


def _gradient_at(tree: Node, setting: Setting, draws: Sequence[Fraction]) -> list[Fraction] | None:
    basis = basis_of(tree)
    in_rho = basis == "rho" and not setting.complex_rho
    try:
        size = setting.components if in_rho else setting.problem.network.input_dim
        jet = evaluate(tree, Point(setting, basis, tuple(map(ball, draws[:size]))))
    except (NotDefined, InputError):
        return None
    if jet.kinks:
        return None
    return [dyadic(jet.gradient[i]) if i in jet.gradient else Fraction(0) for i in range(size)]


def parallel(a: Sequence[Fraction], b: Sequence[Fraction], *, oriented: bool) -> bool:
    """Whether two vectors are parallel to 20 digits."""
    if len(a) != len(b):
        return False
    inner = dot(a, b)
    product = sum((p * p for p in a), Fraction(0)) * sum((q * q for q in b), Fraction(0))
    return product - inner * inner <= product / 10**20 and (inner >= 0 or not oriented)
