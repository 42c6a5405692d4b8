"""K3 for L >= 3: which stationary point the flow reaches depends on the start; two starts reach two of them."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.claims.claim import claim
from litproof.claims.depiction import numbered
from litproof.claims.hypotheses import SEPARABLE, holds
from litproof.claims.types import Answer, Check, Hypothesis, Mutant
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.diagonal import Diagonal
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    classification,
    compare_direction,
    measure_direction,
)
from litproof.theorems.shared.instances import draw_nonzero, fixed_and_drawn
from litproof.theorems.ykm import YKM
from litproof.theorems.ykm.classification_odeco.claim import candidates_of, stationary_limit
from litproof.theorems.ykm.fully_connected_max_margin.claim import l1_direction, l2_direction

_RATIO = Fraction(1, 64)


def _minimal(problem: Problem, digits: int = 40) -> tuple[Prediction, ...]:
    """Stationary vertices whose support holds that of no other one."""
    candidates = candidates_of(stationary_limit(problem, digits))
    supports = [set(one.details["support"]) for one in candidates]
    return tuple(
        one
        for k, one in enumerate(candidates)
        if not any(i != k and other <= supports[k] for i, other in enumerate(supports))
    )


def _two_vertices(problem: Problem) -> Check:
    network = problem.network
    if not isinstance(network, Diagonal) or network.depth < 3:
        return holds(False, f"not a diagonal network of depth 3 or more, but a {network.kind} network")
    try:
        count = len(_minimal(problem))
    except Inconclusive as error:
        return Check(Answer.UNKNOWN, str(error))
    except HypothesisError as error:
        return holds(False, str(error))
    return holds(count >= 2, f"{count} stationary vertices of smallest support")


TWO_VERTICES = Hypothesis("diagonal, L >= 3, two stationary vertices of smallest support", _two_vertices)


def start_on(problem: Problem, support: tuple[int, ...]) -> Problem:
    """The same data; all layers but the last 1 on the support, small elsewhere, the last one a quarter of that.

    Small is 1/64, divided by the ratio of the entries of the data: those off the support may pull as much harder.
    """
    width = problem.network.input_dim
    sizes = [abs(x) for row in problem.X for x in row if x]
    small = _RATIO * min(sizes) / max(sizes)
    layer = tuple(Fraction(1) if j in support else small for j in range(width))
    last = tuple(x / 4 for x in layer)
    return replace(problem, scale=Fraction(1), v=(*(layer,) * (problem.layered.depth - 1), last))


def _targets(problem: Problem) -> tuple[tuple[int, ...], ...]:
    deep = (
        problem
        if problem.layered.depth >= 3
        else replace(problem, network=Diagonal(3, problem.network.input_dim), v=(problem.v[0],) * 3)
    )
    return tuple(one.details["support"] for one in _minimal(deep)[:2])


def measure_two(problem: Problem, digits: int) -> Measurement:
    """The directions reached from starts on two supports, one after the other, shape (2 d,)."""
    first, second = (measure_direction(start_on(problem, support), digits) for support in _targets(problem))
    if not (first.converged and second.converged):
        return second if first.converged else first
    error, fewest = max(first.error, second.error), min(first.digits, second.digits)
    return replace(first, value=(*first.value, *second.value), error=error, digits=fewest)


def _entries(problem: Problem) -> tuple[str, ...]:
    d = problem.network.input_dim
    return (*numbered(r"(\beta/\|\beta\|)^{(1)}", d), *numbered(r"(\beta/\|\beta\|)^{(2)}", d))


def _directions(problem: Problem, digits: int) -> list[tuple[Fraction, ...]]:
    d = problem.network.input_dim
    return [one.value[:d] for one in _minimal(problem, digits)[:2]]


def _pair(first: tuple[Fraction, ...], second: tuple[Fraction, ...], digits: int, method: str) -> Prediction:
    return Prediction((*first, *second), digits, method)


def _both(direction: Callable[[Problem, int], Prediction]) -> Callable[[Problem, int], Prediction | None]:
    def predict(problem: Problem, digits: int) -> Prediction | None:
        limit = direction(problem, digits)
        if limit.details.get("unique") is False:
            return None
        return _pair(limit.value, limit.value, digits, limit.method)

    return predict


def _global(problem: Problem, digits: int) -> Prediction:
    """The vertex of least quasi-norm from both starts."""
    d = problem.network.input_dim
    best = min(candidates_of(stationary_limit(problem, digits)), key=lambda one: one.details["objective"])
    return _pair(best.value[:d], best.value[:d], digits, "global minimum")


def _exchanged(problem: Problem, digits: int) -> Prediction:
    first, second = _directions(problem, digits)
    return _pair(second, first, digits, "exchanged")


def _two_layers(problem: Problem) -> Problem:
    """The same data and starts, two layers."""
    width = problem.network.input_dim
    return replace(problem, network=Diagonal(2, width), v=problem.v[-2:])


def _of_depth_three(problem: Problem, digits: int) -> Prediction:
    width = problem.network.input_dim
    return two_starts(replace(problem, network=Diagonal(3, width), v=(problem.v[0],) * 3), digits)


def two_starts(problem: Problem, digits: int) -> Prediction:
    """The vertex on each of the two supports."""
    first, second = _directions(problem, digits)
    return _pair(first, second, digits, "stationary vertices")


FIXED = (
    classification(
        Diagonal(3, 3),
        "2 1 -1/3; -1 5/4 1; 1/2 -4/3 -3",
        "1 1 -1",
        1,
        ["1 1 1", "1 1 1", "1/4 1/4 1/4"],
        "diagonal, L = 3, n = 3, d = 3",
    ),
    classification(
        Diagonal(4, 2), "3 2", "1", 1, ["1 1", "1 1", "1 1", "1/4 1/4"], "diagonal, L = 4, n = 1, d = 2"
    ),
)


def _random(seed: int) -> Problem:
    """One point in the plane, three layers: each coordinate alone is a stationary vertex."""
    rng = Random(f"two starts {seed}")
    x = (draw_nonzero(rng), draw_nonzero(rng))
    while abs(x[0]) == abs(x[1]):
        x = (draw_nonzero(rng), draw_nonzero(rng))
    layers = ((Fraction(1),) * 2, (Fraction(1),) * 2, (Fraction(1, 4),) * 2)
    label = Fraction(rng.choice((-1, 1)))
    return Problem(
        Diagonal(3, 2),
        "classification",
        (x,),
        (label,),
        Fraction(1),
        layers,
        "random diagonal, L = 3, n = 1, d = 2",
    )


@claim(
    id="ykm/classification-initialisation",
    title="three and more layers: two starts, two limit directions",
    source=f"{YKM}: stationary points of the l_(2/L) margin problem, L >= 3",
    statement=r"""For $L \ge 3$ diagonal layers the stationary point that the flow reaches depends on the start:
        where two stationary points of $\min \|\rho\|_{2/L}$ have supports that hold no other one's, a start
        concentrated on either support leads to it.""",
    hypotheses=(CLASSIFICATION, SEPARABLE, TWO_VERTICES),
    instances=fixed_and_drawn(FIXED, _random),
    measure=measure_two,
    entries=_entries,
    compare=compare_direction,
    mutants=(
        Mutant("the global minimum from both starts", _global),
        Mutant("limits exchanged", _exchanged),
        Mutant("l1 max margin from both starts", _both(l1_direction)),
        Mutant("l2 max margin from both starts", _both(l2_direction)),
        Mutant("hypothesis violated: two layers", _of_depth_three, _two_layers),
    ),
    derive="ykm/classification-odeco",
)
def classification_initialisation(problem: Problem, digits: int) -> Prediction:
    """All stationary vertices, those of smallest support."""
    return two_starts(problem, digits)
