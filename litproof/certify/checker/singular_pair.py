"""Kind ``singular-pair``: two layers and one sample (x, y), K = [[0, y M(x)], [y M(x)^T, 0]].

The largest eigenvalue of K is simple, with an eigenvector (v_1, v_2) at an angle to +-w whose sine is at most `angle`:
K has one eigenvalue above `level`, read off the signs of the leading minors of level I - K (each change of sign is
one negative eigenvalue, Jacobi), so with the Rayleigh quotient q of w the part of w beside the eigenvector is at most
|K w - q w| / (q - level). The start (v_1, v_2)(0) has a part along the eigenvector, since its inner product with w
exceeds `angle` times both lengths: so the layers of the classification flow tend to that pair (theory K4).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from litproof.certify.checker.exact import Certificate, dot, integer, listing, rational, require, vector
from litproof.certify.checker.tensor import read_tensor, values_of
from litproof.certify.checker.work import Work, size, span

NAMES = "input_dim shapes tensor x y v0 w level angle"
WIDEST = Fraction(1, 10)
"""Of the stated angle's sine: a vector further away says nothing about the eigenvector."""


def sign_changes(rows: Sequence[Sequence[int]], work: Work) -> int:
    """Sign changes in the sequence of leading minors, of order 0 (which is 1) to n; refused where one is 0.

    Elimination without fractions (Bareiss): after k steps the entries are minors of order k + 1, and the next pivot
    is the leading one.
    """
    left, before, changes = [list(row) for row in rows], 1, 0
    bits = max(value.bit_length() for row in rows for value in row)
    work.products(3 * len(rows) ** 3, 2 * len(rows) * (bits + len(rows).bit_length()))
    while left:
        pivot, *others = left
        require(pivot[0] != 0, "level makes a minor vanish: the inertia cannot be read off")
        changes += (pivot[0] < 0) != (before < 0)
        left = [
            [(pivot[0] * a - row[0] * b) // before for a, b in zip(row[1:], pivot[1:], strict=True)]
            for row in others
        ]
        before = pivot[0]
    return changes


def check_singular_pair(certificate: Certificate, work: Work) -> str:
    """Inertia and residual in exact arithmetic."""
    shapes, beta = read_tensor(certificate)
    require(len(shapes) == 2, "expected two layers")
    total, x, level = sum(shapes), vector(certificate["x"], len(beta)), rational(certificate["level"])
    label, angle = integer(certificate["y"], -1, 1, "the label"), rational(certificate["angle"])
    require(label != 0, "the label must be 1 or -1")
    require(0 < angle <= WIDEST, f"the angle's sine must be positive and at most {WIDEST}")
    w = vector(certificate["w"], total)
    layers = zip(listing(certificate["v0"], "v0", 2), shapes, strict=True)
    start = [entry for layer, length in layers for entry in vector(layer, length)]
    work.fractions(total * total, 1)
    work.fractions(2 * len(values_of(beta)), span(values_of(beta)) + span(x))
    K = [[Fraction(0)] * total for _ in range(total)]
    for entry, polynomial in zip(x, beta, strict=True):
        for (a, b), value in polynomial.items():
            K[a][b] += label * entry * value
            K[b][a] = K[a][b]

    widest = max(map(span, K)) + span(w)
    work.fractions(total * total + 2 * total, widest)
    image, square = [dot(row, w) for row in K], dot(w, w)
    require(square > 0, "w is zero")
    ritz = dot(image, w) / square
    work.fractions(6 * total, span(image) + span(w) + size(ritz) + size(level) + size(angle))
    rest = [a - ritz * b for a, b in zip(image, w, strict=True)]
    near = dot(rest, rest) <= angle * angle * square * (ritz - level) ** 2
    require(ritz > level and near, "w is not as close to an eigenvector as stated")
    work.fractions(3 * total, 2 * (span(start) + span(w) + size(angle)))
    nonzero = dot(start, w) ** 2 > angle * angle * dot(start, start) * square
    require(nonzero, "the start is not proved to have a part along the pair")

    work.fractions(2 * total * total, max(map(span, K)) + size(level))
    shifted = [[level * (i == j) - value for j, value in enumerate(row)] for i, row in enumerate(K)]
    below = [lcm(*(value.denominator for value in row)) for row in shifted]
    # Rows times positive numbers: the minors keep their signs.
    above = sign_changes(
        [[int(value * b) for value in row] for row, b in zip(shifted, below, strict=True)], work
    )
    require(above == 1, f"{above} eigenvalues are above the level")
    return (
        "the layers align with the singular vectors of the largest singular value of M(x), which is simple; "
        f"the sine of the angle between that pair and w is at most {at_most(angle)}"
    )


def at_most(bound: Fraction) -> str:
    """The bound itself where it is short, a power of ten above it otherwise."""
    if size(bound) < 60:
        return str(bound)
    # 10^-k >= 2^-e for k = e log10(2), log10(2) > 0.30102
    exponent = bound.denominator.bit_length() - bound.numerator.bit_length() - 1
    return f"10^-{exponent * 30102 // 100_000}"
