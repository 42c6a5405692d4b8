"""Claims in TOML: the common statements about a limit, with a formula in place of code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from litproof.claims.claim import EXPECTED, REGISTRY, claim
from litproof.claims.formulas.claimed_network import ClaimedNetwork, read_claimed_network
from litproof.claims.formulas.conditions import (
    NAMES,
    Condition,
    Mode,
    compare_condition,
    has_meaning,
    measure_condition,
    mentions_limit,
    predict_condition,
    prove_condition,
    same_condition,
)
from litproof.claims.formulas.own_names import OWN
from litproof.claims.formulas.problems import DEFAULTS, read_problems, read_without, with_drawn
from litproof.claims.formulas.start_relations import is_relation, relation
from litproof.claims.hypotheses import (
    DEEP,
    FULLY_CONNECTED,
    GRADIENT_FLOW,
    LAST_ZERO,
    MATRIX_SENSING,
    NO_ZERO,
    ODECO,
    ONE_POINT,
    REAL_ODECO,
    REGRESSION,
    REGRESSION_TASK,
    SAME_START,
    TWO_LAYERS,
    UNDERDETERMINED,
)
from litproof.claims.types import Answer, Claim, Hypothesis, Mutant
from litproof.errors import Inconclusive, InputError
from litproof.formula.mutants import formula_mutants
from litproof.language.grammar import STANDARD, SYMBOLS, parse
from litproof.language.tree import Node, Number, Operation, names, to_text
from litproof.problem import Problem
from litproof.problem_file.syntax import load
from litproof.problem_file.values import Node as Entry, listed, shown, table
from litproof.results import Prediction

MODES: tuple[Mode, ...] = ("minimises", "stationary", "limit", "conserved")

HYPOTHESES: Mapping[str, Hypothesis] = {
    "gradient-flow": GRADIENT_FLOW,
    "squared-loss": REGRESSION,
    "depth-at-least-2": DEEP,
    "two-layers": TWO_LAYERS,
    "one-point": ONE_POINT,
    "odeco": ODECO,
    "real-odeco": REAL_ODECO,
    "fully-connected": FULLY_CONNECTED,
    "matrix-sensing": MATRIX_SENSING,
    "same-start": SAME_START,
    "last-zero": LAST_ZERO,
    "no-zero": NO_ZERO,
}
"""Words for hypotheses in a claim file."""

_STATEMENTS: Mapping[Mode, str] = {
    "minimises": "the limit minimises {} over the interpolators",
    "stationary": "the limit is a stationary point of {} on the interpolators",
    "limit": "entry j of the limit is {}",
    "conserved": "{} is conserved along the flow",
}
_OPTIONAL = (
    "id",
    "title",
    "statement",
    "source",
    "hypotheses",
    "mutants",
    "expected",
    "network",
    *DEFAULTS,
    "problems",
    "draw",
    "without",
)


def is_claim_file(path: str) -> bool:
    """Whether a TOML or JSON file holds claims (a key `claim`) rather than a problem; False if it cannot be read."""
    if not path.endswith((".toml", ".json")):
        return False
    try:
        content, _ = load(path)
    except InputError:
        return False
    return isinstance(content, Mapping) and "claim" in content


def register_claims(path: str) -> tuple[str, ...]:
    """Register the claims of a TOML claim file and return their ids.

    Raises
    ------
    InputError : one line naming file, key, position in the formula, and what was expected.
    """
    content, source = load(path)
    root = table(Entry(content, "", source), ("schema", "claim"))
    schema = root.child("schema")
    if schema.value != 1 or isinstance(schema.value, bool):
        raise schema.error(f"expected 1, the version of the file format, got {shown(schema.value)}")
    entry = root.child("claim")
    many = isinstance(entry.value, list)
    if many and not entry.value:
        raise entry.error("expected at least one claim")
    entries = (
        [Entry(item, f"claim[{number}]", source) for number, item in enumerate(entry.value, 1)]
        if many
        else [entry]
    )
    made = [_read(item, path, number if many else 0) for number, item in enumerate(entries, 1)]
    return tuple(_register(arguments, predict, source).id for arguments, predict in made)


Predicting = Callable[[Problem, int], Prediction]


def _register(arguments: dict[str, Any], predict: Predicting, source: str) -> Claim:
    automatic, place, prove = (arguments.pop(name) for name in ("automatic", "place", "prove"))
    try:
        made = claim(**arguments)(predict)
    except InputError as error:
        raise InputError(error.message, key="claim.id", source=source) from None
    made = replace(made, automatic=automatic, mutants=arguments["mutants"], place=place, prove=prove)
    REGISTRY[made.id] = made
    return made


def _read(entry: Entry, path: str, number: int) -> tuple[dict[str, Any], Predicting]:
    table(entry, (), (*MODES, *_OPTIONAL))
    modes = [mode for mode in MODES if mode in entry.value]
    if len(modes) != 1:
        raise entry.error(f"expected exactly one of {listed(MODES)}, got {len(modes)}")
    mode = modes[0]
    condition = _condition(entry.child(mode), mode)
    text = to_text(condition.tree)
    written, automatic = _mutants(entry, condition)
    stem = Path(path).stem + (f"-{number}" if number else "")
    network = read_claimed_network(entry.child("network")) if "network" in entry.value else None
    named = _hypotheses(entry, network)
    implied = (UNDERDETERMINED,) if mode in ("minimises", "stationary") else ()
    hypotheses = (
        REGRESSION if mode == "conserved" else REGRESSION_TASK,
        *implied,
        *named.values(),
        has_meaning(condition),
    )
    id, problems = _text(entry, "id", f"user/{stem}"), read_problems(entry, path, network)
    written += read_without(entry, network, named, problems[0].problem if problems else None)
    arguments: dict[str, Any] = {
        "id": id,
        "title": _text(entry, "title", _STATEMENTS[mode].format(text)),
        "statement": _text(entry, "statement", _STATEMENTS[mode].format(text)),
        "source": _text(entry, "source", str(path)),
        "hypotheses": hypotheses,
        "mutants": written,
        "automatic": automatic,
        "instances": with_drawn(entry, problems, hypotheses, id),
        "expected": _expected(entry),
        "place": (str(path), _line(path, entry, number)),
        "measure": measure_condition(condition),
        "prove": None if mode == "conserved" else prove_condition,
        "compare": compare_condition,
        "same": same_condition,
    }
    if "/" not in arguments["id"] or arguments["id"] != arguments["id"].strip():
        raise entry.child("id").error(
            f"expected an id that reads 'family/name', got {shown(arguments['id'])}"
        )

    def predict(problem: Problem, digits: int) -> Prediction:
        return predict_condition(condition, problem, digits)

    predict.__doc__ = _STATEMENTS[mode].format(text)
    return arguments, predict


def _condition(entry: Entry, mode: Mode) -> Condition:
    if not isinstance(entry.value, str):
        raise entry.error(f"expected a formula as text, got {shown(entry.value)}")
    condition = Condition(
        mode,
        parse(
            entry.value,
            free=("j",) * (mode == "limit"),
            key=entry.key,
            source=entry.source,
            vocabulary=OWN if mode == "conserved" else STANDARD,
        ),
    )
    tree = condition.tree
    if mode in ("minimises", "stationary") and not mentions_limit(tree):
        raise entry.error("expected a function of beta[j], rho[j] or schatten(p)")
    own = names(tree) - SYMBOLS.keys() if mode == "conserved" else frozenset()
    if mode == "conserved" and "v" not in names(tree) and not own:
        raise entry.error("expected a function of the layers v[l,j], or of a network's own names")
    allowed = NAMES[mode]
    if wrong := sorted(names(tree) - allowed - own):
        raise entry.error(
            f"{wrong[0]} has no place in this kind of formula; expected {', '.join(sorted(allowed))}"
        )
    return condition


def _mutants(entry: Entry, condition: Condition) -> tuple[tuple[Mutant, ...], bool]:
    """Those of the file, or generic ones; and whether they are generic."""
    if "mutants" not in entry.value:
        moving = condition.mode in ("minimises", "stationary")
        variants = formula_mutants(condition.tree, condition=moving)
        if condition.mode == "limit":
            twice = Operation("*", Number(Fraction(2)), condition.tree)
            variants = (*variants, ("scale: twice the formula", twice))
        return tuple(_mutant(name, condition, tree) for name, tree in variants), True
    node = entry.child("mutants")
    if not isinstance(node.value, list) or not node.value:
        raise node.error(
            f"expected a list of formulas (leave the key out for generic ones), got {shown(node.value)}"
        )
    made = []
    for number, text in enumerate(node.value, 1):
        false = _condition(Entry(text, f"{node.key}[{number}]", node.source), condition.mode)
        made.append(_mutant(to_text(false.tree), condition, false.tree))
    return tuple(made), False


def _mutant(name: str, condition: Condition, tree: Node) -> Mutant:
    """The condition with another formula; None where that has no meaning."""
    false = Condition(condition.mode, tree, condition.key)
    meaning = has_meaning(false)

    def predict(problem: Problem, digits: int) -> Prediction | None:
        if meaning.check(problem).answer is not Answer.HOLDS:
            return None
        try:
            return predict_condition(false, problem, digits)
        except Inconclusive:
            return None

    return Mutant(name, predict)


def _hypotheses(entry: Entry, network: ClaimedNetwork | None) -> dict[str, Hypothesis]:
    """The hypotheses that the file names, by its own words."""
    hypotheses = {"network": network.hypothesis} if network else {}
    if "hypotheses" not in entry.value:
        return hypotheses
    node = entry.child("hypotheses")
    if not isinstance(node.value, list):
        raise node.error(f"expected a list of {listed(HYPOTHESES)}, got {shown(node.value)}")
    for number, name in enumerate(node.value, 1):
        wrong = Entry(name, f"{node.key}[{number}]", node.source)
        if is_relation(name):
            if network is None:
                raise wrong.error(
                    "a relation speaks of the parameters of the claim's [network], which is missing"
                )
            hypotheses[name] = relation(name, network, wrong.key, node.source)
        elif not isinstance(name, str) or name not in HYPOTHESES:
            raise wrong.error(f"expected one of {listed(HYPOTHESES)}, got {shown(name)}")
        else:
            hypotheses[name] = HYPOTHESES[name]
    return hypotheses


def _line(path: str, entry: Entry, number: int) -> int:
    """The line of a claim in its file: where its id stands, else the header of its table, else the first."""
    lines = Path(path).read_text("utf-8-sig").splitlines()
    name = entry.value.get("id") if isinstance(entry.value, Mapping) else None
    if isinstance(name, str):
        quoted = [k for k, line in enumerate(lines, 1) if f'"{name}"' in line or f"'{name}'" in line]
        if quoted:
            return quoted[0]
    headers = [k for k, line in enumerate(lines, 1) if re.match(r"\s*\[\[?\s*[\"']?claim\b", line)]
    return headers[max(number - 1, 0)] if len(headers) >= max(number, 1) else 1


def _expected(entry: Entry) -> str:
    """The outcome that the author expects."""
    if "expected" not in entry.value:
        return "verified"
    given = entry.child("expected")
    if given.value not in EXPECTED:
        raise given.error(f"expected 'verified' or 'refuted', got {shown(given.value)}")
    return str(given.value)


def _text(entry: Entry, key: str, otherwise: str) -> str:
    if key not in entry.value:
        return otherwise
    value = entry.value[key]
    if not isinstance(value, str) or not value.strip():
        raise entry.child(key).error(f"expected text, got {shown(value)}")
    return value
