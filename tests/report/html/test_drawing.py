"""Drawings of pictures: well-formed, without identifiers, every point in the frame, ticks that can be told apart."""

import re
from math import log10
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, strategies as st

from litproof.claims.pictures import Curve, Picture
from litproof.report.html.drawing import drawing, numbers, powers

HEIGHTS = st.none() | st.floats(-(10**5), 10**5)
TIMES = st.floats(0, 1e12) | st.floats(0, 1e-6)


def picture(*heights, log_x=False, kind="line", title="a"):
    return Picture(title, "t", log_x, (Curve("", tuple(map(float, range(len(heights)))), heights, kind),))


def labels(svg, anchor):
    return re.findall(rf'<text [^>]*text-anchor="{anchor}"[^>]*>([^<]*)</text>', svg)


def test_drawings_repeat_exactly_and_have_no_identifiers():
    for shown in (picture(0.0, -3.0), picture(None, None), picture(1.0, 2.0, kind="points")):
        assert drawing(shown) == drawing(shown)
        assert "id=" not in drawing(shown)
    assert "exactly zero" in drawing(picture(None, None))


@pytest.mark.parametrize(
    "heights", [(0.0, -1.2), (0.0, -0.2), (-5.0, -5.0), (0.0, -400.0), (3.5, 3.1), (-7.2, -8.1)]
)
def test_ticks_are_different_from_each_other(heights):
    """10^0, 10^-1, 10^-1 cannot be read."""
    svg = drawing(picture(*heights, log_x=True))
    rows = labels(svg, "end")
    assert len(rows) == len(set(rows)) >= 2
    columns = [label for label in labels(svg, "middle") if label != "t"]
    assert len(columns) == len(set(columns)) >= 2


@given(
    st.lists(st.tuples(TIMES, HEIGHTS), min_size=1, max_size=9), st.sampled_from(("line", "dashed", "points"))
)
def test_every_point_is_drawn_inside_the_frame(points, kind):
    x, y = zip(*points, strict=True)
    svg = drawing(Picture("a < b", "1/alpha", False, (Curve("", x, y, kind),)))
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "a < b"
    heights = [height for height in y if height is not None]
    marks = [
        (float(element.get("cx")), float(element.get("cy")))
        for element in root
        if element.tag.endswith("circle")
    ]
    for element in root:
        if element.get("stroke", "").startswith("var("):
            places = re.findall(r"[ML](\S+?) ([^LM]+)", element.get("d"))
            marks += [(float(a), float(b)) for a, b in places]
    assert len(marks) == len(heights)
    assert all(36 <= a <= 230 and 7 <= b <= 115 for a, b in marks)
    if heights and max(heights) - min(heights) > 1:
        assert min(b for _, b in marks) < max(b for _, b in marks)


@given(st.lists(TIMES, min_size=1, max_size=5))
@example([1e12, 1e12 + 1e5])
@example([0.0, 2e-300])
@example([5e-324])
@example([1e-289, 0.0])
def test_numbers_have_a_few_round_ticks_that_say_where_they_are(values):
    scale = numbers(values, 0.0, 100.0)
    assert scale.low <= min(values) and max(values) <= scale.high
    assert 1 <= len(scale.ticks) <= 5
    assert len({label for _, label in scale.ticks}) == len(scale.ticks)
    for value, label in scale.ticks:
        assert scale.low <= value <= scale.high
        assert read(label) == pytest.approx(value, rel=1e-5, abs=1e-12)


@given(st.lists(st.floats(-250, 250), min_size=1, max_size=5))
def test_powers_say_where_they_are(values):
    scale = powers(values, 0.0, 100.0)
    assert scale.low <= min(values) and max(values) <= scale.high
    for value, label in scale.ticks:
        assert scale.low <= value <= scale.high
        assert log10(read(label)) == pytest.approx(value, abs=1e-5)


def read(label):
    """What a reader takes a label for."""
    sign, label = (-1, label[1:]) if label.startswith("-") else (1, label)
    mantissa, _, power = label.rpartition("·") if "·" in label else ("1", "", label)
    if power.startswith("10") and len(power) > 2 and power[2] in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹":
        digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
        return sign * float(mantissa) * 10.0 ** int(power[2:].translate(digits))
    return sign * float(label)
