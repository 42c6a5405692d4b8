"""K1: directions of the layers that converge are singular vectors of the data tensor."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import LayerProduct, Rate
from litproof.theorems.shared.symbols import L, X, i, l, n, t

rows = sp.Symbol("k_l", integer=True, positive=True)
layer, contraction = sp.MatrixSymbol("v_l", rows, 1), sp.MatrixSymbol("p_l", rows, 1)
squares = sp.Symbol("N", positive=True)
delta, epsilon = sp.symbols("delta epsilon", real=True)
entry, slot = sp.IndexedBase("v", real=True), sp.IndexedBase("j", integer=True)
r = sp.MatrixSymbol("r", n, 1)
size, h = (sp.Symbol(name, positive=True) for name in ("a", "h"))
e, M, P, mu, sigma, tau, hat = sp.symbols("e M P mu sigma tau e_hat", real=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    flow = body.restate(
        "flow",
        MatrixRate(layer, t),
        contraction,
        "The output is linear in the input, so the gradient of the loss is the network's own gradient at the "
        "input {moment}. Let {contraction} be minus the contraction of the data tensor at {moment} with all "
        "layers but {l}. Gradient flow moves layer {l} by",
        of=(),
        how="gradient flow and chain rule",
    )
    square = body.prove_matrix(
        "square",
        sp.Trace(MatrixRate(layer.T * layer, t)),
        2 * sp.Trace(layer.T * contraction),
        "and its squared norm by",
        using=(flow,),
        algebra=Algebra(constants=frozenset({contraction})),
    )
    squared = body.restate(
        "square-rate",
        Rate(squares, t),
        2 * P,
        "With {squares} for the square and {P} for the inner product, which is minus the contraction of all "
        "slots,",
        of=(square,),
        how="the traces called by letters",
    )
    root = body.define("size", size, sp.sqrt(squares), "the norm")
    norm = body.prove("norm", Rate(size, t), P / size, "moves by", using=(root, squared))
    moved = body.read_entry("entry", flow, {layer: e, contraction: M}, "One entry {e} of the layer moves by")
    body.prove(
        "direction",
        Rate(e / size, t),
        (M - e / size * (P / size)) / size,
        "so that the direction moves by the part of the velocity that is orthogonal to it,",
        using=(moved, norm),
    )
    body.prove(
        "multilinear",
        LayerProduct(size * entry[i, slot[i]], i, L, l),
        size ** (L - 1) * LayerProduct(entry[i, slot[i]], i, L, l),
        "The contraction is a combination of monomials with one entry of every other layer: layers "
        "multiplied by {size_letter} give",
    )
    factor = body.define(
        "factor",
        M,
        h * size ** (L - 1) * (mu + delta),
        "Let {h} be the norm of {moment}, and {mu} an entry of the contraction of the data tensor, at minus "
        "the direction of {moment}, with the directions of the other layers. Let {delta} be given by",
        of=delta,
    )
    whole = body.define(
        "whole",
        P,
        h * size**L * (sigma + epsilon),
        "and, with the contraction {sigma} of all directions, {epsilon} by",
        of=epsilon,
    )
    body.append(
        Argument(
            "By the conserved norms, {see:ykm/conserved-norms}, the squared norms of the layers differ by "
            "fixed amounts, and they diverge: divided by {size_letter}, the norms of all layers tend to one. "
            "By {eq:multilinear}, {delta} and {epsilon} tend to zero."
        )
    )
    unit = body.define("unit", hat, e / size, "Write")
    turn = body.prove(
        "turn",
        Rate(hat, t),
        h * size ** (L - 2) * (mu + delta - hat * (sigma + epsilon)),
        "The direction turns by",
        using=(unit, moved, norm, factor, whole),
    )
    grow = body.prove(
        "grow",
        Rate(sp.log(size), t),
        h * size ** (L - 2) * (sigma + epsilon),
        "while the logarithm of the size grows by",
        using=(norm, whole),
    )
    own = body.define("own", Rate(tau, t), h * size ** (L - 2), "In the time {tau} with")
    slow = body.change_clock(
        "slow", turn, own, mu + delta - hat * (sigma + epsilon), "the direction moves by"
    )
    long = body.change_clock(
        "long", grow, own, sigma + epsilon, "and the logarithm of the size by a bounded amount,"
    )
    body.argue(
        "tuple",
        mu,
        hat * sigma,
        "so that infinite size takes infinite {tau}, and directions that converge must come to rest: in the "
        "limit",
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
            "e_hat": hat,
            "contraction": contraction,
            "squares": squares,
            "size_letter": size,
            "delta": delta,
            "epsilon": epsilon,
            "P": P,
            "moment": X.T * r,
            "r": r,
            "h": h,
            "mu": mu,
            "sigma": sigma,
            "tau": tau,
        },
        statement=(
            "Let the loss of a separable classification problem go to zero, and let the direction of "
            "{moment}, with the derivatives {r} of the loss by the outputs, converge. Then the directions of "
            "the layers of a linear tensor network of depth {L}, where they converge, tend to singular "
            "vectors of the data tensor at minus that direction. That is, each entry {e_hat} of the "
            "direction of a layer and the entry {mu} of the contraction of the tensor with the directions of "
            "the other layers tend to limits with",
            Shown("tuple"),
            "where {sigma}, the contraction with all directions, is one number for all layers.",
        ),
        hypotheses=("The exponential loss; every layer diverges in norm {cite:ykm}.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "That the directions converge at all is shown in {cite:ykm} and not here; what is shown here "
                "is where they then go."
            ),
        ),
    )
