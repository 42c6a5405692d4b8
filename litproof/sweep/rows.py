"""The rows of a sweep in a temporary file, so that memory does not grow with their number."""

import json
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import overload

Cell = str | int | float | None
Row = dict[str, Cell]


class Rows(Sequence[Row]):
    """Finished rows, in the order of the grid however they come; each is read when it is asked for.

    Of a row that is not finished there is nothing: `len` counts those that are.
    """

    def __init__(self, points: int) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the rows are wanted
        weakref.finalize(self, self._file.close)
        self._places = array("q", [-1]) * points
        self._count = 0

    def put(self, position: int, row: Mapping[str, Cell]) -> None:
        """Keep the row of a point; the last one counts."""
        self._file.seek(0, 2)
        self._count += self._places[position] < 0
        self._places[position] = self._file.tell()
        self._file.write(json.dumps(row).encode() + b"\n")

    def finished(self, position: int) -> bool:
        """Whether the row of a point is there."""
        return self._places[position] >= 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        return map(self._read, filter(self.finished, range(len(self._places))))

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        everything = range(len(self._places))
        finished = everything if len(self) == len(everything) else list(filter(self.finished, everything))
        if isinstance(index, slice):
            return [self._read(position) for position in finished[index]]
        return self._read(finished[index])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def _read(self, position: int) -> Row:
        self._file.seek(self._places[position])
        row: Row = json.loads(self._file.readline())
        return row
