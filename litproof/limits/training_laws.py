"""What momentum, weight decay, mirror maps and gradient descent conserve, for every data set and loss.

q is a polynomial with <grad q, grad f_c> = 0, conserved by gradient flow. *Weight decay* at rate h: exp(k h t) q, where
q is homogeneous of degree k. *Momentum*, lambda theta'' + theta' + grad = 0: exp(t/lambda) <theta', A theta> for a
skew-symmetric symmetry A. *Mirror*, theta' = -M grad: polynomials h with <grad h, M grad f_c> = 0
(`laws.field_laws`). *Gradient descent* with step h: q drifts by O(h) over a given time, measured at h, h/2 and h/4.
Derivations: `derivations/bodies/lemma-training-laws.tex` (`litproof derive A10`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, log2
from time import perf_counter
from typing import Any

from litproof.decimals import scientific
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import InputError
from litproof.integrate.training.descent import descent_path
from litproof.laws.field_laws import find_field_laws
from litproof.laws.fields import fields_of
from litproof.laws.kernel import Law
from litproof.laws.search import discover_conserved
from litproof.laws.symmetry import linear_symmetries
from litproof.networks.base import parameter_names
from litproof.problem import Problem

STEPS = 16
"""Steps of the given length over which drift is measured, twice and four times as many of the shorter ones."""

DRIFT_DIGITS = 40


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
    InputError : the dynamics is gradient flow.
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
        case Mirror():
            quantities = find_field_laws(fields_of(problem), degree).laws
            laws = [TrainingLaw(f"law {k}", law.formula) for k, law in enumerate(quantities, 1)]
            verdict = "constant along the mirror flow"
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
