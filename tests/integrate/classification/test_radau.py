"""Radau IIA of any number of stages: tableau, order, stiff accuracy, dense output, algebraic equations."""

from fractions import Fraction
from itertools import pairwise
from math import log

import gmpy2
import numpy as np
import pytest
from gmpy2 import mpfr

from litproof.integrate.classification.radau import collocation_step, legendre, radau_tableau
from litproof.integrate.classification.reals import exp, working_precision
from litproof.integrate.classification.stage_matrix import Derivatives, NewtonFailure, ordinary


class Linear:
    """y' = rate y."""

    def __init__(self, rate):
        self.rate = rate

    def evaluate(self, s, y, z):
        return self.rate * y, z

    def jacobian(self, s, y, z):
        return ordinary(np.full((len(y), 1, 1), float(self.rate)))

    def move(self, s, z, change, stiffness):
        return z, 0.0


class Cubic:
    """y' = y^3, y = 1/sqrt(1 - 2 s)."""

    def evaluate(self, s, y, z):
        return y * y * y, z

    def jacobian(self, s, y, z):
        return ordinary(3 * y.astype(float)[:, :, None] ** 2)

    def move(self, s, z, change, stiffness):
        return z, 0.0


class Tied:
    """y' = z, 0 = y - exp(s) z + ... : index one, y' = exp(-s) y, y = exp(1 - exp(-s))."""

    def evaluate(self, s, y, z):
        return z, y - exp(s)[:, None] * z

    def jacobian(self, s, y, z):
        one = (y * 0 + 1)[:, :, None]
        return Derivatives(np.zeros((len(y), 1, 1)), one, one, -exp(s)[:, None])

    def move(self, s, z, change, stiffness):
        return z + change, float(np.max(np.abs(change)))


def unit(h, Y, F):
    return Y[0] * 0 + 1


def step(system, stages, h, y0, *, bits=200, z0=None):
    tableau = radau_tableau(stages, bits)
    y0 = np.array([mpfr(y0)], dtype=object)
    Y = np.array([y0] * stages)
    Z = np.zeros((stages, 0), dtype=object) if z0 is None else np.array([[mpfr(z0)]] * stages, dtype=object)
    return collocation_step(system, tableau, mpfr(0), h, y0, Y, Z, unit, 1e-45)


@pytest.mark.parametrize("stages", [2, 3, 5, 12, 25])
def test_tableau_integrates_polynomials_exactly(stages):
    with working_precision(200):
        t = radau_tableau(stages, 200)
        c = np.array(t.nodes, dtype=object)
        assert c[-1] == 1 and all(0 < x < y for x, y in pairwise(c))
        for degree in range(stages):
            exact = [x ** (degree + 1) / (degree + 1) for x in c]
            assert max(abs(a - b) for a, b in zip(t.matrix @ c**degree, exact, strict=True)) < mpfr(2) ** -190
        # the weights (last row) are exact to degree 2 s - 2, and not to 2 s - 1
        for degree, holds in ((2 * stages - 2, True), (2 * stages - 1, False)):
            error = abs(t.matrix[-1] @ c**degree - mpfr(1) / (degree + 1))
            assert (error < mpfr(2) ** -190) is holds


def test_two_stages_are_the_textbook_method():
    with working_precision(100):
        t = radau_tableau(2, 100)
        expected = [[Fraction(5, 12), Fraction(-1, 12)], [Fraction(3, 4), Fraction(1, 4)]]
        for row, exact in zip(t.matrix, expected, strict=True):
            for a, b in zip(row, exact, strict=True):
                assert abs(a - mpfr(b.numerator) / b.denominator) < mpfr(2) ** -95
        assert abs(t.nodes[0] - mpfr(1) / 3) < mpfr(2) ** -95


@pytest.mark.parametrize("stages", [2, 3, 4])
def test_order_is_twice_the_stages_less_one(stages):
    with working_precision(300):
        errors = []
        for h in (mpfr("0.02"), mpfr("0.01")):
            end = step(Cubic(), stages, h, 1, bits=300)
            errors.append(abs(end.y[0] - 1 / gmpy2.sqrt(1 - 2 * h)))
        # local error h^(2 s)
        assert abs(log(float(errors[0] / errors[1]), 2) - 2 * stages) < 0.2


@pytest.mark.parametrize("stages", [2, 5, 9])
def test_stiff_accuracy_and_damping_at_infinity(stages):
    with working_precision(200):
        end = step(Linear(-(mpfr(10) ** 12)), stages, mpfr(1), 1)
        assert end.y[0] == end.stages_y[-1][0]
        assert abs(end.y[0]) < mpfr(10) ** -10


def test_dense_output_passes_through_the_nodes_and_between():
    with working_precision(200):
        done = step(Cubic(), 12, mpfr("0.1"), 1)
        for node, y in zip(done.tableau.nodes, done.stages_y, strict=True):
            assert abs(done.state(node * done.length)[0] - y[0]) < mpfr(10) ** -40
        middle = mpfr("0.0437")
        assert abs(done.state(middle)[0] - 1 / gmpy2.sqrt(1 - 2 * middle)) < mpfr(10) ** -12
        assert done.end == done.length and done.state(mpfr(0))[0] == 1


def test_algebraic_equation_holds_at_the_end():
    with working_precision(200):
        h = mpfr("0.5")
        done = step(Tied(), 12, h, 1, z0=1)
        assert abs(done.y[0] - gmpy2.exp(1 - gmpy2.exp(-h))) < mpfr(10) ** -20
        assert abs(done.y[0] - gmpy2.exp(h) * done.z[0]) < mpfr(10) ** -40


def test_a_component_that_falls_like_a_power_is_a_constant_of_the_step():
    """Two stages, exp(-80): exact with its rate; and dense in between."""
    with working_precision(300):
        rate, h, one = mpfr(2), mpfr(40), np.array([mpfr(1)], dtype=object)
        guess = np.array([[gmpy2.exp(-rate * h * c)] for c in radau_tableau(2, 300).nodes], dtype=object)
        done = collocation_step(
            Linear(-rate),
            radau_tableau(2, 300),
            mpfr(0),
            h,
            one,
            guess,
            np.zeros((2, 0), dtype=object),
            unit,
            1e-60,
            rates=one * rate,
        )
        assert abs(done.y[0] / gmpy2.exp(-rate * h) - 1) < mpfr(10) ** -50 and done.tail() < 1e-50
        assert abs(done.state(mpfr(13))[0] / gmpy2.exp(mpfr(-26)) - 1) < mpfr(10) ** -50


class Counted(Cubic):
    """Counts evaluations in reals."""

    def __init__(self):
        self.reals = 0

    def evaluate(self, s, y, z):
        self.reals += y.dtype == object
        return super().evaluate(s, y, z)


@pytest.mark.parametrize("bold", [True, False])
def test_a_bold_step_without_a_solution_costs_no_reals(bold):
    """y' = y^3 beyond its pole."""
    with working_precision(200):
        system, one = Counted(), np.array([mpfr(1)], dtype=object)
        nothing = np.zeros((6, 0), dtype=object)
        with pytest.raises(NewtonFailure):
            collocation_step(
                system,
                radau_tableau(6, 200),
                mpfr(0),
                mpfr(5),
                one,
                np.array([one] * 6),
                nothing,
                unit,
                1e-40,
                bold=bold,
            )
        assert (system.reals == 0) is bold


class Wide(Linear):
    """Its speed is a number in reals only."""

    def evaluate(self, s, y, z):
        return super().evaluate(s, y, z) if y.dtype == object else (y * np.nan, z)


def test_what_doubles_cannot_solve_is_solved_in_reals_and_said():
    with working_precision(200):
        t, one, nothing = (
            radau_tableau(6, 200),
            np.array([mpfr(1)], dtype=object),
            np.zeros((6, 0), dtype=object),
        )
        for system, rough in ((Wide(mpfr(-1)), False), (Linear(mpfr(-1)), True)):
            done = collocation_step(
                system, t, mpfr(0), mpfr("0.1"), one, np.array([one] * 6), nothing, unit, 1e-40
            )
            assert done.rough is rough and abs(done.y[0] - gmpy2.exp(mpfr("-0.1"))) < mpfr(10) ** -20


class Derived(Counted):
    """Counts derivatives as well."""

    def __init__(self):
        super().__init__()
        self.derivatives = 0

    def jacobian(self, s, y, z):
        self.derivatives += 1
        return super().jacobian(s, y, z)


@pytest.mark.parametrize(("length", "most"), [("0.01", 1), ("0.1", 2), ("0.3", 3)])
def test_derivatives_are_kept_while_corrections_shrink(length, most):
    """A step to eleven digits: all but the last correction in doubles, what that leaves is foreseen."""
    with working_precision(200):
        system, t, h = Derived(), radau_tableau(10, 200), mpfr(length)
        one, nothing = np.array([mpfr(1)], dtype=object), np.zeros((10, 0), dtype=object)
        done = collocation_step(system, t, mpfr(0), h, one, np.array([one] * 10), nothing, unit, 1e-11)
        F = np.array([y**3 for y in done.stages_y], dtype=object)
        assert np.max(np.abs(done.stages_y - one - h * (t.matrix @ F))) < mpfr(10) ** -11
        assert done.sweeps == system.reals == 1 and system.derivatives <= most


class Broken(Linear):
    """A speed that is not a number."""

    def evaluate(self, s, y, z):
        return y * mpfr("nan"), z


def test_failure_is_an_exception_not_a_number():
    with working_precision(200), pytest.raises(NewtonFailure, match="range of numbers"):
        step(Broken(mpfr(1)), 5, mpfr(1), 1)


def test_legendre_are_orthogonal():
    with working_precision(100):
        t = radau_tableau(6, 100)
        values = np.array([legendre(5, c) for c in t.nodes], dtype=object)
        gram = values.T @ (t.matrix[-1][:, None] * values)
        for a in range(5):
            for b in range(5):
                assert abs(gram[a, b] - (mpfr(1) / (2 * a + 1) if a == b else 0)) < mpfr(2) ** -90


def test_context_is_restored():
    before = gmpy2.get_context().precision
    with working_precision(777):
        assert gmpy2.get_context().precision == 777
    assert gmpy2.get_context().precision == before


def test_one_stage_is_refused():
    with pytest.raises(ValueError, match="at least two"):
        radau_tableau(1, 64)


@pytest.mark.parametrize("digits", [20, 45, 110, 300])
def test_corrections_converge_to_many_digits_in_few_sweeps(digits):
    """Derivatives from the first guess alone would gain two digits a sweep."""
    bits = 4 * digits + 60
    with working_precision(bits):
        tableau, h = radau_tableau(6, bits), mpfr("0.1")
        y0 = np.array([mpfr(1)], dtype=object)
        Z = np.zeros((6, 0), dtype=object)
        done = collocation_step(Cubic(), tableau, mpfr(0), h, y0, np.array([y0] * 6), Z, unit, 10.0**-digits)
        F = np.array([y**3 for y in done.stages_y], dtype=object)
        assert np.max(np.abs(done.stages_y - y0 - h * (tableau.matrix @ F))) < mpfr(10) ** -digits
        assert done.sweeps <= 5 + digits / 8


class Blunt(Cubic):
    """Derivatives that are off by a factor, so that every sweep gains as little."""

    def jacobian(self, s, y, z):
        return ordinary(4.5 * y.astype(float)[:, :, None] ** 2)


def test_slow_convergence_has_the_sweeps_that_many_digits_take():
    with working_precision(500):
        tableau, h = radau_tableau(6, 500), mpfr("0.05")
        y0 = np.array([mpfr(1)], dtype=object)
        Z = np.zeros((6, 0), dtype=object)
        done = collocation_step(Blunt(), tableau, mpfr(0), h, y0, np.array([y0] * 6), Z, unit, 1e-110)
        assert done.sweeps > 40
