"""Weight decay in two layers: sums and differences of the layers are what they are without it, shrunk."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

u, v = sp.symbols("eta_1 eta_2", positive=True)
h = sp.Symbol("h", positive=True)
g = sp.Symbol("g", real=True)


def derive() -> Derivation:
    """The derivation, for one component."""
    return along_flow(
        "jacobs/weight-decay",
        "Weight decay shrinks the start",
        ("ykm",),
        loss=u * v * g + h * (u**2 + v**2) / 2,
        parameters=(u, v),
        setting="With the slope {g} of the loss by a component and decay at the rate {h} the loss is to first order",
        facts=(
            (
                "plus",
                Rate((u + v) * sp.exp(h * t), t),
                -g * (u + v) * sp.exp(h * t),
                "The sum of both layers, freed of its decay, moves as without decay,",
            ),
            (
                "minus",
                Rate((u - v) * sp.exp(h * t), t),
                g * (u - v) * sp.exp(h * t),
                "and so does the difference,",
            ),
            (
                "gap",
                Rate((u**2 - v**2) * sp.exp(2 * h * t), t),
                sp.S.Zero,
                "The difference of squares, conserved without decay, falls:",
            ),
        ),
        shown="gap",
        statement="While weights decay at the rate {h}, for the layers {eta_1} and {eta_2} of a component",
        hypotheses=("Two layers with a real orthogonal decomposition; decay ends after some time.",),
        conclusion="When decay ends the sum and the difference of the layers are those of a flow without decay from "
        "the start shrunk by one exponential, the integral of the slope being the same: by {eq:plus} and {eq:minus} "
        "this integral still lies in the row space. From then on it is gradient flow, and "
        "{see:ykm/regression-general-init} finds the limit from the gap {eq:gap} and that integral alone; any loss "
        "will do by {see:lemma/dual-flow}.",
        symbols={"g": g, "h": h},
        constants=(g, h),
    )
