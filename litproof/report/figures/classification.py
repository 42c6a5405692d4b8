"""Figures about classification: directions in the plane beside the max-margin directions."""

from collections.abc import Sequence
from fractions import Fraction
from math import atan2, degrees, log

from litproof.integrate.classification.samples import sample_path
from litproof.limits.find import find_limit
from litproof.networks.base import MultilinearNetwork
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem
from litproof.report.figures.types import Curve, Figure, Limit, Panel

_X, _Y = ((1, 2), (1, 4)), (1, 1)
"""The directions of margin 1 with least l2, l1 and Fourier l1 norm are (1, 2), (0, 1) and (1, 1)."""
_KAPPAS = [Fraction(k, 4) for k in range(2, 25)]
"""Decimal logarithms of kappa = -log(loss)."""


Start = list[list[Fraction | int]]


def _networks(depth: int) -> list[tuple[str, MultilinearNetwork, Start]]:
    last: Fraction | int = Fraction(1, 3)
    inner: Start = [[1, 2]] * (depth - 1)
    square: Start = [[1, last, 0, 1]] * (depth - 1)
    return [
        ("fully connected: l2", FullyConnected(2, (2,) * (depth - 1)), [*square, [1, last]]),
        ("diagonal: l1", Diagonal(depth, 2), [*inner, [last, last]]),
        ("convolutional: Fourier l1", Convolutional((2,) * depth), [*inner, [last, 0]]),
    ]


def directions(digits: int) -> Figure:
    """Two points in the plane: the angle of beta against kappa, and of the limits (K2, K3)."""
    panels = []
    for depth in (2, 3):
        curves, limits = [], []
        for key, (name, network, v) in enumerate(_networks(depth)):
            problem = Problem(network, "classification", _X, _Y, "1/4", v)
            samples = sample_path(problem, 10, _KAPPAS)
            x = tuple(float(sample.s) / log(10) for sample in samples)
            curves.append(Curve(x, tuple(angle(s.direction) for s in samples), name, key, key))
            limit = find_limit(problem, digits)
            limits.append(
                Limit(x[-1], angle(limit.value), f"{name}, {limit.evidence}", limit.decimals, digits, key)
            )
        panels.append(
            Panel(f"depth {depth}", "log10 kappa", "angle of beta in degrees", tuple(curves), tuple(limits))
        )
    return Figure(
        "classification-directions", "Max-margin directions of two points in the plane", tuple(panels)
    )


def angle(direction: Sequence[Fraction]) -> float:
    """Angle of a vector of the plane in degrees."""
    return degrees(atan2(float(direction[1]), float(direction[0])))
