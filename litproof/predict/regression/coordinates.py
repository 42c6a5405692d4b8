"""One reduced coordinate of a real odeco network, from any real start (theory: eta_{l,j}, R2 and R5).

All layers of coordinate j move by d eta_l / d tau = prod_{k != l} eta_k, with tau = (S X^T nu)_j. The squares
differ by constants, so the pivot z = eta_p (smallest modulus at the start) carries everything:

    eta_l = sign_l sqrt(z^2 + c_l),   dz/d tau = sgn P(z),   P = prod_{l != p} sqrt(z^2 + c_l),   rho = sgn z P(z),

    d rho/d tau = P^2 + z^2 sum_l prod_{k != l} (z^2 + c_k) > 0,     int_0^tau rho = (z^2 - z(0)^2) / 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from litproof.algebra.balls import Exact, sign


class Kind(Enum):
    """Which formula gives z(tau)."""

    LINEAR = "one layer: z = z(0) + tau"
    FROZEN = "two layers vanish at the start: nothing moves"
    EQUAL = "all gaps equal: elementary"
    TIED = "all moduli equal: power or exponential"
    OPEN = "gaps positive, not all equal: elliptic for depth 3, hyperelliptic beyond"
    HALF = "some gaps zero: the pivot keeps its sign"


@dataclass(frozen=True)
class Coordinate:
    """Exact start of one coordinate.

    Attributes
    ----------
    initial : eta_1(0), ..., eta_L(0), exact real numbers.
    pivot : index of the smallest modulus (the last such index).
    """

    initial: tuple[Exact, ...]
    pivot: int

    @property
    def depth(self) -> int:
        """L."""
        return len(self.initial)

    @property
    def start(self) -> Exact:
        """z(0) = eta_p(0)."""
        return self.initial[self.pivot]

    @cached_property
    def others(self) -> tuple[Exact, ...]:
        """eta_l(0) for l != p."""
        return self.initial[: self.pivot] + self.initial[self.pivot + 1 :]

    @cached_property
    def gaps(self) -> tuple[Exact, ...]:
        """c_l = eta_l(0)^2 - eta_p(0)^2 >= 0 for l != p."""
        square = self.start * self.start
        return tuple(value * value - square for value in self.others)

    @cached_property
    def orientation(self) -> int:
        """sgn = prod_{l != p} sign eta_l(0); 0 when another layer starts at zero."""
        product = 1
        for value in self.others:
            product *= sign(value)
        return product

    @cached_property
    def kind(self) -> Kind:
        """The case, decided exactly."""
        if self.depth == 1:
            return Kind.LINEAR
        ties = sum(sign(gap) == 0 for gap in self.gaps)
        if ties and sign(self.start) == 0:
            return Kind.FROZEN
        if ties == len(self.gaps):
            return Kind.TIED
        if ties:
            return Kind.HALF
        if all(sign(gap - self.gaps[0]) == 0 for gap in self.gaps[1:]):
            return Kind.EQUAL
        return Kind.OPEN

    @property
    def reach(self) -> int:
        """Which values rho can take: 0 all real numbers; +1 or -1 that sign only; 2 the value 0 only."""
        if self.kind is Kind.FROZEN:
            return 2
        if self.kind in (Kind.TIED, Kind.HALF):
            return self.orientation * sign(self.start)
        return 0


def coordinate(initial: Sequence[Exact]) -> Coordinate:
    """The coordinate that starts at eta_l(0) = initial[l], exact real numbers, at least one."""
    pivot = 0
    for index, value in enumerate(initial):
        if sign(value * value - initial[pivot] * initial[pivot]) <= 0:
            pivot = index
    return Coordinate(tuple(initial), pivot)
