"""Gissin, Shalev-Shwartz, Daniely: when a mode of cubes reaches a part of its strength, and which mode is first."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

w, a = sp.symbols("w a", positive=True)
a_1, a_2 = sp.symbols("a_1 a_2", positive=True)
ROOT = sp.sqrt(3)


def clock(weight: sp.Expr, root: sp.Expr) -> sp.Expr:
    """Time up to a constant, at a weight below the third root of the strength."""
    square = sp.log(weight**2 + root * weight + root**2) / (6 * root)
    angle = sp.atan((2 * weight + root) / (ROOT * root)) / (ROOT * root)
    return (-1 / weight - sp.log(root - weight) / (3 * root) + square - angle) / (3 * root**3)


def derive() -> Derivation:
    """The derivation."""
    lead = clock(w, a_2) - clock(w, a_1)
    return along_flow(
        "gissin/thresholds-deep",
        "Which mode of cubes is first",
        ("gissin",),
        loss=(w**3 - a**3) ** 2 / 2,
        parameters=(w,),
        setting="With whitened inputs a mode of strength {strength} has a loss of its own,",
        facts=(
            ("mode", Rate(w**3, t), 9 * w**4 * (a**3 - w**3), "The coefficient moves by"),
            (
                "clock",
                Rate(clock(w, a), t),
                sp.Integer(1),
                "and, for {w} below {a}, this quantity is time up to a constant,",
            ),
            (
                "slope",
                sp.diff(lead, w),
                (a_1**3 - a_2**3) / (3 * w**2 * (a_1**3 - w**3) * (a_2**3 - w**3)),
                "From a common start {w} the time to a weight below {a_1}, less that of the other mode to one below "
                "{a_2}, is up to a constant the quantity of {eq:clock} with {a_2} for {a}, less that with {a_1}; its "
                "slope is",
            ),
        ),
        shown="slope",
        statement="Between a first mode of strength {strength_1} and a second of strength {strength_2}, which start at "
        "{w}, the difference of the times to their parts has the slope",
        hypotheses=("Both modes start above zero, below their parts; {a_1} is larger than {a_2}.",),
        conclusion="The difference of {eq:clock} between a part of the strength and the start is the time between "
        "them. By {eq:slope} the difference of two such times increases with the start, and it is negative for "
        "small ones. So its sign changes once, and below that start the first mode is first.",
        symbols={
            "a": a,
            "a_1": a_1,
            "a_2": a_2,
            "strength": a**3,
            "strength_1": a_1**3,
            "strength_2": a_2**3,
        },
        constants=(a,),
    )
