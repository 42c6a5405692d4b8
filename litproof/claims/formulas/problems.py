"""The problems of a claim in TOML: files or tables, drawn ones, and those that show what a hypothesis is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from litproof.claims.claim import MOST_DRAWN
from litproof.claims.drawing.mild import redrawn_instances
from litproof.claims.formulas.claimed_network import ClaimedNetwork
from litproof.claims.hypotheses import holds
from litproof.claims.types import Answer, Check, Hypothesis, Instance, Mutant
from litproof.errors import InputError
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping, read_problem
from litproof.problem_file.training import read_dynamics
from litproof.problem_file.values import Node, shown

DEFAULTS = ("task", "dynamics")
"""Tables of a claim that its problems have where they do not say otherwise."""


def read_problems(entry: Node, path: str, network: ClaimedNetwork | None) -> list[Instance]:
    """`problems`: names of problem files, or tables with the keys of one.

    In a table `schema`, `network`, `task` and `dynamics` may be left out: they are then those of the claim.
    """
    if "problems" not in entry.value:
        return []
    node = entry.child("problems")
    if not isinstance(node.value, list) or not all(isinstance(item, str | Mapping) for item in node.value):
        raise node.error(f"expected a list of problem files or of tables, got {shown(node.value)}")
    instances = []
    for number, item in enumerate(node.value, 1):
        if isinstance(item, str):
            instances.append(Instance(item, read_problem(Path(path).parent / item)))
        else:
            own = Node(item, f"{node.key}[{number}]", node.source)
            instances.append(_instance(own, entry, network, f"problem {number}"))
    labels = [instance.label for instance in instances]
    if twice := [label for label in labels if labels.count(label) > 1]:
        raise node.error(f"expected problems of different names, got {twice[0]!r} twice")
    return instances


def _instance(node: Node, entry: Node, network: ClaimedNetwork | None, otherwise: str) -> Instance:
    content: dict[str, Any] = {"schema": 1, "task": {"kind": "regression"}}
    content |= {key: entry.value[key] for key in DEFAULTS if key in entry.value}
    content |= {key: value for key, value in node.value.items() if key not in ("name", "hypothesis")}
    label = node.value.get("name", otherwise)
    if not isinstance(label, str) or not label.strip():
        raise node.child("name").error(f"expected a name as text, got {shown(label)}")
    if "network" not in content and network is not None:
        content["network"] = _network_table(content, network)
    try:
        problem = problem_from_mapping(content, source=node.source)
    except InputError as error:
        raise InputError(
            error.message, key=f"{node.key}.{error.key}".rstrip("."), source=node.source
        ) from None
    return Instance(label, replace(problem, name=label))


def _network_table(content: Mapping[str, Any], network: ClaimedNetwork) -> dict[str, Any]:
    """The claim's network, d read off the data."""
    data = content.get("data")
    rows = data.get("X") if isinstance(data, Mapping) else None
    inputs = len(rows[0]) if isinstance(rows, list) and rows and isinstance(rows[0], list) else 0
    if not inputs:
        return {"kind": "polynomial"}  # for the reader of problem files to refuse
    made = network.of_size({"d": inputs})
    return {
        "kind": "polynomial",
        "parameters": list(map(str, made.parameters)),
        "beta": list(network.beta),
    }


def read_draw(entry: Node, key: str = "draw") -> int:
    """`draw` or `redraw`: how many problems are drawn whenever the claim is verified."""
    count = entry.value.get(key, 0)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_DRAWN:
        message = f"expected a whole number from 0 to {MOST_DRAWN}, got {shown(count)}"
        raise entry.child(key).error(message)
    return count


def with_redrawn(
    entry: Node, own: Sequence[Instance], hypotheses: Sequence[Hypothesis], id: str
) -> Callable[[int], tuple[Instance, ...]]:
    """seed -> the claim's own problems, and `redraw` more like them."""
    count = read_draw(entry, "redraw")
    if count and not own:
        raise entry.child("redraw").error("expected problems that the drawn ones are like")

    def instances(seed: int) -> tuple[Instance, ...]:
        return (*own, *redrawn_instances(own, hypotheses, count, seed, id))

    return instances


def own_dynamics(entry: Node) -> Hypothesis:
    """The hypothesis that a problem has the dynamics of the claim's table `dynamics`, parameters included."""
    stated = entry.child("dynamics")

    def check(problem: Problem) -> Check:
        network = problem.network
        points = len(problem.X) // getattr(network, "outputs", 1)
        try:
            same = read_dynamics(stated, network, points) == problem.dynamics
        except InputError as error:
            return holds(False, str(error))
        return holds(
            same, f"it is {problem.dynamics.kind if problem.dynamics else 'gradient flow'}, or another one"
        )

    kind = stated.value.get("kind", "") if isinstance(stated.value, Mapping) else ""
    return Hypothesis(f"the dynamics is that of the claim, {kind}", check)


def read_without(
    entry: Node,
    network: ClaimedNetwork | None,
    named: Mapping[str, Hypothesis],
    first: Problem | None,
) -> tuple[Mutant, ...]:
    """`without`: problems that violate one hypothesis each, where the statement has to fail: mutants.

    Parameters
    ----------
    named : the hypotheses of the claim, by the words of the file.
    first : the problem of the claim on which they are tried, once.
    """
    if "without" not in entry.value:
        return ()
    node = entry.child("without")
    if not isinstance(node.value, list) or not all(isinstance(item, Mapping) for item in node.value):
        raise node.error(f"expected a list of tables, got {shown(node.value)}")
    made = []
    for number, item in enumerate(node.value, 1):
        own = Node(item, f"{node.key}[{number}]", node.source)
        word = item.get("hypothesis")
        if word not in named:
            expected = f"expected the hypothesis that is left out, one of {', '.join(map(repr, named))}"
            raise own.error(f"{expected}; got {shown(word)}")
        instance = _instance(own, entry, network, f"without {word}")
        made.append(_without(named[word], instance, first))
    names = [mutant.name for mutant in made]
    if twice := [name for name in names if names.count(name) > 1]:
        raise node.error(f"expected problems of different names, got {twice[0]!r} twice")
    return tuple(made)


def _without(hypothesis: Hypothesis, instance: Instance, first: Problem | None) -> Mutant:
    def problem(tried: Problem) -> Problem | None:
        if tried != first:
            return None
        if hypothesis.check(instance.problem).answer is not Answer.VIOLATED:
            raise InputError(f"{instance.label} does not violate the hypothesis: {hypothesis.name}")
        return instance.problem

    suffix = f": {instance.label}" if not instance.label.startswith("without ") else ""
    return Mutant(f"without the hypothesis: {hypothesis.name}{suffix}", None, problem)
