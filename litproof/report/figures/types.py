"""What a figure shows, as plain data: curves, and limits with the digits to which they are known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Axis = Literal["linear", "log"]


@dataclass(frozen=True)
class Curve:
    """A curve; `key` numbers its colour, `dashes` its dashes; `label` "" keeps it off the legend."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    label: str
    key: int
    dashes: int = 0
    marked: bool = False


@dataclass(frozen=True)
class Limit:
    """A predicted limit: where it is drawn, its decimals, and how many digits of them are known."""

    x: float
    y: float
    label: str
    decimals: tuple[str, ...]
    digits: int
    key: int


@dataclass(frozen=True)
class Panel:
    """One pair of axes. `lines`: (label, slope or None, value): horizontal, or through (0, value) with a slope."""

    title: str
    xlabel: str
    ylabel: str
    curves: tuple[Curve, ...]
    limits: tuple[Limit, ...] = ()
    lines: tuple[tuple[str, float | None, float], ...] = ()
    scales: tuple[Axis, Axis] = ("linear", "linear")


@dataclass(frozen=True)
class Figure:
    """Panels beside each other. `fitted`: (name, expected order, fitted order) of the rates that it shows."""

    name: str
    title: str
    panels: tuple[Panel, ...]
    fitted: tuple[tuple[str, float, float], ...] = ()


Maker = Callable[[int], Figure]
"""From the digits of the limits to the figure."""
