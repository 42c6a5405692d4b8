"""R5: the limit from any real initialisation, for symbolic depth; closed forms for two and three layers."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import LayerProduct, LayerSum, Rate
from litproof.derive.steps import Step, assume, define, prove, restate
from litproof.theorems.shared.symbols import L, S, X, g_vector, i, k, l, n, nu, r, rho_vector, t, y

eta, epsilon = sp.IndexedBase("eta", real=True), sp.IndexedBase("epsilon", real=True)
c = sp.IndexedBase("c", positive=True)
g, z, u = sp.symbols("g z u", real=True)
pivot = sp.Symbol("p", integer=True, positive=True)
sign = sp.Symbol("epsilon", real=True)
sigma, mu, rho = sp.symbols("sigma mu rho", real=True)
product = LayerProduct(sp.sqrt(z**2 + c[i]), i, L, pivot)
spread = LayerSum(1 / (z**2 + c[i]), i, L, pivot)
a, b, tau = sp.symbols("a b tau", positive=True)


def closed_forms() -> tuple[Step, ...]:
    """Two layers: hyperbolic functions. Three layers: Carlson's elliptic integral."""
    path = z / sp.sqrt(1 + tau)
    return (
        prove(
            "two",
            Rate(sp.asinh(z / sp.sqrt(a)), z) ** 2,
            1 / (z**2 + a),
            "Two layers with the gap {a}: the integral is an inverse hyperbolic sine, by its square and "
            "because both slopes are positive,",
            constants=(a,),
        ),
        prove(
            "two-output",
            sp.sqrt(a) * sp.sinh(u) * (sp.sqrt(a) * sp.cosh(u)),
            a * sp.sinh(2 * u) / 2,
            "and with {z} a hyperbolic sine of {u} times the root of {a}, the output is",
        ),
        prove(
            "three",
            Rate(path, tau) ** 2 / ((path**2 + a) * (path**2 + b)),
            z**2 / (4 * a * b) / ((tau + 1) * (tau + 1 + z**2 / a) * (tau + 1 + z**2 / b)),
            "Three layers with the gaps {a} and {b}: substitute {path} for the variable of integration. The "
            "square of the integrand becomes",
            constants=(z, a, b),
        ),
    )


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    start = assume(
        "start", c[l], sp.S.Zero, "All gaps are positive, {l} different from {pivot},", operator=">"
    )
    data = define("data", g_vector, S * X.T * r, "With the residual {r}, put")
    flow = body.define(
        "flow",
        Rate(eta[l], t),
        -g * LayerProduct(eta[i], i, L, l),
        "For one component, whose index is left out, with {g} the corresponding entry, the reduced flow is",
        for_all=(l,),
    )
    body.prove(
        "law",
        Rate(eta[l] ** 2 - eta[pivot] ** 2, t),
        sp.S.Zero,
        "The gaps {cl} between squares are conserved,",
        using=(flow,),
    )
    at_pivot = body.define("at-pivot", eta[pivot], z, "Write {z} for the coordinate of the pivot layer,")
    others = body.define(
        "others",
        eta[l],
        epsilon[l] * sp.sqrt(z**2 + c[l]),
        "so that the other layers, which cannot change sign, are",
        for_all=(l,),
    )
    pivot_flow = body.prove(
        "pivot-flow",
        -g * LayerProduct(eta[i], i, L, pivot),
        -g * LayerProduct(epsilon[i], i, L, pivot) * product,
        "The flow of the pivot has the right side",
        using=(at_pivot, others),
    )
    raw = body.restate(
        "raw-motion",
        Rate(z, t),
        -g * LayerProduct(epsilon[i], i, L, pivot) * product,
        "that is,",
        of=(flow, at_pivot, pivot_flow),
        how="the flow of the pivot layer",
    )
    motion = restate(
        "motion",
        Rate(z, t),
        -g * sign * product,
        "With {sign} for the product of the signs,",
        of=(raw,),
        how="the product of signs is called by one letter",
    )
    body.prove(
        "consistent",
        Rate(epsilon[l] * sp.sqrt(z**2 + c[l]), t),
        -g * z * LayerProduct(epsilon[i] * sp.sqrt(z**2 + c[i]), i, L, l, pivot),
        "the flow of every other layer is met as well:",
        using=(raw,),
        constants=(c, epsilon),
        signs=(epsilon[l],),
    )
    body.append(motion)
    time = body.define(
        "time", Rate(sigma, z), 1 / product, "Let {sigma} be the integral from the start of the flow,"
    )
    chain = body.restate(
        "chain", Rate(sigma, t), Rate(z, t) / product, "Along the flow", of=(time,), how="by the chain rule"
    )
    linear = body.prove(
        "linear",
        Rate(sign * sigma, t),
        -g,
        "the flow becomes linear in the data:",
        using=(chain, motion),
        constants=(sign,),
        signs=(sign,),
    )
    dual = body.define("dual", MatrixRate(nu, t), -r, "With {nu} collecting the residual from zero,")
    collected = body.prove_matrix(
        "collected",
        MatrixRate(S * X.T * nu, t),
        -(S * X.T * r),
        "the same rates belong to the entries of",
        using=(dual,),
        algebra=Algebra(constants=frozenset({S, X})),
    )
    body.restate(
        "mirror",
        sign * sigma,
        mu,
        "Both start from zero, so for all times, with {mu} the entry of {collected_value},",
        of=(linear, collected),
        how="equal rates and equal starts",
    )
    body.define("output", rho, sign * z * product, "The output of the component is")
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
    body.extend(closed_forms())
    body.append(
        "The root of {eq:three} is the integrand {carlson_integrand} of the symmetric elliptic integral "
        "of the first kind {cite:carlson} up to a constant, and the integral from zero to {z} is "
        "{carlson_form}."
    )
    return Derivation(
        claim="ykm/regression-general-init",
        title="The limit from arbitrary initialisations",
        sources=("ykm", "carlson"),
        symbols={
            "L": L,
            "l": l,
            "k": k,
            "pivot": pivot,
            "g": g,
            "z": z,
            "cl": c[l],
            "sign": sign,
            "sigma": sigma,
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
            "u": u,
            "collected_value": S * X.T * nu,
            "path": z / sp.sqrt(1 + tau),
            "rho_vector": rho_vector,
            "gap": eta[l] ** 2 - eta[pivot] ** 2,
            "carlson_form": z / sp.sqrt(a * b) * sp.Function("R_F")(1, 1 + z**2 / a, 1 + z**2 / b),
            "carlson_integrand": 1 / (2 * sp.sqrt((tau + 1) * (tau + 1 + z**2 / a) * (tau + 1 + z**2 / b))),
        },
        statement=(
            "Let each component of a real orthogonally decomposable network of any depth {L} start with a "
            "strictly smallest square in one layer, the pivot {pivot} (which may differ between "
            "components), with the gaps {cl} between the squares of the other layers and that of the pivot. "
            "Then the regression flow converges, and its limit minimises a strictly convex separable "
            "function of {rho_vector} among the interpolators: at all times",
            Shown("mirror"),
            "where {sigma} is the strictly increasing function of the pivot coordinate {z} with",
            Shown("time"),
            "Equivalently {nu} follows the gradient flow of a strictly convex function of as many variables "
            "as there are data,",
            Shown("dual-flow"),
        ),
        hypotheses=(
            "The inputs {X} have full row rank and {S} has full column rank {cite:ykm}.",
            start,
            data,
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "The gaps are positive and conserved, so the convergence theorem applies with the pivot in "
                "the place of the last layer: the residual is integrable and {nu} converges. At the limit "
                "the data are met and the gradient of the separable function is {collected_value}, a "
                "combination of the normals of the constraint; by convexity the limit is the minimiser. In "
                "{eq:dual-flow} the output is an increasing function of each entry of {collected_value}, so "
                "the right side is minus the gradient of a convex function of {nu}, strictly convex since "
                "the rows of {X} are independent."
            ),
        ),
    )
