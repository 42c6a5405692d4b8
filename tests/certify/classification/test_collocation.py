"""Candidates by collocation, against closed forms."""

from fractions import Fraction
from math import prod
from random import Random

import pytest
from flint import arb, arb_mat

from litproof.algebra.balls import ball
from litproof.certify.classification.collocation import (
    STAGES,
    Components,
    NoCandidate,
    solve_stages,
    tables,
)
from litproof.precision import ball_precision

BITS = 192


def balls(*entries):
    return [ball(Fraction(x)) for x in entries]


def pole(length, copies=1):
    """eta' = 2 eta^2 from 1/2, three equal layers, one point: 1/(2 - 2 T). Stages, and exact values at the nodes."""
    components = Components.of([balls(2)] * copies, [[Fraction(1, 2)] * 3])
    start = balls("1/2")
    guess = arb_mat([start * STAGES]), arb_mat(copies, STAGES)
    stages = solve_stages(components, 0, start, guess, length / copies, 1e-20)
    nodes = tables(STAGES, BITS).nodes
    return stages, [1 / (2 - 2 * arb(length) * (1 + u)) for u in nodes]


@pytest.mark.parametrize("copies", [1, 2, 4])
def test_stages_of_a_pole(copies):
    with ball_precision(BITS):
        stages, exact = pole(0.125, copies)
        for value, true in zip(stages.y.tolist()[0][1:], exact, strict=True):
            assert float(abs(value - true)) < 1e-21
        ahead = stages.beyond(0.5)[0].tolist()[0]
        for value, u in zip(ahead, tables(STAGES, BITS).nodes, strict=True):
            assert float(abs(value - 1 / (2 - 2 * (arb(0.25) + arb(0.0625) * (1 + u))))) < 1e-11


def test_beyond_the_pole_there_is_no_candidate():
    with ball_precision(BITS), pytest.raises(NoCandidate):
        pole(0.75)


def test_tables_integrate_and_interpolate_powers():
    with ball_precision(BITS):
        table = tables(8, BITS)
        for k in range(8):
            values = arb_mat([[u**k] for u in table.nodes])
            for value, u in zip((table.integrals * values).entries(), table.nodes, strict=True):
                assert float(abs(value - (u ** (k + 1) - (-1) ** (k + 1)) / (k + 1))) < 1e-50
            found = (table.inner * values).entries()
            assert all(float(abs(c - int(i == k))) < 1e-45 for i, c in enumerate(found))


@pytest.mark.parametrize("seed", range(20))
def test_the_layer_of_least_modulus_carries_the_others(seed):
    """Ties and zeros included: the start itself, and what is conserved at another value."""
    rng = Random(seed)
    eta = [[Fraction(rng.randint(-3, 3), rng.choice((1, 2))) for _ in range(rng.randint(2, 4))]]
    with ball_precision(BITS):
        components = Components.of([[ball(1)]], eta)
        low = components.least[0]
        assert abs(eta[0][low]) == min(map(abs, eta[0]))
        for (value,), exact in zip(components.layers(0, [ball(eta[0][low])]), eta[0], strict=True):
            assert float(abs(value - ball(exact))) < 1e-50
        y = ball(eta[0][low] + Fraction(1, 3))
        moved = [x for (x,) in components.layers(0, [y])]
        (others,) = components.products(0, [y.mid()])
        assert float(abs(others - prod(x for l, x in enumerate(moved) if l != low))) < 1e-50
        gaps = [x * x - y * y for x, y in zip(moved, balls(*eta[0]), strict=True)]
        assert all(float(abs(gap - gaps[0])) < 1e-50 for gap in gaps)
