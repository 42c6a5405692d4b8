"""Ji, Telgarsky: limits of the direction of homogeneous networks are parallel to the gradient."""

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L
from litproof.theorems.ykm.classification_clock.derivation import kappa
from litproof.theorems.ykm.classification_convergence.derivation import a, norm, radial, radius

cosine = radial / (norm * radius)


def derive() -> Derivation:
    """The derivation."""
    body, origin = Body(), derivation("ykm/classification-convergence")
    body.recall(
        "clock",
        origin,
        "clock",
        "Let {kappa} be the logarithm of the inverse of the loss, {radius_letter} the norm of the parameters, {norm} "
        "that of the gradient of {kappa} and {radial} the inner product of both. By "
        "{see:ykm/classification-convergence}",
    )
    body.recall("growth", origin, "growth", "and")
    cauchy = body.recall(
        "cauchy", origin, "cauchy", "and by the inequality of Cauchy and Schwarz, with {a} not negative,"
    )
    body.recall("drift", origin, "drift", "The logarithm of the normalised margin changes by")
    body.prove(
        "turning",
        norm**2 - (radial / radius) ** 2,
        (a**2 + 2 * a * radial) / radius**2,
        "The part of the gradient across the parameters has the square",
        using=(cauchy,),
    )
    body.prove(
        "cosine",
        cosine,
        radial / (radial + a),
        "and the cosine of the angle between parameters and gradient is",
        using=(cauchy,),
    )
    body.recall(
        "logarithm",
        derivation("lemma/limit-directions"),
        "log-radius",
        "While, see {see:lemma/limit-directions}, the logarithm of the norm grows by",
    )
    return Derivation(
        claim="ji-telgarsky/directional",
        title="Directions of homogeneous networks",
        sources=("ji-telgarsky2020", "lyu-li", "ykm"),
        symbols={
            "L": L,
            "kappa": kappa,
            "norm": norm,
            "radius_letter": radius,
            "radial": radial,
            "a": a,
            "excess": a / radial,
        },
        statement=(
            "For the exponential loss of a homogeneous network let {radius_letter} be the norm of the parameters, "
            "{norm} that of the gradient of the logarithm of the inverse loss, {radial} their inner product and {a} "
            "what the inequality of Cauchy and Schwarz leaves. The cosine of the angle between parameters and "
            "gradient is",
            Shown("cosine"),
            "and tends to one.",
        ),
        hypotheses=(
            "The loss falls below one. That the direction of the parameters converges is the theorem of "
            "{cite:ji-telgarsky2020}, which rests on a desingularising function and is not derived here.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "The normalised margin is bounded, so that by {eq:drift} and {eq:turning} its rate has a finite "
                "integral while by {eq:logarithm} the logarithm of the norm does not: the ratio {excess} tends to "
                "zero along some times. By {see:lemma/limit-directions} every limit of the direction of the "
                "parameters is parallel to a limit of that of the gradient; where both converge {eq:cosine} tends to "
                "one."
            ),
        ),
        kernel=("Lyu_Li_tensor_networks", "every_limit_direction"),
    )
