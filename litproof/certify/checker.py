"""The independent checker: re-checks a certificate with integers and fractions only.

It uses the Python standard library and nothing else of litproof, so that it can be read in one sitting and
trusted on its own. What each kind of certificate proves, and from which theorem:

``regression-limit``: an odeco network (real S, U_l with U_l^T U_l = w I), or deep matrix sensing where
    sensors and layers share their eigenvectors, trained by gradient flow on the squared loss from v0. With
    eta_l = U_l^T v_l, P = S X^T, and for each component j the pivot layer p (the last of smallest
    |eta_{l,j}(0)|), c_l = eta_{l,j}(0)^2 - eta_{p,j}(0)^2 >= 0 and z_j = eta_{p,j}, conservation of
    eta_l^2 - eta_p^2 turns the flow into

        tau_j(z_j) = (P nu)_j,   tau_j = sgn_j int_{z_j(0)}^{z_j} du / prod_{l != p} sqrt(u^2 + c_l),
        nu' = -w grad Phi(nu),   grad Phi(nu) = P^T rho - y,   rho_j = sgn_j z_j prod_{l != p} sqrt(z_j^2 + c_l),

    nu(0) = 0 and Phi convex, so nu converges to a zero of grad Phi as soon as one exists. Krawczyk's test
    proves that the box (z, nu) +- radius holds exactly one zero of tau(z) = P nu, P^T rho(z) = y, and beta =
    S^T rho over that box must lie inside the enclosure that the certificate states.
``stationary-margin``: rho is a stationary (KKT) point of min sum_j |rho_j|^(2/L), L >= 3, subject to y_i x_i^T
    S^T rho >= 1. With rho_j = z_j |z_j|^(L-1) and P of the rows y_i x_i, rho_j = 0 or z_j |z_j|^(1-L) = (P nu)_j;
    nu_i = 0 and the margin is 1 or more, or nu_i > 0 and it is 1. These are the equations above for a start at
    infinity, with P and the margins multiplied by -1/(L-2). The objective is concave where signs are fixed,
    and steeper than linear at rho_j = 0; constraints are linear. So with as many margins 1 as rho_j != 0 (their
    matrix is then regular) the point is a strict local minimum, with fewer it is not a minimum.
``minimum-norm``: rho minimises sum_j weight_j |rho_j - start_j| (norm "l1") or sum_j weight_j (rho_j -
    start_j)^2 (norm "l2") subject to X S^T rho = y (constraint "fit") or y_i x_i^T S^T rho >= 1, y_i = +-1
    ("margin"): feasibility and multipliers over the rationals; convexity makes the conditions sufficient. It is
    the only minimiser if so stated: for l1, another one differs from it only where the dual constraint is tight, and
    has the same values at samples with a multiplier, so linear independence excludes it. One layer trained on the
    squared loss tends to the l2 fit nearest to its start.

Kinds about networks given by their data tensor are in `tensor_checker`, which imports this module only.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

Matrix = list[list[Fraction]]
Certificate = Mapping[str, Any]
FORMAT = "litproof-certificate"
VERSION = 2


class Refused(Exception):
    """The certificate does not prove what it states; the message says where it fails."""


def require(condition: bool, reason: str) -> None:
    """Refuse the certificate unless `condition` holds."""
    if not condition:
        raise Refused(reason)


# ---------------------------------------------------------------- reading


def digest(certificate: Certificate) -> str:
    """SHA-256 of the canonical JSON of everything but the digest itself: any edited field is noticed."""
    body = {key: value for key, value in certificate.items() if key != "digest"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


NUMBER = re.compile(r"(-?[0-9]{1,4000}(?:\.[0-9]{1,4000})?)(?:/([1-9][0-9]{0,3999})|\*2\^(-?[0-9]{1,6}))?")


def rational(text: Any) -> Fraction:
    """An exact number: integer, or string "p/q", decimal string, or "m*2^e"."""
    found = NUMBER.fullmatch(text if isinstance(text, str) else str(text) if type(text) is int else "")
    if found is None:
        raise Refused(f"expected an exact number, found {text!r}")
    number, below, power = found.groups()
    return Fraction(number) / int(below or 1) * Fraction(2) ** int(power or 0)


def integer(value: Any, low: int, high: int, name: str) -> int:
    """An integer in [low, high]."""
    require(type(value) is int and low <= value <= high, f"{name} must be an integer from {low} to {high}")
    return int(value)


def word(value: Any, known: Sequence[str], name: str) -> str:
    """One of the known words."""
    require(isinstance(value, str) and value in known, f"{name} {value!r} is not one of: {', '.join(known)}")
    return str(value)


def listing(values: Any, name: str, length: int | None = None) -> list[Any]:
    """A non-empty list, of the given length if one is given."""
    require(isinstance(values, list) and len(values) > 0, f"{name} must be a non-empty list")
    require(length is None or len(values) == length, f"{name} must have {length} entries")
    return list(values)


def vector(values: Any, length: int | None = None) -> list[Fraction]:
    """A list of exact numbers, of the given length if one is given."""
    return [rational(value) for value in listing(values, "a row of numbers", length)]


def matrix(rows: Any, height: int | None = None, width: int | None = None) -> Matrix:
    """A list of equally long rows of exact numbers, of the given shape where one is given."""
    rows = listing(rows, "a matrix", height)
    first = vector(rows[0], width)
    return [first, *(vector(row, len(first)) for row in rows[1:])]


def fields(record: Any, names: str) -> None:
    """Every field is there and no other: nothing may stand in a certificate that is not checked."""
    require(isinstance(record, dict), f"expected an object with fields {names}")
    expected = set(names.split())
    require(expected <= set(record), f"missing: {', '.join(sorted(expected - set(record)))}")
    require(set(record) <= expected, f"unknown: {', '.join(sorted(set(record) - expected))}")


def dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    """Inner product of two equally long vectors."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def products(S: Matrix, rows: Matrix) -> Matrix:
    """S rows^T: one row for each row of S."""
    require(len(S[0]) == len(rows[0]), "S and X have rows of different lengths")
    return [[dot(s, row) for row in rows] for s in S]


def rank(rows: Sequence[Sequence[Fraction]]) -> int:
    """The number of linearly independent rows."""
    left, found = [list(row) for row in rows], 0
    while left:
        pivot = left.pop()
        place = next((k for k, value in enumerate(pivot) if value), None)
        if place is not None:
            found += 1
            left = [
                [a - row[place] / pivot[place] * b for a, b in zip(row, pivot, strict=True)] for row in left
            ]
    return found


def signed(X: Matrix, y: Sequence[Fraction]) -> Matrix:
    """The rows y_i x_i; every label must be +-1."""
    require(all(abs(label) == 1 for label in y), "labels must be +-1")
    return [[label * x for x in row] for row, label in zip(X, y, strict=True)]


# ---------------------------------------------------------------- interval arithmetic on scaled integers


class Interval:
    """[lo, hi] * 2^-bits with integer ends; every operation rounds outward."""

    __slots__ = ("bits", "hi", "lo")

    def __init__(self, lo: int, hi: int, bits: int) -> None:
        self.lo, self.hi, self.bits = lo, hi, bits

    @classmethod
    def around(cls, centre: Fraction | int, bits: int, radius: Fraction | int = 0) -> "Interval":
        """The smallest interval that holds centre +- radius."""
        low, high = Fraction(centre - radius), Fraction(centre + radius)
        up = -((-high.numerator << bits) // high.denominator)
        return cls((low.numerator << bits) // low.denominator, up, bits)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.lo + other.lo, self.hi + other.hi, self.bits)

    def __mul__(self, other: "Interval") -> "Interval":
        ends = (self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi)
        return Interval(min(ends) >> self.bits, -(-max(ends) >> self.bits), self.bits)

    def scaled(self, weight: Fraction, divisor: int = 1) -> "Interval":
        """self * weight / divisor, divisor > 0."""
        ends, below = (self.lo * weight.numerator, self.hi * weight.numerator), weight.denominator * divisor
        return Interval(min(ends) // below, -(-max(ends) // below), self.bits)

    def inverse(self) -> "Interval":
        """1 / self; zero must not lie inside."""
        require(self.lo > 0 or self.hi < 0, "division by an interval that holds zero")
        one = 1 << (2 * self.bits)
        return Interval(one // self.hi, -(-one // self.lo), self.bits)

    def sqrt(self) -> "Interval":
        """Square root; negative numbers must not lie inside."""
        require(self.lo >= 0, "square root of an interval that holds negative numbers")
        return Interval(isqrt(self.lo << self.bits), isqrt(self.hi << self.bits) + 1, self.bits)

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The lower and the upper end."""
        return Fraction(self.lo, 1 << self.bits), Fraction(self.hi, 1 << self.bits)


def combination(weights: Iterable[Fraction], terms: Iterable[Interval], bits: int) -> Interval:
    """Sum of exact weights times intervals."""
    used = [term.scaled(weight) for weight, term in zip(weights, terms, strict=True) if weight]
    return sum(used, Interval(0, 0, bits))


def stated_box(rows: Any, box: Sequence[Interval], name: str) -> str:
    """The pairs [low, high] of the certificate hold the proved intervals; says how wide they are."""
    stated = matrix(rows, len(box), 2)
    for index, ((low, high), proved) in enumerate(zip(stated, box, strict=True), 1):
        inside = low <= proved.ends[0] and proved.ends[1] <= high
        require(inside, f"{name}_{index} is not proved to lie there")
    widest = max(high - low for low, high in stated)
    places = widest.denominator.bit_length() - widest.numerator.bit_length()
    return f"inside the stated box, widest side about 2^{-places}"


def integrand_series(
    a: Fraction, h: Fraction, constants: Sequence[Fraction], order: int, bits: int
) -> list[Interval]:
    """Coefficients of f(x) = prod_l ((a + h x)^2 + c_l)^(-1/2) up to x^order.

    With Q = prod_l (1 + 2ah/(a^2+c_l) x + h^2/(a^2+c_l) x^2) = sum_i q_i x^i, f = f_0 Q^(-1/2) obeys
    Q f' = -Q' f / 2, that is f_k = -sum_{i >= 1} q_i (1 - i/(2k)) f_{k-i}.
    """
    first, q = Interval.around(1, bits), [Fraction(1)]
    for c in constants:
        base = a * a + c
        first = first * Interval.around(base, bits).sqrt().inverse()
        longer = [*q, Fraction(0), Fraction(0)]
        for i, value in enumerate(q):
            longer[i + 1] += value * 2 * a * h / base
            longer[i + 2] += value * h * h / base
        q = longer
    weights = [Interval.around(value, bits) for value in q]
    series = [first]
    for k in range(1, order + 1):
        total = Interval(0, 0, bits)
        for i in range(1, min(k, len(q) - 1) + 1):
            total = total + (weights[i] * series[k - i]).scaled(Fraction(i - 2 * k))
        series.append(total.scaled(Fraction(1), 2 * k))
    return series


def separation_integral(start: Fraction, end: Fraction, constants: Sequence[Fraction], bits: int) -> Interval:
    """Enclosure of int_start^end du / prod_l sqrt(u^2 + c_l); the path avoids zero where some c_l = 0.

    Taylor series on steps |h| <= D/8, D^2 = min_l (a^2 + c_l): D is the distance of a to the nearest branch
    point +-i sqrt(c_l). On the disc of radius D/2 every |u^2 + c_l| is at least (a^2 + c_l)/4, so the K
    factors are at most 2^K f(a), and the k-th coefficient in x (u = a + h x) at most 2^K f(a) 4^-k (Cauchy).
    """
    if not constants:
        return Interval.around(end - start, bits)
    require(0 not in constants or start * end > 0, "a component cannot reach or leave zero, nor change sign")
    total, a, order = Interval(0, 0, bits), start, bits // 2 + len(constants) + 4
    while a != end:
        square = min(a * a + c for c in constants)
        scale = Fraction(2) ** ((square.denominator.bit_length() - square.numerator.bit_length()) // 2 + 6)
        h = isqrt(int(square * scale * scale)) / (8 * scale)
        h = max(-h, min(h, end - a))
        series = integrand_series(a, h, constants, order, bits)
        piece = sum((f.scaled(Fraction(1), k + 1) for k, f in enumerate(series)), Interval(0, 0, bits))
        tail = (series[0].hi << len(constants) >> 2 * order) + 1
        total = total + Interval(piece.lo - tail, piece.hi + tail, bits) * Interval.around(h, bits)
        a += h
    return total


# ---------------------------------------------------------------- zeros of tau(z) = P nu, P^T rho(z) = target


class Coordinate:
    """rho(z) = sgn z prod_l sqrt(z^2 + c_l), tau(z) = sgn int du / prod_l sqrt(u^2 + c_l) from the start to z.

    Start None is infinity, for at least two c_l, all 0.
    """

    def __init__(self, start: Fraction | None, constants: Sequence[Fraction], sign: int) -> None:
        self.start, self.constants, self.sign = start, constants, sign

    def tau(self, z: Fraction, bits: int) -> Interval:
        """The dual variable that belongs to z."""
        if self.start is None:
            point = Interval.around(z, bits)
            return (point * self.roots(point).inverse()).scaled(Fraction(-1, len(self.constants) - 1))
        return separation_integral(self.start, z, self.constants, bits).scaled(Fraction(self.sign))

    def roots(self, z: Interval) -> Interval:
        """sgn prod_l sqrt(z^2 + c_l) = (d tau/dz)^-1."""
        square, out = z * z, Interval.around(self.sign, z.bits)
        for c in self.constants:
            out = out * (square + Interval.around(c, z.bits)).sqrt()
        return out

    def slope(self, z: Interval) -> Interval:
        """d rho/dz = sgn prod_l sqrt(z^2 + c_l) (1 + sum_l z^2 / (z^2 + c_l))."""
        square, factor = z * z, Interval.around(1, z.bits)
        for c in self.constants:
            factor = factor + square * (square + Interval.around(c, z.bits)).inverse()
        return self.roots(z) * factor


def krawczyk(
    certificate: Certificate, coordinates: Sequence[Coordinate], P: Matrix, target: Sequence[Fraction]
) -> tuple[list[Interval], list[Interval], list[Interval]]:
    """The boxes z, nu +- radius, proved to hold one zero: |C F(centre)| + |1 - C F'(box)| radius < radius; and rho.

    Unknowns of radius 0 are 0 and stay out, with their equations: whether they may, the caller decides.
    """
    bits, m, n = integer(certificate["bits"], 32, 10**6, "bits"), len(P), len(target)
    z, nu = vector(certificate["z"], m), vector(certificate["nu"], n)
    radii = vector(certificate["radius_z"], m) + vector(certificate["radius_nu"], n)
    require(all(r > 0 or r == x == 0 for x, r in zip(z + nu, radii, strict=True)), "a radius is not positive")
    moving, active = [j for j in range(m) if radii[j]], [i for i in range(n) if radii[m + i]]
    reach, boxes = [r for r in radii if r], list(map(Interval.around, z + nu, [bits] * (m + n), radii))
    centre = [Interval.around(z[j], bits) for j in moving]
    rho = [point * coordinates[j].roots(point) for j, point in zip(moving, centre, strict=True)]
    values = [coordinates[j].tau(z[j], bits) + Interval.around(-dot(P[j], nu), bits) for j in moving]
    fits = [combination([P[j][i] for j in moving], rho, bits) for i in active]
    values += [fit + Interval.around(-target[i], bits) for fit, i in zip(fits, active, strict=True)]
    size, count = len(reach), len(moving)
    columns = [[Interval(0, 0, bits) for _ in range(size)] for _ in range(size)]
    for row, j in enumerate(moving):
        columns[row][row] = coordinates[j].roots(boxes[j]).inverse()
        slope = coordinates[j].slope(boxes[j])
        for k, i in enumerate(active, count):
            columns[k][row], columns[row][k] = Interval.around(-P[j][i], bits), slope.scaled(P[j][i])
    for a, weights in enumerate(matrix(certificate["preconditioner"], size, size)):
        moved = max(map(abs, combination(weights, values, bits).ends))
        for b, column in enumerate(columns):
            entry = combination(weights, column, bits) + Interval.around(-int(a == b), bits)
            moved += max(map(abs, entry.ends)) * reach[b]
        require(moved < reach[a], f"Krawczyk's test fails in unknown {a + 1}")
    return boxes[:m], boxes[m:], [z * part.roots(z) for z, part in zip(boxes, coordinates, strict=False)]


# ---------------------------------------------------------------- limits of regression


def require_orthogonal(factors: Sequence[Matrix]) -> None:
    """U_l^T U_l = w I for every l, with one w > 0."""
    weight = dot([row[0] for row in factors[0]], [row[0] for row in factors[0]])
    require(weight > 0, "a factor U_l has a zero column")
    for layer, factor in enumerate(factors, 1):
        columns = [list(column) for column in zip(*factor, strict=True)]
        for i, column in enumerate(columns):
            for j, other in enumerate(columns[: i + 1]):
                require(dot(column, other) == weight * (i == j), f"U_{layer}^T U_{layer} is not {weight} I")


def read_odeco(network: Any, d: int) -> tuple[Matrix, list[Matrix]]:
    """(S, U_1..U_L) of the network, built here for the named kinds, read for kind odeco."""
    more = {"diagonal": "", "convolutional": "", "matrix-sensing": "basis", "odeco": "S U"}
    require(isinstance(network, dict), "network must be an object")
    kind = word(network.get("kind"), list(more), "network kind")
    fields(network, f"kind depth {more[kind]}")
    depth = integer(network["depth"], 1, 1000, "depth")
    if kind == "diagonal":
        S = U = [[Fraction(i == j) for j in range(d)] for i in range(d)]
    elif kind == "convolutional":
        require(d == 2, "real characters of the cyclic group exist for d = 2 only")
        U = [[Fraction(1), Fraction(1)], [Fraction(1), Fraction(-1)]]
        S = [[entry / 2 for entry in row] for row in U]
    elif kind == "matrix-sensing":
        # Symmetric matrices with the orthogonal eigenvectors q_j: on them the network is diagonal, with the
        # projectors q_j q_j^T / |q_j|^2 as rows of S and as columns of every U_l.
        basis = matrix(network["basis"])
        for i, q in enumerate(basis):
            require(any(q) and not any(dot(q, p) for p in basis[:i]), "the basis is not orthogonal")
        S = [[a * b / dot(q, q) for a in q for b in q] for q in basis]
        U = [list(row) for row in zip(*S, strict=True)]
    else:
        S = matrix(network["S"], width=d)
        return S, [matrix(factor, width=len(S)) for factor in listing(network["U"], "U", depth)]
    return S, [U] * depth


def check_regression_limit(certificate: Certificate) -> str:
    """Krawczyk's test for the limit of an odeco regression flow; returns what was proved."""
    X = matrix(certificate["X"])
    y, network, d = vector(certificate["y"], len(X)), certificate["network"], len(X[0])
    S, U = read_odeco(network, d)
    require_orthogonal(U)
    layers = listing(certificate["v0"], "v0", len(U))
    v0 = [vector(layer, len(factor)) for layer, factor in zip(layers, U, strict=True)]
    eta = [[dot(column, v) for column in zip(*factor, strict=True)] for factor, v in zip(U, v0, strict=True)]
    P = products(S, X)
    if network["kind"] == "matrix-sensing":
        for given, weights in [*zip(X, zip(*P, strict=True), strict=True), *zip(v0, eta, strict=True)]:
            spanned = [dot(weights, column) for column in zip(*S, strict=True)]
            require(given == spanned, "a sensor or layer is not diagonal in the basis")
    coordinates = []
    for values in zip(*eta, strict=True):
        pivot = min(reversed(range(len(values))), key=lambda layer: abs(values[layer]))
        start, others = values[pivot], values[:pivot] + values[pivot + 1 :]
        constants = [value * value - start * start for value in others]
        coordinates.append(Coordinate(start, constants, (-1) ** sum(value < 0 for value in others)))
    boxes, multipliers, rho = krawczyk(certificate, coordinates, P, y)
    require(all(nu.hi > nu.lo for nu in multipliers), "a multiplier is left out")
    for number, (part, z) in enumerate(zip(coordinates, boxes, strict=True), 1):
        frozen = 0 in part.constants and part.start == 0
        require(frozen == (z.hi == z.lo), f"component {number} {'cannot leave' if frozen else 'leaves'} zero")
    beta = [combination(column, rho, rho[0].bits) for column in zip(*S, strict=True)]
    return f"the flow converges to a limit {stated_box(certificate['enclosure'], beta, 'beta')}"


# ---------------------------------------------------------------- optimality


def check_stationary_margin(certificate: Certificate) -> str:
    """Krawczyk's test for a stationary point of the l_{2/L} margin problem, and its inequalities."""
    X, S = matrix(certificate["X"]), matrix(certificate["S"])
    depth, n, m = integer(certificate["depth"], 3, 1000, "depth"), len(X), len(S)
    P, scale = products(S, signed(X, vector(certificate["y"], n))), Fraction(-1, depth - 2)
    coordinates = [Coordinate(None, [Fraction(0)] * (depth - 1), 1)] * m
    z, nu, rho = krawczyk(certificate, coordinates, [[scale * x for x in row] for row in P], [scale] * n)
    on, active = [j for j in range(m) if z[j].hi > z[j].lo], [i for i in range(n) if nu[i].hi > nu[i].lo]
    stated = matrix(certificate["rho"], m, 2)
    require(all(any(stated[j]) == (j in on) for j in range(m)), "rho and z vanish at different places")
    exact = all(low == high for low, high in stated)
    # As many margins 1 as unknowns are a regular system: an exact solution is the point in the box.
    require(not exact or len(on) == len(active), "rho is stated exactly without as many equations")
    where = "exactly as stated" if exact else stated_box(certificate["rho"], rho, "rho")
    for i, row in enumerate(zip(*P, strict=True)):
        margin = dot(row, [low for low, _ in stated]) if exact else combination(row, rho, rho[0].bits).ends[0]
        beyond = margin > 1 or (exact and margin == 1)
        require(i in active or beyond, f"sample {i + 1} is not proved to be beyond the margin")
        require(not exact or i not in active or margin == 1, f"sample {i + 1} does not have margin 1")
        require(i not in active or nu[i].lo > 0, f"multiplier {i + 1} is not proved to be positive")
    nature = "a strict local minimum" if len(on) == len(active) else "not a minimum"
    return f"a stationary point of the l_(2/{depth}) margin problem, {nature}, {where}"


def check_minimum_norm(certificate: Certificate) -> str:
    """Feasibility, multipliers and complementary slackness over the rationals."""
    X, S = matrix(certificate["X"]), matrix(certificate["S"])
    y, m, n = vector(certificate["y"], len(X)), len(S), len(X)
    norm = word(certificate["norm"], ["l1", "l2"], "norm")
    constraint = word(certificate["constraint"], ["fit", "margin"], "constraint")
    rho, start, weights = (vector(certificate[name], m) for name in ("rho", "start", "weights"))
    p = vector(certificate["multipliers"], n)
    P = products(S, X if constraint == "fit" else signed(X, y))
    for i, column in enumerate(zip(*P, strict=True)):
        value = dot(column, rho)
        if constraint == "fit":
            require(value == y[i], f"sample {i + 1} is not fitted")
        else:
            require(value >= 1, f"sample {i + 1} has margin below one")
            require(p[i] >= 0, f"multiplier {i + 1} is negative")
            require(p[i] == 0 or value == 1, f"multiplier {i + 1} belongs to a sample off the margin")
    for j in range(m):
        slope, move = dot(P[j], p), rho[j] - start[j]
        require(weights[j] > 0, f"weight {j + 1} is not positive")
        if norm == "l2":
            require(slope == weights[j] * move, f"rho_{j + 1} is not the combination of the samples")
        else:
            require(abs(slope) <= weights[j], f"dual constraint {j + 1} is violated")
            met = move == 0 or slope == (weights[j] if move > 0 else -weights[j])
            require(met, f"rho_{j + 1} is not complementary to its constraint")
    unique = certificate["unique"]
    require(type(unique) is bool, "unique must be true or false")
    if unique and norm == "l1":
        tight = [row for row, weight in zip(P, weights, strict=True) if abs(dot(row, p)) == weight]
        seen = [[x for x, price in zip(row, p, strict=True) if price or constraint == "fit"] for row in tight]
        require(rank(seen) == len(tight), "other minimisers are not excluded")
    who = "rho alone" if unique else "rho"
    return f"{who} has the least weighted {norm} distance from the start subject to the {constraint} of all samples"


BOX = "bits z nu radius_z radius_nu preconditioner"
Kinds = Mapping[str, tuple[Callable[[Certificate], str], str]]
KINDS: Kinds = {
    "regression-limit": (check_regression_limit, f"network X y v0 {BOX} enclosure"),
    "stationary-margin": (check_stationary_margin, f"depth S X y {BOX} rho"),
    "minimum-norm": (check_minimum_norm, "norm constraint weights start S X y rho multipliers unique"),
}
"""Each kind of certificate: its check, and its fields besides format, version, kind and digest."""


def check(certificate: Any, kinds: Kinds = KINDS) -> str:
    """Re-check one certificate (parsed JSON); returns what was proved, raises `Refused` otherwise."""
    require(isinstance(certificate, dict), "a certificate is a JSON object")
    require(certificate.get("format") == FORMAT, f"format is not {FORMAT!r}")
    version = certificate.get("version")
    require(type(version) is int and version == VERSION, f"version is not {VERSION}")
    proof, names = kinds[word(certificate.get("kind"), list(kinds), "kind")]
    untouched = certificate.get("digest") == digest(certificate)
    require(untouched, "the digest does not match: a field was changed")
    fields(certificate, f"format version kind digest {names}")
    return proof(certificate)
