"""Regions around vertices that a flow of depth 3 and more is proved never to leave."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice, pairwise
from random import Random

import pytest
from scipy.integrate import solve_ivp

from litproof.algebra.balls import ball
from litproof.certify.classification import trapping_region as trap
from litproof.certify.classification.component_steps import climb_components, step_cost
from litproof.certify.classification.off_support import off_support, product_bound
from litproof.certify.classification.trapping_region import trap_direction, trapped
from litproof.certify.classification.vertex import Vertex, require_strict, strict_vertex
from litproof.errors import HypothesisError
from litproof.integrate.budget import SECOND, Budget
from litproof.integrate.classification.follow import follow_direction
from litproof.limits.find import find_limit
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision
from litproof.predict.classification.vertices import margin_problem
from litproof.problem import Problem
from litproof.results import Evidence
from litproof.theorems.shared.classification import TWO_LAYERS, draw_diagonal, draw_separable
from litproof.theorems.shared.instances import draw_odeco

OPERATIONS = 30 * SECOND


def row(*entries):
    return tuple(Fraction(x) for x in entries)


def problem(network, X, v, y=None):
    return Problem(network, "classification", X, y or (Fraction(1),) * len(X), Fraction(1), v)


PAIR = (row(1, "3/4"), row("3/4", 1))
"""For L >= 3 (4/7, 4/7) and points on the two axes are strict local minima."""


def towards(first, second):
    return problem(Diagonal(3, 2), PAIR, (row(first, second), row(first, second), row("1/8", "1/8")))


TRAPPED = {
    "two active points": draw_diagonal(Random("v0"), 3, 2, 2),
    "one component of three": draw_diagonal(Random("v7"), 3, 3, 3),
    "depth four": draw_diagonal(Random("w0"), 4, 2, 2),
    "one axis": towards(2, 1),
    "between the axes": towards(1, 1),
    "two points, one row on the support": problem(
        Diagonal(3, 2), (row(1, "1/2"), row(1, "-1/2")), (row(1, "1/2"), row(1, "1/2"), row("1/2", "1/8"))
    ),
    "a component at rest": problem(
        Diagonal(3, 3), (row(1, 3, "1/2"), row(2, 1, -1)), (row(1, 0, 1), row(1, 0, 1), row("1/2", 1, "1/4"))
    ),
    "a small start": replace(draw_diagonal(Random("v0"), 3, 2, 2), scale=Fraction(1, 10**9)),
    "a small start of four layers": replace(draw_diagonal(Random("w0"), 4, 2, 2), scale=Fraction(1, 10**6)),
}


@pytest.mark.parametrize("name", TRAPPED)
def test_flow_meets_the_enclosure_to_all_its_digits(name):
    flow = follow_direction(TRAPPED[name], 18, newton=1e-48)
    assert flow.converged
    enclosure = trap_direction(TRAPPED[name], 40, operations=OPERATIONS)
    for (low, high), value in zip(enclosure.bounds, flow.value, strict=True):
        assert low - 2 * flow.error <= value <= high + 2 * flow.error
        assert high - low < Fraction(1, 10**40)
    assert flow.error < Fraction(1, 10**17)


@pytest.mark.slow
def test_random_odeco_network_of_depth_three():
    """A network in rotated coordinates: the enclosure is about beta, not about the coordinates of the proof."""
    rng = Random("trapped odeco")
    X, y = draw_separable(rng, 2, 2)
    network = draw_odeco(rng, 3, 2, 2)
    v = tuple(tuple(Fraction(rng.randint(1, 8), 4) for _ in range(size)) for size in network.shapes)
    one = problem(network, X, v, y)
    flow = follow_direction(one, 15, newton=1e-45)
    enclosure = trap_direction(one, 20, operations=OPERATIONS)
    assert all(
        low - 2 * flow.error <= value <= high + 2 * flow.error
        for (low, high), value in zip(enclosure.bounds, flow.value, strict=True)
    )


def orbit(one, steps=None):
    """Places of the orbit, and the margins of its network."""
    margins = margin_problem(one, one.network.odeco())
    return margins, list(islice(climb_components(margins, one.v0, Budget(OPERATIONS)), steps))


def vertex_of(margins, place):
    """The one strict vertex that a place far out points to."""
    with ball_precision(128):
        (corner,) = trap._strict(margins, place, {})[0]
    return corner


def test_no_region_around_the_vertex_of_another_start():
    """A true vertex, all conditions on it alone met, that this flow does not tend to: nothing may be closed."""
    (margins, here), (_, there) = orbit(towards(2, 1), 30), orbit(towards(1, 2), 30)
    own, other = vertex_of(margins, here[-1]), vertex_of(margins, there[-1])
    assert other.support != own.support
    caught = []
    for place in here:
        with ball_precision(128):
            assert not trapped(other, place.eta, place.kappa)
            caught.append(trapped(own, place.eta, place.kappa))
    assert not caught[0] and caught[-1]
    assert caught == sorted(caught)


def refused(changed, message):
    with pytest.raises(HypothesisError, match=message):
        trap_direction(changed, 10, operations=OPERATIONS)


def test_a_saddle_is_not_enclosed():
    """A symmetric start: two components on, one active point."""
    half = problem(Diagonal(3, 2), (row(1, 1),), (row(1, 1), row(1, 1), row("1/2", "1/2")))
    refused(half, "no vertex")


def test_a_negative_multiplier_is_no_strict_vertex():
    rows = (row(3, 1), row(1, "1/2"))
    form = Diagonal(3, 2).odeco()
    with ball_precision(128), pytest.raises(HypothesisError, match="multiplier"):
        require_strict(Vertex(form, 3, (0, 1), rows, rows, ()))


def test_a_point_that_stays_on_the_margin_is_not_enclosed():
    tie = problem(
        Diagonal(3, 2), (row(1, "1/2"), row(1, "1/4")), (row(2, "1/2"), row(2, "1/2"), row("1/2", 0))
    )
    margins, places = orbit(tie, 25)
    corner = vertex_of(margins, places[-1])  # equal rows on the support count once
    assert len(corner.active) == 2 and len(corner.square) == 1
    moved = replace(corner, others=(row(1, 3),), active=(row(1, "1/2"),))
    with ball_precision(128), pytest.raises(HypothesisError, match="further point"):
        require_strict(moved)


def test_a_further_point_on_the_margin_counts_as_active_where_that_is_exact():
    """Three lines through one point: two of them fix it, with positive multipliers; almost through it is not enough."""
    one = problem(
        Diagonal(3, 2), (row(3, 1), row(2, 2), row(0, 4)), (row(1, 1), row(1, 1), row("1/2", "1/4"))
    )
    for low, high in trap_direction(one, 20, operations=OPERATIONS).bounds:
        assert low**2 < Fraction(1, 2) < high**2
    margins, places = orbit(one, 25)
    with ball_precision(128):
        corners = trap._strict(margins, places[-1], {})[0]
        pairs = [corner for corner in corners if len(corner.support) == 2]
        assert pairs and all(len(corner.active) == 3 for corner in pairs)
        below = replace(one, X=(row(3, 1), row(Fraction(2) - Fraction(1, 10**15), 2), row(0, 4)))
        with pytest.raises(HypothesisError, match="further point"):
            strict_vertex(margin_problem(below, below.network.odeco()), ((0, 1), (0, 2)))


def test_other_networks_are_refused():
    refused(TWO_LAYERS, "depth 3 and more")
    complex_form = problem(
        Convolutional((3, 3, 3)), (row(1, 2, 3),), (row(1, "1/2", 0), row(1, 0, 0), row("1/4", 0, "1/8"))
    )
    with pytest.raises(HypothesisError, match="real odeco"):
        trap_direction(complex_form, 10, operations=OPERATIONS)


def test_margin_on_the_support_never_falls():
    """Step 1 of the proof on an orbit: (kappa - zeta)/N^(L/2), with components off the support that move."""
    margins, places = orbit(TRAPPED["one component of three"], 40)
    corner = vertex_of(margins, places[-1])
    assert len(corner.off) == 2
    rows = (*corner.active, *corner.others)
    pulls = {k: ball(max(abs(r[k]) for r in rows)) for k in corner.off}
    zeta, levels = None, []
    for place in places:
        with ball_precision(128):
            kappa, N = place.kappa, sum((x * x for j in corner.support for x in place.eta[j]), ball(0))
            if zeta is None:
                bounds = off_support(corner, place.eta, kappa, N, None) if kappa > 1 else None
                zeta = None if bounds is None else bounds[0]
            if zeta is not None:
                levels.append(float((kappa - zeta) / N ** (ball(3) / 2)))
                off = sum((pulls[k] * abs(place.rho[k]) for k in corner.off), ball(0))
                assert off <= zeta
    assert len(levels) > 10
    assert all(b > a - 1e-12 for a, b in pairwise(levels))


@pytest.mark.parametrize("sizes", [(1.0, 1.0, 1.0), (2.0, 0.5, 0.25), (1.0, 0.5, 0.0), (1.0, 0.0, 0.0)])
def test_product_bound_is_above_the_solution_and_near_it(sizes):
    def velocity(_, y):
        return [y[1] * y[2], y[0] * y[2], y[0] * y[1]]

    time = 0.3
    end = solve_ivp(velocity, (0, time), sizes, rtol=1e-10, atol=1e-12).y[:, -1]
    true = end[0] * end[1] * end[2]
    with ball_precision(128):
        bound = float(product_bound([ball(Fraction(x)) for x in sizes], ball(Fraction(time))))
        assert product_bound([ball(Fraction(x)) for x in sizes], ball(100)) is None or not any(sizes[1:])
    assert true - 1e-8 <= bound <= 1.6 * true + 0.02


def test_a_hopeless_climb_is_given_up(monkeypatch):
    """A component off the support that is pulled harder than the support: no time is spent on what cannot close."""
    one = TRAPPED["one axis"]
    margins, places = orbit(one, 25)
    own = vertex_of(margins, places[-1])
    with ball_precision(128):
        small = [[ball(1)] * 3, [ball(Fraction(1, 8))] * 3]
        assert trap._within_reach(own, small, 1000.0)
        assert not trap._within_reach(own, [small[0], [ball(50)] * 3], 1000.0)
    monkeypatch.setattr(trap, "_within_reach", lambda *_: False)
    monkeypatch.setattr(trap, "trapped", lambda *_: False)
    with pytest.raises(HypothesisError, match=r"not closed .*kappa = \d(\.\d+)?e\+09"):
        trap_direction(one, 10, operations=OPERATIONS)


def test_a_budget_that_is_too_small_is_told_before_and_after(monkeypatch):
    one = TRAPPED["two active points"]
    steps = trap._STEPS * step_cost(2, 2, 3)
    with pytest.raises(HypothesisError, match="not proved for 2 points and 2 components"):
        trap_direction(one, 10, operations=0.9 * steps)
    far = draw_diagonal(Random("v0"), 3, 4, 6)
    monkeypatch.setattr(trap, "_STEPS", 8)
    with pytest.raises(HypothesisError, match=r"followed with proved errors as far as kappa = "):
        trap_direction(far, 10, operations=9 * step_cost(4, 6, 3))


def test_limit_says_certified():
    limit = find_limit(TRAPPED["one component of three"], 15)
    assert limit.evidence is Evidence.CERTIFIED and "trapped" in limit.methods[0]
    assert sorted(abs(Fraction(entry)) for entry in limit.decimals) == [0, 0, 1] and len(limit.enclosure) == 3


@pytest.mark.parametrize("seed", range(40))
def test_on_the_faces_of_a_closed_box_q_exceeds_its_bound(seed):
    """What conditions (a) and (b) are for, looked at in points of all faces delta_i = D_i, 0 <= delta_k <= D_k."""
    from flint import arb, arb_mat

    random = Random(seed)
    size, L = random.randint(1, 2), random.choice([3, 4])
    A = arb_mat(
        size,
        size,
        [arb(random.randint(-6, 6)) / 8 + (1 if i == j else 0) for i in range(size) for j in range(size)],
    )
    try:
        inverse = A.inv()
    except ZeroDivisionError:
        return
    s = (inverse * arb_mat(size, 1, [1] * size)).entries()
    Q = sum(float(abs(x)) ** (2 / L) for x in s)
    for part in (0.1, 0.3, 0.6, 0.9, 0.99):
        for stretch in (1.0, 1.05, 1.3, 2.0):
            lam, D = arb(part), [arb(stretch * (1 - part)) + arb(2) ** -40] * size
            box = trap._box(inverse, s, lam, D)
            if not trap._closed(inverse, s, box, L, lam, D):
                continue
            for face in range(size):
                for other in (0.0, 0.5, 1.0):
                    delta = [D[i] if i == face else other * D[i] for i in range(size)]
                    moves = (inverse * arb_mat(size, 1, delta)).entries()
                    x = [float(lam * a + b) for a, b in zip(s, moves, strict=True)]
                    assert sum(abs(value) ** (2 / L) for value in x) > Q
