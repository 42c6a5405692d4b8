"""Azulay et al., Theorem 6.1 as printed: an entry that the data do not see shows what the sign of a changes."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.azulay.neuron.derivation import a, w
from litproof.theorems.shared.symbols import t

y = sp.Symbol("y", positive=True)
length = sp.Symbol("N", positive=True)
sign = sp.Symbol("epsilon", real=True)
modulus = sp.Symbol("M", positive=True)
E = sp.Symbol("E", real=True)


def derive() -> Derivation:
    """The derivation, for one data point along the first axis."""
    body = Body()
    loss = body.define(
        "loss",
        E,
        (a * w[0] - y) ** 2 / 2,
        "Take one data point, the first unit vector, with a positive target {y}. The loss of the neuron is",
    )
    flows = [
        body.restate(
            f"flow-{number}", Rate(x, t), value, lead, of=(loss,), how="minus the derivative of the loss"
        )
        for number, (x, value, lead) in enumerate(
            (
                (w[0], -a * (a * w[0] - y), "Gradient flow moves the weight that the data see by"),
                (w[1], sp.S.Zero, "leaves the other one where it is,"),
                (a, -w[0] * (a * w[0] - y), "and moves the outer weight by"),
            ),
            1,
        )
    ]
    body.prove("law", Rate(w[0] ** 2 - a**2, t), sp.S.Zero, "The difference of squares is kept,", using=flows)
    body.prove(
        "crossing",
        Rate(a, t) - w[0] * y,
        -a * w[0] ** 2,
        "so that a positive {w_1} that starts above the modulus of {a} stays positive; the motion of a negative {a} "
        "exceeds {pull} by a positive number,",
        using=flows,
    )
    outer = body.define(
        "outer",
        a,
        sign * modulus,
        "and {a}, negative at first, passes through zero on its way to the interpolator. Let {sign}, one or minus "
        "one, be its sign and {modulus} its modulus,",
        of=modulus,
    )
    body.prove(
        "gradient",
        length * (a * w[1]) / (modulus * length),
        sign * w[1],
        "As in {see:azulay/neuron} the gradient of the printed potential is the length {length} of the weights times "
        "the unit vector of the coefficients. Its second entry is",
        using=(outer,),
    )
    return Derivation(
        claim="azulay/neuron-as-printed",
        title="One linear neuron whose outer weight changes its sign",
        sources=("azulay",),
        symbols={
            "a": a,
            "w_1": w[0],
            "w_2": w[1],
            "y": y,
            "sign": sign,
            "length": length,
            "modulus": modulus,
            "pull": w[0] * y,
            "twice": 2 * w[1],
        },
        statement=(
            "Let one data point see the first of two weights {w_1}, {w_2} alone. With the sign {sign} and the modulus "
            "{modulus} of the outer weight {a}, the entry of the gradient of the printed potential that has to stand "
            "still is",
            Shown("gradient"),
        ),
        hypotheses=(
            "The outer weight {a} starts negative, {w_1} positive and above its modulus, {w_2} not at zero.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "The row space holds vectors whose second entry is zero. By {eq:flow-2} and {eq:gradient} that entry "
                "changes by {twice} where the sign {eq:outer} does: the gradient misses the row space by twice the "
                "term of the start. Where the sign is kept it does not change, and the theorem holds, see "
                "{see:azulay/neuron}."
            ),
        ),
    )
