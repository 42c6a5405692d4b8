"""Whether a formula in the layers is conserved: an identity between polynomials where it can be, and along the path.

For every data set and loss the flow is a combination of the fields grad beta_z; h is conserved for all of them when
<grad h, grad beta_z> = 0, and for one data set when sum_z (X^T r)_z <grad h, grad beta_z> = 0. Both are decided by
normal form (`formula.derivation`). Everything that is measured is relative to the size of the formula's own terms,
sum_i |d_i h| |v_i|, so that no constant factor changes a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, dyadic, to_fmpq
from litproof.algebra.linear import sup_norm
from litproof.claims.comparison import CLEAR_MARGIN, undecided, violated
from litproof.claims.hypotheses import initial_velocity
from litproof.claims.measurement import times_until
from litproof.claims.types import Answer, Comparison
from litproof.decimals import decimal, decimal_log
from litproof.dynamics import Momentum
from litproof.errors import InputError
from litproof.exact_numbers import exact_number
from litproof.flow.lift import beta_at, is_polynomial
from litproof.formula.derivation import Derivation, Poly, Ratio, TooLarge
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import Jet, NotDefined, variable
from litproof.formula.setting import LAYERS, Setting
from litproof.language.tree import Node, to_text
from litproof.networks.base import layer_names
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement

if TYPE_CHECKING:
    from litproof.flow.program import Program

Layers = Sequence[Sequence[Fraction]]

_MOMENTS = 8
_LIMIT_DIGITS = 12
"""Digits to which the limit is followed to learn how long the path is."""

_GUARD = 8
_DEEP_BITS = 3000
"""Precision at which a formula that is not rational is tested for an identity, at points off the path."""
_POINTS = 4
_ORDERS = 4
"""Derivatives by time that are looked at where the start is a special one."""


@dataclass(frozen=True)
class Quantities:
    """Meaning of a formula in v[l,j]: values and derivatives at a point (for `evaluate`), and exact numbers."""

    setting: Setting
    layers: Sequence[Sequence[Ball | Fraction]] = ()
    complex_rho: bool = False

    def size(self, name: str, position: int) -> int:
        """Of the setting."""
        return self.setting.size(name, position)

    def place(self, layer: int, entry: int) -> int:
        """Number of v[layer, entry] among all parameters."""
        shapes = self.setting.problem.network.shapes
        if entry > shapes[layer - 1]:
            raise InputError(f"v[{layer},{entry}]: layer {layer} has {shapes[layer - 1]} entries")
        return sum(shapes[: layer - 1]) + entry - 1

    def number(self, name: str, indices: tuple[int, ...]) -> Fraction | None:
        """A name that does not depend on the layers; None for pi."""
        value = self.setting.constant(name, indices) if name != "pi" else None
        return value if isinstance(value, Fraction) else None

    def entry(self, name: str, indices: tuple[int, ...]) -> Jet:
        """Value and derivatives of a name or entry."""
        if name != "v":
            return Jet(self.setting.constant(name, indices))
        l, j = indices
        place = self.place(l, j)
        value = self.layers[l - 1][j - 1]
        return variable(ball(value) if isinstance(value, Fraction) else value, place)

    def modulus(self, index: int) -> Jet:
        """No meaning here."""
        raise NotDefined("rho has no place in a conserved quantity")

    def schatten(self, p: Jet) -> Jet:
        """No meaning here."""
        raise NotDefined("schatten(p) has no place in a conserved quantity")


def value_of(tree: Node, problem: Problem, layers: Layers, digits: int, key: str = "") -> Ball:
    """The formula at exact layers, to about `digits` digits."""
    with ball_precision(digits_to_bits(digits + 20)):
        return evaluate(tree, Quantities(Setting(problem, LAYERS), layers), {}, key).ball


def follow_moments(problem: Problem, digits: int) -> Measurement:
    """The flow in its original parameters at the start, and at eight times up to where its limit is close."""
    from litproof.integrate.regression.follow import trajectory
    from litproof.integrate.training.follow import follow_any, training_path

    size = sup_norm([entry for layer in problem.v0 for entry in layer])
    places = digits + _GUARD + (max(0, int(-decimal_log(size))) if size else 0)
    end = _short(Fraction(follow_any(problem, _LIMIT_DIGITS).clock["t"]))
    plain = is_polynomial(problem.network) and not problem.training
    between = (
        times_until(problem, end, _MOMENTS) if plain and end else [end / 4**k for k in range(_MOMENTS)][::-1]
    )
    times = tuple(map(_short, between)) if end else ()
    path = (trajectory if plain else training_path)(problem, (Fraction(0), *times), places)
    end, layers = path[-1]
    return Measurement(
        value=beta_at(problem.network, layers, places),
        parameters=layers,
        error=Fraction(1, 10**places),
        residual=Fraction(0),
        clock={"t": decimal(end)},
        digits=digits,
        method="flow in the original parameters at given times",
        details={"path": path},
    )


def _short(time: Fraction) -> Fraction:
    """A time near this one with few digits."""
    if not time:
        return time
    shift = time.denominator.bit_length() - time.numerator.bit_length() + 20
    scaled = round(time * Fraction(2) ** shift)
    return Fraction(scaled) / Fraction(2) ** shift


def compare_conserved(tree: Node, problem: Problem, measurement: Measurement, digits: int) -> Comparison:
    """Whether a formula is conserved: see the module's words."""
    judged = _Judged(tree, problem, measurement, digits)
    try:
        if problem.training or not is_polynomial(problem.network):
            return _by_fields(judged)
        return judged.comparison()
    except NotDefined as error:
        return _open(f"not decided: {error.args[0]}")


def _by_fields(judged: _Judged) -> Comparison:
    """For another loss, other dynamics or a network with functions: as a law of its vector fields, for all data."""
    from litproof.flow.motion import at_start
    from litproof.laws.candidates import decide
    from litproof.laws.fields import fields_of

    problem = judged.problem
    pushed = replace(problem, dynamics=None) if isinstance(problem.dynamics, Momentum) else problem
    if not any(at_start(pushed)[1]):  # momentum starts at rest
        return _open(
            "says nothing here: the flow does not move from this start, so that everything is constant"
        )
    drift, remark = judged.drift()
    if drift > CLEAR_MARGIN:
        return _false(remark, float(min(drift, Fraction(10) ** 300)))
    fields = fields_of(problem)
    names = [name for layer in layer_names(problem.network.shapes) for name in layer]
    try:
        candidate = decide(
            replace(fields, variables=(*names, *fields.variables[len(names) :])), to_text(judged.tree)
        )
    except InputError as error:
        return _open(f"not decided: {error.message}")
    if candidate.conserved:
        detail = f"identity proved: conserved for all data; {remark}"
        return Comparison(Answer.HOLDS, judged.digits, Evidence.EXACT, 0.0, detail)
    return _open(f"not decided: for other data {candidate.reason}; here {remark}")


def _open(detail: str) -> Comparison:
    void = "vacuous" if detail.startswith("says nothing") else ""
    return undecided(detail, void=void)


def _false(detail: str, margin: float = inf) -> Comparison:
    return violated(detail, margin)


@dataclass(frozen=True)
class _Identity:
    """What a normal form shows.

    Attributes
    ----------
    proved : the identity, in words; "" for none.
    constant : the formula does not depend on the layers.
    rational : the rate is no identity (otherwise, without `proved`, nothing was decided).
    order : of the first derivative by time that is not 0 at the start; 0 when none was found.
    """

    proved: str = ""
    constant: bool = False
    rational: bool = False
    order: int = 0


@dataclass(frozen=True)
class _Judged:
    tree: Node
    problem: Problem
    measurement: Measurement
    digits: int

    @property
    def path(self) -> Sequence[tuple[Fraction, Layers]]:
        points: Sequence[tuple[Fraction, Layers]] = self.measurement.details["path"]
        return points

    @property
    def program(self) -> Program:
        from litproof.flow.trace import trace_flow

        return trace_flow(
            self.problem.network, self.problem.X, self.problem.y, weights=self.problem.row_weights
        )

    def comparison(self) -> Comparison:
        if not any(map(any, initial_velocity(self.problem))):
            return _open(
                "says nothing here: the flow does not move from this start, so that everything is constant"
            )
        drift, remark = self.drift()
        if drift > CLEAR_MARGIN:
            return _false(remark, float(min(drift, Fraction(10) ** 300)))
        identity = self.identity()
        if identity.constant:
            return _open("says nothing: the formula is the same number for all layers")
        if identity.proved:
            return Comparison(Answer.HOLDS, self.digits, Evidence.EXACT, 0.0, f"{identity.proved}; {remark}")
        rate = self.rate_at_start()
        if rate is not None and not rate.contains(0):
            return _false(f"its rate of change at the start is {rate.str(6, radius=False)}, not 0")
        if identity.order:
            return _false(f"its derivative of order {identity.order} by time is not 0 at the start (exact)")
        if not identity.rational and not self.moves_elsewhere():
            if not self.depends_on_layers():
                return _open(
                    "says nothing: near the path the formula is not told from a constant, to 900 digits"
                )
            if drift <= 1:
                detail = (
                    f"no proof by normal form, but its rate is 0 to 900 digits at {_POINTS} points; {remark}"
                )
                why = (
                    "no normal form decides the identity: functions that are not algebraic, or too many terms"
                )
                return Comparison(Answer.HOLDS, self.digits, Evidence.AGREED, 0.0, detail, unproved=why)
        return _open(
            f"not decided: it changes along this flow from other starts, from this one it was not seen to ({remark})"
        )

    def drift(self) -> tuple[Fraction, str]:
        """Largest change along the path over what 10^-digits of every entry can make; and words for it."""
        precision = digits_to_bits(self.digits + 2 * _GUARD + 30)
        worst, where = Fraction(0), Fraction(0)
        with ball_precision(precision):
            start, size = self.value_and_size(self.path[0][1])
            for time, layers in self.path[1:]:
                value, here = self.value_and_size(layers)
                size = max(size, here)
                change = max(abs(dyadic(value - start)) - dyadic((value - start).rad()), Fraction(0))
                ratio = change * 10**self.digits / size if size else Fraction(bool(change))
                if ratio > worst:
                    worst, where = ratio, time
        if not worst:
            return worst, "no drift along the path"
        relative = decimal_log(worst) - self.digits
        return worst, f"drift 10^{relative:.1f} of its own terms along the path, at t = {float(where):.4g}"

    def value_and_size(self, layers: Layers) -> tuple[Ball, Fraction]:
        """h and sum_i |d_i h| max(|v_i|, 10^-digits of the largest), at a point of the path."""
        jet = self.jet(layers)
        flat = [entry for layer in layers for entry in layer]
        least = sup_norm(flat) / 10**self.digits
        slopes = {i: dyadic(abs(slope).upper()) for i, slope in jet.gradient.items()}
        for kink in jet.kinks:
            for i, slope in kink.direction.items():
                slopes[i] = slopes.get(i, Fraction(0)) + dyadic(abs(slope).upper())
        return jet.ball, sum((slope * max(abs(flat[i]), least) for i, slope in slopes.items()), Fraction(0))

    def jet(self, layers: Layers) -> Jet:
        return evaluate(self.tree, Quantities(Setting(self.problem, LAYERS), layers), {}, "conserved")

    def identity(self) -> _Identity:
        """What the normal form of the rate of change shows."""
        from litproof.flow.invariant_subspace import invariant_subspace
        from litproof.flow.polynomials import coefficients, parameter_ring

        network = self.problem.network
        quantities = Quantities(Setting(self.problem, LAYERS))
        derivation = Derivation(sum(network.shapes), quantities, quantities)
        try:
            derivation.prepare(self.tree)
            element = derivation.element(self.tree)
            if not derivation.depends(element):
                return _Identity(constant=True)
            betas = [
                derivation.polynomial({powers[1:]: exact_number(c) for powers, c in beta.terms()})
                for beta in coefficients(network, parameter_ring(network))
            ]
            fields = [[beta.derivative(1 + i) for i in range(derivation.parameters)] for beta in betas]
            if all(derivation.along(element, field).over.is_zero() for field in fields):
                return _Identity(f"{len(fields)} identities proved: conserved for all data and losses")
            velocity = _velocity(derivation, self.problem, betas, fields)
            rate = derivation.along(element, velocity)
            if rate.over.is_zero():
                return _Identity(
                    "identity proved: conserved for these data and the squared loss, from every start"
                )
            if not derivation.is_rational:
                return _Identity()
            subspace = invariant_subspace(self.problem)
            if subspace is not None and derivation.vanishes_on(rate, subspace.basis):
                return _Identity("identity proved on a subspace that the flow never leaves from this start")
            return _Identity(rational=True, order=self.first_order(derivation, rate, velocity))
        except (TooLarge, ZeroDivisionError):
            return _Identity()

    def first_order(self, derivation: Derivation, rate: Ratio, velocity: Sequence[Poly]) -> int:
        """The first derivative by time, of order up to 4, that is not 0 at the start; 0 for none."""
        start = [entry for layer in self.problem.v0 for entry in layer]
        try:
            for order in range(1, _ORDERS + 1):
                if derivation.differs_from_zero(rate, start):
                    return order
                rate = derivation.along(rate, velocity)
        except TooLarge:
            pass
        return 0

    def rate_at_start(self) -> Ball | None:
        """<grad h, v'> at the start, where data are exact; None where the formula has a kink there."""
        with ball_precision(digits_to_bits(4 * self.digits + 100)):
            return self.rate(self.problem.v0)

    def rate(self, layers: Layers) -> Ball | None:
        from flint import arb

        from litproof.flow.program import Operators

        try:
            jet = self.jet(layers)
        except NotDefined:
            return None
        if jet.kinks:
            return None
        program = self.program
        atoms = program.run(Operators(), [entry for layer in layers for entry in layer])
        speeds = [atoms[a] for a in program.outputs["velocity"]]
        return sum((slope * ball(speeds[i]) for i, slope in jet.gradient.items() if speeds[i]), arb(0))

    def others(self) -> list[Layers]:
        """Points near the path, drawn at random: the flow of these data from there keeps what it always keeps."""
        rng = Random(0)
        others: list[Layers] = []
        for number in range(_POINTS):
            _, layers = self.path[number * (len(self.path) - 1) // _POINTS]
            size = sup_norm([entry for layer in layers for entry in layer])
            others.append(
                [
                    [
                        size * Fraction(round(entry / size * 1000) * 97 + rng.randint(-9999, 9999), 97000)
                        for entry in layer
                    ]
                    for layer in layers
                ]
            )
        return others

    def moves_elsewhere(self) -> bool:
        """Whether the rate is not 0 at some point near the path, or has no value at too many of them."""
        with ball_precision(_DEEP_BITS):
            rates = [rate for rate in map(self.rate, self.others()) if rate is not None]
        return len(rates) < 2 or any(not rate.contains(0) for rate in rates)

    def depends_on_layers(self) -> bool:
        with ball_precision(_DEEP_BITS):
            for layers in self.others():
                try:
                    slopes = self.jet(layers).gradient.values()
                except NotDefined:
                    continue
                if any(not slope.contains(0) for slope in slopes):
                    return True
        return False


def _velocity(
    derivation: Derivation, problem: Problem, betas: Sequence[Any], fields: Sequence[Sequence[Any]]
) -> list[object]:
    """-sum_z (X^T (X beta - y))_z grad beta_z as polynomials."""
    residual = []
    for row, target in zip(problem.X, problem.y, strict=True):
        total = -derivation.one * to_fmpq(target)
        for entry, beta in zip(row, betas, strict=True):
            total = total + beta * to_fmpq(entry)
        residual.append(total)
    velocity: list[Poly] = [derivation.zero] * derivation.parameters
    for z, field in enumerate(fields):
        pull = derivation.zero
        for row, gap in zip(problem.X, residual, strict=True):
            pull = pull - gap * to_fmpq(row[z])
        velocity = [v + derivation.times(pull, slope) for v, slope in zip(velocity, field, strict=True)]
    return velocity
