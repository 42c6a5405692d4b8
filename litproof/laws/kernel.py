"""Exact kernel of  h -> (<grad h, grad f_c>)_c  on the span of given monomials.

Modulo a prime the condition is imposed at random points: every solution over Q satisfies it there, so the
kernel mod p has at least the true dimension. Its echelon basis is lifted to Q (several primes and the
Chinese remainder theorem where one does not suffice) and each lifted polynomial is checked as a polynomial
identity over Z. When all of them pass, the two bounds meet and the basis is proved to be complete.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from flint import nmod_mat

from litproof.algebra.sparse_polynomials import Monomial, partials, primitive
from litproof.errors import Inconclusive
from litproof.flow.program import Program
from litproof.laws.modular_gradients import PRIME, ModularProgram, numbers
from litproof.laws.program import COORDINATES

Law: TypeAlias = dict[Monomial, int]
Conditions: TypeAlias = Callable[[int, int], list[int]]

PRIMES = (PRIME, 2**62 - 57, 2**62 - 87, 2**62 - 117, 2**62 - 143, 2**62 - 153, 2**62 - 167, 2**62 - 171)
SPARE_ROWS = 6
SPREAD = 6
MIXED = 16
MAX_ROUNDS = 4


class ConservationTest:
    """Decides polynomial identities X f_c = 0 for all c over Z, X a polynomial vector field.

    Monomials are packed into one integer, a few bits an exponent and the number of the coordinate in the
    lowest bits, so that products of monomials are sums of integers.
    """

    def __init__(self, size: int, coordinates: Sequence[Mapping[Monomial, int]]) -> None:
        self._size, self._coordinates = size, coordinates
        self._degree = max((len(monomial) for f in coordinates for monomial in f), default=0)
        self._low = len(coordinates).bit_length()
        self._bits = 0
        self._partials: list[list[tuple[int, int]]] = []

    def _prepare(self, degree: int) -> None:
        """Pack the partial derivatives of the coordinates with room for factors of the given degree."""
        bits = (self._degree + degree).bit_length()
        if bits <= self._bits:
            return
        self._bits = bits
        self._partials = [[] for _ in range(self._size)]
        for c, f in enumerate(self._coordinates):
            for monomial, coefficient in f.items():
                for i, exponent, rest in partials(monomial):
                    self._partials[i].append((self._packed(rest) + c, coefficient * exponent))

    def _packed(self, monomial: Monomial) -> int:
        return sum([1 << (self._bits * i + self._low) for i in monomial])

    def annihilates(self, field: Iterable[tuple[int, Monomial, int]]) -> bool:
        """Whether X f_c = 0 for all c, X = sum of coefficient * monomial * d/d theta_i."""
        parts = list(field)
        self._prepare(max((len(monomial) for _, monomial, _ in parts), default=0))
        total: dict[int, int] = {}
        for i, monomial, coefficient in parts:
            factor = self._packed(monomial)
            for other, slope in self._partials[i]:
                key = factor + other
                total[key] = total.get(key, 0) + coefficient * slope
        return not any(total.values())

    def holds(self, h: Mapping[Monomial, int]) -> bool:
        """Whether <grad h, grad f_c> = 0 for all c: h is conserved for any combination of them."""
        return self.annihilates((i, rest, c * e) for m, c in h.items() for i, e, rest in partials(m))


class Samples:
    """Gradients of the coordinates at random integer points modulo primes, drawn on demand and kept."""

    def __init__(self, program: Program, seed: int) -> None:
        self._program, self._draw = program, random.Random(seed)
        self._points: list[list[int]] = []
        self._modular: dict[int, ModularProgram] = {}
        self._values: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
        self._rows: dict[tuple[int, int, int], list[int]] = {}
        self._mixtures: dict[tuple[int, int], dict[int, int]] = {}

    def point(self, number: int) -> list[int]:
        """Point number k, integers in [1, 2^31)."""
        while len(self._points) <= number:
            self._points.append([self._draw.randrange(1, 2**31) for _ in range(self._program.inputs)])
        return self._points[number]

    def row(self, number: int, combination: int, prime: int) -> list[int]:
        """(d f_u / d theta_i) / theta_i mod p at point number k, length D; f_u mixes a few coordinates."""
        if prime not in self._modular:
            self._modular[prime] = ModularProgram(self._program, prime)
        modular, ring = self._modular[prime], numbers(prime)
        if (number, prime) not in self._values:
            point = self.point(number)
            inverses = [pow(entry, -1, prime) for entry in point]
            self._values[number, prime] = modular.values(point, ring), inverses
        if (number, combination, prime) not in self._rows:
            values, inverses = self._values[number, prime]
            gradient = modular.gradient(values, self._weights(number, combination), ring)
            self._rows[number, combination, prime] = [
                g * q % prime for g, q in zip(gradient, inverses, strict=True)
            ]
        return self._rows[number, combination, prime]

    def _weights(self, number: int, combination: int) -> dict[int, int]:
        """Random integer weights of a few coordinates, the same for every prime."""
        if (number, combination) not in self._mixtures:
            outputs = range(len(self._program.outputs[COORDINATES]))
            chosen = self._draw.sample(outputs, min(len(outputs), MIXED))
            self._mixtures[number, combination] = {c: self._draw.randrange(1, 2**31) for c in chosen}
        return self._mixtures[number, combination]

    def excludes(self, monomial: Monomial) -> bool:
        """Whether a single monomial is seen not to be conserved at the first point and combination."""
        row = self.row(0, 0, PRIME)
        return sum([row[i] for i in monomial]) % PRIME != 0

    def conditions(self, monomials: Sequence[Monomial], wanted: int, prime: int) -> list[int]:
        """`wanted` conditions on the coefficients of the monomials mod p, concatenated row by row.

        At most a sixth of them is taken from one point, because conditions at one point depend on each other.
        """
        entries: list[int] = []
        each = min(len(self._program.outputs[COORDINATES]), -(-wanted // SPREAD))
        for number in range(-(-wanted // each)):
            point = self.point(number)
            heights = [_value(monomial, point, prime) for monomial in monomials]
            for combination in range(min(each, wanted - number * each)):
                row = self.row(number, combination, prime)
                # <grad theta^a, grad f> = theta^a sum_i a_i (d f / d theta_i) / theta_i
                entries += [
                    h * sum([row[i] for i in m]) % prime for h, m in zip(heights, monomials, strict=True)
                ]
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
    return size - int(nmod_mat(len(entries) // size, size, entries, PRIME).rank())


def conserved_basis(
    monomials: Sequence[Monomial], samples: Samples, conserves: Callable[[Law], bool]
) -> list[Law]:
    """All conserved polynomials in the span of the monomials, primitive integer polynomials in echelon form.

    Raises Inconclusive when the coefficients are too large for the primes at hand.
    """

    def as_law(vector: Sequence[Fraction]) -> Law:
        return primitive(dict(zip(monomials, vector, strict=True)))

    vectors = exact_kernel(
        len(monomials),
        lambda wanted, prime: samples.conditions(monomials, wanted, prime),
        lambda vector: conserves(as_law(vector)),
    )
    return [as_law(vector) for vector in vectors]


def exact_kernel(
    size: int, conditions: Conditions, holds: Callable[[Sequence[Fraction]], bool]
) -> list[list[Fraction]]:
    """Echelon basis over Q of the space that `conditions` describes in samples and `holds` decides exactly.

    Parameters
    ----------
    size : number of unknowns.
    conditions : (wanted, prime) -> at least `wanted` rows of necessary conditions mod p, concatenated.
    holds : whether a vector lies in the space.

    Raises
    ------
    Inconclusive : the coefficients are too large for the primes at hand.
    """
    wanted = size + SPARE_ROWS
    for _ in range(MAX_ROUNDS):
        for lifted in _lifts(size, conditions, wanted):
            if all(holds(vector) for vector in lifted):
                return lifted
        wanted *= 2
    raise Inconclusive(f"no exact kernel in {size} unknowns: its coefficients exceed {len(PRIMES)} primes")


def _lifts(size: int, conditions: Conditions, wanted: int) -> Iterator[list[list[Fraction]]]:
    """Rational candidates for the kernel from one, two, ... primes; what does not lift is passed over."""
    modulus = 1
    combined: list[list[int]] = []
    pivots: list[int] = []
    for prime in PRIMES:
        try:
            entries = conditions(wanted, prime)
        except ZeroDivisionError:
            continue  # an unlucky prime divides a denominator of the map
        basis, here = null_basis(entries, size, prime)
        if here != pivots or modulus == 1:
            # fewer pivots: this prime is unlucky; more, or others: the earlier ones were
            if len(here) < len(pivots):
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


def null_basis(entries: list[int], size: int, prime: int) -> tuple[list[list[int]], list[int]]:
    """Kernel mod p of the matrix with `size` columns, one vector a free column; and the pivot columns."""
    echelon, rank = nmod_mat(len(entries) // size, size, entries, prime).rref()
    basis, pivots = [], pivot_columns(echelon, rank)
    for free in sorted(set(range(size)) - set(pivots)):
        vector = [0] * size
        vector[free] = 1
        for row, pivot in enumerate(pivots):
            vector[pivot] = -int(echelon[row, free]) % prime
        basis.append(vector)
    return basis, pivots


def pivot_columns(echelon: nmod_mat, rank: int) -> list[int]:
    """The column of the first entry that is not 0, for each of the first `rank` rows of an echelon form."""
    pivots, column = [], 0
    for row in range(rank):
        while not int(echelon[row, column]):
            column += 1
        pivots.append(column)
        column += 1
    return pivots


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
