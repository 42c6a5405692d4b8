"""Exact programmes that start from doubles end where the tableau from scratch ends."""

from fractions import Fraction
from random import Random
from types import SimpleNamespace

import pytest

from litproof.algebra import guessed_basis
from litproof.algebra.guessed_basis import solve_from_doubles
from litproof.algebra.linear import dot
from litproof.algebra.linear_programme import _tableau, minimise


def margins(n, d, seed, *, low=-9):
    """Least l1 norm with margins 1: a programme of the kind that margins need."""
    random = Random(seed)
    rows = [[Fraction(random.randint(low, 9), 4) for _ in range(d)] for _ in range(n)]
    A = [
        [*row, *(-x for x in row), *(Fraction(-int(i == k)) for k in range(n))] for i, row in enumerate(rows)
    ]
    return A, [Fraction(1)] * n, [Fraction(1)] * (2 * d) + [Fraction(0)] * n


def proved(A, b, c, optimum):
    if optimum.status == "optimal":
        assert min(optimum.x) >= 0 and all(dot(row, optimum.x) == t for row, t in zip(A, b, strict=True))
        reduced = [
            cost - dot(optimum.dual, column) for cost, column in zip(c, zip(*A, strict=True), strict=True)
        ]
        assert min(reduced) >= 0 and tuple(reduced) == tuple(optimum.reduced)
        assert optimum.value == dot(c, optimum.x) == dot(b, optimum.dual)
    if optimum.status == "infeasible":
        assert (
            all(dot(optimum.dual, column) <= 0 for column in zip(*A, strict=True))
            and dot(b, optimum.dual) > 0
        )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n", "d"), [(4, 30), (9, 9), (12, 4)])
def test_the_same_value_as_from_scratch(n, d, seed):
    A, b, c = margins(n, d, seed)
    known = _tableau(A, b, c)
    proved(A, b, c, known)
    guessed = solve_from_doubles(A, b, c)
    assert guessed is not None
    proved(A, b, c, guessed)
    assert (guessed.status, guessed.value) == (known.status, known.value)


def test_degenerate_optima():
    A, b, c = margins(8, 20, 1, low=1)
    A = [*A, [x + y for x, y in zip(A[0], A[1], strict=True)]]
    b = [*b, b[0] + b[1]]
    optimum = minimise(A, b, c)  # dependent rows: no basis has as many columns as rows
    proved(A, b, c, optimum)
    copies = [[*row, *row[:5]] for row in A[:-1]]
    optimum = minimise(copies, b[:-1], [*c, *c[:5]])
    proved(copies, b[:-1], [*c, *c[:5]], optimum)
    assert optimum.status == "optimal"


def test_a_bad_guess_is_left_by_exact_steps(monkeypatch):
    """Doubles that stop at another vertex: the simplex method goes on from there."""
    A, b, c = margins(4, 30, 2)
    known = _tableau(A, b, c)
    slack = Random(5)
    detour = _tableau(A, b, [Fraction(slack.randint(1, 9)) for _ in c])
    answer = SimpleNamespace(
        status=0, x=list(map(float, detour.x)), lower=SimpleNamespace(marginals=[0.0] * len(c))
    )
    monkeypatch.setattr(guessed_basis, "_doubles", lambda A, b, c: answer)
    optimum = solve_from_doubles(A, b, c)
    assert optimum is not None and detour.x != known.x
    proved(A, b, c, optimum)
    assert optimum.value == known.value


def test_unbounded_programmes():
    A, b, c = margins(5, 30, 3)
    assert minimise(A, b, [-x for x in c]).status == "unbounded"


def test_uniqueness_of_large_programmes():
    A, b, c = margins(6, 90, 4)
    assert minimise(A, b, c).unique
    used = next(j for j, x in enumerate(minimise(A, b, c).x) if x)
    twice = [[*row, row[used]] for row in A]
    assert not minimise(twice, b, [*c, c[used]]).unique
