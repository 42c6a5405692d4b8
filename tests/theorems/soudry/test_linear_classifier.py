"""One layer: the second term of beta is measured to the digits that the claim compares."""

from fractions import Fraction

import pytest

from litproof.theorems.soudry.linear_classifier.claim import LINEAR, linear_classifier, measure_expansion


@pytest.mark.parametrize("problem", LINEAR, ids=lambda p: p.name)
@pytest.mark.parametrize("digits", [12, 30])
def test_second_term_has_the_digits_said(problem, digits):
    measured, expected = measure_expansion(problem, digits), linear_classifier.predict(problem, digits)
    gap = max(abs(a - b) for a, b in zip(measured.value, expected.value, strict=True))
    assert gap <= 2 * measured.error + Fraction(1, 10 ** (digits + 2))
