"""R5: the limit from any real initialisation, for symbolic depth; closed forms for two and three layers."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import MatrixRate
from litproof.derive.notation import LayerProduct, LayerSum, Rate
from litproof.derive.stated import assume, define
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import (
    L,
    S,
    X,
    eta as two_eta,
    i,
    j,
    k,
    l,
    m,
    n,
    nu,
    r,
    rho_vector,
    t,
    y,
)

eta, epsilon = sp.IndexedBase("eta", real=True), sp.IndexedBase("epsilon", real=True)
c = sp.IndexedBase("c", positive=True)
z, x = sp.symbols("z x", real=True)
g, mu, rho = (sp.IndexedBase(name, real=True)[j] for name in ("g", "mu", "rho"))
pivot = sp.Symbol("p", integer=True, positive=True)
sign = sp.Symbol("varepsilon", real=True)
mu_vector = sp.MatrixSymbol("mu", m, 1)
sigma = sp.Symbol("sigma", real=True)
product = LayerProduct(sp.sqrt(z**2 + c[i]), i, L, pivot)
spread = LayerSum(1 / (z**2 + c[i]), i, L, pivot)
a, b, tau = sp.symbols("a b tau", positive=True)


def _closed_forms(body: Body) -> None:
    """Two layers: hyperbolic functions. Three layers: Carlson's elliptic integral."""
    path = z / sp.sqrt(1 + tau)
    body.prove(
        "two",
        Rate(sp.asinh(z / sp.sqrt(a)), z) ** 2,
        1 / (z**2 + a),
        "Two layers with the gap {a}: the integral is an inverse hyperbolic sine, by its square and "
        "because both slopes are positive,",
        constants=(a,),
    )
    body.prove(
        "three",
        Rate(path, tau) ** 2 / ((path**2 + a) * (path**2 + b)),
        z**2 / (4 * a * b) / ((tau + 1) * (tau + 1 + z**2 / a) * (tau + 1 + z**2 / b)),
        "Three layers with the gaps {a} and {b}: substitute {path} for the variable of integration, with "
        "{tau} from zero to infinity. The square of the integrand becomes",
        constants=(z, a, b),
    )
    body.cite(
        "carlson",
        sp.Integral(1 / (sp.sqrt(x**2 + a) * sp.sqrt(x**2 + b)), (x, 0, z)),
        z / sp.sqrt(a * b) * sp.Function("R_F")(1, 1 + z**2 / a, 1 + z**2 / b),
        "The root of {eq:three} is, up to a constant factor, the integrand {carlson_integrand} of the "
        "symmetric elliptic integral of the first kind, and",
        source="carlson",
        where="definition of the integral of the first kind",
    )


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    gap = define("gap", c[l], eta[l] ** 2 - eta[pivot] ** 2, "The gaps are", for_all=(l,))
    start = assume(
        "start",
        c[l],
        sp.S.Zero,
        "All of them are positive at the start, {l} different from {pivot},",
        operator=">",
    )
    flow = body.recall(
        "flow",
        derivation("ykm/conserved-odeco"),
        "real-flow",
        "The slopes {g} of the loss are those of {see:ykm/conserved-odeco}. For one component {j}, whose "
        "index is left out in what belongs to single layers, the reduced flow is",
        renamed={two_eta[layer, j]: eta[layer] for layer in (i, l)},
        for_all=(l,),
    )
    law = body.prove(
        "law",
        Rate(eta[l] ** 2 - eta[pivot] ** 2, t),
        sp.S.Zero,
        "The gaps are conserved,",
        using=(flow,),
    )
    at_pivot = body.define(
        "at-pivot", eta[pivot], z, "Write {z} for the coordinate of the pivot layer,", of=z
    )
    others = body.restate(
        "others",
        eta[l],
        epsilon[l] * sp.sqrt(z**2 + c[l]),
        "so that the other layers, which cannot change sign, are, with signs {sign_l} that are one or minus "
        "one,",
        of=(gap, start, law, at_pivot),
        how="a root of the positive number that is its square",
        for_all=(l,),
    )
    pivot_flow = body.prove(
        "pivot-flow",
        -g * LayerProduct(eta[i], i, L, pivot),
        -g * LayerProduct(epsilon[i], i, L, pivot) * product,
        "The flow of the pivot has the right side",
        using=(others,),
    )
    raw = body.restate(
        "raw-motion",
        Rate(z, t),
        -g * LayerProduct(epsilon[i], i, L, pivot) * product,
        "that is,",
        of=(flow, at_pivot, pivot_flow),
        how="the flow of the pivot layer",
    )
    body.prove(
        "consistent",
        Rate(epsilon[l] * sp.sqrt(z**2 + c[l]), t),
        -g * z * LayerProduct(epsilon[i] * sp.sqrt(z**2 + c[i]), i, L, l, pivot),
        "and the flow of every other layer is met as well:",
        using=(raw,),
        constants=(c, epsilon),
        signs=(epsilon[l],),
    )
    name = body.define(
        "sign", sign, LayerProduct(epsilon[i], i, L, pivot), "With one letter for the product of the signs,"
    )
    motion = body.prove("motion", Rate(z, t), -g * sign * product, "the pivot moves by", using=(raw, name))
    time = body.define(
        "time", Rate(sigma, z), 1 / product, "Let {sigma} be the integral from the start of the flow,"
    )
    chain = body.chain("chain", time, t, "Along the flow")
    linear = body.prove(
        "linear",
        Rate(sign * sigma, t),
        -g,
        "and the flow becomes linear in the data:",
        using=(chain, motion),
        constants=(sign,),
        signs=(sign,),
    )
    limit = derivation("ykm/regression-limit")
    dual = body.recall(
        "dual", limit, "dual", "As in {see:ykm/regression-limit}, {nu} collects the residual from zero,"
    )
    body.recall("gathered", limit, "collected", "and")
    entry = body.recall("entry", limit, "component-speed", "moves, entry by entry, by")
    body.integrate(
        "mirror",
        sign * sigma,
        mu,
        "Both start from zero, so for all times",
        rates=(linear, entry),
        start={sigma: sp.S.Zero, mu: sp.S.Zero},
    )
    output = body.define("output", rho, sign * z * product, "Finally, write")
    body.prove(
        "whole",
        LayerProduct(eta[i], i, L),
        rho,
        "This is the product over all layers, the output of the component:",
        using=(at_pivot, others, name, output),
    )
    body.prove(
        "rising",
        Rate(z * product, z),
        product * (1 + z**2 * spread),
        "It is monotone in {z},",
        constants=(c, L),
    )
    body.bound(
        "convex",
        Rate(sign * sigma, z) / Rate(sign * z * product, z),
        sp.S.Zero,
        1 / (product**2 * (1 + z**2 * spread)),
        "and so {mu} is an increasing function of {rho}, the slope of a strictly convex function:",
        strict=True,
        using=(time,),
        constants=(c, L, sign),
        signs=(sign,),
    )
    body.restate(
        "dual-flow",
        MatrixRate(nu, t),
        y - X * S.T * rho_vector,
        "Read for {nu} alone, {eq:dual} is the dual flow",
        of=(dual,),
        how="the residual written out",
    )
    _closed_forms(body)
    return Derivation(
        claim="ykm/regression-general-init",
        title="The limit from arbitrary initialisations",
        sources=("ykm", "carlson"),
        symbols={
            "L": L,
            "l": l,
            "k": k,
            "pivot": pivot,
            "j": j,
            "g": g,
            "z": z,
            "cl": c[l],
            "sign_l": epsilon[l],
            "tau": tau,
            "sigma": sigma,
            "signs": sign,
            "nu": nu,
            "mu": mu,
            "rho": rho,
            "r": r,
            "S": S,
            "X": X,
            "y": y,
            "n": n,
            "a": a,
            "b": b,
            "collected_value": S * X.T * nu,
            "path": z / sp.sqrt(1 + tau),
            "rho_vector": rho_vector,
            "carlson_integrand": 1 / (2 * sp.sqrt((tau + 1) * (tau + 1 + z**2 / a) * (tau + 1 + z**2 / b))),
        },
        statement=(
            "Let each component of a real orthogonally decomposable network of any depth {L} start with a "
            "strictly smallest square in one layer, the pivot {pivot} (which may differ between components), "
            "with the gaps {cl} between the squares of the other layers and that of the pivot. Then the "
            "regression flow converges, and its limit minimises a strictly convex separable function of "
            "{rho_vector} among the interpolators. With {nu} minus the integral of the residual, {mu} entry "
            "{j} of {collected_value} and {signs} the product of the signs of the layers of component {j} "
            "other than the pivot, at all times",
            Shown("mirror"),
            "where {sigma} is the function of the pivot coordinate {z} that vanishes at the start and has "
            "the slope",
            Shown("time"),
            "Equivalently {nu} follows the gradient flow of a strictly convex function of as many variables "
            "as there are data,",
            Shown("dual-flow"),
        ),
        hypotheses=(
            "The inputs {X} have full row rank and {S} has full column rank {cite:ykm}.",
            gap,
            start,
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "The gaps are positive and conserved, so the proof of {see:ykm/regression-convergence} "
                "applies with the pivot of each component in the place of the last layer: the residual is "
                "integrable and {nu} converges. At the limit the data are met and the gradient of the "
                "separable function is {collected_value}, a combination of the normals of the constraint; by "
                "convexity the limit is the minimiser. In {eq:dual-flow} the output is an increasing "
                "function of each entry of {collected_value}, so the right side is minus the gradient of a "
                "convex function of {nu}, strictly convex since the rows of {X} are independent."
            ),
        ),
    )
