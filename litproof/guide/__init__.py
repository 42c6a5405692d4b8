"""The guide that `litproof guide` shows: one Markdown file a topic, every example in it run by the tests."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files

from litproof.errors import InputError


def topics() -> Mapping[str, str]:
    """Topics with their titles, in alphabetical order.

    >>> "formulas" in topics()
    True
    """
    pages = {}
    for entry in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".md"):
            pages[entry.name.removesuffix(".md")] = entry.read_text("utf-8").splitlines()[0].lstrip("# ")
    return pages


def read_topic(name: str) -> str:
    """The text of a topic; InputError names the topics there are.

    >>> print(read_topic("formulas").splitlines()[0])
    # Formulas: what claims in TOML and candidates may contain
    """
    known = topics()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        advice = f"did you mean {close[0]!r}?" if close else f"expected {', '.join(known)}"
        raise InputError(f"no topic {name[:40]!a}; {advice}", key="TOPIC")
    return files(__package__).joinpath(f"{name}.md").read_text("utf-8")
