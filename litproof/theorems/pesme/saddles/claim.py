"""Saddle to saddle: u^2 - v^2 from vanishing starts visits the saddles of an exact algorithm, at its times."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import distance, product, sup_norm
from litproof.claims.claim import claim
from litproof.claims.comparison import undecided, violated
from litproof.claims.formulas.events import crossing
from litproof.claims.formulas.extrapolation import neville
from litproof.claims.hypotheses import FEWER, REGRESSION, REGRESSION_FLOW, holds
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Instance, Mutant
from litproof.decimals import decimal_log
from litproof.integrate.stretches import stretches
from litproof.networks.polynomial import PolynomialNetwork
from litproof.precision import ball_precision
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.pesme.saddles.algorithm import Jump, jumps
from litproof.theorems.shared.instances import draw_data, draw_targets, instance, regression

LADDER = (4, 8, 16, 32)
"""-log10 alpha."""
LEVEL = Fraction(1, 50)
"""Part of the largest entry of the limit at which an entry counts as having jumped."""
_SPARE = (15, 28)
"""Digits beyond those of alpha of the two paths that have to agree."""
_FACTOR = 20
_CLEAR = 1000
_LN10 = Fraction(2302585092994045684017991454684364, 10**33)
_APART, _NEAR = Fraction(1, 20), Fraction(4, 5)


def _squares(problem: Problem) -> Check:
    d = problem.network.input_dim
    same = problem.network == network(d) and len({*problem.v[0], *problem.v[1]}) == 1 and problem.v[0][0] > 0
    return holds(same, "the network is not u^2 - v^2 with all parameters equal at the start")


def _generic(problem: Problem) -> Check:
    try:
        found = jumps(problem.X, problem.y)
    except ArithmeticError as error:
        return holds(False, str(error))
    entries = [jump.entry for jump in found]
    times = [Fraction(0), *(jump.time for jump in found)]
    apart = all(late - early >= _APART * times[-1] for early, late in pairwise(times))
    size = sup_norm(found[-1].saddle) if found else Fraction(0)
    seen = all(abs(jump.saddle[jump.entry]) > 4 * LEVEL * size for jump in found)
    return holds(
        bool(found) and len(set(entries)) == len(entries) and apart and seen and found[-1].near <= _NEAR,
        "jumps are too close, too small, an entry jumps twice, or another multiplier is nearly there",
    )


SQUARES = Hypothesis("u^2 - v^2 from equal parameters", _squares)
GENERIC = Hypothesis("jumps of different entries at times that are well apart", _generic)


def network(d: int) -> PolynomialNetwork:
    """u^2 - v^2, entry by entry."""
    return PolynomialNetwork.of([f"u[{d}]", f"v[{d}]"], ["u[j]^2 - v[j]^2"], d)


def _values(found: Sequence[Jump]) -> tuple[Fraction, ...]:
    return (*(jump.time for jump in found), *(entry for jump in found for entry in jump.saddle))


def _predicted(change: Callable[[Problem], Sequence[Jump]]) -> Callable[[Problem, int], Prediction | None]:
    def predict(problem: Problem, digits: int) -> Prediction | None:
        try:
            found = change(problem)
        except ArithmeticError:
            return None
        order = tuple(jump.entry for jump in found)
        return Prediction(_values(found), digits, "exact algorithm", {"order": order})

    return predict


def _all_jumps(problem: Problem) -> Sequence[Jump]:
    return jumps(problem.X, problem.y)


def _twice_as_late(problem: Problem) -> Sequence[Jump]:
    return [replace(jump, time=2 * jump.time) for jump in _all_jumps(problem)]


def _slopes_of_the_start(problem: Problem) -> Sequence[Jump]:
    """Every multiplier keeps the slope of the start."""
    slopes = product(list(map(list, zip(*problem.X, strict=True))), problem.y)
    return [replace(jump, time=1 / abs(slopes[jump.entry])) for jump in _all_jumps(problem)]


def _one_entry_each(problem: Problem) -> Sequence[Jump]:
    """Only the entry that jumps is fitted anew."""
    found, beta = [], [Fraction(0)] * problem.network.input_dim
    for jump in _all_jumps(problem):
        beta[jump.entry] = jump.saddle[jump.entry]
        found.append(replace(jump, saddle=tuple(beta)))
    return found


def _opposite(problem: Problem) -> Sequence[Jump]:
    return [replace(jump, saddle=tuple(-b for b in jump.saddle)) for jump in _all_jumps(problem)]


def _without_signs(problem: Problem) -> Sequence[Jump]:
    return jumps(problem.X, problem.y, signed=False)


def _seen(problem: Problem, digits: int) -> tuple[list[tuple[Fraction, int]], list[tuple[Fraction, ...]]]:
    """(time, entry) of the first time at which each entry is of the size LEVEL, and beta half way to the next one."""
    path = list(stretches(problem, digits))
    ends = [piece.end for piece in path]
    size = sum(problem.network.shapes)

    def beta(time: Fraction) -> tuple[Fraction, ...]:
        state = path[bisect_left(ends, time)].at(time)[:size]
        half = size // 2
        return tuple(u * u - v * v for u, v in zip(state[:half], state[half:], strict=True))

    level = LEVEL * sup_norm(beta(path[-1].end))
    grid = [path[0].start, *(p.start + (p.end - p.start) * Fraction(k, 8) for p in path for k in range(1, 9))]
    values = [beta(time) for time in grid]
    found = []
    for entry in range(problem.network.input_dim):
        for (a, fa), (b, fb) in pairwise(zip(grid, values, strict=True)):
            if abs(fa[entry]) < level <= abs(fb[entry]):

                def beyond(t: Fraction, entry: int = entry) -> Ball:
                    return ball(abs(beta(t)[entry]) - level)

                unit = Fraction(1, 10 ** _SPARE[0])
                time = crossing(beyond, (a, beyond(a)), (b, beyond(b)), unit)
                found.append((time, entry))
                break
    found.sort()
    halves = [(early + late) / 2 for (early, _), (late, _) in pairwise(found)]
    return found, [beta(time) for time in (*halves, path[-1].end)]


def _measure(problem: Problem, digits: int) -> Measurement:
    """Jumps and saddles of flows in the original parameters on a ladder of alpha, times extrapolated in 1/log."""
    nothing, rows, orders = Fraction(0), [], []
    with ball_precision(400):
        for k in LADDER:
            start = replace(problem, scale=Fraction(1, 10**k) / problem.v[0][0])
            one, two = (_seen(start, k + spare) for spare in _SPARE)
            orders.append(tuple(entry for _, entry in two[0]))
            if orders[-1] != tuple(entry for _, entry in one[0]):
                return Measurement(
                    (),
                    (),
                    nothing,
                    nothing,
                    {},
                    digits,
                    "two paths",
                    False,
                    "two paths disagree about the order",
                )
            rows.append((one, two))
        if orders[-1] != orders[-2] or len(orders[-1]) != len(orders[-3]):
            return Measurement(
                (), (), nothing, nothing, {}, digits, "ladder", False, "the order of jumps has not settled"
            )
        last = [row for row, order in zip(rows, orders, strict=True) if order == orders[-1]]
        used = [k for k, order in zip(LADDER, orders, strict=True) if order == orders[-1]]
        times, errors = [], []
        for number in range(len(orders[-1])):
            units = [
                [2 * run[0][number][0] / (k * _LN10) for k, run in zip(used, runs, strict=True)]
                for runs in zip(*last, strict=True)
            ]
            value, spread = neville([Fraction(1, k) for k in used], [ball(t) for t in units[1]])
            times.append(dyadic(value))
            gap = max(abs(a - b) for a, b in zip(*units, strict=True))
            errors.append(_FACTOR * dyadic(spread.upper()) + 2 ** len(used) * gap)
        saddles = [last[-1][1][1][number] for number in range(len(orders[-1]))]
        before = [last[-2][1][1][number] for number in range(len(orders[-1]))]
        errors += [distance(a, b) for a, b in zip(saddles, before, strict=True) for _ in a]
    return Measurement(
        value=(*times, *(entry for saddle in saddles for entry in saddle)),
        parameters=(),
        error=max(errors),
        residual=nothing,
        clock={"alpha": f"1e-{LADDER[-1]}"},
        digits=digits,
        method="flows in the original parameters on a ladder of alpha, each followed twice",
        details={"order": orders[-1], "errors": tuple(errors)},
    )


def _compare(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Times and saddles agree to what the ladder resolves."""
    if not measurement.converged:
        return undecided(measurement.reason)
    if prediction.details["order"] != measurement.details["order"]:
        return violated("other entries, or another order", float(_CLEAR))
    size = sup_norm(prediction.value)
    pairs = zip(prediction.value, measurement.value, measurement.details["errors"], strict=True)
    ratios = [(abs(a - b), error + size / 10**digits) for a, b, error in pairs]
    gap, allowed = max(ratios, key=lambda pair: pair[0] / pair[1])
    known = max(0, min(digits, int(-decimal_log(max(error for _, error in ratios) / size))))
    detail = (
        f"{len(measurement.details['order'])} jumps, worst gap 10^{decimal_log(gap):.1f}" if gap else "no gap"
    )
    if not known:
        return undecided(f"not resolved: {detail}")
    if gap <= allowed:
        return Comparison(Answer.HOLDS, known, Evidence.AGREED, 0.0, detail)
    return violated(detail, float(_CLEAR * min(gap / allowed / 3, 10**6)))


def _same(a: Prediction, b: Prediction, digits: int) -> bool:
    return a.details == b.details and distance(a.value, b.value) <= sup_norm(a.value) / 20


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"saddles {seed}")
    while True:
        X, y = draw_data(rng, 2, 3), draw_targets(rng, 2)
        drawn = Problem(
            network(3), "regression", X, y, Fraction(1), ((Fraction(1),) * 3,) * 2, "random, d = 3"
        )
        if _generic(drawn).answer is Answer.HOLDS:
            break
    fixed = regression(
        network(3), "2 -1 1; 1 0 1", "-4 2", 1, ["1 1 1", "1 1 1"], "three jumps, one entry leaves"
    )
    short = regression(network(2), "2 1", "3", 1, ["1 1", "1 1"], "one jump")
    return instance(fixed), instance(short), instance(drawn, seed)


@claim(
    id="pesme/saddles",
    title="u^2 - v^2 from vanishing starts: saddles and the times between them, exactly",
    source="Pesme, Flammarion 2023: saddle-to-saddle dynamics of diagonal linear networks",
    statement=r"""Let $\beta = u^2 - v^2$ from $u = v = \alpha$ and the squared loss. In the time
        $t = \tfrac12 \log(1/\alpha)\,\tau$ the flow tends, as $\alpha \to 0$, to a path that rests at saddles and
        jumps: multipliers $s' = -\nabla L(\beta)$ start at 0, entries with $|s_j| = 1$ are free with that sign, and
        where a multiplier arrives $\beta$ jumps to the least squares solution over the free entries. Measured jumps are
        off by $C/\log(1/\alpha)$. Evidence: flows down to $\alpha = 10^{-32}$, times extrapolated.""",
    hypotheses=(REGRESSION, REGRESSION_FLOW, FEWER, SQUARES, GENERIC),
    instances=_instances,
    measure=_measure,
    compare=_compare,
    same=_same,
    mutants=(
        Mutant("twice as late", _predicted(_twice_as_late)),
        Mutant("multipliers with the slope of the start", _predicted(_slopes_of_the_start)),
        Mutant("only the entry that jumps is fitted", _predicted(_one_entry_each)),
        Mutant("the opposite signs", _predicted(_opposite)),
        Mutant("free entries without their signs", _predicted(_without_signs)),
    ),
    derive="pesme/saddles",
)
def saddles(problem: Problem, digits: int) -> Prediction:
    """Times and saddles of the exact algorithm."""
    predicted = _predicted(_all_jumps)(problem, digits)
    assert predicted is not None
    return predicted
