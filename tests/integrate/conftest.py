"""Problems with exact entries for the integrators (fixture `kit`)."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from litproof.integrate.regression import collocation, taylor
from litproof.networks.base import DataTensor, Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.tensor import TensorNetwork
from litproof.problem import Problem

INTEGRATORS = {"collocation": collocation.integrate, "taylor": taylor.integrate}


def exact(rows: Any) -> Any:
    """Nested tuples of Fraction from nested sequences of numbers or strings."""
    return tuple(map(exact, rows)) if isinstance(rows, list | tuple) else Fraction(rows)


def regression(network: Network, X: Any, y: Any, v: Any, scale: Any = 1) -> Problem:
    """A regression problem from plain numbers."""
    return Problem(network, "regression", exact(X), exact(y), Fraction(scale), exact(v), "test")


def line(depth: int, target: Any, start: Sequence[Any]) -> Problem:
    """The smallest network: one input, one parameter a layer; its flow reaches zero loss only at `target`."""
    return regression(Diagonal(depth, 1), [[1]], [target], [[s] for s in start])


def sample(kind: str, seed: int = 3) -> Problem:
    """Two data points in three dimensions on a network of some kind, rational start."""
    rng = Random(seed)

    def number() -> Fraction:
        return Fraction(rng.choice([-1, 1]) * rng.randint(2, 6), 4)

    entries = {(z, i, j): number() for z in range(3) for i in range(2) for j in range(3)}
    networks: dict[str, Network] = {
        "diagonal": Diagonal(3, 3),
        "convolutional": Convolutional((2, 3)),
        "fully-connected": FullyConnected(3, (2, 2)),
        "tensor": TensorNetwork(DataTensor(3, (2, 3), entries)),
    }
    network = networks[kind]
    X = [[2, 1, number()], [-1, 2, number()]]
    v = [[number() for _ in range(size)] for size in network.shapes]
    return regression(network, X, [Fraction(3, 4), Fraction(-1, 2)], v)


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """Builders of problems and the integrators by name."""
    return SimpleNamespace(regression=regression, line=line, sample=sample, integrators=INTEGRATORS)


@pytest.fixture(params=sorted(INTEGRATORS))
def method(request: pytest.FixtureRequest) -> str:
    """Both methods."""
    return str(request.param)
