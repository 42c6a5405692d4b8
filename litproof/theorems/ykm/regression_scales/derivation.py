"""R4: large and small initialisations, with the next-order terms, for symbolic depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Derivation, Part, Shown
from litproof.derive.notation import Rate
from litproof.derive.steps import define, expand, prove
from litproof.theorems.shared.symbols import L, alpha, j

q, s, tau = sp.Symbol("q", real=True), sp.Symbol("s", real=True), sp.Symbol("tau", positive=True)
x = sp.Symbol("x", positive=True)
xi = sp.Symbol("xi", positive=True)
rho, w = sp.IndexedBase("rho", positive=True), sp.IndexedBase("w", positive=True)
top, H = sp.Symbol("s_max", positive=True), sp.Symbol("H", positive=True)
tail = sp.Symbol("A", real=True)
half = sp.Rational(1, 2)
height = q * (1 + q**2) ** ((L - 1) * half)
scaled = rho[j] / (alpha * w[j]) ** L


def large() -> tuple[Part, ...]:
    """alpha to infinity: the argument of H_L is small."""
    inverse = define(
        "inverse",
        Rate(s, q),
        (1 + q**2) ** ((1 - L) * half),
        "Large scale. The potential is {potential} at the height {height}, where",
    )
    potential = s * height - q**2 / 2
    gap = potential - height**2 / 2 + (L - 1) * height**4 / 6
    return (
        inverse,
        expand(
            "small-argument",
            gap,
            q,
            [sp.S.Zero] * 6,
            "For small {q} it is half the square of its argument, with a quartic correction:",
            using=(inverse,),
            origin={s: sp.S.Zero},
            constants=(L,),
        ),
        prove(
            "large-terms",
            alpha**2 * w[j] ** 2 * (scaled**2 / 2 - (L - 1) * scaled**4 / 6),
            alpha ** (2 - 2 * L) * (rho[j] ** 2 / w[j] ** (2 * L - 2) / 2)
            - alpha ** (2 - 4 * L) * (L - 1) * rho[j] ** 4 / w[j] ** (4 * L - 2) / 6,
            "In the objective the argument is {scaled}. The two terms become",
        ),
    )


def small() -> tuple[Part, ...]:
    """alpha to zero, at least three layers: the argument of H_L is large."""
    truncated = 1 / (L - 2) - (L - 1) / (2 * L) * x**2
    return (
        define(
            "tail",
            Rate(x ** (L - 2) * tail, x),
            x ** (L - 3) * (1 + x**2) ** ((1 - L) * half),
            "Small scale, at least three layers. With {x} for the reciprocal of {q}, the distance of {s} "
            "from its least upper bound {top} is written as {tail_form}, where",
        ),
        expand(
            "tail-series",
            x * sp.diff(truncated, x) + (L - 2) * truncated - (1 + x**2) ** ((1 - L) * half),
            x,
            [sp.S.Zero] * 4,
            "Dividing by a power of {x}, this is an equation with analytic coefficients. It determines {A} "
            "to be {truncated} up to the fourth order, since",
            constants=(L,),
        ),
        prove(
            "potential-at-infinity",
            x**2
            * ((top - x ** (L - 2) * tail) * (x ** (-L) * (1 + x**2) ** ((L - 1) * half)) - 1 / (2 * x**2)),
            x**2 * top * (x ** (-L) * (1 + x**2) ** ((L - 1) * half))
            - tail * (1 + x**2) ** ((L - 1) * half)
            - half,
            "The height is {height_in_x}, and the potential times the square of {x} is",
        ),
        expand(
            "large-argument",
            -truncated * (1 + x**2) ** ((L - 1) * half)
            - half
            + L / (2 * (L - 2)) * (1 + x**2) ** ((L - 1) / L)
            - (L - 1) / (2 * L) * x**2,
            x,
            [sp.S.Zero] * 4,
            "The part beyond the linear one is a fractional power of the argument and a constant:",
            constants=(L,),
        ),
        prove(
            "small-terms",
            alpha**2 * w[j] ** 2 * (top * scaled - L / (2 * (L - 2)) * scaled ** (2 / L) + (L - 1) / (2 * L)),
            alpha ** (2 - L) * top * rho[j] / w[j] ** (L - 2)
            - L / (2 * (L - 2)) * rho[j] ** (2 / L)
            + alpha**2 * (L - 1) * w[j] ** 2 / (2 * L),
            "In the objective, for positive {rho} (it is even), the three terms become",
        ),
    )


def two_layers() -> tuple[Part, ...]:
    """alpha to zero, two layers: logarithms."""
    height_two = define("two-height", tau, (1 / xi - xi) / 4, "which is written")
    rest = tau * sp.log(1 - xi**2) / 2 + (1 / xi + xi) / 8 - tau / 2
    return (
        prove(
            "two-sinh",
            sp.sinh(2 * s) / 2,
            (1 / sp.exp(-2 * s) - sp.exp(-2 * s)) / 4,
            "Small scale, two layers. In terms of {xi_form}, called {xi}, the height is",
        ),
        height_two,
        prove("two-log", 4 * tau * xi, 1 - xi**2, "Four times the height times {xi} is", using=(height_two,)),
        prove(
            "two-potential",
            -sp.log(xi) / 2 * tau - ((1 / xi + xi) / 2 - 1) / 4,
            tau * (sp.log(1 - xi**2) - sp.log(xi) - 1) / 2 + sp.Rational(1, 4) - rest,
            "The potential {potential_two} is half of the height times a logarithm less one, a constant, "
            "and a rest,",
            using=(height_two,),
        ),
        prove(
            "two-rest",
            xi * rest,
            (1 - xi**2) * sp.log(1 - xi**2) / 8 + xi**2 / 4,
            "the logarithm being that of four times the height, by {eq:two-log}. The rest, times {xi}, is",
            using=(height_two,),
        ),
        expand(
            "two-order",
            (1 - xi**2) * sp.log(1 - xi**2) / 8 + xi**2 / 4,
            xi,
            [sp.S.Zero, sp.S.Zero, sp.Rational(1, 8)],
            "so it goes to zero with {xi}:",
        ),
    )


def derive() -> Derivation:
    """The derivation."""
    return Derivation(
        claim="ykm/regression-scales",
        title="Large and small initialisations",
        sources=("ykm", "woodworth"),
        symbols={
            "alpha": alpha,
            "L": L,
            "q": q,
            "s": s,
            "x": x,
            "xi": xi,
            "A": tail,
            "top": top,
            "j": j,
            "potential": s * height - q**2 / 2,
            "height": height,
            "scaled": scaled,
            "rho": rho[j],
            "tail_form": x ** (L - 2) * tail,
            "truncated": 1 / (L - 2) - (L - 1) / (2 * L) * x**2,
            "height_in_x": x ** (-L) * (1 + x**2) ** ((L - 1) * half),
            "xi_form": sp.exp(-2 * s),
            "potential_two": s * sp.sinh(2 * s) / 2 - sp.sinh(s) ** 2 / 2,
            "ridge": rho[j] ** 2 / w[j] ** (2 * L - 2),
            "lasso": rho[j] / w[j] ** (L - 2),
            "w": w[j],
            "next": rho[j] ** (2 / L),
            "relative": alpha ** (-2 * L),
            "relative_small": alpha ** (L - 2),
            "logarithm": sp.log(4 * rho[j] / (alpha**2 * w[j] ** 2)),
        },
        statement=(
            "In the limit theorem of deep regression, for large {alpha} the objective is dominated by the "
            "weighted squares {ridge}, with a correction of relative order {relative},",
            Shown("large-terms"),
            "For small {alpha} and at least three layers it is dominated by the weighted absolute values "
            "{lasso}, with a correction of relative order {relative_small} by the powers {next},",
            Shown("small-terms"),
            "For two layers the weights of the absolute values are logarithms {logarithm}.",
        ),
        hypotheses=(
            "Notation and objective are those of the limit theorem {cite:ykm}; {w} is the size of the "
            "initial shape.",
        ),
        body=(*large(), *small(), *two_layers()),
        conclusion=(
            Argument(
                "Divided by its leading power of {alpha}, the objective converges to the leading term, "
                "uniformly on bounded sets, and so do its minimisers when that of the limit is unique. The "
                "expansions hold where {rho} is not zero; near zero the objective stays continuous and the "
                "terms are bounded by their values nearby."
            ),
        ),
    )
