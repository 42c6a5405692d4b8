"""The checker's flow against monomials written out one by one, and its boxes against points of the path."""

from fractions import Fraction
from itertools import permutations
from math import prod
from random import Random

import pytest

from litproof.certify.checker.exact import Refused
from litproof.certify.checker.flow import flow_of
from litproof.certify.checker.interval import Interval
from litproof.certify.checker.regression_path import TUBE, Step, exponent, hulls
from litproof.certify.checker.work import Work

F = Fraction


def drawn(seed):
    """Polynomials in four parameters with powers, constants and lower degrees, two rows of data."""
    rng = Random(seed)
    beta = [
        {
            tuple(sorted(rng.choices(range(4), k=rng.randint(1, 4)))): F(
                rng.randint(-5, 5) or 1, rng.randint(1, 4)
            )
            for _ in range(rng.randint(1, 5))
        }
        for _ in range(3)
    ]
    X = [[F(rng.randint(-3, 3), rng.randint(1, 3)) for _ in range(3)] for _ in range(2)]
    X[0][0] = F(1)
    return beta, X, [F(rng.randint(-3, 3), 2) for _ in range(2)], [F(rng.randint(-9, 9), 4) for _ in range(4)]


@pytest.mark.parametrize("seed", range(15))
def test_residuals_slopes_and_curvature(seed):
    beta, X, y, point = drawn(seed)
    flow = flow_of(beta, 4, X, y, Work())
    clear = F(1) / flow.clock  # (denominators of data and coefficients)^2

    def exact(value):
        return F(value)

    values = [sum(c * prod(point[k] for k in m) for m, c in b.items()) for b in beta]
    r = [sum(x * b for x, b in zip(row, values, strict=True)) - t for row, t in zip(X, y, strict=True)]
    unit = [a / b for a, b in zip(flow.residual(point, exact), r, strict=True) if b]
    assert all(u * u == clear for u in unit)
    J = [[F(0)] * 4 for _ in X]
    for i, row in enumerate(X):
        for x, b in zip(row, beta, strict=True):
            for m, c in b.items():
                for at, k in enumerate(m):
                    J[i][k] += x * c * prod(point[other] for other in m[:at] + m[at + 1 :])
    found = flow.jacobian(point, exact)
    assert all(
        a * a == b * b * clear for p, q in zip(found, J, strict=True) for a, b in zip(p, q, strict=True)
    )
    hessian = [[F(0)] * 4 for _ in range(4)]
    for z, b in enumerate(beta):
        pull = sum(row[z] * s for row, s in zip(X, r, strict=True))
        for m, c in b.items():
            for i, j in permutations(range(len(m)), 2):
                hessian[m[i]][m[j]] += (
                    pull * c * prod(m_ for m_ in (point[m[k]] for k in range(len(m)) if k not in (i, j)))
                )
    rows = max(sum(map(abs, row)) for row in hessian) * clear
    bound = flow.growth([Interval.around(x, 200) for x in point], 200)
    assert rows <= bound <= rows + F(1, 10**30)


@pytest.mark.parametrize("bits", [40, 80])
@pytest.mark.parametrize("parts", [1, 4, 16])
def test_boxes_hold_the_tube_around_the_path(parts, bits):
    rng, most = Random(parts), 1 << bits
    path = [[rng.randint(-most, most) >> (3 * k) for k in range(rng.randint(1, 30))] for _ in range(9)]
    boxes = list(hulls(Step(path, F(1), bits), parts))
    assert len(boxes) == parts
    for number, box in enumerate(boxes):
        for step in range(9):
            u = (number + F(step, 8)) / parts
            for p, interval in zip(path, box, strict=True):
                value = sum(c * u**k for k, c in enumerate(p)) / (1 << bits)
                low, high = interval.ends
                assert low <= value - TUBE and value + TUBE <= high
    narrow, wide = (next(hulls(Step(path, F(1), bits), n))[0].ends for n in (16, 1))
    assert narrow[1] - narrow[0] <= wide[1] - wide[0]


def test_growth_is_bounded_on_more_parts_where_it_is_large():
    beta, X, y, _ = drawn(3)
    flow = flow_of(beta, 4, X, y, Work())
    path = [[1 << 30, 1 << 30, 1 << 29] for _ in range(4)]
    sizes = [exponent(flow, Step(path, time, 32), Work()) / time for time in (F(1, 10**9), F(10))]
    assert 0 < sizes[1] < sizes[0]
    with pytest.raises(Refused):
        exponent(flow, Step(path, F(10), 32), Work(1000))
