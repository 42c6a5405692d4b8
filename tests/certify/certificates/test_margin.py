"""Stationary points of the l_{2/L} margin problem, and exact optima, in the checker's hands."""

import copy
import json
from fractions import Fraction
from random import Random

import pytest

from litproof.certify.certificates.limit import limit_certificate
from litproof.certify.certificates.margin import margin_certificate
from litproof.certify.checker import Refused, check, digest
from litproof.certify.checker.exact import rational
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_real_odeco
from litproof.predict.classification.vertices import margin_problem, stationary_vertices
from litproof.problem import Problem

Q = Fraction
POINTS = ((Q(1), Q(2), Q(1, 2)), (Q(3, 2), Q(-1, 2), Q(1)), (Q(-1), Q(-3), Q(0)))
LABELS = (Q(1), Q(1), Q(-1))


def classification(network, X=POINTS, y=LABELS):
    layers = tuple((Q(1 + (layer == 0)),) * size for layer, size in enumerate(network.shapes))
    return Problem(network, "classification", X, y, Q(1), layers)


def near(depth, rho):
    """Equal layers of a diagonal network (positive rho)."""
    return (tuple(Q(float(value) ** (1 / depth)) for value in rho),) * depth


def changed(certificate, path, change):
    out = copy.deepcopy(certificate)
    target = out
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = change(target[path[-1]])
    return {**out, "digest": digest(out)}


def saddle(depth, point):
    """All coordinates on, one margin: rho_j proportional to x_j^(-L/(L-2))."""
    power = -depth / (depth - 2)
    rho = [float(x) ** power for x in point]
    problem = classification(Diagonal(depth, len(point)), (point,), (Q(1),))
    return margin_certificate(problem, 20, near(depth, rho))


@pytest.mark.parametrize("depth", [3, 4, 5, 7])
def test_algebraic_points_hold_the_closed_form(depth):
    from mpmath import mp, mpf

    point = (Q(1), Q(2), Q(5, 3))
    stated = json.loads(json.dumps(saddle(depth, point)))
    assert "not a minimum" in check(stated)
    with mp.workdps(40):
        powers = [mpf(x.numerator) / x.denominator for x in point]
        rho = [x ** (-mpf(depth) / (depth - 2)) for x in powers]
        scale = sum(x * r for x, r in zip(powers, rho, strict=True))
        for (low, high), value in zip(stated["rho"], rho, strict=True):
            assert mpf(low) <= value / scale <= mpf(high)
            assert 0 < Q(high) - Q(low) < Q(1, 10**19)


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_vertices_are_stated_exactly(depth):
    stated = limit_certificate(classification(Diagonal(depth, 3)), 15)
    assert "strict local minimum, rho exactly as stated" in check(stated)
    assert all(low == high for low, high in stated["rho"])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("depth", [3, 4])
def test_every_vertex_of_random_problems_is_certified(seed, depth):
    random = Random(f"{seed}/{depth}")
    w = [random.choice([-2, -1, 1, 2]) for _ in range(4)]
    X, y = [], []
    while len(X) < 3:
        point = tuple(Q(random.randint(-9973, 9973), 3331) for _ in range(4))
        side = sum(a * b for a, b in zip(w, point, strict=True))
        if abs(side) > 1:
            X.append(point)
            y.append(Q(1 if side > 0 else -1))
    problem = classification(Diagonal(depth, 4), tuple(X), tuple(y))
    margins = margin_problem(problem, problem.network.odeco())
    count = 0
    for point, _ in stationary_vertices(margins):
        signed = [float(r.real) for r in point.rho]
        sizes = [abs(r) ** (1 / depth) for r in signed]
        first = tuple(Q(s if r >= 0 else -s) for s, r in zip(sizes, signed, strict=True))
        layers = (first,) + (tuple(map(Q, sizes)),) * (depth - 1)
        stated = margin_certificate(problem, 15, layers)
        assert "strict local minimum" in check(stated)
        count += 1
    assert count


def test_other_forms():
    """Rational odeco forms, and characters of the group with two elements."""
    drawn = draw_real_odeco(Random(5), 3, 3, 3)
    assert "stationary" in check(limit_certificate(classification(drawn, POINTS[:2], LABELS[:2]), 15))
    drawn = draw_real_odeco(Random(5), 2, 3, 3)
    assert "l1" in check(limit_certificate(classification(drawn, POINTS[:2], LABELS[:2]), 15))
    X = ((Q(1), Q(2)), (Q(-3), Q(1, 2)))
    for depth, message in ((2, "l1"), (3, "stationary")):
        network = Convolutional((2,) * depth)
        assert message in check(limit_certificate(classification(network, X, (Q(1), Q(-1))), 15))


@pytest.mark.parametrize("which", ["vertex", "saddle"])
def test_mathematics_refuses_what_the_digest_no_longer_guards(which):
    stated = (
        limit_certificate(classification(Diagonal(3, 3)), 15)
        if which == "vertex"
        else saddle(5, (Q(1), Q(2)))
    )

    def moved(text):
        return text + 1 if isinstance(text, int) else str(rational(text) + Q(1, 7))

    accepted = set()
    for field in ("depth", "S", "X", "y", "z", "nu", "rho"):
        values = stated[field]
        places = [()] if isinstance(values, int) else [(i,) for i in range(len(values))]
        if isinstance(values, list) and isinstance(values[0], list):
            places = [(i, j) for i, row in enumerate(values) for j in range(len(row))]
        for place in places:
            try:
                check(changed(stated, (field, *place), moved))
                accepted.add((field, *place))
            except Refused:
                pass
    off = [j for j, (low, high) in enumerate(stated["rho"]) if rational(low) == rational(high) == 0]
    idle = [i for i, value in enumerate(stated["nu"]) if value == "0"]
    for field, *place in accepted:
        assert (
            (field == "rho" and place[1] == 1 and which == "saddle")  # a larger upper bound
            or (field == "S" and place[0] in off)
            or (field == "S" and all(rational(row[place[1]]) == 0 for row in stated["X"]))
            or (field == "X" and (place[0] in idle or place[1] in off))
        ), (field, place)


@pytest.mark.parametrize(
    ("field", "change", "message"),
    [
        ("rho", lambda rows: [["0", "0"], *rows[1:]], "vanish"),
        ("rho", lambda rows: [[low, high + "1"] for low, high in rows], "vanish|not proved"),
        ("nu", lambda values: [str(-rational(v)) for v in values], "Krawczyk"),
        ("radius_z", lambda values: ["0"] * len(values), "radius"),
        ("y", lambda values: ["2"] * len(values), "labels"),
        ("depth", lambda depth: 2, "depth"),
    ],
)
def test_reasons_for_refusal(field, change, message):
    stated = limit_certificate(classification(Diagonal(3, 3)), 15)
    with pytest.raises(Refused, match=message):
        check(changed(stated, (field,), change))


def test_a_point_that_breaks_an_inactive_margin_is_refused():
    stated = limit_certificate(classification(Diagonal(3, 3)), 15)
    idle = stated["nu"].index("0")
    stated["X"][idle] = [str(-rational(x)) for x in stated["X"][idle]]
    with pytest.raises(Refused, match=f"sample {idle + 1} "):
        check({**stated, "digest": digest(stated)})


def test_degenerate_vertices_are_certified_with_a_part_of_their_margins():
    """rho = (1, 0, 0) has margin 1 on two samples; one of them carries the multiplier."""
    stated = limit_certificate(classification(Diagonal(4, 3)), 15)
    assert stated["rho"] == [["1", "1"], ["0", "0"], ["0", "0"]]
    assert stated["nu"].count("0") == 2 and check(stated)
