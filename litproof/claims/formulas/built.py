"""What a statement of a file becomes: the functions of a claim, without its name and problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litproof.claims.types import Answer, Compare, Hypothesis, Measure, Mutant
from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.language.statements import NAMES, Definition, Definitions, parse_definition
from litproof.language.tree import Call, Node, names, nodes
from litproof.problem import Problem
from litproof.problem_file.values import Node as Entry, shown
from litproof.results import Measurement, Prediction

Predicting = Callable[[Problem, int], Prediction]


NUMBERS = frozenset({"beta0", "v0", "theta0", "outputs", "degree", "step", "mass", "decay", "until"})
"""Names that stand for numbers of the problem, whatever else a formula may speak of."""


@dataclass(frozen=True)
class Built:
    """A statement as functions.

    Attributes
    ----------
    statement : the plain data behind it. text : what it says.
    hypotheses : what it implies by itself, before those of the file; and last, that it has a meaning.
    automatic : whether the mutants were derived from the statement.
    """

    statement: Any
    text: str
    implied: tuple[Hypothesis, ...]
    meaning: tuple[Hypothesis, ...]
    predict: Predicting
    measure: Measure
    compare: Compare
    same: Callable[[Prediction, Prediction, int], bool]
    mutants: tuple[Mutant, ...]
    automatic: bool
    prove: Callable[[Problem, Measurement, int], Measurement] | None = None


def read_definitions(entry: Entry | None, earlier: Definitions) -> dict[str, Definition]:
    """The table [let], in its order, after the definitions `earlier`."""
    known = dict(earlier)
    if entry is None:
        return known
    if not isinstance(entry.value, dict):
        raise entry.error(f"expected a table of definitions, got {shown(entry.value)}")
    for head, value in entry.value.items():
        key = f"{entry.key}.{head}"
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise Entry(value, key, entry.source).error(f"expected a formula as text, got {shown(value)}")
        definition = parse_definition(head, value, known, key, entry.source)
        known[definition.name] = definition
    return known


def text_of(entry: Entry) -> str:
    """A formula as text."""
    if not isinstance(entry.value, str):
        raise entry.error(f"expected a formula as text, got {shown(entry.value)}")
    return entry.value


def used_definitions(trees: Sequence[Node], definitions: Definitions) -> tuple[Definition, ...]:
    """Those that the formulas use, directly or not, in their order."""
    used: set[str] = set()
    for tree in trees:
        used |= _mentioned(tree)
    for definition in reversed(list(definitions.values())):
        if definition.name in used:
            used |= _mentioned(definition.body)
    return tuple(d for d in definitions.values() if d.name in used)


def _mentioned(tree: Node) -> set[str]:
    return set(names(tree)) | {node.name for node in nodes(tree) if isinstance(node, Call)}


def all_names(trees: Sequence[Node], definitions: Sequence[Definition]) -> frozenset[str]:
    """Names that occur in formulas and in their definitions, those of the definitions themselves left out."""
    result: set[str] = set()
    own = {definition.name for definition in definitions}
    for tree in trees:
        result |= names(tree)
    for definition in definitions:
        result |= names(definition.body) - set(definition.arguments)
    return frozenset(result - own - {"i", "j", "k", "l"})


def all_functions(trees: Sequence[Node], definitions: Sequence[Definition]) -> frozenset[str]:
    """Functions that occur in formulas and in their definitions."""
    bodies = [*trees, *(definition.body for definition in definitions)]
    return frozenset(node.name for tree in bodies for node in nodes(tree) if isinstance(node, Call))


def variant(name: str, predict: Predicting, meaning: Sequence[Hypothesis]) -> Mutant:
    """A false variant: None where it has no meaning for the problem."""

    def predicted(problem: Problem, digits: int) -> Prediction | None:
        if any(hypothesis.check(problem).answer is not Answer.HOLDS for hypothesis in meaning):
            return None
        try:
            return predict(problem, digits)
        except (Inconclusive, InputError, HypothesisError):
            return None

    return Mutant(name, predicted)


def require_names(mentioned: frozenset[str], allowed: frozenset[str], entry: Entry) -> None:
    """InputError for a name of the grammar that has no place in this kind of formula."""
    if wrong := sorted(mentioned & NAMES.keys() - allowed):
        raise entry.error(
            f"{wrong[0]} has no place in this kind of formula; expected {', '.join(sorted(allowed))}"
        )


def texts(entry: Entry) -> list[Entry]:
    """The formulas of a list of mutants."""
    if not isinstance(entry.value, list) or not entry.value:
        raise entry.error(
            f"expected a list of formulas (leave the key out for generic ones), got {shown(entry.value)}"
        )
    return [Entry(text, f"{entry.key}[{k}]", entry.source) for k, text in enumerate(entry.value, 1)]
