"""Identities between polynomials. The linear coefficients beta_z are polynomials in the parameters v.

``conserved``: sum_k dh/dv_k dbeta_z/dv_k = 0 for every z: h is constant along the flow of every data set and loss.
``forward-pass``: the data tensor is that of the named architecture: multiplying e_z through the layers gives beta_z.
    diagonal: entry by entry; convolutional: h_i <- sum_j h_{(i+j) mod d} v_j, an inner product at last;
    fully-connected: x^T W_1 ... W_L; matrix-sensing: <A, W_1 ... W_L>; matrices row by row.
``odeco-form``: the data tensor is sum_j S_{j,z} u_{1,j} (x) ... (x) u_{L,j} with U_l^T U_l = w I.
``potential``: with w = sqrt(1 + q^2), s(q) = c F(q) + sum_i a_i q w^(-k_i), F = asinh (k = 1, 3, ..) or atan
    (k = 2, 4, ..), has s' = w^(1-L), since (q w^-k)' = (1 - k) w^-k + k w^(-k-2); and s(0) = 0. With t = q w^(L-1)
    then s' t = q: H = s t - q^2/2 has dH/dt = s, so it is H_L (theory R3).
"""

from fractions import Fraction
from math import isqrt

from litproof.certify.checker.exact import (
    Certificate,
    integer,
    listing,
    matrix,
    rational,
    require,
    vector,
    word,
)
from litproof.certify.checker.regression_limit import require_orthogonal
from litproof.certify.checker.tensor import (
    Polynomial,
    add_product,
    derivatives,
    read_polynomial,
    read_tensor,
    values_of,
)
from litproof.certify.checker.work import Work, span

CONSERVED = "input_dim shapes tensor quantities"
FORWARD_PASS = "architecture input_dim shapes tensor"
ODECO_FORM = "input_dim shapes tensor S U"
POTENTIAL = "depth function multiple coefficients"


def check_conserved(certificate: Certificate, work: Work) -> str:
    """<grad h, grad beta_z> = 0 for all coordinates of the linear coefficients of a multilinear network."""
    shapes, beta = read_tensor(certificate)
    entries = values_of(beta)
    work.spend(len(entries) * (len(shapes) + 5))
    slopes = [derivatives(coordinate) for coordinate in beta]
    often: dict[int, int] = {}
    for coordinate in slopes:
        for place, terms in coordinate.items():
            often[place] = often.get(place, 0) + len(terms)
    common = span(entries)
    quantities = listing(certificate["quantities"], "quantities")
    for number, terms in enumerate(quantities, 1):
        h = read_polynomial(terms, sum(shapes))
        require(any(value and monomial for monomial, value in h.items()), f"quantity {number} is constant")
        work.spend(sum(len(monomial) * (len(monomial) + 3) for monomial in h))
        gradient = derivatives(h)
        longest = max(map(len, h)) + len(shapes)
        pairs = sum(len(part) * often.get(place, 0) for place, part in gradient.items())
        work.spend(len(beta) * len(gradient) + pairs * longest)
        work.fractions(pairs, span(h.values()) + common + 10)
        for z, coordinate in enumerate(slopes, 1):
            total: Polynomial = {}
            for place, part in gradient.items():
                if place in coordinate:
                    add_product(total, part, coordinate[place])
            require(not any(total.values()), f"quantity {number} is not conserved: see beta_{z}")
    return f"{len(quantities)} polynomial(s) are constant along the flow, whatever the data and the loss"


def unit_numbers(name: str, shapes: list[int], width: int) -> list[int]:
    """How many units stand before each layer, and after the last one."""
    out = [width]
    for layer, size in enumerate(shapes):
        if name in ("fully-connected", "matrix-sensing"):
            require(size % width == 0, "a layer is no matrix on the units before it")
            width = size // width
        else:
            short = name == "convolutional" and layer < len(shapes) - 1
            require(size == width or (short and size < width), "a layer does not fit the units before it")
            width = 1 if layer == len(shapes) - 1 else width
        out.append(width)
    return out


def wires(name: str, width: int, size: int, last: bool) -> list[tuple[int, int, int]]:
    """One layer of `size` parameters on `width` units: out[b] is the sum of in[a] * v[p] over all (a, p, b)."""
    if name in ("fully-connected", "matrix-sensing"):
        columns = size // width
        return [(a, a * columns + b, b) for a in range(width) for b in range(columns)]
    if name == "convolutional" and not last:
        return [((i + j) % width, j, i) for i in range(width) for j in range(size)]
    return [(i, i, 0 if last else i) for i in range(width)]


def check_forward_pass(certificate: Certificate, work: Work) -> str:
    """Every unit vector, multiplied through the layers, gives the polynomial of the data tensor."""
    shapes, beta = read_tensor(certificate)
    known = ["diagonal", "convolutional", "fully-connected", "matrix-sensing"]
    name = word(certificate["architecture"], known, "architecture")
    side = isqrt(len(beta)) if name == "matrix-sensing" else 1
    require(name != "matrix-sensing" or side * side == len(beta), "sensors are not square")
    widths = unit_numbers(name, shapes, len(beta) // side)
    require(widths[-1] == side, "the last layer has other outputs")
    paths = 1
    for layer, (size, width, after) in enumerate(zip(shapes, widths, widths[1:], strict=False), 1):
        convolution = name == "convolutional" and layer < len(shapes)
        lines = width * size if convolution else max(size, width)
        paths *= size if convolution else after if name in known[2:] else 1
        work.spend(len(beta) * (lines + paths * (layer + 5)))
    minus: Polynomial = {(): Fraction(-1)}
    for z, polynomial in enumerate(beta):
        start, end = divmod(z, side)
        units: dict[int, Polynomial] = {start: {(): Fraction(1)}}
        first = 0
        for layer, (size, width) in enumerate(zip(shapes, widths, strict=False), 1):
            after_layer: dict[int, Polynomial] = {}
            for a, p, b in wires(name, width, size, layer == len(shapes)):
                if a in units:
                    add_product(after_layer.setdefault(b, {}), units[a], {(first + p,): Fraction(1)})
            units, first = after_layer, first + size
        add_product(polynomial, units.get(end, {}), minus)
        require(not any(polynomial.values()), f"beta_{z + 1} is not that of the forward pass")
    return f"the data tensor is that of the {name} network"


def check_odeco_form(certificate: Certificate, work: Work) -> str:
    """beta = S^T rho with rho_j = prod_l (U_l^T v_l)_j, as polynomials, with orthogonal factors."""
    shapes, beta = read_tensor(certificate)
    S = matrix(certificate["S"], width=len(beta))
    factors = listing(certificate["U"], "U", len(shapes))
    U = [matrix(factor, k, len(S)) for factor, k in zip(factors, shapes, strict=True)]
    require_orthogonal(U, work)
    bits = sum(span(x for row in rows for x in row) for rows in (S, *U)) + span(values_of(beta))
    terms = len(S)
    for size in shapes:
        terms *= size
        work.spend(terms * len(shapes))
    work.spend(terms * len(beta) * len(shapes))
    work.fractions(terms * (len(beta) + 2), bits)
    for j, row in enumerate(S):
        rho: Polynomial = {(): Fraction(1)}
        first = 0
        for factor in U:
            longer: Polynomial = {}
            eta: Polynomial = {(first + i,): u[j] for i, u in enumerate(factor) if u[j]}
            add_product(longer, rho, eta)
            rho, first = longer, first + len(factor)
        for z, weight in enumerate(row):
            add_product(beta[z], rho, {(): -weight})
    for z, rest in enumerate(beta, 1):
        require(not any(rest.values()), f"beta_{z} differs from the sum")
    return f"the data tensor is a sum of {len(S)} rank-one tensors with orthogonal factors"


def check_potential(certificate: Certificate, work: Work) -> str:
    """Both sides of s' = w^(1-L) as combinations of powers of 1/w."""
    depth, functions = integer(certificate["depth"], 2, 1000, "depth"), ["asinh", "atan"]
    k = 1 + functions.index(word(certificate["function"], functions, "function"))
    coefficients = vector(certificate["coefficients"])
    require(len(coefficients) <= depth, f"depth {depth} has at most {depth} coefficients")
    work.fractions(4 * len(coefficients), 2 * max(map(span, ([x] for x in coefficients))))
    powers = {k: rational(certificate["multiple"])}
    for coefficient in coefficients:
        powers[k] += (1 - k) * coefficient
        k += 2
        powers[k] = (k - 2) * coefficient
    left = {power: value for power, value in powers.items() if value}
    require(left == {depth - 1: 1}, f"the derivative of s is not (1 + q^2)^(-{depth - 1}/2)")
    return f"s and s t - q^2/2 are h_{depth}^-1 and H_{depth} along t = q (1 + q^2)^({depth - 1}/2)"
