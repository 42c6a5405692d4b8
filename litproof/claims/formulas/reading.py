"""Statements of a claim file: which keys there are, and what each becomes."""

from __future__ import annotations

from collections.abc import Mapping

from litproof.claims.formulas.build_asymptotics import asymptotic_built
from litproof.claims.formulas.build_equality import equality_built
from litproof.claims.formulas.build_limits import condition_built, either, margin_built
from litproof.claims.formulas.build_paths import relation_built
from litproof.claims.formulas.built import Built
from litproof.claims.formulas.conditions import Mode
from litproof.claims.formulas.law_count import laws_built
from litproof.claims.formulas.relations import Kind
from litproof.language.statements import Definitions
from litproof.problem_file.values import Node as Entry

MARGINS = ("direction",)
CONDITIONS: tuple[Mode, ...] = ("minimises", "stationary", "limit", "conserved")
RELATIONS: tuple[Kind, ...] = ("path", "equation", "rowspan", "holds", "nonincreasing", "nondecreasing")

OPTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(CONDITIONS, ()),
    **dict.fromkeys(RELATIONS, ("times", "steps")),
    "holds": ("times", "steps", "until"),
    **dict.fromkeys(("nonincreasing", "nondecreasing"), ("until",)),
    **dict.fromkeys(MARGINS, ()),
    "quantity": ("as", "order", "tends_to", "error_order", "minimises", "stationary"),
    "same_as": (),
    "laws": ("degree",),
}
"""Keys that belong to each kind of statement, beside `mutants`."""


def kinds_of(table: Mapping[str, object]) -> list[str]:
    """The statements of a table: keys that are kinds, but no options of another one."""
    present = [kind for kind in OPTIONS if kind in table]
    options = {option for kind in present for option in OPTIONS[kind]}
    return [kind for kind in present if kind not in options]


def build(kind: str, table: Entry, definitions: Definitions) -> Built:
    """The statement `kind` of a table of the file.

    Raises
    ------
    InputError : one line naming file, key, position in the formula, and what was expected.
    """
    if kind == "same_as":
        return equality_built(table.child(kind), definitions)
    if kind == "laws":
        return laws_built(table, definitions)
    if kind == "quantity":
        return asymptotic_built(table, definitions)
    for relation in RELATIONS:
        if kind == relation:
            return relation_built(relation, table, definitions)
    for condition in CONDITIONS:
        if kind == condition:
            built = condition_built(condition, table, definitions)
            both = condition in ("minimises", "stationary")
            return either(built, margin_built(kind, table, definitions)) if both else built
    return margin_built(kind, table, definitions)
