"""Smaller problems near a given one: fewer points, inputs, layers and units, shorter numbers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

from litproof.errors import LitproofError
from litproof.networks.base import DataTensor, Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import PolynomialNetwork
from litproof.networks.tensor import TensorNetwork
from litproof.problem import Problem

Vector = tuple[Fraction, ...]
Change = Callable[[], Problem]


def size_of(problem: Problem) -> tuple[int, ...]:
    """What makes a problem large, the most important first; a shrunk one is smaller in this order.

    Points, inputs and parameters, whatever is not the default, characters of its numbers.
    """
    numbers = [problem.scale, *problem.y, *(x for row in (*problem.X, *problem.v) for x in row)]
    special = (problem.weights, problem.loss, problem.dynamics)
    return (
        len(problem.X) + problem.network.input_dim + sum(problem.network.shapes),
        sum(map(bool, special)),
        sum(len(str(abs(x))) + (x.denominator > 1) for x in numbers) + sum(x != 0 for x in numbers),
        sum(x < 0 for x in numbers),
    )


def smaller_problems(problem: Problem) -> Iterator[Problem]:
    """Candidates, the boldest first; each is smaller in the order of `size_of`."""
    for change in (*_structural(problem), *_numerical(problem)):
        try:
            candidate = change()
        except (LitproofError, ArithmeticError, LookupError, ValueError):
            continue  # there is no such problem
        if size_of(candidate) < size_of(problem):
            yield candidate


def _structural(problem: Problem) -> Iterator[Change]:
    outputs = getattr(problem.network, "outputs", 1)
    yield lambda: replace(problem, weights=())
    yield lambda: replace(problem, loss=None)
    yield lambda: replace(problem, dynamics=None)
    for i in range(len(problem.X) // outputs if len(problem.X) > outputs else 0):
        yield lambda i=i: _without_point(problem, i, outputs)  # type: ignore[misc]
    for l in range(len(problem.v)):
        yield lambda l=l: _without_layer(problem, l)  # type: ignore[misc]
    for j in range(problem.network.input_dim):
        yield lambda j=j: _without_input(problem, j)  # type: ignore[misc]
    if isinstance(problem.network, FullyConnected):
        for l, width in enumerate(problem.network.widths):
            for unit in range(width):
                yield lambda l=l, unit=unit: _without_unit(problem, l, unit)  # type: ignore[misc]


def _without(values: Sequence[Any], j: int) -> tuple[Any, ...]:
    if not 0 <= j < len(values) or len(values) == 1:
        raise LookupError(j)
    return (*values[:j], *values[j + 1 :])


def _without_point(problem: Problem, i: int, outputs: int) -> Problem:
    kept = [k for k in range(len(problem.X)) if k // outputs != i]
    weights = tuple(problem.weights[k] for k in kept) if problem.weights else ()
    X, y = tuple(problem.X[k] for k in kept), tuple(problem.y[k] for k in kept)
    return replace(problem, X=X, y=y, weights=weights)


def _without_layer(problem: Problem, l: int) -> Problem:
    network = problem.network
    v = _without(problem.v, l)
    smaller: Network
    match network:
        case Diagonal():
            smaller = Diagonal(network.depth - 1, network.width)
        case Convolutional():
            smaller = Convolutional(_without(network.filter_sizes, l))
        case MatrixSensing():
            smaller = MatrixSensing(network.depth - 1, network.size)
        case FullyConnected():
            smaller = FullyConnected(network.input_dim, _without((*network.widths, 1), l)[:-1])
        case Odeco():
            smaller = Odeco(network.S, _without(network.U, l))
        case _:
            raise LookupError(network.kind)
    return replace(problem, network=smaller, v=v)


def _without_input(problem: Problem, j: int) -> Problem:
    network = problem.network
    X = tuple(_without(row, j) for row in problem.X)
    v = problem.v
    smaller: Network
    match network:
        case Diagonal():
            smaller, v = Diagonal(network.depth, network.width - 1), tuple(_without(layer, j) for layer in v)
        case Convolutional():
            d = network.input_dim - 1
            sizes = tuple(min(size, d) for size in network.filter_sizes)
            smaller = Convolutional(sizes)
            v = tuple(layer[:size] for layer, size in zip(v, sizes, strict=True))
        case FullyConnected():
            width = network.matrix_shapes[0][1]
            smaller = FullyConnected(network.input_dim - 1, network.widths)
            v = (v[0][: j * width] + v[0][(j + 1) * width :], *v[1:])
        case MatrixSensing():
            k = network.size
            cut = [a * k + b for a in range(k) for b in range(k) if j not in (a, b)]
            smaller = MatrixSensing(network.depth, len(_without(range(k), j)))
            X, v = (tuple(tuple(row[c] for c in cut) for row in rows) for rows in (problem.X, v))
        case Odeco():
            smaller = Odeco(tuple(_without(row, j) for row in network.S), network.U)
        case TensorNetwork():
            smaller = TensorNetwork(_sliced(network.tensor, j))
        case PolynomialNetwork() if len(network.formulas) == 1 and network.outputs == 1:
            smaller, v = _narrower(network, v, j)
        case _:
            raise LookupError(network.kind)
    return replace(problem, network=smaller, X=X, v=v)


def _sliced(tensor: DataTensor, j: int) -> DataTensor:
    entries = {(z - (z > j), *rest): value for (z, *rest), value in tensor.entries.items() if z != j}
    return DataTensor(tensor.input_dim - 1, tensor.shapes, entries)


def _narrower(
    network: PolynomialNetwork, v: tuple[Vector, ...], j: int
) -> tuple[Network, tuple[Vector, ...]]:
    """One input less: every parameter whose first size is the number of inputs loses row j."""
    d, names, layers = network.inputs, [], []
    for parameter, layer in zip(network.parameters, v, strict=True):
        if not parameter.shape or parameter.shape[0] != d:
            names.append(str(parameter))
            layers.append(layer)
            continue
        width = prod(parameter.shape[1:])
        sizes = ",".join(map(str, (d - 1, *parameter.shape[1:])))
        names.append(f"{parameter.name}[{sizes}]")
        layers.append(layer[: j * width] + layer[(j + 1) * width :])
    return type(network).of(names, network.texts, d - 1), tuple(layers)


def _without_unit(problem: Problem, l: int, unit: int) -> Problem:
    """A fully connected network without unit `unit` behind matrix l."""
    network = problem.network
    assert isinstance(network, FullyConnected)
    widths = list(network.widths)
    before, after = problem.v[l], problem.v[l + 1]
    columns, ahead = widths[l], network.matrix_shapes[l + 1][1]
    widths[l] -= 1
    v = list(problem.v)
    v[l] = tuple(x for k, x in enumerate(before) if k % columns != unit)
    v[l + 1] = after[: unit * ahead] + after[(unit + 1) * ahead :]
    return replace(problem, network=FullyConnected(network.input_dim, tuple(widths)), v=tuple(v))


def _numerical(problem: Problem) -> Iterator[Change]:
    yield lambda: replace(problem, scale=Fraction(1))
    for simpler in (_unit, _rounded, _short):
        yield lambda f=simpler: replace(problem, scale=f(problem.scale))  # type: ignore[misc]
        for part in ("X", "v", "y"):
            yield lambda f=simpler, part=part: replace(problem, **{part: _mapped(f, getattr(problem, part))})  # type: ignore[misc]
    for part in ("v", "X", "y"):
        value = getattr(problem, part)
        flat = part == "y"
        rows = (value,) if flat else value
        for i, row in enumerate(rows):
            for j, x in enumerate(row):
                for new in dict.fromkeys(
                    (Fraction(0), Fraction(1), -Fraction(1), -x, _rounded(x), _short(x))
                ):
                    if new != x:
                        yield lambda part=part, i=i, j=j, new=new: _with_entry(problem, part, i, j, new)  # type: ignore[misc]
    for a in range(len(problem.v)):  # equal entries that only change together
        for x in dict.fromkeys(problem.v[a]):
            for new in dict.fromkeys((Fraction(0), Fraction(1), _rounded(x), _short(x))):
                yield lambda x=x, new=new: replace(  # type: ignore[misc]
                    problem, v=_mapped(lambda e: new if e == x else -new if e == -x else e, problem.v)
                )


def _mapped(change: Callable[[Fraction], Fraction], value: Any) -> Any:
    return change(value) if isinstance(value, Fraction) else tuple(_mapped(change, part) for part in value)


def _unit(x: Fraction) -> Fraction:
    return Fraction((x > 0) - (x < 0))


def _rounded(x: Fraction) -> Fraction:
    """The nearest integer, not zero unless x is."""
    return Fraction(round(x)) or _unit(x)


def _short(x: Fraction) -> Fraction:
    """The nearest fraction with a denominator up to 4, or a power of ten of the same size."""
    near = x.limit_denominator(4)
    if near:
        return near
    power = Fraction(1)
    while x and power > abs(x):
        power /= 10
    return _unit(x) * power


def _with_entry(problem: Problem, part: str, i: int, j: int, new: Fraction) -> Problem:
    value = getattr(problem, part)
    if part == "y":
        return replace(problem, y=(*value[:j], new, *value[j + 1 :]))
    row = (*value[i][:j], new, *value[i][j + 1 :])
    return replace(problem, **{part: (*value[:i], row, *value[i + 1 :])})  # type: ignore[arg-type]
