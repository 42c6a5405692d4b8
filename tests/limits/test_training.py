"""Limits with other losses and dynamics: the theorem about losses, directions of logistic losses, laws."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import mpmath
import numpy as np
import pytest

from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import HypothesisError, InputError
from litproof.flow.program import split
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression import taylor
from litproof.integrate.training.clock import _weights, trace_clock
from litproof.limits import training
from litproof.limits.estimate import Disagreement
from litproof.limits.find import find_limit
from litproof.limits.training_laws import training_laws
from litproof.networks import Convolutional, Diagonal, FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

LINES = Problem(
    Diagonal(2, 3),
    "regression",
    [["1", "2", "-1/2"], ["1/3", "1", "1"]],
    ["1", "1/2"],
    "1/2",
    [["1", "2", "3/2"], ["1/2", "0", "1"]],
)
PULLING = ("power-4", "log-cosh", "r^2 + r^4", "r^4 - r^3 + r^2", "cosh(r)", "sqrt(1 + r^2)", "exp(r) - r")
NOT_SEEN = ("r^4 - 2*r^2", "r^3", "-r^2", "(r - 1)^2", "exp(r)", "cos(r)", "r^4 - 4*r^3 + 4*r^2 + r^6 - r^6")


@pytest.mark.parametrize("loss", PULLING)
def test_losses_that_pull_to_zero(loss):
    assert training.pulls_to_zero(replace(LINES, loss=loss))


@pytest.mark.parametrize("loss", NOT_SEEN)
def test_losses_that_do_not(loss):
    """Some have another minimum, a flat or no minimum at all."""
    assert not training.pulls_to_zero(replace(LINES, loss=loss))


@pytest.mark.parametrize("loss", ["power-4", "log-cosh", "r^4 - r^3 + r^2", "exp(r) - r"])
def test_one_limit_for_every_loss_that_pulls(loss):
    squared = find_limit(LINES, 20)
    limit = find_limit(replace(LINES, loss=loss), 20)
    assert str(limit.evidence) == "certified"
    assert limit.decimals == squared.decimals


def test_the_followed_flow_can_refute_the_theorem(monkeypatch):
    """The enclosure of another problem in place of the right one is noticed."""
    from litproof.certify.regression import enclosure

    right = enclosure.enclose_regression
    monkeypatch.setattr(
        enclosure, "enclose_regression", lambda problem, digits: right(replace(problem, scale=2), digits)
    )
    with pytest.raises(Disagreement, match="differ by"):
        find_limit(replace(LINES, loss="log-cosh"), 15)


CONVOLUTION = Problem(
    Convolutional((2, 3)),
    "regression",
    [["1", "2", "-1/2"], ["1/3", "1", "1"]],
    ["1", "1/2"],
    "1",
    [["1", "1/3"], ["1/2", "1/4", "1/5"]],
)


def test_without_a_mirror_map_limits_depend_on_the_loss():
    squared, other = (find_limit(replace(CONVOLUTION, loss=loss), 12) for loss in ("squared", "cosh(r)"))
    assert str(other.evidence) == "certified"
    assert max(abs(a - b) for a, b in zip(squared.value, other.value, strict=True)) > Fraction(1, 10**6)


def test_with_one_point_every_network_has_one_limit():
    one = replace(CONVOLUTION, X=CONVOLUTION.X[:1], y=CONVOLUTION.y[:1])
    squared, other = (find_limit(replace(one, loss=loss), 12) for loss in ("squared", "cosh(r)"))
    assert max(abs(a - b) for a, b in zip(squared.value, other.value, strict=True)) < Fraction(1, 10**12)


def test_points_that_cannot_be_fitted_have_minimisers_of_their_own():
    rows = (*LINES.X, tuple(a + b for a, b in zip(*LINES.X, strict=True)))
    crowded = replace(LINES, X=rows, y=("1", "1/2", "1"))
    limit = find_limit(replace(crowded, loss="r^2 + r^4"), 12)
    assert str(limit.evidence) == "agreed"
    r = crowded.residual(limit.value)
    pull = [sum(row[j] * (2 * s + 4 * s**3) for row, s in zip(rows, r, strict=True)) for j in range(3)]
    assert max(map(abs, pull)) < Fraction(1, 10**11)
    fitted = replace(crowded, y=("1", "1/2", "3/2"), loss="r^2 + r^4")
    assert find_limit(fitted, 12).decimals == find_limit(LINES, 12).decimals


def classification(network, v, *, loss="logistic", dynamics=None, scale="1/2"):
    X = [["1", "2", "1/2"], ["2", "-1/2", "1"]]
    return Problem(network, "classification", X, [1, 1], scale, v, loss=loss, dynamics=dynamics)


CROWDED = (("1", "2", "1/2"), ("2", "-1/2", "1"), ("1", "1", "-1"))
"""Their l1 max margin has many solutions."""


NETWORKS = {
    "one layer": (Diagonal(1, 3), [["1", "0", "1/2"]]),
    "two layers": (Diagonal(2, 3), [["1", "1", "1/2"], ["1/3", "1/2", "1/4"]]),
    "equal layers": (Diagonal(2, 3), [["1", "1", "1/2"], ["1", "1", "1/2"]]),
    "fully connected": (FullyConnected(3, (2,)), [["1", "0", "1/2", "1", "0", "1"], ["1", "1/2"]]),
}


@pytest.mark.parametrize("label", NETWORKS)
def test_logistic_and_exponential_directions_agree(label):
    network, v = NETWORKS[label]
    limit = find_limit(classification(network, v), 12)
    other = find_limit(classification(network, v, loss="exponential"), 12)
    assert str(limit.evidence) == ("certified" if label == "one layer" else "agreed")
    assert max(abs(a - b) for a, b in zip(limit.value, other.value, strict=True)) < Fraction(1, 10**12)


def test_where_the_start_picks_a_direction_the_loss_does_too():
    """Two hand-overs, at 8 and at 11 digits, agree; the exponential loss goes elsewhere."""
    problem = replace(classification(*NETWORKS["equal layers"]), X=CROWDED, y=(1, 1, 1))
    few, more = (find_limit(problem, digits).value for digits in (8, 11))
    other = find_limit(replace(problem, loss=None), 8).value
    assert max(abs(a - b) for a, b in zip(few, more, strict=True)) < Fraction(1, 10**8)
    assert max(abs(a - b) for a, b in zip(few, other, strict=True)) > Fraction(1, 10**4)


def test_cross_entropy_tends_to_the_multiclass_max_margin():
    from scipy.optimize import minimize

    X, y = [["1", "2"], ["2", "-1/2"], ["-1", "-1"], ["1/2", "3"]], (1, 2, 3, 1)
    labels = [1 if c == k else -1 for c in y for k in (1, 2, 3)]
    rows = [[Fraction(x) if k == c else 0 for x in row for k in range(3)] for row in X for c in range(3)]
    network = PolynomialNetwork.of(["W[2,3]"], ["W"], 2, 3)
    start = [["1", "1", "1/2", "1/3", "1/2", "0"]]
    problem = Problem(network, "classification", rows, labels, "1", start, loss="cross-entropy")
    limit = np.array([float(b) for b in find_limit(problem, 12).value])
    points = np.array([[float(Fraction(x)) for x in row] for row in X])

    def margins(w):
        f = points @ w.reshape(2, 3)
        return np.array([f[i, c - 1] - f[i, k] for i, c in enumerate(y) for k in range(3) if k != c - 1])

    best = minimize(
        lambda w: w @ w / 2,
        limit / margins(limit).min(),
        jac=lambda w: w,
        constraints={"type": "ineq", "fun": lambda w: margins(w) - 1},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    assert np.abs(best.x / np.linalg.norm(best.x) - limit).max() < 1e-7
    rough = minimize(
        lambda w: w @ w / 2,
        np.ones(6),
        constraints={"type": "ineq", "fun": lambda w: margins(w) - 1},
        method="SLSQP",
    )
    assert np.abs(rough.x / np.linalg.norm(rough.x) - limit).max() < 1e-4


@pytest.mark.parametrize("groups", [(0, 1, 2), (0, 0, 1)], ids=["logistic", "three classes and two"])
def test_the_clock_against_mpmath(groups):
    problem = replace(classification(*NETWORKS["two layers"]), X=CROWDED, y=(1, 1, 1))
    rows = problem.signed_rows
    program = trace_clock(problem, rows, groups)
    theta = [q for layer in problem.v0 for q in layer]
    beta = problem.network.coefficients(problem.v0)
    margins = [sum(x * b for x, b in zip(row, beta, strict=True)) for row in rows]
    arithmetic = FixedPoint(180)
    first = [*theta, *(x for part in _weights(margins, groups, 180) for x in part)]
    for piece in taylor.integrate(program, arithmetic, first, 35.0, end=Fraction(1, 4)):
        state = [arithmetic.fraction(x) for x in piece.state]
    with mpmath.workdps(40):

        def number(q):
            return mpmath.mpf(q.numerator) / q.denominator

        Z = [[number(x) for x in row] for row in rows]

        def weights(v):
            m = [sum(z * v[j] * v[3 + j] for j, z in enumerate(row)) for row in Z]
            sums = {
                g: 1 + sum(mpmath.exp(-a) for a, h in zip(m, groups, strict=True) if h == g) for g in groups
            }
            return [mpmath.exp(-a) / sums[g] for a, g in zip(m, groups, strict=True)]

        def rate(_, v):
            s = weights(v)
            pull = [sum(a * row[j] for a, row in zip(s, Z, strict=True)) / sum(s) for j in range(3)]
            return [*(pull[j] * v[3 + j] for j in range(3)), *(pull[j] * v[j] for j in range(3))]

        end = mpmath.odefun(rate, 0, [number(q) for q in theta])(mpmath.mpf(1) / 4)
        s = weights(end)
        expected = [*end, *(a / sum(s) for a in s), *s, -mpmath.log(sum(s))]
        assert max(abs(number(a) - b) for a, b in zip(state, expected, strict=True)) < mpmath.mpf(10) ** -30


def test_directions_of_other_losses_and_dynamics_are_refused_in_one_line():
    network, v = NETWORKS["two layers"]
    for changes in (
        {"loss": "exp(-m^3)"},
        {"dynamics": GradientDescent(Fraction(1))},
        {"dynamics": Momentum(Fraction(1))},
    ):
        with pytest.raises(
            HypothesisError, match="limit directions are found for gradient flow of the losses"
        ):
            find_limit(classification(network, v, **changes), 10)
    with pytest.raises(InputError, match="2 or more outputs and one class"):
        classification(network, v, loss="cross-entropy")


def moved(problem, rate, start, law, times=(0.0, 0.2)):
    """Values of a law (a function of t and the state) along a path by mpmath."""
    with mpmath.workdps(30):
        path = mpmath.odefun(rate, 0, start)
        return [law(mpmath.mpf(t), path(t) if t else start) for t in times]


MATRICES = Problem(
    FullyConnected(2, (2,)),
    "regression",
    [["1", "2"]],
    ["1"],
    "1",
    [["1", "1/2", "1/3", "2"], ["1/2", "1"]],
    loss="cosh(r)",
)


def gradient_of_matrices(v):
    """Gradient of cosh(w2 . (W1^T x) - 1), W1 row by row."""
    a, b, c, d, p, q = v
    s = mpmath.sinh(a * p + b * q + 2 * (c * p + d * q) - 1)
    return [s * p, s * q, 2 * s * p, 2 * s * q, s * (a + 2 * c), s * (b + 2 * d)]


def law_value(formula, t, v, names, speed=()):
    """A law's text as a number; the texts are those of this package, from here on checked by their value."""
    text = formula
    for name, value in zip(names, speed, strict=False):
        text = text.replace(f"{name}'", f"({mpmath.nstr(value, 40)})")
    for name, value in zip(names, v, strict=True):
        text = text.replace(name, f"({mpmath.nstr(value, 40)})")
    import sympy as sp

    return mpmath.mpf(str(sp.N(sp.sympify(text.replace("t)", f"{mpmath.nstr(t, 40)})"), rational=True), 30)))


NAMES = ["v[1,1]", "v[1,2]", "v[1,3]", "v[1,4]", "v[2,1]", "v[2,2]"]
START = [mpmath.mpf(x) for x in (1, 0.5, 0.25, 2, 0.5, 1)]


def test_momentum_conserves_rotations():
    laws = training_laws(replace(MATRICES, dynamics=Momentum(Fraction(1, 2)))).laws
    assert len(laws) == 1
    push = [mpmath.mpf(x) for x in (1, 0, -1, 2, 1, 0)]

    def rate(_, z):
        return [*z[6:], *(2 * (-w - g) for w, g in zip(z[6:], gradient_of_matrices(z[:6]), strict=True))]

    first, later = moved(
        MATRICES, rate, [*START, *push], lambda t, z: law_value(laws[0].formula, t, z[:6], NAMES, z[6:])
    )
    assert abs(first) > 0.1
    assert abs(first - later) < 1e-20


def test_weight_decay_conserves_what_grows_back():
    laws = training_laws(replace(MATRICES, dynamics=WeightDecay(Fraction(1, 4)))).laws
    assert len(laws) == 3

    def rate(_, v):
        return [-g - x / 4 for g, x in zip(gradient_of_matrices(v), v, strict=True)]

    for law in laws:
        values = moved(MATRICES, rate, START, lambda t, v, law=law: law_value(law.formula, t, v, NAMES))
        assert abs(values[0]) > 0.1
        assert abs(values[0] - values[1]) < 1e-20


def test_a_mirror_map_conserves_sums_of_factors():
    """The entropy and two factors: r laws sum_i U_ik - V_k (Marcotte, Gribonval, Peyre)."""
    entropy = Mirror("sum(i, sum(j, v[i,j]*log(v[i,j])))")
    laws = training_laws(replace(MATRICES, dynamics=entropy)).laws
    assert len(laws) == 2

    def rate(_, v):
        return [-g * x for g, x in zip(gradient_of_matrices(v), v, strict=True)]

    for law in laws:
        values = moved(MATRICES, rate, START, lambda t, v, law=law: law_value(law.formula, t, v, NAMES))
        assert abs(values[0] - values[1]) < 1e-20
    assert training_laws(replace(MATRICES, dynamics=Mirror("sum(i, sum(j, cosh(v[i,j])))"))).laws == ()
    euclid = training_laws(replace(MATRICES, dynamics=Mirror("sum(i, sum(j, v[i,j]^2))"))).laws
    assert len(euclid) == 3


@pytest.mark.parametrize("seed", range(3))
def test_descent_drifts_by_order_h(seed):
    rng = Random(f"drift {seed}")
    v = [[Fraction(rng.randint(1, 8), 6) for _ in range(n)] for n in (4, 2)]
    problem = replace(MATRICES, v=v, loss="log-cosh", dynamics=GradientDescent(Fraction(1, 2000)))
    laws = training_laws(problem).laws
    assert len(laws) == 3
    for law in laws:
        assert law.drift[0] > law.drift[1] > law.drift[2] > 0
        assert abs(law.order - 1) < 0.1
    record = training_laws(problem).to_json()
    assert record["quantities"][0]["exact"] is False
    assert record["dynamics"] == "gradient-descent"


def test_a_false_law_of_descent_does_not_shrink_with_the_step():
    from litproof.integrate.training.descent import descent_path

    drifts = []
    for factor in (1, 2, 4):
        problem = replace(MATRICES, dynamics=GradientDescent(Fraction(1, 200 * factor)))
        path = descent_path(problem, range(16 * factor + 1), 30)
        values = [sum(x * x for x in layers[0]) + sum(x * x for x in layers[1]) for _, layers in path]
        drifts.append(max(abs(value - values[0]) for value in values))
    assert abs(drifts[1] / drifts[2] - 1) < Fraction(1, 10)
    assert split((1, 2, 3), (2, 1)) == ((1, 2), (3,))


@pytest.mark.parametrize("loss", ["log-cosh", "cosh(r)", "r^2 + r^4"])
def test_the_second_engine_follows_other_losses(loss):
    limit = find_limit(replace(CONVOLUTION, loss=loss), 10, engine="mpmath")
    assert "mpmath: limits of both engines agree to 10 digits" in limit.methods[-1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dynamics": Momentum(Fraction(1))}, "does not follow the dynamics momentum"),
        ({"loss": "power-4"}, "like a power of the time"),
        ({"loss": "r*atan(r)"}, "knows losses in exp"),
    ],
)
def test_what_the_second_engine_leaves_out_is_said(changes, message):
    limit = find_limit(replace(LINES, **changes), 8, engine="mpmath")
    assert message in limit.methods[-1]


def test_equations_of_any_loss_and_of_gradient_flow_only():
    import sympy as sp

    from litproof.sympy_interface.equations import gradient_flow

    flow = gradient_flow(replace(LINES, loss="log-cosh"))
    assert flow.derivative("v[1,1]^2 - v[2,1]^2") == 0
    assert flow.derivative("v[1,1]^2 + v[2,1]^2") != 0
    assert any(entry.has(sp.cosh) for entry in flow.velocity)
    with pytest.raises(HypothesisError, match="this problem has the dynamics momentum"):
        gradient_flow(replace(LINES, dynamics=Momentum(Fraction(1))))


def test_laws_are_verified_for_every_loss_and_gradient_flow_only():
    from litproof.claims.catalogue import claim_of
    from litproof.claims.judge import judge
    from litproof.claims.types import Instance, Status

    law = claim_of("ykm/conserved-norms")
    for problem in (replace(LINES, loss="log-cosh"), classification(*NETWORKS["two layers"])):
        assert judge(law, Instance("", problem), 15).status is Status.VERIFIED
    moving = replace(LINES, dynamics=Momentum(Fraction(1)))
    result = judge(law, Instance("", moving), 15)
    assert result.status is Status.HYPOTHESIS_VIOLATED
    assert "gradient flow" in result.detail
    limit = claim_of("ykm/regression-general-init")
    for problem in (moving, replace(LINES, loss="log-cosh")):
        assert judge(limit, Instance("", problem), 15).status is Status.HYPOTHESIS_VIOLATED
