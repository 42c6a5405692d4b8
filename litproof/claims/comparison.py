"""Comparing a prediction with a measurement, exactly: both are fractions."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import inf
from numbers import Rational

from litproof.algebra.linear import distance, sup_norm
from litproof.claims.types import Answer, Comparison, Sides
from litproof.decimals import decimal_log, fixed, order_of_magnitude
from litproof.exact_numbers import same_length
from litproof.results import Evidence, Measurement, Prediction

CLEAR_MARGIN = 1000
"""A false variant counts as rejected only when it misses the tolerance by this factor."""

_LONGEST_SHOWN = 1000
"""Numbers with more digits before the point are not written out."""

SHOWN_BEYOND = 4
"""Digits shown to a person beyond those asked for, so that one sees where the two sides part."""


def agreed_digits(gap: Fraction, size: Fraction, digits: int) -> int:
    """Number of significant digits, relative to `size`, up to which a gap is invisible; at most `digits`."""
    if gap == 0:
        return digits
    return max(0, min(digits, int(decimal_log(size) - decimal_log(gap)))) if size else 0


def compare_coefficients(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Linear coefficients agree when max |predicted - measured| <= 10^-digits ||beta||_inf.

    A measurement whose own error bound exceeds the tolerance decides only when the gap is beyond both. Where the
    limit is enclosed, every point of the enclosure must agree as well; the evidence is then *certified*.
    """
    if not measurement.converged:
        return without_limit(measurement)
    same_length(prediction.value, measurement.value, prediction.method)
    gap = distance(prediction.value, measurement.value)
    size = max(sup_norm(prediction.value), sup_norm(measurement.value))
    comparison = compare_gap(gap, size, digits, measurement.error)
    if not measurement.enclosure or comparison.answer is not Answer.HOLDS:
        return comparison
    ends = (distance(prediction.value, end) for end in zip(*measurement.enclosure, strict=True))
    proved = compare_gap(max(ends), size, digits)
    if proved.answer is not Answer.HOLDS:
        return proved
    return replace(proved, evidence=Evidence.CERTIFIED, detail=f"{comparison.detail}, limit enclosed")


def without_limit(measurement: Measurement) -> Comparison:
    """A flow that comes to rest at positive loss contradicts any limit of zero loss; a budget used up does not."""
    answer = Answer.VIOLATED if measurement.at_rest else Answer.UNKNOWN
    return Comparison(answer, 0, Evidence.NUMERIC, inf if measurement.at_rest else 0.0, measurement.reason)


def undecided(reason: str, void: str = "") -> Comparison:
    """Neither side contradicts the other, for a reason that is told."""
    return Comparison(Answer.UNKNOWN, 0, Evidence.NUMERIC, 0.0, reason, void=void)


def violated(reason: str, margin: float = inf, evidence: Evidence = Evidence.NUMERIC) -> Comparison:
    """The two sides contradict each other, by `margin` times what is allowed; no digit agrees."""
    return Comparison(Answer.VIOLATED, 0, evidence, margin, reason)


def compare_gap(gap: Fraction, size: Fraction, digits: int, error: Fraction = Fraction(0)) -> Comparison:
    """Judge a gap against 10^-digits times `size`, where the measured side is known up to `error`."""
    tolerance = size / 10**digits
    agreed = agreed_digits(gap, size, digits)
    detail = f"gap 10^{decimal_log(gap):.1f}" if gap else "no gap"
    if error > tolerance and gap <= error + tolerance:
        return Comparison(
            Answer.UNKNOWN,
            agreed,
            Evidence.NUMERIC,
            0.0,
            f"{detail}, measured only to 10^{decimal_log(error):.1f}",
        )
    if gap <= tolerance:
        return Comparison(Answer.HOLDS, digits, Evidence.AGREED, 0.0, detail)
    ratio = decimal_log(gap) - decimal_log(tolerance) if tolerance else inf
    return Comparison(Answer.VIOLATED, agreed, Evidence.NUMERIC, 10.0 ** min(ratio, 300.0), detail)


def coincide(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two predictions are too close for any measurement of `digits` digits to tell them apart clearly."""
    if len(a.value) != len(b.value):
        return False
    size = max(sup_norm(a.value), sup_norm(b.value))
    return bool(distance(a.value, b.value) <= 2 * CLEAR_MARGIN * size / 10**digits)


def sides_of(
    prediction: Prediction, measurement: Measurement, digits: int, names: Sequence[str] = ()
) -> Sides:
    """The two sides as decimals of equal places; no numbers when they are not vectors of equal length."""
    followed = ", ".join(f"{key} = {value}" for key, value in measurement.clock.items())
    methods = (str(prediction.method), str(measurement.method), followed)
    measured = measurement.value
    if len(prediction.value) > len(measured):  # some claims predict the layers as well
        measured = (*measured, *(entry for layer in measurement.parameters for entry in layer))
    entries = (*prediction.value, *measured)
    comparable = len(prediction.value) == len(measured) and measurement.converged
    if not comparable or not all(isinstance(entry, Rational) for entry in entries) or not any(entries):
        return Sides((), (), *methods)
    size = sup_norm(entries)
    if order_of_magnitude(size) > _LONGEST_SHOWN:
        return Sides((), (), *methods)
    places = max(0, digits + SHOWN_BEYOND - 1 - order_of_magnitude(size))
    predicted, followed_entries = (
        tuple(fixed(entry, places) for entry in side) for side in (prediction.value, measured)
    )
    return Sides(predicted, followed_entries, *methods, tuple(names))
