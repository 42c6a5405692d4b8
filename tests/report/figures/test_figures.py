"""The figures: limits against an independent computation, orders, files and bad input."""

import json
import re
from math import sqrt

import mpmath
import pytest
from click.testing import CliRunner

from litproof.cli import program
from litproof.errors import InputError
from litproof.report.figures.catalogue import FIGURES, make_figures
from litproof.report.figures.classification import directions
from litproof.report.figures.draw import COLOURS
from litproof.report.figures.regression import descent, rates, saddles, scales, trajectories

_START = {
    "fully connected": lambda z: ([[z[0], 0], [z[1], 1]], [1, 0]),
    "diagonal": lambda z: (list(z), [1, 1]),
    "convolutional": lambda z: (list(z), [1, 0]),
}


def _beta(kind, v1, v2):
    if kind == "fully connected":
        return [v1[i][0] * v2[0] + v1[i][1] * v2[1] for i in range(2)]
    if kind == "diagonal":
        return [v1[0] * v2[0], v1[1] * v2[1]]
    return [v1[0] * v2[0] + v1[1] * v2[1], v1[1] * v2[0] + v1[0] * v2[1]]


def _end_of_flow(kind, z, alpha):
    """beta(40) by mpmath's own integrator, gradients by hand: nothing of the package."""
    matrix = {"diagonal": [[1, 0], [0, 2]], "convolutional": [[1, 2], [2, 1]]}

    def right(_, s):
        if kind == "fully connected":
            W, w = [[s[0], s[1]], [s[2], s[3]]], s[4:]
            beta = _beta(kind, W, w)
            r = beta[0] + 2 * beta[1] - 1
            return [-r * x * w[k] for x in (1, 2) for k in range(2)] + [
                -r * (W[0][k] + 2 * W[1][k]) for k in range(2)
            ]
        M, a, b = matrix[kind], s[:2], s[2:]
        r = sum(M[i][j] * a[i] * b[j] for i in range(2) for j in range(2)) - 1
        return [-r * sum(M[i][j] * b[j] for j in range(2)) for i in range(2)] + [
            -r * sum(M[i][j] * a[i] for i in range(2)) for j in range(2)
        ]

    first, last = _START[kind](z)
    flat = [x for row in first for x in row] if kind == "fully connected" else first
    start = [mpmath.mpf(alpha) * mpmath.mpf(x) for x in [*flat, *last]]
    s = mpmath.odefun(right, 0, start)(12)
    split = ([s[:2], s[2:4]], s[4:]) if kind == "fully connected" else (s[:2], s[2:])
    return _beta(kind, *split)


@pytest.fixture(scope="module")
def paths():
    return trajectories(20)


@pytest.mark.parametrize("kind", list(_START))
def test_limits_of_the_trajectories(paths, kind):
    """The start (-1, 2) at alpha = 1: by t = 12 the flow is within 10^-8 of its limit."""
    panel = paths.panels[2]
    (limit,) = [one for one in panel.limits if one.label == f"{kind}, start (-1, 2)"]
    end = _end_of_flow(kind, (-1, 2), 1)
    assert max(abs(mpmath.mpf(a) - b) for a, b in zip(limit.decimals, end, strict=True)) < 1e-8


def test_small_starts_end_at_three_norms(paths):
    known = {"fully connected": (0.2, 0.4), "diagonal": (0, 0.5), "convolutional": (1 / 3, 1 / 3)}
    for limit in paths.panels[0].limits:
        kind = limit.label.split(",")[0]
        assert max(abs(limit.x - known[kind][0]), abs(limit.y - known[kind][1])) < 0.04


def test_every_path_ends_at_its_limit(paths):
    for panel in paths.panels:
        assert len(panel.curves) == len(panel.limits) == 12
        for curve, limit in zip(panel.curves, panel.limits, strict=True):
            assert abs(curve.x[-1] - limit.x) + abs(curve.y[-1] - limit.y) < 1e-4


def test_directions_end_at_three_margins():
    for panel in directions(12).panels:
        known = ((1 / sqrt(5), 2 / sqrt(5)), (0, 1), (sqrt(0.5), sqrt(0.5)))
        for limit, direction in zip(panel.limits, known, strict=True):
            assert tuple(map(float, limit.decimals)) == pytest.approx(direction, abs=1e-11)
        for curve, limit in zip(panel.curves, panel.limits, strict=True):
            assert abs(curve.y[-1] - limit.y) < 0.1


@pytest.mark.parametrize("maker", [rates, descent], ids=["rates", "descent"])
def test_fitted_orders(maker):
    fitted = maker(15).fitted
    assert len(fitted) >= 2 and len({expected for _, expected, _ in fitted}) >= 1
    for name, expected, order in fitted:
        assert abs(order - expected) < 0.005 * abs(expected), name


def test_norms_grow_and_fall_with_alpha():
    l1, l2 = scales(15).panels
    for curve in l1.curves:
        assert list(curve.y) == sorted(curve.y)
    for curve in l2.curves:
        assert list(curve.y) == sorted(curve.y, reverse=True)


def test_the_staircase_has_its_steps():
    """Loss 10.5, 2.5, 0.5, 0 of the saddles, near where the smallest start is between its jumps at 1/4, 1/2, 1."""
    (panel,) = saddles(10).panels
    curve = panel.curves[-1]
    at = {round(x, 4): y for x, y in zip(curve.x, curve.y, strict=True)}
    for time, loss in ((0.2, 10.5), (0.4, 2.5), (0.75, 0.5), (2.5, 0)):
        assert abs(at[time] - loss) < 0.2, (time, at[time])


def test_files_and_their_data(tmp_path):
    list(make_figures(["scales", "saddles"], tmp_path, 12, "svg"))
    data = json.loads((tmp_path / "figures.json").read_text())
    assert data["schema"] == 1 and list(data["figures"]) == ["scales", "saddles"]
    text = (tmp_path / "saddles.svg").read_text()
    used = {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{6}", text)}
    assert set(COLOURS[:3]) <= used and "<text" in text


def test_the_command(tmp_path):
    run = CliRunner().invoke(
        program, ["figures", str(tmp_path / "out"), "--only", "descent", "--format", "pdf"]
    )
    assert run.exit_code == 0 and "expected 1" in run.output
    assert (tmp_path / "out" / "descent.pdf").read_bytes().startswith(b"%PDF")
    (tmp_path / "file").write_text("")
    for message in (
        ["figures", str(tmp_path), "--only", "nothing"],
        ["figures", str(tmp_path / "file" / "x")],
    ):
        run = CliRunner().invoke(program, message)
        assert isinstance(run.exception, InputError), run.output


def test_every_figure_is_named_by_its_key():
    assert FIGURES["scales"](10).name == "scales" and "no-regulariser" in FIGURES
