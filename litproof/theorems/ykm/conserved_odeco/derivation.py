"""C1: equal changes of the squared moduli of all layers of an odeco network, at every depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import LayerProduct, Rate
from litproof.derive.stated import assume, define
from litproof.theorems.shared.symbols import L, S, X, d, g_vector, i, j, k, l, m, n, r, t

eta, g = sp.IndexedBase("eta"), sp.IndexedBase("g")
rows = sp.Symbol("k_l", integer=True, positive=True)
U, U_bar = sp.MatrixSymbol("U_l", rows, m), sp.MatrixSymbol("U_bar_l", rows, m)
v, reduced = sp.MatrixSymbol("v_l", rows, 1), sp.MatrixSymbol("eta_l", m, 1)
p, p_bar = sp.MatrixSymbol("p_l", m, 1), sp.MatrixSymbol("p_bar_l", m, 1)
conjugate = sp.conjugate


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    full = LayerProduct(eta[i, j], i, L)
    others = LayerProduct(eta[i, j], i, L, l)
    isometry = assume("isometry", U_bar.T * U, sp.Identity(m), "The columns of {U} are orthonormal,")
    data = define("data", g_vector, S * X.T * r, "The data enter through")
    body.prove(
        "split",
        full,
        eta[l, j] * others,
        "Each component is a product over the layers, of which layer {l} is one factor,",
    )
    slope = body.prove(
        "slope",
        Rate(g[j] * eta[l, j] * others, eta[l, j]),
        g[j] * others,
        "so that its slope in this factor is",
        constants=(g, others),
    )
    moved = body.restate(
        "layer",
        MatrixRate(v, t),
        -U_bar * p_bar,
        "Let {p} be the vector with these slopes as entries, and bars stand for complex conjugates. By the "
        "chain rule the gradient of the loss with respect to the layer is {gradient}; it is real, hence "
        "equal to its conjugate, and the layer moves by",
        of=(slope,),
        how="gradient flow and chain rule",
    )
    coordinates = body.define("coordinates", reduced, U.T * v, "The reduced coordinates of the layer are")
    projected = body.prove_matrix(
        "projected",
        MatrixRate(reduced, t),
        -p_bar,
        "Since the columns of {U} are orthonormal, they move by",
        using=(coordinates, moved, isometry),
        algebra=Algebra(identities=((U.T * U_bar, sp.Identity(m)),), constants=frozenset({U, U_bar, p_bar})),
    )
    flow = body.read_entry(
        "flow",
        projected,
        {reduced: eta[l, j], p_bar: conjugate(g[j] * others)},
        "Component by component, this is the reduced flow",
        for_all=(l, j),
    )
    body.prove(
        "momentum",
        conjugate(eta[l, j]) * Rate(eta[l, j], t),
        -conjugate(g[j] * full),
        "Multiply by the conjugate of the coordinate. The product over the other layers is completed to the "
        "product over all layers, and the layer {l} disappears from the right side:",
        using=(flow,),
    )
    body.prove(
        "equal-momenta",
        conjugate(eta[l, j]) * Rate(eta[l, j], t),
        conjugate(eta[k, j]) * Rate(eta[k, j], t),
        "In particular any two layers have the same product; its imaginary part is the angular momentum of "
        "the coordinate,",
        using=(flow,),
    )
    body.prove(
        "modulus",
        Rate(eta[l, j] * conjugate(eta[l, j]) - eta[k, j] * conjugate(eta[k, j]), t),
        sp.S.Zero,
        "and twice its real part is the change of the squared modulus:",
        using=(flow,),
    )
    real, real_g = sp.IndexedBase("eta", real=True), sp.IndexedBase("g", real=True)
    real_flow = body.read_entry(
        "real-flow",
        projected,
        {reduced: real[l, j], p_bar: real_g[j] * LayerProduct(real[i, j], i, L, l)},
        "When {S} and all {U} are real, conjugation changes nothing, and the reduced flow is",
        for_all=(l, j),
    )
    body.prove(
        "squares",
        Rate(real[l, j] ** 2 - real[k, j] ** 2, t),
        sp.S.Zero,
        "and the law is one about squares:",
        using=(real_flow,),
    )
    return Derivation(
        claim="ykm/conserved-odeco",
        title="Conservation laws of decomposable networks",
        sources=("ykm", "du-hu-lee", "marcotte"),
        symbols={
            "L": L,
            "l": l,
            "k": k,
            "j": j,
            "S": S,
            "U": U,
            "p": p,
            "gradient": U * p,
            "eta": eta[l, j],
            "r": r,
            "X": X,
            "d": d,
            "n": n,
            "transpose": U.T,
            "g": g_vector,
            "component": g[j] * full,
        },
        statement=(
            "Along the gradient flow of an orthogonally decomposable network of any depth {L}, for every "
            "data set and every differentiable loss, every component {j} and any two layers {l} and {k},",
            Shown("modulus"),
            Shown("equal-momenta"),
            "For real networks the first law reads",
            Shown("squares"),
        ),
        hypotheses=(
            "The network has a real data tensor with an orthogonal decomposition given by {S} and {U}, one "
            "matrix for each layer {cite:ykm}: the output at an input is the sum over {j} of an entry of {S} "
            "times the input, multiplied by the product over the layers of the coordinates {eta}, the "
            "entries of {transpose} times the layer.",
            isometry,
            data,
            "where {r} holds the derivatives of the loss with respect to the outputs of the network. With "
            "{r} held fixed, the loss therefore has the gradient of the sum over {j} of {component}.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "The depth is a symbol throughout: a product over all layers but one is treated as the "
                "quotient of the full product by the factor left out. An identity between such quotients "
                "holds wherever no factor vanishes; at each given depth it is one between polynomials, so it "
                "holds everywhere.",
            ),
        ),
    )
