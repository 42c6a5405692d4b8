"""Hypotheses as formulas: relations between the parameters at the start and the data, decided exactly.

``u = v``, ``u > 0`` and ``W1*transpose(W1) = transpose(W2)*W2`` compare entry by entry; both sides are polynomial
formulas in the names of the claim's network and the letters of its sizes, alpha, X (n x d), y, and numbers. A number is
compared with every entry.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from litproof.claims.formulas.claimed_network import ClaimedNetwork
from litproof.claims.hypotheses import holds
from litproof.claims.types import Check, Hypothesis
from litproof.errors import InputError
from litproof.language.grammar import Vocabulary, parse
from litproof.language.matrices import FUNCTIONS, Checker, Evaluator, constant
from litproof.language.matrix_arithmetic import Array
from litproof.language.tree import Node
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

_SIGN = re.compile(r"<=|>=|!=|=|<|>")
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_relation(text: object) -> bool:
    """Whether a hypothesis is a relation rather than a word."""
    return isinstance(text, str) and _SIGN.search(text) is not None


def relation(text: str, network: ClaimedNetwork, key: str, source: str) -> Hypothesis:
    """The hypothesis that `text` states of the start; InputError (with the position) for what is no relation."""
    signs = list(_SIGN.finditer(text))
    if len(signs) != 1:
        raise InputError(f"expected one of {', '.join(_COMPARED)}, got {len(signs)}", key=key, source=source)
    (sign,) = signs
    count = {name: (len(sizes), 0) for name, sizes in zip(network.names, network.sizes, strict=True)}
    letters = {"d", *(size for own in network.sizes for size in own if isinstance(size, str))}
    known = {**dict.fromkeys(letters, (0,)), **count, "alpha": (0,), "X": (2, 0), "y": (1, 0)}
    vocabulary = Vocabulary(known, FUNCTIONS)
    # blanks keep the positions of the right side those of the whole text
    texts = (text[: sign.start()], " " * sign.end() + text[sign.end() :])
    sides = [parse(part, key=key, source=source, vocabulary=vocabulary) for part in texts]
    holds_for = _COMPARED[sign.group()]

    def check(problem: Problem) -> Check:
        own = network.instance_like(problem.network)
        if own is None:
            return holds(False, f"the network is not {network}")
        sizes = network.sizes_in(own) or {}
        left, right = (_entries(side, own, problem, sizes, key, source) for side in sides)
        if len(left) != len(right):
            if 1 not in (len(left), len(right)):
                return holds(False, f"{len(left)} entries on the left, {len(right)} on the right")
            left, right = left * max(1, len(right) // len(left)), right * max(1, len(left) // len(right))
        wrong = [k for k, pair in enumerate(zip(left, right, strict=True), 1) if not holds_for(*pair)]
        return holds(not wrong, f"not at entry {wrong[0]}" if wrong and len(left) > 1 else "")

    return Hypothesis(f"at the start {text.strip()}", check)


def _entries(
    side: Node,
    network: PolynomialNetwork,
    problem: Problem,
    sizes: Mapping[str, int],
    key: str,
    source: str,
) -> tuple[Fraction, ...]:
    """The value of one side at the start, as a list."""
    number = constant(side)
    if number is not None:
        return (number,)
    n, d = len(problem.X), problem.network.input_dim
    shapes = {parameter.name: parameter.shape for parameter in network.parameters}
    numbers = dict.fromkeys(sizes, ())
    checker = Checker({**numbers, **shapes, "alpha": (), "X": (n, d), "y": (n,)}, {}, key, source)
    checker.check(side)
    values: dict[str, Any] = {
        **{letter: Fraction(size) for letter, size in sizes.items()},
        "alpha": problem.scale,
        "X": Array((n, d), tuple(entry for row in problem.X for entry in row)),
        "y": Array((n,), problem.y),
    }
    for parameter, layer in zip(network.parameters, problem.v0, strict=True):
        values[parameter.name] = Array(parameter.shape, layer) if parameter.shape else layer[0]
    result = Evaluator(values, checker.sums).value(side, {})
    return result.entries if isinstance(result, Array) else (result,)
