"""Polynomial maps theta -> f(theta) over Q whose coordinates generate the flow: networks, ReLU paths, sympy.

For every data set and differentiable loss the flow is a combination of the fields grad f_c. Which
coordinates count depends on the kind: the linear coefficients beta_z; all entries of W_1 ... W_L (several
outputs); the symmetric part of W_1 ... W_L for matrix sensing, whose sensors are symmetric; every path
product of a ReLU network.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

from litproof.errors import InputError
from litproof.flow.laws.program import Program, Traced, trace
from litproof.flow.laws.sparse import Monomial, Sparse, primitive
from litproof.networks.base import Network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.ring import dot, product, rows, total
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
    """

    variables: tuple[int, ...]
    coordinates: tuple[dict[Monomial, int], ...]


@dataclass(frozen=True)
class PolynomialMap:
    """A polynomial map Q^D -> Q^N.

    Attributes
    ----------
    kind : word of the problem file, or "polynomial".
    variables : names of theta_1..theta_D, valid Python identifiers.
    program : how the coordinates are computed.
    layers : the layout, for readable names of conserved quantities; () when there is none.
    factors : shortcuts to prove conservation; () when none is known.
    network : where the map came from, when that helps to name quantities.
    """

    kind: str
    variables: tuple[str, ...]
    program: Program
    layers: tuple[Layer, ...] = ()
    factors: tuple[Factor, ...] = ()
    network: Any = field(default=None, compare=False)

    @property
    def parameters(self) -> int:
        """D."""
        return len(self.variables)

    @cached_property
    def coordinates(self) -> tuple[dict[Monomial, int], ...]:
        """The outputs without constant terms, scaled to coprime integers ({}: a constant output)."""
        return tuple(primitive({m: c for m, c in f.items() if m}) for f in self.program.expand())

    def with_inputs(self, X: Sequence[Sequence[Fraction]]) -> "PolynomialMap":
        """The predictions x_i^T beta(theta) only: any labels and loss, but the inputs X (n x N) are given."""
        if not X or any(len(row) != len(self.program.outputs) for row in X):
            raise InputError(f"expected rows of {len(self.program.outputs)} inputs", key="data.X")
        outputs = self.program.outputs
        predictions = []
        for row in X:
            terms: dict[int, Any] = {}
            for weight, output in zip(row, outputs, strict=True):
                for node, coefficient in output:
                    terms[node] = terms.get(node, 0) + weight * coefficient
            predictions.append(tuple(sorted((node, c) for node, c in terms.items() if c)))
        return replace(self, program=replace(self.program, outputs=tuple(predictions)))

    def with_data(self, X: Sequence[Sequence[Fraction]], y: Sequence[Fraction]) -> "PolynomialMap":
        """The loss 1/2 sum_i (x_i^T beta(theta) - y_i)^2 as only coordinate: one flow, this X and y."""
        if len(X) != len(y):
            raise InputError(f"expected one label a row of X, got {len(y)} for {len(X)} rows", key="data.y")
        fixed = self.with_inputs(X)

        def loss(theta: list[Traced]) -> list[Any]:
            predictions = run(fixed.program, theta)
            return [total((p - y_i) ** 2 for p, y_i in zip(predictions, y, strict=True)) * Fraction(1, 2)]

        return replace(fixed, program=trace(self.parameters, loss))


def run(program: Program, theta: Sequence[Any]) -> list[Any]:
    """The coordinates at theta, over any commutative ring (additive constants are not kept)."""
    values = list(theta)
    for step in program.instructions:
        if hasattr(step, "terms"):
            values.append(total(values[node] * c for node, c in step.terms))
        else:
            values.append(values[step.left] * values[step.right])
    return [total(values[node] * c for node, c in terms) for terms in program.outputs]


def polynomial_map(expressions: Sequence[Any], variables: Sequence[Any]) -> PolynomialMap:
    """The map of sympy expressions in the given sympy symbols.

    Raises InputError for an expression that is not a polynomial with rational coefficients in the variables.
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
    return PolynomialMap("polynomial", tuple(map(str, symbols)), program)


def _evaluate(polynomial: Sparse, theta: Sequence[Any]) -> Any:
    return total(product([theta[i] for i in m]) * c if m else c for m, c in polynomial.items())


def fully_connected_map(sizes: Sequence[int]) -> PolynomialMap:
    """All entries of W_1 ... W_L, W_l of shape d_{l-1} x d_l; `sizes` = (d_0, ..., d_L)."""
    _positive(sizes)
    layers, variables = _matrix_layout(sizes, bias=False)
    program = trace(len(variables), lambda theta: _chain([_matrix(layer, theta) for layer in layers]))
    return PolynomialMap("fully-connected", variables, program, layers, _product_factors(layers))


def relu_map(sizes: Sequence[int], *, bias: bool = False) -> PolynomialMap:
    """Every path product of a ReLU network whose units on the path are active; `sizes` = (d_0, ..., d_L).

    A path runs from an input, or with biases (one vector a layer, outputs included) from the bias of a
    unit, to an output. Each path is a coordinate of its own because the data decide which units are active.
    Source: Marcotte, Gribonval, Peyre, NeurIPS 2023 (arXiv 2307.00144).

    Raises InputError for sizes below 1 or more than MAX_PATHS paths.
    """
    _positive(sizes)
    count = 1
    for size in sizes:
        count *= size
    if count > MAX_PATHS:
        raise InputError(f"expected at most {MAX_PATHS} paths, got {count}", key="network.widths")
    layers, variables = _matrix_layout(sizes, bias=bias)

    def paths(theta: list[Traced]) -> list[Any]:
        ends: list[list[Any]] = [[1] for _ in range(sizes[0])]
        for layer in layers:
            reached = [
                [path * theta[layer.entry(i, j)] for i in range(layer.rows) for path in ends[i]]
                for j in range(layer.columns)
            ]
            if layer.bias is not None:
                reached = [[*there, theta[layer.bias + j]] for j, there in enumerate(reached)]
            ends = reached
        return [path for there in ends for path in there]

    return PolynomialMap("relu", variables, trace(len(variables), paths), layers, _path_factors(layers))


def map_of(network: Architecture) -> PolynomialMap:
    """The map of any litproof network: linear coefficients, all outputs, symmetric parts or path products."""
    if isinstance(network, FullyConnectedSpec):
        return fully_connected_map((network.input_dim, *network.widths, network.outputs))
    if isinstance(network, ReluSpec):
        return relu_map((network.input_dim, *network.widths, network.outputs), bias=network.bias)
    if isinstance(network, FullyConnected):
        return fully_connected_map((network.input_dim, *network.widths, 1))
    if isinstance(network, MatrixSensing):
        k = network.size
        layers, variables = _matrix_layout((k,) * (network.depth + 1), bias=False)

        def sensed(theta: list[Traced]) -> list[Any]:
            entries = rows(_chain([_matrix(layer, theta) for layer in layers]), k)
            return [entries[i][j] + entries[j][i] for i in range(k) for j in range(i, k)]

        return PolynomialMap(
            network.kind, variables, trace(len(variables), sensed), layers, _product_factors(layers), network
        )
    vectors: list[Layer] = []
    position = 0
    for l, size in enumerate(network.shapes, 1):
        vectors.append(Layer(f"v{l}", position, 1, size, is_matrix=False))
        position += size
    variables = tuple(f"{layer.name}_{j + 1}" for layer in vectors for j in range(layer.columns))

    def coefficients(theta: list[Traced]) -> Sequence[Any]:
        return network.coefficients([theta[layer.start : layer.start + layer.columns] for layer in vectors])

    program = trace(position, coefficients)
    return PolynomialMap(network.kind, variables, program, tuple(vectors), network=network)


def _positive(sizes: Sequence[int]) -> None:
    if len(sizes) < 2 or any(not isinstance(size, int) or size < 1 for size in sizes):
        message = f"expected at least two layer sizes (inputs, ..., outputs), each >= 1, got {list(sizes)}"
        raise InputError(message, key="network.widths")


def _matrix_layout(sizes: Sequence[int], *, bias: bool) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    layers: list[Layer] = []
    names: list[str] = []
    for l, (height, width) in enumerate(pairwise(sizes), 1):
        start = len(names)
        names += [f"W{l}_{i + 1}_{j + 1}" for i in range(height) for j in range(width)]
        here = len(names) if bias else None
        if bias:
            names += [f"b{l}_{j + 1}" for j in range(width)]
        layers.append(Layer(f"W{l}", start, height, width, is_matrix=True, bias=here))
    return tuple(layers), tuple(names)


def _product_factors(layers: Sequence[Layer]) -> tuple[Factor, ...]:
    """The entries of W_l W_{l+1}, of which every entry of the whole product is a combination."""
    return tuple(
        Factor(
            _variables(left, right),
            tuple(
                {(left.entry(i, j), right.entry(j, k)): 1 for j in range(left.columns)}
                for i in range(left.rows)
                for k in range(right.columns)
            ),
        )
        for left, right in pairwise(layers)
    )


def _path_factors(layers: Sequence[Layer]) -> tuple[Factor, ...]:
    """The pieces of paths within two layers: a weight or bias into a hidden unit times a weight out of it."""
    factors = []
    for left, right in pairwise(layers):
        pieces: list[dict[Monomial, int]] = []
        for j in range(left.columns):
            into = [left.entry(i, j) for i in range(left.rows)]
            if left.bias is not None:
                into.append(left.bias + j)
            pieces += [{(i, right.entry(j, k)): 1} for i in into for k in range(right.columns)]
        factors.append(Factor(_variables(left, right), tuple(pieces)))
    return tuple(factors)


def _variables(left: Layer, right: Layer) -> tuple[int, ...]:
    """Parameters of two neighbouring layers but for the bias of the second."""
    return tuple(range(left.start, right.start + right.rows * right.columns))


def _matrix(layer: Layer, theta: Sequence[Any]) -> list[list[Any]]:
    return [[theta[layer.entry(i, j)] for j in range(layer.columns)] for i in range(layer.rows)]


def _chain(matrices: list[list[list[Any]]]) -> list[Any]:
    """Entries of the product, row by row, multiplied from the narrower end."""
    from_left = len(matrices[0]) <= len(matrices[-1][0])
    ordered = matrices if from_left else matrices[::-1]
    result = ordered[0]
    for matrix in ordered[1:]:
        a, b = (result, matrix) if from_left else (matrix, result)
        result = [[dot(row, column) for column in zip(*b, strict=True)] for row in a]
    return [entry for row in result for entry in row]
