"""The verdict on a problem: excluded, potential or consistent, and what each rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

from litproof.algebra.linear import distance, rank
from litproof.bias.closure import Closure, closure
from litproof.bias.components import of_components
from litproof.bias.margins import DIGITS, find_margin_pair, known_margin
from litproof.bias.mirror_coordinates import in_mirror_coordinates, sign_at
from litproof.bias.mirror_limit import MirrorLimit, mirror_limit
from litproof.bias.mirror_map import of_rescaled_fields
from litproof.bias.pairs import (
    MEASURED_DIGITS,
    Pair,
    Tried,
    find_pair,
    measured_limit,
    on_points,
    points,
    transforms,
    unweighted,
)
from litproof.bias.regulariser import Regulariser
from litproof.bias.row_space import in_row_space
from litproof.certify.certificates.limit_pair import transformed
from litproof.errors import Inconclusive, Outcome
from litproof.flow.lift import is_polynomial, require_polynomial
from litproof.limits.estimate import Disagreement
from litproof.markup import Rows, listing, table
from litproof.problem import Problem
from litproof.results import Evidence, Measurement

Answer = Literal["excluded", "potential", "consistent"]
NO_INDICATION = "none: brackets are counted for polynomial networks"


@dataclass(frozen=True)
class Verdict:
    """What is known about a regulariser from this start.

    Attributes
    ----------
    answer : "excluded" (a pair with the same interpolators has different limits, certified), "potential" (a function is
        known of which the limit is the minimiser) or "consistent" (neither).
    evidence : certified for excluded, exact for a potential, numeric for what was only tried.
    closure : the indication by brackets; None for networks with functions.
    pair : the pair that excludes. regulariser : the function.
    rests_on : in words, one line each.
    seconds : time used.
    minimiser : the limit as a KKT point of the function, and its values there, where it is no closed form.
    """

    answer: Answer
    evidence: Evidence
    closure: Closure | None
    pair: Pair | None
    regulariser: Regulariser | None
    rests_on: tuple[str, ...]
    seconds: float
    minimiser: MirrorLimit | None = None

    def _rows(self) -> Rows:
        pair = self.pair
        boxes = (
            tuple(
                f"({', '.join(f'[{float(a):.6g}, {float(b):.6g}]' for a, b in box)})"
                for box in pair.enclosures
            )
            if pair
            else ()
        )
        return (
            ("verdict", self.answer),
            ("evidence", self.evidence),
            ("potential", (self.regulariser.name, self.regulariser.formula) if self.regulariser else None),
            ("different limits for the same interpolators", boxes),
            ("rests on", self.rests_on),
            ("indication", self.closure.description if self.closure else NO_INDICATION),
        )

    def __str__(self) -> str:
        return listing(self._rows())

    def _repr_html_(self) -> str:
        return table(self._rows())


def judge(problem: Problem, *, seed: int = 0, digits: int = 30) -> Verdict:
    """Whether some function of beta, which may depend on network and start, selects the limits of this start.

    Exact tests come first (polynomial networks), then pairs of data sets with the same interpolators. With another loss
    the question is about its flows; a potential is the same for all losses, as they pull in the row space.

    Parameters
    ----------
    problem : regression with any loss, or classification (see `margins`).
    seed : of the data sets and transforms that are drawn.
    digits : of the values of a potential that is no closed form.

    Raises
    ------
    HypothesisError : dynamics other than gradient flow; in classification another loss or a network with functions;
        dependent points with another loss.
    Inconclusive : the flow does not reach an interpolator, or limits differ and the proof takes more than its budget.
    Disagreement : a potential was derived and the limit, or those of a pair, contradict it.

    Examples
    --------
    >>> from litproof import example_problem
    >>> judge(example_problem("regression")).regulariser.name
    'hyperbolic entropy (H_2) of the components'
    """
    what = "a verdict about regularisers"
    problem.require_gradient_flow(what)
    started = perf_counter()
    if problem.task == "classification":
        problem.require_plain(f"{what} of directions")
        require_polynomial(problem.network, f"{what} of directions", problem.name)
        return _margins(problem, closure(problem), started)
    polynomial = is_polynomial(problem.network)
    brackets = closure(problem) if polynomial else None
    plain = unweighted(problem)
    limit = measured_limit(problem)
    if not limit.converged:
        raise Inconclusive(f"the flow is not seen to end at an interpolator: {limit.reason}")

    def verdict(answer: Answer, evidence: Evidence, *reasons: str, **grounds: Pair | Regulariser) -> Verdict:
        pair, function = grounds.get("pair"), grounds.get("regulariser")
        assert not isinstance(pair, Regulariser)
        assert not isinstance(function, Pair)
        return Verdict(
            answer, evidence, brackets, pair, function, tuple(filter(None, reasons)), perf_counter() - started
        )

    known, minimiser, compared = (None, None, "")
    if polynomial:
        known, minimiser, compared = known_regulariser(replace(problem, loss=None), limit, digits)
    if known is not None:
        tested = _tested(problem, limit, known)
        found = verdict("potential", Evidence.EXACT, known.rests_on, compared, tested, regulariser=known)
        return replace(found, minimiser=minimiser)
    tried = Tried()
    pair = find_pair(plain, tried, seed)
    if pair is not None:
        own = pair.first == plain
        return verdict(
            "excluded",
            Evidence.CERTIFIED,
            "two data sets with the same interpolators, network and start have limits in disjoint boxes",
            "the data are the problem's own" if own else "the data are drawn: the problem's own say nothing",
            _without_certificate(pair),
            pair=pair,
        )
    if tried.unproved:
        raise Inconclusive(f"{tried.unproved}; difference {tried.largest:.1e} of the largest entry")
    reasons = [
        f"{tried.pairs} pairs with the same interpolators have the same limits to {MEASURED_DIGITS - 2} digits"
    ]
    if not tried.pairs:
        reasons = ["no pair could be compared: two points, and inputs of more dimensions, are needed"]
        if tried.stuck:
            raise Inconclusive(f"no pair of flows was seen to end at interpolators: {tried.stuck}")
    if rank(problem.X) == problem.network.input_dim:
        reasons.append("the problem has one interpolator: there is nothing to select")
    return verdict("consistent", Evidence.NUMERIC, *reasons)


def _without_certificate(pair: Pair) -> str:
    if pair.certificate is not None:
        return ""
    plain = not pair.first.training and is_polynomial(pair.first.network)
    why = "it would take too long" if plain else "it knows the squared loss and polynomial networks"
    return f"no certificate for `litproof check`: {why}"


def _margins(problem: Problem, brackets: Closure, started: float) -> Verdict:
    """The same for directions of classification: exact only by theorems, pairs with the same polyhedron."""
    tried = Tried()
    pair = find_margin_pair(problem, tried)
    known = known_margin(problem)
    if known is not None:
        if tried.largest:
            raise Disagreement(f"{known.rests_on}, but the direction moves by {tried.largest:.1e} in a pair")
        reasons = (known.rests_on, f"tested by {tried.pairs} pairs with the same polyhedron")
        return Verdict("potential", Evidence.EXACT, brackets, None, known, reasons, perf_counter() - started)
    if pair is not None:
        reasons = (
            "two data sets with the same polyhedron, network and start have directions in disjoint boxes",
            "no certificate for `litproof check`: it proves no convergence of directions",
        )
        return Verdict(
            "excluded", Evidence.CERTIFIED, brackets, pair, None, reasons, perf_counter() - started
        )
    if tried.unproved:
        raise Inconclusive(f"{tried.unproved}; difference {tried.largest:.1e}")
    seen_equal = (
        f"{tried.pairs} pairs with the same polyhedron have the same directions to {DIGITS - 1} digits"
    )
    return Verdict(
        "consistent", Evidence.NUMERIC, brackets, None, None, (seen_equal,), perf_counter() - started
    )


def known_regulariser(
    problem: Problem, limit: Measurement, digits: int
) -> tuple[Regulariser | None, MirrorLimit | None, str]:
    """The first exact argument that applies, its values at the limit, and how these compare.

    Mirror flows count only where the flow keeps to the leaf of its start: g keeps its sign, or the followed limit is
    the KKT point that is reached on the leaf.
    """
    for find in (in_row_space, of_components, in_mirror_coordinates, of_rescaled_fields):
        known = find(problem)
        if known is None or not _keeps_sign(known, problem, limit):
            continue
        if known.mirror is None:
            return known, None, ""
        try:
            minimiser = mirror_limit(known.mirror, limit, digits)
        except Inconclusive as fault:
            if known.sign is None and fault.outcome is not Outcome.BUDGET:
                continue
            return known, None, f"Q is not evaluated at the limit: {fault}"
        if minimiser.agrees:
            compared = (
                f"the followed limit is the interpolator with grad Q = X^T nu, to {limit.digits - 2} digits"
            )
            if minimiser.straight is not None:
                compared += f"; along another path grad Q is the same to {minimiser.straight} digits"
            return known, minimiser, compared
        if known.sign is not None:
            raise Disagreement(f"{known.name} was derived ({known.rests_on}), but the flow ends elsewhere")
    return None, None, ""


def _keeps_sign(regulariser: Regulariser, problem: Problem, limit: Measurement) -> bool:
    start, end = ([x for layer in v for x in layer] for v in (problem.v0, limit.parameters))
    last = sign_at(regulariser, end)
    return last != 0 and sign_at(regulariser, start) * last >= 0


def _tested(problem: Problem, limit: Measurement, known: Regulariser) -> str:
    """One pair, as a test of the theory by the flow itself; Disagreement where the limits differ."""
    n = points(problem)
    if n < 2 or rank(problem.X) == problem.network.input_dim:
        return "not tested by a pair: that takes two points and a choice of interpolators"
    from random import Random

    T = on_points(problem, next(transforms(n, 1, Random(0))))
    second = measured_limit(transformed(problem, T))
    if not second.converged:
        return f"not tested by a pair: {second.reason}"
    size = max(map(abs, (*limit.value, *second.value)), default=0)
    gap = distance(limit.value, second.value)
    if gap > 1000 * (limit.error + second.error) + size / 10 ** (MEASURED_DIGITS - 2):
        raise Disagreement(
            f"{known.name} was derived ({known.rests_on}), "
            f"but with the first row doubled the limit moves by {float(gap):.1e}"
        )
    return (
        f"tested by a pair: with the first row doubled the limit is the same to {MEASURED_DIGITS - 2} digits"
    )
