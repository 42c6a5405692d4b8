"""Files with claims of a test's own."""

import pytest

from litproof.claims.catalogue import catalogue
from litproof.claims.claim import REGISTRY


@pytest.fixture
def write_claims(tmp_path):
    """Writes a text to a new file, s0.toml, s1.toml, ..; the claims that the test registers are forgotten after it."""
    catalogue()
    before = set(REGISTRY)

    def write(text):
        file = tmp_path / f"s{sum(1 for _ in tmp_path.iterdir())}.toml"
        file.write_text(text)
        return str(file)

    yield write
    for id in set(REGISTRY) - before:
        del REGISTRY[id]
