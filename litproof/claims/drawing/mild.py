"""Problems like the ones that a claim has: their networks and patterns with other short numbers, cheap to follow.

`aim` draws anything that meets the hypotheses, extreme problems among them, which may take minutes each; a claim that
is verified again and again wants ordinary ones.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from litproof.claims.drawing.problems import build
from litproof.claims.drawing.recipe import Weights, choose
from litproof.claims.types import Answer, Hypothesis, Instance
from litproof.errors import InputError, LitproofError
from litproof.integrate.permission import no_integration

ATTEMPTS = 500
"""Draws for one problem: hypotheses on signs hold for one in 2^d."""

_CHOICES: Weights = {
    "numbers": {"short": 3, "whole": 1},
    "start": {"pattern": 3, "identity": 1},
    "data": {"any": 1, "pattern": 1, "commuting": 1},
    "targets": {"any": 1, "signs of the start": 1},
    "scale": {"one": 1, "ordinary": 1},
}
"""For a claim's own networks the start "identity" and the data "commuting" stay as they are."""


def redrawn_instances(
    own: Sequence[Instance], hypotheses: Sequence[Hypothesis], count: int, seed: int, id: str
) -> tuple[Instance, ...]:
    """`count` problems, in turn like each of `own`, that meet the hypotheses; the same for the same seed.

    Raises
    ------
    InputError : none was found in ATTEMPTS draws.
    """
    made = []
    for number in range(count):
        like = own[number % len(own)]
        name = f"like {like.label}" + (f", {number + 1}" if count > len(own) else "") + f", seed {seed}"
        rng = Random(f"{id} {number} {seed}")
        for _ in range(ATTEMPTS):
            try:
                problem = build(rng, {**choose(rng, _CHOICES), "network": "own 0"}, [like.problem], name)
                with no_integration("a hypothesis"):
                    fits = all(hypothesis.check(problem).answer is Answer.HOLDS for hypothesis in hypotheses)
            except LitproofError:
                continue  # numbers that a file may not hold, or for which a hypothesis has no meaning
            if fits and (problem.X, problem.y, problem.v0) != (
                like.problem.X,
                like.problem.y,
                like.problem.v0,
            ):
                made.append(Instance(name, replace(problem, name=name), seed))
                break
        else:
            message = (
                f"no problem like {like.label!r} that was drawn meets the hypotheses, in {ATTEMPTS} draws"
            )
            raise InputError(message, key=id)
    return tuple(made)
