"""Kind ``stationary-margin``: a stationary (KKT) point of the l_{2/L} margin problem, L >= 3.

The problem is min sum_j |rho_j|^(2/L) subject to y_i x_i^T S^T rho >= 1. With rho_j = z_j |z_j|^(L-1) and P of the rows
y_i x_i, rho_j = 0 or z_j |z_j|^(1-L) = (P nu)_j; nu_i = 0 and the margin is 1 or more, or nu_i > 0 and it is 1. These
are the equations of `regression_limit` for a start at infinity, with P and the margins multiplied by -1/(L-2). Which of
these points are local minima: `derivations/bodies/lemma-least-norm.tex` (`litproof derive A9`).
"""

from fractions import Fraction

from litproof.certify.checker.coordinate import Coordinate
from litproof.certify.checker.exact import Certificate, Matrix, dot, integer, matrix, require, vector
from litproof.certify.checker.interval import combination, stated_box
from litproof.certify.checker.krawczyk import krawczyk
from litproof.certify.checker.regression_limit import products
from litproof.certify.checker.work import Work, span

NAMES = "depth S X y bits z nu radius_z radius_nu preconditioner rho"


def signed(X: Matrix, y: list[Fraction]) -> Matrix:
    """The rows y_i x_i; every label must be +-1."""
    require(all(abs(label) == 1 for label in y), "labels must be +-1")
    return [[label * x for x in row] for row, label in zip(X, y, strict=True)]


def check_stationary_margin(certificate: Certificate, work: Work) -> str:
    """Krawczyk's test for a stationary point of the l_{2/L} margin problem, and its inequalities."""
    X, S = matrix(certificate["X"]), matrix(certificate["S"])
    depth, n, m = integer(certificate["depth"], 3, 1000, "depth"), len(X), len(S)
    P, scale = products(S, signed(X, vector(certificate["y"], n)), work), Fraction(-1, depth - 2)
    coordinates = [Coordinate(None, [Fraction(0)] * (depth - 1), 1)] * m
    z, nu, rho = krawczyk(
        certificate, coordinates, [[scale * x for x in row] for row in P], [scale] * n, work
    )
    on, active = [j for j in range(m) if z[j].hi > z[j].lo], [i for i in range(n) if nu[i].hi > nu[i].lo]
    stated = matrix(certificate["rho"], m, 2)
    work.fractions(
        m * n, span(low for low, _ in stated) + max(map(span, P)) + max(map(span, zip(*P, strict=True)))
    )
    require(all(any(stated[j]) == (j in on) for j in range(m)), "rho and z vanish at different places")
    exact = all(low == high for low, high in stated)
    # As many margins 1 as unknowns are a regular system: an exact solution is the point in the box.
    require(not exact or len(on) == len(active), "rho is stated exactly without as many equations")
    where = "rho exactly as stated" if exact else stated_box(certificate["rho"], rho, "rho")
    for i, row in enumerate(zip(*P, strict=True)):
        margin = dot(row, [low for low, _ in stated]) if exact else combination(row, rho, rho[0].bits).ends[0]
        beyond = margin > 1 or (exact and margin == 1)
        require(i in active or beyond, f"sample {i + 1} is not proved to be beyond the margin")
        require(not exact or i not in active or margin == 1, f"sample {i + 1} does not have margin 1")
        require(i not in active or nu[i].lo > 0, f"multiplier {i + 1} is not proved to be positive")
    nature = "a strict local minimum" if len(on) == len(active) else "not a minimum"
    return f"a stationary point of the l_(2/{depth}) margin problem, {nature}, {where}"
