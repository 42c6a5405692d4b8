"""Problems drawn like a given one: other numbers in the same pattern, until the hypotheses of a claim hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.claims.types import Answer, Hypothesis
from litproof.errors import LitproofError
from litproof.problem import Problem

TRIES = 400
"""Problems looked at before drawing ends: hypotheses on signs hold for one in 2^d."""
_SCALES = (Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(3, 2))
_DENOMINATOR = 8


def redrawn(problem: Problem, rng: Random) -> Problem:
    """A problem with the pattern of `problem`: equal numbers stay equal, zeros stay, opposite ones stay opposite.

    The pattern keeps what is said by equalities: equal layers, multiples of the identity, symmetric or circulant
    sensors. Targets are those of other parameters of the network, so that some interpolator has the signs of the
    start, or, half the time in regression, any.
    """
    keep_signs = rng.random() < 0.5
    v = problem.v if rng.random() < 0.25 else _pattern(problem.v, rng, keep_signs=keep_signs)
    X = _pattern(problem.X, rng, keep_signs=False)
    scale = problem.scale * rng.choice(_SCALES)
    if problem.loss is not None and problem.loss.text == "cross-entropy":
        return replace(problem, X=X, v=v, scale=scale)  # targets say which class is right
    elsewhere = [[_size(rng) * (_sign(entry) or rng.choice((-1, 1))) for entry in layer] for layer in v]
    beta = problem.network.coefficients(elsewhere)
    targets = [sum((a * b for a, b in zip(row, beta, strict=True)), Fraction(0)) for row in X]
    if problem.task == "classification":
        targets = [Fraction(_sign(target) or 1) for target in targets]
    elif rng.random() < 0.5:
        targets = [rng.choice((-1, 1)) * _size(rng) for _ in targets]
    return replace(problem, X=X, y=tuple(targets), v=v, scale=scale)


def drawn_like(
    problem: Problem, hypotheses: Sequence[Hypothesis], seed: int, label: str = ""
) -> Problem | None:
    """The first redrawn problem that meets all hypotheses; None when none of TRIES does."""
    rng = Random(f"{label} {seed}")
    for _ in range(TRIES):
        candidate = redrawn(problem, rng)
        try:
            if all(hypothesis.check(candidate).answer is Answer.HOLDS for hypothesis in hypotheses):
                return candidate
        except LitproofError:
            continue  # a hypothesis that has no meaning for these numbers
    return None


def _size(rng: Random) -> Fraction:
    """Between 1/2 and 3/2."""
    return Fraction(rng.randint(_DENOMINATOR // 2, 3 * _DENOMINATOR // 2), _DENOMINATOR)


def _sign(entry: Fraction) -> int:
    return (entry > 0) - (entry < 0)


def _pattern(
    rows: Sequence[Sequence[Fraction]], rng: Random, *, keep_signs: bool
) -> tuple[tuple[Fraction, ...], ...]:
    """Every modulus replaced by another number, wherever it stands; different ones by different ones."""
    moduli = sorted({abs(entry) for row in rows for entry in row} - {Fraction(0)})
    taken: set[Fraction] = set()
    number: dict[Fraction, Fraction] = {}
    for modulus in moduli:
        step = _size(rng)
        while step in taken:
            step += Fraction(rng.randint(1, _DENOMINATOR), 3 * _DENOMINATOR)
        taken.add(step)
        number[modulus] = step if keep_signs else rng.choice((-1, 1)) * step
    return tuple(tuple(_sign(entry) * number.get(abs(entry), Fraction(0)) for entry in row) for row in rows)
