"""Symbolic objects the derivations are written with: products over layers, rates of change, relations.

They are sympy expressions, so that what is checked and what is printed are the same objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sympy as sp

Operator: TypeAlias = Literal["=", "<=", ">=", "<", ">"]
Rates: TypeAlias = Mapping[tuple[sp.Expr, sp.Expr], sp.Expr]
"""{(atom, variable): its rate of change}; an indexed atom stands for its whole family."""


class LayerProduct(sp.Expr):  # type: ignore[misc]
    """prod of `term` over the layers index = 1..depth without those left out, e.g. prod_{k != l} eta_{k,j}.

    Arguments: term (an expression in `index`), index, depth, and the layers left out (distinct).
    """

    def __new__(cls, term: sp.Expr, index: sp.Symbol, depth: sp.Expr, *left_out: sp.Expr) -> LayerProduct:
        """Keep the layers left out in canonical order."""
        ordered = sorted(map(sp.sympify, left_out), key=sp.default_sort_key)
        result: LayerProduct = super().__new__(cls, term, index, sp.sympify(depth), *ordered)
        return result

    @property
    def full(self) -> LayerProduct:
        """The product over all layers."""
        return LayerProduct(*self.args[:3])

    @property
    def left_out(self) -> tuple[sp.Expr, ...]:
        """The factors that are left out."""
        term, index, _, *layers = self.args
        return tuple(term.xreplace({index: layer}) for layer in layers)

    def at_depth(self, depth: int, layers: Mapping[sp.Symbol, int]) -> sp.Expr:
        """The explicit product for a given depth, with `layers` giving the numbers of the layers left out."""
        term, index, _, *left_out = self.args
        skipped = {layers.get(layer, layer) for layer in left_out}
        return sp.Mul(
            *(term.xreplace({index: sp.Integer(k)}) for k in range(1, depth + 1) if k not in skipped)
        )

    def _eval_is_real(self) -> bool | None:
        real: bool | None = self.args[0].is_real
        return real

    def _eval_is_commutative(self) -> bool:
        return True


class Rate(sp.Expr):  # type: ignore[misc]
    """d(expression)/d(variable), kept as it stands; `evaluate_rates` computes it from rates of the atoms."""

    def __new__(cls, expression: sp.Expr, variable: sp.Expr) -> Rate:
        """The unevaluated rate."""
        result: Rate = super().__new__(cls, sp.sympify(expression), variable)
        return result

    @property
    def of(self) -> sp.Expr:
        """What is differentiated."""
        return self.args[0]

    @property
    def variable(self) -> sp.Expr:
        """By what."""
        return self.args[1]

    def _eval_is_real(self) -> bool | None:
        real: bool | None = self.args[0].is_real
        return real

    def _eval_is_commutative(self) -> bool:
        return True

    def _eval_conjugate(self) -> Rate:
        return Rate(sp.conjugate(self.args[0]), self.args[1])


@dataclass(frozen=True)
class Relation:
    """lhs operator rhs, each side exactly as it is to be printed."""

    lhs: Any
    rhs: Any
    operator: Operator = "="


class UnknownRate(ValueError):
    """An atom under a rate has neither a given rate nor been declared constant."""


def evaluate_rates(expression: sp.Expr, rates: Rates, constants: frozenset[sp.Expr]) -> sp.Expr:
    """Replace each Rate by the total derivative computed from the rates of the atoms.

    Parameters
    ----------
    expression : may hold Rate objects, innermost evaluated first.
    rates : {(atom, variable): rate}; the rate of a complex atom gives that of its conjugate.
    constants : atoms (symbols, indexed families by their base) that do not move.

    Raises
    ------
    UnknownRate : an atom is neither constant nor has a rate, so nothing can be said.

    """
    if isinstance(expression, Rate):
        body = evaluate_rates(expression.of, rates, constants)
        return _total_derivative(body, expression.variable, rates, constants)
    if not expression.args or not expression.has(Rate):
        return expression
    return expression.func(*(evaluate_rates(part, rates, constants) for part in expression.args))


def moving_atoms(expression: sp.Expr) -> set[sp.Expr]:
    """Symbols, indexed variables, conjugates and unevaluated functions, the outermost ones."""
    if isinstance(
        expression, sp.Symbol | sp.Indexed | LayerProduct | sp.core.function.AppliedUndef | sp.conjugate
    ):
        return {expression}
    if isinstance(expression, sp.Sum):
        index = expression.args[1][0]
        return {atom for atom in moving_atoms(expression.args[0]) if atom != index}
    return set().union(*map(moving_atoms, expression.args)) if expression.args else set()


def _total_derivative(
    expression: sp.Expr,
    variable: sp.Expr,
    rates: Rates,
    constants: frozenset[sp.Expr],
) -> sp.Expr:
    if isinstance(expression, sp.Sum):
        return sp.Sum(_total_derivative(expression.args[0], variable, rates, constants), *expression.args[1:])
    atoms = sorted(moving_atoms(expression), key=sp.default_sort_key)
    stand_ins = {atom: sp.Dummy(f"m{i}", **_sign_of(atom)) for i, atom in enumerate(atoms)}
    back = {dummy: atom for atom, dummy in stand_ins.items()}
    plain = expression.xreplace(stand_ins)
    result = sp.S.Zero
    for atom, dummy in stand_ins.items():
        rate = _rate_of(atom, variable, rates, constants)
        if rate != 0:
            result += sp.diff(plain, dummy).xreplace(back) * rate
    return result


def _rate_of(
    atom: sp.Expr,
    variable: sp.Expr,
    rates: Rates,
    constants: frozenset[sp.Expr],
) -> sp.Expr:
    if atom == variable:
        return sp.S.One
    if (atom, variable) in rates:
        return rates[atom, variable]
    if isinstance(atom, sp.conjugate):
        return sp.conjugate(_rate_of(atom.args[0], variable, rates, constants))
    for pattern, rate in _families(atom, variable, rates):
        return rate.xreplace(pattern)
    if atom in constants or (isinstance(atom, sp.Indexed) and atom.base in constants):
        return sp.S.Zero
    if isinstance(atom, LayerProduct) and not moving_atoms(atom.args[0]) - constants:
        return sp.S.Zero
    raise UnknownRate(f"neither constant nor of known rate in {variable}: {atom}")


def _families(atom: sp.Expr, variable: sp.Expr, rates: Rates) -> list[tuple[dict[sp.Expr, sp.Expr], sp.Expr]]:
    """Rates stated for a typical member of an indexed family, with the indices to put in."""
    if not isinstance(atom, sp.Indexed):
        return []
    found = []
    for (stated, by), rate in rates.items():
        if by == variable and isinstance(stated, sp.Indexed) and stated.base == atom.base:
            found.append((dict(zip(stated.indices, atom.indices, strict=True)), rate))
    return found


def _sign_of(atom: sp.Expr) -> dict[str, bool]:
    if atom.is_positive:
        return {"positive": True}
    return {"real": True} if atom.is_real else {}
