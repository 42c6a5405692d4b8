"""Pesme, Flammarion: multipliers of u^2 - v^2 in units of the logarithm of the scale."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

u, v, a = sp.symbols("m n a", positive=True)
g = sp.Symbol("g", real=True)


def derive() -> Derivation:
    """The derivation, for one entry and the part of the loss that moves it."""
    return along_flow(
        "pesme/saddles",
        "From saddle to saddle",
        ("pesme",),
        loss=g * (u**2 - v**2),
        parameters=(u, v),
        setting="Let {g} be the derivative of the loss by the coefficient, as it is at one time. The parameters "
        "move as those of",
        facts=(
            ("product", Rate(u * v, t), sp.S.Zero, "Their product is kept,"),
            (
                "multiplier",
                Rate(sp.log(u) - sp.log(v), t),
                -4 * g,
                "and the logarithm of their quotient moves by",
            ),
            (
                "sizes",
                (u**2 - v**2) ** 2,
                (u**2 + v**2) ** 2 - 4 * (u * v) ** 2,
                "while the coefficient is, up to its sign, determined by both,",
            ),
        ),
        shown="multiplier",
        statement="The logarithm of the quotient of {m} and {n} moves at a rate that does not depend on the start,",
        hypotheses=("Both parameters of every entry start at the same positive number {a}.",),
        conclusion="By {eq:product} and {eq:multiplier} the larger square is the square of {a} times the "
        "exponential of the logarithm's modulus. In units of twice the logarithm of the inverse of {a}, "
        "and half of that as the unit of time, the logarithm is a multiplier that moves by minus {g}; "
        "as {a} tends to zero the coefficient vanishes where its modulus is below one and is free where "
        "it is one. Between arrivals of multipliers the free coefficients come to rest in a time that "
        "does not grow, at the least squares solution with these signs: a jump in the new time.",
        symbols={"g": g, "a": a},
    )
