"""Failures as GitHub shows them beside the code: workflow commands on standard output."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs as a step of a GitHub workflow."""
    return environment.get("GITHUB_ACTIONS") == "true"


def annotation(file: str, line: int, title: str, message: str, workspace: str = "") -> str:
    r"""One error, `line` from 1 (0: not known); the path is given relative to the checkout.

    Examples
    --------
    >>> annotation("claims.py", 3, "a/b[x, y]", "refuted\n100%")
    '::error file=claims.py,line=3,title=a/b[x%2C y]::refuted%0A100%25'
    """
    path = Path(file)
    root = Path(workspace or os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    if path.is_absolute() and path.is_relative_to(root):
        path = path.relative_to(root)
    properties = [f"file={_property(path.as_posix())}"]
    if line:
        properties.append(f"line={line}")
    properties.append(f"title={_property(title)}")
    return f"::error {','.join(properties)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
