"""Starts of a network: equal layers, ties, zeros, commuting matrices, or an old pattern with new numbers."""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from random import Random

from litproof.algebra.linear import identity
from litproof.algebra.orthogonal import random_orthonormal
from litproof.claims.drawing.numbers import Draw, Rows
from litproof.networks.base import MultilinearNetwork, Network, OdecoForm

Vector = tuple[Fraction, ...]


def draw_start(rng: Random, network: Network, style: str, draw: Draw, frame: Rows) -> Rows:
    """Layers of the network's shapes.

    Parameters
    ----------
    style : of `recipe.FACTORS`, without "pattern".
    frame : orthogonal matrix, for matrices that commute with those of `commuting`.
    """
    if style in ("identity", "commuting"):
        return _matrices(rng, network.shapes, style, draw, frame)
    form = network.odeco() if isinstance(network, MultilinearNetwork) else None
    lifted = (
        form is not None and form.is_real and all(x.is_rational for U in form.U for row in U for x in row)
    )
    if form is None or not lifted:
        return _styled(rng, network.shapes, style, draw)
    reduced = _styled(rng, (form.rank,) * len(form.U), style, draw)
    return tuple(_lift(form, l, layer) for l, layer in enumerate(reduced))


def _lift(form: OdecoForm, l: int, layer: Vector) -> Vector:
    """U_l times the reduced layer."""
    return tuple(
        sum((u.to_fraction() * x for u, x in zip(row, layer, strict=True)), Fraction(0)) for row in form.U[l]
    )


def _styled(rng: Random, sizes: Sequence[int], style: str, draw: Draw) -> Rows:
    layers = [[draw(rng) for _ in range(size)] for size in sizes]
    if style in ("same, last zero", "balanced"):
        layers = [
            layers[0][:size] + layer[len(layers[0]) :] for size, layer in zip(sizes, layers, strict=True)
        ]
    if style == "balanced" and rng.random() < 0.7:
        layers = [[rng.choice((-1, 1)) * x for x in layer] for layer in layers]
    if style in ("last zero", "same, last zero"):
        layers[-1] = [Fraction(0)] * sizes[-1]
    if style == "last smaller":
        least = [min(abs(layer[j % len(layer)]) for layer in layers[:-1] or layers) for j in range(sizes[-1])]
        layers[-1] = [Fraction(rng.randint(-3, 3), 4) * x for x in least]
    if style == "a tie" and len(layers) > 1:
        a, b = rng.sample(range(len(layers)), 2)
        j = rng.randrange(min(sizes[a], sizes[b]))
        layers[a][j] = rng.choice((-1, 1)) * layers[b][j]
    if style == "sparse":
        layers = [[x if rng.random() < 0.6 else Fraction(0) for x in layer] for layer in layers]
    return tuple(map(tuple, layers))


def _matrices(rng: Random, sizes: Sequence[int], style: str, draw: Draw, frame: Rows) -> Rows:
    """The same matrix in all square layers, zero (mostly) in the last one; rows of ones where a layer is not square."""
    k = isqrt(sizes[0])
    factor = abs(draw(rng))
    values = [factor if style == "identity" else draw(rng) for _ in range(k)]
    if k * k != sizes[0]:
        first: Vector = (factor,) * sizes[0]
    elif style == "commuting" and len(frame) == k:
        first = conjugated(frame, values)
    else:
        first = tuple(values[i] if i == j else Fraction(0) for i in range(k) for j in range(k))
    layers = [first if size == len(first) else (factor,) * size for size in sizes]
    if len(sizes) > 1 and rng.random() < 0.8:
        layers[-1] = (Fraction(0),) * sizes[-1]
    return tuple(layers)


def draw_frame(rng: Random, k: int) -> Rows:
    """A rational orthogonal matrix, k x k; now and then the identity."""
    if k == 1 or rng.random() < 0.2:
        return tuple(map(tuple, identity(k)))
    return random_orthonormal(rng, k, k, 2)


def conjugated(frame: Rows, values: Sequence[Fraction]) -> Vector:
    """Q diag(values) Q^T, row by row: symmetric matrices that commute with one another."""
    return tuple(
        sum((a * x * b for a, x, b in zip(p, values, q, strict=True)), Fraction(0))
        for p in frame
        for q in frame
    )
