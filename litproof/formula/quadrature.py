"""Integrals of functions of one number between two ends, enclosed: functions are followed into the complex plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import add, mul, sub, truediv
from typing import TYPE_CHECKING, Any, TypeAlias

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.formula.inversion import ARGUMENT, Function
from litproof.formula.jets import Jet, NotDefined, add as add_jets, chain
from litproof.language.tree import Call, Negation, Node, Number, Operation, Symbol, nodes

if TYPE_CHECKING:
    from flint import acb

Complex: TypeAlias = "Callable[[acb, bool], acb]"
VARIABLE = "_x"
"""Stands for the argument of a function that is inverted or integrated."""

_MOST_VALUES = 20_000
"""Of the function, before an integral is given up."""

_ENTIRE = ("exp", "sin", "cos", "sinh", "cosh", "tanh")
"""Functions without branch cuts (poles make balls infinite)."""
_CUT_ABOVE_I = ("atan", "asinh")
"""Functions with branch cuts on the imaginary axis, from i upwards and from -i downwards."""
_ACTS: Mapping[str, Callable[[Any, Any], Any]] = {"+": add, "-": sub, "*": mul, "/": truediv}


def integral(body: Node, constant: Callable[[Node], Ball], f: Function, ends: tuple[Jet, Jet]) -> Jet:
    """The integral of `body`, a formula in `VARIABLE`, from one end to the other.

    Parameters
    ----------
    constant : the value of a part of the formula that does not depend on the variable.
    f : the same function at a ball, with its derivative, as jet in the coordinate `ARGUMENT`.
    ends : with their derivatives, which become those of the integral.

    Raises
    ------
    NotDefined : the function is not analytic near the path, or not known well enough there.
    """
    from flint import acb, arb

    integrand = _followed(body, {id(part): acb(constant(part)) for part in _constants(body)})
    values, middles = [], []
    for end in ends:
        middle = ball(dyadic(end.ball))
        middles.append(middle)
        # what an end is not known to, times the function there
        values.append(f(end.ball).ball * (end.ball - middle) if end.ball.rad() else arb(0))
    value = acb.integral(integrand, acb(middles[0]), acb(middles[1]), eval_limit=_MOST_VALUES)
    if not value.is_finite():
        raise NotDefined("the integral is not finite, or its function not analytic between the ends")
    low, high = ends
    upper = chain(high, value.real + values[1], *_slopes(f, high))
    return add_jets(upper, chain(low, values[0], *_slopes(f, low)), -1)


def _slopes(f: Function, end: Jet) -> tuple[Ball, Ball]:
    """Value and derivative of the function at an end, which are the first two derivatives of the integral by it."""
    from flint import arb

    if end.is_constant:
        return arb(0), arb(0)
    jet = f(end.ball)
    if jet.kinks:
        raise NotDefined("the integral of a function with a kink at an end")
    return jet.ball, jet.gradient.get(ARGUMENT, arb(0))


def _constants(node: Node) -> list[Node]:
    """The largest parts of a formula in which the variable does not occur."""
    if not any(isinstance(part, Symbol) and part.name == VARIABLE for part in nodes(node)):
        return [node]
    match node:
        case Operation():
            return [*_constants(node.left), *_constants(node.right)]
        case Negation():
            return _constants(node.inner)
        case Call():
            return [part for argument in node.arguments for part in _constants(argument)]
    return []


def _followed(node: Node, known: Mapping[int, acb]) -> Complex:
    """The formula as a function of a ball and of whether it is to be analytic there; not a number where it is not."""
    from flint import acb

    if id(node) in known:
        value = known[id(node)]
        return lambda z, analytic: value
    match node:
        case Symbol():
            return lambda z, analytic: z
        case Negation():
            negated = _followed(node.inner, known)
            return lambda z, analytic: -negated(z, analytic)
        case Operation(sign="^", right=Number(value=exponent)) if exponent.denominator == 1:
            base, whole = _followed(node.left, known), int(exponent)
            return lambda z, analytic: base(z, analytic) ** whole
        case Operation(sign="^"):
            base, power = _followed(node.left, known), _followed(node.right, known)
            return lambda z, analytic: base(z, analytic).pow(power(z, analytic), analytic=analytic)
        case Operation():
            left, right, act = _followed(node.left, known), _followed(node.right, known), _ACTS[node.sign]
            return lambda z, analytic: act(left(z, analytic), right(z, analytic))
        case Call(name="sqrt" | "log") if len(node.arguments) == 1:
            argument, root = _followed(node.arguments[0], known), getattr(acb, node.name)
            return lambda z, analytic: root(argument(z, analytic), analytic=analytic)
        case Call() if node.name in _ENTIRE:
            argument, entire = _followed(node.arguments[0], known), getattr(acb, node.name)
            return lambda z, analytic: entire(argument(z, analytic))
        case Call() if node.name in _CUT_ABOVE_I:
            argument, cut = _followed(node.arguments[0], known), getattr(acb, node.name)

            def beside_the_cut(z: acb, analytic: bool) -> acb:
                inner = argument(z, analytic)
                crossed = analytic and inner.real.contains(0) and not abs(inner.imag) < 1
                return acb("nan") if crossed else cut(inner)

            return beside_the_cut
    name = node.name if isinstance(node, Call) else type(node).__name__
    raise NotDefined(f"{name} of the variable is not followed into the complex plane; quad(..) needs that")
