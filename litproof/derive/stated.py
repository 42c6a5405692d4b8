"""Steps of derivations, and those that are stated: definitions, hypotheses, other readings, citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

import sympy as sp

from litproof.derive.notation import LayerProduct, LayerSum, Operator, Rate, Relation
from litproof.derive.rules import Rule

Kind: TypeAlias = Literal[
    "definition",
    "hypothesis",
    "ansatz",
    "restatement",
    "argued",
    "cited",
    "recalled",
    "entry",
    "integral",
    "instance",
    "identity",
    "derivative",
    "substitution",
    "expansion",
    "inequality",
    "evaluation",
]
STATED: frozenset[str] = frozenset(
    {"definition", "hypothesis", "ansatz", "restatement", "argued", "cited", "recalled"}
)
"""Kinds that are stated; all others are decided.

A definition introduces a quantity that has not occurred before, a hypothesis restricts what is given, an ansatz is a
form that is tried and then seen to be right; a restatement reads steps already shown in another way, an argued relation
follows from words, a cited one stands in the literature, a recalled one is a step of another derivation.
"""


class FalseStep(ValueError):
    """An equation of a derivation does not hold, or could not be decided."""


@dataclass(frozen=True)
class Step:
    """One displayed relation.

    Attributes
    ----------
    name : by which prose and other steps refer to it.
    relation : what is printed; the same objects were checked.
    kind : those in `STATED` are stated, every other kind was decided.
    uses : names of the steps the decision relied on.
    check : how it was decided, in words.
    reason : prose before the display.
    for_all : index symbols the relation holds for all values of.
    source : bibliography key of a cited relation.
    origin : (claim, step) that a recalled relation was shown as.
    defines : the quantity that a definition introduces, where that is not its left side.
    """

    name: str
    relation: Relation
    kind: Kind
    uses: tuple[str, ...] = ()
    check: str = ""
    reason: str = ""
    for_all: tuple[sp.Expr, ...] = ()
    source: str = ""
    origin: tuple[str, str] = ("", "")
    defines: Any = None

    @property
    def rule(self) -> Rule:
        """The step as a rule lhs -> rhs; FalseStep when its left side is not an atom or the rate of one."""
        lhs = self.relation.lhs
        atom = lhs.of if isinstance(lhs, Rate) else lhs
        if self.relation.operator != "=" or not _is_atom(atom):
            raise FalseStep(
                f"step {self.name!r} cannot be used as a rule: its left side is not a single quantity"
            )
        return Rule(lhs, self.relation.rhs, self.for_all)


def define(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str = "",
    *,
    of: Any = None,
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """Introduce a quantity, or its rate of change, by an equation: the left side, or `of` on the right side.

    That it has not occurred before is checked when the derivation is put together.
    """
    return Step(name, Relation(lhs, rhs), "definition", (), "", reason, tuple(for_all), defines=of)


def restate(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str,
    *,
    of: Sequence[Step],
    how: str,
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """Another reading of steps already shown (entry by entry, along a curve); stated, not decided."""
    return Step(name, Relation(lhs, rhs), "restatement", names(of), how, reason, tuple(for_all))


def assume(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str = "",
    *,
    operator: Operator = "=",
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """State a hypothesis."""
    return Step(name, Relation(lhs, rhs, operator), "hypothesis", (), "", reason, tuple(for_all))


def ansatz(name: str, lhs: Any, rhs: Any, reason: str = "", *, for_all: Sequence[sp.Expr] = ()) -> Step:
    """Try a form for what the flow does; the derivation must then show that it is right."""
    return Step(name, Relation(lhs, rhs), "ansatz", (), "", reason, tuple(for_all))


def argue(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str,
    *,
    how: str,
    of: Sequence[Step] = (),
    operator: Operator = "=",
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """A relation that follows from words, `how`, and from the steps `of`; stated, not decided."""
    return Step(name, Relation(lhs, rhs, operator), "argued", names(of), how, reason, tuple(for_all))


def cite(
    name: str,
    lhs: Any,
    rhs: Any,
    reason: str,
    *,
    source: str,
    where: str,
    operator: Operator = "=",
    for_all: Sequence[sp.Expr] = (),
) -> Step:
    """A relation from the literature: bibliography key and, in words, where in it."""
    return Step(name, Relation(lhs, rhs, operator), "cited", (), where, reason, tuple(for_all), source)


class Provider(Protocol):
    """A derivation, as far as others recall steps of it."""

    @property
    def claim(self) -> str:
        """Its id."""

    def step(self, name: str) -> Step:
        """One of its steps."""


def recall(
    name: str,
    origin: Provider,
    step: str,
    reason: str,
    *,
    renamed: Mapping[Any, Any] | None = None,
    for_all: Sequence[sp.Expr] | None = None,
) -> Step:
    """A step of another derivation, its letters `renamed`; it holds here because it was shown there."""
    shown = origin.step(step)
    sides = (shown.relation.lhs, shown.relation.rhs)
    lhs, rhs = (side.xreplace(dict(renamed)).doit(deep=False) if renamed else side for side in sides)
    relation = Relation(lhs, rhs, shown.relation.operator)
    indices = shown.for_all if for_all is None else tuple(for_all)
    return Step(name, relation, "recalled", (), "", reason, indices, origin=(origin.claim, step))


def names(steps: Sequence[Step]) -> tuple[str, ...]:
    """The names of steps."""
    return tuple(step.name for step in steps)


def _is_atom(expression: Any) -> bool:
    return isinstance(
        expression,
        sp.Symbol | sp.Indexed | LayerProduct | LayerSum | sp.Function | sp.MatrixSymbol,
    )
