"""Drawing pictures as SVG that takes its colours from the page around it.

Titles, legends and names of curves are the page's; the drawing has axes, ticks and curves. Places in a panel are fixed:
laying out each one anew would take longer than all the rest.
"""

import io
import re
from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from litproof.claims.pictures import Picture

COLOURS = ("#040506", "#070809")
"""Stand for the page's colours of measured and predicted curves."""
_INK = "#010203"
_NAMES = {_INK: "currentColor", COLOURS[0]: "var(--line)", COLOURS[1]: "var(--other)"}
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


def panels(pictures: Sequence[Picture], name: str) -> tuple[str, ...]:
    """One SVG element a picture; `name` tells the identifiers of different figures on a page apart."""
    with rc_context(_STYLE):
        return tuple(_panel(picture, f"{name}-{number}") for number, picture in enumerate(pictures, start=1))


def _panel(picture: Picture, name: str) -> str:
    figure = Figure(figsize=(3.3, 2.0), facecolor="none")
    canvas = FigureCanvasSVG(figure)
    axes = figure.add_axes((0.15, 0.2, 0.82, 0.75), facecolor="none")
    xs: list[float] = []
    ys: list[float] = []
    for curve in picture.curves:
        points = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]
        if not points:
            continue
        x, y = zip(*points, strict=True)
        xs, ys = [*xs, *x], [*ys, *y]
        dashed = curve.kind == "dashed"
        axes.plot(
            x,
            y,
            color=COLOURS[dashed],
            linewidth=1.4 if curve.kind == "line" else 1.0,
            linestyle={"line": "-", "dashed": "--", "points": ""}[curve.kind],
            marker="o" if curve.kind == "points" else "",
            markersize=3.5,
        )
    axes.set_xlabel(_AXES.get(picture.x, picture.x), labelpad=1)
    axes.grid(color=_INK, alpha=0.12, linewidth=0.5)
    if ys:
        _powers(axes, "y", min(ys), max(ys))
        if picture.log_x:
            _powers(axes, "x", min(xs), max(xs))
        else:
            axes.xaxis.set_major_locator(MaxNLocator(4))
    else:
        axes.text(0.5, 0.5, "exactly zero", transform=axes.transAxes, ha="center")
        axes.set_xticks([])
        axes.set_yticks([])
    stream = io.StringIO()
    with rc_context({"svg.hashsalt": name}):
        canvas.print_svg(stream, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return _inlined(stream.getvalue(), picture.title)


def _powers(axes: Axes, which: str, low: float, high: float) -> None:
    """Ticks at whole powers of ten; within two decades at 1, 2, 5 times these, within a tenth of one as they fall."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    if high - low < 0.1:
        middle = (low + high) / 2
        low, high = middle - 0.5, middle + 0.5
    room = 0.05 * (high - low)
    set_limits = axes.set_ylim if which == "y" else axes.set_xlim
    set_limits(low - room, high + room)
    if high - low >= 2:
        step = max(1, ceil((high - low) / _MOST_TICKS))
        ticks = [float(k) for k in range(ceil(low), floor(high) + 1) if k % step == 0]
    else:
        steps = (1, 2, 5) if high - low > 0.7 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
        ticks = [k + log10(m) for k in range(floor(low), ceil(high) + 1) for m in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _label(value)))


def _label(value: float) -> str:
    """10^value for a reader."""
    power = floor(value + 1e-9)
    mantissa = round(10 ** (value - power), 6)
    if -3 < power < 4 and (mantissa != 1 or -2 < power < 3):
        return f"{mantissa * 10.0**power:g}"
    ten = "10" + str(power).translate(_SUPERSCRIPTS)
    return ten if mantissa == 1 else f"{mantissa:g}·{ten}"


def _inlined(text: str, title: str) -> str:
    """The svg element alone: no prolog, no identifiers that would repeat on a page, colours of the page."""
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    for colour, name in _NAMES.items():
        svg = svg.replace(colour, name)
    label = escape(re.sub(r"[$\\{}]", "", title), quote=True)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
