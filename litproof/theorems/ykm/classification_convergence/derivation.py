"""K0: separable classification, once the loss is below one: the loss vanishes and the parameters diverge."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import L, l, t
from litproof.theorems.ykm.classification_clock.derivation import f, k, kappa, lam, loss, weights, y

norm, radius, gamma = (sp.Symbol(name, positive=True) for name in ("G", "r", "gamma"))
a, b = sp.symbols("a b", nonnegative=True)
radial, theta, U = sp.symbols("E theta U", real=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    level, log_weight, weight, split, slope = weights()
    body.append(level)
    body.append(log_weight)
    body.append(weight)
    body.append(split)
    body.append(slope)
    body.restate(
        "flow",
        Rate(theta, t),
        loss * U,
        "Let {U} stand for an entry of the sum, over samples, of weights times gradients of the signed "
        "outputs. The gradient of the loss is {minus_loss} times it, and a parameter {theta} moves by",
        of=(split, slope),
        how="chain rule",
    )
    loss_rate = body.define(
        "loss-rate",
        Rate(loss, t),
        -((loss * norm) ** 2),
        "With the norm {norm} of that sum the loss decreases by the square of the norm of its gradient,",
    )
    advance = body.prove(
        "advance", Rate(-sp.log(loss), t), loss * norm**2, "the clock advances by", using=(loss_rate,)
    )
    clock = body.restate(
        "clock", Rate(kappa, t), sp.exp(-kappa) * norm**2, "that is by", of=(level, advance), how="insertion"
    )
    body.prove(
        "inverse", Rate(1 / loss, t), norm**2, "and the inverse of the loss grows by", using=(loss_rate,)
    )
    body.prove(
        "margin",
        y[k] * f[k],
        kappa - lam[k],
        "The network is homogeneous of degree {L}: parameters times gradient is {L} times the output. The "
        "inner product {radial} of the parameters with the sum of {flow_entry} is thus {L} times the mean, "
        "with these weights, of the signed outputs",
        using=(log_weight,),
    )
    euler = body.define(
        "euler",
        radial,
        L * kappa + b,
        "The weights add up to one, so no slack is positive; with some non-negative {b}",
    )
    growth = body.define(
        "growth",
        Rate(radius, t),
        sp.exp(-kappa) * radial / radius,
        "The norm {radius} of the parameters grows by",
    )
    body.prove(
        "square",
        Rate(radius**2, t),
        2 * sp.exp(-kappa) * radial,
        "because its square grows by twice the inner product of the parameters with their velocity,",
        using=(growth,),
    )
    normalised = body.define(
        "normalised", gamma, kappa * radius ** (-L), "The normalised margin, measured by the clock, is"
    )
    body.prove(
        "drift",
        Rate(sp.log(kappa * radius ** (-L)), t),
        sp.exp(-kappa) * (norm**2 / kappa - L * radial / radius**2),
        "Its logarithm changes by",
        using=(clock, growth),
        constants=(L,),
    )
    cauchy = body.define(
        "cauchy",
        norm,
        (radial + a) / radius,
        "By the inequality of Cauchy and Schwarz the product of both norms is not below the inner product: "
        "with some non-negative {a}",
    )
    body.bound(
        "monotone",
        norm**2 / kappa,
        L * radial / radius**2,
        ((b + 2 * a) * (L * kappa + b) + a**2) / (kappa * radius**2),
        "so that the normalised margin does not decrease while the clock is positive:",
        using=(cauchy, euler),
    )
    body.bound(
        "speed",
        norm**2,
        L**2 * kappa**2 / radius**2,
        ((a + b) ** 2 + 2 * L * kappa * (a + b)) / radius**2,
        "The same two relations bound the growth of the inverse loss from below,",
        using=(cauchy, euler),
    )
    body.prove(
        "floor",
        L**2 * kappa**2 / radius**2,
        L**2 * kappa ** (2 - 2 / L) * gamma ** (2 / L),
        "by a quantity in which only the clock and the normalised margin occur:",
        using=(normalised,),
    )
    body.prove(
        "size",
        radius**L,
        kappa / gamma,
        "and the parameters are tied to the clock by",
        using=(normalised,),
    )
    return Derivation(
        claim="ykm/classification-convergence",
        title="Separable classification: the loss vanishes, the parameters diverge",
        sources=("ykm", "lyu-li"),
        symbols={
            "L": L,
            "U": U,
            "flow_entry": U,
            "minus_loss": -loss,
            "theta": theta,
            "norm": norm,
            "radial": radial,
            "b": b,
            "a": a,
            "radius": radius,
            "kappa": kappa,
            "gamma": gamma,
            "l": l,
        },
        statement=(
            "Let a network that is linear in each of its {L} layers be trained on separable data with the "
            "exponential loss, and let the loss be below one at some time. From then on the normalised "
            "margin {gamma} does not decrease, the inverse of the loss grows at least proportionally to "
            "time, and the norm of the parameters tends to infinity.",
        ),
        hypotheses=(
            "Labels are one and minus one, the loss is the sum over the samples of the exponentials in "
            "{eq:split} {cite:ykm}. At the time in question it is below one, that is, the clock is positive.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:clock} and {eq:monotone} neither the clock nor {gamma} decreases {cite:lyu-li}. "
                "Hence the right side of {eq:floor} stays above its positive value at the time when the "
                "loss fell below one, by {eq:inverse} and {eq:speed} the inverse of the loss grows at least "
                "linearly, and the loss goes to zero. The clock tends to infinity; {gamma} is bounded by "
                "the largest margin of parameters of norm one, because no sample lies before the clock by "
                "{eq:log-weight}; so by {eq:size} the norm of the parameters tends to infinity."
            ),
        ),
    )
