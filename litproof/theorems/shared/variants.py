"""False variants of the regression limit: the true formula fed with a changed start, depth or transform."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from litproof.algebra.balls import Exact
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import inverse, minimum_norm
from litproof.claims.hypotheses import real_form, reduced_layers
from litproof.errors import HypothesisError
from litproof.networks.base import OdecoForm
from litproof.predict.regression.coordinates import coordinate
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.dual_limit import limit_of, reduction_of
from litproof.predict.regression.reduction import RealDual, design, real_dual
from litproof.problem import Problem
from litproof.results import Prediction

Start = list[list[Exact]]
"""eta_1(0), ..., eta_L(0), each of length m."""

Variant = Callable[[Problem, int], Prediction | None]


def limit_from(form: OdecoForm, problem: Problem, start: Start, digits: int) -> Prediction | None:
    """The limit that theory gives for reduced coordinates `start` of any number of layers.

    None when theory proves that this start cannot reach zero loss.
    """
    problem = problem.independent
    columns = zip(*start, strict=True)
    dual = Dual(design(form.S, problem.X), problem.y, tuple(coordinate(column) for column in columns))
    real = RealDual(dual, form.S, (Fraction(0),) * problem.network.input_dim, "a changed start")
    try:
        return limit_of(reduction_of(real), digits)
    except HypothesisError:
        return None


Column = tuple[Exact, ...]
"""eta_{1,j}(0), ..., eta_{L,j}(0) of one component."""


def from_columns(change: Callable[[Column], Sequence[Exact]]) -> Variant:
    """The true formula with the start of every component changed, in whatever coordinates the components are.

    None where nothing changes, or where theory proves that the changed start cannot reach zero loss.
    """

    def predict(problem: Problem, digits: int) -> Prediction | None:
        true = real_dual(problem)
        if true is None:
            return None
        changed = tuple(coordinate(change(known.initial)) for known in true.dual.coordinates)
        if changed == true.dual.coordinates:
            return None
        try:
            dual = replace(true.dual, coordinates=changed)
            return limit_of(reduction_of(replace(true, dual=dual)), digits)
        except HypothesisError:
            return None

    return predict


def pivot_times(factor: int) -> Callable[[Column], Sequence[Exact]]:
    """The smallest layer times a number."""

    def change(column: Column) -> Sequence[Exact]:
        pivot = coordinate(column).pivot
        return [factor * value if l == pivot else value for l, value in enumerate(column)]

    return change


def first_repeated(column: Column) -> Sequence[Exact]:
    """All layers but the last replaced by the first: their differences forgotten."""
    return [column[0]] * (len(column) - 1) + [column[-1]]


def first_twice(column: Column) -> Sequence[Exact]:
    """One more layer like the first."""
    return [column[0], *column]


def all_doubled(column: Column) -> Sequence[Exact]:
    """2 alpha in place of alpha."""
    return [2 * value for value in column]


def from_start(change: Callable[[Start], Start | None]) -> Variant:
    """The true formula for a changed start (which may have another number of layers)."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        changed = change(reduced_layers(problem, scaled=True))
        return limit_from(real_form(problem), problem, changed, digits) if changed else None

    return predict


def deeper(start: Start) -> Start:
    """One more layer like the first."""
    return [start[0], *start]


def shallower(start: Start) -> Start | None:
    """The first layer left out; None for depth 2."""
    return start[1:] if len(start) > 2 else None


def doubled(start: Start) -> Start:
    """2 alpha in place of alpha."""
    return [[2 * value for value in layer] for layer in start]


def wrong_transform(problem: Problem, digits: int) -> Prediction | None:
    """S^{-T} in place of S; None when S is not square."""
    form = real_form(problem)
    S = inverse_transposed(form.S)
    if S is None:
        return None
    return limit_from(OdecoForm(S, form.U), problem, reduced_layers(problem, scaled=True), digits)


def inverse_transposed(S: Sequence[Sequence[Cyclotomic]]) -> tuple[tuple[Cyclotomic, ...], ...] | None:
    """S^{-T} of a square matrix; None when it is not square."""
    return tuple(zip(*inverse(S), strict=True)) if len(S) == len(S[0]) else None


def least_squares(problem: Problem, digits: int) -> Prediction:
    """X^T (X X^T)^{-1} y, the minimum l2 norm."""
    problem = problem.independent
    return Prediction(minimum_norm(problem.X, problem.y), digits, "minimum l2 norm")


def with_start(problem: Problem, eta: Start) -> Problem | None:
    """The problem started at v_l = U_l eta_l before scaling; None when that is not rational."""
    layers = []
    for U, values in zip(real_form(problem).U, eta, strict=True):
        entries = [sum((u * e for u, e in zip(row, values, strict=True)), Fraction(0)) for row in U]
        if not all(entry.is_rational for entry in entries if isinstance(entry, Cyclotomic)):
            return None
        layers.append(tuple(e.to_fraction() if isinstance(e, Cyclotomic) else Fraction(e) for e in entries))
    return replace(problem, v=tuple(layers))


def with_last_layer(problem: Problem, factor: Fraction) -> Problem | None:
    """The last layer `factor` times layer 1 in reduced coordinates, in place of zero; None as for `with_start`."""
    start = reduced_layers(problem)
    start[-1] = [factor * value for value in start[0]]
    return with_start(problem, start)
