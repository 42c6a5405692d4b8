"""Sympy expressions as formulas in named parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from litproof.errors import InputError
from litproof.language.functions import SMOOTH
from litproof.language.tree import Call, Negation, Node, Number, Operation, Symbol, to_text


def texts_of(parameters: Mapping[str, Any], beta: Sequence[Any]) -> tuple[list[str], list[str]]:
    """(declarations such as "u[3]", formulas); InputError names the expression that is not a polynomial."""
    from sympy import Poly, PolynomialError, sympify
    from sympy.polys.polyerrors import CoercionFailed

    declared, entries = _declared(parameters)
    texts = []
    for number, expression in enumerate(beta, 1):
        try:
            poly = Poly(sympify(expression), *entries, domain="QQ")
        except (PolynomialError, CoercionFailed, TypeError, ValueError):
            names = ", ".join(map(str, entries))
            message = f"expected a polynomial in {names} with rational coefficients, got {expression}"
            raise InputError(message, key=f"beta, entry {number}") from None
        texts.append(to_text(_sum(_terms(poly, list(entries.values())))))
    return declared, texts


def smooth_texts_of(parameters: Mapping[str, Any], beta: Sequence[Any]) -> tuple[list[str], list[str]]:
    """(declarations, formulas) of expressions with + * ^ and smooth functions; InputError names what is not one."""
    from sympy import sympify

    declared, entries = _declared(parameters)
    texts = []
    for number, expression in enumerate(beta, 1):
        try:
            texts.append(to_text(_smooth(sympify(expression), entries)))
        except ValueError as fault:
            allowed = ", ".join(SMOOTH)
            message = f"expected + * ^ and {allowed} of {', '.join(map(str, entries))}, got {fault}"
            raise InputError(message, key=f"beta, entry {number}") from None
    return declared, texts


def _declared(parameters: Mapping[str, Any]) -> tuple[list[str], dict[Any, Symbol]]:
    declared: list[str] = []
    entries: dict[Any, Symbol] = {}
    for name, value in parameters.items():
        shape, symbols = _shape_of(value)
        declared.append(f"{name}[{','.join(map(str, shape))}]" if shape else name)
        for index, symbol in symbols:
            if not getattr(symbol, "is_Symbol", False) or symbol in entries:
                raise InputError(
                    f"expected different sympy symbols in {name}, got {symbol}", key="parameters"
                )
            entries[symbol] = Symbol(name, index)
    return declared, entries


def _smooth(e: Any, entries: Mapping[Any, Symbol]) -> Node:
    """The tree of a sympy expression; ValueError with the part that has none."""
    if e in entries:
        return entries[e]
    if e.is_Rational:
        value = Fraction(int(e.p), int(e.q))
        return Number(value) if value >= 0 else Negation(Number(-value))
    parts = [] if e.is_Atom else [_smooth(part, entries) for part in e.args]
    if e.is_Add or e.is_Mul:
        sign = "+" if e.is_Add else "*"
        while len(parts) > 1:
            joined = [Operation(sign, a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
            parts = [*joined, *parts[len(joined) * 2 :]]
        return parts[0]
    if e.is_Pow and e.exp.is_Rational:
        return Operation("^", parts[0], parts[1])
    name = e.func.__name__
    if name in SMOOTH and len(parts) == 1:
        return Call(name, (parts[0],))
    raise ValueError(str(e))


def _shape_of(value: Any) -> tuple[tuple[int, ...], Iterator[tuple[tuple[int, ...], Any]]]:
    if hasattr(value, "rows") and hasattr(value, "cols"):
        cells = (((i + 1, j + 1), value[i, j]) for i in range(value.rows) for j in range(value.cols))
        return (value.rows, value.cols), cells
    if hasattr(value, "is_Symbol"):
        return (), iter([((), value)])
    listed = list(value)
    return (len(listed),), iter([((k,), symbol) for k, symbol in enumerate(listed, 1)])


def _terms(poly: Any, entries: Sequence[Symbol]) -> Iterator[Node]:
    for exponents, coefficient in poly.terms():
        value = Fraction(int(coefficient.p), int(coefficient.q))
        powers: list[Node] = [
            entry if e == 1 else Operation("^", entry, Number(Fraction(e)))
            for entry, e in zip(entries, exponents, strict=True)
            if e
        ]
        factors = powers if abs(value) == 1 and powers else [Number(abs(value)), *powers]
        term: Node = factors[0]
        for factor in factors[1:]:
            term = Operation("*", term, factor)
        yield Operation("*", Number(Fraction(-1)), term) if value < 0 else term


def _sum(terms: Iterator[Node]) -> Node:
    """Sums in a tree of small depth; a minus sign where the second part begins with one."""
    parts = list(terms)
    if not parts:
        return Number(Fraction(0))
    while len(parts) > 1:
        joined = [_joined(a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = joined + parts[len(joined) * 2 :]
    return parts[0]


def _joined(left: Node, right: Node) -> Node:
    if isinstance(right, Operation) and right.sign == "*" and right.left == Number(Fraction(-1)):
        return Operation("-", left, right.right)
    return Operation("+", left, right)
