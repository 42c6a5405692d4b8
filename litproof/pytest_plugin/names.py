"""Names of items: short enough to type, and told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable


def slug(label: str) -> str:
    """A label without what shells and `pytest -k` stumble over, nor the folder of a problem file.

    Examples
    --------
    >>> slug("diagonal, L = 2, k = (2, 3), alpha = 1/2")
    'diagonal-L2-k-2-3-alpha1/2'
    >>> slug("/home/me/problems/line.toml")
    'line.toml'
    """
    label = re.sub(r"^.*[/\\](?=[^/\\]+\.(toml|json)$)", "", label)
    joined = re.sub(r"\s*=\s*", "", label)
    return re.sub(r"[^\w./+-]+", "-", joined).strip("-") or "instance"


def slugs(labels: Iterable[str]) -> list[str]:
    """A different slug for each label: the second of a kind ends in -2."""
    counts: dict[str, int] = {}
    names = []
    for label in labels:
        name = slug(label)
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name}-{counts[name]}")
    return names
