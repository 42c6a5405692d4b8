"""One drawing for all figures: vector output, colours that every eye tells apart (Okabe and Ito), dashes besides."""

from pathlib import Path
from typing import Any

from litproof.report.figures.types import Figure, Limit, Panel

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", "--", ":", "-.")
MARKS = ("o", "s", "^", "D", "v", "P")


_FEW = 4
"""Limits that are named in the legend; where there are more, their decimals stand in figures.json alone."""


def draw(figure: Figure, file: Path) -> None:
    """Write the figure as SVG or PDF, by the ending of the file's name."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Canvas

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": figure.name, "font.size": 9}):
        canvas = Canvas(figsize=(3.6 * len(figure.panels) + 0.8, 4.2), layout="constrained")
        canvas.suptitle(figure.title, fontsize=10)
        for axes, panel in zip(
            canvas.subplots(1, len(figure.panels), squeeze=False)[0], figure.panels, strict=True
        ):
            _panel(axes, panel)
        canvas.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def _panel(axes: Any, panel: Panel) -> None:
    axes.set(title=panel.title, xlabel=panel.xlabel, ylabel=panel.ylabel)
    axes.set(xscale=panel.scales[0], yscale=panel.scales[1])
    for label, slope, value in panel.lines:
        line = {"color": "0.8", "linewidth": 5, "zorder": 0, "label": label}
        if slope is None:
            axes.axhline(value, **line)
        else:
            axes.axline((0, value), slope=slope, **line)
    for curve in panel.curves:
        axes.plot(
            curve.x,
            curve.y,
            color=COLOURS[curve.key % len(COLOURS)],
            linestyle=DASHES[curve.dashes % len(DASHES)],
            marker=MARKS[curve.key % len(MARKS)] if curve.marked else "",
            markersize=4,
            linewidth=1.3,
            label=curve.label or None,
        )
    for limit in panel.limits:
        axes.plot(
            limit.x,
            limit.y,
            marker=MARKS[limit.key % len(MARKS)],
            markersize=5,
            color=COLOURS[limit.key % len(COLOURS)],
            markeredgecolor="black",
            markeredgewidth=0.6,
            label=_named(limit) if len(panel.limits) <= _FEW else None,
        )
    axes.grid(alpha=0.2, linewidth=0.5)
    if any(curve.label for curve in panel.curves):
        axes.legend(fontsize=7.5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _named(limit: Limit) -> str:
    entries = ", ".join(decimal[: 6 + decimal.startswith("-")] for decimal in limit.decimals)
    return f"limit ({entries}), {limit.digits} digits"
