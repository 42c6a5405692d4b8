"""Enclosures hold limits that are known from elsewhere: printed digits, closed forms, exact rationals."""

import dataclasses
from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import endpoints
from litproof.algebra.krawczyk import prove_zero
from litproof.certify.regression.enclosure import enclose_regression, reduce
from litproof.certify.regression.reduced import ReducedSystem
from litproof.precision import ball_precision

Q = Fraction
REFERENCE = (  # truncated
    "-0.15326727590573930052153947899921336253480569591091098746263",
    "-0.00528462280622742138041757399350786489616574128752293685517",
    "0.535415287273667797448289500214662775843161341875733225729067",
    "-0.00107028680300029514844163789547160205216934987388617172771",
)


def holds(enclosure, values):
    return all(low <= value <= high for value, (low, high) in zip(values, enclosure.bounds, strict=True))


def half_width(enclosure):
    return max((high - low) / 2 for low, high in enclosure.bounds)


def size(enclosure):
    return max(max(abs(low), abs(high)) for low, high in enclosure.bounds)


@pytest.mark.parametrize("digits", [15, 30, 50, 200, 1000])
def test_reference_instance(reference, digits):
    enclosure = enclose_regression(reference, digits)
    assert 0 < half_width(enclosure) < size(enclosure) / 10**digits
    slack = Q(1, 10**58)
    for text, (low, high) in zip(REFERENCE, enclosure.bounds, strict=True):
        assert low - slack <= Q(text) <= high + slack


@pytest.mark.parametrize("digits", [20, 300])
def test_a_limit_that_is_zero_is_exact(make, digits):
    layers = ["5/3 1 3/2", "0 -2/3 1", "-1/3 -1 0", "-2/3 1 0", "-2 -5/4 4/3", "0 -1/2 3/2"]
    start = [list(map(Q, layer.split())) for layer in layers]
    problem = make({"kind": "diagonal", "depth": 6}, [[-2, Q(-1, 3), 2]], [0], start)
    assert enclose_regression(problem, digits).bounds == ((0, 0),) * 3


def test_more_digits_lie_inside_fewer_digits(reference):
    wide, narrow = enclose_regression(reference, 15), enclose_regression(reference, 300)
    for (a, b), (c, d) in zip(wide.bounds, narrow.bounds, strict=True):
        assert a <= c <= d <= b


def test_two_layers_closed_form(make):
    # One weight, x = 1: beta = y whatever the start, as long as the sign may change.
    problem = make({"kind": "diagonal", "depth": 2}, [[1, 1]], [Q(1, 3)], [[Q(1, 2), Q(1, 2)], [0, 0]])
    assert holds(enclose_regression(problem, 40), (Q(1, 6), Q(1, 6)))


def test_tied_layers_closed_form(make):
    # beta_j = v_j^2 exp(2 x_j nu) for v_1 = v_2; x = (1, 2), v = 1: beta = (e, e^2) with e + 2 e^2 = y.
    problem = make({"kind": "diagonal", "depth": 2}, [[1, 2]], [1], [[1, 1], [1, 1]])
    assert holds(enclose_regression(problem, 60), (Q(1, 2), Q(1, 4)))
    problem = make({"kind": "diagonal", "depth": 2}, [[1, 2]], [2], [[1, 1], [1, 1]])
    enclosure = enclose_regression(problem, 60)
    with ball_precision(400):
        low, high = endpoints((arb(17).sqrt() - 1) / 4)
    assert enclosure.bounds[0][0] < low and high < enclosure.bounds[0][1]


def test_start_at_zero_loss(make):
    problem = make({"kind": "diagonal", "depth": 2}, [[1, 2]], [3], [[1, 1], [1, 1]])
    enclosure = enclose_regression(problem, 30)
    assert holds(enclosure, (1, 1))
    assert half_width(enclosure) < Q(1, 10**30)


def test_one_layer_is_exact(make):
    problem = make({"kind": "diagonal", "depth": 1}, [[1, 1]], [3], [[1, 0]])
    assert enclose_regression(problem, 30).bounds == ((2, 2), (1, 1))


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", [0, 1])
def test_interpolates_and_narrows(diagonal, depth, seed):
    problem = diagonal(depth, seed)
    enclosure = enclose_regression(problem, 25)
    assert enclosure is not None
    assert half_width(enclosure) < size(enclosure) / 10**25 or depth == 1
    for row, target in zip(problem.X, problem.y, strict=True):
        low = sum(x * (a if x > 0 else b) for x, (a, b) in zip(row, enclosure.bounds, strict=True))
        high = sum(x * (b if x > 0 else a) for x, (a, b) in zip(row, enclosure.bounds, strict=True))
        assert low <= target <= high


def test_permuted_layers_have_the_same_limit(diagonal):
    problem = diagonal(4, 3)
    turned = dataclasses.replace(problem, v=problem.v[1:] + problem.v[:1])
    first, second = enclose_regression(problem, 30), enclose_regression(turned, 30)
    for (a, b), (c, d) in zip(first.bounds, second.bounds, strict=True):
        assert max(a, c) <= min(b, d)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.fractions(-3, 3, max_denominator=6), min_size=6, max_size=6),
    st.fractions(-2, 2, max_denominator=5),
)
def test_depth_two_agrees_with_its_own_closed_form(make, v, y):
    """beta_j(nu) = ((a+b)^2 e^{2 x nu} - (a-b)^2 e^{-2 x nu})/4, nu found by bisection."""
    x, a, b = (Q(1), Q(-2), Q(3, 2)), v[:3], v[3:]
    problem = make({"kind": "diagonal", "depth": 2}, [x], [y], [a, b])
    enclosure = enclose_regression(problem, 20)
    both = [any(p + s * q for p, q in zip(a, b, strict=True)) for s in (1, -1)]
    if not all(both):
        return
    assert enclosure is not None

    def beta(nu):
        with ball_precision(400):
            n, out = arb(fmpq(nu.numerator, nu.denominator)), []
            for s, p, q in zip(x, a, b, strict=True):
                e = (2 * arb(fmpq(s.numerator, s.denominator)) * n).exp()
                plus, minus = (p + q) ** 2, (p - q) ** 2
                value = arb(fmpq(plus.numerator, plus.denominator)) * e
                out.append((value - arb(fmpq(minus.numerator, minus.denominator)) / e) / 4)
            return out

    def output(nu):
        with ball_precision(400):
            terms = [arb(fmpq(s.numerator, s.denominator)) * t for s, t in zip(x, beta(nu), strict=True)]
            return sum(endpoints(sum(terms))) / 2

    low, high = Q(-60), Q(60)
    for _ in range(220):
        middle = (low + high) / 2
        low, high = (middle, high) if output(middle) < y else (low, middle)
    for value, (lower, upper) in zip(beta(low), enclosure.bounds, strict=True):
        centre = sum(endpoints(value)) / 2
        assert lower - Q(1, 10**45) <= centre <= upper + Q(1, 10**45)


def test_confined_and_frozen_coordinates(make):
    # Coordinate 1 keeps its sign, coordinate 2 cannot leave zero, coordinate 3 is free.
    v = [[1, 0, Q(1, 2)], [1, 0, 0], [2, 1, 1]]
    problem = make({"kind": "diagonal", "depth": 3}, [[1, 5, 1]], [3], v)
    enclosure = enclose_regression(problem, 30)
    assert enclosure.bounds[1] == (0, 0)
    assert enclosure.bounds[0][0] > 2


def test_vanishing_coordinate(make):
    # y = 0 and both products positive for ever: every coefficient tends to zero, nu runs off.
    problem = make({"kind": "diagonal", "depth": 2}, [[1, 1]], [0], [[1, 2], [1, 2]])
    assert enclose_regression(problem, 30).bounds == ((0, 0), (0, 0))


def test_unreachable_data(make):
    problem = make({"kind": "diagonal", "depth": 2}, [[1, 1]], [-1], [[1, 2], [1, 2]])
    assert enclose_regression(problem, 30) is None


def test_commuting_matrix_sensing(make):
    # Eigenvectors (1, 1) and (1, -1); eigenvalues of the sensor 3 and 1.
    A, W = [[2, 1], [1, 2]], [[Q(1, 2), Q(1, 4)], [Q(1, 4), Q(1, 2)]]
    problem = make({"kind": "matrix-sensing", "depth": 2}, [A], [1], [W[0] + W[1], [0] * 4])
    enclosure = enclose_regression(problem, 30)
    plain = make({"kind": "diagonal", "depth": 2}, [[3, 1]], [1], [[Q(3, 4), Q(1, 4)], [0, 0]])
    pair = enclose_regression(plain, 40).bounds
    expected = ((pair[0][0] + pair[1][0]) / 2, (pair[0][0] - pair[1][0]) / 2)
    slack = Q(1, 10**35)
    for k, value in ((0, expected[0]), (1, expected[1]), (2, expected[1]), (3, expected[0])):
        low, high = enclosure.bounds[k]
        assert low - slack <= value <= high + slack


def test_one_point_two_layers(make):
    # M(x) = x_1 [[0, 1], [1, 0]]: the diagonal network in a turned basis, no odeco form given.
    tensor = [[[0, 1], [1, 0]], [[0, 0], [0, 0]]]
    problem = make(
        {"kind": "tensor", "depth": 2, "tensor": tensor}, [[2, 1]], [3], [[1, Q(1, 2)], [Q(1, 3), 2]]
    )
    enclosure = enclose_regression(problem, 40)
    assert holds(enclosure, (Q(3, 2), 0))


def test_complex_networks_have_no_reduction(make):
    v = [[1, 2, 3], [1, 0, 1]]
    problem = make(
        {"kind": "convolutional", "depth": 2, "filter-sizes": [3, 3]}, [[1, 2, 0], [0, 1, 1]], [1, 1], v
    )
    assert reduce(problem) is None
    assert enclose_regression(problem, 15) is None


def test_wrong_candidates_prove_nothing(reference):
    """The test moves a slightly wrong start to the zero, and refuses far, infinite and undefined ones."""
    part = reduce(reference).part
    system = ReducedSystem(part.dual)
    with ball_precision(200):
        far = [arb(1)] * 6
        undefined = [arb("nan")] * 6
        endless = [arb("inf")] * 6
    assert prove_zero(system, undefined, 120) is None
    assert prove_zero(system, endless, 120) is None
    proved = prove_zero(system, far, 120)
    assert proved is None or all(entry.is_finite() for entry in proved.box)


def test_precision_is_left_alone(reference):
    from flint import ctx

    before = ctx.prec
    enclose_regression(reference, 77)
    assert ctx.prec == before
