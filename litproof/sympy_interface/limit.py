"""The limit of a flow in closed form: one layer, two layers and one point, exact maximum margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from litproof.errors import HypothesisError
from litproof.networks.base import MultilinearNetwork
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.classification.max_margin import max_margin
from litproof.predict.regression.linear_model import one_layer_limit
from litproof.problem import Problem
from litproof.sympy_interface.equations import start
from litproof.sympy_interface.exact import rational, to_sympy


@dataclass(frozen=True)
class LimitFormula:
    """The limit of beta (regression) or of beta/||beta||_2 (classification).

    Attributes
    ----------
    value : d expressions; numbers when the limit is explicit, else in `unknown`.
    theorem : which theorem.
    unknown, equation : a parameter nu of the formula and the equation that fixes it; None when explicit.
    """

    value: tuple[sp.Expr, ...]
    theorem: str
    unknown: sp.Symbol | None = None
    equation: sp.Eq | None = None

    def evaluate(self, digits: int) -> tuple[Any, ...]:
        """The limit as mpmath numbers of `digits` digits; an unknown is found by mpmath.findroot from 0."""
        import mpmath

        from litproof.precision import mp_precision

        with mp_precision(int(3.33 * (digits + 15))):
            if self.unknown is None or self.equation is None:
                return tuple(sp.lambdify([], entry, "mpmath")() for entry in self.value)
            gap = sp.lambdify([self.unknown], self.equation.lhs - self.equation.rhs, "mpmath")
            low, high = _bracket(gap)
            nu = mpmath.findroot(gap, (low, high), solver="anderson", tol=mpmath.mpf(10) ** (-digits - 10))
            return tuple(sp.lambdify([self.unknown], entry, "mpmath")(nu) for entry in self.value)

    def latex(self) -> str:
        """The formula as an aligned display."""
        name = r"\beta" if "direction" not in self.theorem else r"\hat{\beta}"
        lines = [rf"{name}_{{{z}}} &= {sp.latex(entry)}" for z, entry in enumerate(self.value, start=1)]
        if self.equation is not None:
            lines.append(rf"{sp.latex(self.equation.lhs)} &= {sp.latex(self.equation.rhs)}")
        return "\\begin{aligned}" + " \\\\\n".join(lines) + "\\end{aligned}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


def limit_formula(problem: Problem) -> LimitFormula:
    """The closed form of the problem's limit.

    Raises
    ------
    HypothesisError : no closed form is known; says for which problems there is one.

    Examples
    --------
    >>> from litproof import example_problem
    >>> limit_formula(example_problem("classification")).value
    (0, 1)
    """
    problem.require_plain("the closed form of a limit")
    problem = problem.independent
    network = problem.network
    one_layer = isinstance(network, MultilinearNetwork) and network.depth == 1
    if problem.task == "regression":
        if one_layer:
            value = tuple(map(rational, one_layer_limit(problem)))
            return LimitFormula(value, "one layer: the solution nearest to the start (R9)")
        if isinstance(network, MultilinearNetwork) and network.depth == 2 and len(problem.X) == 1:
            return _two_layers(problem, network)
        raise HypothesisError(
            "no closed form of the limit: there is one for one layer, and for two layers and one data point; "
            "`potential` gives the equations that fix it otherwise"
        )
    form = problem.odeco
    if isinstance(network, FullyConnected) or (one_layer and form is not None and _is_identity(form.S)):
        z = max_margin(problem.signed_rows).z
        norm = sp.sqrt(rational(sum((entry * entry for entry in z), Fraction(0))))
        value = tuple(rational(entry) / norm for entry in z)
        return LimitFormula(value, "direction of the l2 maximum margin (K2)")
    if len(network.shapes) == 2 and form is not None and form.is_real:
        return _l1_direction(problem, form)
    raise HypothesisError(
        "no closed form of the limit direction: there is one for fully connected networks, one layer, and two layers "
        "with a real orthogonal decomposition"
    )


def _is_identity(S: Sequence[Sequence[Any]]) -> bool:
    return all(entry == int(i == j) for i, row in enumerate(S) for j, entry in enumerate(row))


def _l1_direction(problem: Problem, form: Any) -> LimitFormula:
    from litproof.algebra.balls import sign
    from litproof.predict.classification.l1_margin import l1_margin
    from litproof.predict.classification.modes import smallest_layers
    from litproof.predict.regression.reduction import design

    smallest_layers(form, problem.v0)
    A = design(form.S, problem.signed_rows)
    optimum = l1_margin([list(row) for row in zip(*A, strict=True)])
    if not optimum.unique:
        raise HypothesisError("no closed form of the limit direction: the l1 maximum margin is not unique")
    beta = [
        sp.Add(
            *(to_sympy(S_j[z]) * to_sympy(r) for S_j, r in zip(form.S, optimum.rho, strict=True) if sign(r))
        )
        for z in range(problem.network.input_dim)
    ]
    norm = sp.sqrt(sp.expand(sp.Add(*(b**2 for b in beta))))
    return LimitFormula(tuple(b / norm for b in beta), "direction of the l1 maximum margin (K3, two layers)")


def _two_layers(problem: Problem, network: MultilinearNetwork) -> LimitFormula:
    """beta(nu) = T o (v_1(nu), v_2(nu)) with (v_1, v_2)(nu) = exp(nu [[0, M], [M^T, 0]]) v(0), f = y at the end (R6).

    M = M(x). The exponential is written with the singular values of M: on the eigenspace of M M^T for s^2 it is
    cosh(s nu) on each layer and sinh(s nu)/s M across.
    """
    x, y = problem.X[0], rational(problem.y[0])
    rows, columns = network.shapes
    M = sp.zeros(rows, columns)
    tensor = network.data_tensor()
    for (z, i, j), entry in tensor.entries.items():
        M[i, j] += rational(entry) * rational(x[z])
    symbols = start(problem)
    values = list(symbols.values())
    v1, v2 = sp.Matrix(values[:rows]), sp.Matrix(values[rows:])
    nu = sp.Symbol("nu", real=True)
    first = _moved(M, v1, v2, nu)
    second = _moved(M.T, v2, v1, nu)
    beta = [sp.S.Zero] * network.input_dim
    for (z, i, j), entry in tensor.entries.items():
        beta[z] += rational(entry) * first[i] * second[j]
    output = sp.Add(*(rational(a) * b for a, b in zip(x, beta, strict=True)))
    from litproof.networks.point_matrix import point_matrix
    from litproof.networks.svd import singular_form
    from litproof.predict.regression.two_layer import end_of_nu

    if end_of_nu(singular_form(point_matrix(network, x)), problem.v0, problem.y[0]) is not None:
        raise HypothesisError(
            "no closed form of the limit: it is reached for nu at infinity, or nothing moves"
        )
    return LimitFormula(tuple(beta), "two layers, one data point (R6)", nu, sp.Eq(output, y, evaluate=False))


def _moved(M: sp.Matrix, own: sp.Matrix, other: sp.Matrix, nu: sp.Symbol) -> sp.Matrix:
    """cosh(nu sqrt(M M^T)) own + sinh(nu sqrt(M M^T))/sqrt(M M^T) M other, by Lagrange's formula on the spectrum."""
    square = M * M.T
    x = sp.Symbol("x")
    minimal = _minimal_polynomial(square, x)
    roots = _real_roots(minimal)
    result = sp.zeros(len(own), 1)
    across = M * other
    for root in roots:
        projected, moved_across = own, across
        for else_root in roots:
            if else_root != root:
                step = (square - else_root * sp.eye(square.rows)) / (root - else_root)
                projected, moved_across = step * projected, step * moved_across
        s = sp.sqrt(root)
        if root == 0:
            result += projected + nu * moved_across
        else:
            result += sp.cosh(s * nu) * projected + sp.sinh(s * nu) / s * moved_across
    return result.applyfunc(lambda entry: sp.Add(*(_tidy(term) for term in sp.Add.make_args(entry))))


def _tidy(term: sp.Expr) -> sp.Expr:
    coefficient, rest = term.as_independent(sp.cosh, sp.sinh)
    return sp.radsimp(coefficient) * rest


def _minimal_polynomial(square: sp.Matrix, x: sp.Symbol) -> sp.Poly:
    """Of a symmetric matrix: the squarefree part of its characteristic polynomial."""
    return sp.Poly(square.charpoly(x).as_expr(), x).sqf_part()


def _real_roots(polynomial: sp.Poly) -> list[sp.Expr]:
    roots: list[sp.Expr] = []
    for factor, _ in polynomial.factor_list()[1]:
        roots += [sp.rootof(factor, k) for k in range(factor.degree())]
    return roots


def _bracket(gap: Any) -> tuple[Any, Any]:
    """Two ends between which the increasing function changes sign."""
    import mpmath

    width = mpmath.mpf(1)
    for _ in range(200):
        if gap(-width) < 0 < gap(width):
            return -width, width
        width *= mpmath.mpf("1.5")
    raise HypothesisError("the equation for nu has no solution")
