from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from litproof.algebra.number_field import FieldElement, inner, real_roots
from litproof.algebra.orthogonal import random_orthonormal
from litproof.algebra.spectral import apply, commutation_fault, spectral_blocks
from litproof.precision import ball_precision

SQRT2 = (Fraction(-2), Fraction(0), Fraction(1))
CUBIC = (Fraction(1), Fraction(-3), Fraction(0), Fraction(1))  # t^3 - 3t + 1, roots 2cos(2pi k/9)
ENTRIES = st.fractions(min_value=-4, max_value=4, max_denominator=5)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([SQRT2, CUBIC]), st.lists(ENTRIES, min_size=6, max_size=6))
def test_field_axioms_and_trace(modulus: tuple[Fraction, ...], q: list[Fraction]) -> None:
    n = len(modulus) - 1
    a, b = FieldElement.of(modulus, q[:n]), FieldElement.of(modulus, q[n : 2 * n])
    assert a * b == b * a and (a + b) * a == a * a + b * a and not (a - a)
    if b:
        assert a / b * b == a
    with ball_precision(120):
        roots = real_roots(modulus)
        conjugates = [(a * b).at(root) for root in roots]
        assert all((a.at(r) * b.at(r)).overlaps(c) for r, c in zip(roots, conjugates, strict=True))
        trace = (a * b).trace()
        assert (sum(conjugates[1:], conjugates[0]) * trace.denominator).contains(trace.numerator)


def test_known_elements() -> None:
    t = FieldElement.generator(SQRT2)
    assert (t * t).coefficients == (2, 0) and (t * t * t).trace() == 0 and (t * t).trace() == 4
    assert inner([t, t], [t, t]).coefficients == (4, 0)
    with pytest.raises(ZeroDivisionError):
        t / (t - t)
    with pytest.raises(ValueError, match="different"):
        t + FieldElement.generator(CUBIC)
    with pytest.raises(ValueError, match="not real"):
        real_roots((Fraction(1), Fraction(0), Fraction(1)))


def random_family(rng: Random, n: int) -> list[list[list[Fraction]]]:
    """Commuting symmetric matrices: diagonal ones in one rational basis, or polynomials of one matrix."""
    if rng.random() < 0.5:
        Q = random_orthonormal(rng, n, n)
        diagonals = [[Fraction(rng.randint(-2, 2)) for _ in range(n)] for _ in range(rng.randint(1, 3))]
        return [
            [[sum(Q[r][j] * d[j] * Q[s][j] for j in range(n)) for s in range(n)] for r in range(n)]
            for d in diagonals
        ]
    A = [[Fraction(0)] * n for _ in range(n)]
    for r in range(n):
        for s in range(r + 1):
            A[r][s] = A[s][r] = Fraction(rng.randint(-3, 3))
    square = [[sum(A[r][k] * A[k][s] for k in range(n)) for s in range(n)] for r in range(n)]
    return [A, square]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_spectral_blocks_diagonalise_the_whole_family(seed: int, n: int) -> None:
    family = random_family(Random(seed), n)
    blocks = spectral_blocks(family)
    assert sum(block.degree * len(block.vectors) for block in blocks) == n
    identity = [[Fraction(0)] * n for _ in range(n)]
    for block in blocks:
        for i, (w, norm) in enumerate(zip(block.vectors, block.norms, strict=True)):
            assert inner(w, w) == norm and norm
            assert not any(inner(w, other) for other in block.vectors[:i])
            for matrix, value in zip(family, block.eigenvalues, strict=True):
                assert list(apply(matrix, w)) == [value * entry for entry in w]
            for r in range(n):
                for s in range(n):
                    identity[r][s] += (w[r] * w[s] / norm).trace()
    assert identity == [[int(r == s) for s in range(n)] for r in range(n)]


def test_families_that_do_not_commute_are_named() -> None:
    a, b = [[0, 1], [1, 0]], [[1, 0], [0, 2]]
    assert commutation_fault([a, b]) == "matrices 1 and 2 do not commute"
    assert commutation_fault([a, [[1, 2], [3, 4]]]) == "matrix 2 is not symmetric"
    with pytest.raises(ValueError, match="commute"):
        spectral_blocks([a, b])  # type: ignore[list-item]


def test_a_combination_that_merges_eigenspaces_is_not_used() -> None:
    # A_1 + A_2 is the identity: c = 1 does not separate the two joint eigenspaces.
    one, zero = Fraction(1), Fraction(0)
    blocks = spectral_blocks([[[one, zero], [zero, zero]], [[zero, zero], [zero, one]]])
    assert sorted(tuple(e.coefficients[0] for e in block.eigenvalues) for block in blocks) == [(0, 1), (1, 0)]
