"""Papazov, Pesme, Flammarion: the logarithm of the ratio of both parameters under momentum."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.papazov.balance.derivation import g, mass, p, q, u, v
from litproof.theorems.shared.symbols import X, t

start_p, start_q = sp.symbols("p_0 q_0", positive=True)
s, shift = sp.symbols("s I", real=True)
ratio = sp.log(p) - sp.log(start_p) - sp.log(q) + sp.log(start_q)
collected = ratio + mass * (u / p - v / q) + mass * shift


def derive() -> Derivation:
    """The derivation, for one entry of p^2 - q^2."""
    body, origin = Body(), derivation("papazov/balance")
    words = (
        (
            "first-velocity",
            "As in {see:papazov/balance}, {g} is the gradient by the coefficient, the velocity of {p} is",
        ),
        ("second-velocity", "that of {q} is"),
        ("first-pull", "and momentum says for the first"),
        ("second-pull", "and for the second"),
    )
    motion = [body.recall(name, origin, name, sentence) for name, sentence in words]
    body.prove(
        "slope",
        Rate(ratio, t),
        u / p - v / q,
        "The logarithm of the ratio, zero at the start, moves by",
        using=motion,
        constants=(start_p, start_q),
    )
    body.prove(
        "difference",
        mass * Rate(u / p - v / q, t) + (u / p - v / q),
        -4 * g - mass * ((u / p) ** 2 - (v / q) ** 2),
        "and this rate obeys",
        using=motion,
        constants=(mass, g),
    )
    square = body.define(
        "square",
        Rate(shift, t),
        (u / p) ** 2 - (v / q) ** 2,
        "Let {shift} start at zero and collect the difference of squares,",
    )
    pull = body.define(
        "multiplier", Rate(s, t), -4 * g, "and let {s} start at zero and collect the gradient,"
    )
    moved = body.prove(
        "moved",
        Rate(collected, t),
        -4 * g,
        "With the velocity and the shift, both times {mass}, added to the logarithm, all squares cancel:",
        using=(*motion, square),
        constants=(mass, g, start_p, start_q),
    )
    body.integrate(
        "whole",
        collected,
        s,
        "Started at rest, both sides begin at zero, so that at every time",
        rates=(moved, pull),
        start={p: start_p, q: start_q, u: sp.S.Zero, v: sp.S.Zero, shift: sp.S.Zero, s: sp.S.Zero},
    )
    return Derivation(
        claim="papazov/momentum",
        title="Momentum on differences of squares: the row space",
        sources=("papazov",),
        symbols={
            "p": p,
            "q": q,
            "u": u,
            "v": v,
            "g": g,
            "mass": mass,
            "s": s,
            "shift": shift,
            "X": X,
            "p_0": start_p,
            "q_0": start_q,
        },
        statement=(
            "Let {p} and {q}, from {p_0} and {q_0}, move with momentum of the mass {mass} from rest, with the "
            "velocities {u} and {v}. At every time, with {shift} the integral of the difference of the squares of "
            "the relative velocities and {s} in the row space of {X},",
            Shown("whole"),
        ),
        hypotheses=("The motion starts at rest, and both parameters stay positive.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:multiplier} the entries of {s} are those of the integral of the gradient, a combination of "
                "the rows of {X}. Where the motion comes to rest the velocities in {eq:whole} vanish and the shift "
                "stays: it is what distinguishes the limit from that of gradient flow, which is the case of mass "
                "zero."
            ),
        ),
    )
