"""Pictures as SVG, in the colours and the font of the page around them.

Titles, legends and names of curves are the page's; a drawing has axes, ticks and curves, in fixed places.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

from litproof.claims.pictures import Curve, Picture

WIDTH, HEIGHT = 238, 144
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 230, 7, 115
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_AXES = {"kappa": "κ", "alpha": "α", "1/alpha": "1/α"}
_MOST_TICKS = 5
_ROUND = (1, 2, 3, 5)
"""Distances of ticks, times a power of ten."""
_TINY = 1e-290
"""Below, quotients of floats lose their meaning."""


@dataclass(frozen=True)
class Scale:
    """From values between `low` and `high` to places between `start` and `end`; ticks are (value, label)."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...]

    def place(self, value: float) -> str:
        """Where a value is drawn."""
        return _number(self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low))


def drawing(picture: Picture) -> Markup:
    """The picture as one SVG element without identifiers, so that any number of them can stand on a page."""
    x = escape(_AXES.get(picture.x, picture.x))
    pieces = [f'<text x="{(_LEFT + _RIGHT) / 2:g}" y="137" text-anchor="middle">{x}</text>']
    curves = [(curve, seen(curve)) for curve in picture.curves]
    points = [point for _, known in curves for point in known]
    frame = f"M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"
    if points:
        xs, ys = zip(*points, strict=True)
        across = (powers if picture.log_x else numbers)(xs, _LEFT, _RIGHT)
        up = powers(ys, _BOTTOM, _TOP)
        ticks = [(across.place(value), label) for value, label in across.ticks]
        marks = [(up.place(value), label) for value, label in up.ticks]
        frame += "".join(f"M{place} {_BOTTOM}v3.5" for place, _ in ticks)
        frame += "".join(f"M{_LEFT} {place}h-3.5" for place, _ in marks)
        grid = "".join(f"M{place} {_TOP}V{_BOTTOM}" for place, _ in ticks)
        grid += "".join(f"M{_LEFT} {place}H{_RIGHT}" for place, _ in marks)
        pieces += [f'<text x="{place}" y="128" text-anchor="middle">{label}</text>' for place, label in ticks]
        pieces += [
            f'<text x="29" y="{place}" dy="3" text-anchor="end">{label}</text>' for place, label in marks
        ]
        pieces += [f'<path d="{grid}" stroke="currentColor" stroke-opacity=".12" stroke-width=".5"/>']
        pieces += [
            _curve(curve, [(across.place(a), up.place(b)) for a, b in known])
            for curve, known in curves
            if known
        ]
    else:
        middle = f'x="{(_LEFT + _RIGHT) / 2:g}" y="{(_TOP + _BOTTOM) / 2:g}"'
        pieces.append(f'<text {middle} text-anchor="middle">exactly zero</text>')
    pieces.append(f'<path d="{frame}" fill="none" stroke="currentColor" stroke-width=".8"/>')
    label = escape(re.sub(r"[$\\{}]", "", picture.title))
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}pt" height="{HEIGHT}pt" font-size="8" fill="currentColor">{"".join(pieces)}</svg>'
    )


def seen(curve: Curve) -> list[tuple[float, float]]:
    """The points that have a height."""
    return [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]


def _curve(curve: Curve, places: Sequence[tuple[str, str]]) -> str:
    if curve.kind == "points":
        return "".join(f'<circle cx="{x}" cy="{y}" r="2.2" fill="var(--line)"/>' for x, y in places)
    path = "M" + "L".join(f"{x} {y}" for x, y in places)
    drawn = (
        'stroke="var(--other)" stroke-dasharray="3.7 1.6"'
        if curve.kind == "dashed"
        else 'stroke="var(--line)" stroke-width="1.4"'
    )
    return f'<path d="{path}" fill="none" stroke-linejoin="round" {drawn}/>'


def numbers(values: Sequence[float], start: float, end: float) -> Scale:
    """Ticks at multiples of a round number."""
    size = max(map(abs, values))
    low, high = _spread(values, *((1e-9 * size, size) if size > _TINY else (size, 1.0)))
    power = 10.0 ** (floor(log10(high - low)) - 1)
    steps = (round_number * power * ten for ten in (1, 10, 100) for round_number in _ROUND)
    step = next(step for step in steps if floor(high / step) - ceil(low / step) < _MOST_TICKS)
    ticks = [k * step for k in range(ceil(low / step), floor(high / step) + 1)]
    return Scale(low, high, start, end, tuple((tick, _plain(tick, step)) for tick in ticks))


def powers(values: Sequence[float], start: float, end: float) -> Scale:
    """Of decimal logarithms: ticks at powers of ten; within two decades at 1, 2, 5 times these, within less at more."""
    low, high = _spread(values, 0.1, 1.0)
    if high - low >= 2:
        step = max(1, ceil((high - low) / _MOST_TICKS))
        ticks = [float(k) for k in range(ceil(low), floor(high) + 1) if k % step == 0]
    else:
        steps = (1, 2, 5) if high - low > 0.7 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
        ticks = [k + log10(m) for k in range(floor(low), ceil(high) + 1) for m in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
    return Scale(low, high, start, end, tuple((tick, _power(tick)) for tick in ticks))


def _spread(values: Sequence[float], least: float, apart: float) -> tuple[float, float]:
    """The ends of an axis with room beside the values, `apart` where these differ by no more than `least`."""
    low, high = min(values), max(values)
    if high - low <= least:
        low, high = (low + high - apart) / 2, (low + high + apart) / 2
    room = 0.05 * (high - low)
    return low - room, high + room


def _plain(value: float, step: float) -> str:
    """A multiple of `step` for a reader."""
    place = floor(log10(step))
    if not value or -4 <= place < 4:
        return f"{value:.{max(0, -place)}f}"
    digits = max(0, floor(log10(abs(value))) - place)
    mantissa, _, power = f"{value:.{digits}e}".partition("e")
    return _times_power(mantissa, int(power))


def _power(value: float) -> str:
    """10^value for a reader."""
    power = floor(value + 1e-9)
    mantissa = round(10 ** (value - power), 6)
    if -3 < power < 4 and (mantissa != 1 or -2 < power < 3):
        return f"{mantissa * 10.0**power:g}"
    return _times_power(f"{mantissa:g}", power)


def _times_power(mantissa: str, power: int) -> str:
    ten = "10" + str(power).translate(_SUPERSCRIPTS)
    return ten if mantissa == "1" else f"{mantissa}·{ten}"


def _number(value: float) -> str:
    """A place, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
