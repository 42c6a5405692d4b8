"""Polynomial maps theta -> f(theta) over Q: the type, maps given in sympy, and maps for given data.

For every data set and differentiable loss the flow of a network is a combination of the fields grad f_c. With
the inputs X given only the predictions x_i^T beta count, with X and y given only the loss itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from litproof.algebra.sparse_polynomials import Monomial, Sparse, primitive
from litproof.errors import InputError
from litproof.flow.program import Node, Program
from litproof.laws.program import COORDINATES, expand, run, trace
from litproof.networks.base import Network
from litproof.networks.ring import product, total
from litproof.networks.specs import FullyConnectedSpec, ReluSpec

Architecture: TypeAlias = Network | FullyConnectedSpec | ReluSpec
MAX_PATHS = 200_000


@dataclass(frozen=True)
class Layer:
    """Where the parameters of one layer sit: a rows x columns matrix, row by row from `start`, and a bias."""

    name: str
    start: int
    rows: int
    columns: int
    is_matrix: bool
    bias: int | None = None

    def entry(self, i: int, j: int) -> int:
        """Number of the parameter in row i, column j (from 0)."""
        return self.start + i * self.columns + j

    def entry_name(self, j: int) -> str:
        """Name of entry j (from 0) of a vector: v[1] -> v[1,1]."""
        return f"{self.name.removesuffix(']')},{j + 1}]"


@dataclass(frozen=True)
class Factor:
    """A smaller map through which the parameters S of two neighbouring layers act.

    Every coordinate is f_c = sum_k a_k psi_k + b with psi_k functions of S and a_k, b functions of the other
    parameters, so the gradients with respect to S are combinations of grad psi_k: a polynomial in S that is
    conserved for all psi_k is conserved for all f_c.

    Attributes
    ----------
    variables : S.
    coordinates : psi_k, in the numbering of the whole map.
    shift : a permutation of S that maps each psi_k to the next, the last to the first; {} when there is none. A
        polynomial that it leaves as it is, is conserved for all psi_k when it is for one.
    """

    variables: tuple[int, ...]
    coordinates: tuple[dict[Monomial, int], ...]
    shift: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PolynomialMap:
    """A polynomial map Q^D -> Q^N.

    Attributes
    ----------
    kind : word of the problem file, or "polynomial".
    variables : names of theta_1..theta_D.
    program : how the coordinates are computed.
    layers : the layout, for readable names of conserved quantities; () when there is none.
    factors : shortcuts to prove conservation; () when none is known.
    network : where the map came from, when that helps to name quantities.
    reduced : the same map in isometric coordinates in which it is sparse, frozen directions left out; its
        Lie algebra has the same dimension. None when there is none, or data have been fixed.
    symbols : the sympy symbols that the map was given in; () otherwise.
    """

    kind: str
    variables: tuple[str, ...]
    program: Program
    layers: tuple[Layer, ...] = ()
    factors: tuple[Factor, ...] = ()
    network: Any = field(default=None, compare=False)
    reduced: Program | None = field(default=None, compare=False)
    symbols: tuple[Any, ...] = field(default=(), compare=False)

    @property
    def parameters(self) -> int:
        """D."""
        return len(self.variables)

    @cached_property
    def coordinates(self) -> tuple[dict[Monomial, int], ...]:
        """The outputs without constant terms, scaled to coprime integers ({}: a constant output)."""
        return tuple(primitive({m: c for m, c in f.items() if m}) for f in expand(self.program))

    def with_inputs(self, X: Sequence[Sequence[Fraction]]) -> "PolynomialMap":
        """The predictions x_i^T beta(theta) only: any labels and loss, but the inputs X (n x N) are given."""
        size = len(self.program.outputs[COORDINATES])
        if not X or any(len(row) != size for row in X):
            raise InputError(f"expected rows of {size} inputs", key="data.X")

        def predictions(theta: list[Node]) -> list[Any]:
            beta = run(self.program, theta)
            return [total(b * x for x, b in zip(row, beta, strict=True)) for row in X]

        return replace(self, program=trace(self.parameters, predictions), reduced=None)

    def with_data(self, X: Sequence[Sequence[Fraction]], y: Sequence[Fraction]) -> "PolynomialMap":
        """The loss 1/2 sum_i (x_i^T beta(theta) - y_i)^2 as only coordinate: one flow, this X and y."""
        if len(X) != len(y):
            raise InputError(f"expected one label a row of X, got {len(y)} for {len(X)} rows", key="data.y")
        fixed = self.with_inputs(X)

        def loss(theta: list[Node]) -> list[Any]:
            predictions = run(fixed.program, theta)
            return [total((p - y_i) ** 2 for p, y_i in zip(predictions, y, strict=True)) * Fraction(1, 2)]

        return replace(fixed, program=trace(self.parameters, loss))


def polynomial_map(expressions: Sequence[Any], variables: Sequence[Any]) -> PolynomialMap:
    """The map of sympy expressions in the given sympy symbols.

    Raises InputError for an expression that is not a polynomial with rational coefficients in the variables.

    Examples
    --------
    >>> from sympy.abc import a, b
    >>> polynomial_map([a * b], [a, b]).parameters
    2
    """
    from sympy import QQ, Float, Poly, PolynomialError, Symbol, sympify
    from sympy.polys.polyerrors import CoercionFailed

    symbols = [sympify(variable) for variable in variables]
    if not symbols or not all(isinstance(s, Symbol) for s in symbols) or len(set(symbols)) != len(symbols):
        raise InputError(
            "expected at least one variable, all of them different sympy symbols", key="variables"
        )
    coordinates: list[Sparse] = []
    for number, expression in enumerate(expressions, 1):
        try:
            if sympify(expression).has(Float):
                raise ValueError("a floating-point number is not exact")
            poly = Poly(sympify(expression), *symbols, domain=QQ)
        except (PolynomialError, CoercionFailed, ValueError, TypeError) as error:
            names = ", ".join(map(str, symbols))
            message = f"expected a polynomial in {names} with exact rational coefficients, got {expression}"
            raise InputError(message, key=f"coordinate {number}") from error
        coordinates.append(
            {
                tuple(i for i, e in enumerate(exponents) for _ in range(e)): Fraction(int(c.p), int(c.q))
                for exponents, c in poly.terms()
                if c
            }
        )
    if not coordinates:
        raise InputError("expected at least one coordinate of the map", key="expressions")
    program = trace(len(symbols), lambda theta: [_evaluate(f, theta) for f in coordinates])
    return PolynomialMap("polynomial", tuple(map(str, symbols)), program, symbols=tuple(symbols))


def _evaluate(polynomial: Sparse, theta: Sequence[Any]) -> Any:
    return total(product([theta[i] for i in m]) * c if m else c for m, c in polynomial.items())
