"""A problem: network, task, exact data and initialisation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from litproof.algebra.linear import (
    combination,
    identity,
    matrix_product,
    product,
    rank,
    row_echelon,
    solve_square,
    square_root_free,
)
from litproof.dynamics import Dynamics, GradientDescent
from litproof.errors import HypothesisError, InputError
from litproof.exact_numbers import EXPECTED, exact_number
from litproof.losses import DEFAULT, Loss
from litproof.markup import table
from litproof.networks.base import MultilinearNetwork, Network, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.own import as_network

Task = Literal["regression", "classification"]
TASKS: tuple[Task, ...] = ("regression", "classification")
Vector = tuple[Fraction, ...]


if TYPE_CHECKING:
    from flint import arb, fmpq, fmpz

    Number = int | Fraction | str | Decimal | fmpz | fmpq | arb
else:
    Number = int | Fraction | str | Decimal
"""What may stand for an exact number; numbers of mpmath, gmpy2, sympy and flint are read as well."""


@dataclass(frozen=True, init=False)
class Problem:
    """Everything that determines one gradient flow, exact; it checks itself as problem files are checked.

    Numbers may be int, Fraction, text ("3/10", "0.3"), Decimal, or numbers of mpmath, gmpy2, sympy and flint; they
    are kept as the fractions that they are. Python's and numpy's floats are refused.

    Attributes
    ----------
    network : f(x) = x^T beta(v), a polynomial network.
    task : "regression" (loss 1/2 sum_i (f(x_i) - y_i)^2) or "classification"
        (sum_i exp(-y_i f(x_i)), y_i = +-1).
    X : n x d, rows x_i (matrix sensing: sensor matrices flattened row by row).
    y : length n.
    scale : alpha > 0.
    v : layers before scaling, shapes (k_l,); the flow starts at alpha * v.
    name : where the problem came from, for messages.
    weights : regression: w_i > 0 of the loss sum_i w_i ell(f(x_i) - y_i); () stands for all 1.
    loss : None for the loss of the task; another one as text (see `Loss.of`) or as a `Loss`.
    dynamics : None for gradient flow.

    Examples
    --------
    >>> from litproof.networks import Diagonal
    >>> p = Problem(Diagonal(2, 2), "regression", X=[[1, 2]], y=[1], scale="1/2", v=[["1", "1"], ["0", "0"]])
    >>> p.v0[0]
    (Fraction(1, 2), Fraction(1, 2))

    Raises
    ------
    InputError : an unknown task, a ragged X or one of another width than the network, another number of targets,
        layers or entries than there must be, a scale that is not positive, a label other than 1 and -1, or a number
        that is not exact; the message says which and what was expected.
    """

    network: Network
    task: Task
    X: tuple[Vector, ...]
    y: Vector
    scale: Fraction
    v: tuple[Vector, ...]
    name: str = ""
    weights: Vector = ()
    loss: Loss | None = None
    dynamics: Dynamics | None = None

    def __init__(
        self,
        network: Network,
        task: Task,
        X: Sequence[Sequence[Number]],
        y: Sequence[Number],
        scale: Number,
        v: Sequence[Sequence[Number]],
        name: str = "",
        weights: Sequence[Number] = (),
        loss: "Loss | str | None" = None,
        dynamics: Dynamics | None = None,
    ) -> None:
        reader = _Reader(name)
        network = as_network(network)
        if task not in TASKS:
            raise reader.error("task", f"expected {' or '.join(map(repr, TASKS))}, got {task!r}")
        inputs, targets = reader.rows("X", X), reader.numbers("y", y)
        alpha, layers = reader.number("scale", scale), reader.rows("v", v)
        if not inputs:
            raise reader.error("X", "expected at least one point")
        for i, row in enumerate(inputs, start=1):
            if len(row) != network.input_dim:
                raise reader.error("X", f"row {i}: expected {network.input_dim} numbers, got {len(row)}")
        if len(targets) != len(inputs):
            raise reader.error("y", f"expected {len(inputs)} numbers, one for each point, got {len(targets)}")
        if task == "classification":
            for i, label in enumerate(targets, start=1):
                if abs(label) != 1:
                    raise reader.error("y", f"expected labels 1 or -1, got {label} as number {i}")
        own = loss if isinstance(loss, Loss) or loss is None else Loss.of(loss, task, source=name)
        if own is not None and own.task != task:
            raise reader.error("loss", f"expected a loss of {task}, got {own.text!r}, one of {own.task}")
        if own is not None and own.text == DEFAULT[task]:
            own = None
        if own is not None and own.text == "cross-entropy":
            outputs = getattr(network, "outputs", 1)
            blocks = [targets[i : i + outputs] for i in range(0, len(targets), outputs)]
            if outputs < 2 or any(sum(label > 0 for label in block) != 1 for block in blocks):
                raise reader.error(
                    "y", "expected a network of 2 or more outputs and one class for each point"
                )
        heavy = reader.numbers("weights", weights)
        if heavy and (task != "regression" or len(heavy) != len(inputs) or min(heavy) <= 0):
            raise reader.error("weights", f"expected {len(inputs)} numbers above 0, for a regression")
        if alpha <= 0:
            raise reader.error("scale", f"expected a number above 0, got {alpha}")
        shapes = network.shapes
        if len(layers) != len(shapes):
            raise reader.error("v", f"expected {len(shapes)} lists, one for each layer, got {len(layers)}")
        for l, (layer, size) in enumerate(zip(layers, shapes, strict=True), start=1):
            if len(layer) != size:
                raise reader.error("v", f"layer {l}: expected {size} numbers, got {len(layer)}")
        for attribute, value in zip(
            ("network", "task", "X", "y", "scale", "v", "name", "weights", "loss", "dynamics"),
            (network, task, inputs, targets, alpha, layers, name, heavy, own, dynamics),
            strict=True,
        ):
            object.__setattr__(self, attribute, value)

    @property
    def row_weights(self) -> Vector:
        """w_1, .., w_n."""
        return self.weights or (Fraction(1),) * len(self.X)

    @cached_property
    def v0(self) -> tuple[Vector, ...]:
        """Initial layers alpha * v."""
        return tuple(tuple(self.scale * entry for entry in layer) for layer in self.v)

    @property
    def training(self) -> str:
        """What is not the default of loss and dynamics, in words; empty for gradient flow of the task's own loss."""
        names = []
        if self.loss is not None:
            names.append(f"the loss {self.loss.text}")
        if self.dynamics is not None:
            names.append(f"the dynamics {self.dynamics.kind}")
        return " and ".join(names)

    def require_plain(self, what: str) -> None:
        """HypothesisError, in one line, unless it is gradient flow of the task's own loss; `what` needs that."""
        if self.training:
            raise HypothesisError(
                f"{self.name and self.name + ': '}{what} is for gradient flow of the {DEFAULT[self.task]} loss; "
                f"this problem has {self.training}"
            )

    def require_gradient_flow(self, what: str) -> None:
        """HypothesisError, in one line, for other dynamics; `what` takes every loss."""
        if self.dynamics is not None:
            reason = f"{what} is for gradient flow; this problem has the dynamics {self.dynamics.kind}"
            raise HypothesisError(f"{self.name and self.name + ': '}{reason}")

    @property
    def layered(self) -> MultilinearNetwork:
        """The network as one of layers; HypothesisError when beta is not given as linear in each of them."""
        if not isinstance(self.network, MultilinearNetwork):
            raise HypothesisError(
                f"this {self.network.kind} network is given by its coefficients alone: "
                "it has no layers, depth or data tensor"
            )
        return self.network

    @property
    def odeco(self) -> OdecoForm | None:
        """The odeco form in the given layers, None where there is none or there are no layers."""
        return self.network.odeco() if isinstance(self.network, MultilinearNetwork) else None

    @property
    def real_odeco(self) -> OdecoForm | None:
        """The odeco form where it is real; the complex ones of convolutions, d^2 entries, are not written out."""
        if isinstance(self.network, Convolutional) and self.network.is_complex:
            return None
        form = self.odeco
        return form if form is not None and form.is_real else None

    @cached_property
    def signed_rows(self) -> tuple[Vector, ...]:
        """y_i x_i, the inputs with the labels of a classification absorbed, n x d."""
        return tuple(tuple(y * x for x in row) for row, y in zip(self.X, self.y, strict=True))

    @cached_property
    def margin_rows(self) -> tuple[tuple[Vector, ...], tuple[int, ...]]:
        """Rows z_a with the margins z_a . beta, and the data point of each.

        One margin y_i x_i . beta a point; cross-entropy: one for each wrong class c, f_class - f_c.
        """
        if self.loss is None or self.loss.text != "cross-entropy":
            return self.signed_rows, tuple(range(len(self.X)))
        outputs = getattr(self.network, "outputs", 1)
        rows, points = [], []
        for i in range(0, len(self.X), outputs):
            right = next(c for c in range(outputs) if self.y[i + c] > 0)
            for c in range(outputs):
                if c != right:
                    pairs = zip(self.X[i + right], self.X[i + c], strict=True)
                    rows.append(tuple(a - b for a, b in pairs))
                    points.append(i // outputs)
        return tuple(rows), tuple(points)

    @cached_property
    def has_dependent_rows(self) -> bool:
        """Whether the rows of X are linearly dependent."""
        return rank(self.X) < len(self.X)

    @cached_property
    def independent(self) -> "Problem":
        """The same flow on linearly independent rows, with weights: this problem itself where its rows are.

        With X = C B for independent rows B and M = C^T W C the gradient X^T W (X beta - y) is B^T M (B beta - b),
        M b = C^T W y. M = T^T D T with T unit upper triangular, so T B and T b with the weights D give the same flow,
        and the minimisers of the loss are the interpolators T B beta = T b.

        Raises InputError when all rows are zero.
        """
        if self.task != "regression" or not self.has_dependent_rows:
            return self
        if self.loss is not None or (isinstance(self.dynamics, GradientDescent) and self.dynamics.order):
            raise HypothesisError("dependent rows are combined for the squared loss of all points only")
        B, C = _independent_rows(self.X)
        if not B:
            raise InputError("expected a point that is not zero", key="data.X", source=self.name)
        weighted = [[w * c for c in row] for w, row in zip(self.row_weights, C, strict=True)]
        columns = list(zip(*C, strict=True))
        M = matrix_product(columns, weighted)
        targets = solve_square(M, combination(self.y, weighted))
        assert targets is not None
        T, D = square_root_free(M)
        return replace(self, X=tuple(matrix_product(T, B)), y=product(T, targets), weights=tuple(D))

    def residual(self, beta: Sequence[Fraction]) -> Vector:
        """X beta - y, exact, shape (n,), for linear coefficients beta, shape (d,)."""
        return tuple(reached - target for reached, target in zip(product(self.X, beta), self.y, strict=True))

    def squared_loss(self, beta: Sequence[Fraction]) -> Fraction:
        """1/2 sum_i w_i (x_i . beta - y_i)^2, exact."""
        squares = (w * r * r for w, r in zip(self.row_weights, self.residual(beta), strict=True))
        return sum(squares, Fraction(0)) / 2

    def _repr_html_(self) -> str:
        return table(
            (
                ("problem", self.name),
                ("task", self.task),
                ("network", f"{self.network.kind}, parameters {self.network.shapes}"),
                ("X", tuple(", ".join(map(str, row)) for row in self.X)),
                ("y", ", ".join(map(str, self.y))),
                ("alpha", str(self.scale)),
                ("v", tuple(", ".join(map(str, layer)) for layer in self.v)),
            )
        )


def _independent_rows(
    X: Sequence[Vector],
) -> tuple[Sequence[Sequence[Fraction]], Sequence[Sequence[Fraction]]]:
    """(B, C) with X = C B and independent rows B: those of the identity where the rows span everything, else rows of X.

    Rows that are taken as they are, and copies and sums of them, keep the numbers short.
    """
    combinations, chosen = row_echelon(list(zip(*X, strict=True)))
    if len(chosen) == len(X[0]):
        return identity(len(X[0])), X
    return [X[i] for i in chosen], list(zip(*combinations, strict=True))


@dataclass(frozen=True)
class _Reader:
    """Reads exact numbers; refusals name the problem, the argument and the place."""

    name: str

    def error(self, key: str, message: str) -> InputError:
        return InputError(message, key=key, source=self.name)

    def rows(self, key: str, values: Sequence[Sequence[Number]]) -> tuple[Vector, ...]:
        return tuple(
            self.numbers(key, row, f"row {i}, " if key == "X" else f"layer {i}, ")
            for i, row in enumerate(self._listed(key, values, "lists of numbers"), start=1)
        )

    def numbers(self, key: str, values: Sequence[Number], place: str = "") -> Vector:
        entries = self._listed(key, values, "numbers", place)
        if all(type(value) is Fraction for value in entries):
            return tuple(entries)
        return tuple(
            self.number(key, value, f"{place}entry {j}: ") for j, value in enumerate(entries, start=1)
        )

    def number(self, key: str, value: Any, place: str = "") -> Fraction:
        if type(value) is Fraction:
            return value
        if hasattr(value, "is_exact") and not value.is_exact():
            raise self.error(key, f"{place}expected an exact number, got a ball with a radius")
        try:
            return exact_number(value)
        except TypeError:
            got = f"the {type(value).__name__} {value!r:.40}"
        except (ValueError, ArithmeticError):
            got = f"{value!r:.40}"
        if isinstance(value, float):
            if not isfinite(value):
                raise self.error(key, f"{place}expected a finite number, got {float(value)}")
            got = f'the float {float(value)}; write it as text, "{float(value)}", or as a Fraction'
        raise self.error(key, f"{place}expected {EXPECTED}, got {got}")

    def _listed(self, key: str, values: Any, what: str, place: str = "") -> list[Any]:
        if isinstance(values, str | bytes | dict) or not hasattr(values, "__iter__"):
            where = place.removesuffix(", ") + (": " if place else "")
            raise self.error(key, f"{where}expected a list of {what}, got {values!r:.40}")
        return list(values)
