"""Margins and their derivatives, in reals and in doubles: Euler's identity, differences, exact sums."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from gmpy2 import mpfr

from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.reals import Sums, reals, working_precision
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem


def drawn(network, *, tied=False):
    random = Random(repr(network))
    X = [[Fraction(random.randint(-9, 9), 4) for _ in range(network.input_dim)] for _ in range(3)]
    v = [[Fraction(random.randint(1, 9), 8) for _ in range(size)] for size in network.shapes]
    return Problem(network, "classification", X, (1, -1, 1), 1, [v[0]] * len(v) if tied else v)


CASES = {
    "diagonal": drawn(Diagonal(3, 4)),
    "tied layers": drawn(Diagonal(3, 4), tied=True),
    "convolution": drawn(Convolutional((2, 2, 4))),
    "fully connected": drawn(FullyConnected(3, (2, 2))),
    "one layer": drawn(Diagonal(1, 4)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_obey_eulers_identity_and_doubles_follow_reals(name):
    with working_precision(200):
        m = Margins(CASES[name])
        points, p = [2, 0], reals([[mpfr("0.3"), mpfr("0.7")]] * 2)
        theta = np.array([m.coordinates.start(), m.coordinates.start() * mpfr("1.5")])
        values, slopes = m.values(m.coefficients(theta), points), m.gradients(theta, points)
        assert np.max(np.abs((slopes @ theta[:, :, None])[:, :, 0] - m.depth * values)) < mpfr(10) ** -50
        U = m.gradient(theta, m.pull(p, points))
        assert np.max(np.abs(U - (p[:, None, :] @ slopes)[:, 0])) < mpfr(10) ** -50
        step = np.array([mpfr(k + 1) for k in range(m.size)], dtype=object) * mpfr(10) ** -20
        turned = (m.gradient(theta + step, m.pull(p, points)) - U).astype(float) * 1e20
        H = m.hessian(theta.astype(float), m.pull(p, points).astype(float))
        assert np.allclose(H @ (step * mpfr(10) ** 20).astype(float), turned, rtol=1e-9, atol=1e-9)
        floats = theta.astype(float)
        assert np.allclose(m.gradients(floats, points), slopes.astype(float), rtol=1e-12, atol=1e-12)
        assert np.allclose(m.gradient(floats, m.pull(p.astype(float), points)), U.astype(float))


@pytest.mark.parametrize("name", CASES)
def test_groups_hold_every_coordinate_once_and_do_not_act_on_each_other(name):
    with working_precision(100):
        m = Margins(CASES[name])
        assert sorted(np.concatenate(m.groups)) == list(range(m.size))
        theta = m.coordinates.start().astype(float)
        H = m.hessian(theta, np.arange(1.0, 1 + CASES[name].network.input_dim))
        for group in m.groups:
            others = np.setdiff1d(np.arange(m.size), group)
            assert not np.any(H[np.ix_(group, others)])


def test_sums_of_reals_and_doubles():
    sums = Sums([2, 0, 2], 4)
    assert list(sums(np.array([1.0, 2.0, 4.0]))) == [2.0, 0.0, 5.0, 0.0]
    with working_precision(300):
        tiny = mpfr(2) ** -200
        assert list(sums(reals([mpfr(1), mpfr(2), tiny]))) == [2, 0, 1 + tiny, 0]
