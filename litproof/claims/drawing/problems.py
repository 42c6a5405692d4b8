"""A problem from a recipe."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import isqrt
from random import Random
from typing import Any

from litproof.claims.drawing.data import draw_points, labels_of, targets_of
from litproof.claims.drawing.networks import network_of
from litproof.claims.drawing.numbers import STYLES, Draw, Rows, redrawn, scale_of
from litproof.claims.drawing.recipe import Recipe
from litproof.claims.drawing.starts import draw_frame, draw_start
from litproof.dynamics import Dynamics, WeightDecay
from litproof.errors import InputError
from litproof.losses import Loss
from litproof.networks.base import Network
from litproof.networks.own import OwnNetwork
from litproof.networks.polynomial import FormulaNetwork
from litproof.problem import Problem, Task
from litproof.problem_file import problem_from_mapping, write_problem

LOSSES = ("log-cosh", "power-4", "cosh(r)", "r^2 + r^4", "sqrt(1 + r^2)", "exp(r) - r")
MARGIN_LOSSES = ("logistic",)

MOST_PARAMETERS = 30
"""Of a problem that is drawn: a fault shows in small networks as well, and soon."""


def build(rng: Random, recipe: Recipe, own: Sequence[Problem], name: str) -> Problem:
    """The problem of a recipe, as its file would be read.

    Parameters
    ----------
    own : the claim's own problems, for networks "own k".

    Raises
    ------
    InputError : the recipe makes no problem that a file may hold, e.g. inseparable data.
    """
    draw = STYLES[recipe["numbers"]]
    word, _, number = recipe["network"].partition(" ")
    if word == "own":
        problem = _like(rng, recipe, own[int(number)], draw)
    else:
        network = network_of(rng, recipe["network"], int(recipe["depth"]), int(recipe["inputs"]))
        problem = _fresh(rng, recipe, network, draw)
    if sum(problem.network.shapes) > MOST_PARAMETERS and word != "own":
        raise InputError(f"expected at most {MOST_PARAMETERS} parameters")
    return as_read(replace(problem, name=name))


def as_read(problem: Problem) -> Problem:
    """The problem through its file and back, so that whatever is drawn can be handed to a person.

    Raises InputError as reading the file would. A network of a Python class has no file and stays as it is.
    """
    if isinstance(problem.network, OwnNetwork):
        return problem
    return problem_from_mapping(tomllib.loads(write_problem(problem)), source=problem.name)


def _fresh(rng: Random, recipe: Recipe, network: Network, draw: Draw) -> Problem:
    d = network.input_dim
    frame = draw_frame(rng, isqrt(d)) if isqrt(d) ** 2 == d and "commuting" in recipe.values() else ()
    v = draw_start(rng, network, recipe["start"], draw, frame)
    X = draw_points(rng, int(recipe["points"]), d, recipe["data"], draw, frame)
    task: Task = "regression" if recipe["task"] == "regression" else "classification"
    X, y = _with_targets(rng, recipe, task, network, X, v, draw)
    scale = scale_of(rng, recipe["scale"])
    return Problem(network, task, X, y, scale, v, **_training(rng, recipe["training"], task, len(X)))


def _with_targets(
    rng: Random, recipe: Recipe, task: Task, network: Network, X: Rows, v: Rows, draw: Draw
) -> tuple[Rows, tuple[Fraction, ...]]:
    # at exact points functions have no exact values
    reached = () if isinstance(network, FormulaNetwork) else network.coefficients(v)
    if task == "classification":
        return labels_of(rng, X, recipe["targets"], draw, reached)
    return X, targets_of(rng, X, recipe["targets"], draw, reached)


def _training(rng: Random, style: str, task: Task, n: int) -> dict[str, Any]:
    loss: Loss | None = None
    dynamics: Dynamics | None = None
    weights: tuple[Fraction, ...] = ()
    if style == "loss":
        loss = Loss.of(rng.choice(LOSSES if task == "regression" else MARGIN_LOSSES), task)
    if style == "decay" and task == "regression":
        dynamics = WeightDecay(Fraction(rng.randint(1, 4), 4), Fraction(rng.randint(1, 6), 2))
    if style == "weights" and task == "regression":
        weights = tuple(Fraction(rng.randint(1, 6), 2) for _ in range(n))
    return {"loss": loss, "dynamics": dynamics, "weights": weights}


def _like(rng: Random, recipe: Recipe, own: Problem, draw: Draw) -> Problem:
    """The network and the training of a claim's own problem, with other numbers."""
    network, outputs = own.network, getattr(own.network, "outputs", 1)
    v = own.v
    if recipe["start"] == "pattern":
        v = redrawn(rng, own.v, draw)
    elif recipe["start"] not in ("identity", "commuting"):
        v = draw_start(rng, network, recipe["start"], draw, ())
    X, y = own.X, own.y
    if recipe["data"] == "pattern" or outputs > 1:
        X = redrawn(rng, X, draw)
        if own.task == "regression" and recipe["targets"] == "any":
            y = targets_of(rng, X, "any", draw, ())
    elif recipe["data"] != "commuting":
        X = draw_points(rng, len(X), len(X[0]), recipe["data"], draw, ())
    if outputs == 1 and (recipe["data"] != "pattern" or recipe["targets"] != "any"):
        X, y = _with_targets(rng, recipe, own.task, network, X, v, draw)
    return replace(own, X=X, y=y, v=v, scale=scale_of(rng, recipe["scale"]))
