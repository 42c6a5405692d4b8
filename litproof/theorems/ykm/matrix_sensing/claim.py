"""R8: where deep matrix sensing with commuting sensors goes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import dot, rank
from litproof.algebra.orthogonal import random_orthonormal
from litproof.algebra.spectral import commutation_fault
from litproof.claims.claim import claim
from litproof.claims.hypotheses import DEEP, MATRIX_SENSING, REGRESSION, UNDERDETERMINED, holds
from litproof.claims.types import Check, Hypothesis, Instance, Mutant
from litproof.errors import HypothesisError
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.ring import rows
from litproof.networks.sensing import commuting_form
from litproof.predict.regression.commuting import commuting_limit
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.instances import draw_nonzero, draw_targets, instance, matrix, vector
from litproof.theorems.shared.variants import least_squares
from litproof.theorems.ykm import YKM

Flat = tuple[Fraction, ...]


def size_of(problem: Problem) -> int:
    """Number k of rows of the matrices of a matrix sensing problem."""
    network = problem.network
    assert isinstance(network, MatrixSensing)
    return network.size


def _commuting(problem: Problem) -> Check:
    k = size_of(problem)
    fault = commutation_fault([rows(flat, k) for flat in (*problem.X, *problem.v)])
    return holds(not fault, f"with the layers counted after the sensors, {fault}")


def _same_layers(problem: Problem) -> Check:
    first, *others = problem.v[:-1]
    differing = [l for l, layer in enumerate(others, start=2) if layer != first]
    return holds(not differing, f"W_{differing[0] if differing else ''}(0) differs from W_1(0)")


def _last_zero(problem: Problem) -> Check:
    return holds(not any(problem.v[-1]), "W_L(0) is not zero")


def _invertible(problem: Problem) -> Check:
    k = size_of(problem)
    return holds(rank(rows(problem.v[0], k)) == k, "W_1(0) is singular")


COMMUTING = Hypothesis("sensors and layers are symmetric and commute at the start", _commuting)
SAME_LAYERS = Hypothesis("W_l(0) is the same for all l < L", _same_layers)
LAST_LAYER_ZERO = Hypothesis("W_L(0) = 0", _last_zero)
INVERTIBLE = Hypothesis("W_1(0) is invertible", _invertible)


def scaled_identity(k: int, factor: Fraction = Fraction(1)) -> Flat:
    """factor * I, row by row."""
    return tuple(factor if i == j else Fraction(0) for i in range(k) for j in range(k))


def _variant(change: Callable[[Problem], Problem | None]) -> Callable[[Problem, int], Prediction | None]:
    """The true formula for a changed problem; None where theory proves that it cannot reach zero loss."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        changed = change(problem)
        try:
            return None if changed is None else commuting_limit(changed, digits)
        except HypothesisError:
            return None

    return predict


def _with_depth(problem: Problem, depth: int) -> Problem | None:
    if depth < 2:
        return None
    layers = (problem.v[0],) * (depth - 1) + (problem.v[-1],)
    return replace(problem, network=MatrixSensing(depth, size_of(problem)), v=layers)


def _deeper(problem: Problem) -> Problem | None:
    return _with_depth(problem, problem.layered.depth + 1)


def _shallower(problem: Problem) -> Problem | None:
    return _with_depth(problem, problem.layered.depth - 1)


def _doubled(problem: Problem) -> Problem:
    return replace(problem, scale=2 * problem.scale)


def _from_identity(problem: Problem) -> Problem:
    k = size_of(problem)
    return replace(problem, v=(scaled_identity(k),) * (problem.layered.depth - 1) + (problem.v[-1],))


def _last_layer_forgotten(problem: Problem) -> Problem:
    return replace(problem, v=(*problem.v[:-1], scaled_identity(size_of(problem), Fraction(0))))


def _last_layer_moved(problem: Problem) -> Problem:
    return replace(problem, v=(*problem.v[:-1], tuple(Fraction(3, 4) * entry for entry in problem.v[0])))


def _turned_layers(problem: Problem) -> Problem | None:
    """Layers below the last turned out of the sensors' eigenbasis; None when the sensors are scalar.

    The product sets out along W^{2(L-1)}, so it is this power that must not commute with the sensors.
    """
    k = size_of(problem)
    sensors = [rows(flat, k) for flat in problem.X]
    for size in (Fraction(1, 2), Fraction(2, 3)):
        for i in range(k):
            for j in range(i + 1):
                bump = [size if {a, b} == {i, j} else Fraction(0) for a in range(k) for b in range(k)]
                moved = tuple(a + b for a, b in zip(problem.v[0], bump, strict=True))
                start = MatrixSensing(2 * (problem.layered.depth - 1), k).coefficients(
                    (moved,) * (2 * (problem.layered.depth - 1))
                )
                if any(commutation_fault([rows(start, k), sensor]) for sensor in sensors):
                    return replace(problem, v=(moved,) * (problem.layered.depth - 1) + (problem.v[-1],))
    return None


def _as_if_commuting(problem: Problem, digits: int) -> Prediction | None:
    """Only the part of the layers that is diagonal in the sensors' common basis is seen."""
    k = size_of(problem)
    form = commuting_form(problem.X, (scaled_identity(k),), k)
    if not form.is_rational:
        return None
    projectors = form.rational().projectors

    def pinched(layer: Flat) -> Flat:
        weights = [dot(P, layer) for P in projectors]
        return tuple(dot(weights, column) for column in zip(*projectors, strict=True))

    return _variant(lambda p: replace(p, v=tuple(map(pinched, p.v))))(problem, digits)


def sensing(k: int, depth: int, A: str, y: str, scale: str | int, first: str, name: str) -> Problem:
    """Sensors as matrices row by row, separated by semicolons; W_l(0) = first for l < L, W_L(0) = 0."""
    layers = (vector(first),) * (depth - 1) + ((Fraction(0),) * (k * k),)
    network = MatrixSensing(depth, k)
    label = f"{name}, L = {depth}, {k} x {k}, alpha = {scale}"
    return Problem(network, "regression", matrix(A), vector(y), Fraction(scale), layers, label)


FIXED = (
    sensing(2, 2, "1 1 1 0", "1", "1/2", "1 0 0 1", "golden ratio"),
    sensing(2, 3, "2 1 1 2", "-1", "1/10", "1 0 0 1", "one sensor"),
    sensing(3, 2, "2 1 0 1 2 0 0 0 -1", "3/2", "1/100", "1 1/2 0 1/2 1 0 0 0 3/4", "unequal layers"),
    sensing(3, 3, "1 1 0 1 0 1 0 1 0", "1/2", 2, "1 0 0 0 1 0 0 0 1", "cubic eigenvalues"),
    sensing(2, 4, "1 0 0 -1/2", "1/2", "3/4", "1 0 0 3/2", "diagonal sensor"),
)


def _spectral(Q: Sequence[Sequence[Fraction]], eigenvalues: Sequence[Fraction]) -> Flat:
    """Q diag(eigenvalues) Q^T row by row."""
    return tuple(
        sum((a * e * b for a, e, b in zip(p, eigenvalues, q, strict=True)), Fraction(0)) for p in Q for q in Q
    )


def draw_sensing(rng: Random, depth: int, k: int, n: int, *, identity: bool) -> Problem:
    """Sensors with rational eigenvalues in a rational orthonormal basis."""
    Q = random_orthonormal(rng, k, k, 2)
    while any(entry in (-1, 1) for entry in Q[0]):
        Q = random_orthonormal(rng, k, k, 2)
    choice = [Fraction(numerator, 2) for numerator in range(-6, 7) if numerator]
    table = [rng.sample(choice, k) for _ in range(n)]
    while rank(table) < n:
        table = [rng.sample(choice, k) for _ in range(n)]
    first = [Fraction(1)] * k if identity else [draw_nonzero(rng) for _ in range(k)]
    layers = (_spectral(Q, first),) * (depth - 1) + ((Fraction(0),) * (k * k),)
    sensors = tuple(_spectral(Q, row) for row in table)
    label = f"random sensors, L = {depth}, {k} x {k}, n = {n}"
    scale = Fraction(rng.randint(2, 12), 8)
    return Problem(MatrixSensing(depth, k), "regression", sensors, draw_targets(rng, n), scale, layers, label)


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"sensing {seed}")
    depth, k = rng.randint(2, 3), rng.randint(2, 3)
    drawn = draw_sensing(rng, depth, k, rng.randint(1, k - 1), identity=False)
    return (*map(instance, FIXED), instance(drawn, seed))


@claim(
    id="ykm/matrix-sensing",
    title="deep matrix sensing with commuting sensors: the regression limit on eigenvalues",
    source=f"{YKM}: deep matrix sensing; Gunasekar et al. 2017 (arXiv 1705.09280) for two layers",
    statement=r"""Let $A_i$ be symmetric and commute with each other and with
        $W_1(0) = \dots = W_{L-1}(0) = \alpha \bar W$, invertible and symmetric, $W_L(0) = 0$. Then
        $W_1 \cdots W_L$ tends to $Q \mathrm{diag}(\rho^*) Q^T$ in the common eigenbasis, $\rho^*$ the minimiser of
        $\alpha^2 \sum_j \bar\eta_j^2 H_L(\rho_j / (\alpha |\bar\eta_j|)^L)$ subject to
        $\sum_j \lambda_{ij} \rho_j = y_i$.""",
    hypotheses=(
        REGRESSION,
        MATRIX_SENSING,
        DEEP,
        UNDERDETERMINED,
        COMMUTING,
        SAME_LAYERS,
        LAST_LAYER_ZERO,
        INVERTIBLE,
    ),
    instances=_instances,
    mutants=(
        Mutant("H of depth L + 1", _variant(_deeper)),
        Mutant("H of depth L - 1", _variant(_shallower)),
        Mutant("2 alpha in place of alpha", _variant(_doubled)),
        Mutant("weights etabar dropped", _variant(_from_identity)),
        Mutant("minimum Frobenius norm", least_squares),
        Mutant("hypothesis violated: W_L(0) != 0", _variant(_last_layer_forgotten), _last_layer_moved),
        Mutant(
            "hypothesis violated: layers do not commute with the sensors", _as_if_commuting, _turned_layers
        ),
    ),
    derive="ykm/matrix-sensing",
)
def matrix_sensing(problem: Problem, digits: int) -> Prediction:
    """Exact joint eigenvalues (algebraic numbers where irrational), then the dual of the diagonal network on them."""
    return commuting_limit(problem, digits)
