"""The flow in reduced coordinates, and how it follows from the flow of the parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import sympy as sp

from litproof.errors import HypothesisError
from litproof.flow.equations import t
from litproof.flow.parameters import Parameter, parameter_symbols
from litproof.flow.reduction import prove_reduction
from litproof.networks.base import OdecoForm
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import commuting_form
from litproof.predict.regression.commuting import AlgebraicNumber
from litproof.problem import Problem
from litproof.sympy_interface.equations import gradient_flow
from litproof.sympy_interface.exact import rational, to_sympy


@dataclass(frozen=True)
class ReducedFlow:
    """d eta[l,j]/dt = -conj(g_j prod_{k != l} eta[k,j]), g = S X^T r; iterates over `equations`.

    Attributes
    ----------
    symbols : eta[l,j], L tuples of length m; complex symbols where the form is complex.
    coordinates : {eta[l,j]: its expression in the parameters v}.
    velocity : {eta[l,j]: its rate in the symbols eta}.
    coefficients : beta in the symbols eta, length d.
    reason : how it follows from the flow of the parameters, in words.
    residues : normal forms that all have to be zero for that; they were computed, see `holds`.
    """

    symbols: tuple[tuple[sp.Symbol, ...], ...]
    coordinates: dict[sp.Symbol, sp.Expr]
    velocity: dict[sp.Symbol, sp.Expr]
    coefficients: tuple[sp.Expr, ...]
    reason: str
    residues: tuple[object, ...]

    @property
    def holds(self) -> bool:
        """Whether every residue is zero."""
        return not any(self.residues)

    @property
    def equations(self) -> tuple[sp.Eq, ...]:
        """Derivative(eta[l,j], t) = right-hand side."""
        return tuple(
            sp.Eq(sp.Derivative(symbol, t), rate, evaluate=False) for symbol, rate in self.velocity.items()
        )

    def __iter__(self) -> Iterator[sp.Eq]:
        return iter(self.equations)

    def __len__(self) -> int:
        return len(self.velocity)

    def latex(self) -> str:
        """Coordinates and equations as an aligned display."""
        lines = [rf"{sp.latex(symbol)} &= {sp.latex(value)}" for symbol, value in self.coordinates.items()]
        lines += [
            rf"\dot{{{sp.latex(symbol)}}} &= {sp.latex(rate)}" for symbol, rate in self.velocity.items()
        ]
        return "\\begin{aligned}" + " \\\\\n".join(lines) + "\\end{aligned}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


def reduced_flow(problem: Problem) -> ReducedFlow:
    """The flow of eta_l = U_l^T v_l, closed in itself, for orthogonally decomposable networks and commuting sensing.

    Source: Yun, Krishnan, Mobahi 2021 (arXiv 2010.02501).

    Raises
    ------
    HypothesisError : the network has no odeco form, or the sensors and layers of matrix sensing do not commute.

    Examples
    --------
    >>> from litproof import example_problem
    >>> reduced = reduced_flow(example_problem("regression"))
    >>> reduced.holds, len(reduced)
    (True, 4)
    """
    problem.require_plain("the reduced flow")
    network = problem.network
    form = problem.odeco
    if form is not None:
        return _odeco(problem, form)
    if isinstance(network, MatrixSensing):
        return _commuting(problem, network)
    raise HypothesisError(
        f"no reduced flow is known: this {network.kind} network has no orthogonal decomposition"
    )


def _symbols(depth: int, rank: int, *, real: bool) -> tuple[tuple[sp.Symbol, ...], ...]:
    return tuple(
        tuple(Parameter(f"eta[{l},{j}]", real=real) for j in range(1, rank + 1)) for l in range(1, depth + 1)
    )


def _rates(
    problem: Problem, eta: Sequence[Sequence[sp.Symbol]], A: Sequence[Sequence[sp.Expr]]
) -> dict[sp.Symbol, sp.Expr]:
    """-conj(g_j prod_{k != l} eta[k,j]), g = A r, for A = S X^T (m x n)."""
    rho = [prod(column, start=sp.S.One) for column in zip(*eta, strict=True)]
    residuals = []
    for i, target in enumerate(map(rational, problem.y)):
        f = sp.Add(*(row[i] * component for row, component in zip(A, rho, strict=True)))
        residual = f - target if problem.task == "regression" else -target * sp.exp(-target * f)
        residuals.append(rational(problem.row_weights[i]) * residual)
    g = [sp.Add(*(a * r for a, r in zip(row, residuals, strict=True))) for row in A]
    rates = {}
    for l, layer in enumerate(eta):
        for j, symbol in enumerate(layer):
            others = prod((eta[k][j] for k in range(len(eta)) if k != l), start=sp.S.One)
            speed = -g[j] * others
            rates[symbol] = speed if symbol.is_real else sp.conjugate(speed)
    return rates


def _odeco(problem: Problem, form: OdecoForm) -> ReducedFlow:
    proof = prove_reduction(problem.network, form)
    eta = _symbols(len(form.U), form.rank, real=form.is_real)
    v = parameter_symbols(problem.network)
    U = [[[to_sympy(entry) for entry in row] for row in matrix] for matrix in form.U]
    S = [[to_sympy(entry) for entry in row] for row in form.S]
    coordinates = {
        symbol: sp.Add(*(U[l][i][j] * entry for i, entry in enumerate(v[l])))
        for l, layer in enumerate(eta)
        for j, symbol in enumerate(layer)
    }
    A = [
        [sp.expand(sp.Add(*(s * rational(x) for s, x in zip(row, x_i, strict=True)))) for x_i in problem.X]
        for row in S
    ]
    rho = [prod(column, start=sp.S.One) for column in zip(*eta, strict=True)]
    beta = tuple(
        sp.Add(*(S[j][z] * component for j, component in enumerate(rho)))
        for z in range(problem.network.input_dim)
    )
    return ReducedFlow(
        eta,
        coordinates,
        _rates(problem, eta, A),
        beta,
        "U_l^T applied to the gradient of each linear coefficient is the conjugate of S_jz times the product of the "
        "coordinates of the other layers; U_l has orthonormal columns, and what U_l does not see rests",
        (*proof.isometry, *proof.coefficients, *proof.components, *proof.complement),
    )


def _commuting(problem: Problem, network: MatrixSensing) -> ReducedFlow:
    """W_l = sum_j eta_{l,j} q_j q_j^T inserted into the flow of the matrices: it stays of this shape."""
    size = network.shapes[0]
    form = commuting_form(problem.X, problem.v0, network.size)
    projectors, A = [], []
    for block in form.blocks:
        for index in range(block.degree):
            values = [to_sympy(AlgebraicNumber(value, index)) for value in block.eigenvalues[: form.sensors]]
            for vector, norm in zip(block.vectors, block.norms, strict=True):
                w = [to_sympy(AlgebraicNumber(entry, index)) for entry in vector]
                length = to_sympy(AlgebraicNumber(norm, index))
                projectors.append([sp.radsimp(a * b / length) for a in w for b in w])
                A.append(values)
    eta = _symbols(network.depth, len(projectors), real=True)
    v = parameter_symbols(network)
    coordinates = {
        symbol: sp.Add(*(p * entry for p, entry in zip(projectors[j], v[l], strict=True)))
        for l, layer in enumerate(eta)
        for j, symbol in enumerate(layer)
    }
    rates = _rates(problem, eta, A)

    def embedded(values: Sequence[sp.Expr]) -> list[sp.Expr]:
        return [
            sp.Add(*(value * P[i] for value, P in zip(values, projectors, strict=True))) for i in range(size)
        ]

    flow = gradient_flow(problem)
    inserted = {
        symbol: value
        for layer, own in zip(v, eta, strict=True)
        for symbol, value in zip(layer, embedded(own), strict=True)
    }
    residues = []
    for layer, own in zip(flow.rhs, eta, strict=True):
        for rate, stated in zip(layer, embedded([rates[symbol] for symbol in own]), strict=True):
            residues.append(_zero_form(rate.xreplace(inserted) - stated))
    rho = [prod(column, start=sp.S.One) for column in zip(*eta, strict=True)]
    return ReducedFlow(
        eta,
        coordinates,
        rates,
        tuple(embedded(rho)),
        "sensors and layers have common eigenvectors q_j; matrices W_l with these eigenvectors, inserted into the "
        "flow, move to matrices with the same eigenvectors, and their eigenvalues obey the reduced equations",
        tuple(residues),
    )


def _zero_form(expression: sp.Expr) -> sp.Expr:
    """Expanded, with algebraic numbers in a common field; exponentials with equal exponents as one generator."""
    exponentials = {}
    for function in expression.atoms(sp.exp):
        exponent = sp.expand(function.args[0])
        exponentials[function] = sp.Symbol(f"E({sp.srepr(exponent)})")
    reduced = expression.xreplace(exponentials)
    symbols = sorted(reduced.free_symbols, key=sp.default_sort_key)
    if not symbols:
        return sp.radsimp(reduced)
    return sp.Poly(reduced, *symbols, extension=True).as_expr()
