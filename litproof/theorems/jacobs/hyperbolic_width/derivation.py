"""Weight decay on u^2 - v^2: the product of both parameters shrinks, their ratio is driven as before."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

u, v, h = sp.symbols("u v h", positive=True)
g = sp.Symbol("g", real=True)


def derive() -> Derivation:
    """The derivation."""
    return along_flow(
        "jacobs/hyperbolic-width",
        "Weight decay and the width of the entropy",
        ("woodworth",),
        loss=(u**2 - v**2) * g + h * (u**2 + v**2) / 2,
        parameters=(u, v),
        setting="With {g} for the gradient by the coefficient, to first order, and decay at the rate {h}, "
        "the loss is",
        facts=(
            ("ratio", Rate(sp.log(u) - sp.log(v), t), -4 * g, "The ratio moves as without decay,"),
            ("product", Rate(u * v, t), -2 * h * u * v, "and the product, conserved without it, falls,"),
        ),
        shown="product",
        statement="Decay at the rate {h} shrinks the product of {u} and {v} by",
        hypotheses=("Both parameters start positive.",),
        conclusion="After a time the product {eq:product} has fallen by an exponential, while the logarithm "
        "of the ratio "
        "{eq:ratio} lies in the row space as before: the coefficient is the hyperbolic sine of a "
        "multiplier, times twice "
        "the product that is left when decay ends.",
        symbols={"g": g, "h": h},
        constants=(g, h),
    )
