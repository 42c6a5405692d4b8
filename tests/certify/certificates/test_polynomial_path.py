"""Certificates of networks given by formulas: accepted as they are, refused when any part says something else."""

import copy
import json

import pytest

from litproof.certify.certificates.format import to_json
from litproof.certify.certificates.limit import limit_certificate
from litproof.certify.checker import Refused
from litproof.certify.checker.exact import digest
from litproof.certify.checker.kinds import check
from litproof.certify.checker.reading import parse
from litproof.networks.polynomial import PolynomialNetwork
from litproof.theorems.shared.instances import regression

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


def resealed(certificate):
    certificate["digest"] = digest(certificate)
    return parse(json.dumps(certificate))


@pytest.mark.parametrize("label", PROBLEMS)
def test_accepted(certificates, label):
    certificate = certificates[label]
    assert certificate["kind"] == "polynomial-path"
    assert "converges to a limit inside the stated box" in check(parse(json.dumps(certificate)))


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
