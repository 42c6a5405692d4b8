"""Limits in the scale alpha: flows at a ladder of alpha, extrapolated with the powers of alpha that theory gives.

If beta(u) = b_0 + sum_i b_i u^{e_i} (log u)^{k_i}, u = alpha or 1/alpha, then K flows determine b_0 up to a
multiple of term K + 1, and b_1 less well. With wrong powers they do not, and the ratio of successive
differences shows the leading power directly.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, log10

from litproof.algebra.balls import ball, dyadic
from litproof.algebra.linear import distance, dot, sup_norm
from litproof.claims.comparison import CLEAR_MARGIN, compare_gap, undecided, violated, without_limit
from litproof.claims.depiction import curve, numbered
from litproof.claims.pictures import Curve, Picture
from litproof.claims.types import Answer, Comparison
from litproof.decimals import decimal_log
from litproof.errors import Inconclusive
from litproof.integrate.watch import FollowedPath
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.exponents import Power
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

LEAST_DIGITS = 20
"""With fewer the first coefficient and small differences between variants would drown."""

MOST_DIGITS = 50
"""More would need more flows, each with more digits and at a scale farther out."""

LEAST_SAMPLES = 5
MOST_SAMPLES = 20
ORDER_TOLERANCE = 0.02
"""The observed order of convergence may differ from the exponent by this and by what its last refinement adds."""

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Expansion:
    """beta = limit + first u^order + ... in the powers `terms`, u -> 0.

    Attributes
    ----------
    limit : b_0, shape (d,).
    terms : all powers that may occur, in order; at least as many as samples.
    order : exponent of the first term that does not vanish; None when beta is the same for every u.
    first : its coefficient, shape (d,); () when theory does not give it.
    """

    limit: Vector
    terms: tuple[Power, ...]
    order: Fraction | None
    first: Vector = ()


@dataclass(frozen=True)
class Sample:
    """The limit of the flow for one u: beta, its error, and the layers there."""

    u: Fraction
    beta: Vector
    error: Fraction
    layers: tuple[Vector, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """Where one series of flows is taken: u = start, start * ratio, ... until the extrapolation with `terms` settles.

    `inverse` takes u for 1/alpha; `most` bounds the number of flows that the extrapolation uses. Where that many do
    not settle it, up to `further` flows farther out take the places of the first ones: with exponents close to each
    other the terms left out become small only there.
    """

    start: Fraction
    ratio: Fraction
    terms: tuple[Power, ...]
    inverse: bool = False
    most: int = MOST_SAMPLES
    further: int = MOST_SAMPLES

    def used(self, samples: Sequence[Sample]) -> list[Sample]:
        """The last ones."""
        return list(samples[-self.most :])


@dataclass(frozen=True)
class Fit:
    """What samples say about an expansion: b_0, the coefficients of the terms, and how well both are known."""

    limit: Vector
    limit_error: Fraction
    coefficients: tuple[Vector, ...]
    amplification: float


def working_digits(digits: int) -> int:
    """Digits that claims about scales compute and compare with, and report at most, when `digits` are asked for."""
    return min(max(digits, LEAST_DIGITS), MOST_DIGITS)


def measure_ladders(problem: Problem, ladders: dict[str, Ladder], digits: int) -> Measurement:
    """Follow the flow of `problem` to its limit at every alpha of the ladders.

    `value` holds the extrapolated limits one after the other, `details["samples"]` holds {name: samples}.
    """
    samples: dict[str, tuple[Sample, ...]] = {}
    value: list[Fraction] = []
    error, flows = Fraction(0), 0
    for name, ladder in ladders.items():
        used: list[Sample] = []
        for step in _flows(problem, ladder, digits):
            if isinstance(step, Measurement):
                return step
            used = ladder.used([*used, step])
            flows += 1
        fitted = fit(used, ladder.terms)
        samples[name] = tuple(used)
        value += fitted.limit
        error = max(error, fitted.limit_error)
    span = ", ".join(
        f"{name} alpha {_alpha(used[0], ladders[name]):.1e} .. {_alpha(used[-1], ladders[name]):.1e}"
        for name, used in samples.items()
    )
    return Measurement(
        value=tuple(value),
        parameters=(),
        error=error,
        residual=Fraction(0),
        clock={"flows": str(flows)},
        digits=digits,
        method=f"flows in the original parameters at {span}, extrapolated",
        details={"samples": samples},
        unproved=f"extrapolated from {flows} flows: the terms of the expansion that are left out have no bound",
    )


def _alpha(sample: Sample, ladder: Ladder) -> float:
    return float(1 / sample.u if ladder.inverse else sample.u)


def _flows(problem: Problem, ladder: Ladder, digits: int) -> Iterator[Sample | Measurement]:
    """Samples until the extrapolation settles to `digits` digits and one more, or the measurement that failed."""
    from litproof.integrate.training.follow import follow_quickly

    used: list[Sample] = []
    work = digits + 4 + ceil(log10(_amplification(ladder, min(MOST_SAMPLES, 6 + digits // 5))))
    u = ladder.start
    for _ in range(ladder.most + ladder.further):
        alpha = 1 / u if ladder.inverse else u
        end = follow_quickly(replace(problem, scale=alpha), work)
        if not end.converged:
            yield replace(end, reason=f"{end.reason}, alpha = {float(alpha):.2e}")
            return
        used = ladder.used([*used, Sample(u, end.value, end.error, end.parameters)])
        yield used[-1]
        if len(used) >= LEAST_SAMPLES:
            size = max(sup_norm(sample.beta) for sample in used)
            if fit(used, ladder.terms).limit_error <= size / 10 ** (digits + 1):
                return
        u *= ladder.ratio


def _amplification(ladder: Ladder, count: int) -> float:
    """By how much an error of the samples grows in the limit extrapolated from `count` of them."""
    nothing = Fraction(0)
    samples = [Sample(ladder.start * ladder.ratio**k, (nothing,), nothing) for k in range(count)]
    return fit(samples, ladder.terms).amplification


def fit(samples: Sequence[Sample], terms: Sequence[Power]) -> Fit:
    """b_0, b_1, ... of the expansion with as many terms as samples allow.

    The error of b_0 is its largest change when the first or the last sample is left out (the last tells when
    the terms are not the true ones), and the errors of the samples times their weights.

    Raises
    ------
    Inconclusive : fewer than three samples, or terms too close to be told apart.
    """
    if len(samples) < 3:
        raise Inconclusive("an expansion needs at least three samples")
    weights = _weights(samples, terms)
    solution = [_combined(row, samples) for row in weights]
    shorter = (_combined(_weights(some, terms)[0], some) for some in (samples[1:], samples[:-1]))
    spread = max(distance(solution[0], limit) for limit in shorter)
    carried = sum((abs(w) * s.error for w, s in zip(weights[0], samples, strict=True)), Fraction(0))
    return Fit(solution[0], spread + carried, tuple(solution[1:]), max(1.0, float(sum(map(abs, weights[0])))))


def _combined(weights: Sequence[Fraction], samples: Sequence[Sample]) -> Vector:
    return tuple(dot(weights, column) for column in zip(*(sample.beta for sample in samples), strict=True))


def _weights(samples: Sequence[Sample], terms: Sequence[Power]) -> list[list[Fraction]]:
    """The inverse of the matrix of the functions 1, u^{e_i} (log u)^{k_i} at the samples, dyadic."""
    from flint import arb_mat

    count = len(samples)
    if len(terms) < count - 1:
        raise Inconclusive(f"{count} samples need {count - 1} terms of the expansion, {len(terms)} are known")
    bits = digits_to_bits(60)
    for _ in range(8):
        with ball_precision(bits):
            rows = []
            for sample in samples:
                u = ball(sample.u)
                rows.append(
                    [ball(1), *(u ** ball(t.exponent) * u.log() ** t.logs for t in terms[: count - 1])]
                )
            try:
                inverse = arb_mat(rows).inv()
            except ZeroDivisionError:
                bits *= 2
                continue
            if all(entry.rad() <= abs(entry.mid()) / 2 ** (bits // 3) for entry in inverse.entries()):
                return [[dyadic(inverse[i, j]) for j in range(count)] for i in range(count)]
        bits *= 2
    raise Inconclusive("the terms of the expansion are too close to be told apart")


def expansion_prediction(expansions: dict[str, Expansion], digits: int) -> Prediction:
    """The claim that the flows of each ladder follow these expansions."""
    value = tuple(entry for expansion in expansions.values() for entry in expansion.limit)
    return Prediction(value, digits, "expansion in alpha", {"expansions": expansions})


def compare_expansions(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """The worst of the ladders, to `working_digits`; see `compare_expansion`."""
    asked, digits = digits, working_digits(digits)
    if not measurement.converged:
        return without_limit(measurement)
    samples: dict[str, tuple[Sample, ...]] = measurement.details["samples"]
    expansions: dict[str, Expansion] = prediction.details["expansions"]
    comparisons = [
        part
        for name in expansions
        for part in compare_expansion(name, expansions[name], samples[name], digits)
    ]
    order = (Answer.VIOLATED, Answer.UNKNOWN, Answer.HOLDS)
    worst = min(comparisons, key=lambda c: (order.index(c.answer), -c.margin, c.digits))
    worst = replace(worst, digits=min(asked, worst.digits))
    if worst.answer is not Answer.HOLDS:
        return worst
    return replace(worst, detail="; ".join(part.detail for part in comparisons))


def compare_expansion(
    name: str, expansion: Expansion, samples: Sequence[Sample], digits: int
) -> tuple[Comparison, ...]:
    """Order of convergence, extrapolated limit to `digits` digits, first coefficient to `coefficient_digits`.

    The limit is known to what `fit` says; where that is not enough the answer is open.
    """
    fitted = fit(samples, expansion.terms)
    size = max(sup_norm(sample.beta) for sample in samples)
    limit = compare_gap(distance(fitted.limit, expansion.limit), size, digits, fitted.limit_error)
    if expansion.order is None:
        spread = max(distance(sample.beta, expansion.limit) for sample in samples)
        constant = compare_gap(spread, size, digits, max(sample.error for sample in samples))
        return (replace(constant, detail=f"{name} alpha: the same for all, {constant.detail}"),)
    comparisons = [
        _compare_order(name, expansion, expansion.order, samples),
        replace(limit, detail=f"limit: {limit.detail}"),
    ]
    if expansion.first:
        leading = next(i for i, t in enumerate(expansion.terms) if t.exponent == expansion.order)
        coefficients = fitted.coefficients[leading]
        earlier = fit(samples[1:], expansion.terms).coefficients[leading]
        scale = max(sup_norm(coefficients), sup_norm(expansion.first))
        gap, known = distance(coefficients, expansion.first), 2 * distance(coefficients, earlier)
        wanted = coefficient_digits(digits)
        first = compare_gap(gap, scale, wanted, known)
        comparisons.append(
            replace(
                first,
                digits=digits if first.answer is Answer.HOLDS else 0,
                detail=f"first coefficient to {wanted} digits: {first.detail}",
            )
        )
    return tuple(comparisons)


def draw_expansions(
    problem: Problem, prediction: Prediction, measurement: Measurement, paths: Sequence[FollowedPath]
) -> tuple[Picture, ...]:
    """Distance of the limits at each alpha to the limit in alpha, log-log, beside the predicted first term."""
    samples: dict[str, tuple[Sample, ...]] = measurement.details.get("samples", {})
    expansions: dict[str, Expansion] = prediction.details["expansions"]
    pictures = []
    for name, expansion in expansions.items():
        points = [(decimal_log(s.u), distance(s.beta, expansion.limit)) for s in samples.get(name, ()) if s.u]
        curves = [curve("measured", points, "points")]
        nonzero = [(x, gap) for x, gap in points if gap]
        if expansion.order is not None and nonzero:
            power = float(expansion.order)
            x0, y0 = nonzero[-1][0], decimal_log(nonzero[-1][1])
            label = f"slope {power:.4g}"
            if expansion.first and sup_norm(expansion.first):
                x0, y0, label = 0.0, decimal_log(sup_norm(expansion.first)), f"predicted, slope {power:.4g}"
            ends = (nonzero[0][0], nonzero[-1][0])
            curves.append(Curve(label, ends, tuple(y0 + power * (x - x0) for x in ends), "dashed"))
        far = name == "large"
        title = f"distance to the limit as alpha tends to {'infinity' if far else '0'}"
        pictures.append(Picture(title, "1/alpha" if far else "alpha", True, tuple(curves)))
    return tuple(pictures)


def expansion_entries(problem: Problem) -> tuple[str, ...]:
    """Names of the entries of both limits, alpha to infinity and to 0."""
    d = problem.network.input_dim
    far, near = (rf"(\lim_{{\alpha \to {end}}} \beta)" for end in (r"\infty", "0"))
    return (*numbered(far, d), *numbered(near, d))


def coefficient_digits(digits: int) -> int:
    """To how many digits the first coefficient is compared: differences of flows do not give more."""
    return max(6, digits // 5)


def _compare_order(
    name: str, expansion: Expansion, expected: Fraction, samples: Sequence[Sample]
) -> Comparison:
    later = [term.exponent for term in expansion.terms if term.exponent > expected]
    try:
        order, known = observed_order(samples, later)
    except Inconclusive as noise:
        return undecided(f"{name} alpha: {noise}")
    exponent = float(expected)
    off, known = abs(order - exponent), ORDER_TOLERANCE + known
    detail = f"{name} alpha: order {order:.4f} for {exponent:.4f}"
    if off <= known:
        return Comparison(Answer.HOLDS, 10**6, Evidence.AGREED, 0.0, detail)
    if off <= 2 * known:
        return undecided(detail)
    return violated(detail)


def observed_order(samples: Sequence[Sample], later: Sequence[Fraction]) -> tuple[float, float]:
    """The leading power of u in samples at u in geometric progression, and how much it is uncertain.

    Differences of successive samples lose b_0, and D_{k+1} - q^e D_k loses the term of exponent e: once for
    each exponent of `later`, as often as it is listed (logarithms). What is left shrinks by q^order.
    Exponents in `later` that do not occur change nothing, so this does not presume the leading power.
    Uncertain by what the last elimination changes.

    Raises
    ------
    Inconclusive : fewer than five samples, or samples that do not differ by more than their errors.
    """
    if len(samples) < LEAST_SAMPLES:
        raise Inconclusive(f"a rate needs at least {LEAST_SAMPLES} samples")
    ratio = samples[1].u / samples[0].u
    rows = [tuple(y - x for x, y in zip(a.beta, b.beta, strict=True)) for a, b in pairwise(samples)]
    noise = max(sample.error for sample in samples)
    if sup_norm(rows[-1]) <= 2 * noise:
        raise Inconclusive(
            "the limits at different alpha are equal within their errors, there is no rate to observe"
        )
    orders = [_order_of_two(rows, ratio)]
    for exponent in later[: len(samples) - 3]:
        with ball_precision(256):
            factor = dyadic(ball(ratio) ** ball(exponent))
        rows = [tuple(y - factor * x for x, y in zip(a, b, strict=True)) for a, b in pairwise(rows)]
        orders.append(_order_of_two(rows, ratio))
    return orders[-1], abs(orders[-1] - orders[-2])


def _order_of_two(rows: Sequence[Vector], ratio: Fraction) -> float:
    first, second = sup_norm(rows[-2]), sup_norm(rows[-1])
    if not first or not second:
        raise Inconclusive("the limits at different alpha are equal, there is no rate to observe")
    return (decimal_log(second) - decimal_log(first)) / decimal_log(ratio)


def same_expansions(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether no comparison to `working_digits` tells the two apart by a clear margin."""
    digits = working_digits(digits)
    ours: dict[str, Expansion] = a.details["expansions"]
    theirs: dict[str, Expansion] = b.details["expansions"]
    return ours.keys() == theirs.keys() and all(
        ours[name].order == theirs[name].order
        and ours[name].terms == theirs[name].terms
        and close(ours[name].limit, theirs[name].limit, digits)
        and close(ours[name].first, theirs[name].first, coefficient_digits(digits))
        for name in ours
    )


def close(a: Vector, b: Vector, digits: int) -> bool:
    """Whether a comparison to `digits` digits cannot tell two vectors apart by a clear margin."""
    if len(a) != len(b):
        return False
    return distance(a, b) <= 2 * CLEAR_MARGIN * max(sup_norm(a), sup_norm(b)) / Fraction(10) ** digits


Change = Callable[[Expansion], Expansion]


def first_term_times(factor: Fraction) -> Change:
    """The first term of the expansion multiplied."""
    return lambda expansion: replace(expansion, first=tuple(factor * entry for entry in expansion.first))


def shifted(change: Callable[[Fraction], Fraction]) -> Change:
    """The same limit, reached with other exponents."""
    return lambda expansion: (
        expansion
        if expansion.order is None
        else replace(
            expansion,
            terms=tuple(replace(t, exponent=change(t.exponent)) for t in expansion.terms),
            order=change(expansion.order),
            first=(),
        )
    )
