"""Two flows that are one: a map Phi of parameters and a factor c with DPhi F = c G o Phi.

With beta_Q o Phi = beta_P both losses are one function of the parameters of P, so that the flow of P from theta is
carried by Phi to that of Q from Phi(theta), run c times as fast, when for every input z

    DPhi grad beta_z = c (grad beta^Q_z) o Phi,

an identity between polynomials that proves it for all data and losses; or for one data set and the squared loss, when
the sums of both sides with the weights X^T r agree. Where no identity holds the two sides are compared along the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import sup_norm
from litproof.claims.comparison import violated
from litproof.claims.formulas.coefficients import coefficients_with_slopes
from litproof.claims.formulas.following import Asked, follow_asked
from litproof.claims.formulas.moments import ALONG, AtMoment
from litproof.claims.formulas.path_points import Moment
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, PartResult
from litproof.errors import HypothesisError, InputError
from litproof.flow.polynomials import parameter_ring, rational
from litproof.flow.program import Operators, split
from litproof.flow.trace import trace_gradient
from litproof.formula.evaluate import evaluate
from litproof.formula.expansion import expand, ranges_of
from litproof.formula.jets import Jet
from litproof.formula.setting import Setting
from litproof.language.grammar import formula_error
from litproof.language.statements import Definition, free_letters
from litproof.language.tree import Negation, Node, Number, Operation, Symbol, to_text
from litproof.networks.base import Network
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

_TIMES = (Fraction(1, 4), Fraction(1))
_GUARD = 20


@dataclass(frozen=True)
class FlowEquality:
    """Phi, c and the other network.

    Attributes
    ----------
    network : inputs d -> the other network. targets : (entries of its parameters, formulas in those of this one).
    time : a formula c t. key : named in messages.
    """

    network: Callable[[int], Network]
    targets: tuple[tuple[Node, Node], ...]
    time: Node
    definitions: tuple[Definition, ...] = ()
    key: str = ""

    @property
    def text(self) -> str:
        """In words."""
        pairs = ", ".join(f"{to_text(a)} = {to_text(b)}" for a, b in self.targets)
        return f"the same flow in other parameters: {pairs}, at the time {to_text(self.time)}"

    @property
    def known(self) -> dict[str, Definition]:
        """Definitions by name."""
        return {definition.name: definition for definition in self.definitions}

    def written_out(self, problem: Problem) -> tuple[Network, list[Node]]:
        """The other network, and a formula for each of its parameters.

        Raises InputError for entries that are missing, or given twice.
        """
        network = self.network(problem.network.input_dim)
        zero = tuple((Fraction(0),) * size for size in network.shapes)
        there = replace(problem, network=network, v=zero, dynamics=None)
        entries: dict[tuple[int, int], Node] = {}
        for target, formula in self.targets:
            letters = free_letters(target)
            sizes = ranges_of(letters, target, there, self.known, self.key)
            for values in product(*(range(1, size + 1) for size in sizes)):
                at = dict(zip(letters, values, strict=True))
                entry = expand(target, there, {}, at, self.key)
                if not isinstance(entry, Symbol) or entry.name != "v":
                    raise formula_error(target.place, "expected parameters of the other network", self.key)
                place = (int(entry.indices[0]), int(entry.indices[1]))
                if place in entries:
                    raise formula_error(
                        target.place, f"entry {place} of the other network is given twice", self.key
                    )
                entries[place] = expand(formula, problem, self.known, at, self.key)
        places = [(l, j) for l, size in enumerate(network.shapes, 1) for j in range(1, size + 1)]
        if missing := [place for place in places if place not in entries]:
            l, j = missing[0]
            raise InputError(f"the map lacks entry {j} of layer {l} of the other network", key=self.key)
        return network, [entries[place] for place in places]

    def factor(self, problem: Problem) -> Fraction:
        """c of the time c t; InputError where it is not such a formula with c > 0."""
        tree = expand(self.time, problem, self.known, {}, self.key)
        setting = Setting(problem, ALONG)
        values = []
        for t in (1, 2):
            value = evaluate(tree, AtMoment(setting, Moment(Fraction(t), (), Fraction(0), (), ()))).value
            values.append(value)
        first, second = values
        if (
            not isinstance(first, Fraction)
            or not isinstance(second, Fraction)
            or second != 2 * first
            or first <= 0
        ):
            raise formula_error(self.time.place, "expected a rational multiple of t, such as 2*t", self.key)
        return first


def meaning_of(statement: FlowEquality) -> Hypothesis:
    """The hypothesis that the map has a meaning for the problem, and that it has gradient flow."""

    def check(problem: Problem) -> Check:
        if problem.dynamics is not None:
            return Check(Answer.VIOLATED, f"the dynamics are {problem.dynamics.kind}")
        try:
            statement.written_out(problem)
            statement.factor(problem)
        except (InputError, HypothesisError) as error:
            return Check(Answer.VIOLATED, str(error))
        return Check(Answer.HOLDS)

    return Hypothesis("gradient flow, and a map between the two networks", check)


def predict_equality(statement: FlowEquality, problem: Problem, digits: int) -> Prediction:
    """The map and the factor of time."""
    return Prediction((), digits, statement.text, {"statement": statement, "problem": problem})


def measure_equality(statement: FlowEquality) -> Callable[[Problem, int], Measurement]:
    """Both flows, each in its own parameters."""

    def measure(problem: Problem, digits: int) -> Measurement:
        """Follow both flows in their original parameters, the other one to times c t."""
        c = statement.factor(problem)
        network, formulas = statement.written_out(problem)
        first = follow_asked(problem, Asked(_TIMES), digits + 4)
        layers = split(
            [dyadic(x) for x in _mapped(formulas, problem, _start(problem), digits)], network.shapes
        )
        other = replace(problem, network=network, scale=Fraction(1), v=layers)
        second = follow_asked(other, Asked(tuple(c * t for t in _TIMES)), digits + 4)
        gap = Fraction(0)
        for here, there in zip(first.details["moments"], second.details["moments"], strict=True):
            image = _mapped(formulas, problem, here, digits)
            flat = [x for layer in there.layers for x in layer]
            size = sup_norm(flat) or Fraction(1)
            gap = max(gap, max(abs(dyadic(a) - b) for a, b in zip(image, flat, strict=True)) / size)
        details = {**first.details, "gap": gap, "statement": statement}
        return replace(
            first, details=details, method="both flows in their original parameters at given times"
        )

    return measure


def _start(problem: Problem) -> Moment:
    return Moment(Fraction(0), problem.v0, Fraction(0), (), ())


def _mapped(formulas: Sequence[Node], problem: Problem, moment: Moment, digits: int) -> list[Ball]:
    with ball_precision(digits_to_bits(digits + 2 * _GUARD)):
        meaning = AtMoment(Setting(problem, ALONG), moment)
        return [evaluate(formula, meaning).ball for formula in formulas]


def compare_equality(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Proved by normal form, for all data or for these; else compared along the flow."""
    statement, problem = prediction.details["statement"], prediction.details["problem"]
    assert isinstance(statement, FlowEquality)
    assert isinstance(problem, Problem)
    gap = measurement.details["gap"] if measurement.details["statement"] is statement else Fraction(0)
    if gap > Fraction(10, 10**digits):
        ratio = 10.0 ** min(300.0, float((gap * 10**digits).numerator.bit_length()) / 3.33)
        return violated("the two flows part: the images differ", ratio)
    network, formulas = statement.written_out(problem)
    c = statement.factor(problem)
    proof = identity(problem, network, formulas, c)
    if proof:
        parts = (PartResult("identity", "holds", "exact", digits, proof),)
        return Comparison(
            Answer.HOLDS, digits, Evidence.EXACT, 0.0, f"{proof}; both flows agree at 2 times", parts
        )
    off = along(problem, network, formulas, c, measurement.details["moments"], digits)
    tolerance = Fraction(1, 10**digits)
    if off > tolerance:
        ratio = 10.0 ** min(300.0, (off / tolerance).numerator.bit_length() / 3.33)
        detail = f"no identity, and along the flow the two sides differ by {float(off):.2g} of their size"
        return violated(detail, ratio)
    detail = "no identity between polynomials; along this flow the two sides agree"
    why = "no identity between polynomials decides it"
    return Comparison(Answer.HOLDS, digits, Evidence.AGREED, 0.0, detail, unproved=why)


def identity(problem: Problem, network: Network, formulas: Sequence[Node], c: Fraction) -> str:
    """The identity that proves it, in words; "" where there is none, or a side is no polynomial."""
    try:
        ring = parameter_ring(problem.network)
        Phi = [_polynomial(formula, ring, problem) for formula in formulas]
        unit, d = ring.zero + 1, problem.network.input_dim
        operators = Operators(lambda q: unit * rational(q))
        flat, zeros = [v for layer in ring.layers for v in layer], [ring.zero] * d
        betas = trace_gradient(problem.network).evaluate(operators, [*flat, *zeros], "beta")
        program = trace_gradient(network)
        images = program.evaluate(operators, [*Phi, *zeros], "beta")
    except (HypothesisError, ValueError):
        return ""
    if any(a - b for a, b in zip(images, betas, strict=True)):
        return ""
    differences = []
    for z, beta in enumerate(betas):
        direction = [unit if k == z else ring.zero for k in range(d)]
        wanted = program.evaluate(operators, [*Phi, *direction], "gradient")
        slopes = [beta.diff(v) for v in flat]
        rows = []
        for phi, target in zip(Phi, wanted, strict=True):
            terms = (phi.diff(v) * slope for v, slope in zip(flat, slopes, strict=True))
            rows.append(sum(terms, ring.zero) - target * rational(c))
        differences.append(rows)
    if not any(any(row) for row in differences):
        return f"{d * len(Phi)} identities proved: the same flow for all data and losses"
    if problem.task != "regression" or problem.training:
        return ""
    pulls = []
    for column in zip(*problem.X, strict=True):
        total = ring.zero
        for i, x in enumerate(column):
            f = sum((b * rational(a) for a, b in zip(problem.X[i], betas, strict=True)), ring.zero)
            total += (f - rational(problem.y[i])) * rational(x * problem.row_weights[i])
        pulls.append(total)
    summed = (
        sum((pull * row[k] for pull, row in zip(pulls, differences, strict=True)), ring.zero)
        for k in range(len(Phi))
    )
    return (
        ""
        if any(summed)
        else f"{len(Phi)} identities proved: the same flow for these data and the squared loss"
    )


def _polynomial(node: Node, ring: Any, problem: Problem) -> Any:
    """A written-out formula as a polynomial; ValueError where it is none with rational coefficients."""
    match node:
        case Number():
            return ring.zero + rational(node.value)
        case Symbol(name="v"):
            return ring.layers[int(node.indices[0]) - 1][int(node.indices[1]) - 1]
        case Symbol():
            value = Setting(problem, ALONG).constant(node.name, tuple(map(int, node.indices)))
            if not isinstance(value, Fraction):
                raise ValueError("not rational")
            return ring.zero + rational(value)
        case Negation():
            return -_polynomial(node.inner, ring, problem)
        case Operation():
            left, right = (_polynomial(part, ring, problem) for part in (node.left, node.right))
            match node.sign:
                case "+":
                    return left + right
                case "-":
                    return left - right
                case "*":
                    return left * right
            exponent = node.right.value if isinstance(node.right, Number) else None
            if (
                node.sign == "^"
                and exponent is not None
                and exponent.denominator == 1
                and 0 <= exponent <= 60
            ):
                return left ** int(exponent)
            if node.sign == "/" and right.is_ground and right:
                return left * (1 / right.LC)
    raise ValueError("no polynomial")


def along(
    problem: Problem,
    network: Network,
    formulas: Sequence[Node],
    c: Fraction,
    moments: Sequence[Moment],
    digits: int,
) -> Fraction:
    """The largest difference of the two sides, of beta and of the fields, at moments of the flow; relative."""
    worst = Fraction(0)
    setting = Setting(problem, ALONG)
    with ball_precision(digits_to_bits(2 * (digits + _GUARD))):
        for moment in (_start(problem), *moments):
            exact = replace(moment, radius=Fraction(0))
            here = AtMoment(setting, exact, rates=True)
            jets = [evaluate(formula, here) for formula in formulas]
            image = coefficients_with_slopes(network, [jet.ball for jet in jets])
            mine = coefficients_with_slopes(
                problem.network, [ball(x) for layer in exact.layers for x in layer]
            )
            size = sup_norm([dyadic(jet.ball) for jet in mine]) or Fraction(1)
            worst = max(
                worst, *(abs(dyadic(a.ball - b.ball)) / size for a, b in zip(image, mine, strict=True))
            )
            for z, beta in enumerate(mine):
                left = [_product(jet, beta) for jet in jets]
                right = [c * dyadic(image[z].gradient.get(k, ball(Fraction(0)))) for k in range(len(jets))]
                unit = max(sup_norm(left), sup_norm(right)) or Fraction(1)
                worst = max(worst, *(abs(a - b) / unit for a, b in zip(left, right, strict=True)))
    return worst


def _product(a: Jet, b: Jet) -> Fraction:
    """grad a . grad b."""
    keys = set(a.gradient) & set(b.gradient)
    return dyadic(sum((a.gradient[k] * b.gradient[k] for k in keys), ball(Fraction(0))))


def same_equality(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two maps are equal as polynomials, with equal factors of time."""
    first, second, problem = a.details["statement"], b.details["statement"], a.details["problem"]
    assert isinstance(first, FlowEquality)
    assert isinstance(second, FlowEquality)
    try:
        ring = parameter_ring(problem.network)
        maps = [
            [_polynomial(formula, ring, problem) for formula in statement.written_out(problem)[1]]
            for statement in (first, second)
        ]
    except (ValueError, InputError, HypothesisError):
        return False
    return maps[0] == maps[1] and first.factor(problem) == second.factor(problem)
