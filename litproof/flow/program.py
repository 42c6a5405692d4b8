"""Straight-line polynomial programs traced from a network's own coefficients, with reverse-mode gradients.

A traced value is an affine form with rational coefficients over *atoms*; an atom is an input, a product of
two atoms, or an affine form that had to be named because a product uses it. Equal subexpressions become one
atom, constants fold, squares are products of an atom with itself, and atoms that no output needs are
dropped. The gradient is the reverse sweep of algorithmic differentiation (Griewank & Walther, Evaluating
Derivatives, 2008, ch. 3): it costs at most two more products for every product of the forward sweep.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, Protocol, runtime_checkable

from litproof.errors import HypothesisError
from litproof.language.functions import NOT_POLYNOMIAL, POWER, apply, derivative

_NUMBERS = (int, Fraction)
_ONE = Fraction(1)
"""The coefficient of an atom as such; products with this very object are not worked out."""
_FAR = 1 << 100
"""Ratio of coefficients from which a named form has a largest coefficient 1, not a first one: doubles hold it."""


@dataclass(frozen=True)
class Linear:
    """constant + sum_i coefficients[i] * atom[args[i]]."""

    args: tuple[int, ...]
    coefficients: tuple[Fraction, ...]
    constant: Fraction

    @cached_property
    def integers(self) -> tuple[tuple[int, ...], int, int]:
        """(a, b, q) with integer entries: the form is (b + sum_i a_i * atom_i) / q, q >= 1."""
        q = lcm(self.constant.denominator, *(c.denominator for c in self.coefficients))
        return tuple(int(c * q) for c in self.coefficients), int(self.constant * q), q

    @cached_property
    def floats(self) -> tuple[tuple[float, ...], float]:
        """Coefficients and constant rounded to doubles."""
        return tuple(map(float, self.coefficients)), float(self.constant)


@dataclass(frozen=True)
class Product:
    """atom[left] * atom[right]; a square when left == right."""

    left: int
    right: int


@dataclass(frozen=True)
class Function:
    """A smooth function of atom[arg], by its name in `language.functions`; a power has the exponent -1/k."""

    name: str
    arg: int
    k: int = 1


Step = Linear | Product
"""What a polynomial program consists of."""


def arguments(step: Step | Function) -> tuple[int, ...]:
    """The atoms that a step is computed from."""
    match step:
        case Linear():
            return step.args
        case Product():
            return (step.left, step.right)
    return (step.arg,)


class Ring(Protocol):
    """The arithmetic a program runs on: three operations on values of any one kind."""

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """The affine form of `step`; values[i] belongs to step.args[i]."""

    def product(self, a: Any, b: Any) -> Any:
        """a * b."""

    def square(self, a: Any) -> Any:
        """a * a."""


@runtime_checkable
class SmoothRing(Ring, Protocol):
    """The arithmetic of programs with smooth functions."""

    def function(self, step: Function, a: Any) -> Any:
        """The function of a."""


@dataclass(frozen=True)
class Program:
    """A polynomial map as straight-line code; with `Function` steps, a smooth one (see `flow.lift`).

    Attributes
    ----------
    inputs : number of inputs; they are atoms 0 .. inputs - 1.
    code : entry k computes atom inputs + k from atoms before it.
    outputs : named groups of atoms, e.g. "beta" (d), "residual" (n), "velocity" (number of parameters).
    """

    inputs: int
    code: tuple[Step | Function, ...]
    outputs: Mapping[str, tuple[int, ...]]

    @cached_property
    def is_polynomial(self) -> bool:
        """Whether no step is a function."""
        return not any(isinstance(step, Function) for step in self.code)

    @property
    def is_rational(self) -> bool:
        """Whether all functions are divisions."""
        return all(step.name == POWER and step.k == 1 for step in self.code if isinstance(step, Function))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of a polynomial program; HypothesisError for another one, which `flow.lift` makes into one."""
        steps = tuple(step for step in self.code if not isinstance(step, Function))
        if len(steps) < len(self.code):
            raise HypothesisError(NOT_POLYNOMIAL)
        return steps

    @property
    def products(self) -> int:
        """Number of products, the cost that matters in series arithmetic."""
        return sum(isinstance(step, Product) for step in self.steps)

    def degree(self, group: str) -> int:
        """A bound of the degree of a group of outputs; the exact degree unless leading terms cancel."""
        degrees = [1] * self.inputs
        for step in self.steps:
            if isinstance(step, Linear):
                degrees.append(max((degrees[a] for a in step.args), default=0))
            else:
                degrees.append(degrees[step.left] + degrees[step.right])
        return max((degrees[a] for a in self.outputs[group]), default=0)

    def run(self, ring: Ring, inputs: Sequence[Any]) -> list[Any]:
        """Values of all atoms for the given inputs."""
        if len(inputs) != self.inputs:
            raise ValueError(f"program takes {self.inputs} inputs, got {len(inputs)}")
        values = list(inputs)
        for step in self.code:
            if isinstance(step, Linear):
                values.append(ring.linear(step, [values[i] for i in step.args]))
            elif isinstance(step, Function):
                if not isinstance(ring, SmoothRing):
                    raise HypothesisError(NOT_POLYNOMIAL)
                values.append(ring.function(step, values[step.arg]))
            elif step.left == step.right:
                values.append(ring.square(values[step.left]))
            else:
                values.append(ring.product(values[step.left], values[step.right]))
        return values

    def only(self, *groups: str) -> Program:
        """The program of some groups of outputs."""
        kept = {group: self.outputs[group] for group in groups}
        return pruned(self.inputs, self.code, range(self.inputs), kept)

    def evaluate(self, ring: Ring, inputs: Sequence[Any], group: str) -> list[Any]:
        """Values of one group of outputs."""
        values = self.run(ring, inputs)
        return [values[i] for i in self.outputs[group]]


class Node:
    """An affine form over the atoms of one tracer; supports + - * with nodes, int and Fraction."""

    __slots__ = ("constant", "terms", "tracer")

    def __init__(self, tracer: Tracer, terms: dict[int, Fraction], constant: Fraction) -> None:
        self.tracer, self.terms, self.constant = tracer, terms, constant

    def _combine(self, other: Any, sign: int) -> Any:
        if not isinstance(other, (Node, *_NUMBERS)):
            return NotImplemented
        return self.tracer.combined((1, sign), (self, other))

    def _scale(self, factor: int | Fraction) -> Node:
        if factor == 1:
            return self
        if not factor:
            return Node(self.tracer, {}, Fraction(0))
        factor, constant = Fraction(factor), self.constant and self.constant * factor
        terms = {a: factor if c is _ONE else c * factor for a, c in self.terms.items()}
        return Node(self.tracer, terms, constant)

    def __add__(self, other: Any) -> Any:
        return self._combine(other, 1)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._combine(other, -1)

    def __rsub__(self, other: Any) -> Any:
        return self._scale(-1)._combine(other, 1)

    def __neg__(self) -> Node:
        return self._scale(-1)

    def __pos__(self) -> Node:
        return self

    def __mul__(self, other: Any) -> Node:
        if isinstance(other, _NUMBERS):
            return self._scale(other)
        if not isinstance(other, Node):
            return NotImplemented
        if not self.terms:
            return other._scale(self.constant)
        if not other.terms:
            return self._scale(other.constant)
        left, right = self.tracer.name(self), self.tracer.name(other)
        return self.tracer.multiply(left, right)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Node:
        if isinstance(other, _NUMBERS):
            return self._scale(Fraction(1) / other)
        return self * other.smooth(POWER) if isinstance(other, Node) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return self.smooth(POWER) * other

    def smooth(self, name: str, k: int = 1) -> Node:
        """A smooth function of the form, see `language.functions.apply`."""
        return self.tracer.function(name, self, k)

    def __pow__(self, exponent: int) -> Node:
        if not isinstance(exponent, int) or exponent < 0:
            raise ValueError(f"a polynomial program takes exponents 0, 1, 2, ..., got {exponent!r}")
        power = Node(self.tracer, {}, Fraction(1))
        for _ in range(exponent):
            power = power * self
        return power


class Tracer:
    """Collects atoms while the network's own code runs on nodes."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.steps: list[Step | Function] = []
        self._known: dict[Step | Function, int] = {}

    def variables(self) -> list[Node]:
        """The inputs as nodes."""
        return [self.atom(i) for i in range(self.inputs)]

    def atom(self, index: int) -> Node:
        """The node that is one atom."""
        return Node(self, {index: _ONE}, Fraction(0))

    def lift(self, value: Any) -> Node:
        """A node, from a node or a number."""
        return value if isinstance(value, Node) else Node(self, {}, Fraction(value))

    def _index(self, step: Step | Function) -> int:
        index = self._known.setdefault(step, self.inputs + len(self.steps))
        if index == self.inputs + len(self.steps):
            self.steps.append(step)
        return index

    def name(self, node: Node) -> Node:
        """The same form as one atom times a number (sums become atoms, up to a common factor)."""
        if len(node.terms) == 1 and not node.constant:
            return node
        args = tuple(sorted(node.terms))
        factor = node.terms[args[0]]
        largest = max(node.terms.values(), key=abs)
        if abs(largest) > _FAR * abs(factor):
            factor = largest
        unit = Linear(args, tuple(node.terms[a] / factor for a in args), node.constant / factor)
        return Node(self, {self._index(unit): factor}, Fraction(0))

    def named_exactly(self, node: Node) -> Node:
        """The same form as one atom with coefficient one."""
        args = tuple(sorted(node.terms))
        if len(args) == 1 and node.terms[args[0]] == 1 and not node.constant:
            return node
        return self.atom(self._index(Linear(args, tuple(node.terms[a] for a in args), node.constant)))

    def multiply(self, left: Node, right: Node) -> Node:
        """Product of two named nodes."""
        ((a, p),), ((b, q),) = left.terms.items(), right.terms.items()
        factor = p if q is _ONE else q if p is _ONE else p * q
        return Node(self, {self._index(Product(min(a, b), max(a, b))): factor}, Fraction(0))

    def function(self, name: str, node: Node, k: int = 1) -> Node:
        """A smooth function of a form."""
        ((arg, _),) = self.named_exactly(node).terms.items()
        return self.atom(self._index(Function(name, arg, k)))

    def slope(self, step: Function) -> Node:
        """The derivative of a function by its argument, a polynomial in its value, its argument and other functions."""
        w = self.atom(step.arg)
        return self.lift(derivative(step.name, w, self.function(step.name, w, step.k), step.k))

    def gradient(self, outputs: Sequence[Node], seeds: Sequence[Node]) -> list[Node]:
        """sum_z seeds[z] * grad outputs[z] with respect to the inputs, seeds held fixed (reverse sweep)."""
        last = self.inputs + len(self.steps)
        adjoint = defaultdict[int, list[Node]](list)

        def summed(nodes: list[Node]) -> Node:
            # once: sums that grow term by term would be copied each time
            return nodes[0] if len(nodes) == 1 else self.combined([1] * len(nodes), nodes)

        for output, seed in zip(outputs, seeds, strict=True):
            for atom, coefficient in output.terms.items():
                adjoint[atom].append(seed * coefficient)
        for atom in range(last - 1, self.inputs - 1, -1):
            if atom not in adjoint:
                continue
            bar, step = summed(adjoint.pop(atom)), self.steps[atom - self.inputs]
            if isinstance(step, Linear):
                bar = self.name(bar) if bar.terms else bar
                for arg, coefficient in zip(step.args, step.coefficients, strict=True):
                    adjoint[arg].append(bar * coefficient)
            elif isinstance(step, Function):
                adjoint[step.arg].append(bar * self.slope(step))
            else:
                adjoint[step.left].append(bar * self.atom(step.right))
                adjoint[step.right].append(bar * self.atom(step.left))
        return [summed(adjoint[i]) if i in adjoint else self.lift(0) for i in range(self.inputs)]

    def combined(self, coefficients: Iterable[Any], nodes: Iterable[Any]) -> Node:
        """sum_i coefficients[i] * nodes[i]."""
        terms, constant = dict[int, Fraction](), Fraction(0)
        for coefficient, node in zip(coefficients, nodes, strict=True):
            part = self.lift(node * coefficient)
            constant = constant + part.constant if part.constant else constant
            for atom, c in part.terms.items():
                terms[atom] = terms[atom] + c if atom in terms else c
        return Node(self, {atom: c for atom, c in terms.items() if c}, constant)

    def needed(self, nodes: Iterable[Node]) -> list[int]:
        """The atoms that are not inputs from which the nodes are computed, in increasing order."""
        return needed(self.inputs, self.steps, (atom for node in nodes for atom in node.terms))

    def tangent(self, nodes: Sequence[Node], rates: Sequence[Node]) -> list[Node]:
        """The rates of nodes when the inputs have the given rates (forward sweep)."""
        tangents: dict[int, Node] = dict(enumerate(rates))
        for atom in self.needed(nodes):
            step = self.steps[atom - self.inputs]
            match step:
                case Linear():
                    tangents[atom] = self.combined(step.coefficients, [tangents[a] for a in step.args])
                case Product():
                    a, b = step.left, step.right
                    if a == b:
                        tangents[atom] = tangents[a] * self.atom(a) * 2
                    else:
                        tangents[atom] = tangents[a] * self.atom(b) + tangents[b] * self.atom(a)
                case Function():
                    tangents[atom] = tangents[step.arg] * self.slope(step)
        return [self.combined(node.terms.values(), [tangents[a] for a in node.terms]) for node in nodes]

    def program(self, outputs: Mapping[str, Sequence[Any]]) -> Program:
        """The program of the given outputs, without atoms that none of them needs."""
        wanted = {
            key: [next(iter(self.named_exactly(self.lift(node)).terms)) for node in group]
            for key, group in outputs.items()
        }
        return pruned(self.inputs, self.steps, range(self.inputs), wanted)


def needed(inputs: int, steps: Sequence[Step | Function], atoms: Iterable[int]) -> list[int]:
    """The atoms that are not inputs from which the given ones are computed, and these, in increasing order."""
    wanted = set(atoms)
    for atom in range(inputs + len(steps) - 1, inputs - 1, -1):
        if atom in wanted:
            wanted.update(arguments(steps[atom - inputs]))
    return sorted(atom for atom in wanted if atom >= inputs)


def pruned(
    inputs: int,
    steps: Sequence[Step | Function],
    kept: Sequence[int],
    outputs: Mapping[str, Sequence[int]],
) -> Program:
    """The program of the outputs as functions of the inputs `kept`, all they depend on, without idle atoms."""
    place = {old: new for new, old in enumerate(kept)}
    code: list[Step | Function] = []
    for atom in needed(inputs, steps, (atom for group in outputs.values() for atom in group)):
        match steps[atom - inputs]:
            case Linear() as step:
                code.append(Linear(tuple(place[a] for a in step.args), step.coefficients, step.constant))
            case Product() as step:
                code.append(Product(place[step.left], place[step.right]))
            case Function() as step:
                code.append(Function(step.name, place[step.arg], step.k))
        place[atom] = len(place)
    return Program(
        len(kept), tuple(code), {key: tuple(place[a] for a in group) for key, group in outputs.items()}
    )


def split(values: Sequence[Any], shapes: Sequence[int]) -> tuple[tuple[Any, ...], ...]:
    """A flat list of parameters as layers v_1..v_L."""
    layers, start = [], 0
    for size in shapes:
        layers.append(tuple(values[start : start + size]))
        start += size
    return tuple(layers)


class Operators:
    """Ring of anything with Python's + and *; `number` turns an exact coefficient into that kind.

    Fraction: Operators(). mpmath: Operators(lambda q: mpf(q.numerator) / q.denominator). Arb: through fmpq.
    """

    def __init__(self, number: Callable[[Fraction], Any] = Fraction) -> None:
        self.number = number

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """See Ring."""
        total = self.number(step.constant)
        for coefficient, value in zip(step.coefficients, values, strict=True):
            total = total + self.number(coefficient) * value
        return total

    def product(self, a: Any, b: Any) -> Any:
        """See Ring."""
        return a * b

    def square(self, a: Any) -> Any:
        """See Ring; a * a, because a power of a ball with midpoint zero is not a number."""
        return a * a

    def function(self, step: Function, a: Any) -> Any:
        """See SmoothRing."""
        return apply(step.name, a, step.k)
