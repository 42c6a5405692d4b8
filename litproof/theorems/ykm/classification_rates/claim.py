"""K5: the exponents in kappa = -log(loss) with which beta/kappa converges, entry by entry."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import log
from random import Random

from litproof.algebra.linear import distance, dot, solve_exact
from litproof.claims.claim import claim
from litproof.claims.comparison import compare_gap, undecided
from litproof.claims.depiction import curve, numbered
from litproof.claims.hypotheses import DEEP, SEPARABLE, holds
from litproof.claims.pictures import Curve, Picture
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Mutant
from litproof.decimals import decimal_log
from litproof.errors import Inconclusive
from litproof.integrate.watch import FollowedPath
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.classification.l1_margin import L1Margin, l1_margin
from litproof.predict.classification.max_margin import max_margin
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    THREE_LAYERS,
    TWO_LAYERS,
    WIDTH_TWO,
    classification,
    draw_diagonal,
    signed_rows,
)
from litproof.theorems.shared.instances import fixed_and_drawn
from litproof.theorems.ykm import YKM
from litproof.theorems.ykm.classification_odeco.claim import UNIQUE, stationary_limit

DIGITS = 6
"""Digits to which exponents are measured at most: a quotient of differences over many decades of kappa."""

_DECADES = (12, 24, 48, 96)
_NEAR_ONE = Fraction(1)

Exponents = Sequence[Fraction]


def _share(optimum: L1Margin, rows: Sequence[Sequence[Fraction]], j: int) -> dict[int, Fraction]:
    """How component k off the support enters component j on it: (A_aJ^{-1} A_ak)_j for all k off the support."""
    support, active = optimum.support, optimum.active
    square = [[rows[i][c] for c in support] for i in active]
    shares = {}
    for k in range(len(rows[0])):
        if k not in support:
            solved = solve_exact(square, [rows[i][k] for i in active])
            assert solved is not None
            shares[k] = solved[support.index(j)]
    return shares


def _log_term(optimum: L1Margin, rows: Sequence[Sequence[Fraction]], j: int) -> float:
    """(A_aJ^{-1} log p)_j, the coefficient of -1/kappa on the support."""
    import numpy as np

    square = np.array([[float(rows[i][c]) for c in optimum.support] for i in optimum.active])
    alpha = np.array([float(optimum.alpha[i]) for i in optimum.active])
    return float(np.linalg.solve(square, np.log(alpha / alpha.sum()))[optimum.support.index(j)])


def diagonal_exponents(
    problem: Problem, off: Callable[[Fraction], Fraction], *, coupled: bool = True
) -> Exponents:
    """Two diagonal layers: off(|u_j|) off the support; on it the smallest that enters through the margins."""
    rows = signed_rows(problem)
    optimum = l1_margin(rows)
    result = []
    for j in range(len(rows[0])):
        if j not in optimum.support:
            result.append(off(abs(optimum.u[j])))
            continue
        entering = [
            off(abs(optimum.u[k])) for k, share in _share(optimum, rows, j).items() if share and coupled
        ]
        if abs(_log_term(optimum, rows, j)) > 1e-9:
            entering.append(_NEAR_ONE)
        if not entering:
            raise Inconclusive(f"entry {j + 1} of beta/kappa converges faster than the leading order tells")
        result.append(min(entering))
    return result


def _off_span(problem: Problem) -> list[bool]:
    """Whether e_z has a part orthogonal to all points on the margin."""
    rows = signed_rows(problem)
    basis: list[Sequence[Fraction]] = []
    for i in max_margin(rows).support:
        row: Sequence[Fraction] = rows[i]
        for b in basis:
            row = [x - dot(row, b) / dot(b, b) * y for x, y in zip(row, b, strict=True)]
        if any(row):
            basis.append(row)
    off_span = []
    for z in range(len(rows[0])):
        projected = sum((b[z] * b[z] / dot(b, b) for b in basis), Fraction(0))
        off_span.append(projected != 1)
    return off_span


def _by_kind(
    problem: Problem, two_layers: Callable[[Problem], Exponents], deep: Fraction, off_span: Fraction
) -> Exponents:
    d = problem.network.input_dim
    if isinstance(problem.network, FullyConnected):
        return [off_span if off else Fraction(1) for off in _off_span(problem)]
    return two_layers(problem) if problem.layered.depth == 2 else [deep] * d


def _exponents(exponents: Exponents, digits: int, method: str) -> Prediction:
    return Prediction(tuple(exponents), digits, method)


def _simple(problem: Problem) -> Check:
    network = problem.network
    if isinstance(network, FullyConnected):
        tight = [i for i, (m, p) in enumerate(_margins(problem)) if m == 1 and not p]
        return holds(not tight, "a point on the margin has multiplier 0")
    if not isinstance(network, Diagonal):
        return holds(False, f"a {network.kind} network")
    if any(len({abs(layer[j]) for layer in problem.v}) < 2 for j in range(network.width)):
        return holds(False, "a component starts with all layers of equal modulus")
    smallest = [sorted(abs(layer[j]) for layer in problem.v)[:2] for j in range(network.width)]
    if any(a == b for a, b in smallest):
        return holds(False, "in a component no layer is strictly the smallest")
    return UNIQUE.check(problem)


def _margins(problem: Problem) -> list[tuple[Fraction, Fraction]]:
    rows = signed_rows(problem)
    optimum = max_margin(rows)
    return [(dot(row, optimum.z), p) for row, p in zip(rows, optimum.p, strict=True)]


SIMPLE = Hypothesis(
    "fully connected or diagonal, not degenerate, with a smallest layer in each component", _simple
)


def measure_exponents(problem: Problem, digits: int) -> Measurement:
    """Slopes of log |beta_z/kappa - limit| in log kappa, from differences over equal stretches, far out.

    The stretch is doubled until the slopes settle.
    """
    from litproof.integrate.classification.samples import sample_path

    nothing = (Fraction(0),) * problem.network.input_dim
    goal = min(digits, DIGITS) + 1
    previous: list[float] | None = None
    change = 1.0
    for end in _DECADES:
        try:
            samples = sample_path(
                problem, end + 10, (end / 2, 3 * end / 4, end), tolerance=1e-12, newton=1e-16, stages=14
            )
        except Inconclusive as stop:
            return Measurement(
                nothing, problem.v0, Fraction(1), Fraction(0), {}, digits, "flow", False, str(stop)
            )
        slopes, moves = [], []
        for a, b, c in zip(*(sample.scaled for sample in samples), strict=True):
            first, second = a - b, b - c
            if not first or not second:
                return _unsettled(nothing, problem, digits, "an entry of beta/kappa does not move")
            moves.append(((float(end / 2), abs(first)), (3 * end / 4, abs(second))))
            slopes.append((decimal_log(first) - decimal_log(second)) / (end / 4))
        if previous is not None:
            change = max(abs(a - b) for a, b in zip(slopes, previous, strict=True))
            if change < 10.0**-goal:
                break
        previous = slopes
    else:
        if change > 1e-4:
            return _unsettled(
                nothing, problem, digits, f"slopes still change by {change:.1e} at kappa = 1e{end}"
            )
    return Measurement(
        value=tuple(map(Fraction, slopes)),
        parameters=(),
        error=Fraction(change),
        residual=Fraction(0),
        clock={"kappa": f"1e{end}"},
        digits=digits,
        method=f"slopes of the flow up to kappa = 1e{end}",
        details={"change": change, "moves": moves},
        unproved=f"slopes of the flow up to kappa = 1e{end}, extrapolated: what they still change has no bound",
    )


def draw_exponents(
    problem: Problem, prediction: Prediction, measurement: Measurement, paths: Sequence[FollowedPath]
) -> tuple[Picture, ...]:
    """What each beta_z / kappa still moves between late points, beside lines of the predicted slopes."""
    pictures = []
    moves = measurement.details.get("moves", ())
    for z, (points, exponent) in enumerate(zip(moves, prediction.value, strict=True), start=1):
        (x0, first), (x1, _) = points
        ends = (decimal_log(first), decimal_log(first) - float(exponent) * (x1 - x0))
        line = Curve(f"slope {-float(exponent):.4g}", (x0, x1), ends, "dashed")
        title = rf"what is left of $\beta_{{{z}}}/\kappa$"
        pictures.append(Picture(title, "kappa", True, (curve("measured", points, "points"), line)))
    return tuple(pictures)


def _unsettled(nothing: tuple[Fraction, ...], problem: Problem, digits: int, why: str) -> Measurement:
    return Measurement(nothing, problem.v0, Fraction(1), Fraction(0), {}, digits, "flow", False, why)


def compare_exponents(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Exponents agree to 6 digits (or those asked for); fewer where the slopes have settled to fewer."""
    if not measurement.converged:
        return undecided(measurement.reason)
    gap = distance(prediction.value, measurement.value)
    reached = int(-log(float(measurement.error) + 1e-16, 10))
    return compare_gap(gap, Fraction(1), min(digits, DIGITS, reached))


Rule = Callable[[Problem], Exponents | None]


def _false(rule: Rule, name: str) -> Mutant:
    def predict(problem: Problem, digits: int) -> Prediction | None:
        exponents = rule(problem)
        return None if exponents is None else _exponents(exponents, digits, name)

    return Mutant(name, predict)


def _depth(problem: Problem) -> Fraction:
    return Fraction(1, problem.layered.depth)


def true_exponents(problem: Problem) -> Exponents:
    """K5."""
    return _by_kind(problem, lambda p: diagonal_exponents(p, lambda u: 1 - u), Fraction(1), _depth(problem))


def _uncoupled(problem: Problem) -> Exponents | None:
    if not isinstance(problem.network, Diagonal) or problem.layered.depth != 2:
        return None
    try:
        return diagonal_exponents(problem, lambda u: 1 - u, coupled=False)
    except Inconclusive:
        return None


def _with_off(off: Callable[[Fraction], Fraction]) -> Rule:
    def rule(problem: Problem) -> Exponents | None:
        if not isinstance(problem.network, Diagonal) or problem.layered.depth != 2:
            return None
        return diagonal_exponents(problem, off)

    return rule


def _two_layer_rule(problem: Problem) -> Exponents | None:
    """kappa^-1/2, as for two layers, whatever the depth."""
    true = true_exponents(problem)
    return (
        [Fraction(1, 2) if e == _depth(problem) else e for e in true] if problem.layered.depth > 2 else None
    )


def _like_layers(problem: Problem) -> Exponents:
    """Half the exponents: those of the layers of a two-layer network, not of beta."""
    return [e / 2 for e in true_exponents(problem)]


def _always_one(problem: Problem) -> Exponents:
    return [Fraction(1)] * problem.network.input_dim


def _next_depth(problem: Problem) -> Exponents | None:
    if not isinstance(problem.network, FullyConnected):
        return None
    return _by_kind(problem, lambda p: (), Fraction(1), Fraction(1, problem.layered.depth + 1))


def _sum_normalised(problem: Problem) -> Exponents | None:
    """u scaled to multipliers of sum 1 in place of largest entry 1."""
    if not isinstance(problem.network, Diagonal) or problem.layered.depth != 2:
        return None
    optimum = l1_margin(signed_rows(problem))
    total = sum(optimum.alpha, Fraction(0))
    return diagonal_exponents(problem, lambda u: abs(1 - u / total))


FIXED = (
    TWO_LAYERS,
    THREE_LAYERS,
    WIDTH_TWO,
    classification(
        FullyConnected(2, (2, 2)),
        "2 1; 4 5/2",
        "1 1",
        1,
        ["1 1/2 -1/4 1", "1 0 1/3 1", "1 1/2"],
        "fully connected, 2-2-2-1, n = 2",
    ),
)


def random_rates(seed: int) -> Problem:
    """Two diagonal layers, exponents between 1/5 and 4/5 off the support and well apart."""
    rng = Random(f"rates {seed}")
    while True:
        drawn = draw_diagonal(rng, 2, 2, 3)
        if _simple(drawn).answer is not Answer.HOLDS:
            continue
        try:
            exponents = true_exponents(drawn)
        except Inconclusive:
            continue
        if min(exponents) >= Fraction(1, 5) and all(e == 1 or e <= Fraction(4, 5) for e in exponents):
            return replace(drawn, v=(drawn.v[0], (Fraction(0),) * 3))


@claim(
    id="ykm/classification-rates",
    title="classification: exponents of convergence in kappa = -log(loss)",
    source=f"derived here; for one layer D. Soudry et al., JMLR 2018, arXiv 1710.10345; setting of {YKM}",
    statement=r"""$\beta_z / \kappa$ converges like a power of $\kappa = -\log \mathcal L$. Two diagonal layers:
        $\kappa^{-(1 - |u_j|)}$ off the support, $u = S X^T (y \ast \alpha)$ with the multipliers $\alpha$ of the
        $\ell_1$ problem; on the support the smallest of these exponents that enters through the active margins, or 1.
        Three and more diagonal layers: exponent 1. Fully connected: $1/L$ off the span of the points on the margin,
        else 1.""",
    hypotheses=(CLASSIFICATION, DEEP, SEPARABLE, SIMPLE),
    instances=fixed_and_drawn(FIXED, random_rates),
    measure=measure_exponents,
    depict=draw_exponents,
    entries=lambda problem: numbered(r"\text{exponent of }\beta", problem.network.input_dim),
    compare=compare_exponents,
    mutants=(
        _false(_with_off(lambda u: 1 - u / 2), "1 - |u|/2 in place of 1 - |u|"),
        _false(_uncoupled, "1/kappa on the support, whatever is off it"),
        _false(_like_layers, "half the exponents"),
        _false(_always_one, "exponent 1 everywhere"),
        _false(_two_layer_rule, "1/2 in place of 1/L"),
        _false(_next_depth, "1/(L + 1) in place of 1/L"),
        _false(_sum_normalised, "u normalised by the sum of the multipliers"),
    ),
    derive="ykm/classification-rates",
)
def classification_rates(problem: Problem, digits: int) -> Prediction:
    """Exact: from the multipliers of the linear programme, or from the span of the support vectors."""
    if isinstance(problem.network, Diagonal):
        stationary_limit(problem, 10)
    return _exponents(true_exponents(problem), digits, "K5")
