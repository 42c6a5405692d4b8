"""Marks on claims: `@pytest.mark.xfail` above or below `@claim(...)`, and `pytestmark` of a claim file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from litproof.claims.types import Claim


def unmarked(value: object) -> tuple[Claim | None, tuple[pytest.Mark, ...]]:
    """The claim behind a module's name, and the marks put around it: a mark above `@claim` wraps what it made."""
    if isinstance(value, Claim):
        return value, tuple(_mark(mark) for mark in value.marks)
    if isinstance(value, pytest.MarkDecorator) and value.mark.args:
        *arguments, inner = value.mark.args
        claim, marks = unmarked(inner)
        if claim is not None:
            own = getattr(pytest.mark, value.mark.name)
            with_own = (
                own.with_args(*arguments, **value.mark.kwargs) if arguments or value.mark.kwargs else own
            )
            return claim, (with_own.mark, *marks)
    return None, ()


def marks_of(names: Mapping[str, Any]) -> dict[str, tuple[pytest.Mark, ...]]:
    """By id the marks of the claims among the names of a module."""
    pairs = (unmarked(value) for value in names.values())
    return {claim.id: marks for claim, marks in pairs if claim is not None}


def module_marks(names: Mapping[str, Any]) -> Iterator[pytest.Mark]:
    """The marks of all items of a file: its `pytestmark`, one mark or a list."""
    marks = names.get("pytestmark", ())
    for mark in marks if isinstance(marks, list | tuple) else (marks,):
        yield _mark(mark)


def _mark(mark: Any) -> pytest.Mark:
    decorated: pytest.Mark = getattr(mark, "mark", mark)
    return decorated
