"""Judging one claim on one problem: hypotheses first, then prediction against measurement, then the mutants."""

from collections.abc import Sequence
from time import perf_counter

from litproof.algebra.linear import rank
from litproof.claims.comparison import CLEAR_MARGIN, sides_of
from litproof.claims.depiction import numbered, pictures_of_flow
from litproof.claims.own import backed, checked_comparison, checked_measurement
from litproof.claims.pictures import Picture
from litproof.claims.tracebacks import own_traceback
from litproof.claims.types import (
    Answer,
    Check,
    Claim,
    Comparison,
    Hypothesis,
    Instance,
    InstanceResult,
    Mutant,
    MutantResult,
    Sides,
    Status,
    as_prediction,
)
from litproof.errors import HypothesisError, Inconclusive, InputError, LitproofError
from litproof.formula.mutants import LOOKED_FOR
from litproof.integrate.permission import no_integration, runs_counted
from litproof.integrate.watch import FollowedPath, paths_kept
from litproof.networks.base import MultilinearNetwork
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

MUTANT_DIGITS = 40
"""Digits that a mutant on a problem of its own is tried at, at most: what is false by a clear margin shows early."""

MORE_DIGITS = 3
"""How many times the digits a false variant is tried at that differs too little from the claim, or was not decided."""

STATUS_OF = {
    Answer.HOLDS: Status.VERIFIED,
    Answer.VIOLATED: Status.REFUTED,
    Answer.UNKNOWN: Status.INCONCLUSIVE,
}


def checked(hypothesis: Hypothesis, problem: Problem) -> Check:
    """One hypothesis; violated where it has no meaning: no layers, matrices of other shapes than its formula needs."""
    try:
        return hypothesis.check(problem)
    except (HypothesisError, InputError) as error:
        return Check(Answer.VIOLATED, str(error))


def hypotheses_of(claim: Claim, problem: Problem) -> Check:
    """The hypotheses together: violated if one is, unknown if one is, with the first such named."""
    unknown: Check | None = None
    for hypothesis in claim.hypotheses:
        check = checked(hypothesis, problem)
        named = Check(check.answer, f"{hypothesis.name}: {check.detail}" if check.detail else hypothesis.name)
        if check.answer is Answer.VIOLATED:
            return named
        if check.answer is Answer.UNKNOWN and unknown is None:
            unknown = named
    return unknown or Check(Answer.HOLDS)


def unproved_reduction(problem: Problem) -> str:
    """The exact step, unchecked by Coq, that leads from this problem to those that theorems in Coq speak of, or "".

    They speak of layers, independent data points, the loss of the task and gradient flow.
    """
    if not isinstance(problem.network, MultilinearNetwork):
        return "other coordinates"
    if problem.weights or (problem.task == "regression" and rank(problem.X) < len(problem.X)):
        return "independent rows"
    return "another loss or dynamics" if problem.loss is not None or problem.dynamics is not None else ""


def judge(
    claim: Claim,
    instance: Instance,
    digits: int,
    *,
    mutants: bool = True,
    proof: bool = True,
    pictures: bool = False,
) -> InstanceResult:
    """Try `claim` on one instance at `digits` digits; never raises for what the claim's functions do.

    An exception in a claim's own functions, or a mutant that the comparison accepts, makes the status "error". The
    prediction (and everything before it) runs where litproof's integrators refuse. Without `proof` a limit that was
    followed is not enclosed as well: the evidence is then at most *agreed*. With `pictures` the result holds what this
    run saw on its way.
    """
    started = perf_counter()
    drawn: tuple[Picture, ...] = ()

    def result(
        status: Status,
        detail: str,
        comparison: Comparison | None = None,
        tried: tuple[MutantResult, ...] = (),
        sides: Sides | None = None,
        error: BaseException | None = None,
        measurement: Measurement | None = None,
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
            traceback=own_traceback(error) if error else "",
            exception=error,
            parts=comparison.parts if comparison else (),
            unproved=what_is_missing(comparison, measurement),
            reduction=unproved_reduction(instance.problem),
            pictures=drawn,
        )

    problem = instance.problem
    try:
        with no_integration("a hypothesis"):
            hypotheses = hypotheses_of(claim, problem)
        if hypotheses.answer is Answer.VIOLATED:
            return result(Status.HYPOTHESIS_VIOLATED, hypotheses.detail)
        if hypotheses.answer is Answer.UNKNOWN:
            return result(Status.INCONCLUSIVE, f"hypothesis not decided: {hypotheses.detail}")
        with paths_kept(pictures) as paths:
            prediction, measurement, comparison = both_sides(claim, problem, digits, proof=proof)
        sides = sides_of(prediction, measurement, digits, entry_names(claim, problem, prediction))
    except Inconclusive as error:
        return result(Status.INCONCLUSIVE, str(error))
    except (Exception, SystemExit) as error:
        return result(Status.ERROR, describe(error), error=error)

    if pictures:
        drawn = drawn_by(claim, problem, prediction, measurement, paths)
    status = STATUS_OF[comparison.answer]
    if status is not Status.VERIFIED or not mutants:
        return result(status, comparison.detail, comparison, (), sides, measurement=measurement)
    tried = tuple(
        judge_mutant(claim, mutant, problem, prediction, measurement, digits) for mutant in claim.mutants
    )
    if not claim.automatic and any(mutant.outcome == "accepted" for mutant in tried):
        tried = tried_closer(claim, tried, problem, digits)
    if claim.automatic:
        decision, remark = _automatic(claim, tried)
        detail = "; ".join(filter(None, (comparison.detail, remark)))
        return result(decision, detail, comparison, tried, sides, measurement=measurement)
    defects = [mutant for mutant in tried if mutant.outcome in ("accepted", "error")]
    if defects:
        first = defects[0]
        return result(
            Status.ERROR, f"mutant {first.name!r} {first.outcome}: {first.detail}", comparison, tried, sides
        )
    return result(status, comparison.detail, comparison, tried, sides, measurement=measurement)


def what_is_missing(comparison: Comparison | None, measurement: Measurement | None) -> str:
    """What stood in the way of a proof of a comparison that holds by agreement alone; "" elsewhere."""
    if comparison is None or comparison.answer is not Answer.HOLDS or comparison.evidence > Evidence.AGREED:
        return ""
    known = measurement.unproved if measurement is not None else ""
    return comparison.unproved or known or "two computations agree, and neither has proved bounds"


def both_sides(
    claim: Claim, problem: Problem, digits: int, *, proof: bool = True
) -> tuple[Prediction, Measurement, Comparison]:
    """Prediction and measurement of a claim, each found without the other, and how they compare."""
    with no_integration("a prediction"):
        prediction = claim.predict(problem, digits)
    with runs_counted() as runs:
        measurement = checked_measurement(claim, claim.measure(problem, digits))
    comparison = checked_comparison(claim, claim.compare(prediction, measurement, digits))
    if proof and claim.prove is not None and comparison.answer is Answer.HOLDS:
        measurement = claim.prove(problem, measurement, digits)
        comparison = checked_comparison(claim, claim.compare(prediction, measurement, digits))
    return prediction, measurement, backed(claim, comparison, prediction, measurement, digits, runs.count)


def entry_names(claim: Claim, problem: Problem, prediction: Prediction) -> tuple[str, ...]:
    """What the predicted numbers are, LaTeX without dollar signs; () where nobody said."""
    d = problem.network.input_dim
    if claim.entries is not None:
        names = tuple(claim.entries(problem))
    else:
        names = numbered(r"\beta" if problem.task == "regression" else r"(\beta/\|\beta\|)", d)
    return names if len(names) == len(prediction.value) else ()


def drawn_by(
    claim: Claim,
    problem: Problem,
    prediction: Prediction,
    measurement: Measurement,
    paths: Sequence[FollowedPath],
) -> tuple[Picture, ...]:
    """The pictures of a run, from what it followed: nothing is integrated for them.

    None where drawing fails, which must not cost a verdict.
    """
    try:
        with no_integration("a picture"):
            return tuple((claim.depict or pictures_of_flow)(problem, prediction, measurement, paths))
    except (ArithmeticError, LookupError, TypeError, ValueError, LitproofError):
        return ()


def _automatic(claim: Claim, tried: Sequence[MutantResult]) -> tuple[Status, str]:
    """Status and words for a claim that holds, given what became of the mutants made for it."""
    if any(mutant.outcome == "rejected" for mutant in tried):
        accepted = ", ".join(mutant.name for mutant in tried if mutant.outcome == "accepted")
        return Status.VERIFIED, f"not told apart on this problem: {accepted}" if accepted else ""
    return Status.INCONCLUSIVE, f"vacuous: {no_mutant_rejected(claim, tried)}"


def no_mutant_rejected(claim: Claim, tried: Sequence[MutantResult]) -> str:
    """What was looked for in vain: the false variants of a claim, by what became of them."""
    descriptions = {
        "accepted": "accepted as well",
        "vacuous": "the same as the claim here",
        "inapplicable": "without a meaning here",
        "error": "ended in an error",
    }
    parts = []
    for outcome, said in descriptions.items():
        names = list(dict.fromkeys(mutant.name for mutant in tried if mutant.outcome == outcome))
        if names:
            parts.append(f"{said}: {', '.join(names)}")
    if not claim.mutants:
        parts = [f"none could be made; looked for: {', '.join(LOOKED_FOR)}"]
    return f"no false variant of the claim is rejected on these data ({'; '.join(parts)}); try other data"


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
        with no_integration("a prediction"):
            false = mutant.predict(changed, digits) if mutant.predict else claim.predict(changed, digits)
        if false is None:
            return MutantResult(mutant.name, "inapplicable")
        false = as_prediction(false, digits, mutant.name)
        if changed is problem:
            empty = mutant.vacuous is not None and mutant.vacuous(false, prediction, measurement)
            if empty or claim.same(false, prediction, digits):
                return MutantResult(mutant.name, "vacuous", "coincides with the claim on this problem")
            measured = measurement
        else:
            measured = (mutant.measure or claim.measure)(changed, digits)
        comparison = checked_comparison(claim, claim.compare(false, measured, digits))
    except (Exception, SystemExit) as error:
        return MutantResult(mutant.name, "error", describe(error))
    if comparison.void:
        return MutantResult(mutant.name, comparison.void, comparison.detail)
    outcome = "rejected" if _rejects(comparison) else "accepted"
    return MutantResult(mutant.name, outcome, comparison.detail)


def _rejects(comparison: Comparison) -> bool:
    return comparison.answer is Answer.VIOLATED and comparison.margin >= CLEAR_MARGIN


def tried_closer(
    claim: Claim, tried: Sequence[MutantResult], problem: Problem, digits: int
) -> tuple[MutantResult, ...]:
    """Outcomes with those accepted tried again with more digits, to which the claim has to hold as well.

    A false variant may agree with the claim to the digits asked for, or not be decided by them: one that is rejected
    with more is vacuous, as it shows nothing to these digits. Where the flow is not known to more, outcomes stand.
    """
    more = MORE_DIGITS * digits
    try:
        with no_integration("a prediction"):
            prediction = claim.predict(problem, more)
        measurement = claim.measure(problem, more)
        if claim.compare(prediction, measurement, more).answer is not Answer.HOLDS:
            return tuple(tried)
    except (Exception, SystemExit):
        return tuple(tried)
    results = []
    for mutant, result in zip(claim.mutants, tried, strict=True):
        if result.outcome == "accepted" and mutant.problem is None:
            closer = judge_mutant(claim, mutant, problem, prediction, measurement, more)
            if closer.outcome == "rejected":
                detail = (
                    f"false, but not told from the claim with {digits} digits; with {more}: {closer.detail}"
                )
                result = MutantResult(mutant.name, "vacuous", detail)
        results.append(result)
    return tuple(results)


def describe(error: BaseException) -> str:
    """An exception in one line."""
    message = " ".join(str(error).split())
    return message if isinstance(error, LitproofError) else f"{type(error).__name__}: {message}"
