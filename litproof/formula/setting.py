"""The coordinates in which a formula about a regression limit is read: beta in R^d, or rho in R^m.

The limit interpolates: X beta = y, or A rho = y with A = X S^T (odeco networks), A = eigenvalues of the sensors
(commuting matrix sensing). A formula that names rho is about the rho that interpolate, any other about the beta.
Where S is complex (convolutions), rho_j = (S^{-T} beta)_j and only |rho_j| is a function worth asking about.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any, Literal

from litproof.algebra.balls import Ball, Exact, ball, sign
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import inverse
from litproof.errors import HypothesisError, InputError
from litproof.flow.lift import beta_at
from litproof.flow.orthogonal_form import orthogonal_form
from litproof.formula.jets import Jet, NotDefined, linear, modulus, variable
from litproof.language.tree import Call, Node, Symbol, nodes
from litproof.networks.base import OdecoForm
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import CommutingForm, commuting_form
from litproof.predict.regression.commuting import commuting_dual
from litproof.predict.regression.reduction import RealDual, design, real_dual
from litproof.problem import Problem

Basis = Literal["beta", "rho"]

_START_DIGITS = 300
"""To which beta at the start is computed where the network has functions; it is exact for others."""

CONDITION = frozenset(
    {"beta", "rho", "etabar", "eta", "start", "y", "X", "alpha", "depth", "n", "d", "m", "pi"}
)
"""Names that a function of the limit may use."""

DATA = CONDITION - {"beta", "rho"}
"""Names that a formula for the limit itself may use."""

LAYERS = frozenset({"v", "alpha", "depth", "n", "d", "m", "pi", "y", "X"})
"""Names that a conserved quantity may use."""


def basis_of(tree: Node) -> Basis:
    """Rho for formulas that name it, else beta."""
    return "rho" if any(isinstance(node, Symbol) and node.name == "rho" for node in nodes(tree)) else "beta"


@dataclass(frozen=True)
class Setting:
    """A problem as formulas see it.

    Attributes
    ----------
    problem : any regression problem.
    allowed : the names that may be used.
    """

    problem: Problem
    allowed: frozenset[str] = CONDITION

    @cached_property
    def form(self) -> OdecoForm | None:
        """The odeco form, real or complex."""
        return self.problem.odeco

    @cached_property
    def real(self) -> RealDual | None:
        """The real components, in the layers or in other coordinates, when all have the same number of layers."""
        dual_form = real_dual(self.problem)
        same = dual_form is not None and len({known.depth for known in dual_form.dual.coordinates}) == 1
        return dual_form if same else None

    @property
    def S(self) -> tuple[Sequence[Exact], ...] | None:
        """S of beta = offset + S^T rho (complex for convolutions), None where there is none."""
        return self.real.S if self.real is not None else self.form.S if self.form is not None else None

    @cached_property
    def commuting(self) -> CommutingForm | None:
        """Matrix sensing with commuting symmetric sensors and layers, diagonalised."""
        network = self.problem.network
        if not isinstance(network, MatrixSensing) or network.depth == 1:
            return None
        try:
            return commuting_form(self.problem.X, self.problem.v0, network.size)
        except HypothesisError:
            return None

    @property
    def complex_rho(self) -> bool:
        """Whether rho_j is complex."""
        return self.form is not None and not self.form.is_real

    @cached_property
    def components(self) -> int:
        """m; InputError when the network has no components rho_j."""
        if self.S is not None:
            if self.complex_rho and self.inverse is None:
                raise InputError("rho is complex and not a function of beta here")
            return len(self.S)
        if self.commuting is not None:
            return sum(block.degree * len(block.vectors) for block in self.commuting.blocks)
        network = self.problem.network
        detail = " with sensors and layers that do not commute" if isinstance(network, MatrixSensing) else ""
        raise InputError(
            f"has no meaning for a {network.kind} network{detail}: it has no orthogonal components"
        )

    @cached_property
    def layers(self) -> list[list[Exact]]:
        """eta_{l,j}(0), L lists of m exact numbers, alpha included."""
        problem = self.problem
        if self.real is not None:
            starts = self.real.dual.coordinates
            return [list(layer) for layer in zip(*(start.initial for start in starts), strict=True)]
        if self.commuting is not None:
            starts = commuting_dual(self.commuting, problem.y).coordinates
            return [list(layer) for layer in zip(*(start.initial for start in starts), strict=True)]
        _ = self.components
        raise InputError("is complex for this network")

    @cached_property
    def shape_fault(self) -> str:
        """Why there is no etabar (v_l(0) = alpha U_l etabar for all l < L), or ""."""
        first, *others = self.layers[:-1] or self.layers
        for l, layer in enumerate(others, start=2):
            if any(sign(a - b) for a, b in zip(first, layer, strict=True)):
                return f"has no meaning here: layers 1 and {l} start at different places (use eta[l,j])"
        return ""

    def size(self, name: str, position: int) -> int:
        """Range of an index; 0 for plain names. InputError for names without a meaning here."""
        problem = self.problem
        network = problem.network
        if name == "schatten":
            if not isinstance(network, MatrixSensing):
                raise InputError(f"schatten(p) is about matrix sensing, not a {network.kind} network")
            return 0
        if name not in self.allowed:
            raise InputError(
                f"{name} has no place in this kind of formula; expected {', '.join(sorted(self.allowed))}"
            )
        try:
            if name == "etabar" and self.layers and self.shape_fault:
                raise InputError(self.shape_fault)
            sizes: dict[str, Callable[[], tuple[int, ...]]] = {
                "beta": lambda: (network.input_dim,),
                "start": lambda: (network.input_dim,),
                "y": lambda: (len(problem.y),),
                "X": lambda: (len(problem.X), network.input_dim),
                "v": lambda: (len(network.shapes), max(network.shapes)),
                "rho": lambda: (self.components,),
                "m": lambda: (0 * self.components,),
                "etabar": lambda: (len(self.layers[0]),),
                "eta": lambda: (len(self.layers), len(self.layers[0])),
                "depth": lambda: (0 * problem.layered.depth,),
            }
            return 0 if name not in sizes else sizes[name]()[position]
        except InputError as error:
            raise InputError(f"{name} {error.message}") from None
        except HypothesisError as error:
            raise InputError(f"{name} has no meaning here: {error}") from None

    def constant(self, name: str, indices: tuple[int, ...]) -> Fraction | Ball:
        """A name that does not depend on the limit."""
        from flint import arb

        problem = self.problem
        network = problem.network
        position = tuple(index - 1 for index in indices)
        match name:
            case "alpha":
                return problem.scale
            case "depth":
                return Fraction(problem.layered.depth)
            case "n":
                return Fraction(len(problem.X))
            case "d":
                return Fraction(network.input_dim)
            case "m":
                return Fraction(self.components)
            case "pi":
                return arb.pi()
            case "y":
                return problem.y[position[0]]
            case "X":
                return problem.X[position[0]][position[1]]
            case "start":
                return Fraction(self.start[position[0]])
            case "etabar":
                return _number(self.layers[0][position[0]], 1 / problem.scale)
            case "eta":
                return _number(self.layers[position[0]][position[1]])
        raise InputError(f"{name} has no meaning here")

    @cached_property
    def start(self) -> tuple[Fraction, ...]:
        """beta(0)."""
        return tuple(map(Fraction, beta_at(self.problem.network, self.problem.v0, _START_DIGITS)))

    @cached_property
    def inverse(self) -> list[list[Cyclotomic]] | None:
        """S^{-T} (rho = S^{-T} beta), None unless S is square."""
        if self.S is None or len(self.S) != len(self.S[0]):
            return None
        exact = [[cyclotomic(entry) for entry in column] for column in zip(*self.S, strict=True)]
        try:
            return inverse(exact)
        except ZeroDivisionError:
            return None

    def design(self, basis: Basis) -> list[list[Ball]]:
        """n rows of balls: X, or the rows of the constraint A rho = y, at flint's current precision."""
        if basis == "beta" or self.complex_rho:
            return [[ball(entry) for entry in row] for row in self.problem.X]
        rows = (
            design(self.S, self.problem.X)
            if self.S is not None
            else commuting_dual(self._commuting(), self.problem.y).A
        )
        return [[ball(row[i]) for row in rows] for i in range(len(self.problem.y))]

    def spread(self) -> list[list[Ball]]:
        """m rows of d balls, beta = sum_j rho_j row_j (real components only)."""
        if self.S is not None:
            return [[ball(entry) for entry in row] for row in self.S]
        Q = self._commuting().balls(_bits()).Q
        columns = list(zip(*Q, strict=True))
        return [[a * b for a in column for b in column] for column in columns]

    def _commuting(self) -> CommutingForm:
        if self.commuting is None:
            _ = self.components
            raise InputError("no commuting form")
        return self.commuting

    def point(self, basis: Basis, beta: Sequence[Ball], parameters: Sequence[Sequence[Ball]]) -> Point:
        """The limit in the coordinates of `basis`, at flint's current precision."""
        if basis == "beta" or self.complex_rho:
            return Point(self, basis, tuple(beta))
        if self.S is None:
            rows = self.spread()  # orthonormal matrices q_j q_j^T
            return Point(self, basis, tuple(_inner(row, beta) for row in rows))
        if self.inverse is not None:
            linear_part = [b - ball(c) for b, c in zip(beta, self.offset, strict=True)]
            return Point(
                self,
                basis,
                tuple(_inner([ball(entry) for entry in row], linear_part) for row in self.inverse),
            )
        return Point(self, basis, tuple(self._outputs(parameters)))

    def follows_from_beta(self, basis: Basis) -> bool:
        """Whether beta alone determines the point in the coordinates of `basis`."""
        return basis == "beta" or self.complex_rho or self.S is None or self.inverse is not None

    def _outputs(self, parameters: Sequence[Sequence[Ball]]) -> list[Ball]:
        """rho, the products of the reduced layers, where beta does not determine it."""
        if self.form is None:
            form = orthogonal_form(self.problem.network)
            reduced = None if form is None else form.reduced()
            assert reduced is not None
            theta = [entry for layer in parameters for entry in layer]
            return [
                prod(
                    (ball(c) * _inner([ball(a) for a in vector], theta) for c, vector in layers),
                    start=ball(1),
                )
                for layers in reduced.layers
            ]
        layers = [
            [_inner([ball(row[j]) for row in U], layer) for j in range(self.form.rank)]
            for U, layer in zip(self.form.U, parameters, strict=True)
        ]
        return [prod(entries, start=ball(1)) for entries in zip(*layers, strict=True)]

    @property
    def offset(self) -> tuple[Fraction, ...]:
        """beta at rho = 0."""
        return self.real.offset if self.real is not None else (Fraction(0),) * self.problem.network.input_dim


@dataclass(frozen=True)
class Place(ABC):
    """Gives the symbols of a formula their values, as functions of the coordinates z: beta, or rho."""

    setting: Setting
    basis: Basis

    @abstractmethod
    def coordinate(self, index: int) -> Jet:
        """z_index."""

    @abstractmethod
    def combination(self, weights: Sequence[Any]) -> Jet:
        """sum_j weights_j z_j, the weights Fractions or balls."""

    @property
    @abstractmethod
    def spread(self) -> Sequence[Sequence[Any]]:
        """m rows of d numbers, beta = sum_j rho_j row_j."""

    @property
    def complex_rho(self) -> bool:
        """Of the setting."""
        return self.setting.complex_rho

    def size(self, name: str, position: int) -> int:
        """Of the setting."""
        return self.setting.size(name, position)

    def entry(self, name: str, indices: tuple[int, ...]) -> Jet:
        """Value of a symbol."""
        if name not in ("beta", "rho"):
            return Jet(self.setting.constant(name, indices))
        index = indices[0] - 1
        if name == self.basis or (name == "beta" and self.complex_rho):
            return self.coordinate(index)
        if name == "beta":
            return self.combination([row[index] for row in self.spread])
        raise NotDefined("rho stands in a formula that is read in beta")

    def modulus(self, index: int) -> Jet:
        """|rho_index|."""
        from litproof.formula.jets import call

        if not self.complex_rho:
            return call("abs", (self.entry("rho", (index,)),))
        parts = self.parts(index)
        return modulus(*parts) if len(parts) == 2 else call("abs", parts)

    def parts(self, index: int) -> tuple[Jet, ...]:
        """Real and imaginary part of rho_index, the latter where there is one."""
        row = (self.setting.inverse or [])[index - 1]
        values = [entry.ball() for entry in row]
        rows = [[value.real for value in values], [value.imag for value in values]]
        return tuple(map(self.combination, rows[:1] if all(entry.is_real for entry in row) else rows))


@dataclass(frozen=True)
class Point(Place):
    """A point of the coordinate space; symbols have derivatives there.

    Attributes
    ----------
    coordinates : N balls (beta, or rho).
    """

    coordinates: tuple[Ball, ...]

    def coordinate(self, index: int) -> Jet:
        """z_index."""
        return variable(self.coordinates[index], index)

    def combination(self, weights: Sequence[Ball]) -> Jet:
        """sum_j weights_j z_j."""
        slopes = {j: weight for j, weight in enumerate(weights) if weight != 0}
        return linear(_inner(weights, self.coordinates), slopes)

    @cached_property
    def spread(self) -> list[list[Ball]]:
        """m rows of d numbers, beta = sum_j rho_j row_j."""
        return self.setting.spread()

    def modulus_ball(self, index: int) -> Ball:
        """|rho_index| of a complex coordinate without its derivatives, which it has not at 0."""
        square = sum((part.ball * part.ball for part in self.parts(index)), ball(Fraction(0)))
        if square > 0:
            root: Ball = square.sqrt()
            return root
        top = square.abs_upper().sqrt().upper()
        return top.union(top * 0)

    def schatten(self, p: Jet) -> Jet:
        """Sum of the p-th powers of the singular values."""
        from litproof.formula.singular_values import schatten

        if self.basis == "rho":
            raise NotDefined("schatten(p) is about beta; with rho write sum(abs(rho[j])^p)")
        network = self.setting.problem.network
        assert isinstance(network, MatrixSensing)
        return schatten(self.coordinates, network.size, p)


def cyclotomic(value: Exact) -> Cyclotomic:
    """A rational or cyclotomic number as a cyclotomic one."""
    return value if isinstance(value, Cyclotomic) else Cyclotomic.rational(value)


def _number(value: Exact, factor: Fraction = Fraction(1)) -> Fraction | Ball:
    if isinstance(value, int | Fraction):
        return Fraction(value) * factor
    return ball(value) * ball(factor)


def _inner(a: Sequence[Ball], b: Sequence[Ball]) -> Ball:
    from flint import arb

    return sum((p * q for p, q in zip(a, b, strict=True) if p != 0), arb(0))


def _bits() -> int:
    from flint import ctx

    return int(ctx.prec)


def uses_schatten(tree: Node) -> bool:
    """Whether a formula speaks of singular values."""
    return any(isinstance(node, Call) and node.name == "schatten" for node in nodes(tree))
