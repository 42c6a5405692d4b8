"""Judging one claim on one problem: hypotheses first, then prediction against measurement, then the mutants."""

from collections.abc import Sequence
from time import perf_counter

from litproof.claims.claim import (
    Answer,
    Check,
    Claim,
    Comparison,
    Instance,
    InstanceResult,
    Mutant,
    MutantResult,
    Sides,
    Status,
    as_prediction,
)
from litproof.claims.comparison import CLEAR_MARGIN, sides_of
from litproof.claims.measurement import measure_limit, prove_limit
from litproof.errors import Inconclusive, LitproofError
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

MUTANT_DIGITS = 40
"""Digits that a mutant on a problem of its own is tried at, at most: what is false by a clear margin shows early."""

STATUS_OF = {
    Answer.HOLDS: Status.VERIFIED,
    Answer.VIOLATED: Status.REFUTED,
    Answer.UNKNOWN: Status.INCONCLUSIVE,
}


def hypotheses_of(claim: Claim, problem: Problem) -> Check:
    """The hypotheses together: violated if one is, unknown if one is, with the first such named."""
    unknown: Check | None = None
    for hypothesis in claim.hypotheses:
        check = hypothesis.check(problem)
        named = Check(check.answer, f"{hypothesis.name}: {check.detail}" if check.detail else hypothesis.name)
        if check.answer is Answer.VIOLATED:
            return named
        if check.answer is Answer.UNKNOWN and unknown is None:
            unknown = named
    return unknown or Check(Answer.HOLDS)


def judge(claim: Claim, instance: Instance, digits: int, *, mutants: bool = True) -> InstanceResult:
    """Try `claim` on one instance at `digits` digits; never raises for what the claim's functions do.

    An exception in a claim's own functions, or a mutant that the comparison accepts, makes the status "error".
    """
    started = perf_counter()

    def result(
        status: Status,
        detail: str,
        comparison: Comparison | None = None,
        tried: tuple[MutantResult, ...] = (),
        sides: Sides | None = None,
    ) -> InstanceResult:
        return InstanceResult(
            claim=claim.id,
            label=instance.label,
            status=status,
            evidence=comparison.evidence if comparison else Evidence.NUMERIC,
            digits=comparison.digits if comparison else 0,
            detail=detail,
            seconds=perf_counter() - started,
            mutants=tried,
            seed=instance.seed,
            sides=sides,
        )

    problem = instance.problem
    try:
        hypotheses = hypotheses_of(claim, problem)
        if hypotheses.answer is Answer.VIOLATED:
            return result(Status.HYPOTHESIS_VIOLATED, hypotheses.detail)
        if hypotheses.answer is Answer.UNKNOWN:
            return result(Status.INCONCLUSIVE, f"hypothesis not decided: {hypotheses.detail}")
        prediction = claim.predict(problem, digits)
        measurement = claim.measure(problem, digits)
        comparison = claim.compare(prediction, measurement, digits)
        if claim.measure is measure_limit and comparison.answer is Answer.HOLDS:
            measurement = prove_limit(problem, measurement, digits)
            comparison = claim.compare(prediction, measurement, digits)
        sides = sides_of(prediction, measurement, digits)
    except Inconclusive as error:
        return result(Status.INCONCLUSIVE, str(error))
    except Exception as error:
        return result(Status.ERROR, describe(error))

    status = STATUS_OF[comparison.answer]
    if status is not Status.VERIFIED or not mutants:
        return result(status, comparison.detail, comparison, (), sides)
    tried = tuple(
        judge_mutant(claim, mutant, problem, prediction, measurement, digits) for mutant in claim.mutants
    )
    if claim.automatic:
        found, words = _automatic(tried)
        return result(found, "; ".join(filter(None, (comparison.detail, words))), comparison, tried, sides)
    defects = [mutant for mutant in tried if mutant.outcome in ("accepted", "error")]
    if defects:
        first = defects[0]
        return result(
            Status.ERROR, f"mutant {first.name!r} {first.outcome}: {first.detail}", comparison, tried, sides
        )
    return result(status, comparison.detail, comparison, tried, sides)


def _automatic(tried: Sequence[MutantResult]) -> tuple[Status, str]:
    """Status and words for a claim that holds, given what became of the mutants made for it."""
    rejected = [mutant for mutant in tried if mutant.outcome == "rejected"]
    accepted = ", ".join(mutant.name for mutant in tried if mutant.outcome == "accepted")
    if not rejected:
        detail = f" (it accepts: {accepted})" if accepted else ""
        return (
            Status.INCONCLUSIVE,
            f"vacuous: the check rejects none of the false variants made for it{detail}; try other data",
        )
    return Status.VERIFIED, f"not told apart on this problem: {accepted}" if accepted else ""


def judge_mutant(
    claim: Claim,
    mutant: Mutant,
    problem: Problem,
    prediction: Prediction,
    measurement: Measurement,
    digits: int,
) -> MutantResult:
    """Whether the claim's comparison rejects `mutant` by a clear margin.

    A mutant that changes the problem needs a measurement of its own, with at most MUTANT_DIGITS digits.
    """
    try:
        changed = mutant.problem(problem) if mutant.problem else problem
        if changed is None:
            return MutantResult(mutant.name, "inapplicable")
        if changed is not problem:
            digits = min(digits, MUTANT_DIGITS)
        false = mutant.predict(changed, digits) if mutant.predict else claim.predict(changed, digits)
        if false is None:
            return MutantResult(mutant.name, "inapplicable")
        false = as_prediction(false, digits, mutant.name)
        if changed is problem:
            empty = mutant.vacuous is not None and mutant.vacuous(false, prediction, measurement)
            if empty or claim.same(false, prediction, digits):
                return MutantResult(mutant.name, "vacuous", "coincides with the claim on this problem")
            seen = measurement
        else:
            seen = (mutant.measure or claim.measure)(changed, digits)
        comparison = claim.compare(false, seen, digits)
    except Exception as error:
        return MutantResult(mutant.name, "error", describe(error))
    if comparison.answer is Answer.VIOLATED and comparison.margin >= CLEAR_MARGIN:
        return MutantResult(mutant.name, "rejected", comparison.detail)
    return MutantResult(mutant.name, "accepted", comparison.detail)


def describe(error: Exception) -> str:
    """An exception in one line."""
    words = " ".join(str(error).split())
    return words if isinstance(error, LitproofError) else f"{type(error).__name__}: {words}"
