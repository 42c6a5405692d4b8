"""Flows with other losses and dynamics against mpmath: no line of the package computes the expected numbers."""

from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest

from litproof.dynamics import Mirror, Momentum, WeightDecay
from litproof.errors import InputError
from litproof.integrate.training.flows import follow_motion, motion_path
from litproof.integrate.training.follow import follow_training
from litproof.limits.find import find_limit
from litproof.networks import Diagonal
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

SHARED = Problem(
    PolynomialNetwork.of(["u[2]", "w[2]"], ["u[1]^2*w[1] + u[2]", "u[1]*w[2] - u[2]^3"], 2),
    "regression",
    [["1", "2"], ["-1/3", "1"]],
    ["1", "1/2"],
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
LOSSES = {
    "squared": lambda r: r,
    "power-4": lambda r: r**3,
    "log-cosh": mpmath.tanh,
    "sqrt(1 + r^2)": lambda r: r / mpmath.sqrt(1 + r**2),
    "exp(r) - r": lambda r: mpmath.exp(r) - 1,
    "r*atan(r)": lambda r: mpmath.atan(r) + r / (1 + r**2),
    "cos(r/2)*log(2 + r^2) + 2*r^2": lambda r: (
        -mpmath.sin(r / 2) / 2 * mpmath.log(2 + r**2) + mpmath.cos(r / 2) * 2 * r / (2 + r**2) + 4 * r
    ),
}


def beta_of(problem, theta):
    """beta, written out again."""
    if problem.network.kind == "diagonal":
        return [theta[j] * theta[3 + j] for j in range(3)]
    a, b, c, d = theta
    return [a**2 * c + b, a * d - b**3]


def jacobian_of(problem, theta):
    if problem.network.kind == "diagonal":
        rows = [[0] * 6 for _ in range(3)]
        for j in range(3):
            rows[j][j], rows[j][3 + j] = theta[3 + j], theta[j]
        return rows
    a, b, c, d = theta
    return [[2 * a * c, 1, a**2, 0], [d, -3 * b**2, 0, a]]


def number(q):
    return mpmath.mpf(q.numerator) / q.denominator


def gradient_of(problem, slope):
    """theta -> G for the derivative of the loss."""
    X, y = [[number(x) for x in row] for row in problem.X], [number(t) for t in problem.y]

    def gradient(theta):
        beta, J = beta_of(problem, theta), jacobian_of(problem, theta)
        pull = [mpmath.mpf(0)] * len(beta)
        for row, target in zip(X, y, strict=True):
            s = slope(mpmath.fdot(row, beta) - target)
            pull = [p + s * x for p, x in zip(pull, row, strict=True)]
        return [mpmath.fsum(p * J[z][i] for z, p in enumerate(pull)) for i in range(len(theta))]

    return gradient


def start(problem):
    return [number(q) for layer in problem.v0 for q in layer]


def flat(layers):
    return [number(q) for layer in layers for q in layer]


TIME = Fraction(1, 16)


@pytest.mark.parametrize("loss", LOSSES)
def test_path_of_each_loss(loss):
    problem = SHARED if loss in list(LOSSES)[:4] else LINES
    with mpmath.workdps(40):
        gradient = gradient_of(problem, LOSSES[loss])
        path = mpmath.odefun(lambda t, v: [-g for g in gradient(v)], 0, start(problem))
        expected = path(number(TIME))
        ((_, layers),) = motion_path(replace(problem, loss=loss), [TIME], 30)
        assert max(abs(a - b) for a, b in zip(flat(layers), expected, strict=True)) < mpmath.mpf(10) ** -29


def test_path_with_momentum():
    with mpmath.workdps(40):
        gradient, size = gradient_of(SHARED, LOSSES["log-cosh"]), 4
        mass = mpmath.mpf(2) / 7

        def rate(_, z):
            return [*z[size:], *((-w - g) / mass for w, g in zip(z[size:], gradient(z[:size]), strict=True))]

        path = mpmath.odefun(rate, 0, [*start(SHARED), *[mpmath.mpf(0)] * size])
        problem = replace(SHARED, loss="log-cosh", dynamics=Momentum(Fraction(2, 7)))
        ((_, layers),) = motion_path(problem, [TIME], 30)
        expected = path(number(TIME))[:size]
        assert max(abs(a - b) for a, b in zip(flat(layers), expected, strict=True)) < mpmath.mpf(10) ** -29


def test_path_with_weight_decay_that_ends():
    with mpmath.workdps(40):
        gradient, rate = gradient_of(LINES, LOSSES["squared"]), mpmath.mpf(3) / 5
        decayed = mpmath.odefun(
            lambda t, v: [-g - rate * x for g, x in zip(gradient(v), v, strict=True)], 0, start(LINES)
        )
        middle = decayed(mpmath.mpf(1) / 3)
        after = mpmath.odefun(lambda t, v: [-g for g in gradient(v)], 0, middle)
        problem = replace(LINES, dynamics=WeightDecay(Fraction(3, 5), Fraction(1, 3)))
        path = motion_path(problem, [Fraction(1), Fraction(1, 5), Fraction(0), Fraction(1, 3)], 30)
        expected = [after(mpmath.mpf(2) / 3), decayed(mpmath.mpf(1) / 5), start(LINES), middle]
        for (_, layers), values in zip(path, expected, strict=True):
            gap = max(abs(a - b) for a, b in zip(flat(layers), values, strict=True))
            assert gap < mpmath.mpf(10) ** -29


MIRRORS = {
    "u[1]^2 + cosh(u[2]) + sum(exp(w[j]))": lambda v: [
        [2, 0, 0, 0],
        [0, mpmath.cosh(v[1]), 0, 0],
        [0, 0, mpmath.exp(v[2]), 0],
        [0, 0, 0, mpmath.exp(v[3])],
    ],
    "sum(u[j]*log(u[j])) + w[1]^2 + w[1]*w[2] + w[2]^4 + w[2]^2": lambda v: [
        [1 / v[0], 0, 0, 0],
        [0, 1 / v[1], 0, 0],
        [0, 0, 2, 1],
        [0, 0, 1, 12 * v[3] ** 2 + 2],
    ],
}


@pytest.mark.parametrize("potential", MIRRORS)
def test_path_with_a_mirror_map(potential):
    with mpmath.workdps(40):
        gradient = gradient_of(SHARED, LOSSES["squared"])

        def rate(_, v):
            return [-x for x in mpmath.lu_solve(mpmath.matrix(MIRRORS[potential](v)), gradient(v))]

        path = mpmath.odefun(rate, 0, start(SHARED))
        time = Fraction(1, 16)
        ((_, layers),) = motion_path(replace(SHARED, dynamics=Mirror(potential)), [time], 30)
        expected = path(number(time))
        assert max(abs(a - b) for a, b in zip(flat(layers), expected, strict=True)) < mpmath.mpf(10) ** -29


@pytest.mark.parametrize(
    ("changes", "slope", "digits"),
    [
        ({"loss": "log-cosh"}, LOSSES["log-cosh"], 20),
        ({"loss": "exp(r) - r"}, LOSSES["exp(r) - r"], 20),
        ({"dynamics": Momentum(Fraction(1, 2))}, LOSSES["squared"], 20),
        ({"dynamics": WeightDecay(Fraction(1, 10))}, LOSSES["squared"], 12),
    ],
    ids=["log-cosh", "exponential", "momentum", "weight decay for ever"],
)
def test_limit_against_a_long_path(changes, slope, digits):
    """The end of a path by a method of its own (Dormand-Prince in doubles), and stationarity to all digits."""
    import numpy as np
    from scipy.integrate import solve_ivp

    problem = replace(SHARED, **changes)
    mass = float(problem.dynamics.mass) if isinstance(problem.dynamics, Momentum) else 0.0
    decay = float(problem.dynamics.rate) if isinstance(problem.dynamics, WeightDecay) else 0.0
    gradient = gradient_of(SHARED, lambda r: float(slope(r)))

    def rate(_, z):
        theta = [float(x) for x in z[:4]]
        force = np.array([-float(g) - decay * x for g, x in zip(gradient(theta), theta, strict=True)])
        return np.concatenate([z[4:], (force - z[4:]) / mass]) if mass else force

    first = np.array([float(x) for x in start(SHARED)])
    solution = solve_ivp(
        rate, (0, 150), np.concatenate([first, 0 * first]) if mass else first, rtol=1e-10, atol=1e-12
    )
    expected = np.array([float(b) for b in beta_of(SHARED, list(solution.y[:4, -1]))])
    limit = find_limit(problem, digits)
    is_flat = problem.loss is not None and problem.loss.text == "power-4"
    assert str(limit.evidence) == ("agreed" if mass or is_flat else "certified")
    assert np.abs(np.array([float(b) for b in limit.value]) - expected).max() < 1e-7
    with mpmath.workdps(digits + 10):
        theta = flat(follow_training(problem, digits).parameters)
        left = [g + decay * x for g, x in zip(gradient_of(SHARED, slope)(theta), theta, strict=True)]
        if not decay:
            assert max(map(abs, left)) < mpmath.mpf(10) ** -digits
        assert max(
            abs(a - b) for a, b in zip(beta_of(SHARED, theta), map(number, limit.value), strict=True)
        ) < (mpmath.mpf(10) ** -digits)


def test_a_flat_loss_settles_like_a_power_of_time_and_is_followed_all_the_same():
    problem = replace(SHARED, loss="power-4")
    measurement = follow_training(problem, 12)
    assert measurement.converged and measurement.error < Fraction(1, 10**12)
    assert Fraction(measurement.clock["t"]) > 10**10
    rough = motion_path(problem, [Fraction(10**6)], 10)[0][1]
    assert max(abs(a - b) for a, b in zip(flat(rough), flat(measurement.parameters), strict=True)) < 1e-2


def test_a_saddle_is_not_a_limit():
    still = replace(
        SHARED, v=(("0", "0"), ("1", "0")), loss="log-cosh", y=("0", "0"), X=(("1", "0"), ("0", "1"))
    )
    assert follow_motion(still, 10).converged  # zero loss from the start
    tied = Problem(Diagonal(2, 1), "regression", [["1"]], ["-1"], "1", [["1"], ["1"]], loss="log-cosh")
    measurement = follow_motion(tied, 10)
    assert not measurement.converged
    assert "rest above zero loss" in measurement.reason


def test_what_cannot_be_followed_is_refused():
    classification = Problem(Diagonal(1, 1), "classification", [["1"]], ["1"], "1", [["1"]], loss="logistic")
    with pytest.raises(InputError, match="expected a regression problem"):
        follow_motion(classification, 10)
    with pytest.raises(InputError, match="times >= 0"):
        motion_path(SHARED, [Fraction(-1)], 10)
    many = "+".join(f"w[{j}]*w[{j + 1}]" for j in range(1, 5)) + "+ sum(w[j]^4)"
    wide = Problem(
        PolynomialNetwork.of(["w[5]"], ["w[j]"], 5),
        "regression",
        [[1] * 5],
        [1],
        1,
        [[1] * 5],
        dynamics=Mirror(many),
    )
    with pytest.raises(InputError, match="couples at most 4 parameters, got 5"):
        motion_path(wide, [Fraction(1)], 10)


def test_states_obey_their_equations():
    """Every further state at a later time is the function that it stands for."""
    from litproof.flow.motion import trace_motion
    from litproof.integrate.arithmetic import FixedPoint
    from litproof.integrate.regression import taylor

    problem = replace(LINES, loss="cos(r/2)*log(2 + r^2) + 2*r^2 + (3 + r^2)^(3/2) + asinh(r)^2")
    motion = trace_motion(problem)
    arithmetic = FixedPoint(200)
    first = motion.start([q for layer in problem.v0 for q in layer], 60)
    for piece in taylor.integrate(motion.program, arithmetic, first, 40.0, end=Fraction(1, 4)):
        state = [arithmetic.fraction(x) for x in piece.state]
    again = motion.start(state[: motion.parameters], 60)
    assert len(motion.lifted.functions.outputs["functions"]) > 5
    assert max(abs(a - b) for a, b in zip(state, again, strict=True)) < Fraction(1, 10**36)


@pytest.mark.parametrize(
    ("loss", "slope"), [("power-4", lambda r: r**3), ("r^4 + r^6", lambda r: 4 * r**3 + 6 * r**5)]
)
def test_flat_losses_run_over_a_time_of_their_own(loss, slope):
    """Steps stay few, and theta at the time that the clock tells is that of odefun over t."""
    from litproof.flow.motion import trace_clocked_motion
    from litproof.integrate.arithmetic import FixedPoint
    from litproof.integrate.regression import taylor

    problem = replace(SHARED, loss=loss)
    limit = follow_motion(problem, 20)
    assert limit.converged and limit.details["steps"] < 120
    assert max(map(abs, problem.residual(limit.value))) < Fraction(1, 10**20)
    motion = trace_clocked_motion(problem)
    arithmetic = FixedPoint(220)
    first = motion.start([q for layer in problem.v0 for q in layer], 50)
    for piece in taylor.integrate(motion.program, arithmetic, first, 45.0, end=Fraction(3, 2)):
        state = [arithmetic.fraction(x) for x in piece.state]
    t = motion.clock.time(state[motion.parameters])
    with mpmath.workdps(30):
        gradient = gradient_of(SHARED, slope)
        expected = mpmath.odefun(lambda _, w: [-g for g in gradient(w)], 0, start(SHARED))(number(t))
        found = [number(x) for x in state[: motion.parameters]]
        assert max(abs(a - b) for a, b in zip(expected, found, strict=True)) < mpmath.mpf(10) ** -25
    assert trace_clocked_motion(replace(SHARED, loss="log-cosh")) is None
    assert trace_clocked_motion(replace(problem, dynamics=Momentum(Fraction(1)))) is None
