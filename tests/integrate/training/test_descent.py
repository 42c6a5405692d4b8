"""Gradient descent against iterations of mpmath and of fractions written out here."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import mpmath
import pytest

from litproof.dynamics import GradientDescent
from litproof.errors import Inconclusive
from litproof.integrate.classification.reals import working_precision
from litproof.integrate.training.descent import Diverged, descend, descent_path
from litproof.limits.find import find_limit
from litproof.networks import Diagonal
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

SQUARES = Problem(
    PolynomialNetwork.of(["p[3]", "q[3]"], ["(p[j]^2 - q[j]^2)/2"], 3),
    "regression",
    [["1", "2", "-1/2"], ["1/2", "-1", "1"]],
    ["1", "-1/2"],
    "1",
    [["1/2", "1/3", "1"], ["1/2", "1/3", "1"]],
)
STEP = Fraction(1, 10)


def steps(problem, step, order, slope, number):
    """theta after 0, 1, 2, .. steps, in the numbers of `number`."""
    X, y = [[number(x) for x in row] for row in problem.X], [number(t) for t in problem.y]
    p, q = ([number(x) for x in layer] for layer in problem.v0)
    k = 0
    while True:
        yield p, q
        batch = [i - 1 for i in order[k % len(order)]] if order else range(len(X))
        beta = [(a * a - b * b) / 2 for a, b in zip(p, q, strict=True)]
        r = [sum(x * b for x, b in zip(row, beta, strict=True)) - t for row, t in zip(X, y, strict=True)]
        g = [sum(slope(r[i]) * X[i][j] for i in batch) for j in range(3)]
        p, q = (
            [a * (1 - number(step) * x) for a, x in zip(p, g, strict=True)],
            [b * (1 + number(step) * x) for b, x in zip(q, g, strict=True)],
        )
        k += 1


def real(q):
    return mpmath.mpf(q.numerator) / q.denominator


ORDERS = {"all points": (), "one by one": ((1,), (2,)), "uneven": ((2,), (1, 2), (2,))}


@pytest.mark.parametrize("order", ORDERS)
def test_steps_are_exact_while_they_are_short(order):
    problem = replace(SQUARES, dynamics=GradientDescent(STEP, ORDERS[order]))
    own = steps(SQUARES, STEP, ORDERS[order], lambda r: r, Fraction)
    for (_, layers), (p, q) in zip(descent_path(problem, range(6), 20), own, strict=False):
        assert layers == (tuple(p), tuple(q))
    with working_precision(200):
        assert [point.exact for point, _ in zip(descend(problem), range(6), strict=False)] == [True] * 6


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        ("squared", lambda r: r),
        ("log-cosh", mpmath.tanh),
        ("sqrt(1 + r^2)", lambda r: r / mpmath.sqrt(1 + r * r)),
    ],
)
def test_limit_to_thirty_digits(order, loss, slope):
    limit = find_limit(replace(SQUARES, loss=loss, dynamics=GradientDescent(STEP, ORDERS[order])), 30)
    assert str(limit.evidence) == ("agreed" if ORDERS[order] else "certified")
    with mpmath.workdps(45):
        p, q = next(islice(steps(SQUARES, STEP, ORDERS[order], slope, real), 3000, None))
        expected = [(a * a - b * b) / 2 for a, b in zip(p, q, strict=True)]
        gap = max(abs(a - real(b)) for a, b in zip(expected, limit.value, strict=True))
        assert gap < mpmath.mpf(10) ** -30


def test_divergence_names_the_step():
    problem = replace(SQUARES, dynamics=GradientDescent(Fraction(9)))
    with pytest.raises(
        Diverged, match=r"the step 9 diverges: the loss grows from step (\d+) on, and at step"
    ) as refusal:
        find_limit(problem, 10)
    assert refusal.value.exit_code == 2
    assert isinstance(refusal.value, Inconclusive)
    first, last = (
        int(word) for word in str(refusal.value).replace(",", "").split() if word.isdecimal() and word != "9"
    )
    own = steps(SQUARES, Fraction(9), (), lambda r: r, Fraction)
    losses, sizes = [], []
    for _, (p, q) in zip(range(last + 1), own, strict=False):
        beta = [(a * a - b * b) / 2 for a, b in zip(p, q, strict=True)]
        r = SQUARES.residual(beta)
        losses.append(sum(x * x for x in r))
        sizes.append(max(map(abs, (*p, *q))))
    assert sizes[last] >= 10**12 > sizes[last - 1]
    assert all(a < b for a, b in zip(losses[first:last], losses[first + 1 : last], strict=False))


def test_a_step_at_the_edge_does_not_settle():
    """One parameter, theta -> theta - 2 theta: it goes to and fro."""
    edge = Problem(
        Diagonal(1, 1), "regression", [["1"]], ["0"], "1", [["1"]], dynamics=GradientDescent(Fraction(2))
    )
    from litproof.integrate.training.descent import follow_descent

    measurement = follow_descent(edge, 10, max_steps=50)
    assert not measurement.converged
    assert "does not settle within 50 steps" in measurement.reason


def test_dependent_points_settle_where_the_gradient_vanishes():
    rows = (("1", "2", "0"), ("2", "1", "0"), ("1", "1", "0"))
    problem = replace(SQUARES, X=rows, y=("1", "1", "1"), dynamics=GradientDescent(STEP))
    limit = find_limit(problem, 20)
    r = [sum(Fraction(x) * b for x, b in zip(row, limit.value, strict=True)) - 1 for row in rows]
    pull = [sum(Fraction(row[j]) * s for row, s in zip(rows, r, strict=True)) for j in range(2)]
    assert max(map(abs, r)) > Fraction(1, 100)
    assert max(map(abs, pull)) < Fraction(1, 10**18)


@pytest.mark.parametrize("seed", range(3))
def test_formula_of_even_and_others_on_random_problems(seed):
    """asinh(beta / a^2) - asinh(b0 / a^2) in the row space of X, a and b0 from the gains along the iteration.

    Even, Pesme, Gunasekar, Flammarion, 2023 (arXiv 2302.08982), exact for the iteration itself.
    """
    from random import Random

    rng = Random(f"even {seed}")
    X = [[Fraction(rng.randint(-6, 6), 4) for _ in range(3)] for _ in range(2)]
    X[0][0], X[1][0], X[1][1] = Fraction(1), Fraction(0), Fraction(1)
    a = [Fraction(rng.randint(2, 6), 4) for _ in range(3)]
    y = [Fraction(rng.randint(1, 4), 4), Fraction(-1, 2)]
    problem = replace(SQUARES, X=X, y=y, v=(a, a), dynamics=GradientDescent(Fraction(1, 12), ((1,), (2,))))
    limit = find_limit(problem, 25)
    with mpmath.workdps(50):
        beta = [real(b) for b in limit.value]
        gain, shift = [mpmath.mpf(0)] * 3, [mpmath.mpf(0)] * 3
        own = steps(problem, Fraction(1, 12), ((1,), (2,)), lambda r: r, real)
        before = next(own)
        for _, now in zip(range(4000), own, strict=False):
            for j in range(3):
                x = 1 - now[0][j] / before[0][j]
                gain[j] += -mpmath.log((1 - x * x) ** 2) / 2
                shift[j] += mpmath.log(abs((1 - x) / (1 + x))) + 2 * x
            before = now
        scale = [real(q) ** 2 * mpmath.exp(-g) for q, g in zip(a, gain, strict=True)]
        left = [mpmath.asinh(b / s) - h for b, s, h in zip(beta, scale, shift, strict=True)]
        rows = mpmath.matrix([[real(x) for x in row] for row in X])
        nu = mpmath.lu_solve(rows * rows.T, rows * mpmath.matrix(left))
        outside = mpmath.matrix(left) - rows.T * nu
        assert mpmath.norm(outside) < mpmath.mpf(10) ** -22
        plain = mpmath.matrix([mpmath.asinh(b / real(q) ** 2) for b, q in zip(beta, a, strict=True)])
        wrong = plain - rows.T * mpmath.lu_solve(rows * rows.T, rows * plain)
        assert mpmath.norm(wrong) > mpmath.mpf(10) ** -6
