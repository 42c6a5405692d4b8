import pickle

import pytest

from litproof import Inconclusive, Outcome, Problem, find_limit, follow_to_limit, write_problem
from litproof.cli import _run
from litproof.networks import Diagonal
from litproof.results import Evidence


def test_evidence_is_ordered_from_numeric_to_kernel():
    names = ["numeric", "agreed", "certified", "exact", "kernel"]
    assert [str(level) for level in sorted(Evidence)] == names
    assert min(Evidence.EXACT, Evidence.AGREED) is Evidence.AGREED
    assert [Evidence[name.upper()] for name in names] == sorted(Evidence)


def test_outcomes_say_what_to_try_next():
    assert Outcome.CONVERGED.advice == "" and all(o.advice for o in Outcome if o is not Outcome.CONVERGED)
    stuck = Inconclusive("no limit", outcome=Outcome.AT_REST)
    assert pickle.loads(pickle.dumps(stuck)).outcome is Outcome.AT_REST and str(stuck) == "no limit"
    assert Inconclusive("x").outcome is None


def test_limits_that_are_not_found_say_which_outcome(tmp_path, capsys):
    sign = Problem(Diagonal(2, 1), "regression", [[1]], [-1], 1, [[1], [1]])
    with pytest.raises(Inconclusive) as caught:
        find_limit(sign, 10)
    assert caught.value.outcome is Outcome.UNREACHABLE
    assert follow_to_limit(sign, 10, max_steps=2).outcome is Outcome.BUDGET
    for last, outcome in ((0, Outcome.AT_REST), (1, Outcome.CONVERGED)):
        problem = Problem(Diagonal(2, 1), "regression", [[1]], [1], 1, [[last], [0]])
        assert follow_to_limit(problem, 10).outcome is outcome
    (tmp_path / "sign.toml").write_text(write_problem(sign), "utf-8")
    assert _run(["limit", str(tmp_path / "sign.toml"), "--digits", "10"]) == 3
    assert Outcome.UNREACHABLE.advice in capsys.readouterr().err
