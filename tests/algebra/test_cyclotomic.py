import pickle
from fractions import Fraction

import flint
import pytest
from hypothesis import given, settings, strategies as st

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.precision import ball_precision

RATIONALS = st.fractions(min_value=-5, max_value=5, max_denominator=7)


@st.composite
def numbers(draw: st.DrawFn, orders: tuple[int, ...] = (1, 2, 3, 4, 5, 8, 12, 15, 20)) -> Cyclotomic:
    order = draw(st.sampled_from(orders))
    terms = draw(st.lists(st.tuples(RATIONALS, st.integers(-30, 30)), max_size=4))
    return sum((q * Cyclotomic.root_of_unity(order, k) for q, k in terms), Cyclotomic.rational(0))


@settings(max_examples=60, deadline=None)
@given(numbers(), numbers(), numbers())
def test_ring_axioms(a: Cyclotomic, b: Cyclotomic, c: Cyclotomic) -> None:
    assert a + b == b + a and a * b == b * a
    assert (a + b) + c == a + (b + c) and (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert a - a == 0 and a + 0 == a and a * 1 == a
    assert (-a) + a == 0 and +a == a


@settings(max_examples=60, deadline=None)
@given(numbers(), numbers())
def test_conjugation_is_a_field_involution(a: Cyclotomic, b: Cyclotomic) -> None:
    assert a.conjugate().conjugate() == a
    assert (a * b).conjugate() == a.conjugate() * b.conjugate()
    assert (a * a.conjugate()).is_real and (a * a.conjugate()).sign() == (0 if a.is_zero else 1)
    assert a.real + a.imag * Cyclotomic.gaussian(0, 1) == a
    assert a.real.is_real and a.imag.is_real


@settings(max_examples=60, deadline=None)
@given(numbers(), st.integers(-3, 3))
def test_inverse_and_powers(a: Cyclotomic, n: int) -> None:
    if a.is_zero:
        with pytest.raises(ZeroDivisionError):
            a.inverse()
        return
    assert a * a.inverse() == 1 and 1 / a == a.inverse() and a / a == 1
    assert a**n * a ** (-n) == 1 and a**3 == a * a * a


@settings(max_examples=60, deadline=None)
@given(numbers(), numbers(), st.sampled_from([53, 200]))
def test_balls_agree_with_arithmetic(a: Cyclotomic, b: Cyclotomic, bits: int) -> None:
    with ball_precision(bits):
        assert (a.ball() * b.ball()).overlaps((a * b).ball())
        assert (a.ball() + b.ball()).overlaps((a + b).ball())
        assert float(a.ball().abs_upper()) < 1e6
        assert a.is_real == (a.ball().imag == 0 and a == a.conjugate())


@pytest.mark.parametrize("order", range(1, 41))
def test_roots_of_unity_have_their_order_and_their_place(order: int) -> None:
    zeta = Cyclotomic.root_of_unity(order)
    assert [k for k in range(1, order + 1) if zeta**k == 1] == [order]
    with ball_precision(100):
        independent = flint.acb(flint.fmpq(2, order)).exp_pi_i()
        assert zeta.ball().overlaps(independent) and (zeta.ball() - independent).abs_upper() < 1e-25
    if order > 1:
        assert sum((zeta**k for k in range(order)), Cyclotomic.rational(0)).is_zero


@pytest.mark.parametrize("d", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 21, 30, 33])
def test_square_roots_are_positive_and_in_the_promised_field(d: int) -> None:
    root = Cyclotomic.sqrt(d)
    assert root * root == d and root.is_real
    assert root.sign() == (d > 0)
    if d:
        assert (4 * d) % root.order == 0


def test_the_sign_of_a_tiny_number_is_exact() -> None:
    p, q = 1, 1
    for _ in range(120):  # convergents of sqrt(2): |p/q - sqrt 2| ~ 1e-92
        p, q = p + 2 * q, p + q
    difference = Cyclotomic.sqrt(2) - Fraction(p, q)
    assert difference.sign() == (1 if p * p < 2 * q * q else -1)
    assert (-difference).sign() == -difference.sign()


@settings(max_examples=60, deadline=None)
@given(numbers(), st.sampled_from([2, 3, 5]))
def test_equality_and_hash_do_not_see_the_field(a: Cyclotomic, factor: int) -> None:
    lifted = a + Cyclotomic.root_of_unity(a.order * factor) - Cyclotomic.root_of_unity(a.order * factor)
    assert lifted.order == a.order * factor
    assert lifted == a and hash(lifted) == hash(a)
    assert pickle.loads(pickle.dumps(a)) == a


def test_rationals_and_gaussians() -> None:
    i = Cyclotomic.gaussian(0, 1)
    assert i * i == -1 and i == Cyclotomic.root_of_unity(4) and not i.is_real
    assert hash(Cyclotomic.rational(Fraction(2, 3))) == hash(Fraction(2, 3))
    assert Cyclotomic.root_of_unity(2) == -1
    assert (i + Fraction(1, 2) - i).to_fraction() == Fraction(1, 2)
    assert str(Cyclotomic.gaussian(Fraction(1, 2), -2)) == "1/2 - 2*i"
    with pytest.raises(ValueError, match="not rational"):
        i.to_fraction()
    with pytest.raises(ValueError, match="not real"):
        i.sign()
    with pytest.raises(ValueError, match="d >= 0"):
        Cyclotomic.sqrt(-1)


def test_precision_is_left_alone() -> None:
    before = flint.ctx.prec
    (Cyclotomic.sqrt(3) - Fraction(1732050807568877293, 10**18)).sign()
    assert flint.ctx.prec == before
