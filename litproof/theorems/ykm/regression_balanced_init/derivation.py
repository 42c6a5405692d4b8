"""R5 with ties: where two layers of a component are equal in modulus, the pivot cannot pass zero."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, eta as two_eta, g, i, j, l, t

eta = sp.IndexedBase("eta", real=True)
a = sp.Symbol("a", positive=True)
x = sp.Symbol("x", positive=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    flow = body.recall(
        "flow",
        derivation("ykm/conserved-odeco"),
        "real-flow",
        "For one component, whose index is left out, the reduced flow is, with the slope {g} of the loss,",
        renamed={two_eta[layer, j]: eta[layer] for layer in (i, l)},
        for_all=(l,),
    )
    first = body.write_out("first", flow, 3, {l: 1}, "Take three layers. The first moves by", for_all=())
    second = body.write_out("second", flow, 3, {l: 2}, "the second by", for_all=())
    third = body.write_out("third", flow, 3, {l: 3}, "and the third by", for_all=())
    for sign, name, lead in (
        (-1, "equal", "Two layers that start equal stay equal, as their difference is a multiple of itself,"),
        (1, "opposite", "and two that start opposite stay opposite:"),
    ):
        body.prove(
            name,
            Rate(eta[1] + sign * eta[2], t),
            -sign * g[j] * eta[3] * (eta[1] + sign * eta[2]),
            lead,
            using=(first, second, third),
        )
    body.prove(
        "never",
        Rate(eta[1], t) / eta[1],
        -g[j] * eta[2] * eta[3] / eta[1],
        "While two layers have one modulus, their quotient is one or minus one, and the first moves at the relative "
        "rate",
        using=(first,),
    )
    body.prove(
        "deep",
        Rate((x ** (2 - L) - a ** (2 - L)) / (2 - L), x),
        x ** (1 - L),
        "Without any gap all layers have the modulus {x}. From {a}, and more than two layers, the reduced time is the "
        "function in brackets,",
        constants=(L, a),
    )
    body.prove(
        "two",
        Rate(sp.log(x) - sp.log(a), x),
        1 / x,
        "and with two layers it is a logarithm,",
        constants=(a,),
    )
    body.prove(
        "unbounded",
        (x ** (2 - L) - a ** (2 - L)) / (2 - L) * (L - 2) * x ** (L - 2),
        (x / a) ** (L - 2) - 1,
        "Both tend to minus infinity as {x} tends to zero, the first because",
    )
    return Derivation(
        claim="ykm/regression-balanced-init",
        title="The limit from balanced starts",
        sources=("ykm", "woodworth", "chou"),
        symbols={"g": g[j], "x": x, "a": a, "L": L, "l": l},
        statement=(
            "Where the two smallest layers of a component start with one positive modulus, they keep it, and their "
            "signs: with three layers",
            Shown("equal"),
            "The limit is that of {see:ykm/regression-general-init}, with the gap of such a layer zero and the pivot "
            "restricted to the side on which it starts.",
        ),
        hypotheses=(
            "No component has two layers that start at zero; some interpolator has the signs of the start.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:never} the logarithm of a tied layer moves at a bounded rate: the pivot never reaches zero. "
                "The derivation of {see:ykm/regression-general-init} then holds with a gap of zero, its roots being "
                "positive without the gap. By {eq:deep}, {eq:two} and {eq:unbounded} the dual coordinate still takes "
                "values on an open interval, unbounded where {x} tends to zero, so that no finite multiplier leads "
                "there; {see:lemma/dual-flow} shows that the dual flow converges."
            ),
        ),
    )
