"""Steps that are decided before they are shown.

Each function below makes a `Step`; it decides the relation and raises `FalseStep` when it does not hold or
cannot be decided. A check may use only the steps that are passed to it, definitions and hypotheses
included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.normal_form import normal_form
from litproof.derive.notation import LayerProduct, LayerSum, Rate, Relation
from litproof.derive.rules import Rule, UnknownRate, evaluate_rates, substitute
from litproof.derive.stated import FalseStep, Kind, Step, names
from litproof.flow.conserved import prove_conserved
from litproof.flow.polynomials import Polynomial, parameter_ring
from litproof.networks.base import Network


def read_entry(
    name: str, of: Step, entries: Mapping[Any, sp.Expr], reason: str, *, for_all: Sequence[sp.Expr] = ()
) -> Step:
    """One entry of an equation between vectors; `entries` says how the entry of each vector is called.

    FalseStep when something other than a sum of multiples of these vectors, or of their rates, occurs.
    """
    lhs, rhs = (_entry(side, entries, name) for side in (of.relation.lhs, of.relation.rhs))
    return Step(
        name,
        Relation(lhs, rhs),
        "entry",
        (of.name,),
        "both sides read entry by entry",
        reason,
        tuple(for_all),
    )


def _entry(vector: Any, entries: Mapping[Any, sp.Expr], name: str) -> sp.Expr:
    if vector in entries:
        return entries[vector]
    if isinstance(vector, MatrixRate):
        return Rate(_entry(vector.args[0], entries, name), vector.args[1])
    if isinstance(vector, sp.ZeroMatrix):
        return sp.S.Zero
    if isinstance(vector, sp.MatAdd):
        return sp.Add(*(_entry(part, entries, name) for part in vector.args))
    if isinstance(vector, sp.MatMul):
        scalar, factors = vector.as_coeff_matrices()
        rest = factors[0] if len(factors) == 1 else sp.MatMul(*factors)
        if scalar != 1 or rest != vector:
            return scalar * _entry(rest, entries, name)
    raise FalseStep(f"step {name!r}: no entry is known of {vector}")


def chain(
    name: str,
    of: Step,
    moves: Step | sp.Symbol,
    reason: str,
    *,
    renamed: Mapping[sp.Expr, sp.Expr] | None = None,
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """The chain rule: from the rate of y in x that of y along what moves x.

    `moves` is the step with the rate of x, or the variable by which it is left open; `renamed` reads `of` for other
    arguments.
    """
    outer = _rate_of(name, of)
    quantity, argument, slope = (
        part.xreplace(dict(renamed or {})) for part in (outer.lhs.of, outer.lhs.variable, outer.rhs)
    )
    if isinstance(moves, Step):
        inner = _rate_of(name, moves)
        if inner.lhs.of != argument:
            raise FalseStep(
                f"step {name!r}: {moves.name!r} gives the rate of {inner.lhs.of}, not of {argument}"
            )
        relation = Relation(Rate(quantity, inner.lhs.variable), slope * inner.rhs)
        uses = names((of, moves))
    else:
        relation, uses = Relation(Rate(quantity, moves), slope * Rate(argument, moves)), names((of,))
    return Step(name, relation, "derivative", uses, "chain rule", reason, tuple(for_all))


def change_clock(
    name: str, of: Step, clock: Step, rhs: sp.Expr, reason: str, *, for_all: Sequence[sp.Expr] = ()
) -> Step:
    """Decide the rate of y in another clock: both move in one variable, and the quotient of their rates is rhs."""
    moved, clocked = _rate_of(name, of), _rate_of(name, clock)
    if moved.lhs.variable != clocked.lhs.variable:
        raise FalseStep(f"step {name!r}: the rates are in different variables")
    if rest := normal_form(moved.rhs - rhs * clocked.rhs):
        raise FalseStep(
            f"step {name!r}: the quotient of the rates differs from {rhs} by a multiple of {rest}"
        )
    relation = Relation(Rate(moved.lhs.of, clocked.lhs.of), rhs)
    return Step(
        name, relation, "derivative", names((of, clock)), "quotient of the rates", reason, tuple(for_all)
    )


def _rate_of(name: str, step: Step) -> Relation:
    if step.relation.operator != "=" or not isinstance(step.relation.lhs, Rate):
        raise FalseStep(f"step {name!r}: {step.name!r} does not give a rate")
    return step.relation


def write_out(
    name: str,
    of: Step,
    depth: int,
    layers: Mapping[sp.Expr, int],
    reason: str,
    *,
    renamed: Mapping[sp.Expr, sp.Expr] | None = None,
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """An equation at symbolic depth, its products and sums over layers written out for `depth` layers.

    `layers` gives the numbers of the layers that the equation names by symbols, `renamed` then changes letters.
    """
    numbers = {symbol: sp.Integer(number) for symbol, number in layers.items()}

    def written(expression: sp.Expr) -> sp.Expr:
        terms = expression.atoms(LayerProduct, LayerSum)
        plain = expression.xreplace({term: term.at_depth(depth, layers) for term in terms})
        return plain.xreplace(numbers).xreplace(dict(renamed or {}))

    relation = Relation(written(of.relation.lhs), written(of.relation.rhs), of.relation.operator)
    return Step(
        name, relation, "instance", (of.name,), f"written out for {depth} layers", reason, tuple(for_all)
    )


def integrate(
    name: str,
    lhs: sp.Expr,
    rhs: sp.Expr,
    reason: str,
    *,
    rates: tuple[Step, Step],
    start: Mapping[sp.Expr, sp.Expr],
) -> Step:
    """Decide that two functions are equal because their rates are, and their values where the variable starts.

    `rates` are the steps that give the rates of lhs and rhs, in this order, `start` the values of all that occurs.
    """
    first, second = (step.relation for step in rates)
    for relation, side in ((first, lhs), (second, rhs)):
        if not isinstance(relation.lhs, Rate) or relation.lhs.of != side or relation.operator != "=":
            raise FalseStep(f"step {name!r}: no step gives the rate of {side}")
    if first.lhs.variable != second.lhs.variable or normal_form(first.rhs - second.rhs):
        raise FalseStep(f"step {name!r}: the rates {first.rhs} and {second.rhs} differ")
    values = [side.xreplace(dict(start)) for side in (lhs, rhs)]
    if any(value.free_symbols for value in values) or normal_form(values[0] - values[1]):
        raise FalseStep(f"step {name!r}: the values at the start are {values[0]} and {values[1]}")
    return Step(
        name,
        Relation(lhs, rhs),
        "integral",
        names(rates),
        "equal rates and equal values at the start",
        reason,
    )


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
        names(using),
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
    rates = {letter: _all_inserted(rate, values) for letter, rate in {**rules.rates, **rates}.items()}
    known = Algebra(rules.symmetric, rules.identities, rates, rules.constants)
    left, right = (_all_inserted(side, values) for side in (lhs, rhs))
    try:
        holds = known.equal(left, right)
    except UnknownRate as error:
        raise FalseStep(f"step {name!r}: {error}") from None
    if not holds:
        raise FalseStep(f"step {name!r} does not hold for all matrices: {lhs} = {rhs}")
    kind: Kind = "derivative" if lhs.has(MatrixRate) or rhs.has(MatrixRate) else "identity"
    return Step(
        name, Relation(lhs, rhs), kind, names(using), "equal as words in the free matrix algebra", reason
    )


def _all_inserted(expression: Any, values: Mapping[Any, Any]) -> Any:
    """Definitions inserted, also into each other; they cannot form a circle, each being of something new."""
    for _ in values:
        expression = expression.xreplace(values)
    return expression


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
        if order:
            inner = evaluate_rates(Rate(inner, variable), rules, frozenset(constants))
        value = inner.subs(values) / sp.factorial(order)
        if normal_form(value - stated):
            raise FalseStep(f"step {name!r}: the coefficient of order {order} is {value}, not {stated}")
    series = sp.Add(*(c * variable**k for k, c in enumerate(coefficients)))
    relation = Relation(expression, series + sp.Order(variable ** len(coefficients)))
    check = "each Taylor coefficient by differentiation and normal form"
    return Step(name, relation, "expansion", names(using), check, reason)


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
    return Step(name, relation, "inequality", names(using), check, reason)


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
    moving, along = set(variables), slopes(law)
    for number, coordinate in enumerate(coordinates, start=1):
        field = slopes(coordinate)
        bracket = sp.Add(*(along[x] * field[x] for x in field if x in along and x in moving))
        # a ring of the variables that occur, however many there are
        used = sorted(bracket.free_symbols & moving, key=str) or variables[:1]
        rest = sp.Poly(bracket, *used, domain=sp.QQ)
        if not rest.is_zero:
            raise FalseStep(f"step {name!r}: the bracket with coordinate {number} is {rest.as_expr()}")
    check = "the brackets with the gradients of all coordinates are zero polynomials"
    return Step(name, Relation(Rate(law, time), sp.S.Zero), "instance", (), check, reason)


def slopes(expression: sp.Expr) -> dict[sp.Expr, sp.Expr]:
    """The derivatives of a sum by the variables in it, from the terms in which each occurs."""
    parts: dict[sp.Expr, list[sp.Expr]] = defaultdict(list)
    for term in sp.Add.make_args(expression):
        for variable in term.free_symbols:
            parts[variable].append(sp.diff(term, variable))
    return {variable: sp.Add(*derivatives) for variable, derivatives in parts.items()}


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
