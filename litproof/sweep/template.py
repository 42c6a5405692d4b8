"""Problem templates: a problem file in which data and start may be left to rules that fit every point of a grid.

Besides what a problem file knows, a template may say

* ``data.X = {draw = [n, d]}``: n random short fractions of full rank (classification and regression),
* ``data.y = "draw"``: random targets; in classification the labels of a random hyperplane,
* ``init.v = "draw"`` or ``"draw-last-zero"``: random entries in every layer, or zeros in the last one,
* ``init.v = {first = [...], last = [...]}``: one layer repeated L - 1 times, then the last one.
"""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from litproof.algebra.linear import dot
from litproof.networks.specs import FullyConnectedSpec, ReluSpec
from litproof.problem_file.architecture import read_architecture, read_kind
from litproof.problem_file.data import read_points
from litproof.problem_file.values import MAX_SIZE, Node, table
from litproof.theorems.shared.instances import draw_data, draw_nonzero, draw_targets


def draws(template: Mapping[str, Any]) -> bool:
    """Whether anything in the template is drawn at random."""
    data, init = template.get("data", {}), template.get("init", {})
    X = data.get("X") if isinstance(data, Mapping) else None
    y = data.get("y") if isinstance(data, Mapping) else None
    v = init.get("v") if isinstance(init, Mapping) else None
    return isinstance(X, Mapping) or y == "draw" or v in ("draw", "draw-last-zero")


def filled(template: Mapping[str, Any], seed: int, source: str) -> dict[str, Any]:
    """The template with its rules carried out: a mapping with the keys of a problem file.

    X, y and v come from separate streams, so that the same data meet every network of a grid.

    Raises
    ------
    InputError : a rule that cannot be read; other faults are left to the reader of problem files.
    """
    root = Node(template, "", source)
    result = dict(template)
    data, init = template.get("data"), template.get("init")
    if isinstance(data, Mapping):
        result["data"] = data = dict(data)
        if isinstance(data.get("X"), Mapping):
            data["X"] = _points(root.child("data").child("X"), Random(f"sweep X {seed}"))
        if data.get("y") == "draw":
            data["y"] = _targets(root, data, Random(f"sweep y {seed}"))
    if isinstance(init, Mapping) and isinstance(init.get("v"), Mapping | str):
        rule = root.child("init").child("v")
        sizes = _sizes(Node(result, "", source))
        result["init"] = {**init, "v": _layers(rule, sizes, Random(f"sweep v {seed}"))}
    return result


def _points(node: Node, rng: Random) -> list[list[Fraction]]:
    shape = table(node, ("draw",)).child("draw")
    sizes = shape.value
    if (
        not isinstance(sizes, list)
        or len(sizes) != 2
        or not all(type(size) is int and 1 <= size <= MAX_SIZE for size in sizes)
        or sizes[0] > sizes[1]
    ):
        raise shape.error("expected [n, d] with 1 <= n <= d, the number of points and of inputs")
    return [list(row) for row in draw_data(rng, *sizes)]


def _targets(root: Node, data: Mapping[str, Any], rng: Random) -> list[Fraction]:
    X = data.get("X", data.get("A"))
    if not isinstance(X, list):
        raise root.child("data").error("expected X, for which targets can be drawn")
    task = root.value.get("task")
    if not isinstance(task, Mapping) or task.get("kind") != "classification":
        return list(draw_targets(rng, len(X)))
    rows = read_points(Node({"X": X, "y": []}, "data", root.source), "diagonal", labels=True)[0]
    while True:
        normal = [draw_nonzero(rng) for _ in rows[0]]
        sides = [dot(row, normal) for row in rows]
        if all(sides):
            return [Fraction(1 if side > 0 else -1) for side in sides]


def _sizes(root: Node) -> tuple[int, ...]:
    for name in ("network", "data"):
        if name not in root.value:
            raise root.error(f"missing key, expected the table [{name}]")
    kind = read_kind(root.child("network"), conserved=False)
    inputs = read_points(root.child("data"), kind, labels=True)[1]
    network = read_architecture(root.child("network"), kind, inputs, conserved=False)
    assert not isinstance(network, FullyConnectedSpec | ReluSpec)
    return network.shapes


def _layers(node: Node, sizes: tuple[int, ...], rng: Random) -> list[Any]:
    if isinstance(node.value, Mapping):
        table(node, ("first", "last"))
        return [node.value["first"]] * (len(sizes) - 1) + [node.value["last"]]
    if node.value not in ("draw", "draw-last-zero"):
        raise node.error("expected a list of layers, 'draw', 'draw-last-zero' or {first = ..., last = ...}")
    layers = [[draw_nonzero(rng) for _ in range(size)] for size in sizes]
    if node.value == "draw-last-zero":
        layers[-1] = [Fraction(0)] * sizes[-1]
    return layers
