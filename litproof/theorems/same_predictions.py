"""Whether a result and the theorem that it is a case of predict the same limit: decided by normal forms.

The theorem's prediction is a curve. At the multiplier mu = (S X^T nu)_j a component has layers with
deta_l/dmu = prod_{k != l} eta_k, from the start to which the map of the specialisation carries that of the result.
They are known in closed form for two layers, (eta_1 +- eta_2) = (eta_1 +- eta_2)(0) exp(+- mu), and for equal ones,
eta^(2-L) = eta(0)^(2-L) + (2-L) mu. So beta_j is a function h of mu alone. The result's prediction is the formula of
its claim that lies in the row space, or the derivative of what it minimises: a function g of beta_j. Both say the same,
at every point of the row space, where

    d/dmu g(h(mu)) = k    with a number k > 0:

the gradients of both potentials are then equal up to the factor k.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from litproof.derive.normal_form import normal_form
from litproof.formula.problem_names import degrees_of
from litproof.language.grammar import LETTERS
from litproof.language.statements import Definition, parse_definition, parse_statement
from litproof.language.tree import Call, Negation, Node, Number, Operation, Sum, Symbol, nodes
from litproof.networks.base import Network, OdecoForm
from litproof.networks.polynomial import PolynomialNetwork
from litproof.theorems import claim_file
from litproof.theorems.specialisations import Specialisation, image_of, networks_of

MU = sp.Symbol("mu", real=True)


def same_prediction(case: Specialisation, claim: Mapping[str, Any] | None = None) -> sp.Expr | None:
    """k for the first entry of beta, for the claim of the result or another one in its place.

    None where the claim states no function of one entry, or the curve is not known in closed form; ValueError where the
    predictions differ.
    """
    stated = claim if claim is not None else _claim_of(case.special)
    formula = _formula(stated)
    network = networks_of(case.special)[0]
    if formula is None:
        return None
    layers, start = _start(network, stated.get("hypotheses", ()))
    curve = _curve(case, network, layers)
    if curve is None:
        return None
    if formula.potential:
        beta = sp.Symbol("b", positive=True)
        potential = _Reader(formula.definitions, _names(start, beta, curve)).value(formula.tree)
        value = sp.diff(potential, beta).subs(beta, curve)
    else:
        value = _Reader(formula.definitions, _names(start, curve, curve)).value(formula.tree)
    slope = _flat(sp.diff(value, MU))
    factor = sp.cancel(_flat(sp.expand(slope.subs(MU, 0))))
    if not factor.is_Rational or factor <= 0 or normal_form(slope**2 - factor**2):
        raise ValueError(f"{case.special} and {case.general} predict different limits by this map")
    return factor


def _flat(expression: sp.Expr) -> sp.Expr:
    """Powers of powers as one: bases are starts and layers, positive in the entry that is looked at."""
    return sp.powdenest(expression, force=True)


@dataclass(frozen=True)
class _Formula:
    tree: Node
    definitions: Mapping[str, Definition]
    potential: bool


def _claim_of(id: str) -> Mapping[str, Any]:
    path = claim_file(id)
    found: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))["claim"] if path else {}
    return found


def _formula(claim: Mapping[str, Any]) -> _Formula | None:
    """What lies in the row space, or the summand of what is minimised, as a tree in one entry j."""
    if "quantity" in claim:
        return None  # about a limit of limits: other coordinates than those of one flow
    definitions: dict[str, Definition] = {}
    for head, text in claim.get("let", {}).items():
        made = parse_definition(head, str(text), definitions, "let")
        definitions[made.name] = made
    if "rowspan" in claim:
        return _Formula(
            parse_statement(claim["rowspan"], free=("j",), definitions=definitions), definitions, False
        )
    for key in ("minimises", "stationary"):
        if key in claim:
            whole = parse_statement(claim[key], definitions=definitions)
            return _Formula(whole.inner, definitions, True) if isinstance(whole, Sum) else None
    if isinstance(claim.get("equation"), str):
        equation = parse_statement(
            claim["equation"], implicit=LETTERS, definitions=definitions, relations=("=",)
        )
        assert isinstance(equation, Operation)
        left = equation.left
        moves = any(isinstance(node, Call) and node.name in ("rate", "integral") for node in nodes(left))
        of_beta = any(isinstance(node, Symbol) and node.name == "beta" for node in nodes(left))
        return _Formula(left, definitions, False) if of_beta and not moves else None
    return None


def _start(network: Network, hypotheses: Sequence[str]) -> tuple[list[sp.Symbol], dict[str, sp.Expr]]:
    """First entries of the layers at the start, one symbol for those that a hypothesis equates, and their names."""
    if isinstance(network, PolynomialNetwork):
        names = [str(parameter).partition("[")[0] for parameter in network.parameters]
    else:
        names = [f"v_{number}" for number in range(1, len(network.shapes) + 1)]
    symbols = {name: sp.Symbol(name, positive=True) for name in names}
    equal = [(left, names[0]) for left in names[1:]] if "equal-layers" in hypotheses else []
    equal += [
        (left.strip(), right.strip()) for left, _, right in (text.partition("=") for text in hypotheses)
    ]
    for left, right in equal:
        if left in symbols and right in symbols:
            old = symbols[right]
            symbols = {name: symbols[left] if symbol == old else symbol for name, symbol in symbols.items()}
    known = {f"{name}0": symbol for name, symbol in symbols.items()}
    numbers = {"depth": sp.Integer(len(network.shapes)), "degree": sp.Integer(min(degrees_of(network)))}
    return list(symbols.values()), {**known, **numbers}


def _curve(case: Specialisation, network: Network, start: Sequence[sp.Symbol]) -> sp.Expr | None:
    """h(mu): the first coefficient as the theorem predicts it."""
    form: OdecoForm | None = getattr(case.network(network), "odeco", lambda: None)()
    if form is None or not form.is_real:
        return None
    at = [[symbol] * size for symbol, size in zip(start, network.shapes, strict=True)]
    layers = image_of(case, network, at)
    total = sp.S.Zero
    for j, row in enumerate(form.S):
        weight = sp.Rational(str(row[0]))
        if weight:
            entries = [
                sp.Add(*(sp.Rational(str(U[i][j])) * value for i, value in enumerate(layer)))
                for U, layer in zip(form.U, layers, strict=True)
            ]
            component = _component(entries, weight * MU)
            if component is None:
                return None
            total += weight * component
    return total


def _component(entries: list[sp.Expr], mu: sp.Expr) -> sp.Expr | None:
    """The product of the layers at the multiplier mu."""
    depth, first = len(entries), entries[0]
    if depth == 2:
        plus, minus = (sp.expand(first + sign * entries[1]) for sign in (1, -1))
        return (plus**2 * sp.exp(2 * mu) - minus**2 * sp.exp(-2 * mu)) / 4
    if all(entry == first for entry in entries):
        return (first ** (2 - depth) + (2 - depth) * mu) ** sp.Rational(depth, 2 - depth)
    return None


def _names(start: Mapping[str, sp.Expr], beta: sp.Expr, curve: sp.Expr) -> dict[str, sp.Expr]:
    """What the names of a claim stand for, in the first entry."""
    first = curve.subs(MU, 0)
    return {"beta": beta, "beta0": first, "start": first, **start}


class _Hypentropy(sp.Function):  # type: ignore[misc]
    """hypentropy(x, width) by its derivative, asinh(x / width)."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        assert argindex == 1
        return sp.asinh(self.args[0] / self.args[1])


class _Reader:
    """A formula in one entry as a sympy expression."""

    def __init__(self, definitions: Mapping[str, Definition], names: Mapping[str, sp.Expr]) -> None:
        self.definitions, self.names = definitions, names

    def value(self, node: Node) -> sp.Expr:
        match node:
            case Number():
                return sp.Rational(node.value.numerator, node.value.denominator)
            case Symbol():
                if node.name in self.names:
                    return self.names[node.name]
                return self.value(self.definitions[node.name].body)
            case Negation():
                return -self.value(node.inner)
            case Operation():
                left, right = self.value(node.left), self.value(node.right)
                if node.sign == "^":
                    return left**right
                sign = {"+": 1, "-": -1}.get(node.sign)
                return left + sign * right if sign else left * right if node.sign == "*" else left / right
            case Call(name="inverse"):
                return self.inverse(node)
            case Call(name="hypentropy"):
                return _Hypentropy(*(self.value(part) for part in node.arguments))
            case Call(name="entropy"):
                (x,) = (self.value(part) for part in node.arguments)
                return x * sp.log(x)
            case Call():
                arguments = [self.value(part) for part in node.arguments]
                if node.name in self.definitions:
                    return self.applied(node.name, *arguments)
                return getattr(sp, node.name)(*arguments)
        raise TypeError(f"not a function of one entry: {node!r}")

    def applied(self, name: str, *arguments: sp.Expr) -> sp.Expr:
        """A definition at its arguments."""
        made = self.definitions[name]
        inner = {**self.names, **dict(zip(made.arguments, arguments, strict=True))}
        return _Reader(self.definitions, inner).value(made.body)

    def inverse(self, node: Call) -> sp.Expr:
        """k mu, where the function takes the argument's value there; ValueError where that is not so."""
        (function, argument) = node.arguments[:2]
        assert isinstance(function, Symbol)
        x, z = self.value(argument), sp.Symbol("z", real=True)
        rate = sp.diff(x, MU).subs(MU, 0) / sp.diff(self.applied(function.name, z), z).subs(z, 0)
        if normal_form(self.applied(function.name, rate * MU) - x):
            raise ValueError(f"the inverse of {function.name} is not a multiple of the theorem's multiplier")
        return rate * MU
