"""R6: against the odeco limit where both apply, against mpmath, and where g is not onto."""

from fractions import Fraction

import mpmath as mp
import pytest
from hypothesis import given, settings, strategies as st

from litproof.errors import Unreachable
from litproof.networks.convolutional import Convolutional
from litproof.predict.regression.limit import predict_regression
from litproof.predict.regression.two_layer import two_layer_limit
from litproof.problem import Problem

ENTRIES = st.fractions(-2, 2, max_denominator=4)


@given(st.lists(st.tuples(ENTRIES.filter(bool), ENTRIES, ENTRIES), min_size=2, max_size=3), ENTRIES)
@settings(max_examples=60, deadline=None)
def test_is_the_odeco_limit_of_diagonal_networks(kit, columns, y):
    """R5 and R6 say the same, or both say that the data cannot be reached."""
    x, first, second = (" ".join(map(str, part)) for part in zip(*columns, strict=True))
    problem = kit.diagonal([x], str(y), [first, second])
    try:
        expected = predict_regression(problem, 30).value
    except Unreachable:
        with pytest.raises(Unreachable):
            two_layer_limit(problem, 30)
        return
    prediction = two_layer_limit(problem, 30).value
    size = max(kit.largest(expected), Fraction(1, 10**20))
    assert kit.largest(a - b for a, b in zip(prediction, expected, strict=True)) < size / 10**28


def test_convolution_by_root_finding(kit):
    """M(x) for k = (2, 2): singular values |x_1 +- x_2|, singular vectors (1, +-1)/sqrt 2."""
    problem = Problem(
        Convolutional((2, 2)),
        "regression",
        kit.rows("1 2"),
        (Fraction(1),),
        Fraction(1, 2),
        kit.rows("1 1/3", "1/4 -1"),
    )
    prediction = predict_regression(problem, 40)
    with mp.workdps(60):
        v = [[mp.mpf(q.numerator) / q.denominator for q in layer] for layer in problem.v0]
        M = mp.matrix([[1, 2], [2, 1]])
        first, second = mp.matrix(v[0]), mp.matrix(v[1])

        def moved(nu):
            # d(v_1, v_2)/d nu = (M v_2, M^T v_1), M symmetric
            plus, minus = mp.expm(M * nu), mp.expm(-M * nu)
            a, b = plus * (first + second) / 2, minus * (first - second) / 2
            return a + b, a - b

        nu = mp.findroot(
            lambda nu: (moved(nu)[0].T * M * moved(nu)[1])[0] - 1, mp.mpf(0), tol=1e-100, maxsteps=60
        )
        a, b = moved(nu)
        beta = (a[0] * b[0] + a[1] * b[1], a[0] * b[1] + a[1] * b[0])
        for value, exact in zip(beta, prediction.value, strict=True):
            assert abs(value - mp.mpf(exact.numerator) / exact.denominator) < mp.mpf(10) ** -40


@pytest.mark.parametrize(
    ("first", "second", "y", "reached"),
    [
        ("1 2", "-1 -2", "1", False),  # all sums vanish: the output stays negative
        ("1 2", "-1 -2", "-1", True),
        ("1 2", "1 2", "-1", False),  # all differences vanish
        ("1 2", "1 2", "1", True),
        ("1 2", "1 -2", "-1", True),  # one sum, one difference: onto
        ("1 2", "1 -2", "5", True),
        ("0 0", "0 0", "1", False),
    ],
)
def test_where_g_is_onto(kit, first, second, y, reached):
    problem = kit.diagonal(["1 1"], y, [first, second])
    if not reached:
        with pytest.raises(Unreachable, match=r"not onto|does not move"):
            two_layer_limit(problem, 20)
        return
    assert kit.residual(problem, two_layer_limit(problem, 20).value) < Fraction(1, 10**19)


@pytest.mark.parametrize(("second", "nu"), [("-1 -2", "inf"), ("1 2", "-inf")])
def test_zero_target_on_the_boundary(kit, second, nu):
    """y = 0 is approached while nu runs off: every moving part tends to 0."""
    prediction = two_layer_limit(kit.diagonal(["1 1"], "0", ["1 2", second]), 20)
    assert prediction.value == (0, 0)
    assert prediction.details["nu"] == nu
