"""K3: separable classification with an odeco network: stationary points of the l_{2/L} problem."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct, Rate
from litproof.derive.steps import Step, bound, define, prove
from litproof.theorems.shared.symbols import L, eta, i, j, l, product, t

k = sp.Symbol("k", integer=True, positive=True)
last = sp.Symbol("q", integer=True, positive=True)
loss, c, size = (sp.Symbol(name, positive=True) for name in ("loss", "c", "a"))
x, z = sp.symbols("x z", real=True)
excess = sp.Symbol("delta", nonnegative=True)
T = sp.Symbol("T", real=True)
kappa, total, level, mass = (sp.Symbol(name, positive=True) for name in ("kappa", "Psi", "h", "N"))
a, b = sp.symbols("a b", nonnegative=True)
u, rho, margin = (sp.IndexedBase(name, real=True) for name in ("u", "rho", "mu"))


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    flow = body.define(
        "flow",
        Rate(eta[l, j], t),
        loss * u[j] * product(l),
        "With the pull {u} of the data, weighted by the shares of the samples in the loss, the reduced flow "
        "is",
        for_all=(l, j),
    )
    law = body.prove(
        "law",
        Rate(eta[l, j] ** 2 - eta[last, j] ** 2, t),
        sp.S.Zero,
        "The squares of a component in two layers differ by a number that does not move,",
        using=(flow,),
    )
    body.restate(
        "scaled",
        eta[l, j],
        c * u[j] * product(l),
        "Divide all layers by the root of order {L} of the clock. The differences {eq:law} then vanish, and "
        "a limit of the scaled layers does not move in the clock: it is proportional to its own velocity,",
        of=(flow, law),
        how="the scaled flow at rest, with a positive constant",
    )
    body.prove(
        "square",
        eta[l, j] * (c * u[j] * product(l)),
        c * u[j] * LayerProduct(eta[i, j], i, L),
        "Multiplied by the layer itself, its right side is the same for all layers:",
    )
    modulus = body.define(
        "modulus",
        rho[j],
        size**L,
        "so that a component has one modulus {size} in all layers. Where it is not zero, and with the sign "
        "of {rho} absorbed into {u},",
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
        Rate(size ** (2 / L), size),
        2 / L * size ** (2 / L - 1),
        "This is the derivative of the power of order {order} of a positive coefficient, up to a constant:",
        constants=(L,),
    )
    body.prove(
        "weight",
        L * size**2,
        L * rho[j] ** (2 / L),
        "The squared norm of all layers together is the same power of the coefficients,",
        using=(modulus,),
    )
    body.bound(
        "arithmetic",
        x**2 + z**2,
        2 * x * z,
        (x - z) ** 2,
        "and for a given product no choice of the layers has a smaller one; for two layers",
    )
    body.append(
        Argument(
            "So the limit is a stationary point of the problem of least squared norm of the layers "
            "under the constraints on the margins, in the coordinates of the layers; where a component "
            "vanishes with depth above two, {eq:scaled} holds whatever the pull, and the component is "
            "stationary on its own."
        )
    )
    body.define(
        "feasible",
        margin[k],
        1 + excess,
        "For two layers more is true. Let another vector of coefficients have the margins",
        for_all=(k,),
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
    first = body.define(
        "first",
        Rate(z, t),
        loss * u[j] * x,
        "That no pull exceeds the common value is a consequence of the dynamics. With two layers, the "
        "coordinates of a component, call them {z} and {x}, obey",
    )
    second = body.define("second", Rate(x, t), loss * u[j] * z, "and")
    body.prove(
        "growth",
        Rate(sp.log(z + x), t),
        loss * u[j],
        "so that their sum, which does not vanish because the squares differ, grows like",
        using=(first, second),
    )
    two_layers, support = _two_layers(first, second), _support()
    body.extend(two_layers)
    body.append(
        Argument(
            "With two layers the loss goes to zero by itself. The sum {Psi} less the scalar product of the "
            "integrals of the pulls with any multiple of a feasible vector is bounded below, and falls at "
            "least like the loss less the samples' number times the loss at that multiple, the exponential "
            "function being convex. By {eq:margin-of-two} the clock over {Psi} then has a limit, and by "
            "{eq:log-total} the logarithm of {Psi} does not grow faster in {T} than this limit. By {eq:growth} "
            "it is, up to a constant, at least twice the largest modulus among the integrals of the pulls, "
            "which over {T} are a convex combination of the inputs: by duality the largest of them is not "
            "below the margin of the best vector of absolute sum one. So the limit is not below twice this "
            "margin; the absolute coefficients add up to at most twice {Psi} by {eq:arithmetic}, no smallest "
            "margin is below the clock, and the normalised margins tend to the best. No convergence was "
            "assumed; a unique best vector is the limit."
        )
    )
    body.extend(support)
    body.append(
        Argument(
            "For more layers let the components off a support be so bounded that their share in every mean "
            "margin stays below a number; {h} is the clock less this number and {N} the squared norm of the "
            "layers on the support. By {eq:margin-on-support} the ratio of {h} and the power of {N} does not "
            "fall {cite:lyu-li}, so all later coefficients on the support, divided by that power, have margins "
            "above a fixed level and, by the inequality of the means, bounded quasi-norm: a region around a "
            "vertex of the margin problem. Where the quasi-norm exceeds its bound on the rim of a box around "
            "the vertex the flow cannot leave the box, and if the multipliers are positive all over the box the"
            " vertex is the only stationary point in it. What the components off the support still move is "
            "bounded by {eq:left}: no more of the clock {T} than this is left. An enclosure of one point of the"
            " flow decides all of it."
        )
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
            "z": z,
            "x": x,
            "T": T,
            "kappa": kappa,
            "Psi": total,
            "h": level,
            "N": mass,
            "b": b,
        },
        statement=(
            "Let a real orthogonally decomposable network of depth {L} be trained on separable data, let "
            "every component dominate its last layer at the start, and let the loss go to zero and the "
            "direction of the parameters converge. Then the direction of the coefficients is that of a "
            "stationary point of the quasi-norm of order {order} under the constraint that all margins are "
            "at least one: on its support",
            Shown("stationary"),
            "is the pull of the samples on the margin. For two layers it is a global minimiser, and the "
            "normalised margins converge whether or not the direction of the parameters does; for more layers "
            "a vertex near which the flow is once seen can be proved to be its limit.",
        ),
        hypotheses=(
            "The clock is minus the logarithm of the loss; samples whose margin exceeds the smallest one by "
            "a fixed share have no weight in the limit {cite:ykm}.",
        ),
        body=tuple(body),
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


def _two_layers(first: Step, second: Step) -> tuple[Step, ...]:
    """Two layers without any assumption on convergence."""
    energy = prove(
        "energy",
        Rate((z**2 + x**2) / 4, t),
        loss * u[j] * (z * x),
        "Nor need the direction converge. A quarter of the squares grows by",
        using=(first, second),
    )
    moved = prove(
        "moved",
        Rate(z * x, t),
        loss * u[j] * (z**2 + x**2),
        "and the coefficient itself by",
        using=(first, second),
    )
    log_clock = define(
        "total",
        Rate(total, T),
        kappa + b,
        "Let {T} be the integral of the loss and {Psi} the sum of the quarters {eq:energy} over the components. "
        "The mean margin is the clock {kappa} plus an entropy {b}, between zero and the logarithm of the number of "
        "samples,",
    )
    pace = define(
        "pace",
        Rate(kappa, T),
        (kappa + b) ** 2 / total + a,
        "By {eq:moved} the clock advances by the squares of the pulls, weighted with all squared layers; by the "
        "inequality of Cauchy and Schwarz, and as coefficients are at most half these squares,",
    )
    ratio_rate = prove(
        "ratio-of-two",
        Rate(sp.log(kappa / total), T),
        ((kappa + b) ** 2 / total + a) / kappa - (kappa + b) / total,
        "The logarithm of the ratio of both changes by",
        using=(log_clock, pace),
    )
    monotone = bound(
        "margin-of-two",
        ((kappa + b) ** 2 / total + a) / kappa,
        (kappa + b) / total,
        a / kappa + b * (kappa + b) / (kappa * total),
        "which is not negative:",
    )
    speed = prove(
        "log-total",
        Rate(sp.log(total), T),
        kappa / total + b / total,
        "while {Psi} itself grows like",
        using=(log_clock,),
    )
    return (energy, moved, log_clock, pace, ratio_rate, monotone, speed)


def _support() -> tuple[Step, ...]:
    """The margin on a support that never falls, and the clock that is left."""
    growing = define(
        "mass",
        Rate(mass, T),
        2 * L * (level + b),
        "On a support, whose mean margin is {h} plus some non-negative {b}, the squared norm of the layers grows by",
    )
    pace = define(
        "level",
        Rate(level, T),
        (L * (level + b)) ** 2 / mass + a,
        "and, by the inequality of Cauchy and Schwarz in each component and over the support, the clock by",
    )
    ratio_rate = prove(
        "support-ratio",
        Rate(sp.log(level * mass ** (-L / 2)), T),
        ((L * (level + b)) ** 2 / mass + a) / level - L**2 * (level + b) / mass,
        "The logarithm of the normalised margin on the support changes by",
        using=(growing, pace),
        constants=(L,),
    )
    monotone = bound(
        "margin-on-support",
        ((L * (level + b)) ** 2 / mass + a) / level,
        L**2 * (level + b) / mass,
        a / level + L**2 * b * (level + b) / (mass * level),
        "which is not negative either:",
    )
    left = prove(
        "left",
        Rate(mass / (L * (L - 2) * (c * mass ** (L / 2))), mass),
        -1 / (2 * L * (c * mass ** (L / 2))),
        "With {h} at least a constant times this power of {N}, what is left of {T} is at most an integral over {N} "
        "that its own derivative shows:",
        constants=(L, c),
    )
    return (growing, pace, ratio_rate, monotone, left)
