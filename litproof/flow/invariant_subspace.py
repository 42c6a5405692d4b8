r"""The smallest linear subspace, within reach, that the flow of a problem never leaves from its start; exact.

Write V for a subspace of parameter space and f_i for the outputs. On V some outputs may agree: f_i = f_j as
polynomials (in regression f_i = s f_j and y_i = s y_j with a sign s as well). Points that agree have the same
derivative of the loss in f, up to s, so that the velocity is a combination of the sums of s_i grad f_i over each class
of points that agree, with one number a class. V is therefore kept where all coefficients of these sums, as polynomials
on V, lie in V. This covers ties between layers, units or coordinates, entries that stay zero, symmetries of the data,
and what all of these become in rotated coordinates; it is decided over Q by comparing polynomials. The candidate is
found modulo a prime and lifted to small fractions; only where that fails is it searched for over Q.

Directions in which no output changes anywhere lie in V from the beginning: nothing can grow along them.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, isqrt
from operator import mul, neg
from random import Random
from typing import Any

from litproof.algebra.balls import to_fmpq
from litproof.errors import Inconclusive
from litproof.flow.program import Linear, Operators, Program, Ring
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.networks.base import MultilinearNetwork
from litproof.problem import Problem

Vector = tuple[Fraction, ...]
Signs = tuple[tuple[int, int], ...]
"""Points that agree on a subspace, each with its sign."""

MOST_TERMS = 2_000_000
"""Coefficients that the comparison of polynomials may have; beyond, no subspace is reported."""

MOST_SAMPLED = 1_000_000_000
"""Products that sampling may take, about eight seconds; beyond (900 parameters or so), no subspace is reported."""

_PRIME = (1 << 61) - 1

_SPREAD = 50
"""Sample points have integer coordinates up to this: exact arithmetic stays short. Chance decides nothing."""


@dataclass(frozen=True)
class Subspace:
    """A proper linear subspace of R^D.

    Attributes
    ----------
    basis : row echelon basis, r rows of length D, r < D.
    """

    basis: tuple[Vector, ...]

    @property
    def aligned(self) -> bool:
        """Whether every coordinate occurs in at most one row: ties, signs and zeros only."""
        return all(sum(map(bool, column)) <= 1 for column in zip(*self.basis, strict=True))

    def projection(self) -> list[dict[int, Fraction]]:
        """Rows of the orthogonal projection onto the subspace, {column: entry} without zeros."""
        size = len(self.basis[0])
        rows: list[dict[int, Fraction]] = [{} for _ in range(size)]
        for row, dual in zip(self.basis, _dual(self.basis), strict=True):
            support = [(j, x) for j, x in enumerate(dual) if x]
            for i, entry in enumerate(row):
                if entry:
                    for j, x in support:
                        rows[i][j] = rows[i].get(j, Fraction(0)) + entry * x
        return [{j: x for j, x in row.items() if x} for row in rows]


def _dual(basis: Sequence[Vector]) -> list[Vector]:
    """(B B^T)^-1 B for the matrix B of the basis."""
    from flint import fmpq_mat

    B = fmpq_mat([[to_fmpq(x) for x in row] for row in basis])
    dual = (B * B.transpose()).inv() * B
    return [tuple(_fraction(dual[i, j]) for j in range(dual.ncols())) for i in range(dual.nrows())]


def _fraction(x: Any) -> Fraction:
    return Fraction(int(x.p), int(x.q))


@lru_cache(maxsize=32)
def invariant_subspace(problem: Problem) -> Subspace | None:
    """A subspace that contains the start of `problem` and that its flow never leaves; None where only R^D is found.

    Every proper subspace returned has been proved invariant by exact comparison of polynomials.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from litproof import example_problem
    >>> problem = example_problem("classification")
    >>> invariant_subspace(problem) is None
    True
    >>> tied = replace(problem, v=(problem.v[0], problem.v[0]))
    >>> [[str(x) for x in row] for row in invariant_subspace(tied).basis]
    [['1', '0', '1', '0'], ['0', '1', '0', '1']]
    """
    start = tuple(x for layer in problem.v0 for x in layer)
    gradient = trace_gradient(problem.network)
    if not gradient.is_polynomial or gradient.degree("beta") <= 1 or not any(start):
        return None  # nothing to compare coefficients of; a convex loss; a start at the origin
    if len(start) ** 3 + 40 * len(start) * len(gradient.code) > MOST_SAMPLED:
        return None
    basis = None
    try:
        residues = _sampled(_Sampler(problem, gradient, _Field.modular()), start)
        if len(residues) == len(start) or not _affordable(problem, gradient.degree("beta"), residues):
            return None
        basis = _lifted(residues, start)
    except ZeroDivisionError:
        pass  # a denominator is divisible by the prime
    sampler = _Sampler(problem, gradient, _Field.rational())
    if basis is None:
        basis = _sampled(sampler, start)
    while len(basis) < len(start) and _affordable(problem, gradient.degree("beta"), basis):
        outside = _leading_out(problem, gradient, basis)
        if not outside:
            return Subspace(tuple(tuple(map(_fraction, row)) for row in basis))
        basis = sampler.grown(sampler.field.echelon([*basis, *outside]))
    return None


def trace_kept_flow(problem: Problem) -> Program:
    """`trace_flow` on the subspace that the flow never leaves: what rounding brings outside does not grow."""
    subspace = invariant_subspace(problem)
    projection = None if subspace is None else subspace.projection()
    return trace_flow(problem.network, problem.X, problem.y, projection, problem.row_weights)


class _Residues:
    """Integers modulo the prime, as a ring for programs."""

    def linear(self, step: Linear, values: Sequence[int]) -> int:
        """See `program.Ring`."""
        coefficients, constant, denominator = step.integers
        total: int = constant + sum(map(mul, coefficients, values))
        return (total if denominator == 1 else total * pow(denominator, -1, _PRIME)) % _PRIME

    def product(self, a: int, b: int) -> int:
        """See `program.Ring`."""
        return a * b % _PRIME

    def square(self, a: int) -> int:
        """See `program.Ring`."""
        return a * a % _PRIME


@dataclass(frozen=True)
class _Field:
    """Numbers to search with: exact ones, or residues, which only miss directions, with small probability.

    Attributes
    ----------
    number, plain : from a fraction; from a number of flint. matrix : from rows. ring : for programs.
    """

    number: Callable[[Fraction], Any]
    plain: Callable[[Any], Any]
    matrix: Callable[[Sequence[Sequence[Any]]], Any]
    ring: Ring

    @classmethod
    def rational(cls) -> "_Field":
        from flint import fmpq, fmpq_mat

        return cls(to_fmpq, fmpq, fmpq_mat, Operators(to_fmpq))

    @classmethod
    def modular(cls) -> "_Field":
        from flint import nmod_mat

        def number(q: Fraction) -> int:
            if q.denominator % _PRIME == 0:
                raise ZeroDivisionError
            return q.numerator * pow(q.denominator, -1, _PRIME) % _PRIME

        def matrix(rows: Sequence[Sequence[int]]) -> Any:
            return nmod_mat(len(rows), len(rows[0]), [x for row in rows for x in row], _PRIME)

        return cls(number, int, matrix, _Residues())

    def echelon(self, vectors: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Reduced row echelon basis of the span."""
        kept = [row for row in vectors if any(row)]
        if not kept:
            return []
        reduced, rank = self.matrix(kept).rref()
        return [list(map(self.plain, row)) for row in reduced.tolist()[:rank]]

    def negative(self, x: Any) -> Any:
        """-x, among the numbers that stand for the residues."""
        return self.plain(self.matrix([[-x]])[0, 0])

    def product(self, a: Sequence[Sequence[Any]], b: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """The product of two matrices."""
        return [list(map(self.plain, row)) for row in (self.matrix(a) * self.matrix(b)).tolist()]


def _sampled(sampler: "_Sampler", start: Vector) -> list[list[Any]]:
    """The span of the start and of what sampled gradients add to it."""
    number = sampler.field.number
    return sampler.grown(sampler.field.echelon([[number(x) for x in start], *sampler.resting()]))


def _lifted(residues: Sequence[Sequence[Any]], start: Vector) -> list[list[Any]] | None:
    """The basis over Q with these residues and small entries, if there is one and it holds the start."""
    basis = []
    for row in residues:
        entries = [_small_fraction(int(x)) for x in row]
        if None in entries:
            return None
        basis.append([to_fmpq(x) for x in entries if x is not None])
    vector = {j: to_fmpq(x) for j, x in enumerate(start) if x}
    return basis if _within(vector, basis, _pivots(basis)) else None


def _small_fraction(residue: int) -> Fraction | None:
    """The fraction p/q with |p|, q below the root of half the prime that has this residue (Euclid's algorithm)."""
    bound = isqrt(_PRIME // 2)
    (r, s), (previous, before) = (residue, 1), (_PRIME, 0)
    while r > bound:
        quotient = previous // r
        (previous, before), (r, s) = (r, s), (previous - quotient * r, before - quotient * s)
    return Fraction(r, s) if 0 < abs(s) <= bound else None


class _Sampler:
    """Grows a subspace by gradients at points with small random coordinates: whatever they add belongs to it."""

    def __init__(self, problem: Problem, gradient: Program, field: _Field) -> None:
        self.field, self.gradient, self.random = field, gradient, Random(0)
        self.size = sum(problem.network.shapes)
        rows = _rows(problem)
        self.rows = [[field.number(x) for x in row] for row in rows]
        self.pulls = [
            [field.number(w * x) for x in row] for w, row in zip(problem.row_weights, rows, strict=True)
        ]
        self.targets = [field.number(x) for x in problem.y] if problem.task == "regression" else None

    def _integer(self) -> Any:
        return self.field.number(Fraction(self.random.randint(-_SPREAD, _SPREAD)))

    def _at(self, theta: Sequence[Any], weights: Sequence[Any]) -> list[Any]:
        """sum_z weights_z grad beta_z at theta."""
        return self.gradient.evaluate(self.field.ring, [*theta, *weights], "gradient")

    def _points(self, basis: Sequence[Sequence[Any]], count: int) -> list[list[Any]]:
        """Points of the subspace."""
        return self.field.product([[self._integer() for _ in basis] for _ in range(count)], basis)

    def resting(self) -> list[list[Any]]:
        """Directions in which no output seems to change, from the gradients at sample points."""
        rows: list[list[Any]] = []
        while True:
            before = len(rows)
            for _ in range(1 + before // len(self.rows)):
                theta = [self._integer() for _ in range(self.size)]
                rows = [*rows, *(self._at(theta, row) for row in self.rows)]
            rows = self.field.echelon(rows)
            if len(rows) in (before, self.size):
                return _null_space(rows, self.size, self.field.number)

    def grown(self, basis: list[list[Any]]) -> list[list[Any]]:
        """The subspace with class gradients at sample points, until these add nothing."""
        while len(basis) < self.size:
            classes = self._classes(self._points(basis, 2))
            weights = self._weights(classes)
            rows = list(basis)
            for theta in self._points(basis, 1 + len(basis) // max(1, len(classes))):
                rows += [self._at(theta, row) for row in weights]
            rows = self.field.echelon(rows)
            if len(rows) == len(basis):
                break
            basis = rows
        return basis

    def _classes(self, points: Sequence[Sequence[Any]]) -> list[Signs]:
        betas = [self.gradient.evaluate(self.field.ring, [*theta, *self.rows[0]], "beta") for theta in points]
        outputs = self.field.product(self.rows, list(zip(*betas, strict=True)))
        return _grouped([tuple(output) for output in outputs], self.targets, self.field.negative)

    def _weights(self, groups: Sequence[Signs]) -> list[list[Any]]:
        """sum of s_i w_i x_i over each class."""
        if not groups:
            return []
        signs = [[self.field.number(Fraction(0))] * len(self.pulls) for _ in groups]
        for row, group in zip(signs, groups, strict=True):
            for i, sign in group:
                row[i] = self.field.number(Fraction(sign))
        return self.field.product(signs, self.pulls)


def _rows(problem: Problem) -> Sequence[Vector]:
    return problem.X if problem.task == "regression" else problem.signed_rows


def _weights(rows: Sequence[Sequence[Any]], group: Signs, zero: Any) -> list[Any]:
    """sum of s_i w_i x_i over a class."""
    return [sum((sign * rows[i][z] for i, sign in group), zero) for z in range(len(rows[0]))]


def _grouped(
    outputs: Sequence[tuple[Any, ...]],
    targets: Sequence[Any] | None,
    negative: Callable[[Any], Any] = neg,
) -> list[Signs]:
    """Points whose outputs agree, in regression together with their targets and up to a sign."""
    groups: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
    for i, output in enumerate(outputs):
        key, sign = output, 1
        if targets is not None:
            key = (*output, targets[i])
            turned = tuple(map(negative, key))
            if turned == key:
                continue  # output and target are zero: this point never pulls
            if turned in groups:
                key, sign = turned, -1
        groups.setdefault(key, []).append((i, sign))
    return [tuple(group) for group in groups.values()]


def _affordable(problem: Problem, degree: int, basis: Sequence[Sequence[Any]]) -> bool:
    """Whether the polynomials of the comparison stay small: by their degree, or by the tensor's entries."""
    terms: int = comb(len(basis) + degree, degree)
    if isinstance(problem.network, MultilinearNetwork):
        widest = max(sum(map(bool, column)) for column in zip(*basis, strict=True))
        with suppress(Inconclusive):  # a tensor too large to be written out
            terms = min(terms, len(problem.layered.data_tensor().entries) * max(1, widest) ** degree)
    return terms * (len(basis[0]) + len(problem.X)) * degree <= MOST_TERMS


def _leading_out(problem: Problem, program: Program, basis: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Coefficients of the class gradients, as polynomials on the subspace, that do not lie in it."""
    from flint import Ordering, fmpq, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get([f"q{k}" for k in range(len(basis))], Ordering.lex)
    ring, none, gens = Operators(lambda q: context.constant(to_fmpq(q))), context.constant(0), context.gens()
    theta = [
        sum((x * g for x, g in zip(column, gens, strict=True) if x), none)
        for column in zip(*basis, strict=True)
    ]
    rows = [[to_fmpq(x) for x in row] for row in _rows(problem)]
    pulls = [
        [to_fmpq(w * x) for x in row] for w, row in zip(problem.row_weights, _rows(problem), strict=True)
    ]
    targets = [to_fmpq(x) for x in problem.y] if problem.task == "regression" else None
    beta = program.evaluate(ring, [*theta, *(none for _ in rows[0])], "beta")
    outputs = [sum((x * b for x, b in zip(row, beta, strict=True) if x), none) for row in rows]
    pivots = _pivots(basis)
    for group in _grouped(_coefficients(outputs), targets):
        weights = [context.constant(x) for x in _weights(pulls, group, fmpq(0))]
        gradient = program.evaluate(ring, [*theta, *weights], "gradient")
        vectors: dict[Any, dict[int, Any]] = {}
        for i, polynomial in enumerate(gradient):
            for monomial, coefficient in polynomial.to_dict().items():
                vectors.setdefault(monomial, {})[i] = coefficient
        outside = [vector for vector in vectors.values() if not _within(vector, basis, pivots)]
        if outside:
            return [[vector.get(i, fmpq(0)) for i in range(len(theta))] for vector in outside[: len(theta)]]
    return []


def _coefficients(polynomials: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The coefficients of every polynomial, in one order of all monomials that occur."""
    tables = [f.to_dict() for f in polynomials]
    monomials = sorted({m for table in tables for m in table})
    return [tuple(table.get(m, 0) for m in monomials) for table in tables]


def _pivots(basis: Sequence[Sequence[Any]]) -> list[int]:
    return [next(j for j, x in enumerate(row) if x) for row in basis]


def _within(vector: Mapping[int, Any], basis: Sequence[Sequence[Any]], pivots: Sequence[int]) -> bool:
    """Whether a vector lies in the span of a reduced echelon basis."""
    rest: dict[int, Any] = dict(vector)
    for row, pivot in zip(basis, pivots, strict=True):
        factor = rest.get(pivot, 0)
        for j, x in enumerate(row) if factor else ():
            if x:
                rest[j] = rest.get(j, 0) - factor * x
    return all(not x for x in rest.values())


def _null_space(
    basis: Sequence[Sequence[Any]], size: int, number: Callable[[Fraction], Any]
) -> list[list[Any]]:
    """Basis of the vectors orthogonal to a reduced echelon basis."""
    pivots, null_space = _pivots(basis), []
    for free in sorted(set(range(size)) - set(pivots)):
        vector = [number(Fraction(0))] * size
        vector[free] = number(Fraction(1))
        for row, pivot in zip(basis, pivots, strict=True):
            vector[pivot] = -row[free]
        null_space.append(vector)
    return null_space
