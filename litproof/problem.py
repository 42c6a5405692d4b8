"""A problem: network, task, exact data and initialisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from litproof.errors import HypothesisError
from litproof.markup import table
from litproof.networks.base import MultilinearNetwork, Network, OdecoForm

Task = Literal["regression", "classification"]
Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Problem:
    """Everything that determines one gradient flow, exact.

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

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> from litproof.networks import Diagonal
    >>> p = Problem(Diagonal(2, 2), "regression", ((F(1), F(2)),), (F(1),), F(1, 2), ((F(1), F(1)), (F(0), F(0))))
    >>> p.v0[0]
    (Fraction(1, 2), Fraction(1, 2))
    """

    network: Network
    task: Task
    X: tuple[Vector, ...]
    y: Vector
    scale: Fraction
    v: tuple[Vector, ...]
    name: str = ""

    @cached_property
    def v0(self) -> tuple[Vector, ...]:
        """Initial layers alpha * v."""
        return tuple(tuple(self.scale * entry for entry in layer) for layer in self.v)

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

    @cached_property
    def signed_rows(self) -> tuple[Vector, ...]:
        """y_i x_i, the inputs with the labels of a classification absorbed, n x d."""
        return tuple(tuple(y * x for x in row) for row, y in zip(self.X, self.y, strict=True))

    def residual(self, beta: Sequence[Fraction]) -> Vector:
        """X beta - y, exact, shape (n,), for linear coefficients beta, shape (d,)."""
        return tuple(
            sum((a * b for a, b in zip(row, beta, strict=True)), -target)
            for row, target in zip(self.X, self.y, strict=True)
        )

    def squared_loss(self, beta: Sequence[Fraction]) -> Fraction:
        """1/2 sum_i (x_i . beta - y_i)^2, exact."""
        return sum((r * r for r in self.residual(beta)), Fraction(0)) / 2

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
