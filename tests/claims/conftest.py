"""Small problems and claims for the tests of this folder."""

import pytest

from litproof.claims.claim import REGISTRY
from litproof.theorems.shared.instances import diagonal_from_zero


@pytest.fixture(autouse=True)
def own_registry():
    """Claims that a test registers are forgotten after it."""
    known = set(REGISTRY)
    yield
    for id in set(REGISTRY) - known:
        if id.startswith("test/"):
            del REGISTRY[id]


@pytest.fixture
def small():
    """Diagonal, L = 2, n = 1, d = 3, from v_2 = 0."""
    return diagonal_from_zero(2, "1 2 -1", "3/2", 1, "1 1/2 -3/4", "small")
