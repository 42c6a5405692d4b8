r"""Foreign text (titles, names, exceptions) on its way out: one function for what people read, one for JSON.

Escape sequences, characters that XML and UTF-8 do not have, and marks that turn the direction of writing become visible
escapes such as ``\x1b``: safe in a terminal, XML, HTML and files alike. TeX has `derive.latex.escape`.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

_UNPRINTABLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 but tab and line feed
    "\u200e\u200f\u2028-\u202e\u2066-\u2069"  # direction of writing, line separators
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # surrogates, no characters
    + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
)
_IN_LINES = re.compile(f"[{_UNPRINTABLE}]")
_IN_A_LINE = re.compile(f"[\t\n{_UNPRINTABLE}]")


def visible(text: object, *, lines: bool = False) -> str:
    r"""The text with every character that is not for reading written as an escape.

    Parameters
    ----------
    lines : keep line feeds and tabs.

    Examples
    --------
    >>> visible("a\x1b[2Jb\nc")
    'a\\x1b[2Jb\\nc'
    """
    pattern = _IN_LINES if lines else _IN_A_LINE
    return pattern.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), str(text))


_LONG_LIST = 200
"""Characters of a list in a message."""


def few(values: Sequence[object]) -> str:
    """The values in a row; of a long list its beginning and how many there are.

    Examples
    --------
    >>> few([3, 1, 4])
    '3, 1, 4'
    >>> few([10**500, 2])
    '1000000000000000000000000..., ... (2 in all)'
    """
    texts = [str(value) for value in values]
    length = 0
    for count, text in enumerate(texts):
        length += len(text) + 2
        if length > _LONG_LIST:
            shown = texts[:count] or [f"{text[:25]}..."]
            return f"{', '.join(shown)}, ... ({len(texts)} in all)"
    return ", ".join(texts)


def to_json(value: Any) -> str:
    """JSON with two spaces of indentation; letters stay, what `visible` escapes is escaped as JSON does it."""
    return _IN_LINES.sub(_json_escape, json.dumps(value, indent=2, ensure_ascii=False))


def _json_escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


def first_paragraph(text: str | None) -> str:
    """What stands before the first empty line; "" for None."""
    return (text or "").strip().split("\n\n")[0]
