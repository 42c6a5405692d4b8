"""K0: once the loss is below 1 it goes to 0, the parameters diverge, and the normalised margin never falls."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, inf, log, log10
from random import Random

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import dot, sup_norm
from litproof.claims.claim import claim
from litproof.claims.comparison import compare_gap, violated
from litproof.claims.hypotheses import LAYERED
from litproof.claims.pictures import Curve, Kind, Picture
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Mutant
from litproof.decimals import decimal_log
from litproof.errors import Inconclusive
from litproof.integrate.watch import FollowedPath
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.shared.classification import CLASSIFICATION, classification, draw_diagonal
from litproof.theorems.shared.instances import fixed_and_drawn
from litproof.theorems.ykm import YKM

POINTS = 16
SLACK = 1e-9
"""Logarithms of the margin and of the pace are compared with this much room for integration errors."""


def loss_at_start(problem: Problem) -> Ball:
    """sum_i exp(-y_i f(x_i)) at t = 0, enclosed at the current precision."""
    beta = problem.network.coefficients(problem.v0)
    margins = (y * dot(row, beta) for row, y in zip(problem.X, problem.y, strict=True))
    return sum(((-ball(Fraction(m))).exp() for m in margins), ball(0))


def _below_one(problem: Problem) -> Check:
    with ball_precision(256):
        loss = loss_at_start(problem)
        if loss < 1:
            return Check(Answer.HOLDS)
        detail = f"the loss starts at {float(loss):.4g}"
        return Check(Answer.VIOLATED if loss >= 1 else Answer.UNKNOWN, detail)


LOSS_BELOW_ONE = Hypothesis("loss below 1 at t0 = 0", _below_one)


def _largest_margin(problem: Problem) -> Fraction:
    """A bound of the margins over ||theta||^L: the largest |x_z| times the sum of the moduli of the data tensor."""
    entries = problem.layered.data_tensor().entries.values()
    largest = max(abs(x) for row in problem.X for x in row)
    return largest * sum(map(abs, entries), Fraction(0))


def measure_divergence(problem: Problem, digits: int) -> Measurement:
    """(1/kappa, 1/||theta||) far out, and log ||w||, log of the pace d(1/loss)/dt kappa^(2/L - 2) on the way."""
    from litproof.integrate.classification.samples import sample_path

    with ball_precision(256):
        kappa = -float(loss_at_start(problem).log())
    first = log10(max(6.0, kappa))  # the path begins where the start is
    # kappa <= bound ||theta||^L: both 1/kappa and ||theta||^-L are to fall below 10^-digits
    end = max(digits + 2 + max(0, ceil(decimal_log(_largest_margin(problem)))), ceil(first) + 2)
    grid = [first + (end - first) * (k / POINTS) ** 2 for k in range(1, POINTS + 1)]
    nothing = (Fraction(0),) * problem.network.input_dim
    try:
        samples = sample_path(problem, min(digits, 20), grid)
    except Inconclusive as stop:
        return Measurement(
            nothing,
            problem.v0,
            Fraction(1),
            Fraction(0),
            {},
            digits,
            "flow",
            converged=False,
            reason=str(stop),
        )
    last = samples[-1]
    size = dyadic_power(end) * last.size**problem.layered.depth
    path = tuple((float(s.s), decimal_log(s.size) * log(10), decimal_log(s.pace) * log(10)) for s in samples)
    return Measurement(
        value=(1 / dyadic_power(end), 1 / size),
        parameters=(),
        error=Fraction(0),
        residual=Fraction(0),
        clock={"kappa": f"1e{end}"},
        digits=digits,
        method=f"gradient flow at {POINTS} values of kappa up to 1e{end}",
        details={"path": path},
        unproved=f"looked at {POINTS} times up to kappa = 1e{end}; nothing is enclosed between them or beyond",
    )


def dyadic_power(exponent: int) -> Fraction:
    """10^exponent."""
    return Fraction(10) ** exponent


def compare_divergence(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """1/kappa and ||theta||^-L against their limits; the margin and the pace bound at every sample."""
    if not measurement.converged:
        rest = measurement.reason.startswith("the flow comes to rest")
        answer = Answer.VIOLATED if rest else Answer.UNKNOWN
        return Comparison(answer, 0, Evidence.NUMERIC, inf if rest else 0.0, measurement.reason)
    path: tuple[tuple[float, float, float], ...] = measurement.details["path"]
    power = float(str(prediction.details["power"]))
    side = float(str(prediction.details["side"]))
    factor = float(str(prediction.details["factor"]))
    depth = float(str(prediction.details["depth"]))
    # log of kappa / ||theta||^power with ||theta|| = kappa^(1/L) ||w||
    margins = [s * (1 - power / depth) - power * size for s, size, _ in path]
    falls = max(side * (a - b) for a, b in pairwise(margins))
    short = max(2 * log(factor) - 2 * size - pace for _, size, pace in path)
    if falls > SLACK or short > SLACK:
        worst = max(falls, short)
        what = "the normalised margin turns" if falls > SLACK else "1/loss grows more slowly than the bound"
        return violated(f"{what}: {worst:.2g}", worst / SLACK)
    gap = sup_norm([a - b for a, b in zip(prediction.value, measurement.value, strict=True)])
    return compare_gap(gap, Fraction(1), digits)


def draw_divergence(
    problem: Problem, prediction: Prediction, measurement: Measurement, paths: Sequence[FollowedPath]
) -> tuple[Picture, ...]:
    """The normalised margin, and the pace of 1/loss beside its lower bound, both over their powers of kappa."""
    depth, path = problem.layered.depth, measurement.details.get("path", ())
    if not path:
        return ()
    xs = tuple(s / log(10) for s, _, _ in path)

    def drawn(label: str, heights: Sequence[float], kind: Kind = "line") -> Curve:
        return Curve(label, xs, tuple(height / log(10) for height in heights), kind)

    margin = drawn("", [-depth * size for _, size, _ in path])
    pace = drawn("measured", [pace for _, _, pace in path])
    bound = drawn("bound", [2 * log(depth) - 2 * size for _, size, _ in path], "dashed")
    return (
        Picture(r"normalised margin $\kappa/\|\theta\|^L$", "kappa", True, (margin,)),
        Picture(r"pace of 1/loss over $\kappa^{2-2/L}$", "kappa", True, (pace, bound)),
    )


def _statement(problem: Problem, digits: int, **changes: object) -> Prediction:
    depth = problem.layered.depth
    details = {"power": depth, "side": 1, "factor": depth, "depth": depth, **changes}
    return Prediction((Fraction(0), Fraction(0)), digits, "monotone margin, growth of 1/loss", details)


def _variant(**shift: int) -> Callable[[Problem, int], Prediction]:
    def predict(problem: Problem, digits: int) -> Prediction:
        depth = problem.layered.depth
        changes = {name: -1 if name == "side" else depth + by for name, by in shift.items()}
        return _statement(problem, digits, **changes)

    return predict


def _positive_loss(problem: Problem, digits: int) -> Prediction:
    """The loss stays where it starts."""
    with ball_precision(128):
        kappa = dyadic(-loss_at_start(problem).log())
    return replace(_statement(problem, digits), value=(1 / kappa, Fraction(0)))


def _bounded(problem: Problem, digits: int) -> Prediction:
    """||theta|| stays where it starts."""
    square = sum((x * x for layer in problem.v0 for x in layer), Fraction(0))
    return replace(_statement(problem, digits), value=(Fraction(0), 1 / square))


def _saddle(problem: Problem) -> Problem | None:
    """All layers at 0: the loss is the number of points, and nothing moves."""
    if problem.layered.depth < 2:
        return None
    return replace(problem, v=tuple((Fraction(0),) * len(layer) for layer in problem.v))


FIXED = (
    classification(Diagonal(1, 2), "1 2; 2 -1/2", "1 1", 1, ["2 1"], "linear, n = 2, d = 2"),
    classification(
        FullyConnected(2, (2,)),
        "2 1; 1 -1/2; -1 -2",
        "1 1 -1",
        "3/2",
        ["1 0 -1/4 1", "1 1/2"],
        "fully connected, 2-2-1, n = 3",
    ),
    classification(
        Convolutional((2, 2, 3)),
        "2 1 0; 1 3 -1",
        "1 1",
        1,
        ["2 1/2", "1 1", "1 1/2 1/3"],
        "convolutional, k = (2, 2, 3), n = 2",
    ),
)


def random_below_one(seed: int) -> Problem:
    """A random diagonal network, L = 2 or 3, whose loss starts below 1."""
    rng = Random(f"convergence {seed}")
    while True:
        drawn = draw_diagonal(rng, rng.randint(2, 3), 2, 3)
        problem = replace(drawn, v=(*drawn.v[:-1], tuple(4 * x for x in drawn.v[-1])))
        if _below_one(problem).answer is Answer.HOLDS:
            return problem


@claim(
    id="ykm/classification-convergence",
    title="classification: from loss below 1 to loss 0, with a margin that never falls",
    source=f"{YKM}: separable data, loss below one; margin: Lyu and Li, arXiv 1906.05890",
    statement=r"""If $\mathcal L(\theta(t_0)) < 1$, then $\mathcal L \to 0$ and $\|\theta\| \to \infty$. From $t_0$
        on, with $\kappa = -\log \mathcal L$, $\gamma = \kappa / \|\theta\|^L$ does not decrease, and
        $\frac{d}{dt} \frac1{\mathcal L} \ge L^2 \kappa^{2 - 2/L} \gamma^{2/L}$.""",
    hypotheses=(CLASSIFICATION, LAYERED, LOSS_BELOW_ONE),
    instances=fixed_and_drawn(FIXED, random_below_one),
    measure=measure_divergence,
    depict=draw_divergence,
    entries=lambda problem: (r"1/\kappa", r"1/\|\theta\|^L"),
    compare=compare_divergence,
    same=lambda a, b, digits: False,
    mutants=(
        Mutant("kappa / ||theta||^(L+1) in place of ^L", _variant(power=1)),
        Mutant("the margin never rises", _variant(side=1)),
        Mutant("(L+1)^2 in place of L^2 in the growth of 1/loss", _variant(factor=1)),
        Mutant("the loss stays positive", _positive_loss),
        Mutant("the parameters stay bounded", _bounded),
        Mutant("hypothesis violated: start at the saddle 0", None, _saddle),
    ),
    derive="ykm/classification-convergence",
)
def classification_convergence(problem: Problem, digits: int) -> Prediction:
    """Limits 0 of 1/kappa and ||theta||^-L; lower bound for the growth of 1/loss from Euler's identity."""
    return _statement(problem, digits)
