"""C6: the list of conserved polynomials that the search finds, and the statement that there are no more.

The search (prediction) works modulo primes on a straight-line program. The measurement follows the flow for the
data of the problem, and counts brackets of the gradient fields over Q by multiplying polynomials out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import rank
from litproof.claims.claim import claim
from litproof.claims.comparison import violated
from litproof.claims.hypotheses import GRADIENT_FLOW, POLYNOMIAL, holds
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Instance, Mutant
from litproof.errors import Inconclusive
from litproof.flow.conserved import Law
from litproof.flow.polynomials import Polynomial, coefficients, parameter_ring
from litproof.laws.report import LawReport
from litproof.laws.search import discover_conserved
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_tensor_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.shared.conserved import (
    Laws,
    Split,
    compare_laws,
    draw_laws,
    first_only,
    follow_path,
    laws_prediction,
    second_doubled,
    split,
    sums,
)
from litproof.theorems.shared.instances import draw_regression

MOST_PARAMETERS = 12
DEGREE = 2
MOST_BRACKETS = 8


def _small(problem: Problem) -> Check:
    size = sum(problem.network.shapes)
    return holds(size <= MOST_PARAMETERS, f"{size} parameters")


def _all_coordinates(problem: Problem) -> Check:
    sensing = isinstance(problem.network, MatrixSensing)
    return holds(not sensing, "symmetric sensors see half of the coordinates only")


SMALL = Hypothesis(f"at most {MOST_PARAMETERS} parameters", _small)
VECTOR_INPUT = Hypothesis("inputs are vectors", _all_coordinates)


def _as_polynomials(network: Network, report: LawReport) -> Laws:
    parameters = parameter_ring(network)
    flat = [entry for layer in parameters.layers for entry in layer]
    laws = []
    for quantity in report.quantities:
        polynomial = parameters.zero
        for monomial, coefficient in quantity.law.items():
            term = parameters.root.ring(coefficient)
            for i in monomial:
                term *= flat[i]
            polynomial += term
        laws.append((quantity.name, polynomial))
    return Laws(parameters, tuple(laws))


def lie_dimension(network: Network, point: Sequence[Fraction]) -> int:
    """Rank over Q at `point` of iterated brackets of the fields grad beta_z, a lower bound of the dimension.

    Brackets with the fields themselves are added until the rank no longer grows. Inconclusive when it still
    grows at brackets of length MOST_BRACKETS.
    """
    parameters = parameter_ring(network)
    flat = [entry for layer in parameters.layers for entry in layer]
    fields = [[beta.diff(v) for v in flat] for beta in coefficients(network, parameters)]
    rows = [_at(field, point) for field in fields]
    level, reached = list(fields), rank(rows)
    for _ in range(MOST_BRACKETS - 1):
        fresh = []
        for old in level:
            for field in fields:
                bracket = _bracket(field, old, flat)
                row = _at(bracket, point)
                if rank([*rows, row]) > reached:
                    rows.append(row)
                    fresh.append(bracket)
                    reached += 1
        if not fresh:
            return reached
        level = fresh
    raise Inconclusive(f"brackets of length {MOST_BRACKETS} are still independent of the shorter ones")


def _bracket(
    left: Sequence[Polynomial], right: Sequence[Polynomial], flat: Sequence[Polynomial]
) -> list[Polynomial]:
    zero = flat[0].ring.zero
    result = []
    for a, b in zip(left, right, strict=True):
        entry = zero
        for v, x, y in zip(flat, left, right, strict=True):
            entry += b.diff(v) * x - a.diff(v) * y
        result.append(entry)
    return result


def _at(entries: Sequence[Polynomial], point: Sequence[Fraction]) -> list[Fraction]:
    """Polynomials in (z, v) without z, evaluated at v = point."""
    values = []
    for entry in entries:
        total = Fraction(0)
        for (_, *exponents), coefficient in entry.terms():
            term = Fraction(int(coefficient.numerator), int(coefficient.denominator))
            for value, exponent in zip(point, exponents, strict=True):
                term *= value**exponent
            total += term
        values.append(total)
    return values


def _independent(laws: Laws, point: Sequence[Fraction]) -> int:
    flat = [entry for layer in laws.parameters.layers for entry in layer]
    return rank([_at([law.diff(v) for v in flat], point) for _, law in laws.laws])


def _measure(problem: Problem, digits: int) -> Measurement:
    """The flow at given times, and the brackets counted at a point drawn with a fixed seed."""
    measured = follow_path(problem, digits)
    rng = Random(len(problem.network.shapes))
    point = [Fraction(rng.randint(1, 99), rng.randint(1, 9)) for _ in range(sum(problem.network.shapes))]
    dimension = lie_dimension(problem.network, point)
    return replace(measured, details={**measured.details, "point": point, "dimension": dimension})


def _compare(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """The laws are constant and identities, as many are independent as claimed, and all there are is D - dim Lie."""
    constant = compare_laws(prediction, measurement, digits)
    if constant.answer is not Answer.HOLDS:
        return constant
    claimed: Claimed = prediction.details["claimed"]
    point: Sequence[Fraction] = measurement.details["point"]
    dimension: int = measurement.details["dimension"]
    rank, size = _independent(claimed.laws, point), len(point)
    detail = f"{rank} independent laws, {dimension} independent brackets, {size} parameters"
    if rank != claimed.rank:
        return violated(f"{detail}; {claimed.rank} independent laws claimed", evidence=Evidence.EXACT)
    if claimed.number + dimension != size:
        return violated(f"{detail}; {claimed.number} laws in all claimed", evidence=Evidence.AGREED)
    if rank == claimed.number:
        return Comparison(Answer.HOLDS, digits, Evidence.EXACT, 0.0, f"complete: {detail}; {constant.detail}")
    return Comparison(Answer.HOLDS, digits, Evidence.AGREED, 0.0, f"{detail}; {constant.detail}")


@dataclass(frozen=True)
class Claimed:
    """Laws, how many of them are independent, and how many independent conserved functions there are in all."""

    laws: Laws
    rank: int
    number: int


def _prediction(claimed: Claimed, digits: int) -> Prediction:
    prediction = laws_prediction(claimed.laws, digits)
    return replace(prediction, details={**prediction.details, "claimed": claimed})


def _same(a: Prediction, b: Prediction, digits: int) -> bool:
    return bool(a.details["claimed"] == b.details["claimed"])


def _search(problem: Problem) -> Claimed:
    report = discover_conserved(problem.network, DEGREE)
    return Claimed(_as_polynomials(problem.network, report), report.rank, report.laws)


def _complete(laws: Laws) -> Claimed:
    """The claim that these laws are all there are."""
    rng = Random(1)
    size = sum(len(layer) for layer in laws.parameters.layers)
    rank = _independent(laws, [Fraction(rng.randint(1, 10**6)) for _ in range(size)])
    return Claimed(laws, rank, rank)


def _changed(name: str, change: Callable[[Claimed], Claimed | None]) -> Mutant:
    def predict(problem: Problem, digits: int) -> Prediction | None:
        claimed = change(_search(problem))
        return None if claimed is None else _prediction(claimed, digits)

    return Mutant(name, predict)


def _diagonal_left_out(claimed: Claimed) -> Claimed | None:
    mixed = tuple(
        (name, law)
        for name, law in claimed.laws.laws
        if any(max(exponents) == 1 for exponents, _ in law.terms())
    )
    return _complete(replace(claimed.laws, laws=mixed)) if mixed else None


def _false_laws(name: str, change: Callable[[list[Split]], list[Law]]) -> Mutant:
    """False laws, claimed to be all there are."""

    def changed(claimed: Claimed) -> Claimed | None:
        laws = change(split(claimed.laws))
        return _complete(replace(claimed.laws, laws=tuple(laws))) if laws else None

    return _changed(name, changed)


FIXED: tuple[tuple[Network, str], ...] = (
    (FullyConnected(2, (2,)), "fully connected, 2-2-1"),
    (FullyConnected(3, (2, 2)), "fully connected, 3-2-2-1"),
    (Diagonal(3, 3), "diagonal, L = 3, d = 3"),
    (Convolutional((2, 3)), "convolutional, k = (2, 3)"),
    (Convolutional((3, 3)), "convolutional, k = (3, 3)"),
    (FullyConnected(1, (2, 1)), "fully connected, 1-2-1-1, more laws than balancedness"),
)


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"complete {seed}")
    drawn = draw_regression(draw_tensor_network(rng, 2), rng, "random tensor, L = 2", seed)
    return (*(draw_regression(network, Random(name), name) for network, name in FIXED), drawn)


@claim(
    id="mgp/conserved-complete",
    title="complete list of conserved quantities, discovered and counted",
    source="Marcotte, Gribonval, Peyre, NeurIPS 2023 (arXiv 2307.00144): number of conserved functions",
    statement=r"""The conserved polynomials of degree at most two that the search finds are constant for every data
        set and loss; there are $D - \dim \operatorname{Lie}(\nabla f_c)$ independent conserved functions in all, and
        where as many were found every conserved function is a function of them.""",
    hypotheses=(GRADIENT_FLOW, POLYNOMIAL, VECTOR_INPUT, SMALL),
    instances=_instances,
    mutants=(
        _false_laws("sum in place of difference", sums),
        _false_laws("one layer alone", first_only),
        _false_laws("second layer counted twice", second_doubled),
        _changed("one law more", lambda claimed: replace(claimed, number=claimed.number + 1)),
        _changed("one law fewer", lambda claimed: replace(claimed, number=claimed.number - 1)),
        _changed("the diagonal entries left out", _diagonal_left_out),
    ),
    measure=_measure,
    compare=_compare,
    depict=draw_laws,
    same=_same,
    derive="mgp/conserved-complete",
)
def conserved_complete(problem: Problem, digits: int) -> Prediction:
    """The search modulo primes, every law proved over Q."""
    return _prediction(_search(problem), digits)
