"""Enclosed orbits of odeco networks against other integrators and definitions, and what must not be proved."""

from fractions import Fraction
from itertools import islice
from math import log, log10, prod
from random import Random

import numpy as np
import pytest
from flint import arb, arb_mat
from scipy.integrate import solve_ivp

from litproof.algebra.balls import ball, endpoints
from litproof.certify.classification import collocation, component_steps
from litproof.certify.classification.component_steps import (
    BITS,
    Track,
    block_radius,
    climb_components,
    suprema,
    weight,
)
from litproof.integrate.budget import SECOND, Budget
from litproof.integrate.classification.samples import sample_path
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision, series_length
from litproof.predict.classification.vertices import margin_problem
from litproof.problem import Problem
from litproof.theorems.shared.classification import draw_diagonal, draw_separable
from litproof.theorems.shared.instances import draw_odeco


def row(*entries):
    return tuple(Fraction(x) for x in entries)


def problem(network, X, v):
    return Problem(network, "classification", X, (Fraction(1),) * len(X), Fraction(1), v)


BALANCED = problem(Diagonal(3, 2), (row(2, "3/2"),), (row("1/2", "-1/3"),) * 2 + (row("1/2", "1/3"),))
"""One point: 1/eta_j falls at the rate a_j, so that a_2/|eta_1| - a_1/|eta_2| stays what it was."""


def places(one, count=None):
    margins = margin_problem(one, one.odeco)
    return margins, list(islice(climb_components(margins, one.v0, Budget(30 * SECOND)), count))


def coarse(monkeypatch, stages=8, accuracy=1e-6):
    """Few stages and a large defect: what is proved has to come from the bounds."""
    for module in (collocation, component_steps):
        monkeypatch.setattr(module, "STAGES", stages)
    monkeypatch.setattr(component_steps, "_ACCURACY", accuracy)


@pytest.mark.parametrize("fine", [True, False])
def test_closed_form_of_one_point_lies_inside(monkeypatch, fine):
    if not fine:
        coarse(monkeypatch)
    _, found = places(BALANCED, 12)
    assert len(found) == 12
    with ball_precision(BITS):
        off = 0.0
        for place in found:
            difference = ball(Fraction(3, 2)) / abs(place.eta[0][0]) - 2 / abs(place.eta[1][0])
            assert difference.contains(ball(-3))
            off = max(off, float(abs(difference.mid() + 3)))
    assert off < 1e-18 if fine else off > 1e-9


def drawn(seed, depth, n, d):
    return draw_diagonal(Random(f"component steps {seed}"), depth, n, d)


@pytest.mark.parametrize(
    ("seed", "depth", "n", "d"), [(0, 3, 3, 3), (1, 4, 2, 3), (2, 3, 5, 6), (3, 5, 2, 2)]
)
def test_orbit_against_an_explicit_integrator(seed, depth, n, d):
    """scipy in doubles, in the clock int F dt, up to the same kappa."""
    one = drawn(seed, depth, n, d)
    _, found = places(one, 60)
    rows = np.array(one.signed_rows, dtype=float)
    with ball_precision(BITS):
        place = [p for p in found if p.kappa < 40][-1]
        kappa = float(place.kappa)

    def velocity(_, theta):
        eta = theta.reshape(depth, d)
        m = rows @ np.prod(eta, axis=0)
        p = np.exp(m.min() - m)
        pull = rows.T @ (p / p.sum())
        return np.concatenate([pull * np.prod(np.delete(eta, l, axis=0), axis=0) for l in range(depth)])

    def reached(_, theta):
        m = rows @ np.prod(theta.reshape(depth, d), axis=0)
        return m.min() - log(np.exp(m.min() - m).sum()) - kappa

    reached.terminal = True
    start = np.array([float(x) for layer in one.v0 for x in layer])
    solution = solve_ivp(velocity, (0, 1e4), start, method="DOP853", rtol=1e-11, atol=1e-12, events=reached)
    assert kappa > 10
    mine = np.array([[float(x) for x in entries] for entries in place.eta]).T.ravel()
    assert mine == pytest.approx(solution.y_events[0][0], rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(("seed", "depth", "n", "d"), [(0, 3, 3, 3), (4, 4, 3, 3), (5, 3, 4, 5)])
def test_orbit_against_the_followed_path_far_out(seed, depth, n, d):
    one = drawn(seed, depth, n, d)
    with ball_precision(BITS):
        place = next(p for p in places(one)[1] if p.kappa > 10**5)
        kappa = float(place.kappa)
        rho = [float(r / place.kappa) for r in place.rho]
        assert float(place.kappa.rad()) < 1e-3
    (at,) = sample_path(one, 14, [Fraction(log10(kappa))])
    assert rho == pytest.approx([float(b) for b in at.scaled], abs=1e-10)


def test_rotated_coordinates_and_conserved_quantities():
    rng = Random("component steps odeco")
    X, _ = draw_separable(rng, 2, 2)
    network = draw_odeco(rng, 3, 2, 2)
    v = tuple(tuple(Fraction(rng.randint(1, 8), 4) for _ in range(size)) for size in network.shapes)
    _, found = places(problem(network, X, v), 20)
    assert len(found) == 20
    with ball_precision(BITS):
        for place in found[1:]:
            for first, now in zip(found[0].eta, place.eta, strict=True):
                for l in range(2):
                    change = now[l] * now[l] - now[l + 1] * now[l + 1] - (first[l] ** 2 - first[l + 1] ** 2)
                    assert change.contains(0) and float(change.rad()) < 1e-12


def test_a_flow_at_rest_ends_at_once():
    rest = problem(Diagonal(3, 2), (row(1, 2), row(2, 1)), (row(1, 0), row(0, 1), row(0, 0)))
    assert len(places(rest)[1]) == 1


# What a step is proved from


def first_track(one, monkeypatch, stages=8):
    """Components, middle of the start, and a track with a defect that can be seen."""
    coarse(monkeypatch, stages)
    margins = margin_problem(one, one.odeco)
    rows = [[ball(x) for x in entries] for entries in margins.rows]
    here = [[ball(x) for x in entries] for entries in zip(*one.v0, strict=True)]
    components = collocation.Components.of(rows, here)
    length = 2 * component_steps._first_length(components, here)
    found = component_steps._candidate(components, here, None, length)
    return here, Track.of(components, found), found.reference


def motion(track, reference, rows, u):
    """q, g and g grad kappa at u by the definitions."""
    q = [[p(arb(u)) for p in entries] for entries in track.q]
    rho = [prod(entries[1:], start=entries[0]) for entries in q]
    m = [sum((a * r for a, r in zip(line, rho, strict=True)), arb(0)) for line in rows]
    loss = sum(((-x).exp() for x in m), arb(0))
    g = track.length * m[reference].exp() * loss
    a = [
        sum((g * (-x).exp() / loss * line[j] for x, line in zip(m, rows, strict=True)), arb(0))
        for j in range(len(q))
    ]
    others = [
        [prod([x for h, x in enumerate(entries) if h != l], start=arb(1)) for l in range(len(entries))]
        for entries in q
    ]
    return q, g, [[pull * x for x in entries] for pull, entries in zip(a, others, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_the_drift_bounds_the_defect_and_is_sharp(monkeypatch, seed):
    rng = Random(seed)
    one = drawn(seed, rng.choice((3, 4)), rng.randint(1, 4), rng.randint(2, 4))
    with ball_precision(BITS), series_length(64):
        _, track, r = first_track(one, monkeypatch)
        rows, drift = track.rows.tolist(), float(track.drift())
        defects = []
        for k in range(41):
            u = k / 20 - 1
            _, _, velocity = motion(track, r, rows, u)
            pairs = zip(track.q, velocity, strict=True)
            gaps = [p.derivative()(arb(u)) - x for ps, xs in pairs for p, x in zip(ps, xs, strict=True)]
            defects.append(float(component_steps.norm(gaps)))
    assert 2 * max(defects) <= drift <= 20 * max(defects)
    assert max(defects) > 1e-30


@pytest.mark.parametrize("seed", range(3))
def test_the_drift_of_a_candidate_at_rest_is_the_way_of_the_flow(seed):
    """A constant candidate: the defect is the velocity of the flow itself, nothing cancels and nothing is estimated."""
    one = drawn(seed, 3 + seed % 2, 3, 3)
    with ball_precision(BITS), series_length(64):
        margins = margin_problem(one, one.odeco)
        rows = [[ball(x) for x in entries] for entries in margins.rows]
        here = [[ball(x) for x in entries] for entries in zip(*one.v0, strict=True)]
        components = collocation.Components.of(rows, here)
        y = [entries[low] for entries, low in zip(here, components.least, strict=True)]
        still = arb_mat([[x] * (collocation.STAGES + 1) for x in y])
        stages = collocation.Stages(still, arb_mat(3, collocation.STAGES), ball(Fraction(1, 7)), 1)
        track = Track.of(components, stages)
        velocity = motion(track, 1, rows, 0.5)[2]
        way = 2 * component_steps.norm([x for entries in velocity for x in entries])
        assert float(track.drift()) == pytest.approx(float(way), rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_the_growth_bounds_the_hessian_in_the_tube(monkeypatch, seed):
    """g times the largest eigenvalue of Hess kappa by finite differences, at points of a wide tube."""
    rng = np.random.default_rng(seed)
    draw = Random(seed)
    L, n, d = draw.choice((3, 4)), draw.randint(1, 4), draw.randint(1, 3)
    one, tube = drawn(seed + 50, L, n, d), 0.03
    with ball_precision(BITS), series_length(64):
        _, track, r = first_track(one, monkeypatch)
        bound = float(track.growth(ball(Fraction(tube))))
        rows = np.array([[float(x) for x in line] for line in track.rows.tolist()])
        samples = []
        for u in (-1.0, -0.3, 0.4, 1.0):
            q, g, _ = motion(track, r, track.rows.tolist(), u)
            samples.append((np.array([[float(x) for x in entries] for entries in q]), float(g)))

    def kappa(eta):
        return -log(np.exp(-rows @ np.prod(eta.reshape(d, L), axis=1)).sum())

    def hessian(eta, h=1e-4):
        unit = h * np.eye(d * L)
        return np.array(
            [
                [
                    (kappa(eta + a + b) - kappa(eta + a - b) - kappa(eta - a + b) + kappa(eta - a - b))
                    for b in unit
                ]
                for a in unit
            ]
        ) / (4 * h * h)

    for q, g in samples:
        for _ in range(3):
            move = rng.normal(size=d * L)
            eta = q.ravel() + tube * move / np.linalg.norm(move)
            assert 2 * g * np.linalg.eigvalsh(hessian(eta))[-1] <= bound + 1e-5


def test_a_wide_tube_counts_what_the_weights_move_in_it(monkeypatch):
    """Shares around the candidate differ from those on it by factors, which the bound has to grow with."""
    one = drawn(2, 3, 3, 3)
    with ball_precision(BITS), series_length(64):
        _, track, _ = first_track(one, monkeypatch)
        narrow, wide = (float(track.growth(ball(Fraction(t)))) for t in ("1/10000", "1/10"))
        gaps = track.gaps.tolist()
        slope = max(
            float(component_steps.norm([x * y[0] for x, y in zip(line, [[arb(1)]] * 3, strict=True)]))
            for line in gaps
        )
    assert wide > narrow * (1 + 0.05 * slope)


def test_a_tube_that_is_too_narrow_proves_nothing(monkeypatch):
    monkeypatch.setattr(component_steps, "_TUBE", 1)
    assert len(places(BALANCED, 3)[1]) == 1


def test_the_candidate_of_another_start_is_as_far_off_as_the_starts_are(monkeypatch):
    one = drawn(1, 3, 3, 3)
    with ball_precision(BITS), series_length(64):
        here, track, _ = first_track(one, monkeypatch, stages=20)
        drift = track.drift()
        proved = component_steps._proved(track, here, ball(0), drift)
        assert proved is not None
        shifted = [[x + ball(Fraction(1, 10**5)) for x in entries] for entries in here]
        moved = component_steps._proved(track, shifted, ball(0), drift)
        assert moved is not None and moved[1] > 1e-5 * 9**0.5 > proved[1]


@pytest.mark.parametrize("seed", range(30))
def test_weights_lie_in_their_enclosures(seed):
    rng = Random(seed)
    size = rng.choice((0.1, 2.0, 15.0, 60.0, 900.0))
    with ball_precision(BITS), series_length(64):
        level = [arb(rng.uniform(-3, 3))] + [
            arb(rng.uniform(-size, size) / 4**k) for k in range(rng.randint(1, 12))
        ]
        terms = weight(level)
        widths = []
        for k in range(21):
            u = arb(k) / 10 - 1
            value = sum((x * u**i for i, x in enumerate(terms)), arb(0))
            exact = (-sum((x * u**i for i, x in enumerate(level)), arb(0))).exp()
            low, high = endpoints(value)
            inner = endpoints(exact)
            assert low <= inner[1] and inner[0] <= high
            widths.append(float(value.rad()))
        if size <= 2:
            assert max(widths) < 1e-18


@pytest.mark.parametrize("degree", [0, 5, 20, 47, 48, 90])
def test_suprema_of_polynomials_on_the_interval(degree):
    """Random coefficients, a single high power, and a Chebyshev polynomial, whose powers add up to far more than 1."""
    rng = np.random.default_rng(degree)
    drawn_entries = list(rng.normal(size=degree + 1))
    cosine = list(np.polynomial.chebyshev.cheb2poly([0.0] * min(degree, 20) + [1.0]))
    rows = [drawn_entries, [0.0] * degree + [1.0], cosine]
    with ball_precision(BITS):
        bounds = [float(x) for x in suprema([[arb(float(x)) for x in row] for row in rows])]
    u = np.linspace(-1, 1, 401)
    largest = [np.abs(np.polynomial.polynomial.polyval(u, row)).max() for row in rows]
    assert all(high >= value * (1 - 1e-9) for high, value in zip(bounds, largest, strict=True))
    assert bounds[1] <= 1 + 1e-12 and bounds[2] <= 1 + 1e-8


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
