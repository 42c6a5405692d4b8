"""Small networks of a given kind and depth."""

from random import Random

from litproof.algebra.linear import identity
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_complex_odeco, draw_real_odeco, draw_tensor_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import FormulaNetwork, PolynomialNetwork

FORMULAS = (
    (("u[{d}]", "v[{d}]"), "u[j]^2 - v[j]^2"),
    (("u[{d}]", "v[{d}]"), "u[j]^2*v[j]"),
    (("u[{d}]", "v[{d}]"), "u[j]^3 - v[j]^3"),
    (("u[{d}]", "v[{d}]", "w[{d}]"), "u[j]*v[j] + w[j]"),
    (("u[{d}]",), "u[j]^2"),
    (("W[{d},2]", "w[2]"), "W*w"),
    (("u[{d}]", "s"), "s*u[j]"),
)
"""Parameters and beta of polynomial networks."""

FUNCTIONS = (
    (("g", "v[{d}]"), "g*v[j]/sqrt(dot(v, v))"),
    (("W[{d},2]", "p[2]", "a"), "a*softmax(W*p)"),
    (("u[{d}]", "s"), "exp(s)*u[j]"),
    (("u[{d}]", "v[{d}]"), "u[j]/v[j]"),
)
"""The same of networks with divisions, roots and functions."""


def network_of(rng: Random, kind: str, depth: int, d: int) -> Network:
    """A network of one of `recipe.FRESH`; `d` inputs, or rows of sensors (then at most 3), where it may be chosen."""
    if kind == "diagonal":
        return Diagonal(depth, d)
    if kind == "full-convolution":
        return Convolutional((d,) * depth)
    if kind == "convolutional":
        return Convolutional((*(rng.randint(1, d) for _ in range(depth - 1)), d))
    if kind == "fully-connected":
        widest = rng.random() < 0.5
        return FullyConnected(d, tuple(d if widest else rng.randint(1, 3) for _ in range(depth - 1)))
    if kind == "odeco":
        return _real_odeco(rng, depth, min(d, 3))
    if kind == "complex-odeco":
        return draw_complex_odeco(rng, min(depth, 3), rng.choice((2, 3)))
    if kind == "tensor":
        return draw_tensor_network(rng, min(depth, 3))
    if kind == "matrix-sensing":
        return MatrixSensing(depth, min(d, 3 if depth < 4 else 2))
    kinds = (FormulaNetwork, FUNCTIONS) if kind == "formula" else (PolynomialNetwork, FORMULAS)
    parameters, beta = rng.choice(kinds[1])
    return kinds[0].of([text.format(d=d) for text in parameters], [beta], d)


def _real_odeco(rng: Random, depth: int, d: int) -> Odeco:
    drawn = draw_real_odeco(rng, depth, d + rng.randint(0, 1), d)
    if rng.random() < 0.5:
        return drawn
    one = identity(len(drawn.S))  # U_l = I: a diagonal network behind S
    return Odeco.from_rationals([[x.to_fraction() for x in row] for row in drawn.S], [one] * depth)
