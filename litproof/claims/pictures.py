"""Pictures of a run as plain data: what was followed, measured and compared, and nothing computed beside it.

All heights are decimal logarithms, so that quantities far below the range of floats keep their place.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from litproof.integrate.watch import FollowedPath
from litproof.problem import Problem
from litproof.results import Measurement, Prediction

Kind = Literal["line", "points", "dashed"]


@dataclass(frozen=True)
class Curve:
    """Points (x, y) in the order of x; y None where the quantity is exactly zero.

    `label` is for the legend, formulas between dollar signs; "" for none.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    kind: Kind = "line"


@dataclass(frozen=True)
class Picture:
    """One panel.

    Attributes
    ----------
    title : what is drawn.
    x : name of the horizontal axis. log_x : whether its values are decimal logarithms.
    curves : what is seen; heights are decimal logarithms.
    """

    title: str
    x: str
    log_x: bool
    curves: tuple[Curve, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Picture":
        """Inverse of `to_json`."""
        curves = tuple(Curve(c["label"], tuple(c["x"]), tuple(c["y"]), c["kind"]) for c in data["curves"])
        return Picture(data["title"], data["x"], data["log_x"], curves)


Depict = Callable[[Problem, Prediction, Measurement, Sequence[FollowedPath]], Sequence[Picture]]
"""What to draw of a comparison: the problem, both sides, and the paths that the measurement followed."""
