"""Certificates of gradient descent: the limit of exact steps, tampering, and what the bound of the rest needs."""

import copy
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from litproof.certify.certificates.descent import descent_certificate
from litproof.certify.certificates.format import to_json
from litproof.certify.certificates.limit import NoCertificate, certificate_for
from litproof.certify.checker import Refused, Unreadable, check, digest, parse
from litproof.certify.checker.descent import contracts, places
from litproof.certify.checker.exact import rational
from litproof.certify.checker.flow import read_flow
from litproof.certify.checker.work import Work
from litproof.dynamics import GradientDescent, Momentum
from litproof.limits.find import find_limit
from litproof.networks import Convolutional, Diagonal, FullyConnected
from litproof.problem import Problem

F = Fraction
X = ((1, 2, F(-1, 2)), (F(1, 2), -1, 3))
Y = (1, F(7, 10))
WIDE = ((F(1, 2), F(1, 5), F(-1, 10), F(1, 4), F(1, 3), F(-1, 2)), (F(3, 10), F(1, 10)))
PROBLEMS = {
    "diagonal": (Diagonal(2, 3), ((1, F(1, 2), 2), (0, 0, 0)), F(1, 50)),
    "width two": (FullyConnected(3, (2,)), WIDE, F(1, 20)),
    "convolution": (Convolutional((3, 3)), ((F(1, 2), F(1, 5), F(-1, 10)), (0, 0, 0)), F(1, 30)),
}


def problem_of(name):
    network, v, step = PROBLEMS[name]
    return Problem(network, "regression", X, Y, 1, v, dynamics=GradientDescent(step))


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("digits", [5, 12])
def test_the_limit_is_proved(name, digits):
    """The stated box holds the point to which steps in doubles lead."""
    problem = problem_of(name)
    certificate = descent_certificate(problem, digits)
    assert "gradient descent converges to beta" in check(parse(to_json(certificate)))
    v = [[float(x) for x in layer] for layer in problem.v0]
    shapes, h = problem.network.shapes, float(problem.dynamics.step)
    for _ in range(3000):
        theta, gradient = [x for layer in v for x in layer], []
        r = residuals(problem, v)
        for k in range(len(theta)):  # beta is of degree two: this difference quotient is exact
            high, low = (
                residuals(problem, cut([x + side * (i == k) for i, x in enumerate(theta)], shapes))
                for side in (0.5, -0.5)
            )
            gradient.append(sum(s * (a - b) for s, a, b in zip(r, high, low, strict=True)))
        v = cut([x - h * g for x, g in zip(theta, gradient, strict=True)], shapes)
    for (low, high), b in zip(certificate["enclosure"], problem.network.coefficients(v), strict=True):
        assert float(rational(low)) - 1e-9 <= b <= float(rational(high)) + 1e-9


def residuals(problem, v):
    beta = problem.network.coefficients(v)
    rows = zip(problem.X, problem.y, strict=True)
    return [sum(float(x) * b for x, b in zip(row, beta, strict=True)) - float(t) for row, t in rows]


def cut(theta, shapes):
    layers, at = [], 0
    for size in shapes:
        layers.append(theta[at : at + size])
        at += size
    return layers


@pytest.mark.parametrize("name", PROBLEMS)
def test_tampering_is_refused(name):
    """Thirty changes: of one number or length, with the digest as it should be; each proves nothing, or the same."""
    certificate, rng = descent_certificate(problem_of(name), 6), Random(name)
    true = [[rational(end) for end in pair] for pair in certificate["enclosure"]]
    refused = 0
    for _ in range(30):
        changed = copy.deepcopy(certificate)
        key = rng.choice(
            ["X", "y", "v0", "step", "steps", "bits", "reach", "enclosure", "beta", "preconditioner"]
        )
        alter(changed, key, rng)
        changed["digest"] = digest(changed)
        try:
            check(parse(to_json(changed)))
        except (Refused, Unreadable):
            refused += 1
            continue
        assert key in (
            "steps",
            "bits",
            "reach",
            "preconditioner",
            "enclosure",
        )  # another proof, or a wider box
        for pair, (low, high) in zip(changed["enclosure"], true, strict=True):
            assert rational(pair[0]) <= low < high <= rational(pair[1])
    assert refused >= 15


def alter(changed, key, rng):
    value = changed[key]
    if isinstance(value, int):
        changed[key] = rng.choice([-value - 1, value + 1, value // 2, 10**9, "x", None])
        return
    if isinstance(value, str):
        changed[key] = rng.choice([str(rational(value) * 3), "-1", "0", "1/0", [], value + "0/7"])
        return
    while lists := [entry for entry in value if isinstance(entry, list)]:
        value = rng.choice(lists)
    place = rng.randrange(len(value))
    if rng.random() < 0.2:
        del value[place]
    elif isinstance(value[place], str):
        value[place] = str(rational(value[place]) + rng.choice([F(1, 7), F(-1, 50), 1]))
    else:
        value[place] += 1


def test_the_rest_is_not_bounded_too_early_nor_too_closely():
    certificate = descent_certificate(problem_of("width two"), 6)
    flow, start = read_flow(certificate, Work())
    step, bits, C = (
        F(1, 20),
        certificate["bits"],
        [[rational(c) for c in row] for row in certificate["preconditioner"]],
    )
    first = next(places(flow, start, step, bits, Work()))
    reach = rational(certificate["reach"])
    assert not contracts(flow, first, step, C, reach, bits, Work())
    walk = places(flow, start, step, bits, Work())
    for _ in range(certificate["steps"] + 1):
        here = next(walk)
    assert contracts(flow, here, step, C, reach, bits, Work())
    assert not contracts(flow, here, step, C, reach / 10**6, bits, Work())
    assert not contracts(flow, here, 100 * step, C, reach, bits, Work())


def test_where_there_is_none():
    long = replace(problem_of("width two"), dynamics=GradientDescent(F(3)))
    assert descent_certificate(long, 6) is None
    batches = replace(problem_of("width two"), dynamics=GradientDescent(F(1, 20), ((1,), (2,))))
    assert descent_certificate(batches, 6) is None
    weighted = replace(problem_of("width two"), weights=(1, 3))
    assert descent_certificate(weighted, 6) is None
    with pytest.raises(NoCertificate, match="no theorem about the dynamics momentum"):
        certificate_for(replace(long, dynamics=Momentum(F(1, 2))), (F(1),) * 3, 6)


def test_the_certificate_of_an_answer():
    problem = problem_of("diagonal")
    limit = find_limit(problem, 8)
    assert certificate_for(problem, limit.value, 8)["kind"] == "descent"
    with pytest.raises(NoCertificate, match="another point"):
        certificate_for(problem, [b + F(1, 1000) for b in limit.value], 8)
