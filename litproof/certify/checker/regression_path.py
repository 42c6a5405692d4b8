"""Kind ``regression-path``: an enclosure of the limit of the gradient flow v' = -J^T r, r = X beta(v) - y, from v0.

The network is given by its data tensor (kinds ``polynomial-path`` and ``limit-pair``: by the polynomials beta_z). On
each step a polynomial p(u), u = (time - T)/H in [0, 1], has the defect dp/du + H J^T r(p), exactly, a polynomial; with
mu the largest absolute row sum of sum_z (X^T r)_z Hess beta_z on a tube around p, the distance of the two stays
below exp(H mu) (e(0) + sup |defect|): `derivations/bodies/lemma-validated-steps.tex` (`litproof derive A5`). From the
end of the last step the rest of the path is no longer than |r|/s, s a lower bound of the singular values of J on a
ball, and ends at zero loss: `lemma-close-to-zero-loss.tex` (A4).
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import zip_longest
from math import lcm
from typing import NamedTuple

from litproof.certify.checker.exact import Certificate, integer, listing, matrix, rational, require, vector
from litproof.certify.checker.flow import Flow, lifting, read_flow
from litproof.certify.checker.interval import Interval, combination, magnitude, stated_box
from litproof.certify.checker.series import Series
from litproof.certify.checker.work import Work, size, span

REST = "X y v0 bits lengths path preconditioner reach enclosure"
NAMES = f"input_dim shapes tensor {REST}"
POLYNOMIAL_NAMES = f"input_dim shapes beta {REST}"
TUBE = Fraction(1, 1 << 20)
MORE_BITS, MORE_ORDERS = 16, 10
"""With which polynomials in a path are computed beyond their own: errors are then small beside those of the path."""

HULL_BITS = 44
"""To which polynomials are rounded for boxes: the tube that makes these wider has 2^24 of such units."""
SMALL, MOST_PARTS = Fraction(1, 2), 16
"""Growth over a step that is small enough; parts of a step on which it is bounded at most."""


class Step(NamedTuple):
    """p = path/2^bits, coefficients lowest first, on a step of this time in the flow without denominators."""

    path: Sequence[Sequence[int]]
    time: Fraction
    bits: int

    @property
    def longest(self) -> int:
        """The largest number of coefficients."""
        return max(map(len, self.path))

    @property
    def values(self) -> int:
        """Some e > 0 with |p| < 2^e on [0, 1]."""
        return max(0, max(sum(map(abs, p)) for p in self.path).bit_length() - self.bits) + 1


def norm(entries: Iterable[Fraction], bits: int) -> Fraction:
    """An upper bound of the Euclidean norm."""
    return Interval.around(sum((x * x for x in entries), Fraction(0)), bits).sqrt().ends[1]


def exponential(value: Fraction, bits: int) -> Fraction:
    """An upper bound of exp(value), value >= 0: (1 - value/2^k)^-(2^k) with value/2^k < 1/256."""
    require(value < 1 << 10, "a step is too long")
    k = int(value).bit_length() + 8
    power = Interval.around(1 - value / (1 << k), bits).inverse()
    for _ in range(k):
        power = power * power
    return power.ends[1]


def defect(flow: Flow, step: Step, work: Work, decay: Fraction = Fraction(0)) -> Fraction:
    """An upper bound of |dp/du + H J^T r(p) + decay p| on [0, 1]."""
    path, length, bits = step.path, step.time, step.bits + MORE_BITS
    orders, numbers = (
        step.longest + 2 * flow.depth + MORE_ORDERS,
        len(flow.terms) + len(flow.y) * (1 + len(flow.X[0])),
    )
    wide = bits + flow.depth * step.values + 2 * (flow.data_bits + numbers.bit_length())
    flow.announce_gradient(orders, wide, work)
    work.products(flow.size * orders, wide + flow.depth * step.values + 2 * size(length))
    v = [Series([c << MORE_BITS for c in p], 0, bits, orders) for p in path]
    pulls = flow.gradient(v, lambda value: Series([value << bits], 0, bits, orders))
    below = lcm(length.denominator, decay.denominator)
    pace, rate = int(length * below), int(decay * below)
    bounds = []
    for p, pull in zip(v, pulls, strict=True):
        slopes = [k * c for k, c in enumerate(p.coefficients)][1:]
        coefficients = zip_longest(slopes, pull.coefficients, p.coefficients, fillvalue=0)
        total = sum(abs(below * a + pace * b + rate * c) for a, b, c in coefficients) + pace * pull.error
        bounds.append(Fraction(total, below << bits))
    return norm(bounds, 2 * bits)


def hulls(step: Step, parts: int) -> Iterator[list[Interval]]:
    """Boxes that hold the tube around p on equal parts of [0, 1], one after the other."""
    less, log, centred = max(0, step.bits - HULL_BITS), parts.bit_length(), []
    for p in step.path:
        q = [(c + (1 << less >> 1)) >> less for c in p]
        while len(q) > 1 and not q[-1]:
            q.pop()
        # in x = 2 parts u, times (2 parts)^degree
        centred.append(([c << log * (len(q) - 1 - power) for power, c in enumerate(q)], len(p)))
    for k in range(parts):
        box = []
        for p, rounded in centred:
            q, degree = list(p), log * (len(p) - 1)
            for first in range(len(q) - 1):  # the Taylor expansion at x = 2 k + 1
                for power in range(len(q) - 2, first - 1, -1):
                    q[power] += q[power + 1] * (2 * k + 1)
            unit = 1 << (step.bits - less + degree)
            radius = Fraction(sum(map(abs, q[1:])) + (rounded << degree), unit) + TUBE
            box.append(Interval.around(Fraction(q[0], unit), step.bits, radius))
        yield box


def exponent(flow: Flow, step: Step, work: Work, rate: Fraction = Fraction(0)) -> Fraction:
    """An upper bound of the integral of (mu - rate)^+ over a step, on more parts of it where it is large."""
    parts = 1
    while True:
        flow.announce(parts, step.values, step.bits, work)
        work.spend(parts * flow.size * step.longest * (20 + step.longest // 8))
        growths = [max(Fraction(0), flow.growth(box, step.bits) - rate) for box in hulls(step, parts)]
        total = sum(growths, Fraction(0)) * step.time / parts
        if parts >= MOST_PARTS or total < SMALL:
            return total
        parts *= 4


def follow(
    flow: Flow, start: Sequence[Fraction], certificate: Certificate, work: Work, rate: Fraction = Fraction(0)
) -> tuple[list[Fraction], Fraction]:
    """The end of the path, and how far from it the flow is at that time at most; with weight decay of this rate."""
    bits = integer(certificate["bits"], 32, 10**4, "bits")
    place, error = list(start), Fraction(0)
    lengths = vector(certificate["lengths"])
    steps = listing(certificate["path"], "path", len(lengths))
    work.fractions(3 * flow.size, 2 * span(place) + 4 * bits)
    for number, (length, polynomials) in enumerate(zip(lengths, steps, strict=True), 1):
        require(length > 0, f"step {number} has no positive length")
        path = [
            [integer(c, -(1 << 3 * bits), 1 << 3 * bits, "a coefficient") for c in listing(p, "a polynomial")]
            for p in listing(polynomials, "a step", flow.size)
        ]
        step = Step(path, length * flow.clock, bits)
        work.spend(sum(map(len, path)) + 100)
        work.fractions(6 * flow.size, 4 * (bits + step.values))
        sizes = size(length) + size(flow.clock) + (flow.depth + 1) * step.values + 3 * flow.data_bits
        work.fractions(10, sizes + 4 * bits)
        error += norm([Fraction(p[0], 1 << bits) - x for p, x in zip(path, place, strict=True)], 2 * bits)
        place = [Fraction(sum(p), 1 << bits) for p in path]
        factor = exponential(exponent(flow, step, work, rate / flow.clock), bits)
        moved = (error + defect(flow, step, work, length * rate)) * factor
        error = Interval.around(moved, 2 * bits).ends[1]
        require(error < TUBE, f"step {number}: the flow may leave the tube")
    return place, error


def check_regression_path(certificate: Certificate, work: Work) -> str:
    """The limit of a network that is given by its tensor."""
    flow, start = read_flow(certificate, work)
    return f"the flow converges to {check_limit(flow, start, certificate, work)}"


def least_square(J: Sequence[Sequence[Interval]], C: Sequence[Sequence[Fraction]], bits: int) -> Fraction:
    """A lower bound of the squares of the singular values of C J."""
    columns = list(zip(*J, strict=True))
    rows = [[combination(c, column, bits) for column in columns] for c in C]
    gram = [
        [sum((a * b for a, b in zip(p, q, strict=True)), Interval(0, 0, bits)) for q in rows] for p in rows
    ]
    return least_of(gram)


def least_of(rows: Sequence[Sequence[Interval]]) -> Fraction:
    """A lower bound of the eigenvalues of a symmetric matrix: Gershgorin's circles."""
    return min(2 * row[i].ends[0] - sum(map(magnitude, row)) for i, row in enumerate(rows))


def check_limit(flow: Flow, start: Sequence[Fraction], certificate: Certificate, work: Work) -> str:
    """Follow the path step by step, then bound what is left of it; says where the limit is."""
    place, error = follow(flow, start, certificate, work)
    reach, n, bits = rational(certificate["reach"]), len(flow.y), certificate["bits"]
    C = matrix(certificate["preconditioner"], n, n)
    flow.announce_rest(place, error + abs(reach), C, 3, 3 * n * n * flow.size, bits, work)
    lift = lifting(bits)
    near, box = ([Interval.around(x, bits, error + more) for x in place] for more in (0, reach))
    least = least_square(flow.jacobian(box, lift), C, bits)
    left = sum(magnitude(x) ** 2 for x in flow.residual(near, lift)) * sum(c * c for row in C for c in row)
    # The singular values of J are at least sqrt(least)/|C|.
    require(
        least > 0 and reach > 0 and left <= least * reach * reach,
        "the rest of the path is not bounded by reach",
    )
    return stated_box(certificate["enclosure"], flow.coefficients(place, error + reach, bits), "beta")
