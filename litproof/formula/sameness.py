"""Whether two formulas say the same about a limit: their gradients are parallel everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from litproof.algebra.balls import ball, dyadic
from litproof.errors import InputError
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, Setting, basis_of
from litproof.language.tree import Node
from litproof.precision import ball_precision, digits_to_bits

_DIGITS = 30
_POINTS = 3


def same_function(a: Node, b: Node, setting: Setting, *, oriented: bool = False) -> bool:
    """Whether the gradients of two functions of the limit are parallel at three points drawn at random.

    Then each is a function of the other, and they have the same stationary points.

    Parameters
    ----------
    oriented : ask for the same direction too, so that they have the same minima.
    """
    rng = Random(0)
    with ball_precision(digits_to_bits(_DIGITS)):
        for _ in range(_POINTS):
            draws = [Fraction(rng.choice((-1, 1)) * rng.randint(20, 90), 100) for _ in range(_width(setting))]
            first, second = _gradient_at(a, setting, draws), _gradient_at(b, setting, draws)
            if first is None or second is None or not parallel(first, second, oriented=oriented):
                return False
    return True


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
    inner = sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))
    product = sum((p * p for p in a), Fraction(0)) * sum((q * q for q in b), Fraction(0))
    return product - inner * inner <= product / 10**20 and (inner >= 0 or not oriented)
