"""What a person's own claim may rest on: evidence and digits that litproof found, never what was claimed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from litproof.algebra.linear import sup_norm
from litproof.claims.comparison import agreed_digits, compare_coefficients, undecided
from litproof.claims.types import Answer, Claim, Comparison
from litproof.errors import InputError
from litproof.exact_numbers import exact_numbers
from litproof.results import Evidence, Measurement, Prediction

_PACKAGE = str(Path(__file__).parent.parent) + "/"
SAME_SIDES = (
    "nothing is tested: no flow was followed, and the measurement is the prediction, number for number; the two sides "
    "are the same function"
)


def by_litproof(function: Callable[..., Any]) -> bool:
    """Whether a function is part of this package."""
    code = getattr(function, "__code__", None)
    return code is not None and str(code.co_filename).startswith(_PACKAGE)


def checked_measurement(claim: Claim, measurement: Any) -> Measurement:
    """What a claim's `measure` returned; numbers of other libraries become fractions.

    An enclosure that was not found by litproof's own code is left out: it proves nothing.

    Raises
    ------
    InputError : it is no measurement, or a number in it is not exact.
    """
    if by_litproof(claim.measure):
        return measurement  # type: ignore[no-any-return]
    if not isinstance(measurement, Measurement):
        raise InputError(
            f"expected a Measurement from `measure`, got {type(measurement).__name__}", key=claim.id
        )
    value = exact_numbers(measurement.value, f"{claim.id}, measured")
    (error,) = exact_numbers([measurement.error], f"{claim.id}, error of the measurement")
    return replace(measurement, value=value, error=error, enclosure=())


def checked_comparison(claim: Claim, comparison: Any) -> Comparison:
    """What a claim's `compare` returned.

    Raises
    ------
    InputError : it is no comparison, or one with parts of a wrong kind.
    """
    if not isinstance(comparison, Comparison):
        raise InputError(
            f"expected a Comparison from `compare`, got {type(comparison).__name__}", key=claim.id
        )
    parts = (
        ("answer", comparison.answer, Answer, "an Answer"),
        ("digits", comparison.digits, int, "a whole number"),
        ("evidence", comparison.evidence, Evidence, "an Evidence"),
        ("margin", comparison.margin, int | float, "a number"),
        ("detail", comparison.detail, str, "text"),
    )
    for name, value, kind, expected in parts:
        if not isinstance(value, kind) or isinstance(value, bool):
            raise InputError(
                f"expected {expected} for {name} from `compare`, got {type(value).__name__}", key=claim.id
            )
    return comparison


def backed(
    claim: Claim,
    comparison: Comparison,
    prediction: Prediction,
    measurement: Measurement,
    digits: int,
    runs: int,
) -> Comparison:
    """A comparison that holds, with no more evidence and digits than litproof can answer for.

    More than *numeric* needs a flow that litproof followed, and the two sides equal to the digits when litproof
    compares them as vectors. Digits are at most those that the measurement knows.

    Parameters
    ----------
    comparison : as the claim's own `compare` returned it.
    runs : how many runs of litproof's integrators were begun by `measure`.
    """
    if comparison.answer is not Answer.HOLDS or (by_litproof(claim.measure) and by_litproof(claim.compare)):
        return comparison
    followed = by_litproof(claim.measure) or runs > 0
    comparable = len(prediction.value) == len(measurement.value) > 0
    if not followed and comparable and prediction.value == measurement.value:
        return undecided(SAME_SIDES)
    evidence, known = Evidence.NUMERIC, min(comparison.digits, digits)
    notes = [] if followed else ["the measurement follows no flow of litproof's"]
    if comparable:
        own = compare_coefficients(prediction, measurement, digits)
        known = min(known, own.digits)
        if own.answer is Answer.HOLDS and followed:
            evidence = own.evidence
        elif followed:
            notes.append(
                "the two sides differ as vectors; what makes them equal is the claim's own comparison"
            )
    else:
        size = sup_norm(measurement.value)
        known = min(known, agreed_digits(measurement.error, size, digits)) if size else known
        notes.append("compared by the claim's own function only")
    detail = "; ".join(filter(None, (comparison.detail, *notes)))
    return replace(comparison, evidence=evidence, digits=max(known, 0), detail=detail)
