"""Pictures as SVG that takes its colours from the page around it.

Titles, legends and names of curves are the page's; a drawing has axes, ticks and curves in fixed places. One pair of
axes serves all pictures: making new ones, and laying them out, would take longer than all the rest.
"""

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from math import ceil, floor, log10
from typing import Any

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, ScalarFormatter

from litproof.claims.pictures import Curve, Picture

COLOURS = {"line": "#040506", "points": "#040506", "dashed": "#070809"}
"""Stand for the page's colours of measured and predicted curves."""
_INK = "#010203"
_NAMES = {_INK: "currentColor", COLOURS["line"]: "var(--line)", COLOURS["dashed"]: "var(--other)"}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_AXES = {"kappa": "κ", "alpha": "α", "1/alpha": "1/α"}
_MOST_TICKS = 5
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 8,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "text.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def drawing(picture: Picture, name: str) -> Markup:
    """The picture as one SVG element; `name` tells the identifiers of different pictures on a page apart."""
    with rc_context({**_STYLE, "svg.hashsalt": name}):
        canvas, axes = blank()
        for line in tuple(axes.lines):
            line.remove()
        points = [(curve, seen(curve)) for curve in picture.curves]
        for curve, known in points:
            if known:
                x, y = zip(*known, strict=True)
                axes.plot(
                    x,
                    y,
                    color=COLOURS[curve.kind],
                    linewidth=1.4 if curve.kind == "line" else 1.0,
                    linestyle={"line": "-", "dashed": "--", "points": ""}[curve.kind],
                    marker="o" if curve.kind == "points" else "",
                    markersize=3.5,
                    clip_on=False,
                )
        axes.texts[0].set_visible(not axes.lines)
        axes.xaxis.label.set_text(_AXES.get(picture.x, picture.x))
        xs, ys = ([point[i] for _, known in points for point in known] for i in (0, 1))
        (_powers if picture.log_x else _numbers)(axes.xaxis, xs)
        _powers(axes.yaxis, ys)
        stream = io.StringIO()
        canvas.print_svg(stream, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return _inlined(stream.getvalue(), picture.title)


def seen(curve: Curve) -> list[tuple[float, float]]:
    """The points that have a height."""
    return [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]


@lru_cache(maxsize=1)
def blank() -> tuple[FigureCanvasSVG, Axes]:
    """The axes that all pictures share, and what they are drawn on."""
    figure = Figure(figsize=(3.3, 2.0), facecolor="none")
    axes = figure.add_axes((0.15, 0.2, 0.82, 0.75), facecolor="none")
    axes.set_autoscale_on(False)
    axes.grid(color=_INK, alpha=0.12, linewidth=0.5)
    axes.tick_params(left=False, bottom=False)
    axes.set_xlabel(" ", labelpad=1)
    axes.text(0.5, 0.5, "exactly zero", transform=axes.transAxes, ha="center")
    return FigureCanvasSVG(figure), axes


def _numbers(axis: Axis, values: Sequence[float]) -> None:
    """A few ticks at round numbers."""
    if not values:
        axis.set_major_locator(FixedLocator([]))
        return
    locator = MaxNLocator(4)
    _spread(axis, *locator.nonsingular(min(values), max(values)))
    axis.set_major_locator(locator)
    axis.set_major_formatter(ScalarFormatter())


def _powers(axis: Axis, values: Sequence[float]) -> None:
    """Ticks at whole powers of ten; within two decades at 1, 2, 5 times these, within less of one at more."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if high - low < 0.1:
        middle = (low + high) / 2
        low, high = middle - 0.5, middle + 0.5
    _spread(axis, low, high)
    if not values:
        ticks = []
    elif high - low >= 2:
        step = max(1, ceil((high - low) / _MOST_TICKS))
        ticks = [float(k) for k in range(ceil(low), floor(high) + 1) if k % step == 0]
    else:
        steps = (1, 2, 5) if high - low > 0.7 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
        ticks = [k + log10(m) for k in range(floor(low), ceil(high) + 1) for m in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _label(value)))


def _spread(axis: Axis, low: float, high: float) -> None:
    room = 0.05 * (high - low)
    axis.set_view_interval(low - room, high + room, ignore=True)


def _label(value: float) -> str:
    """10^value for a reader."""
    power = floor(value + 1e-9)
    mantissa = round(10 ** (value - power), 6)
    if -3 < power < 4 and (mantissa != 1 or -2 < power < 3):
        return f"{mantissa * 10.0**power:g}"
    ten = "10" + str(power).translate(_SUPERSCRIPTS)
    return ten if mantissa == 1 else f"{mantissa:g}·{ten}"


def _inlined(text: str, title: str) -> Markup:
    """The svg element alone: no prolog, no identifiers that would repeat on a page, colours of the page."""
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    for colour, name in _NAMES.items():
        svg = svg.replace(colour, name)
    label = escape(re.sub(r"[$\\{}]", "", title))
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))
