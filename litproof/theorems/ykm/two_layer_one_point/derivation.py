"""R6: two layers and one data point, any data tensor, any initialisation."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.derive.steps import prove
from litproof.theorems.shared.symbols import alpha, j, m, t

one, two = sp.IndexedBase("eta_bar", real=True), sp.IndexedBase("eta", real=True)
s = sp.IndexedBase("s", positive=True)
nu, r, y = sp.symbols("nu r y", real=True)
first, second = one[1, j], one[2, j]
output = sp.Function("g", real=True)


def term(value: sp.Expr) -> sp.Expr:
    """One component of g."""
    return s[j] * (
        (first**2 + second**2) / 2 * sp.sinh(2 * s[j] * value) + first * second * sp.cosh(2 * s[j] * value)
    )


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    body.define(
        "flow",
        Rate(two[1, j], t),
        -r * s[j] * two[2, j],
        "With the residual {r} the reduced flow is",
        for_all=(j,),
    )
    body.define("flow-two", Rate(two[2, j], t), -r * s[j] * two[1, j], "and", for_all=(j,))
    clock = body.define("clock", Rate(nu, t), -r, "Let {nu} collect the residual from zero,")
    solution = [
        alpha * (a * sp.cosh(nu * s[j]) + b * sp.sinh(nu * s[j]))
        for a, b in ((first, second), (second, first))
    ]
    solved = [
        prove(
            name,
            Rate(solution[k], t),
            -r * s[j] * solution[1 - k],
            reason,
            using=(clock,),
            constants=(alpha, one, s),
        )
        for k, name, reason in (
            (0, "solved", "The hyperbolic functions of {nu} solve both equations: for the first layer,"),
            (1, "solved-two", "and for the second,"),
        )
    ]
    body.extend(solved)
    product = body.prove(
        "product",
        s[j] * solution[0] * solution[1],
        alpha**2 * term(nu),
        "The contribution of the component to the output is",
    )
    whole = body.define(
        "whole", output(nu), sp.Sum(term(nu), (j, 1, m)), "Without the scale, the sum of these is"
    )
    body.prove(
        "exponentials",
        term(nu),
        s[j]
        / 4
        * ((first + second) ** 2 * sp.exp(2 * s[j] * nu) - (first - second) ** 2 * sp.exp(-2 * s[j] * nu)),
        "In exponentials a term reads",
    )
    body.prove(
        "slope",
        Rate(term(nu), nu),
        s[j] ** 2
        / 2
        * ((first + second) ** 2 * sp.exp(2 * s[j] * nu) + (first - second) ** 2 * sp.exp(-2 * s[j] * nu)),
        "and its slope",
        constants=(one, s),
    )
    body.bound(
        "positive",
        s[j] ** 2
        / 2
        * ((first + second) ** 2 * sp.exp(2 * s[j] * nu) + (first - second) ** 2 * sp.exp(-2 * s[j] * nu)),
        sp.S.Zero,
        s[j] ** 2
        / 2
        * ((first + second) ** 2 * sp.exp(2 * s[j] * nu) + (first - second) ** 2 * sp.exp(-2 * s[j] * nu)),
        "is not negative, and positive unless both coefficients vanish:",
    )
    body.restate(
        "dual",
        Rate(nu, t),
        y - alpha**2 * output(nu),
        "So {nu} moves by itself,",
        of=(clock, product, whole),
        how="the residual written out",
    )
    return Derivation(
        claim="ykm/two-layer-one-point",
        title="Two layers and one data point",
        sources=("ykm",),
        symbols={
            "nu": nu,
            "r": r,
            "s": s[j],
            "j": j,
            "y": y,
            "alpha": alpha,
            "first": first,
            "second": second,
            "sum": first + second,
            "difference": first - second,
            "g": output(nu),
            "target": y / alpha**2,
            "eta": two[1, j],
            "solution": solution[0],
            "solution_two": solution[1],
        },
        statement=(
            "A two-layer network with any data tensor, trained on one data point from the scaled "
            "initialisation, has at all times the reduced coordinates {solution} and {solution_two}, where "
            "{nu} moves monotonically from zero to the solution of the equation that sets {g} to {target}, "
            "with",
            Shown("whole"),
        ),
        hypotheses=(
            "The singular value decomposition of the data tensor at the data point gives singular values "
            "{s} and singular vectors, with respect to which {first} and {second} are the coordinates of "
            "the unscaled initialisation. The parts of the layers orthogonal to the singular vectors do not "
            "move.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Unless all {sum} and all {difference} vanish, that is unless the reduced initialisation is "
                "zero, {g} increases strictly. It is unbounded above exactly when some {sum} is not zero, "
                "and unbounded below exactly when some {difference} is not zero. When both are so, {g} is a "
                "bijection of the real line and the loss goes to zero for every target. When all "
                "{difference} vanish, {g} is positive with infimum zero and only positive targets are "
                "reached; when all {sum} vanish, only negative ones. For targets of the other sign {nu} runs "
                "off to infinity and the flow ends in the saddle at the origin of the reduced coordinates. "
                "When everything vanishes nothing moves."
            ),
        ),
    )
