"""Moments of a path as the meaning of formulas: t, parameters, beta, the loss, rates, integrals from 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import log10

from litproof.algebra.balls import Ball, ball
from litproof.claims.formulas.coefficients import coefficients_at, coefficients_with_slopes, pulled
from litproof.claims.formulas.path_points import Moment, Samples
from litproof.decimals import order_of_magnitude
from litproof.dynamics import GradientDescent, WeightDecay
from litproof.errors import HypothesisError, Inconclusive
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import Jet, NotDefined, add, multiply, variable
from litproof.formula.setting import DATA, Setting
from litproof.integrate.budget import SECOND
from litproof.language.tree import Call, Node, Operation, nodes, to_text
from litproof.losses import DEFAULT, Loss
from litproof.problem import Problem

STATE = frozenset({"beta", "rho", "v", "loss", "residual", "margin", "gradient", "batch_gradient", "mirror"})
"""Names that depend on where the flow is."""

_NO_BOUND = 10**9

_LINE: float = SECOND
"""Budget of the integral along one line of outputs, up to so many digits; with more it grows with their square."""
_LINE_DIGITS, _DRAWN_DIGITS = 45, 20
_SENSITIVE = 1000
"""How many times the error of beta is allowed for in `mirror`; what rests on it is not called certified."""

ALONG = DATA | STATE | {"t", "kappa", "logt"}
"""Names that a formula about a moment may use."""


@dataclass(frozen=True)
class AtMoment:
    """The symbols of a formula at a moment; with derivatives by the parameters and by t where `rates`.

    Parameters count from 0, t is the coordinate after the last of them.

    Attributes
    ----------
    speeds : rates of the parameters that stand in for the flow's own.
    box : balls of their own for the parameters (with momentum: and for their rates), and for t, in place of those of
        the moment.
    """

    setting: Setting
    moment: Moment
    rates: bool = False
    speeds: tuple[Fraction, ...] | None = None
    box: tuple[tuple[Ball, ...], Ball] | None = None

    @property
    def complex_rho(self) -> bool:
        """Of the setting."""
        return self.setting.complex_rho

    def size(self, name: str, position: int) -> int:
        """No bound: formulas about moments are written out, and their indices checked, before."""
        return _NO_BOUND

    @property
    def problem(self) -> Problem:
        """Of the setting."""
        return self.setting.problem

    @cached_property
    def _places(self) -> list[int]:
        shapes = self.problem.network.shapes
        return [sum(shapes[:l]) for l in range(len(shapes) + 1)]

    @cached_property
    def _theta(self) -> list[Ball]:
        if self.box is not None:
            return list(self.box[0][: self._places[-1]])
        return [_wide(x, self.moment.radius) for layer in self.moment.layers for x in layer]

    @property
    def _moving(self) -> list[Ball]:
        """Rates of the parameters that a box has beside them (momentum)."""
        return [] if self.box is None else list(self.box[0][self._places[-1] :])

    @cached_property
    def _beta(self) -> list[Jet]:
        if self.box is not None and not self.rates:
            return [Jet(value) for value in coefficients_at(self.problem.network, self._theta)]
        if not self.rates:
            pairs = zip(self.moment.beta, self.moment.beta_radius, strict=True)
            return [Jet(_wide(x, radius)) for x, radius in pairs]
        return coefficients_with_slopes(self.problem.network, self._theta)

    @cached_property
    def _residual(self) -> list[Jet]:
        """f(x_i) - y_i, or the margins of a classification."""
        problem = self.problem
        rows = problem.margin_rows[0] if problem.task == "classification" else problem.X
        targets = (Fraction(0),) * len(rows) if problem.task == "classification" else problem.y
        return [
            add(_combined(row, self._beta), Jet(target), -1)
            for row, target in zip(rows, targets, strict=True)
        ]

    @cached_property
    def _losses(self) -> list[Jet]:
        """The loss of each point, as a function of r or m at `SLOT`, and through it of everything else."""
        loss = self.problem.loss or Loss(DEFAULT[self.problem.task], self.problem.task)
        if loss.text == "cross-entropy":
            raise NotDefined("the loss of cross-entropy is no sum of functions of one margin each")
        return [evaluate(loss.tree, _OneNumber(r)) for r in self._residual]

    @cached_property
    def _slopes(self) -> list[Jet]:
        """ell'(r_i) or ell'(m_i); their own derivatives are left out."""
        loss = self.problem.loss or Loss(DEFAULT[self.problem.task], self.problem.task)
        if loss.text == "cross-entropy":
            raise NotDefined("the gradient of cross-entropy has no formula here")
        slopes = []
        for r in self._residual:
            jet = evaluate(loss.tree, _OneNumber(variable(r.ball, 0)))
            slope = jet.gradient.get(0, ball(Fraction(0)))
            bend = jet.hessian.get((0, 0), ball(Fraction(0)))
            slopes.append(Jet(slope, {i: bend * s for i, s in r.gradient.items()}))
        return slopes

    def entry(self, name: str, indices: tuple[int, ...]) -> Jet:
        """Value of a name or entry."""
        match name:
            case "t":
                return self._time()
            case "v":
                place = self._places[indices[0] - 1] + indices[1] - 1
                value = self._theta[place]
                return variable(value, place) if self.rates else Jet(value)
            case "beta":
                return self._beta[indices[0] - 1]
            case "residual":
                return self._regression("residual")[indices[0] - 1]
            case "margin":
                if self.problem.task != "classification":
                    raise NotDefined("margin[i] is about classification; with regression write residual[i]")
                return self._residual[indices[0] - 1]
            case "loss" if self.moment.time is None and self.problem.task == "classification":
                return Jet(Fraction(0))
            case "loss":
                return _total(zip(self._weights, self._losses, strict=True))
            case "gradient":
                return self._gradient[indices[0] - 1]
            case "batch_gradient":
                return self._batch_gradient[indices[0] - 1]
            case "mirror":
                return self._mirror[indices[0] - 1]
            case "rho":
                return self._rho[indices[0] - 1]
            case "kappa" | "logt":
                numbers = dict(self.moment.clock)
                if name not in numbers:
                    raise NotDefined(f"{name} has a value where kappa runs to infinity only")
                return Jet(numbers[name])
        return Jet(self.setting.constant(name, indices))

    def _regression(self, name: str) -> list[Jet]:
        if self.problem.task != "regression":
            raise NotDefined(f"{name}[i] is about regression; with classification write margin[i]")
        return self._residual

    def _time(self) -> Jet:
        if self.moment.time is None:
            raise NotDefined("t has no value in the limit")
        if self.moment.clock:
            raise NotDefined("t is beyond all numbers far out; write kappa, or logt for log(t)")
        if self.box is None and not self.rates and not self.moment.time_radius:
            return Jet(self.moment.time)
        now = _wide(self.moment.time, self.moment.time_radius) if self.box is None else self.box[1]
        return variable(now, self._places[-1]) if self.rates else Jet(now)

    @property
    def _weights(self) -> Sequence[Fraction]:
        problem = self.problem
        return problem.row_weights if problem.task == "regression" else (Fraction(1),) * len(self._residual)

    @cached_property
    def _gradient(self) -> list[Jet]:
        """Of the loss by beta; in the limit of a classification its direction."""
        if self.moment.gradient:
            radius = max(self.moment.beta_radius)
            return [Jet(_wide(x, radius)) for x in self.moment.gradient]
        rows = self.problem.margin_rows[0] if self.problem.task == "classification" else self.problem.X
        slopes = [multiply(Jet(w), slope) for w, slope in zip(self._weights, self._slopes, strict=True)]
        return [_combined(column, slopes) for column in zip(*rows, strict=True)]

    @cached_property
    def _batch_gradient(self) -> list[Jet]:
        """Of the loss of the points that the step from this moment uses, by beta."""
        descent, time = self.problem.dynamics, self.moment.time
        if not isinstance(descent, GradientDescent):
            raise NotDefined(
                "batch_gradient[j] is about steps of gradient descent; elsewhere write gradient[j]"
            )
        if time is None or time.denominator != 1:
            raise NotDefined(
                "batch_gradient[j] has a value at steps, as within integral(..), not in the limit"
            )
        outputs = getattr(self.problem.network, "outputs", 1)
        used = set(descent.batch(int(time), len(self.problem.X), outputs))
        slopes = [
            multiply(Jet(w), slope) if i in used else Jet(Fraction(0))
            for i, (w, slope) in enumerate(zip(self._weights, self._slopes, strict=True))
        ]
        rows = self.problem.margin_rows[0] if self.problem.task == "classification" else self.problem.X
        return [_combined(column, slopes) for column in zip(*rows, strict=True)]

    @cached_property
    def _mirror(self) -> list[Jet]:
        """The integral of (J J^T)^-1 d beta along the line of outputs; grad Q where gradients of beta commute."""
        from flint import arb, ctx

        from litproof.bias.mirror_map import line_integral

        if self.rates or self.box is not None:
            raise NotDefined("mirror[j] has no rate here")
        known = int(ctx.prec * log10(2)) - 5
        radius, operations = max(self.moment.beta_radius, default=Fraction(0)), _LINE
        if radius:
            known = min(known, -order_of_magnitude(radius))
            operations *= max(1.0, known / _LINE_DIGITS) ** 2
        else:  # a state that was drawn
            known, operations = min(known, _DRAWN_DIGITS), _LINE / 4
        try:
            point = line_integral(self.problem, self.moment.beta, max(known, 10), operations=operations)
        except (HypothesisError, Inconclusive) as error:
            raise NotDefined(f"mirror[j]: {error}") from None
        unsure = arb(0, ball(_SENSITIVE * radius).abs_upper())
        return [
            Jet(ball((a + b) / 2) + arb(0, ball((b - a) / 2).abs_upper()) + unsure) for a, b in point.gradient
        ]

    @cached_property
    def _rho(self) -> list[Jet]:
        if self.rates or self.complex_rho:
            raise NotDefined("rho has no rate here; write it in the layers")
        beta = [jet.ball for jet in self._beta]
        layers, position = [], 0
        for size in self.problem.network.shapes:
            layers.append(self._theta[position : position + size])
            position += size
        return [Jet(value) for value in self.setting.point("rho", beta, layers).coordinates]

    def modulus(self, index: int) -> Jet:
        """|rho_index|."""
        from litproof.formula.jets import call

        if self.complex_rho:
            beta = tuple(jet.ball for jet in self._beta)
            return Jet(self.setting.point("beta", beta, ()).modulus_ball(index))
        return call("abs", (self.entry("rho", (index,)),))

    def schatten(self, p: Jet) -> Jet:
        """Sum of the p-th powers of the singular values of the product matrix."""
        beta = tuple(jet.ball for jet in self._beta)
        return Jet(self.setting.point("beta", beta, ()).schatten(p).ball)

    def rate(self, tree: Node) -> Jet:
        """The derivative by time of a formula, along gradient flow (with or without weight decay)."""
        return Jet(sum(self.rate_terms(tree), ball(Fraction(0))))

    def rate_terms(self, tree: Node) -> list[Ball]:
        """What the parameters (and t) contribute to the rate of a formula, one by one.

        In the limit of a classification the speed stands for its direction, as the parameters do.
        """
        problem, dynamics = self.problem, self.problem.dynamics
        if self.moment.time is None and not self.moment.gradient:
            return []
        if (
            dynamics is not None
            and not isinstance(dynamics, WeightDecay)
            and self.speeds is None
            and not self.moment.speeds
            and not self._moving
        ):
            raise NotDefined(
                f"rate(..) is for flows with one speed; this problem has the dynamics {dynamics.kind}"
            )
        there = AtMoment(self.setting, self.moment, rates=True, box=self.box)
        jet = evaluate(tree, there)
        if jet.kinks:
            raise NotDefined("a rate of change at a kink")
        if self.speeds is not None:
            return [slope * ball((*self.speeds, Fraction(1))[place]) for place, slope in jet.gradient.items()]
        if self.moment.speeds or self._moving:
            own = self._moving or [
                _wide(x, self.moment.radius) for layer in self.moment.speeds for x in layer
            ]
            return [slope * (*own, ball(Fraction(1)))[place] for place, slope in jet.gradient.items()]
        decay, now = Fraction(0), self.moment.time
        if (
            isinstance(dynamics, WeightDecay)
            and now is not None
            and (dynamics.until is None or now < dynamics.until)
        ):
            decay = dynamics.rate
        pull = [-jet.ball for jet in there._gradient]
        speeds = pulled(problem.network, self._theta, pull)
        if self.moment.time is None:
            size = sum((v * v for v in speeds), ball(Fraction(0))).sqrt()
            speeds = [v / size for v in speeds]
        velocity = [v - ball(decay) * x for v, x in zip(speeds, self._theta, strict=True)]
        velocity.append(ball(Fraction(1)))
        return [slope * velocity[place] for place, slope in jet.gradient.items()]

    def change(self, tree: Node) -> Jet:
        """The value of a formula here, less its value at the moment before."""
        if self.speeds is not None:
            return Jet(sum(self.rate_terms(tree), ball(Fraction(0))))
        if self.moment.previous is None:
            return Jet(Fraction(0))
        before = evaluate(tree, AtMoment(self.setting, self.moment.previous))
        return add(evaluate(tree, self), before, -1)

    def at(self, tree: Node, when: Node) -> Jet:
        """The value of a formula at the first moment of the path at which an equation holds; it moves no more."""
        return Jet(evaluate(tree, self.event(when)).ball)

    def event(self, when: Node) -> AtMoment:
        """The moment at which an equation holds first."""
        if self.moment.events is None:
            raise NotDefined("at(..) is about a path, which is not followed here")
        assert isinstance(when, Operation)
        return AtMoment(self.setting, self.moment.events.moment(when))

    def integral(self, tree: Node) -> Jet:
        """The integral of a formula from 0 to this moment; for gradient descent the sum over the steps before it."""
        if self.moment.samples is None:
            if self.moment.time == 0:
                return Jet(Fraction(0))
            raise NotDefined("integral(..) is not known here")
        value = self._integral(tree, self.moment.samples)
        if not self.rates:
            return Jet(value)
        here = evaluate(tree, AtMoment(self.setting, self.moment)).ball
        return Jet(value, {self._places[-1]: here})

    def _integral(self, tree: Node, samples: Samples) -> Ball:
        from flint import arb, ctx

        text = to_text(tree)
        key = (text, ctx.prec)
        if key not in samples.sums:
            value = samples.proof(tree)
            if value is None:
                samples.estimated.add(text)
                value, gap = self._sum(tree, samples, 0), arb(0)
                if samples.sampled[1]:
                    gap = abs(value - self._sum(tree, samples, 1))
                value += arb(0, gap.abs_upper())
            samples.sums[key] = value
        return samples.sums[key]

    def _sum(self, tree: Node, samples: Samples, rule: int) -> Ball:
        from flint import ctx

        there = samples.moments.setdefault((rule, ctx.prec), [])
        if not there:
            there += [
                (weight, AtMoment(self.setting, moment, speeds=self.speeds))
                for weight, moment in samples.sampled[rule]
            ]
        total = ball(Fraction(0))
        for weight, moment in there:
            total += ball(weight) * evaluate(tree, moment).ball
        return total


@dataclass(frozen=True)
class _OneNumber:
    """The meaning of a loss: r or m."""

    number: Jet
    complex_rho: bool = False

    def size(self, name: str, position: int) -> int:
        return 0

    def entry(self, name: str, indices: tuple[int, ...]) -> Jet:
        return self.number

    def modulus(self, index: int) -> Jet:
        raise NotDefined("no meaning in a loss")

    def schatten(self, p: Jet) -> Jet:
        raise NotDefined("no meaning in a loss")


def _wide(x: Fraction, radius: Fraction) -> Ball:
    from flint import arb

    return ball(x) + arb(0, ball(radius).abs_upper()) if radius else ball(x)


def _combined(row: Sequence[Fraction], jets: Sequence[Jet]) -> Jet:
    return _total(zip(row, jets, strict=True))


def _total(terms: object) -> Jet:
    result = Jet(Fraction(0))
    for weight, jet in terms:  # type: ignore[attr-defined]
        if weight:
            result = add(result, multiply(Jet(weight), jet))
    return result


def uses(tree: Node, *names: str) -> bool:
    """Whether a function of one of these names occurs."""
    return any(isinstance(node, Call) and node.name in names for node in nodes(tree))
