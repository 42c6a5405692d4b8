"""Majorants, and the solver of the linearised flow against dense algebra."""

from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from litproof.flow.program import Operators
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.integrate.regression.batched_doubles import Levels, Slopes
from litproof.integrate.regression.chebyshev import integration_matrix, nodes
from litproof.integrate.regression.doubles import gradient_majorants
from litproof.integrate.regression.linearised import LinearisedFlow

KINDS = ["diagonal", "convolutional", "fully-connected", "tensor"]


@pytest.mark.parametrize("kind", KINDS)
def test_majorants_bound_gradients_everywhere_in_the_box(kit: SimpleNamespace, kind: str) -> None:
    problem, rng = kit.sample(kind), Random(5)
    gradient = trace_gradient(problem.network)
    size = np.array([abs(float(q)) for layer in problem.v0 for q in layer])
    X = np.array([[float(q) for q in row] for row in problem.X])
    first, second = gradient_majorants(gradient, size, X, second=True)
    assert second is not None
    for _ in range(20):
        a, b = (np.array([s * rng.uniform(-1, 1) for s in size]) for _ in range(2))
        for i, row in enumerate(X):
            g, h = (np.array(gradient.evaluate(Operators(float), [*v, *row], "gradient")) for v in (a, b))
            assert np.all(np.abs(g) <= first[i] * (1 + 1e-12))
            assert np.all(np.abs(g - h) <= second[i] @ np.abs(a - b) * (1 + 1e-9) + 1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_linearised_flow_against_a_dense_solve(kit: SimpleNamespace, scale: float) -> None:
    problem, n = kit.sample("fully-connected"), 9
    program = trace_flow(problem.network, problem.X, problem.y)
    rng = np.random.default_rng(7)
    start, way = rng.normal(size=(2, program.inputs))
    states = start + 0.3 * nodes(n)[:, None] * way
    J, slopes = Levels(program).linearised(states)
    A = np.stack([slopes(np.tile(e, (n + 1, 1))) for e in np.eye(program.inputs)], axis=2)
    A = -J.transpose(0, 2, 1) @ J + (A + J.transpose(0, 2, 1) @ J) * min(1.0, 0.05 / scale)
    S = integration_matrix(n) * scale
    right = rng.normal(size=(n + 1, program.inputs))
    solution = LinearisedFlow(S, J, Slopes(J, A)).solve(right)
    assert near_dense_solution(solution, S, A, right)


def near_dense_solution(solution: np.ndarray, S: np.ndarray, A: np.ndarray, right: np.ndarray) -> bool:
    size = right.size
    dense = np.eye(size) - np.einsum("ij,jpq->ipjq", S, A).reshape(size, size)
    true = np.linalg.solve(dense, right.reshape(-1)).reshape(right.shape)
    allowed = 1e-13 + 1e-14 * np.linalg.cond(dense)
    assert allowed < 1e-4
    return bool(np.abs(solution - true).max() < allowed * np.abs(true).max())


def test_a_borrowed_preconditioner_and_one_that_does_not_fit() -> None:
    """Far from constant along the interval, J J^T is no good on average: then the whole system is inverted."""
    n, rng = 15, np.random.default_rng(3)
    S = integration_matrix(n) * 50.0
    J = rng.normal(size=(n + 1, 3, 7)) * (1.0 + 30.0 * (1.0 + nodes(n)) ** 4)[:, None, None]
    A = -J.transpose(0, 2, 1) @ J
    right = rng.normal(size=(n + 1, 7))
    flow = LinearisedFlow(S, J, Slopes(J, A))
    assert near_dense_solution(flow.solve(right), S, A, right)
    assert flow._varies
    other = LinearisedFlow(S, J * 1.01, Slopes(J, A * 1.02), flow)
    assert near_dense_solution(other.solve(right), S, A * 1.02, right)
    assert other._frozen is flow._frozen
    assert not LinearisedFlow(S, J, Slopes(J, A)).solve(np.zeros_like(right)).any()
