"""Gradient-flow equations of a network, derived by differentiating the loss of its linear coefficients.

`differentiate` differentiates; the closed forms below are written down from the structure of the network
(data tensor, matrices, entries, odeco form) without differentiation. `agrees` compares the two by
polynomial normal form.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Literal

import sympy as sp

from litproof.errors import InputError
from litproof.flow.parameters import expression_of, function_of_time, parameter_symbols
from litproof.networks.base import MultilinearNetwork, Network
from litproof.networks.fully_connected import FullyConnected

SampleLoss = Callable[[sp.Symbol, sp.Expr], sp.Expr]
"""(f, target) -> the loss of one point."""

Loss = Literal["squared", "exponential", "general"] | SampleLoss
Layers = tuple[tuple[sp.Expr, ...], ...]

t = sp.Symbol("t", real=True)
"""Time."""

_SHOWN = 24
"""Equations that a notebook shows; a flow of many parameters is cut."""


@dataclass(frozen=True)
class Flow:
    """dv/dt = rhs, one equation a parameter; iterates over `equations`.

    Attributes
    ----------
    variables : symbols v[l,j], shapes (k_l,).
    rhs : right-hand sides, same shapes.
    loss : the loss as a function of the variables.
    residuals : r_i = d loss_i / d f_i as expressions in the variables, length n.
    coefficients : beta(v), length d.
    """

    variables: tuple[tuple[sp.Symbol, ...], ...]
    rhs: Layers
    loss: sp.Expr
    residuals: tuple[sp.Expr, ...]
    coefficients: tuple[sp.Expr, ...] = ()

    @property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """The parameters one after the other, length D."""
        return tuple(symbol for layer in self.variables for symbol in layer)

    @property
    def velocity(self) -> tuple[sp.Expr, ...]:
        """The right-hand sides in the same order."""
        return tuple(rate for layer in self.rhs for rate in layer)

    @cached_property
    def equations(self) -> tuple[sp.Eq, ...]:
        """Derivative(v[l,j], t) = right-hand side, in symbols."""
        return tuple(
            sp.Eq(sp.Derivative(symbol, t), rate, evaluate=False)
            for symbol, rate in zip(self.symbols, self.velocity, strict=True)
        )

    @property
    def functions(self) -> tuple[sp.Expr, ...]:
        """The parameters as functions of time, v[l,j](t)."""
        return tuple(function_of_time(symbol.name)(t) for symbol in self.symbols)

    @cached_property
    def equations_in_time(self) -> tuple[sp.Eq, ...]:
        """The same equations between functions of time."""
        functions = dict(zip(self.symbols, self.functions, strict=True))
        return tuple(
            sp.Eq(sp.Derivative(functions[symbol], t), rate.xreplace(functions), evaluate=False)
            for symbol, rate in zip(self.symbols, self.velocity, strict=True)
        )

    def __iter__(self) -> Iterator[sp.Eq]:
        return iter(self.equations)

    def __len__(self) -> int:
        return len(self.symbols)

    def derivative(self, quantity: sp.Expr | str) -> sp.Expr:
        """d(quantity)/dt along the flow in normal form: 0 exactly when the quantity is conserved by this flow.

        The normal form is that of polynomials in the parameters and the exponentials of the loss, which are
        algebraically independent enough for this: exponentials of different polynomials are linearly independent
        over the rational functions. Symbols are taken by their names; text such as "v[1,1]^2 - v[2,1]^2" will do.

        Raises
        ------
        InputError : the quantity has a symbol that is no parameter of the flow, or is not a polynomial.
        """
        quantity = expression_of(quantity) if isinstance(quantity, str) else sp.sympify(quantity)
        own = {symbol.name: symbol for symbol in self.symbols}
        strange = sorted(symbol.name for symbol in quantity.free_symbols if symbol.name not in own)
        if strange:
            raise InputError(
                f"expected the parameters {_some(own)}, got the symbol {strange[0]!r}", key="quantity"
            )
        quantity = quantity.xreplace({symbol: own[symbol.name] for symbol in quantity.free_symbols})
        if not quantity.is_polynomial(*self.symbols):
            raise InputError(f"expected a polynomial in the parameters, got {quantity}", key="quantity")
        rate = sp.Add(
            *(
                sp.diff(quantity, symbol) * speed
                for symbol, speed in zip(self.symbols, self.velocity, strict=True)
            )
        )
        return _normal_form(rate, _opaque(self))

    def latex(self) -> str:
        """The equations as an aligned display."""
        return self._display(len(self.symbols))

    def _display(self, count: int) -> str:
        pairs = list(zip(self.symbols, self.velocity, strict=True))
        lines = [rf"\dot{{{sp.latex(symbol)}}} &= {sp.latex(rate)}" for symbol, rate in pairs[:count]]
        if len(pairs) > count:
            lines.append(rf"&\text{{and {len(pairs) - count} more}}")
        return "\\begin{aligned}" + " \\\\\n".join(lines) + "\\end{aligned}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self._display(_SHOWN)}$"


def _some(names: dict[str, sp.Symbol]) -> str:
    first, *rest = names
    return f"{first}, .., {rest[-1]}" if rest else first


def differentiate(
    network: Network,
    X: Sequence[Sequence[Any]],
    y: Sequence[Any],
    loss: Loss,
    weights: Sequence[Any] = (),
) -> Flow:
    """-grad of the loss of `network` on X (n x d) and y (n), differentiated by sympy.

    Losses: "squared" 1/2 sum (f - y)^2, "exponential" sum exp(-y f), "general" sum ell_i(f) with ell_i any
    differentiable functions, or a function that gives the loss of one point. X and y may hold symbols or exact numbers.
    `weights` multiply the losses of the points; () stands for all 1.
    """
    variables = parameter_symbols(network)
    beta = tuple(sp.expand(entry) for entry in network.coefficients(variables))
    inputs = [[sp.sympify(entry) for entry in row] for row in X]
    outputs = [sp.expand(sp.Add(*(x * b for x, b in zip(row, beta, strict=True)))) for row in inputs]
    z = sp.Symbol("z")
    total, residuals = sp.S.Zero, []
    for i, (f, target) in enumerate(zip(outputs, map(sp.sympify, y), strict=True), start=1):
        weight = sp.sympify(weights[i - 1]) if weights else sp.S.One
        sample_loss = weight * _sample_loss(loss, z, target, i)
        total += sample_loss.subs(z, f)
        residuals.append(sp.diff(sample_loss, z).subs(z, f))
    rhs = tuple(tuple(-sp.diff(total, v) for v in layer) for layer in variables)
    return Flow(variables, rhs, total, tuple(residuals), beta)


def tensor_form(network: MultilinearNetwork, flow: Flow, X: Sequence[Sequence[Any]]) -> Layers:
    """-M(X^T r) o (v_1, .., I at slot l, .., v_L), from the entries of the data tensor."""
    weights = _weights(flow, X)
    rhs = [[sp.S.Zero] * size for size in network.shapes]
    for (z, *slots), entry in network.data_tensor().entries.items():
        number = sp.Rational(entry.numerator, entry.denominator)
        for l, j in enumerate(slots):
            others = prod((flow.variables[k][i] for k, i in enumerate(slots) if k != l), start=sp.S.One)
            rhs[l][j] -= number * weights[z] * others
    return tuple(map(tuple, rhs))


def diagonal_form(network: MultilinearNetwork, flow: Flow, X: Sequence[Sequence[Any]]) -> Layers:
    """Diagonal network: dv_{l,j}/dt = -(X^T r)_j prod_{k != l} v_{k,j}."""
    weights, layers = _weights(flow, X), range(network.depth)
    return tuple(
        tuple(-weights[j] * prod((flow.variables[k][j] for k in layers if k != l), start=sp.S.One)
              for j in range(network.input_dim))
        for l in layers
    )  # fmt: skip


def matrix_form(network: FullyConnected, flow: Flow, X: Sequence[Sequence[Any]]) -> Layers:
    """Fully connected: dW_l/dt = -(W_1 .. W_{l-1})^T X^T r (W_{l+1} .. W_L)^T, read row by row."""
    sizes = (network.input_dim, *network.widths, 1)
    matrices = [
        sp.ImmutableMatrix(rows, columns, layer)
        for layer, rows, columns in zip(flow.variables, sizes, sizes[1:], strict=False)
    ]
    slope = sp.ImmutableMatrix(_weights(flow, X))
    rhs = []
    for l in range(network.depth):
        before = prod(matrices[:l], start=sp.ImmutableMatrix(sp.eye(network.input_dim)))
        after = prod(matrices[l + 1 :], start=sp.ImmutableMatrix(sp.eye(sizes[l + 1])))
        rhs.append(tuple(-before.T * slope * after.T))
    return tuple(rhs)


def agrees(flow: Flow, closed: Layers) -> bool:
    """Whether derived and closed right-hand sides are equal, as polynomials in the parameters and the loss."""
    opaque = _opaque(flow)
    return all(
        _vanishes(derived - stated, opaque)
        for left, right in zip(flow.rhs, closed, strict=True)
        for derived, stated in zip(left, right, strict=True)
    )


def _opaque(flow: Flow) -> dict[sp.Expr, sp.Dummy]:
    """A generator for each function of the loss (exponentials, general losses)."""
    functions: set[sp.Expr] = set()
    for residual in flow.residuals:
        functions |= residual.atoms(sp.Function, sp.Subs)
        functions |= {
            power for power in residual.atoms(sp.Pow) if not (power.exp.is_Integer and power.exp > 0)
        }
    return {
        function: sp.Dummy(f"r{i}") for i, function in enumerate(sorted(functions, key=sp.default_sort_key))
    }


def _vanishes(expression: sp.Expr, opaque: dict[sp.Expr, sp.Dummy]) -> bool:
    """Whether the normal form is zero; over the rationals in the ring itself, where nothing is written out first."""
    reduced = expression.xreplace(opaque)
    symbols = sorted(reduced.free_symbols, key=sp.default_sort_key)
    try:
        return bool(sp.polys.rings.PolyRing(symbols, sp.QQ).from_expr(reduced) == 0)
    except (ValueError, sp.CoercionFailed):
        return bool(_normal_form(expression, opaque) == 0)


def _normal_form(expression: sp.Expr, opaque: dict[sp.Expr, sp.Dummy]) -> sp.Expr:
    """Expanded, with those generators."""
    back = {dummy: function for function, dummy in opaque.items()}
    reduced = expression.xreplace(opaque)
    symbols = sorted(reduced.free_symbols, key=sp.default_sort_key)
    return sp.Poly(reduced, *symbols).as_expr().xreplace(back) if symbols else reduced


def _sample_loss(loss: Loss, f: sp.Symbol, target: sp.Expr, index: int) -> sp.Expr:
    if loss == "squared":
        return (f - target) ** 2 / 2
    if loss == "exponential":
        return sp.exp(-target * f)
    if callable(loss):
        return loss(f, target)
    return sp.Function(f"ell_{index}")(f)


def _weights(flow: Flow, X: Sequence[Sequence[Any]]) -> list[sp.Expr]:
    """X^T r, length d."""
    return [
        sum((sp.sympify(x) * r for x, r in zip(column, flow.residuals, strict=True)), start=sp.S.Zero)
        for column in zip(*X, strict=True)
    ]
