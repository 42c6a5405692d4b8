"""Planted faults are found, shrunk to the smallest problem, and nothing depends on who does the work."""

import json

import pytest

from litproof.claims.claim import claim
from litproof.claims.falsify.search import falsify
from litproof.claims.falsify.trial import NOT_DRAWN
from litproof.claims.types import Instance, Status
from litproof.cli import main
from litproof.problem_file import read_problem
from litproof.report.falsify import lines_of


def _run(planted, kind, **options):
    path, id = planted(kind)
    return falsify(id, origin=path, digits=10, **{"instances": 60, **options})


def test_a_true_claim_stays_true(planted):
    search = _run(planted, "true")
    assert search.outcomes == {Status.VERIFIED: 60}
    assert search.exit_code() == 0
    assert not search.counterexamples
    assert search.acceptance > 0.2


@pytest.mark.parametrize("kind", ["refuted", "error"])
def test_a_planted_fault_is_shrunk_to_the_smallest_problem(planted, kind):
    search = _run(planted, kind, instances=100)
    assert search.exit_code() == 1
    (example,) = search.counterexamples
    problem = example.problem
    assert example.outcome == kind
    assert problem.network.input_dim == len(problem.X) == 1
    assert problem.v == ((0,),)
    assert problem.X[0] == problem.y == (1,) or problem.y == (0,)
    assert problem.scale == 1
    assert not problem.weights
    assert example.shrunk.complete


def test_shrinking_is_deterministic(planted):
    first, second = (_run(planted, "refuted") for _ in range(2))
    assert repr(first.counterexamples[0].problem) == repr(second.counterexamples[0].problem)


def test_the_number_of_jobs_changes_nothing(planted):
    alone, together = _run(planted, "error"), _run(planted, "error", jobs=2)
    assert alone.outcomes == together.outcomes
    assert alone.networks == together.networks
    assert (alone.first, alone.attempts, alone.failed) == (together.first, together.attempts, together.failed)
    problems = [search.counterexamples[0].problem for search in (alone, together)]
    assert problems[0] == problems[1]


def test_fewer_problems_are_the_first_of_more(planted):
    few, many = _run(planted, "refuted", instances=30), _run(planted, "refuted", instances=90)
    assert few.first == many.first
    assert few.outcomes[Status.REFUTED] <= many.outcomes[Status.REFUTED]


def test_a_claim_whose_hypotheses_no_problem_meets_is_no_success(planted):
    path, id = planted("true", "ONE_LAYER, NEVER")
    search = falsify(id, origin=path, instances=1000)
    assert set(search.outcomes) == {NOT_DRAWN}
    assert search.tried < 100
    assert search.failed["never"] > 100
    assert search.exit_code() == 3
    assert "nothing is tested" in "\n".join(lines_of(search, []))


def test_what_integration_may_cost_is_counted_in_operations(small):
    @claim(id="planted/zero", title="t", statement="s", instances=[Instance("small", small)])
    def zero(problem, digits):
        return [0] * problem.network.input_dim

    search = falsify(zero, instances=10, digits=10, operations=1e4)
    assert search.outcomes[Status.INCONCLUSIVE] > 0
    assert "allowance of 1e+04 operations" in search.examples[Status.INCONCLUSIVE].detail


def test_the_file_of_a_counterexample_gives_the_verdict_again(planted, tmp_path, capsys):
    path, id = planted("refuted")
    with pytest.raises(SystemExit) as ending:
        main(
            [
                "falsify",
                path,
                "--instances",
                "50",
                "--digits",
                "10",
                "--jobs",
                "1",
                "--json",
                "-",
                "-o",
                str(tmp_path / "new"),
            ]
        )
    assert ending.value.code == 1
    report = json.loads(capsys.readouterr().out)
    (entry,) = report["claims"]
    (example,) = entry["counterexamples"]
    assert entry["id"] == id
    assert example["reproduced"]
    assert read_problem(example["file"]).v == ((0,),)
    command = example["command"].split()
    assert command[:2] == ["litproof", "verify"]
    with pytest.raises(SystemExit) as ending:
        main(command[1:])
    assert ending.value.code == 1
    assert "refuted" in capsys.readouterr().out
