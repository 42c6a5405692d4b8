"""R1: exponential convergence of regression where the last layer starts below the others, symbolic depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct, Rate
from litproof.derive.stated import assume
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, S, X, eta, g, i, j, l, m, product, r, t

lam, sigma = sp.symbols("lambda sigma_min", positive=True)
loss, initial = sp.Symbol("loss", positive=True), sp.Symbol("loss(0)", positive=True)
excess, power, surplus, more = sp.symbols("delta p b e", nonnegative=True)
b, norm = sp.Symbol("a", real=True), sp.Symbol("G", positive=True)
count = sp.Symbol("N", integer=True, positive=True)
rate_constant = sp.Symbol("c", positive=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    gap = assume(
        "gap",
        eta[l, j] ** 2 - eta[L, j] ** 2,
        lam,
        "At time zero every layer {l} but the last dominates the last one, in every component {j},",
        operator=">=",
    )
    flow = body.recall("flow", derivation("ykm/conserved-odeco"), "real-flow", "The reduced flow is")
    law = body.prove(
        "law",
        Rate(eta[l, j] ** 2 - eta[L, j] ** 2, t),
        sp.S.Zero,
        "The left side of {eq:gap} does not move, so that {eq:gap} holds for all times:",
        using=(flow,),
    )
    induction = body.bound(
        "induction",
        (lam**count + power) * (lam + excess + b**2),
        lam ** (count + 1),
        power * (lam + excess + b**2) + lam**count * (excess + b**2),
        "Every factor {squared} with {l} below {L} is a sum of {lambda}, of a non-negative {excess} and of "
        "the square of {last}, the coordinate of the last layer. If a product of {count} such factors "
        "exceeds the power of {lambda} by some non-negative {power}, one factor more keeps it not below the "
        "next power:",
    )
    floor = body.argue(
        "floor",
        LayerProduct(eta[i, j] ** 2, i, L, L),
        lam ** (L - 1),
        "Hence, by induction on the number of factors,",
        of=(gap, law, induction),
        how="induction on the number of layers",
        operator=">=",
    )
    work = body.prove(
        "work",
        g[j] * product(l) * Rate(eta[l, j], t),
        -((g[j] * product(l)) ** 2),
        "The derivative of the loss by {eta} is {slope}. Times the rate of {eta} it is",
        using=(flow,),
    )
    descent = body.argue(
        "descent",
        Rate(loss, t),
        -(lam ** (L - 1)) * sp.Sum(g[j] ** 2, (j, 1, m)),
        "The loss changes by the sum of these over layers and components. Of the layers only the last is "
        "kept, where {eq:floor} applies,",
        of=(work, floor),
        how="chain rule; terms of the other layers are not positive",
        operator="<=",
    )
    data = body.recall("data", derivation("ykm/conserved-odeco"), "data", "The data enter through")
    spectrum = body.argue(
        "spectrum",
        sp.Sum(g[j] ** 2, (j, 1, m)),
        2 * sigma**2 * loss,
        "The squared norm of the residual {r} is twice the loss. With {sigma} the least singular value of "
        "{transform},",
        of=(data,),
        how="definition of the least singular value",
        operator=">=",
    )
    constant = body.define("constant", rate_constant, 2 * lam ** (L - 1) * sigma**2, "With")
    speed = body.define(
        "speed", Rate(loss, t), -rate_constant * loss - surplus, "let {surplus} be given by", of=surplus
    )
    body.argue(
        "surplus-sign",
        surplus,
        sp.S.Zero,
        "By {eq:descent} and {eq:spectrum} it is not negative,",
        of=(descent, spectrum, constant, speed),
        how="one inequality inserted into the other",
        operator=">=",
    )
    groenwall = body.prove(
        "groenwall",
        Rate(loss * sp.exp(rate_constant * t), t),
        -surplus * sp.exp(rate_constant * t),
        "The loss, scaled up, does not increase (the lemma of Groenwall),",
        using=(speed,),
        constants=(rate_constant,),
    )
    body.argue(
        "decay",
        loss,
        initial * sp.exp(-2 * lam ** (L - 1) * sigma**2 * t),
        "and therefore",
        of=(groenwall, constant),
        how="integration in time",
        operator="<=",
    )
    gradient = body.restate(
        "gradient",
        Rate(loss, t),
        -(norm**2),
        "Finally, let {norm} be the norm of the gradient of the loss. It is the speed of the flow, and",
        of=(),
        how="chain rule along a gradient flow",
    )
    body.prove("root", Rate(sp.sqrt(loss), t), -(norm**2) / (2 * sp.sqrt(loss)), "so that", using=(gradient,))
    part = body.define(
        "part",
        norm,
        sp.sqrt(rate_constant * loss) + more,
        "By {eq:speed} the square of the norm is {square_form}, hence with a non-negative {more}",
        of=more,
    )
    body.bound(
        "path",
        norm**2 / (2 * sp.sqrt(loss)),
        sp.sqrt(rate_constant) / 2 * norm,
        more * (sp.sqrt(rate_constant * loss) + more) / (2 * sp.sqrt(loss)),
        "and the decrease of the root of the loss is at least a multiple of the speed:",
        using=(part,),
    )
    return Derivation(
        claim="ykm/regression-convergence",
        title="Global convergence of regression",
        sources=("ykm",),
        symbols={
            "L": L,
            "l": l,
            "j": j,
            "X": X,
            "S": S,
            "r": r,
            "lambda": lam,
            "excess": excess,
            "power": power,
            "last": b,
            "count": count,
            "squared": eta[l, j] ** 2,
            "eta": eta[l, j],
            "slope": g[j] * product(l),
            "transform": X * S.T,
            "sigma": sigma,
            "norm": norm,
            "square_form": rate_constant * loss + surplus,
            "surplus": surplus,
            "more": more,
            "initial": initial,
            "length": 2 * sp.sqrt(initial / rate_constant),
        },
        statement=(
            "Let a real orthogonally decomposable network of any depth {L} start with the last layer below "
            "the others: for every layer {l} but the last, every component {j} and some positive {lambda}, "
            "at time zero",
            Shown("gap"),
            "Then the squared loss goes to zero at least as fast as",
            Shown("decay"),
            "where {initial} is the loss at time zero and {sigma} the least singular value of {transform}, "
            "and the path of the parameters has finite length.",
        ),
        hypotheses=(
            "The data are underdetermined with {X} of full row rank; {S} has full column rank {cite:ykm}.",
            gap,
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Integrating {eq:path} along the flow bounds the length of the path by {length}; so the "
                "parameters converge, and by {eq:decay} their limit interpolates the data."
            ),
        ),
    )
