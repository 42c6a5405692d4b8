"""Soudry et al., several classes: the loss of a point is a function of the sum of its exponentials."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.lemma.limit_directions.derivation import best, speed
from litproof.theorems.soudry.logistic.derivation import part
from litproof.theorems.ykm.classification_clock.derivation import loss

m = sp.symbols("m_1 m_2", real=True)
f = sp.symbols("f_0 f_1 f_2", real=True)


def derive() -> Derivation:
    """The derivation, for two wrong classes of a point; more are alike."""
    body = Body()
    exponentials = sp.exp(-m[0]) + sp.exp(-m[1])
    margins = [
        body.define(
            f"margin-{c}",
            m[c - 1],
            f[0] - f[c],
            "Let {f_0} be the output of the right class. The margin to a wrong class is" if c == 1 else "and",
        )
        for c in (1, 2)
    ]
    body.prove(
        "loss",
        sp.exp(f[0]) / (sp.exp(f[0]) + sp.exp(f[1]) + sp.exp(f[2])),
        1 / (1 + exponentials),
        "The share that softmax gives to the right class is a function of margins,",
        using=margins,
    )
    slopes = [
        body.prove(
            f"slope-{c}",
            Rate(sp.log(1 + exponentials), m[c - 1]),
            -sp.exp(-m[c - 1]) / (1 + exponentials),
            "and the cross-entropy falls with the first margin by" if c == 1 else "with the second by",
            constants=m,
        )
        for c in (1, 2)
    ]
    body.prove(
        "sum",
        slopes[0].relation.rhs + slopes[1].relation.rhs,
        1 / (1 + exponentials) - 1,
        "Both slopes together are those of one margin whose exponential is the sum of theirs,",
    )
    body.recall(
        "clock",
        derivation("soudry/logistic"),
        "clock",
        "So the loss {part} of a point obeys what it does with two classes. With {best} the largest smallest margin of "
        "a matrix of norm one, over points and wrong classes, the parameters move by gradients of margins, weighted "
        "with slopes; the inner product with the best matrix is at least {best} times the sum of all slopes. From "
        "here on the argument of {see:soudry/logistic} applies word by word: with the speed {speed_letter}",
    )
    body.recall("straight", derivation("soudry/logistic"), "straight", "and, with the surplus defined there,")
    return Derivation(
        claim="soudry/multiclass",
        title="Cross-entropy, one layer",
        sources=("soudry",),
        symbols={
            "part": part,
            "best": best,
            "loss_letter": loss,
            "speed_letter": speed,
            "f_0": f[0],
            "m_1": m[0],
            "m_2": m[1],
        },
        statement=(
            "The slopes of the cross-entropy of a point by its margins {m_1} and {m_2} to the wrong classes add up to",
            Shown("sum"),
            "From every start the direction of the matrix tends to that of least Frobenius norm among those with "
            "margins of one and more to every wrong class.",
        ),
        hypotheses=("Some matrix has positive margins at all points and wrong classes; one layer.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "Each exponential of minus a margin is at most the sum over the wrong classes, which is the "
                "exponential of {part} less one by {eq:loss}: as before, every margin is at least minus the logarithm "
                "of {loss_letter}, less {loss_letter}, and grows at least like {best} times the distance. The matrix "
                "of norm one with the largest smallest margin is unique, as the norm is strictly convex."
            ),
        ),
    )
