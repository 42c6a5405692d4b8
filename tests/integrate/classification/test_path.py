"""Events on the late path of a classification flow, and which points are algebraic variables."""

from fractions import Fraction

import gmpy2

from litproof.integrate.classification import path
from litproof.integrate.classification.follow import follow_direction
from litproof.integrate.classification.radau import Step
from litproof.networks.diagonal import Diagonal
from litproof.problem import Problem

ROWS = (
    ("0", "1/2", "0"),
    ("-1", "2", "0"),
    ("-3/2", "-2", "-1/2"),
    ("1", "1", "0"),
)
START = (
    ("5/4", "3/4", "3/2"),
    ("3/2", "3/2", "1"),
    ("1/2", "5/4", "1/4"),
)


def problem():
    """A point that is far from the margin comes back to it."""
    rows, v = (tuple(tuple(map(Fraction, row)) for row in table) for table in (ROWS, START))
    return Problem(Diagonal(len(v), 3), "classification", rows, (Fraction(1),) * len(rows), Fraction(1), v)


def test_an_event_seen_just_before_its_place_is_where_it_was_seen(monkeypatch):
    """Between -cut and what is aimed at nothing is left to search for on the polynomial."""
    locate, state, evaluated, lengths = path._locate, Step.state, [], []

    def counted(step, s):
        evaluated.append(s)
        return state(step, s)

    def early(point, step, event, settings):
        i, high = event
        low = point.s
        while not -settings.cut < path._multiplier(point, i, high, state(step, high)) < -0.96 * settings.cut:
            middle = (low + high) / 2
            value = path._multiplier(point, i, middle, state(step, middle))
            low, high = (middle, high) if value < -0.98 * settings.cut else (low, middle)
        evaluated.clear()
        found = locate(point, step, (i, high), settings)
        assert len(evaluated) == 1
        assert -settings.cut <= path._multiplier(point, i, found[0].end, found[0].y) <= -0.9 * settings.cut
        lengths.append(found[0].length)
        return found

    monkeypatch.setattr(Step, "state", counted)
    plain = follow_direction(problem(), 12)
    monkeypatch.setattr(path, "_locate", early)
    moved = follow_direction(problem(), 12)
    assert lengths and plain.converged and moved.converged
    assert max(abs(a - b) for a, b in zip(plain.value, moved.value, strict=True)) < Fraction(1, 10**12)
    assert all(gmpy2.is_finite(x) and x > 0 for x in lengths)


def test_a_step_that_is_solved_is_not_solved_again(monkeypatch):
    """Also where the weight of a point that follows from the state becomes large within it."""
    X = (
        ("9/2", "-1/5", "4/5", "1", "-6/5", "-1/2"),
        ("4", "1", "-2/5", "2/5", "-3", "2/3"),
        ("-3/5", "-1", "9", "1", "-8", "8/3"),
        ("-1/3", "-3/2", "6/5", "-9/5", "4", "8/5"),
        ("3", "-7", "-7/3", "3/2", "-7/5", "-1"),
        ("3", "-1/5", "-7", "-3/2", "-8/3", "5"),
    )
    v = (("4/5", "1/4", "0", "2/3", "1", "11/8"), ("5/12", "-4/5", "0", "1/12", "3/8", "9/10"))
    rows, v = (tuple(tuple(map(Fraction, row)) for row in table) for table in (X, v))
    solve, attempt, solved, attempts = path.collocation_step, path._attempt, [], []

    def counted_solve(*args, **options):
        solved.append(args)
        return solve(*args, **options)

    def counted_attempt(*args, **options):
        attempts.append(args)
        return attempt(*args, **options)

    monkeypatch.setattr(path, "collocation_step", counted_solve)
    monkeypatch.setattr(path, "_attempt", counted_attempt)
    flow = follow_direction(
        Problem(Diagonal(2, 6), "classification", rows, (Fraction(1),) * 6, Fraction(1), v), 20
    )
    assert flow.converged and len(solved) == len(attempts)


def test_of_two_points_that_come_back_the_first_ends_the_step(monkeypatch):
    """A step that ends where one comes back has not passed the place of another."""
    locate, calls = path._locate, []

    def for_another(point, step, event, settings):
        calls.append(event)
        if len(calls) > 1:
            return locate(point, step, event, settings)
        i, _ = event
        # as if another point came back at the end of the whole step
        assert path._multiplier(point, i, step.end, step.y) > -0.9 * settings.cut
        return path._attempt(point, step.length, settings, settings.newton)

    plain = follow_direction(problem(), 12)
    monkeypatch.setattr(path, "_locate", for_another)
    passed = follow_direction(problem(), 12)
    assert len(calls) == 2 and calls[0][0] == calls[1][0] and passed.converged
    assert max(abs(a - b) for a, b in zip(plain.value, passed.value, strict=True)) < Fraction(1, 10**12)
