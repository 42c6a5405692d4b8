"""Whether the limit of a flow is a stationary point of a function on the interpolators, to so many digits.

The function is read in coordinates w of the interpolators (`interpolators`), so that nothing that is constant there
counts, and no factor. *It is*, when a stationary point is proved (Krawczyk's test) within 10^-digits of the limit,
relative to the limit's largest entry. *It is not*, when some component of the derivative is proved not to vanish
anywhere near: for all w whose entries agree with the limit's to 10^-digits each. Directions in which the function does
not change are left out; where it changes in none, it says nothing. At zeros of |u| the limit is stationary along u = 0,
and the multiplier of u is at most 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import orthogonal_to_echelon, row_echelon
from litproof.formula.ball_vectors import eigenvectors, largest_of, row_space
from litproof.formula.evaluate import evaluate
from litproof.formula.interpolators import Interpolators, interpolators
from litproof.formula.jets import Affine, Gradient, Jet, Kink, NotDefined
from litproof.formula.setting import Setting, uses_schatten
from litproof.formula.stationarity import Shape, definiteness, limit_point, multipliers
from litproof.language.tree import Node
from litproof.precision import ball_precision, digits_to_bits
from litproof.results import Measurement

_GUARD_DIGITS = 25
_MARGINS = (1, 1000, 10**6, 10**12)
"""How many times the tolerance is tried when a stationary point is excluded."""
_DEEP_BITS = 1000
"""Precision at which directions are sought in which a function does not change; the points are exact."""
_TAME = 10**6
"""Without second derivatives: largest ratio of slopes on the scale of the limit and on a 64th of it."""
NOTHING = "says nothing: on the interpolators the formula is constant"
NOTHING_NEAR = "says nothing here: near the limit, on the interpolators, the formula is constant"


@dataclass(frozen=True)
class Stationarity:
    """What is known of a point.

    Attributes
    ----------
    answer : True, False, or None when that is not decided.
    reason : for the person.
    margin : for False: how many times the tolerance away, at least.
    shape : of the function on the interpolators, at the limit.
    imprecise : whether a more precise limit may decide.
    proved : for True: whether a stationary point is proved to exist within the digits of every point that the limit
        may be. Not where entries are zero within their error, nor without second derivatives.
    """

    answer: bool | None
    reason: str
    margin: float = 0.0
    shape: Shape = Shape.FLAT
    imprecise: bool = False
    proved: bool = False


def stationary_point(tree: Node, setting: Setting, limit: Measurement, digits: int) -> Stationarity:
    """Judge the measured limit of a flow; see the module's words.

    Parameters
    ----------
    tree : a function of beta or rho.
    limit : the measured limit with its error.
    digits : significant digits of the limit's largest entry.

    Raises
    ------
    InputError : a symbol that the problem does not have.
    """
    with ball_precision(digits_to_bits(2 * limit.digits + _GUARD_DIGITS)):
        point = limit_point(tree, setting, limit)
        error = max((dyadic(entry.rad()) for entry in point.coordinates), default=Fraction(0))
        try:
            space = interpolators(point, limit.digits + 20)
        except ZeroDivisionError:
            return Stationarity(None, "the constraints are not independent to this precision")
        if not space.dimension:
            return Stationarity(None, "nothing is tested: there is one interpolator only")
        largest = max(abs(dyadic(entry)) for entry in point.coordinates)
        if not largest:
            return Stationarity(None, "the limit is zero: there are no digits to compare")
        try:
            return _Judged(tree, space, error, largest, digits, not uses_schatten(tree)).stationarity()
        except NotDefined as undefined:
            return Stationarity(None, str(undefined.args[0]), imprecise=True)
        except ZeroDivisionError:
            return Stationarity(
                None, "second derivatives do not single out a stationary point", imprecise=True
            )


def _mid(matrix: Sequence[Sequence[Ball]]) -> list[list[Fraction]]:
    return [[dyadic(entry) for entry in row] for row in matrix]


@dataclass(frozen=True)
class _Judged:
    """One formula near one limit.

    Attributes
    ----------
    space : the interpolators; error : of the limit's entries; largest : of its entries.
    smooth : whether second derivatives are known.
    """

    tree: Node
    space: Interpolators
    error: Fraction
    largest: Fraction
    digits: int
    smooth: bool

    def jet(self, space: Interpolators) -> Jet:
        return evaluate(self.tree, space)

    def stationarity(self) -> Stationarity:
        if not self.directions(self.space):
            return Stationarity(None, NOTHING)
        around = self.jet(self.space.within([self.box(self.error)] * self.space.dimension))
        if around.is_constant:
            return Stationarity(None, NOTHING_NEAR)
        snapped, multiplier = self.space, Stationarity(True, "")
        if around.kinks:
            at_zero = self.on_kinks(around.kinks)
            if isinstance(at_zero, Stationarity):
                return at_zero
            snapped = at_zero
            multiplier = self.multipliers(around.kinks)
        if not snapped.dimension:
            along = Stationarity(True, "no direction is left in which it is smooth")
        else:
            rows = self.directions(snapped)
            reduced = snapped.along(rows) if rows else snapped
            along = (
                Stationarity(True, "constant where it is smooth") if not rows else self.smooth_part(reduced)
            )
        if along.answer is False or (along.answer is None and multiplier.answer is not False):
            return along
        if multiplier.answer is not True:
            return multiplier
        # a strict minimum where the function is smooth need not be one across its kinks
        shape = Shape.FLAT if around.kinks and along.shape is Shape.MINIMUM else along.shape
        reason = "; ".join(filter(None, (along.reason, multiplier.reason)))
        return replace(along, reason=reason, shape=shape, proved=along.proved and not around.kinks)

    @staticmethod
    def box(radius: Fraction) -> Ball:
        from flint import arb

        return arb(0, ball(radius).abs_upper())

    def directions(self, space: Interpolators) -> list[list[Fraction]]:
        """A basis of the directions in which the function changes, from points drawn at random.

        It is the span of the function's first derivatives at all points, so that second derivatives lie in it too.

        Raises
        ------
        NotDefined : the function has no derivatives at any of the points.
        """
        size, failed = space.dimension, None
        with ball_precision(_DEEP_BITS):
            # near the limit too: some functions are defined, or change, on one side only
            points = (
                there
                for reach in (self.largest, self.largest / 1000)
                for there in space.elsewhere(size + 3, reach)
            )
            rows: list[list[Ball]] = []
            for there in points:
                try:
                    jet = self.jet(there)
                except NotDefined as undefined:
                    failed = undefined
                    continue
                rows += [
                    _row(entry, size) for entry in (jet.gradient, *(kink.direction for kink in jet.kinks))
                ]
                rows += _hessian(jet, size) if jet.hessian else []
                if len(rows) >= size and len(row_space(rows)) == size:
                    break
            if not rows and failed is not None:
                raise failed
            return row_space(rows)

    def on_kinks(self, kinks: Sequence[Kink]) -> Interpolators | Stationarity:
        """The interpolators with u = 0 for every |u| that has a kink at the limit."""
        inner = [kink.inner for kink in kinks]
        if any(u is None for u in inner):
            return Stationarity(None, "an absolute value of what is not linear is zero at the limit")
        size = self.space.dimension
        table = [
            [*(u.slopes.get(k, Fraction(0)) for k in range(size)), -u.constant]
            for u in inner
            if isinstance(u, Affine)
        ]
        reduced, pivots = row_echelon(table)
        if size in pivots:
            return Stationarity(None, "more zeros at the limit than interpolating directions", imprecise=True)
        shift = [Fraction(0)] * size
        for pivot, row in zip(pivots, reduced, strict=True):
            shift[pivot] = row[size]
        if max(map(abs, shift)) > 4 * size * (self.error + self.largest / 10 ** (self.digits + 5)):
            return Stationarity(None, "zeros at the limit are not known precisely enough", imprecise=True)
        return self.space.moved(shift).along(orthogonal_to_echelon(reduced, pivots, size))

    def multipliers(self, kinks: Sequence[Kink]) -> Stationarity:
        """Whether the slopes at the kinks can cancel the rest with |s| <= 1."""
        jet = self.jet(self.space.within([self.box(self.error)] * self.space.dimension))
        size = self.space.dimension
        zero = self.box(Fraction(0))
        residual = [jet.gradient.get(k, zero) for k in range(size)]
        directions = [[kink.direction.get(k, zero) for k in range(size)] for kink in jet.kinks]
        factors = multipliers(directions, residual)
        if factors is None:
            return Stationarity(None, "more kinks at the limit than interpolating directions")
        reason = f"{sum(k.bounded for k in kinks)} inequalities at zeros tested"
        tolerance = ball(Fraction(1, 10**self.digits))
        worst = Stationarity(True, reason)
        for factor, kink in zip(factors, jet.kinks, strict=True):
            if not kink.bounded:
                continue
            excess = abs(factor) - 1
            if excess > tolerance:
                margin = float(dyadic(excess.abs_lower()) * 10**self.digits)
                return Stationarity(
                    False, f"a slope at a zero would have to be {factor.str(6, radius=False)}", margin
                )
            if not excess < tolerance:
                worst = Stationarity(None, "slopes at zeros are not known precisely enough", imprecise=True)
        return worst

    def smooth_part(self, space: Interpolators) -> Stationarity:
        """Whether a stationary point of a smooth function is near, in a space where it changes in every direction."""
        jet = self.jet(space.at_origin())
        gradient = _gradient(jet, space.dimension)
        count = f"{space.dimension} condition{'s' * (space.dimension != 1)} tested"
        if not self.smooth:
            return self.by_size(space, gradient, count)
        hessian = _hessian(jet, space.dimension)
        shape = definiteness([list(row) for row in hessian])
        near = self.krawczyk(space, gradient, hessian)
        if near is not None:
            away = largest_of([*near, self.box(self.error)])
            log = _log(dyadic(away.abs_upper()) / self.largest)
            if log <= -self.digits:
                return Stationarity(
                    True,
                    f"a stationary point is proved within 10^{log:.1f} of the limit, {count}",
                    0.0,
                    shape,
                    proved=True,
                )
        margin = self.excluded(space, gradient, hessian)
        if margin:
            return Stationarity(
                False, f"no stationary point within 10^-{self.digits} of the limit, {count}", margin, shape
            )
        reason = f"no stationary point is proved or excluded within 10^-{self.digits} of the limit, {count}"
        return Stationarity(None, reason, 0.0, shape, imprecise=True)

    def krawczyk(
        self, space: Interpolators, gradient: Sequence[Ball], hessian: Sequence[Sequence[Ball]]
    ) -> list[Ball] | None:
        """How far the entries of a stationary point are from the origin; None when none is proved."""
        from flint import arb_mat

        size = space.dimension
        try:
            inverted = arb_mat([list(row) for row in hessian]).inv()
        except ZeroDivisionError:
            return None
        inverse = arb_mat([[entry.mid() for entry in row] for row in inverted.tolist()])
        newton = inverse * arb_mat(size, 1, list(gradient))
        step = [newton[k, 0] for k in range(size)]
        if not all(entry.is_finite() for entry in step):
            return None
        largest = largest_of(step).abs_upper()
        small = ball(self.largest) * ball(Fraction(1, 10 ** (self.digits + 40)))
        for widening in (2, 64):
            radii = [widening * (abs(entry).upper() + largest / 2**20 + small) for entry in step]
            reach = [self.box(dyadic(radius)) for radius in radii]
            try:
                there = self.jet(space.within(reach))
            except NotDefined:
                continue
            if there.kinks:
                continue
            spread = arb_mat(_hessian(there, size))
            identity = arb_mat([[int(i == j) for j in range(size)] for i in range(size)])
            image = (identity - inverse * spread) * arb_mat(size, 1, reach) - newton
            if all(bool(abs(image[k, 0]).upper() < radii[k]) for k in range(size)):
                return [
                    self.moved(space, j, [image[k, 0] for k in range(size)]) for j in range(len(space.origin))
                ]
        return None

    @staticmethod
    def moved(space: Interpolators, j: int, w: Sequence[Ball]) -> Ball:
        total = 0 * w[0]
        for row, entry in zip(space.directions, w, strict=True):
            slope = row[j]
            total += (ball(slope) if isinstance(slope, Fraction) else slope) * entry
        return total

    def excluded(
        self, space: Interpolators, gradient: Sequence[Ball], hessian: Sequence[Sequence[Ball]]
    ) -> float:
        """The largest of _MARGINS within which no stationary point is; 0.0 for none.

        Tested for the components of the derivative along eigenvectors of the second derivatives, so that a stiff
        direction does not hide another.
        """
        from flint import arb_mat

        size = space.dimension
        vectors = arb_mat(eigenvectors(_mid(hessian)))
        turned = vectors * arb_mat(size, 1, list(gradient))
        best = 0.0
        for margin in _MARGINS:
            reach = [self.box(radius) for radius in self.tolerances(space, margin)]
            components = []
            try:
                there = self.jet(space.within(reach))
                if not there.kinks:
                    change = (vectors * arb_mat(_hessian(there, size))) * arb_mat(size, 1, reach)
                    components = [turned[k, 0] + change[k, 0] for k in range(size)]
                components += _gradient(there, size) if not there.kinks else []
            except NotDefined:
                pass
            if not any(bool(component > 0) or bool(component < 0) for component in components):
                break
            best = float(margin)
        return best

    def tolerances(self, space: Interpolators, margin: int) -> list[Fraction]:
        """Bounds for |w_k| when every entry is within margin * 10^-digits of its own size of the limit's."""
        least = self.largest / 10**self.digits
        sizes = [max(abs(_exact(entry)), least) for entry in space.origin]
        bounds: list[Fraction] = []
        for row in space.directions:
            others = [other for other in space.directions if other is not row]
            own = [
                sizes[j] / abs(_exact(slope))
                for j, slope in enumerate(row)
                if slope != 0 and all(other[j] == 0 for other in others)
            ]
            if not own:
                return [self.widest(space, margin)] * space.dimension
            bounds.append(min(own) * margin / 10**self.digits + self.error)
        return bounds

    def widest(self, space: Interpolators, margin: int) -> Fraction:
        """A bound for all |w_k| at once, through the pseudo-inverse of the directions."""
        from flint import arb_mat

        D = arb_mat([[ball(x) if isinstance(x, Fraction) else x for x in row] for row in space.directions])
        back = (D * D.transpose()).solve(D)
        norm = max(
            sum((dyadic(abs(back[k, j]).upper()) for j in range(len(space.origin))), Fraction(0))
            for k in range(space.dimension)
        )
        bound: Fraction = norm * (self.largest * margin / 10**self.digits + self.error)
        return bound

    def by_size(self, space: Interpolators, gradient: Sequence[Ball], count: str) -> Stationarity:
        """Without second derivatives: the slope against slopes at other interpolators, which must be of one size."""
        sizes = []
        for reach in (self.largest, self.largest / 64):
            slopes = [
                largest_of(_gradient(self.jet(there), space.dimension)) for there in space.elsewhere(4, reach)
            ]
            sizes.append(max(dyadic(slope.abs_upper()) for slope in slopes))
        jet = self.jet(space.within([self.box(self.error)] * space.dimension))
        slope = largest_of(_gradient(jet, space.dimension))
        high, low = dyadic(slope.abs_upper()), dyadic(slope.abs_lower())
        if not min(sizes) or max(sizes) > _TAME * min(sizes):
            return Stationarity(None, "its slopes are of too many sizes to judge one of them")
        reason = f"slope 10^{_log(high / min(sizes)):.1f} of those at other interpolators, {count}"
        if high * 10**self.digits <= min(sizes):
            return Stationarity(True, reason)
        if low * 10**self.digits > max(sizes):
            return Stationarity(False, reason, float(low * 10**self.digits / max(sizes)))
        return Stationarity(None, reason, imprecise=True)


def _exact(value: Fraction | Ball) -> Fraction:
    return value if isinstance(value, Fraction) else dyadic(value)


def _row(entries: Gradient, size: int) -> list[Ball]:
    from flint import arb

    return [entries.get(k, arb(0)) for k in range(size)]


def _gradient(jet: Jet, size: int) -> list[Ball]:
    return _row(jet.gradient, size)


def _hessian(jet: Jet, size: int) -> list[list[Ball]]:
    from flint import arb

    return [[jet.hessian.get((min(i, j), max(i, j)), arb(0)) for j in range(size)] for i in range(size)]


def _log(value: Fraction) -> float:
    from math import inf, log10

    if not value:
        return -inf
    shift = value.numerator.bit_length() - value.denominator.bit_length()
    return log10(float(value / Fraction(2) ** shift)) + shift * log10(2)
