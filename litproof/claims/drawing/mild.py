"""Problems like the ones that a claim has: their networks and patterns with other short numbers, cheap to follow.

`aim` draws anything that meets the hypotheses, extreme problems among them, which may take minutes each; a claim that
is verified again and again wants ordinary ones.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from litproof.claims.drawing.problems import build
from litproof.claims.drawing.recipe import Weights, choose
from litproof.claims.types import Answer, Hypothesis, Instance
from litproof.errors import InputError, LitproofError
from litproof.integrate.permission import no_integration
from litproof.problem import Problem

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
        failed: Counter[str] = Counter()
        for _ in range(ATTEMPTS):
            try:
                problem = build(rng, {**choose(rng, _CHOICES), "network": "own 0"}, [like.problem], name)
                with no_integration("a hypothesis"):
                    unmet = next(_unmet(hypotheses, problem), "")
            except LitproofError as error:
                unmet = str(
                    error
                )  # numbers that a file may not hold, or for which a hypothesis has no meaning
            if unmet:
                failed[unmet] += 1
            elif (problem.X, problem.y, problem.v0) != (like.problem.X, like.problem.y, like.problem.v0):
                made.append(Instance(name, replace(problem, name=name), seed))
                break
        else:
            message = (
                f"no problem like {like.label!r} that was drawn meets the hypotheses, in {ATTEMPTS} draws"
            )
            reason = f"; most often not met: {failed.most_common(1)[0][0]}" if failed else ""
            raise InputError(message + reason, key=id)
    return tuple(made)


def _unmet(hypotheses: Sequence[Hypothesis], problem: Problem) -> Iterator[str]:
    """Those that are not known to hold, with what was seen."""
    for hypothesis in hypotheses:
        check = hypothesis.check(problem)
        if check.answer is not Answer.HOLDS:
            yield f"{hypothesis.name}: {check.detail}" if check.detail else hypothesis.name
