"""Limits by validated integration: they hold what other methods find, or nothing is said."""

from fractions import Fraction
from random import Random

import pytest

from litproof.algebra.linear import rank
from litproof.certify.regression.enclosure import enclose_regression
from litproof.certify.regression.validated import enclose_by_integration
from litproof.integrate.budget import SECOND
from litproof.integrate.regression.follow import follow_to_limit
from litproof.networks.draw import draw_network, draw_rational
from litproof.problem import Problem

KINDS = ("fully-connected", "convolutional", "tensor", "complex-odeco", "matrix-sensing", "diagonal", "odeco")


def drawn(kind: str, seed: int) -> Problem | None:
    """A small random regression problem; None when its data are rank deficient."""
    random = Random(f"validated {kind} {seed}")
    network = draw_network(random, kind)
    d = network.input_dim
    n = 1 if kind == "matrix-sensing" else random.randint(1, max(1, d - 1))
    if kind == "matrix-sensing":
        size = network.size
        entries = [[draw_rational(random) / 2 for _ in range(size)] for _ in range(size)]
        X = (tuple(entries[max(i, j)][min(i, j)] for i in range(size) for j in range(size)),)
    else:
        X = tuple(tuple(draw_rational(random) / 2 for _ in range(d)) for _ in range(n))
    y = tuple(draw_rational(random) / 3 for _ in range(n))
    v = tuple(tuple(draw_rational(random) / 2 for _ in range(size)) for size in network.shapes)
    if rank([list(row) for row in X]) < n or not any(y):
        return None
    return Problem(network, "regression", X, y, Fraction(1, 2), v, f"{kind} {seed}")


def holds(bounds, value, error=Fraction(0)):
    return all(low - error <= v <= high + error for (low, high), v in zip(bounds, value, strict=True))


def widths(enclosure):
    size = max(abs(end) for bounds in enclosure.bounds for end in bounds)
    return max(high - low for low, high in enclosure.bounds) / size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_the_box_holds_the_limit_that_collocation_finds(kind, seed):
    problem = drawn(kind, seed)
    if problem is None:
        return
    enclosure = enclose_by_integration(problem, 15, operations=20 * SECOND)
    flow = follow_to_limit(problem, 25)
    assert (enclosure is not None) == flow.converged
    if enclosure is not None:
        assert holds(enclosure.bounds, flow.value, flow.error)
        assert widths(enclosure) < Fraction(2, 10**15)


@pytest.mark.parametrize("digits", [15, 30, 50])
def test_both_proofs_of_the_reference_instance_overlap(reference, digits):
    """Validated integration knows nothing of the reduction."""
    a, b = enclose_by_integration(reference, digits), enclose_regression(reference, digits)
    assert a is not None and b is not None
    for (low, high), (lower, upper) in zip(a.bounds, b.bounds, strict=True):
        assert max(low, lower) <= min(high, upper)
    assert widths(a) < Fraction(2, 10**digits) and widths(b) < Fraction(2, 10**digits)


def test_bounds_do_not_hold_a_neighbour(reference):
    """Rejection: the limit with its last digits changed lies outside."""
    enclosure = enclose_by_integration(reference, 20)
    assert enclosure is not None
    limit = [(low + high) / 2 for low, high in enclosure.bounds]
    for z in range(4):
        moved = [v + Fraction(1, 10**19) * (z == k) for k, v in enumerate(limit)]
        assert not holds(enclosure.bounds, moved)


def test_flows_that_rest_at_positive_loss_are_not_enclosed(make):
    saddle = make({"kind": "diagonal", "depth": 2}, [[1, 2]], [1], [[0, 0], [0, 0]])
    assert enclose_by_integration(saddle, 15, operations=10 * SECOND) is None
    wrong_sign = make({"kind": "diagonal", "depth": 2}, [[1]], [-1], [[1], [1]])
    assert enclose_by_integration(wrong_sign, 15, operations=10 * SECOND, max_steps=200) is None


def test_no_time_no_enclosure(reference):
    assert enclose_by_integration(reference, 30, operations=0) is None
    assert enclose_by_integration(reference, 30, max_steps=2) is None


def test_slow_ends_are_waited_for(make):
    """The last part of the path is wide for long while the decay rate is small; more digits do not help."""
    Q = Fraction
    problem = make(
        {"kind": "convolutional", "depth": 2, "filter-sizes": [3, 3]},
        [[Q(7, 8), Q(1, 6), Q(-7, 4)], [Q(-1, 16), Q(-1, 8), Q(7, 8)]],
        [1, Q(3, 8)],
        [[Q(-5, 8), Q(-1, 12), Q(-1, 6)], [Q(3, 16), Q(3, 4), Q(-1, 4)]],
        Q(1, 2),
    )
    assert enclose_by_integration(problem, 15, operations=30 * SECOND) is not None


@pytest.mark.parametrize("kind", ["fully-connected", "convolutional", "tensor"])
def test_the_logarithmic_norm_is_bounded_on_the_whole_tube(kind):
    """At corners of the tube around a point at rest the largest eigenvalue is not above the bound."""
    import numpy as np
    from flint import arb_poly

    from litproof.algebra.balls import ball
    from litproof.certify.regression.validated import Run
    from litproof.certify.regression.validated_steps import TUBE
    from litproof.integrate.ball_rings import hessian
    from litproof.integrate.budget import Budget

    for seed in range(20):
        problem = drawn(kind, seed)
        if problem is not None:
            run, random = Run(problem, 10, 18, Budget(SECOND), 10), Random(kind)
            centre = [q for layer in problem.v0 for q in layer]
            bound = float(run._growth([arb_poly([ball(q)]) for q in centre], 1))
            if bound > 0.01:
                break
    highest = -1.0
    for _ in range(40):
        v = [ball(q + random.choice([-1, 1]) * TUBE) for q in centre]
        r = run._residual(v)
        columns = zip(*problem.X, strict=True)
        c = [-sum((ball(x) * e for x, e in zip(column, r, strict=True)), ball(0)) for column in columns]
        size = len(v)
        matrix = np.array([float(x) for x in hessian(run.gradient, v, c).entries()]).reshape(size, size)
        highest = max(highest, np.linalg.eigvalsh((matrix + matrix.T) / 2).max())
    assert 0 < highest <= bound + 1e-13


def test_a_proof_that_is_beyond_the_budget_is_given_up_after_a_run_with_few_digits(monkeypatch):
    from litproof import example_problem
    from litproof.certify.regression import validated

    problem, works = example_problem("regression"), []
    follow = validated.Run.follow

    def counted(self):
        works.append(self.work)
        return follow(self)

    monkeypatch.setattr(validated.Run, "follow", counted)
    assert enclose_by_integration(problem, 90).digits == 90
    assert len(works) == 2 and works[0] < 40 < 90 < works[1] < 110
    works.clear()
    pilot = validated.Run(problem.independent, 20, 28, validated.Budget(), 4000)
    follow(pilot)
    few = pilot.budget.spent * 2
    assert enclose_by_integration(problem, 20, operations=few) is not None
    works.clear()
    assert enclose_by_integration(problem, 90, operations=few) is None and len(works) == 1
