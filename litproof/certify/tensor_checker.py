"""The independent checker, second part: identities, and paths of networks that are given by their data tensor.

Like `checker`, from which alone it imports, it computes with integers and fractions of the standard library.
The linear coefficients beta_z are polynomials in the parameters v. What each kind proves:

``conserved``: sum_k dh/dv_k dbeta_z/dv_k = 0 for every z: h is constant along the flow of every data set and loss.
``forward-pass``: the data tensor is that of the named architecture: multiplying e_z through the layers gives beta_z.
    diagonal: entry by entry; convolutional: h_i <- sum_j h_{(i+j) mod d} v_j, an inner product at last;
    fully-connected: x^T W_1 ... W_L; matrix-sensing: <A, W_1 ... W_L>; matrices row by row.
``odeco-form``: the data tensor is sum_j S_{j,z} u_{1,j} (x) ... (x) u_{L,j} with U_l^T U_l = w I.
``potential``: with w = sqrt(1 + q^2), s(q) = c F(q) + sum_i a_i q w^(-k_i), F = asinh (k = 1, 3, ..) or atan
    (k = 2, 4, ..), has s' = w^(1-L), since (q w^-k)' = (1 - k) w^-k + k w^(-k-2); and s(0) = 0. With t = q w^(L-1)
    then s' t = q: H = s t - q^2/2 has dH/dt = s, so it is H_L (theory R3).
``singular-pair``: for two layers and one sample (x, y) and K = [[0, y M(x)], [y M(x)^T, 0]]: the largest eigenvalue
    of K is simple, with an eigenvector (v_1, v_2) at an angle to +-w whose sine is at most `angle`. K has one
    eigenvalue above `level` (inertia of level I - K), so with the Rayleigh quotient q of w the part of w beside the
    eigenvector is at most |K w - q w| / (q - level). The layers of a classification flow tend to that pair.
``regression-path``: an enclosure of the limit of the gradient flow v' = -J^T r, r = X beta(v) - y, from v0. On each
    step a polynomial p(u), u = (time - T)/H in [0, 1], is compared with the flow: delta = dp/du + H J^T r(p) exactly,
    a polynomial. The Jacobian of the velocity is -J^T J - sum_z (X^T r)_z Hess beta_z, so its largest eigenvalue
    is at most mu, the largest absolute row sum of the second part. As long as the flow stays within a tube around
    p on which mu was bounded, the distance e of the two satisfies (logarithmic norm)

        e(1) <= exp(H mu) (e(0) + sup |delta|),

    and this is below the radius of the tube, so it does. At the end of the last step, let the singular values
    of J be at least s on the ball of radius e + reach around p(1). Then d|r|/dt <= -s |v'|, the rest of the
    path is no longer than |r|/s <= reach, it stays in the ball, and r tends to 0.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import isqrt, lcm, prod
from typing import Any

from litproof.certify.checker import (
    KINDS,
    Certificate,
    Interval,
    Kinds,
    combination,
    dot,
    integer,
    listing,
    matrix,
    rational,
    require,
    require_orthogonal,
    stated_box,
    vector,
    word,
)

Polynomial = dict[tuple[int, ...], Fraction]
"""{exponents of the parameters: coefficient}."""


def add_product(total: Polynomial, left: Polynomial, right: Polynomial, factor: int = 1) -> None:
    """total += factor * left * right."""
    for p, a in left.items():
        for q, b in right.items():
            key = tuple(map(sum, zip(p, q, strict=True)))
            total[key] = total.get(key, Fraction(0)) + factor * a * b


def parameter(variables: int, place: int) -> tuple[int, ...]:
    """The exponents of one parameter."""
    return tuple(int(p == place) for p in range(variables))


def derivative(polynomial: Polynomial, variable: int) -> Polynomial:
    """Partial derivative."""
    return {
        (*powers[:variable], powers[variable] - 1, *powers[variable + 1 :]): value * powers[variable]
        for powers, value in polynomial.items()
        if powers[variable]
    }


def read_polynomial(terms: Any, variables: int) -> Polynomial:
    """[[coefficient, [exponents]], ...] with each monomial once."""
    out: Polynomial = {}
    for term in listing(terms, "a quantity"):
        coefficient, powers = listing(term, "a term [coefficient, exponents]", 2)
        powers = listing(powers, "exponents", variables)
        exponents = tuple(integer(power, 0, 1000, "an exponent") for power in powers)
        require(exponents not in out, "a monomial stands twice")
        out[exponents] = rational(coefficient)
    return out


def read_tensor(certificate: Certificate) -> tuple[list[int], list[Polynomial]]:
    """(k_1, ..., k_L) and beta_1, ..., beta_d as polynomials, from entries [[z, j_1, ..., j_L], value]."""
    sizes = [certificate["input_dim"], *listing(certificate["shapes"], "shapes")]
    d, *shapes = [integer(size, 1, 10**4, "a size of the tensor") for size in sizes]
    beta: list[Polynomial] = [{} for _ in range(d)]
    for entry in listing(certificate["tensor"], "tensor"):
        place, value = listing(entry, "a tensor entry [[z, j_1, ..., j_L], value]", 2)
        places = zip(listing(place, "a tensor index", len(sizes)), (d, *shapes), strict=True)
        z, *index = (integer(i, 0, size - 1, "a tensor index") for i, size in places)
        units = [int(j == i) for i, size in zip(index, shapes, strict=True) for j in range(size)]
        require(tuple(units) not in beta[z], "a tensor index stands twice")
        beta[z][tuple(units)] = rational(value)
    require(any(any(entries.values()) for entries in beta), "the tensor is zero")
    return shapes, beta


def check_conserved(certificate: Certificate) -> str:
    """<grad h, grad beta_z> = 0 for all coordinates of the linear coefficients of a multilinear network."""
    shapes, beta = read_tensor(certificate)
    quantities = listing(certificate["quantities"], "quantities")
    for number, terms in enumerate(quantities, 1):
        h = read_polynomial(terms, sum(shapes))
        require(any(value and any(powers) for powers, value in h.items()), f"quantity {number} is constant")
        for z, coordinate in enumerate(beta, 1):
            total: Polynomial = {}
            for i in range(sum(shapes)):
                add_product(total, derivative(h, i), derivative(coordinate, i))
            require(not any(total.values()), f"quantity {number} is not conserved: see beta_{z}")
    return f"{len(quantities)} polynomial(s) are constant along the flow, whatever the data and the loss"


def wires(matrices: bool, short: bool, width: int, size: int, last: bool) -> list[tuple[int, int, int]]:
    """One layer of `size` parameters on `width` units: out[b] is the sum of in[a] * v[p] over all (a, p, b)."""
    if matrices:
        columns = size // width
        require(columns * width == size, "a layer is no matrix on the units before it")
        return [(a, a * columns + b, b) for a in range(width) for b in range(columns)]
    require(size == width or (short and size < width), "a layer does not fit the units before it")
    if short:
        return [((i + j) % width, j, i) for i in range(width) for j in range(size)]
    return [(i, i, 0 if last else i) for i in range(width)]


def check_forward_pass(certificate: Certificate) -> str:
    """Every unit vector, multiplied through the layers, gives the polynomial of the data tensor."""
    shapes, beta = read_tensor(certificate)
    known = ["diagonal", "convolutional", "fully-connected", "matrix-sensing"]
    name, total = word(certificate["architecture"], known, "architecture"), sum(shapes)
    side = isqrt(len(beta)) if name == "matrix-sensing" else 1
    require(name != known[3] or side * side == len(beta), "sensors are not square")
    for z, polynomial in enumerate(beta):
        start, end = divmod(z, side)
        units, width = {start: {(0,) * total: Fraction(1)}}, len(beta) // side
        for layer, size in enumerate(shapes):
            after: dict[int, Polynomial] = {}
            last = layer == len(shapes) - 1
            for a, p, b in wires(name in known[2:], name == known[1] and not last, width, size, last):
                weight = {parameter(total, sum(shapes[:layer]) + p): Fraction(1)}
                add_product(after.setdefault(b, {}), units.get(a, {}), weight)
            units, width = after, len(after)
        require(width == side, "the last layer has other outputs")
        add_product(polynomial, units[end], {(0,) * total: Fraction(-1)})
        require(not any(polynomial.values()), f"beta_{z + 1} is not that of the forward pass")
    return f"the data tensor is that of the {name} network"


def check_odeco_form(certificate: Certificate) -> str:
    """beta = S^T rho with rho_j = prod_l (U_l^T v_l)_j, as polynomials, with orthogonal factors."""
    shapes, beta = read_tensor(certificate)
    S = matrix(certificate["S"], width=len(beta))
    factors = listing(certificate["U"], "U", len(shapes))
    U = [matrix(factor, k, len(S)) for factor, k in zip(factors, shapes, strict=True)]
    require_orthogonal(U)
    require(len(S) * prod(shapes) <= 10**6, "the tensor is too large")
    total = sum(shapes)
    for j, row in enumerate(S):
        rho: Polynomial = {(0,) * total: Fraction(1)}
        for layer, factor in enumerate(U):
            longer: Polynomial = {}
            offset = sum(shapes[:layer])
            eta = {parameter(total, offset + i): u[j] for i, u in enumerate(factor) if u[j]}
            add_product(longer, rho, eta)
            rho = longer
        for z, weight in enumerate(row):
            add_product(beta[z], rho, {(0,) * total: -weight})
    for z, rest in enumerate(beta, 1):
        require(not any(rest.values()), f"beta_{z} differs from the sum")
    return f"the data tensor is a sum of {len(S)} rank-one tensors with orthogonal factors"


def check_singular_pair(certificate: Certificate) -> str:
    """Inertia and residual in exact arithmetic."""
    shapes, beta = read_tensor(certificate)
    size, x, level = sum(shapes), vector(certificate["x"], len(beta)), rational(certificate["level"])
    label, angle = integer(certificate["y"], -1, 1, "the label"), rational(certificate["angle"])
    require(len(shapes) == 2 and label != 0, "expected two layers and a label +-1")
    K = [[Fraction(0)] * size for _ in range(size)]
    for entry, polynomial in zip(x, beta, strict=True):
        for powers, value in polynomial.items():
            a, b = (k for k, power in enumerate(powers) if power)
            K[a][b] += label * entry * value
            K[b][a] = K[a][b]
    w = vector(certificate["w"], size)
    image, square = [dot(row, w) for row in K], dot(w, w)
    require(square > 0, "w is zero")
    ritz = dot(image, w) / square
    rest = [a - ritz * b for a, b in zip(image, w, strict=True)]
    near = dot(rest, rest) <= angle * angle * square * (ritz - level) ** 2
    require(angle > 0 and ritz > level and near, "w is not as close to an eigenvector as stated")
    rows, above = [[level * (i == j) - value for j, value in enumerate(row)] for i, row in enumerate(K)], 0
    for i, row in enumerate(rows):
        require(row[i] != 0, "level makes a minor vanish: the inertia cannot be read off")
        above += row[i] < 0
        for other in rows[i + 1 :]:
            factor = other[i] / row[i]
            other[i:] = [a - factor * b for a, b in zip(other[i:], row[i:], strict=True)]
    require(above == 1, f"{above} eigenvalues are above the level")
    return "w is close to the pair of singular vectors of M(x) of the largest singular value"


# ---------------------------------------------------------------- validated integration

TUBE = Fraction(1, 1 << 20)


@dataclass(frozen=True)
class Flow:
    """v' = -J^T r with r = X beta(v) - y, J = dr/dv, beta multilinear, all data integers.

    Denominators were cleared: the given network has beta / `parts`, and the time of this flow is `clock` times that
    of the given one. `terms` are the monomials of beta: (z, the parameters multiplied, coefficient). The methods
    compute in any ring that `lift` maps the integers into; polynomials v/unit with integer v give integer multiples
    of unit^-degree.
    """

    terms: list[tuple[int, list[int], int]]
    X: list[list[int]]
    y: list[int]
    depth: int
    size: int
    parts: int
    clock: Fraction

    def beta(self, v: Sequence[Any], lift: Callable[[int], Any]) -> list[Any]:
        """Linear coefficients, degree L."""
        out = [lift(0)] * len(self.X[0])
        for z, places, value in self.terms:
            out[z] = out[z] + prod([v[k] for k in places], start=lift(value))
        return out

    def coefficients(self, centre: Sequence[Fraction], radius: Fraction, bits: int) -> list[Interval]:
        """The linear coefficients as they were before denominators were cleared, over the box centre +- radius."""
        box = [Interval.around(x, bits, radius) for x in centre]
        return [entry.scaled(Fraction(1), self.parts) for entry in self.beta(box, lifting(bits))]

    def residual(self, v: Sequence[Any], lift: Callable[[int], Any], unit: int = 1) -> list[Any]:
        """r, degree L."""
        beta, targets = self.beta(v, lift), [lift(-t * unit**self.depth) for t in self.y]
        return [
            sum([lift(x) * b for x, b in zip(row, beta, strict=True)], t)
            for row, t in zip(self.X, targets, strict=True)
        ]

    def jacobian(self, v: Sequence[Any], lift: Callable[[int], Any]) -> list[list[Any]]:
        """J, degree L - 1."""
        rows = [[lift(0)] * self.size for _ in self.X]
        for z, places, value in self.terms:
            for k in places:
                slope = prod([v[other] for other in places if other != k], start=lift(value))
                for row, x in zip(rows, self.X, strict=True):
                    row[k] = row[k] + lift(x[z]) * slope
        return rows

    def growth(self, v: Sequence[Any], lift: Callable[[int], Interval]) -> Fraction:
        """An upper bound of the eigenvalues of -sum_z (X^T r)_z Hess beta_z over a box of intervals."""
        rows, r = [[lift(0)] * self.size for _ in v], self.residual(v, lift)
        for z, places, value in self.terms:
            pull = sum([lift(row[z] * value) * entry for row, entry in zip(self.X, r, strict=True)], lift(0))
            for k, other in permutations(places, 2):
                rest = [v[place] for place in places if place not in (k, other)]
                rows[k][other] = rows[k][other] + prod(rest, start=pull)
        return max(sum(map(magnitude, row), Fraction(0)) for row in rows)


def read_flow(certificate: Certificate) -> Flow:
    """The flow with all denominators cleared."""
    shapes, beta = read_tensor(certificate)
    X = matrix(certificate["X"], width=len(beta))
    y = vector(certificate["y"], len(X))
    below = lcm(*(x.denominator for row in X for x in row), *(t.denominator for t in y))
    parts = lcm(*(value.denominator for polynomial in beta for value in polynomial.values()))
    terms = [
        (z, [k for k, power in enumerate(powers) if power], int(value * parts))
        for z, polynomial in enumerate(beta)
        for powers, value in polynomial.items()
    ]
    rows, targets = [[int(x * below) for x in row] for row in X], [int(t * below * parts) for t in y]
    return Flow(terms, rows, targets, len(shapes), sum(shapes), parts, Fraction(1, (below * parts) ** 2))


def lifting(bits: int) -> Callable[[int], Interval]:
    """Integers as intervals."""
    return lambda value: Interval.around(value, bits)


def magnitude(interval: Interval) -> Fraction:
    """The largest absolute value."""
    return max(map(abs, interval.ends))


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


def defect(flow: Flow, path: Sequence[Sequence[int]], length: Fraction, bits: int) -> Fraction:
    """An upper bound of |dp/du + H J^T r(p)| on [0, 1], p = path/2^bits.

    A polynomial with integer coefficients is computed with as one integer, its value at a large power of two: by the
    sums of the absolute values of all coefficients, those of J^T r stay below half of it.
    """
    largest = max(1 << bits, *(sum(map(abs, p)) for p in path)).bit_length()
    data = [abs(value) for _, _, value in flow.terms] + [abs(x) for row in (flow.y, *flow.X) for x in row]
    width = (2 * flow.depth - 1) * largest + 4 * (max(data).bit_length() + len(data).bit_length()) + 3
    v = [sum(c << (k * width) for k, c in enumerate(p)) for p in path]
    r, J, bounds = flow.residual(v, int, 1 << bits), flow.jacobian(v, int), []
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


def follow(flow: Flow, certificate: Certificate) -> tuple[list[Fraction], Fraction]:
    """The end of the path, and how far from it the flow is at that time at most."""
    bits = integer(certificate["bits"], 32, 10**5, "bits")
    layers = [vector(layer) for layer in listing(certificate["v0"], "v0", flow.depth)]
    place, error = [x for layer in layers for x in layer], Fraction(0)
    require([len(layer) for layer in layers] == certificate["shapes"], "v0 has other shapes than the tensor")
    lengths = vector(certificate["lengths"])
    steps = listing(certificate["path"], "path", len(lengths))
    for number, (length, polynomials) in enumerate(zip(lengths, steps, strict=True), 1):
        require(length > 0, f"step {number} has no positive length")
        path = [
            [integer(c, -(1 << 3 * bits), 1 << 3 * bits, "a coefficient") for c in listing(p, "a polynomial")]
            for p in listing(polynomials, "a step", flow.size)
        ]
        error += norm([Fraction(p[0], 1 << bits) - x for p, x in zip(path, place, strict=True)], 2 * bits)
        place, hull = [Fraction(sum(p), 1 << bits) for p in path], []
        for p in path:
            low, high = (Fraction(p[0] + sum(f(c, 0) for c in p[1:]), 1 << bits) for f in (min, max))
            hull.append(Interval.around((low + high) / 2, bits, (high - low) / 2 + TUBE))
        factor = exponential(length * flow.clock * flow.growth(hull, lifting(bits)), bits)
        error = Interval.around(
            (error + defect(flow, path, length * flow.clock, bits)) * factor, 2 * bits
        ).ends[1]
        require(error < TUBE, f"step {number}: the flow may leave the tube")

    return place, error


def check_regression_path(certificate: Certificate) -> str:
    """Follow the path step by step, then bound what is left of it."""
    flow = read_flow(certificate)
    place, error = follow(flow, certificate)
    reach, n, bits = rational(certificate["reach"]), len(flow.y), certificate["bits"]
    lift = lifting(bits)
    near, box = ([Interval.around(x, bits, error + more) for x in place] for more in (0, reach))
    C, columns = (
        matrix(certificate["preconditioner"], n, n),
        list(zip(*flow.jacobian(box, lift), strict=True)),
    )
    rows = [[combination(c, column, bits) for column in columns] for c in C]
    gram = [[sum((a * b for a, b in zip(p, q, strict=True)), lift(0)) for q in rows] for p in rows]
    least = min(2 * row[i].ends[0] - sum(map(magnitude, row)) for i, row in enumerate(gram))
    size = sum(magnitude(x) ** 2 for x in flow.residual(near, lift)) * sum(c * c for row in C for c in row)
    # The singular values of J are at least sqrt(least)/|C|.
    require(
        least > 0 and reach > 0 and size <= least * reach * reach,
        "the rest of the path is not bounded by reach",
    )
    where = stated_box(certificate["enclosure"], flow.coefficients(place, error + reach, bits), "beta")
    return f"the flow converges to a limit {where}"


def check_potential(certificate: Certificate) -> str:
    """Both sides of s' = w^(1-L) as combinations of powers of 1/w."""
    depth, functions = integer(certificate["depth"], 2, 1000, "depth"), ["asinh", "atan"]
    k = 1 + functions.index(word(certificate["function"], functions, "function"))
    powers = {k: rational(certificate["multiple"])}
    for coefficient in vector(certificate["coefficients"]):
        powers[k] += (1 - k) * coefficient
        k += 2
        powers[k] = (k - 2) * coefficient
    left = {power: value for power, value in powers.items() if value}
    require(left == {depth - 1: 1}, f"the derivative of s is not (1 + q^2)^(-{depth - 1}/2)")
    return f"s and s t - q^2/2 are h_{depth}^-1 and H_{depth} along t = q (1 + q^2)^({depth - 1}/2)"


ALL_KINDS: Kinds = {
    **KINDS,
    "conserved": (check_conserved, "input_dim shapes tensor quantities"),
    "forward-pass": (check_forward_pass, "architecture input_dim shapes tensor"),
    "potential": (check_potential, "depth function multiple coefficients"),
    "odeco-form": (check_odeco_form, "input_dim shapes tensor S U"),
    "singular-pair": (check_singular_pair, "input_dim shapes tensor x y w level angle"),
    "regression-path": (
        check_regression_path,
        "input_dim shapes tensor X y v0 bits lengths path preconditioner reach enclosure",
    ),
}
"""Every kind of certificate, for `checker.check`."""
