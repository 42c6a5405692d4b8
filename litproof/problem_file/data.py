"""The [data], [task] and [init] tables, and the conditions that the data must meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from litproof.algebra.separation import separate
from litproof.problem import Vector
from litproof.problem_file.values import Node, array, nodes, rational, shown, table, vector
from litproof.text import few

Points = tuple[Vector, ...]


def read_points(node: Node, kind: str, *, labels: bool) -> tuple[Points, int]:
    """(rows x_i, number of inputs); sensors are flattened row by row, those of matrix sensing count as k inputs."""
    name, other = ("A", "X") if kind == "matrix-sensing" else ("X", "A")
    if isinstance(node.value, Mapping) and other in node.value and name not in node.value:
        if kind not in ("polynomial", "formula"):
            raise node.child(other).error(f"expected the key {name!r} for the kind {kind!r}, not {other!r}")
        name = other
    table(node, (name, "y") if labels else (name,), ("weights",) if labels else ("y", "weights"))
    if name == "X":
        (_, width), X = array(node.child("X"), 2, rational)
        return X, width
    (_, height, width), matrices = array(node.child("A"), 3, rational)
    if kind == "matrix-sensing":
        _check_symmetric(node.child("A"), matrices, height, width)
    X = tuple(tuple(entry for row in A for entry in row) for A in matrices)
    return X, height if kind == "matrix-sensing" else height * width


def _check_symmetric(node: Node, matrices: Sequence[Points], height: int, width: int) -> None:
    if height != width:
        raise node.error(f"expected square sensor matrices, got {height} x {width}")
    for number, A in enumerate(matrices, 1):
        for i in range(height):
            for j in range(i):
                if A[i][j] != A[j][i]:
                    place = f"entries [{i + 1}, {j + 1}] and [{j + 1}, {i + 1}] of matrix {number}"
                    raise node.error(
                        f"expected symmetric matrices, but {place} differ (the kind 'polynomial' takes any)"
                    )


def read_targets(node: Node, n: int, outputs: int = 1) -> Vector:
    """y, one number for each point (several outputs: one row for each, flattened)."""
    if outputs == 1:
        return vector(node)
    shape, table = array(node, 2, rational)
    if shape != (n, outputs):
        raise node.error(
            f"expected {n} rows of {outputs} numbers, one for each point, got {shape[0]} of {shape[1]}"
        )
    return tuple(entry for row in table for entry in row)


def read_weights(node: Node, n: int, task: str, outputs: int) -> Vector:
    """Weights w_i > 0 of the points, repeated for each output; () where the key is left out."""
    if "weights" not in node.value:
        return ()
    weights = vector(node.child("weights"))
    if task != "regression":
        raise node.child("weights").error("expected no weights for a classification: repeat a point instead")
    if len(weights) != n or min(weights) <= 0:
        raise node.child("weights").error(f"expected {n} numbers above 0, one for each point")
    return tuple(weight for weight in weights for _ in range(outputs))


def read_classes(node: Node, n: int, outputs: int) -> Vector:
    """Classes 1..outputs of n points, as 1 for the class and -1 for each other one, outputs numbers a point."""
    if outputs < 2:
        raise node.error("expected a polynomial network with two or more outputs for cross-entropy")
    classes = vector(node)
    if len(classes) != n:
        raise node.error(f"expected {n} classes, one for each point, got {len(classes)}")
    for i, c in enumerate(classes, 1):
        if c.denominator != 1 or not 1 <= c <= outputs:
            raise node.error(f"expected classes from 1 to {outputs}, got {shown(c)} as number {i}")
    return tuple(Fraction(1 if k == c else -1) for c in classes for k in range(1, outputs + 1))


def rows_of_outputs(X: Points, outputs: int) -> Points:
    """x_i (x) e_c, i first: one row for each output of each point."""
    if outputs == 1:
        return X
    return tuple(
        tuple(entry if k == c else Fraction(0) for entry in x for k in range(outputs))
        for x in X
        for c in range(outputs)
    )


def check_points(node: Node, X: Points, y: Vector, task: str) -> None:
    """Regression: some point that is not zero. Classification: strictly separable through the origin."""
    if task == "regression":
        if not any(map(any, X)):
            raise node.error("expected a point that is not zero")
    else:
        _check_separable(node, X, y)


def _check_separable(node: Node, X: Points, y: Vector) -> None:
    for i, x in enumerate(X, 1):
        if not any(x):
            raise node.error(f"expected points that can be separated, but point {i} is zero")
    separation = separate([[label * entry for entry in x] for x, label in zip(X, y, strict=True)])
    if separation.weights is not None:
        guilty = few([i for i, weight in enumerate(separation.weights, 1) if weight])
        raise node.error(
            "expected separable data, but no direction beta has y_i x_i^T beta > 0 for all i: "
            f"0 is a convex combination of y_i x_i, i = {guilty}"
        )


def read_start(node: Node, depth: int) -> tuple[Fraction, Points]:
    """(scale alpha, layers v_1, v_2, ..)."""
    table(node, ("scale", "v"))
    scale = rational(node.child("scale"))
    layers = []
    for number, item in enumerate(nodes(node.child("v"), f"{depth} lists, one for each layer"), 1):
        if not isinstance(item.value, list | tuple):
            raise item.error(f"layer {number}: expected a list of numbers, got {shown(item.value)}")
        cells = enumerate(item.value, 1)
        layers.append(
            tuple(rational(Node(c, item.key, item.source), f"entry [{number}, {j}]: ") for j, c in cells)
        )
    return scale, tuple(layers)
