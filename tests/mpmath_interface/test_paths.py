"""The second engine and the paths in mpmath numbers, against closed forms, mpmath.odefun and the other engine."""

from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
from mpmath import mp, mpf, odefun

from litproof import InputError, Problem, example_problem, problem_from_mapping
from litproof.errors import Inconclusive
from litproof.integrate.classification.samples import sample_path
from litproof.integrate.permission import IntegrationRefused, no_integration
from litproof.integrate.regression.follow import follow_to_limit, trajectory as other_trajectory
from litproof.mpmath_interface import direction_at, follow_regression, trajectory, velocity
from litproof.mpmath_interface.lazy_series import Series, exp
from litproof.networks import Convolutional, Diagonal, FullyConnected, MatrixSensing

REGRESSION = {
    "diagonal": Problem(Diagonal(3, 2), "regression", [[1, 2]], [1], "1/2", [[1, 1], [1, "3/4"], [0, "1/5"]]),
    "one layer": Problem(Diagonal(1, 2), "regression", [[1, 2]], [1], 1, [[1, 1]]),
    "convolution": Problem(Convolutional((2, 3)), "regression", [[1, 2, 0]], [1], 1, [[1, 0], [0, 1, "1/3"]]),
    "matrices": Problem(FullyConnected(2, (2,)), "regression", [[1, 2]], [2], 1, [[1, 0, 0, 1], [0, "1/2"]]),
    "sensing": Problem(
        MatrixSensing(2, 2), "regression", [[2, 1, 1, 2]], [1], 1, [[1, 0, 0, 1], [0, "1/4", 0, 0]]
    ),
}


def value(q):
    return mpf(q.numerator) / q.denominator


def test_series_by_hand():
    with mp.workdps(30):
        x = Series(lambda k: mpf(k == 1))
        assert (1 / (1 - x)).up_to(5)[:6] == [1] * 6
        assert ((1 + x) ** 3).up_to(4)[:5] == [1, 3, 3, 1, 0] and ((1 + x) ** -1).up_to(3)[:4] == [
            1,
            -1,
            1,
            -1,
        ]
        e = exp(2 * x - 1)
        assert all(
            abs(e[k] - mpmath.exp(-1) * mpf(2) ** k / mpmath.factorial(k)) < mpf(10) ** -28 for k in range(8)
        )
        assert exp(mpf(1)) == mp.e and (x / 2)[1] == mpf(1) / 2 and (3 - x)[0] == 3
        total = sum((x for _ in range(5000)), mpf(0))
        assert total[1] == 5000
        with pytest.raises(TypeError):
            x ** Fraction(1, 2)


@pytest.mark.parametrize("name", REGRESSION)
def test_limits_agree_with_the_other_engine(name):
    problem = REGRESSION[name]
    second, first = follow_regression(problem, 20), follow_to_limit(problem, 25)
    assert second.converged and second.error < Fraction(1, 10**20)
    assert max(abs(a - b) for a, b in zip(second.value, first.value, strict=True)) < 10 * second.error
    assert second.residual < Fraction(1, 10**20)


def test_a_limit_in_closed_form():
    # u' = v (1 - u v), v' = u (1 - u v) from (1/2, 0): u^2 - v^2 = 1/4, u v = 1
    problem = Problem(Diagonal(2, 1), "regression", [[1]], [1], 1, [["1/2"], [0]])
    u, v = (layer[0] for layer in follow_regression(problem, 30).parameters)
    assert abs(u * u - v * v - Fraction(1, 4)) < Fraction(1, 10**32) and abs(u * v - 1) < Fraction(1, 10**32)


def test_what_does_not_reach_zero_loss_is_not_called_a_limit():
    saddle = Problem(Diagonal(2, 1), "regression", [[1]], [-1], 1, [[1], [1]])
    measurement = follow_regression(saddle, 15)
    assert not measurement.converged and measurement.at_rest and "rest" in measurement.reason
    still = Problem(Diagonal(2, 1), "regression", [[1]], [1], 1, [[0], [0]])
    assert not follow_regression(still, 15).converged
    short = follow_regression(REGRESSION["diagonal"], 20, max_steps=2)
    assert not short.converged and "budget of 2 steps" in short.reason and not short.at_rest
    done = Problem(Diagonal(2, 1), "regression", [[1]], [1], 1, [[1], [1]])
    assert follow_regression(done, 15).value == (1,)


@pytest.mark.parametrize("name", REGRESSION)
def test_paths_agree_with_the_other_engine_and_with_odefun(name):
    problem = REGRESSION[name]
    times = [Fraction(1), 0, "1/3"]
    path = trajectory(problem, times, 20)
    other = other_trajectory(problem, [Fraction(1), Fraction(0), Fraction(1, 3)], 25)
    with mp.workdps(30):
        start = [value(q) for layer in problem.v0 for q in layer]
        run = odefun(velocity(problem), 0, start)
        for (t, layers), (_, exact) in zip(path, other, strict=True):
            flat = [x for layer in layers for x in layer]
            assert (
                max(abs(a - value(b)) for a, b in zip(flat, (q for l in exact for q in l), strict=True))
                < mpf(10) ** -20
            )
            assert max(abs(a - b) for a, b in zip(flat, run(t) if t else start, strict=True)) < mpf(10) ** -20
    assert [float(t) for t, _ in path] == [1.0, 0.0, pytest.approx(1 / 3)]


def test_a_classification_path_follows_the_exponential_loss():
    # one parameter: v' = exp(-v), v = log(t + e^{v0}): exact
    problem = Problem(Diagonal(1, 1), "classification", [[1]], [1], 1, [["1/2"]])
    with mp.workdps(40):
        for t, layers in trajectory(problem, ["1/7", 10**6], 30):
            assert abs(layers[0][0] - mp.log(t + mp.exp(mpf(1) / 2))) < mpf(10) ** -30
    task = example_problem("classification")
    assert trajectory(task, [1], 10) != trajectory(replace(task, task="regression"), [1], 10)


@pytest.mark.parametrize("kappa", [10, "31/2"])
def test_directions_on_the_way_agree_with_the_other_engine(kappa):
    problem = problem_from_mapping(
        {
            "schema": 1,
            "network": {"kind": "fully-connected", "widths": [2]},
            "task": {"kind": "classification"},
            "data": {"X": [["1", "2"], ["2", "1/2"]], "y": ["1", "1"]},
            "init": {"scale": "1", "v": [["1", "0", "1/2", "1"], ["1/3", "1/4"]]},
        }
    )
    with mp.workdps(40):
        power = mp.log10(mpf(kappa) if isinstance(kappa, int) else mpf(31) / 2)
        (sample,) = sample_path(problem, 25, [Fraction(mp.nstr(power, 30))])
        second = direction_at(problem, kappa, 15)
        assert max(abs(value(a) - b) for a, b in zip(sample.direction, second, strict=True)) < mpf(10) ** -12


def test_precision_is_left_alone_and_tasks_are_refused():
    before = mp.prec
    trajectory(REGRESSION["diagonal"], [1], 30)
    assert mp.prec == before
    with pytest.raises(InputError, match="classification"):
        direction_at(REGRESSION["diagonal"], 10, 10)
    with pytest.raises(InputError, match="regression"):
        follow_regression(example_problem("classification"), 10)
    for wrong in ([-1], [0.5], ["x"], [None]):
        with pytest.raises(InputError, match="times"):
            trajectory(REGRESSION["diagonal"], wrong, 10)
    with pytest.raises(InputError, match="digit"):
        trajectory(REGRESSION["diagonal"], [1], 0)
    with pytest.raises(Inconclusive, match="kappa"):
        direction_at(example_problem("classification"), 1000, 10, max_steps=3)
    with no_integration("a prediction"), pytest.raises(IntegrationRefused):
        trajectory(REGRESSION["diagonal"], [1], 10)
