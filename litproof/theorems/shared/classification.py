"""What the claims on separable classification share: hypotheses, measurements, comparison, problems."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import distance, dot, sup_norm
from litproof.claims.comparison import compare_gap, undecided
from litproof.claims.depiction import numbered
from litproof.claims.hypotheses import holds
from litproof.claims.measurement import follow_observed
from litproof.claims.types import Check, Comparison, Hypothesis
from litproof.errors import HypothesisError
from litproof.networks.base import Network
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.classification.modes import smallest_layers
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.instances import Number, draw_fraction, draw_nonzero, regression

Rows = tuple[tuple[Fraction, ...], ...]


def signed_rows(problem: Problem) -> Rows:
    """The different rows y_i x_i, in the order of their first occurrence."""
    return tuple(dict.fromkeys(problem.signed_rows))


def distinct(problem: Problem) -> Problem:
    """The problem with one copy of every row and all labels 1: the same limit, multipliers of copies added up."""
    rows = signed_rows(problem)
    return replace(problem, X=rows, y=(Fraction(1),) * len(rows))


def _classification(problem: Problem) -> Check:
    what = f"the task is {problem.task}" + (f", with {problem.training}" if problem.training else "")
    return holds(problem.task == "classification" and not problem.training, what)


def _gap(problem: Problem) -> Check:
    form = problem.odeco
    if form is None:
        return holds(False, f"no odeco form is known for this {problem.network.kind} network")
    try:
        smallest_layers(form, problem.v0)
    except HypothesisError as error:
        return holds(False, str(error))
    return holds(True)


CLASSIFICATION = Hypothesis("exponential loss, labels 1 and -1", _classification)
MODE_GAP = Hypothesis(
    "in each component one layer starts strictly smaller than all others (lambda > 0)", _gap
)


def measure_direction(problem: Problem, digits: int) -> Measurement:
    """beta/||beta||, shape (d,), followed in the layers themselves."""
    from litproof.integrate.classification.follow import direction_of

    return follow_observed(problem, digits, (direction_of,))


def measure_multipliers(problem: Problem, digits: int) -> Measurement:
    """beta/||beta|| and the normalised multipliers p of the different rows, shape (d + n,)."""
    from litproof.integrate.classification.follow import direction_of, multipliers_of

    return follow_observed(problem, digits, (direction_of, multipliers_of))


def measure_exactly(problem: Problem, digits: int) -> Measurement:
    """Like `measure_multipliers`, every step solved to all digits: what is at rest by symmetry stays so."""
    from litproof.integrate.classification.follow import direction_of, multipliers_of

    return follow_observed(problem, digits, (direction_of, multipliers_of), newton=10.0 ** -(digits + 33))


def measure_layers(problem: Problem, digits: int) -> Measurement:
    """beta/||beta||, then every v_l/||v_l||, shape (d + D,)."""
    from litproof.integrate.classification.follow import direction_of, layers_of

    return follow_observed(problem, digits, (direction_of, layers_of))


def direction_and_multipliers(problem: Problem) -> tuple[str, ...]:
    """Names of what `measure_multipliers` gives."""
    direction = numbered(r"(\beta/\|\beta\|)", problem.network.input_dim)
    return (*direction, *numbered("p", len(signed_rows(problem))))


def direction_and_layers(problem: Problem) -> tuple[str, ...]:
    """Names of what `measure_layers` gives."""
    names = numbered(r"(\beta/\|\beta\|)", problem.network.input_dim)
    for l, size in enumerate(problem.network.shapes, start=1):
        names += numbered(rf"(v_{l}/\|v_{l}\|)", size)
    return names


def beta_and_layers(problem: Problem) -> tuple[str, ...]:
    """Names of the coefficients and of the entries of all layers."""
    names = numbered(r"\beta", problem.network.input_dim)
    for l, size in enumerate(problem.network.shapes, start=1):
        names += tuple(f"v_{{{l},{j}}}" for j in range(1, size + 1))
    return names


def compare_direction(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Entry by entry, to 10^-digits of the largest, or to as many digits as were followed.

    A flow that comes to rest, or is not followed far enough, decides nothing: that the loss falls below 1 is a
    hypothesis which only the flow itself shows.
    """
    if not measurement.converged:
        return undecided(measurement.reason)
    gap = distance(prediction.value, measurement.value)
    size = max(sup_norm(prediction.value), sup_norm(measurement.value))
    return compare_gap(gap, size, min(digits, measurement.digits), measurement.error)


Variant = Callable[[Problem, int], Prediction | None]


def where_defined(predict: Callable[[Problem, int], Prediction]) -> Variant:
    """A false prediction that has no meaning where its own problem has no (unique) solution."""

    def variant(problem: Problem, digits: int) -> Prediction | None:
        try:
            prediction = predict(problem, digits)
        except HypothesisError:
            return None
        return None if prediction.details.get("unique") is False else prediction

    return variant


def classification(
    network: Network, X: str, y: str, scale: Number, layers: Sequence[Sequence[Number] | str], name: str
) -> Problem:
    """A classification problem from short strings; `layers` are v_1..v_L before scaling."""
    return replace(regression(network, X, y, scale, layers, name), task="classification")


TWO_LAYERS = classification(
    Diagonal(2, 3), "1 2 1/2; 3/2 -1/2 1", "1 1", "1/20", ["4 3 2", "0 0 0"], "diagonal, L = 2, n = 2"
)
THREE_LAYERS = classification(
    Diagonal(3, 3),
    "1 2 1/2; 3/2 -1/2 1; -2 1/4 -3",
    "1 1 -1",
    "1/2",
    ["1 2 1", "5/4 2 1", "1/4 0 1/4"],
    "diagonal, L = 3, n = 3, d = 3",
)
WIDTH_TWO = classification(
    FullyConnected(3, (2,)),
    "1 2 1/2; 3/2 -1/2 1; -1 -3 0",
    "1 1 -1",
    1,
    ["1 1/2 0 1 -1/2 1/4", "1 1/2"],
    "fully connected, 3-2-1, n = 3",
)
"""Problems on which several claims are tried."""


def draw_separable(rng: Random, n: int, d: int) -> tuple[Rows, tuple[Fraction, ...]]:
    """Points and labels that a random direction separates, all at some distance from its hyperplane."""
    normal = [draw_nonzero(rng) for _ in range(d)]
    X: list[tuple[Fraction, ...]] = []
    y: list[Fraction] = []
    while len(X) < n:
        point = tuple(draw_fraction(rng, -4, 4) for _ in range(d))
        side = dot(point, normal)
        if abs(side) >= 1:
            X.append(point)
            y.append(Fraction(1 if side > 0 else -1))
    return tuple(X), tuple(y)


def draw_diagonal(rng: Random, depth: int, n: int, d: int) -> Problem:
    """A diagonal network, the last layer smaller than the others in every entry."""
    X, y = draw_separable(rng, n, d)
    hidden = tuple(tuple(draw_nonzero(rng) for _ in range(d)) for _ in range(depth - 1))
    last = tuple(Fraction(rng.randint(-3, 3), 8) for _ in range(d))
    name = f"random diagonal, L = {depth}, n = {n}, d = {d}"
    return Problem(Diagonal(depth, d), "classification", X, y, Fraction(1), (*hidden, last), name)
