"""B1: flows of the same network from the same start whose limits no regulariser selects."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

from litproof.algebra.linear import rank
from litproof.bias.closure import closure
from litproof.bias.pairs import gap_of
from litproof.bias.row_space import in_row_space
from litproof.certify.certificates.limit_pair import transformed
from litproof.certify.regression.validated import enclose_by_integration
from litproof.claims.claim import claim
from litproof.claims.comparison import CLEAR_MARGIN, undecided, violated
from litproof.claims.hypotheses import FEWER, REGRESSION, holds
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Instance, Mutant
from litproof.integrate.budget import SECOND
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.shared.instances import draw_data, draw_fraction, draw_targets, instance, regression

LADDER = (10, 40)
"""Digits to which limits are enclosed, the second where the first do not tell a pair apart: from starts that are large
against the targets the network is nearly linear, and gaps of 1e-12 are seen. Limits that agree to the last count as
equal."""

Data = tuple[tuple[tuple[Fraction, ...], ...], tuple[Fraction, ...]]


def _points(problem: Problem) -> Check:
    independent = rank(problem.X)
    return holds(
        independent == len(problem.X) >= 2, f"{len(problem.X)} points, {independent} of them independent"
    )


def _plain(problem: Problem) -> Check:
    return holds(not problem.weights, "the points have weights")


def _open(problem: Problem) -> Check:
    flow_closure = closure(problem)
    return holds(False in (flow_closure.closed, flow_closure.warped), f"{flow_closure.description}")


def _leaves(problem: Problem) -> Check:
    regulariser = in_row_space(problem)
    return holds(regulariser is None, f"the limit is that of the {regulariser.name if regulariser else ''}")


TWO_POINTS = Hypothesis("two or more independent points", _points)
PLAIN = Hypothesis("points without weights", _plain)
BRACKETS = Hypothesis("no mirror flow on open sets of starts", _open)
LEAVES = Hypothesis("beta leaves the row space of X", _leaves)


def _doubled(problem: Problem) -> Problem:
    """The first row of X and y twice as large."""
    n = len(problem.y)
    return transformed(
        problem, [[Fraction(int(i == j) * (2 if i == 0 else 1)) for j in range(n)] for i in range(n)]
    )


def _pair(change: Callable[[Problem], Problem], method: str) -> Callable[[Problem, int], Prediction]:
    def predict(problem: Problem, digits: int) -> Prediction:
        second = change(problem)
        data = {"first": (problem.X, problem.y), "second": (second.X, second.y)}
        return Prediction((), digits, method, data)

    return predict


def _measure(problem: Problem, digits: int) -> Measurement:
    """Both limits enclosed by validated integration in the original parameters."""
    nothing = Fraction(0)
    details: dict[str, Any] = {}
    for few in LADDER:
        enclosures = [
            enclose_by_integration(member, few, operations=60 * SECOND)
            for member in (problem, _doubled(problem))
        ]
        boxes = tuple(enclosure.bounds for enclosure in enclosures if enclosure is not None)
        if len(boxes) < 2:
            reason = "a limit was not enclosed within the budget"
            return Measurement((), (), nothing, nothing, {}, digits, "no enclosure", False, reason)
        details = {"boxes": boxes, "digits": few}
        if gap_of(*boxes) > 0:
            break
    return Measurement((), (), nothing, nothing, {}, digits, "two enclosures", details=details)


def _same_interpolators(first: Data, second: Data) -> bool:
    """Whether {X beta = y} is the same set for both, exactly; both are known not to be empty."""
    rows = [[[*row, target] for row, target in zip(X, y, strict=True)] for X, y in (first, second)]
    return rank(rows[0]) == rank(rows[1]) == rank([*rows[0], *rows[1]])


def _compare(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """The sets of interpolators are the same, and the boxes disjoint."""
    if not measurement.converged:
        return undecided(measurement.reason)
    if not _same_interpolators(prediction.details["first"], prediction.details["second"]):
        return violated("the data have different interpolators", evidence=Evidence.EXACT)
    boxes = measurement.details["boxes"]
    gap = gap_of(*boxes)
    if gap > 0:
        return Comparison(
            Answer.HOLDS, digits, Evidence.CERTIFIED, 0.0, f"limits at least {float(gap):.1e} apart"
        )
    few = measurement.details["digits"]
    return violated(f"limits agree to {few} digits", 10.0 * CLEAR_MARGIN)


def _same(a: Prediction, b: Prediction, digits: int) -> bool:
    return a.details == b.details


def _as_diagonal(problem: Problem) -> Problem:
    d = problem.network.input_dim
    start = tuple(Fraction(j + 2, 2) for j in range(d))
    return replace(problem, network=Diagonal(2, d), v=(start, (Fraction(0),) * d), scale=Fraction(1, 2))


def _width_one(problem: Problem) -> Problem:
    """beta = w c from an interpolator's side, so that c keeps its sign."""
    d = problem.network.input_dim
    first = tuple(
        sum((row[z] * t for row, t in zip(problem.X, problem.y, strict=True)), Fraction(0)) / 10
        for z in range(d)
    )
    moved = tuple(x + Fraction(z + 1, 20) for z, x in enumerate(first))
    return replace(problem, network=FullyConnected(d, (1,)), v=(moved, (Fraction(2),)), scale=Fraction(1))


def _isotropic(problem: Problem) -> Problem:
    d = problem.network.input_dim
    identity = tuple(Fraction(int(i == j)) for i in range(d) for j in range(d))
    return replace(
        problem, network=FullyConnected(d, (d,)), v=(identity, (Fraction(0),) * d), scale=Fraction(1, 2)
    )


def _other_targets(problem: Problem) -> Problem:
    return replace(problem, y=(2 * problem.y[0] + 1, *problem.y[1:]))


def _row_lost(problem: Problem) -> Problem:
    return replace(problem, X=(problem.X[1], *problem.X[1:]), y=(problem.y[1], *problem.y[1:]))


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"no regulariser {seed}")
    data = ("1 2 -1/2; 1/2 -1 3", "1 7/10")
    wide = ["1/2 1/5 -1/10 1/4 1/3 -1/2", "3/10 1/10"]
    layer = tuple(Fraction(rng.choice((-1, 1)) * rng.randint(2, 6), 5) for _ in range(6))
    drawn = Problem(
        FullyConnected(3, (2,)),
        "regression",
        draw_data(rng, 2, 3),
        draw_targets(rng, 2),
        Fraction(1),
        (layer, tuple(draw_fraction(rng) for _ in range(2))),
        "random, widths 3-2-1",
    )
    return (
        instance(
            regression(Convolutional((3, 3)), *data, 1, ["1/2 1/5 -1/10", "0 0 0"], "full convolution, d = 3")
        ),
        instance(
            regression(Convolutional((2, 3)), *data, 1, ["1/2 1/5", "0 0 0"], "filters of two and three")
        ),
        instance(regression(FullyConnected(3, (2,)), *data, 1, wide, "fully connected, 3-2-1")),
        instance(drawn, seed),
    )


@claim(
    id="bias/no-regulariser",
    title="no regulariser: equal interpolators and start, different limits",
    source="here; that brackets decide about potentials on open sets: Li, Wang, Lee, Arora 2022 (arXiv 2207.04036)",
    statement=r"""$(X, y)$ and $(T X, T y)$ with $T = \mathrm{diag}(2, 1, \dots, 1)$ have the same interpolators
        $\{X \beta = y\}$. From the same start the limits of their flows differ, so that no function of $\beta$ (and of
        the start) with a unique minimiser on the interpolators selects the limits: for these starts of full-length
        convolutions, $d \geq 3$, of short filters, and of fully connected networks of width two.""",
    hypotheses=(REGRESSION, PLAIN, FEWER, TWO_POINTS, BRACKETS, LEAVES),
    instances=_instances,
    measure=_measure,
    compare=_compare,
    same=_same,
    mutants=(
        Mutant("hypothesis violated: a diagonal network passed off as one without", None, _as_diagonal),
        Mutant("hypothesis violated: width one", None, _width_one),
        Mutant("hypothesis violated: an isotropic start", None, _isotropic),
        Mutant("a pair with other interpolators", _pair(_other_targets, "another target")),
        Mutant("a pair that loses a point", _pair(_row_lost, "a point lost")),
    ),
    derive="bias/no-regulariser",
)
def no_regulariser(problem: Problem, digits: int) -> Prediction:
    """The pair with the first row doubled."""
    return _pair(_doubled, "the first row of the data doubled")(problem, digits)
