"""Limits of the flow against closed forms and quadratures that share nothing with the package."""

from fractions import Fraction
from itertools import pairwise

import mpmath as mp
import pytest
from hypothesis import assume, given, settings, strategies as st

from litproof.errors import HypothesisError, Unreachable
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem

REFERENCE = (
    "-0.15326727590573930052153947899921336253480569591091",
    "-0.00528462280622742138041757399350786489616574128749",
    "0.53541528727366779744828950021466277584316134187573",
    "-0.00107028680300029514844163789547160205216934988887",
)
"""Of theory for the running example, 50 places."""
BALANCED = {
    2: lambda s: mp.sinh(2 * s) / 2,
    3: lambda s: mp.tan(s) / mp.cos(s) ** 2,
    4: lambda s: s / (1 - s * s) ** 2,
}


def number(q):
    return mp.mpf(q.numerator) / q.denominator


def test_reference_instance(kit):
    beta = predict_regression(kit.reference(), 45).value
    for entry, text in zip(beta, REFERENCE, strict=True):
        assert abs(entry - Fraction(text)) < Fraction(1, 10**45)


@pytest.mark.parametrize("L", BALANCED)
def test_balanced_start_by_root_finding(kit, L):
    """Two points: nu from mpmath's own root finder on the textbook h_L, from a double-precision start."""
    problem = kit.reference(depth=L)
    prediction = predict_regression(problem, 60)
    with mp.workdps(80):
        e, h = [number(v) for v in problem.v0[0]], BALANCED[L]
        X, y = [[number(x) for x in row] for row in problem.X], [number(t) for t in problem.y]

        def rho(nu):
            taus = [sum(X[i][j] * nu[i] for i in range(2)) for j in range(4)]
            return [a**L * h(a ** (L - 2) * tau) for a, tau in zip(e, taus, strict=True)]

        start = [mp.mpf(float(v)) for v in prediction.details["nu"]]
        nu = mp.findroot(
            lambda p, q: [
                sum(x * r for x, r in zip(row, rho((p, q)), strict=True)) - t
                for row, t in zip(X, y, strict=True)
            ],
            start,
        )
        for value, exact in zip(rho(list(nu)), prediction.value, strict=True):
            assert abs(value - number(exact)) < mp.mpf(10) ** -60


def sigma(start, gaps, z):
    """int_{z(0)}^z du / prod sqrt(u^2 + c_l)."""
    return mp.quad(lambda u: 1 / mp.sqrt(mp.fprod(u * u + c for c in gaps)), mp.linspace(start, z, 5))


def parts(values):
    """Pivot, the gaps of the others to it, and the sign of their product, of one coordinate's layers."""
    pivot = min(values, key=abs)
    others = list(values)
    others.remove(pivot)
    sgn = 1
    for v in others:
        sgn = -sgn if v < 0 else sgn
    return pivot, [v * v - pivot * pivot for v in others], sgn


UNEQUAL = st.lists(
    st.sampled_from([Fraction(k, 4) for k in (-9, -7, -5, -3, 1, 2, 4, 6, 8)]),
    min_size=2,
    max_size=5,
    unique_by=abs,
)


@given(UNEQUAL, st.data())
@settings(max_examples=12, deadline=None)
def test_any_unequal_start_by_quadrature(kit, first, data):
    """One point, two coordinates: sgn_j sigma_j(z_j) / x_j is the same nu for both (elliptic for depth 3)."""
    permuted = data.draw(st.permutations(first))
    second = [-v for v in permuted[:1]] + [2 * v for v in permuted[1:]]
    assume(len({abs(v) for v in second}) == len(second))
    layers = [f"{a} {b}" for a, b in zip(first, second, strict=True)]
    problem = kit.diagonal(["1 -3/2"], data.draw(st.sampled_from(["1", "-2", "1/3"])), layers)
    beta = predict_regression(problem, 30).value
    assert kit.residual(problem, beta) < Fraction(1, 10**30)
    nus = []
    with mp.workdps(40):
        for j, values in enumerate((first, second)):
            pivot, gaps, sgn = parts(values)
            z0, c = number(pivot), [number(gap) for gap in gaps]
            target = sgn * number(beta[j])
            z = mp.findroot(
                lambda z, c=c, target=target: z * mp.sqrt(mp.fprod(z * z + g for g in c)) - target, float(z0)
            )
            nus.append(sgn * sigma(z0, c, z) / number(problem.X[0][j]))
        assert abs(nus[0] - nus[1]) < mp.mpf(10) ** -22 * (1 + abs(nus[0]))


def test_all_moduli_equal(kit):
    """Depth 2: rho = z0^2 exp(2 tau); depth 3: dz/dtau = z^2."""
    two = kit.diagonal(["1 2"], "3", ["1 1/2", "1 1/2"])
    one, other = predict_regression(two, 40).value
    with mp.workdps(50):
        tau = mp.log(number(one)) / 2
        assert abs(number(other) - mp.exp(4 * tau) / 4) < mp.mpf(10) ** -39
    three = kit.diagonal(["1 1"], "3", ["1 1/2"] * 3)
    a, b = predict_regression(three, 40).value
    with mp.workdps(50):
        roots = [mp.cbrt(number(a)), mp.cbrt(number(b))]
        assert abs((1 - 1 / roots[0]) - (2 - 1 / roots[1])) < mp.mpf(10) ** -38
        assert abs(number(a) + number(b) - 3) < mp.mpf(10) ** -38


def test_half_tied(kit):
    """Depth 3 with gaps (0, c): dz/dtau = z sqrt(z^2 + c), so asinh(sqrt c / z) falls by sqrt(c) tau."""
    problem = kit.diagonal(["1 1"], "3", ["1 1/2", "1 -1/2", "2 3"])
    a, b = predict_regression(problem, 40).value
    taus = []
    with mp.workdps(50):
        for rho, z0, c, sgn in ((a, 1, mp.mpf(3), 1), (b, mp.mpf("0.5"), mp.mpf("8.75"), -1)):
            z = mp.findroot(
                lambda z, rho=rho, c=c, sgn=sgn: z * z * mp.sqrt(z * z + c) - sgn * number(rho), 1.0
            )
            taus.append(sgn * (mp.asinh(mp.sqrt(c) / z0) - mp.asinh(mp.sqrt(c) / abs(z))) / mp.sqrt(c))
        assert abs(taus[0] - taus[1]) < mp.mpf(10) ** -38
    assert b < 0 < a


def test_two_layers_at_zero_never_move(kit):
    problem = kit.diagonal(["1 2 1", "0 1 1"], "1 1/2", ["0 1 1", "0 1/2 2", "1 1 1/3"])
    frozen = predict_regression(problem, 30).value
    without = kit.diagonal(["2 1", "1 1"], "1 1/2", ["1 1", "1/2 2", "1 1/3"])
    assert frozen[0] == 0
    assert kit.largest(
        a - b for a, b in zip(frozen[1:], predict_regression(without, 30).value, strict=True)
    ) < Fraction(1, 10**30)


def test_tied_coordinate_that_is_not_needed_vanishes(kit):
    """rho_2 > 0 for ever, but only rho_2 = 0 fits: the limit lies on the boundary."""
    problem = kit.diagonal(["1 0", "1 1"], "1 1", ["1 1", "1/2 1"])
    prediction = predict_regression(problem, 30)
    assert prediction.value == (1, 0) or kit.largest(
        [prediction.value[0] - 1, prediction.value[1]]
    ) < Fraction(1, 10**30)
    assert prediction.details["vanishing"] == (1,)


@pytest.mark.parametrize(
    ("X", "y", "layers"),
    [
        (["1 2"], "-1", ["1 1", "1 1"]),
        (["1 2"], "1", ["0 0", "0 0"]),
        (["1 -1", "0 1"], "1 -1", ["2 1", "1 1"]),
        (["1 2"], "3", ["1 -1", "1 1", "-1 1"]),
    ],
)
def test_what_cannot_be_fitted_is_proved(kit, X, y, layers):
    """w of the message satisfies w . X beta <= 0 < w . y for all signs that the flow can keep."""
    problem = kit.diagonal(X, y, layers)
    with pytest.raises(Unreachable, match="cannot reach zero loss") as caught:
        predict_regression(problem, 20)
    text = str(caught.value).split("w = (")[1].split(")")[0]
    w = [Fraction(part) for part in text.split(",")]
    assert sum(a * b for a, b in zip(w, problem.y, strict=True)) > 0
    for j in range(2):
        column = sum(a * row[j] for a, row in zip(w, problem.X, strict=True))
        values = [layer[j] for layer in problem.v0]
        moduli = sorted(map(abs, values))
        side = 1
        for v in values:
            side *= (v > 0) - (v < 0)
        if moduli[0] == moduli[1]:
            assert side * column <= 0
        else:
            assert column == 0


SMALL = st.fractions(min_value=-2, max_value=2, max_denominator=4)


@st.composite
def problems(draw):
    L, n = draw(st.integers(2, 6)), draw(st.integers(1, 2))
    d = n + draw(st.integers(1, 2))
    X = [[draw(SMALL) for _ in range(d)] for _ in range(n)]
    assume(
        any(X[0]) and (n == 1 or any(X[0][i] * X[1][j] != X[0][j] * X[1][i] for i, j in pairwise(range(d))))
    )
    layers = [[draw(SMALL) for _ in range(d)] for _ in range(L)]
    return X, [draw(SMALL) for _ in range(n)], layers


def built(kit, X, y, layers):
    def text(row):
        return " ".join(map(str, row))

    return kit.diagonal([text(row) for row in X], text(y), [text(layer) for layer in layers])


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_symmetries_of_the_flow(kit, parts, random):
    """Fits the data; layers may be permuted, signs moved between layers, the data scaled, digits added."""
    X, y, layers = parts
    try:
        value = predict_regression(built(kit, X, y, layers), 25).value
    except HypothesisError:
        return
    size = max(kit.largest(value), Fraction(1, 10**6))
    assert kit.residual(built(kit, X, y, layers), value) <= size * 20 / 10**25
    turned = [list(layer) for layer in layers]
    random.shuffle(turned)
    flipped = random.randrange(len(value))
    turned[0][flipped], turned[1][flipped] = -turned[0][flipped], -turned[1][flipped]
    scaled = built(kit, [[3 * x for x in row] for row in X], [3 * t for t in y], turned)
    finer = predict_regression(scaled, 60).value
    assert kit.largest(a - b for a, b in zip(value, finer, strict=True)) <= size / 10**25


@pytest.mark.parametrize("digits", [25, 60, 300])
def test_a_limit_that_is_zero_is_found_to_any_digits(kit, digits):
    """One coordinate moves, and it moves to zero: no digit of it is significant, so they count absolutely."""
    layers = ["5/3 1 3/2", "0 -2/3 1", "-1/3 -1 0", "-2/3 1 0", "-2 -5/4 4/3", "0 -1/2 3/2"]
    value = predict_regression(kit.diagonal(["-2 -1/3 2"], "0", layers), digits).value
    assert kit.largest(value) < Fraction(1, 10**digits)


@pytest.mark.parametrize("L", [2, 3, 4, 5, 8])
def test_digits_nest(kit, L):
    values = [predict_regression(kit.reference(depth=L), digits).value for digits in (20, 200, 500, 1000)]
    for digits, value in zip((20, 200, 500), values, strict=False):
        assert kit.largest(a - b for a, b in zip(value, values[-1], strict=True)) < Fraction(1, 10**digits)


@pytest.mark.parametrize("L", [2, 3, 4, 6])
def test_start_spread_over_many_orders(kit, L):
    start = "1 1/100000 1/300 2 1/100000000"
    problem = kit.diagonal(["1 2 -1 1/2 3", "0 1 1 -1 1"], "1 2", [start] * (L - 1) + ["0 0 0 0 0"])
    prediction = predict_regression(problem, 50)
    assert kit.residual(problem, prediction.value) < Fraction(1, 10**48)
    assert min(map(abs, prediction.value)) > 0
    assert kit.largest(prediction.value) / min(map(abs, prediction.value)) > 10**5


def test_commuting_sensing_is_the_diagonal_flow_of_its_eigenvalues(kit):
    """Sensors diag(1, 2) and a start alpha I: eigenvalues follow the diagonal network."""
    network = MatrixSensing(2, 2)
    problem = Problem(
        network,
        "regression",
        kit.rows("1 0 0 2"),
        (Fraction(1),),
        Fraction(1, 2),
        kit.rows("1 0 0 1", "0 0 0 0"),
    )
    diagonal = kit.diagonal(["1 2"], "1", ["1 1", "0 0"], "1/2")
    W, rho = predict_regression(problem, 40).value, predict_regression(diagonal, 40).value
    assert W[1] == W[2] == 0
    assert abs(W[0] - rho[0]) < Fraction(1, 10**39)
    assert abs(W[3] - rho[1]) < Fraction(1, 10**39)


def test_networks_without_closed_form_say_so(kit):
    X, y = kit.rows("1 2 1", "0 1 1"), (Fraction(1), Fraction(2))
    ones = (Fraction(1),) * 3
    complex_form = Problem(Convolutional((3, 3)), "regression", X, y, Fraction(1), (ones, ones))
    with pytest.raises(HypothesisError, match="complex"):
        predict_regression(complex_form, 20)
    dense = Problem(FullyConnected(3, (2,)), "regression", X, y, Fraction(1), (ones * 2, ones[:2]))
    with pytest.raises(HypothesisError, match="no odeco form"):
        predict_regression(dense, 20)
    labels = (Fraction(1), Fraction(-1))
    with pytest.raises(HypothesisError, match="classification"):
        predict_regression(
            Problem(FullyConnected(3, ()), "classification", X, labels, Fraction(1), (ones,)), 20
        )
