"""Smooth functions in formulas, applied to numbers of any kind.

A power x^(-1/k) is the one algebraic function: division is k = 1, sqrt(x) = x * x^(-1/2), and x^(a/b) is a product of
powers of x and of x^(-1/b). Roots are the positive ones of positive numbers, which have derivatives of every order.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, isqrt
from typing import Any

from litproof.errors import HypothesisError

SMOOTH: Mapping[str, int] = dict.fromkeys(
    ("sqrt", "log", "exp", "sinh", "cosh", "tanh", "asinh", "atan", "sin", "cos"), 1
)
"""Functions that a formula network, a loss or a potential may contain: those with polynomial differential equations."""

POWER = "power"
"""The name of x^(-1/k)."""

MOST_ROOT = 100
"""Largest k: x^(-1/k) has a differential equation of degree k + 2."""

NOT_POLYNOMIAL = "this is for polynomial networks, and the network has divisions, roots or other functions"

_FIXED: Mapping[str, tuple[int, int]] = {
    "exp": (0, 1),
    "log": (1, 0),
    "sinh": (0, 0),
    "cosh": (0, 1),
    "tanh": (0, 0),
    "asinh": (0, 0),
    "atan": (0, 0),
    "sin": (0, 0),
    "cos": (0, 1),
}
"""The one rational number with a rational value, and this value (Lindemann and Weierstrass)."""


class OutsideDomain(ArithmeticError):
    """A function of a number for which it is not defined; the message says which."""


class Irrational(ArithmeticError):
    """A function of a fraction whose value is no fraction."""


def apply(name: str, x: Any, k: int = 1) -> Any:
    """`name` of SMOOTH but sqrt, or POWER: x^(-1/k), of a fraction, a number of flint, gmpy2, mpmath or sympy.

    Other values do it themselves by a method `smooth(name, k)`.

    Raises
    ------
    OutsideDomain : 0 or, for roots and logarithms, a number that is not positive. Irrational : see there.
    HypothesisError : a value of another kind, of a method that is for polynomials.

    Examples
    --------
    >>> apply(POWER, Fraction(9, 4), 2), apply("exp", 0)
    (Fraction(2, 3), Fraction(1, 1))
    """
    if hasattr(x, "smooth"):
        return x.smooth(name, k)
    if isinstance(x, int | Fraction):
        return _exact(name, Fraction(x), k)
    room = type(x).__module__.partition(".")[0]
    if room in ("flint", "gmpy2", "mpmath"):
        _check(name, x, k)
    if room == "flint" and hasattr(x, "rad"):
        return _ball(name, x, k)
    if room == "gmpy2":
        return _real(name, x, k)
    if room == "mpmath":
        import mpmath

        return x ** (mpmath.mpf(-1) / k) if name == POWER else getattr(mpmath, name)(x)
    if room == "sympy":
        import sympy as sp

        return x ** sp.Rational(-1, k) if name == POWER else getattr(sp, name)(x)
    raise HypothesisError(NOT_POLYNOMIAL)


def derivative(name: str, x: Any, value: Any, k: int = 1) -> Any:
    """The derivative of `name` at x, where its value is known, by products and functions with such derivatives.

    Examples
    --------
    >>> derivative(POWER, Fraction(4), Fraction(1, 2), 2)
    Fraction(-1, 16)
    """
    match name:
        case "power":
            return whole_power(value, k + 1) / -k
        case "exp":
            return value
        case "log":
            return apply(POWER, x)
        case "sinh":
            return apply("cosh", x)
        case "cosh":
            return apply("sinh", x)
        case "tanh":
            return value * value * -1 + 1
        case "sin":
            return apply("cos", x)
        case "cos":
            return apply("sin", x) * -1
        case "asinh":
            return apply(POWER, x * x + 1, 2)
        case "atan":
            return apply(POWER, x * x + 1)
    raise ValueError(f"no differential equation is known for {name}")


def power(x: Any, exponent: Fraction) -> Any:
    """x^exponent for a rational exponent, by products of x and x^(-1/k)."""
    if exponent.denominator > MOST_ROOT:
        raise OutsideDomain(f"a root of order {exponent.denominator}: at most {MOST_ROOT} is done")
    k = exponent.denominator
    whole = max(0, ceil(exponent))
    return _times(whole_power(x, whole), whole_power(apply(POWER, x, k), k * whole - exponent.numerator))


def whole_power(x: Any, exponent: int) -> Any:
    """x^exponent for exponent >= 0, by squaring; the fraction 1 for 0."""
    if isinstance(x, int | Fraction):
        return x**exponent
    result: Any = None
    for bit in bin(exponent)[2:] if exponent else "":
        result = x if result is None else result * result
        if bit == "1" and result is not x:
            result = result * x
    return Fraction(1) if result is None else result


def _times(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and a == 1:
        return b
    if isinstance(b, Fraction) and b == 1:
        return a
    return b * a if isinstance(a, int | Fraction) else a * b


def _shown(name: str, x: Any, k: int) -> str:
    shown = x if isinstance(x, Fraction) else f"{float(x):.6g}"
    if name != POWER:
        return f"{name} of {shown}"
    return f"division by {shown}" if k == 1 else f"a root of {shown}"


def _check(name: str, x: Any, k: int) -> None:
    """Balls that hold 0 are outside too: the function has no bounds there."""
    if name not in (POWER, "log"):
        return
    inside = x > 0 or (name == POWER and k == 1 and x < 0)
    if not inside:
        raise OutsideDomain(_shown(name, x, k))


def _exact(name: str, x: Fraction, k: int) -> Fraction:
    _check(name, x, k)
    if name == POWER:
        top, bottom = _root(x.denominator, k), _root(x.numerator, k)
        if top is None or bottom is None:
            raise Irrational(_shown(name, x, k))
        return Fraction(top, bottom)
    argument, value = _FIXED[name]
    if x != argument:
        raise Irrational(_shown(name, x, k))
    return Fraction(value)


def _root(n: int, k: int) -> int | None:
    """The k-th root of an integer (k = 1: of any sign), None where it is none."""
    if k == 1:
        return n
    if k == 2:
        root = isqrt(n)
        return root if root * root == n else None
    low, high = 0, 1 << (n.bit_length() // k + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**k <= n else (low, middle - 1)
    return low if low**k == n else None


def _ball(name: str, x: Any, k: int) -> Any:
    from flint import arb

    if name == POWER:
        return 1 / (x if k == 1 else x.root(k))
    return getattr(arb, name)(x)


def _real(name: str, x: Any, k: int) -> Any:
    import gmpy2

    if name == POWER:
        return 1 / (x if k == 1 else gmpy2.root(x, k))
    return getattr(gmpy2, name)(x)
