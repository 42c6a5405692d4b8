"""How many independent laws fields can have: an upper bound, from brackets at a random point modulo a prime.

A function of (theta, t) that is constant along d/dt + f_0 and along every f_c is constant along their brackets too, so
that D + 1 less the rank of the brackets bounds the number of independent ones. The rank at one point modulo a prime is
no larger than at a generic real point, for fields whose functions are powers of polynomials in theta, or exp of
polynomials of which no rational combination is constant: these functions have no relations but those used here
(Kummer; Ax, Annals of Mathematics 93, 1971, for exp).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from random import Random
from typing import Any

from litproof.algebra.linear import rank
from litproof.flow.monomials import table_of
from litproof.flow.program import Function, Node
from litproof.language.functions import POWER
from litproof.laws.elimination import Algebra
from litproof.laws.fields import Fields

MOST_BRACKETS = 8
"""Longest brackets."""

MOST_TERMS = 4000
"""Monomials of one bracket field; beyond, the bound is what was reached."""

_ATTEMPTS = 400


def most_laws(fields: Fields, *, seed: int = 0) -> int | None:
    """The bound; None where the functions of the fields may have relations that are not known here."""
    tracer = fields.tracer
    moving = [(field, False) for field in fields.controls]
    if fields.drift:
        moving.append((fields.drift, True))
    elif not fields.controls:
        return len(fields.variables)
    atoms: list[int] = []
    while True:
        tangents = [fields.rates(f, [tracer.atom(a) for a in atoms], moving=m) for f, m in moving]
        nodes: list[Node] = [n for (f, _), own in zip(moving, tangents, strict=True) for n in (*f, *own)]
        steps = tracer.needed(nodes)
        functions = [a for a in steps if isinstance(tracer.steps[a - tracer.inputs], Function)]
        if functions == atoms:
            break
        atoms = sorted({*atoms, *functions})
    groups = [[*f, tracer.lift(int(m)), *own] for (f, m), own in zip(moving, tangents, strict=True)]
    algebra = Algebra(tracer, groups)
    if len(algebra.generators) != len(atoms) or not _is_free(algebra):
        return None
    size = len(fields.variables)
    points = _point(algebra, size, seed)
    if points is None:
        return None
    prime, point = points
    reached = _rank(algebra, prime, point)
    return size + (1 if fields.drift else 0) - reached


def _is_free(algebra: Algebra) -> bool:
    """Whether the functions are known to have no further relations."""
    exponents = []
    for generator in algebra.generators:
        inner = any(max((e[algebra.inputs :]), default=0) for e in generator.argument.to_dict())
        if generator.name == POWER and (generator.k == 1 or not inner):
            continue
        if generator.name != "exp" or inner:
            return False
        exponents.append({e: c for e, c in table_of(generator.argument).items() if any(e)})
    keys = sorted({e for table in exponents for e in table})
    return not exponents or rank([[t.get(e, Fraction(0)) for e in keys] for t in exponents]) == len(exponents)


def _prime(roots: Sequence[int]) -> int:
    """A prime p = 3 mod 4 in which every odd root exists once."""
    from flint import fmpz

    odd = 1
    for k in roots:
        while k % 2 == 0:
            k //= 2
        odd = odd * k // gcd(odd, k)
    p = (1 << 61) - 1
    while not (p % 4 == 3 and gcd(odd, p - 1) == 1 and fmpz(p).is_prime()):
        p -= 2
    return p


def _root(w: int, k: int, p: int) -> int | None:
    """w^(-1/k), the one that is a square where w is; None where w has no root."""
    value = pow(w, -1, p)
    while k % 2 == 0:
        if pow(value, (p - 1) // 2, p) != 1:
            return None
        value, k = pow(value, (p + 1) // 4, p), k // 2
    return pow(value, pow(k, -1, p - 1), p) if k > 1 else value


def _point(algebra: Algebra, size: int, seed: int) -> tuple[int, list[int]] | None:
    """(p, variables, time, functions) where the relations hold."""
    p = _prime([g.k for g in algebra.generators])
    draw = Random(f"count {seed}")
    for _ in range(_ATTEMPTS):
        values = [draw.randrange(1, p) for _ in range(size + 1)]
        for generator in algebra.generators:
            if generator.name != POWER:
                values.append(draw.randrange(1, p))
                continue
            w = _value(table_of(generator.argument), values, p)
            root = _root(w, generator.k, p) if w else None
            if root is None:
                break
            values.append(root)
        else:
            return p, values
    return None


def _value(table: Any, values: Sequence[int], p: int) -> int:
    total = 0
    for exponents, c in table.items():
        term = c.numerator * pow(c.denominator, -1, p)
        for value, e in zip(values, exponents, strict=False):
            if e:
                term = term * pow(value, e, p) % p
        total += term
    return total % p


def _rank(algebra: Algebra, p: int, point: Sequence[int]) -> int:
    """Rank at the point of the fields and of brackets with them."""
    gens = algebra.context.gens()
    fields = algebra.groups

    def row(field: Sequence[Any]) -> list[Fraction]:
        return [Fraction(_value(table_of(entry), point, p)) for entry in field]

    rows: list[list[Fraction]] = []
    level: list[list[Any]] = []
    for field in fields:
        if _independent(rows, row(field), p):
            rows.append(row(field))
        level.append(field)
    for _ in range(MOST_BRACKETS - 1):
        fresh = []
        for old in level:
            for field in fields:
                bracket = _bracket(field, old, gens)
                if max(map(len, bracket)) > MOST_TERMS:
                    continue
                if _independent(rows, row(bracket), p):
                    rows.append(row(bracket))
                    fresh.append(bracket)
        if not fresh:
            break
        level = fresh
    return len(rows)


def _independent(rows: Sequence[Sequence[Fraction]], row: Sequence[Fraction], p: int) -> bool:
    from flint import nmod_mat

    entries = [int(x) for r in (*rows, row) for x in r]
    return int(nmod_mat(len(rows) + 1, len(row), entries, p).rank()) == len(rows) + 1


def _bracket(left: Sequence[Any], right: Sequence[Any], gens: Sequence[Any]) -> list[Any]:
    """(D right) left - (D left) right."""
    total = []
    for a, b in zip(left, right, strict=True):
        entry = gens[0] * 0
        for i in range(len(gens)):
            entry += b.derivative(i) * left[i] - a.derivative(i) * right[i]
        total.append(entry)
    return total
