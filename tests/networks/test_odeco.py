from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.orthogonal import cayley, random_orthonormal
from litproof.errors import Inconclusive, InputError
from litproof.networks.base import Network, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import KINDS, draw_complex_odeco, draw_network, draw_real_odeco
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.identities import verify_odeco
from litproof.networks.odeco import Odeco

ONE, ZERO = Cyclotomic.rational(1), Cyclotomic.rational(0)


def proved(network: Network, form: OdecoForm) -> list[bool]:
    return [report.holds for report in verify_odeco(network.data_tensor(), form)]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 10**6))
def test_every_odeco_form_is_right(kind: str, seed: int) -> None:
    network = draw_network(Random(seed), kind)
    form = network.odeco()
    if form is not None:
        assert proved(network, form) == [True, True, True]


@pytest.mark.parametrize(
    ("d", "depth"), [(1, 2), (2, 2), (2, 4), (3, 3), (4, 3), (5, 2), (6, 2), (7, 2), (9, 2)]
)
def test_full_convolution_over_the_cyclotomic_field(d: int, depth: int) -> None:
    network = Convolutional((d,) * depth)
    form = network.odeco()
    assert form is not None
    assert proved(network, form) == [True, True, True]
    assert form.is_real == (d <= 2)
    assert all((4 * d) % entry.order == 0 for row in form.S for entry in row)


def test_short_filters_and_deep_matrices_have_none() -> None:
    assert Convolutional((2, 3)).odeco() is None
    assert FullyConnected(2, (2,)).odeco() is None


def conjugated(matrix: tuple[tuple[Cyclotomic, ...], ...]) -> tuple[tuple[Cyclotomic, ...], ...]:
    return tuple(tuple(entry.conjugate() for entry in row) for row in matrix)


def changed(
    matrix: tuple[tuple[Cyclotomic, ...], ...], factor: Cyclotomic
) -> tuple[tuple[Cyclotomic, ...], ...]:
    (first, *row), *rows = matrix
    return ((first * factor, *row), *rows)


@pytest.mark.parametrize(
    "network", [Convolutional((3, 3)), Convolutional((4, 4, 4)), Convolutional((5, 5))], ids=str
)
def test_mutants_of_the_fourier_form_are_rejected(network: Convolutional) -> None:
    form = network.odeco()
    assert form is not None
    F, S, L = form.U[0], form.S, network.depth
    zeta = Cyclotomic.root_of_unity(network.input_dim)
    i = Cyclotomic.gaussian(0, 1)
    shifted = tuple(tuple(entry * zeta ** (j + 1) for j, entry in enumerate(row)) for row in F)
    root = Cyclotomic.sqrt(network.input_dim)
    mutants = {
        "F^* for F": OdecoForm(S, (conjugated(F),) * L),
        "F^* for one F": OdecoForm(S, (conjugated(F), *form.U[1:])),
        "F for F^*": OdecoForm(conjugated(S), form.U),
        "phase of one layer": OdecoForm(S, (shifted, *form.U[1:])),
        "phase i of an entry": OdecoForm(S, (changed(F, i), *form.U[1:])),
        "entry of S": OdecoForm(changed(S, i), form.U),
        "power of d": OdecoForm(tuple(tuple(root * entry for entry in row) for row in S), form.U),
    }
    for name, mutant in mutants.items():
        reports = verify_odeco(network.data_tensor(), mutant)
        assert not all(report.holds for report in reports), name
        assert all(report.failure for report in reports if not report.holds)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_any_changed_entry_is_rejected_and_named(seed: int) -> None:
    rng = Random(seed)
    network = draw_real_odeco(rng, 2, 3, 2) if rng.random() < 0.5 else draw_complex_odeco(rng, 2, 3)
    matrices = [network.S, *network.U]
    which = rng.randrange(3)
    rows = [list(row) for row in matrices[which]]
    rows[rng.randrange(len(rows))][rng.randrange(len(rows[0]))] += Fraction(1, 1000)
    matrices[which] = tuple(map(tuple, rows))
    reports = verify_odeco(network.data_tensor(), OdecoForm(matrices[0], tuple(matrices[1:])))
    failures = [report.failure for report in reports if not report.holds]
    assert failures and all(failures)


def test_deficient_rank_and_wrong_shapes_are_failures() -> None:
    tensor = Diagonal(2, 2).data_tensor()
    identity = ((ONE, ZERO), (ZERO, ONE))
    flat = verify_odeco(tensor, OdecoForm(((ONE, ONE), (ONE, ONE)), (identity, identity)))
    assert [report.holds for report in flat] == [False, True, False] and "rank 1" in flat[2].failure
    short = verify_odeco(tensor, OdecoForm(identity, (identity,)))
    assert not any(report.holds for report in short) and "1 matrices" in short[0].failure
    narrow = verify_odeco(tensor, OdecoForm(identity, (identity, ((ONE,), (ZERO,)))))
    assert not any(report.holds for report in narrow) and "U_2" in narrow[0].failure


def lift(rows: list[list[object]]) -> tuple[tuple[Cyclotomic, ...], ...]:
    return tuple(
        tuple(e if isinstance(e, Cyclotomic) else Cyclotomic.rational(e) for e in row) for row in rows
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("S", "U", "key", "message"),
    [
        ([[1, 0], [0, 1]], [[[1, 0], [0, 2]]], "network.U", "orthonormal"),
        ([[1, 2], [2, 4]], [[[1, 0], [0, 1]]], "network.S", "column rank 2"),
        ([[1, 0]], [[[1, 0], [0, 1]]], "network.U", "1 columns"),
        ([[1]], [[[Cyclotomic.gaussian(0, 1)]]], "network", "real data tensor"),
        ([[1]], [], "network.U", "U_1"),
        ([[1]], [[[Cyclotomic.sqrt(2) / 2], [Cyclotomic.sqrt(2) / 2]]], "network.U", "Gaussian"),
        ([], [[[1]]], "network.S", "m x d"),
    ],
)
def test_bad_factors_are_refused(S: list, U: list, key: str, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InputError) as caught:
        Odeco(lift(S), tuple(lift(matrix) for matrix in U))
    assert caught.value.key == key and message in caught.value.message


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_cayley_transforms_are_orthogonal(seed: int, n: int) -> None:
    rng = Random(seed)
    columns = rng.randint(1, n)
    Q = random_orthonormal(rng, n, columns)
    gram = [[sum(row[i] * row[j] for row in Q) for j in range(columns)] for i in range(columns)]
    assert gram == [[int(i == j) for j in range(columns)] for i in range(columns)]


def test_cayley_by_hand_and_its_condition() -> None:
    t = Fraction(1, 3)
    assert cayley([[0, t], [-t, 0]]) == ((Fraction(4, 5), Fraction(-3, 5)), (Fraction(3, 5), Fraction(4, 5)))
    with pytest.raises(ValueError, match="skew"):
        cayley([[0, 1], [1, 0]])


def fourier_form(depth: int, rows: list[list[object]]) -> tuple[object, tuple[object, ...]]:
    """S and the unitary Fourier matrix of size 4 for every layer."""
    powers = [Cyclotomic.gaussian(*pair) / 2 for pair in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    matrix = tuple(tuple(powers[j * k % 4] for k in range(4)) for j in range(4))
    return lift(rows), (matrix,) * depth


I = Cyclotomic.gaussian(0, 1)
PAIRED = [[1, 2, 0], [1 + I, 0, 1 + I], [0, 1, 2], [1 - I, 0, 1 - I]]  # rows 2 and 4 conjugate: a real tensor


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(
    ("change", "real"),
    [(None, True), ((1, 0, 1), False), ((0, 2, I), False), ((3, 1, I), False), ((2, 0, 5), True)],
)
def test_reality_is_decided_as_by_every_entry(
    depth: int, change: tuple[int, int, object] | None, real: bool
) -> None:
    rows = [list(row) for row in PAIRED]
    if change is not None:
        j, z, value = change
        rows[j][z] = rows[j][z] + value
    S, U = fourier_form(depth, rows)
    entries_real = True
    for indices in product(range(3), *[range(4)] * depth):
        z, *places = indices
        value = Cyclotomic.rational(0)
        for j in range(4):
            term = S[j][z]
            for matrix, place in zip(U, places, strict=True):
                term = term * matrix[place][j]
            value = value + term
        entries_real = entries_real and value.is_real
    assert entries_real is real
    if real:
        Odeco(S, U)
    else:
        with pytest.raises(InputError, match="real data tensor"):
            Odeco(S, U)


def test_a_deep_complex_form_is_used_without_its_tensor() -> None:
    """3 * 4^12 entries are never written out: what needs them says so at once."""
    S, U = fourier_form(12, PAIRED)
    network = Odeco(S, U)
    v = tuple((Fraction(1), Fraction(1, 2), Fraction(l), Fraction(0)) for l in range(12))
    shallow = Odeco(*fourier_form(2, PAIRED))
    assert len(network.coefficients(v)) == 3 and shallow.coefficients(v[:2])
    with pytest.raises(Inconclusive, match="50331648 entries"):
        network.data_tensor()
    wrong = [list(row) for row in PAIRED]
    wrong[1][2] = 7 + I
    with pytest.raises(InputError, match="entries for input 3 are not all real"):
        Odeco(*fourier_form(12, wrong))
