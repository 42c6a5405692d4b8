"""C2: equal changes of the squared norms of all layers of any linear tensor network, at every depth."""

import sympy as sp

from litproof.derive.derivation import Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import LayerProduct, Rate
from litproof.flow.polynomials import dot, parameter_ring
from litproof.networks.convolutional import Convolutional
from litproof.theorems.shared.symbols import L, i, k, l, t

entry, slot = sp.IndexedBase("v", real=True), sp.IndexedBase("j", integer=True)
norm = sp.IndexedBase("N", real=True)
F = sp.Symbol("F", real=True)
rows = sp.Symbol("k_l", integer=True, positive=True)
v, G = sp.MatrixSymbol("v_l", rows, 1), sp.MatrixSymbol("G_l", rows, 1)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    factor = entry[l, slot[l]]
    others = LayerProduct(entry[i, slot[i]], i, L, l)
    body.prove(
        "slope",
        Rate(factor * others, factor),
        others,
        "The output is a linear combination of monomials, each with one entry {factor} of every layer, and "
        "its coefficients do not depend on the layers. The only entry of layer {l} in a monomial is "
        "{factor}, with the slope",
        constants=(others,),
    )
    euler = body.prove(
        "euler",
        factor * others,
        LayerProduct(entry[i, slot[i]], i, L),
        "so that multiplying the gradient by the layer gives the monomial back, for whichever layer:",
    )
    gradient = body.assume(
        "gradient", MatrixRate(v, t), -G, "Let {G} be the gradient of the loss with respect to {v}, so that"
    )
    rate = body.prove_matrix(
        "rate",
        sp.Trace(MatrixRate(v.T * v, t)),
        -2 * sp.Trace(v.T * G),
        "The squared norm of a layer changes by",
        using=(gradient,),
        algebra=Algebra(constants=frozenset({G})),
    )
    same = body.argue(
        "same",
        sp.Trace(v.T * G),
        F,
        "By the chain rule {G} is a linear combination of gradients of outputs, weighted by the derivatives "
        "of the loss; with {eq:euler} the inner product with the layer is the same combination of outputs, "
        "call it {F}, for every layer",
        of=(euler,),
        how="linear combination over monomials and samples",
    )
    norm_rate = body.restate(
        "norm-rate",
        Rate(norm[l], t),
        -2 * F,
        "With {norm} for the squared norm of layer {l},",
        of=(rate, same),
        how="for every layer",
        for_all=(l,),
    )
    body.prove(
        "law",
        Rate(norm[l] - norm[k], t),
        sp.S.Zero,
        "The right side does not depend on the layer, hence",
        using=(norm_rate,),
    )
    network = Convolutional((2, 3))
    ring = parameter_ring(network)
    first, second = (dot(layer, layer, ring.zero) for layer in ring.layers)
    body.prove_law(
        "instance",
        network,
        ("norms", first - second),
        t,
        "As an instance, for the circular convolution with filters of two and three entries,",
    )
    return Derivation(
        claim="ykm/conserved-norms",
        title="Conserved norms of linear tensor networks",
        sources=("ykm", "du-hu-lee"),
        symbols={
            "L": L,
            "l": l,
            "k": k,
            "factor": factor,
            "v": v,
            "G": G,
            "F": F,
            "norm": norm[l],
        },
        statement=(
            "Along the gradient flow of any linear tensor network of any depth {L}, for every data set and "
            "differentiable loss, and for any two layers {l} and {k} with squared norms {norm},",
            Shown("law"),
        ),
        hypotheses=(
            "The output is linear in every layer separately: a data tensor contracted with all layers "
            "{cite:ykm}.",
        ),
        body=tuple(body),
        conclusion=("The depth is a symbol throughout, and so are the sizes of the layers.",),
    )
