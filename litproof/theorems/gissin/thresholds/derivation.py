"""Gissin, Shalev-Shwartz, Daniely: when a mode of squares reaches a part of its strength, and which mode is first."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

w, y, b = sp.symbols("w y b", positive=True)
y_1, y_2 = sp.symbols("y_1 y_2", positive=True)
q = sp.Symbol("q", positive=True)


def time(part: sp.Expr, strength: sp.Expr, start: sp.Expr) -> sp.Expr:
    """The time from a start to a part of the strength."""
    odds = sp.log(part) - sp.log(1 - part)
    return (odds + sp.log(strength - start) - sp.log(start)) / (4 * strength)


def derive() -> Derivation:
    """The derivation."""
    clock = (sp.log(w**2) - sp.log(y - w**2)) / (4 * y)
    lead = time(q, y_1, b) - time(1 - q, y_2, b)
    return along_flow(
        "gissin/thresholds",
        "Which mode of squares is first",
        ("gissin",),
        loss=(w**2 - y) ** 2 / 2,
        parameters=(w,),
        setting="With whitened inputs a mode of strength {y} has a loss of its own,",
        facts=(
            ("mode", Rate(w**2, t), 4 * w**2 * (y - w**2), "The coefficient moves by"),
            (
                "clock",
                Rate(clock, t),
                sp.Integer(1),
                "and, below {y}, this quantity is time up to a constant,",
            ),
            (
                "slope",
                b * sp.diff(lead, b),
                (y_1 - y_2) / (4 * (y_1 - b) * (y_2 - b)),
                "From a common start {b} the time to the part {q} of {y_1}, less that to the part {p} of {y_2}, is "
                "{lead}; as a function of the logarithm of {b} it has the slope",
            ),
        ),
        shown="slope",
        statement="Between a first mode of strength {y_1} and a second of strength {y_2}, which start at {b}, the "
        "difference {lead} of the times to the parts {q} and {p} has the slope, by the logarithm of {b},",
        hypotheses=("Both modes start above zero, below their parts; {y_1} is larger than {y_2}.",),
        conclusion="The difference of {eq:clock} between a part of the strength and the start is the time between "
        "them. By {eq:slope} the difference of two such times increases with the start; it is negative "
        "for small ones, as it behaves like the logarithm of the start times a positive number. So its sign changes "
        "once, and below that start the first mode is first.",
        symbols={"y": y, "b": b, "q": q, "p": 1 - q, "y_1": y_1, "y_2": y_2, "lead": lead},
        constants=(y,),
    )
