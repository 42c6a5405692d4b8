"""The examples in docstrings."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import litproof
from litproof.claims.claim import REGISTRY

ROOT = Path(litproof.__file__).parent
MODULES = sorted(
    ".".join(("litproof", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if ">>>" in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    before = dict(REGISTRY)
    failed, tried = doctest.testmod(import_module(name), raise_on_error=False)
    REGISTRY.clear()
    REGISTRY.update(before)
    assert tried and not failed


@pytest.mark.parametrize(
    "name",
    ["Problem", "read_problem", "problem_from_mapping", "write_problem", "find_limit", "claim", "discover",
     "polynomial_map", "Evidence"],
)  # fmt: skip
def test_every_public_function_has_one(name):
    assert ">>>" in getattr(litproof, name).__doc__
