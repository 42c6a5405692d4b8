"""The potential H_L of the regression limit, as functions of balls, for every integer L >= 2.

With q' = (1 + q^2)^{(L-1)/2}, q(0) = 0 (argument s): h_L(s) = q (1 + q^2)^{(L-1)/2}, H_L = int_0 h_L^{-1}
(Yun, Krishnan, Mobahi, ICLR 2021, arXiv 2010.02501), and in closed form, with t = h_L(s),

    H_L(t) = s t - q^2/2,    s = int_0^q (1 + x^2)^{-(L-1)/2} dx.

Arguments and values are real balls (`flint.arb`) at flint's current precision; every value encloses the truth. For
L >= 3 the argument s lives in (-s_max, s_max), s_max = sqrt(pi) Gamma((L-2)/2) / (2 Gamma((L-1)/2)).
"""

from __future__ import annotations

from litproof.algebra.balls import Ball
from litproof.algebra.inverse import OutsideDomain, invert_increasing


def _require_depth(L: int) -> None:
    if L < 2:
        raise ValueError(f"the potential H_L needs depth L >= 2, not {L}")


def half_power(base: Ball, k: int) -> Ball:
    """base^(k/2) for base > 0 and any integer k."""
    whole = base ** (abs(k) // 2)
    if k % 2:
        whole *= base.sqrt()
    return whole if k >= 0 else 1 / whole


def s_of_q(q: Ball, L: int) -> Ball:
    """s = int_0^q (1 + x^2)^{-(L-1)/2} dx, elementary for each L.

    From I_1 = asinh q, I_2 = atan q and (d/dq)[q (1+q^2)^{-k/2}] = k (1+q^2)^{-k/2-1} - (k-1)(1+q^2)^{-k/2}:
    I_{k+2} = ( q (1+q^2)^{-k/2} + (k-1) I_k ) / k.
    """
    _require_depth(L)
    odd = (L - 1) % 2
    k = 1 if odd else 2
    value = q.asinh() if odd else q.atan()
    base = 1 + q * q
    while k < L - 1:
        value = (q * half_power(base, -k) + (k - 1) * value) / k
        k += 2
    return value


def s_max(L: int) -> Ball | None:
    """lim_{q -> inf} s(q); None for L = 2, where s is unbounded."""
    _require_depth(L)
    return None if L == 2 else _pole(L)


def _pole(L: int) -> Ball:
    from flint import arb

    return arb.pi().sqrt() * (arb(L - 2) / 2).gamma() / (2 * (arb(L - 1) / 2).gamma())


def q_of_s(s: Ball, L: int, guess: Ball | None = None) -> Ball:
    """The inverse of `s_of_q`; OutsideDomain unless |s| < s_max(L) for every number in the ball."""
    _require_depth(L)
    if L == 2:
        return s.sinh()
    limit = _pole(L)
    if not abs(s) < limit:
        raise OutsideDomain(f"h_{L} is defined for |s| < {limit} only, not at s = {s}")
    if L == 3:
        return s.tan()
    if L == 4:
        return s * (1 - s * s).rsqrt()
    start = guess.asinh() if guess is not None else _asinh_q_guess(s.mid(), limit, L)
    theta = invert_increasing(lambda x: s_of_q(x.sinh(), L), lambda x: 1 / x.cosh() ** (L - 2), s, start)
    return theta.sinh()


def _asinh_q_guess(s: Ball, limit: Ball, L: int) -> Ball:
    """asinh q, roughly: near the pole limit - |s| = int_{|q|}^inf x^{-(L-1)} (1 + O(x^-2)) dx."""
    gap = limit - abs(s)
    if gap < limit / 4:
        theta = ((L - 2) * gap).mid().root(L - 2)
        theta = (1 / theta).asinh()
    else:
        theta = abs(s) * (1 + abs(s))
    return theta.mid() if s >= 0 else -theta.mid()


def h(s: Ball, L: int) -> Ball:
    """h_L(s) = q (1 + q^2)^{(L-1)/2}."""
    q = q_of_s(s, L)
    return t_of_q(q, L)


def t_of_q(q: Ball, L: int) -> Ball:
    """t = q (1 + q^2)^{(L-1)/2}, the argument of H_L."""
    _require_depth(L)
    return q * half_power(1 + q * q, L - 1)


def dt_ds(q: Ball, L: int) -> Ball:
    """h_L'(s) = (1 + q^2)^{L-2} (1 + L q^2)."""
    _require_depth(L)
    square = q * q
    return (1 + square) ** (L - 2) * (1 + L * square)


def q_of_t(t: Ball, L: int) -> Ball:
    """The q with q (1 + q^2)^{(L-1)/2} = t, any real t.

    In x = asinh q the map is sinh x cosh^{L-1} x, and the logarithm of its modulus is nearly linear for large x.
    """
    from flint import arb

    _require_depth(L)
    if t == 0:
        return arb(0)
    size = abs(t.mid())
    start = (size if size < 1 else 2 * size.root(L)).asinh().mid()
    theta = invert_increasing(
        lambda x: t_of_q(x.sinh(), L),
        lambda x: x.cosh() ** (L - 2) * (1 + L * (x.sinh() * x.sinh())),
        t,
        start if t.mid() > 0 else -start,
    )
    return theta.sinh()


def h_inverse(t: Ball, L: int) -> Ball:
    """h_L^{-1}(t) = H_L'(t)."""
    return s_of_q(q_of_t(t, L), L)


def H(t: Ball, L: int) -> Ball:
    """H_L(t) = s t - q^2/2: even, strictly convex, H_L(0) = 0."""
    q = q_of_t(t, L)
    return s_of_q(q, L) * t - q * q / 2
