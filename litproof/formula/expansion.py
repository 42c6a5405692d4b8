"""Formulas of statements written out for one problem: no definitions, sums, vectors or index expressions are left.

What is left are numbers, operations, functions, and entries beta[j], v[l,j], X[i,j], .. with numbers as indices; the
names of a polynomial network's parameters have become v[l,j], starting values numbers. Sums get small trees, so that
their length is no matter of depth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

from litproof.formula.node_arithmetic import (
    ShapeError,
    Value,
    applied,
    balanced,
    combine,
    flat_index,
    negated,
    positions,
    shape_text,
)
from litproof.formula.problem_names import ProblemNames, UnknownName
from litproof.formula.quadrature import VARIABLE
from litproof.language.grammar import FUNCTIONS, LETTERS, SYMBOLS, formula_error
from litproof.language.matrix_arithmetic import Array
from litproof.language.statements import FOLDS, Definitions, truth
from litproof.language.tree import RELATIONS, Call, Negation, Node, Number, Operation, Sum, Symbol, nodes
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

MAX_NODES = 200_000
"""Operations of a formula that is written out."""


def is_plain(tree: Node, problem: Problem) -> bool:
    """Whether a formula has nothing to be written out: plain sums of plain names, in a network of layers."""
    if isinstance(problem.network, PolynomialNetwork):
        return False
    for node in nodes(tree):
        match node:
            case Symbol():
                if len(node.indices) != SYMBOLS.get(node.name, -1):
                    return False
            case Call():
                if node.name not in FUNCTIONS or len(node.arguments) != FUNCTIONS[node.name]:
                    return False
            case Operation():
                if node.sign in RELATIONS:
                    return False
    return True


def expand(
    tree: Node,
    problem: Problem,
    definitions: Definitions,
    letters: Mapping[str, int] | None = None,
    key: str = "",
) -> Node:
    """A formula written out for the network, data and start of `problem`.

    Parameters
    ----------
    letters : values of free index letters.

    Raises
    ------
    InputError : with the position: a name that the problem does not have, an index out of range, shapes that do not
        fit, a formula that becomes too long.

    Examples
    --------
    >>> from litproof import example_problem
    >>> from litproof.language.statements import parse_statement
    >>> from litproof.language.tree import to_text
    >>> to_text(expand(parse_statement("norm(beta - v0[1])^2"), example_problem("regression"), {}))
    'sqrt((beta[1] - 1/2)^2 + (beta[2] - 1/2)^2)^2'
    """
    value = _Expansion(problem, definitions, key).value(tree, _Scope(dict(letters or {}), {}))
    if isinstance(value, Array):
        raise formula_error(tree.place, f"expected a number, got {shape_text(value)}", key)
    return value


def ranges_of(
    letters: Sequence[str], tree: Node, problem: Problem, definitions: Definitions, key: str = ""
) -> tuple[int, ...]:
    """How far free letters of a formula run, from the entries that bear them.

    Raises InputError where nothing tells, or entries disagree.
    """
    expansion = _Expansion(problem, definitions, key)
    return tuple(expansion.range_of(letter, tree, tree, _Scope({}, {})) for letter in letters)


@dataclass(frozen=True)
class _Scope:
    """Values of letters and arguments, and where the definition was used (None: in the formula itself)."""

    letters: Mapping[str, int]
    arguments: Mapping[str, Value]
    used_at: int | None = None

    def with_letter(self, letter: str, value: int) -> _Scope:
        return _Scope({**self.letters, letter: value}, self.arguments, self.used_at)

    def place(self, node: Node) -> int:
        """Where errors point to: the use of the definition that holds the node, or the node itself."""
        return node.place if self.used_at is None else self.used_at


@dataclass
class _Expansion:
    problem: Problem
    definitions: Definitions
    key: str
    count: int = 0
    known: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = ProblemNames.of(self.problem, self.key)
        self.own = self.names.own

    def fail(self, node: Node, message: str, scope: _Scope) -> NoReturn:
        raise formula_error(scope.place(node), message, self.key) from None

    def value(self, node: Node, scope: _Scope) -> Value:
        self.count += 1
        if self.count > MAX_NODES:
            self.fail(node, f"written out, this formula has more than {MAX_NODES} operations", scope)
        place = scope.place(node)
        match node:
            case Number():
                return node
            case Negation():
                return negated(self.value(node.inner, scope), place)
            case Symbol():
                return self.symbol(node, scope)
            case Sum():
                return self.fold("sum", node.letter, (), node.inner, node, scope)
            case Operation():
                if node.sign in RELATIONS or node.sign == "..":
                    self.fail(node, f"{node.sign!r} stands between two formulas only once", scope)
                left, right = self.value(node.left, scope), self.value(node.right, scope)
                try:
                    return combine(node.sign, left, right, place)
                except ShapeError as error:
                    self.fail(node, str(error), scope)
            case Call():
                return self.call(node, scope)

    def number(self, node: Node, scope: _Scope) -> Node:
        number = self.value(node, scope)
        if isinstance(number, Array):
            self.fail(node, f"expected a number, got {shape_text(number)}", scope)
        return number

    def index(self, node: Node, scope: _Scope) -> int:
        number = self.number(node, scope)
        if isinstance(number, Symbol):
            number = self.names.count(number.name) or number
        if not isinstance(number, Number) or number.value.denominator != 1:
            self.fail(node, "expected a whole number as an index: numbers, letters, n, d, m and depth", scope)
        return int(number.value)

    def call(self, node: Call, scope: _Scope) -> Value:
        place = scope.place(node)
        name, arguments = node.name, node.arguments
        first = arguments[0]
        if name == "entry":
            assert isinstance(first, Symbol)
            return self.entry(first, [self.index(part, scope) for part in arguments[1:]], scope)
        if (
            name in FOLDS
            and isinstance(first, Symbol)
            and not first.indices
            and first.name in LETTERS
            and (
                name in ("sum", "prod") or first.name not in scope.letters
            )  # else max or min of a letter's value
        ):
            return self.fold(name, first.name, arguments[1:-1], arguments[-1], node, scope)
        if name == "if":
            return self.value(arguments[1 if self.holds(first, scope) else 2], scope)
        if name in ("inverse", "quad"):
            return self.of_function(node, scope)
        if name == "at":
            when = arguments[1]
            assert isinstance(when, Operation)
            value, left, right = (self.number(side, scope) for side in (first, when.left, when.right))
            return Call("at", (value, Operation("=", left, right, when.place)), place)
        if name in self.definitions:
            definition = self.definitions[name]
            values = [self.value(part, scope) for part in arguments]
            inner = _Scope({}, dict(zip(definition.arguments, values, strict=True)), place)
            return self.value(definition.body, inner)
        values = [self.value(part, scope) for part in arguments]
        try:
            return applied(name, values, place)
        except ShapeError as error:
            self.fail(node, str(error), scope)

    def holds(self, condition: Node, scope: _Scope) -> bool:
        assert isinstance(condition, Operation)
        left = self.index(condition.left, scope)
        if isinstance(condition.right, Operation) and condition.right.sign == "..":
            low, high = (self.index(part, scope) for part in (condition.right.left, condition.right.right))
            return low <= left <= high
        return truth(condition.sign, Fraction(left), Fraction(self.index(condition.right, scope)))

    def fold(
        self, name: str, letter: str, conditions: Sequence[Node], inner: Node, node: Node, scope: _Scope
    ) -> Value:
        low, high, rest = 1, 0, []
        for condition in conditions:
            assert isinstance(condition, Operation)
            span = condition.right
            if isinstance(span, Operation) and span.sign == ".." and _is_letter(condition.left, letter):
                low, high = self.index(span.left, scope), self.index(span.right, scope)
                if high > 10_000 or low < -10_000:
                    self.fail(span, "expected bounds of at most 10000", scope)
            else:
                rest.append(condition)
        if len(rest) == len(conditions):
            high = self.range_of(letter, inner, node, scope)
        values: list[Value] = []
        for k in range(low, high + 1):
            there = scope.with_letter(letter, k)
            if all(self.holds(condition, there) for condition in rest):
                values.append(self.value(inner, there))
        place = scope.place(node)
        if name in ("max", "min"):
            if not values:
                self.fail(node, f"{name} over no values of {letter}", scope)
            scalars = [value for value in values if not isinstance(value, Array)]
            if len(scalars) < len(values):
                self.fail(node, f"{name} takes numbers", scope)
            return scalars[0] if len(scalars) == 1 else Call(name, tuple(scalars), place)
        if not values:
            return Number(Fraction(name == "prod"), place)
        if any(isinstance(value, Array) for value in values):
            result = values[0]
            try:
                for value in values[1:]:
                    result = combine("+" if name == "sum" else "*", result, value, place)
            except ShapeError as error:
                self.fail(node, str(error), scope)
            return result
        return balanced("+" if name == "sum" else "*", [v for v in values if not isinstance(v, Array)])

    def range_of(self, letter: str, inner: Node, node: Node, scope: _Scope) -> int:
        sizes = self.ranges(letter, inner, scope)
        if not sizes:
            self.fail(node, f"the index {letter!r} indexes nothing here; write {letter} = 1..d", scope)
        if len(sizes) > 1:
            shown = " and ".join(map(str, sorted(sizes)))
            self.fail(node, f"the index {letter!r} runs over entries of different numbers: {shown}", scope)
        return sizes.pop()

    def ranges(self, letter: str, inner: Node, scope: _Scope) -> set[int]:
        """How far a letter runs, from the entries that bear it."""
        sizes = set()
        for part in nodes(inner):
            if not isinstance(part, Symbol) or letter not in part.indices:
                continue
            for position, index in enumerate(part.indices):
                if index == letter:
                    sizes |= self.sizes(part, position, scope)
        return sizes

    def sizes(self, part: Symbol, position: int, scope: _Scope) -> set[int]:
        definition = self.definitions.get(part.name)
        if part.name in scope.arguments or (definition is not None and not definition.letters):
            value = self.symbol(Symbol(part.name, (), part.place), scope)
            return {*value.shape[position : position + 1]} if isinstance(value, Array) else set()
        if definition is not None:
            letter = definition.letters[position]
            return self.ranges(letter, definition.body, _Scope({}, {}, scope.used_at))
        first = part.indices[0]
        known = first if isinstance(first, int) else scope.letters.get(first)
        if position == 1 and part.name in ("v", "v0") and known is not None and not self.own:
            if not 1 <= known <= len(self.problem.network.shapes):
                self.fail(part, f"there is no layer {known}", scope)
            return {self.problem.network.shapes[known - 1]}
        shape = self.shape(part, len(part.indices), scope)
        return {shape[position] if position < len(shape) else 0}

    def shape(self, part: Symbol, count: int, scope: _Scope) -> tuple[int, ...]:
        try:
            return self.names.shape(part.name, count)
        except UnknownName as error:
            self.fail(part, str(error), scope)

    def symbol(self, node: Symbol, scope: _Scope) -> Value:
        place = scope.place(node)
        name = node.name
        if not node.indices:
            if name in scope.arguments:
                return scope.arguments[name]
            if name in scope.letters:
                return Number(Fraction(scope.letters[name]), place)
            if name in self.definitions:
                return self.defined(node, scope)
            return self.whole(node, scope)
        indices = []
        for index in node.indices:
            if isinstance(index, str) and index not in scope.letters:
                self.fail(node, f"the index {index!r} has no range here", scope)
            indices.append(index if isinstance(index, int) else scope.letters[index])
        return self.entry(node, indices, scope)

    def defined(self, node: Symbol, scope: _Scope) -> Value:
        """A definition without arguments, whole."""
        definition = self.definitions[node.name]
        place = scope.place(node)
        if node.name in self.known:
            return self.known[node.name]
        inner = _Scope({}, {}, place)
        if not definition.letters:
            value = self.value(definition.body, inner)
        else:
            sizes = []
            for letter in definition.letters:
                counts = self.ranges(letter, definition.body, inner)
                if len(counts) != 1:
                    self.fail(node, f"nothing says how far {letter!r} runs in {node.name}", scope)
                sizes.append(counts.pop())
            if len(sizes) > 2:
                self.fail(node, f"{node.name} has more than 2 indices and does not stand alone", scope)
            entries = tuple(
                self.number(
                    definition.body, _Scope(dict(zip(definition.letters, at, strict=True)), {}, place)
                )
                for at in positions(sizes)
            )
            value = Array(tuple(sizes), entries)
        self.known[node.name] = value
        return value

    def whole(self, node: Symbol, scope: _Scope) -> Value:
        """A name without indices: a number, or all entries."""
        name = node.name
        place = scope.place(node)
        if name in ("theta", "theta0"):
            letter = "v" if name == "theta" else "v0"
            entries = [
                self.names.parameter(letter, l, j, place)
                for l, size in enumerate(self.problem.network.shapes, 1)
                for j in range(1, size + 1)
            ]
            return Array((len(entries),), tuple(entries))
        if (number := self.names.constant(name, place)) is not None:
            return number
        if name in ("v", "v0") and not self.own:
            self.fail(node, f"expected {name}[l] or {name}[l,j]", scope)
        shape = self.shape(node, 0, scope)
        if not shape or name == VARIABLE:
            return self.entry(node, [], scope)
        return Array(shape, tuple(self.number_entry(node, at, scope) for at in positions(shape)))

    def number_entry(self, node: Symbol, at: Sequence[int], scope: _Scope) -> Node:
        entry = self.entry(node, list(at), scope)
        assert not isinstance(entry, Array)
        return entry

    def entry(self, node: Symbol, at: list[int], scope: _Scope) -> Value:
        """name[at]; a layer v[l] is a vector."""
        name = node.name
        place = scope.place(node)
        if name in scope.arguments:
            return self.of_array(scope.arguments[name], node, at, scope)
        if name in self.definitions:
            definition = self.definitions[name]
            if not definition.letters:
                return self.of_array(self.defined(Symbol(name, (), node.place), scope), node, at, scope)
            return self.value(
                definition.body, _Scope(dict(zip(definition.letters, at, strict=True)), {}, place)
            )
        base = name.removesuffix("0")
        own = self.own.get(name) or self.own.get(base)
        if own is not None:
            layer, shape = own
            self.in_range(node, shape, at, scope)
            if len(at) < len(shape):
                self.fail(node, f"expected an entry of {name}, got {len(at)} index(es)", scope)
            entry = 1 + flat_index(shape, at)
            return self.names.parameter("v" if name in self.own else "v0", layer, entry, place)
        shapes = self.problem.network.shapes
        if name in ("v", "v0") and not self.own:
            if not 1 <= at[0] <= len(shapes):
                self.fail(node, f"the layers are 1 to {len(shapes)}, got {at[0]}", scope)
            size = shapes[at[0] - 1]
            if len(at) == 1:
                return Array(
                    (size,), tuple(self.names.parameter(name, at[0], j, place) for j in range(1, size + 1))
                )
            if not 1 <= at[1] <= size:
                self.fail(node, f"v[{at[0]},{at[1]}]: layer {at[0]} has {size} entries", scope)
            return self.names.parameter(name, at[0], at[1], place)
        shape = self.shape(node, len(at), scope)
        self.in_range(node, shape, at, scope)
        if name == "X" and len(at) == 1:
            row = (Symbol("X", (at[0], z), place) for z in range(1, shape[1] + 1))
            return Array((shape[1],), tuple(row))
        if name in ("beta", "start", "beta0") and len(at) == 2:
            at = [(at[0] - 1) * shape[1] + at[1]]
        return Symbol("start" if name == "beta0" else name, tuple(at), place)

    def in_range(self, node: Symbol, shape: Sequence[int], at: Sequence[int], scope: _Scope) -> None:
        if len(at) > len(shape):
            self.fail(node, f"{node.name} takes {len(shape)} index(es), got {len(at)}", scope)
        for index, size in zip(at, shape, strict=False):
            if not 1 <= index <= size:
                self.fail(node, f"{node.name} has indices from 1 to {size} here, got {index}", scope)

    def of_array(self, value: Value, node: Symbol, at: Sequence[int], scope: _Scope) -> Node:
        if not isinstance(value, Array) or len(at) != len(value.shape):
            self.fail(node, f"{node.name} is {shape_text(value)}, got {len(at)} index(es)", scope)
        self.in_range(node, value.shape, at, scope)
        entry: Node = value.entries[flat_index(value.shape, at)]
        return entry

    def of_function(self, node: Call, scope: _Scope) -> Node:
        """inverse(body in the variable, number, ends of the interval), or quad(body in the variable, ends)."""
        first, *others = node.arguments
        assert isinstance(first, Symbol)
        definition = self.definitions[first.name]
        place = scope.place(node)
        arguments: dict[str, Value] = {definition.arguments[0]: Symbol(VARIABLE, (), place)}
        if node.name == "quad":
            others, constants = others[:2], others[2:]
            for name, part in zip(definition.arguments[1:], constants, strict=True):
                arguments[name] = self.number(part, scope)
        body = self.number(definition.body, _Scope({}, arguments, place))
        return Call(node.name, (body, *(self.number(part, scope) for part in others)), place)


def _is_letter(node: Node, letter: str) -> bool:
    return isinstance(node, Symbol) and node.name == letter and not node.indices
