"""Limits of the catalogue's instances against numbers found without litproof: Newton's method at 40 digits on the
conditions that the theorems state, with the flow in double precision beside it."""

from fractions import Fraction

import pytest

from litproof.claims.catalogue import catalogue
from litproof.limits.find import find_limit

REFERENCES = {
    ("chou/hadamard", "two points, d = 4"): (
        "0.24603051970402073111376399305152",
        "0.34074747758999773053333106291755",
        "0.99202927316490158321561113855309",
        "0.52548662951117767207058943727894",
    ),
    ("chou/hadamard-deep", "three factors, two points, d = 4"): (
        "0.15111172288164719494726908952202",
        "0.30792907929428406135458962723264",
        "1.2088937830531775595781527161761",
        "0.54286107566773196751815843264154",
    ),
    ("chou/hadamard-deep", "four factors, one point"): (
        "0.058272000839729383226362351668622",
        "0.2349820696095417237848927007369",
        "0.49058795331372905640128408228586",
    ),
}
"""{(claim, instance): beta}, 30 digits."""


@pytest.mark.parametrize(("claim", "label"), sorted(REFERENCES))
def test_the_limit_is_that_of_an_independent_computation(claim, label):
    (problem,) = (i.problem for i in catalogue()[claim].instances(0) if i.label == label)
    reference = [Fraction(text) for text in REFERENCES[claim, label]]
    limit = find_limit(problem, 28)
    gap = max(abs(a - b) for a, b in zip(limit.value, reference, strict=True))
    assert gap <= max(map(abs, reference)) / 10**27
