"""Minimising the dual function: damped Newton inside the domain, then quadratic Newton at doubling precision, then a proof.

Nothing here is done in floating point of fixed size: the damped phase runs on ball midpoints at a precision that grows until
the Newton systems are solvable, so a spread of rho over many orders of magnitude costs time, not correctness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from litproof.errors import Inconclusive
from litproof.precision import ball_precision
from litproof.predict.balls import Ball, column, magnitude
from litproof.predict.dual import BallDual, Dual, State, jacobian, on_balls, potential, residual, states

if TYPE_CHECKING:
    from flint import arb_mat

_START_BITS = 96
_MAX_START_BITS = 3072
_MAX_DAMPED_STEPS = 1000
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
    nu, at, damped = _damped(dual)
    guard, steps = 48, 0
    right = 2 * _QUADRATIC
    while True:
        nu, at, more = _refine(dual, nu, at, right, bits + guard)
        steps += more
        enclosed = enclose(dual, nu, at, bits + guard, guard)
        if enclosed is not None:
            box, final = enclosed
            missing = _missing_bits(final, bits)
            if missing <= 0:
                return DualSolution(
                    tuple(box.entries()),
                    tuple(s.rho for s in final),
                    tuple(s.z for s in final),
                    bits + guard,
                    damped,
                    steps,
                )
            guard += missing + 16
        else:
            guard *= 2
        if guard > 64 * (bits + 1024):
            raise Inconclusive("the dual solution could not be enclosed; the problem is extremely ill conditioned")
        right = max(bits // 4, 2 * _QUADRATIC)


def _missing_bits(at: list[State], bits: int) -> int:
    """How many bits the radii of rho exceed 2^-bits times the largest |rho_j|."""
    size = max(magnitude(s.rho.mid()) for s in at)
    radius = max(magnitude(s.rho.rad()) for s in at)
    return radius - size + bits


def _damped(dual: Dual) -> tuple[arb_mat, list[State], int]:
    """A point from which Newton converges quadratically, its states, and the number of steps."""
    bits = _START_BITS
    while bits <= _MAX_START_BITS:
        with ball_precision(bits):
            found = _damped_at(on_balls(dual))
        if found is not None:
            return found
        bits *= 2
    raise Inconclusive(
        "Newton on the dual function does not settle: the targets lie on or beyond the boundary of what the flow can reach"
    )


def _damped_at(dual: BallDual) -> tuple[arb_mat, list[State], int] | None:
    """The damped phase at the current precision; None when the precision is too small."""
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
            return nu, at, count
        if not slope < 0:
            return None
        length = _step_limit(dual, nu, step)
        while True:
            moved = (nu + step * length).mid()
            try:
                there = states(dual, moved, at)
                there_value = potential(dual, moved, there).mid()
            except (ValueError, ArithmeticError):
                there_value = None
            if there_value is not None and there_value.is_finite():
                change = _relative_change(at, there)
                if change < -_QUADRATIC or there_value <= value + length * slope / 8:
                    break
            length = (length / 2).mid()
            if magnitude(length) < -int(_START_BITS):
                return None
        settled = length == 1 and change < -_QUADRATIC
        nu, at, value = moved, there, there_value
        if settled:
            return nu, at, count + 1
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


def _refine(
    dual: Dual, nu: arb_mat, at: list[State], right: int, bits: int
) -> tuple[arb_mat, list[State], int]:
    """Newton at growing precision until about `bits` bits of nu are right; `right` bits are at the start."""
    steps = 0
    while right < bits // 2 + 8:
        precision = min(bits, 2 * right + 64)
        with ball_precision(precision):
            balls = on_balls(dual)
            here = states(balls, nu, at)
            step = jacobian(balls, here).mid().solve(-residual(balls, here).mid()).mid()
            nu = (nu + step).mid()
            moves = max((magnitude(t) for t in _scaled_moves(balls, step, here)), default=-bits)
        at = here
        steps += 1
        right = min(2 * right, max(-2 * moves, right + 2))
        if moves < -bits:
            break
    return nu, at, steps


def _scaled_moves(dual: BallDual, step: arb_mat, at: list[State]) -> list[Ball]:
    """d log rho' for the step, to first order and up to a constant: d tau times (1 + |z|)-free growth rate rho'/(|rho| + ...)."""
    moves = (dual.A * step).entries()
    scaled = []
    for c, s, move in zip(dual.coordinates, at, moves, strict=True):
        if c.free and c.gaps:
            # dz = sgn P dtau, and rho' is a polynomial in z^2: its relative change is at most 2(L-1) |dz| / (z^2 + c_min)^{1/2}.
            pace = abs(move) * (s.rho / s.z if s.z != 0 and not s.z.contains(0) else s.slope.sqrt())
            scaled.append(pace / s.slope.root(2 * len(c.gaps)))
    return scaled


def enclose(
    dual: Dual, nu: arb_mat, at: list[State], bits: int, guard: int
) -> tuple[arb_mat, list[State]] | None:
    """Krawczyk's test around nu: a box that holds exactly one zero of F, and the states on it; None when the test fails."""
    from flint import arb, arb_mat

    n = nu.nrows()
    with ball_precision(bits):
        fine = on_balls(dual)
        here = states(fine, nu, at)
        value = residual(fine, here)
    with ball_precision(min(bits, bits // 2 + 64 + guard)):
        coarse = on_balls(dual)
        try:
            inverse = jacobian(coarse, here).mid().inv().mid()
        except ZeroDivisionError:
            return None
        shift = (inverse * value).entries()
        radius = [4 * abs(entry).upper() + arb(2) ** (magnitude(nu[i, 0]) - bits) for i, entry in enumerate(shift)]
        box = arb_mat(n, 1, [nu[i, 0] + arb(0, radius[i]) for i in range(n)])
        try:
            slopes = jacobian(coarse, states(coarse, box, here))
        except (ValueError, ArithmeticError):
            return None
        identity = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
        spread = ((identity - inverse * slopes) * column(arb(0, r) for r in radius)).entries()
        moves = [e - s for s, e in zip(shift, spread, strict=True)]
    if not all(m.is_finite() and abs(m) < bound for m, bound in zip(moves, radius, strict=True)):
        return None
    with ball_precision(bits):
        proved = arb_mat(n, 1, [nu[i, 0] + move for i, move in enumerate(moves)])
        try:
            return proved, states(fine, proved, here)
        except (ValueError, ArithmeticError):
            return None
