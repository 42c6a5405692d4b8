"""Kind ``regression-limit``: the limit of an odeco regression flow.

The network is odeco (real S, U_l with U_l^T U_l = w I), or deep matrix sensing where sensors and layers share their
eigenvectors, trained by gradient flow on the squared loss from v0. With P = S X^T, the pivot layer p of component j the
last of smallest |eta_{l,j}(0)|, z_j = eta_{p,j} and c_l = eta_{l,j}(0)^2 - eta_{p,j}(0)^2, Krawczyk's test proves that
the box (z, nu) +- radius holds exactly one zero of tau(z) = P nu, P^T rho(z) = y in its interior, tau_j the integral of
sgn_j / prod_{l != p} sqrt(u^2 + c_l) from z_j(0) to z_j and rho_j = sgn_j z_j prod_{l != p} sqrt(z_j^2 + c_l). The flow
tends to it: `derivations/bodies/lemma-dual-flow.tex` (`litproof derive A1`). Components with two zero layers at the
start, and they only, have radius 0 and z_j = 0. beta = S^T rho over the box must lie in the enclosure that is stated.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from litproof.certify.checker.coordinate import Coordinate
from litproof.certify.checker.exact import (
    Certificate,
    Matrix,
    dot,
    fields,
    integer,
    listing,
    matrix,
    require,
    transposed,
    vector,
    word,
)
from litproof.certify.checker.interval import combination, stated_box
from litproof.certify.checker.krawczyk import krawczyk
from litproof.certify.checker.work import Work, size, span

NAMES = "network X y v0 bits z nu radius_z radius_nu preconditioner enclosure"


def products(S: Matrix, rows: Matrix, work: Work) -> Matrix:
    """S rows^T: one row for each row of S."""
    require(len(S[0]) == len(rows[0]), "S and X have rows of different lengths")
    entries = [[(k, value) for k, value in enumerate(s) if value] for s in S]
    work.fractions(sum(map(len, entries)) * len(rows), max(map(span, S)) + max(map(span, rows)))
    work.spend(len(S) * len(rows))
    return [[sum((v * row[k] for k, v in used), Fraction(0)) for row in rows] for used in entries]


def require_orthogonal(factors: Sequence[Matrix], work: Work) -> None:
    """U_l^T U_l = w I for every l, with one w > 0."""
    different = {id(factor): (layer, factor) for layer, factor in enumerate(factors, 1)}
    for _, factor in different.values():
        work.fractions(len(factor) * len(factor[0]) ** 2, 2 * max(map(span, transposed(factor))))
    weight = dot([row[0] for row in factors[0]], [row[0] for row in factors[0]])
    require(weight > 0, "a factor U_l has a zero column")
    for layer, factor in different.values():
        columns = transposed(factor)
        for i, column in enumerate(columns):
            for j, other in enumerate(columns[: i + 1]):
                require(dot(column, other) == weight * (i == j), f"U_{layer}^T U_{layer} is no multiple of I")


def read_odeco(network: Any, d: int, work: Work) -> tuple[Matrix, list[Matrix]]:
    """(S, U_1..U_L) of the network, built here for the named kinds, read for kind odeco."""
    more = {"diagonal": "", "convolutional": "", "matrix-sensing": "basis", "odeco": "S U"}
    require(isinstance(network, dict), "network must be an object")
    kind = word(network.get("kind"), list(more), "network kind")
    fields(network, f"kind depth {more[kind]}")
    depth = integer(network["depth"], 1, 1000, "depth")
    work.fractions(d * d, 1)
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
        work.fractions(3 * len(basis) ** 2 * len(basis[0]) + len(basis) ** 3, 4 * max(map(span, basis)))
        for i, q in enumerate(basis):
            require(any(q) and not any(dot(q, p) for p in basis[:i]), "the basis is not orthogonal")
        S = [[a * b / dot(q, q) for a in q for b in q] for q in basis]
        U = transposed(S)
    else:
        S = matrix(network["S"], width=d)
        return S, [matrix(factor, width=len(S)) for factor in listing(network["U"], "U", depth)]
    return S, [U] * depth


def check_regression_limit(certificate: Certificate, work: Work) -> str:
    """Krawczyk's test for the limit of an odeco regression flow; returns what was proved."""
    X = matrix(certificate["X"])
    y, network, d = vector(certificate["y"], len(X)), certificate["network"], len(X[0])
    S, U = read_odeco(network, d, work)
    require_orthogonal(U, work)
    layers = listing(certificate["v0"], "v0", len(U))
    v0 = [vector(layer, len(factor)) for layer, factor in zip(layers, U, strict=True)]
    for factor, v in zip(U, v0, strict=True):
        work.fractions(len(v) * len(S), span(v) + max(map(span, transposed(factor))))
    eta = [[dot(column, v) for column in zip(*factor, strict=True)] for factor, v in zip(U, v0, strict=True)]
    P = products(S, X, work)
    if network["kind"] == "matrix-sensing":
        weights = [*transposed(P), *eta]
        columns = transposed(S)
        work.fractions(len(weights) * len(S) * d, max(map(span, weights)) + max(map(span, columns)))
        for row, scales in zip([*X, *v0], weights, strict=True):
            spanned = [dot(scales, column) for column in columns]
            require(row == spanned, "a sensor or layer is not diagonal in the basis")
    coordinates = []
    work.fractions(2 * len(eta) * len(S), 2 * max(size(x) for layer in eta for x in layer))
    for values in zip(*eta, strict=True):
        pivot = min(reversed(range(len(values))), key=lambda layer: abs(values[layer]))
        start, others = values[pivot], values[:pivot] + values[pivot + 1 :]
        constants = [value * value - start * start for value in others]
        coordinates.append(Coordinate(start, constants, (-1) ** sum(value < 0 for value in others)))
    boxes, multipliers, rho = krawczyk(certificate, coordinates, P, y, work)
    require(all(nu.hi > nu.lo for nu in multipliers), "a multiplier is left out")
    for number, (part, z) in enumerate(zip(coordinates, boxes, strict=True), 1):
        frozen = 0 in part.constants and part.start == 0
        require(frozen == (z.hi == z.lo), f"component {number} {'cannot leave' if frozen else 'leaves'} zero")
    beta = [combination(column, rho, rho[0].bits) for column in zip(*S, strict=True)]
    return f"the flow converges to {stated_box(certificate['enclosure'], beta, 'beta')}"
