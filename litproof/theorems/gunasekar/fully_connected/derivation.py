"""Gunasekar et al.: fully connected layers become of rank one, and cost what the l2 norm of their product costs."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, X
from litproof.theorems.ykm.fully_connected_max_margin.derivation import c, q
from litproof.theorems.ykm.fully_connected_small_init.derivation import W, u

a, b, size, norm = sp.symbols("a b s b_L", positive=True)


def derive() -> Derivation:
    """The derivation."""
    body, origin = Body(), derivation("ykm/fully-connected-max-margin")
    scaled = body.recall(
        "scaled",
        origin,
        "scaled",
        "As in {see:ykm/fully-connected-max-margin}, with inputs times labels in the rows of {X}, shares {q} of "
        "points of the smallest margin and the product {u} of the layers behind the first one, {W}, a limit of the "
        "direction of the parameters has, with a positive {c},",
    )
    body.prove_matrix(
        "rank",
        W.T * W,
        c**2 * u * q.T * X * X.T * q * u.T,
        "so that the first layer has rank one, and its rows are multiples of {u}:",
        using=(scaled,),
    )
    body.recall("combination", origin, "combination", "The coefficients are a combination of the points,")
    body.bound(
        "cost",
        a**2 + b**2,
        2 * a * b,
        (a - b) ** 2,
        "The norm of a product is at most the product of the norms. Two layers of norms {a} and {b} have",
    )
    product = body.define(
        "product",
        norm,
        size**L,
        "with equality for equal norms. Where all {L} layers have norm {size}, their product has",
    )
    body.prove(
        "power",
        L * size**2,
        L * norm ** (2 / L),
        "and the sum of their squares is a power of it,",
        using=(product,),
    )
    return Derivation(
        claim="gunasekar/fully-connected",
        title="Directions of fully connected networks",
        sources=("gunasekar2018", "ykm"),
        symbols={
            "L": L,
            "X": X,
            "W": W,
            "u": u,
            "q": q,
            "c": c,
            "a": a,
            "b": b,
            "size": size,
        },
        statement=(
            "In a limit of the direction of the parameters the coefficients of a fully connected network, its first "
            "layer {W} times the product {u} of the others, are with a positive {c} a combination of points of the "
            "smallest margin, inputs times labels in the rows of {X},",
            Shown("combination"),
            "with shares {q} that are not negative: the direction is that of the shortest vector with all margins at "
            "least one.",
        ),
        hypotheses=("The data are separable and the loss falls below one.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:cost}, and the inequality of the means for more layers, {eq:power} is the least: least norm of "
                "the parameters means least norm of the coefficients. That a combination with such shares is the "
                "shortest feasible vector, and the only one, is shown in {see:ykm/fully-connected-max-margin}."
            ),
        ),
        kernel=("K2_fully_connected", "max_margin_l2"),
    )
