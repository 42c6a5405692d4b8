"""The derivation of one problem: equations, reduced flow, conserved quantities, potential, KKT system and limit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sympy as sp

from litproof.derive.derivation import Argument, Derivation, Part
from litproof.derive.notation import Rate, Relation
from litproof.derive.stated import FalseStep, Step, define, restate
from litproof.errors import HypothesisError, Inconclusive
from litproof.flow.equations import Flow, agrees, t
from litproof.flow.parameters import Parameter
from litproof.limits.find import find_limit
from litproof.networks.ring import count_terms
from litproof.problem import Problem
from litproof.sympy_interface.equations import closed_form, gradient_flow, start
from litproof.sympy_interface.exact import rational
from litproof.sympy_interface.limit import limit_formula
from litproof.sympy_interface.potential import Potential, potential
from litproof.sympy_interface.reduced import reduced_flow
from litproof.theorems.mgp.conserved_complete.derivation import law_steps

DIGITS = 30
"""Digits to which the limit is given."""

MOST_PARAMETERS = 200
"""Networks with more parameters fill more pages than anyone reads; their equations come from Python."""

MOST_TERMS = 1000


class TooLarge(HypothesisError):
    """A problem whose equations nobody would read."""


def derive_problem(problem: Problem, degree: int = 2, *, name: str = "problem") -> Derivation:
    """All that theory says about one problem, in the order in which it is derived.

    Raises
    ------
    TooLarge : more than `MOST_PARAMETERS` parameters, or `MOST_TERMS` products of them.
    InputError, Inconclusive : as `laws.discover_conserved` for the degree.

    Examples
    --------
    >>> from litproof import example_problem
    >>> derive_problem(example_problem("regression")).step("flow-1").kind
    'derivative'
    """
    problem.require_plain("the derivation of a problem")
    size = sum(problem.network.shapes)
    if size > MOST_PARAMETERS or (terms := count_terms(problem.network)) > MOST_TERMS:
        got = f"{size} parameters" if size > MOST_PARAMETERS else f"{terms} products"
        raise TooLarge(
            f"expected at most {MOST_PARAMETERS} parameters and {MOST_TERMS} products of them in printed equations, "
            f"got {got}; litproof.gradient_flow gives them in Python"
        )
    flow = gradient_flow(problem)
    loss = "squared" if problem.task == "regression" else "exponential"
    return Derivation(
        claim=f"problem/{name}",
        title=f"The gradient flow of a {problem.network.kind} network on a {problem.task} problem",
        sources=("ykm", "marcotte"),
        symbols={"D": sp.Symbol("D"), "K": sp.Symbol("K")},
        statement=(
            f"Gradient flow on the {loss} loss of this network, with these data and this start: its equations, what it "
            "conserves, what its limit minimises, and where it goes.",
        ),
        hypotheses=("Data and start are those of the problem; all numbers are exact.", *_start(problem)),
        body=(
            *_equations(problem, flow),
            *_reduced(problem),
            *law_steps(problem.network, degree),
            *_potential(problem),
            *_limit(problem),
        ),
    )


def _start(problem: Problem) -> Iterator[Step]:
    for number, (symbol, value) in enumerate(start(problem).items(), start=1):
        yield define(
            f"start-{number}",
            Parameter(f"{symbol.name}(0)"),
            value,
            "The flow starts at" if number == 1 else "",
        )


def _equations(problem: Problem, flow: Flow) -> Iterator[Part]:
    beta = [Parameter(f"beta[{z}]") for z in range(1, len(flow.coefficients) + 1)]
    for z, (symbol, value) in enumerate(zip(beta, flow.coefficients, strict=True), start=1):
        yield define(
            f"beta-{z}", symbol, value, "The linear coefficients of the network are" if z == 1 else ""
        )
    r = [Parameter(f"r[{i}]") for i in range(1, len(problem.y) + 1)]
    outputs = []
    for i, (x, target) in enumerate(zip(problem.X, map(rational, problem.y), strict=True), start=1):
        output = sp.Add(*(rational(a) * b for a, b in zip(x, beta, strict=True)))
        outputs.append(output)
        value = output - target if problem.task == "regression" else -target * sp.exp(-target * output)
        sentence = "The derivatives of the loss by the predictions of the network are" if i == 1 else ""
        yield define(f"residual-{i}", r[i - 1], value, sentence)
    inserted = dict(zip(beta, flow.coefficients, strict=True))
    residuals = dict(zip(r, flow.residuals, strict=True))
    written_out = [f.xreplace(inserted) for f in outputs]
    shown = tuple(
        tuple(
            -sp.Add(*(symbol * sp.diff(f, v) for symbol, f in zip(r, written_out, strict=True)))
            for v in layer
        )
        for layer in flow.variables
    )
    if not agrees(flow, tuple(tuple(rate.xreplace(residuals) for rate in layer) for layer in shown)):
        raise FalseStep("the equations shown are not the gradient of the loss")
    check = "the gradient of the loss, differentiated; equal to this by polynomial normal form"
    form = closed_form(problem, flow)
    if form is not None:
        sentence, layers = form
        if not agrees(flow, layers):
            raise FalseStep(f"the gradient of the loss differs from {sentence}")
        check += f", and to {sentence}"
    uses = tuple(f"residual-{i}" for i in range(1, len(r) + 1))
    rates = zip(flow.symbols, (rate for layer in shown for rate in layer), strict=True)
    for number, (symbol, rate) in enumerate(rates, start=1):
        sentence = "The gradient flow is" if number == 1 else ""
        yield Step(f"flow-{number}", Relation(Rate(symbol, t), rate), "derivative", uses, check, sentence)


def _reduced(problem: Problem) -> Iterator[Part]:
    try:
        reduced = reduced_flow(problem)
    except HypothesisError:
        yield "The network has no orthogonal decomposition that is known, and so no reduced flow is given."
        return
    if not reduced.holds:
        raise FalseStep("the reduced flow does not follow from the flow of the parameters")
    for number, (symbol, value) in enumerate(reduced.coordinates.items(), start=1):
        yield define(
            f"coordinate-eta-{number}", symbol, value, "Reduced coordinates are" if number == 1 else ""
        )
    check = "all normal forms of the reduction are zero"
    for number, (symbol, rate) in enumerate(reduced.velocity.items(), start=1):
        sentence = "The flow closes in them:" if number == 1 else ""
        yield Step(f"reduced-{number}", Relation(Rate(symbol, t), rate), "derivative", (), check, sentence)


def _potential(problem: Problem) -> Iterator[Part]:
    try:
        objective = potential(problem)
    except HypothesisError:
        yield "Theory knows no function that the limit of this problem minimises."
        return
    if not objective.holds:
        raise FalseStep("the gradient of Q does not belong to Q")
    own = problem.task == "regression" and objective.components != objective.variables
    if own:
        for j, value in enumerate(objective.components, start=1):
            if value != objective.variables[j - 1]:
                yield define(
                    f"component-{j}",
                    Parameter(f"rho[{j}]"),
                    value,
                    "Components are written as" if j == 1 else "",
                )
    Q = sp.Symbol("Q")
    sentence = (
        "The limit minimises, over all components that fit the data, the function"
        if problem.task == "regression"
        else "The direction of the limit is that of a stationary point, under the condition that all margins are at "
        "least one, of the function"
    )
    yield define("potential", Q, objective.Q, sentence)
    if objective.in_beta is not None:
        sentence = "In the linear coefficients or their components its place is taken, up to a constant, by"
        yield define("objective", sp.Symbol("N"), objective.in_beta, sentence)
    yield from _kkt(objective)


def _kkt(objective: Potential) -> Iterator[Step]:
    operators = {"==": "=", ">=": ">=", "<=": "<="}
    for number, relation in enumerate(objective.kkt, start=1):
        yield Step(
            f"kkt-{number}",
            Relation(relation.lhs, relation.rhs, operators[relation.rel_op]),  # type: ignore[arg-type]
            "restatement",
            ("potential",),
            "the gradient was compared with the derivatives of the objective by normal form",
            "The conditions of Karush, Kuhn and Tucker are" if number == 1 else "",
        )


def _limit(problem: Problem) -> Iterator[Part]:
    pattern = "beta_{}_star" if problem.task == "regression" else "beta_hat_{}"
    star = [sp.Symbol(pattern.format(z)) for z in range(1, problem.network.input_dim + 1)]
    try:
        formula = limit_formula(problem)
    except HypothesisError:
        pass
    else:
        for z, value in enumerate(formula.value, start=1):
            yield define(f"formula-{z}", star[z - 1], value, "In closed form the limit is" if z == 1 else "")
        if formula.equation is not None:
            yield restate(
                "formula-equation",
                formula.equation.lhs,
                formula.equation.rhs,
                "with the number that solves",
                of=(),
                how="the output at the limit",
            )
    try:
        result = find_limit(problem, DIGITS)
    except (HypothesisError, Inconclusive):
        yield Argument(
            "No limit of zero loss was found for this problem; the command for limits says what was seen."
        )
        return
    check = _plain(f"evidence: {result.evidence}; {'; '.join(result.methods)}")
    for z, decimal in enumerate(result.decimals, start=1):
        sentence = "The limit, to thirty digits of its largest entry, is" if z == 1 else ""
        yield Step(f"limit-{z}", Relation(star[z - 1], sp.Symbol(decimal)), "evaluation", (), check, sentence)


def _plain(text: str) -> str:
    """Words of a method as TeX takes them."""
    special = {"^": r"\^{}", "~": r"\~{}", "\\": r"\textbackslash{}"}
    return re.sub(r"[_%&#$^~\\{}]", lambda match: special.get(match[0], "\\" + match[0]), text)
