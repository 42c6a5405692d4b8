"""Drawings of pictures: repeatable, independent of those before, points in the frame, ticks that can be told apart."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st

from litproof.claims.pictures import Curve, Picture
from litproof.report.html.drawing import blank, drawing

HEIGHTS = st.none() | st.floats(-(10**5), 10**5)
TIMES = st.floats(0, 1e12) | st.floats(1e-9, 1e-6)
FRAME = (0.15 * 237.6, 0.97 * 237.6, 0.05 * 144, 0.8 * 144)
"""Left, right, top and bottom of the axes, in points."""


def picture(*heights, log_x=False, kind="line", title="a"):
    return Picture(title, "t", log_x, (Curve("", tuple(map(float, range(len(heights)))), heights, kind),))


SHOWN = (
    picture(0.0, -3.0),
    picture(None, None),
    picture(1.0, 2.0, kind="points"),
    picture(5.0, 1.0, log_x=True),
)


@pytest.mark.parametrize("shown", SHOWN)
def test_drawings_repeat_exactly_and_keep_nothing_of_the_ones_before(shown):
    blank.cache_clear()
    first = drawing(shown, "a")
    for other in SHOWN:
        drawing(other, "b")
    assert drawing(shown, "a") == first
    assert ("exactly zero" in first) == (shown is SHOWN[1])


def test_drawings_do_not_share_identifiers():
    texts = [drawing(shown, f"{name} {k}") for name in "ab" for k, shown in enumerate(SHOWN)]
    found = [set(re.findall(r'id="([^"]*)"', text)) for text in texts]
    assert len(set().union(*found)) == sum(map(len, found))


@pytest.mark.parametrize(
    "heights", [(0.0, -1.2), (0.0, -0.2), (-5.0, -5.0), (0.0, -400.0), (3.5, 3.1), (-7.2, -8.1)]
)
def test_ticks_are_different_from_each_other(heights):
    """10^0, 10^-1, 10^-1 cannot be read."""
    svg = drawing(picture(*heights, log_x=True), "a")
    rows = re.findall(r'<text [^>]*style="[^"]*text-anchor: end[^"]*"[^>]*>([^<]*)</text>', svg)
    assert len(rows) == len(set(rows)) >= 2
    columns = re.findall(r'<text [^>]*style="[^"]*text-anchor: middle[^"]*"[^>]*>([^<]*)</text>', svg)
    marks = [label for label in columns if label not in ("t", "exactly zero")]
    assert len(marks) == len(set(marks)) >= 2


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(TIMES, HEIGHTS), min_size=1, max_size=9), st.sampled_from(("line", "dashed", "points"))
)
def test_every_point_is_drawn_inside_the_frame(points, kind):
    x, y = zip(*points, strict=True)
    svg = drawing(Picture("a < b", "1/alpha", False, (Curve("", x, y, kind),)), "a")
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "a < b"
    heights = [height for height in y if height is not None]
    colour = "var(--other)" if kind == "dashed" else "var(--line)"
    lines = [
        e
        for e in root.iter()
        if e.tag.endswith("path") and colour in e.get("style", "") and "L" in e.get("d")
    ]
    marks = [(float(e.get("x")), float(e.get("y"))) for e in root.iter() if e.tag.endswith("use")]
    if kind != "points":
        marks = [(float(a), float(b)) for e in lines for a, b in re.findall(r"[ML] (\S+) (\S+)", e.get("d"))]
    assert heights or not marks
    left, right, top, bottom = FRAME
    assert all(left - 1 <= a <= right + 1 and top - 1 <= b <= bottom + 1 for a, b in marks)
    if kind == "points":
        assert len(marks) == len(heights)
    if len(marks) > 1 and max(heights) - min(heights) > 1:
        assert min(b for _, b in marks) < max(b for _, b in marks)
