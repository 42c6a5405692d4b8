"""K3: orthogonally decomposable networks on separable data go to stationary points of an l_{2/L} margin problem."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import distance, identity
from litproof.algebra.separation import separate
from litproof.claims.claim import claim
from litproof.claims.comparison import undecided
from litproof.claims.hypotheses import DEEP, ODECO, SEPARABLE, holds, reduced_layers
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Instance, Mutant
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.predict.classification.directions import unit
from litproof.predict.classification.limit import limit_candidates
from litproof.predict.classification.max_margin import max_margin
from litproof.predict.classification.vertices import margin_problem
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    MODE_GAP,
    THREE_LAYERS,
    classification,
    compare_direction,
    direction_and_multipliers,
    distinct,
    draw_diagonal,
    draw_separable,
    measure_exactly,
    measure_multipliers,
)
from litproof.theorems.shared.instances import draw_nonzero, draw_odeco, instance, lift
from litproof.theorems.shared.variants import inverse_transposed, with_start
from litproof.theorems.ykm import YKM

Candidates = tuple[Prediction, ...]
Family = Callable[[Problem, int], Candidates | None]


def candidates_of(prediction: Prediction) -> Candidates:
    """The stationary points that a prediction allows."""
    candidates: Candidates = prediction.details["candidates"]
    return candidates


def allowed(form: OdecoForm, problem: Problem, depth: int, digits: int) -> Candidates:
    """Every limit (direction, then multipliers) that K3 allows for an odeco form of the given depth."""
    margins = replace(margin_problem(distinct(problem), form), depth=depth)
    return limit_candidates(margins, digits + 5)


def one_of(candidates: Candidates, digits: int) -> Prediction:
    """The claim that the limit is one of these points."""
    method = candidates[0].method if len(candidates) == 1 else f"one of {len(candidates)} stationary vertices"
    value = candidates[0].value if len(candidates) == 1 else ()
    return Prediction(value, digits, method, {"candidates": candidates})


def stationary_limit(problem: Problem, digits: int) -> Prediction:
    """All stationary points of the margin problem; HypothesisError when there is none."""
    form = problem.odeco
    assert form is not None
    candidates = allowed(form, problem, problem.layered.depth, digits)
    if not candidates:
        raise HypothesisError("the margin problem has no stationary vertex")
    return one_of(candidates, digits)


def nearest(candidates: Candidates, value: Sequence[Fraction]) -> Prediction:
    """The candidate whose direction and multipliers come nearest."""
    return min(candidates, key=lambda candidate: distance(candidate.value, value))


def compare_stationary(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Direction and multipliers of the flow against the nearest point allowed."""
    if not measurement.converged:
        return undecided(measurement.reason)
    return compare_direction(nearest(candidates_of(prediction), measurement.value), measurement, digits)


def without(false: Candidates, true: Candidates) -> Candidates:
    """The false candidates that differ clearly from every true one."""
    return tuple(
        one for one in false if all(distance(one.value, other.value) > Fraction(1, 10**6) for other in true)
    )


def never(a: Prediction, b: Prediction, digits: int) -> bool:
    """Mutants list only points that the claim does not allow, so none of them says the same."""
    return False


def _false(family: Family) -> Callable[[Problem, int], Prediction | None]:
    """The points that a false variant allows and the claim does not; None when there is none."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        try:
            false = family(problem, digits)
        except (HypothesisError, Inconclusive, ArithmeticError):
            return None
        if not false or any(one.details.get("unique") is False for one in false):
            return None
        left = without(false, candidates_of(stationary_limit(problem, digits)))
        return one_of(left, digits) if left else None

    return predict


def _own(problem: Problem) -> OdecoForm:
    form = problem.odeco
    assert form is not None
    return form


def _deeper(problem: Problem, digits: int) -> Candidates:
    return allowed(_own(problem), problem, problem.layered.depth + 1, digits)


def _shallower(problem: Problem, digits: int) -> Candidates | None:
    depth = problem.layered.depth - 1
    return allowed(_own(problem), problem, depth, digits) if depth >= 2 else None


def _l2_of(rows: Sequence[Sequence[Fraction]], S: Sequence[Sequence[Fraction]], digits: int) -> Candidates:
    """The l2 max margin in the coordinates rho, as a candidate."""
    optimum = max_margin(rows)
    beta = [sum((s[z] * r for s, r in zip(S, optimum.z, strict=True)), Fraction(0)) for z in range(len(S[0]))]
    total = sum(optimum.p)
    value = (*unit(beta, digits + 5), *(p / total for p in optimum.p))
    return (Prediction(value, digits, "l2 max margin"),)


def _l2_in_rho(problem: Problem, digits: int) -> Candidates | None:
    form = _own(problem)
    if not form.is_real:
        return None
    rows = margin_problem(distinct(problem), form).rows
    entries = [entry for row in (*rows, *form.S) for entry in row]
    if not all(isinstance(entry, Fraction) or entry.is_rational for entry in entries):
        return None
    S = [[entry.to_fraction() for entry in row] for row in form.S]
    return _l2_of([[Fraction(x) for x in row] for row in rows], S, digits)


def _l2_in_beta(problem: Problem, digits: int) -> Candidates:
    return _l2_of(distinct(problem).X, identity(problem.network.input_dim), digits)


def _wrong_transform(problem: Problem, digits: int) -> Candidates | None:
    form = _own(problem)
    S = inverse_transposed(form.S)
    return None if S is None else allowed(OdecoForm(S, form.U), problem, problem.layered.depth, digits)


def _phase_error(problem: Problem, digits: int) -> Candidates | None:
    """exp(-2 pi i (j - 1/2)(k - 1)/d) in place of exp(-2 pi i (j - 1)(k - 1)/d)."""
    if not isinstance(problem.network, Convolutional):
        return None
    form, d = _own(problem), problem.network.input_dim
    S = tuple(
        tuple(entry * Cyclotomic.root_of_unity(2 * d, k) for k, entry in enumerate(row)) for row in form.S
    )
    return allowed(OdecoForm(S, form.U), problem, problem.layered.depth, digits)


def _without_labels(problem: Problem, digits: int) -> Candidates | None:
    plain = replace(problem, y=(Fraction(1),) * len(problem.y))
    if len(distinct(plain).X) != len(distinct(problem).X):
        return None
    return allowed(_own(problem), plain, problem.layered.depth, digits)


def _frozen_component(problem: Problem) -> Problem | None:
    """The same problem with a component that every stationary point uses started at 0 in all layers.

    None when there is no such component, or the data are not separable without it.
    """
    form = problem.odeco
    if form is None or not form.is_real:
        return None
    candidates = candidates_of(stationary_limit(problem, 10))
    used = set.intersection(*(set(one.details["support"]) for one in candidates))
    start = reduced_layers(problem)
    for j in sorted(used):
        rows = [[x for k, x in enumerate(row) if k != j] for row in margin_problem(problem, form).rows]
        if not rows[0] or not all(isinstance(x, Fraction) for row in rows for x in row):
            continue
        if separate(rows).weights is None:
            changed = [[Fraction(0) if k == j else x for k, x in enumerate(layer)] for layer in start]
            return with_start(problem, changed)
    return None


def _decided(problem: Problem) -> Check:
    form = _own(problem)
    depth = problem.layered.depth
    if depth >= 3 and not form.is_real and len(problem.X) > 1:
        return Check(Answer.UNKNOWN, "stationary points are listed for real S and U_l, L = 2, or one point")
    try:
        limit = stationary_limit(problem, 10)
    except Inconclusive as error:
        return Check(Answer.UNKNOWN, str(error))
    if depth == 2:
        details = candidates_of(limit)[0].details
        return holds(
            bool(details["unique"] and details["strict"]), "the l1 problem has many solutions or multipliers"
        )
    return holds(True)


UNIQUE = Hypothesis("L = 2: one solution, one vector of multipliers; L >= 3: no degenerate vertex", _decided)

EXAMPLE_X, EXAMPLE_Y = "1 2 1/2; 3/2 -1/2 1", "1 1"
"""For L = 2 the limit is the direction of (5/6, 1/6, 0), p = (2/3, 1/3); for L = 3 (1, 0, 0), p = (1, 0)."""

FIXED = (
    classification(
        Diagonal(2, 3), EXAMPLE_X, EXAMPLE_Y, "1/20", ["4 3 2", "0 0 0"], "diagonal, L = 2, n = 2, d = 3"
    ),
    THREE_LAYERS,
    classification(
        Diagonal(4, 3),
        "2 1 -1/3; -1 5/4 1; 1/2 -4/3 -3",
        "1 1 -1",
        "1",
        ["1 1/2 1", "1 1/2 3/2", "1 2/3 1", "1/4 0 1/4"],
        "diagonal, L = 4, n = 3, d = 3",
    ),
    classification(
        Convolutional((4, 4)),
        "2 1 0 -1; 1 3 -1 1/2; -1 1/2 -2 0",
        "1 1 -1",
        "1",
        ["2 1/3 1/4 -1/2", "1/4 0 1/8 0"],
        "convolutional, k = (4, 4), n = 3",
    ),
    classification(
        Convolutional((3, 3, 3)),
        "2 -1 1/2",
        "-1",
        "1",
        ["2 1/3 1/4", "1 -1 1/2", "1/4 0 1/8"],
        "convolutional, k = (3, 3, 3), n = 1",
    ),
    classification(
        Convolutional((4, 4, 4)),
        "3 1 -2 1/2",
        "-1",
        "1",
        ["2 1/3 1/4 -1/2", "1 -1/4 1/2 1/3", "1/4 0 1/8 0"],
        "convolutional, k = (4, 4, 4), n = 1",
    ),
)


def random_odeco(seed: int, depth: int) -> Problem:
    """A real odeco network with S and U_l rational, d = m = 2, n = 2."""
    rng = Random(f"odeco classification {seed} {depth}")
    network = draw_odeco(rng, depth, 2, 2)
    X, y = draw_separable(rng, 2, 2)
    hidden = [tuple(draw_nonzero(rng) for _ in range(2)) for _ in range(depth - 1)]
    last = tuple(Fraction(rng.randint(-3, 3), 8) for _ in range(2))
    layers = tuple(lift(U, eta) for U, eta in zip(network.U, (*hidden, last), strict=True))
    name = f"random odeco, L = {depth}, n = 2, d = 2"
    return Problem(network, "classification", X, y, Fraction(1), layers, name)


def decided_draw(draw: Callable[[int], Problem], seed: int) -> Problem:
    """The first of the problems drawn from seed, seed + 1000, ... on which the hypotheses can be decided."""
    while True:
        problem = draw(seed)
        if _decided(problem).answer is Answer.HOLDS:
            return problem
        seed += 1000


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"classification depth {seed}")
    depth, n = rng.randint(2, 4), rng.randint(2, 3)
    drawn = (
        decided_draw(lambda s: draw_diagonal(Random(f"diagonal classification {s}"), depth, n, 3), seed),
        decided_draw(lambda s: random_odeco(s, 2 + seed % 2), seed),
    )
    return (*map(instance, FIXED), *(instance(problem, seed) for problem in drawn))


@claim(
    id="ykm/classification-odeco",
    title="odeco classification: a stationary point of the l_{2/L} margin problem",
    source=f"{YKM}: implicit bias of orthogonally decomposable networks, separable classification",
    statement=r"""If in every component one layer starts strictly smaller in modulus than the others,
        $\beta(t)/\|\beta(t)\|_2$ converges to the direction of $S^T \rho$, where $\rho$, with the limit $p$ of the
        normalised weights of the points as multipliers, is a stationary point of $\min \|\rho\|_{2/L}$ subject to
        $y_i x_i^T S^T \rho \ge 1$: $(S X^T (y \ast p))_j \propto |\rho_j|^{2/L - 1}\, \bar\rho_j / |\rho_j|$ where
        $\rho_j \ne 0$. For $L = 2$ it is the global minimum.""",
    hypotheses=(CLASSIFICATION, DEEP, ODECO, SEPARABLE, MODE_GAP, UNIQUE),
    instances=_instances,
    measure=measure_multipliers,
    entries=direction_and_multipliers,
    compare=compare_stationary,
    same=never,
    mutants=(
        Mutant("exponent 2/(L + 1)", _false(_deeper)),
        Mutant("exponent 2/(L - 1)", _false(_shallower)),
        Mutant("l2 norm of rho", _false(_l2_in_rho)),
        Mutant("l2 norm of beta", _false(_l2_in_beta)),
        Mutant("S^{-T} in place of S", _false(_wrong_transform)),
        Mutant("F with a phase error", _false(_phase_error)),
        Mutant("labels dropped", _false(_without_labels)),
        Mutant("hypothesis violated: a component at rest", None, _frozen_component, measure_exactly),
    ),
    derive="ykm/classification-odeco",
)
def classification_odeco(problem: Problem, digits: int) -> Prediction:
    """L = 2: exact linear programme (complex: barrier and Newton); L >= 3: all vertices, each polished by Newton."""
    return stationary_limit(problem, digits)
