"""Degenerate l1 problems: what doubles cannot decide is said, not raised."""

import pytest

from litproof.errors import Inconclusive
from litproof.predict.classification.barrier import rough_l1


def test_a_singular_newton_step_is_inconclusive():
    rows = [[-2 + 0j, 2j, 2 + 0j], [-2 + 0j, 0j, 2 + 0j]]
    with pytest.raises(Inconclusive, match="degenerate"):
        rough_l1(rows, (1, 2, 1))
