"""K3: separable classification with an odeco network: stationary points of the l_{2/L} problem."""

import sympy as sp

from litproof.flow.derivation import Argument, Derivation, Shown
from litproof.flow.derivations.symbols import L, eta, i, j, l, product, t
from litproof.flow.notation import LayerProduct, Rate
from litproof.flow.steps import bound, define, prove, restate

k = sp.Symbol("k", integer=True, positive=True)
last = sp.Symbol("q", integer=True, positive=True)
loss, c, size = (sp.Symbol(name, positive=True) for name in ("loss", "c", "a"))
x, z = sp.symbols("x z", real=True)
excess = sp.Symbol("delta", nonnegative=True)
u, rho, margin = (sp.IndexedBase(name, real=True) for name in ("u", "rho", "mu"))


def derive() -> Derivation:
    """The derivation."""
    flow = define(
        "flow",
        Rate(eta[l, j], t),
        loss * u[j] * product(l),
        "With the pull {u} of the data, weighted by the shares of the samples in the loss, the reduced flow "
        "is",
        for_all=(l, j),
    )
    law = prove(
        "law",
        Rate(eta[l, j] ** 2 - eta[last, j] ** 2, t),
        sp.S.Zero,
        "The squares of a component in two layers differ by a number that does not move,",
        using=(flow,),
    )
    scaled = restate(
        "scaled",
        eta[l, j],
        c * u[j] * product(l),
        "Divide all layers by the root of order {L} of the clock. The differences {eq:law} then vanish, and "
        "a limit of the scaled layers does not move in the clock: it is proportional to its own velocity,",
        of=(flow, law),
        how="the scaled flow at rest, with a positive constant",
    )
    square = prove(
        "square",
        eta[l, j] * (c * u[j] * product(l)),
        c * u[j] * LayerProduct(eta[i, j], i, L),
        "Multiplied by the layer itself, its right side is the same for all layers:",
    )
    modulus = define(
        "modulus",
        rho[j],
        size**L,
        "so that a component has one modulus {size} in all layers. Where it is not zero, and with the sign "
        "of {rho} absorbed into {u},",
    )
    balanced = prove(
        "balanced",
        size**2 / (c * size**L),
        size ** (2 - L) / c,
        "equation {eq:square} says that the pull is",
    )
    stationary = prove(
        "stationary",
        size ** (2 - L) / c,
        rho[j] ** (2 / L - 1) / c,
        "that is, in terms of the coefficient,",
        using=(modulus,),
    )
    gradient = prove(
        "gradient",
        Rate(size ** (2 / L), size),
        2 / L * size ** (2 / L - 1),
        "This is the derivative of the power of order {order} of a positive coefficient, up to a constant:",
        constants=(L,),
    )
    weight = prove(
        "weight",
        L * size**2,
        L * rho[j] ** (2 / L),
        "The squared norm of all layers together is the same power of the coefficients,",
        using=(modulus,),
    )
    arithmetic = bound(
        "arithmetic",
        x**2 + z**2,
        2 * x * z,
        (x - z) ** 2,
        "and for a given product no choice of the layers has a smaller one; for two layers",
    )
    feasible = define(
        "feasible",
        margin[k],
        1 + excess,
        "For two layers more is true. Let another vector of coefficients have the margins",
        for_all=(k,),
    )
    weighted = bound(
        "weighted",
        (1 + excess) * size,
        size,
        excess * size,
        "The pull of every coordinate is at most the common value, attained where the coefficient is not "
        "zero; the absolute coefficients are then not below the pulled ones, which are the weighted "
        "margins, and each of them, with its weight {size} not negative, obeys",
    )
    first = define(
        "first",
        Rate(z, t),
        loss * u[j] * x,
        "That no pull exceeds the common value is a consequence of the dynamics. With two layers, the "
        "coordinates of a component, call them {z} and {x}, obey",
    )
    second = define("second", Rate(x, t), loss * u[j] * z, "and")
    growth = prove(
        "growth",
        Rate(sp.log(z + x), t),
        loss * u[j],
        "so that their sum, which does not vanish because the squares differ, grows like",
        using=(first, second),
    )
    return Derivation(
        claim="ykm/classification-odeco",
        title="Separable classification with odeco networks",
        sources=("ykm", "gunasekar2018"),
        symbols={
            "L": L,
            "order": 2 / L,
            "u": u[j],
            "rho": rho[j],
            "size": size,
            "z": z,
            "x": x,
        },
        statement=(
            "Let a real orthogonally decomposable network of depth {L} be trained on separable data, let "
            "every component dominate its last layer at the start, and let the loss go to zero and the "
            "direction of the parameters converge. Then the direction of the coefficients is that of a "
            "stationary point of the quasi-norm of order {order} under the constraint that all margins are "
            "at least one: on its support",
            Shown("stationary"),
            "is the pull of the samples on the margin. For two layers it is a global minimiser.",
        ),
        hypotheses=(
            "The clock is minus the logarithm of the loss; samples whose margin exceeds the smallest one by "
            "a fixed share have no weight in the limit {cite:ykm}.",
        ),
        body=(
            flow,
            law,
            scaled,
            square,
            modulus,
            balanced,
            stationary,
            gradient,
            weight,
            arithmetic,
            Argument(
                "So the limit is a stationary point of the problem of least squared norm of the layers "
                "under the constraints on the margins, in the coordinates of the layers; where a component "
                "vanishes with depth above two, {eq:scaled} holds whatever the pull, and the component is "
                "stationary on its own."
            ),
            feasible,
            weighted,
            first,
            second,
            growth,
        ),
        conclusion=(
            Argument(
                "The clock advances with the growth {eq:growth} of the components that carry the "
                "coefficients; a component with a larger pull would outgrow them. With {eq:weighted} the "
                "weighted margins of any other feasible vector, and with them its absolute sum, are not "
                "below those of the limit, whose margins with a weight are exactly one: for two layers the "
                "limit is a global minimiser of the absolute sum. For more layers nothing beyond "
                "stationarity is claimed; two initialisations can reach two different stationary points."
            ),
        ),
    )
