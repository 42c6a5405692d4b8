"""Each bound of the checker, on an instance where leaving its term out would make a false statement."""

from fractions import Fraction
from random import Random

import pytest

from litproof.certify.certificates.regression_path import path_certificate
from litproof.certify.checker import (
    FORMAT,
    VERSION,
    Refused,
    check,
    coordinate as coordinates,
    digest,
    regression_path as paths,
)
from litproof.certify.checker.coordinate import separation_integral, steps_between
from litproof.certify.checker.interval import Interval
from litproof.certify.checker.work import Work
from litproof.networks.convolutional import Convolutional
from litproof.problem import Problem

Q = Fraction


def sealed(kind, **fields):
    out = {"format": FORMAT, "version": VERSION, "kind": kind, **fields}
    return {**out, "digest": digest(out)}


def test_square_roots_are_rounded_outward():
    """Half of all integers have a root whose rounding down lies below it."""
    for value in range(1, 200):
        low, high = Interval(value, value, 8).sqrt().ends
        assert low**2 <= Q(value, 256) <= high**2


@pytest.mark.parametrize("order", [2, 5, 9])
def test_the_tail_of_a_series_is_in_the_integral(monkeypatch, order):
    """With few terms the tail is what holds the value: int_0^1 du/sqrt(u^2 + 1) = log(1 + sqrt 2)."""
    from mpmath import asinh, mp

    monkeypatch.setattr(coordinates, "series_order", lambda *_: order)
    steps = steps_between(Q(0), Q(1), [Q(1)], 96, Work())
    integral = separation_integral(Q(0), Q(1), [Q(1)], 96, steps)
    with mp.workprec(128):
        assert integral.lo <= asinh(1) * 2**96 <= integral.hi


def test_a_multiplier_off_the_margin_proves_nothing():
    """rho = 2 has the margin 2 and is not the shortest; only its multiplier's sample off the margin shows that."""
    fields = {
        "norm": "l2",
        "constraint": "margin",
        "weights": ["1"],
        "start": ["0"],
        "sides": ["both"],
        "S": [["1"]],
        "X": [["1"]],
        "y": ["1"],
    }
    assert check(sealed("minimum-norm", **fields, rho=["1"], multipliers=["1"], unique=True))
    with pytest.raises(Refused, match="off the margin"):
        check(sealed("minimum-norm", **fields, rho=["2"], multipliers=["2"], unique=True))


def test_slopes_are_those_of_the_box():
    """rho = z sqrt(z^2 + 1), y = 0: the zero is 0. Around z = sinh 10 Newton's step is half of z, and slopes at the
    centre would prove a zero in [3013, 19013].
    """
    z, radius = Q(11013), Q(8000)
    slope = 2 * z  # d rho/dz
    with pytest.raises(Refused, match="Krawczyk"):
        check(
            sealed(
                "regression-limit",
                network={"kind": "diagonal", "depth": 2},
                X=[["1"]],
                y=["0"],
                v0=[["1"], ["0"]],
                bits=64,
                z=[str(z)],
                nu=["10"],
                radius_z=[str(radius)],
                radius_nu=["3"],
                preconditioner=[["0", str(1 / slope)], ["-1", str(1 / (z * slope))]],
                enclosure=[["0", "1000000000"]],
            )
        )


def test_the_hull_of_a_step_is_a_tube(monkeypatch):
    """The flow is only near the path: mu is bounded on all points within the tube's radius of it."""
    hulls, growth = [], paths.Flow.growth

    def recording(self, v, bits):
        hulls.append([entry.ends for entry in v])
        return growth(self, v, bits)

    monkeypatch.setattr(paths.Flow, "growth", recording)
    X, v = ((Q(1), Q(2), Q(1, 2)),), ((Q(1), Q(1)), (Q(1), Q(1, 2), Q(0)))
    stated = path_certificate(Problem(Convolutional((2, 3)), "regression", X, (Q(1),), Q(1), v), 8)
    for step, hull in zip(stated["path"], hulls, strict=False):
        for p, (low, high) in zip(step, hull, strict=True):
            for value in (Q(p[0], 2 ** stated["bits"]), Q(sum(p), 2 ** stated["bits"])):
                assert low <= value - paths.TUBE and value + paths.TUBE <= high


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_of_the_growth_adds_up_rows(seed):
    import numpy as np

    random = Random(seed)
    flow = paths.Flow([(0, [0, 2], 1), (0, [1, 2], -2), (0, [1, 3], 1)], [[1]], [3], 2, 4, 1, Q(1))
    v = [Q(random.randint(-9, 9), 4) for _ in range(4)]
    r = v[0] * v[2] - 2 * v[1] * v[2] + v[1] * v[3] - 3
    hessian = np.zeros((4, 4))
    for a, b, c in ((0, 2, 1), (1, 2, -2), (1, 3, 1)):
        hessian[a, b] = hessian[b, a] = -c * float(r)
    bound = float(flow.growth([Interval.around(x, 64) for x in v], 64))
    assert bound >= np.linalg.eigvalsh(hessian).max() - 1e-12
