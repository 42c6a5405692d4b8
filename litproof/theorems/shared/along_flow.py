"""Derivations of one kind: what a coefficient and its parameters do along the flow of one entry or one neuron."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Part, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import t

ENERGY = sp.Symbol("E", real=True)
"""The loss."""

Fact = tuple[str, sp.Expr, sp.Expr, str]
"""Name, both sides, and the words before them."""


def along_flow(
    claim: str,
    title: str,
    sources: Sequence[str],
    *,
    loss: sp.Expr,
    parameters: Sequence[sp.Symbol],
    setting: str,
    facts: Sequence[Fact],
    shown: str,
    statement: str,
    hypotheses: Sequence[Part],
    conclusion: str,
    symbols: Mapping[str, Any],
    constants: Sequence[sp.Symbol] = (),
) -> Derivation:
    """The derivation: the flow's equations, then facts that each follow from them by normal form.

    Parameters
    ----------
    loss : as a function of the parameters; the flow is minus its gradient, taken here.
    setting : the words before the loss.
    facts : decided in this order, with the rates as rules.
    shown : the name of the fact that the statement displays, after the words `statement`.
    conclusion : argued in words.

    Raises FalseStep for a fact that does not follow.
    """
    body = Body()
    energy = body.define("loss", ENERGY, loss, setting)
    steps = [
        body.restate(
            f"flow-{number}",
            Rate(parameter, t),
            sp.factor(-sp.diff(loss, parameter)),
            "Gradient flow is" if number == 1 else "and",
            of=(energy,),
            how="minus the derivative of the loss",
        )
        for number, parameter in enumerate(parameters, 1)
    ]
    for name, left, right, sentence in facts:
        moves = left.has(Rate) or right.has(Rate)
        body.prove(name, left, right, sentence, using=steps if moves else (), constants=constants)
    return Derivation(
        claim=claim,
        title=title,
        sources=tuple(sources),
        symbols={**{str(parameter): parameter for parameter in parameters}, **symbols},
        statement=(statement, Shown(shown)),
        hypotheses=tuple(hypotheses),
        body=tuple(body),
        conclusion=(Argument(conclusion),),
    )
