"""Papazov, Pesme, Flammarion: logarithms of the parameters under momentum."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import t

p, q = sp.symbols("p q", positive=True)
u, v, g = sp.symbols("u v g", real=True)
mass = sp.Symbol("lambda", positive=True)


def derive() -> Derivation:
    """The derivation, for one entry of p^2 - q^2."""
    body = Body()
    body.append("With {g} for the gradient by the coefficient and the velocities {u} of {p} and {v} of {q},")
    motion = [
        body.assume("first-velocity", Rate(p, t), u, "the first parameter moves by"),
        body.assume("second-velocity", Rate(q, t), v, "the second by"),
        body.assume("first-pull", Rate(u, t), -(u + 2 * g * p) / mass, "and momentum says, for the first,"),
        body.assume("second-pull", Rate(v, t), -(v - 2 * g * q) / mass, "and for the second"),
    ]
    body.prove(
        "sum",
        Rate(u / p + v / q, t) * mass + u / p + v / q,
        -mass * ((u / p) ** 2 + (v / q) ** 2),
        "The rates of both logarithms obey, summed,",
        using=motion,
        constants=(mass, g),
    )
    return Derivation(
        claim="papazov/balance",
        title="Momentum on differences of squares",
        sources=("papazov",),
        symbols={"p": p, "q": q, "u": u, "v": v, "g": g, "mass": mass},
        statement=(
            "With the velocities {u} of {p} and {v} of {q}, at the mass {mass},",
            Shown("sum"),
        ),
        hypotheses=("The motion starts at rest, and both parameters stay positive.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "The left side is the rate of the logarithm of the product plus {mass} times the rate of that rate. "
                "Integrated from rest, {eq:sum} says what becomes of the product: it would be constant without mass."
            ),
        ),
    )
