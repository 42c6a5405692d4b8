"""Losses: what one data point costs, as a function of its residual r or its margin m."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from litproof.errors import InputError
from litproof.language.functions import SMOOTH
from litproof.language.grammar import Vocabulary, parse
from litproof.language.tree import Node, names, to_text

NAMED: Mapping[str, Mapping[str, str]] = {
    "regression": {"squared": "r^2/2", "power-4": "r^4/4", "log-cosh": "log(cosh(r))"},
    "classification": {"exponential": "exp(-m)", "logistic": "log(1 + exp(-m))", "cross-entropy": ""},
}
"""Losses with a name, by task; cross-entropy couples the outputs of a point and is no formula in one number."""

DEFAULT: Mapping[str, str] = {"regression": "squared", "classification": "exponential"}

Variable = Literal["r", "m"]


@dataclass(frozen=True)
class Loss:
    """The loss of one data point: the whole loss is the sum over the points.

    Attributes
    ----------
    text : a name of `NAMED`, or a formula in r = f(x) - y (regression) or m = y f(x) (classification).
    task : "regression" or "classification".

    Examples
    --------
    >>> Loss.of("r^4/4", "regression").text, Loss.of("cosh(r) - 1", "regression").text
    ('power-4', 'cosh(r) - 1')
    """

    text: str
    task: str

    @classmethod
    def of(cls, text: str, task: str, *, key: str = "task.loss", source: str = "") -> Loss:
        """The loss of a name or a formula; a formula that has a name gets it.

        Raises InputError with the position for anything else.
        """
        known = NAMED[task]
        if not isinstance(text, str):
            raise InputError(f"expected a loss as text, got {type(text).__name__}", key=key, source=source)
        word = text.strip()
        if word in known:
            return cls(word, task)
        other = next((t for t, table in NAMED.items() if word in table), None)
        if other is not None:
            message = f"{word!r} is a loss of {other}; for {task} expected {', '.join(known)} or a formula"
            raise InputError(message, key=key, source=source)
        variable: Variable = "r" if task == "regression" else "m"
        try:
            tree = parse(word, key=key, source=source, vocabulary=Vocabulary({variable: (0,)}, SMOOTH))
        except InputError as error:
            meaning = "the residual r" if variable == "r" else "the margin m"
            message = f"{error.message} (expected {', '.join(known)} or a smooth formula in {meaning})"
            raise InputError(message, key=error.key, source=source) from None
        if variable not in names(tree):
            raise InputError(
                f"expected a formula in {variable}, got the constant {word[:40]!a}", key=key, source=source
            )
        normal = to_text(tree)
        same = (
            name for name, formula in known.items() if formula and to_text(parse_plain(formula)) == normal
        )
        return cls(next(same, normal), task)

    @property
    def variable(self) -> Variable:
        """r or m."""
        return "r" if self.task == "regression" else "m"

    @cached_property
    def tree(self) -> Node:
        """The formula; ValueError for cross-entropy, which has none in one number."""
        if self.text == "cross-entropy":
            raise ValueError("cross-entropy is no function of one margin")
        return parse_plain(NAMED[self.task].get(self.text, self.text))


def parse_plain(text: str) -> Node:
    """The tree of a formula in r or m."""
    return parse(text, vocabulary=Vocabulary({"r": (0,), "m": (0,)}, SMOOTH))
