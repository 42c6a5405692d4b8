"""Symbolic objects the derivations are written with: products over layers, rates of change, relations.

They are sympy expressions, so that what is checked and what is printed are the same objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sympy as sp

Operator: TypeAlias = Literal["=", "<=", ">=", "<", ">", "~"]
"""~: the quotient of both sides tends to one."""


class _OverLayers(sp.Expr):  # type: ignore[misc]
    """A term taken over the layers index = 1..depth without those left out.

    Arguments: term (an expression in `index`), index, depth, and the layers left out (distinct).
    """

    def __new__(cls, term: sp.Expr, index: sp.Symbol, depth: sp.Expr, *left_out: sp.Expr) -> Any:
        """Keep the layers left out in canonical order."""
        ordered = sorted(map(sp.sympify, left_out), key=sp.default_sort_key)
        return super().__new__(cls, sp.sympify(term), index, sp.sympify(depth), *ordered)

    @property
    def term(self) -> sp.Expr:
        """The term of layer `index`."""
        return self.args[0]

    @property
    def index(self) -> sp.Symbol:
        """The running layer."""
        return self.args[1]

    @property
    def layers(self) -> tuple[sp.Expr, ...]:
        """The layers left out."""
        return tuple(self.args[3:])

    @property
    def full(self) -> Any:
        """The same over all layers."""
        return self.func(*self.args[:3])

    @property
    def left_out(self) -> tuple[sp.Expr, ...]:
        """The terms of the layers left out."""
        return tuple(self.term.xreplace({self.index: layer}) for layer in self.layers)

    def at_depth(self, depth: int, layers: Mapping[sp.Expr, int]) -> sp.Expr:
        """Written out for a given depth; `layers` gives the numbers of the layers left out."""
        skipped = {layers.get(layer, layer) for layer in self.layers}
        terms = (
            self.term.xreplace({self.index: sp.Integer(k)}) for k in range(1, depth + 1) if k not in skipped
        )
        return self._combine(*terms)

    @staticmethod
    def _combine(*terms: sp.Expr) -> sp.Expr:
        raise NotImplementedError

    def _eval_is_real(self) -> bool | None:
        real: bool | None = self.term.is_real
        return real

    def _eval_is_positive(self) -> bool | None:
        return True if self.term.is_positive else None

    def _eval_is_commutative(self) -> bool:
        return True


class LayerProduct(_OverLayers):
    """Product over layers, e.g. prod_{k != l} eta_{k,j}."""

    @staticmethod
    def _combine(*terms: sp.Expr) -> sp.Expr:
        return sp.Mul(*terms)


class LayerSum(_OverLayers):
    """Sum over layers, e.g. sum_{l != p} 1/(z^2 + c_l)."""

    @staticmethod
    def _combine(*terms: sp.Expr) -> sp.Expr:
        return sp.Add(*terms)


class Rate(sp.Expr):  # type: ignore[misc]
    """d(expression)/d(variable), kept as it stands; `rules.evaluate_rates` computes it from given rates."""

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
    """lhs operator rhs, or lhs = middle operator rhs, each part exactly as it is to be printed."""

    lhs: Any
    rhs: Any
    operator: Operator = "="
    middle: Any = None
