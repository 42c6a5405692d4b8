"""Claims of a person's own in Python: what litproof answers for, and what it only repeats."""

import json
import threading
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import flint
import gmpy2
import mpmath
import numpy as np
import pytest
import sympy
from click.testing import CliRunner

from litproof.claims.catalogue import _LOADED as LOADED, catalogue
from litproof.claims.claim import REGISTRY, claim
from litproof.claims.judge import judge
from litproof.claims.measurement import measure_limit
from litproof.claims.own import by_litproof
from litproof.claims.types import Answer, Comparison, Instance, Mutant, Status
from litproof.claims.verification import verify
from litproof.cli import program
from litproof.errors import InputError
from litproof.exact_numbers import exact_numbers
from litproof.integrate.classification.follow import follow_direction
from litproof.integrate.permission import IntegrationRefused, no_integration, runs_counted
from litproof.integrate.regression.follow import follow_to_limit, trajectory
from litproof.limits.find import find_limit
from litproof.predict.regression.limit import predict_regression
from litproof.problem_file import write_problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.starter import example_problem
from litproof.theorems.shared.instances import REFERENCE, diagonal_from_zero
from litproof.theorems.shared.variants import least_squares

SMALL = diagonal_from_zero(2, "1 2", "1", 1, "1 1/2")
L2 = Mutant("minimum l2 norm", least_squares)


@pytest.fixture(autouse=True)
def _registry():
    catalogue()
    before, loaded = dict(REGISTRY), dict(LOADED)
    yield
    for kept, saved in ((REGISTRY, before), (LOADED, loaded)):
        kept.clear()
        kept.update(saved)


def made(predict=predict_regression, mutants=(L2,), **other):
    return claim(id="mine/one", title="t", statement="s", mutants=mutants, **other)(predict)


def outcome(own, problem=SMALL, digits=12, **options):
    return judge(own, Instance("i", problem), digits, **options)


def verdict(own, problem=SMALL, digits=12, **options):
    (verdict,) = verify(own, problem, digits=digits, **options).verdicts
    return verdict


@pytest.mark.parametrize(
    "integrate",
    [
        lambda problem, digits: follow_to_limit(problem, digits).value,
        lambda problem, digits: follow_to_limit(problem, digits, method="taylor").value,
        lambda problem, digits: measure_limit(problem, digits).value,
        lambda problem, digits: find_limit(problem, digits).decimals,
        lambda problem, digits: problem.network.coefficients(trajectory(problem, [Fraction(300)], 20)[0][1]),
    ],
)
def test_a_prediction_that_integrates_is_refused(integrate):
    result = outcome(made(integrate))
    assert result.status is Status.ERROR and "a prediction must not integrate" in result.detail
    assert "test_own.py" in result.traceback


def test_integrators_of_classification_refuse_as_well():
    from litproof.certify.classification.validated import climb
    from litproof.certify.regression.validated import enclose_by_integration

    problem = example_problem("classification")
    for run in (
        lambda: follow_direction(problem, 5),
        lambda: next(climb(problem, None)),
        lambda: enclose_by_integration(SMALL, 10),
    ):
        with no_integration("a prediction"), pytest.raises(IntegrationRefused):
            run()


def test_the_refusal_belongs_to_one_thread_and_leaves_nothing_behind():
    values = []
    with no_integration("a prediction"):
        thread = threading.Thread(target=lambda: values.append(follow_to_limit(SMALL, 8).converged))
        thread.start()
        thread.join()
        with no_integration("an inner one"), pytest.raises(IntegrationRefused, match="an inner one"):
            follow_to_limit(SMALL, 8)
        with pytest.raises(IntegrationRefused, match="a prediction"):
            follow_to_limit(SMALL, 8)
    assert values == [True]
    with runs_counted() as runs:
        follow_to_limit(SMALL, 8)
    assert runs.count >= 1


def test_hypotheses_and_mutants_must_not_integrate_either():
    from litproof.claims.types import Check, Hypothesis

    def cheat(problem):
        follow_to_limit(problem, 8)
        return Check(Answer.HOLDS)

    assert "a hypothesis must not integrate" in outcome(made(hypotheses=[Hypothesis("h", cheat)])).detail
    del REGISTRY["mine/one"]
    running = Mutant("runs", lambda problem, digits: follow_to_limit(problem, digits).value)
    result = outcome(made(mutants=[running]))
    assert result.status is Status.ERROR and "must not integrate" in result.detail


class TestEvidence:
    """Whatever `compare` and `measure` return, litproof says what it found itself."""

    @pytest.mark.parametrize("evidence", list(Evidence))
    def test_of_a_comparison_of_ones_own(self, evidence):
        def compare(prediction, measurement, digits):
            equal = abs(prediction.value[0] - measurement.value[0]) * 10**digits <= 1
            return Comparison(Answer.of(equal), 10**6, evidence, 10.0**9)

        judged = verdict(made(compare=compare))
        assert judged.status is Status.VERIFIED
        assert judged.evidence is Evidence.CERTIFIED and judged.digits == 12  # litproof's own enclosure

    def test_of_sides_that_differ_as_vectors(self):
        def lax(prediction, measurement, digits):
            return Comparison(Answer.of(prediction.value[0] < 1), digits, Evidence.EXACT, 10.0**9)

        large = Mutant("large", lambda problem, digits: [2, 2])
        judged = verdict(made(lambda problem, digits: [Fraction(1, 7), 0], [large], compare=lax))
        assert judged.evidence is Evidence.NUMERIC and judged.digits == 0

    def test_of_numbers_that_are_no_vectors(self):
        def one_norm(prediction, measurement, digits):
            gap = abs(prediction.value[0] - sum(map(abs, measurement.value)))
            return Comparison(Answer.of(gap < Fraction(1, 10**digits)), 99, Evidence.KERNEL, 10.0**9)

        def predict(problem, digits):
            return [sum(map(abs, predict_regression(problem, digits).value))]

        twice = Mutant("twice", lambda problem, digits: [2 * predict(problem, digits)[0]])
        judged = verdict(made(predict, [twice], compare=one_norm, same=lambda a, b, digits: False))
        assert judged.status is Status.VERIFIED
        assert judged.evidence is Evidence.NUMERIC and 12 <= judged.digits <= 12

    def test_of_an_enclosure_that_litproof_did_not_find(self):
        def measure(problem, digits):
            limit = follow_to_limit(problem, digits)
            return replace(limit, enclosure=tuple((b, b) for b in limit.value))

        judged = verdict(made(measure=measure))
        assert judged.status is Status.VERIFIED and judged.evidence is Evidence.AGREED

    def test_of_a_measurement_that_is_the_prediction(self):
        def measure(problem, digits):
            value = predict_regression(problem, digits).value
            return Measurement(value, problem.v0, Fraction(0), Fraction(0), {}, digits, "none")

        judged = verdict(made(measure=measure))
        assert judged.status is Status.INCONCLUSIVE
        assert "the two sides are the same function" in judged.details["reason"]

    def test_of_a_measurement_without_a_flow(self):
        def measure(problem, digits):
            value = [
                entry + Fraction(1, 10 ** (digits + 2)) for entry in predict_regression(problem, digits).value
            ]
            return Measurement(value, problem.v0, Fraction(0), Fraction(0), {}, digits, "none")

        judged = verdict(made(measure=measure))
        assert judged.evidence is Evidence.NUMERIC
        assert "follows no flow" in judged.instances[0].detail

    def test_of_the_default_measurement_is_as_before(self):
        judged = verdict(made())
        assert judged.status is Status.VERIFIED and judged.evidence is Evidence.CERTIFIED

    def test_the_command_line_does_not_accept_what_was_only_claimed(self, tmp_path):
        file, problem = tmp_path / "mine.py", tmp_path / "p.toml"
        file.write_text(
            "from litproof import Mutant, claim\n"
            "from litproof.claims.types import Answer, Comparison\n"
            "from litproof.results import Evidence\n"
            "from litproof.predict.regression.limit import predict_regression\n"
            "def compare(p, m, digits):\n"
            "    return Comparison(Answer.of(p.value[0] < 1), 10**6, Evidence.KERNEL, 1e9)\n"
            "@claim(id='mine/kernel', title='t', statement='s', compare=compare,\n"
            "       mutants=[Mutant('large', lambda problem, digits: [2, 2])])\n"
            "def limit(problem, digits):\n"
            "    return predict_regression(problem, digits)\n"
        )
        problem.write_text(write_problem(SMALL))
        run = CliRunner().invoke(
            program,
            ["verify", str(file), str(problem), "--digits=12", "--evidence=kernel"],
            standalone_mode=False,
        )
        assert run.return_value == 1 and "1000000" not in run.output

    def test_the_whole_catalogue_is_litproofs_own(self):
        for entry in catalogue().values():
            assert by_litproof(entry.measure) and by_litproof(entry.compare), entry.id


@pytest.mark.parametrize("field", ["answer", "digits", "evidence", "margin", "detail"])
def test_a_comparison_of_a_wrong_kind_is_named(field):
    good = Comparison(Answer.HOLDS, 12, Evidence.AGREED)
    result = outcome(made(compare=lambda p, m, d: replace(good, **{field: ["wrong"]})))
    assert result.status is Status.ERROR and f"for {field} from `compare`, got list" in result.detail
    del REGISTRY["mine/one"]
    result = outcome(made(compare=lambda p, m, d: True))
    assert "expected a Comparison from `compare`, got bool" in result.detail
    del REGISTRY["mine/one"]
    result = outcome(made(measure=lambda p, d: [1, 2]))
    assert "expected a Measurement from `measure`, got list" in result.detail


class TestMutants:
    def test_an_own_claim_without_tried_mutants_is_not_verified(self):
        report = verify(made(), SMALL, digits=12, mutants=False)
        (verdict,) = report.verdicts
        assert verdict.status is Status.INCONCLUSIVE and report.exit_code() == 3
        assert "mutants not tried" in verdict.details["reason"] and "mutants not tried" in report.notes

    def test_the_catalogue_keeps_its_verdicts_without_them(self):
        report = verify("ykm/regression-limit", SMALL, digits=12, mutants=False)
        assert report.exit_code() == 0 and "mutants not tried" in report.notes

    def test_those_that_were_looked_for_in_vain_are_named(self):
        none = Mutant("one more layer of a kind", lambda problem, digits: None)
        itself = Mutant("the same again", predict_regression)
        judged = verdict(made(mutants=[none, itself]))
        assert judged.status is Status.INCONCLUSIVE
        assert "without a meaning here: one more layer of a kind" in judged.details["reason"]
        assert "the same as the claim here: the same again" in judged.details["reason"]

    def test_mutants_that_different_instances_reject_count(self):
        first = Mutant("first", lambda p, d: [2, 2] if p is SMALL else predict_regression(p, d))
        second = Mutant("second", lambda p, d: [2] * 4 if p is not SMALL else predict_regression(p, d))
        own = made(mutants=[first, second])
        (verdict,) = verify(own, SMALL, REFERENCE, digits=12).verdicts
        assert verdict.status is Status.VERIFIED


class TestNumbers:
    @pytest.mark.parametrize(
        ("number", "value"),
        [
            (mpmath.mpf("0.375"), Fraction(3, 8)),
            (-(mpmath.mpf(2) ** -70), Fraction(-1, 2**70)),
            (sympy.Rational(1, 3), Fraction(1, 3)),
            (sympy.Float("0.375", 40), Fraction(3, 8)),
            (sympy.S.Half, Fraction(1, 2)),
            (Decimal("1e-30"), Fraction(1, 10**30)),
            (flint.fmpz(-3), Fraction(-3)),
            (flint.fmpq(1, 3), Fraction(1, 3)),
            (flint.arb("0.375"), Fraction(3, 8)),
            (gmpy2.mpq(1, 3), Fraction(1, 3)),
            (gmpy2.mpz(3), Fraction(3)),
            (gmpy2.mpfr("0.375"), Fraction(3, 8)),
            (np.int64(3), Fraction(3)),
            ("1/3", Fraction(1, 3)),
            (3, Fraction(3)),
        ],
    )
    def test_of_other_libraries_are_taken_exactly(self, number, value):
        assert exact_numbers([number], "m") == (value,)
        sides = outcome(made(lambda problem, digits: Prediction((number, number), digits, "m"))).sides
        del REGISTRY["mine/one"]
        listed = outcome(made(lambda problem, digits: [number, number])).sides
        assert sides.predicted == listed.predicted and listed.predicted

    @pytest.mark.parametrize(
        "number",
        [0.5, np.float64(0.5), np.float32(0.5), True, None, 1j, [1], sympy.sqrt(2), sympy.oo, mpmath.mpc(1, 2),
         mpmath.inf, mpmath.nan, Decimal("nan"), Decimal("1e99999999"), gmpy2.mpfr("inf"), flint.arb("nan"), "x",
         "1e99999999", "1/0"],
    )  # fmt: skip
    def test_that_are_not_exact_are_refused_in_one_line(self, number):
        with pytest.raises(InputError, match="m, value 2: expected a") as error:
            exact_numbers([1, number], "m")
        assert "\n" not in str(error.value) and len(str(error.value)) < 200

    @pytest.mark.parametrize("values", ["0.5", None, 3, {1: 2}, {1, 2}, Fraction(1)])
    def test_only_lists_are_predictions(self, values):
        result = outcome(made(lambda problem, digits: values))
        assert result.status is Status.ERROR and "expected a list of numbers, got" in result.detail

    def test_a_wrong_length_is_named(self):
        result = outcome(made(lambda problem, digits: [1, 2, 3]))
        assert result.status is Status.ERROR
        assert "expected 2 values, as many as are measured, got 3" in result.detail and not result.traceback


OWN_CLASS = """
from dataclasses import dataclass
from fractions import Fraction

from litproof import Problem, claim
from litproof.networks import Diagonal
from litproof.predict.regression.limit import predict_regression


@dataclass(frozen=True)
class Mine(Diagonal):
    '''A network class of this file.'''


class Raised(Exception):
    def __init__(self, one, two):
        super().__init__(one)


class Text(str):
    pass


def problem(y):
    one, half = Fraction(1), Fraction(1, 2)
    return Problem(Mine(2, 2), "regression", ((one, 2 * one),), (y * one,), one, ((one, half), (0 * one, 0 * one)))


@claim(id="own/class", title="t", statement="s", instances=[problem(1), problem(2)])
def limit(problem, digits):
    return predict_regression(problem, digits)


@claim(id="own/raises", title="t", statement="s", instances=[problem(1), problem(2)])
def raises(problem, digits):
    raise Raised("of my own", 2)


@claim(id="own/exits", title="t", statement="s", instances=[problem(1)])
def exits(problem, digits):
    raise SystemExit(0)


@claim(id="own/runs", title="t", statement="s", instances=[problem(1)])
def runs(problem, digits):
    from litproof import follow_to_limit
    return follow_to_limit(problem, digits).value
"""


def test_a_claim_file_with_classes_of_its_own_runs_in_worker_processes(tmp_path):
    file, output = tmp_path / "mine.py", tmp_path / "out.json"
    file.write_text(OWN_CLASS)
    run = CliRunner().invoke(
        program,
        ["verify", str(file), "--digits=12", "--jobs=2", "--json", str(output)],
        standalone_mode=False,
    )
    assert run.exception is None and run.return_value == 1
    record = {entry["id"]: entry for entry in json.loads(output.read_text())["claims"]}
    assert record["own/class"]["status"] == "verified" and record["own/class"]["evidence"] == "certified"
    assert record["own/raises"]["reason"].endswith("Raised: of my own")
    assert record["own/exits"]["reason"].endswith("SystemExit: 0")
    assert "a prediction must not integrate" in record["own/runs"]["reason"]
    (trace, _) = (entry["traceback"] for entry in record["own/raises"]["details"])
    assert trace.splitlines()[1].strip().startswith(f'File "{file}"') and "in raises" in trace
    assert "Raised" in run.output and "in raises" in run.output


def test_a_claim_that_exists_here_only_is_judged_here_whatever_the_jobs():
    own = made()
    report = verify(own, SMALL, REFERENCE, digits=12, jobs=2)
    assert [str(result.status) for result in report.verdicts[0].instances] == ["verified", "verified"]


def test_a_broken_claim_file_can_be_mended_and_loaded_again(tmp_path):
    from litproof.claims.catalogue import load_file

    file = tmp_path / "mine.py"
    good = OWN_CLASS.replace("own/", "mended/")
    file.write_text(good + "\nraise RuntimeError('half way')\n")
    with pytest.raises(InputError, match="cannot be loaded: RuntimeError: half way") as error:
        load_file(str(file))
    assert "half way" in error.value.traceback and str(file) in error.value.traceback
    file.write_text(good)
    assert "mended/class" in load_file(str(file))
