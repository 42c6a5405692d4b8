"""What the limit of a flow minimises, as sympy expressions: objective, gradient and KKT system.

Regression: one convex function of each reduced component rho_j, written in rho_j itself where that is elementary, and
in the pivot coordinate z_j (the layer of smallest modulus at the start) elsewhere; then

    rho_j = sgn_j z_j prod_{l != p} sqrt(z_j^2 + c_l),
    dQ/drho_j = sgn_j int_{z_j(0)}^{z_j} du / prod_l sqrt(u^2 + c_l),
    Q = sum_j (rho_j dQ/drho_j - (z_j^2 - z_j(0)^2)/2),

because rho_j d(dQ/drho_j)/dz_j = z_j. Source: Yun, Krishnan, Mobahi 2021 (arXiv 2010.02501) for equal layers; the other
starts are derived in `litproof derive ykm/regression-general-init`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import sympy as sp

from litproof.algebra.balls import sign
from litproof.derive.normal_form import normal_form
from litproof.derive.potential_forms import s_form
from litproof.errors import HypothesisError
from litproof.flow.parameters import Parameter, parameter_symbols
from litproof.networks.base import MultilinearNetwork
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import commuting_form
from litproof.predict.regression.commuting import commuting_dual
from litproof.predict.regression.coordinates import Coordinate, Kind
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.reduction import real_dual
from litproof.problem import Problem
from litproof.sympy_interface.equations import gradient_flow, start
from litproof.sympy_interface.exact import rational, to_sympy


@dataclass(frozen=True)
class Potential:
    """A minimisation problem that the limit solves (classification: a stationary point of which it is).

    Attributes
    ----------
    variables : what the expressions are written in: rho[j], or z[j] where rho_j is given by z_j, or the parameters.
    multipliers : nu[i], one a data point.
    components : rho_j (or the parameters) in the variables.
    Q : the objective.
    gradient : dQ/d components, in the variables.
    kkt : the KKT system: equations, and for classification inequalities.
    theorem : which theorem says so.
    in_beta : for classification, the same objective as a function of beta or rho, where theory names it.
    """

    variables: tuple[sp.Symbol, ...]
    multipliers: tuple[sp.Symbol, ...]
    components: tuple[sp.Expr, ...]
    Q: sp.Expr
    gradient: tuple[sp.Expr, ...]
    kkt: tuple[sp.Rel, ...]
    theorem: str
    in_beta: sp.Expr | None = field(default=None)

    @property
    def holds(self) -> bool:
        """Whether `gradient` is the gradient of `Q`, decided by a normal form."""
        return all(normal_form(derivative) == 0 for derivative in self.derivatives)

    @property
    def derivatives(self) -> tuple[sp.Expr, ...]:
        """dQ/d variable - sum_j gradient_j d components_j/d variable, for every variable: all zero."""
        return tuple(
            sp.diff(self.Q, x)
            - sp.Add(*(g * sp.diff(c, x) for g, c in zip(self.gradient, self.components, strict=True)))
            for x in self.variables
        )

    def latex(self) -> str:
        """Objective and KKT system as an aligned display."""
        lines = [f"Q &= {sp.latex(self.Q)}"]
        shown = zip(self.components, self.variables, strict=True)
        lines += [rf"\rho_{{{j}}} &= {sp.latex(c)}" for j, (c, x) in enumerate(shown, start=1) if c != x]
        operators = {"==": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
        lines += [f"{sp.latex(r.lhs)} &{operators[r.rel_op]} {sp.latex(r.rhs)}" for r in self.kkt]
        return "\\begin{aligned}" + " \\\\\n".join(lines) + "\\end{aligned}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


def potential(problem: Problem) -> Potential:
    """Q, its gradient and the KKT system of the problem's limit.

    Regression: real odeco networks (in their own or other coordinates) and commuting matrix sensing from any start, and
    one layer. Classification: the
    maximum-margin problem in the parameters, for every network that is homogeneous in them.

    Raises
    ------
    HypothesisError : theory has no potential here, or a component cannot move.

    Examples
    --------
    >>> from litproof import example_problem
    >>> minimised = potential(example_problem("regression"))
    >>> minimised.gradient[0], minimised.holds
    (asinh(8*rho[1])/2, True)
    """
    problem.require_plain("the potential")
    problem = problem.independent
    if problem.task == "classification":
        return _margin(problem)
    network = problem.network
    if isinstance(network, MultilinearNetwork) and network.depth == 1:
        return _one_layer(problem)
    form, real = problem.odeco, real_dual(problem)
    if real is not None:
        dual = real.dual
    elif isinstance(network, MatrixSensing):
        dual = commuting_dual(commuting_form(problem.X, problem.v0, network.size), problem.y)
    else:
        reason = "its odeco form is complex" if form is not None else "it has no orthogonal decomposition"
        raise HypothesisError(f"theory has no potential for this {network.kind} network: {reason}")
    return _separable(dual)


def _names(letter: str, count: int) -> tuple[Parameter, ...]:
    return tuple(Parameter(f"{letter}[{i}]") for i in range(1, count + 1))


def _separable(dual: Dual) -> Potential:
    nu = _names("nu", len(dual.y))
    parts = [_component(j, c) for j, c in enumerate(dual.coordinates, start=1)]
    A = [[to_sympy(entry) for entry in row] for row in dual.A]
    rho = tuple(part.rho for part in parts)
    slopes = tuple(part.slope for part in parts)
    kkt = [
        sp.Eq(slope, sp.Add(*(a * n for a, n in zip(row, nu, strict=True))), evaluate=False)
        for slope, row in zip(slopes, A, strict=True)
    ]
    kkt += [
        sp.Eq(sp.Add(*(A[j][i] * r for j, r in enumerate(rho))), rational(target), evaluate=False)
        for i, target in enumerate(dual.y)
    ]
    return Potential(
        tuple(part.variable for part in parts),
        nu,
        rho,
        sp.Add(*(part.value for part in parts)),
        slopes,
        tuple(kkt),
        "the limit minimises Q over the components that fit the data (R2, R5)",
    )


@dataclass(frozen=True)
class _Part:
    variable: sp.Symbol
    rho: sp.Expr
    slope: sp.Expr
    value: sp.Expr


def _component(j: int, coordinate: Coordinate) -> _Part:
    """One summand of Q, with Q = 0 at the start."""
    kind, L = coordinate.kind, coordinate.depth
    if kind is Kind.FROZEN:
        raise HypothesisError(f"component {j} cannot move: two layers of it vanish at the start")
    origin = to_sympy(coordinate.start)
    sgn = coordinate.orientation
    if kind is Kind.TIED:
        return _tied(Parameter(f"rho[{j}]"), L, origin, sgn * sign(coordinate.start))
    if kind is Kind.EQUAL and L == 2:
        return _two_layers(Parameter(f"rho[{j}]"), to_sympy(coordinate.gaps[0]), sgn, origin)
    z = Parameter(f"z[{j}]")
    gaps = [to_sympy(gap) for gap in coordinate.gaps]
    rho = sgn * z * prod((sp.sqrt(z**2 + c) for c in gaps), start=sp.S.One)
    if kind is Kind.EQUAL:
        a, q = sp.sqrt(gaps[0]), sp.Dummy("q", real=True)
        s = s_form(L, q)
        rho = sgn * a ** (L - 1) * z * sp.sqrt(1 + (z / a) ** 2) ** (L - 1)
        slope = sgn * a ** (2 - L) * (s.subs(q, z / a) - s.subs(q, origin / a))
    else:
        u = sp.Symbol("u", real=True)
        slope = sgn * sp.Integral(1 / prod((sp.sqrt(u**2 + c) for c in gaps), start=sp.S.One), (u, origin, z))
    return _Part(z, rho, slope, rho * slope - (z**2 - origin**2) / 2)


def _two_layers(rho: sp.Symbol, c: sp.Expr, sgn: int, origin: sp.Expr) -> _Part:
    """L = 2, c > 0: rho = sgn z sqrt(z^2 + c), so that asinh(z/sqrt c) = sgn asinh(2 rho/c)/2."""
    first = sgn * origin * sp.sqrt(origin**2 + c)
    slope = (sp.asinh(2 * rho / c) - sp.asinh(2 * first / c)) / 2
    value = rho * slope - c * (sp.sqrt(1 + (2 * rho / c) ** 2) - sp.sqrt(1 + (2 * first / c) ** 2)) / 4
    return _Part(rho, rho, slope, value)


def _tied(rho: sp.Symbol, L: int, origin: sp.Expr, sign_of_rho: int) -> _Part:
    """All moduli equal: d rho/d tau = L |rho|^(2 - 2/L), rho keeps its sign."""
    size, first = sign_of_rho * rho, sp.Abs(origin) ** L
    if L == 2:
        slope = sign_of_rho * sp.log(size / first) / 2
        value = (size * sp.log(size / first) - size + first) / 2
        return _Part(rho, rho, slope, value)
    power = sp.Rational(2, L)
    slope = sign_of_rho * (first ** (power - 1) - size ** (power - 1)) / (L - 2)
    value = (first ** (power - 1) * (size - first) - L * (size**power - first**power) / 2) / (L - 2)
    return _Part(rho, rho, slope, value)


def _one_layer(problem: Problem) -> Potential:
    """One layer: the flow moves along the gradients of the predictions, so it ends nearest to its start (R9)."""
    v = parameter_symbols(problem.network)[0]
    origin = start(problem)
    beta = problem.network.coefficients([v])
    outputs = [
        sp.expand(sp.Add(*(rational(x) * b for x, b in zip(row, beta, strict=True)))) for row in problem.X
    ]
    nu = _names("nu", len(problem.y))
    gradient = tuple(entry - origin[entry] for entry in v)
    kkt = [
        sp.Eq(g, sp.Add(*(n * sp.diff(f, x) for n, f in zip(nu, outputs, strict=True))), evaluate=False)
        for g, x in zip(gradient, v, strict=True)
    ]
    kkt += [sp.Eq(f, rational(target), evaluate=False) for f, target in zip(outputs, problem.y, strict=True)]
    Q = sp.Add(*(g**2 for g in gradient)) / 2
    return Potential(v, nu, v, Q, gradient, tuple(kkt), "the limit is the fit nearest to the start (R9)")


def _margin(problem: Problem) -> Potential:
    """min |v|^2/2 subject to y_i f_i(v) >= 1."""
    flow = gradient_flow(problem)
    v = flow.symbols
    nu = _names("nu", len(problem.y))
    margins = [
        sp.expand(sp.Add(*(rational(x) * b for x, b in zip(row, flow.coefficients, strict=True))))
        for row in problem.signed_rows
    ]
    degrees = {sp.Poly(m, *v).homogeneous_order() for m in margins}
    if len(degrees) != 1 or None in degrees:
        raise HypothesisError(
            "the maximum-margin problem needs a network that is homogeneous in its parameters"
        )
    kkt: list[sp.Rel] = [
        sp.Eq(x, sp.Add(*(n * sp.diff(m, x) for n, m in zip(nu, margins, strict=True))), evaluate=False)
        for x in v
    ]
    kkt += [sp.Ge(m, 1, evaluate=False) for m in margins]
    kkt += [sp.Ge(n, 0, evaluate=False) for n in nu]
    kkt += [sp.Eq(n * (m - 1), 0, evaluate=False) for n, m in zip(nu, margins, strict=True)]
    Q = sp.Add(*(x**2 for x in v)) / 2
    theorem = "the direction of the limit is that of a stationary point of the maximum-margin problem"
    return Potential(v, nu, v, Q, v, tuple(kkt), theorem, _objective(problem))


def _objective(problem: Problem) -> sp.Expr | None:
    network = problem.network
    if not isinstance(network, MultilinearNetwork):
        return None
    if isinstance(network, FullyConnected) or network.depth == 1:
        beta: Sequence[sp.Symbol] = _names("beta", network.input_dim)
        return sp.sqrt(sp.Add(*(b**2 for b in beta)))
    form = network.odeco()
    if form is None:
        return None
    rho = _names("rho", form.rank)
    return sp.Add(*(sp.Abs(r) ** sp.Rational(2, network.depth) for r in rho))
