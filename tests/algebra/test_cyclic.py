from fractions import Fraction
from random import Random

from flint import arb
from hypothesis import given, settings, strategies as st

from litproof.algebra.cyclic import cyclic_subspace
from litproof.algebra.number_field import real_roots
from litproof.precision import ball_precision


def matrix(rng: Random, p: int, q: int) -> list[list[Fraction]]:
    return [[Fraction(rng.randint(-2, 2), rng.choice((1, 2))) for _ in range(q)] for _ in range(p)]


def applied(A: list[list[Fraction]], v: list) -> list:
    """K v by hand."""
    p = len(A)
    up = [sum((x * y for x, y in zip(row, v[p:], strict=True)), 0 * v[0]) for row in A]
    across = [sum((row[j] * x for row, x in zip(A, v[:p], strict=True)), 0 * v[0]) for j in range(len(A[0]))]
    return [*up, *across]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_parts_along_all_eigenvalues_add_up_to_the_start(seed: int) -> None:
    rng = Random(seed)
    p, q = rng.randint(1, 4), rng.randint(1, 4)
    A = matrix(rng, p, q)
    v = [Fraction(rng.randint(-2, 2)) for _ in range(p + q)]
    if not any(v):
        return
    found = cyclic_subspace(A, v, p + q)
    assert found is not None
    # the least relation: m(K) v = 0, and no factor of m can be left out
    power, relation = v, [Fraction(0)] * (p + q)
    for coefficient in found.m:
        relation = [r + coefficient * x for r, x in zip(relation, power, strict=True)]
        power = applied(A, power)
    assert not any(relation)
    with ball_precision(200):
        roots = [root for factor in found.factors for root in real_roots(factor)]
        assert len(roots) == len(found.m) - 1
        parts = [found.part(root) for root in roots]
        for i, x in enumerate(v):
            assert sum((part[i] for part in parts), arb(0)).overlaps(arb(x.numerator) / x.denominator)
        halves = [[[arb(x.numerator) / x.denominator for x in row] for row in A]]
        for root, part in zip(roots, parts, strict=True):
            assert all(
                (a - root * b).contains(0) for a, b in zip(applied(halves[0], part), part, strict=True)
            )
            assert any(not x.contains(0) for x in part)
        top = found.largest()
        if top is None:
            assert not any(root > 0 for root in roots)
        else:
            best = real_roots(top[0])[top[1]]
            assert best > 0 and all(root < best or root.overlaps(best) for root in roots)


def test_subspaces_that_are_too_large_are_left_alone() -> None:
    A = [[Fraction(1), Fraction(2)], [Fraction(0), Fraction(1)]]
    v = [Fraction(1), Fraction(0), Fraction(0), Fraction(0)]
    assert cyclic_subspace(A, v, 3) is None
    assert cyclic_subspace(A, v, 4) is not None


def test_long_common_denominators_are_left_alone() -> None:
    A = [[Fraction(1, 2**61 + 2 * k + 1) for k in range(80)]]
    assert cyclic_subspace(A, [Fraction(1)] * 81, 10) is None
