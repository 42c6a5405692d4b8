"""Singular vectors of M(x): the stated pair against mpmath, and what the checker refuses."""

import json
from fractions import Fraction
from random import Random

import pytest

from litproof.certify import checker
from litproof.certify.certificates.limit import limit_certificate
from litproof.certify.checker import Refused, digest
from litproof.certify.checker.exact import rational
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.tensor import TensorNetwork
from litproof.problem import Problem

Q = Fraction


def check(certificate):
    return checker.check(certificate)


def resealed(certificate, **fields):
    out = {**certificate, **fields}
    return {**out, "digest": digest(out)}


def one_sample(network, x, label=1):
    layers = tuple(
        tuple(Q(j + 1, 3 + layer) for j in range(size)) for layer, size in enumerate(network.shapes)
    )
    return Problem(network, "classification", (tuple(map(Q, x)),), (Q(label),), Q(1), layers)


def drawn(seed):
    random = Random(seed)
    shapes = (random.randint(1, 3), random.randint(1, 4))
    entries = {
        (z, a, b): Q(random.randint(-9, 9), random.choice([1, 2, 5]))
        for z in range(2)
        for a in range(shapes[0])
        for b in range(shapes[1])
    }
    return one_sample(TensorNetwork(DataTensor(2, shapes, entries)), (Q(2), Q(-1, 3)), random.choice([-1, 1]))


@pytest.mark.parametrize("digits", [15, 60])
@pytest.mark.parametrize("seed", range(6))
def test_the_pair_is_that_of_an_independent_decomposition(seed, digits):
    from mpmath import mp, mpf

    problem = drawn(seed)
    stated = json.loads(json.dumps(limit_certificate(problem, digits)))
    assert stated["kind"] == "singular-pair" and check(stated)
    with mp.workdps(digits + 20):
        first, second = problem.network.shapes
        M = mp.zeros(first, second)
        for (z, a, b), value in problem.network.data_tensor().entries.items():
            entry = value * problem.X[0][z] * problem.y[0]
            M[a, b] += mpf(entry.numerator) / entry.denominator
        U, _, V = mp.svd_r(M)
        true = [*(U[a, 0] for a in range(first)), *(V[0, b] for b in range(second))]
        fractions = [rational(entry) for entry in stated["w"]]
        w = [mpf(q.numerator) / q.denominator for q in fractions]
        inner = sum(a * b for a, b in zip(true, w, strict=True)) / 2
        beside = [a - inner * b for a, b in zip(w, true, strict=True)]
        sine = mp.sqrt(sum(b * b for b in beside) / sum(a * a for a in w))
        assert sine <= mpf(10) ** -digits


def test_what_is_refused():
    stated = limit_certificate(drawn(4), 20)
    w = list(map(rational, stated["w"]))
    for change, message in (
        ({"w": [str(w[0] + Q(1, 10**18)), *map(str, w[1:])]}, "close"),
        ({"angle": "1*2^-400"}, "close"),
        ({"angle": "-1"}, "angle"),
        ({"level": str(rational(stated["level"]) * 4)}, "close"),
        ({"level": "-1000"}, "eigenvalues are above"),
        ({"y": -stated["y"]}, "close"),
        ({"y": 0}, "label"),
        ({"w": ["0"] * len(w)}, "zero"),
    ):
        with pytest.raises(Refused, match=message):
            check(resealed(stated, **change))


def test_a_second_pair_is_refused():
    """Of a diagonal M(x) = diag(3, 1) the vectors of the singular value 1."""
    network = TensorNetwork(DataTensor(1, (2, 2), {(0, 0, 0): Q(3), (0, 1, 1): Q(1)}))
    stated = limit_certificate(one_sample(network, (1,)), 20)
    assert [abs(rational(x)) for x in stated["w"]] == [1, 0, 1, 0]
    for level in ("1/2", "-1/2"):
        with pytest.raises(Refused, match="above"):
            check(resealed(stated, w=["0", "1", "0", "1"], level=level))


def test_double_values_have_none():
    """The largest singular value of a circulant matrix belongs to a pair of conjugate frequencies."""
    assert limit_certificate(one_sample(Convolutional((3, 3)), (1, -2, Q(1, 2))), 20) is None


@pytest.mark.parametrize("exponent", [-320, 320])
def test_numbers_beyond_doubles(exponent):
    stated = limit_certificate(
        one_sample(Convolutional((2, 3)), (Q(10) ** exponent, 2 * Q(10) ** exponent, 0)), 20
    )
    assert stated["kind"] == "singular-pair" and check(stated)


def test_singular_values_that_are_dyadic():
    """The shift of the iteration must not be the eigenvalue itself."""
    network = TensorNetwork(DataTensor(1, (2, 2), {(0, 0, 0): Q(2), (0, 1, 1): Q(1)}))
    for x in (1, Q(1, 4), -3):
        stated = limit_certificate(one_sample(network, (x,)), 30)
        assert stated["kind"] == "singular-pair" and check(stated)
