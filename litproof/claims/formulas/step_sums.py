"""Sums over the steps of gradient descent, in balls; the infinite rest bounded by where residuals contract.

A formula q that vanishes at zero loss obeys |q| <= sum_i sup |dq/dr_i| |r_i| on the ball that holds the rest of the
path, and residuals fall by a proved ratio at each step. That q vanishes there is seen where its value for residuals 0
is the number 0, without rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball
from litproof.claims.formulas.moments import AtMoment
from litproof.claims.formulas.path_points import Moment
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import Jet, NotDefined, variable
from litproof.formula.setting import Setting
from litproof.language.tree import Node, to_text
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from litproof.certify.regression.descent import DescentEnd, DescentPath


@dataclass(frozen=True)
class StepSums:
    """Sums of formulas over the steps before a step, or over all of them; `bits` is the precision of the path."""

    setting: Setting
    path: DescentPath
    bits: int
    known: dict[tuple[str, int], Ball | None] = field(default_factory=dict, compare=False, repr=False)

    def up_to(self, time: Fraction | None, tree: Node) -> Ball | None:
        """The sum of a formula, written out, over the steps before `time`; None where it is not enclosed."""
        steps = len(self.path.points) - 1 if time is None else int(time)
        key = (to_text(tree), -1 if time is None else steps)
        if key not in self.known:
            with ball_precision(self.bits):
                try:
                    self.known[key] = self._sum(steps, tree, self.path.end if time is None else None)
                except NotDefined:
                    self.known[key] = None
        return self.known[key]

    @cached_property
    def _moments(self) -> list[AtMoment]:
        """The path as the meaning of formulas; gradients and the like are found once for all formulas."""
        moments = []
        for k, theta in enumerate(self.path.points):
            moment = Moment(Fraction(k), (), Fraction(0), (), ())
            moments.append(AtMoment(self.setting, moment, box=(tuple(theta), ball(k))))
        return moments

    def _sum(self, steps: int, tree: Node, end: DescentEnd | None) -> Ball:
        from flint import arb

        total = arb(0)
        for k in range(steps):
            total += evaluate(tree, self._moments[k]).ball
        return total if end is None else total + arb(0, self._rest(tree, end))

    def _rest(self, tree: Node, end: DescentEnd) -> Ball:
        """Bound of the sum over the steps from the last point on."""
        from flint import arb

        weights = self.setting.problem.row_weights
        sizes = [(end.size / ball(w).sqrt()).upper() for w in weights]
        moment, box = Moment(None, (), Fraction(0), (), ()), (tuple(end.wide), arb(0))
        at_zero = AtResiduals(self.setting, moment, box=box, residuals=(arb(0),) * len(weights))
        if evaluate(tree, at_zero).ball != 0:
            raise NotDefined("it is not seen to vanish at zero loss, so that its sum has no bound")
        wide = AtResiduals(self.setting, moment, box=box, residuals=tuple(arb(0, size) for size in sizes))
        jet = evaluate(tree, wide)
        if jet.kinks:
            raise NotDefined("a sum over steps at a kink")
        first = sum((abs(slope) * sizes[i] for i, slope in jet.gradient.items()), arb(0))
        bound: Ball = (first / (1 - end.ratio)).upper()
        if not bound.is_finite():
            raise NotDefined("its sum has no bound")
        return bound


@dataclass(frozen=True)
class AtResiduals(AtMoment):
    """States of a box whose residuals are numbers of their own; derivatives are by these."""

    residuals: tuple[Ball, ...] = ()

    @cached_property
    def _residual(self) -> list[Jet]:
        return [variable(r, i) for i, r in enumerate(self.residuals)]

    def rate(self, tree: Node) -> Jet:
        """No meaning here: steps have no rates."""
        raise NotDefined("rate(..) in a sum over steps")
