"""Problem files: TOML or JSON to exact problems and back. Every wrong file is an InputError of one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, overload

from litproof.errors import InputError
from litproof.networks.polynomial import PolynomialNetwork
from litproof.networks.specs import FullyConnectedSpec, ReluSpec
from litproof.problem import Problem, Task
from litproof.problem_file.architecture import Architecture, read_architecture, read_kind
from litproof.problem_file.data import (
    check_points,
    read_classes,
    read_points,
    read_start,
    read_targets,
    read_weights,
    rows_of_outputs,
)
from litproof.problem_file.field import FieldFile, read_field
from litproof.problem_file.syntax import load
from litproof.problem_file.training import read_dynamics, read_loss
from litproof.problem_file.values import Node, choice, shown, table
from litproof.problem_file.writing import write_problem

__all__ = ["TABLES", "NetworkFile", "problem_from_mapping", "read_network", "read_problem", "write_problem"]

_TABLES = ("network", "task", "data", "init")

_KEYS = {"y": "data.y", "scale": "init.scale", "v": "init.v"}
"""Arguments of `Problem` as they are called in a file."""

TABLES = (*_TABLES, "dynamics")
"""All tables of a problem file."""


@dataclass(frozen=True)
class NetworkFile:
    """What `litproof conserved` reads: a network, and the whole problem when the file holds one.

    Attributes
    ----------
    network : a linear network with one output, or the sizes of one with several outputs or ReLU units.
    problem : None when [task], [data] or [init] is left out, or for several outputs or ReLU units.
    """

    network: Architecture
    problem: Problem | None


def read_problem(path: str | Path) -> Problem:
    """Read a TOML or JSON problem file.

    Raises InputError (one line: file, key, what was expected) for everything that is wrong with it.

    Examples
    --------
    >>> read_problem("nowhere.toml")
    Traceback (most recent call last):
        ...
    litproof.errors.InputError: nowhere.toml: cannot be read: no such file or directory
    """
    content, source = load(path)
    return problem_from_mapping(content, source=source)


def problem_from_mapping(mapping: Mapping[str, Any], source: str = "") -> Problem:
    """A problem from nested dictionaries and lists with the keys of a problem file; Fractions are welcome.

    Raises InputError as `read_problem`; `source` is the name that messages begin with.

    Examples
    --------
    >>> problem = problem_from_mapping({
    ...     "schema": 1,
    ...     "network": {"kind": "diagonal", "depth": 1},
    ...     "task": {"kind": "regression"},
    ...     "data": {"X": [["1", "2"]], "y": ["1/2"]},
    ...     "init": {"scale": "1", "v": [["0", "0"]]},
    ... })
    >>> problem.y
    (Fraction(1, 2),)
    """
    root = _root(mapping, source, _TABLES, ("dynamics",))
    kind = read_kind(root.child("network"), conserved=False)
    return _problem(root, kind, conserved=False)


@overload
def read_network(path: str | Path) -> NetworkFile: ...


@overload
def read_network(path: str | Path, *, fields: Literal[True]) -> NetworkFile | FieldFile: ...


def read_network(path: str | Path, *, fields: bool = False) -> NetworkFile | FieldFile:
    """Read a file for `litproof conserved`: [task], [data], [init] may be missing; knows `relu`, `outputs`.

    With `fields` the file may hold the table [field] alone.

    Without data `input-dim` in [network] is the number of inputs (matrix sensing: k for k x k sensors).
    Raises InputError as `read_problem`.
    """
    content, source = load(path)
    if fields and isinstance(content, Mapping) and "field" in content:
        return read_field(_root(content, source, ("field",), ()))
    root = _root(content, source, ("network",), (*_TABLES[1:], "dynamics"))
    kind = read_kind(root.child("network"), conserved=True)
    single = kind in ("polynomial", "formula") or (
        kind != "relu" and root.value["network"].get("outputs", 1) == 1
    )
    if single and all(name in root.value for name in _TABLES):
        problem = _problem(root, kind, conserved=True)
        return NetworkFile(problem.network, problem)
    if "task" in root.value:
        table(root.child("task"), ("kind",), ("loss",))
    if "init" in root.value:
        table(root.child("init"), ("scale", "v"))
    if "dynamics" in root.value:
        raise root.child("dynamics").error("expected [task], [data] and [init] as well, and one output")
    inputs = read_points(root.child("data"), kind, labels=False)[1] if "data" in root.value else None
    return NetworkFile(read_architecture(root.child("network"), kind, inputs, conserved=True), None)


def _root(content: Any, source: str, required: tuple[str, ...], optional: tuple[str, ...]) -> Node:
    root = table(Node(content, "", source), ("schema", *required), optional)
    schema = root.child("schema")
    if isinstance(schema.value, bool) or schema.value != 1 or not isinstance(schema.value, int):
        raise schema.error(f"expected 1, the version of the file format, got {shown(schema.value)}")
    return root


def _problem(root: Node, kind: str, *, conserved: bool) -> Problem:
    task_table = table(root.child("task"), ("kind",), ("loss",))
    task_node = task_table.child("kind")
    task: Task = (
        "regression"
        if choice(task_node, ("regression", "classification")) == "regression"
        else "classification"
    )
    data = root.child("data")
    X, inputs = read_points(data, kind, labels=True)
    network = read_architecture(root.child("network"), kind, inputs, conserved=conserved)
    assert not isinstance(network, FullyConnectedSpec | ReluSpec)
    outputs = network.outputs if isinstance(network, PolynomialNetwork) else 1
    loss = read_loss(task_table, task)
    points = data.child("A" if "A" in data.value else "X")
    if loss is not None and loss.text == "cross-entropy":
        y = read_classes(data.child("y"), len(X), outputs)
    else:
        y = read_targets(data.child("y"), len(X), outputs)
    X = rows_of_outputs(X, outputs)
    scale, v = read_start(root.child("init"), len(network.shapes))
    dynamics = (
        read_dynamics(root.child("dynamics"), network, len(X) // outputs)
        if "dynamics" in root.value
        else None
    )
    weights = read_weights(data, len(X) // outputs, task, outputs)
    try:
        problem = Problem(
            network, task, X, y, scale, v, root.source, weights=weights, loss=loss, dynamics=dynamics
        )
    except InputError as error:
        raise InputError(error.message, key=_KEYS.get(error.key, error.key), source=root.source) from None
    if task == "regression":
        check_points(points, X, y, task)
    else:
        rows = problem.margin_rows[0]
        check_points(points, rows, (Fraction(1),) * len(rows), task)
    return problem
