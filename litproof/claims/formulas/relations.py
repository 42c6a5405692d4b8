"""Statements about a path as plain data: equations and inequalities at times and in the limit, written out.

*path* says that an entry equals a formula in t and the start, *equation* that two formulas are equal, *rowspan* that a
vector lies in the row space of X, *holds* that one formula is at most another, *nonincreasing* that a rate has a sign.
A vector u lies in the row space when N u = 0 for a basis N of its complement, which is rational, so that all of them
are relations between two numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Literal

from litproof.algebra.balls import ball, dyadic
from litproof.algebra.linear import null_space
from litproof.claims.formulas.moments import ALONG
from litproof.dynamics import WeightDecay
from litproof.errors import InputError
from litproof.formula.expansion import expand, ranges_of
from litproof.formula.interpolators import exact_rows
from litproof.formula.node_arithmetic import ZERO, operation, total
from litproof.formula.setting import Setting
from litproof.integrate.ball_rings import norm
from litproof.language.grammar import formula_error
from litproof.language.statements import Definition, free_letters
from litproof.language.tree import Call, Node, Number, Operation, names, to_text
from litproof.precision import ball_precision
from litproof.problem import Problem

Kind = Literal["path", "equation", "rowspan", "holds", "nonincreasing", "nondecreasing"]

_ROW_BITS = 4000
"""Precision of the rows of a constraint that is not rational: far beyond what any flow is followed to."""

MOST_PARTS = 2000
"""Relations between numbers that one statement may consist of."""


@dataclass(frozen=True)
class Relation:
    """A statement about moments of a path.

    Attributes
    ----------
    formulas : relations between two formulas; of a rowspan the entries of the vector. Free letters take all values.
    definitions : from [let], in order.
    times : None stands for the limit.
    until : the end T of [0, T] where the statement is about all of these times; `times` are then some of them.
    key : named in messages.
    """

    kind: Kind
    formulas: tuple[Node, ...]
    definitions: tuple[Definition, ...] = ()
    times: tuple[Fraction | None, ...] = (None,)
    until: Fraction | None = None
    key: str = ""

    @property
    def text(self) -> str:
        """The formulas, as text."""
        return "; ".join(map(to_text, self.formulas))

    @property
    def known(self) -> dict[str, Definition]:
        """Definitions by name."""
        return {definition.name: definition for definition in self.definitions}


@dataclass(frozen=True)
class Part:
    """left sign right, written out.

    Attributes
    ----------
    label : the values of the free letters, e.g. "j = 2"; "" for none.
    sign : "=", "<=" or ">=".
    rounded : formulas whose coefficients in `left` are rounded. blur : by how much at most; None where none is known.
    """

    label: str
    sign: str
    left: Node
    right: Node
    rounded: tuple[Node, ...] = ()
    blur: Fraction | None = Fraction(0)


@lru_cache(maxsize=64)
def parts_of(relation: Relation, problem: Problem) -> tuple[Part, ...]:
    """The relations between numbers that a statement consists of.

    Raises
    ------
    InputError : a name that the problem does not have, letters without a range, too many parts.
    """
    make = _MAKERS.get(relation.kind, _parts)
    parts: list[Part] = []
    for tree in relation.formulas:
        for part in make(relation, tree, problem):
            parts.append(part)
            if len(parts) > MOST_PARTS:
                raise formula_error(
                    tree.place, f"more than {MOST_PARTS} relations between numbers", relation.key
                )
    return tuple(parts)


def _parts(relation: Relation, tree: Node, problem: Problem) -> Iterator[Part]:
    assert isinstance(tree, Operation)
    letters = free_letters(tree)
    sizes = ranges_of(letters, tree, problem, relation.known, relation.key)
    for values in product(*(range(1, size + 1) for size in sizes)):
        at = dict(zip(letters, values, strict=True))
        sides = (expand(side, problem, relation.known, at, relation.key) for side in (tree.left, tree.right))
        left, right = sides
        yield Part(", ".join(f"{letter} = {k}" for letter, k in at.items()), tree.sign, left, right)


def _monotone_parts(relation: Relation, tree: Node, problem: Problem) -> Iterator[Part]:
    """The sign of the rate; where steps or further states make none, of the change between moments."""
    flow = problem.dynamics is None or isinstance(problem.dynamics, WeightDecay)
    sign = "<=" if relation.kind == "nonincreasing" else ">="
    inner = expand(tree, problem, relation.known, {}, relation.key)
    yield Part("", sign, Call("rate" if flow else "change", (inner,), tree.place), ZERO)


def _row_space_parts(relation: Relation, tree: Node, problem: Problem) -> Iterator[Part]:
    letters = free_letters(tree)
    if len(letters) != 1:
        raise formula_error(
            tree.place,
            f"expected the entries of a vector, with one free letter, got {len(letters)}",
            relation.key,
        )
    (size,) = ranges_of(letters, tree, problem, relation.known, relation.key)
    rows, exact = _rows(relation, tree, problem, size)
    entries = [
        expand(tree, problem, relation.known, {letters[0]: k}, relation.key) for k in range(1, size + 1)
    ]
    if all(isinstance(entry, Number) for entry in entries):
        raise formula_error(tree.place, "expected a vector that depends on the flow", relation.key)
    for number, combination in enumerate(null_space(rows, size), 1):
        terms = [
            operation("*", Number(weight), entry)
            for weight, entry in zip(combination, entries, strict=True)
            if weight
        ]
        blur = Fraction(0) if exact else _blur(problem, combination)
        yield Part(f"combination {number}", "=", total(terms), ZERO, () if exact else tuple(entries), blur)


def _blur(problem: Problem, combination: Sequence[Fraction]) -> Fraction | None:
    """How far a vector N is at most from one with A N = 0, A the rows of a constraint in rho: |A^T (A A^T)^-1 A N|."""
    from flint import arb_mat

    with ball_precision(_ROW_BITS):
        A = arb_mat(Setting(problem, ALONG).design("rho"))
        try:
            inverse = (A * A.transpose()).inv()
        except ZeroDivisionError:
            return None
        rest = A * arb_mat(len(combination), 1, [ball(weight) for weight in combination])
        bound = norm((A.transpose() * (inverse * rest)).entries())
        return dyadic(bound.upper()) if bound.is_finite() else None


_MAKERS = {
    "rowspan": _row_space_parts,
    "nonincreasing": _monotone_parts,
    "nondecreasing": _monotone_parts,
}


def _rows(relation: Relation, tree: Node, problem: Problem, size: int) -> tuple[list[list[Fraction]], bool]:
    """The rows whose span is meant: of X, or for a formula in rho of the constraint A rho = y; and whether exact."""
    used = names(tree) | {
        name for d in relation.definitions for name in names(d.body) if d.name in names(tree)
    }
    if "rho" not in used:
        rows, exact = [list(row) for row in problem.X], True
    else:
        setting = Setting(problem, ALONG)
        rational = exact_rows(setting, "rho")
        exact = rational is not None
        with ball_precision(_ROW_BITS):
            rows = rational or [[dyadic(entry) for entry in row] for row in setting.design("rho")]
    if len(rows[0]) != size:
        message = f"the row space has vectors of {len(rows[0])} entries, got {size}"
        raise formula_error(tree.place, message, relation.key)
    return rows, exact


def meaning_fault(relation: Relation, problem: Problem) -> str:
    """Why a statement has no meaning for a problem, or ""."""
    try:
        parts = parts_of(relation, problem)
    except InputError as error:
        return str(error)
    if not parts and relation.kind == "rowspan":
        return ""
    setting = Setting(problem, ALONG)
    for part in parts:
        for name in names(part.left) | names(part.right):
            if name not in ALONG and name != "_x":
                return f"{relation.key}: {name} has no meaning for a moment of a path"
            if name in ("etabar", "eta", "rho", "m", "depth"):
                try:
                    setting.size(name, 0)
                except InputError as error:
                    return f"{relation.key}: {error.message}"
    return ""
