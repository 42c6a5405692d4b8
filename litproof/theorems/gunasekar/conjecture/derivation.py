"""Gunasekar et al.: by how much the trace of an interpolator exceeds the least one, exactly, for two sensors."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import t

FIRST = sp.Matrix([[-1, -1, 2], [-1, 2, 2], [2, 2, 0]])
SECOND = sp.Matrix([[2, -1, 0], [-1, 1, 2], [0, 2, 0]])
u = [sp.Symbol(f"u_{i}", real=True) for i in (1, 2, 3)]
y = sp.symbols("y_1 y_2", real=True)
r = sp.symbols("r_1 r_2", real=True)
E = sp.Symbol("E", real=True)


def measured(sensor: sp.Matrix) -> sp.Expr:
    """What a sensor measures of the product of a column with itself."""
    return sp.expand((sp.Matrix([u]) * sensor * sp.Matrix(u))[0])


def derive() -> Derivation:
    """The derivation, for one column of the factor: traces and measurements add up over columns."""
    body = Body()
    kernel = 2 * u[0] - u[2]
    first = body.define(
        "first", y[0], measured(FIRST), "Of a column {u_1}, {u_2}, {u_3} the first sensor measures"
    )
    second = body.define("second", y[1], measured(SECOND), "the second")
    body.prove(
        "surplus",
        u[0] ** 2 + u[1] ** 2 + u[2] ** 2,
        y[0] - y[1] + kernel**2,
        "Its part of the trace is the difference of both, and a square:",
        using=(first, second),
    )
    loss = body.define(
        "loss",
        E,
        r[0] * measured(FIRST) + r[1] * measured(SECOND),
        "so that an interpolator has the trace {one} exactly if {kernel} vanishes in all columns. With the residuals "
        "{r_1} and {r_2} the loss is to first order",
    )
    flow = [
        body.restate(
            f"flow-{number}",
            Rate(entry, t),
            -sp.diff(loss.relation.rhs, entry),
            lead,
            of=(loss,),
            how="minus the derivative of the loss",
        )
        for number, (entry, lead) in enumerate(
            zip(u, ("Gradient flow moves the column by", "and", "and"), strict=True), 1
        )
    ]
    body.prove(
        "refilled",
        Rate(kernel, t),
        8 * r[0] * kernel - 8 * (r[0] + r[1]) * (u[0] - u[1]),
        "and {kernel} by",
        using=flow,
        constants=r,
    )
    opposite = body.assume(
        "opposite", r[1], -r[0], "Were the residuals opposite at all times, as the multipliers are,"
    )
    body.prove(
        "fading",
        8 * r[0] * kernel - 8 * (r[0] + r[1]) * (u[0] - u[1]),
        8 * r[0] * kernel,
        "this would be a multiple of {kernel} itself, which could then fade:",
        using=(opposite,),
    )
    return Derivation(
        claim="gunasekar/conjecture",
        title="Sensors that do not commute",
        sources=("gunasekar2017",),
        symbols={
            "u_1": u[0],
            "u_2": u[1],
            "u_3": u[2],
            "y_1": y[0],
            "y_2": y[1],
            "kernel": kernel,
            "one": sp.Integer(1),
            "r_1": r[0],
            "r_2": r[1],
            "first_target": sp.Integer(2),
        },
        statement=(
            "Let both sensors measure {y_1} and {y_2} of a column {u_1}, {u_2}, {u_3}. Its part of the trace is",
            Shown("surplus"),
        ),
        hypotheses=("The sensors are those of the claim, their targets {first_target} and {one}.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "Summed over the columns, {eq:surplus} says that every interpolator has the trace {one} and a sum of "
                "squares; the matrix with a single entry {one} in the middle of its diagonal attains {one}. The "
                "conjecture is that the squares tend to zero with the scale. Commuting sensors share eigenvectors, and "
                "a space like that where {kernel} vanishes would not be left; by {eq:refilled} it is left here unless "
                "residuals as in {eq:opposite}, or entries, balance, and the squares come back. How much is not "
                "decided here: the traces at given scales are enclosed by following the flow."
            ),
        ),
    )
