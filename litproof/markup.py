"""Small pieces of HTML and LaTeX for notebooks, from plain data; everything is escaped."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from html import escape

from litproof.decimals import fixed, order_of_magnitude, scientific
from litproof.text import visible

FIGURES = 20
"""Significant digits shown of a number, unless its own digits are fewer."""


Rows = Sequence[tuple[str, object]]
"""Names and values: text, a number, or several of them."""


def listing(rows: Rows) -> str:
    """Names and values as lines of text, several values below each other; empty values are left out."""
    kept = [(name, value) for name, value in rows if value is not None and value != "" and value != ()]
    width = max((len(name) for name, _ in kept), default=0)
    lines = []
    for name, value in kept:
        values = value if isinstance(value, tuple) else (value,)
        lines += [f"{name if k == 0 else '':{width}}  {visible(entry)}" for k, entry in enumerate(values)]
    return "\n".join(lines)


def table(rows: Iterable[tuple[str, object]]) -> str:
    """A table of names and values (text, a number, or several of them below each other); empty values are left out."""
    cells = (
        f'<tr><th style="text-align:left">{_text(name)}</th><td style="text-align:left">{_cell(value)}</td></tr>'
        for name, value in rows
        if value is not None and value != "" and value != ()
    )
    return f"<table>{''.join(cells)}</table>"


def grid(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a header row."""
    head = "".join(f"<th>{_text(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def decimal(x: Fraction, digits: int) -> str:
    """x to `digits` significant digits, at most FIGURES; far from 1 with an exponent."""
    figures = min(digits, FIGURES)
    if x and not -5 < order_of_magnitude(x) < 15:
        return scientific(x, figures)
    return fixed(x, max(0, figures - 1 - (order_of_magnitude(x) if x else 0)))


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return "<br>".join(map(_cell, value))
    return _text(value)


def _text(value: object) -> str:
    return escape(visible(value, lines=True))
