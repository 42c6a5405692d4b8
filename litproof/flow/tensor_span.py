r"""Convolutions and other tensors on what their data span, or by frequencies: fewer products, the same flow.

*Few directions.* v_l' is a combination of the fibres of the M(x_i) in direction l: for a convolution windows of k_l
entries of x_i, as many as the other filters can shift it. So v_l - v_l(0) stays in their span U_l, and the rest of
v_l(0) is never seen. With orthonormal rows Q_l of U_l the Q_l v_l follow the flow of the tensors M(x_i) with each
direction l multiplied by Q_l. A last filter of full length behind short ones so moves in few dimensions.

*Frequencies.* Where all filters have full length, the orthonormal real Fourier transform

    F = (2/d)^(1/2) (1/sqrt(2); cos(2 pi j k/d), sin(2 pi j k/d) for 0 < j < d/2; (-1)^k/sqrt(2) for even d)

of every layer leaves f(x) = d^((L-1)/2) (p . prod_l a_l), real products at the frequencies 0 and d/2, at the others
products of complex numbers a_l + i b_l in the middle with weights 2^((1-L)/2) (p, q) from F x: L d products in place of
(L - 1) d^2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import ball, dyadic, to_fmpq
from litproof.algebra.linear import first_independent, rank, rational_matrix
from litproof.flow.span import Basis, Found, Span, all_nearest, orthonormal
from litproof.networks.convolutional import Convolutional
from litproof.networks.factors import ComplexProducts, OuterProducts
from litproof.networks.ring import rows
from litproof.networks.tensor import TensorNetwork
from litproof.precision import ball_precision
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_MOST_ENTRIES = 300_000
"""Entries of all M(x_i)."""
_MOST_PRODUCTS = 2000
"""Of the layers of the smaller network."""
_MOST_VECTORS = 200
"""Of a basis that is made orthonormal."""
_MOST_FREQUENCIES = 1500
"""Length of a filter: bounds of the remaining distance are tables of its square."""
_SPARE_BITS = 32


def spanned_tensor(problem: Problem) -> Found | None:
    """The smaller network of a convolution or a tensor, and how its numbers are rounded; None where there is none."""
    network = problem.network
    if isinstance(network, Convolutional) and set(network.shapes) == {network.input_dim}:
        return _by_frequencies(problem, network) if network.input_dim <= _MOST_FREQUENCIES else None
    if not isinstance(network, Convolutional | TensorNetwork):
        return None
    if len(problem.X) * prod(network.shapes) > _MOST_ENTRIES:
        return None
    tensors = _tensors(problem, network)
    spaces = [_fibres(tensors, network.shapes, l) for l in range(network.depth)]
    counts = tuple(size if q is None else len(q) for q, size in zip(spaces, network.shapes, strict=True))
    if spaces == [None] * network.depth or 0 in counts or prod(counts) > _MOST_PRODUCTS:
        return None
    small = OuterProducts(counts)
    return Found(small, partial(_projected, problem, small, tensors, spaces))


def _tensors(problem: Problem, network: Convolutional | TensorNetwork) -> list[list[Fraction]]:
    """M(x_i), flattened, the first layer slowest."""
    tensors = [[Fraction(0)] * prod(network.shapes) for _ in problem.X]
    for (z, *j), entry in network.data_tensor().entries.items():
        place = 0
        for i, size in zip(j, network.shapes, strict=True):
            place = place * size + i
        for tensor, x in zip(tensors, problem.X, strict=True):
            tensor[place] += entry * x[z]
    return tensors


def _fibres(tensors: Sequence[Sequence[Fraction]], shapes: Sequence[int], l: int) -> Basis:
    """A basis of the span of all fibres in direction l, taken from them; None for the whole space."""
    size, step = shapes[l], prod(shapes[l + 1 :])
    starts = [a + b for a in range(0, prod(shapes), size * step) for b in range(step)]
    fibres = list(
        dict.fromkeys(tuple(tensor[s : s + size * step : step]) for tensor in tensors for s in starts)
    )
    if size <= _MOST_VECTORS and len(fibres) > size * _MOST_VECTORS:
        return None
    if len(fibres) > 2 * _MOST_VECTORS:
        return None
    chosen = first_independent(fibres)
    # Independent modulo a prime is independent; that the others depend on these is decided over Q.
    if len(chosen) in (0, size) or len(chosen) > _MOST_VECTORS:
        return None
    basis = tuple(fibres[i] for i in chosen)
    return basis if rank(fibres) == len(basis) else None


def _projected(
    problem: Problem,
    small: OuterProducts,
    tensors: Sequence[Sequence[Fraction]],
    spaces: Sequence[Basis],
    bits: int,
) -> Span | None:
    """The problem on the spans of the fibres at flint's current precision; None where that is not enough."""
    try:
        Q = [None if space is None else orthonormal(space) for space in spaces]
    except ZeroDivisionError:
        return None
    shapes = problem.network.shapes
    data = [_contracted(rational_matrix([t]).entries(), shapes, Q) for t in tensors]
    layers = [
        (start if q is None else q * start).entries()
        for q, start in zip(Q, map(_column, problem.v0), strict=True)
    ]
    X, v = all_nearest(data, bits), all_nearest(layers, bits)
    bases = [None if q is None else all_nearest(q.tolist(), bits) for q in Q]
    if X is None or v is None or any(space and not basis for space, basis in zip(spaces, bases, strict=True)):
        return None
    smaller = replace(problem, network=small, X=X, scale=Fraction(1), v=v)
    return Span(problem, smaller, tuple((basis, None) for basis in bases), Fraction(1, 1 << bits))


def _contracted(entries: list[Any], shapes: Sequence[int], Q: Sequence[arb_mat | None]) -> list[Any]:
    """A tensor with each direction l multiplied by Q_l."""
    from flint import arb_mat

    sizes = list(shapes)
    for l in reversed(range(len(sizes))):
        q, step = Q[l], prod(sizes[l + 1 :])
        if q is None:
            continue
        block = sizes[l] * step
        entries = [
            entry
            for a in range(0, len(entries), block)
            for entry in (q * arb_mat(sizes[l], step, entries[a : a + block])).entries()
        ]
        sizes[l] = q.nrows()
    return entries


def _column(values: Sequence[Fraction]) -> Any:
    return rational_matrix([[x] for x in values])


class FrequencySpan(Span):
    """A convolution by frequencies: nothing of the transform back is rounded but at flint's precision."""

    @property
    def description(self) -> str:
        """See `Span.description`."""
        return "by frequencies"

    def embedded(self, moves: Sequence[Any], number: Callable[[Fraction], Any]) -> list[Any]:
        """See `Span.embedded`; in fractions the motion comes back rounded, far below the radius."""
        from flint import arb

        network = self.problem.network
        assert isinstance(network, ComplexProducts)
        start = [to_fmpq(x) for layer in self.given.v0 for x in layer]
        exact = number is to_fmpq
        with (
            ball_precision(2 * self.radius.denominator.bit_length() + _SPARE_BITS) if exact else nullcontext()
        ):
            layers = rows([arb(x) for x in moves], network.input_dim)
            moved = [x for layer in layers for x in _backward(network, layer)]
        return [(to_fmpq(dyadic(x)) if exact else x) + y for x, y in zip(moved, start, strict=True)]


def _by_frequencies(problem: Problem, network: Convolutional) -> Found:
    d = network.input_dim
    small = ComplexProducts(network.depth, 2 - d % 2, (d - 1) // 2)
    return Found(small, partial(_transformed, problem, small))


def _transformed(problem: Problem, small: ComplexProducts, bits: int) -> Span | None:
    """The problem by frequencies at flint's current precision; None where that is not enough."""
    d, power = small.input_dim, small.depth - 1
    weights = [ball(d).sqrt() ** power] * small.real + [(ball(d) / 2).sqrt() ** power] * (2 * small.pairs)
    data = [[w * x for w, x in zip(weights, _forward(small, row), strict=True)] for row in problem.X]
    X, v = (
        all_nearest(vectors, bits) for vectors in (data, [_forward(small, layer) for layer in problem.v0])
    )
    if X is None or v is None:
        return None
    smaller = replace(problem, network=small, X=X, scale=Fraction(1), v=v)
    return FrequencySpan(problem, smaller, ((None, None),) * small.depth, Fraction(1, 1 << bits))


def _forward(network: ComplexProducts, layer: Sequence[Fraction]) -> list[Any]:
    """F v, in the order of `ComplexProducts`: frequency 0, d/2 for even d, then cosine and sine of each other one."""
    from flint import acb

    d, real = network.input_dim, network.real
    unit = 1 / ball(d).sqrt()
    waves = acb.dft([acb(ball(x)) for x in layer])
    pair = unit * ball(2).sqrt()
    middle = [waves[j] for j in range(1, network.pairs + 1)]
    return [
        *(unit * waves[j * d // 2].real for j in range(real)),
        *(x for wave in middle for x in (pair * wave.real, -pair * wave.imag)),
    ]


def _backward(network: ComplexProducts, layer: Sequence[Any]) -> list[Any]:
    """F^T of a vector of balls."""
    from flint import acb

    d, unit = network.input_dim, ball(network.input_dim).sqrt()
    waves = [acb(0)] * d
    for j, component in enumerate(network.components(layer)):
        if len(component) == 1:
            waves[j * d // 2] = unit * acb(component[0])
        else:
            k = j - network.real + 1
            wave = unit / ball(2).sqrt() * acb(component[0], -component[1])
            waves[k], waves[d - k] = wave, wave.conjugate()
    return [x.real for x in acb.dft(waves, inverse=True)]
