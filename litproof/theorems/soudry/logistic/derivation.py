"""Soudry et al.: the flow of the logistic loss of a linear classifier, from every start."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.lemma.limit_directions.derivation import best, speed
from litproof.theorems.shared.symbols import t
from litproof.theorems.ykm.classification_clock.derivation import loss

m = sp.Symbol("m", real=True)
part = sp.Symbol("l", positive=True)
above, below, surplus = (sp.Symbol(name, nonnegative=True) for name in ("e", "f", "delta"))


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    body.prove(
        "share",
        Rate(sp.log(1 + sp.exp(-m)), m),
        1 / (1 + sp.exp(-m)) - 1,
        "A point with the margin {m} has the loss {point}. It falls with the margin by",
    )
    body.append(
        "With {part} for the loss of a point its slope is therefore, up to the sign, one less the exponential of "
        "minus {part}, and the exponential of minus the margin is that of {part} less one. The exponential function "
        "lies above its tangents: the exponential of {part} is {upper}, and that of minus {part} is {lower}, with "
        "{above} and {below} not negative."
    )
    body.bound(
        "pulled",
        1 - 1 / (1 + part + above),
        part / (1 + part),
        above / ((1 + part) * (1 + part + above)),
        "So the slope is bounded from below,",
    )
    held = body.define(
        "speed",
        speed,
        best * loss / (1 + loss) + surplus,
        "Let {best} be the largest smallest margin of a unit vector, positive on separable data. The parameters move "
        "by the inputs times labels, weighted with these slopes; the inner product with the best unit vector is at "
        "least {best} times their sum. As no {part} exceeds the loss {loss}, the sum is by {eq:pulled} at least "
        "{least}, and the speed {speed_letter} is, with some non-negative {surplus},",
        of=surplus,
    )
    fall = body.recall(
        "fall",
        derivation("lemma/limit-directions"),
        "fall",
        "As in {see:lemma/limit-directions} the loss falls by the square of the speed,",
    )
    body.prove(
        "clock",
        Rate(-sp.log(loss) - loss, t),
        speed**2 * (1 + loss) / loss,
        "Minus its logarithm, less the loss itself, grows by",
        using=(fall,),
    )
    body.bound(
        "straight",
        speed**2 * (1 + loss) / loss,
        best * speed,
        surplus * (best * loss / (1 + loss) + surplus) * (1 + loss) / loss,
        "which is at least {best} times the speed,",
        using=(held,),
    )
    return Derivation(
        claim="soudry/logistic",
        title="The logistic loss, one layer",
        sources=("soudry",),
        symbols={
            "m": m,
            "point": sp.log(1 + sp.exp(-m)),
            "part": part,
            "loss": loss,
            "best": best,
            "surplus": surplus,
            "above": above,
            "below": below,
            "upper": 1 + part + above,
            "lower": 1 - part + below,
            "least": loss / (1 + loss),
            "speed_letter": speed,
            "measure": -sp.log(loss) - loss,
        },
        statement=(
            "The logistic loss {loss} of a linear classifier on separable data, with the speed {speed_letter} of the "
            "parameters under gradient flow, obeys",
            Shown("clock"),
            "and this is at least {best}, the largest margin of a unit vector, times the speed. From every start the "
            "direction of the parameters tends to the unit vector with that margin.",
        ),
        hypotheses=("Separable data, labels that are one or minus one, one layer.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:speed} the loss tends to zero. By {eq:clock} and {eq:straight}, integrated, {measure} is at "
                "least {best} times the length of the path, less a constant. The exponential of minus a margin is the "
                "exponential of {part}, at most that of {loss}, times what is at most {part} by the tangent with "
                "{below}, at most {loss}: so every margin is at least {measure}. Hence the smallest margin is at "
                "least {best} times the distance from the start, less a constant, while the distance grows without "
                "bound: every limit of the direction has the margin {best}, and only one unit vector has it."
            ),
        ),
    )
