"""K1: directions of the layers that converge are singular vectors of the data tensor."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct, Rate
from litproof.theorems.shared.symbols import L, X, i, l, n, t

entry, slot = sp.IndexedBase("v", real=True), sp.IndexedBase("j", integer=True)
r = sp.MatrixSymbol("r", n, 1)
size, h = (sp.Symbol(name, positive=True) for name in ("a", "h"))
e, M, P, mu, sigma, tau, hat = sp.symbols("e M P mu sigma tau e_hat", real=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    flow = body.define(
        "flow",
        Rate(e, t),
        M,
        "The output is linear in the input, so the gradient of the loss is the network's own gradient at "
        "the input {moment}. Let {e} be an entry of layer {l} and {M} the same entry of minus the "
        "contraction of the data tensor at {moment} with all other layers. Then",
    )
    norm = body.define(
        "norm",
        Rate(size, t),
        P / size,
        "With {P} the contraction of all slots, which is the inner product of the layer with its velocity, "
        "the norm {size} of the layer moves by",
    )
    body.prove(
        "direction",
        Rate(e / size, t),
        (M - e / size * (P / size)) / size,
        "and its direction by the part of the velocity that is orthogonal to it,",
        using=(flow, norm),
    )
    multilinear = body.prove(
        "multilinear",
        LayerProduct(size * entry[i, slot[i]], i, L, l),
        size ** (L - 1) * LayerProduct(entry[i, slot[i]], i, L, l),
        "The contraction is a combination of monomials with one entry of every other layer. By the "
        "conserved norms all layers have the same size up to a bounded amount, and that size diverges; "
        "layers of the size {size} give",
    )
    factor = body.restate(
        "factor",
        M,
        h * size ** (L - 1) * mu,
        "Let {h} be the norm of {moment} and {mu} the entry of the contraction of the data tensor at minus "
        "the direction of {moment} with the directions of the other layers. Then, up to terms of smaller "
        "order,",
        of=(multilinear,),
        how="linear in every slot and in the input",
    )
    whole = body.restate(
        "whole",
        P,
        h * size**L * sigma,
        "and with the contraction {sigma} of all directions",
        of=(multilinear,),
        how="linear in every slot and in the input",
    )
    unit = body.define("unit", hat, e / size, "Write")
    turn = body.prove(
        "turn",
        (M - e / size * (P / size)) / size,
        h * size ** (L - 2) * (mu - hat * sigma),
        "The direction {eq:direction} turns by",
        using=(factor, whole, unit),
    )
    grow = body.prove(
        "grow",
        Rate(sp.log(size), t),
        h * size ** (L - 2) * sigma,
        "while the logarithm of the size grows by",
        using=(norm, whole),
    )
    own = body.define("own", Rate(t, tau), 1 / (h * size ** (L - 2)), "In the time {tau} with")
    slow = body.restate(
        "slow",
        Rate(hat, tau),
        mu - hat * sigma,
        "the direction moves by",
        of=(turn, own),
        how="quotient of the rates",
    )
    long = body.restate(
        "long",
        Rate(sp.log(size), tau),
        sigma,
        "and the logarithm of the size grows by a bounded amount,",
        of=(grow, own),
        how="quotient of the rates",
    )
    body.restate(
        "tuple",
        mu,
        hat * sigma,
        "so that infinite size takes infinite {tau}, and a direction that converges must come to rest:",
        of=(slow, long),
        how="a convergent solution on a half line has a velocity that tends to zero along a sequence of times",
    )
    return Derivation(
        claim="ykm/singular-vectors",
        title="Directions of the layers are singular vectors",
        sources=("ykm", "ji-telgarsky"),
        symbols={
            "L": L,
            "l": l,
            "e": e,
            "M": M,
            "P": P,
            "moment": X.T * r,
            "r": r,
            "size": size,
            "h": h,
            "mu": mu,
            "sigma": sigma,
            "tau": tau,
        },
        statement=(
            "Let the loss of a separable classification problem go to zero, and let the direction of "
            "{moment}, with the derivatives {r} of the loss by the outputs, converge. Then the directions "
            "of the layers of a linear tensor network of depth {L} tend to singular vectors of the data "
            "tensor at minus that direction: entry by entry, with one number {sigma} for all layers,",
            Shown("tuple"),
        ),
        hypotheses=("The exponential loss; every layer diverges in norm {cite:ykm}.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "That the directions converge at all follows from {eq:slow}: up to perturbations that decay "
                "it is the gradient flow of the contraction {sigma}, an analytic function on a product of "
                "spheres, whose bounded solutions converge by the inequality of Lojasiewicz "
                "{cite:ji-telgarsky}."
            ),
        ),
    )
