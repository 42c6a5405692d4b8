"""Minimising the dual function: damped Newton inside the domain, Newton at doubling precision, then a proof.

Nothing here is done in floating point of fixed size: the damped phase runs on ball midpoints at a precision
that grows until the Newton systems are solvable, so a spread of rho over many orders of magnitude costs time,
not correctness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, column, magnitude
from litproof.algebra.inverse import OutsideDomain
from litproof.algebra.krawczyk import Preconditioner, krawczyk_test
from litproof.errors import Inconclusive
from litproof.precision import ball_precision
from litproof.predict.regression.dual import (
    BallDual,
    Dual,
    State,
    jacobian,
    on_balls,
    potential,
    residual,
    states,
)

if TYPE_CHECKING:
    from flint import arb_mat

_START_BITS = 96
_MAX_START_BITS = 3072
_MAX_DAMPED_STEPS = 1000
_MAX_HALVINGS = 60
_QUADRATIC = 8
"""Full steps that change every rho' by less than 2^-8 (relative) are taken as the quadratic regime."""


@dataclass(frozen=True)
class DualSolution:
    """The proved solution of a dual problem.

    Attributes
    ----------
    nu : n balls; exactly one zero of F lies in their product.
    rho : m balls around the reduced coefficients there.
    z : m balls around the pivots.
    bits : working precision of the proof.
    damped_steps, newton_steps : counters.
    """

    nu: tuple[Ball, ...]
    rho: tuple[Ball, ...]
    z: tuple[Ball, ...]
    bits: int
    damped_steps: int
    newton_steps: int


def solve(dual: Dual, bits: int) -> DualSolution:
    """The zero of F to about `bits` bits of the largest rho_j, enclosed.

    The zero must exist (see `feasibility`). Raises Inconclusive when the damped phase does not settle.
    """
    start_bits = _START_BITS
    while start_bits <= _MAX_START_BITS:
        with ball_precision(start_bits):
            nu = _damped(on_balls(dual))
        if nu is not None:
            proved = _proved(dual, nu, bits, start_bits)
            if proved is not None:
                return proved
        start_bits *= 2
    raise Inconclusive(
        "Newton on the dual function does not settle: the problem is extremely ill conditioned, or the targets lie "
        "on the boundary of what the flow can reach"
    )


@dataclass(frozen=True)
class _Iterate:
    """A point, its states, and how many steps were taken."""

    nu: arb_mat
    at: list[State]
    steps: int


def _proved(dual: Dual, start: _Iterate, bits: int, start_bits: int) -> DualSolution | None:
    """Refine and enclose; None when the start was not good enough."""
    guard, right, here, steps = 48, 2 * _QUADRATIC, start, 0
    for _ in range(8):
        working = max(bits + guard, start_bits + 32)
        try:
            here = _refine(dual, here, right, working, start_bits)
            box, final = enclose(dual, here.nu, here.at, working, max(guard, start_bits))
        except (OutsideDomain, ZeroDivisionError, NotEnclosed):
            guard *= 2
            continue
        finally:
            steps += here.steps
        missing = _missing_bits(dual, final, bits)
        if missing <= 0:
            rho, z = tuple(s.rho for s in final), tuple(s.z for s in final)
            return DualSolution(tuple(box.entries()), rho, z, working, start.steps, steps)
        guard += missing + 16
        right = max(bits // 4, right)
    return None


def _missing_bits(dual: Dual, at: list[State], bits: int) -> int:
    """How many bits the radii of rho exceed 2^-bits times the largest |rho_j| (if that is not far below 2^-bits).

    Where rho is zero no bit of it is significant: they count absolutely.
    """
    size = max(magnitude(s.rho.mid()) for s in at)
    radius = max(magnitude(s.rho.rad()) for s in at)
    floor = 0 if dual.ends_at_zero else -8 * bits
    return radius - max(size, floor) + bits


def _damped(dual: BallDual) -> _Iterate | None:
    """A point from which Newton converges quadratically; None when the current precision is too small."""
    from flint import arb, arb_mat

    nu = arb_mat(dual.A.ncols(), 1)
    at = states(dual, nu)
    value = potential(dual, nu, at).mid()
    for count in range(_MAX_DAMPED_STEPS):
        gradient = residual(dual, at).mid()
        try:
            step = jacobian(dual, at).mid().solve(-gradient).mid()
        except ZeroDivisionError:
            return None
        slope = (gradient.transpose() * step)[0, 0].mid()
        if slope == 0:
            return _Iterate(nu, at, count)
        if not slope < 0:
            return None
        length = _step_limit(dual, nu, step)
        for _ in range(_MAX_HALVINGS):
            moved = (nu + step * length).mid()
            try:
                there = states(dual, moved, at)
            except OutsideDomain:
                length = (length / 2).mid()
                continue
            there_value = potential(dual, moved, there).mid()
            change = _relative_change(at, there)
            if change < -_QUADRATIC or there_value <= value + length * slope / 8:
                break
            length = (length / 2).mid()
        else:
            return None
        nu, at, value = moved, there, there_value
        if not all(s.slope.rad() <= s.slope.mid() * arb(2) ** (-3 * _QUADRATIC) for s in at):
            return None
        if length == 1 and change < -_QUADRATIC:
            return _Iterate(nu, at, count + 1)
    return None


def _step_limit(dual: BallDual, nu: arb_mat, step: arb_mat) -> Ball:
    """The longest fraction of the step that stays inside the domain, and below 4 in tau for exponential coordinates."""
    from flint import arb

    limit = arb(1)
    taus, moves = (dual.A * nu).entries(), (dual.A * step).entries()
    for c, tau, move in zip(dual.coordinates, taus, moves, strict=True):
        if not c.free or not c.gaps:
            continue
        x, dx = (c.orientation * tau).mid(), (c.orientation * move).mid()
        if len(c.gaps) == 1:
            room = arb(4)
        else:
            end = c.path.high if dx > 0 else c.path.low
            if end is None or dx == 0:
                continue
            room = abs(end.mid() - x) * 15 / 16
        if abs(dx) * limit > room:
            limit = (room / abs(dx)).mid()
    return limit


def _relative_change(before: list[State], after: list[State]) -> int:
    """Some e with |rho'_after / rho'_before - 1| <= 2^e for all coordinates."""
    worst = -(1 << 40)
    for old, new in zip(before, after, strict=True):
        if old.slope == 0:
            continue
        worst = max(worst, magnitude((new.slope / old.slope - 1).mid()))
    return worst


def _refine(dual: Dual, start: _Iterate, right: int, bits: int, start_bits: int) -> _Iterate:
    """Newton at growing precision until half of `bits` bits of nu are right; `right` bits are at the start."""
    nu, at, steps = start.nu, start.at, 0
    while right < bits // 2 + 8:
        with ball_precision(min(bits, 2 * right + start_bits)):
            balls = on_balls(dual)
            at = states(balls, nu, at)
            step = jacobian(balls, at).mid().solve(-residual(balls, at).mid()).mid()
            nu = (nu + step).mid()
            moves = max((magnitude(move) for move in _log_moves(balls, step, at)), default=-bits)
        steps += 1
        right = max(-2 * moves, right + 2)
        if moves < -bits:
            break
    return _Iterate(nu, at, steps)


def _log_moves(dual: BallDual, step: arb_mat, at: list[State]) -> list[Ball]:
    """What the step does to the logarithms of rho' and z^2 + c, to first order, up to a small factor.

    dz = P d tau and every z^2 + c_l >= P^{2/(L-1)} up to the spread of the gaps, so |dz| P^{-1/(L-1)} is the measure.
    """
    scaled = []
    for c, s, move in zip(dual.coordinates, at, (dual.A * step).entries(), strict=True):
        if c.free and c.gaps:
            product = (s.z * s.z + c.gaps[0]).mid()
            for gap in c.gaps[1:]:
                product = (product * (s.z * s.z + gap)).mid()
            if product > 0:
                k = len(c.gaps)
                scaled.append((abs(move) * product.sqrt() / product.root(2 * k)).mid())
    return scaled


class NotEnclosed(ArithmeticError):
    """Krawczyk's test did not succeed at this precision."""


def enclose(dual: Dual, nu: arb_mat, at: list[State], bits: int, guard: int) -> tuple[arb_mat, list[State]]:
    """Krawczyk's test around nu: a box that holds exactly one zero of F, and the states on it.

    Raises NotEnclosed, or OutsideDomain when the box leaves the domain. F is evaluated at `bits` bits, its
    Jacobian on the box at half of that and `guard` more: enough, because nu is right to half the bits.
    """
    with ball_precision(bits):
        fine = on_balls(dual)
        here = states(fine, nu, at)
        value = residual(fine, here)
    with ball_precision(min(bits, bits // 2 + 64 + guard)):
        coarse = on_balls(dual)
        inverse = jacobian(coarse, here).mid().inv().mid()
        linearised = Preconditioner(inverse, lambda box: jacobian(coarse, states(coarse, column(box), here)))
        moves, _ = krawczyk_test(linearised, value.entries(), list(nu.entries()), bits)
    if moves is None:
        raise NotEnclosed
    with ball_precision(bits):
        proved = nu + column(moves)
        return proved, states(fine, proved, here)
