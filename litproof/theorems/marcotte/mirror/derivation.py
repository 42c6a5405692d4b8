"""Marcotte, Gribonval, Peyre: entropic mirror flow of a product of matrices, one column of each."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import t

u = sp.symbols("u_1 u_2", positive=True)
v = sp.symbols("v_1 v_2", positive=True)
g = sp.Matrix(2, 2, sp.symbols("g_11 g_12 g_21 g_22", real=True))
E = sp.Symbol("E", real=True)


def derive() -> Derivation:
    """The derivation, for columns of two entries; others are alike."""
    body = Body()
    loss = sum(u[i] * g[i, j] * v[j] for i in range(2) for j in range(2))
    energy = body.define(
        "loss",
        E,
        loss,
        "For one column {u_1}, {u_2} and {v_1}, {v_2} of each factor the loss to first order is",
    )
    flows = [
        body.restate(
            f"flow-{number}",
            Rate(entry, t),
            -entry * sp.diff(loss, entry),
            "The mirror flow of the entropy moves every entry at the rate of its logarithm,"
            if number == 1
            else "and",
            of=(energy,),
            how="the logarithm falls along the derivative of the loss",
        )
        for number, entry in enumerate((*u, *v), 1)
    ]
    body.prove(
        "law",
        Rate(u[0] + u[1] - v[0] - v[1], t),
        sp.S.Zero,
        "The difference of both sums rests,",
        using=flows,
        constants=tuple(g),
    )
    return Derivation(
        claim="marcotte/mirror",
        title="Entropic mirror flow of matrix factors",
        sources=("marcotte2024",),
        symbols={"u_1": u[0], "u_2": u[1], "v_1": v[0], "v_2": v[1]},
        statement=("For every column {u_1}, {u_2} and {v_1}, {v_2} of both factors", Shown("law")),
        hypotheses=("All entries are positive.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "Both sums lose, by {eq:flow-1} and the equations after it, the value of the loss to first "
                "order in this column."
            ),
        ),
    )
