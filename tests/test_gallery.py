"""Networks of the gallery, and D4, followed to thirty digits beside mpmath.odefun on networks written out here.

Gradients come from pairs (value, derivative) of the tests' own: nothing is differentiated by the package.
"""

import re
import tomllib
from fractions import Fraction
from itertools import permutations, product

import mpmath
import pytest

from litproof.guide import read_topic
from litproof.integrate.training.follow import training_path
from litproof.limits.find import find_limit
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping

DIGITS = 30


def number(q):
    return mpmath.mpf(q.numerator) / q.denominator


class Pair:
    """A number and its derivative in one direction."""

    def __init__(self, value, slope=0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        other = other if isinstance(other, Pair) else Pair(other)
        return Pair(self.value + other.value, self.slope + other.slope)

    __radd__ = __add__

    def __mul__(self, other):
        other = other if isinstance(other, Pair) else Pair(other)
        return Pair(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __sub__(self, other):
        return self + other * -1

    def __truediv__(self, other):
        return self * Pair(1 / other.value, -other.slope / other.value**2)

    def exp(self):
        e = mpmath.exp(self.value)
        return Pair(e, e * self.slope)

    def sqrt(self):
        root = mpmath.sqrt(self.value)
        return Pair(root, self.slope / (2 * root))


def signed(w):
    return [a * a - b * b for a, b in zip(w[:3], w[3:], strict=True)]


def positive(w):
    return [a * a * a for a in w]


def group(multiply, elements):
    """(u * v)(g) by multiplying all pairs."""

    def network(w):
        u, v = w[: len(elements)], w[len(elements) :]
        beta = {g: Pair(0) for g in elements}
        for (a, g), (b, h) in product(zip(u, elements, strict=True), zip(v, elements, strict=True)):
            beta[multiply(g, h)] += a * b
        return [beta[g] for g in elements]

    return network


S3 = list(permutations(range(3)))
D4 = [(turn, flip) for flip in (0, 1) for turn in range(4)]


def permuted(p, q):
    return tuple(p[q[i]] for i in range(3))


def turned(a, b):
    """(r^i s^j)(r^k s^l), s r = r^-1 s."""
    return (a[0] + (-b[0] if a[1] else b[0])) % 4, (a[1] + b[1]) % 2


def channels(w):
    U, V = [w[0:2], w[2:4]], [w[4:8], w[8:12]]
    beta = [Pair(0)] * 4
    for c in range(2):
        for i in range(2):
            for k in range(4):
                beta[(i + k) % 4] += U[c][i] * V[c][k]
    return beta


def tensor(w):
    A, B, C = (([x[0], x[1]], [x[2], x[3]]) for x in (w[0:4], w[4:8], w[8:12]))
    return [sum(A[a][k] * B[b][k] * C[c][k] for k in range(2)) for a, b, c in product(range(2), repeat=3)]


def attention(w):
    scores = [w[2 * i] * w[6] + w[2 * i + 1] * w[7] for i in range(3)]
    e = [s.exp() for s in scores]
    return [x / sum(e) for x in e]


def normalised(w):
    return [w[0] * x / sum(x * x for x in w[1:]).sqrt() for x in w[1:]]


BY_HAND = {
    "signed": signed,
    "positive": positive,
    "cyclic": group(lambda a, b: (a + b) % 3, [0, 1, 2]),
    "S3": group(permuted, S3),
    "channels": channels,
    "tensor": tensor,
    "attention": attention,
    "weight normalisation": normalised,
}
FILES = re.findall(r"```toml\n(.*?)```", read_topic("gallery"), re.DOTALL)


def flow_by_hand(problem, network):
    """odefun of gradient flow, one derivative after the other."""
    X, y = [[number(q) for q in row] for row in problem.X], [number(q) for q in problem.y]

    def velocity(_, w):
        rates = []
        for i in range(len(w)):
            beta = network([Pair(x, mpmath.mpf(i == k)) for k, x in enumerate(w)])
            rate = mpmath.mpf(0)
            for row, t in zip(X, y, strict=True):
                r = mpmath.fdot(row, [b.value for b in beta]) - t
                rate -= r * mpmath.fdot(row, [b.slope for b in beta])
            rates.append(rate)
        return rates

    return mpmath.odefun(velocity, 0, [number(q) for layer in problem.v0 for q in layer])


def agrees(problem, network):
    with mpmath.workdps(DIGITS + 4):
        flow = flow_by_hand(problem, network)
        t = Fraction(1, 16)
        ((_, layers),) = training_path(problem, [t], DIGITS)
        found = [number(q) for layer in layers for q in layer]
        return (
            max(abs(a - b) for a, b in zip(flow(number(t)), found, strict=True)) < mpmath.mpf(10) ** -DIGITS
        )


@pytest.mark.parametrize("name", BY_HAND)
def test_the_gallery_to_thirty_digits(name):
    text = FILES[list(BY_HAND).index(name)]
    assert agrees(problem_from_mapping(tomllib.loads(text)), BY_HAND[name])


@pytest.mark.parametrize("number_of_file", range(len(FILES)))
def test_limits_of_the_gallery(number_of_file):
    problem = problem_from_mapping(tomllib.loads(FILES[number_of_file]))
    limit = find_limit(problem, 12)
    assert str(limit.evidence) == "certified"
    assert max(map(abs, problem.residual(limit.value))) < Fraction(1, 10**11)


def test_there_is_a_network_for_each_file():
    assert len(FILES) == len(BY_HAND)


def test_the_dihedral_group():
    terms = {g: [] for g in D4}
    for (a, g), (b, h) in product(enumerate(D4, 1), repeat=2):
        terms[turned(g, h)].append(f"u[{a}]*v[{b}]")
    network = PolynomialNetwork.of(["u[8]", "v[8]"], [" + ".join(terms[g]) for g in D4], 8)
    X = [["1", "2", "-1/2", "0", "1", "1/3", "-1", "1/2"]]
    v = [
        ["1/2", "1/3", "0", "1/5", "1/4", "0", "1/6", "1"],
        ["1", "0", "1/2", "-1/4", "1/3", "1/7", "0", "1/5"],
    ]
    problem = Problem(network, "regression", X, ["1"], "1", v)
    assert agrees(problem, group(turned, D4))
    terms[turned(D4[1], D4[5])].append("u[2]*v[5]")
    wrong = PolynomialNetwork.of(["u[8]", "v[8]"], [" + ".join(terms[g]) for g in D4], 8)
    assert not agrees(Problem(wrong, "regression", X, ["1"], "1", v), group(turned, D4))
