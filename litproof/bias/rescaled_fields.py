"""Gradient fields that commute when divided by one positive function g: what a mirror flow of beta amounts to.

X_b = grad beta_b, independent. beta moves by itself and in a mirror flow, perhaps in another time, where and only where

    [X_b, X_c] = Phi_b X_c - Phi_c X_b  with  Phi_b = X_b log g:  the fields X_b / g commute.

Phi is found from two inner products a pair. It belongs to some g when X_b Phi_c = X_c Phi_b; from d = 3 on the identity
of Jacobi says so already. With g = 1 these are the commuting parametrisations of Li, Wang, Lee & Arora 2022 (arXiv
2207.04036). Where brackets leave the span of the gradients, the fields may still commute as they move beta and J J^T:
those of a product of quaternions do, with g = |a|^2 + |b|^2. Proof: `litproof derive A11`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from litproof.algebra.linear import rank
from litproof.flow.monomials import MAX_TERMS, BoundedPolynomials
from litproof.flow.program import Program
from litproof.laws.architectures import map_of
from litproof.laws.independence import random_point
from litproof.laws.modular_gradients import PRIME, Arithmetic, ModularProgram, numbers, series
from litproof.laws.program import COORDINATES
from litproof.networks.base import Network

Field = Sequence[Any]
"""One entry a parameter, in any ring."""


@dataclass(frozen=True)
class Rate:
    """Phi_b = numerator / denominator, polynomials of flint in the parameters, in lowest terms."""

    numerator: Any
    denominator: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rate):
            return NotImplemented
        return bool(self.numerator * other.denominator == other.numerator * self.denominator)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Rescaling:
    """Phi_1, .., Phi_d of fields that commute after rescaling.

    Attributes
    ----------
    rates : Phi_b.
    inside : whether all brackets are in the span of the gradients, so that beta determines the parameters.
    """

    rates: tuple[Rate, ...]
    inside: bool

    @property
    def in_time(self) -> bool:
        """Whether g = 1: a mirror flow in the time of the flow."""
        return not any(len(rate.numerator) for rate in self.rates)


def _inner(a: Field, b: Field) -> Any:
    return sum((x * y for x, y in zip(a[1:], b[1:], strict=True)), a[0] * b[0])


def _rates(Xb: Field, Xc: Field, bracket: Field) -> tuple[Any, Any, Any]:
    """(D Phi_b, D Phi_c, D), D the Gram determinant of X_b and X_c: the projection of the bracket on both."""
    bb, bc, cc = _inner(Xb, Xb), _inner(Xb, Xc), _inner(Xc, Xc)
    on_b, on_c = _inner(Xb, bracket), _inner(Xc, bracket)
    return on_c * bb - on_b * bc, on_c * bc - on_b * cc, bb * cc - bc * bc


class _Modular:
    """The fields of a program at one point, modulo a prime."""

    def __init__(self, modular: ModularProgram, point: Sequence[Any], ring: Arithmetic) -> None:
        self.modular, self.ring = modular, ring
        self.values = modular.values(point, ring)
        size, one = len(modular.outputs), ring.zero + 1
        self.fields = [modular.gradient(self.values, {c: one}, ring) for c in range(size)]
        self.adjoints = [modular.adjoints(self.values, {c: one}, ring) for c in range(size)]

    def bracket(self, b: int, c: int) -> list[Any]:
        """[X_b, X_c]."""
        one, two = (
            self.modular.hessian_product(self.values, self.adjoints[i], self.fields[j], self.ring)
            for i, j in ((c, b), (b, c))
        )
        return [x - y for x, y in zip(one, two, strict=True)]


def mirror_condition(program: Program, point: tuple[int, ...], prime: int = PRIME) -> bool:
    """What brackets and gradients say to each other at a point, modulo a prime; False: no mirror flow in any time.

    <X_a, [X_b, X_c]> = Phi_b <X_a, X_c> - Phi_c <X_a, X_b> for all a, b, c, and closedness where d = 2: needed wherever
    beta moves by itself, also where brackets leave the span of the gradients. False is proved for almost all points.
    """
    modular, ring = ModularProgram(program, prime), numbers(prime)
    here = _Modular(modular, point, ring)
    X, d = [[x % prime for x in field] for field in here.fields], len(here.fields)
    known: dict[int, tuple[int, int]] = {}
    for b in range(d):
        for c in range(b):
            W = here.bracket(b, c)
            over_b, over_c, D = (x % prime for x in _rates(X[b], X[c], W))
            rest = [(D * w - over_b * x + over_c * y) % prime for w, x, y in zip(W, X[c], X[b], strict=True)]
            if any(rest) and any(_inner(field, rest) % prime for field in X):
                return False
            for index, over in ((b, over_b), (c, over_c)):
                first, below = known.setdefault(index, (over, D))
                if (first * D - over * below) % prime:
                    return False
    return d != 2 or _closed(modular, point, X)


def _closed(modular: ModularProgram, point: tuple[int, ...], X: Sequence[Sequence[int]]) -> bool:
    """X_1 Phi_2 = X_2 Phi_1 at the point: derivatives along both fields, from series in t."""
    from flint import nmod_poly

    prime = modular.prime
    ring = series(prime, 2)
    slopes = []
    for along, which in ((0, 1), (1, 0)):
        moved = [nmod_poly([x, v], prime) for x, v in zip(point, X[along], strict=True)]
        there = _Modular(modular, moved, ring)
        over_b, over_c, D = _rates(there.fields[0], there.fields[1], there.bracket(0, 1))
        over = (over_b, over_c)[which]
        slopes.append(int(over[1] * D[0] - over[0] * D[1]))
    return (slopes[0] - slopes[1]) % prime == 0


def rescaling(network: Network) -> Rescaling | None:
    """Phi where the condition holds as an identity of polynomials; None where not, or beyond MAX_TERMS.

    Examples
    --------
    >>> from litproof.networks import FullyConnected
    >>> [rate.denominator for rate in rescaling(FullyConnected(2, (1,))).rates]
    [t2, t2]
    >>> rescaling(FullyConnected(2, (2,))) is None
    True
    """
    program = map_of(network).program
    if not mirror_condition(program, random_point(program.inputs)):
        return None
    try:
        return _identically(program)
    except OverflowError:
        return None


def _identically(program: Program) -> Rescaling | None:
    from flint import Ordering, fmpq, fmpq_mpoly_ctx

    D = program.inputs
    context = fmpq_mpoly_ctx.get([f"t{k}" for k in range(D)], Ordering.lex)
    beta = program.evaluate(BoundedPolynomials(context), context.gens(), COORDINATES)
    fields = [[f.derivative(k) for k in range(D)] for f in beta]
    zero, one = context.constant(fmpq(0)), context.constant(fmpq(1))
    rates: list[Rate | None] = [None] * len(beta)
    vertical = []
    for b, X in enumerate(fields):
        for c, Y in enumerate(fields[:b]):
            W = _bracket(X, Y)
            found = (Rate(zero, one),) * 2
            if any(len(w) for w in W):
                over_b, over_c, below = _rates(X, Y, W)
                if max(map(len, (over_b, over_c, below))) > MAX_TERMS:
                    raise OverflowError
                found = (_lowest(over_b, below), _lowest(over_c, below))
            rest = _cleared(W, X, Y, *found)
            if any(map(len, rest)):
                vertical.append(rest)
            for index, rate in ((b, found[0]), (c, found[1])):
                if rates[index] is not None and rates[index] != rate:
                    return None
                rates[index] = rate
    if vertical and not _projects(beta, fields, vertical):
        return None
    known = tuple(Rate(zero, one) if rate is None else rate for rate in rates)
    if len(beta) == 2:
        one_way, other_way = (_slope(known[1 - i], fields[i]) for i in range(2))
        if one_way != other_way:
            return None
    return Rescaling(known, not vertical)


def _cleared(W: Field, X: Field, Y: Field, first: Rate, second: Rate) -> list[Any]:
    """[X_b, X_c] - Phi_b X_c + Phi_c X_b, times both denominators."""
    p, q, r, s = first.numerator, first.denominator, second.numerator, second.denominator
    return [q * s * w - p * s * y + r * q * x for w, x, y in zip(W, X, Y, strict=True)]


def _along(field: Field, function: Any) -> Any:
    return _sum(x * function.derivative(k) for k, x in enumerate(field))


def _projects(beta: Sequence[Any], fields: Sequence[Field], vertical: Sequence[Field]) -> bool:
    """Whether the condition holds for the fields as they move beta and G = J J^T, which then move by themselves.

    That they do is seen where the derivatives of G along all fields are combinations of 1, beta and G over Q. What the
    brackets have beside the span of the fields has to leave beta and G where they are.
    """
    gram = [_inner(X, Y) for i, X in enumerate(fields) for Y in fields[: i + 1]]
    if any(len(_along(rest, function)) for rest in vertical for function in (*beta, *gram)):
        return False
    tables = [f.to_dict() for f in (*beta, *gram)]
    moved = [_along(X, entry).to_dict() for X in fields for entry in gram]
    monomials = sorted({m for table in (*tables, *moved) for m in table if any(map(int, m))})
    columns = [[_fraction(table.get(m)) for m in monomials] for table in (*tables, *moved)]
    return rank(columns) == rank(columns[: len(tables)])


def _fraction(value: Any) -> Fraction:
    return Fraction(0) if value is None else Fraction(int(value.p), int(value.q))


def _bracket(X: Field, Y: Field) -> list[Any]:
    return [
        _sum(x * f.derivative(m) - y * e.derivative(m) for m, (x, y) in enumerate(zip(X, Y, strict=True)))
        for e, f in zip(X, Y, strict=True)
    ]


def _sum(terms: Any) -> Any:
    total = None
    for term in terms:
        if len(term) > MAX_TERMS:
            raise OverflowError
        total = term if total is None else total + term
    return total


def _lowest(numerator: Any, denominator: Any) -> Rate:
    common = numerator.gcd(denominator)
    p, q = numerator / common, denominator / common
    return Rate(p / q.leading_coefficient(), q / q.leading_coefficient())


def _slope(rate: Rate, field: Field) -> Rate:
    """The derivative of Phi along a field."""
    p, q = rate.numerator, rate.denominator
    over = _sum(x * (p.derivative(k) * q - q.derivative(k) * p) for k, x in enumerate(field))
    return Rate(over, q * q)


def commutes(network: Network) -> bool:
    """Whether all brackets [grad beta_y, grad beta_z] of a network vanish, decided as polynomials."""
    found = rescaling(network)
    return found is not None and found.inside and found.in_time
