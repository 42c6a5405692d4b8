"""All conserved polynomials up to a degree, as generators: products of those already known are left out.

h is conserved for every data set and loss exactly when <grad h, grad f_c> = 0 for every coordinate f_c
(Marcotte, Gribonval, Peyre, NeurIPS 2023, arXiv 2307.00144). The solutions form an algebra; a generator of
degree k is a solution of degree k that is not a polynomial in solutions of lower degree.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from math import comb
from typing import TypeAlias

from flint import fmpz_mat, nmod_mat

from litproof.algebra.sparse_polynomials import Monomial, degree, multiply, primitive
from litproof.errors import Inconclusive
from litproof.flow.program import Program
from litproof.laws.grading import SignGrading, components
from litproof.laws.kernel import (
    ConservationTest,
    Law,
    Samples,
    conserved_basis,
    kernel_dimension,
    pivot_columns,
)
from litproof.laws.maps import Factor, PolynomialMap
from litproof.laws.modular_gradients import PRIME
from litproof.laws.naming import NamedLaw
from litproof.laws.program import COORDINATES, expand, restricted

Key: TypeAlias = tuple[int, int]
MAX_MONOMIALS = 1_500_000
MAX_CLASS = 2000
"""Monomials of one class, the unknowns of one dense system."""


@dataclass(frozen=True)
class Block:
    """The conserved polynomials of one degree and parity class.

    Attributes
    ----------
    laws : generators with their names ("": no suggestion fits); with `products` they span all solutions.
    products : products of generators of lower degree that fall into the class (they may be dependent).
    """

    laws: tuple[NamedLaw, ...]
    products: tuple[Law, ...]


@dataclass(frozen=True)
class Component:
    """An independent part of the map: parameters that never meet the others in a coordinate.

    Attributes
    ----------
    variables : numbers of its parameters in the whole map; all monomials below use positions in this list.
    program : the part of the map, without constant outputs.
    factors : those shortcuts of the map that lie within the component.
    reduced : the reduced program of the map, when this component is all that moves.
    """

    variables: tuple[int, ...]
    program: Program
    factors: tuple[Factor, ...]
    reduced: Program | None = None

    @cached_property
    def coordinates(self) -> tuple[dict[Monomial, int], ...]:
        """The different coordinates as polynomials with coprime integer coefficients, without constants."""
        expanded = (primitive({m: c for m, c in f.items() if m}) for f in expand(self.program))
        return tuple(dict(terms) for terms in dict.fromkeys(tuple(f.items()) for f in expanded if f))

    @cached_property
    def _full_test(self) -> ConservationTest:
        return ConservationTest(len(self.variables), self.coordinates)

    @cached_property
    def _factor_tests(self) -> list[tuple[Factor, ConservationTest, ConservationTest]]:
        """Each factor with a test by all its coordinates, and by the first of them."""
        size = len(self.variables)
        return [
            (f, ConservationTest(size, f.coordinates), ConservationTest(size, f.coordinates[:1]))
            for f in self.factors
        ]

    def conserves(self, law: Law) -> bool:
        """Whether the law is conserved, a polynomial identity, decided through a factor if one applies."""
        support = {i for monomial in law for i in monomial}
        for factor, test, first in self._factor_tests:
            if support <= set(factor.variables):
                turned = factor.shift and renamed(law, factor.shift) == law
                if (first if turned else test).holds(law):
                    return True
        return self._full_test.holds(law)

    def globally(self, law: Law) -> Law:
        """A law of the component in the parameters of the whole map."""
        return renamed(law, self.variables)

    def locally(self, laws: Sequence[NamedLaw]) -> list[NamedLaw]:
        """Those laws of the whole map that speak of this component only, in its own variables."""
        position = {i: k for k, i in enumerate(self.variables)}
        inside = (named for named in laws if all(i in position for m in named.law for i in m))
        return [NamedLaw(name, renamed(law, position)) for name, law in inside]


def renamed(law: Law, names: Sequence[int] | Mapping[int, int]) -> Law:
    """The law in other variables."""
    return {tuple(sorted([names[i] for i in monomial])): c for monomial, c in law.items()}


def split(polynomial_map: PolynomialMap) -> list[Component]:
    """The independent components of a map."""
    result = []
    parts = components(polynomial_map.program)
    moving = sum(bool(outputs) for _, outputs in parts)
    for variables, outputs in parts:
        position = {i: k for k, i in enumerate(variables)}
        factors = tuple(
            Factor(
                tuple(position[i] for i in factor.variables),
                tuple(renamed(psi, position) for psi in factor.coordinates),
                {position[i]: position[k] for i, k in factor.shift.items()},
            )
            for factor in polynomial_map.factors
            if all(i in position for i in factor.variables)
        )
        program = restricted(polynomial_map.program, variables, outputs)
        reduced = polynomial_map.reduced if moving == 1 and outputs else None
        result.append(Component(tuple(variables), program, factors, reduced))
    return result


def require_few_monomials(size: int, degree: int, budget: int = MAX_MONOMIALS) -> None:
    """Inconclusive, with their number, where `size` parameters have more monomials of a degree than are attempted."""
    if (count := comb(size + degree - 1, degree)) > budget:
        raise Inconclusive(
            f"{count} monomials of degree {degree} in {size} parameters are too many: ask for a lower degree"
        )


def conserved_blocks(
    component: Component,
    highest: int,
    *,
    suggested: Sequence[NamedLaw] = (),
    lowest: int = 1,
    known: Sequence[Block] = (),
    budget: int = MAX_MONOMIALS,
) -> list[Block]:
    """Generators of degree `lowest` to `highest`, block by block.

    Parameters
    ----------
    suggested : candidates in the component's own variables; those that are conserved are used.
    known : the blocks of the degrees below `lowest`.
    budget : largest number of monomials of one degree that is attempted.

    Raises
    ------
    Inconclusive : there are too many monomials of the degree asked for.
    """
    size = len(component.variables)
    if not component.program.outputs[COORDINATES]:
        still = (NamedLaw(f"linear law {i + 1}", {(i,): 1}) for i in range(size))
        return [Block(tuple(still), ())] if lowest == 1 else []
    require_few_monomials(size, highest, budget)
    grading, samples = SignGrading(component.program), Samples(component.program, seed=size)
    classes = {d: grading.blocks(d) for d in range(lowest, highest + 1)}
    if (
        most := max(len(monomials) for of_degree in classes.values() for monomials in of_degree.values())
    ) > MAX_CLASS:
        raise Inconclusive(
            f"{most} monomials in {size} parameters have no symmetry that tells them apart; systems of up to "
            f"{MAX_CLASS} unknowns are solved: ask for a lower degree than {highest}"
        )
    candidates: dict[Key, list[NamedLaw]] = defaultdict(list)
    for candidate in suggested:
        candidates[grading.key(next(iter(candidate.law)))].append(candidate)
    generators = [named.law for block in known for named in block.laws]
    blocks: list[Block] = []
    for d in range(lowest, highest + 1):
        products = _products(generators, d, grading)
        for key, monomials in classes[d].items():
            dimension = kernel_dimension(monomials, samples)
            if not dimension:
                continue
            here = products.get(key, [])
            fitting = [c for c in candidates[key] if degree(c.law) <= d and set(c.law) <= set(monomials)]
            fresh = complement(here, [c for c in fitting if component.conserves(c.law)])
            if len(fresh) + len(independent_numbers(here)) < dimension:
                basis = _short(conserved_basis(monomials, samples, component.conserves))
                fresh = complement(here, [*fresh, *(NamedLaw("", law) for law in basis)])
            if fresh:
                blocks.append(Block(tuple(fresh), tuple(here)))
                generators += [named.law for named in fresh]
    return blocks


def _short(laws: list[Law]) -> list[Law]:
    """Shorter vectors that span the same lattice (LLL), so that coefficients stay readable."""
    if len(laws) < 2:
        return laws
    monomials = sorted({m for law in laws for m in law})
    lattice = fmpz_mat([[law.get(m, 0) for m in monomials] for law in laws]).lll()
    reduced = [dict(zip(monomials, map(int, row), strict=True)) for row in lattice.tolist()]
    return sorted((primitive(law) for law in reduced), key=lambda law: (len(law), min(law)))


def _products(generators: Sequence[Law], d: int, grading: SignGrading) -> dict[Key, list[Law]]:
    """Products of generators of degree d, or up to d where degrees mix, by class."""
    result: dict[Key, list[Law]] = defaultdict(list)
    degrees = [degree(law) for law in generators]
    smallest = min(degrees, default=d + 1)
    for count in range(1, d // smallest + 1):
        for chosen in combinations_with_replacement(range(len(generators)), count):
            total = sum(degrees[i] for i in chosen)
            if total == d or (grading.step and total < d):
                product: Law = {(): 1}
                for i in chosen:
                    product = primitive(multiply(product, generators[i]))
                result[grading.key(next(iter(product)))].append(product)
    return result


def independent_numbers(laws: Sequence[Law]) -> list[int]:
    """Numbers of the laws that are linearly independent of those before them, mod p and hence over Q."""
    if not laws:
        return []
    monomials = {m: row for row, m in enumerate(sorted({m for law in laws for m in law}))}
    width = len(laws)
    entries = [0] * (len(monomials) * width)
    for column, law in enumerate(laws):
        for m, c in law.items():
            entries[monomials[m] * width + column] = c % PRIME
    echelon, rank = nmod_mat(len(monomials), width, entries, PRIME).rref()
    return pivot_columns(echelon, rank)


def complement(products: Sequence[Law], laws: Sequence[NamedLaw]) -> list[NamedLaw]:
    """Those laws, the first ones preferred, that complete the products to a basis of the span of both."""
    pivots = independent_numbers([*products, *(named.law for named in laws)])
    return [laws[i - len(products)] for i in pivots if i >= len(products)]
