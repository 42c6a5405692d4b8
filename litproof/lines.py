"""JSON data in a file of lines, each written when it is known: whatever ends a program, nothing of it is lost."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from litproof.errors import InputError


class Lines:
    """A file of lines, open for appending; a last line that was torn when a program was killed is cut off.

    Raises
    ------
    InputError : the file cannot be used, or nothing more can be written to it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            with path.open("rb") as stream:
                whole = sum(len(line) for line in stream if line.endswith(b"\n"))
            os.ftruncate(self._file, whole)
        except OSError as error:
            raise self._refused(error) from None
        self._reader = path.open("rb")

    def add(self, data: object) -> None:
        """Append one line: one system call, so that what is killed afterwards cannot take it back."""
        line = json.dumps(data).encode() + b"\n"
        try:
            if os.write(self._file, line) != len(line):
                raise InputError("cannot be written: no space left", source=str(self._path))
        except OSError as error:
            raise self._refused(error) from None

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """(place, data) of every line, in the order of the file; None for lines that are no JSON."""
        with self._path.open("rb") as stream:
            place = 0
            for line in stream:
                try:
                    data = json.loads(line)
                except ValueError:
                    data = None
                yield place, data
                place += len(line)

    def at(self, place: int) -> Any:
        """The data of the line that begins there."""
        self._reader.seek(place)
        return json.loads(self._reader.readline())

    def close(self) -> None:
        """No more lines."""
        os.close(self._file)
        self._reader.close()

    def _refused(self, error: OSError) -> InputError:
        return InputError(f"cannot be written: {error.strerror}", source=str(self._path))
