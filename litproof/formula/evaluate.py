"""Evaluating a formula's tree where its symbols have meanings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NoReturn, Protocol

from litproof.algebra.balls import Ball
from litproof.errors import InputError
from litproof.formula.inversion import ARGUMENT, inverse
from litproof.formula.jets import Jet, NotDefined, add, call, divide, multiply, power, variable
from litproof.formula.quadrature import VARIABLE, integral
from litproof.formula.setting import DATA, Point, Setting
from litproof.language.grammar import formula_error
from litproof.language.tree import (
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Sum,
    Symbol,
    children,
    names,
    nodes,
    to_text,
)
from litproof.problem import Problem

OF_THE_PROBLEM = ("schatten", "rate", "integral", "change", "at")
"""Functions that only some settings give a meaning."""

MAX_OPERATIONS = 200_000
"""Signs, numbers and symbols of a formula, each as often as the sums around it repeat it: a few seconds."""


class Sizes(Protocol):
    """Which symbols a formula may use."""

    @property
    def complex_rho(self) -> bool:
        """Whether rho_j is complex, so that only abs(rho[j]) has a meaning."""

    def size(self, name: str, position: int) -> int:
        """Largest value of the index number `position` (from 0) of `name`; 0 for a plain name.

        InputError when the problem has no such thing.
        """


class Meaning(Sizes, Protocol):
    """What the symbols of a formula stand for."""

    def entry(self, name: str, indices: tuple[int, ...]) -> Jet:
        """The value of a name or entry; indices count from 1 and are in range."""

    def modulus(self, index: int) -> Jet:
        """|rho_index|."""

    def schatten(self, p: Jet) -> Jet:
        """Sum of the p-th powers of the singular values of the product matrix."""


def evaluate(tree: Node, meaning: Meaning, bound: Mapping[str, int] | None = None, key: str = "") -> Jet:
    """Value and derivatives of `tree` at flint's current precision.

    Parameters
    ----------
    tree : a parsed formula.
    meaning : the symbols.
    bound : values of the free index letters.
    key : named in messages.

    Raises
    ------
    InputError : an index out of range, a vector that this problem does not have.
    NotDefined : no value or derivative at this point, with the part of the formula.
    """
    return _Walk(meaning, key).value(tree, dict(bound or {}))


def check_symbols(tree: Node, sizes: Sizes, free: Mapping[str, int] | None = None, key: str = "") -> None:
    """Refuse names and indices that the problem does not have, without computing anything.

    Raises
    ------
    InputError : with the position in the formula.
    """
    _Check(sizes, key).check(tree, dict(free or {}), 1)


def range_of(node: Sum, sizes: Sizes, key: str = "") -> int:
    """How many terms a sum has.

    Raises
    ------
    InputError : its index occurs nowhere, or with different ranges.
    """
    return _Check(sizes, key).range_of(node)


class _Check:
    def __init__(self, sizes: Sizes, key: str) -> None:
        self.sizes, self.key, self.operations = sizes, key, 0

    def fail(self, node: Node, message: str) -> NoReturn:
        raise formula_error(node.place, message, self.key) from None

    def check(self, node: Node, bound: dict[str, int], terms: int) -> None:
        self.operations += terms
        if self.operations > MAX_OPERATIONS:
            self.fail(node, f"sums that repeat what is in them to more than {MAX_OPERATIONS} operations")
        if isinstance(node, Symbol):
            self.indices(node, bound)
            if node.name == "rho" and self.sizes.complex_rho:
                self.fail(node, "rho is complex here (a Fourier coefficient); only abs(rho[j]) has a meaning")
        elif isinstance(node, Sum):
            size = self.range_of(node)
            self.check(node.inner, {**bound, node.letter: size}, terms * size)
        elif inner := modulus_of(node):
            self.indices(inner, bound)
        else:
            if isinstance(node, Call) and node.name in OF_THE_PROBLEM:
                self.size(node, 0)
            for part in children(node):
                self.check(part, bound, terms)

    def indices(self, node: Symbol, bound: Mapping[str, int]) -> tuple[int, ...]:
        if not node.indices:
            self.size(node, 0)
        indices = []
        for position, index in enumerate(node.indices):
            number = bound[index] if isinstance(index, str) else index
            size = self.size(node, position)
            if number > size:
                self.fail(node, f"{node.name} has indices from 1 to {size} here, got {number}")
            indices.append(number)
        return tuple(indices)

    def size(self, node: Symbol | Call, position: int) -> int:
        if node.name == VARIABLE:
            return 0
        try:
            return self.sizes.size(node.name, position)
        except InputError as error:
            self.fail(node, error.message)

    def range_of(self, node: Sum) -> int:
        sizes = {
            self.size(part, position): part
            for part in nodes(node.inner)
            if isinstance(part, Symbol)
            for position, index in enumerate(part.indices)
            if index == node.letter
        }
        if not sizes:
            self.fail(node, f"the index {node.letter!r} does not occur in this sum")
        if len(sizes) > 1:
            ranges = ", ".join(f"{part.name}: 1 to {size}" for size, part in sizes.items())
            self.fail(node, f"the index {node.letter!r} has no common range ({ranges})")
        return next(iter(sizes))


def modulus_of(node: Node) -> Symbol | None:
    """rho[j] when the node is abs(rho[j])."""
    if not isinstance(node, Call) or node.name != "abs":
        return None
    inner = node.arguments[0]
    return inner if isinstance(inner, Symbol) and inner.name == "rho" else None


class _Walk(_Check):
    def __init__(self, meaning: Meaning, key: str) -> None:
        super().__init__(meaning, key)
        self.meaning = meaning

    def value(self, node: Node, bound: dict[str, int]) -> Jet:
        match node:
            case Number():
                return Jet(node.value)
            case Symbol():
                return self.meaning.entry(node.name, self.indices(node, bound))
            case Sum():
                size = self.range_of(node)
                total = Jet(Fraction(0))
                for index in range(1, size + 1):
                    total = add(total, self.value(node.inner, {**bound, node.letter: index}))
                return total
            case Negation():
                return multiply(Jet(Fraction(-1)), self.value(node.inner, bound))
        if inner := modulus_of(node):
            (index,) = self.indices(inner, bound)
            return self.meaning.modulus(index)
        import flint

        try:
            if isinstance(node, Operation):
                left, right = self.value(node.left, bound), self.value(node.right, bound)
                return _combine(node.sign, left, right)
            if node.name in ("inverse", "quad"):
                setting = getattr(self.meaning, "setting", None)
                problem = getattr(setting, "problem", None)
                if problem is None or bound or not is_constant(node):
                    return self.of_function(node, bound)
                return _remembered(node, problem, flint.ctx.prec)
            if node.name in ("rate", "integral", "change", "at"):
                return self.along_path(node)
            arguments = tuple(self.value(part, bound) for part in node.arguments)
            return (
                self.meaning.schatten(arguments[0]) if node.name == "schatten" else call(node.name, arguments)
            )
        except NotDefined as error:
            if len(error.args) > 1:
                raise
            raise NotDefined(f"{to_text(node)} (position {node.place + 1}): {error}", True) from None

    def of_function(self, node: Call, bound: dict[str, int]) -> Jet:
        """inverse(body in the variable, number, ends) or quad(body in the variable, ends)."""
        body, *others = node.arguments

        def function(argument: Ball) -> Jet:
            overlay = _Bound(self.meaning, variable(argument, ARGUMENT))
            return _Walk(overlay, self.key).value(body, bound)

        numbers = [self.value(part, bound) for part in others]
        if node.name == "inverse":
            return inverse(function, numbers[0], [end.ball for end in numbers[1:]])

        def constant(part: Node) -> Ball:
            jet = self.value(part, bound)
            if not jet.is_constant:
                raise NotDefined(
                    "a function that is integrated may depend on its argument and on constants only"
                )
            return jet.ball

        low, high = numbers
        return integral(body, constant, function, (low, high))

    def along_path(self, node: Call) -> Jet:
        """rate(f), integral(f) or at(f, a = b), where the meaning is a moment of a path."""
        moment = getattr(self.meaning, node.name, None)
        if moment is None:
            self.fail(node, f"{node.name}(..) has no place in this kind of formula")
        result: Jet = moment(*node.arguments)
        return result


def is_constant(node: Node) -> bool:
    """Whether a formula speaks of the data and the start alone."""
    return names(node) <= DATA | {VARIABLE} and not any(
        isinstance(part, Call) and part.name in OF_THE_PROBLEM for part in nodes(node)
    )


@lru_cache(maxsize=256)
def _remembered(node: Call, problem: Problem, bits: int) -> Jet:
    """The value of an inverse or an integral that the data and the start determine, at a precision.

    One value for a claim and its false variants, whatever they are called: the symbols have been checked before.
    """
    return _Walk(Point(Setting(problem, DATA), "beta", ()), "").of_function(node, {})


@dataclass(frozen=True)
class _Bound:
    """A meaning with a value for the argument of a function that is inverted or integrated."""

    meaning: Meaning
    argument: Jet

    @property
    def complex_rho(self) -> bool:
        return self.meaning.complex_rho

    def size(self, name: str, position: int) -> int:
        return self.meaning.size(name, position)

    def entry(self, name: str, indices: tuple[int, ...]) -> Jet:
        return self.argument if name == VARIABLE else self.meaning.entry(name, indices)

    def modulus(self, index: int) -> Jet:
        return self.meaning.modulus(index)

    def schatten(self, p: Jet) -> Jet:
        return self.meaning.schatten(p)


def _combine(sign: str, left: Jet, right: Jet) -> Jet:
    match sign:
        case "+":
            return add(left, right)
        case "-":
            return add(left, right, -1)
        case "*":
            return multiply(left, right)
        case "/":
            return divide(left, right)
    return power(left, right)
