"""Drawing series as SVG that takes its colour from the page around it."""

import io
import re
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from litproof.report.plots.series import Curve, FlowSeries

_INK, _LINE = "#010203", "#040506"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "text.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def panels(series: FlowSeries, name: str) -> tuple[str, ...]:
    """One SVG element a curve; `name` tells the identifiers of different figures on a page apart."""
    return tuple(
        _panel(series, curve, f"{name}-{number}") for number, curve in enumerate(series.curves, start=1)
    )


def _panel(series: FlowSeries, curve: Curve, name: str) -> str:
    points = [(x, y) for x, y in zip(series.x, curve.y, strict=True) if y is not None]
    with rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(3.3, 2.0), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([x for x, _ in points], [y for _, y in points], color=_LINE, linewidth=1.4)
        axes.set_title(curve.title, loc="left")
        axes.set_xlabel("κ" if series.clock != "t" else "t", labelpad=1)
        axes.grid(color=_INK, alpha=0.12, linewidth=0.5)
        power = FuncFormatter(lambda value, _: "10" + str(round(value)).translate(_SUPERSCRIPTS))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        if series.clock == "t":
            axes.yaxis.set_major_formatter(power)
            axes.xaxis.set_major_locator(MaxNLocator(4))
        else:
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.xaxis.set_major_formatter(power)
        if not points:
            axes.text(0.5, 0.5, "exactly zero", transform=axes.transAxes, ha="center")
            axes.set_yticks([])
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _inlined(stream.getvalue(), curve.title)


def _inlined(text: str, title: str) -> str:
    """The svg element alone: no prolog, no identifiers that would repeat on a page, colours of the page."""
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = svg.replace(_INK, "currentColor").replace(_LINE, "var(--line)")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
