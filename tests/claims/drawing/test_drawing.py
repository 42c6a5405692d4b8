"""Problems drawn for the claims of the catalogue meet their hypotheses, often, and are reproducible."""

from collections import Counter
from fractions import Fraction
from random import Random

import pytest

from litproof.claims.catalogue import catalogue, claim_of
from litproof.claims.claim import claim
from litproof.claims.drawing.aim import draw, first_failing, instances_of, patterns, take_aim
from litproof.claims.drawing.numbers import STYLES, redrawn
from litproof.claims.hypotheses import LAST_ZERO, ONE_LAYER, REAL_ODECO, REGRESSION, SAME_START, TWO_LAYERS
from litproof.claims.judge import hypotheses_of
from litproof.claims.types import Answer, Check, Hypothesis
from litproof.errors import HypothesisError, InputError

BY_CHANCE = {"gissin/thresholds", "gissin/thresholds-deep"}
"""Inequalities between targets, and between targets and start, which nothing aims at."""


@pytest.mark.parametrize("id", sorted(BY_CHANCE))
def test_inequalities_are_met_by_chance(id):
    subject = catalogue()[id]
    aim = take_aim(subject, 3)
    problems = [draw(subject, aim, 3, number).problem for number in range(25)]
    drawn = [problem for problem in problems if problem is not None]
    assert len(drawn) >= 5
    assert all(hypotheses_of(subject, problem).answer is Answer.HOLDS for problem in drawn)


@pytest.mark.parametrize("id", [id for id in catalogue() if id not in BY_CHANCE])
def test_more_than_a_fifth_of_the_draws_meets_the_hypotheses(id):
    subject = catalogue()[id]
    aim = take_aim(subject, 3)
    draws = [draw(subject, aim, 3, number) for number in range(25)]
    problems = [entry.problem for entry in draws]
    assert None not in problems
    assert all(hypotheses_of(subject, problem).answer is Answer.HOLDS for problem in problems)
    assert len(problems) > 0.2 * sum(entry.attempts for entry in draws)
    assert len(set(map(repr, problems))) > 15


def test_a_problem_depends_on_seed_and_number_alone():
    subject = claim_of("ykm/regression-limit")
    aim = take_aim(subject, 1)
    assert aim == take_aim(subject, 1)
    late = draw(subject, aim, 1, 17).problem
    for number in range(5):
        draw(subject, aim, 1, number)
    assert draw(subject, aim, 1, 17).problem == late
    assert draw(subject, aim, 2, 17).problem != late
    assert draw(subject, aim, 1, 18).problem != late


def test_draws_reach_what_is_extreme():
    subject = claim_of("ykm/linear-model")
    aim = take_aim(subject, 0)
    problems = [draw(subject, aim, 0, number).problem for number in range(150)]
    assert any(problem.scale < Fraction(1, 1000) for problem in problems)
    assert any(problem.scale > 20 for problem in problems)
    assert any(problem.has_dependent_rows for problem in problems)
    assert any(len(set(problem.X)) < len(problem.X) for problem in problems)
    assert any(0 in problem.v[0] for problem in problems)
    assert any(len(set(map(abs, problem.v[0]))) == 1 < len(problem.v[0]) for problem in problems)
    assert any(x.denominator > 10**15 for problem in problems for row in problem.X for x in row)
    assert Counter(problem.network.kind for problem in problems).keys() >= {
        "diagonal",
        "fully-connected",
        "odeco",
    }


def _own(*hypotheses, **options):
    @claim(id="test/own", title="t", statement="s", hypotheses=hypotheses, **options)
    def own(problem, digits):
        return [0] * problem.network.input_dim

    return own


def test_hypotheses_of_a_person_are_aimed_at_as_well():
    prime = Hypothesis(
        "y is whole", lambda problem: Check(Answer.of(all(y.denominator == 1 for y in problem.y)))
    )
    subject = _own(REGRESSION, REAL_ODECO, TWO_LAYERS, SAME_START, LAST_ZERO, prime)
    aim = take_aim(subject, 0)
    draws = [draw(subject, aim, 0, number) for number in range(10)]
    met = [entry.problem for entry in draws if entry.problem is not None]
    assert len(met) > 5
    assert all(hypotheses_of(subject, problem).answer is Answer.HOLDS for problem in met)


def test_a_hypothesis_that_raises_is_for_the_judge_to_report():
    def broken(problem):
        raise ZeroDivisionError

    subject = _own(Hypothesis("broken", broken))
    assert draw(subject, take_aim(subject, 0), 0, 0).problem is not None


def test_a_hypothesis_that_needs_what_is_not_there_is_violated(small):
    def layers(problem):
        raise HypothesisError("there are no layers")

    subject = _own(ONE_LAYER, Hypothesis("layers", layers))
    check = hypotheses_of(_own_again(subject), small)
    assert (check.answer, check.detail) == (Answer.VIOLATED, "layers: there are no layers")
    assert first_failing(subject, small) == (0, ONE_LAYER.name)


def _own_again(subject):
    from dataclasses import replace

    return replace(subject, hypotheses=subject.hypotheses[1:])


def test_draw_adds_problems_to_those_of_a_claim(small):
    from litproof.claims.types import Instance

    subject = _own(REGRESSION, draw=4, instances=[Instance("small", small)])
    problems = instances_of(subject, 5)
    assert [one.label for one in problems] == ["small", *(f"seed 5, problem {k}" for k in range(4))]
    assert instances_of(subject, 5) == problems != instances_of(subject, 6)
    assert patterns(subject) == (small,)


@pytest.mark.parametrize("number", [-1, 1001, 1.5, True, "4"])
def test_numbers_of_draws_are_whole(number):
    with pytest.raises(InputError, match="draw: expected a whole number from 0 to 1000, got"):
        _own(draw=number)


def test_a_claim_that_nothing_meets_cannot_draw():
    subject = _own(Hypothesis("never", lambda problem: Check(Answer.VIOLATED)), draw=2)
    with pytest.raises(InputError, match=r"test/own: draw = 2: of 120 problems .* 0 meet .*'never'"):
        instances_of(subject, 0)


@pytest.mark.parametrize("style", list(STYLES))
def test_new_numbers_keep_the_pattern(style):
    rows = ((Fraction(1), Fraction(0), Fraction(-3)), (Fraction(-1), Fraction(7, 2), Fraction(3)))
    for seed in range(20):
        new = redrawn(Random(seed), rows, STYLES[style])
        assert new[0][1] == 0
        assert new[0][0] == -new[1][0]
        assert new[0][2] == -new[1][2]
        assert 0 < abs(new[0][0]) < abs(new[1][2]) < abs(new[1][1])
