"""Networks given by formulas in named vectors and matrices: polynomials, or with divisions, roots and functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise, product as indices
from math import prod
from random import Random
from typing import Any, ClassVar, Self

from litproof.errors import InputError
from litproof.language.grammar import FUNCTIONS, LETTERS, SYMBOLS, Vocabulary, parse
from litproof.language.matrices import (
    FUNCTIONS as MATRIX_FUNCTIONS,
    SMOOTH_FUNCTIONS,
    Checker,
    Evaluator,
    SmoothChecker,
    is_smooth_only,
)
from litproof.language.matrix_arithmetic import Array, Shape
from litproof.language.tree import Node, names, to_text
from litproof.networks.base import Layers

MAX_SIZE = 1000
"""Largest length of a vector, or number of rows or columns of a matrix."""

RESERVED = ({*SYMBOLS} - {"v"}) | {*LETTERS, "c", "t", "outputs", "sum", *FUNCTIONS, *SMOOTH_FUNCTIONS}
"""Names that formulas use for other things; v[l,j], a layer, does not exist where parameters have names."""

_DECLARATION = re.compile(
    r"(?P<name>[A-Za-z_][A-Za-z_0-9]*)(\[(?P<sizes>[0-9]{1,9}(\s*,\s*[0-9]{1,9})?)\])?", re.ASCII
)
_INDEX_COUNTS: dict[int, tuple[int, ...]] = {0: (0,), 1: (1, 0), 2: (2, 0)}


@dataclass(frozen=True)
class Parameter:
    """A vector (shape (k,)), a matrix (shape (r, c)) or a number (shape ()) with its name."""

    name: str
    shape: Shape

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.shape))}]" if self.shape else self.name


def read_parameter(text: str, key: str = "network.parameters", source: str = "") -> Parameter:
    """A parameter from "u[3]", "W[3,2]" or "a"; InputError for anything else, or a name that is taken."""
    match = _DECLARATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        shown = text[:40] if isinstance(text, str) else type(text).__name__
        raise InputError(
            f'expected a parameter such as "u[3]" or "W[3,2]", got {shown!r}', key=key, source=source
        )
    shape = tuple(map(int, match["sizes"].split(","))) if match["sizes"] else ()
    if any(not 1 <= size <= MAX_SIZE for size in shape):
        raise InputError(f"expected sizes from 1 to {MAX_SIZE} in {text!r}", key=key, source=source)
    if match["name"] in RESERVED:
        message = f"the name {match['name']!r} stands for something else in formulas; choose another"
        raise InputError(message, key=key, source=source)
    return Parameter(match["name"], shape)


def _key(number: int, formulas: int) -> str:
    return "network.beta" if formulas == 1 else f"network.beta, formula {number}"


@dataclass(frozen=True)
class PolynomialNetwork:
    """f(x) = x^T beta(theta), beta given by polynomial formulas in the parameters.

    With several outputs f(x)_c = sum_z x_z beta_zc: beta is flattened row by row, and a data point x becomes the
    rows x (x) e_c, c = 1..outputs.

    Attributes
    ----------
    parameters : names and shapes; the layers of a start are their entries, matrices row by row.
    formulas : one formula in the free letters j (and c), or one for each entry of beta, or one whose value is beta.
    inputs : d, the length of x (sensors: number of their entries).
    outputs : number of outputs.

    Examples
    --------
    >>> network = PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^2 - v[j]^2"], 2)
    >>> network.coefficients(((3, 1), (1, 2)))
    (8, -3)
    """

    parameters: tuple[Parameter, ...]
    formulas: tuple[Node, ...]
    inputs: int
    outputs: int = 1
    source: str = field(default="", compare=False, repr=False)

    _functions: ClassVar[Mapping[str, int]] = MATRIX_FUNCTIONS
    _checker: ClassVar[type[Checker]] = Checker

    @classmethod
    def of(
        cls,
        parameters: Sequence[str],
        beta: Sequence[str],
        inputs: int,
        outputs: int = 1,
        *,
        source: str = "",
    ) -> Self:
        """The network of formulas as text.

        Raises InputError with the position for every fault: names, indices, sizes, what is not a polynomial.
        """
        declared = tuple(read_parameter(text, source=source) for text in parameters)
        names = [parameter.name for parameter in declared]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"the name {name!r} is given twice", key="network.parameters", source=source)
        network = cls.parsed(declared, beta, inputs, outputs, source=source)
        if network.is_constant:
            raise InputError(
                "expected a network with parameters that move: beta does not depend on any",
                key="network.beta",
                source=source,
            )
        return network

    @classmethod
    def parsed(
        cls,
        declared: Sequence[Parameter],
        beta: Sequence[str],
        inputs: int,
        outputs: int = 1,
        *,
        source: str = "",
    ) -> Self:
        """As `of`, from declared parameters; beta may be constant."""
        vocabulary = Vocabulary(
            {parameter.name: _INDEX_COUNTS[len(parameter.shape)] for parameter in declared}, cls._functions
        )
        total = inputs * outputs
        if len(beta) not in (1, total):
            entries = f"{inputs} x {outputs}" if outputs > 1 else f"{inputs}"
            message = f"expected one formula in the free index j, or {entries} formulas, got {len(beta)}"
            raise InputError(message, key="network.beta", source=source)
        free = (("j", "c") if outputs > 1 else ("j",)) if len(beta) == 1 else ()
        formulas = tuple(
            parse(text, free=free, key=_key(number, len(beta)), source=source, vocabulary=vocabulary)
            for number, text in enumerate(beta, 1)
        )
        return cls(tuple(declared), formulas, inputs, outputs, source=source)

    @classmethod
    def from_sympy(cls, parameters: Mapping[str, Any], beta: Sequence[Any], outputs: int = 1) -> Self:
        """The network of sympy expressions.

        Parameters
        ----------
        parameters : name -> its symbols: one symbol, a list of them, or a sympy matrix.
        beta : d expressions (several outputs: d * outputs, row by row), polynomials in these symbols.

        Raises InputError for what is not a polynomial with rational coefficients in the symbols.

        Examples
        --------
        >>> from sympy import symbols
        >>> u, v = symbols("u1:3"), symbols("v1:3")
        >>> network = PolynomialNetwork.from_sympy({"u": u, "v": v}, [a**2 - b**2 for a, b in zip(u, v)])
        >>> network.texts
        ('u[1]^2 - v[1]^2', 'u[2]^2 - v[2]^2')
        """
        from litproof.networks.expressions import texts_of

        declared, texts = texts_of(parameters, beta)
        return cls.of(declared, texts, len(texts) // outputs, outputs)

    def __post_init__(self) -> None:
        _ = self._sums

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "polynomial"

    @property
    def shapes(self) -> tuple[int, ...]:
        """Number of entries of each parameter."""
        return tuple(prod(parameter.shape) for parameter in self.parameters)

    @property
    def input_dim(self) -> int:
        """Length of beta: inputs times outputs."""
        return self.inputs * self.outputs

    @property
    def parameter_names(self) -> tuple[tuple[str, ...], ...]:
        """u[1], W[1,2], .. as formulas write them."""
        return tuple(
            tuple(
                f"{parameter.name}[{','.join(map(str, index))}]" if index else parameter.name
                for index in indices(*(range(1, size + 1) for size in parameter.shape))
            )
            for parameter in self.parameters
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The formulas as text."""
        return tuple(map(to_text, self.formulas))

    @cached_property
    def _sums(self) -> tuple[dict[int, int], ...]:
        """Ranges of the sums of each formula; InputError when shapes do not fit."""
        shapes = {parameter.name: parameter.shape for parameter in self.parameters}
        ranges = {"j": self.inputs, "c": self.outputs}
        sums = []
        for number, formula in enumerate(self.formulas, 1):
            checker = self._checker(shapes, dict(ranges), _key(number, len(self.formulas)), self.source)
            shape, _ = checker.check(formula)
            if shape and (len(self.formulas) > 1 or prod(shape) != self.input_dim):
                wanted = (
                    "a number" if len(self.formulas) > 1 else f"{self.input_dim} entries (or a formula in j)"
                )
                got = " x ".join(map(str, shape))
                raise InputError(
                    f"expected {wanted}, got a formula of shape {got}", key="network.beta", source=self.source
                )
            if len(shape) == 2 and self.outputs > 1 and shape != (self.inputs, self.outputs):
                message = f"expected a matrix of {self.inputs} x {self.outputs}, got {shape[0]} x {shape[1]}"
                raise InputError(message, key="network.beta", source=self.source)
            sums.append(checker.sums)
        return tuple(sums)

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """beta(v), shape (d * outputs,), row by row."""
        values = {
            parameter.name: Array(parameter.shape, tuple(layer)) if parameter.shape else layer[0]
            for parameter, layer in zip(self.parameters, v, strict=True)
        }
        if len(self.formulas) > 1:
            pairs = zip(self.formulas, self._sums, strict=True)
            return tuple(Evaluator(values, sums, v[0][0]).value(formula, {}) for formula, sums in pairs)
        evaluator, (formula,) = Evaluator(values, self._sums[0], v[0][0]), self.formulas
        first = evaluator.value(formula, {"j": 1, "c": 1})
        if isinstance(first, Array):
            return first.entries
        return tuple(
            evaluator.value(formula, {"j": z + 1, "c": c + 1})
            for z in range(self.inputs)
            for c in range(self.outputs)
        )

    @cached_property
    def is_constant(self) -> bool:
        """Whether beta does not depend on the parameters: equal at random points, which no other polynomial is."""
        rng = Random(0)
        ends = list(accumulate(self.shapes, initial=0))
        values = set()
        for _ in range(3):
            point = [Fraction(rng.randrange(1, 10**9), rng.randrange(1, 10**3)) for _ in range(ends[-1])]
            values.add(self.coefficients([point[a:b] for a, b in pairwise(ends)]))
        return len(values) == 1


@dataclass(frozen=True)
class FormulaNetwork(PolynomialNetwork):
    """A `PolynomialNetwork` whose formulas may divide, take powers with rational exponents, and call functions.

    Those of `language.matrices.SMOOTH_FUNCTIONS`: sqrt, log, exp, sinh, cosh, tanh, asinh, atan, sin, cos of numbers,
    softmax of vectors.

    Examples
    --------
    >>> network = FormulaNetwork.of(["g", "v[2]"], ["g*v[j]/sqrt(dot(v, v))"], 2)
    >>> network.coefficients(((2,), (3, 4)))
    (Fraction(6, 5), Fraction(8, 5))
    """

    _functions: ClassVar[Mapping[str, int]] = SMOOTH_FUNCTIONS
    _checker: ClassVar[type[Checker]] = SmoothChecker

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "formula"

    @classmethod
    def from_sympy(cls, parameters: Mapping[str, Any], beta: Sequence[Any], outputs: int = 1) -> Self:
        """The network of sympy expressions with the functions that formulas may have; as `PolynomialNetwork`'s.

        Examples
        --------
        >>> from sympy import exp, symbols
        >>> u = symbols("u1:3")
        >>> FormulaNetwork.from_sympy({"u": u}, [exp(u[0]), u[1] / u[0]]).texts
        ('exp(u[1])', 'u[2]*u[1]^(-1)')
        """
        from litproof.networks.expressions import smooth_texts_of

        declared, texts = smooth_texts_of(parameters, beta)
        return cls.of(declared, texts, len(texts) // outputs, outputs)

    @cached_property
    def is_constant(self) -> bool:
        """Whether no parameter occurs."""
        return not any(map(names, self.formulas))


def network_of_formulas(
    parameters: Sequence[str], beta: Sequence[str], inputs: int, outputs: int = 1, *, source: str = ""
) -> PolynomialNetwork:
    """A `PolynomialNetwork` where the formulas are polynomials as they stand, else a `FormulaNetwork`."""
    network = FormulaNetwork.of(parameters, beta, inputs, outputs, source=source)
    if any(map(is_smooth_only, network.formulas)):
        return network
    return PolynomialNetwork.of(parameters, beta, inputs, outputs, source=source)
