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
    slopes = [
        body.prove(
            name,
            Rate(s[j] * two[1, j] * two[2, j], two[layer, j]),
            s[j] * two[3 - layer, j],
            reason,
            constants=(s, two[3 - layer, j]),
        )
        for layer, name, reason in (
            (
                1,
                "slope-one",
                "In the coordinates {one} and {two} the output is the sum over {j} of terms with the slopes",
            ),
            (2, "slope-two", "and"),
        )
    ]
    flows = [
        body.restate(
            name,
            Rate(two[layer, j], t),
            -r * s[j] * two[3 - layer, j],
            reason,
            of=(slopes[layer - 1],),
            how="minus the residual times the slope; singular vectors are orthonormal",
            for_all=(j,),
        )
        for layer, name, reason in ((1, "flow", "With the residual {r} the flow is"), (2, "flow-two", "and"))
    ]
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
            (0, "solved", "and they move by just these: in the first layer,"),
            (1, "solved-two", "and in the second,"),
        )
    ]
    ansatz = [
        body.ansatz(f"found-{name}", two[layer, j], solution[layer - 1], reason, for_all=(j,))
        for layer, name, reason in ((1, "one", "The claim is that"), (2, "two", "and"))
    ]
    for layer, name, reason in ((1, "met", "for these the flow has the right sides"), (2, "met-two", "and")):
        body.prove(
            name,
            flows[layer - 1].relation.rhs,
            -r * s[j] * solution[2 - layer],
            reason,
            using=(ansatz[2 - layer],),
        )
    body.extend(solved)
    body.append(
        Argument(
            "At the start {nu} is zero and both have the given values; the flow has one solution, so it is "
            "this one."
        )
    )
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
    body.bound(
        "positive",
        Rate(term(nu), nu),
        sp.S.Zero,
        s[j] ** 2
        / 2
        * ((first + second) ** 2 * sp.exp(2 * s[j] * nu) + (first - second) ** 2 * sp.exp(-2 * s[j] * nu)),
        "and its slope is not negative, and positive unless both coefficients vanish:",
        constants=(one, s),
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
            "one": two[1, j],
            "two": two[2, j],
            "solution": solution[0],
            "solution_two": solution[1],
        },
        statement=(
            "A two-layer network with any data tensor, trained on one data point, starts with the "
            "coordinates {first} and {second}, times {alpha}, in the singular vectors of the data tensor at "
            "the point, whose singular values are {s}. At all times it has the coordinates {solution} and "
            "{solution_two}, where {nu} moves monotonically from zero to the solution, if there is one, of "
            "the equation that sets {g} to {target}, with",
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
                "reached; when all {sum} vanish, only negative ones. For targets of the other sign, and for "
                "zero, {nu} runs off to infinity and the flow ends in the saddle at the origin of the "
                "reduced coordinates. When everything vanishes nothing moves."
            ),
        ),
    )
