"""Limits in the scale alpha: flows at several alpha, extrapolated with the exponents that theory gives.

If beta(alpha) = b_0 + sum_i b_i u^{e_i} with u = alpha or 1/alpha, K flows determine b_0 up to the (K+1)-th term; with wrong
exponents they do not. The first exponent is also read off from the flows directly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, log

from litproof.claims.claim import Answer, Comparison
from litproof.claims.comparison import (
    agreed_digits,
    decimal_log,
    distance,
    sup_norm,
    without_limit,
)
from litproof.errors import Inconclusive
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.balls import ball, dyadic
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

WORK_DIGITS = 40
"""Digits at which the flows are followed at most: extrapolation from a handful of scales gives no more than half."""

ORDER_TOLERANCE = 0.15
LEAST_DIGITS = 4


@dataclass(frozen=True)
class Expansion:
    """beta = limit + sum_i b_i u^{e_i}, u -> 0.

    Attributes
    ----------
    limit : b_0, shape (d,).
    exponents : e_1 < e_2 < ..., as many as may be used.
    """

    limit: tuple[Fraction, ...]
    exponents: tuple[Fraction, ...]


@dataclass(frozen=True)
class Sample:
    """The limit of the flow for one value of u."""

    u: Fraction
    beta: tuple[Fraction, ...]


def scales_measurement(problem: Problem, ladders: dict[str, Sequence[Fraction]], digits: int) -> Measurement:
    """Follow the flow of `problem` to its limit at every alpha of the ladders.

    A ladder named "large" samples in u = 1/alpha, any other in u = alpha. `details["samples"]` holds {name: samples}.
    """
    from litproof.integrate.limits import follow_to_limit

    work = min(digits + 10, WORK_DIGITS)
    samples: dict[str, tuple[Sample, ...]] = {}
    for name, ladder in ladders.items():
        found = []
        for alpha in ladder:
            end = follow_to_limit(replace(problem, scale=alpha), work)
            if not end.converged:
                return replace(end, reason=f"alpha = {alpha}: {end.reason}") if end.reason else end
            found.append(Sample(1 / alpha if name == "large" else alpha, end.value))
        samples[name] = tuple(found)
    last = next(iter(samples.values()))[-1].beta
    return Measurement(
        value=last,
        parameters=(),
        error=Fraction(1, 10**work),
        residual=Fraction(0),
        clock={},
        digits=digits,
        method="flows at several alpha",
        details={"samples": samples},
    )


def expansion_prediction(expansions: dict[str, Expansion], digits: int) -> Prediction:
    """The claim that the flows of each ladder follow these expansions."""
    value = tuple(entry for expansion in expansions.values() for entry in expansion.limit)
    return Prediction(value, digits, "expansion in alpha", {"expansions": expansions})


def compare_expansions(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """The worst of the ladders; see `compare_expansion`."""
    if not measurement.converged:
        return without_limit(measurement)
    samples: dict[str, tuple[Sample, ...]] = measurement.details["samples"]  # type: ignore[assignment]
    expansions: dict[str, Expansion] = prediction.details["expansions"]  # type: ignore[assignment]
    found = [compare_expansion(name, expansions[name], samples[name], digits) for name in expansions]
    order = (Answer.VIOLATED, Answer.UNKNOWN, Answer.HOLDS)
    return min(found, key=lambda c: (order.index(c.answer), c.digits))


def compare_expansion(name: str, expansion: Expansion, samples: Sequence[Sample], digits: int) -> Comparison:
    """The extrapolated limit against b_0, and the order of convergence against e_1.

    The digits are those to which the extrapolation from all samples meets b_0; at least four are asked for. With fewer the
    answer is open when the extrapolation from all samples but the first differs as much from that from all.
    The order must be within 0.15 of e_1.
    """
    size = max(sup_norm(sample.beta) for sample in samples)
    order = observed_order(samples)
    exponent = float(expansion.exponents[0])
    limit = extrapolate(samples, expansion.exponents)
    gap = distance(limit, expansion.limit)
    spread = distance(limit, extrapolate(samples[1:], expansion.exponents))
    reached = agreed_digits(gap, size, digits)
    nearest = distance(samples[-1].beta, expansion.limit)
    seen = (
        f"{name} alpha: limit met to 10^{decimal_log(gap):.1f} by extrapolation (10^{decimal_log(nearest):.1f} without), "
        f"order {order:.3f} for {exponent:.3f}"
    )
    if abs(order - exponent) > 2 * ORDER_TOLERANCE:
        return Comparison(Answer.VIOLATED, 0, Evidence.NUMERIC, inf, seen)
    if abs(order - exponent) > ORDER_TOLERANCE or (reached < LEAST_DIGITS and gap <= 3 * spread):
        return Comparison(Answer.UNKNOWN, reached, Evidence.NUMERIC, 0.0, seen)
    if reached < LEAST_DIGITS:
        return Comparison(Answer.VIOLATED, reached, Evidence.NUMERIC, inf, seen)
    return Comparison(Answer.HOLDS, reached, Evidence.AGREED, 0.0, seen)


def observed_order(samples: Sequence[Sample]) -> float:
    """log(|b(u) - b(qu)| / |b(qu) - b(q^2 u)|) / log(1/q) for the last three samples, u in geometric progression.

    Raises Inconclusive when the samples do not differ.
    """
    a, b, c = samples[-3:]
    first, second = distance(a.beta, b.beta), distance(b.beta, c.beta)
    if not first or not second:
        raise Inconclusive("the limits at different alpha are equal, there is no rate to observe")
    return (decimal_log(first) - decimal_log(second)) * log(10) / log(a.u / b.u)


def extrapolate(samples: Sequence[Sample], exponents: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """b_0 of the expansion with as many terms as there are samples."""
    from flint import arb_mat

    used = exponents[: len(samples) - 1]
    with ball_precision(digits_to_bits(4 * WORK_DIGITS)):
        rows = [[ball(1), *(ball(sample.u) ** ball(e) for e in used)] for sample in samples]
        right = [[ball(entry) for entry in sample.beta] for sample in samples]
        solution = arb_mat(rows).solve(arb_mat(right))
        return tuple(dyadic(solution[0, z]) for z in range(len(samples[0].beta)))


def semigroup(generators: Sequence[Fraction], count: int) -> tuple[Fraction, ...]:
    """The `count` smallest sums of the generators (all positive), the empty sum 0 included; sums closer than 1e-6 merge."""
    found = [Fraction(0)]
    while len(found) < count:
        candidates = sorted(a + g for a in found for g in generators)
        found.append(next(c for c in candidates if c > found[-1] + Fraction(1, 10**6)))
    return tuple(found)


def same_expansions(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether the exponents are the same and the limits differ by no more than ten times what four digits tell apart."""
    ours: dict[str, Expansion] = a.details["expansions"]  # type: ignore[assignment]
    theirs: dict[str, Expansion] = b.details["expansions"]  # type: ignore[assignment]
    return ours.keys() == theirs.keys() and all(
        ours[name].exponents == theirs[name].exponents
        and distance(ours[name].limit, theirs[name].limit)
        <= 10 * max(sup_norm(ours[name].limit), sup_norm(theirs[name].limit)) / 10**LEAST_DIGITS
        for name in ours
    )


Change = Callable[[Expansion], Expansion]


def shifted_exponents(change: Callable[[Fraction], Fraction]) -> Change:
    """The same limit with other exponents."""
    return lambda expansion: replace(expansion, exponents=tuple(map(change, expansion.exponents)))
