"""Programs in doubles, level by level, against exact arithmetic."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from litproof.flow.program import Operators
from litproof.flow.trace import trace_flow
from litproof.integrate.regression import batched_doubles as levels
from litproof.integrate.regression.batched_doubles import Levels

KINDS = ["diagonal", "convolutional", "fully-connected", "tensor"]


@pytest.mark.parametrize("kind", KINDS)
def test_jacobian_against_exact_differences(kit: SimpleNamespace, kind: str) -> None:
    problem = kit.sample(kind)
    program = trace_flow(problem.network, problem.X, problem.y)
    start = [q for layer in problem.v0 for q in layer]
    ((values, slopes),) = Levels(program).jacobians(np.array([list(map(float, start))]), "velocity")
    step = Fraction(1, 10**9)
    base = program.evaluate(Operators(), start, "velocity")
    assert values[0] == pytest.approx([float(q) for q in base])
    for p in range(len(start)):
        moved = [q + step * (i == p) for i, q in enumerate(start)]
        column = [
            (a - b) / step
            for a, b in zip(program.evaluate(Operators(), moved, "velocity"), base, strict=True)
        ]
        assert slopes[0, :, p] == pytest.approx([float(q) for q in column], abs=1e-6)
    assert slopes[0] == pytest.approx(slopes[0].T)
    assert Levels(program).growth_rate(np.array([list(map(float, start))]))[0] == pytest.approx(
        np.linalg.eigvalsh(slopes[0])[-1]
    )


@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(KINDS),
    exponent=st.sampled_from([0, -3, -60, -300, -1200]),
)
def test_changes_keep_their_digits_however_small(
    kit: SimpleNamespace, seed: int, kind: str, exponent: int
) -> None:
    problem, rng = kit.sample(kind), np.random.default_rng(seed)
    program = trace_flow(problem.network, problem.X, problem.y)
    start = [q for layer in problem.v0 for q in layer]
    change = rng.normal(size=(3, len(start)))
    bases = program.run(Operators(), start)
    changes = Levels(program).changes(np.array([float(q) for q in bases]), change, 2.0**exponent, "velocity")
    unit = Fraction(2) ** exponent
    base = program.evaluate(Operators(), start, "velocity")
    for row, got in zip(change, changes, strict=True):
        moved = program.evaluate(
            Operators(), [q + unit * Fraction(x) for q, x in zip(start, row, strict=True)], "velocity"
        )
        true = np.array([float((a - b) / unit) for a, b in zip(moved, base, strict=True)])
        assert np.abs(got - true).max() < 1e-12 * np.abs(true).max()


def test_many_states_are_taken_in_parts(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = kit.sample("fully-connected")
    program = trace_flow(problem.network, problem.X, problem.y)
    states = np.random.default_rng(1).normal(size=(11, program.inputs))
    whole = Levels(program).jacobians(states, "residual", "velocity")
    monkeypatch.setattr(levels, "_MOST", 3 * program.inputs * (program.inputs + len(program.steps)))
    parts = Levels(program).jacobians(states, "residual", "velocity")
    for (a, b), (c, d) in zip(whole, parts, strict=True):
        assert np.array_equal(a, c)
        assert np.allclose(b, d, rtol=1e-14)
