"""Exact kernel of  h -> (<grad h, grad f_c>)_c  on the span of given monomials.

Modulo a prime the condition is imposed at random points: every solution over Q satisfies it there, so the kernel mod p
has at least the true dimension. Its echelon basis is lifted to Q (several primes and the Chinese remainder theorem
where one does not suffice) and each lifted polynomial is checked as a polynomial identity over Z. When all of them
pass, the two bounds meet and the basis is proved to be complete.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from flint import nmod_mat

from litproof.errors import Inconclusive
from litproof.flow.laws.calculus import PRIME, ModularProgram, numbers
from litproof.flow.laws.program import Program
from litproof.flow.laws.sparse import Monomial, Sparse, partials, primitive

Law: TypeAlias = dict[Monomial, int]

PRIMES = (PRIME, 2**62 - 57, 2**62 - 87, 2**62 - 117, 2**62 - 143, 2**62 - 153, 2**62 - 167, 2**62 - 171)
SPARE_ROWS = 6
MAX_ROUNDS = 4


class ConservationTest:
    """Decides <grad h, grad f_c> = 0 for all c, as a polynomial identity over Z."""

    def __init__(self, size: int, coordinates: Sequence[Mapping[Monomial, int]]) -> None:
        # number of a coordinate, shifted past the variables, is an extra factor that keeps the conditions apart
        self._partials: list[list[tuple[Monomial, int]]] = [[] for _ in range(size)]
        for c, f in enumerate(coordinates):
            for monomial, coefficient in f.items():
                for i, exponent, rest in partials(monomial):
                    self._partials[i].append(((*rest, size + c), coefficient * exponent))

    def residue(self, h: Mapping[Monomial, int]) -> Sparse:
        """sum_c y_c <grad h, grad f_c> as a polynomial in theta and the marks y_c (variables D + c)."""
        total: dict[Monomial, int] = {}
        for monomial, coefficient in h.items():
            for i, exponent, rest in partials(monomial):
                factor = coefficient * exponent
                for other, slope in self._partials[i]:
                    key = tuple(sorted(rest + other))
                    total[key] = total.get(key, 0) + factor * slope
        return {monomial: value for monomial, value in total.items() if value}

    def holds(self, h: Mapping[Monomial, int]) -> bool:
        """Whether h is conserved for every combination of the coordinates."""
        return not self.residue(h)


class Samples:
    """Gradients of the coordinates at random integer points modulo primes, drawn on demand and kept."""

    def __init__(self, program: Program, seed: int) -> None:
        self._program, self._draw = program, random.Random(seed)
        self._points: list[list[int]] = []
        self._modular: dict[int, ModularProgram] = {}
        self._rows: dict[tuple[int, int], tuple[list[int], list[list[int]]]] = {}

    def at(self, number: int, prime: int) -> tuple[list[int], list[list[int]]]:
        """Point number k mod p, and for every coordinate the list of (d f_c / d theta_i) / theta_i mod p."""
        if (number, prime) not in self._rows:
            while len(self._points) <= number:
                self._points.append([self._draw.randrange(1, 2**31) for _ in range(self._program.inputs)])
            if prime not in self._modular:
                self._modular[prime] = ModularProgram(self._program, prime)
            modular, ring, point = self._modular[prime], numbers(prime), self._points[number]
            values = modular.values(point, ring)
            inverse = [pow(entry, -1, prime) for entry in point]
            rows = []
            for c in range(len(modular.outputs)):
                gradient = modular.gradient(values, {c: 1}, ring)
                if any(gradient):
                    rows.append([g * q % prime for g, q in zip(gradient, inverse, strict=True)])
            self._rows[number, prime] = point, rows
        return self._rows[number, prime]

    def excludes(self, monomial: Monomial) -> bool:
        """Whether a single monomial is seen not to be conserved at the first point."""
        _, rows = self.at(0, PRIME)
        return any(sum([row[i] for i in monomial]) % PRIME for row in rows)

    def conditions(self, monomials: Sequence[Monomial], wanted: int, prime: int) -> list[int]:
        """`wanted` conditions on the coefficients of the monomials mod p, concatenated row by row ([]: no condition)."""
        entries: list[int] = []
        number = 0
        while len(entries) < wanted * len(monomials):
            point, rows = self.at(number, prime)
            number += 1
            heights = [_value(monomial, point, prime) for monomial in monomials]
            for row in rows[: wanted - len(entries) // len(monomials)]:
                # <grad theta^a, grad f> = theta^a sum_i a_i (d f / d theta_i) / theta_i
                entries += [h * sum([row[i] for i in m]) % prime for h, m in zip(heights, monomials, strict=True)]
            if not rows:
                break
        return entries


def _value(monomial: Monomial, point: Sequence[int], prime: int) -> int:
    value = 1
    for i in monomial:
        value = value * point[i] % prime
    return value


def kernel_dimension(monomials: Sequence[Monomial], samples: Samples) -> int:
    """Dimension mod p of the sampled conditions: a proved upper bound of the dimension over Q."""
    size = len(monomials)
    if size == 1:
        return 0 if samples.excludes(monomials[0]) else 1
    entries = samples.conditions(monomials, size + SPARE_ROWS, PRIME)
    if not entries:
        return size
    return size - int(nmod_mat(len(entries) // size, size, entries, PRIME).rank())


def conserved_basis(monomials: Sequence[Monomial], samples: Samples, test: ConservationTest) -> list[Law]:
    """All conserved polynomials in the span of the monomials: an echelon basis of primitive integer polynomials.

    Raises Inconclusive when the coefficients are too large for the primes at hand.
    """
    size = len(monomials)
    wanted = size + SPARE_ROWS
    for _ in range(MAX_ROUNDS):
        for lifted in _lifts(monomials, samples, wanted):
            laws = [primitive(dict(zip(monomials, vector, strict=True))) for vector in lifted]
            if all(test.holds(law) for law in laws):
                return laws
        wanted *= 2
    raise Inconclusive(
        f"no exact basis of conserved polynomials over {size} monomials: coefficients exceed {len(PRIMES)} primes"
    )


def _lifts(monomials: Sequence[Monomial], samples: Samples, wanted: int) -> Iterator[list[list[Fraction]]]:
    """Rational candidates for the kernel from one, two, ... primes; those that do not lift are passed over."""
    size = len(monomials)
    modulus, combined, pivots = 1, [], []
    for prime in PRIMES:
        try:
            entries = samples.conditions(monomials, wanted, prime)
        except ZeroDivisionError:
            continue  # an unlucky prime divides a denominator of the map
        basis, here = null_basis(entries, size, prime)
        if modulus == 1 or (len(here), here) != (len(pivots), pivots):
            # a prime with fewer pivots is unlucky; one with more, or other ones, shows that the former were
            if modulus != 1 and len(here) < len(pivots):
                continue
            modulus, combined, pivots = prime, basis, here
        else:
            inverse = pow(modulus, -1, prime)
            combined = [
                [a + modulus * ((b - a) * inverse % prime) for a, b in zip(old, new, strict=True)]
                for old, new in zip(combined, basis, strict=True)
            ]
            modulus *= prime
        lifted = [[rational_from_residue(entry, modulus) for entry in vector] for vector in combined]
        if all(entry is not None for vector in lifted for entry in vector):
            yield [[entry for entry in vector if entry is not None] for vector in lifted]
            if not combined:
                return


def null_basis(entries: list[int], size: int, prime: int) -> tuple[list[list[int]], list[int]]:
    """Basis of the kernel mod p of the matrix with `size` columns, one vector a free column; and the pivot columns."""
    if not entries:
        return [[int(i == j) for j in range(size)] for i in range(size)], []
    echelon, rank = nmod_mat(len(entries) // size, size, entries, prime).rref()
    pivots, column = [], 0
    for row in range(rank):
        while not int(echelon[row, column]):
            column += 1
        pivots.append(column)
    basis = []
    for free in sorted(set(range(size)) - set(pivots)):
        vector = [0] * size
        vector[free] = 1
        for row, pivot in enumerate(pivots):
            vector[pivot] = -int(echelon[row, free]) % prime
        basis.append(vector)
    return basis, pivots


def rational_from_residue(number: int, modulus: int) -> Fraction | None:
    """The fraction a/b = number (mod modulus) with |a|, b <= sqrt(modulus / 2); None when there is none."""
    bound = isqrt(modulus // 2)
    if number <= bound:
        return Fraction(number)
    if modulus - number <= bound:
        return Fraction(number - modulus)
    r0, r1, t0, t1 = modulus, number, 0, 1
    while r1 > bound:
        quotient = r0 // r1
        r0, r1, t0, t1 = r1, r0 - quotient * r1, t1, t0 - quotient * t1
    if t1 == 0 or abs(t1) > bound:
        return None
    fraction = Fraction(r1, t1)
    return fraction if fraction.denominator == abs(t1) else None
