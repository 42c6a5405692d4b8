"""Claims in TOML: the common statements about a limit, with a formula in place of code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from litproof.claims.claim import EXPECTED, REGISTRY, claim
from litproof.claims.formulas.built import Built, read_definitions
from litproof.claims.formulas.claimed_network import ClaimedNetwork, read_claimed_network
from litproof.claims.formulas.hypothesis_words import HYPOTHESES
from litproof.claims.formulas.problems import (
    DEFAULTS,
    own_dynamics,
    read_draw,
    read_problems,
    read_without,
    with_redrawn,
)
from litproof.claims.formulas.reading import OPTIONS, build, kinds_of
from litproof.claims.formulas.start_relations import is_relation, relation
from litproof.claims.types import Claim, Hypothesis
from litproof.errors import InputError
from litproof.language.statements import Definitions
from litproof.problem import Problem
from litproof.problem_file.syntax import load
from litproof.problem_file.values import Node as Entry, listed, shown, table
from litproof.results import Prediction

_OF_CLAIM = (
    "id",
    "title",
    "statement",
    "source",
    "hypotheses",
    "network",
    *DEFAULTS,
    "problems",
    "draw",
    "redraw",
    "without",
)
_OF_STATEMENT = ("name", "mutants", "expected")


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
    root = table(Entry(content, "", source), ("schema", "claim"), ("let", "statement"))
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
    definitions = read_definitions(root.child("let") if "let" in root.value else None, {})
    more = root.child("statement") if "statement" in root.value else None
    if many and more is not None:
        raise more.error("expected [[claim.statement]], as there are several claims")
    read = [
        arguments
        for number, item in enumerate(entries, 1)
        for arguments in _read(item, path, number if many else 0, definitions, more)
    ]
    return tuple(_register(arguments, built, source).id for arguments, built in read)


def _register(arguments: dict[str, Any], built: Built, source: str) -> Claim:
    def predict(problem: Problem, digits: int) -> Prediction:
        return built.predict(problem, digits)

    predict.__doc__ = built.text
    place = arguments.pop("place")
    try:
        made = claim(**arguments)(predict)
    except InputError as error:
        raise InputError(error.message, key="claim.id", source=source) from None
    mutants = arguments["mutants"]
    made = replace(made, automatic=built.automatic, mutants=mutants, place=place, prove=built.prove)
    REGISTRY[made.id] = made
    return made


def _read(
    entry: Entry, path: str, number: int, definitions: Definitions, more: Entry | None
) -> list[tuple[dict[str, Any], Built]]:
    """The claims of one table: one for each of its statements."""
    options = dict.fromkeys(option for keys in OPTIONS.values() for option in keys)
    inline = ("let", "statement") if more is None else ("let",)
    table(entry, (), (*OPTIONS, *_OF_CLAIM, *_OF_STATEMENT, *inline, *options))
    definitions = read_definitions(entry.child("let") if "let" in entry.value else None, definitions)
    own = more if more is not None else entry
    tables = _tables(entry, own.child("statement") if more is None and "statement" in entry.value else more)
    statements = [(item, kind) for item in tables for kind in kinds_of(item.value)]
    if not statements:
        raise entry.error(f"expected a statement: one of {listed(OPTIONS)}")
    stem = Path(path).stem + (f"-{number}" if number else "")
    id = _text(entry, "id", f"user/{stem}")
    if "/" not in id or id != id.strip():
        raise entry.child("id").error(f"expected an id that reads 'family/name', got {shown(id)}")
    network = read_claimed_network(entry.child("network")) if "network" in entry.value else None
    named = _hypotheses(entry, network)
    problems = read_problems(entry, path, network)
    names = _names(statements)
    read = []
    for (item, kind), name in zip(statements, names, strict=True):
        built = build(kind, item, definitions)
        title = _text(entry, "title", built.text)
        hypotheses = (*built.implied, *named.values(), *built.meaning)
        false = read_without(entry, network, named, problems[0].problem if problems else None)
        arguments: dict[str, Any] = {
            "id": f"{id}/{name}" if len(statements) > 1 else id,
            "title": title if len(statements) == 1 or "title" not in entry.value else f"{title}: {name}",
            "statement": _text(item, "statement", built.text) if item is entry else built.text,
            "source": _text(entry, "source", str(path)),
            "hypotheses": hypotheses,
            "mutants": (*built.mutants, *false),
            "instances": with_redrawn(entry, problems, hypotheses, id),
            "draw": read_draw(entry),
            "expected": _expected(item if "expected" in item.value else entry),
            "place": (str(path), _line(path, entry, number)),
            "measure": built.measure,
            "compare": built.compare,
            "same": built.same,
        }
        read.append((arguments, built))
    return read


def _tables(entry: Entry, more: Entry | None) -> list[Entry]:
    """The claim's own table where it states something, and its [[statement]]s."""
    if isinstance(entry.value.get("statement"), list):
        more = entry.child("statement")
    tables = [entry] if any(kind in entry.value for kind in OPTIONS) else []
    if more is None or isinstance(more.value, str):
        return tables
    if not isinstance(more.value, list) or not more.value:
        raise more.error(f"expected a list of tables, [[statement]], got {shown(more.value)}")
    for k, value in enumerate(more.value, 1):
        item = Entry(value, f"{more.key}[{k}]", more.source)
        if not isinstance(value, Mapping):
            raise item.error(f"expected a table, got {shown(value)}")
        kinds = kinds_of(value)
        if len(kinds) != 1:
            raise item.error(f"expected exactly one of {listed(OPTIONS)}, got {len(kinds)}")
        table(item, (), (*kinds, *_OF_STATEMENT, *OPTIONS[kinds[0]]))
        tables.append(item)
    return tables


def _names(statements: Sequence[tuple[Entry, str]]) -> list[str]:
    """A name for each statement: its own, or its kind, with a number where that is needed."""
    names: list[str] = []
    for item, kind in statements:
        name = _text(item, "name", kind)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise item.child("name").error(f"expected letters, digits, - and _, got {shown(name)}")
        count = sum(1 for other in names if other == name or other.startswith(f"{name}-"))
        names.append(f"{name}-{count + 1}" if count else name)
    return names


def _hypotheses(entry: Entry, network: ClaimedNetwork | None) -> dict[str, Hypothesis]:
    """The hypotheses that the file names, by its own words."""
    hypotheses = {"network": network.hypothesis} if network else {}
    own = {"dynamics": own_dynamics(entry)} if "dynamics" in entry.value else {}
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
        elif isinstance(name, str) and name in own:
            hypotheses[name] = own[name]
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
    node = entry.child("expected")
    if node.value not in EXPECTED:
        raise node.error(f"expected 'verified' or 'refuted', got {shown(node.value)}")
    return str(node.value)


def _text(entry: Entry, key: str, otherwise: str) -> str:
    if key not in entry.value:
        return otherwise
    value = entry.value[key]
    if not isinstance(value, str) or not value.strip():
        raise entry.child(key).error(f"expected text, got {shown(value)}")
    return value
