"""Real odeco networks: a classification flow followed with proved errors, in steps that grow with kappa.

In the clock dT = F dt, F = sum_i exp(-m_i), each component moves along one curve, on which its differences of squares
are constant: d eta_l = prod_{h != l} eta_h d tau with tau' = sum_i p_i a_ij. A reference moves along the same curves
with positive weights w_i in place of the shares p_i. What is proved of it is a bound of the Bregman distance D of the
flow from it, which asks only for weights that are near the shares at the reference itself: a tube may be wide against
1/kappa, and kappa as large as one likes (`derivations/bodies/lemma-dual-tracking.tex`, `litproof derive A12`). The
reference is enclosed around the polynomials of `collocation` by lemma A5, its weights being known functions. The margin
of each step is one number, E = sqrt(2 D), near the Euclidean distance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, inf, isfinite, log2
from operator import mul

from litproof.algebra.balls import Ball, ball, sign
from litproof.certify.classification.collocation import (
    STAGES,
    Components,
    NoCandidate,
    Stages,
    solve_stages,
)
from litproof.certify.classification.component_bounds import (
    SERIES,
    block_radius,
    pieces,
    speed,
    spread,
    suprema,
)
from litproof.certify.classification.component_track import (
    ACCURACY,
    TUBE,
    Aim,
    Band,
    Rows,
    Track,
    unit_of,
    weakness,
)
from litproof.integrate import permission
from litproof.integrate.ball_rings import largest, norm, product, products_of_others
from litproof.integrate.budget import Budget
from litproof.networks.base import Layers
from litproof.precision import ball_precision, series_length
from litproof.predict.classification.vertices import Margins
from litproof.predict.regression.reduction import reduced_start

BITS = 128
"""Two words, which flint holds without allocation; more where the start asks for more."""
_LOST = 56
"""Bits below the accuracy: sums of 18 powers may be 2.4^-18 of their terms, and some are spare."""
_WEAKEST = 1e-24
"""Starts with weaker layers are not followed: three layers of 10^-24, four of 10^-12 would take thousands of steps."""
_ACCEPTED = 10
"""How far above all that a step may be."""
_SHRINK, _GROW, _CAUTION = 0.3, 3.0, 0.95
_TREND = (0.5, 1.3)
"""Fitting lengths change by a factor from step to step: towards the time at which layers are infinite, for example."""
_FAILURES = 25
"""Steps that fail, less those that are proved, before the climb ends: the next would be shorter by 10^7 or more."""
_QUARTER = Fraction(1, 4)
"""Bound of |delta| times the radius of a block, which lemma A12 asks for."""
_SWITCH = 3.0
"""log of a weight, at the end of a step, that makes its point the next reference."""


@dataclass(frozen=True)
class Place:
    """A point of the orbit.

    Attributes
    ----------
    eta : for each of the m components balls around its L layers. margins : balls around the m_i.
    """

    eta: tuple[tuple[Ball, ...], ...]
    margins: tuple[Ball, ...]

    @classmethod
    def of(cls, rows: Rows, eta: Rows) -> Place:
        """rows : A, n x m."""
        rho = [product(entries) for entries in eta]
        margins = [sum(map(mul, row, rho), ball(0)) for row in rows]
        return cls(tuple(map(tuple, eta)), tuple(margins))

    @property
    def rho(self) -> list[Ball]:
        """The coefficients of the components."""
        return [product(entries) for entries in self.eta]

    @property
    def kappa(self) -> Ball:
        """-log F, at flint's current precision: it changes by no more than the largest change of a margin."""
        from flint import arb

        middle = -sum(((-m.mid()).exp() for m in self.margins), ball(0)).log()
        return middle + arb(0, largest([m.rad() for m in self.margins]))


@dataclass(frozen=True)
class Reference:
    """A point of the reference, and how far the flow is from it.

    Attributes
    ----------
    y : for each component the layer of least modulus, exact. apart : upper bounds of |delta|, tau of the flow less
        that of the reference. error : upper bound of E.
    """

    y: tuple[Ball, ...]
    apart: tuple[Ball, ...]
    error: Ball


def climb_components(problem: Margins, v0: Layers, budget: Budget) -> Iterator[Place]:
    """Enclosures of successive points of the orbit, the start first.

    Parameters
    ----------
    problem : margins of a real odeco form. v0 : the start.

    Ends when the budget is used up, when the flow rests, or when no step is proved any more.
    """
    permission.ask("validated classification flow")
    form = problem.form
    starts = [reduced_start(U, layer, form.rank) for U, layer in zip(form.U, v0, strict=True)]
    exact = list(zip(*starts, strict=True))
    # two layers that are 0 stay so, and the component rests
    moving = [j for j, entries in enumerate(exact) if sum(sign(x) == 0 for x in entries) < 2]
    with ball_precision(BITS):
        unit = unit_of([[ball(x) for x in row] for row in problem.rows], problem.depth)
        first = [ball(x) for j in moving for x in exact[j]]
        weak = weakness(first, unit, problem.depth) if moving else ball(1)
        strong = bool(weak > _WEAKEST)
    bits = BITS * ceil((_LOST - log2(ACCURACY * (float(weak) if strong else 1.0))) / BITS)
    with ball_precision(bits):
        rows = [[ball(x) for x in row] for row in problem.rows]
        eta = [[ball(x) for x in entries] for entries in exact]
        components = Components.of([[row[j] for j in moving] for row in rows], [exact[j] for j in moving])
        place, here = Place.of(rows, eta), _started(components, [eta[j] for j in moving])
        length = _first_length(components, [eta[j] for j in moving]) if here and strong else inf
    yield place
    before, cost, failures = 0.0, step_cost(len(rows), form.rank, len(form.U)), 0
    stages: Stages | None = None
    while here and failures < _FAILURES and isfinite(length) and budget.spent + cost < budget.operations:
        budget.spend(cost)
        with ball_precision(bits), series_length(SERIES):
            layers = _layers(components, here)
            aim = Aim.of(layers, here.error, unit)
            try:
                found = _candidate(components, layers, stages, length, float(aim.drift / aim.size))
            except NoCandidate:
                length, failures = length * _SHRINK, failures + 1
                continue
            track = Track.of(components, found, aim.leap)
            band = Band.of(track, layers)
            excess = band.excess(aim)
            fitting = max(length * min(_GROW, excess ** (-1 / STAGES)), length * _SHRINK)
            if not excess < _ACCEPTED:
                length, failures = fitting * _CAUTION, failures + 1
                continue
            proved = _proved(components, track, band, here)
            if proved is None:
                length, failures = length / 2, failures + 1
                continue
            (here, reached), stages, failures = proved, found, max(failures - 1, 0)
            trend = min(max(fitting / before, _TREND[0]), _TREND[1]) if before else 1.0
            # in the clock of this step, which may have another r
            before = fitting * float(found.length) / length
            length = before * _CAUTION * trend
            for j, entries in zip(moving, reached, strict=True):
                eta[j] = entries
            place = Place.of(rows, eta)
        yield place


def step_cost(n: int, m: int, depth: int) -> float:
    """Operations of one step, in the unit of `integrate.budget` (measured): balls, and systems in doubles."""
    fewer = min(n, m)
    doubles = STAGES**2 * (2 * n * m * fewer + m * STAGES + fewer**3 * STAGES)
    return STAGES * (110 + 19 * m * depth + 0.7 * m * n) + doubles / 3500


def _layers(components: Components, here: Reference) -> list[list[Ball]]:
    return [[x for (x,) in components.layers(j, [y])] for j, y in enumerate(here.y)]


def _started(components: Components, eta: Rows) -> Reference | None:
    """The reference at the start; None where nothing moves."""
    if not eta:
        return None
    ys = [entries[low] for entries, low in zip(eta, components.least, strict=True)]
    radii = [block_radius([abs(x) for x in entries]) for entries in eta]
    return _rounded(components, ys, radii, [ball(0)] * len(ys), ball(0))


def _rounded(
    components: Components, ys: Sequence[Ball], radii: Sequence[Ball], apart: Sequence[Ball], error: Ball
) -> Reference | None:
    """The reference moved to the middles of `ys`, which enclose its place; None when that may be too far.

    radii : of the blocks on the way. apart, error : before.
    """
    aparts, ways = [], []
    for j, (y, b, before) in enumerate(zip(ys, radii, apart, strict=True)):
        entries = [x for (x,) in components.layers(j, [y])]
        # no layer moves faster than y, so that the curve is at most sqrt(L) times as long
        way, slowest = ball(len(entries)).sqrt() * y.rad(), speed(entries).lower()
        if not 8 * b * way < slowest:
            return None
        ways.append(way)
        aparts.append((before + way / slowest).upper())
    return Reference(tuple(y.mid() for y in ys), tuple(aparts), (error + ball(1).exp() * norm(ways)).upper())


def _proved(
    components: Components, track: Track, band: Band, here: Reference
) -> tuple[Reference, list[list[Ball]]] | None:
    """The reference at the end of a step, and balls around the layers of the flow there; None when the proof fails."""
    from flint import arb, arb_poly

    nears, offs, bars = band.nears, band.offs, band.bars
    entered = (here.error**2 + 2 * band.divergence).sqrt().max(norm(nears)).upper()
    top = (TUBE * entered).upper()
    ways = [2 * track.length * pull for pull in suprema([arb_poly(pull) for pull in track.pull])]
    time, columns = track.time, track.rows.transpose().tolist()
    apart = [
        (before + time * spread(column)).upper() for before, column in zip(here.apart, columns, strict=True)
    ]
    tubes = [_tube(*component, top) for component in zip(bars, band.layers, ways, apart, strict=True)]
    turns = [(way * tube.radius).upper() for way, tube in zip(ways, tubes, strict=True)]
    if not all(x < TUBE for x in turns):
        return None
    apart_at_end = [(x.exp() * near).upper() for x, near in zip(turns, nears, strict=True)]
    if not all(end < off for end, off in zip(apart_at_end, offs, strict=True)):
        return None
    widths = [off + tube.width for off, tube in zip(offs, tubes, strict=True)]
    order = sorted(range(len(turns)), key=turns.__getitem__, reverse=True)
    rising = (turns[j] for j in order if not _falls(components, track, here.y[j], j, widths[j]))
    grown = next(rising, ball(0)).exp()
    if not grown * entered < top:
        return None
    error, factor = (grown * entered).upper(), ball(_QUARTER).exp()
    apart = [a.min(factor * error / tube.slowest).upper() for a, tube in zip(apart, tubes, strict=True)]
    ends = [[p(ball(1)) + arb(0, off) for p in line] for line, off in zip(track.q, apart_at_end, strict=True)]
    ys = [entries[low] for entries, low in zip(ends, components.least, strict=True)]
    moved = _rounded(components, ys, [tube.radius for tube in tubes], apart, error)
    if moved is None:
        return None
    eta = []
    for end, tube, a in zip(ends, tubes, apart, strict=True):
        around = arb(0, (factor**2 * error).min(factor * a * tube.fastest).upper())
        eta.append([x + around for x in end])
    return moved, eta


def _falls(components: Components, track: Track, y: Ball, j: int, width: Ball) -> bool:
    """Whether component j, starting at `y` and within `width` of the candidate, is pulled towards 0 all the time.

    Then its curvature, of the sign of rho_j, brings flow and reference together.
    """
    from flint import arb, arb_poly

    pull, ties = arb_poly(track.pull[j]), components.squares[j].count(None)
    way = product([ball(x) for x in components.signs[j]])
    candidate = track.q[j][components.least[j]]
    for piece in pieces():
        # with another layer of its modulus y keeps its sign
        place = y if ties else candidate(piece) + arb(0, width)
        if not way * place ** (1 + ties) * pull(piece) < 0:
            return False
    return True


@dataclass(frozen=True)
class _Tube:
    """Bounds for a component, around the reference on a step.

    Attributes
    ----------
    width : of the tube. radius : of its blocks, inf where nothing is proved. slowest, fastest : of |d eta / d tau| on
        the reference.
    """

    width: Ball
    radius: Ball
    slowest: Ball
    fastest: Ball


def _tube(bars: Sequence[Ball], start: Sequence[Ball], way: Ball, apart: Ball, top: Ball) -> _Tube:
    """A tube that the component does not leave as long as E < `top` and |delta| < `apart`.

    bars : of the reference. start : of it. way : of its tau. In the tube |delta| times the radius stays below 1/4.
    """
    from flint import arb

    factor, fastest, first = ball(_QUARTER).exp(), speed(bars).upper(), speed(start).lower()
    for by_error in (True, False):
        width = factor**2 * top if by_error else factor * apart * fastest
        radius = block_radius([x + width for x in bars])
        slowest = (first * (-radius * way).exp()).lower()
        delta = factor * top / slowest if by_error else apart
        if radius * delta < ball(_QUARTER):
            return _Tube(width, radius, slowest, fastest)
    return _Tube(arb("inf"), arb("inf"), arb(0), fastest)


def _candidate(
    components: Components,
    here: Sequence[Sequence[Ball]],
    stages: Stages | None,
    length: float,
    accuracy: float,
) -> Stages:
    """The stages of a step from `here`, `length` in the clock of the last step."""
    from flint import arb_mat

    start = [entries[low] for entries, low in zip(here, components.least, strict=True)]
    if stages is None:
        margins = Place.of(components.rows.tolist(), here).margins
        r = min(range(len(margins)), key=lambda i: float(margins[i]))
        logs = arb_mat([[(margins[r] - m).mid()] * STAGES for m in margins])
        return solve_stages(
            components, r, start, (arb_mat([[y] * STAGES for y in start]), logs), length, accuracy
        )
    last = [float(line[-1]) for line in stages.log_weights.tolist()]
    r = stages.reference if max(last) < _SWITCH else max(range(len(last)), key=lambda i: last[i])
    y, logs = stages.beyond(length / float(stages.length))
    lines = logs.tolist()
    moved = arb_mat([[x - top for x, top in zip(line, lines[r], strict=True)] for line in lines])
    return solve_stages(components, r, start, (y, moved), length * exp(last[r]), accuracy)


def _first_length(components: Components, here: Sequence[Sequence[Ball]]) -> float:
    """A small part of the time in which layers move by their size, or margins by 1; inf at rest."""
    margins = Place.of(components.rows.tolist(), here).margins
    least = min(margins, key=float)
    weights = [(least - m).exp() for m in margins]
    speeds = []
    for entries, column in zip(here, components.rows.transpose().tolist(), strict=True):
        a = sum((w * x for w, x in zip(weights, column, strict=True)), ball(0))
        speeds += [a * rest for rest in products_of_others(entries)]
    size, speed = float(norm([x for entries in here for x in entries])), float(norm(speeds))
    return 0.02 * size / speed / (1 + max(float(abs(m)) for m in margins)) if speed else float("inf")
