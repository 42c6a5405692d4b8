"""Limit points of the direction of the parameters are stationary; one layer; fully connected networks."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, n, t
from litproof.theorems.ykm.classification_clock.derivation import k, kappa, lam, loss, margins, p
from litproof.theorems.ykm.classification_convergence.derivation import a, b, gamma, norm, radial, radius

cosine = sp.Symbol("c", positive=True)
speed, best, surplus = (
    sp.Symbol("V", positive=True),
    sp.Symbol("g", positive=True),
    sp.Symbol("e", nonnegative=True),
)
theta = sp.Symbol("theta")


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _stationary(body)
    _one_layer(body)
    return Derivation(
        claim="lemma/limit-directions",
        title="Limit points of the direction of the parameters",
        sources=("lyu-li",),
        symbols={
            "L": L,
            "kappa": kappa,
            "loss": loss,
            "norm_letter": norm,
            "radius_letter": radius,
            "radial": radial,
            "a": a,
            "b": b,
            "gamma": gamma,
            "c": cosine,
            "tangent": 1 / cosine**2 - 1,
            "V": speed,
            "g": best,
            "e": surplus,
            "theta": theta,
            "k": k,
            "share": p[k],
            "margin_k": margins[k],
            "log_share": lam[k],
            "log_radius": sp.log(radius),
            "one": sp.Integer(1),
            "level": kappa / radius**L,
            "mean": sp.Sum(p[k] * margins[k], (k, 1, n)),
        },
        statement=(
            "Let all margins be homogeneous polynomials of degree {L} in the parameters, as they are for "
            "networks that are linear in each of {L} layers, and let the exponential loss fall below {one} "
            "at some time. Then every limit point of the direction of the parameters is a positive multiple "
            "of the gradient of the margins at it, weighted with numbers that are not negative, add up to "
            "{one}, and are zero for samples whose margin is not the smallest. For one layer the loss need "
            "not be assumed small: on separable data the direction converges from every start, to that of "
            "largest margin.",
        ),
        hypotheses=("Notation is that of {see:ykm/classification-convergence}.",),
        body=tuple(body),
        kernel=("every_limit_direction", "aligned_times", "kkt_limit", "linear_classifier_direction"),
    )


def _stationary(body: Body) -> None:
    """After Lyu and Li."""
    origin = derivation("ykm/classification-convergence")
    body.append(
        "By {see:ykm/classification-convergence} the loss tends to zero and the norm {radius_letter} of the "
        "parameters to infinity, while the normalised margin {level} does not fall; it is bounded, as the "
        "margins of unit vectors are."
    )
    growth = body.recall(
        "growth", origin, "growth", "There, with the inner product {radial} of parameters and gradient,"
    )
    body.recall("drift", origin, "drift", "and, with the norm {norm_letter} of the gradient,")
    euler = body.recall("euler", origin, "inner-product", "where, with {b} not negative,")
    body.prove(
        "log-radius",
        Rate(sp.log(radius), t),
        sp.exp(-kappa) * radial / radius**2,
        "The logarithm of the norm moves by",
        using=(growth,),
    )
    body.define(
        "angle",
        radial,
        norm * radius * cosine,
        "Let {c} be the cosine of the angle of parameters and gradient,",
        of=cosine,
    )
    body.bound(
        "tangent-bound",
        norm**2 / kappa - L * radial / radius**2,
        L * (radial / radius**2) * ((norm * radius / radial) ** 2 - 1),
        norm**2 * b / (kappa * (L * kappa + b)),
        "The logarithm of the normalised margin, as a function of that of the norm, rises at least by {L} "
        "times the squared tangent of that angle, which is {tangent}:",
        using=(euler,),
    )
    body.append(
        Argument(
            "The normalised margin is bounded, so the integral of {tangent} over {log_radius} is finite by "
            "{eq:tangent-bound}. On intervals of length {one} of {log_radius} that begin later and later its "
            "mean tends to zero. On them the direction of the parameters moves by the integral of the "
            "tangent, at most the root of that of its square: it comes to rest. So every limit point of the "
            "direction is also one along times at which the angle tends to zero.",
            "rest",
        )
    )
    body.append(
        Argument(
            "Along such times the direction and that of the gradient, the sum of shares times gradients of "
            "margins, agree in the limit, and a subsequence of the shares converges. As a share is the "
            "exponential of the clock less the margin, and the clock and the smallest margin, divided by the "
            "power of order {L} of the norm, have the same limit, shares of samples whose margin exceeds the "
            "smallest one in the limit tend to zero. The factor between both sides is {L} times the weighted "
            "mean of the margins, which is positive.",
            "limit",
        )
    )


def _one_layer(body: Body) -> None:
    """The classical case, from every start."""
    body.append(
        "One layer. Let {g} be the largest smallest margin of a unit vector, positive on separable data, and "
        "{V} the speed of the parameters, the loss times the norm of the weighted sum of inputs times "
        "labels."
    )
    part = body.define(
        "part",
        speed,
        best * loss + surplus,
        "Every such weighted sum has an inner product of at least {g} with the best unit vector. So with a "
        "non-negative {e}",
        of=surplus,
    )
    fall = body.restate(
        "fall",
        Rate(loss, t),
        -(speed**2),
        "The loss falls by the square of the speed,",
        of=(),
        how="gradient flow",
    )
    body.bound(
        "fast",
        speed**2,
        best**2 * loss**2,
        surplus**2 + 2 * best * loss * surplus,
        "at least by a multiple of its own square, so it tends to zero:",
        using=(part,),
    )
    body.prove("clock-rate", Rate(-sp.log(loss), t), speed**2 / loss, "The clock moves by", using=(fall,))
    body.bound(
        "straight",
        speed**2 / loss,
        best * speed,
        surplus * (best * loss + surplus) / loss,
        "which is at least {g} times the speed,",
        using=(part,),
    )
    body.append(
        Argument(
            "and no smallest margin is below the clock. So the smallest margin is at least {g} times the "
            "distance from the start, less a constant: every limit point of the direction has a margin of "
            "{g} or more, and only one unit vector has. Flows of both kinds exist for all times, because the "
            "square of the speed has a finite integral, the loss at the start.",
            "one-layer",
        )
    )
