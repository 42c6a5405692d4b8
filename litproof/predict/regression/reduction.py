"""From a problem with a real odeco form to its dual problem, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Exact, simplest
from litproof.flow.orthogonal_form import orthogonal_form
from litproof.networks.base import MultilinearNetwork, OdecoForm, support
from litproof.predict.regression.coordinates import coordinate
from litproof.predict.regression.dual import Dual
from litproof.problem import Problem


def reduced_start(U: Sequence[Sequence[Exact]], v: Sequence[Fraction], m: int) -> list[Exact]:
    """eta = U^T v in R^m, exact."""
    eta: list[Exact] = [Fraction(0)] * m
    for row, entry in zip(U, v, strict=True):
        if entry:
            for j, u in support(row):
                eta[j] = eta[j] + u * entry
    return [simplest(value) for value in eta]


def design(S: Sequence[Sequence[Exact]], X: Sequence[Sequence[Fraction]]) -> tuple[tuple[Exact, ...], ...]:
    """A = S X^T, m x n, exact."""
    rows = []
    for weights in S:
        used = [(z, simplest(s)) for z, s in support(weights)]
        if len(used) == 1 and used[0][1] == 1:
            rows.append(tuple(x[used[0][0]] for x in X))
        else:
            rows.append(tuple(simplest(sum((s * x[z] for z, s in used), Fraction(0))) for x in X))
    return tuple(rows)


@dataclass(frozen=True)
class RealDual:
    """A flow with real orthogonal components, reduced exactly.

    Attributes
    ----------
    dual : the dual problem of the m components.
    S, offset : beta = offset + S^T rho, S with m rows of d exact real numbers.
    description : where the components come from.
    """

    dual: Dual
    S: tuple[Sequence[Exact], ...]
    offset: tuple[Fraction, ...]
    description: str


def real_dual(problem: Problem) -> RealDual | None:
    """The reduction of a network with a real odeco form, in its layers or in other coordinates; None without one."""
    problem = problem.independent
    if isinstance(problem.network, MultilinearNetwork):
        form = problem.real_odeco
        return None if form is None else odeco_dual(form, problem)
    orthogonal = orthogonal_form(problem.network)
    reduced = None if orthogonal is None else orthogonal.reduced()
    if reduced is None:
        return None
    theta = [entry for layer in problem.v0 for entry in layer]
    targets = tuple(-r for r in problem.residual(reduced.offset))
    dual = Dual(design(reduced.S, problem.X), targets, tuple(map(coordinate, reduced.start(theta))))
    return RealDual(dual, reduced.S, reduced.offset, f"found in other coordinates: {reduced.description}")


def odeco_dual(form: OdecoForm, problem: Problem) -> RealDual:
    """The reduction in the coordinates of one real odeco form (S, U) of the network."""
    starts = [reduced_start(U, layer, form.rank) for U, layer in zip(form.U, problem.v0, strict=True)]
    coordinates = tuple(coordinate(eta) for eta in zip(*starts, strict=True))
    dual = Dual(design(form.S, problem.X), tuple(problem.y), coordinates)
    return RealDual(dual, form.S, (Fraction(0),) * problem.network.input_dim, "real odeco form")
