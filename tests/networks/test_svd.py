from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from flint import arb, arb_mat
from hypothesis import given, settings, strategies as st

from litproof.algebra.number_field import FieldElement, inner, to_poly
from litproof.algebra.spectral import apply
from litproof.errors import HypothesisError, InputError
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_rational
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.identities import IdentityReport, first_failure
from litproof.networks.point_matrix import point_matrix
from litproof.networks.sensing import commuting_form
from litproof.networks.svd import SingularForm, singular_form
from litproof.precision import ball_precision


def verify_svd(form: SingularForm) -> tuple[IdentityReport, ...]:
    """Prove M = U_1 diag(s) U_2^T, U_2^T U_2 = I and U_1^T U_1 = I in exact arithmetic; three reports.

    The first compares sum over conjugates of M w w^T / N (traces, rational numbers) with M. The others check
    M^T M w = lambda w, w_a^T w_b = N_a delta_ab, that the moduli are different irreducible polynomials
    (different eigenvalues of a symmetric matrix have orthogonal eigenvectors); the same for the left vectors.
    """
    checks = (
        ("M = sum_j s_j u_1j u_2j^T", _reconstruction(form)),
        ("U_2^T U_2 = I", _eigenvectors(form, left=False)),
        ("U_1^T U_1 = I", _eigenvectors(form, left=True)),
    )
    reports = []
    for identity, results in checks:
        checked, failure = first_failure(results)
        reports.append(IdentityReport(identity, not failure, checked, failure))
    return tuple(reports)


def _reconstruction(form: SingularForm) -> Iterator[str]:
    for i, row in enumerate(form.matrix):
        for j, expected in enumerate(row):
            entry = sum(
                (
                    (image[i] * w[j] / norm).trace()
                    for block in form.blocks
                    for w, image, norm in zip(block.right, block.left, block.norms, strict=True)
                ),
                Fraction(0),
            )
            yield "" if entry == expected else f"entry [{i + 1}, {j + 1}] is {entry}, not {expected}"


def _eigenvectors(form: SingularForm, *, left: bool) -> Iterator[str]:
    M, transposed = form.matrix, tuple(zip(*form.matrix, strict=True))
    first, second = (transposed, M) if left else (M, transposed)
    moduli = [block.modulus for block in form.blocks]
    yield "" if len(set(moduli)) == len(moduli) else "two blocks share a polynomial"
    for number, block in enumerate(form.blocks, 1):
        factors = to_poly(block.modulus).factor()[1]
        irreducible = (
            len(factors) == 1 and factors[0][1] == 1 and block.modulus[0] != 0 and block.modulus[-1] == 1
        )
        yield (
            ""
            if irreducible
            else f"block {number}: the polynomial is not monic and irreducible, or lambda = 0"
        )
        t = FieldElement.generator(block.modulus)
        vectors = block.left if left else block.right
        norms = [t * norm for norm in block.norms] if left else list(block.norms)
        for a, w in enumerate(vectors):
            image = apply(second, apply(first, w))
            eigen = all(p == t * q for p, q in zip(image, w, strict=True))
            yield "" if eigen and any(w) else f"block {number}: vector {a + 1} is not an eigenvector"
            for b, other in enumerate(vectors[: a + 1]):
                product = inner(w, other)
                good = product == norms[a] if a == b else not product
                yield "" if good else f"block {number}: wrong inner product of vectors {b + 1} and {a + 1}"


def random_matrix(rng: Random) -> list[list[Fraction]]:
    k1, k2 = rng.randint(1, 4), rng.randint(1, 4)
    matrix = [[draw_rational(rng, 3) for _ in range(k2)] for _ in range(k1)]
    if rng.random() < 0.3:  # deficient rank
        matrix[-1] = [2 * entry for entry in matrix[0]]
    return matrix


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_exact_and_ball_forms_rebuild_the_matrix(seed: int) -> None:
    form = singular_form(random_matrix(Random(seed)))
    for report in verify_svd(form):
        assert report.holds, report
    bits = 150
    balls = form.balls(bits)
    with ball_precision(400):
        for i, row in enumerate(form.matrix):
            for j, entry in enumerate(row):
                products = (u * s * w for u, s, w in zip(balls.U1[i], balls.s, balls.U2[j], strict=True))
                difference = sum(products, arb(0)) - arb(entry.numerator) / entry.denominator
                assert difference.contains(0) and difference.rad() < arb(2) ** (10 - bits)
        for U in (balls.U1, balls.U2):
            columns = list(zip(*U, strict=True))
            for a, p in enumerate(columns):
                for b, q in enumerate(columns):
                    assert sum((x * y for x, y in zip(p, q, strict=True)), arb(0)).contains(int(a == b))
    assert all(s > 0 for s in balls.s) and len(balls.s) == form.rank


def test_singular_values_by_hand() -> None:
    form = singular_form(
        [[Fraction(1), Fraction(1)], [Fraction(0), Fraction(1)]]
    )  # golden ratio and its inverse
    small, large = form.balls(100).s
    with ball_precision(100):
        assert large.overlaps((1 + arb(5).sqrt()) / 2) and (small * large).contains(1)
    twice = singular_form([[Fraction(0), Fraction(2)], [Fraction(-2), Fraction(0)]])
    assert [s.overlaps(arb(2)) for s in twice.balls(60).s] == [True, True] and len(twice.blocks) == 1
    assert singular_form([[Fraction(0)]]).rank == 0 and singular_form([[Fraction(0)]]).balls(60).U1 == ((),)


MATRIX = [[Fraction(1), Fraction(2), Fraction(0)], [Fraction(1, 2), Fraction(-1), Fraction(3)]]


def test_mutants_are_rejected_and_named() -> None:
    form = singular_form(MATRIX)
    (block,) = form.blocks
    w, image = block.right[0], block.left[0]
    mutants: dict[str, SingularForm] = {
        "entry of M": replace(form, matrix=((Fraction(2), *form.matrix[0][1:]), form.matrix[1])),
        "entry of w": replace(form, blocks=(replace(block, right=((w[0] + w[0], *w[1:]),)),)),
        "entry of M w": replace(form, blocks=(replace(block, left=((image[0] + image[0], image[1]),)),)),
        "norm": replace(form, blocks=(replace(block, norms=(block.norms[0] * 2,)),)),
        "block twice": replace(form, blocks=(block, block)),
        "block missing": replace(form, blocks=()),
    }
    for name, mutant in mutants.items():
        reports = verify_svd(mutant)
        assert not all(report.holds for report in reports), name
        assert all(report.failure for report in reports if not report.holds)


def test_swapped_slots_are_rejected() -> None:
    square = singular_form([[Fraction(1), Fraction(2)], [Fraction(0), Fraction(1)]])
    (block,) = square.blocks
    swapped = replace(square, blocks=(replace(block, right=block.left, left=block.right),))
    assert not verify_svd(swapped)[0].holds


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_cancellations_agree_with_balls(seed: int) -> None:
    rng = Random(seed)
    form = singular_form(random_matrix(rng))
    k1, k2 = len(form.matrix), len(form.matrix[0])
    v1 = [Fraction(rng.randint(-1, 1)) for _ in range(k1)]
    v2 = [Fraction(rng.randint(-1, 1)) for _ in range(k2)]
    balls = form.balls(200)
    with ball_precision(300):
        for j, (plus, minus) in enumerate(form.cancellations(v1, v2)):
            one = sum((arb(int(q)) * row[j] for q, row in zip(v1, balls.U1, strict=True)), arb(0))
            two = sum((arb(int(q)) * row[j] for q, row in zip(v2, balls.U2, strict=True)), arb(0))
            assert plus == (one + two).contains(0)
            assert minus == (one - two).contains(0)


def test_cancellations_with_irrational_singular_values() -> None:
    # M = [[1, 1], [1, -1]]: s = sqrt 2 twice, u_1 = M w / (s |w|); v_1 = M v_2 / sqrt 2 is never rational,
    # so only v_1 = v_2 = 0 cancels. Rational singular values: M = diag(2, 3), v_1 = -+ v_2 cancels.
    half = singular_form([[Fraction(1), Fraction(1)], [Fraction(1), Fraction(-1)]])
    assert half.cancellations((1, 0), (1, 0)) == ((False, False),) * 2
    assert half.cancellations((0, 0), (0, 0)) == ((True, True),) * 2
    diagonal = singular_form([[Fraction(2), Fraction(0)], [Fraction(0), Fraction(3)]])
    assert sorted(diagonal.cancellations((1, 1), (1, -1))) == [(False, True), (True, False)]


def test_the_matrix_of_a_point_is_the_forward_pass() -> None:
    rng = Random(5)
    for network in (Diagonal(2, 3), Convolutional((2, 4)), FullyConnected(3, (2,))):
        x = [draw_rational(rng) for _ in range(network.input_dim)]
        M = point_matrix(network, x)
        v = [[draw_rational(rng) for _ in range(size)] for size in network.shapes]
        bilinear = sum(
            a * entry * b for a, row in zip(v[0], M, strict=True) for entry, b in zip(row, v[1], strict=True)
        )
        assert bilinear == network.forward(x, v)
    with pytest.raises(InputError, match="depth 2"):
        point_matrix(Diagonal(3, 2), [Fraction(1)] * 2)


def flat(matrix: list[list[int]]) -> list[Fraction]:
    return [Fraction(entry) for row in matrix for entry in row]


def test_commuting_sensors_with_rational_eigenvalues() -> None:
    sensors = [flat([[2, 1], [1, 2]]), flat([[0, 1], [1, 0]])]
    layers = [flat([[1, 0], [0, 1]]), flat([[3, 1], [1, 3]])]
    form = commuting_form(sensors, layers, 2)
    reduction = form.rational()
    assert sorted(zip(*reduction.X, *reduction.v, strict=True)) == [(1, -1, 1, 2), (3, 1, 1, 4)]
    for given_matrix, values in zip([*sensors, *layers], (*reduction.X, *reduction.v), strict=True):
        for entry in range(4):
            rebuilt = sum(value * P[entry] for value, P in zip(values, reduction.projectors, strict=True))
            assert rebuilt == given_matrix[entry]


def test_commuting_sensors_with_irrational_eigenvalues() -> None:
    A = [[1, 1, 0], [1, 0, 1], [0, 1, -2]]
    square = [[sum(A[r][k] * A[k][s] for k in range(3)) for s in range(3)] for r in range(3)]
    form = commuting_form([flat(A), flat(square)], [flat([[1, 0, 0], [0, 1, 0], [0, 0, 1]])], 3)
    assert not form.is_rational
    with pytest.raises(HypothesisError, match="rational"):
        form.rational()
    balls = form.balls(200)
    with ball_precision(300):
        Q = arb_mat(3, 3, [entry for row in balls.Q for entry in row])
        for matrix, values in zip((A, square), balls.X, strict=True):
            D = arb_mat(3, 3, [values[i] if i == j else 0 for i in range(3) for j in range(3)])
            rebuilt = (Q * D * Q.transpose()).entries()
            assert all(
                entry.contains(int(e)) and entry.rad() < 1e-50
                for entry, e in zip(rebuilt, flat(matrix), strict=True)
            )
        assert all(entry.contains(1) for entry in balls.v[0])


def test_sensors_that_do_not_commute() -> None:
    with pytest.raises(HypothesisError, match="matrices 1 and 2 do not commute"):
        commuting_form([flat([[0, 1], [1, 0]]), flat([[1, 0], [0, 2]])], [], 2)
