"""What the command line of pytest asks of every claim."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
    results : folder where results that several items need are kept while the run lasts, shared by all workers.
    """

    digits: int
    seed: int
    evidence: str
    mutants: bool
    baseline: Baseline | None
    results: Path


SETTINGS = pytest.StashKey[Settings]()
