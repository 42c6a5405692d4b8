"""The potential as a function: closed forms that are known by hand, closedness of the form, limits of flows."""

import json
from fractions import Fraction

import mpmath
import pytest
from click.testing import CliRunner

from litproof import MirrorMap, follow_to_limit
from litproof.bias.verdict import judge
from litproof.cli import program
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks import Diagonal, FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.problem_file import write_problem

F = Fraction
X = ((1, 2, F(-1, 2)), (F(1, 2), -1, 3))
Y = (1, F(7, 10))


def problem_of(parameters, beta, v, inputs=X, targets=Y, d=3):
    return Problem(PolynomialNetwork.of(parameters, beta, d), "regression", inputs, targets, 1, v)


NORM_AND_CUBES = (["u[3]"], ["dot(u, u)", "u[1]^3", "u[2]^3"])
NEW = {
    "radial": problem_of(["w[3]"], ["dot(w, w)*w[j]"], ((F(3, 10), F(1, 7), F(1, 5)),)),
    "a norm and two cubes": problem_of(
        *NORM_AND_CUBES, ((1, F(1, 2), F(1, 3)),), ((1, 1, 1), (0, 1, 2)), (3, 1)
    ),
    "commuting": problem_of(
        ["u[3]", "v[3]"],
        ["u[1]^2*v[1] + u[1]", "u[2]^3 + v[2]*u[2]", "u[3]*v[3] + u[3]^2*v[3]^3"],
        ((F(1, 2),) * 3, (F(1, 2), 1, F(1, 3))),
    ),
}


def contains(bounds, value):
    low, high = (mpmath.mpf(end.numerator) / end.denominator for end in bounds)
    slack = mpmath.mpf(10) ** (5 - mpmath.mp.dps)
    return low - slack <= value <= high + slack


@pytest.mark.parametrize("digits", [12, 40])
@pytest.mark.parametrize("target", [(8, 0), (1, 3), (F(1, 2), F(-1, 3))])
def test_the_radial_potential(target, digits):
    """beta = |w|^2 w: grad Q = |beta|^(-8/9) beta up to a constant, Q = 9/10 |beta|^(10/9), g = |w|^(4/3)."""
    Q = MirrorMap(problem_of(["w[2]"], ["dot(w, w)*w[j]"], ((1, 0),), ((1, 2),), (1,), 2))
    point = Q.at(target, digits)
    with mpmath.workdps(digits + 20):
        beta = [mpmath.mpf(b.numerator) / b.denominator for b in map(F, target)]
        size = mpmath.norm(beta)
        gradient = [b * size ** (mpmath.mpf(-8) / 9) - int(k == 0) for k, b in enumerate(beta)]
        value = mpmath.mpf(9) / 10 * (size ** (mpmath.mpf(10) / 9) - 1) - beta[0] + 1
        assert contains(point.value, value)
        assert all(map(contains, point.gradient, gradient))
        assert contains(point.factor, size ** (mpmath.mpf(4) / 9))
        for low, high in (point.value, *point.gradient):
            assert high - low <= F(4, 10**digits) * max(1, abs(high))
        assert not contains(point.value, value * (1 + mpmath.mpf(10) ** (2 - digits)))


def test_a_gradient_that_is_no_radial_one():
    """beta = (|u|^2, u_1^3, u_2^3): grad Q = (u_3/2, -u_3/(3 u_1), -u_3/(3 u_2)) / u_3(0), up to constants; g = u_3."""
    start = (F(1), F(1, 2), F(1, 3))
    Q = MirrorMap(problem_of(*NORM_AND_CUBES, (start,)))
    end = (F(6, 5), F(1, 4), F(2, 3))
    point = Q.at((sum(u * u for u in end), end[0] ** 3, end[1] ** 3), 30)

    def psi(u):
        return [v / start[2] for v in (u[2] / 2, -u[2] / (3 * u[0]), -u[2] / (3 * u[1]))]

    for (low, high), one, two in zip(point.gradient, psi(end), psi(start), strict=True):
        assert low <= one - two <= high
    assert point.factor[0] <= end[2] / start[2] <= point.factor[1]


def test_a_product_of_complex_numbers_and_a_multiple_of_it():
    """beta = a b: beta' = -(|a|^2 + |b|^2) grad, so that grad Q = (beta - beta(0)) / (|a(0)|^2 + |b(0)|^2), by hand."""
    problem = problem_of(
        ["a[2]", "b[2]"],
        ["a[1]*b[1] - a[2]*b[2]", "a[1]*b[2] + a[2]*b[1]"],
        ((1, F(1, 2)), (F(1, 3), 2)),
        ((1, 2),),
        (3,),
        2,
    )
    target, origin = (F(2), F(-1)), (F(1, 3) - 1, 2 + F(1, 6))
    point = MirrorMap(problem).at(target, 30)
    for (low, high), b, o in zip(point.gradient, target, origin, strict=True):
        assert low <= (b - o) / (1 + F(1, 4) + F(1, 9) + 4) <= high
    step = sum(x * o for x, o in zip((1, 2), origin, strict=True)) - 3
    for (low, high), o, x in zip(MirrorMap(problem).limit(30).beta, origin, (1, 2), strict=True):
        assert low <= o - x * step / 5 <= high  # the nearest point of the line


def test_the_entropy_of_two_layers():
    """Against the closed form: diagonal, v_2(0) = 0: dQ/d beta_j = asinh(2 beta_j / v_j^2)/2."""
    v = (F(1), F(1, 2), F(2))
    Q = MirrorMap(Problem(Diagonal(2, 3), "regression", X, Y, 1, (v, (0, 0, 0))))
    target = (F(1, 2), F(-1, 3), F(3))
    point = Q.at(target, 30)
    with mpmath.workdps(40):
        for bounds, b, s in zip(point.gradient, target, v, strict=True):
            ratio = 2 * b / s**2
            assert contains(bounds, mpmath.asinh(mpmath.mpf(ratio.numerator) / ratio.denominator) / 2)
    assert point.factor == (1, 1)


@pytest.mark.parametrize("name", NEW)
def test_the_limit_is_predicted(name):
    """The KKT point beside the limit of the flow, which is followed by other code."""
    problem = NEW[name]
    verdict = judge(problem, digits=15)
    assert verdict.answer == "potential" and verdict.minimiser.straight >= 13
    point = MirrorMap(problem).limit(25)
    followed = follow_to_limit(problem, 25)
    for (low, high), b in zip(point.beta, followed.value, strict=True):
        assert abs((low + high) / 2 - b) <= F(1, 10**24)
    for column, (low, high) in zip(zip(*problem.X, strict=True), point.gradient, strict=True):
        assert (
            low <= sum(x * (a + b) / 2 for x, (a, b) in zip(column, point.multipliers, strict=True)) <= high
        )


@pytest.mark.parametrize("name", NEW)
def test_the_value_does_not_depend_on_the_path(name):
    Q = MirrorMap(NEW[name])
    there = Q.limit(20)
    again = Q.at([(low + high) / 2 for low, high in there.beta], 20)
    for one, two in zip((*there.gradient, there.value), (*again.gradient, again.value), strict=True):
        assert abs(one[0] - two[0]) < F(1, 10**18)


def test_where_there_is_none():
    with pytest.raises(HypothesisError, match="do not commute"):
        MirrorMap(Problem(FullyConnected(3, (2,)), "regression", X, Y, 1, ((1,) * 6, (1, 2))))
    with pytest.raises(HypothesisError, match="dependent at the start"):
        MirrorMap(problem_of(["w[3]"], ["dot(w, w)*w[j]"], ((0, 0, 0),)))
    behind = MirrorMap(problem_of(["a", "w[2]"], ["a*w[j]"], ((F(1, 10),), (1, 0)), ((1, 2),), (1,), 2))
    with pytest.raises(Inconclusive, match="not seen to stay on the leaf"):
        behind.at((F(-1), F(0)), 12)  # straight through beta = 0, where a leaf with a < |w| ends


@pytest.mark.parametrize("name", NEW)
def test_the_command_prints_and_writes_the_values(name, tmp_path):
    (tmp_path / "p.toml").write_text(write_problem(NEW[name]), "utf-8")
    done = CliRunner().invoke(
        program,
        ["bias", str(tmp_path / "p.toml"), "--digits", "20", "--json", str(tmp_path / "o.json")],
        standalone_mode=False,
    )
    assert done.return_value == 0, done.output
    assert "grad Q" in done.stdout and "verdict: potential" in done.stdout
    found = json.loads((tmp_path / "o.json").read_text("utf-8"))["minimiser"]
    point = MirrorMap(NEW[name]).limit(20)
    for stated, (low, high) in zip(found["beta"], point.beta, strict=True):
        assert F(stated[0]) <= low and high <= F(stated[1])
    assert found["digits"] == 20 and found["straight"] >= 18
    assert len(found["multipliers"]) == len(NEW[name].y)


def test_a_flow_that_leaves_its_leaf_is_no_minimiser():
    """A neuron whose a has to change its sign: the KKT point of its leaf is not where the flow ends."""
    problem = problem_of(["a", "w[3]"], ["a*w[j]"], ((F(1, 2),), (F(3, 10), F(1, 7), -1)))
    assert judge(problem).answer == "excluded"
