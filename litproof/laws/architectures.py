"""The polynomial map of each kind of network.

For every data set and differentiable loss the flow is a combination of the fields grad f_c. Which coordinates
f_c count depends on the kind: the linear coefficients beta_z; all entries of W_1 ... W_L (several outputs);
the symmetric part of W_1 ... W_L for matrix sensing, whose sensors are symmetric; every path of a
ReLU network.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import prod
from typing import Any, TypeAlias

from litproof.algebra.sparse_polynomials import Monomial, Sparse, multiply, primitive
from litproof.errors import InputError
from litproof.flow.program import Node, Program
from litproof.laws.maps import Factor, Layer, PolynomialMap
from litproof.laws.program import trace
from litproof.networks.base import Network, layer_names, parameter_names
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import PolynomialNetwork
from litproof.networks.ring import dot, product, rows, total
from litproof.networks.specs import FullyConnectedSpec, ReluSpec

Architecture: TypeAlias = Network | FullyConnectedSpec | ReluSpec
MAX_PATHS = 200_000
MAX_SCALAR_PATHS = 20_000


def fully_connected_map(sizes: Sequence[int]) -> PolynomialMap:
    """All entries of W_1 ... W_L, W_l of shape d_{l-1} x d_l; `sizes` = (d_0, ..., d_L).

    Examples
    --------
    >>> fully_connected_map((2, 1, 2)).variables
    ('v[1,1]', 'v[1,2]', 'v[2,1]', 'v[2,2]')
    """
    _positive(sizes)
    layers, variables = _matrix_layout(sizes, bias=False)
    program = trace(len(variables), lambda theta: _chain([_matrix(layer, theta) for layer in layers]))
    factors = (*_product_factors(layers), *_scalar_factors(layers))
    return PolynomialMap("fully-connected", variables, program, layers, factors)


def relu_map(sizes: Sequence[int], *, bias: bool = False) -> PolynomialMap:
    """Every path product of a ReLU network whose units on the path are active; `sizes` = (d_0, ..., d_L).

    A path runs from an input, or with biases (one vector a layer, outputs included) from the bias of a
    unit, to an output. Each path is a coordinate of its own because the data decide which units are active.
    Source: Marcotte, Gribonval, Peyre, NeurIPS 2023 (arXiv 2307.00144).

    Raises InputError for sizes below 1 or more than MAX_PATHS paths.

    Examples
    --------
    >>> from litproof.laws import discover_conserved
    >>> discover_conserved(relu_map((2, 3, 1))).laws
    3
    """
    _positive(sizes)
    count = 1
    for size in sizes:
        count *= size
    if count > MAX_PATHS:
        raise InputError(f"expected at most {MAX_PATHS} paths, got {count}", key="network.widths")
    layers, variables = _matrix_layout(sizes, bias=bias)

    def paths(theta: list[Node]) -> list[Any]:
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
    """The map of any litproof network: linear coefficients, all outputs, symmetric parts or path products.

    Examples
    --------
    >>> from litproof.networks import Diagonal
    >>> map_of(Diagonal(2, 2)).variables
    ('v[1,1]', 'v[1,2]', 'v[2,1]', 'v[2,2]')
    """
    if isinstance(network, FullyConnectedSpec):
        return fully_connected_map((network.input_dim, *network.widths, network.outputs))
    if isinstance(network, ReluSpec):
        return relu_map((network.input_dim, *network.widths, network.outputs), bias=network.bias)
    if isinstance(network, FullyConnected):
        return fully_connected_map((network.input_dim, *network.widths, 1))
    if isinstance(network, MatrixSensing):
        k = network.size
        layers, variables = _matrix_layout((k,) * (network.depth + 1), bias=False)

        def sensed(theta: list[Node]) -> list[Any]:
            entries = rows(_chain([_matrix(layer, theta) for layer in layers]), k)
            return [entries[i][j] + entries[j][i] for i in range(k) for j in range(i, k)]

        return PolynomialMap(
            network.kind, variables, trace(len(variables), sensed), layers, _product_factors(layers), network
        )
    vectors, variables = _layout(network)
    position = len(variables)

    def coefficients(theta: list[Node]) -> Sequence[Any]:
        return network.coefficients(
            [theta[layer.start : layer.start + layer.rows * layer.columns] for layer in vectors]
        )

    program = trace(position, coefficients)
    factors: tuple[Factor, ...] = ()
    reduced: Program | None = None
    if isinstance(network, Convolutional):
        factors = _convolution_factors(vectors)
    elif isinstance(network, Odeco) and network.odeco().is_real:
        factors, reduced = _component_factors(vectors, network), _reduced_program(network)
    return PolynomialMap(network.kind, variables, program, tuple(vectors), factors, network, reduced)


def _layout(network: Network) -> tuple[list[Layer], tuple[str, ...]]:
    """Where the parameters sit, and the name of each number."""
    layers: list[Layer] = []
    start = 0
    named = network.parameters if isinstance(network, PolynomialNetwork) else ()
    for l, size in enumerate(network.shapes, 1):
        name, shape = (named[l - 1].name, named[l - 1].shape) if named else (f"v[{l}]", (size,))
        rows_, columns = shape if len(shape) == 2 else (1, size)
        layers.append(Layer(name, start, rows_, columns, is_matrix=len(shape) == 2))
        start += size
    return layers, tuple(name for layer in parameter_names(network) for name in layer)


def _positive(sizes: Sequence[int]) -> None:
    if len(sizes) < 2 or any(not isinstance(size, int) or size < 1 for size in sizes):
        message = f"expected at least two layer sizes (inputs, ..., outputs), each >= 1, got {list(sizes)}"
        raise InputError(message, key="network.widths")


def _matrix_layout(sizes: Sequence[int], *, bias: bool) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """Layer l: W_l row by row, then with biases b_l."""
    layers: list[Layer] = []
    counts: list[int] = []
    for l, (height, width) in enumerate(pairwise(sizes), 1):
        start = sum(counts)
        here = start + height * width if bias else None
        layers.append(Layer(f"W{l}", start, height, width, is_matrix=True, bias=here))
        counts.append(height * width + (width if bias else 0))
    return tuple(layers), tuple(name for layer in layer_names(counts) for name in layer)


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


def _scalar_factors(layers: Sequence[Layer]) -> tuple[Factor, ...]:
    """The product of the layers between two neighbouring widths of one, a number."""
    ones = [0] if layers[0].rows == 1 else []
    ones += [l for l, layer in enumerate(layers, 1) if layer.columns == 1]
    factors = []
    for first, last in pairwise(ones):
        part = layers[first:last]
        if len(part) < 3 or prod(layer.columns for layer in part) > MAX_SCALAR_PATHS:
            continue
        ends: list[list[Monomial]] = [[()]]
        for layer in part:
            ends = [
                [(*path, layer.entry(i, j)) for i in range(layer.rows) for path in ends[i]]
                for j in range(layer.columns)
            ]
        variables = _variables(part[0], part[-1])
        factors.append(Factor(variables, ({tuple(sorted(path)): 1 for path in ends[0]},)))
    return tuple(factors)


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


def _convolution_factors(layers: Sequence[Layer]) -> tuple[Factor, ...]:
    """The circular convolution of any two filters, which is convolved with the others."""
    d = layers[-1].columns
    factors = []
    for left, right in combinations(layers, 2):
        sums: list[dict[Monomial, int]] = [{} for _ in range(d)]
        for i in range(left.columns):
            for j in range(right.columns):
                sums[(i + j) % d][left.start + i, right.start + j] = 1
        both = _both(left, right)
        shift = {}
        if right.columns == d:
            turned = range(right.start, right.start + d)
            shift = dict(zip(both, (*both[: left.columns], *turned[1:], turned[0]), strict=True))
        factors.append(Factor(both, tuple(psi for psi in sums if psi), shift))
    return tuple(factors)


def _component_factors(layers: Sequence[Layer], network: Odeco) -> tuple[Factor, ...]:
    """The products (U_l^T v_l)_j (U_m^T v_m)_j, which are multiplied by those of the other layers."""
    forms: list[list[Sparse]] = [
        [
            {(layer.start + s,): row[j].to_fraction() for s, row in enumerate(matrix) if not row[j].is_zero}
            for j in range(len(network.S))
        ]
        for layer, matrix in zip(layers, network.U, strict=True)
    ]
    factors = []
    for l, m in combinations(range(len(layers)), 2):
        products: list[Sparse] = [multiply(a, b) for a, b in zip(forms[l], forms[m], strict=True)]
        factors.append(Factor(_both(layers[l], layers[m]), tuple(primitive(psi) for psi in products)))
    return tuple(factors)


def _reduced_program(network: Odeco) -> Program:
    """beta = S^T rho in the coordinates eta_l = U_l^T v_l, an isometry off the directions that never move."""
    m, depth = len(network.S), network.depth
    S: list[list[Fraction]] = [[entry.to_fraction() for entry in row] for row in network.S]

    def coefficients(eta: list[Node]) -> list[Any]:
        rho = [product([eta[l * m + j] for l in range(depth)]) for j in range(m)]
        return [total(S[j][z] * rho[j] for j in range(m)) for z in range(network.input_dim)]

    return trace(m * depth, coefficients)


def _both(left: Layer, right: Layer) -> tuple[int, ...]:
    return tuple(i for layer in (left, right) for i in range(layer.start, layer.start + layer.columns))


def _variables(left: Layer, right: Layer) -> tuple[int, ...]:
    """Parameters of the layers from one to another but for the bias of the last."""
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
