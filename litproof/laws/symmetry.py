"""Noether's link: linear symmetries of the map and the quadratic conserved quantities that they yield.

A matrix A generates a symmetry theta -> exp(sA) theta of every f_c exactly when <grad f_c, A theta> = 0. The conserved
quadratic forms theta^T A theta are the symmetric A among these; a skew-symmetric A yields exp(tau t) <theta', A theta>
for the flow with momentum, theta'' + tau theta' = -grad. For an algebra that is closed under transposition, such as
gl(r) acting between two linear layers, it is the sum of the two parts. Derivation and sources:
`derivations/bodies/lemma-training-laws.tex` (`litproof derive A10`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from flint import fmpz_mat

from litproof.algebra.sparse_polynomials import add_scaled, primitive
from litproof.laws.architectures import Architecture, map_of
from litproof.laws.grading import SignGrading
from litproof.laws.kernel import ConservationTest, Law, Samples, exact_kernel
from litproof.laws.maps import PolynomialMap

Generator: TypeAlias = Mapping[tuple[int, ...], int]
"""Matrix A as {(row, column): integer}: the field A theta = sum A_ij theta_j d/d theta_i."""


@dataclass(frozen=True)
class SymmetryReport:
    """The Lie algebra g of linear maps that leave every coordinate invariant.

    Attributes
    ----------
    parameters : D.
    generators : a basis of g.
    charges : the conserved quadratic forms of its symmetric members, a basis.
    rotations : a basis of its skew-symmetric members.
    """

    parameters: int
    generators: tuple[Generator, ...]
    charges: tuple[Law, ...]
    rotations: tuple[Generator, ...]

    @property
    def dimension(self) -> int:
        """dim g."""
        return len(self.generators)

    @property
    def symmetric(self) -> int:
        """Dimension of the symmetric part of g, the number of conserved quadratic forms."""
        return len(self.charges)

    @property
    def skew(self) -> int:
        """Dimension of the skew-symmetric part of g, the number of its conserved quantities with momentum."""
        return len(self.rotations)

    @property
    def closed_under_transposition(self) -> bool:
        """Whether g is the direct sum of its symmetric and its skew-symmetric part."""
        return self.symmetric + self.skew == self.dimension


def linear_symmetries(source: Architecture | PolynomialMap) -> SymmetryReport:
    """All linear symmetries of the map, exact over Q, and the conserved quantities that they yield.

    Examples
    --------
    >>> from litproof.networks import FullyConnected
    >>> symmetries = linear_symmetries(FullyConnected(2, (2,)))
    >>> symmetries.dimension, symmetries.symmetric, symmetries.skew
    (6, 3, 1)
    """
    polynomial_map = source if isinstance(source, PolynomialMap) else map_of(source)
    size = polynomial_map.parameters
    coordinates = [f for f in polynomial_map.coordinates if f]
    test, samples = ConservationTest(size, coordinates), Samples(polynomial_map.program, seed=size)
    grading = SignGrading(polynomial_map.program)
    blocks: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for i in range(size):
        for j in range(size):
            blocks[grading.key((i, j))].append((i, j))
    generators: list[Generator] = []
    for places in blocks.values():
        generators += _symmetries_in(places, samples, test)
    symmetric = _combinations(generators, -1)
    charges = tuple(_quadratic_form(generator) for generator in symmetric)
    return SymmetryReport(size, tuple(generators), charges, tuple(_combinations(generators, 1)))


def explains(symmetries: SymmetryReport, laws: Sequence[Law]) -> bool:
    """Whether the conserved quadratic forms among the laws are those that the linear symmetries yield."""
    forms = [law for law in laws if all(len(monomial) == 2 for monomial in law)]
    together = _rank([*symmetries.charges, *forms])
    return together == _rank(forms) == symmetries.symmetric


def _symmetries_in(
    places: list[tuple[int, int]], samples: Samples, test: ConservationTest
) -> list[Generator]:
    def conditions(wanted: int, prime: int) -> list[int]:
        entries: list[int] = []
        for number in range(wanted):
            point, row = samples.point(number), samples.row(number, 0, prime)
            entries += [point[j] * point[i] * row[i] % prime for i, j in places]
        return entries

    def integers(vector: Sequence[Fraction]) -> Generator:
        return primitive({place: entry for place, entry in zip(places, vector, strict=True) if entry})

    def holds(vector: Sequence[Fraction]) -> bool:
        return test.annihilates((i, (j,), a) for (i, j), a in integers(vector).items())

    return [integers(vector) for vector in exact_kernel(len(places), conditions, holds)]


def _combinations(generators: Sequence[Generator], sign: int) -> list[Generator]:
    """A basis of the members A of the span with A + sign A^T = 0."""
    if not generators:
        return []
    places: dict[tuple[int, ...], int] = {}
    for generator in generators:
        for i, j in generator:
            places.setdefault((i, j), len(places))
            places.setdefault((j, i), len(places))
    rows = [[0] * len(generators) for _ in places]
    for column, generator in enumerate(generators):
        for (i, j), a in generator.items():
            rows[places[i, j]][column] += a
            rows[places[j, i]][column] += sign * a
    kernel, nullity = fmpz_mat(rows).nullspace()
    result: list[Generator] = []
    for k in range(nullity):
        total: dict[tuple[int, ...], int | Fraction] = {}
        for column, generator in enumerate(generators):
            if weight := int(kernel[column, k]):
                add_scaled(total, generator, weight)
        result.append(primitive(total))
    return result


def _quadratic_form(generator: Generator) -> Law:
    """theta^T A theta."""
    total: dict[tuple[int, ...], int | Fraction] = {}
    for (i, j), a in generator.items():
        add_scaled(total, {tuple(sorted((i, j))): 1}, a)
    return primitive(total)


def _rank(laws: Sequence[Law]) -> int:
    monomials = sorted({monomial for law in laws for monomial in law})
    return int(fmpz_mat([[law.get(m, 0) for m in monomials] for law in laws]).rank()) if laws else 0
