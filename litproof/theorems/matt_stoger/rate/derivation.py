"""Matt, Stoger: one data point, two layers: the power of the scale with which an entry vanishes."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import alpha, t

x, top, a = (sp.Symbol(name, positive=True) for name in ("x", "x_max", "a"))
u, v, r, s = sp.symbols("u v r s", real=True)
M = sp.Symbol("M", positive=True)


def derive() -> Derivation:
    """The derivation, for an entry with the input x beside the entry with the largest input."""
    body = Body()
    moved = body.define(
        "multiplier",
        Rate(s, t),
        -r,
        "Let {s} start at zero and collect the residual {r} of the only data point,",
    )
    values = [
        body.ansatz(
            "first",
            u,
            alpha * a * sp.cosh(x * s),
            "An entry with the input {x}, from {a} times {alpha} and zero, is claimed to be",
        ),
        body.ansatz("second", v, alpha * a * sp.sinh(x * s), "in the first layer, and in the second"),
    ]
    for name, left, right, lead in (
        ("flow-first", u, v, "These start where the flow does, and solve it,"),
        ("flow-second", v, u, "and"),
    ):
        body.prove(name, Rate(left, t), -r * x * right, lead, using=(*values, moved), constants=(alpha, a, x))
    body.prove(
        "coefficient", u * v, alpha**2 * a**2 * sp.sinh(2 * x * s) / 2, "The coefficient is", using=values
    )
    body.prove(
        "leading",
        alpha**2 * a**2 * sp.sinh(2 * x * s) / 2 / sp.exp(2 * x * s),
        alpha**2 * a**2 / 4 * (1 - sp.exp(-4 * x * s)),
        "Over the exponential of {twice}, for large {s}, it is a constant up to a term that vanishes,",
    )
    largest = body.define(
        "largest",
        M,
        alpha**2 * sp.exp(2 * top * s),
        "The entry with the largest input {top} ends at the least absolute sum, which is not zero. By {eq:leading}, "
        "up to a factor that converges, it is",
    )
    body.prove(
        "power",
        alpha**2 * a**2 / 4 * sp.exp(2 * x * s),
        a**2 / 4 * M ** (x / top) * alpha ** (2 - 2 * x / top),
        "In terms of {M} the leading part of any other entry is",
        using=(largest,),
    )
    return Derivation(
        claim="matt-stoger/rate",
        title="Entries off the support",
        sources=("matt-stoger",),
        symbols={"alpha": alpha, "x": x, "top": top, "a": a, "s": s, "r": r, "M": M, "twice": 2 * x * s},
        statement=(
            "One data point, two layers, the first from {a} times {alpha}, the second from zero. With {s} the integral "
            "of minus the residual, {top} the largest input and a factor {M} that tends to a positive limit, an entry "
            "with the input {x} has the leading part",
            Shown("power"),
        ),
        hypotheses=(
            "Inputs are positive here: signs of inputs are signs of coefficients; the largest is the only one.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "As {alpha} tends to zero {s} grows without bound, since the output in {eq:coefficient} has to reach "
                "the target: the term with the largest input outgrows all others, and takes the whole target. By "
                "{eq:power} what is left in another entry is a power of {alpha} whose exponent is twice one less the "
                "quotient of both inputs, the correlation with the support."
            ),
        ),
    )
