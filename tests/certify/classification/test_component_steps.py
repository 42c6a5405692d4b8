"""Enclosed orbits of odeco networks against other integrators and definitions, and what must not be proved."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from math import log, log10, prod
from random import Random

import numpy as np
import pytest
from flint import arb
from scipy.integrate import quad, solve_ivp

from litproof.algebra.balls import ball, endpoints
from litproof.certify.classification import collocation, component_steps, component_track
from litproof.certify.classification.component_steps import (
    BITS,
    Band,
    Track,
    block_radius,
    climb_components,
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
    return margins, list(islice(climb(one), count))


def climb(one):
    return climb_components(margin_problem(one, one.odeco), one.v0, Budget(30 * SECOND))


def coarse(monkeypatch, stages=8, accuracy=1e-6):
    """Few stages and a large defect: what is proved has to come from the bounds."""
    for module in (collocation, component_steps, component_track):
        monkeypatch.setattr(module, "STAGES", stages)
    monkeypatch.setattr(component_track, "ACCURACY", accuracy)
    monkeypatch.setattr(component_track, "_LEAP", 1)


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
    assert off < 1e-16 if fine else off > 1e-9


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
        place = next(p for p in climb(one) if p.kappa > 10**5)
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


@pytest.mark.parametrize("power", [30, 400])
def test_a_start_too_small_is_not_followed(power):
    tiny = replace(drawn(0, 4, 2, 2), scale=Fraction(1, 10**power))
    assert len(places(tiny)[1]) == 1


def test_a_flow_at_rest_ends_at_once():
    rest = problem(Diagonal(3, 2), (row(1, 2), row(2, 1)), (row(1, 0), row(0, 1), row(0, 0)))
    assert len(places(rest)[1]) == 1


# What a step is proved from


def first_track(one, monkeypatch, stages=8, part=2.0):
    """Components, the start, and a track with a defect that can be seen."""
    coarse(monkeypatch, stages)
    margins = margin_problem(one, one.odeco)
    rows = [[ball(x) for x in entries] for entries in margins.rows]
    start = list(zip(*one.v0, strict=True))
    components = collocation.Components.of(rows, start)
    here = component_steps._started(components, [[ball(x) for x in entries] for entries in start])
    layers = component_steps._layers(components, here)
    length = part * component_steps._first_length(components, layers)
    found = component_steps._candidate(components, layers, None, length, 1e-20)
    return components, here, Track.of(components, found, arb(1e-19)), found.reference


def bregman(components, flow, reference):
    """The distance of two points of the curves, by quadrature over the least layers."""

    def layers(j, y):
        with ball_precision(BITS):
            return [float(x) for (x,) in components.layers(j, [arb(y)])]

    total = 0.0
    for j, (end, start) in enumerate(zip(flow, reference, strict=True)):
        first, low = prod(layers(j, start)), components.least[j]

        def rate(y, j=j, first=first, low=low):
            entries = layers(j, y)
            return (prod(entries) - first) / prod(x for l, x in enumerate(entries) if l != low)

        total += quad(rate, start, end, epsabs=1e-15, epsrel=1e-10)[0]
    return total


def ways(components, flow, reference):
    """|tau - tau'| of the components."""
    found = []
    for j, (end, start) in enumerate(zip(flow, reference, strict=True)):

        def rate(y, j=j):
            with ball_precision(BITS):
                return 1 / float(components.products(j, [arb(y)])[0])

        found.append(abs(quad(rate, start, end)[0]))
    return found


def flow_on(components, track, y, depth):
    """scipy in doubles: the flow from these least layers for the T that the step takes; its least layers."""
    rows = np.array([[float(x) for x in line] for line in track.rows.tolist()])
    with ball_precision(BITS):
        start = np.array([[float(x) for (x,) in components.layers(j, [arb(x)])] for j, x in enumerate(y)])
        terms = [x * 2 / (k + 1) for w in track.weights for k, x in enumerate(w.terms) if k % 2 == 0]
        time = float(track.length * sum(terms, arb(0)))

    def velocity(_, theta):
        eta = theta.reshape(start.shape)
        m = rows @ np.prod(eta, axis=1)
        p = np.exp(m.min() - m)
        pull = rows.T @ (p / p.sum())
        return (
            pull[:, None]
            * np.stack([np.prod(np.delete(eta, l, axis=1), axis=1) for l in range(depth)], axis=1)
        ).ravel()

    solution = solve_ivp(velocity, (0, time), start.ravel(), method="DOP853", rtol=1e-12, atol=1e-13)
    return solution.y[:, -1].reshape(start.shape)


@pytest.mark.parametrize("by_time", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_a_flow_that_starts_elsewhere_on_its_curves_ends_within_the_bounds(monkeypatch, seed, by_time):
    """By the distance, or by the time where nothing is known of the distance."""
    draw = Random(f"elsewhere {seed}")
    L, n, d = 3 + seed % 2, 1 + seed // 2, draw.randint(1, 3)
    one = drawn(seed + 80, L, n, d)
    with ball_precision(BITS), series_length(64):
        components, here, track, _ = first_track(one, monkeypatch, part=0.2 if by_time else 2.0)
        reference = [float(y) for y in here.y]
        flow = [y + draw.uniform(-1, 1) * 1e-3 for y in reference]
        error = (2 * bregman(components, flow, reference)) ** 0.5 * (1 + 1e-6)
        apart = tuple(arb(x) * (1 + 1e-6) for x in ways(components, flow, reference))
        far = component_steps.Reference(here.y, apart, arb(1e6) if by_time else arb(error))
        proved = component_steps._proved(
            components, track, Band.of(track, component_steps._layers(components, far)), far
        )
        assert proved is not None
        moved, eta = proved
    end = flow_on(components, track, flow, L)
    with ball_precision(BITS):
        for entries, values in zip(eta, end, strict=True):
            for x, value in zip(entries, values, strict=True):
                low, high = endpoints(x)
                assert low - 1e-9 <= value <= high + 1e-9
    if not by_time:
        least = [values[low] for values, low in zip(end, components.least, strict=True)]
        found = (2 * bregman(components, least, [float(y) for y in moved.y])) ** 0.5
        assert found <= float(moved.error) < 20 * found
        if n == 1:  # nothing brings the two together but a pull towards 0
            falls = [component_steps._falls(components, track, y, j, arb(0.01)) for j, y in enumerate(here.y)]
            assert (found > error) != all(falls)
    beside = ways(
        components,
        [values[low] for values, low in zip(end, components.least, strict=True)],
        map(float, moved.y),
    )
    assert all(
        true <= float(bound) * (1 + 1e-6) + 1e-9 for true, bound in zip(beside, moved.apart, strict=True)
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_jump_of_the_reference_is_counted(seed):
    draw = Random(f"jump {seed}")
    one = drawn(seed + 20, 3 + seed % 2, 2, 2)
    with ball_precision(BITS):
        rows = [[ball(x) for x in entries] for entries in margin_problem(one, one.odeco).rows]
        start = list(zip(*one.v0, strict=True))
        components = collocation.Components.of(rows, start)
        radii = [block_radius([abs(ball(x)) + 0.01 for x in entries]) for entries in start]
        middles = [float(entries[low]) for entries, low in zip(start, components.least, strict=True)]
        flow, old = ([y + draw.uniform(-1, 1) * size for y in middles] for size in (1e-2, 1e-3))
        before = arb((2 * bregman(components, flow, old)) ** 0.5)
        apart = [arb(x) for x in ways(components, flow, old)]
        new = component_steps._rounded(components, [arb(y, 1e-3) for y in middles], radii, apart, before)
        assert new is not None and [float(y) for y in new.y] == pytest.approx(middles)
        assert (2 * bregman(components, flow, middles)) ** 0.5 <= float(new.error) < float(before) + 0.02
        assert all(
            a <= float(b) * (1 + 1e-9)
            for a, b in zip(ways(components, flow, middles), new.apart, strict=True)
        )
        assert (
            component_steps._rounded(components, [arb(y, 10) for y in middles], radii, apart, before) is None
        )


def test_components_that_rest_are_left_where_they_are():
    start = (row("1/2", 0, "1/3"), row("1/3", "1/4", 0), row("-1/4", 0, 0))
    one = problem(Diagonal(3, 3), (row(1, 2, 1), row(2, 1, -1)), start)
    _, found = places(one, 30)
    assert len(found) == 30
    with ball_precision(BITS):
        for place in found:
            for entries, exact in zip(place.eta[1:], list(zip(*start, strict=True))[1:], strict=True):
                for x, value in zip(entries, exact, strict=True):
                    assert x.contains(ball(value).mid()) and x.rad() < 1e-37


def test_a_tube_that_is_too_narrow_proves_nothing(monkeypatch):
    for module in (component_steps, component_track):
        monkeypatch.setattr(module, "TUBE", 1)
    assert len(places(BALANCED, 3)[1]) == 1


def test_the_candidate_of_another_start_is_as_far_off_as_the_starts_are(monkeypatch):
    one = drawn(1, 3, 3, 3)
    with ball_precision(BITS), series_length(64):
        components, here, track, _ = first_track(one, monkeypatch, stages=18)

        def from_here(here):
            band = Band.of(track, component_steps._layers(components, here))
            return component_steps._proved(components, track, band, here)

        proved = from_here(here)
        assert proved is not None
        shifted = replace(here, y=tuple(y + ball(Fraction(1, 10**5)) for y in here.y))
        moved = from_here(shifted)
        assert moved is not None and moved[0].error > 1e-5 * 3**0.5 > proved[0].error
