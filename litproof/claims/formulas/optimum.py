"""A point that was found otherwise as the minimiser of a function: on the interpolators, or subject to margins of 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from litproof.claims.formulas.conditions import Condition, compare_condition, has_meaning, same_condition
from litproof.claims.formulas.margins import (
    MarginStatement,
    compare_margin,
    meaning_of,
    same_margin,
)
from litproof.claims.types import Answer, Comparison
from litproof.errors import InputError
from litproof.language.statements import Definition
from litproof.language.tree import Node
from litproof.problem import Problem
from litproof.results import Measurement, Prediction


@dataclass(frozen=True)
class Optimum:
    """What is said of the point: it minimises the function, or is stationary for it.

    Attributes
    ----------
    tree : a function of beta. key : named in messages.
    """

    kind: Literal["minimises", "stationary"]
    tree: Node
    problem: Problem
    definitions: tuple[Definition, ...] = ()
    key: str = ""

    @property
    def _condition(self) -> Condition:
        return Condition(self.kind, self.tree, self.key, self.definitions)

    @property
    def _margin(self) -> MarginStatement:
        return MarginStatement(self.kind, self.tree, self.definitions, self.key)

    @property
    def _prediction(self) -> Prediction:
        name = "statement" if self.problem.task == "classification" else "condition"
        said = self._margin if self.problem.task == "classification" else self._condition
        return Prediction((), 0, "", {name: said, "problem": self.problem})

    def require_meaning(self) -> None:
        """InputError where the function has no meaning for the problem."""
        classification = self.problem.task == "classification"
        hypothesis = meaning_of(self._margin) if classification else has_meaning(self._condition)
        check = hypothesis.check(self.problem)
        if check.answer is not Answer.HOLDS:
            raise InputError(check.detail)

    def compare(self, point: Sequence[Fraction], error: Fraction, digits: int) -> Comparison:
        """Whether the statement holds at a point that is known to `error`."""
        measurement = Measurement(
            value=tuple(point),
            parameters=(),
            error=error,
            residual=Fraction(0),
            clock={},
            digits=digits,
            method="",
        )
        compare = compare_margin if self.problem.task == "classification" else compare_condition
        return compare(self._prediction, measurement, digits)

    def same(self, other: Optimum) -> bool:
        """Whether two functions have the same minimisers, as far as their gradients tell."""
        same = same_margin if self.problem.task == "classification" else same_condition
        return same(self._prediction, other._prediction, 12)
