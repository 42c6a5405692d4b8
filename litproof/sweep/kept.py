"""Finished rows on disk, found again by what they are the rows of."""

from pathlib import Path

import numpy as np

from litproof.files import make_directory
from litproof.lines import Lines
from litproof.sweep.rows import Row

FILE = "rows.jsonl"
"""In the directory of `--resume`: lines [key, row]."""

_DIGITS = 15
"""Hexadecimal digits of a key that are compared in memory, sixteen bytes a row; the line itself has all of them."""


class Kept:
    """Rows in a directory, which is made when missing; those that were there at the start are found by their keys.

    Raises
    ------
    InputError : the directory cannot be made, or its file not be written.
    """

    def __init__(self, directory: Path) -> None:
        make_directory(directory)
        self._lines = Lines(directory / FILE)
        known = ((int(data[0][:_DIGITS], 16), place) for place, data in self._lines if _is_row(data))
        self._places = np.fromiter(known, dtype=[("key", "i8"), ("place", "i8")])
        self._places.sort(order="key", kind="stable")

    def __len__(self) -> int:
        """How many there were at the start."""
        return len(self._places)

    def get(self, key: str) -> Row | None:
        """The row that was kept under `key` before the start, the last of several; None where there is none."""
        after = np.searchsorted(self._places["key"], int(key[:_DIGITS], 16), side="right")
        if not after:
            return None
        found, row = self._lines.at(int(self._places["place"][after - 1]))
        return row if found == key else None

    def add(self, key: str, row: Row) -> None:
        """Keep a row; whatever ends this process afterwards, it is there."""
        self._lines.add([key, row])

    def close(self) -> None:
        """No more rows."""
        self._lines.close()


def _is_row(data: object) -> bool:
    match data:
        case [str(key), {"status": _}]:
            return len(key) >= _DIGITS and set(key) <= set("0123456789abcdef")
    return False
