"""Linear modes of the scaled flow at a late point, in double precision: what decays, does anything grow."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from gmpy2 import mpfr

from litproof.integrate.classification.path import LatePoint
from litproof.integrate.classification.reals import Floats, exp
from litproof.integrate.classification.systems import LateFlow


@dataclass(frozen=True)
class Modes:
    """Rates in s of the modes of dw/ds restricted to the active constraints.

    Attributes
    ----------
    slowest_decay : smallest decay rate > 0 (0 when none). fastest_growth : largest growth rate, 0 when none.
    neutral : directions of the modes with neither, (k, D): symmetries of the network, or a continuum of
        limits.
    redundant : the gradients of the active margins become dependent, so that multipliers are settled by
        weights that tend to 0, whose relative errors need not decay.
    """

    slowest_decay: float
    fastest_growth: float
    neutral: Floats
    redundant: bool


def modes(point: LatePoint, *, neutral_below: float = 1e-7) -> Modes:
    """Eigenvalues of F_w - F_p (G_w F_p)^+ G_w F_w on the kernel of G_w (the limit exp(-s) -> 0).

    Parameters that are exactly 0 were 0 all along and stay so: the modes are those of the others.
    """
    flow = LateFlow(point.margins, point.active)
    w = point.w[None, :]
    theta, p = w.astype(float), exp(point.multipliers[None, :]).astype(float)
    g = point.margins.gradients(theta[0], point.active)
    Fy, (push, pull), Fp = flow.speed_derivatives(theta, p)
    moving = np.flatnonzero([x != 0 for x in point.w])
    Fy = Fy + push @ pull.swapaxes(1, 2)
    g, Fy, Fp = g[:, moving], Fy[:, moving][:, :, moving], Fp[:, moving]
    left, sizes, right = np.linalg.svd(g)
    rank = int(np.sum(sizes > 1e-10 * sizes[0]))
    normal, kernel = right[:rank].T, right[rank:].T
    # multipliers move so that the constraints stay satisfied: project along the range of F_p
    push = Fp[0] @ left[:, :rank]
    projection = np.eye(len(moving)) - push @ np.linalg.solve(normal.T @ push, normal.T)
    eigenvalues, vectors = np.linalg.eig(kernel.T @ projection @ Fy[0] @ kernel)
    rates = eigenvalues.real
    resting = np.abs(rates) <= neutral_below
    neutral = np.zeros((int(resting.sum()), len(point.w)))
    neutral[:, moving] = (kernel @ (vectors[:, resting].real + vectors[:, resting].imag)).T
    decay = -rates[rates < -neutral_below]
    return Modes(
        slowest_decay=float(decay.min()) if decay.size else 0.0,
        fastest_growth=float(max(rates.max(initial=0.0), 0.0)),
        neutral=neutral,
        redundant=rank < len(g),
    )


def observed_by(look: Callable[[LatePoint], list[Any]], point: LatePoint, neutral: Floats) -> bool:
    """Whether a move along a neutral mode changes, to first order, what is read off the path."""
    shift = mpfr("1e-12")
    before = look(point)
    for direction in neutral:
        moved = point.w + shift * np.array([mpfr(x) for x in direction], dtype=object)
        after = look(replace(point, w=moved))
        change = max(abs(a - b) for a, b in zip(after, before, strict=True))
        if change > shift * max(abs(moved)) * mpfr("1e-4"):
            return True
    return False
