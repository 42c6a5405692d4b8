"""The path of a flow as CSV or JSON."""

import csv
import io
import json
from collections.abc import Sequence
from fractions import Fraction

from litproof.decimals import fixed, order_of_magnitude, scientific
from litproof.results import Path


def path_to_csv(path: Path, digits: int) -> str:
    """A row a point, in the columns of the path; missing values are empty.

    Every number has `digits` decimals, those below 10^-3 or from 10^digits as many significant digits.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(path.columns)
    for row in path.rows:
        writer.writerow(_row(path, row, digits))
    return stream.getvalue()


def path_to_json(path: Path, digits: int) -> str:
    """{"schema", "columns", "rows", "ended"}: numbers as text, null where missing."""
    rows = [_row(path, row, digits) for row in path.rows]
    return json.dumps({"schema": 1, "columns": path.columns, "rows": rows, "ended": path.ended}, indent=1)


def _row(path: Path, row: Sequence[Fraction | None], digits: int) -> list[str | None]:
    """Numbers as text; steps are whole."""
    return [
        None if number is None else str(number) if name == "step" else _text(number, digits)
        for name, number in zip(path.columns, row, strict=True)
    ]


def _text(number: Fraction, digits: int) -> str:
    if number and not -4 < order_of_magnitude(number) < digits:
        return scientific(number, digits)
    return fixed(number, digits)
