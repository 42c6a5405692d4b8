"""Bounds of exponentials, polynomials and blocks against values on a grid and eigenvalues."""

from math import prod
from random import Random

import numpy as np
import pytest
from flint import arb, arb_poly

from litproof.certify.classification.component_bounds import block_radius, speed, spread, suprema, weight
from litproof.certify.classification.component_steps import BITS
from litproof.precision import ball_precision, series_length


@pytest.mark.parametrize("seed", range(40))
def test_weights_are_near_exponentials_and_above_them(seed):
    rng = Random(seed)
    size = rng.choice((0.1, 2.0, 15.0, 60.0, 900.0))
    with ball_precision(BITS), series_length(64):
        level = [arb(rng.uniform(-3, 3))] + [
            arb(rng.uniform(-size, size) / 4**k) for k in range(rng.randint(1, 12))
        ]
        found = weight(level, 1e-28)
        for k in range(21):
            u = arb(k) / 10 - 1
            w = sum((x * u**i for i, x in enumerate(found.terms)), arb(0))
            x = (-sum((x * u**i for i, x in enumerate(level)), arb(0))).exp()
            assert not abs(w - x) > found.off
            if w == 0:
                assert not x > found.divergence
            else:
                assert not w < x
                assert not w * (w / x).log() - w + x > found.divergence
        if size <= 2:
            assert float(found.off / found.terms[0]) < 1e-24
            assert float(found.divergence / found.terms[0]) < 1e-45


@pytest.mark.parametrize("degree", [0, 5, 20, 47, 48, 90])
def test_suprema_of_polynomials_on_the_interval(degree):
    """Random coefficients, a single high power, and a Chebyshev polynomial, whose powers add up to far more than 1."""
    rng = np.random.default_rng(degree)
    drawn_entries = list(rng.normal(size=degree + 1))
    cosine = list(np.polynomial.chebyshev.cheb2poly([0.0] * min(degree, 20) + [1.0]))
    rows = [drawn_entries, [0.0] * degree + [1.0], cosine]
    with ball_precision(BITS):
        bounds = [float(x) for x in suprema([arb_poly([float(x) for x in row]) for row in rows])]
    u = np.linspace(-1, 1, 401)
    largest = [np.abs(np.polynomial.polynomial.polyval(u, row)).max() for row in rows]
    assert all(high >= value * (1 - 1e-9) for high, value in zip(bounds, largest, strict=True))
    # doubles lose 1e-13 of the moduli, 2e7 of them for the cosine
    assert bounds[1] <= 1 + 1e-12 and bounds[2] <= 1 + 1e-5


@pytest.mark.parametrize("seed", range(20))
def test_block_radius_bounds_the_eigenvalues_and_is_near_them(seed):
    rng = np.random.default_rng(seed)
    L = int(rng.integers(2, 6))
    bars = np.exp(rng.normal(size=L) * 2)
    M = np.array([[prod(np.delete(bars, [l, h])) if l != h else 0.0 for h in range(L)] for l in range(L)])
    with ball_precision(BITS):
        bound = float(block_radius([arb(x) for x in bars]))
    top = np.linalg.eigvalsh(M)[-1]
    assert top * (1 - 1e-12) <= bound <= top * (1 + 1e-6)
    signed = M * np.where(np.triu(rng.random((L, L)) < 0.5), 1, -1)
    signed = np.triu(signed) + np.triu(signed).T
    assert np.linalg.eigvalsh(signed)[-1] <= bound * (1 + 1e-12)


def test_speed_and_spread():
    with ball_precision(BITS):
        assert float(speed([arb(2), arb(-3), arb(5)])) == pytest.approx((15**2 + 10**2 + 6**2) ** 0.5)
        assert float(speed([arb(0), arb(0), arb(5)])) == 0
        assert float(spread([arb(2), arb(-3), arb(1)])) == 5


@pytest.mark.parametrize("bars", [(0, 2), (0, 2, 3), (0, 0, 3), (0, 0, 0), (0, 0, 1, 2, 3), (0, 5, 1, 2, 3)])
def test_block_radius_of_bars_of_which_some_are_zero(bars):
    L = len(bars)
    M = np.array([[prod(np.delete(bars, [l, h])) if l != h else 0.0 for h in range(L)] for l in range(L)])
    with ball_precision(BITS):
        assert float(block_radius([arb(x) for x in bars])) >= np.linalg.eigvalsh(M)[-1] * (1 - 1e-12)
        assert not block_radius([arb("inf"), *[arb(x) for x in bars[1:]]]).is_finite()
