"""A law that holds as an identity is still refuted by a path along which it drifts, at whichever time that is seen."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.claims.catalogue import claim_of
from litproof.claims.types import Answer
from litproof.results import Evidence
from litproof.theorems.shared.conserved import compare_laws

Q = Fraction


@pytest.fixture(scope="module")
def sides():
    claim = claim_of("ykm/conserved-norms")
    problem = claim.instances(0)[0].problem
    return claim.predict(problem, 12), claim.measure(problem, 12)


def test_the_path_as_it_is(sides):
    comparison = compare_laws(*sides, 12)
    assert comparison.answer is Answer.HOLDS and comparison.evidence is Evidence.EXACT


@pytest.mark.parametrize("place", [1, 2, 3, -1])
def test_drift_at_one_time_only(sides, place):
    prediction, measurement = sides
    path = list(measurement.details["path"])
    assert len(path) >= 5
    time, layers = path[place]
    moved = tuple(
        tuple(entry + Q(1, 1000) for entry in layer) if l == 0 else layer for l, layer in enumerate(layers)
    )
    path[place] = (time, moved)
    drifting = replace(measurement, details={**measurement.details, "path": path})
    assert compare_laws(prediction, drifting, 12).answer is Answer.VIOLATED
