"""Limits by validated integration, re-checked step by step."""

import copy
import json
from fractions import Fraction
from itertools import islice
from random import Random

import pytest

from litproof.certify import checker
from litproof.certify.certificates.format import to_json
from litproof.certify.certificates.limit import limit_certificate, regression_certificate
from litproof.certify.certificates.regression_path import limit_records, path_certificate
from litproof.certify.checker import Refused
from litproof.certify.checker.exact import digest, rational
from litproof.certify.checker.flow import Flow, read_flow
from litproof.certify.checker.interval import Interval
from litproof.certify.checker.regression_path import Step, defect, exponential
from litproof.certify.checker.work import Work
from litproof.certify.regression.validated import enclose_by_integration
from litproof.integrate.budget import SECOND
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.polynomial import PolynomialNetwork
from litproof.networks.tensor import TensorNetwork
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.theorems.shared.instances import regression

Q = Fraction


def check(certificate):
    return checker.check(certificate)


def drawn(network, samples, seed=1):
    random = Random(seed)

    def row(size, below):
        return tuple(Q(random.randint(-8, 8), below) for _ in range(size))

    X = tuple(row(network.input_dim, 4) for _ in range(samples))
    y = row(samples, 8)
    return Problem(network, "regression", X, y, Q(1), tuple(row(size, 8) for size in network.shapes))


SMALL = drawn(Convolutional((2, 3)), 1)


@pytest.fixture(scope="module")
def stated():
    return json.loads(json.dumps(path_certificate(SMALL, 12)))


def resealed(certificate, **fields):
    out = {**copy.deepcopy(certificate), **fields}
    return {**out, "digest": digest(out)}


@pytest.mark.parametrize(
    ("problem", "digits"),
    [
        (SMALL, 15),
        (drawn(FullyConnected(2, (2,)), 1), 15),
        (drawn(FullyConnected(2, (2, 2)), 1, 3), 15),
        (drawn(Convolutional((2, 2, 4)), 2), 8),
        (drawn(Convolutional((3, 3)), 2), 15),
    ],
)
def test_enclosures_hold_the_limit_of_another_integration(problem, digits):
    certificate = json.loads(json.dumps(path_certificate(problem, digits)))
    assert "converges" in check(certificate)
    other = enclose_by_integration(problem, digits + 5)
    size = max(max(map(abs, pair)) for pair in other.bounds)
    for (low, high), (a, b) in zip(certificate["enclosure"], other.bounds, strict=True):
        assert Q(low) <= a <= b <= Q(high)
        assert Q(high) - Q(low) < size / 10**digits


def test_after_a_refusal_comes_a_path_with_more_digits(stated):
    """The maker only estimates how far the flow is from the path: each proposal is checked, and finer than the last."""
    flow, _ = read_flow(stated, Work())
    first, second = islice(limit_records(SMALL, flow, 12, Work()), 2)
    assert first["bits"] == stated["bits"] < second["bits"]
    assert rational(second["reach"]) < rational(first["reach"])
    for record in (first, second):
        assert "converges" in check(resealed(stated, **record))


def test_sensors_that_do_not_commute_with_the_layers():
    problem = drawn(MatrixSensing(2, 2), 1)
    certificate = regression_certificate(problem, 10)
    assert certificate["kind"] == "regression-path"
    other = enclose_by_integration(problem, 12)
    for (low, high), (a, b) in zip(certificate["enclosure"], other.bounds, strict=True):
        assert Q(low) <= a <= b <= Q(high)


def test_enclosure_holds_what_the_reduction_predicts():
    """A diagonal network, where the dual problem gives the limit to any digits."""
    problem = Problem(
        Diagonal(3, 2),
        "regression",
        ((Q(1), Q(2)),),
        (Q(1, 2),),
        Q(1),
        ((Q(1), Q(1)), (Q(1), Q(-2)), (Q(0), Q(0))),
    )
    certificate = path_certificate(problem, 15)
    for (low, high), value in zip(
        certificate["enclosure"], predict_regression(problem, 30).value, strict=True
    ):
        assert Q(low) < value < Q(high)


@pytest.mark.parametrize("seed", range(4))
def test_tensors_with_fractions(seed):
    """Denominators in the data tensor change beta, not only the time; two layers and one point: R6 is the reference."""
    random = Random(seed)
    shapes = (2, random.randint(1, 3))
    entries = {
        (z, a, b): Q(random.randint(1, 9), random.choice([2, 3, 7]))
        for z in range(2)
        for a in range(2)
        for b in range(shapes[1])
    }
    network = TensorNetwork(DataTensor(2, shapes, entries))
    problem = drawn(network, 1, seed)
    certificate = path_certificate(problem, 15)
    assert check(certificate)
    for (low, high), value in zip(
        certificate["enclosure"], predict_regression(problem, 30).value, strict=True
    ):
        assert Q(low) < value < Q(high)


def test_numbers_of_the_statement_carry_the_proof(stated):
    """With a new digest: the flow, its data and the path may not be others."""

    def moved(value):
        return value + 1 if isinstance(value, int) else str(rational(value) + Q(1, 7))

    for field, places in {
        "X": [(0, 0), (0, 2)],
        "y": [(0,)],
        "v0": [(0, 1), (1, 0)],
        "tensor": [(0, 1), (3, 1)],
        "lengths": [(0,), (-1,)],
        "reach": [()],
        "enclosure": [(0, 0), (2, 0)],
    }.items():
        for place in places:
            out = copy.deepcopy(stated)
            target, path = out, (field, *place)
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = moved(target[path[-1]])
            with pytest.raises(Refused):
                check(resealed(out))


@pytest.mark.parametrize("order", [0, 1, 5, -1])
def test_a_coefficient_that_does_not_follow_the_flow_is_refused(stated, order):
    out = copy.deepcopy(stated)
    out["path"][2][1][order] += 1 << (stated["bits"] - 30)
    with pytest.raises(Refused):
        check(resealed(out))


def test_shortened_shifted_and_shrunk(stated):
    with pytest.raises(Refused, match="reach"):
        check(resealed(stated, path=stated["path"][:-4], lengths=stated["lengths"][:-4]))
    with pytest.raises(Refused, match="tube"):
        check(resealed(stated, path=stated["path"][1:], lengths=stated["lengths"][1:]))
    with pytest.raises(Refused, match="reach"):
        check(resealed(stated, reach="0"))
    with pytest.raises(Refused, match="reach"):
        check(resealed(stated, reach="1*2^-200"))
    with pytest.raises(Refused, match="reach"):
        check(resealed(stated, preconditioner=[["0"]]))
    with pytest.raises(Refused, match="length"):
        check(resealed(stated, lengths=["0", *stated["lengths"][1:]]))
    for index, (low, high) in enumerate(stated["enclosure"]):
        middle = (Q(low) + Q(high)) / 2
        rows = copy.deepcopy(stated["enclosure"])
        rows[index] = [str(middle), str(middle)]
        with pytest.raises(Refused, match=f"beta_{index + 1} "):
            check(resealed(stated, enclosure=rows))


def test_flows_that_rest_have_none():
    network = FullyConnected(2, (2,))
    rest = Problem(network, "regression", ((Q(1), Q(2)),), (Q(1),), Q(1), ((Q(0),) * 4, (Q(0),) * 2))
    assert regression_certificate(rest, 15, operations=5 * SECOND) is None


def test_defect_is_that_of_the_differential_equation():
    """v1' = v2 (1 - v1 v2), the same for v2; the path (1 + u/2, u): known polynomial, bound not below its values."""
    flow = Flow([(0, [0, 1], 1)], [[1]], [1], 2, 2, 1, Q(1))
    bits, length = 40, Q(1, 2)
    unit = 1 << bits
    bound = defect(flow, Step([[unit, unit // 2], [0, unit]], length, bits), Work())
    for k in range(11):
        u = Q(k, 10)
        a, b = 1 + u / 2, u
        first, second = Q(1, 2) - length * b * (1 - a * b), 1 - length * a * (1 - a * b)
        assert first**2 + second**2 <= bound**2
    assert bound < 4


def test_defect_counts_the_terms_of_higher_order():
    """v1' = -v2 (1 + v1 v2) along v1 = v2 = u^11: the term in u^33, which is cut off, is as large as any."""
    flow, unit, length = Flow([(0, [0, 1], 1)], [[1]], [-1], 2, 2, 1, Q(1)), 1 << 40, 100
    bound = defect(flow, Step([[0] * 11 + [unit]] * 2, Q(length), 40), Work())
    at_the_end = 11 + length * 2
    assert 2 * at_the_end**2 <= bound**2 <= 2 * at_the_end**2 * (1 + Q(1, 10**8))


def test_exponential_bounds_from_above():
    from mpmath import mp, mpf

    with mp.workdps(50):
        for value in (Q(0), Q(1, 10**6), Q(1, 3), Q(7, 2), Q(40)):
            true = mp.exp(mpf(value.numerator) / value.denominator)
            image = exponential(value, 100)
            above = mpf(image.numerator) / image.denominator
            assert true <= above <= true * (1 + mpf(float(value)) / 100 + mpf(2) ** -80)


def test_growth_is_above_the_eigenvalues():
    import numpy as np

    random = Random(3)
    problem = drawn(FullyConnected(2, (2,)), 1, 4)
    tensor = problem.network.data_tensor()
    places = {0: 0, 1: 4}
    terms = [
        (z, [places[layer] + j for layer, j in enumerate(index)], int(value))
        for (z, *index), value in tensor.entries.items()
    ]
    flow = Flow(terms, [[1, 2]], [3], 2, 6, 1, Q(1))
    v = [random.uniform(-2, 2) for _ in range(6)]
    box = [Interval.around(Q(x), 60) for x in v]
    beta = [0.0, 0.0]
    for z, (a, b), value in terms:
        beta[z] += value * v[a] * v[b]
    r = beta[0] + 2 * beta[1] - 3
    hessian = np.zeros((6, 6))
    for z, (a, b), value in terms:
        hessian[a, b] += value * r * (1, 2)[z]
        hessian[b, a] += value * r * (1, 2)[z]
    assert float(flow.growth(box, 60)) >= np.linalg.eigvalsh(-hessian).max() - 1e-12


def test_limits_where_the_jacobian_is_singular_have_none():
    """At rest at zero loss: rows of the Jacobian are dependent, and the rest of a path is not bounded by them."""
    network = FullyConnected(2, (2,))
    rest = Problem(network, "regression", ((Q(1), Q(2)),), (Q(0),), Q(1), ((Q(0),) * 4, (Q(0),) * 2))
    assert path_certificate(rest, 10) is None


# Certificates of networks given by formulas: accepted as they are, refused when any part says something else


PROBLEMS = {
    "terms of degrees 1 and 3": (
        ["u[2]", "v[2]"],
        ["u[j]^3 - v[j]^3 + u[j]"],
        "1 -1/2",
        "1",
        ["1/2 1/3", "1/4 3/4"],
    ),
    "shared weights": (["W[2,2]", "w[2]"], ["W*W*w"], "1 2", "1", ["1 1/2 -1/4 1", "1/2 1/3"]),
    "a constant": (["u[2]", "v[2]"], ["u[j]*v[j] + u[1]^2/3 + 1/2"], "1 1/2", "2", ["1 1/2", "1/3 1"]),
}


@pytest.fixture(scope="module")
def certificates():
    made = {}
    for label, (parameters, beta, X, y, layers) in PROBLEMS.items():
        problem = regression(PolynomialNetwork.of(parameters, beta, 2), X, y, 1, layers, label)
        made[label] = json.loads(to_json(limit_certificate(problem, 6)))
    return made


@pytest.mark.parametrize("label", PROBLEMS)
def test_accepted(certificates, label):
    certificate = certificates[label]
    assert certificate["kind"] == "polynomial-path"
    assert "the flow converges to beta = (" in check(certificate)


def coefficient(c):
    c["beta"][0][0][0] += "1"


def exponent(c):
    powers = c["beta"][0][-1][1]
    powers[next(k for k, e in enumerate(powers) if e)] += 1


def term_dropped(c):
    c["beta"][1].pop()


def target(c):
    c["y"][0] = "3"


def start(c):
    c["v0"][0][0] = "2"


def box(c):
    c["enclosure"][0] = ["100", "101"]


def length(c):
    c["lengths"][0] = "3/128"


@pytest.mark.parametrize("label", PROBLEMS)
@pytest.mark.parametrize("change", [coefficient, exponent, term_dropped, target, start, box, length])
def test_refused(certificates, label, change):
    certificate = copy.deepcopy(certificates[label])
    change(certificate)
    with pytest.raises(Refused):
        check(resealed(certificate))


def test_a_deep_network_of_thirty_parameters():
    """Three full convolutions of ten inputs: a thousand monomials, whose common factors are multiplied out once."""
    rng = Random(9)
    X = tuple(tuple(Fraction(rng.randint(-2, 2)) for _ in range(10)) for _ in range(2))
    v = tuple(
        tuple(Fraction(rng.choice((-1, 1)) * rng.randint(1, 6), 4) for _ in range(10)) for _ in range(3)
    )
    problem = Problem(Convolutional((10, 10, 10)), "regression", X, (Fraction(1, 2), Fraction(-1)), 1, v)
    certificate = path_certificate(problem, 2)
    assert "converges to" in checker.check(checker.parse(to_json(certificate)))
