"""What the command line of pytest asks of every claim."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from litproof.pytest_plugin.baseline import Baseline


@dataclass(frozen=True)
class Settings:
    """Options of one run.

    Attributes
    ----------
    digits : significant decimal digits.
    seed : of random instances.
    evidence : weakest evidence that passes.
    mutants : whether false variants are tried.
    baseline : what must not be lost, None when nothing is compared.
    """

    digits: int
    seed: int
    evidence: str
    mutants: bool
    baseline: Baseline | None


SETTINGS = pytest.StashKey[Settings]()
