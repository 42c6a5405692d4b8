"""Closed forms of the potential as symbolic expressions, each checked by an exact normal form (R3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy


def s_form(L: int, q: sympy.Symbol) -> sympy.Expr:
    """s = int_0^q (1+x^2)^{-(L-1)/2} dx in elementary functions, L >= 2 (the recurrence of `potentials.s_of_q`)."""
    import sympy

    if L < 2:
        raise ValueError(f"the potential H_L needs depth L >= 2, not {L}")
    odd = (L - 1) % 2
    k = 1 if odd else 2
    value: sympy.Expr = sympy.asinh(q) if odd else sympy.atan(q)
    while k < L - 1:
        value = (q * (1 + q**2) ** sympy.Rational(-k, 2) + (k - 1) * value) / k
        k += 2
    return sympy.expand(value)


def t_form(L: int, q: sympy.Symbol) -> sympy.Expr:
    """t = q (1+q^2)^{(L-1)/2}."""
    import sympy

    return q * (1 + q**2) ** sympy.Rational(L - 1, 2)


def potential_form(L: int, q: sympy.Symbol) -> sympy.Expr:
    """H_L as a function of q: s t - q^2/2."""
    return s_form(L, q) * t_form(L, q) - q**2 / 2


def s_is_right(L: int, s: sympy.Expr, q: sympy.Symbol) -> bool:
    """Whether ds/dq = (1+q^2)^{-(L-1)/2} and s(0) = 0, exactly."""
    import sympy

    return bool(s.subs(q, 0) == 0) and vanishes(sympy.diff(s, q) - (1 + q**2) ** sympy.Rational(1 - L, 2), q)


def potential_is_right(L: int, H: sympy.Expr, s: sympy.Expr, q: sympy.Symbol) -> bool:
    """Whether dH/dq = s dt/dq and H(0) = 0, exactly: then H'(t) = s = h_L^{-1}(t)."""
    import sympy

    return bool(H.subs(q, 0) == 0) and vanishes(sympy.diff(H, q) - s * sympy.diff(t_form(L, q), q), q)


def vanishes(expression: sympy.Expr, q: sympy.Symbol) -> bool:
    """Whether an expression in q, sqrt(1+q^2), asinh q and atan q is zero, by a normal form.

    The four are algebraically independent up to w^2 = 1 + q^2: the numerator is reduced to A + B w with A, B
    polynomials over Q.
    """
    import sympy

    w, arc, angle = sympy.symbols("w arc angle")

    def in_w(power: sympy.Expr) -> sympy.Expr:
        return w ** (2 * power.exp)

    replaced = expression.replace(
        lambda term: term.is_Pow and sympy.expand(term.base - 1 - q**2) == 0, in_w
    ).xreplace({sympy.asinh(q): arc, sympy.atan(q): angle})
    numerator, _ = sympy.fraction(sympy.together(replaced))
    polynomial = sympy.Poly(numerator, w, q, arc, angle)
    return bool(sympy.rem(polynomial, sympy.Poly(w**2 - 1 - q**2, w, q, arc, angle)).is_zero)
