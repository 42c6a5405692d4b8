"""The examples in docstrings."""

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import litproof
from litproof import laws, networks
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


def public():
    """Every function that a public namespace offers, and the networks and types that have more than fields."""
    for space in (litproof, networks, laws):
        for name in space.__all__:
            value = getattr(space, name)
            if inspect.isfunction(value) or (space is networks and not getattr(value, "_is_protocol", False)):
                yield pytest.param(value, id=f"{space.__name__}.{name}")


@pytest.mark.parametrize("value", list(public()))
def test_every_public_function_has_one(value):
    assert ">>>" in value.__doc__
