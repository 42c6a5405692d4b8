"""An unbalanced scalar mode of two layers: its equation, and the time that it takes."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

a, b = sp.symbols("a b", real=True)
y, lam = sp.symbols("y lambda", positive=True)
u = sp.Symbol("u", real=True)
ARGUMENT = (4 * y * u + lam**2) / (2 * lam * (y - u))
SPEED = sp.sqrt(lam**2 + 4 * y**2)


def derive() -> Derivation:
    """The derivation, for a positive difference of squares."""
    return along_flow(
        "saxe/unbalanced",
        "Unbalanced modes",
        ("saxe",),
        loss=(a * b - y) ** 2 / 2,
        parameters=(a, b),
        setting="A scalar mode of strength {y} has the loss",
        facts=(
            ("law", Rate(a**2 - b**2, t), sp.S.Zero, "The difference {lam} of the squares is kept,"),
            ("mode", Rate(a * b, t), (a**2 + b**2) * (y - a * b), "the coefficient moves by"),
            (
                "sum",
                (a**2 + b**2) ** 2,
                (a**2 - b**2) ** 2 + 4 * (a * b) ** 2,
                "and the sum of squares follows from both,",
            ),
            (
                "slope",
                sp.diff(ARGUMENT, u) ** 2 * (lam**2 + 4 * u**2) * (y - u) ** 2,
                (lam**2 + 4 * y**2) * (1 + ARGUMENT**2),
                "For the argument {argument} of the inverse hyperbolic sine, as a function of the coefficient {u},",
            ),
        ),
        shown="slope",
        statement="The inverse hyperbolic sine of {argument} grows at the constant rate {speed}, as",
        hypotheses=(
            "The coefficient starts below {y}, and {lam} is positive; else exchange both parameters.",
        ),
        conclusion="By {eq:mode} and {eq:sum} the coefficient moves by the distance to {y} times the root of the sum "
        "of the squares of {lam} and of twice itself. The rate of the inverse hyperbolic sine is the rate of its "
        "argument over the root of one plus its square: by {eq:slope} its square is the square of {speed}, and it is "
        "positive.",
        symbols={"y": y, "lam": lam, "u": u, "argument": ARGUMENT, "speed": SPEED},
        constants=(y, lam),
    )
