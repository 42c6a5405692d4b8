"""Programs in doubles, level by level, against exact arithmetic."""

import tracemalloc
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from litproof.flow.program import Operators
from litproof.flow.trace import trace_flow
from litproof.integrate.regression import batched_doubles as levels
from litproof.integrate.regression.batched_doubles import Levels
from litproof.networks.fully_connected import FullyConnected

KINDS = ["diagonal", "convolutional", "fully-connected", "tensor"]


@pytest.fixture(params=["table", "no table"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Jacobians as tables or without, whatever the size."""
    monkeypatch.setattr(levels, "_WRITTEN", 10**9 if request.param == "table" else 1)
    return request.param == "table"


@pytest.mark.parametrize("kind", KINDS)
def test_jacobians_against_exact_differences(kit: SimpleNamespace, kind: str, written: bool) -> None:
    problem = kit.sample(kind)
    program = trace_flow(problem.network, problem.X, problem.y)
    starts = [[q * scale for layer in problem.v0 for q in layer] for scale in (1, Fraction(-2, 3))]
    states, step = np.array([list(map(float, start)) for start in starts]), Fraction(1, 10**9)
    J, A = Levels(program).linearised(states)
    for p in range(program.inputs):
        own = A(np.tile(np.eye(program.inputs)[p], (2, 1)))
        for i, start in enumerate(starts):
            moved = [q + step * (j == p) for j, q in enumerate(start)]
            for group, got in (("residual", J[i, :, p]), ("velocity", own[i])):
                ends = (program.evaluate(Operators(), at, group) for at in (moved, start))
                column = [float((a - b) / step) for a, b in zip(*ends, strict=True)]
                assert got == pytest.approx(column, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_eigenvalues_are_those_of_the_matrix_or_no_smaller(
    kit: SimpleNamespace, kind: str, written: bool
) -> None:
    problem = kit.sample(kind)
    program = trace_flow(problem.network, problem.X, problem.y)
    states = np.random.default_rng(3).normal(size=(5, program.inputs))
    J, A = Levels(program).linearised(states)
    matrices = np.stack([A(np.tile(e, (5, 1))) for e in np.eye(program.inputs)], axis=2)
    assert matrices == pytest.approx(matrices.transpose(0, 2, 1))
    true = np.linalg.eigvalsh(matrices)
    assert A.norm() == pytest.approx(np.abs(true).max())
    bound = np.linalg.eigvalsh(matrices + J.transpose(0, 2, 1) @ J)[:, -1]
    assert A.largest() == pytest.approx(true[:, -1] if written else bound)
    assert np.all(A.largest() >= true[:, -1] - 1e-9)
    assert Levels(program).growth_rate(states) == pytest.approx(A.largest())


def test_one_state_serves_for_all_vectors(kit: SimpleNamespace, written: bool) -> None:
    problem = kit.sample("fully-connected")
    program = trace_flow(problem.network, problem.X, problem.y)
    state, vectors = np.random.default_rng(2).normal(size=(2, 4, program.inputs))
    _, once = Levels(program).linearised(state[:1])
    _, each = Levels(program).linearised(np.repeat(state[:1], 4, axis=0))
    assert once(vectors) == pytest.approx(each(vectors))


def test_large_flows_need_no_tables() -> None:
    """Forty states of 820 parameters: the tables alone would take 215 MB."""
    network = FullyConnected(40, (20,))
    rows = [[Fraction((7 * i + 3 * j) % 11 - 5) for j in range(40)] for i in range(2)]
    program = Levels(trace_flow(network, rows, [Fraction(1), Fraction(2)]))
    states = np.random.default_rng(4).normal(size=(40, program.inputs))
    tracemalloc.start()
    try:
        J, A = program.linearised(states)
        A(states)
        A.largest()
        program.growth_rate(states)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert J.shape == (40, 2, 820)
    assert peak < 60e6


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


def test_many_states_are_taken_in_parts(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    problem = kit.sample("fully-connected")
    program = trace_flow(problem.network, problem.X, problem.y)
    states, vectors = np.random.default_rng(1).normal(size=(2, 11, program.inputs))
    J, A = Levels(program).linearised(states)
    rate = Levels(program).growth_rate(states)
    monkeypatch.setattr(levels, "_MOST", 3 * program.inputs * (program.inputs + len(program.steps)))
    other, same = Levels(program).linearised(states)
    assert np.allclose(J, other, rtol=1e-14)
    assert np.allclose(A(vectors), same(vectors), rtol=1e-12)
    monkeypatch.setattr(levels, "_MOST", 1)
    assert Levels(program).growth_rate(states) == pytest.approx(rate, rel=1e-9)
