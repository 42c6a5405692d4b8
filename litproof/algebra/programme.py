"""The outcome of an exact linear programme, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from litproof.algebra.balls import Exact


@dataclass(frozen=True)
class Programme:
    """Outcome of an exact linear programme.

    Attributes
    ----------
    status : "optimal", "infeasible" or "unbounded".
    reduced : c - A^T dual, k entries (empty unless optimal).
    x : an optimal vertex (empty unless optimal).
    value : c . x.
    dual : n numbers w. Optimal: A^T w <= c and b . w = value. Infeasible: A^T w <= 0 and b . w > 0 (Farkas).
    unique : whether x is the only optimal solution (decided exactly).
    """

    status: Literal["optimal", "infeasible", "unbounded"]
    x: tuple[Exact, ...] = ()
    value: Exact = Fraction(0)
    dual: tuple[Exact, ...] = ()
    unique: bool = False
    reduced: tuple[Exact, ...] = ()
