"""JSON from a file: of bounded size, from a regular file, without anything that two readers could read differently."""

import json
import os
import re
import stat
from typing import Any

LARGEST = 1 << 24
"""Bytes of a certificate."""
ENTRIES = 10**6
"""Numbers, words, lists and objects of a certificate."""
NESTING = 8
"""Lists and objects within each other; certificates need 5."""
DIGITS = 4000
"""Of an integer."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Unreadable(Exception):
    """The file is no certificate in JSON; the message, one line, says why."""


def printable(text: str) -> str:
    """The text with everything that could move a cursor or end a line written as an escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def read(name: str) -> Any:
    """The parsed contents of a file.

    Raises
    ------
    Unreadable : no regular file, too large, or no JSON of the kind that `parse` reads. OSError : as from `open`.
    """
    if not stat.S_ISREG(os.stat(name).st_mode):
        raise Unreadable("expected a regular file")
    with open(name, "rb") as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreadable(f"larger than the {LARGEST >> 20} MiB that a certificate may have")
    try:
        return parse(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unreadable("expected a certificate in JSON, got bytes that are not UTF-8") from None


def parse(text: str) -> Any:
    """JSON with short plain field names, each once in its object, integers and no other numbers.

    Raises Unreadable for anything else.
    """
    if len(text) > LARGEST or text.count(",") + text.count("[") + text.count("{") > ENTRIES:
        raise Unreadable(
            f"larger than a certificate may be: more than {LARGEST >> 20} MiB or {ENTRIES} entries"
        )
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except RecursionError:
        raise Unreadable(f"lists and objects are nested more than {NESTING} deep") from None
    except ValueError as error:
        raise Unreadable(f"expected a certificate in JSON, got something else ({error})") from None
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > NESTING:
            raise Unreadable(f"lists and objects are nested more than {NESTING} deep")
        layer = [
            entry
            for part in layer
            if isinstance(part, list | dict)
            for entry in (part.values() if isinstance(part, dict) else part)
            if isinstance(entry, list | dict)
        ]
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if not NAME.fullmatch(key):
            raise Unreadable(f"{key[:40]!a} is not the name of a field")
        if key in out:
            raise Unreadable(f"the field {key!r} stands twice")
        out[key] = value
    return out


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise Unreadable(f"an integer has more than {DIGITS} digits")
    return int(text)


def _no_number(text: str) -> Any:
    raise Unreadable(f"{text[:40]} is not exact: numbers are integers or strings")
