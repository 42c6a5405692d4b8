"""The flow v' = -J^T r, r = X beta(v) - y, of a network that is given by polynomials, in integers and intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import lcm
from typing import Any

from litproof.certify.checker.exact import Certificate, Matrix, listing, matrix, require, vector
from litproof.certify.checker.interval import Interval, combination, magnitude
from litproof.certify.checker.tensor import Polynomial, read_polynomials, read_tensor, values_of
from litproof.certify.checker.work import Work, magnitude_bits, size, span

Pieces = list[tuple[tuple[int, ...], tuple[int, ...], int]]
"""Parts of monomials of beta_z: (z and the parameters taken out, those left, coefficient)."""


@dataclass(frozen=True)
class Flow:
    """v' = -J^T r with r = X beta(v) - y, J = dr/dv, beta of degree `depth`, all data integers.

    Denominators were cleared: the given network has beta / `parts`, and the time of this flow is `clock` times that
    of the given one. `terms` are the monomials of beta: (z, the parameters multiplied, repeated for powers,
    coefficient). The methods compute in any ring that `lift` maps the integers into. Monomials without one or two of
    their factors are multiplied out once.
    """

    terms: list[tuple[int, list[int], int]]
    X: list[list[int]]
    y: list[int]
    depth: int
    size: int
    parts: int
    clock: Fraction

    @cached_property
    def pieces(self) -> tuple[Pieces, Pieces, Pieces]:
        """All monomials without their last factor, without each one, and without each two of their factors."""
        chosen: tuple[Pieces, Pieces, Pieces] = ([], [], [])
        for z, places, value in self.terms:
            chosen[0].append(((z, *places[-1:]), tuple(places[:-1]), value))
            for count in (1, 2):
                for left in combinations(range(len(places)), count):
                    rest = tuple(k for at, k in enumerate(places) if at not in left)
                    chosen[count].append(((z, *(places[at] for at in left)), rest, value))
        return chosen

    @cached_property
    def counts(self) -> list[tuple[int, int, int]]:
        """Of each of `pieces`: how many there are, the products that they take, and the factors taken out."""
        return [
            (
                len(pieces),
                len({rest[:length] for _, rest, _ in pieces for length in range(2, len(rest) + 1)}),
                len({key for key, _, _ in pieces}),
            )
            for pieces in self.pieces
        ]

    def _sums(self, pieces: Pieces, v: Sequence[Any], lift: Callable[[int], Any]) -> dict[Any, Any]:
        """By what was taken out, the sum of coefficients times monomials."""
        known: dict[tuple[int, ...], Any] = {(): lift(1)}
        sums: dict[Any, Any] = {}
        for key, rest, value in pieces:
            for length in range(1, len(rest) + 1):
                if rest[:length] not in known:
                    short = known[rest[: length - 1]]
                    known[rest[:length]] = short * v[rest[length - 1]] if length > 1 else v[rest[0]]
            term = _times(known[rest], value)
            sums[key] = sums[key] + term if key in sums else term
        return sums

    def beta(self, v: Sequence[Any], lift: Callable[[int], Any]) -> list[Any]:
        """Linear coefficients."""
        out = [lift(0)] * len(self.X[0])
        for (z, *last), total in self._sums(self.pieces[0], v, lift).items():
            out[z] = out[z] + (total * v[last[0]] if last else total)
        return out

    def coefficients(self, centre: Sequence[Fraction], radius: Fraction, bits: int) -> list[Interval]:
        """The linear coefficients as they were before denominators were cleared, over the box centre +- radius."""
        box = [Interval.around(x, bits, radius) for x in centre]
        return [entry.scaled(Fraction(1), self.parts) for entry in self.beta(box, lifting(bits))]

    def residual(self, v: Sequence[Any], lift: Callable[[int], Any]) -> list[Any]:
        """r."""
        beta, targets = self.beta(v, lift), [lift(-t) for t in self.y]
        return [
            sum([_times(b, x) for x, b in zip(row, beta, strict=True) if x], t)
            for row, t in zip(self.X, targets, strict=True)
        ]

    def jacobian(self, v: Sequence[Any], lift: Callable[[int], Any]) -> list[list[Any]]:
        """J."""
        rows = [[lift(0)] * self.size for _ in self.X]
        for (z, k), slope in self._sums(self.pieces[1], v, lift).items():
            for row, x in zip(rows, self.X, strict=True):
                if x[z]:
                    row[k] = row[k] + _times(slope, x[z])
        return rows

    def gradient(self, v: Sequence[Any], lift: Callable[[int], Any]) -> list[Any]:
        """J^T r, minus the velocity."""
        J, r = self.jacobian(v, lift), self.residual(v, lift)
        return [
            sum((a * b for a, b in zip(column, r, strict=True)), lift(0)) for column in zip(*J, strict=True)
        ]

    def growth(self, v: Sequence[Interval], bits: int) -> Fraction:
        """An upper bound of the moduli of the eigenvalues of sum_z (X^T r)_z Hess beta_z over a box of intervals."""
        return self.curvature(v, self.pulls(v, bits), bits)

    def curvature(self, v: Sequence[Interval], pulls: Sequence[Interval], bits: int) -> Fraction:
        """The largest absolute row sum of sum_z pulls_z Hess beta_z over a box."""
        rows = self.bent(v, pulls, bits)
        return max(sum(map(magnitude, row.values()), Fraction(0)) for row in rows)

    def bent(self, v: Sequence[Interval], pulls: Sequence[Interval], bits: int) -> list[dict[int, Interval]]:
        """sum_z pulls_z Hess beta_z over a box, row by row, without zeros."""
        rows: list[dict[int, Interval]] = [{} for _ in v]
        for (z, k, l), total in self._sums(self.pieces[2], v, lifting(bits)).items():
            entry = pulls[z] * total
            for a, b in ((k, l), (l, k)):
                rows[a][b] = rows[a][b] + entry if b in rows[a] else entry
        return rows

    def pulls(self, v: Sequence[Interval], bits: int) -> list[Interval]:
        """X^T r."""
        r = self.residual(v, lifting(bits))
        return [combination(map(Fraction, column), r, bits) for column in zip(*self.X, strict=True)]

    def announce(self, times: int, values: int, bits: int, work: Work) -> None:
        """Announce so many `growth`, or J and r, over intervals with `bits` bits that lie within 2^values."""
        n, ((T, _, last), (first, one, slopes), (second, two, bends)) = len(self.y), self.counts
        count = 2 * (T + last + n * len(self.X[0])) + max(
            first + one + n * slopes, 2 * second + two + 3 * bends
        )
        work.intervals(
            times * count, bits + (self.depth + 1) * values + 2 * self.data_bits + 2 * T.bit_length()
        )

    def announce_rest(
        self,
        place: Sequence[Fraction],
        radius: Fraction,
        C: Matrix,
        times: int,
        count: int,
        bits: int,
        work: Work,
    ) -> None:
        """Announce so many J and r around a point, and `count` sums and products of their entries with those of C."""
        values = magnitude_bits([abs(x) + radius for x in place]) + 1
        self.announce(times, values, bits, work)
        weights = max(size(c) for row in C for c in row)
        work.intervals(count, bits + 2 * (self.depth + 1) * values + 3 * (self.data_bits + weights))
        work.fractions(4 * len(C) ** 2 + self.size, span(c for row in C for c in row) + 4 * bits)

    def announce_gradient(self, orders: int, bits: int, work: Work) -> None:
        """Announce `gradient` over series of `orders` coefficients of `bits` bits."""
        n, ((T, _, last), (first, one, slopes), _) = len(self.y), self.counts
        work.series(one + last + n * self.size, orders, bits)
        sums = T + first + n * (slopes + len(self.X[0]) + self.size)
        work.spend(sums * (2 + orders * (1 + bits // 1000) // 8))

    @cached_property
    def data_bits(self) -> int:
        """Bits of the largest integer of the data."""
        data = [abs(value) for _, _, value in self.terms] + [abs(x) for row in (self.y, *self.X) for x in row]
        return max(data).bit_length()


def _times(value: Any, factor: int) -> Any:
    """An element of the ring times an integer."""
    return value.scaled(Fraction(factor)) if isinstance(value, Interval) else value * factor


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
    work.spend(len(terms) * (1 + depth) ** 2 * (1 + depth // 8))
    return Flow(terms, rows, targets, depth, parameters, parts, Fraction(1, (below * parts) ** 2))


def lifting(bits: int) -> Callable[[int], Interval]:
    """Integers as intervals."""
    return lambda value: Interval.around(value, bits)
