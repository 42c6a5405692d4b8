"""Enclosures of flows and of descent with other losses, dynamics and networks, against mpmath and their own mutants."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import mpmath
import pytest
from flint import arb, arb_mat, arb_poly

from litproof.certify.regression.descent import enclose_descent
from litproof.certify.regression.motion import MotionRun, _sheared, enclose_motion
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.integrate.ball_rings import Model, Models, eigenvalue_bound
from litproof.integrate.budget import Budget
from litproof.integrate.terminal_bound import limit_of_parameters
from litproof.language.functions import OutsideDomain, apply
from litproof.limits.find import find_limit
from litproof.networks import Diagonal
from litproof.networks.polynomial import PolynomialNetwork, network_of_formulas
from litproof.precision import ball_precision
from litproof.problem import Problem

CUBIC = Problem(
    PolynomialNetwork.of(["u[2]", "w[2]"], ["u[1]^2*w[1] + u[2]", "u[1]*w[2] - u[2]^3"], 2),
    "regression",
    [["1", "2"]],
    ["1"],
    "1",
    [["1", "1/3"], ["1/2", "3/4"]],
)
LINES = Problem(
    Diagonal(2, 3),
    "regression",
    [["1", "2", "-1/2"], ["1/3", "1", "1"]],
    ["1", "1/2"],
    "1/2",
    [["1", "2", "3/2"], ["1/2", "0", "1"]],
)
NORMALISED = Problem(
    network_of_formulas(["g", "v[2]"], ["g*v[j]/sqrt(dot(v, v))"], 2),
    "regression",
    [["1", "2"]],
    ["1"],
    "1",
    [["1/2"], ["3/5", "4/5"]],
)


def number(q):
    return mpmath.mpf(q.numerator) / q.denominator


def cubic(theta):
    a, b, c, d = theta
    return [a**2 * c + b, a * d - b**3], [[2 * a * c, 1, a**2, 0], [d, -3 * b**2, 0, a]]


def lines(theta):
    return [theta[j] * theta[3 + j] for j in range(3)], [
        [theta[3 + j] * (j == k) for k in range(3)] + [theta[j] * (j == k) for k in range(3)]
        for j in range(3)
    ]


def normalised(theta):
    g, x, y = theta
    s = mpmath.sqrt(x * x + y * y)
    return [g * x / s, g * y / s], [
        [x / s, g * y * y / s**3, -g * x * y / s**3],
        [y / s, -g * x * y / s**3, g * x * x / s**3],
    ]


def gradient_of(problem, f, slope):
    X, y = [[number(q) for q in row] for row in problem.X], [number(q) for q in problem.y]

    def gradient(theta):
        beta, J = f(theta)
        s = [slope(mpmath.fdot(row, beta) - t) for row, t in zip(X, y, strict=True)]
        pull = [mpmath.fdot(s, column) for column in zip(*X, strict=True)]
        return [mpmath.fdot(pull, column) for column in zip(*J, strict=True)]

    return gradient


CASES = {
    "log-cosh": (replace(CUBIC, loss="log-cosh"), cubic, mpmath.tanh),
    "sqrt(1 + r^2)": (replace(CUBIC, loss="sqrt(1 + r^2) - 1"), cubic, lambda r: r / mpmath.sqrt(1 + r * r)),
    "exp(r) - r": (replace(CUBIC, loss="exp(r) - r"), cubic, lambda r: mpmath.exp(r) - 1),
    "atan": (replace(CUBIC, loss="r*atan(r)"), cubic, lambda r: mpmath.atan(r) + r / (1 + r * r)),
    "weight normalisation": (NORMALISED, normalised, lambda r: r),
}


@pytest.mark.parametrize("name", CASES)
def test_enclosures_hold_the_limit_that_mpmath_tends_to(name):
    """odefun at late times, extrapolated by Aitken."""
    problem, f, slope = CASES[name]
    enclosure = enclose_motion(problem, 30)
    assert enclosure is not None
    assert all(high - low < Fraction(2, 10**30) * 3 for low, high in enclosure.bounds)
    with mpmath.workdps(20):
        gradient = gradient_of(problem, f, slope)
        flow = mpmath.odefun(
            lambda t, w: [-g for g in gradient(w)], 0, [number(q) for l in problem.v0 for q in l]
        )
        first, second, third = (f(flow(t))[0] for t in (2, 3, 4))
        for a, b, c, (low, high) in zip(first, second, third, enclosure.bounds, strict=True):
            end = c - (c - b) ** 2 / (c - 2 * b + a)
            assert abs(end - number((low + high) / 2)) < 100 * abs(c - b) ** 1.7 + mpmath.mpf(10) ** -16


def test_weight_decay_rests_where_the_equations_say():
    """From u v and h: u' = -g v - h u, v' = -g u - h v, so u^2 = v^2 in the end: g = -h or beta = 0, entry by entry."""
    problem = replace(LINES, dynamics=WeightDecay(Fraction(1, 3)))
    enclosure = enclose_motion(problem, 30)
    assert enclosure is not None and "contracts" in enclosure.method
    with mpmath.workdps(25):
        gradient = gradient_of(problem, lines, lambda r: r)
        start = [number(q) for layer in problem.v0 for q in layer]
        late = mpmath.odefun(
            lambda t, w: [-g - x / 3 for g, x in zip(gradient(w), w, strict=True)], 0, start
        )(12)
        for b, (low, high) in zip(lines(late)[0], enclosure.bounds, strict=True):
            assert abs(b - number((low + high) / 2)) < 0.02
    beta = [(low + high) / 2 for low, high in enclosure.bounds]
    r = problem.residual(beta)
    for j, b in enumerate(beta):
        pull = sum(row[j] * e for row, e in zip(problem.X, r, strict=True))
        assert abs(b) < Fraction(1, 10**29) or abs(abs(pull) - Fraction(1, 3)) < Fraction(1, 10**28)


def test_decay_that_ends_gives_way_to_gradient_flow():
    problem = replace(CUBIC, dynamics=WeightDecay(Fraction(1, 3), Fraction(7, 5)))
    enclosure = enclose_motion(problem, 30)
    assert enclosure is not None
    with mpmath.workdps(25):
        gradient = gradient_of(problem, cubic, lambda r: r)
        start = [number(q) for layer in problem.v0 for q in layer]
        decay = mpmath.odefun(
            lambda t, w: [-g - x / 3 for g, x in zip(gradient(w), w, strict=True)], 0, start
        )
        end = mpmath.odefun(lambda t, w: [-g for g in gradient(w)], 0, decay(mpmath.mpf(7) / 5))(14)
        for b, (low, high) in zip(cubic(end)[0], enclosure.bounds, strict=True):
            assert abs(b - number((low + high) / 2)) < mpmath.mpf(10) ** -12


STEPS = [
    (CUBIC, cubic, Fraction(1, 10)),
    (LINES, lines, Fraction(1, 10)),
    (NORMALISED, normalised, Fraction(1, 5)),
]


@pytest.mark.parametrize("name", ["squared", "log-cosh"])
@pytest.mark.parametrize("case", STEPS)
def test_descent_is_enclosed(name, case):
    """The iteration written out in mpmath with 60 digits."""
    problem, f, step = case
    problem = replace(problem, loss=None if name == "squared" else name, dynamics=GradientDescent(step))
    enclosure = enclose_descent(problem, 25)
    assert enclosure is not None
    with mpmath.workdps(60):
        gradient = gradient_of(problem, f, mpmath.tanh if name == "log-cosh" else lambda r: r)

        def steps():
            theta = [number(q) for layer in problem.v0 for q in layer]
            while True:
                theta = [x - number(step) * g for x, g in zip(theta, gradient(theta), strict=True)]
                yield theta

        beta, _ = f(next(islice(steps(), 2500, None)))
        for b, (low, high) in zip(beta, enclosure.bounds, strict=True):
            assert number(low) - mpmath.mpf(10) ** -40 <= b <= number(high) + mpmath.mpf(10) ** -40
            assert high - low < Fraction(3, 10**25)


def test_what_is_not_enclosed_is_none():
    flat = replace(CUBIC, loss="power-4")
    assert enclose_motion(flat, 10) is None
    assert enclose_motion(replace(CUBIC, dynamics=Momentum(Fraction(1, 2))), 10) is None
    assert enclose_motion(replace(CUBIC, dynamics=Mirror("dot(u, u)")), 10) is None
    assert (
        enclose_descent(replace(LINES, dynamics=GradientDescent(Fraction(1, 10), ((1,), (2,)))), 10) is None
    )
    assert enclose_descent(replace(LINES, dynamics=GradientDescent(Fraction(9))), 10) is None
    assert enclose_motion(replace(CUBIC, loss="(r - 1)^2"), 10) is None


def test_limits_are_certified():
    for problem in (
        replace(CUBIC, X=(("1", "2"), ("-1/3", "1")), y=("1", "1/2"), loss="log-cosh"),
        replace(LINES, dynamics=WeightDecay(Fraction(1, 3))),
        replace(LINES, dynamics=GradientDescent(Fraction(1, 10))),
        NORMALISED,
    ):
        found = find_limit(problem, 20)
        assert str(found.evidence) == "certified"
        assert found.enclosure


def test_a_false_curvature_is_refused():
    """The terminal bound with ell'' claimed between 1 and 1 for a loss that has 3 there encloses another point."""
    problem = replace(CUBIC, loss="log-cosh")
    run = MotionRun(problem, 10, 30, Budget(), 100)
    while float(abs(problem.residual([Fraction(0)] * 2)[0])) and run.time < 4:
        assert run.step()
    with ball_precision(run.bits):
        theta = [arb(0) + arb(int(x)) / arb(2) ** run.bits for x in run.state]
        good = limit_of_parameters(problem, run.gradient, theta, run.curvature)
        assert good is not None
        assert limit_of_parameters(problem, run.gradient, theta, lambda R: (arb(1), arb(5))) is None
        assert limit_of_parameters(problem, run.gradient, theta, lambda R: (arb(0), arb(1))) is None


NAMES = ("exp", "log", "atan", "asinh", "tanh", "sinh", "cosh", "sin", "cos")
FUNCTIONS = [("power", 1), ("power", 2), ("power", 5), *((name, 1) for name in NAMES)]


@pytest.mark.parametrize(("name", "k"), FUNCTIONS)
@pytest.mark.parametrize("order", [6, 20])
def test_functions_of_taylor_models(name, k, order):
    from random import Random

    rng = Random(f"models {name} {k}")
    with ball_precision(160):
        p = arb_poly([arb("1.25"), arb("0.125"), arb("-0.0625")])
        rest = arb(2) ** -60
        result = Models(order).function(_step(name, k), Model(p, rest))
        assert result.remainder < arb("0.01")
        for _ in range(40):
            u = arb(rng.randrange(0, 1001)) / 1000
            w = p(u) + rest * rng.choice((-1, 0, 1))
            assert abs(apply(name, w, k) - result.polynomial(u)) <= result.remainder
        tight = Models(40).function(_step(name, k), Model(p, arb(0)))
        assert tight.remainder < arb(10) ** -9
    with pytest.raises(OutsideDomain), ball_precision(160):
        Models(order).function(_step("log", 1), Model(arb_poly([arb(1), arb(-2)]), arb(0)))


def _step(name, k):
    from litproof.flow.program import Function

    return Function(name, 0, k)


def test_eigenvalue_bounds_may_be_negative():
    from flint import arb_mat

    with ball_precision(64):
        matrix = arb_mat(2, 2, [-3, 1, 1, -3])
        bound = eigenvalue_bound(matrix)
        assert -2 <= bound < arb("-1.999999")
        wide = arb_mat(2, 2, [arb(-3, 0.5), 1, 1, -3])
        assert bound < eigenvalue_bound(wide)


@pytest.mark.parametrize("mass", ["1/50", "1", "3"])
def test_momentum_in_its_own_norm(mass):
    """T DV T^-1 = [[-H, H], [-H, H - 1/lambda]], T (theta, w) = (theta + lambda w, lambda w); the norms of T hold."""
    mass, H = Fraction(mass), [[2, 1], [1, -3]]
    with ball_precision(100):
        m = arb(mass.numerator) / mass.denominator
        V = arb_mat(4, 4)
        for i in range(2):
            V[i, 2 + i], V[2 + i, 2 + i] = 1, -1 / m
            for j in range(2):
                V[2 + i, j] = -H[i][j] / m
        turned = _sheared(V, m)
        for i in range(4):
            for j in range(4):
                expected = (1 if j >= 2 else -1) * H[i % 2][j % 2] - (1 / m if i == j >= 2 else 0)
                assert turned[i, j].overlaps(arb(expected))
        run = MotionRun(replace(LINES, dynamics=Momentum(mass)), 10, 20, Budget(), 100)
        for x in (
            arb_mat(2, 1, [1, 0]),
            arb_mat(2, 1, [0, 1]),
            arb_mat(2, 1, [1, -2]),
            arb_mat(2, 1, [3, 1]),
        ):
            T = arb_mat(2, 2, [1, m, 0, m])
            size, image = (sum((e * e for e in v.entries()), arb(0)).sqrt() for v in (x, T * x))
            assert image <= run.stretch * size and size <= run.shrink * image


def test_errors_with_momentum_grow_no_faster_than_two_runs_part():
    """Runs from starts that differ by 10^-12 stay within the bound that the first would give for that error."""
    starts = (LINES, replace(LINES, v=((LINES.v[0][0] + Fraction(1, 10**12), *LINES.v[0][1:]), LINES.v[1])))
    runs = [MotionRun(replace(p, dynamics=Momentum(Fraction(1, 10))), 10, 30, Budget(), 100) for p in starts]
    runs[0].error = runs[0].error + runs[0].stretch * arb(10) ** -12
    for run in runs:
        run.end = Fraction(1, 2)
        while run.end is not None:
            assert run.step()
    with ball_precision(100):
        states = [[run.arithmetic.fraction(x) for x in run.state] for run in runs]
        apart = sum(((a - b) ** 2 for a, b in zip(*states, strict=True)), Fraction(0))
        assert arb(apart.numerator) / apart.denominator < (runs[0].shrink * runs[0].error) ** 2
