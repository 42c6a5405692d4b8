"""Min ||rho||_1 subject to sum_j a_ij rho_j >= 1 for real rows: an exact linear programme (K3, depth 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Exact, ball, sign
from litproof.algebra.linear_programme import minimise
from litproof.errors import HypothesisError


@dataclass(frozen=True)
class L1Margin:
    """An exact solution.

    Attributes
    ----------
    rho : a minimiser (vertex), m entries. norm : ||rho||_1. unique : whether it is the only one (decided
        exactly).
    alpha : optimal multipliers >= 0 of the n constraints. u = A^T alpha, |u_j| <= 1, = sign(rho_j) on the
        support.
    support, active : indices with rho_j != 0, and constraints with equality.
    """

    rho: tuple[Exact, ...]
    norm: Exact
    unique: bool
    alpha: tuple[Exact, ...]
    u: tuple[Exact, ...]
    support: tuple[int, ...]
    active: tuple[int, ...]

    @property
    def strict(self) -> bool:
        """Strict complementarity, as many active points as support: then the multipliers are unique too."""
        inside = all(sign(1 - self.u[j]) * sign(1 + self.u[j]) > 0 for j in self._off)
        return (
            inside and len(self.active) == len(self.support) and all(sign(self.alpha[i]) for i in self.active)
        )

    @property
    def _off(self) -> tuple[int, ...]:
        return tuple(j for j in range(len(self.rho)) if j not in self.support)

    def off_support(self) -> dict[int, float]:
        """|u_j| off the support: component j decays like kappa^-(1 - |u_j|) (K5)."""
        return {j: abs(float(ball(self.u[j]))) for j in self._off}


def l1_margin(rows: Sequence[Sequence[Exact]]) -> L1Margin:
    """Solve over an ordered field. Raises HypothesisError when no rho satisfies the constraints."""
    n, m = len(rows), len(rows[0])
    table = [
        [*row, *(-entry for entry in row), *(Fraction(-int(i == k)) for k in range(n))]
        for i, row in enumerate(rows)
    ]
    optimum = minimise(table, [Fraction(1)] * n, [Fraction(1)] * (2 * m) + [Fraction(0)] * n)
    if optimum.status != "optimal":
        raise HypothesisError(
            "the data are not separable in the coordinates rho: no rho has margin 1 on all points"
        )
    rho = tuple(optimum.x[j] - optimum.x[m + j] for j in range(m))
    alpha = optimum.dual
    u = tuple(_sum(alpha[i] * rows[i][j] for i in range(n)) for j in range(m))
    margins = [_sum(a * r for a, r in zip(row, rho, strict=True)) for row in rows]
    return L1Margin(
        rho=rho,
        norm=optimum.value,
        unique=optimum.unique,
        alpha=alpha,
        u=u,
        support=tuple(j for j in range(m) if sign(rho[j])),
        active=tuple(i for i in range(n) if sign(margins[i] - 1) == 0),
    )


def _sum(terms: object) -> Exact:
    return sum(terms, Fraction(0))  # type: ignore[call-overload]
