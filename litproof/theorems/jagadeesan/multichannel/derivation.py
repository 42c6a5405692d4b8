"""Jagadeesan et al.: channels of full-width circular convolutions are components in Fourier space."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import t

u, v = sp.symbols("u_1 u_2", real=True), sp.symbols("v_1 v_2", real=True)
g = sp.symbols("g_1 g_2", real=True)
E, p, q = sp.symbols("E p q", real=True)


def derive() -> Derivation:
    """The derivation, for one channel with filters of two entries: coefficients add up over channels."""
    body = Body()
    straight, crossed = u[0] * v[0] + u[1] * v[1], u[0] * v[1] + u[1] * v[0]
    body.prove(
        "sum",
        straight + crossed,
        (u[0] + u[1]) * (v[0] + v[1]),
        "A channel contributes {straight} to the first coefficient and {crossed} to the second. In sums",
    )
    body.prove("difference", straight - crossed, (u[0] - u[1]) * (v[0] - v[1]), "and in differences")
    loss = body.define(
        "loss",
        E,
        g[0] * straight + g[1] * crossed,
        "With {g_1} and {g_2} for the gradient the loss is to first order",
    )
    flow = [
        body.restate(
            f"flow-{number}",
            Rate(x, t),
            -sp.diff(loss.relation.rhs, x),
            "The flow of the first filter is" if number == 1 else "and",
            of=(loss,),
            how="minus the derivative of the loss",
        )
        for number, x in enumerate(u, 1)
    ]
    for name, sign, lead in (("plus", 1, "so that its sum moves by"), ("minus", -1, "and its difference by")):
        body.prove(
            name,
            Rate(u[0] + sign * u[1], t),
            -(g[0] + sign * g[1]) * (v[0] + sign * v[1]),
            lead,
            using=flow,
            constants=(*g, *v),
        )
    body.bound(
        "cost",
        p**2 + q**2,
        2 * p * q,
        (p - q) ** 2,
        "For a given product the layers {p} and {q} of a component have the least sum of squares where they are equal,",
    )
    return Derivation(
        claim="jagadeesan/multichannel",
        title="Several channels",
        sources=("jagadeesan", "ykm"),
        symbols={
            "straight": straight,
            "crossed": crossed,
            "g_1": g[0],
            "g_2": g[1],
            "p": p,
            "q": q,
            "u_1": u[0],
            "u_2": u[1],
            "v_1": v[0],
            "v_2": v[1],
        },
        statement=(
            "For a channel with the filters {u_1}, {u_2} and {v_1}, {v_2} the sum of its coefficients is a component, "
            "the product of one number of each layer,",
            Shown("sum"),
            "and so is their difference,",
            Shown("difference"),
        ),
        hypotheses=("Circular convolutions as wide as the input, which has two entries; one input channel.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:plus} and {eq:minus} sums and differences of filters move as the layers of a diagonal network, "
                "each channel on its own: the network is a real orthogonal decomposition with two components for "
                "every channel, and {see:ykm/classification-odeco} says that the direction has the least absolute "
                "sum of components. Components of different channels see the same input. So the least absolute sum for "
                "given coefficients is attained with one channel, and is the sum of the moduli of the sum and the "
                "difference of the coefficients: by {eq:cost} more channels cost neither less nor more."
            ),
        ),
    )
