"""Small random networks with exact entries, drawn from a `random.Random`: a seed reproduces them."""

from fractions import Fraction
from random import Random

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.orthogonal import random_orthonormal
from litproof.networks.base import DataTensor, MultilinearNetwork
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco, exact_matrix
from litproof.networks.tensor import TensorNetwork

KINDS = ("diagonal", "convolutional", "fully-connected", "odeco", "complex-odeco", "tensor", "matrix-sensing")


def draw_rational(rng: Random, size: int = 5) -> Fraction:
    """A fraction with numerator up to `size` in modulus and denominator up to 4."""
    return Fraction(rng.randint(-size, size), rng.randint(1, 4))


def draw_layers(rng: Random, network: MultilinearNetwork) -> tuple[tuple[Fraction, ...], ...]:
    """Layers v_1..v_L of the network's shapes."""
    return tuple(tuple(draw_rational(rng) for _ in range(size)) for size in network.shapes)


def draw_network(rng: Random, kind: str) -> MultilinearNetwork:
    """A network of one of `KINDS`, depth at most 4 (3 where the data tensor grows fast), sizes at most 5."""
    depth = rng.randint(1, 3)
    if kind == "diagonal":
        return Diagonal(rng.randint(1, 4), rng.randint(1, 5))
    if kind == "convolutional":
        d = rng.randint(1, 4)
        shortest = d if rng.random() < 0.4 else 1
        return Convolutional((*(rng.randint(shortest, d) for _ in range(depth - 1)), d))
    if kind == "fully-connected":
        return FullyConnected(rng.randint(1, 3), tuple(rng.randint(1, 3) for _ in range(depth - 1)))
    if kind == "odeco":
        d = rng.randint(1, 3)
        return draw_real_odeco(rng, depth, d + rng.randint(0, 1), d)
    if kind == "complex-odeco":
        return draw_complex_odeco(rng, depth, rng.choice((2, 3)))
    if kind == "tensor":
        return draw_tensor_network(rng, depth)
    if kind == "matrix-sensing":
        return MatrixSensing(depth, rng.randint(1, 3))
    raise ValueError(f"unknown kind {kind!r}, expected one of {', '.join(KINDS)}")


def draw_real_odeco(rng: Random, depth: int, m: int, d: int) -> Odeco:
    """Rational S (m x d, m >= d) and rational orthonormal U_l with m or m + 1 rows."""
    S = [[Fraction(int(i == j)) for j in range(d)] for i in range(m)]
    for i in range(m):
        for j in range(min(i, d)):  # below the diagonal of ones: the rank stays d
            S[i][j] = draw_rational(rng)
    U = [random_orthonormal(rng, m + rng.randint(0, 1), m) for _ in range(depth)]
    return Odeco.from_rationals(S, U)


def draw_complex_odeco(rng: Random, depth: int, size: int) -> Odeco:
    """U_l = (u, conj(u), real columns), size x size, S = (s, conj(s), real rows)^T, size x 2; size >= 2."""
    U = []
    for _ in range(depth):
        matrix = []
        for a, b, *real in random_orthonormal(rng, size, size):
            # (a + i b)/sqrt(2) times the phase (1 + i)/sqrt(2): entries stay Gaussian rationals.
            u = Cyclotomic.gaussian((a - b) / 2, (a + b) / 2)
            matrix.append((u, u.conjugate(), *map(Cyclotomic.rational, real)))
        U.append(tuple(matrix))
    s = (Cyclotomic.gaussian(1, draw_rational(rng)), Cyclotomic.gaussian(0, rng.choice((-2, -1, 1, 2))))
    pair = (s, (s[0].conjugate(), s[1].conjugate()))
    rest = [[draw_rational(rng), draw_rational(rng)] for _ in range(size - 2)]
    return Odeco((*pair, *exact_matrix(rest)), tuple(U))


def draw_tensor_network(rng: Random, depth: int) -> TensorNetwork:
    """A sparse tensor with sizes up to 3 and at most 8 entries."""
    sizes = tuple(rng.randint(1, 3) for _ in range(depth + 1))
    entries = {tuple(rng.randrange(n) for n in sizes): draw_rational(rng) for _ in range(8)}
    return TensorNetwork(DataTensor(sizes[0], sizes[1:], {i: value for i, value in entries.items() if value}))
