"""Kind ``regression-path``: an enclosure of the limit of the gradient flow v' = -J^T r, r = X beta(v) - y, from v0.

The network is given by its data tensor (kinds ``polynomial-path`` and ``limit-pair``: by the polynomials beta_z). On
each step a polynomial p(u), u = (time - T)/H in [0, 1], has the defect dp/du + H J^T r(p), exactly, a polynomial; with
mu the largest absolute row sum of sum_z (X^T r)_z Hess beta_z on a tube around p, the distance of the two stays below
exp(H mu) (e(0) + sup |defect|): `derivations/bodies/lemma-validated-steps.tex` (`litproof derive A5`). From the end of
the last step the rest of the path is no longer than |r|/s, s a lower bound of the singular values of J on a ball, and
ends at zero loss: `lemma-close-to-zero-loss.tex` (A4).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import lcm, prod
from typing import Any

from litproof.certify.checker.exact import (
    Certificate,
    Matrix,
    integer,
    listing,
    matrix,
    rational,
    require,
    vector,
)
from litproof.certify.checker.interval import Interval, combination, magnitude, stated_box
from litproof.certify.checker.tensor import Polynomial, read_polynomials, read_tensor, values_of
from litproof.certify.checker.work import Work, magnitude_bits, size, span

REST = "X y v0 bits lengths path preconditioner reach enclosure"
NAMES = f"input_dim shapes tensor {REST}"
POLYNOMIAL_NAMES = f"input_dim shapes beta {REST}"
TUBE = Fraction(1, 1 << 20)


@dataclass(frozen=True)
class Flow:
    """v' = -J^T r with r = X beta(v) - y, J = dr/dv, beta of degree `depth`, all data integers.

    Denominators were cleared: the given network has beta / `parts`, and the time of this flow is `clock` times that
    of the given one. `terms` are the monomials of beta: (z, the parameters multiplied, repeated for powers,
    coefficient). The methods compute in any ring that `lift` maps the integers into; polynomials v/unit with integer
    v give integer multiples of unit^-degree.
    """

    terms: list[tuple[int, list[int], int]]
    X: list[list[int]]
    y: list[int]
    depth: int
    size: int
    parts: int
    clock: Fraction

    def beta(self, v: Sequence[Any], lift: Callable[[int], Any], unit: int = 1) -> list[Any]:
        """Linear coefficients, degree L."""
        out = [lift(0)] * len(self.X[0])
        for z, places, value in self.terms:
            out[z] = out[z] + prod([v[k] for k in places], start=lift(value * self.filled(places, unit)))
        return out

    def filled(self, places: Sequence[int], unit: int) -> int:
        """What a monomial of lower degree lacks, as a power of the unit."""
        power: int = unit ** (self.depth - len(places))
        return power

    def coefficients(self, centre: Sequence[Fraction], radius: Fraction, bits: int) -> list[Interval]:
        """The linear coefficients as they were before denominators were cleared, over the box centre +- radius."""
        box = [Interval.around(x, bits, radius) for x in centre]
        return [entry.scaled(Fraction(1), self.parts) for entry in self.beta(box, lifting(bits))]

    def residual(self, v: Sequence[Any], lift: Callable[[int], Any], unit: int = 1) -> list[Any]:
        """r, degree L."""
        beta, targets = self.beta(v, lift, unit), [lift(-t * unit**self.depth) for t in self.y]
        return [
            sum([lift(x) * b for x, b in zip(row, beta, strict=True)], t)
            for row, t in zip(self.X, targets, strict=True)
        ]

    def jacobian(self, v: Sequence[Any], lift: Callable[[int], Any], unit: int = 1) -> list[list[Any]]:
        """J, degree L - 1."""
        rows = [[lift(0)] * self.size for _ in self.X]
        for z, places, value in self.terms:
            for at, k in enumerate(places):
                rest = [v[other] for other in places[:at] + places[at + 1 :]]
                slope = prod(rest, start=lift(value * self.filled(places, unit)))
                for row, x in zip(rows, self.X, strict=True):
                    row[k] = row[k] + lift(x[z]) * slope
        return rows

    def growth(self, v: Sequence[Interval], bits: int) -> Fraction:
        """An upper bound of the eigenvalues of -sum_z (X^T r)_z Hess beta_z over a box of intervals."""
        rows: list[dict[int, Interval]] = [{} for _ in v]
        r, zero = self.residual(v, lifting(bits)), Interval(0, 0, bits)
        pulls = [combination(map(Fraction, column), r, bits) for column in zip(*self.X, strict=True)]
        for z, places, value in self.terms:
            pull = pulls[z].scaled(Fraction(value))
            for at, to in permutations(range(len(places)), 2):
                k, other = places[at], places[to]
                rest = [v[place] for i, place in enumerate(places) if i not in (at, to)]
                rows[k][other] = rows[k].get(other, zero) + prod(rest, start=pull)
        return max(sum(map(magnitude, row.values()), Fraction(0)) for row in rows)

    def announce(self, values: int, bits: int, work: Work) -> None:
        """Announce `growth`, or J and r, over intervals with `bits` bits that lie within 2^values."""
        T, L, n = len(self.terms), self.depth, len(self.y)
        count = T * L * (L * L + n) + 2 * n * len(self.X[0])
        work.intervals(count, bits + (L + 1) * values + 2 * self.data_bits + 2 * T.bit_length())

    @property
    def data_bits(self) -> int:
        """Bits of the largest integer of the data."""
        data = [abs(value) for _, _, value in self.terms] + [abs(x) for row in (self.y, *self.X) for x in row]
        return max(data).bit_length()


def read_flow(certificate: Certificate, work: Work) -> tuple[Flow, list[Fraction]]:
    """The flow of a network that is given by its tensor or its polynomials, and its start."""
    shapes, beta = read_polynomials(certificate) if "beta" in certificate else read_tensor(certificate)
    X = matrix(certificate["X"], width=len(beta))
    y = vector(certificate["y"], len(X))
    layers = [vector(layer) for layer in listing(certificate["v0"], "v0", len(shapes))]
    require([len(layer) for layer in layers] == certificate["shapes"], "v0 has other shapes than the tensor")
    return flow_of(beta, sum(shapes), X, y, work), [x for layer in layers for x in layer]


def flow_of(
    beta: Sequence[Polynomial], parameters: int, X: Matrix, y: Sequence[Fraction], work: Work
) -> Flow:
    """The flow with all denominators cleared."""
    data, entries = [*y, *(x for row in X for x in row)], values_of(beta)
    work.fractions(3 * (len(data) + len(entries)), span(data) + span(entries))
    below, parts = (lcm(*(value.denominator for value in values)) for values in (data, entries))
    terms = [
        (z, list(places), int(value * parts))
        for z, polynomial in enumerate(beta)
        for places, value in polynomial.items()
    ]
    rows, targets = [[int(x * below) for x in row] for row in X], [int(t * below * parts) for t in y]
    depth = max(len(places) for _, places, _ in terms)
    return Flow(terms, rows, targets, depth, parameters, parts, Fraction(1, (below * parts) ** 2))


def lifting(bits: int) -> Callable[[int], Interval]:
    """Integers as intervals."""
    return lambda value: Interval.around(value, bits)


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


def defect(
    flow: Flow, path: Sequence[Sequence[int]], length: Fraction, bits: int, work: Work | None = None
) -> Fraction:
    """An upper bound of |dp/du + H J^T r(p)| on [0, 1], p = path/2^bits.

    A polynomial with integer coefficients is computed with as one integer, its value at a large power of two: by the
    sums of the absolute values of all coefficients, those of J^T r stay below half of it.
    """
    largest = max(1 << bits, *(sum(map(abs, p)) for p in path)).bit_length()
    numbers = len(flow.terms) + len(flow.y) * (1 + len(flow.X[0]))
    width = (2 * flow.depth - 1) * largest + 4 * (flow.data_bits + numbers.bit_length()) + 3
    if work is not None:
        T, L, n = len(flow.terms), flow.depth, len(flow.y)
        orders = 2 * L * max(map(len, path))
        work.products(T * L * L, width * orders // 4)
        work.products(n * flow.size, width * orders // 2)
        work.products(flow.size * orders, width + 2 * size(length))
        work.spend((n * (T * L + len(flow.X[0])) + flow.size * orders) * (1 + width * orders // 100_000))
    v = [sum(c << (k * width) for k, c in enumerate(p)) for p in path]
    r, J, bounds = flow.residual(v, int, 1 << bits), flow.jacobian(v, int, 1 << bits), []
    scale = length.denominator << (bits * (2 * flow.depth - 2))
    for p, column in zip(path, zip(*J, strict=True), strict=True):
        pull, total = sum(map(int.__mul__, column, r)), 0
        for k in range(1, pull.bit_length() // width + len(p) + 2):
            low = ((pull + (1 << (width - 1))) & ((1 << width) - 1)) - (1 << (width - 1))
            pull = (pull - low) >> width
            slope = k * p[k] if k < len(p) else 0
            total += abs(slope * scale + length.numerator * low)
        require(pull == 0, "the velocity has more coefficients than counted")
        bounds.append(Fraction(total, scale << bits))
    return norm(bounds, 2 * bits)


def follow(
    flow: Flow, start: Sequence[Fraction], certificate: Certificate, work: Work
) -> tuple[list[Fraction], Fraction]:
    """The end of the path, and how far from it the flow is at that time at most."""
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
        values = max(0, max(sum(map(abs, p)) for p in path).bit_length() - bits) + 1
        work.spend(sum(map(len, path)) + 100)
        work.fractions(6 * flow.size, 4 * (bits + values))
        work.fractions(
            10, size(length) + size(flow.clock) + 4 * bits + (flow.depth + 1) * values + 3 * flow.data_bits
        )
        flow.announce(values, bits, work)
        error += norm([Fraction(p[0], 1 << bits) - x for p, x in zip(path, place, strict=True)], 2 * bits)
        place, hull = [Fraction(sum(p), 1 << bits) for p in path], []
        for p in path:
            low, high = (Fraction(p[0] + sum(f(c, 0) for c in p[1:]), 1 << bits) for f in (min, max))
            hull.append(Interval.around((low + high) / 2, bits, (high - low) / 2 + TUBE))
        factor = exponential(length * flow.clock * flow.growth(hull, bits), bits)
        error = Interval.around(
            (error + defect(flow, path, length * flow.clock, bits, work)) * factor, 2 * bits
        ).ends[1]
        require(error < TUBE, f"step {number}: the flow may leave the tube")

    return place, error


def check_regression_path(certificate: Certificate, work: Work) -> str:
    """The limit of a network that is given by its tensor."""
    flow, start = read_flow(certificate, work)
    return f"the flow converges to {check_limit(flow, start, certificate, work)}"


def check_limit(flow: Flow, start: Sequence[Fraction], certificate: Certificate, work: Work) -> str:
    """Follow the path step by step, then bound what is left of it; says where the limit is."""
    place, error = follow(flow, start, certificate, work)
    reach, n, bits = rational(certificate["reach"]), len(flow.y), certificate["bits"]
    C = matrix(certificate["preconditioner"], n, n)
    values = magnitude_bits([abs(x) + error + abs(reach) for x in place]) + 1
    weights = max(size(c) for row in C for c in row)
    for _ in range(3):
        flow.announce(values, bits, work)
    work.intervals(
        3 * n * n * flow.size, bits + 2 * (flow.depth + 1) * values + 3 * flow.data_bits + 3 * weights
    )
    work.fractions(4 * n * n, span(c for row in C for c in row))
    lift = lifting(bits)
    near, box = ([Interval.around(x, bits, error + more) for x in place] for more in (0, reach))
    columns = list(zip(*flow.jacobian(box, lift), strict=True))
    rows = [[combination(c, column, bits) for column in columns] for c in C]
    gram = [[sum((a * b for a, b in zip(p, q, strict=True)), lift(0)) for q in rows] for p in rows]
    least = min(2 * row[i].ends[0] - sum(map(magnitude, row)) for i, row in enumerate(gram))
    left = sum(magnitude(x) ** 2 for x in flow.residual(near, lift)) * sum(c * c for row in C for c in row)
    # The singular values of J are at least sqrt(least)/|C|.
    require(
        least > 0 and reach > 0 and left <= least * reach * reach,
        "the rest of the path is not bounded by reach",
    )
    return stated_box(certificate["enclosure"], flow.coefficients(place, error + reach, bits), "beta")
