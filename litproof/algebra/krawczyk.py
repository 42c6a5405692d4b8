"""Krawczyk's test in Arb balls: a box around an approximate zero that holds exactly one zero.

For F: R^N -> R^N, a centre x, radii r, the box B = x + [-r, r] and any regular matrix J0 put

    K = x - J0^{-1} F(x) + J0^{-1} (J0 - J(B)) [-r, r],      J(B) an enclosure of F' on B.

If K lies in the interior of B, then F has exactly one zero in B, it lies in K, and F' is regular there
(Krawczyk, Computing 4 (1969) 187-201; Neumaier, Interval Methods for Systems of Equations, 1990, section
5.1). The system supplies J0^{-1} and I - J0^{-1} J(B) as operators, so that a sparse structure is kept; J0^{-1}
is applied in balls, exactly that matrix.

How x was found does not matter. Balls that are not finite fail the test: every comparison below is false
for them, and finiteness is asked for on its own (`arb.nan` contains every number).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from litproof.algebra.balls import Ball, column, magnitude
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import arb_mat

_LOW_BITS = 96
_ATTEMPTS = 6
_INFLATIONS = 4


class Linearisation(Protocol):
    """J0 and what the test needs of it, at flint's current precision."""

    def solve(self, right: Sequence[Ball]) -> list[Ball]:
        """J0^{-1} right; ZeroDivisionError when J0 cannot be shown to be regular at this precision."""

    def spread(self, box: Sequence[Ball], radii: Sequence[Ball]) -> list[Ball]:
        """(I - J0^{-1} J(box)) [-radii, radii]; ValueError or ArithmeticError outside the domain."""


@dataclass(frozen=True)
class Preconditioner:
    """A dense J0^{-1}, without radii: a strict inclusion shows that it is regular.

    Attributes
    ----------
    inverse : near the inverse of F' at a point. jacobian : box -> J(box), or an error outside the domain.
    """

    inverse: arb_mat
    jacobian: Callable[[Sequence[Ball]], arb_mat]

    def solve(self, right: Sequence[Ball]) -> list[Ball]:
        """See `Linearisation`."""
        return list((self.inverse * column(right)).entries())

    def spread(self, box: Sequence[Ball], radii: Sequence[Ball]) -> list[Ball]:
        """See `Linearisation`."""
        from flint import arb, arb_mat

        identity = arb_mat([[int(i == j) for i in range(len(box))] for j in range(len(box))])
        change = identity - self.inverse * self.jacobian(box)
        return list((change * column(arb(0, radius) for radius in radii)).entries())


class System(Protocol):
    """A square system of equations, evaluated at flint's current precision."""

    def value(self, point: Sequence[Ball]) -> list[Ball]:
        """F(point); ValueError or ArithmeticError outside the domain."""

    def linearise(self, point: Sequence[Ball]) -> Linearisation:
        """A matrix J0 near F'(point)."""


@dataclass(frozen=True)
class ProvedZero:
    """A box with exactly one zero in it.

    Attributes
    ----------
    centre, radii : exact balls; the test succeeded on centre +- radii.
    box : N balls around the zero, inside centre +- radii.
    """

    centre: tuple[Ball, ...]
    radii: tuple[Ball, ...]
    box: tuple[Ball, ...]


def prove_zero(system: System, start: Sequence[Ball], bits: int) -> ProvedZero | None:
    """Krawczyk's test around `start` (midpoints are taken), after Newton steps where it fails at first.

    None when it does not succeed: `start` is too far away, or F' too ill conditioned for the precision.

    Parameters
    ----------
    system : the equations.
    start : N balls, an approximate zero good to about `bits` bits.
    bits : working precision of F; radii are some units of 2^-bits, times the condition of the zero.
    """
    centre, low = [entry.mid() for entry in start], _LOW_BITS
    for _ in range(_ATTEMPTS):
        low = min(low, max(bits, _LOW_BITS))
        try:
            with ball_precision(bits):
                value = system.value(centre)
            with ball_precision(low):
                moves, radii = krawczyk_test(system.linearise(centre), value, centre, bits)
        except (ValueError, ArithmeticError):
            low *= 2
            continue
        if moves is not None and radii is not None:
            with ball_precision(bits):
                box = tuple(x + move for x, move in zip(centre, moves, strict=True))
            return ProvedZero(tuple(centre), tuple(radii), box)
        with ball_precision(low):
            step = system.linearise(centre).solve([entry.mid() for entry in value])
        with ball_precision(bits):
            moved = [(x - s.mid()).mid() for x, s in zip(centre, step, strict=True)]
        if not all(entry.is_finite() for entry in moved):
            return None
        centre, low = moved, 2 * low
    return None


def krawczyk_test(
    linearised: Linearisation, value: Sequence[Ball], centre: Sequence[Ball], bits: int
) -> tuple[list[Ball], list[Ball]] | tuple[None, None]:
    """K - centre and the radii when K lies in the interior of the box, else (None, None), at flint's precision.

    The radii start at the size of the Newton step and grow to twice what K asked for. `value` is F at the centre,
    to about `bits` bits.
    """
    from flint import arb

    shift = linearised.solve(value)
    units = [arb(2) ** (max(magnitude(x), -8 * bits) - bits) for x in centre]
    radii = [(4 * abs(s).upper() + unit).upper() for s, unit in zip(shift, units, strict=True)]
    for _ in range(_INFLATIONS):
        box = [_widened(x, r) for x, r in zip(centre, radii, strict=True)]
        moves = [s - t for s, t in zip(linearised.spread(box, radii), shift, strict=True)]
        if all(m.is_finite() and bool(abs(m) < r) for m, r in zip(moves, radii, strict=True)):
            return moves, radii
        radii = [(2 * abs(m).upper() + r).upper() for m, r in zip(moves, radii, strict=True)]
    return None, None


def _widened(centre: Ball, radius: Ball) -> Ball:
    from flint import arb

    return centre + arb(0, radius)
