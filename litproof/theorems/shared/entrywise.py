"""Derivations of one kind: entries that a common multiplier moves, each along a curve of its own in closed form.

Where beta_j depends on parameters of its own only, these parameters are functions of one multiplier s_j whose rate is
a constant times the entry of the gradient X^T r. Then s lies in the row space of X at all times, and beta = h(s) with
an increasing h minimises the sum of the integrals of the inverse of h over the interpolators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import X, r, t

g, s, b = sp.symbols("g s beta", real=True)
"""The entry of X^T r, the multiplier, the coefficient of one entry."""


def entrywise_derivation(
    claim: str,
    title: str,
    sources: Sequence[str],
    *,
    beta: sp.Expr,
    curves: Mapping[sp.Symbol, sp.Expr],
    speed: sp.Expr | int,
    coefficient: sp.Expr,
    slope: sp.Expr,
    network: str,
    start: str,
    symbols: Mapping[str, Any],
    remarks: Sequence[str] = (),
) -> Derivation:
    """The derivation for one network.

    Parameters
    ----------
    beta : one coefficient in the parameters of its entry.
    curves : {parameter: its value in terms of s and constants of the start}; at s = 0 the start.
    speed : the rate of s over -g.
    coefficient : beta on the curves, h(s).
    slope : the derivative of h, in a form whose sign is seen.
    network, start : phrases with placeholders of `symbols`.
    remarks : further paragraphs of the conclusion, argued in words.

    Raises FalseStep when a curve does not solve its flow, or h is not as given or not increasing.
    """
    constants = sorted(
        set().union(*(curve.free_symbols for curve in curves.values())) - {s, *curves}, key=str
    )
    body = Body()
    rate = body.define(
        "multiplier",
        Rate(s, t),
        -speed * g,
        "Let {g} be the entry of {gradient} that belongs to this coefficient. Let the multiplier {s} start at zero "
        "and move by",
    )
    insert = []
    for number, (parameter, curve) in enumerate(curves.items(), 1):
        insert.append(body.define(f"curve-{number}", parameter, curve, "Put" if number == 1 else "and"))
    for number, parameter in enumerate(curves, 1):
        body.prove(
            f"flow-{number}",
            Rate(parameter, t),
            -g * sp.diff(beta, parameter),
            "These curves solve the flow of the entry," if number == 1 else "and",
            using=(*insert, rate),
            constants=constants,
        )
    body.prove(
        "coefficient", beta, coefficient, "On them the coefficient is", using=insert, constants=constants
    )
    body.bound(
        "increasing",
        Rate(coefficient, s),
        sp.S.Zero,
        slope,
        "which increases with the multiplier,",
        strict=True,
        constants=constants,
    )
    return Derivation(
        claim=claim,
        title=title,
        sources=tuple(sources),
        symbols={
            "g": g,
            "s": s,
            "gradient": X.T * r,
            "X": X,
            "r": r,
            "b": beta,
            **{str(parameter): parameter for parameter in curves},
            **symbols,
        },
        statement=(network, Shown("coefficient"), "with multipliers in the row space of {X}."),
        hypotheses=(start,),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:multiplier} the multipliers of all entries are a constant times the integral of {gradient}, "
                "so that they lie in the row space of {X} at all times. By {eq:coefficient} and {eq:increasing} every "
                "coefficient is an increasing function of its multiplier, and the integral of {r} follows the gradient "
                "flow of a convex function; where some interpolator lies in the range of these, that function "
                "has a minimum, and the residual tends to zero. The inverse function is the derivative of a strictly "
                "convex function of one coefficient. At the limit the sum of these has its gradient in the row space "
                "of {X}, which is the condition for its only minimiser over the interpolators."
            ),
            *map(Argument, remarks),
        ),
    )
