"""Zeros of tau(z) = P nu, P^T rho(z) = target: Krawczyk's test."""

from collections.abc import Sequence
from fractions import Fraction

from litproof.certify.checker.coordinate import Coordinate
from litproof.certify.checker.exact import Certificate, Matrix, dot, integer, matrix, require, vector
from litproof.certify.checker.interval import Interval, combination, magnitude
from litproof.certify.checker.work import Work, magnitude_bits, size, span


def preconditioned(z: int, nu: int) -> int:
    """Products of C F' and of C F for so many unknowns; the part of F' in z and tau is diagonal, that in nu is zero."""
    return (z + nu) * (2 * z * nu + z) + 4 * (z + nu) ** 2


def krawczyk(
    certificate: Certificate, coordinates: Sequence[Coordinate], P: Matrix, target: list[Fraction], work: Work
) -> tuple[list[Interval], list[Interval], list[Interval]]:
    """The boxes z, nu +- radius, proved to hold one zero: |C F(centre)| + |1 - C F'(box)| radius < radius; and rho.

    The zero lies in the interior of the box, and F' is regular there. Unknowns of radius 0 are 0 and stay out, with
    their equations: whether they may, the caller decides.
    """
    bits, m, n = integer(certificate["bits"], 32, 10**5, "bits"), len(P), len(target)
    z, nu = vector(certificate["z"], m), vector(certificate["nu"], n)
    radii = vector(certificate["radius_z"], m) + vector(certificate["radius_nu"], n)
    require(all(r > 0 or r == x == 0 for x, r in zip(z + nu, radii, strict=True)), "a radius is not positive")
    moving, active = [j for j in range(m) if radii[j]], [i for i in range(n) if radii[m + i]]
    unknowns = len(moving) + len(active)
    C = matrix(certificate["preconditioner"], unknowns, unknowns) if unknowns else []
    plans = [coordinates[j].announce(z[j], radii[j], bits, work) for j in moving]
    entries = [x for row in (*P, *C) for x in row]
    constants = [c for part in coordinates for c in part.constants]
    around = magnitude_bits([*(abs(x) + r for x, r in zip(z + nu, radii, strict=True)), *constants, *entries])
    layers = 3 + max((len(part.constants) for part in coordinates), default=0)
    work.fractions(m * n, span(nu) + max(map(span, P)))
    work.intervals(
        preconditioned(len(moving), len(active)) + m * n + 4 * m * layers,
        bits + layers * around + max(map(size, entries), default=0),
    )

    reach, boxes = [r for r in radii if r], list(map(Interval.around, z + nu, [bits] * (m + n), radii))
    centre = [Interval.around(z[j], bits) for j in moving]
    rho = [point * coordinates[j].roots(point) for j, point in zip(moving, centre, strict=True)]
    values = [
        coordinates[j].tau(z[j], bits, plan) + Interval.around(-dot(P[j], nu), bits)
        for j, plan in zip(moving, plans, strict=True)
    ]
    fits = [combination([P[j][i] for j in moving], rho, bits) for i in active]
    values += [fit + Interval.around(-target[i], bits) for fit, i in zip(fits, active, strict=True)]
    # the entries of F' that are not zero everywhere, with their rows
    columns = [[(row, coordinates[j].roots(boxes[j]).inverse())] for row, j in enumerate(moving)]
    columns += [[] for _ in active]
    for row, j in enumerate(moving):
        slope = coordinates[j].slope(boxes[j])
        for k, i in enumerate(active, len(moving)):
            columns[k].append((row, Interval.around(-P[j][i], bits)))
            columns[row].append((k, slope.scaled(P[j][i])))
    for a, weights in enumerate(C):
        moved = magnitude(combination(weights, values, bits))
        for b, column in enumerate(columns):
            used = combination([weights[row] for row, _ in column], [entry for _, entry in column], bits)
            entry = used + Interval.around(-int(a == b), bits)
            moved += magnitude(entry) * reach[b]
        require(moved < reach[a], f"Krawczyk's test fails in unknown {a + 1}")
    return boxes[:m], boxes[m:], [z * part.roots(z) for z, part in zip(boxes, coordinates, strict=False)]
