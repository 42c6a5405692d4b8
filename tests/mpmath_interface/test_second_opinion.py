"""Two engines on one flow: they agree, a wrong one is seen, and `verify` and `limit` say so."""

import json
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
from click.testing import CliRunner

from litproof import InputError, Problem, example_problem, find_limit, verify
from litproof.claims.runner import Task, work
from litproof.claims.store import result_from_json, result_to_json
from litproof.claims.types import Instance, Status
from litproof.cli import program
from litproof.limits.estimate import Disagreement
from litproof.mpmath_interface import second_opinion as module
from litproof.mpmath_interface.second_opinion import second_opinion
from litproof.networks import Convolutional, Diagonal
from litproof.predict.regression.limit import predict_regression
from litproof.results import Evidence
from litproof.theorems.shared.instances import REFERENCE

REGRESSION, CLASSIFICATION = example_problem("regression"), example_problem("classification")
SADDLE = Problem(Diagonal(2, 1), "regression", [[1]], [-1], 1, [[1], [1]])


def test_engines_agree_on_limits_and_on_directions():
    for problem, digits in ((REGRESSION, 20), (CLASSIFICATION, 12)):
        opinion = second_opinion(problem, 20)
        assert opinion.agrees is True and opinion.digits == digits
    assert second_opinion(SADDLE, 12).agrees is None
    assert second_opinion(REGRESSION, 20, max_steps=1).agrees is None
    assert second_opinion(CLASSIFICATION, 20, max_steps=1).agrees is None


def test_parameters_far_larger_than_beta():
    """The second engine's error is one of beta, not of the parameters, of which beta is some 600 times as sensitive."""
    start = (("-625", "-55/4", "1/16000"), (0, 0, 0))
    problem = Problem(
        Convolutional((3, 3)), "regression", [[1, 2, "-1/2"], ["1/2", -1, 3]], ["1/10", "-3/20"], 1, start
    )
    opinion = second_opinion(problem, 20)
    assert opinion.agrees is True and opinion.digits == 20
    limit, short = (module.follow_regression(problem, digits) for digits in (28, 12))
    off = max(abs(a - b) for a, b in zip(limit.value, short.value, strict=True))
    assert off <= short.error <= max(map(abs, limit.value)) / 10**12


@pytest.fixture
def wrong(monkeypatch):
    """A second engine that is off in the eleventh digit."""
    right_limit, right_direction = module.follow_regression, module.direction_at

    def limit(*args, **options):
        prediction = right_limit(*args, **options)
        return replace(prediction, value=tuple(x * (1 + Fraction(1, 10**11)) for x in prediction.value))

    def direction(*args, **options):
        return tuple(x + mpmath.mpf(10) ** -11 for x in right_direction(*args, **options))

    monkeypatch.setattr(module, "follow_regression", limit)
    monkeypatch.setattr(module, "direction_at", direction)


def test_engines_that_disagree_are_reported(wrong):
    for problem in (REGRESSION, CLASSIFICATION):
        opinion = second_opinion(problem, 20)
        assert opinion.agrees is False and opinion.digits in (10, 11) and "differ" in opinion.description
        with pytest.raises(Disagreement, match="differ"):
            find_limit(problem, 15, engine="mpmath")
    result = work(Task("ykm/linear-model", Instance("mine", replace(REGRESSION, network=Diagonal(1, 2), v=((1, 2),))),
                       second_engine=True), 15, False)  # fmt: skip
    assert result.status is Status.ERROR and "differ" in result.detail


def test_limits_say_what_the_second_engine_says():
    result = find_limit(REFERENCE, 15, engine="mpmath")
    assert any("both engines agree to 15 digits" in method for method in result.methods)
    with pytest.raises(InputError, match="mpmath"):
        find_limit(REFERENCE, 15, engine="mpmaths")


def test_verify_runs_it_on_one_instance_of_a_claim_on_all_or_on_none():
    def marked(**options):
        report = verify("ykm/linear-model", digits=12, mutants=False, **options)
        (verdict,) = report.verdicts
        assert verdict.status is Status.VERIFIED
        return (
            sum(bool(result.second_engine) for result in verdict.instances),
            len(verdict.instances),
            verdict,
        )

    assert marked()[:2] == (0, 5)
    one, five, verdict = marked(second_engine="one")
    assert (one, five) == (1, 5) and "agree to 12 digits" in verdict.details["second engine"]
    assert marked(second_engine="all")[:2] == (5, 5)
    assert marked(quick=True)[:2] == (0, 1)
    result = next(result for result in verdict.instances if result.second_engine)
    assert (
        result_from_json(json.loads(json.dumps(result_to_json(result)))).second_engine == result.second_engine
    )


def test_given_problems_are_followed_once_each(tmp_path):
    problem = Problem(Diagonal(1, 2), "regression", [[1, 2]], [1], 1, [[1, 1]], "mine")
    report = verify(problem, digits=12, mutants=False, second_engine="one")
    assert len(report.tasks) > 1 and sum(task.second_engine for task in report.tasks) == 1


def test_the_command_line_runs_it_unless_quick():
    common = ["verify", "ykm/linear-model", "--digits", "12", "--jobs", "1", "--no-mutants", "--json", "-"]
    for arguments, runs in (["--quick"], False), ([], True):
        run = CliRunner().invoke(program, [*common, *arguments], standalone_mode=False)
        (claim,) = json.loads(run.stdout)["claims"]
        assert ("second_engine" in claim) is runs


def test_results_are_mpmath_numbers():
    before = mpmath.mp.prec
    limit, predicted = find_limit(REFERENCE, 40), predict_regression(REFERENCE, 40)
    with mpmath.workdps(50):
        for a, b, q in zip(limit.mpf(), predicted.mpf(), predicted.value, strict=True):
            assert isinstance(a, mpmath.mpf) and abs(a - b) < mpmath.mpf(10) ** -40
            assert abs(b - mpmath.mpf(q.numerator) / q.denominator) <= abs(b) * mpmath.mpf(10) ** -42
    assert mpmath.mp.prec == before and limit.evidence is Evidence.CERTIFIED


def test_networks_too_large_for_sympy_are_left_alone_at_once():
    from litproof.networks import FullyConnected

    large = Problem(
        FullyConnected(2, (6,) * 8), "regression", [[1, 2]], [1], 1, [[1] * 12, *([[1] * 36] * 7), [1] * 6]
    )
    opinion = second_opinion(large, 20)
    assert opinion.agrees is None and "too many" in opinion.description
