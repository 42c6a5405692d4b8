"""K3: separable classification with an odeco network: stationary points of the l_{2/L} problem."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct, Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, eta, i, j, l, product, t

k = sp.Symbol("k", integer=True, positive=True)
last = sp.Symbol("q", integer=True, positive=True)
c, size, x = (sp.Symbol(name, positive=True) for name in ("c", "a", "x"))
excess = sp.Symbol("delta", nonnegative=True)
u, rho, margin = (sp.IndexedBase(name, real=True) for name in ("u", "rho", "mu"))


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    flow = body.recall(
        "flow",
        derivation("ykm/classification-clock"),
        "flow",
        "With the pull {u} of the data, the sum of the samples' signed inputs weighted with their shares in "
        "the loss, the reduced flow is",
    )
    law = body.prove(
        "law",
        Rate(eta[l, j] ** 2 - eta[last, j] ** 2, t),
        sp.S.Zero,
        "The squares of a component in two layers differ by a number that does not move,",
        using=(flow,),
    )
    body.argue(
        "scaled",
        eta[l, j],
        c * u[j] * product(l),
        "By {see:lemma/limit-directions} every limit point of the direction of the parameters is a positive "
        "multiple of the gradient of the margins, weighted with shares of samples of the smallest margin. "
        "With {u} now for the pull with these shares and a positive {c}, a limit point has",
        of=(flow, law),
        how="limit points are stationary",
    )
    body.prove(
        "square",
        eta[l, j] * (c * u[j] * product(l)),
        c * u[j] * LayerProduct(eta[i, j], i, L),
        "Multiplied by the layer itself, its right side is the same for all layers:",
    )
    modulus = body.restate(
        "modulus",
        rho[j],
        size**L,
        "so that a component has one modulus {size} in all layers. Where it is not zero, and with the sign "
        "of {rho} absorbed into {u},",
        of=(),
        how="the product of layers of equal modulus",
        for_all=(j,),
    )
    body.prove(
        "balanced",
        size**2 / (c * size**L),
        size ** (2 - L) / c,
        "equation {eq:square} says that the pull is",
    )
    body.prove(
        "stationary",
        size ** (2 - L) / c,
        rho[j] ** (2 / L - 1) / c,
        "that is, in terms of the coefficient,",
        using=(modulus,),
    )
    body.prove(
        "gradient",
        Rate(x ** (2 / L), x),
        2 / L * x ** (2 / L - 1),
        "This is, up to a constant, the derivative of the power of order {order} of a positive coefficient "
        "{x}:",
        constants=(L,),
    )
    body.prove(
        "weight",
        L * size**2,
        L * rho[j] ** (2 / L),
        "The squared norm of all layers together is the same power of the coefficients,",
        using=(modulus,),
    )
    body.append(
        Argument(
            "and for a given product no choice of the layers has a smaller one, by the inequality of the "
            "means. So the limit is a stationary point of the problem of least squared norm of the layers "
            "under the constraints on the margins, in the coordinates of the layers; where a component "
            "vanishes with depth above two, {eq:scaled} holds whatever the pull, and the component is "
            "stationary on its own."
        )
    )
    body.define(
        "feasible",
        margin[k],
        1 + excess,
        "For two layers more is true. Let another vector of coefficients have margins of at least one, with "
        "the excess",
        of=excess,
    )
    body.bound(
        "weighted",
        (1 + excess) * size,
        size,
        excess * size,
        "The pull of every coordinate is at most the common value, attained where the coefficient is not "
        "zero; the absolute coefficients are then not below the pulled ones, which are the weighted "
        "margins, and each of them, with its weight {size} not negative, obeys",
    )
    return Derivation(
        claim="ykm/classification-odeco",
        title="Separable classification with odeco networks",
        sources=("ykm", "gunasekar2018", "lyu-li"),
        symbols={
            "L": L,
            "order": 2 / L,
            "u": u[j],
            "rho": rho[j],
            "size": size,
            "x": x,
            "c": c,
        },
        statement=(
            "Let a real orthogonally decomposable network of depth {L} be trained on separable data, and let "
            "the loss fall below one at some time. Then every limit of the direction of the coefficients "
            "{rho} is that of a stationary point of the quasi-norm of order {order} under the constraint "
            "that all margins are at least one: on its support, with a positive {c}, {size} the common "
            "modulus of the layers and the signs of coefficients absorbed into the pull, the samples of "
            "smallest margin pull by",
            Shown("stationary"),
            "For two layers the limit exists and is a global minimiser over the signs that the start allows.",
        ),
        hypotheses=(
            "The clock is minus the logarithm of the loss; samples whose margin exceeds the smallest one by "
            "a fixed share have no weight in the limit {cite:ykm}.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "With {eq:weighted} the weighted margins of any other feasible vector, and with them its "
                "absolute sum, are not below those of the limit, whose margins with a weight are exactly "
                "one: for two layers the limit is a global minimiser of the absolute sum, provided that no "
                "pull exceeds the common value. That this is so, and that the coefficients converge in "
                "direction from every start, is shown in {see:lemma/two-layer-limit} without any assumption "
                "on convergence. For more layers nothing beyond stationarity holds in general: two "
                "initialisations can reach two different stationary points. Which one a given flow reaches "
                "is decided by {see:lemma/trapping-region} once it is seen near a vertex."
            ),
        ),
    )
