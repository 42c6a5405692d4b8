"""Drawing problems that meet a claim's hypotheses: what to draw is learned from the hypotheses' own answers.

Nothing here knows what a hypothesis means. Recipes are tried, those under which most hypotheses hold become more
frequent, and every problem is then drawn until all of them hold, decided exactly by the claim itself.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from litproof.claims.drawing.problems import build
from litproof.claims.drawing.recipe import Recipe, Weights, choose, first_weights, learned
from litproof.claims.judge import checked
from litproof.claims.types import Answer, Claim, Instance
from litproof.errors import InputError
from litproof.integrate.permission import no_integration
from litproof.problem import Problem

MOST_ATTEMPTS = 60
"""Draws for one problem before it counts as not drawn."""

_ROUNDS, _PER_ROUND, _ENOUGH = 10, 100, 0.4
"""Rounds of learning, draws in each, and the acceptance that is enough: more would make problems more alike."""

_LEAST, _MOST, _BEST = 4, 40, 12
"""Accepted recipes that are learned from: at least and at most; while there are fewer, the best of a round."""

UNREADABLE = "what a problem file may hold"


@dataclass(frozen=True)
class Aim:
    """How a claim's problems are drawn.

    Attributes
    ----------
    weights : of the choices of each factor.
    own : how many problems of the claim's own serve as patterns.
    """

    weights: Weights
    own: int


@dataclass(frozen=True)
class Drawn:
    """A problem that meets the hypotheses, or None.

    Attributes
    ----------
    attempts : draws that it took.
    failed : how often which hypothesis failed.
    """

    problem: Problem | None
    attempts: int
    failed: Counter[str] = field(default_factory=Counter)


@lru_cache(maxsize=16)
def patterns(claim: Claim) -> tuple[Problem, ...]:
    """The claim's own problems, fixed ones and those of seed 0."""
    return tuple(instance.problem for instance in claim.instances(0))


def first_failing(claim: Claim, problem: Problem) -> tuple[int, str]:
    """How many hypotheses hold before the first that does not, and its name, "" when all hold.

    One that raises counts as holding: judging the claim there shows the fault.
    """
    for number, hypothesis in enumerate(claim.hypotheses):
        try:
            with no_integration("a hypothesis"):
                answer = checked(hypothesis, problem).answer
        except Exception:
            return len(claim.hypotheses), ""
        if answer is not Answer.HOLDS:
            return number, hypothesis.name
    return len(claim.hypotheses), ""


def take_aim(claim: Claim, seed: int) -> Aim:
    """Learn what to draw for a claim; the same for the same seed.

    Half of the draws of a round go on as at first, so that what is rare and was not seen yet stays possible.
    """
    own = patterns(claim)
    first = weights = first_weights(len(own))
    accepted: list[Recipe] = []
    for turn in range(_ROUNDS):
        rng = Random(f"aim {seed} {turn}")
        tried, fitting = [], 0
        for number in range(_PER_ROUND):
            aimed = number % 2 == 0
            recipe = choose(rng, weights if aimed else first)
            try:
                reached, failing = first_failing(claim, build(rng, recipe, own, "a drawn problem"))
            except InputError:
                continue
            tried.append((reached, recipe))
            if not failing:
                accepted.append(recipe)
                fitting += aimed
        if fitting >= _ENOUGH * _PER_ROUND / 2:
            break
        tried.sort(key=lambda entry: entry[0], reverse=True)
        best = accepted[-_MOST:] if len(accepted) >= _LEAST else [recipe for _, recipe in tried[:_BEST]]
        if best:
            weights = learned(weights, best)
    return Aim(weights, len(own))


def draw(claim: Claim, aim: Aim, seed: int, number: int) -> Drawn:
    """Problem `number` of a seed: it depends on nothing else."""
    own = patterns(claim)
    failed: Counter[str] = Counter()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        rng = Random(f"draw {seed} {number} {attempt}")
        try:
            problem = build(rng, choose(rng, aim.weights), own, f"seed {seed}, problem {number}")
        except InputError:
            failed[UNREADABLE] += 1
            continue
        _, failing = first_failing(claim, problem)
        if not failing:
            return Drawn(problem, attempt, failed)
        failed[failing] += 1
    return Drawn(None, MOST_ATTEMPTS, failed)


def instances_of(claim: Claim, seed: int) -> tuple[Instance, ...]:
    """The problems on which a claim is verified: its instances, and `claim.draw` that are drawn.

    Raises
    ------
    InputError : not enough problems that are drawn meet the hypotheses.
    """
    instances = claim.instances(seed)
    if not claim.draw:
        return instances
    aim = take_aim(claim, seed)
    draws = [draw(claim, aim, seed, number) for number in range(claim.draw)]
    problems = [entry.problem for entry in draws if entry.problem is not None]
    if len(problems) < claim.draw:
        failed = sum((entry.failed for entry in draws), Counter[str]())
        attempts = sum(entry.attempts for entry in draws)
        raise InputError(
            f"draw = {claim.draw}: of {attempts} problems that were drawn {len(problems)} meet the hypotheses; "
            f"most fail {failed.most_common(1)[0][0]!r}; give problem files",
            key=claim.id,
        )
    return (*instances, *(Instance(problem.name, problem, seed) for problem in problems))
