"""The table of a sweep: CSV or Parquet, by the ending of the file's name."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from litproof.errors import InputError
from litproof.files import write_atomically
from litproof.sweep.rows import Cell, Row
from litproof.text import visible

BATCH = 10_000
"""Rows of a Parquet row group."""


def check_output(path: Path) -> None:
    """Refuse an ending that is not known, or Parquet without pyarrow, before any work.

    Raises
    ------
    InputError : says which.
    """
    if path.suffix not in (".csv", ".parquet"):
        raise InputError("expected a name that ends in .csv or .parquet", source=str(path))
    if path.suffix == ".parquet":
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:
            raise InputError(
                "Parquet needs pyarrow: pip install 'litproof[parquet]'", source=str(path)
            ) from None


def columns(rows: Iterable[Row]) -> list[str]:
    """Names of all columns: in the order of the rows, numbered entries in the order of their numbers."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    numbered = [name for name in names if name.startswith(("beta_", "direction_"))]
    numbered.sort(key=lambda name: (name.partition("_")[0], int(name.partition("_")[2])))
    claims = [name for name in names if name.endswith((" status", " digits"))]
    plain = [name for name in names if name not in {*numbered, *claims}]
    return [*plain, *claims, *numbered]


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as CSV, line by line (they are gone through twice); what a row does not have is empty."""
    names = columns(rows)
    yield _csv_line(names)
    for row in rows:
        cells = (row.get(name) for name in names)
        yield _csv_line(
            ["" if x is None else visible(x, lines=True) if isinstance(x, str) else x for x in cells]
        )


def _csv_line(cells: Sequence[Cell]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue()


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write the table in one step; Parquet columns are integers or floats where every value is one, else text."""
    if path.suffix == ".csv":
        write_atomically(path, csv_lines(rows))
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = _kinds(rows)
    types = {int: pa.int64(), float: pa.float64(), str: pa.string()}
    schema = pa.schema([(name, types[kinds[name]]) for name in columns(rows)])
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            with pq.ParquetWriter(temporary, schema) as writer:
                remaining = iter(rows)
                while batch := list(islice(remaining, BATCH)):
                    data = {
                        name: [_cell(row.get(name), kinds[name]) for row in batch] for name in schema.names
                    }
                    writer.write_table(pa.table(data, schema))
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=str(path)) from None


def _kinds(rows: Iterable[Row]) -> dict[str, type]:
    """int or float for columns all of whose values are that, str for the others and for empty ones."""
    kinds: dict[str, type] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None and kinds.get(name) is not str:
                fits = isinstance(value, float) or (isinstance(value, int) and -(2**63) <= value < 2**63)
                kind = type(value) if fits else str
                kinds[name] = kind if kinds.get(name, kind) is kind else str
    return {name: kinds.get(name, str) for name in columns(rows)}


def _cell(value: Cell, kind: type) -> Cell:
    return value if value is None or kind is not str else visible(value, lines=True)
