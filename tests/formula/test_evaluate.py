from fractions import Fraction
from random import Random

import mpmath
import pytest
from flint import arb

from litproof.algebra.balls import ball, dyadic
from litproof.errors import InputError
from litproof.formula.evaluate import check_symbols, evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import CONDITION, Point, Setting
from litproof.language.grammar import parse
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.problem import Problem
from litproof.theorems.shared.instances import REFERENCE, diagonal_from_zero


def potential(L, t):
    """H_L(t) = s t - q^2/2 with t = q (1 + q^2)^{(L-1)/2}, s elementary; H_2 in its own closed form."""
    if L == 2:
        return (t * mpmath.asinh(2 * t) - mpmath.sqrt(t * t + 0.25) + 0.5) / 2
    q = mpmath.findroot(lambda q: q * (1 + q * q) ** (mpmath.mpf(L - 1) / 2) - t, t)
    s = {3: mpmath.atan(q), 5: (q / (1 + q * q) + mpmath.atan(q)) / 2}[L]
    return s * t - q * q / 2


ORACLES = {
    "sum(abs(beta[j])^(3/2))": lambda b: sum(abs(x) ** 1.5 for x in b),
    "sum(hypentropy(beta[j], alpha))": lambda b: sum(
        x * mpmath.asinh(2 * x) - mpmath.sqrt(x * x + 0.25) + 0.5 for x in b
    ),
    "exp(sum(beta[j]))/beta[2]": lambda b: mpmath.exp(sum(b)) / b[1],
    "log(beta[1]^2 + 1)*atan(beta[3])": lambda b: mpmath.log(b[0] ** 2 + 1) * mpmath.atan(b[2]),
    "sqrt(sum(beta[j]^2))": lambda b: mpmath.sqrt(sum(x * x for x in b)),
    "sinh(beta[1])*cosh(beta[2]) - tanh(beta[3])": lambda b: (
        mpmath.sinh(b[0]) * mpmath.cosh(b[1]) - mpmath.tanh(b[2])
    ),
    "sin(beta[1]*beta[2])^3 + cos(beta[3])": lambda b: mpmath.sin(b[0] * b[1]) ** 3 + mpmath.cos(b[2]),
    "sum(asinh(beta[j]/etabar[j])*alpha^2)": lambda b: sum(
        mpmath.asinh(x / e) / 4 for x, e in zip(b, (1, 0.5, 0.75), strict=True)
    ),
    "entropy(abs(beta[2])) + sum(i, sum(k, beta[i]*beta[k]))": lambda b: (
        abs(b[1]) * mpmath.log(abs(b[1])) + sum(b) ** 2
    ),
    "H(2, beta[1]) + H(3, 2*beta[2]) + H(depth + 2, beta[3])": lambda b: (
        potential(2, b[0]) + potential(3, 2 * b[1]) + potential(5, b[2])
    ),
    "X[1,2]*beta[2] + y[1] + start[1] + n + d + m + pi": lambda b: (
        2 * b[1] + mpmath.mpf("1.5") + 0 + 1 + 3 + 3 + mpmath.pi
    ),
}


@pytest.mark.parametrize("text", ORACLES)
def test_value_gradient_and_hessian(text, point):
    with ball_precision(120), mpmath.mp.workdps(40):
        jet = evaluate(parse(text), point())
        z = [mpmath.mpf(3) / 10, -mpmath.mpf(1) / 5, mpmath.mpf(2) / 5]
        oracle = ORACLES[text]
        assert abs(number(jet.ball) - oracle(z)) < 1e-15
        for i in range(3):
            slope = number(jet.gradient[i]) if i in jet.gradient else 0
            assert abs(slope - partial(oracle, z, (i,))) < 1e-10
            for j in range(i, 3):
                second = number(jet.hessian[i, j]) if (i, j) in jet.hessian else 0
                assert abs(second - partial(oracle, z, (i, j))) < 1e-6


def number(value):
    exact = dyadic(value)
    return mpmath.mpf(exact.numerator) / exact.denominator


def partial(function, z, indices):
    order = [indices.count(k) for k in range(3)]
    return mpmath.diff(lambda *b: function(b), tuple(z), tuple(order), h=mpmath.mpf(10) ** -10)


def test_the_ball_holds_the_value_at_every_point_of_the_input(point):
    tree = parse("sum(H(3, beta[j]))*exp(beta[1])/(beta[2]^2 + 1) + sqrt(abs(beta[3]))")
    with ball_precision(100):
        centre = point()
        wide = Point(centre.setting, "beta", tuple(b + arb(0, "1e-6") for b in centre.coordinates))
        enclosure = evaluate(tree, wide)
        rng = Random(1)
        for _ in range(20):
            shift = [ball(Fraction(rng.randint(-99, 99), 10**8)) for _ in range(3)]
            inside = Point(
                centre.setting, "beta", tuple(b + s for b, s in zip(centre.coordinates, shift, strict=True))
            )
            there = evaluate(tree, inside)
            assert enclosure.ball.contains(there.ball)
            assert all(enclosure.gradient[i].contains(there.gradient[i]) for i in range(3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("beta[1]^(1/2 + beta[2])", "exponent must not depend"),
        ("beta[2]^(1/2)", r"beta\[2\]\^\(1/2\) \(position 8\): a broken power of a negative number"),
        ("log(beta[2])", "log of a number that is not positive"),
        ("1/(beta[1] - 3/10)", "division by"),
        ("1/(2-2)", "division by zero"),
        ("H(1, beta[1])", "whole number L from 2"),
        ("H(5/2, beta[1])", "whole number L from 2"),
        ("exp(exp(exp(exp(9))))", "modulus above"),
        ("beta[1]^(9^9^9)", "modulus at most"),
        ("9^9^9^9^9", "modulus at most"),
        ("hypentropy(beta[1], -1)", "constant c > 0"),
    ],
)
def test_undefined_values_say_where(text, message, point):
    with ball_precision(100), pytest.raises(NotDefined, match=message):
        evaluate(parse(text), point())


def test_absolute_values_at_zero_are_kinks(point):
    with ball_precision(100):
        jet = evaluate(parse("2*abs(beta[1] - 3/10) + beta[2]"), point())
        (kink,) = jet.kinks
        assert jet.gradient[1] == 1 and kink.direction[0] == 2 and kink.bounded
        (root,) = evaluate(parse("abs(beta[1] - 3/10)^(1/2)"), point()).kinks
        assert not root.bounded
        flat = evaluate(parse("abs(beta[1] - 3/10)^3"), point())
        assert not flat.kinks and flat.gradient[0].contains(0)


FC = Problem(
    FullyConnected(2, (2,)),
    "regression",
    ((Fraction(1), Fraction(2)),),
    (Fraction(1),),
    Fraction(1),
    ((Fraction(1),) * 4, (Fraction(1),) * 2),
)
CONV = Problem(
    Convolutional((3, 3)),
    "regression",
    ((Fraction(1), Fraction(2), Fraction(0)),),
    (Fraction(1),),
    Fraction(1),
    ((Fraction(1),) * 3, (Fraction(0),) * 3),
)
UNEQUAL = diagonal_from_zero(3, "1 2 -1", "3/2", "1/2", "1 1/2 3/4")
UNEQUAL = Problem(
    UNEQUAL.network,
    "regression",
    UNEQUAL.X,
    UNEQUAL.y,
    UNEQUAL.scale,
    (UNEQUAL.v[0], (Fraction(1),) * 3, UNEQUAL.v[2]),
)


@pytest.mark.parametrize(
    ("problem", "text", "message"),
    [
        (REFERENCE, "beta[5]", "position 1: beta has indices from 1 to 4 here, got 5"),
        (REFERENCE, "schatten(1)", "matrix sensing, not a diagonal network"),
        (REFERENCE, "sum(beta[j]*y[j])", "no common range"),
        (REFERENCE, "sum(alpha)", "does not occur in this sum"),
        (REFERENCE, "v[1,1]", "v has no place in this kind of formula"),
        (FC, "sum(abs(rho[j]))", "rho has no meaning for a fully-connected network"),
        (FC, "m", "m has no meaning for a fully-connected network"),
        (FC, "etabar[1]", "etabar has no meaning for a fully-connected network"),
        (CONV, "sum(rho[j]^2)", "rho is complex here"),
        (CONV, "etabar[1]", "etabar is complex"),
        (UNEQUAL, "etabar[1]", "layers 1 and 2 start at different places"),
        (REFERENCE, "sum(i, sum(j, sum(k, sum(l, beta[i]*beta[j]*beta[k]*beta[l]))))", None),
    ],
)
def test_names_that_a_problem_does_not_have(problem, text, message):
    tree = parse(text)
    setting = Setting(problem, CONDITION)
    if message is None:
        check_symbols(tree, setting)
        return
    with pytest.raises(InputError, match=message):
        check_symbols(tree, setting)


def test_nested_sums_are_bounded():
    wide = diagonal_from_zero(2, " ".join("1" * 15), "1", 1, " ".join("1" * 15))
    tree = parse("sum(i, sum(j, sum(k, sum(l, beta[i]*beta[j]*beta[k]*beta[l]))))")
    with pytest.raises(InputError, match="more than 200000 operations"):
        check_symbols(tree, Setting(wide))


@pytest.mark.parametrize(
    ("terms", "letters", "fits"), [(59, 4, False), (1, 4, True), (59, 2, True), (20, 4, False)]
)
def test_what_nested_sums_repeat_counts_with_its_size(terms, letters, fits):
    """d = 11: four sums repeat their summand 11^4 = 14641 times, however long it is."""
    wide = diagonal_from_zero(2, " ".join("1" * 11), "1", 1, " ".join("1" * 11))
    names = "ijkl"[:letters]
    summand = " + ".join(["*".join(f"beta[{letter}]" for letter in names)] * terms)
    text = summand
    for letter in names:
        text = f"sum({letter}, {text})"
    tree = parse(text)
    if fits:
        check_symbols(tree, Setting(wide))
    else:
        with pytest.raises(InputError, match="repeat what is in them to more than 200000 operations"):
            check_symbols(tree, Setting(wide))


@pytest.mark.parametrize("text", ["log(beta[1])", "beta[1]^(-1/2)", "1/beta[1]", "entropy(beta[1])"])
def test_a_ball_around_zero_has_no_value_there(text):
    setting = Setting(REFERENCE)
    with ball_precision(100):
        wide = tuple(ball(0) + arb(0, "1e-3") for _ in range(setting.problem.network.input_dim))
        with pytest.raises(NotDefined):
            evaluate(parse(text), Point(setting, "beta", wide))
