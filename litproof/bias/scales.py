"""How far weighted l1 norms are from their minimum as alpha changes: which one is approached, and at what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from litproof.algebra.balls import Ball, dyadic
from litproof.bias.family import Candidate
from litproof.errors import Inconclusive, InputError
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, Setting
from litproof.formula.stationarity import limit_point, working_precision
from litproof.language.grammar import parse
from litproof.results import Measurement

_FLOOR = 1e-300


@dataclass(frozen=True)
class Trend:
    """Relative excess of a weighted l1 norm over its minimum, as alpha alone increases.

    Attributes
    ----------
    alphas, failures : equally long.
    """

    alphas: tuple[float, ...]
    failures: tuple[float, ...]

    @property
    def order(self) -> float | None:
        """log failure over log alpha between the two smallest alphas; None for one alpha."""
        if len(self.alphas) < 2 or min(self.failures[:2]) < _FLOOR:
            return None
        return log10(self.failures[1] / self.failures[0]) / log10(self.alphas[1] / self.alphas[0])

    @property
    def approached(self) -> str:
        """Either "0" or "inf" when the failure falls steadily as alpha tends there, else ""."""
        steps = list(zip(self.failures, self.failures[1:], strict=False))
        if not steps:
            return ""
        if all(a < b for a, b in steps):
            return "0"
        return "inf" if all(a > b for a, b in steps) else ""


def trends(candidate: Candidate, limits: Sequence[tuple[Setting, Measurement]]) -> tuple[Trend, ...]:
    """One trend a series; only for weighted l1 norms."""
    series: dict[object, list[tuple[Setting, Measurement]]] = {}
    for setting, limit in limits if candidate.weighted_l1 is not None else ():
        problem = setting.problem
        series.setdefault((problem.X, problem.y, problem.v), []).append((setting, limit))
    measured = []
    for members in series.values():
        members.sort(key=lambda member: member[0].problem.scale)
        failures = [excess(candidate, setting, limit) for setting, limit in members]
        if all(failure is not None for failure in failures):
            alphas = tuple(float(setting.problem.scale) for setting, _ in members)
            measured.append(Trend(alphas, tuple(failure or 0.0 for failure in failures)))
    return tuple(measured)


def excess(candidate: Candidate, setting: Setting, limit: Measurement) -> float | None:
    """(sum_j w_j |z_j| - min) / min at the limit z, the minimum over the interpolators from a linear programme.

    The optimal vertex is found in doubles; vertex and multipliers are then computed, and their optimality is
    checked, in balls. None where that fails (more than one vertex within rounding, complex rho).
    """
    if candidate.weighted_l1 is None or setting.complex_rho:
        return None
    basis, weight = candidate.weighted_l1
    tree = parse(f"sum(abs({basis}[j]))")
    with working_precision(limit):
        try:
            point = limit_point(tree, setting, limit)
            weights = [_weight(weight, point, j) for j in range(1, len(point.coordinates) + 1)]
        except (NotDefined, InputError):
            return None
        rows = setting.design(point.basis)
        targets = [
            sum((a * z for a, z in zip(row, point.coordinates, strict=True)), 0 * row[0]) for row in rows
        ]
        try:
            least = _minimum(rows, targets, weights)
        except (Inconclusive, ZeroDivisionError):
            return None
        value = sum((w * abs(z) for w, z in zip(weights, point.coordinates, strict=True)), 0 * least)
        return max(0.0, float(dyadic((value - least) / least)))


def _weight(text: str, point: Point, j: int) -> Ball:
    return evaluate(parse(text, free=("j",)), point, {"j": j}).ball


def _minimum(rows: Sequence[Sequence[Ball]], targets: Sequence[Ball], weights: Sequence[Ball]) -> Ball:
    """min sum_j w_j |z_j| subject to rows z = targets."""
    import numpy as np
    from flint import arb_mat
    from scipy.optimize import linprog

    n, size = len(rows), len(weights)
    A = np.array([[float(entry) for entry in row] for row in rows])
    costs = np.array([float(w) for w in weights])
    optimum = linprog(
        np.concatenate([costs, costs]),
        A_eq=np.hstack([A, -A]),
        b_eq=np.array([float(t) for t in targets]),
        method="highs-ds",
    )
    if optimum.x is None:
        raise Inconclusive("the linear programme has no solution")
    z = optimum.x[:size] - optimum.x[size:]
    support = [int(j) for j in np.argsort(-np.abs(z))[:n]]
    chosen = arb_mat([[row[j] for j in support] for row in rows])
    vertex = chosen.solve(arb_mat(n, 1, list(targets)))
    signs = [1 if vertex[k, 0].mid() > 0 else -1 for k in range(n)]
    nu = chosen.transpose().solve(
        arb_mat(n, 1, [s * weights[j] for s, j in zip(signs, support, strict=True)])
    )
    for j, weight in enumerate(weights):
        slope = abs(sum((rows[i][j] * nu[i, 0] for i in range(n)), 0 * weight))
        if j not in support and not slope <= weight:
            raise Inconclusive("optimality of the vertex is not shown")
    return sum((weights[j] * abs(vertex[k, 0]) for k, j in enumerate(support)), 0 * weights[0])
