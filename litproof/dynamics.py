"""Ways to train other than gradient flow: what moves the parameters, given the gradient G of the loss."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class GradientDescent:
    """theta_{k+1} = theta_k - step G(theta_k), in units of the step.

    Attributes
    ----------
    step : h > 0.
    order : mini-batches, lists of data points counted from 1, used one after the other and again from the first;
        () for all points at every step.
    """

    step: Fraction
    order: tuple[tuple[int, ...], ...] = ()

    def batch(self, step: int, rows: int, outputs: int = 1) -> tuple[int, ...]:
        """Rows of X, from 0, that the step after `step` steps uses; a point has a row for each output.

        Examples
        --------
        >>> descent = GradientDescent(Fraction(1, 10), ((1,), (2, 3)))
        >>> descent.batch(0, 3), descent.batch(1, 3), descent.batch(1, 6, outputs=2)
        ((0,), (1, 2), (2, 3, 4, 5))
        """
        if not self.order:
            return tuple(range(rows))
        points = self.order[step % len(self.order)]
        return tuple((i - 1) * outputs + c for i in points for c in range(outputs))

    @property
    def kind(self) -> str:
        """Word of problem files."""
        return "gradient-descent"


@dataclass(frozen=True)
class Momentum:
    """Heavy-ball flow lambda theta'' + theta' + G = 0, started at rest.

    Attributes
    ----------
    mass : lambda > 0.
    """

    mass: Fraction

    @property
    def kind(self) -> str:
        """Word of problem files."""
        return "momentum"


@dataclass(frozen=True)
class WeightDecay:
    """theta' = -G - rate theta, until the time given; gradient flow from then on.

    Attributes
    ----------
    rate : h > 0. until : T > 0, or None for ever.
    """

    rate: Fraction
    until: Fraction | None = None

    @property
    def kind(self) -> str:
        """Word of problem files."""
        return "weight-decay"


@dataclass(frozen=True)
class Mirror:
    """(grad potential(theta))' = -G, the potential a smooth formula in the parameters.

    Attributes
    ----------
    potential : the formula as text; positive definite second derivatives along the path.
    """

    potential: str

    @property
    def kind(self) -> str:
        """Word of problem files."""
        return "mirror"


Dynamics = GradientDescent | Momentum | WeightDecay | Mirror
KINDS = ("gradient-flow", "gradient-descent", "momentum", "weight-decay", "mirror")
