"""Budgets: what a run gives up on depends on sizes, not on the machine or its clock."""

import ast
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import count
from pathlib import Path

import pytest

import litproof
from litproof import Problem, find_limit
from litproof.certify.classification import direction
from litproof.certify.regression.validated import enclose_by_integration
from litproof.flow.trace import trace_flow
from litproof.integrate.budget import SECOND, Budget, operations_of
from litproof.limits import classification, find
from litproof.networks import Convolutional, Diagonal, FullyConnected
from litproof.results import Evidence

F = Fraction
CLOCKS = {"perf_counter", "process_time", "monotonic", "thread_time", "time"}
REPORTED = {
    "bias/verdict.py",
    "claims/judge.py",
    "claims/runner.py",
    "claims/verification.py",
    "bias/candidates.py",
    "claims/falsify/search.py",
    "laws/field_report.py",
    "laws/search.py",
    "limits/classification.py",
    "limits/find.py",
    "limits/training_laws.py",
    "sweep/point.py",
}
"""Modules that say how long something took."""
SHARED_OUT = {"bundles.py", "claims/cluster.py"}
"""Modules that share calls among workers by how long they take; what a call finds does not depend on it."""


def readers(path):
    """Lines of a module in which a clock is read."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            owner = getattr(getattr(node.func, "value", None), "id", "time")
            if name in CLOCKS and owner == "time":
                yield node.lineno


def test_only_elapsed_time_is_read_from_clocks():
    root = Path(litproof.__file__).parent
    files = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if any(readers(path))}
    assert files <= REPORTED | SHARED_OUT


PROBLEMS = {
    "validated integration": Problem(
        FullyConnected(3, (2,)),
        "regression",
        ((F(1), F(2), F(-1)), (F(1, 2), F(-1), F(1))),
        (F(1), F(1, 2)),
        F(1),
        ((F(1), F(0), F(1, 2), F(0), F(1), F(1, 3)), (F(1, 2), F(1, 4))),
    ),
    "a region": Problem(
        Diagonal(3, 2),
        "classification",
        ((F(2), F(1)),),
        (F(1),),
        F(1),
        ((F(1), F(1, 2)), (F(1), F(1)), (F(1), F(1))),
    ),
    "a way below loss 1": Problem(
        FullyConnected(2, (2,)),
        "classification",
        ((F(1), F(2)), (F(2), F(1))),
        (F(1), F(1)),
        F(1, 4),
        ((F(1), F(0), F(0), F(1)), (F(1), F(1))),
    ),
}


@pytest.fixture
def fast_clock(monkeypatch):
    """Clocks on which everything takes a hundred times longer than it does."""

    def install(factor):
        ticks = count()

        def clock():
            return next(ticks) * factor

        for module in [
            m for name, m in sys.modules.items() if name.startswith("litproof.") or name == "time"
        ]:
            for name in CLOCKS - {"time", "monotonic"}:
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, clock)

    return install


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("scarce", [False, True])
def test_the_same_on_fast_and_slow_machines(name, scarce, monkeypatch, fast_clock):
    """Also where the budget just does not do, and the evidence falls back."""
    if scarce:
        monkeypatch.setattr(find, "PROOF_OPERATIONS", SECOND / 1000)
        monkeypatch.setattr(classification, "TRAP_OPERATIONS", SECOND / 50)
        monkeypatch.setattr(direction, "CLIMB_OPERATIONS", SECOND / 10_000)
    here = find_limit(PROBLEMS[name], 12)
    assert (here.evidence is Evidence.CERTIFIED) is not scarce
    for factor in (1e-9, 1e3):
        fast_clock(factor)
        assert replace(find_limit(PROBLEMS[name], 12), seconds=here.seconds) == here


def test_a_budget_is_spent_in_proportion_to_the_work():
    small, large = (
        trace_flow(net, (tuple(map(F, range(1, net.input_dim + 1))),), (F(1),))
        for net in (Convolutional((2, 3)), Convolutional((4, 6)))
    )
    assert operations_of(large) > 3 * operations_of(small)
    budget = Budget(10)
    budget.spend(9)
    assert not budget.used_up
    budget.spend(1)
    assert budget.used_up


def test_more_operations_never_prove_less():
    problem = PROBLEMS["validated integration"]
    enclosure = [enclose_by_integration(problem, 12, operations=k * SECOND / 20) for k in (0, 1, 2, 5, 20)]
    proved = [entry is not None for entry in enclosure]
    assert proved == sorted(proved) and not proved[0] and proved[-1]
    assert len({entry.bounds for entry in enclosure if entry}) == 1
