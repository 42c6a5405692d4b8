"""Moroshko et al.: what is selected where width and margin grow together."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.entrywise import s
from litproof.theorems.shared.symbols import X
from litproof.theorems.woodworth.squares import derivation as squares

gamma, mu, alpha, c, b = sp.symbols("gamma mu alpha c b", positive=True)
beta = sp.Symbol("beta", real=True)


def derive() -> Derivation:
    """The derivation, for an entry that starts at u = v = alpha c."""
    body, origin = Body(), derivation("woodworth/squares")
    curves = [
        body.recall(
            f"curve-{number}",
            origin,
            f"curve-{number}",
            "At every time of classification as well, with {s} in the row space of {X},"
            if number == 1
            else "and",
        )
        for number in (1, 2)
    ]
    start = body.assume("start", squares.a, alpha * c, "Let it start at")
    width = body.assume("width", gamma, alpha**2 / mu, "and let the least margin be")
    ratio = body.define("ratio", b, (squares.u**2 - squares.v**2) / gamma, "The coefficient over the margin,")
    body.prove(
        "scaled",
        b,
        2 * mu * c**2 * sp.sinh(s),
        "is at this time",
        using=(ratio, *curves, start, width),
        constants=(mu, alpha, c),
    )
    return Derivation(
        claim="moroshko/intermediate",
        title="Between the two regimes of classification",
        sources=("moroshko",),
        symbols={
            "s": s,
            "a": squares.a,
            "X": X,
            "gamma": gamma,
            "mu": mu,
            "alpha": alpha,
            "b": b,
            "c": c,
            "u": squares.u,
            "v": squares.v,
        },
        statement=(
            "From {u} and {v} equal to {alpha} times {c}, at the time at which the least margin {gamma} is the "
            "square of {alpha} over {mu}, the coefficient {b} over that margin is, with {s} in the row space of "
            "{X},",
            Shown("scaled"),
        ),
        hypotheses=("The loss is the exponential one.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:scaled} the coefficients over the margin minimise, at this very time, the hyperbolic "
                "entropy at twice {mu} times the square of {c}, among all vectors with their margins, and the "
                "multipliers have the signs of the labels. They stay bounded as {alpha} grows, and so do the time "
                "integrals of the derivatives of the loss that they are. A point whose margin exceeds {gamma} by "
                "more and more has a derivative that is smaller by the exponential of the excess, so that its "
                "multiplier tends to zero; any other margin is {gamma} up to a bounded number, which over {gamma} "
                "is an error of that order."
            ),
        ),
    )
