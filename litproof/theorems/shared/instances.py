"""Problems on which the catalogue tries its claims: fixed ones with short fractions, and random ones from a seed."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import rank
from litproof.algebra.orthogonal import random_orthonormal
from litproof.claims.types import Instance
from litproof.networks.base import Network
from litproof.networks.diagonal import Diagonal
from litproof.networks.odeco import Odeco
from litproof.problem import Problem

Number = int | str | Fraction


def vector(entries: Sequence[Number] | str) -> tuple[Fraction, ...]:
    """Exact vector from numbers or from one string such as ``"1/2 -5/4 2"``."""
    parts: Sequence[Number] = entries.split() if isinstance(entries, str) else entries
    return tuple(Fraction(entry) for entry in parts)


def matrix(text: str) -> tuple[tuple[Fraction, ...], ...]:
    """Exact matrix from a string, rows separated by semicolons."""
    return tuple(vector(row) for row in text.split(";"))


def regression(
    network: Network, X: str, y: str, scale: Number, layers: Sequence[Sequence[Number] | str], name: str
) -> Problem:
    """A regression problem from short strings; `layers` are v_1..v_L before scaling."""
    return Problem(
        network, "regression", matrix(X), vector(y), Fraction(scale), tuple(map(vector, layers)), name
    )


def instance(problem: Problem, seed: int | None = None) -> Instance:
    """An instance labelled by the problem's name."""
    label = problem.name if seed is None else f"{problem.name}, seed {seed}"
    return Instance(label, problem, seed)


def fixed_and_drawn(
    fixed: Sequence[Problem], *draws: Callable[[int], Problem]
) -> Callable[[int], tuple[Instance, ...]]:
    """Instances of a claim: the fixed problems, then one of every draw from the seed."""
    return lambda seed: (*map(instance, fixed), *(instance(draw(seed), seed) for draw in draws))


def diagonal_from_zero(depth: int, X: str, y: str, scale: Number, start: str, name: str = "") -> Problem:
    """Diagonal network with v_l = start for l < L and v_L = 0."""
    data = matrix(X)
    width = len(data[0])
    layers: list[str] = [start] * (depth - 1) + [" ".join("0" * width)]
    label = name or f"diagonal, L = {depth}, n = {len(data)}, d = {width}, alpha = {scale}"
    return regression(Diagonal(depth, width), X, y, scale, layers, label)


def draw_fraction(
    rng: Random, low: int = -6, high: int = 6, denominators: Sequence[int] = (1, 2, 3, 4)
) -> Fraction:
    """A short random fraction."""
    return Fraction(rng.randint(low, high), rng.choice(denominators))


def draw_nonzero(rng: Random) -> Fraction:
    """A random fraction of modulus between 1/2 and 3/2."""
    return Fraction(rng.choice((-1, 1)) * rng.randint(4, 12), 8)


def draw_data(rng: Random, n: int, d: int) -> tuple[tuple[Fraction, ...], ...]:
    """A random n x d matrix of rank n."""
    while True:
        X = tuple(tuple(draw_fraction(rng) for _ in range(d)) for _ in range(n))
        if rank(X) == n:
            return X


def draw_targets(rng: Random, n: int) -> tuple[Fraction, ...]:
    """Random targets, none of them zero."""
    return tuple(draw_nonzero(rng) for _ in range(n))


def draw_regression(network: Network, rng: Random, name: str, seed: int | None = None) -> Instance:
    """A random regression problem for a network (drawn with a fixed seed when `seed` is None)."""
    n = min(2, network.input_dim)
    layers = tuple(tuple(draw_nonzero(rng) for _ in range(size)) for size in network.shapes)
    X, y = draw_data(rng, n, network.input_dim), draw_targets(rng, n)
    return instance(Problem(network, "regression", X, y, Fraction(3, 4), layers, name), seed)


def draw_odeco(rng: Random, depth: int, m: int, d: int) -> Odeco:
    """A real odeco network with rational S (m x d) and rational orthonormal U_l, k_l in {m, m + 1}."""
    while True:
        S = tuple(tuple(draw_fraction(rng, -3, 3, (1, 2)) for _ in range(d)) for _ in range(m))
        if rank(S) == d:
            break
    return Odeco.from_rationals(S, [random_orthonormal(rng, m + rng.randint(0, 1), m) for _ in range(depth)])


def lift(U: Sequence[Sequence[Cyclotomic]], eta: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """U eta for a rational U: the layer with reduced coordinates eta."""
    return tuple(
        sum((u.to_fraction() * value for u, value in zip(row, eta, strict=True)), Fraction(0)) for row in U
    )


def odeco_from_zero(
    network: Odeco,
    X: tuple[tuple[Fraction, ...], ...],
    y: tuple[Fraction, ...],
    scale: Number,
    etabar: tuple[Fraction, ...],
    name: str,
) -> Problem:
    """v_l = U_l etabar for l < L and v_L = 0."""
    layers = [lift(U, etabar) for U in network.U[:-1]] + [(Fraction(0),) * len(network.U[-1])]
    return Problem(network, "regression", X, y, Fraction(scale), tuple(layers), name)


def random_diagonal_from_zero(seed: int) -> Problem:
    """Depth 2 to 4, n = 2, d = 3 or 4, alpha in 1/5 .. 2."""
    rng = Random(f"diagonal {seed}")
    depth, d = rng.randint(2, 4), rng.randint(3, 4)
    start = tuple(draw_nonzero(rng) for _ in range(d))
    layers = (start,) * (depth - 1) + ((Fraction(0),) * d,)
    scale = Fraction(rng.randint(4, 20), 10)
    X, y = draw_data(rng, 2, d), draw_targets(rng, 2)
    return Problem(
        Diagonal(depth, d), "regression", X, y, scale, layers, f"random diagonal, L = {depth}, n = 2, d = {d}"
    )


def random_odeco_from_zero(seed: int) -> Problem:
    """Depth 2 or 3, one data point, d = 2, m = 2 or 3."""
    rng = Random(f"odeco {seed}")
    depth, m = rng.randint(2, 3), rng.randint(2, 3)
    network = draw_odeco(rng, depth, m, 2)
    X, y = draw_data(rng, 1, 2), draw_targets(rng, 1)
    etabar = tuple(draw_nonzero(rng) for _ in range(m))
    scale = Fraction(rng.randint(5, 15), 10)
    return odeco_from_zero(network, X, y, scale, etabar, f"random odeco, L = {depth}, m = {m}, d = 2")


REFERENCE_X = "1/2 -5/4 2 3/4; 3/2 1/4 -1/2 1"
REFERENCE = diagonal_from_zero(3, REFERENCE_X, "1 -1/2", "3/10", "1 3/4 5/4 1/2")
"""The running example of the documentation: diagonal, L = 3, n = 2, d = 4."""
