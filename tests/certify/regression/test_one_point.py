from contextlib import suppress
from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given, settings, strategies as st

import litproof.certify.regression.one_point_exponential as module
from litproof.certify.regression.enclosure import enclose_entries
from litproof.certify.regression.one_point import one_point_balls
from litproof.certify.regression.one_point_exponential import Exponential
from litproof.errors import HypothesisError
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.point_matrix import point_matrix, point_parts
from litproof.networks.svd import singular_form
from litproof.problem import Problem


def row(*entries) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, entries))


def draw(rng: Random) -> Problem:
    d = rng.randint(2, 4)
    networks = (
        FullyConnected(d, (rng.randint(1, 3),)),
        Convolutional((d, d)),
        Convolutional((rng.randint(1, d), d)),
    )
    network = rng.choice(networks)
    x = row(*(Fraction(rng.randint(1, 30), 10) for _ in range(d)))
    v = tuple(row(*(Fraction(rng.randint(-20, 20), 10) for _ in range(size))) for size in network.shapes)
    y = row(Fraction(rng.randint(-30, 30), 10))
    return Problem(network, task="regression", X=(x,), y=y, v=v, scale=Fraction(1, rng.choice((1, 10, 1000))))


@settings(max_examples=40, deadline=None)
@example(2718)  # doubles find no time
@example(14899)  # the exact path needs more bits
@example(10670)  # a step of Newton far beyond nu
@example(275)  # doubles let a component grow that is 0
@example(14585)  # the start meets the target
@example(14727)
@given(st.integers(0, 10**6))
def test_the_exponential_meets_the_singular_basis(seed: int) -> None:
    problem = draw(Random(seed))
    series = None
    with suppress(HypothesisError):
        series = one_point_balls(problem, part=0)
    if series is None:
        return
    ours = enclose_entries(series, 20, "")
    exact = enclose_entries(one_point_balls(problem), 20, "")
    assert exact is not None
    if ours is None:
        form = singular_form(point_matrix(problem.layered, problem.X[0]))
        assert any(any(zero) for zero in form.cancellations(*problem.v0))
        return
    for (low, high), (least, most) in zip(ours.bounds, exact.bounds, strict=True):
        assert low <= most and least <= high
    residual = abs(
        sum(x * (low + high) / 2 for x, (low, high) in zip(problem.X[0], ours.bounds, strict=True))
        - problem.y[0]
    )
    assert residual < Fraction(1, 10**15)


def test_a_wrong_nu_is_no_proof(monkeypatch) -> None:
    problem = draw(Random(3))
    exponential = Exponential(problem, point_parts(problem.network, problem.X[0]))
    monkeypatch.setattr(module, "_NEWTON", 1)
    near = exponential.rough
    exponential.rough = near + 3
    assert exponential.limit(100) is None
    monkeypatch.undo()
    exponential.rough = near
    assert exponential.limit(100) is not None


def test_targets_out_of_reach_of_a_large_matrix_are_left_open() -> None:
    """eta_1 = -eta_2: the output stays below 0."""
    start = (row(1, 0, 0), row(0, 0, -1))
    problem = Problem(Convolutional((3, 3)), task="regression", X=(row(0, 0, 1),), y=row(1), v=start, scale=1)
    with pytest.raises(HypothesisError, match="too large to decide"):
        one_point_balls(problem, part=0)
