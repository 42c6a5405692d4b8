"""Draw litproof/guide/limits.svg, the picture of the README: one data set, one network, five scales of the start.

python scripts/picture.py [--check]    (--check: exit 1 when the committed picture shows other limits)
"""

import re
import sys
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl

from litproof import Problem, follow_to_limit, predict_regression, trajectory
from litproof.networks import Diagonal

FILE = Path(__file__).resolve().parent.parent / "litproof" / "guide" / "limits.svg"
SCALES = [Fraction(2), Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)]
POINTS = 100


def problem(scale):
    return Problem(Diagonal(3, 2), "regression", [[1, 2]], [1], scale, [[1, 1], [1, 1], [0, 0]])


def path(one):
    """beta along the flow, at times that grow geometrically to where the flow was followed."""
    end = float(follow_to_limit(one, 6).clock["t"])
    times = [
        Fraction(0),
        *(Fraction(end * 2.0 ** (-k / 6)).limit_denominator(10**9) for k in range(POINTS, -1, -1)),
    ]
    return [tuple(map(float, one.network.coefficients(layers))) for _, layers in trajectory(one, times, 8)]


def caption():
    """The predicted limits to four digits; they stand in the picture as text, so that --check can read them."""
    return [
        f"({float(a):.4f}, {float(b):.4f})"
        for a, b in (predict_regression(problem(s), 10).value for s in SCALES)
    ]


def draw():
    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "litproof", "svg.fonttype": "none", "font.size": 10})
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
    axes.plot([-0.02, 0.28], [0.51, 0.36], color="0.8", linewidth=6, zorder=0)
    axes.annotate("all fits: beta_1 + 2 beta_2 = 1", (0.225, 0.33), color="0.45", fontsize=9)
    colours = plt.get_cmap("viridis")
    for number, (scale, message) in enumerate(zip(SCALES, caption(), strict=True)):
        one, colour = problem(scale), colours(number / len(SCALES))
        axes.plot(*zip(*path(one), strict=True), color=colour)
        end = tuple(map(float, predict_regression(one, 10).value))
        axes.plot(*end, "o", color=colour, label=f"alpha = {scale}: predicted limit {message}")
    axes.plot(0.2, 0.4, "k+", markersize=11)
    axes.annotate("least l2 norm", (0.2, 0.4), (0.205, 0.41))
    axes.plot(0, 0.5, "kx", markersize=9)
    axes.annotate("least l1 norm", (0, 0.5), (0.012, 0.512))
    axes.set(xlabel="beta_1", ylabel="beta_2", xlim=(-0.01, 0.36), ylim=(0, 0.55))
    axes.legend(loc="lower right", fontsize=9, frameon=False)
    figure.savefig(FILE, metadata={"Date": None})


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        shown = set(re.findall(r"\(0\.\d{4}, 0\.\d{4}\)", FILE.read_text("utf-8")))
        sys.exit(shown != set(caption()))
    draw()
    print(FILE)
