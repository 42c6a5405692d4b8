r"""Polynomials q and their time-dependent laws for fields with a drift f_0 and controls f_c.

q is sought among the polynomials up to a degree with <grad q, f_c> = 0 for all c. Let W be the largest space of such
polynomials that the drift maps into itself, <grad w_i, f_0> = sum_j A_ij w_j. Along every solution w' = A w, so that
u exp(-A t) w is constant for every row u: for an eigenvalue mu of A and u (A - mu)^m = 0

    exp(-mu t) sum_{k<m} (-t)^k/k! u (A - mu)^k w,

and for eigenvalues a +- i b and u ((A - a)^2 + b^2) = 0

    exp(-a t) (cos(b t) u - sin(b t)/b u (A - a)) w.

Weight decay at the rate h has mu = -k h for a law of degree k of gradient flow; momentum has mu = -1/lambda for
<theta', A theta>. All by linear algebra over Q on normal forms (`laws.elimination`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import factorial, isqrt, lcm
from random import Random

from litproof.algebra.linear import (
    combination,
    dot,
    identity,
    inverse,
    matrix_product,
    null_space,
    row_echelon,
)
from litproof.algebra.sparse_polynomials import Sparse, partials, primitive, to_text
from litproof.errors import Inconclusive, InputError
from litproof.flow.monomials import table_of
from litproof.laws.elimination import Algebra, Exponents
from litproof.laws.fields import Fields

MOST_UNKNOWNS = 1500
"""Monomials of a law."""

MOST_ENTRIES = 3_000_000
"""Entries of the linear system."""

Vector = tuple[Fraction, ...]
Matrix = list[list[Fraction]]
Table = Mapping[Exponents, Fraction]


@dataclass(frozen=True)
class FieldLaw:
    """One law.

    Attributes
    ----------
    formula : as text, with t for the time. gradient : its derivatives by the variables and t at a point, at t = 0.
    order : by which laws are sorted, simple ones first.
    """

    formula: str
    gradient: Vector
    order: tuple[int, ...]


@dataclass(frozen=True)
class FieldLaws:
    """The laws up to a degree.

    Attributes
    ----------
    laws : functionally independent ones. dimension : of the space W. unwritten : independent laws of W whose rates
        are roots of polynomials of degree 3 or more, or of repeated quadratic ones, which are not written out.
    """

    variables: tuple[str, ...]
    degree: int
    laws: tuple[FieldLaw, ...]
    dimension: int
    unwritten: int


def find_field_laws(fields: Fields, degree: int = 2, *, seed: int = 0) -> FieldLaws:
    """All laws of the form of the module docstring with polynomials up to the degree.

    Raises
    ------
    InputError : a degree below 1. Inconclusive : more monomials than are searched.

    Examples
    --------
    >>> from sympy.abc import x, y
    >>> fields = Fields.from_sympy([x, y], [-x / 2, -y / 2], [[y, x]])
    >>> [law.formula for law in find_field_laws(fields).laws]
    ['exp(t)*(x**2 - y**2)']
    """
    if degree < 1:
        raise InputError(f"expected a degree of at least 1, got {degree}", key="degree")
    size = len(fields.variables)
    monomials = [m for k in range(degree + 1) for m in combinations_with_replacement(range(size), k)]
    if len(monomials) > MOST_UNKNOWNS:
        raise Inconclusive(
            f"laws of degree {degree} in {size} variables have {len(monomials)} coefficients; "
            f"up to {MOST_UNKNOWNS} are searched"
        )
    search = _Search(fields, monomials)
    space = search.conserved_by_controls()
    rates: Matrix = [[Fraction(0)] * len(space) for _ in space]
    if fields.drift:
        space, rates = search.kept_by_drift(space)
    draw = Random(f"laws {seed}")
    point = [Fraction(draw.randrange(2, 10**6)) for _ in range(size)]
    candidates = sorted(_laws(fields.variables, monomials, space, rates, point), key=lambda law: law.order)
    laws: list[FieldLaw] = []
    rows: Matrix = []
    for law in candidates:
        longer = row_echelon([*rows, list(law.gradient)])[0]
        if len(longer) > len(rows):
            rows, laws = longer, [*laws, law]
    values = _values(monomials, space, point)
    whole = [
        [*_gradient(_table(monomials, q), point), -dot(row, values)]
        for q, row in zip(space, rates, strict=True)
    ]
    unwritten = len(row_echelon(whole)[0]) - len(laws) if whole else 0
    return FieldLaws(fields.variables, degree, tuple(laws), len(space), max(0, unwritten))


class _Search:
    """The linear algebra of one search."""

    def __init__(self, fields: Fields, monomials: Sequence[tuple[int, ...]]) -> None:
        self.monomials = monomials
        self.algebra = algebra = Algebra(fields.tracer, [*fields.controls, fields.drift])
        *controls, drift = algebra.groups
        self.controls = [[table_of(p) for p in algebra.reduced(field)] for field in controls]
        *self.drift, self.factor = (
            table_of(p) for p in algebra.reduced([*drift, algebra.constant(Fraction(1))])
        )

    def rate(self, q: Table, field: Sequence[Table]) -> dict[Exponents, Fraction]:
        """<grad q, field> for q in the variables alone: normal forms stay normal."""
        total: dict[Exponents, Fraction] = {}
        for exponents, c in q.items():
            for i, entry in enumerate(field):
                if exponents[i]:
                    rest = (*exponents[:i], exponents[i] - 1, *exponents[i + 1 :])
                    _add_product(total, {rest: c * exponents[i]}, entry)
        return total

    def monomial(self, m: tuple[int, ...]) -> Table:
        exponents = [0] * len(self.algebra.context.names())
        for i in m:
            exponents[i] += 1
        return {tuple(exponents): Fraction(1)}

    def conserved_by_controls(self) -> list[Vector]:
        """A basis of the polynomials that no control moves."""
        echelon: Matrix = []
        for field in self.controls:
            columns = [self.rate(self.monomial(m), field) for m in self.monomials]
            echelon = row_echelon([*echelon, *_rows(columns)])[0]
        return [tuple(v) for v in null_space(echelon, len(self.monomials))]

    def kept_by_drift(self, space: list[Vector]) -> tuple[list[Vector], Matrix]:
        """(the largest subspace that the drift maps into itself, the matrix A)."""
        while space:
            tables = [self.table(q) for q in space]
            images = [self.rate(q, self.drift) for q in tables]
            scaled = [_product(self.factor, q) for q in tables]
            size = len(space)
            solutions = null_space(
                _rows([*images, *({e: -c for e, c in q.items()} for q in scaled)]), 2 * size
            )
            if len(solutions) == size:
                chosen, rates = [v[:size] for v in solutions], [v[size:] for v in solutions]
                return space, _times(inverse(chosen), rates)
            space = matrix_product([v[:size] for v in solutions], space) if solutions else []
        return [], []

    def table(self, q: Vector) -> Table:
        total: dict[Exponents, Fraction] = {}
        for m, c in zip(self.monomials, q, strict=True):
            if c:
                (e,) = self.monomial(m)
                total[e] = c
        return total


def _add_product(total: dict[Exponents, Fraction], p: Table, q: Table) -> None:
    for a, x in p.items():
        for b, y in q.items():
            key = tuple(map(sum, zip(a, b, strict=True)))
            total[key] = total.get(key, Fraction(0)) + x * y


def _product(p: Table, q: Table) -> dict[Exponents, Fraction]:
    total: dict[Exponents, Fraction] = {}
    _add_product(total, p, q)
    return total


def _rows(columns: Sequence[Table]) -> Matrix:
    """One row a monomial that occurs."""
    keys = sorted({key for column in columns for key, c in column.items() if c})
    if len(keys) * len(columns) > MOST_ENTRIES:
        raise Inconclusive(
            f"laws lead to {len(keys)} equations in {len(columns)} unknowns, which is out of reach"
        )
    zero = Fraction(0)
    return [[column.get(key, zero) for column in columns] for key in keys]


def _times(a: Matrix, b: Matrix) -> Matrix:
    return [list(row) for row in matrix_product(a, b)]


def _table(monomials: Sequence[tuple[int, ...]], q: Vector) -> Sparse:
    return {m: c for m, c in zip(monomials, q, strict=True) if c}


def _gradient(q: Sparse, point: Sequence[Fraction]) -> list[Fraction]:
    row = [Fraction(0)] * len(point)
    for monomial, c in q.items():
        for i, exponent, rest in partials(monomial):
            value = Fraction(c) * exponent
            for j in rest:
                value *= point[j]
            row[i] += value
    return row


def _values(
    monomials: Sequence[tuple[int, ...]], space: Sequence[Vector], point: Sequence[Fraction]
) -> list[Fraction]:
    powers = []
    for m in monomials:
        value = Fraction(1)
        for i in m:
            value *= point[i]
        powers.append(value)
    return [sum((c * p for c, p in zip(q, powers, strict=True) if c), Fraction(0)) for q in space]


def _laws(
    names: tuple[str, ...],
    monomials: Sequence[tuple[int, ...]],
    space: Sequence[Vector],
    rates: Matrix,
    point: Sequence[Fraction],
) -> Iterator[FieldLaw]:
    """Every law that is written out; trivial ones have gradient 0."""
    values = _values(monomials, space, point)
    size = len(space)

    whole = [list(q) for q in space]

    def combined(u: Sequence[Fraction]) -> Sparse:
        return _table(monomials, tuple(_row(u, whole)))

    for factor, multiplicity in _factors(rates):
        power = identity(size)
        for _ in range(multiplicity):
            power = _times(power, _polynomial_of(factor, rates))
        basis = [list(v) for v in null_space([list(c) for c in zip(*power, strict=True)], size)]
        if len(factor) > 3 or (len(factor) == 3 and multiplicity > 1):
            continue
        for u in _shortest(basis):
            parts = [combined(u)]
            if len(factor) == 2:
                mu, v = -factor[0], list(u)
                for _ in range(multiplicity - 1):
                    v = _moved(v, rates, mu)
                    parts.append(combined(v))
                text = _exponential(mu, parts, names)
            else:
                a = -factor[1] / 2
                parts.append(combined(_moved(list(u), rates, a)))
                text = _oscillating(a, factor[0] - a * a, parts, names)
            if text is None:
                continue
            own = _row(list(u), rates)
            speed = -dot(own, values)
            degree = max((len(m) for part in parts for m in part), default=0)
            terms = sum(map(len, parts))
            timed = len(factor) > 2 or factor[0] != 0 or any(parts[1:])
            yield FieldLaw(text, (*_gradient(parts[0], point), speed), (int(timed), degree, terms))


def _shortest(basis: Matrix) -> Matrix:
    """The same space, in echelon form from the right: later monomials are eliminated first."""
    return row_echelon(basis)[0] if basis else []


def _row(u: Sequence[Fraction], matrix: Matrix) -> list[Fraction]:
    return list(combination(u, matrix))


def _moved(u: Sequence[Fraction], matrix: Matrix, mu: Fraction) -> list[Fraction]:
    """u (A - mu)."""
    return [a - mu * b for a, b in zip(_row(u, matrix), u, strict=True)]


def _polynomial_of(coefficients: Sequence[Fraction], matrix: Matrix) -> Matrix:
    total = [[Fraction(0)] * len(matrix) for _ in matrix]
    for c in reversed(coefficients):
        total = _times(total, matrix) if any(map(any, total)) else total
        total = [[x + (c if i == j else 0) for j, x in enumerate(row)] for i, row in enumerate(total)]
    return total


def _factors(matrix: Matrix) -> list[tuple[list[Fraction], int]]:
    """Monic irreducible factors of the characteristic polynomial, coefficients from the constant on."""
    from flint import fmpq, fmpq_mat, fmpz_poly

    size = len(matrix)
    if not size:
        return []
    entries = [fmpq(x.numerator, x.denominator) for row in matrix for x in row]
    coefficients = [Fraction(int(c.p), int(c.q)) for c in fmpq_mat(size, size, entries).charpoly().coeffs()]
    common = lcm(*(c.denominator for c in coefficients))
    _, factors = fmpz_poly([int(c * common) for c in coefficients]).factor()
    result = []
    for factor, multiplicity in factors:
        whole = [Fraction(int(c)) for c in factor.coeffs()]
        result.append(([c / whole[-1] for c in whole], int(multiplicity)))
    return result


def _together(parts: Sequence[Sparse]) -> list[dict[tuple[int, ...], Fraction]]:
    """All parts over one factor that makes the first one primitive."""
    first = primitive(parts[0])
    monomial = next(iter(parts[0]))
    factor = Fraction(first[monomial]) / Fraction(parts[0][monomial])
    return [{m: Fraction(c) * factor for m, c in part.items()} for part in parts]


def _time(rate: Fraction) -> str:
    """rate * t."""
    return "t" if rate == 1 else "-t" if rate == -1 else f"{rate}*t"


def _term(part: Mapping[tuple[int, ...], Fraction], names: tuple[str, ...], k: int) -> str:
    """part t^k."""
    text = to_text(part, names)
    if not k:
        return text
    time = "t" if k == 1 else f"t**{k}"
    if text in ("1", "-1"):
        return text.replace("1", time)
    return f"{time}*({text})" if len(part) > 1 else f"{text}*{time}"


def _exponential(mu: Fraction, parts: Sequence[Sparse], names: tuple[str, ...]) -> str | None:
    if not parts[0]:
        return None
    texts = []
    for k, part in enumerate(_together(parts)):
        own = {m: c * (-1) ** k / factorial(k) for m, c in part.items()}
        if own:
            texts.append(_term(own, names, k))
    whole = " + ".join(texts).replace("+ -", "- ")
    return whole if mu == 0 else f"exp({_time(-mu)})*({whole})"


def _oscillating(
    a: Fraction, square: Fraction, parts: Sequence[Sparse], names: tuple[str, ...]
) -> str | None:
    """square = b^2, negative for real rates."""
    if not parts[0]:
        return None
    first, second = _together(parts)
    size = abs(square)
    top, bottom = isqrt(size.numerator), isqrt(size.denominator)
    rational = top * top == size.numerator and bottom * bottom == size.denominator
    b = str(Fraction(top, bottom)) if rational else f"sqrt({size})"
    even, odd = ("cos", "sin") if square > 0 else ("cosh", "sinh")
    inside, by = ("t", "") if b == "1" else (f"{b}*t", f"/({b})" if "/" in b else f"/{b}")
    text = f"{even}({inside})*({to_text(first, names)}) - {odd}({inside}){by}*({to_text(second, names)})"
    return text if a == 0 else f"exp({_time(-a)})*({text})"
