"""Certificates of weight decay that goes on: the point of rest, tampering, and bounds that matter."""

import copy
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from litproof.certify.certificates.decay import decay_certificate
from litproof.certify.certificates.format import to_json
from litproof.certify.checker import Refused, Unreadable, check, digest, parse
from litproof.certify.checker.decay import least_eigenvalue, speed
from litproof.certify.checker.exact import rational
from litproof.certify.checker.flow import read_flow
from litproof.certify.checker.regression_path import follow
from litproof.certify.checker.work import Work
from litproof.dynamics import WeightDecay
from litproof.networks import Diagonal, FullyConnected
from litproof.problem import Problem

F = Fraction
ROWS = ((1, F(1, 2), 0), (0, 1, F(1, 2)))
PROBLEMS = {
    "width one": (FullyConnected(3, (1,)), ((F(1, 2), F(1, 3), 1), (2,)), F(1, 5)),
    "diagonal": (Diagonal(2, 3), ((1, F(1, 2), 1), (1, F(1, 3), F(1, 2))), F(1, 4)),
}


def problem_of(name):
    network, v, rate = PROBLEMS[name]
    return Problem(network, "regression", ROWS, (1, 1), 1, v, dynamics=WeightDecay(rate))


@pytest.fixture(scope="module")
def certificates():
    return {name: decay_certificate(problem_of(name), 10) for name in PROBLEMS}


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_limit_is_proved(name, certificates):
    """The stated box holds the point of rest that Euler's method finds in doubles."""
    problem, certificate = problem_of(name), certificates[name]
    assert "with weight decay converges to beta" in check(parse(to_json(certificate)))
    theta, rate = [float(x) for layer in problem.v0 for x in layer], float(problem.dynamics.rate)
    cut = len(problem.v0[0])
    for _ in range(8000):
        r = residuals(problem, [theta[:cut], theta[cut:]])
        gradient = []
        for k in range(len(theta)):  # beta is of degree two: this difference quotient is exact
            ends = ([x + side * (i == k) for i, x in enumerate(theta)] for side in (0.5, -0.5))
            high, low = (residuals(problem, [end[:cut], end[cut:]]) for end in ends)
            gradient.append(sum(s * (a - b) for s, a, b in zip(r, high, low, strict=True)))
        theta = [x - 0.02 * (g + rate * x) for x, g in zip(theta, gradient, strict=True)]
    for (low, high), b in zip(
        certificate["enclosure"], problem.network.coefficients([theta[:cut], theta[cut:]]), strict=True
    ):
        assert float(rational(low)) - 1e-8 <= b <= float(rational(high)) + 1e-8
        assert rational(high) - rational(low) < F(1, 10**9)


def residuals(problem, v):
    beta = problem.network.coefficients(v)
    rows = zip(problem.X, problem.y, strict=True)
    return [sum(float(x) * b for x, b in zip(row, beta, strict=True)) - float(t) for row, t in rows]


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize(
    "field", ["rate", "v0", "y", "X", "beta", "path", "lengths", "centre", "enclosure", "reach"]
)
def test_tampering_is_refused(name, field, certificates):
    rng = Random(f"{name} {field}")
    for _ in range(2):
        changed = copy.deepcopy(certificates[name])
        inner = changed[field]
        if isinstance(inner, str):
            changed[field] = str(rational(inner) / 10**6)
        else:
            while lists := [entry for entry in inner if isinstance(entry, list)]:
                inner = rng.choice(lists)
            place = rng.randrange(len(inner))
            if isinstance(inner[place], str):
                inner[place] = str(
                    rational(inner[place]) + rng.choice([F(1, 9), F(-1, 9)]) * (-1 if place else 1)
                )
            else:
                inner[place] += 1 << changed["bits"]
        changed["digest"] = digest(changed)
        try:
            check(parse(to_json(changed)))
        except (Refused, Unreadable):
            continue
        assert field == "enclosure"  # a wider box
        pairs = zip(changed[field], certificates[name][field], strict=True)
        assert all(rational(a) <= rational(c) and rational(d) <= rational(b) for (a, b), (c, d) in pairs)


def test_the_decay_is_in_the_defect_and_in_the_contraction(certificates):
    certificate = certificates["width one"]
    flow, start = read_flow(certificate, Work())
    rate, ball, bits = rational(certificate["rate"]), rational(certificate["ball"]), certificate["bits"]
    follow(flow, start, certificate, Work(), rate)
    with pytest.raises(Refused):
        follow(flow, start, certificate, Work(), F(0))
    centre = [rational(x) for x in certificate["centre"]]
    P = [[rational(x) for x in row] for row in certificate["preconditioner"]]
    m = least_eigenvalue(flow, centre, ball, rate, P, bits, Work())
    assert m > 0 >= least_eigenvalue(flow, centre, F(1), rate, P, bits, Work())
    assert speed(flow, centre, rate, bits) <= m * rational(certificate["reach"])
    assert speed(flow, centre, 2 * rate, bits) > m * rational(certificate["reach"])


def test_where_there_is_none():
    """Decay that ends, weights, and points of rest that are not isolated: neurons may be turned into each other."""
    ends = replace(problem_of("diagonal"), dynamics=WeightDecay(F(1, 4), F(1)))
    assert decay_certificate(ends, 6) is None
    assert decay_certificate(replace(problem_of("diagonal"), weights=(1, 2)), 6) is None
    v = ((F(1, 2), F(1, 5), F(-1, 10), F(1, 4), F(1, 3), F(-1, 2)), (F(3, 10), F(1, 10)))
    turned = Problem(FullyConnected(3, (2,)), "regression", ROWS, (1, 1), 1, v, dynamics=WeightDecay(F(1, 4)))
    assert decay_certificate(turned, 6) is None
