"""From a file to a table: TOML or JSON, with every way to fail turned into one line."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from litproof.errors import InputError

MAX_BYTES = 32 * 2**20
MAX_PARTS = 16
"""Parts of a dotted key: tomllib takes the square of their number."""

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_\\\"'-])(?:{_PART}\.[ \t]*+){{{MAX_PARTS}}}")


def load(path: str | Path) -> tuple[Any, str]:
    """(content, name for messages) of a file: JSON if it is called .json or starts with "{", else TOML."""
    source = _printable(str(path))
    text = _text(path, source)
    is_json = source.lower().endswith(".json") or text.lstrip().startswith("{")
    try:
        if is_json:
            return json.loads(text, object_pairs_hook=_without_repetition), source
        if _LONG_KEY.search(text):
            raise InputError(f"expected keys of at most {MAX_PARTS} parts", source=source)
        return tomllib.loads(text), source
    except RecursionError:
        raise InputError("expected a table, got lists or tables nested too deeply", source=source) from None
    except ValueError as error:
        language = "JSON" if is_json else "TOML"
        raise InputError(f"expected valid {language}: {_printable(str(error))}", source=source) from None


def _text(path: str | Path, source: str) -> str:
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise InputError("expected a file, got a directory", source=source) from None
    except OSError as error:
        raise InputError(f"cannot be read: {(error.strerror or 'error').lower()}", source=source) from None
    except ValueError:
        raise InputError("expected the name of a file", source=source) from None
    if len(raw) > MAX_BYTES:
        raise InputError(f"expected a file of at most {MAX_BYTES // 2**20} MiB", source=source)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"expected UTF-8 text, got another encoding (byte {error.start})", source=source
        ) from None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise ValueError(f"the key {name[:60]!a} is given twice")
        result[name] = value
    return result


def _printable(text: str) -> str:
    """The text on one line."""
    return text if text.isprintable() else ascii(text)
