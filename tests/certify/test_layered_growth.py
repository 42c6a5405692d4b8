"""Growth of distances from norms of layers: never below the Hessian's eigenvalues, equal to them with two layers."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from litproof.algebra.balls import ball
from litproof.certify import layered_growth as module
from litproof.certify.layered_growth import growth_bound, growth_cost, lipschitz_bound, writes_hessian
from litproof.flow.program import Operators
from litproof.flow.trace import trace_gradient
from litproof.integrate.ball_rings import hessian
from litproof.networks import FullyConnected, MatrixSensing
from litproof.precision import ball_precision


def eigenvalue(network, v, c):
    gradient = trace_gradient(network)
    with ball_precision(64):
        matrix = hessian(gradient, list(map(ball, v)), list(map(ball, c)))
        floats = np.array([[float(x) for x in row] for row in matrix.tolist()])
    return float(np.linalg.eigvalsh(floats)[-1])


@pytest.mark.parametrize(
    "network",
    [FullyConnected(4, (3,)), FullyConnected(3, (4, 2)), FullyConnected(2, (3, 2, 3)), MatrixSensing(2, 3)],
)
@pytest.mark.parametrize("seed", range(3))
def test_the_bound_holds_and_is_attained_with_two_layers(network, seed, monkeypatch):
    monkeypatch.setattr(module, "_FEW", 0)
    random = Random(f"growth {network} {seed}")
    v, c = (
        [Fraction(random.randint(-9, 9), 4) for _ in range(k)]
        for k in (sum(network.shapes), network.input_dim)
    )
    exact = eigenvalue(network, v, c)
    with ball_precision(64):
        bound = float(growth_bound(network, trace_gradient(network), list(map(ball, v)), list(map(ball, c))))
    assert exact <= bound * (1 + 1e-9)
    if network == FullyConnected(4, (3,)):
        assert bound <= exact * (1 + 1e-9)


def test_over_boxes_it_bounds_every_point():
    from flint import arb

    network, random = FullyConnected(3, (2, 2)), Random(1)
    gradient = trace_gradient(network)
    v, c = ([Fraction(random.randint(-9, 9), 4) for _ in range(k)] for k in (sum(network.shapes), 3))
    for few in (0, 150):
        module_few, module._FEW = module._FEW, few
        try:
            with ball_precision(64):
                wide = [ball(x) + arb(0, 0.25) for x in v]
                bound = float(growth_bound(network, gradient, wide, list(map(ball, c))))
        finally:
            module._FEW = module_few
        for _ in range(5):
            point = [x + Fraction(random.randint(-25, 25), 100) for x in v]
            assert eigenvalue(network, point, c) <= bound * (1 + 1e-9)


def test_large_and_shallow_networks_need_no_hessian():
    assert writes_hessian(FullyConnected(3, (2, 2)))
    assert not writes_hessian(FullyConnected(30, (20, 20)))
    assert not writes_hessian(FullyConnected(30, (20,)))
    network = FullyConnected(10, (11,))
    assert growth_cost(network, trace_gradient(network)) < 10_000


@pytest.mark.parametrize("network", [FullyConnected(4, (3,)), FullyConnected(3, (4, 2)), MatrixSensing(3, 2)])
def test_jacobians_change_by_no_more_than_the_lipschitz_bound(network):
    from flint import arb

    random, gradient = Random(f"lipschitz {network}"), trace_gradient(network)
    size, d = sum(network.shapes), network.input_dim
    rows = [[Fraction(random.randint(-9, 9), 4) for _ in range(d)] for _ in range(3)]
    v = [Fraction(random.randint(-9, 9), 4) for _ in range(size)]

    def jacobian(theta):
        return np.array(
            [[float(g) for g in gradient.evaluate(Operators(), [*theta, *row], "gradient")] for row in rows]
        )

    with ball_precision(64):
        wide = [ball(x) + arb(0, 0.5) for x in v]
        bound = float(lipschitz_bound(network, [list(map(ball, row)) for row in rows], wide))
    worst = 0.0
    for _ in range(30):
        a, b = ([x + Fraction(random.randint(-50, 50), 100) for x in v] for _ in range(2))
        apart = sum(float(x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5
        worst = max(worst, float(np.linalg.norm(jacobian(a) - jacobian(b), 2)) / apart)
    assert bound / 100 < worst <= bound
