"""Gissin, Shalev-Shwartz, Daniely: when a mode of squares reaches a part of its strength, and which mode is first."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.derivations import derivation
from litproof.theorems.gissin.two_modes.derivation import w, y

b = sp.Symbol("b", positive=True)
y_1, y_2 = sp.symbols("y_1 y_2", positive=True)
q = sp.Symbol("q", positive=True)


def duration(part: sp.Expr, strength: sp.Expr, start: sp.Expr) -> sp.Expr:
    """The time from a start to a part of the strength."""
    odds = sp.log(part) - sp.log(1 - part)
    return (odds + sp.log(strength - start) - sp.log(start)) / (4 * strength)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    lead = duration(q, y_1, b) - duration(1 - q, y_2, b)
    body.recall(
        "clock",
        derivation("gissin/two-modes"),
        "clock",
        "By {see:gissin/two-modes} the coefficient of a mode of strength {y}, the square of {w}, keeps the time",
    )
    body.prove(
        "slope",
        b * sp.diff(lead, b),
        (y_1 - y_2) / (4 * (y_1 - b) * (y_2 - b)),
        "Its difference between a part of the strength and the start is four times the time between them. From a "
        "common start {b} the time to the part {q} of {y_1}, less that to the part {p} of {y_2}, is {lead}; as a "
        "function of the logarithm of {b} it has the slope",
    )
    return Derivation(
        claim="gissin/thresholds",
        title="Which mode of squares is first",
        sources=("gissin",),
        symbols={"w": w, "y": y, "b": b, "q": q, "p": 1 - q, "y_1": y_1, "y_2": y_2, "lead": lead},
        statement=(
            "Between a first mode of strength {y_1} and a second of strength {y_2}, which start at {b}, the difference "
            "{lead} of the times to the parts {q} and {p} has the slope, by the logarithm of {b},",
            Shown("slope"),
        ),
        hypotheses=("Both modes start above zero, below their parts; {y_1} is larger than {y_2}.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:slope} the difference of two such times increases with the start; it is negative for small "
                "ones, as it behaves like the logarithm of the start times a positive number. So its sign changes "
                "once, and below that start the first mode is first."
            ),
        ),
    )
