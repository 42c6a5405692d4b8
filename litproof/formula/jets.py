"""Value, gradient and Hessian of a formula in balls, by second-order forward differentiation with sparse derivatives.

Where |u| has a ball of u that holds 0, the gradient is a set: every such place is a *kink*, a direction c with a
free factor s in [-1, 1] (unbounded below a power less than 1), so that the gradient is g + sum_k s_k c_k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

from litproof.algebra.balls import Ball, ball
from litproof.algebra.inverse import OutsideDomain
from litproof.predict.regression import potentials

K = TypeVar("K")
Gradient = Mapping[int, Ball]
Hessian = Mapping[tuple[int, int], Ball]

_MAX_EXPONENT = 10**4
_MAX_ARGUMENT = 10**6
_EXACT_BITS = 4096
_RANGE = 100_000
"""Binary exponents beyond which a number is refused: as a fraction it would be too long to work with."""


class NotDefined(ArithmeticError):
    """The formula has no value, or no derivative, at this point; says why.

    A second argument says that the place in the formula is named already.
    """

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


@dataclass(frozen=True)
class Affine:
    """An affine function with rational coefficients, constant + sum_k slopes[k] w_k, where w_k lies in reach[k].

    What cancels in it cancels exactly: a combination that is constant has no slopes left.
    """

    constant: Fraction
    slopes: Mapping[int, Fraction]
    reach: Sequence[Ball]

    def jet(self) -> Jet:
        """The function as a jet; an exact constant where no slopes are left."""
        if not self.slopes:
            return Jet(_short(self.constant))
        value = ball(self.constant)
        for k, slope in self.slopes.items():
            value += ball(slope) * self.reach[k]
        return Jet(value, {k: ball(slope) for k, slope in self.slopes.items()}, affine=self)


@dataclass(frozen=True)
class Kink:
    """A direction of the subdifferential: s times `direction`, |s| <= 1, or any s when not `bounded`.

    `inner` is the u of |u| where that is an affine function with rational coefficients.
    """

    direction: Gradient
    bounded: bool = True
    inner: Affine | None = None


@dataclass(frozen=True)
class Jet:
    """A function to second order at a point.

    Attributes
    ----------
    value : ball, or an exact Fraction (constants only).
    gradient, hessian : sparse; hessian keys are (i, j) with i <= j.
    kinks : see the module's words.
    affine : the function itself where it is affine with rational coefficients.
    """

    value: Ball | Fraction
    gradient: Gradient = field(default_factory=dict)
    hessian: Hessian = field(default_factory=dict)
    kinks: tuple[Kink, ...] = ()
    affine: Affine | None = None

    @property
    def ball(self) -> Ball:
        """The value as a ball at flint's current precision."""
        return ball(self.value) if isinstance(self.value, Fraction) else self.value

    @property
    def is_constant(self) -> bool:
        """Whether it does not depend on the coordinates."""
        return not (self.gradient or self.kinks)


def variable(value: Ball, index: int) -> Jet:
    """The coordinate number `index`."""
    from flint import arb

    return Jet(value, {index: arb(1)})


def linear(value: Ball, gradient: Gradient) -> Jet:
    """An affine function of the coordinates."""
    return Jet(value, gradient)


def modulus(re: Jet, im: Jet) -> Jet:
    """|re + i im| of affine parts, away from zero."""
    square = add(multiply(re, re), multiply(im, im))
    if square.ball.contains(0):
        raise NotDefined("|rho_j| of a complex coordinate is not differentiable at 0")
    return power(square, Jet(Fraction(1, 2)))


def add(a: Jet, b: Jet, factor: int = 1) -> Jet:
    """a + factor b."""
    if isinstance(a.value, Fraction) and isinstance(b.value, Fraction):
        return Jet(_short(a.value + factor * b.value))
    if (exact := _combined(a, b, factor)) is not None:
        return exact
    return Jet(
        a.ball + factor * b.ball,
        _sum(a.gradient, b.gradient, factor),
        _sum(a.hessian, b.hessian, factor),
        a.kinks + tuple(replace(k, direction=_scaled(k.direction, factor)) for k in b.kinks),
    )


def _combined(a: Jet, b: Jet, factor: int) -> Jet | None:
    """a + factor b in rational numbers; None unless both are affine or exact constants."""
    parts = [_exact_part(jet) for jet in (a, b)]
    if parts[0] is None or parts[1] is None:
        return None
    (first, left), (second, right) = parts[0], parts[1]
    slopes = {k: left.get(k, Fraction(0)) + factor * right.get(k, Fraction(0)) for k in {**left, **right}}
    reach = (a.affine or b.affine or Affine(Fraction(0), {}, ())).reach
    return Affine(first + factor * second, {k: slope for k, slope in slopes.items() if slope}, reach).jet()


def _exact_part(a: Jet) -> tuple[Fraction, Mapping[int, Fraction]] | None:
    """Constant and slopes of an affine function or an exact constant."""
    if a.affine is not None:
        return a.affine.constant, a.affine.slopes
    return (a.value, {}) if isinstance(a.value, Fraction) else None


def multiply(a: Jet, b: Jet) -> Jet:
    """a b."""
    if isinstance(a.value, Fraction) and isinstance(b.value, Fraction):
        return Jet(_short(a.value * b.value))
    for number, other in ((a.value, b.affine), (b.value, a.affine)):
        if isinstance(number, Fraction) and other is not None:
            slopes = {k: number * slope for k, slope in other.slopes.items() if number}
            return Affine(number * other.constant, slopes, other.reach).jet()
    x, y = a.ball, b.ball
    hessian = _sum(_scaled(a.hessian, y), _scaled(b.hessian, x))
    _add_outer(hessian, a.gradient, b.gradient)
    kinks = (*_scaled_kinks(a.kinks, y), *_scaled_kinks(b.kinks, x))
    return Jet(x * y, _sum(_scaled(a.gradient, y), _scaled(b.gradient, x)), hessian, kinks)


def divide(a: Jet, b: Jet) -> Jet:
    """a / b."""
    if isinstance(b.value, Fraction):
        if not b.value:
            raise NotDefined("division by zero")
        return multiply(a, Jet(1 / b.value))
    return multiply(a, power(b, Jet(Fraction(-1))))


def power(base: Jet, exponent: Jet) -> Jet:
    """base^exponent; the exponent is constant."""
    if not exponent.is_constant:
        raise NotDefined("an exponent must not depend on beta or rho")
    p = exponent.value
    if isinstance(p, Fraction):
        if abs(p) > _MAX_EXPONENT:
            raise NotDefined(f"expected an exponent of modulus at most {_MAX_EXPONENT}")
        if p.denominator == 1:
            return _whole_power(base, int(p))
    elif not abs(p) < _MAX_EXPONENT:
        raise NotDefined(f"expected an exponent of modulus at most {_MAX_EXPONENT}")
    x, q = base.ball, exponent.ball
    if x > 0:
        return chain(base, x**q, q * x ** (q - 1), q * (q - 1) * x ** (q - 2))
    if base.is_constant and x == 0 and q > 0:
        return Jet(Fraction(0))
    if x < 0:
        raise NotDefined("a broken power of a negative number; write abs(...)^p")
    return _power_at_zero(base, q)


def _whole_power(base: Jet, p: int) -> Jet:
    from flint import arb

    if isinstance(base.value, Fraction):
        if not base.value and p < 0:
            raise NotDefined("division by zero")
        if base.value.numerator.bit_length() + base.value.denominator.bit_length() <= _EXACT_BITS // (
            abs(p) + 1
        ):
            return Jet(base.value**p)
        return Jet(_repeated(base.ball, p))
    x = base.ball
    if p < 0 and x.contains(0):
        raise NotDefined("division by a number that may be zero")
    if p == 0:
        return Jet(Fraction(1))
    first = p * _repeated(x, p - 1)
    second = p * (p - 1) * _repeated(x, p - 2) if p != 1 else arb(0)
    return chain(base, _repeated(x, p), first, second)


def _repeated(x: Ball, p: int) -> Ball:
    """x^p by squaring: flint's own power is undefined for a ball that holds 0."""
    from flint import arb

    result, square, rest = arb(1), x, abs(p)
    while rest:
        if rest % 2:
            result *= square
        square, rest = square * square, rest // 2
    return result if p >= 0 else 1 / result


def _power_at_zero(base: Jet, p: Ball) -> Jet:
    """|u|^p near u = 0: slope 0 for p > 1, any slope for p < 1."""
    if not base.kinks or base.gradient or len(base.kinks) > 1:
        raise NotDefined("a broken power is differentiated where its base may be zero")
    size = base.ball.abs_upper()
    value = size**p
    zero_to_value = value.union(value * 0)
    kink = base.kinks[0]
    if p > 1:
        slope = (p * size ** (p - 1)).abs_upper()
        bend = p * (p - 1) * size ** (p - 2) if p >= 2 else _unbounded()
        hessian: dict[tuple[int, int], Ball] = {}
        _add_outer(hessian, kink.direction, _scaled(kink.direction, bend.union(bend * 0) / 2))
        return Jet(zero_to_value, _scaled(kink.direction, _symmetric(slope)), hessian)
    if p < 1:
        return Jet(zero_to_value, kinks=(replace(kink, bounded=False),))
    raise NotDefined("an exponent that may be 1 is applied where its base may be zero")


def _unbounded() -> Ball:
    from flint import arb

    return arb("nan")


def _symmetric(radius: Ball) -> Ball:
    from flint import arb

    return arb(0, radius.abs_upper())


def call(name: str, arguments: tuple[Jet, ...]) -> Jet:
    """One of the functions of the grammar."""
    if name in ("max", "min"):
        return _largest(name, arguments)
    u = arguments[-1] if name == "H" else arguments[0]
    x = u.ball
    match name:
        case "abs":
            return _absolute(u)
        case "sqrt":
            return power(u, Jet(Fraction(1, 2)))
        case "log":
            _require(x > 0, "log of a number that is not positive")
            return chain(u, x.log(), 1 / x, -1 / (x * x))
        case "entropy":
            _require(x > 0, "entropy (x log x) of a number that is not positive")
            return chain(u, x * x.log(), x.log() + 1, 1 / x)
        case "exp":
            _bounded(x)
            e = x.exp()
            return chain(u, e, e, e)
        case "sinh" | "cosh":
            _bounded(x)
            s, c = x.sinh(), x.cosh()
            return chain(u, s, c, s) if name == "sinh" else chain(u, c, s, c)
        case "tanh":
            _bounded(x)
            t = x.tanh()
            return chain(u, t, 1 - t * t, -2 * t * (1 - t * t))
        case "sin" | "cos":
            _bounded(x)
            s, c = x.sin(), x.cos()
            return chain(u, s, c, -s) if name == "sin" else chain(u, c, -s, -c)
        case "asinh":
            w = (1 + x * x).sqrt()
            return chain(u, x.asinh(), 1 / w, -x / w**3)
        case "atan":
            w = 1 + x * x
            return chain(u, x.atan(), 1 / w, -2 * x / (w * w))
        case "hypentropy":
            c = arguments[1].ball
            _require(arguments[1].is_constant and c > 0, "hypentropy(x, c) needs a constant c > 0")
            w = (x * x + c * c).sqrt()
            return chain(u, x * (x / c).asinh() - w + c, (x / c).asinh(), 1 / w)
        case "H":
            return _potential(arguments[0], u)
    raise NotDefined(f"{name} is not defined here")


def _largest(name: str, arguments: tuple[Jet, ...]) -> Jet:
    """The largest or smallest; where two may be equal, with a kink between them."""
    result = arguments[0]
    for other in arguments[1:]:
        gap = add(result, other, -1)
        size = call("abs", (gap,))
        twice = add(add(result, other), size, 1 if name == "max" else -1)
        if not gap.ball.contains(0):
            result = result if (gap.ball > 0) == (name == "max") else other
        else:
            result = multiply(Jet(Fraction(1, 2)), twice)
    return result


def _potential(depth: Jet, u: Jet) -> Jet:
    L = depth.value
    if not isinstance(L, Fraction) or L.denominator != 1 or not 2 <= L <= 1000:
        raise NotDefined("H(L, t) needs a whole number L from 2 to 1000")
    order, t = int(L), u.ball
    try:
        q = potentials.q_of_t(t, order)
    except OutsideDomain as error:
        raise NotDefined(f"H({order}, t): {error}") from None
    s = potentials.s_of_q(q, order)
    return chain(u, s * t - q * q / 2, s, 1 / potentials.dt_ds(q, order))


def _absolute(u: Jet) -> Jet:
    x = u.ball
    if isinstance(u.value, Fraction):
        return Jet(abs(u.value))
    if x > 0:
        return u
    if x < 0:
        return multiply(Jet(Fraction(-1)), u)
    if u.is_constant:
        return Jet(abs(x))
    if u.kinks:
        raise NotDefined("an absolute value of an absolute value is differentiated at 0")
    return Jet(abs(x), kinks=(Kink(u.gradient, inner=u.affine),))


def chain(u: Jet, value: Ball, first: Ball, second: Ball) -> Jet:
    """f(u) from f, f' and f'' at u."""
    if not value.is_finite() or not first.is_finite():
        raise NotDefined("not finite at this point, or the point is not known precisely enough")
    _require(all(map(_in_range, (value, first, second))), f"a number beyond 2^{_RANGE} or below 2^-{_RANGE}")
    hessian = _scaled(u.hessian, first)
    entries = sorted(u.gradient.items())
    for position, (i, a) in enumerate(entries):
        scaled = second * a
        for j, b in entries[position:]:
            hessian[i, j] = hessian[i, j] + scaled * b if (i, j) in hessian else scaled * b
    gradient, kinks = _scaled(u.gradient, first), _scaled_kinks(u.kinks, first)
    if first.contains(0) and all(
        kink.bounded for kink in kinks
    ):  # s f'(u) c with f'(u) ~ 0: no choice is left
        for kink in kinks:
            gradient = _sum(gradient, {i: _symmetric(c) for i, c in kink.direction.items()})
        kinks = ()
    return Jet(value, gradient, hessian, kinks)


def _scaled_kinks(kinks: tuple[Kink, ...], factor: Ball) -> tuple[Kink, ...]:
    return tuple(replace(k, direction=_scaled(k.direction, factor)) for k in kinks)


def _scaled(entries: Mapping[K, Ball], factor: Ball | int) -> dict[K, Ball]:
    return {key: factor * value for key, value in entries.items()}


def _sum(a: Mapping[K, Ball], b: Mapping[K, Ball], factor: int = 1) -> dict[K, Ball]:
    result = dict(a)
    for key, value in b.items():
        scaled = factor * value
        result[key] = result[key] + scaled if key in result else scaled
    return result


def _add_outer(hessian: dict[tuple[int, int], Ball], a: Gradient, b: Gradient) -> None:
    """Add a b^T + b a^T."""
    for i, x in a.items():
        for j, y in b.items():
            key, value = (min(i, j), max(i, j)), x * y
            value = 2 * value if i == j else value
            hessian[key] = hessian[key] + value if key in hessian else value


def _short(value: Fraction) -> Ball | Fraction:
    size = value.numerator.bit_length() + value.denominator.bit_length()
    return value if size <= _EXACT_BITS else ball(value)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise NotDefined(message)


def _in_range(x: Ball) -> bool:
    if not x.is_finite():
        return False
    if not x.mid():
        return True
    mantissa, exponent = x.mid().man_exp()
    return -_RANGE < int(abs(mantissa)).bit_length() + int(exponent) < _RANGE


def _bounded(x: Ball) -> None:
    _require(bool(abs(x) < _MAX_ARGUMENT), f"an argument of modulus above {_MAX_ARGUMENT}")
