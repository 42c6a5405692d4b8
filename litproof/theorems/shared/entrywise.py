"""Derivations of one kind: entries that the integral of the gradient moves, each along a curve of its own.

Where beta_j depends on parameters of its own only, these are often functions in closed form of quantities that move at
constant rates times the entry of X^T r. Then beta = h(s) for multipliers s in the row space of X, with an increasing h,
minimises the sum of the integrals of the inverse of h over the interpolators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import X, r, t

g, s = sp.symbols("g s", real=True)
"""The entry of X^T r, a multiplier."""


def entrywise_derivation(
    claim: str,
    title: str,
    sources: Sequence[str],
    *,
    beta: sp.Expr,
    moving: Mapping[sp.Symbol, tuple[sp.Expr | int, sp.Expr | int]],
    curves: Mapping[sp.Symbol, sp.Expr],
    coefficient: sp.Expr,
    slope: sp.Expr,
    start: str,
    symbols: Mapping[str, Any],
    flows: Mapping[sp.Symbol, sp.Expr] | None = None,
    remarks: Sequence[str] = (),
) -> Derivation:
    """The derivation for one network.

    Parameters
    ----------
    beta : one coefficient in the parameters of its entry.
    moving : {quantity: (its rate over -g, its start)}.
    curves : {parameter: its value in terms of these quantities and constants of the start}.
    coefficient : beta on the curves.
    slope : its rate over -g, in a form whose sign is seen.
    start : a phrase about the start, with placeholders of `symbols`.
    flows : rates of parameters over -g, where they are not the derivatives of beta (one of several equal layers).
    remarks : further paragraphs of the conclusion, argued in words.

    Raises FalseStep when a curve does not solve its flow, or the coefficient is not as given, or its slope.
    """
    free = {symbol for curve in curves.values() for symbol in curve.free_symbols}
    constants = sorted(free - {*moving, *curves}, key=str)
    body = Body()
    rates = []
    for number, (quantity, (speed, origin)) in enumerate(moving.items(), 1):
        name = f"multiplier-{number}"
        lead = (
            "Let {g} be the entry of {gradient} that belongs to this coefficient. Let"
            if number == 1
            else "and let"
        )
        body.append(f"{lead} {{{quantity}}} start at {{{name}-start}} and move by")
        symbols = {**symbols, f"{name}-start": sp.sympify(origin), str(quantity): quantity}
        rates.append(body.assume(name, Rate(quantity, t), -speed * g))
    values = [
        body.ansatz(f"curve-{number}", parameter, curve, "The claim is that" if number == 1 else "and that")
        for number, (parameter, curve) in enumerate(curves.items(), 1)
    ]
    slopes = flows or {parameter: sp.diff(beta, parameter) for parameter in curves}
    for number, parameter in enumerate(curves, 1):
        body.prove(
            f"flow-{number}",
            Rate(parameter, t),
            -g * slopes[parameter],
            "These start where the flow does, and solve the flow of the entry," if number == 1 else "and",
            using=(*values, *rates),
            constants=constants,
        )
    body.prove("coefficient", beta, coefficient, "On them the coefficient is", using=values)
    body.prove("motion", Rate(coefficient, t), -g * slope, "It moves by", using=rates, constants=constants)
    body.bound("increasing", slope, sp.S.Zero, slope, "against the gradient always,", strict=True)
    return Derivation(
        claim=claim,
        title=title,
        sources=tuple(sources),
        symbols={
            "g": g,
            "gradient": X.T * r,
            "X": X,
            "r": r,
            "b": beta,
            **{str(parameter): parameter for parameter in curves},
            **symbols,
        },
        statement=(
            start,
            "Along the flow the coefficient {b} of an entry is",
            Shown("coefficient"),
            f"where {' and '.join(f'{{{quantity}}}' for quantity in moving)} depend on the data through the entry of "
            "the integral of {gradient} over time alone, a vector in the row space of {X}. The limit minimises a "
            "separable convex function over the interpolators.",
        ),
        hypotheses=("Every coefficient depends on parameters of its own; the loss is the squared one.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "All entries are moved by the integral of {gradient} alone, by {eq:multiplier-1} and what follows it, "
                "so that their multipliers lie in the row space of {X}. By {eq:motion} and {eq:increasing} every "
                "coefficient is an increasing function of its multiplier, and the integral of {r} follows the gradient "
                "flow of a convex function; where some interpolator lies in the range of these functions, it has a "
                "minimum there, and the residual tends to zero. The inverse of an increasing function is the "
                "derivative of a strictly convex one. At the limit the sum of these has its gradient in the row space "
                "of {X}, the condition for its only minimiser over the interpolators."
            ),
            *map(Argument, remarks),
        ),
    )
