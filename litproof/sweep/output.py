"""The table of a sweep: CSV or Parquet, by the ending of the file's name."""

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from litproof.errors import InputError
from litproof.files import write_atomically
from litproof.sweep.point import Row
from litproof.text import visible


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


def columns(rows: Sequence[Row]) -> list[str]:
    """Names of all columns: in the order of the rows, numbered entries in the order of their numbers."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    numbered = [name for name in names if name.startswith(("beta_", "direction_"))]
    numbered.sort(key=lambda name: (name.partition("_")[0], int(name.partition("_")[2])))
    claims = [name for name in names if name.endswith((" status", " digits"))]
    plain = [name for name in names if name not in {*numbered, *claims}]
    return [*plain, *claims, *numbered]


def to_csv(rows: Sequence[Row]) -> str:
    """The rows as CSV; what a row does not have is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns(rows), restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: visible(v, lines=True) if isinstance(v, str) else v for k, v in row.items()})
    return stream.getvalue()


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write the table in one step; Parquet columns are integers or floats where every value is one, else text."""
    if path.suffix == ".csv":
        write_atomically(path, to_csv(rows))
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: _column([row.get(name) for row in rows]) for name in columns(rows)})
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            pq.write_table(table, temporary)
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=str(path)) from None


def _column(values: Sequence[str | int | float | None]) -> Sequence[str | int | float | None]:
    present = [value for value in values if value is not None]
    if all(isinstance(value, int) and -(2**63) <= value < 2**63 for value in present) and present:
        return values
    if all(isinstance(value, float) for value in present) and present:
        return values
    return [None if value is None else visible(value, lines=True) for value in values]
