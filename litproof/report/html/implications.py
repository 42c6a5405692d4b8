"""The graph of results as SVG in the page's colours: boxes and arrows from places that are laid out elsewhere.

Theorems have a thick frame, results a thin one, what is outside a dashed one, so that no colour is needed to tell them
apart; each arrow bears the number of its row in the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from litproof.claims.catalogue import code_of
from litproof.report.html.mathml import formula, typeset
from litproof.theorems.cited import CITED, results_of
from litproof.theorems.implications import Graph, bracket_text, map_text
from litproof.theorems.specialisations import OUTSIDE

PAGE = "implications.html"
_BOX = (280.0, 26.0)
_STEP = (400.0, 36.0)
_MARGIN = 4.0


@dataclass(frozen=True)
class ImplicationsView:
    """The drawing, rows behind its arrows and of what is outside, and the papers: name, results, what is beyond."""

    drawing: Markup
    rows: tuple[Mapping[str, object], ...]
    outside: tuple[Mapping[str, object], ...]
    cited: tuple[tuple[str, Markup, str], ...]


def view(graph: Graph, pages: Mapping[str, str]) -> ImplicationsView:
    """The page's content; `pages` are the claims of the report with their pages."""
    rows = tuple(
        {
            "number": arrow.number,
            "special": arrow.case.special,
            "general": arrow.case.general,
            "special_page": pages.get(arrow.case.special, ""),
            "general_page": pages.get(arrow.case.general, ""),
            "map": formula(map_text(arrow.case)) if arrow.case.layers else Markup("the same layers"),
            "time": arrow.case.time,
            "start": arrow.case.start,
            "identities": arrow.identities,
            "factor": "" if arrow.factor is None else str(arrow.factor),
        }
        for arrow in graph.arrows
    )
    outside = tuple(
        {
            "id": id,
            "page": pages.get(id, ""),
            "bracket": formula(bracket_text(bracket)),
            "reason": OUTSIDE[id],
        }
        for id, bracket in graph.outside.items()
    )
    cited = tuple((one.paper, typeset(results_of(one)), one.beyond) for one in CITED)
    return ImplicationsView(_drawing(graph, pages), rows, outside, cited)


def _drawing(graph: Graph, pages: Mapping[str, str]) -> Markup:
    columns = 1 + max((column for column, _ in graph.places.values()), default=0)
    lines = 1 + max((row for _, row in graph.places.values()), default=0)
    width = (columns - 1) * _STEP[0] + _BOX[0] + 2 * _MARGIN
    height = (lines - 1) * _STEP[1] + _BOX[1] + 2 * _MARGIN
    theorems = {arrow.case.general for arrow in graph.arrows}
    parts = [_arrow(graph, arrow.case.general, arrow.case.special, arrow.number) for arrow in graph.arrows]
    parts += [
        _box(id, _corner(place), id in theorems, pages.get(id, "")) for id, place in graph.places.items()
    ]
    head = (
        f'<svg class="implications" viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img" '
        'aria-label="Arrows from theorems to the results that are cases of them">'
        '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
    )
    return Markup(head + "".join(parts) + "</svg>")


def _corner(place: tuple[int, float]) -> tuple[float, float]:
    column, row = place
    return _MARGIN + column * _STEP[0], _MARGIN + row * _STEP[1]


def _box(id: str, corner: tuple[float, float], theorem: bool, page: str) -> str:
    (x, y), (width, height) = corner, _BOX
    code = code_of(id)
    text = f"{code}  {id}" if code else id
    inner = (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" fill="none" stroke="currentColor" '
        f'stroke-width="{2 if theorem else 1}"/>'
        f'<text x="{x + 9:g}" y="{y + height / 2 + 4.5:g}" fill="currentColor">{escape(text)}</text>'
    )
    return f'<a href="{escape(page)}">{inner}</a>' if page else inner


def _arrow(graph: Graph, general: str, special: str, number: int) -> str:
    (x, y), (u, v) = _corner(graph.places[general]), _corner(graph.places[special])
    x, y, v = x + _BOX[0], y + _BOX[1] / 2, v + _BOX[1] / 2
    middle = x + 0.35 * (u - x)
    path = f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {v:g} {u - 46:g} {v:g}L{u - 1:g} {v:g}"
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" marker-end="url(#head)"/>'
        f'<circle cx="{u - 34:g}" cy="{v:g}" r="10" class="number"/>'
        f'<text x="{u - 34:g}" y="{v + 4:g}" text-anchor="middle" class="number" fill="currentColor">{number}</text>'
    )
