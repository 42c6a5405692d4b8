"""Steps of derivations: relations that were decided before they are shown.

Each function below makes a `Step`; it decides the relation and raises `FalseStep` when it does not hold or
cannot be decided. A check may use only the steps that are passed to it, definitions and hypotheses
included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sympy as sp

from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.normal_form import normal_form
from litproof.derive.notation import LayerProduct, LayerSum, Operator, Rate, Relation
from litproof.derive.rules import Rule, UnknownRate, evaluate_rates, substitute
from litproof.flow.conserved import prove_conserved
from litproof.flow.polynomials import Polynomial, parameter_ring
from litproof.networks.base import Network

Kind: TypeAlias = Literal[
    "definition",
    "hypothesis",
    "restatement",
    "instance",
    "identity",
    "derivative",
    "substitution",
    "expansion",
    "inequality",
    "evaluation",
]
STATED: frozenset[str] = frozenset({"definition", "hypothesis", "restatement"})
"""Kinds that are stated; all others are decided."""


class FalseStep(ValueError):
    """An equation of a derivation does not hold, or could not be decided."""


@dataclass(frozen=True)
class Step:
    """One displayed relation.

    Attributes
    ----------
    name : by which prose and other steps refer to it.
    relation : what is printed; the same objects were checked.
    kind : "definition", "hypothesis" and "restatement" are stated, every other kind was decided.
    uses : names of the steps the decision relied on.
    check : how it was decided, in words.
    reason : prose before the display.
    for_all : index symbols the relation holds for all values of.
    """

    name: str
    relation: Relation
    kind: Kind
    uses: tuple[str, ...] = ()
    check: str = ""
    reason: str = ""
    for_all: tuple[sp.Expr, ...] = ()

    @property
    def rule(self) -> Rule:
        """The step as a rule lhs -> rhs; FalseStep when its left side is not an atom or the rate of one."""
        lhs = self.relation.lhs
        atom = lhs.of if isinstance(lhs, Rate) else lhs
        if self.relation.operator != "=" or not _is_atom(atom):
            raise FalseStep(
                f"step {self.name!r} cannot be used as a rule: its left side is not a single quantity"
            )
        return Rule(lhs, self.relation.rhs, self.for_all)


def define(name: str, lhs: Any, rhs: Any, reason: str = "", *, for_all: Sequence[sp.Expr] = ()) -> Step:
    """Introduce a quantity, or its rate of change, by an equation."""
    return Step(name, Relation(lhs, rhs), "definition", (), "", reason, tuple(for_all))


def restate(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str,
    *,
    of: Sequence[Step],
    how: str,
    operator: Operator = "=",
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """Another reading of steps already shown (entry by entry, along a curve); stated, not decided."""
    return Step(name, Relation(lhs, rhs, operator), "restatement", _names(of), how, reason, tuple(for_all))


def assume(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str = "",
    *,
    operator: Operator = "=",
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """State a hypothesis."""
    return Step(name, Relation(lhs, rhs, operator), "hypothesis", (), "", reason, tuple(for_all))


def prove(
    name: str,
    lhs: sp.Expr,
    rhs: sp.Expr,
    reason: str = "",
    *,
    using: Sequence[Step] = (),
    constants: Sequence[Any] = (),
    signs: Sequence[sp.Expr] = (),
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """Decide lhs = rhs: insert the definitions and rates of `using`, then the normal form of the difference.

    `constants` are what does not move under a rate, `signs` symbols equal to 1 or -1. FalseStep when it is
    not zero.
    """
    lhs, rhs = sp.sympify(lhs), sp.sympify(rhs)
    rules = [step.rule for step in using]
    inserted = [_inserted(rule, rules) for rule in rules]
    try:
        difference = evaluate_rates(substitute(lhs - rhs, rules), inserted, frozenset(constants))
        rest = normal_form(substitute(difference, rules), signs)
    except (ValueError, ZeroDivisionError) as error:
        raise FalseStep(f"step {name!r}: {error}") from None
    if rest:
        raise FalseStep(
            f"step {name!r} does not hold: the difference of its sides has the normal form {rest}"
        )
    differentiated = lhs.has(Rate) or rhs.has(Rate)
    numbers = not (lhs.free_symbols | rhs.free_symbols)
    kind: Kind = (
        "derivative"
        if differentiated
        else "evaluation"
        if numbers
        else "substitution"
        if using
        else "identity"
    )
    return Step(
        name,
        Relation(lhs, rhs),
        kind,
        _names(using),
        "normal form of the difference is zero",
        reason,
        tuple(for_all),
    )


def prove_matrix(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str = "",
    *,
    algebra: Algebra | None = None,
    using: Sequence[Step] = (),
) -> Step:
    """Decide an identity between matrix expressions or traces, for all shapes that fit.

    Steps in `using` with a matrix symbol on the left are inserted, those with the rate of one give rates;
    `algebra` adds symmetric matrices, shortening identities and constants.
    """
    rules = algebra or Algebra()
    rates = {s.relation.lhs.args[0]: s.relation.rhs for s in using if isinstance(s.relation.lhs, MatrixRate)}
    values = {s.relation.lhs: s.relation.rhs for s in using if isinstance(s.relation.lhs, sp.MatrixSymbol)}
    known = Algebra(rules.symmetric, rules.identities, {**rules.rates, **rates}, rules.constants)
    left, right = (side.xreplace(values) if values else side for side in (lhs, rhs))
    try:
        holds = known.equal(left, right)
    except UnknownRate as error:
        raise FalseStep(f"step {name!r}: {error}") from None
    if not holds:
        raise FalseStep(f"step {name!r} does not hold for all matrices: {lhs} = {rhs}")
    kind: Kind = "derivative" if lhs.has(MatrixRate) or rhs.has(MatrixRate) else "identity"
    return Step(
        name, Relation(lhs, rhs), kind, _names(using), "equal as words in the free matrix algebra", reason
    )


def expand(
    name: str,
    expression: sp.Expr,
    variable: sp.Symbol,
    coefficients: Sequence[sp.Expr],
    reason: str = "",
    *,
    using: Sequence[Step] = (),
    origin: Mapping[sp.Expr, sp.Expr] | None = None,
    constants: Sequence[Any] = (),
) -> Step:
    """Decide the Taylor coefficients of `expression` at variable = 0, one derivative after the other.

    Displayed as expression = sum_k coefficients[k] variable^k + O(variable^(number of coefficients)). The
    expression must be analytic at 0. Quantities with a rate in `using` take the values `origin` there.
    """
    rules = [step.rule for step in using]
    inner, values = substitute(expression, rules), {variable: sp.S.Zero, **(origin or {})}
    for order, stated in enumerate(coefficients):
        value = inner.subs(values) / sp.factorial(order)
        if normal_form(value - stated):
            raise FalseStep(f"step {name!r}: the coefficient of order {order} is {value}, not {stated}")
        inner = evaluate_rates(Rate(inner, variable), rules, frozenset(constants))
    series = sp.Add(*(c * variable**k for k, c in enumerate(coefficients)))
    relation = Relation(expression, series + sp.Order(variable ** len(coefficients)))
    check = "each Taylor coefficient by differentiation and normal form"
    return Step(name, relation, "expansion", _names(using), check, reason)


def bound(
    name: str,
    larger: sp.Expr,
    smaller: sp.Expr,
    difference: sp.Expr,
    reason: str = "",
    *,
    strict: bool = False,
    using: Sequence[Step] = (),
    constants: Sequence[Any] = (),
    signs: Sequence[sp.Expr] = (),
) -> Step:
    """Decide larger >= smaller (or >): the difference equals `difference`, whose form shows its sign.

    Displayed as larger - smaller = difference >= 0. The sign comes from the assumptions of the symbols
    (sums and products of non-negative terms, even powers of reals).
    """
    gap = larger - smaller
    prove(name, gap, difference, using=using, constants=constants, signs=signs)
    good = difference.is_positive if strict else difference.is_nonnegative
    if good is not True:
        raise FalseStep(f"step {name!r}: the sign of {difference} does not follow from its form")
    check = (
        "the difference equals an expression that is "
        + ("positive" if strict else "non-negative")
        + " term by term"
    )
    relation = Relation(gap, sp.S.Zero, ">" if strict else ">=", None if gap == difference else difference)
    return Step(name, relation, "inequality", _names(using), check, reason)


def prove_law(name: str, network: Network, law: tuple[str, Polynomial], time: sp.Symbol, reason: str) -> Step:
    """Decide that a polynomial is conserved on a given network for all data and losses, and show it."""
    proof = prove_conserved(network, parameter_ring(network), law)
    if not proof.holds:
        raise FalseStep(
            f"step {name!r}: {law[0]} is not conserved, a bracket is {next(filter(None, proof.residues))}"
        )
    check = "the brackets with the gradients of all linear coefficients are zero polynomials"
    return Step(name, Relation(Rate(law[1].as_expr(), time), sp.S.Zero), "instance", (), check, reason)


def prove_bracket(
    name: str,
    law: sp.Expr,
    coordinates: Sequence[sp.Expr],
    variables: Sequence[sp.Expr],
    time: sp.Symbol,
    reason: str,
) -> Step:
    """Decide that the gradient of `law` is orthogonal to those of all `coordinates`, as polynomials over Q."""
    slopes = [sp.diff(law, variable) for variable in variables]
    for number, coordinate in enumerate(coordinates, start=1):
        bracket = sp.Add(
            *(slope * sp.diff(coordinate, x) for slope, x in zip(slopes, variables, strict=True) if slope)
        )
        rest = sp.Poly(bracket, *variables, domain=sp.QQ)
        if not rest.is_zero:
            raise FalseStep(f"step {name!r}: the bracket with coordinate {number} is {rest.as_expr()}")
    check = "the brackets with the gradients of all coordinates are zero polynomials"
    return Step(name, Relation(Rate(law, time), sp.S.Zero), "instance", (), check, reason)


def prove_instances(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str,
    *,
    decide: Callable[[int], bool],
    values: Sequence[int],
    check: str,
) -> Step:
    """Decide a relation for each of `values` of its integer parameter; `check` says how and for which."""
    failed = [value for value in values if not decide(value)]
    if failed:
        raise FalseStep(f"step {name!r} does not hold for {failed}")
    return Step(name, Relation(lhs, rhs), "instance", (), f"{check} {', '.join(map(str, values))}", reason)


def _inserted(rule: Rule, rules: Sequence[Rule]) -> Rule:
    """A rate with the definitions of the others inserted into its value."""
    return (
        Rule(rule.pattern, substitute(rule.value, rules), rule.for_all)
        if isinstance(rule.pattern, Rate)
        else rule
    )


def _names(steps: Sequence[Step]) -> tuple[str, ...]:
    return tuple(step.name for step in steps)


def _is_atom(expression: Any) -> bool:
    return isinstance(
        expression,
        sp.Symbol | sp.Indexed | LayerProduct | LayerSum | sp.Function | sp.MatrixSymbol,
    )
