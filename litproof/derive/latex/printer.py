"""LaTeX of the symbolic objects of the derivations.

Symbols are named in plain letters (``rho_star``, ``eta_bar``); how a name looks is decided here alone. The
output depends on nothing but the object, so that equal derivations give equal files.
"""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from litproof.derive.latex.names import name_to_latex, with_subscript
from litproof.derive.matrix_words import MatrixRate
from litproof.derive.notation import LayerProduct, LayerSum, Rate, Relation

OPERATORS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "~": r"\sim"}
FACTOR_ORDER = ("lambda", "epsilon", "alpha", "w", "g")
"""Letters that come first in a product, in this order; the others follow by name."""


class DerivationPrinter(LatexPrinter):  # type: ignore[misc]
    """LatexPrinter with the conventions of this project."""

    def __init__(self) -> None:
        super().__init__({"order": "lex", "mul_symbol": None, "inv_trig_style": "full"})

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        return name_to_latex(expr.name)

    def _print_MatrixSymbol(self, expr: Any) -> str:
        return name_to_latex(expr.name)

    def _print_IndexedBase(self, expr: Any) -> str:
        return name_to_latex(str(expr.label))

    def _print_Indexed(self, expr: Any) -> str:
        indices = ",".join(self._print(index) for index in expr.indices)
        return with_subscript(self._print(expr.base), indices)

    def _print_Add(self, expr: Any, order: str | None = None) -> str:
        common = _index_denominator(expr)
        if common != 1:
            return rf"\frac{{{self._print(sp.expand(common * expr))}}}{{{common}}}"
        halves = {abs(term.as_coeff_Mul()[0]) for term in expr.args}
        if len(halves) == 1 and (share := halves.pop()).is_Rational and share.q != 1:
            return str(self._print_Mul(sp.Mul(share, expr / share, evaluate=False)))
        terms = add_terms(expr)
        text = str(self._print(terms[0]))
        for term in terms[1:]:
            negative = is_negative(term)
            text += f" {'-' if negative else '+'} " + self._bracketed_sum(-term if negative else term)
        return text

    def _bracketed_sum(self, term: Any) -> str:
        text = str(self._print(term))
        return rf"\left({text}\right)" if term.is_Add else text

    def _print_Mul(self, expr: Any) -> str:
        if is_negative(expr):
            return f"- {self._bracketed_sum(-expr)}"
        above, below = [], []
        for factor in _moduli(expr):
            base, exponent = factor.as_base_exp()
            if factor.is_Rational:
                above += [sp.Integer(factor.p)] if factor.p != 1 else []
                below += [sp.Integer(factor.q)] if factor.q != 1 else []
            elif _goes_below(exponent) and not isinstance(factor, sp.exp):
                below.append(base ** (-exponent))
            else:
                above.append(factor)
        numerator = self._factors(above)
        return rf"\frac{{{numerator}}}{{{self._factors(below)}}}" if below else numerator

    def _factors(self, factors: list[Any]) -> str:
        """Factors side by side in print order; 1 when there are none."""
        ordered = sorted(factors, key=_factor_key)
        if len(ordered) == 1:
            return str(self._print(ordered[0]))
        return (
            " ".join(
                rf"\left({self._print(f)}\right)"
                if f.is_Add or (isinstance(f, sp.Sum) and f is not ordered[-1])
                else str(self._print(f))
                for f in ordered
            )
            or "1"
        )

    def _print_Pow(self, expr: Any) -> str:
        base, exponent = expr.base, expr.exp
        if _goes_below(exponent):
            return rf"\frac{{1}}{{{self._print(base ** (-exponent))}}}"
        if exponent == sp.Rational(1, 2):
            return rf"\sqrt{{{self._print(base)}}}"
        if isinstance(base, sp.Function) and exponent.is_Integer:
            return str(super()._print_Pow(expr))
        numerator, denominator = sp.fraction(sp.together(exponent))
        power = self._print(numerator)
        if denominator != 1:
            power = f"({power})" if numerator.is_Add else power
            power = f"{power}/{self._print(denominator)}"
        if isinstance(base, sp.Symbol | sp.Indexed) and "^" not in self._print(base):
            return f"{self._print(base)}^{{{power}}}"
        if base.is_Integer and base.is_positive:
            return f"{base}^{{{power}}}"
        return rf"\left({self._print(base)}\right)^{{{power}}}"

    def _print_hyper(self, expr: Any, exp: str | None = None) -> str:
        upper, lower, argument = expr.args
        lists = [",".join(map(self._print, parameters)) for parameters in (upper, lower)]
        text = rf"\,{{}}_{len(upper)}F_{len(lower)}\left({lists[0]};{lists[1]};{self._print(argument)}\right)"
        return f"{text}^{{{exp}}}" if exp else text

    def _print_Half(self, expr: Any) -> str:
        return r"\frac{1}{2}"

    def _print_ExpBase(self, expr: Any, exp: str | None = None) -> str:
        return f"e^{{{self._print(expr.exp)}}}"

    def _print_exp(self, expr: Any, exp: str | None = None) -> str:
        text = f"e^{{{self._print(expr.exp)}}}"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text

    def _print_conjugate(self, expr: Any, exp: str | None = None) -> str:
        text = rf"\overline{{{self._print(expr.args[0])}}}"
        return f"{text}^{{{exp}}}" if exp else text

    def _print_LayerProduct(self, expr: LayerProduct, exp: str | None = None) -> str:
        return self._over_layers(r"\prod", expr, exp)

    def _print_LayerSum(self, expr: LayerSum, exp: str | None = None) -> str:
        return self._over_layers(r"\sum", expr, exp)

    def _over_layers(self, symbol: str, expr: LayerProduct | LayerSum, exp: str | None) -> str:
        index = self._print(expr.index)
        if expr.layers:
            out = ",".join(self._print(layer) for layer in expr.layers)
            limits = rf"_{{{index} \ne {out}}}"
        else:
            limits = rf"_{{{index}=1}}^{{{self._print(expr.args[2])}}}"
        term = self._print(expr.term)
        text = rf"{symbol}{limits} " + (rf"\left({term}\right)" if expr.term.is_Add else term)
        return rf"\left({text}\right)^{{{exp}}}" if exp else text

    def _print_Sum(self, expr: Any) -> str:
        (index, low, high), term = expr.args[1], self._print(expr.args[0])
        body = rf"\left({term}\right)" if expr.args[0].is_Add else term
        return rf"\sum_{{{self._print(index)}={self._print(low)}}}^{{{self._print(high)}}} {body}"

    def _print_Rate(self, expr: Rate, exp: str | None = None) -> str:
        text = self._rate(expr.of, expr.variable)
        return rf"\left({text}\right)^{{{exp}}}" if exp else text

    def _print_MatrixRate(self, expr: MatrixRate) -> str:
        return self._rate(*expr.args)

    def _rate(self, of: Any, variable: Any) -> str:
        by, text = self._print(variable), self._print(of)
        if isinstance(of, sp.Indexed) and by == "t":
            indices = ",".join(self._print(index) for index in of.indices)
            return with_subscript(rf"\dot{{{self._print(of.base)}}}", indices)
        if isinstance(of, sp.Symbol | sp.MatrixSymbol) and by == "t" and "_" in text:
            head, subscript = text.split("_", 1)
            return rf"\dot{{{head}}}_{subscript}"
        if isinstance(of, sp.Symbol | sp.MatrixSymbol) and by == "t":
            return rf"\dot{{{text}}}"
        if isinstance(of, sp.Symbol | sp.MatrixSymbol):
            return rf"\frac{{d {text}}}{{d {by}}}"
        if isinstance(of, sp.Function) and of.args == (variable,):
            return rf"\frac{{d}}{{d {by}}} {text}"
        bracketed = text if isinstance(of, sp.Indexed) else rf"\left({text}\right)"
        return rf"\frac{{d}}{{d {by}}} {bracketed}"

    def _print_Trace(self, expr: Any) -> str:
        return rf"\operatorname{{tr}}\left({self._print(expr.args[0])}\right)"

    def _print_Transpose(self, expr: Any) -> str:
        inner = expr.args[0]
        text = self._print(inner)
        return f"{text}^{{T}}" if isinstance(inner, sp.MatrixSymbol) else rf"\left({text}\right)^{{T}}"

    def _print_Identity(self, expr: Any) -> str:
        return "I"

    def _print_ZeroMatrix(self, expr: Any) -> str:
        return "0"

    def _print_MatAdd(self, expr: Any) -> str:
        terms = matrix_terms(expr)
        text = str(self._print(terms[0]))
        for term in terms[1:]:
            text += f" - {self._print(-term)}" if is_negative(term) else f" + {self._print(term)}"
        return text

    def _print_MatMul(self, expr: Any) -> str:
        coefficient, factors = expr.as_coeff_matrices()
        printed = [
            rf"\left({self._print(f)}\right)" if isinstance(f, sp.MatAdd) else str(self._print(f))
            for f in factors
        ]
        if coefficient == 1:
            return " ".join(printed)
        if coefficient == -1:
            return "-" + " ".join(printed)
        scalar = str(self._print(coefficient))
        return " ".join([rf"\left({scalar}\right)" if coefficient.is_Add else scalar, *printed])

    def _print_Relation(self, relation: Relation) -> str:
        middle = "" if relation.middle is None else f"= {self._print(relation.middle)} "
        return (
            f"{self._print(relation.lhs)} {middle}{OPERATORS[relation.operator]} {self._print(relation.rhs)}"
        )

    def _print_str(self, expr: str) -> str:
        return rf"\text{{{expr}}}"


def latex(expression: Any) -> str:
    """LaTeX of an expression, matrix expression or Relation, without dollar signs."""
    return str(DerivationPrinter().doprint(expression))


def add_terms(expression: Any) -> list[Any]:
    """Terms of a sum in print order.

    Linear expressions end in their constant, others go by degree upwards; orders come last, and a negative
    term never first if it can be avoided.
    """
    terms = sorted(expression.args, key=_term_key)
    if all(_degree(term) <= 1 for term in terms):
        terms = [*(t for t in terms if not t.is_Rational), *(t for t in terms if t.is_Rational)]
    first = next((term for term in terms if not is_negative(term)), None)
    if first is not None:
        terms.remove(first)
        terms.insert(0, first)
    return terms


def matrix_terms(expression: Any) -> list[Any]:
    """Terms of a matrix sum in print order: positive ones first, short words before long ones."""
    return sorted(expression.args, key=lambda term: (is_negative(term), len(sp.MatMul.make_args(term))))


def is_negative(term: Any) -> bool:
    """Whether a term is printed with a minus sign."""
    if isinstance(term, sp.MatMul):
        return bool(term.as_coeff_matrices()[0].could_extract_minus_sign())
    return bool(getattr(term, "could_extract_minus_sign", lambda: False)())


def _degree(term: Any) -> sp.Expr:
    """Total degree of the powers in a term, 0 for a number."""
    degree = sp.S.Zero
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if not base.is_number:
            degree += exponent if exponent.is_Rational else 1
    return degree


def _term_key(term: Any) -> tuple[Any, ...]:
    factors = [_factor_key(factor) for factor in sp.Mul.make_args(term)]
    return isinstance(term, sp.Order), _degree(term), is_negative(term), factors


@lru_cache(maxsize=4096)
def _factor_key(factor: Any) -> tuple[Any, ...]:
    base = factor.as_base_exp()[0]
    if isinstance(base, sp.conjugate):
        base = base.args[0]
    if factor.is_number:
        return (0, 0, str(factor))
    if isinstance(base, sp.Symbol | sp.Indexed):
        name = base.name if isinstance(base, sp.Symbol) else str(base.base.label)
        rank = FACTOR_ORDER.index(name) if name in FACTOR_ORDER else len(FACTOR_ORDER)
        return (1, rank, str(factor))
    if base.is_Add and base.is_polynomial() and all(symbol.is_integer for symbol in base.free_symbols):
        return (0, 1, str(factor))
    kinds = (sp.Add, sp.Function, LayerProduct, LayerSum, sp.Sum, Rate)
    return (2, next((i for i, kind in enumerate(kinds) if isinstance(base, kind)), 1), str(factor))


def _moduli(expression: Any) -> list[Any]:
    """The factors, with x conj(x) written as |x|^2 and several conjugates under one bar."""
    factors = list(sp.Mul.make_args(expression))
    result = []
    conjugates = [f for f in factors if isinstance(f, sp.conjugate)]
    for factor in conjugates:
        if factor.args[0] in factors:
            factors.remove(factor)
            factors.remove(factor.args[0])
            result.append(sp.Symbol(rf"\left|{latex(factor.args[0])}\right|") ** 2)
    barred = [f.args[0] for f in factors if isinstance(f, sp.conjugate)]
    if len(barred) > 1:
        factors = [f for f in factors if not isinstance(f, sp.conjugate)]
        factors.append(sp.Symbol(rf"\overline{{{latex(sp.Mul(*barred))}}}"))
    return [*result, *factors]


def _goes_below(exponent: Any) -> bool:
    """Whether a power is printed in the denominator: exponents such as -2 or -L, but not 2 - L."""
    return bool(not exponent.is_Add and exponent.could_extract_minus_sign())


def _index_denominator(expression: Any) -> int:
    """Common denominator of a linear expression in integer symbols, which is then printed as one fraction."""
    if not all(symbol.is_integer for symbol in expression.free_symbols) or not expression.is_polynomial():
        return 1
    coefficients = expression.as_coefficients_dict()
    if any(not (term.is_Symbol or term == 1) for term in coefficients):
        return 1
    return lcm(*(int(c.q) for c in coefficients.values()))
