"""Candidates of steps against the definitions of their defects, weights and divergences."""

from fractions import Fraction
from math import prod
from random import Random

import numpy as np
import pytest
from flint import arb, arb_mat
from scipy.special import kl_div

from litproof.algebra.balls import ball
from litproof.certify.classification import collocation
from litproof.certify.classification.component_steps import BITS, Place
from litproof.certify.classification.component_track import Track, unit_of, weakness
from litproof.integrate.ball_rings import norm
from litproof.precision import ball_precision, series_length
from litproof.predict.classification.vertices import margin_problem
from tests.certify.classification.test_component_steps import drawn, first_track

GRID = [k / 20 - 1 for k in range(41)]


def drawn_track(seed, monkeypatch, least_points=2):
    """Of a drawn problem, with its rows and its reference point."""
    rng = Random(seed)
    one = drawn(seed, rng.choice((3, 4)), rng.randint(least_points, 4), rng.randint(2, 4))
    _, _, track, r = first_track(one, monkeypatch)
    return track, track.rows.tolist(), r


def weights_at(track, u):
    return [sum((x * arb(u) ** k for k, x in enumerate(w.terms)), arb(0)) for w in track.weights]


def margins_at(track, rows, u):
    rho = [prod([p(arb(u)) for p in entries], start=arb(1)) for entries in track.q]
    return [sum((a * r for a, r in zip(line, rho, strict=True)), arb(0)) for line in rows]


def velocity_at(track, weights, rows, u):
    """Of a reference with these weights that is at the candidate, in u."""
    q = [[p(arb(u)) for p in entries] for entries in track.q]
    pulls = [
        track.length * sum((w * line[j] for w, line in zip(weights, rows, strict=True)), arb(0))
        for j in range(len(q))
    ]
    return [
        [a * prod([x for h, x in enumerate(entries) if h != l], start=arb(1)) for l in range(len(entries))]
        for a, entries in zip(pulls, q, strict=True)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_drift_bounds_the_defect_and_is_sharp(monkeypatch, seed):
    with ball_precision(BITS), series_length(64):
        track, rows, _ = drawn_track(seed, monkeypatch, least_points=1)
        drift, defects = float(norm(track.drifts())), []
        for u in GRID:
            velocity = velocity_at(track, weights_at(track, u), rows, u)
            pairs = zip(track.q, velocity, strict=True)
            gaps = [p.derivative()(arb(u)) - x for ps, xs in pairs for p, x in zip(ps, xs, strict=True)]
            defects.append(float(norm(gaps)))
    assert 2 * max(defects) <= drift <= 20 * max(defects)
    assert max(defects) > 1e-30


@pytest.mark.parametrize("seed", range(6))
def test_what_weights_miss_is_bounded_and_sharp(monkeypatch, seed):
    """Weights are continued between the stages without the candidate: there they are off its shares."""
    with ball_precision(BITS), series_length(64):
        track, rows, r = drawn_track(seed, monkeypatch)
        seen = [0.0] * len(track.weights)
        for u in GRID:
            m = margins_at(track, rows, u)
            for i, w in enumerate(weights_at(track, u)):
                seen[i] = max(seen[i], abs(float(w.log() - m[r] + m[i])))
    assert seen[r] < 1e-25 and max(seen) > 1e-20
    for value, w, miss in zip(seen, track.weights, track.misses, strict=True):
        assert value <= float(miss) + 2 * float(w.off / w.terms[0]) and float(miss) <= 20 * value + 1e-25


@pytest.mark.parametrize("seed", range(3))
def test_the_drift_of_a_candidate_at_rest_is_the_way_of_the_flow(seed):
    """A constant candidate: the defect is the velocity of the flow itself, nothing cancels and nothing is estimated."""
    one = drawn(seed, 3 + seed % 2, 3, 3)
    with ball_precision(BITS), series_length(64):
        margins = margin_problem(one, one.odeco)
        rows = [[ball(x) for x in entries] for entries in margins.rows]
        here = [[ball(x) for x in entries] for entries in zip(*one.v0, strict=True)]
        components = collocation.Components.of(rows, list(zip(*one.v0, strict=True)))
        y = [entries[low] for entries, low in zip(here, components.least, strict=True)]
        still = arb_mat([[x] * (collocation.STAGES + 1) for x in y])
        m = Place.of(rows, here).margins
        logs = arb_mat([[m[1] - x] * collocation.STAGES for x in m])
        track = Track.of(components, collocation.Stages(still, logs, ball(Fraction(1, 7)), 1), arb(1e-19))
        velocity = velocity_at(track, [(m[1] - x).exp() for x in m], rows, 0.5)
        way = 2 * norm([x for entries in velocity for x in entries])
        assert float(norm(track.drifts())) == pytest.approx(float(way), rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_the_divergence_bounds_how_far_weights_are_from_the_shares_in_the_tube(monkeypatch, seed):
    rng = np.random.default_rng(seed)
    draw = Random(seed)
    L, n, d = draw.choice((3, 4)), draw.randint(2, 5), draw.randint(1, 3)
    one, tube = drawn(seed + 50, L, n, d), draw.choice((0.003, 0.03, 0.3))
    with ball_precision(BITS), series_length(64):
        _, _, track, r = first_track(one, monkeypatch)
        # each component moves by the tube's width at most
        offs = [ball(Fraction(tube))] * d
        bound = float(track.divergence(offs, track.bars(offs)))
        rows = np.array([[float(x) for x in line] for line in track.rows.tolist()])
        seen = 0.0
        for u in (-1.0, -0.3, 0.4, 1.0):
            w = np.array([float(x) for x in weights_at(track, u)])
            q = np.array([[float(p(arb(u))) for p in entries] for entries in track.q])
            for _ in range(40):
                move = rng.normal(size=q.shape)
                m = rows @ np.prod(q + tube * move / np.linalg.norm(move, axis=1, keepdims=True), axis=1)
                x = np.exp(m[r] - m)
                seen = max(seen, 2 * float(track.length) * np.sum(kl_div(w, x)))
    assert seen <= bound and (seen > 0 or len(np.unique(rows, axis=0)) == 1)


@pytest.mark.parametrize("seed", range(6))
def test_the_divergence_of_a_reference_on_its_candidate_is_that_of_its_weights(monkeypatch, seed):
    with ball_precision(BITS), series_length(64):
        track, rows, r = drawn_track(seed, monkeypatch)
        seen = 0.0
        for u in GRID:
            m = margins_at(track, rows, u)
            x = [(m[r] - value).exp() for value in m]
            terms = [w * (w / y).log() - w + y for w, y in zip(weights_at(track, u), x, strict=True)]
            seen = max(seen, 2 * float(track.length * sum(terms, arb(0))))
        offs = [ball(0)] * len(track.q)
        bound = float(track.divergence(offs, track.bars(offs)))
    assert 1e-45 < seen <= bound <= 100 * seen


def test_a_start_is_weak_against_layers_at_which_margins_are_about_one():
    """Errors grow with the third power of four layers, and are measured against the layers themselves."""
    with ball_precision(BITS):
        unit = unit_of([[ball(-16), ball(3)], [ball(1), ball(0)]], 4)
        assert float(unit) == pytest.approx(1 / 2) and float(unit_of([[ball(0)]], 3)) == 1
        assert float(weakness([arb(5) / 10**7, arb(-1) / 10**9], unit, 4)) == pytest.approx(1e-12)
        assert float(weakness([arb(-5), arb(1)], unit, 4)) == 1
        assert 0 < weakness([arb(10) ** -400], unit, 5) < arb(10) ** -1000
