"""The problems of the benchmark: drawn from fixed seeds, so that each run measures the same."""

from fractions import Fraction
from random import Random

from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem


def stiff_problem() -> Problem:
    """Depth 4, three data points, targets of the coefficients (2, 1/4, 10^-5, 0).

    A coefficient b moves at a rate of about |b|^(3/2), so that the last of the three that the data need lags behind
    the first by seven orders of magnitude.
    """
    start = tuple(Fraction(1, k) for k in (1, 2, 20, 40))
    rows = tuple(
        tuple(map(Fraction, row))
        for row in ((1, "-1/2", "3/4", 2), ("1/2", 1, -1, "1/4"), ("-3/4", "1/2", 1, -1))
    )
    aim = (Fraction(2), Fraction(1, 4), Fraction(1, 10**5), Fraction(0))
    return Problem(
        network=Diagonal(4, 4),
        task="regression",
        X=rows,
        y=tuple(sum((a * b for a, b in zip(row, aim, strict=True)), Fraction(0)) for row in rows),
        scale=Fraction(1),
        v=(start, start, start, (Fraction(0),) * 4),
        name="stiff",
    )


def drawn(seed: int, network: Network, count: int, name: str) -> Problem:
    """A problem with entries of a few bits on some network."""
    rng = Random(seed)

    def entries(size: int, choices: range) -> tuple[Fraction, ...]:
        return tuple(Fraction(rng.choice(choices), 8) * rng.choice((-1, 1)) for _ in range(size))

    return Problem(
        network=network,
        task="regression",
        X=tuple(entries(network.input_dim, range(17)) for _ in range(count)),
        y=entries(count, range(2, 17)),
        scale=Fraction(1),
        v=tuple(entries(size, range(2, 9)) for size in network.shapes),
        name=name,
    )


def regression(d: int, n: int, L: int) -> Problem:
    """A diagonal network with drawn data."""
    random = Random(1000 * d + n)
    X = [[Fraction(random.randint(-99, 99), 100) for _ in range(d)] for _ in range(n)]
    y = [Fraction(random.randint(-99, 99), 100) for _ in range(n)]
    return Problem(Diagonal(L, d), "regression", X, y, "1/2", [[1] * d] * (L - 1) + [[0] * d])


def points(d: int, n: int) -> list[list[Fraction]]:
    """Drawn data."""
    random = Random(7 * d + n)
    return [[Fraction(random.randint(-99, 99), 100) for _ in range(d)] for _ in range(n)]


NETWORKS = (
    drawn(1, Diagonal(2, 6), 3, "diagonal, depth 2, six inputs"),
    drawn(3, Diagonal(5, 4), 2, "diagonal, depth 5"),
    drawn(2, FullyConnected(4, (3, 2)), 2, "fully connected, 4-3-2-1"),
    drawn(4, Convolutional((2, 5)), 2, "filters of sizes 2 and 5"),
)
