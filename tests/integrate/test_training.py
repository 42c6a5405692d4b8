"""Networks with divisions, roots and functions against mpmath.odefun; gradients are written out by hand here."""

from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest

from litproof.dynamics import GradientDescent, Momentum, WeightDecay
from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.integrate.training.follow import follow_training, training_path
from litproof.limits.find import find_limit
from litproof.networks.polynomial import FormulaNetwork, PolynomialNetwork, network_of_formulas
from litproof.problem import Problem

POINTS = [["1", "2", "-1/2"], ["1/3", "1", "1"]]
TARGETS = ["1", "1/2"]


def number(q):
    return mpmath.mpf(q.numerator) / q.denominator


def normalised(theta):
    """g v / |v|, and its Jacobian."""
    g, *v = theta
    size = mpmath.sqrt(sum(x * x for x in v))
    beta = [g * x / size for x in v]
    J = [
        [v[j] / size, *((g / size if j == k else 0) - g * v[j] * v[k] / size**3 for k in range(3))]
        for j in range(3)
    ]
    return beta, J


def attention(theta):
    """a softmax(p), and its Jacobian."""
    a, *p = theta
    e = [mpmath.exp(x) for x in p]
    s = [x / sum(e) for x in e]
    J = [[s[j], *(a * s[j] * ((j == k) - s[k]) for k in range(3))] for j in range(3)]
    return [a * x for x in s], J


def gated(theta):
    """tanh(a) log(1 + exp(u_j)) / (1 + u_j^2)^(2/3), and its Jacobian."""
    a, *u = theta
    f = [mpmath.log(1 + mpmath.exp(x)) / (1 + x * x) ** (mpmath.mpf(2) / 3) for x in u]
    slopes = [
        mpmath.exp(x) / (1 + mpmath.exp(x)) / (1 + x * x) ** (mpmath.mpf(2) / 3)
        - 4 * x / 3 * mpmath.log(1 + mpmath.exp(x)) / (1 + x * x) ** (mpmath.mpf(5) / 3)
        for x in u
    ]
    t = mpmath.tanh(a)
    J = [[(1 - t * t) * f[j], *(t * slopes[j] * (j == k) for k in range(3))] for j in range(3)]
    return [t * x for x in f], J


NETWORKS = {
    "weight normalisation": (
        ["g", "v[3]"],
        ["g*v[j]/sqrt(dot(v, v))"],
        normalised,
        ["1/2"],
        ["3/5", "4/5", "1/3"],
    ),
    "attention": (["a", "p[3]"], ["a*softmax(p)"], attention, ["1"], ["1/2", "0", "-1/3"]),
    "a gate": (
        ["a", "u[3]"],
        ["tanh(a)*log(1 + exp(u[j]))*(1 + u[j]^2)^(-2/3)"],
        gated,
        ["1"],
        ["1/2", "1/5", "1"],
    ),
}


def problem_of(name):
    parameters, beta, _, *v = NETWORKS[name]
    return Problem(network_of_formulas(parameters, beta, 3), "regression", POINTS, TARGETS, "1", v)


def gradient_of(name, points=2):
    f = NETWORKS[name][2]
    X = [[number(Fraction(x)) for x in row] for row in POINTS[:points]]
    y = [number(Fraction(t)) for t in TARGETS[:points]]

    def gradient(theta):
        beta, J = f(theta)
        r = [mpmath.fdot(row, beta) - t for row, t in zip(X, y, strict=True)]
        pull = [sum(s * row[j] for s, row in zip(r, X, strict=True)) for j in range(3)]
        return [mpmath.fsum(pull[j] * J[j][k] for j in range(3)) for k in range(len(theta))]

    return gradient


def start_of(name):
    return [number(Fraction(q)) for layer in NETWORKS[name][3:] for q in layer]


@pytest.mark.parametrize("name", NETWORKS)
def test_paths_to_thirty_digits(name):
    with mpmath.workdps(34):
        gradient = gradient_of(name)
        flow = mpmath.odefun(lambda t, w: [-g for g in gradient(w)], 0, start_of(name))
        for t, layers in training_path(problem_of(name), [Fraction(1, 9), Fraction(1, 3)], 30):
            expected, followed = flow(number(t)), [number(x) for layer in layers for x in layer]
            assert max(abs(a - b) for a, b in zip(expected, followed, strict=True)) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("dynamics", [Momentum(Fraction(1, 2)), WeightDecay(Fraction(1, 3))])
def test_other_dynamics(name, dynamics):
    size = len(start_of(name))

    def velocity(t, w):
        if isinstance(dynamics, WeightDecay):
            return [-g - x / 3 for g, x in zip(gradient(w), w, strict=True)]
        return [*w[size:], *(2 * (-g - x) for g, x in zip(gradient(w[:size]), w[size:], strict=True))]

    with mpmath.workdps(30):
        gradient = gradient_of(name)
        first = start_of(name) + [mpmath.mpf(0)] * (size if isinstance(dynamics, Momentum) else 0)
        expected = mpmath.odefun(velocity, 0, first)(mpmath.mpf(1) / 4)
        ((_, layers),) = training_path(replace(problem_of(name), dynamics=dynamics), [Fraction(1, 4)], 26)
        followed = [number(x) for layer in layers for x in layer]
        assert max(abs(a - b) for a, b in zip(expected, followed, strict=False)) < mpmath.mpf(10) ** -26


@pytest.mark.parametrize("name", NETWORKS)
def test_limits_of_one_point(name):
    """odefun at three late times, extrapolated by Aitken: what is left falls like exp(-rate t)."""
    problem = replace(problem_of(name), X=POINTS[:1], y=TARGETS[:1])
    limit = find_limit(problem, 30)
    assert str(limit.evidence) == "certified"
    assert Fraction(limit.residual) < Fraction(1, 10**28)
    with mpmath.workdps(20):
        f, gradient = NETWORKS[name][2], gradient_of(name, 1)
        flow = mpmath.odefun(lambda t, w: [-g for g in gradient(w)], 0, start_of(name))
        first, second, third = (f(flow(t))[0] for t in (6, 7, 8))
        gap = max(abs(a - number(b)) for a, b in zip(third, limit.value, strict=True))
        ends = [c - (c - b) ** 2 / (c - 2 * b + a) for a, b, c in zip(first, second, third, strict=True)]
        left = max(abs(a - number(b)) for a, b in zip(ends, limit.value, strict=True))
    assert gap < 1e-2
    assert left < 10 * gap ** mpmath.mpf(1.7) + mpmath.mpf(10) ** -17


def test_rational_steps_of_descent_are_exact():
    network = network_of_formulas(["g", "v[3]"], ["g*v[j]/(1 + v[j]^2)"], 3)
    problem = Problem(
        network,
        "regression",
        POINTS,
        TARGETS,
        "1",
        [["1"], ["1/2", "1", "1/3"]],
        dynamics=GradientDescent(Fraction(1, 4)),
    )
    X, y = [[Fraction(x) for x in row] for row in POINTS], [Fraction(t) for t in TARGETS]
    g, v = Fraction(1), [Fraction(1, 2), Fraction(1), Fraction(1, 3)]
    for _, layers in training_path(problem, [Fraction(k) for k in range(4)], 20):
        assert layers == ((g,), tuple(v))
        r = [
            sum(x * g * w / (1 + w * w) for x, w in zip(row, v, strict=True)) - t
            for row, t in zip(X, y, strict=True)
        ]
        pull = [sum(s * row[j] for s, row in zip(r, X, strict=True)) for j in range(3)]
        dg = sum(p * w / (1 + w * w) for p, w in zip(pull, v, strict=True))
        dv = [p * g * (1 - w * w) / (1 + w * w) ** 2 for p, w in zip(pull, v, strict=True)]
        g, v = g - dg / 4, [w - d / 4 for w, d in zip(v, dv, strict=True)]


def one(beta, start, target="1"):
    network = FormulaNetwork.of(["u[2]"], beta, 2)
    return Problem(network, "regression", [["1", "2"]], [target], "1", [start])


@pytest.mark.parametrize(
    ("beta", "start", "message"),
    [
        (["log(u[j])"], ["-1/2", "1"], "log of -1/2"),
        (["1/u[j]"], ["0", "1"], "division by 0"),
        (["1/(u[1] - u[2])", "u[1]"], ["1", "1"], "division by 0"),
        (["sqrt(u[j])"], ["1", "0"], "a root of 0"),
        (["u[j]^(1/3)"], ["1", "-8"], "a root of -8"),
        (["log(exp(1) - 3*u[1])", "u[2]"], ["1", "1"], "log of -0.28"),
    ],
)
def test_starts_outside_a_domain(beta, start, message):
    with pytest.raises(
        InputError, match=rf"init\.v: expected a start where every function is defined .* got {message}"
    ):
        find_limit(one(beta, start), 12)


@pytest.mark.parametrize(
    ("beta", "target", "reason"),
    [
        (["sqrt(u[1]*u[2])", "u[1]"], "-7", "the argument of a root reaches 0"),
        (["1/(u[1] + u[2])", "1/(2*u[1] + u[2])"], "100", "a divisor reaches 0"),
        (["u[1]*log(u[1] + u[2])", "u[2]"], "-100", "the argument of a logarithm reaches 0"),
    ],
)
def test_flows_that_leave_a_domain_say_when(beta, target, reason):
    problem = one(beta, ["1", "1"], target)
    try:
        limit = find_limit(problem, 8)
    except Inconclusive as outcome:
        message = str(outcome)
        assert f": {reason} " in message
        end = Fraction(message.partition("ends at t = ")[2].partition(":")[0])
        with pytest.raises(Inconclusive, match=r"the flow ends at t = [0-9.]+: " + reason):
            training_path(problem, [2 * end], 8)
    else:
        assert abs(limit.value[0] + 2 * limit.value[1] - Fraction(target)) < Fraction(1, 10**6)


def test_what_needs_polynomials_says_so():
    problem = problem_of("attention")
    for task in (lambda: find_limit(replace(problem, task="classification", y=(1, -1)), 8),):
        with pytest.raises(HypothesisError, match="is for polynomial networks"):
            task()
    with pytest.raises(HypothesisError, match="engine mpmath is for polynomial networks"):
        find_limit(problem, 8, engine="mpmath")


def test_formulas_that_are_polynomials_are_polynomial_networks():
    assert isinstance(network_of_formulas(["u[2]"], ["u[j]^2/3"], 2), PolynomialNetwork)
    assert network_of_formulas(["u[2]"], ["u[j]^2/3"], 2).kind == "polynomial"
    assert network_of_formulas(["u[2]"], ["u[j]^(-2)"], 2).kind == "formula"


def test_irrational_constants():
    """sqrt(2) u from u = 1: the network of u with the step sqrt(2)."""
    problem = one(["sqrt(2)*u[j]"], ["1", "1"])
    measurement = follow_training(problem, 20)
    with mpmath.workdps(30):
        a = mpmath.sqrt(2)
        shift = (3 * a - 1) / (a * 5)
        expected = [a * (1 - shift), a * (1 - 2 * shift)]
        assert (
            max(abs(number(x) - e) for x, e in zip(measurement.value, expected, strict=True))
            < mpmath.mpf(10) ** -20
        )


def test_sympy_expressions():
    from sympy import exp, gamma, sqrt, symbols, tanh

    g, v = symbols("g"), symbols("v1:4")
    size = sqrt(sum(x**2 for x in v))
    own = FormulaNetwork.from_sympy({"g": g, "v": v}, [g * x / size for x in v])
    own_problem = replace(problem_of("weight normalisation"), network=own)
    first, second = find_limit(own_problem, 12), find_limit(problem_of("weight normalisation"), 12)
    assert first.decimals == second.decimals
    with pytest.raises(InputError, match=r"beta, entry 2: expected .* got gamma"):
        FormulaNetwork.from_sympy({"g": g}, [tanh(exp(g)), gamma(g)])
