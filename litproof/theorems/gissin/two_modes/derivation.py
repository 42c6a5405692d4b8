"""Gissin, Shalev-Shwartz, Daniely: the clock that all modes of squares share."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

w = sp.Symbol("w", positive=True)
y = sp.Symbol("y", positive=True)


def derive() -> Derivation:
    """The derivation."""
    clock = (sp.log(w**2) - sp.log(y - w**2)) / y
    return along_flow(
        "gissin/two-modes",
        "The clock of squares",
        ("gissin",),
        loss=(w**2 - y) ** 2 / 2,
        parameters=(w,),
        setting="With whitened inputs a mode of strength {y} has a loss of its own,",
        facts=(
            ("mode", Rate(w**2, t), 4 * w**2 * (y - w**2), "The coefficient moves by"),
            (
                "clock",
                Rate(clock, t),
                sp.Integer(4),
                "and, below {y}, this quantity at a rate that all modes share,",
            ),
        ),
        shown="clock",
        statement="Every mode, with the parameter {w} and the strength {y}, keeps the same time,",
        hypotheses=(
            "The mode starts above zero and below {y}; above {y} the second logarithm changes its argument.",
        ),
        conclusion="By {eq:clock} the increase since the start is the same for all modes. A first mode at nine tenths "
        "and a second one at one tenth of their strengths then ask of the common start to be as small as an "
        "exponential of the inverse of the gap between the strengths.",
        symbols={"y": y},
        constants=(y,),
    )
