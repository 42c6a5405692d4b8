"""Flows followed to their limits."""

from fractions import Fraction

import pytest

from litproof.claims.instances import diagonal_from_zero
from litproof.integrate.limits import follow_to_limit


@pytest.mark.parametrize("method", ["collocation", "taylor"])
def test_a_start_at_the_origin_has_a_first_interval(method):
    """The size of the parameters gives no scale of time there (one layer moves off zero at once)."""
    found = follow_to_limit(diagonal_from_zero(1, "1 2", "1", 1, "", ""), 30, method=method)
    gaps = [abs(a - b) for a, b in zip(found.value, (Fraction(1, 5), Fraction(2, 5)), strict=True)]
    assert max(gaps) <= found.error <= Fraction(1, 10**30)
