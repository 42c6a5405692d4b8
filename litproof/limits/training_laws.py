r"""What momentum, weight decay, mirror maps and gradient descent conserve, for every data set and loss.

G = sum_c g_c grad f_c, with any numbers g_c. Let q be a polynomial with <grad q, grad f_c> = 0, conserved by gradient
flow.

*Weight decay* at rate h: q' = -h <grad q, theta> = -k h q where q is homogeneous of degree k, so exp(k h t) q is
constant.

*Momentum*, lambda theta'' + theta' + G = 0: for a skew-symmetric A with <grad f_c, A theta> = 0 (a rotation that no
output sees) exp(t/lambda) <theta', A theta> is constant; from rest, <theta', A theta> stays 0. Conserved polynomials of
gradient flow are no longer constant (Marcotte, Gribonval, Peyre, arXiv 2405.12888).

*Mirror*, theta' = -M G with M the inverse Hessian of the potential: polynomials h with <grad h, M grad f_c> = 0, by
linear algebra over Q; for potentials with rational second derivatives.

*Gradient descent* with step h: a quadratic q changes by h^2 q(G) in a step, any q by O(h^2), so by O(h) over a given
time. That drift is measured at h, h/2 and h/4, over the same time, and its order is the logarithm of the ratios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations_with_replacement
from math import inf, log2
from time import perf_counter
from typing import Any

import sympy as sp

from litproof.algebra.linear import null_space
from litproof.algebra.sparse_polynomials import primitive, to_text
from litproof.decimals import scientific
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.flow.motion import blocks, hessian
from litproof.integrate.training.descent import descent_path
from litproof.language.functions import SMOOTH
from litproof.language.symbolic import entries_of, scalar_formula
from litproof.laws.architectures import map_of
from litproof.laws.independence import independent_of_earlier, random_point
from litproof.laws.kernel import Law
from litproof.laws.search import discover_conserved
from litproof.laws.symmetry import linear_symmetries
from litproof.networks.base import parameter_names
from litproof.problem import Problem

STEPS = 16
"""Steps of the given length over which drift is measured, twice and four times as many of the shorter ones."""

DRIFT_DIGITS = 40

MOST_UNKNOWNS = 3000
"""Monomials of a mirror law times parameters."""


@dataclass(frozen=True)
class TrainingLaw:
    """A quantity that is conserved, or nearly so.

    Attributes
    ----------
    name : in words, as far as there are any. formula : as text. drift : of gradient descent at h, h/2, h/4, largest
        change over `STEPS` steps of length h; () where it is constant exactly.
    """

    name: str
    formula: str
    drift: tuple[Fraction, ...] = ()

    @property
    def order(self) -> float | None:
        """The order in h that the last two drifts show; None without drift."""
        if not self.drift:
            return None
        first, second = self.drift[-2:]
        return log2(float(first / second)) if first and second else inf


@dataclass(frozen=True)
class TrainingLaws:
    """What one kind of dynamics conserves.

    Attributes
    ----------
    dynamics : the kind. parameters : D. degree : highest degree searched. laws : those found. verdict : what they are.
    """

    dynamics: str
    parameters: int
    degree: int
    laws: tuple[TrainingLaw, ...]
    verdict: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The mapping of `conserved --json`; nothing is said about completeness."""
        quantities = []
        for law in self.laws:
            entry: dict[str, Any] = {"name": law.name, "polynomial": law.formula, "exact": not law.drift}
            if law.drift:
                order = law.order
                entry |= {
                    "drift": [scientific(x) for x in law.drift],
                    "order": None if order in (None, inf) else round(float(order or 0.0), 3),
                }
            quantities.append(entry)
        return {
            "schema": 1,
            "dynamics": self.dynamics,
            "parameters": self.parameters,
            "degree": self.degree,
            "found": len(self.laws),
            "complete": None,
            "verdict": self.verdict,
            "quantities": quantities,
            "seconds": round(self.seconds, 4),
        }

    def lines(self) -> list[str]:
        """For a person."""
        lines = []
        for law in self.laws:
            line = f"{law.name} = {law.formula}"
            if law.drift:
                order = law.order
                shown = "exactly constant" if order == inf else f"order {order:.3f}"
                line += f"   drift {', '.join(scientific(x) for x in law.drift)} at h, h/2, h/4: {shown}"
            lines.append(line)
        return [*lines, f"{len(self.laws)} found: {self.verdict}"]


def training_laws(problem: Problem, degree: int = 2) -> TrainingLaws:
    """The laws of the problem's dynamics, exact; for gradient descent with their drift.

    Raises
    ------
    InputError : the dynamics is gradient flow. HypothesisError : a potential whose second derivatives are not rational.
    Inconclusive : the degree asked for is out of reach.
    """
    started = perf_counter()
    match problem.dynamics:
        case Momentum(mass):
            laws, verdict = (
                _rotations(problem, mass),
                "constant along the flow, and 0 from rest; theta' is d theta/dt",
            )
        case WeightDecay():
            laws, verdict = _decaying(problem, problem.dynamics, degree), "constant while the weights decay"
            if problem.dynamics.until is not None:
                verdict += ", without the exponential afterwards"
        case Mirror(potential):
            laws, verdict = _mirror_laws(problem, potential, degree), "constant along the mirror flow"
        case GradientDescent():
            laws = _drifting(problem, problem.dynamics, degree)
            verdict = f"conserved up to order h, the drift over {STEPS} steps"
        case _:
            raise InputError(
                "expected a problem with dynamics of its own", key="dynamics", source=problem.name
            )
    size = sum(problem.network.shapes)
    assert problem.dynamics is not None
    return TrainingLaws(problem.dynamics.kind, size, degree, tuple(laws), verdict, perf_counter() - started)


def _names(problem: Problem) -> tuple[str, ...]:
    return tuple(name for layer in parameter_names(problem.network) for name in layer)


def _rotations(problem: Problem, mass: Fraction) -> list[TrainingLaw]:
    names = _names(problem)
    laws = []
    for number, rotation in enumerate(linear_symmetries(problem.network).rotations, 1):
        terms = [
            f"{'-' if c < 0 else '+'} {'' if abs(c) == 1 else f'{abs(c)}*'}{names[i]}'*{names[j]}"
            for (i, j), c in sorted(rotation.items())
        ]
        text = " ".join(terms).removeprefix("+ ")
        laws.append(TrainingLaw(f"rotation {number}", f"exp({1 / mass}*t)*({text})"))
    return laws


def _decaying(problem: Problem, dynamics: WeightDecay, degree: int) -> list[TrainingLaw]:
    laws = []
    for quantity in discover_conserved(problem.network, degree).quantities:
        parts: dict[int, dict[tuple[int, ...], int]] = {}
        for monomial, c in quantity.law.items():
            parts.setdefault(len(monomial), {})[monomial] = c
        if len(parts) == 1:
            (k,) = parts
            laws.append(TrainingLaw(quantity.name, f"exp({k * dynamics.rate}*t)*({quantity.polynomial})"))
    return laws


def _mirror_laws(problem: Problem, potential: str, degree: int) -> list[TrainingLaw]:
    names = _names(problem)
    entries = entries_of(names)
    symbols = list(entries.values())
    total = scalar_formula(potential, entries, SMOOTH, key="dynamics.potential", source=problem.name)
    fields = [_polynomial_field(problem, symbols, total, f) for f in map_of(problem.network).coordinates if f]
    monomials = [
        m for k in range(1, degree + 1) for m in combinations_with_replacement(range(len(symbols)), k)
    ]
    if len(monomials) * len(symbols) > MOST_UNKNOWNS:
        raise Inconclusive(f"mirror laws of degree {degree} in {len(symbols)} parameters are out of reach")
    rows: list[list[Fraction]] = []
    for field in fields:
        rates = []
        for m in monomials:
            term = sp.Mul(*(symbols[i] for i in m))
            rate = sp.Add(*(sp.diff(term, symbols[i]) * field[i] for i in sorted(set(m))))
            rates.append(sp.Poly(rate, *symbols).as_dict())
        for key in sorted({key for rate in rates for key in rate}):
            values = (rate.get(key, sp.S.Zero) for rate in rates)
            rows.append([Fraction(int(c.p), int(c.q)) for c in values])
    laws: list[Law] = [
        primitive(dict(zip(monomials, vector, strict=True))) for vector in null_space(rows, len(monomials))
    ]
    # Products of laws are laws: those that are functions of the ones before are left out.
    kept = independent_of_earlier(laws, random_point(len(symbols)))
    basis = [law for law, independent in zip(laws, kept, strict=True) if independent]
    return [TrainingLaw(f"law {k}", to_text(law, names)) for k, law in enumerate(basis, 1)]


def _polynomial_field(
    problem: Problem, symbols: Sequence[sp.Symbol], potential: sp.Expr, f: dict[tuple[int, ...], int]
) -> list[sp.Expr]:
    """M grad f times a common denominator."""
    gradient = [sp.S.Zero] * len(symbols)
    whole = sp.Add(*(c * sp.Mul(*(symbols[i] for i in m)) for m, c in f.items()))
    for block in blocks(potential, symbols):
        inverse = hessian(potential, [symbols[i] for i in block]).inv(method="ADJ")
        for a, i in enumerate(block):
            gradient[i] = sp.Add(*(inverse[a, b] * sp.diff(whole, symbols[j]) for b, j in enumerate(block)))
    field = [sp.cancel(entry) for entry in gradient]
    if not all(entry.is_rational_function(*symbols) for entry in field):
        raise HypothesisError(
            "laws of a mirror flow are searched where the potential's second derivatives are rational functions"
        )
    common = sp.lcm_list([sp.fraction(entry)[1] for entry in field])
    return [sp.expand(sp.cancel(entry * common)) for entry in field]


def _drifting(problem: Problem, dynamics: GradientDescent, degree: int) -> list[TrainingLaw]:
    quantities = discover_conserved(problem.network, degree).quantities
    drifts: list[list[Fraction]] = [[] for _ in quantities]
    for factor in (1, 2, 4):
        finer = replace(problem, dynamics=replace(dynamics, step=dynamics.step / factor))
        path = descent_path(finer, range(STEPS * factor + 1), DRIFT_DIGITS)
        for own, quantity in zip(drifts, quantities, strict=True):
            values = [_value(quantity.law, layers) for _, layers in path[::factor]]
            own.append(max(abs(value - values[0]) for value in values))
    return [
        TrainingLaw(quantity.name, quantity.polynomial, tuple(drift))
        for quantity, drift in zip(quantities, drifts, strict=True)
    ]


def _value(law: Law, layers: Sequence[Sequence[Fraction]]) -> Fraction:
    theta = [x for layer in layers for x in layer]
    total = Fraction(0)
    for monomial, c in law.items():
        term = Fraction(c)
        for i in monomial:
            term *= theta[i]
        total += term
    return total
