"""The independent checker: re-checks a certificate with integers and fractions only.

It uses the Python standard library and nothing else of litproof, so that it can be read in one sitting and
trusted on its own. What each kind of certificate proves, and from which theorem:

``regression-limit``: an odeco network (real S, U_l with U_l^T U_l = w I), or deep matrix sensing where
    sensors and layers share their eigenvectors, trained by gradient flow on the squared loss from v0. With
    eta_l = U_l^T v_l, P = S X^T, and for each component j the pivot layer p (the last of smallest
    |eta_{l,j}(0)|), c_l = eta_{l,j}(0)^2 - eta_{p,j}(0)^2 >= 0 and z_j = eta_{p,j}, conservation of
    eta_l^2 - eta_p^2 turns the flow into

        sgn_j int_{z_j(0)}^{z_j} du / prod_{l != p} sqrt(u^2 + c_l) = (P nu)_j,   nu(0) = 0,
        nu' = -w grad Phi(nu),   grad Phi(nu) = P^T rho(nu) - y,

    with Phi convex, so nu converges to a zero of grad Phi as soon as one exists. Krawczyk's test proves that
    the box (z, nu) +- radius holds exactly one zero of these equations, and beta = S^T rho over that box must
    lie inside the enclosure that the certificate states.
``linear-limit``: depth one; beta = beta0 + X^T a with X beta = y is the limit (exact rationals).
``conserved``: sum_i dh/dv_i df_c/dv_i = 0 for every coordinate f_c of a multilinear network.
``odeco-form``: the data tensor of a network is sum_j S_{j,z} u_{1,j} (x) ... (x) u_{L,j} with U_l^T U_l = w I.
``max-margin``: w minimises ||w||_2 (norm "l2") or ||w||_1 (norm "l1") subject to y_i x_i.w >= 1: primal and
    dual feasibility and complementary slackness over the rationals. Unique for l2; for l1 it is optimal.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import isqrt, prod
from typing import Any

Matrix = list[list[Fraction]]
FORMAT = "litproof-certificate"
VERSION = 1


class Refused(Exception):
    """The certificate does not prove what it states; the message says where it fails."""


def require(condition: bool, reason: str) -> None:
    """Refuse the certificate unless `condition` holds."""
    if not condition:
        raise Refused(reason)


# ---------------------------------------------------------------- reading


def digest(certificate: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of everything but the digest itself: any edited field is noticed."""
    body = {key: value for key, value in certificate.items() if key != "digest"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def rational(text: Any) -> Fraction:
    """An exact number: integer, or string "p/q", decimal string, or "m*2^e"."""
    if isinstance(text, int) and not isinstance(text, bool):
        return Fraction(text)
    require(isinstance(text, str), f"expected an exact number, found {text!r}")
    require("e" not in text.lower(), f"expected an exact number without exponent, found {text!r}")
    try:
        if "*2^" in text:
            mantissa, exponent = text.split("*2^")
            power = int(exponent)
            require(abs(power) < 10**6, f"exponent too large in {text!r}")
            return Fraction(int(mantissa)) * (Fraction(2) ** power)
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise Refused(f"expected an exact number, found {text!r}") from None


def integer(value: Any, low: int, high: int, name: str) -> int:
    """An integer in [low, high]."""
    require(type(value) is int and low <= value <= high, f"{name} must be an integer from {low} to {high}")
    return int(value)


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


def dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    """Inner product of two equally long vectors."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


# ---------------------------------------------------------------- interval arithmetic on scaled integers


class Interval:
    """[lo, hi] * 2^-bits with integer ends; every operation rounds outward."""

    __slots__ = ("bits", "hi", "lo")

    def __init__(self, lo: int, hi: int, bits: int) -> None:
        self.lo, self.hi, self.bits = lo, hi, bits

    @classmethod
    def of(cls, lo: Fraction, hi: Fraction, bits: int) -> "Interval":
        """The smallest interval with these fractions inside."""
        up = -((-hi.numerator << bits) // hi.denominator)
        return cls((lo.numerator << bits) // lo.denominator, up, bits)

    @classmethod
    def point(cls, value: Fraction, bits: int) -> "Interval":
        """The smallest interval around one fraction."""
        return cls.of(value, value, bits)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.lo + other.lo, self.hi + other.hi, self.bits)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.lo - other.hi, self.hi - other.lo, self.bits)

    def __neg__(self) -> "Interval":
        return Interval(-self.hi, -self.lo, self.bits)

    def __mul__(self, other: "Interval") -> "Interval":
        products = (self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi)
        return Interval(min(products) >> self.bits, -((-max(products)) >> self.bits), self.bits)

    def times(self, k: int) -> "Interval":
        """self * k for an integer k."""
        return Interval(min(self.lo * k, self.hi * k), max(self.lo * k, self.hi * k), self.bits)

    def over(self, k: int) -> "Interval":
        """self / k for an integer k > 0."""
        return Interval(self.lo // k, -(-self.hi // k), self.bits)

    def inverse(self) -> "Interval":
        """1 / self; zero must not lie inside."""
        require(self.lo > 0 or self.hi < 0, "division by an interval that holds zero")
        one = 1 << (2 * self.bits)
        return Interval(one // self.hi, -(-one // self.lo), self.bits)

    def sqrt(self) -> "Interval":
        """Square root; negative numbers must not lie inside."""
        require(self.lo >= 0, "square root of an interval that holds negative numbers")
        upper = isqrt(self.hi << self.bits)
        return Interval(isqrt(self.lo << self.bits), upper + 1, self.bits)

    def square(self) -> "Interval":
        """self^2, never negative."""
        low, high = sorted((abs(self.lo), abs(self.hi)))
        if self.lo <= 0 <= self.hi:
            low = 0
        return Interval((low * low) >> self.bits, -((-high * high) >> self.bits), self.bits)

    @property
    def magnitude(self) -> int:
        """The largest absolute value, scaled by 2^bits."""
        return max(abs(self.lo), abs(self.hi))


def combination(weights: Sequence[Fraction], terms: Sequence[Interval], bits: int) -> Interval:
    """Sum of exact weights times intervals."""
    total = Interval(0, 0, bits)
    for weight, term in zip(weights, terms, strict=True):
        if weight:
            total = total + Interval.point(weight, bits) * term
    return total


def integrand_series(
    a: Fraction, h: Fraction, constants: Sequence[Fraction], order: int, bits: int
) -> list[Interval]:
    """Coefficients of f(x) = prod_l ((a + h x)^2 + c_l)^(-1/2) up to x^order.

    With Q = prod_l (1 + 2ah/(a^2+c_l) x + h^2/(a^2+c_l) x^2) = sum_i q_i x^i, f = f_0 Q^(-1/2) obeys
    Q f' = -Q' f / 2, that is f_k = -sum_{i >= 1} q_i (1 - i/(2k)) f_{k-i}.
    """
    first, q = Interval.point(Fraction(1), bits), [Fraction(1)]
    for c in constants:
        base = a * a + c
        first = first * Interval.point(base, bits).sqrt().inverse()
        longer = [*q, Fraction(0), Fraction(0)]
        for i, value in enumerate(q):
            longer[i + 1] += value * 2 * a * h / base
            longer[i + 2] += value * h * h / base
        q = longer
    weights = [Interval.point(value, bits) for value in q]
    series = [first]
    for k in range(1, order + 1):
        total = Interval(0, 0, bits)
        for i in range(1, min(k, len(q) - 1) + 1):
            total = total + (weights[i] * series[k - i]).times(i - 2 * k)
        series.append(total.over(2 * k))
    return series


def floor_sqrt(value: Fraction) -> Fraction:
    """A rational at most sqrt(value), within about 2^-40 relatively."""
    scale = 1 << (80 + max(0, value.denominator.bit_length() - value.numerator.bit_length()))
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)


def short(value: Fraction) -> Fraction:
    """A dyadic fraction with a numerator of at most ten bits, below |value| by less than one part in 256."""
    scale = Fraction(2) ** (value.denominator.bit_length() - value.numerator.bit_length() + 9)
    return int(value * scale) / scale


def separation_integral(start: Fraction, end: Fraction, constants: Sequence[Fraction], bits: int) -> Interval:
    """Enclosure of int_start^end du / prod_l sqrt(u^2 + c_l); the path avoids zero where some c_l = 0.

    Taylor series on steps |h| <= dist/(4K + 4), K the number of factors, dist the distance to the nearest
    branch point +-i sqrt(c_l). On the disc of radius dist/2 the integrand is at most
    prod_l 1/(dist_l - dist/2) <= prod_l 2/dist_l, so its k-th coefficient in x (u = a + h x) is at most that
    times (2|h|/dist)^k (Cauchy); a geometric series bounds the tail of the integrated series.
    """
    if not constants:
        return Interval.point(end - start, bits)
    total, a, parts = Interval(0, 0, bits), start, 4 * len(constants) + 4
    order = 8 + bits // ((parts // 2).bit_length() - 1)
    while a != end:
        distances = [floor_sqrt(a * a + c) for c in constants]
        dist = min(distances)
        require(dist > 0, "the path of integration meets a branch point")
        h = max(-dist / parts, min(dist / parts, end - a))
        if h != end - a:
            h = short(h)
        piece = Interval(0, 0, bits)
        for k, coefficient in enumerate(integrand_series(a, h, constants, order, bits)):
            piece = piece + coefficient.over(k + 1)
        bound = Fraction(1)
        for distance in distances:
            bound = bound * 2 / distance
        ratio = 2 * abs(h) / dist
        tail = bound * ratio ** (order + 1) / (1 - ratio)
        total = total + (piece + Interval.of(-tail, tail, bits)) * Interval.point(h, bits)
        a += h
    return total


# ---------------------------------------------------------------- regression limits


def orthogonal_weight(factors: list[Matrix]) -> Fraction:
    """The common w with U_l^T U_l = w I for every l."""
    weight = dot([row[0] for row in factors[0]], [row[0] for row in factors[0]])
    require(weight > 0, "a factor U_l has a zero column")
    for layer, factor in enumerate(factors, 1):
        for i in range(len(factor[0])):
            for j in range(i + 1):
                entry = dot([row[i] for row in factor], [row[j] for row in factor])
                require(
                    entry == (weight if i == j else 0),
                    f"U_{layer}^T U_{layer} is not {weight} times the identity",
                )
    return weight


def read_odeco(network: dict[str, Any], d: int) -> tuple[Matrix, list[Matrix]]:
    """(S, U_1..U_L) of the network, built here for the named kinds, read for kind odeco."""
    kind, depth = network.get("kind"), integer(network.get("depth"), 1, 1000, "depth")
    require_fields(network, "kind depth " + {"odeco": "S U", "matrix-sensing": "basis"}.get(str(kind), ""))
    if kind == "diagonal":
        identity = [[Fraction(int(i == j)) for j in range(d)] for i in range(d)]
        return identity, [identity] * depth
    if kind == "convolutional":
        require(d == 2, "real characters of the cyclic group exist for d = 2 only")
        characters = [[Fraction(1), Fraction(1)], [Fraction(1), Fraction(-1)]]
        return [[entry / 2 for entry in row] for row in characters], [characters] * depth
    if kind == "matrix-sensing":
        # Symmetric matrices with the orthogonal eigenvectors q_j: on them the network is diagonal, with the
        # projectors q_j q_j^T / |q_j|^2 as rows of S and as columns of every U_l.
        basis = matrix(network.get("basis"))
        for i, q in enumerate(basis):
            require(any(q) and not any(dot(q, p) for p in basis[:i]), "the basis is not orthogonal")
        projectors = [[a * b / dot(q, q) for a in q for b in q] for q in basis]
        return projectors, [[list(row) for row in zip(*projectors, strict=True)]] * depth
    require(kind == "odeco", f"no certificate is known for networks of kind {kind!r}")
    S = matrix(network.get("S"), width=d)
    return S, [matrix(factor, width=len(S)) for factor in listing(network.get("U"), "U", depth)]


class Component:
    """One component j of the reduced flow: pivot value z(0), constants c_l >= 0 and sign of the others."""

    def __init__(self, start_values: Sequence[Fraction]) -> None:
        pivot = min(reversed(range(len(start_values))), key=lambda layer: abs(start_values[layer]))
        others = [value for layer, value in enumerate(start_values) if layer != pivot]
        self.start = start_values[pivot]
        self.constants = [value * value - self.start * self.start for value in others]
        self.sign = -1 if sum(value < 0 for value in others) % 2 else 1
        self.confined = any(c == 0 for c in self.constants)
        self.frozen = self.confined and self.start == 0

    def roots(self, z: Interval) -> Interval:
        """prod sqrt(z^2 + c_l) over every layer but the pivot, with the sign of the others."""
        square, out = z.square(), Interval.point(Fraction(self.sign), z.bits)
        for c in self.constants:
            out = out * (square + Interval.point(c, z.bits)).sqrt()
        return out

    def product(self, z: Interval) -> Interval:
        """rho_j = sgn z prod sqrt(z^2 + c_l)."""
        return z * self.roots(z)

    def product_slope(self, z: Interval) -> Interval:
        """d rho_j / dz = sgn prod sqrt(z^2 + c_l) (1 + sum_l z^2 / (z^2 + c_l))."""
        square, factor = z.square(), Interval.point(Fraction(1), z.bits)
        for c in self.constants:
            factor = factor + square * (square + Interval.point(c, z.bits)).inverse()
        return self.roots(z) * factor


def check_regression_limit(certificate: dict[str, Any]) -> str:
    """Krawczyk's test for the limit of an odeco regression flow; returns what was proved."""
    X = matrix(certificate.get("X"))
    n, d = len(X), len(X[0])
    y = vector(certificate.get("y"), n)
    network = certificate.get("network")
    require(isinstance(network, dict), "network is missing")
    assert isinstance(network, dict)
    S, U = read_odeco(network, d)
    orthogonal_weight(U)
    layers = listing(certificate.get("v0"), "v0", len(U))
    v0 = [vector(layer, len(factor)) for layer, factor in zip(layers, U, strict=True)]
    m = len(S)
    eta = [
        [dot([row[j] for row in factor], layer) for j in range(m)]
        for factor, layer in zip(U, v0, strict=True)
    ]
    P = [[dot(S[j], X[i]) for i in range(n)] for j in range(m)]
    components = [Component([layer[j] for layer in eta]) for j in range(m)]
    if network["kind"] == "matrix-sensing":
        for given, weights in [*zip(X, zip(*P, strict=True), strict=True), *zip(v0, eta, strict=True)]:
            spanned = [dot(weights, column) for column in zip(*S, strict=True)]
            require(given == spanned, "a sensor or layer is not diagonal in the basis")
    moving = [j for j in range(m) if not components[j].frozen]

    bits = integer(certificate.get("bits"), 32, 10**6, "bits")
    z, nu = vector(certificate.get("z"), m), vector(certificate.get("nu"), n)
    radius_z, radius_nu = vector(certificate.get("radius_z"), m), vector(certificate.get("radius_nu"), n)
    size = len(moving) + n
    C = matrix(certificate.get("preconditioner"), size, size)
    radii = [radius_z[j] for j in moving] + radius_nu
    require(all(r > 0 for r in radii), "every radius must be positive")
    for j in range(m):
        part = components[j]
        if part.frozen:
            require(z[j] == 0 and radius_z[j] == 0, f"component {j + 1} cannot leave zero")
        elif part.confined:
            require(
                (abs(z[j]) > radius_z[j]) and (z[j] > 0) == (part.start > 0),
                f"component {j + 1} cannot change sign",
            )

    def point(value: Fraction) -> Interval:
        return Interval.point(value, bits)

    boxes = {j: Interval.of(z[j] - radius_z[j], z[j] + radius_z[j], bits) for j in moving}
    centre = [components[j].product(point(z[j])) for j in moving]
    values = []
    for j in moving:
        path = separation_integral(components[j].start, z[j], components[j].constants, bits)
        values.append((path if components[j].sign > 0 else -path) - point(dot(P[j], nu)))
    values += [combination([P[j][i] for j in moving], centre, bits) - point(y[i]) for i in range(n)]

    jacobian = [[Interval(0, 0, bits) for _ in range(size)] for _ in range(size)]
    for row, j in enumerate(moving):
        jacobian[row][row] = components[j].roots(boxes[j]).inverse()
        slope = components[j].product_slope(boxes[j])
        for i in range(n):
            jacobian[row][len(moving) + i] = point(-P[j][i])
            jacobian[len(moving) + i][row] = point(P[j][i]) * slope
    widths = [Interval.of(-r, r, bits) for r in radii]
    for a in range(size):
        correction = combination(C[a], values, bits)
        spread = Interval(0, 0, bits)
        for b in range(size):
            entry = point(Fraction(int(a == b))) - combination(C[a], [row[b] for row in jacobian], bits)
            spread = spread + entry * widths[b]
        moved = spread - correction
        require(Fraction(moved.magnitude, 1 << bits) < radii[a], f"Krawczyk's test fails in unknown {a + 1}")

    products = [components[j].product(boxes[j]) for j in moving]
    enclosure = matrix(certificate.get("enclosure"), d, 2)
    for index in range(d):
        beta = combination([S[j][index] for j in moving], products, bits)
        low, high = Fraction(beta.lo, 1 << bits), Fraction(beta.hi, 1 << bits)
        require(
            enclosure[index][0] <= low and high <= enclosure[index][1],
            f"beta_{index + 1} is not proved to lie there",
        )
    widest = max(high - low for low, high in enclosure)
    places = widest.denominator.bit_length() - widest.numerator.bit_length()
    return f"the flow converges to a limit inside the stated box, widest side about 2^{-places}"


# ---------------------------------------------------------------- exact statements


def check_linear_limit(certificate: dict[str, Any]) -> str:
    """Depth one: the limit is the interpolator that differs from the start by a row combination."""
    X = matrix(certificate.get("X"))
    n, d = len(X), len(X[0])
    y, start = vector(certificate.get("y"), n), vector(certificate.get("beta0"), d)
    multipliers, beta = vector(certificate.get("multipliers"), n), vector(certificate.get("beta"), d)
    for i in range(n):
        require(dot(X[i], beta) == y[i], f"beta does not interpolate sample {i + 1}")
    for z in range(d):
        moved = dot([row[z] for row in X], multipliers)
        require(beta[z] == start[z] + moved, f"beta_{z + 1} leaves the affine space beta0 + row space of X")
    return "beta is the limit of the linear flow from beta0"


Polynomial = dict[tuple[int, ...], Fraction]


def read_polynomial(terms: Any, variables: int) -> Polynomial:
    """[[coefficient, [exponents]], ...] with each monomial once."""
    out: Polynomial = {}
    for term in listing(terms, "a quantity"):
        coefficient, powers = listing(term, "a term [coefficient, exponents]", 2)
        powers = listing(powers, "exponents", variables)
        exponents = tuple(integer(power, 0, 1000, "an exponent") for power in powers)
        require(exponents not in out, "a monomial stands twice")
        out[exponents] = rational(coefficient)
    return {key: value for key, value in out.items() if value}


def derivative(polynomial: Polynomial, variable: int) -> Polynomial:
    """Partial derivative."""
    out: Polynomial = {}
    for exponents, value in polynomial.items():
        if exponents[variable]:
            lowered = (*exponents[:variable], exponents[variable] - 1, *exponents[variable + 1 :])
            out[lowered] = out.get(lowered, Fraction(0)) + value * exponents[variable]
    return out


def read_tensor(certificate: dict[str, Any]) -> tuple[list[int], dict[tuple[int, ...], Fraction]]:
    """(d, k_1, ..., k_L) and the entries {(z, j_1, ..., j_L): value} of a data tensor, indices from 0."""
    sizes = [certificate.get("input_dim"), *listing(certificate.get("shapes"), "shapes")]
    sizes = [integer(size, 1, 10**6, "a size of the tensor") for size in sizes]
    entries: dict[tuple[int, ...], Fraction] = {}
    for entry in listing(certificate.get("tensor"), "tensor"):
        place, value = listing(entry, "a tensor entry [[z, j_1, ..., j_L], value]", 2)
        places = zip(listing(place, "a tensor index", len(sizes)), sizes, strict=True)
        index = tuple(integer(i, 0, size - 1, "a tensor index") for i, size in places)
        require(index not in entries, "a tensor index stands twice")
        entries[index] = rational(value)
    require(any(entries.values()), "the tensor is zero")
    return sizes, entries


def check_conserved(certificate: dict[str, Any]) -> str:
    """<grad h, grad f_c> = 0 for all coordinates of the linear coefficients of a multilinear network."""
    (d, *shapes), tensor = read_tensor(certificate)
    offsets, variables = [sum(shapes[:layer]) for layer in range(len(shapes))], sum(shapes)
    coordinates: list[Polynomial] = [{} for _ in range(d)]
    for (z, *index), value in tensor.items():
        exponents = [0] * variables
        for offset, position in zip(offsets, index, strict=True):
            exponents[offset + position] = 1
        coordinates[z][tuple(exponents)] = value
    quantities = listing(certificate.get("quantities"), "quantities")
    for number, terms in enumerate(quantities, 1):
        h = read_polynomial(terms, variables)
        require(any(any(exponents) for exponents in h), f"quantity {number} is constant")
        slopes = [derivative(h, i) for i in range(variables)]
        for c, coordinate in enumerate(coordinates, 1):
            total: Polynomial = {}
            for i, slope in enumerate(slopes):
                for right, b in derivative(coordinate, i).items() if slope else ():
                    for left, a in slope.items():
                        key = tuple(p + q for p, q in zip(left, right, strict=True))
                        total[key] = total.get(key, Fraction(0)) + a * b
            require(not any(total.values()), f"quantity {number} is not conserved: see beta_{c}")
    return f"{len(quantities)} polynomial(s) are constant along the flow, whatever the data and the loss"


def check_odeco_form(certificate: dict[str, Any]) -> str:
    """The tensor is the stated sum of rank-one tensors with orthogonal factors, entry by entry."""
    (d, *shapes), tensor = read_tensor(certificate)
    S = matrix(certificate.get("S"), width=d)
    factors = listing(certificate.get("U"), "U", len(shapes))
    U = [matrix(factor, k, len(S)) for factor, k in zip(factors, shapes, strict=True)]
    orthogonal_weight(U)
    require(prod((d, *shapes)) <= 10**6, "the tensor is too large")
    partial: dict[tuple[int, ...], list[Fraction]] = {(z,): [row[z] for row in S] for z in range(d)}
    for factor in U:  # all m components of one entry at a time
        partial = {
            (*index, i): [a * b for a, b in zip(parts, row, strict=True)]
            for index, parts in partial.items()
            for i, row in enumerate(factor)
        }
    for index, parts in partial.items():
        require(sum(parts) == tensor.get(index, 0), f"the tensor differs from the sum at {list(index)}")
    return f"the data tensor is a sum of {len(S)} rank-one tensors with orthogonal factors"


def check_max_margin(certificate: dict[str, Any]) -> str:
    """KKT conditions of the hard-margin problem over the rationals; convexity makes them sufficient."""
    X = matrix(certificate.get("X"))
    n, d = len(X), len(X[0])
    y = vector(certificate.get("y"), n)
    require(all(abs(label) == 1 for label in y), "labels must be +-1")
    w, p = vector(certificate.get("w"), d), vector(certificate.get("multipliers"), n)
    norm = certificate.get("norm")
    require(norm in ("l1", "l2"), "norm must be l1 or l2")
    for i in range(n):
        margin = y[i] * dot(X[i], w)
        require(margin >= 1, f"sample {i + 1} has margin below one")
        require(p[i] >= 0, f"multiplier {i + 1} is negative")
        require(p[i] == 0 or margin == 1, f"multiplier {i + 1} belongs to a sample that is not on the margin")
    require(any(p), "all multipliers are zero")
    for z in range(d):
        slope = sum((p[i] * y[i] * X[i][z] for i in range(n)), Fraction(0))
        if norm == "l2":
            require(slope == w[z], f"w_{z + 1} is not the combination of the support vectors")
        else:
            require(abs(slope) <= 1, f"dual constraint {z + 1} is violated")
            require(
                w[z] == 0 or slope == (1 if w[z] > 0 else -1),
                f"w_{z + 1} is not complementary to its constraint",
            )
    return f"w solves the hard-margin problem in the {norm} norm"


CHECKS: dict[str, tuple[Callable[[dict[str, Any]], str], str]] = {
    "regression-limit": (
        check_regression_limit,
        "network X y v0 bits z nu radius_z radius_nu preconditioner enclosure",
    ),
    "linear-limit": (check_linear_limit, "X y beta0 multipliers beta"),
    "odeco-form": (check_odeco_form, "input_dim shapes tensor S U"),
    "conserved": (check_conserved, "input_dim shapes tensor quantities"),
    "max-margin": (check_max_margin, "X y norm w multipliers"),
}
"""Each kind of certificate: its check, and its fields besides format, version, kind and digest."""


def require_fields(record: dict[str, Any], names: str) -> None:
    """Every field is there and no other: nothing may stand in a certificate that is not checked."""
    expected = set(names.split())
    require(expected <= set(record), f"missing: {', '.join(sorted(expected - set(record)))}")
    require(set(record) <= expected, f"unknown: {', '.join(sorted(set(record) - expected))}")


def check(certificate: Any) -> str:
    """Re-check one certificate (parsed JSON); returns what was proved, raises `Refused` otherwise."""
    require(isinstance(certificate, dict), "a certificate is a JSON object")
    require(certificate.get("format") == FORMAT, f"format is not {FORMAT!r}")
    require(
        type(certificate.get("version")) is int and certificate["version"] == VERSION,
        f"version is not {VERSION}",
    )
    kind = certificate.get("kind")
    require(isinstance(kind, str) and kind in CHECKS, f"unknown kind {kind!r}; known: {', '.join(CHECKS)}")
    require(
        certificate.get("digest") == digest(certificate), "the digest does not match: a field was changed"
    )
    proof, fields = CHECKS[kind]
    require_fields(certificate, f"format version kind digest {fields}")
    return proof(certificate)
