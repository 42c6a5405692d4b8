"""Steps with an end: the last one ends there, whatever lengths were foreseen."""

from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest

from litproof.algebra.balls import ball
from litproof.certify.regression.motion import enclose_motion
from litproof.certify.regression.validated import Run
from litproof.certify.regression.validated_steps import Steps
from litproof.dynamics import WeightDecay
from litproof.flow.program import Tracer
from litproof.integrate.budget import Budget
from litproof.networks import Diagonal
from litproof.problem import Problem


class _Cube(Steps):
    """x' = -x^3: 1/x^2 grows by 2 t."""

    def __init__(self, work, end):
        super().__init__([Fraction(2)], work, Budget(1e9))
        tracer = Tracer(1)
        (x,) = tracer.variables()
        self.flow = self.velocity = tracer.program({"velocity": [-(x**3)]})
        self.end = end


@pytest.mark.parametrize("work", range(12, 60, 3))
@pytest.mark.parametrize("end", [Fraction(1), Fraction(3, 4), Fraction(7)])
def test_the_last_step_ends_at_the_end(work, end):
    steps = _Cube(work, end)
    while steps.time < end:
        assert steps.step()
    assert steps.time == end
    with mpmath.workdps(work + 20):
        exact = 1 / mpmath.sqrt(mpmath.mpf(1) / 4 + 2 * mpmath.mpf(end.numerator) / end.denominator)
        found = steps.arithmetic.fraction(steps.state[0])
        apart = abs(mpmath.mpf(found.numerator) / found.denominator - exact)
        assert apart <= mpmath.mpf(str(float(steps.error))) * 1.01 + mpmath.mpf(10) ** (-work - 15)


@pytest.mark.parametrize("until", [Fraction(1, 3), Fraction(2)])
def test_decay_stops_in_time_at_all_digits(until):
    """Boxes of one limit for many digits have a point in common."""
    problem = Problem(
        Diagonal(2, 2),
        "regression",
        ((1, 2),),
        (1,),
        Fraction(1, 2),
        ((1, Fraction(3, 2)), (0, Fraction(1, 4))),
    )
    decaying = replace(problem, dynamics=WeightDecay(Fraction(1, 4), until))
    boxes = [enclose_motion(decaying, digits).bounds for digits in range(6, 24, 2)]
    for bounds in zip(*boxes, strict=True):
        assert max(low for low, _ in bounds) <= min(high for _, high in bounds)


@pytest.mark.parametrize("work", [30, 100, 211])
def test_errors_stay_small_where_the_flow_comes_to_rest(work):
    """The last coefficients are 0 there, so that a step might be as long as rounding allows, and no longer."""
    one = Fraction(1)
    problem = Problem(Diagonal(2, 1), "regression", ((one,),), (one,), one, ((one,), (one / 2,)))
    run = Run(problem, work, work, Budget(), 100)
    for _ in range(45):
        assert run.step()
    assert run.error < ball(Fraction(1, 10 ** (work - 5)))
