"""R4: large and small initialisations, with the next-order terms, for symbolic depth."""

from math import asinh, sqrt

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Picture, Shown
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, alpha, j
from litproof.theorems.ykm.potential_closed_form.derivation import arc

q, s, tau = sp.Symbol("q", real=True), sp.Symbol("s", real=True), sp.Symbol("tau", positive=True)
x = sp.Symbol("x", positive=True)
xi = sp.Symbol("xi", positive=True)
rho, w = sp.IndexedBase("rho", positive=True), sp.IndexedBase("w", positive=True)
top, H = sp.Symbol("s_max", positive=True), sp.Symbol("H", positive=True)
tail, delta = sp.Symbol("A", real=True), sp.Symbol("Delta", real=True)
half = sp.Rational(1, 2)
height = q * (1 + q**2) ** ((L - 1) * half)
scaled = rho[j] / (alpha * w[j]) ** L


def large(body: Body) -> None:
    """alpha to infinity: the argument of H_L is small."""
    inverse = body.recall(
        "inverse",
        derivation("ykm/potential-closed-form"),
        "arc",
        "Large scale. By {see:ykm/potential-closed-form} the potential is {potential} at the height "
        "{height}, where",
        renamed={arc[L]: s},
        for_all=(),
    )
    potential = s * height - q**2 / 2
    body.expand(
        "small-argument",
        potential - height**2 / 2 + (L - 1) * height**4 / 6,
        q,
        [sp.S.Zero] * 6,
        "For small {q} it is half the square of its argument, with a quartic correction:",
        using=(inverse,),
        origin={s: sp.S.Zero},
        constants=(L,),
    )
    body.prove(
        "large-terms",
        alpha**2 * w[j] ** 2 * (scaled**2 / 2 - (L - 1) * scaled**4 / 6),
        alpha ** (2 - 2 * L) * (rho[j] ** 2 / w[j] ** (2 * L - 2) / 2)
        - alpha ** (2 - 4 * L) * (L - 1) * rho[j] ** 4 / w[j] ** (4 * L - 2) / 6,
        "In the objective the argument is {scaled}. The two terms become",
    )


def small(body: Body) -> None:
    """alpha to zero, at least three layers: the argument of H_L is large."""
    truncated = 1 / (L - 2) - (L - 1) / (2 * L) * x**2
    body.append(
        "Small scale, at least three layers. Let {x} be the reciprocal of {q}, which is positive for "
        "positive height."
    )
    reciprocal = body.prove(
        "reciprocal",
        ((1 + x**2) / x**2) ** ((1 - L) * half) * Rate(1 / x, x),
        -(x ** (L - 3)) * (1 + x**2) ** ((1 - L) * half),
        "The rate {eq:inverse} at this {q}, times that of {q}, is the rate of {s} in {x},",
        constants=(L,),
    )
    body.append("Let {delta} be the distance of {s} from its least upper bound {top}.")
    rate = body.restate(
        "distance",
        Rate(delta, x),
        x ** (L - 3) * (1 + x**2) ** ((1 - L) * half),
        "It moves by",
        of=(reciprocal,),
        how="minus the rate of s in x, by the chain rule",
    )
    scaled_tail = body.define("tail", tail, x ** (2 - L) * delta, "Divided by its leading power, put")
    body.prove(
        "tail-equation",
        x * Rate(tail, x) + (L - 2) * tail,
        (1 + x**2) ** ((1 - L) * half),
        "It solves an equation with analytic coefficients,",
        using=(rate, scaled_tail),
        constants=(L,),
    )
    body.expand(
        "tail-series",
        x * sp.diff(truncated, x) + (L - 2) * truncated - (1 + x**2) ** ((1 - L) * half),
        x,
        [sp.S.Zero] * 4,
        "from which a power series for {A} is found term by term; it begins with {truncated}, since",
        constants=(L,),
    )
    body.prove(
        "potential-at-infinity",
        x**2 * ((top - x ** (L - 2) * tail) * (x ** (-L) * (1 + x**2) ** ((L - 1) * half)) - 1 / (2 * x**2)),
        x**2 * top * (x ** (-L) * (1 + x**2) ** ((L - 1) * half))
        - tail * (1 + x**2) ** ((L - 1) * half)
        - half,
        "The height is {height_in_x}, and the potential times the square of {x} is",
    )
    body.expand(
        "large-argument",
        -truncated * (1 + x**2) ** ((L - 1) * half)
        - half
        + L / (2 * (L - 2)) * (1 + x**2) ** ((L - 1) / L)
        - (L - 1) / (2 * L) * x**2,
        x,
        [sp.S.Zero] * 4,
        "The part beyond the one with {top} is a multiple of the height to the power {fraction}, a constant, "
        "and a rest of the second order in {x}:",
        constants=(L,),
    )
    body.prove(
        "small-terms",
        alpha**2 * w[j] ** 2 * (top * scaled - L / (2 * (L - 2)) * scaled ** (2 / L) + (L - 1) / (2 * L)),
        alpha ** (2 - L) * top * rho[j] / w[j] ** (L - 2)
        - L / (2 * (L - 2)) * rho[j] ** (2 / L)
        + alpha**2 * (L - 1) * w[j] ** 2 / (2 * L),
        "In the objective, for positive {rho} (it is even), the three terms become",
    )


def _picture() -> Picture:
    """The objective of one component with two layers, for a large, a middle and a small start."""
    wide, high = 2.6, 2.6
    lines = [
        rf"\draw[->] ({-wide * 1.15:.2f},0) -- ({wide * 1.15:.2f},0) node[right] {{$\rho_j$}};",
        rf"\draw[->] (0,0) -- (0,{high * 1.15:.2f});",
    ]
    for scale, style, place in ((3.0, "dotted", 0.55), (0.3, "dashed", 0.72), (0.001, "solid", 0.9)):
        values = [_two_layer_objective(step / 40, scale) for step in range(41)]
        half_curve = [(step / 40, value / values[-1]) for step, value in enumerate(values)]
        points = [(-x, y) for x, y in reversed(half_curve[1:])] + half_curve
        path = " -- ".join(f"({wide * x:.3f},{high * y:.3f})" for x, y in points)
        lines.append(rf"\draw[thick,{style}] {path};")
        lines.append(rf"\draw[thick,{style}] ({wide * 1.3:.2f},{high * place:.2f}) -- ++(0.6,0)")
        lines.append(rf"  node[right,font=\footnotesize] {{$\alpha={scale:g}$}};")
    return Picture(
        "\n".join(lines),
        "The term of one component in the objective of two layers, divided by its value at one: a parabola "
        "for large {alpha}, the absolute value for small {alpha}.",
    )


def _two_layer_objective(coefficient: float, scale: float) -> float:
    """alpha^2 H_2(rho / alpha^2), in doubles: good enough for a drawing."""
    x = coefficient / scale**2
    return scale**2 * (x * asinh(2 * x) - (4 * x**2 / (1 + sqrt(1 + 4 * x**2))) / 2) / 2


def two_layers(body: Body) -> None:
    """alpha to zero, two layers: logarithms."""
    unit = body.define(
        "unit",
        xi,
        sp.exp(-2 * s),
        "Small scale, two layers: the height is half of the hyperbolic sine of {twice}. Put",
    )
    height_two = body.define("two-height", tau, sp.sinh(2 * s) / 2, "and let the height be")
    in_xi = body.prove("two-sinh", tau, (1 / xi - xi) / 4, "Then", using=(height_two, unit))
    rest = tau * sp.log(1 - xi**2) / 2 + (1 / xi + xi) / 8 - tau / 2
    body.prove("two-log", 4 * tau * xi, 1 - xi**2, "and four times the height times {xi} is", using=(in_xi,))
    body.prove(
        "two-potential",
        -sp.log(xi) / 2 * tau - ((1 / xi + xi) / 2 - 1) / 4,
        tau * (sp.log(1 - xi**2) - sp.log(xi) - 1) / 2 + sp.Rational(1, 4) - rest,
        "The potential {potential_two} is half of the height times a logarithm less one, a constant, "
        "and a rest,",
        using=(in_xi,),
    )
    body.prove(
        "two-rest",
        xi * rest,
        (1 - xi**2) * sp.log(1 - xi**2) / 8 + xi**2 / 4,
        "the logarithm being that of four times the height, by {eq:two-log}. The rest, times {xi}, is",
        using=(in_xi,),
    )
    body.expand(
        "two-order",
        (1 - xi**2) * sp.log(1 - xi**2) / 8 + xi**2 / 4,
        xi,
        [sp.S.Zero, sp.S.Zero, sp.Rational(1, 8)],
        "so it goes to zero with {xi}:",
    )


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    large(body)
    small(body)
    two_layers(body)
    body.append(_picture())
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
            "delta": delta,
            "fraction": 2 / L,
            "twice": 2 * s,
            "truncated": 1 / (L - 2) - (L - 1) / (2 * L) * x**2,
            "height_in_x": x ** (-L) * (1 + x**2) ** ((L - 1) * half),
            "potential_two": s * sp.sinh(2 * s) / 2 - sp.sinh(s) ** 2 / 2,
            "ridge": rho[j] ** 2 / w[j] ** (2 * L - 2),
            "lasso": rho[j] / w[j] ** (L - 2),
            "w": w[j],
            "next": rho[j] ** (2 / L),
            "relative": alpha ** (-2 * L),
            "relative_small": alpha ** (L - 2),
            "logarithm": (sp.log(4 * rho[j] / (alpha**2 * w[j] ** 2)) - 1) / 2,
        },
        statement=(
            "In the objective of {see:ykm/regression-limit}, for large {alpha} component {j} contributes the "
            "weighted square {ridge}, up to a factor, with a correction of relative order {relative},",
            Shown("large-terms"),
            "For small {alpha} and at least three layers it contributes, for positive {rho}, the weighted "
            "absolute value {lasso} up to a factor, with a correction of relative order {relative_small} by "
            "the power {next},",
            Shown("small-terms"),
            "where {w} is the modulus of an entry of the common shape and {top} the bound of the slope of "
            "the potential. For two layers the weight of the absolute value is {logarithm}. So the limits of "
            "the flow tend to the interpolator of least weighted squares as {alpha} grows, and to that of "
            "least weighted sum of absolute values as it falls to zero (two layers: with equal weights).",
        ),
        hypotheses=(
            "Notation and objective are those of {see:ykm/regression-limit} {cite:ykm}; the solution of the "
            "problem with absolute values is assumed to be unique.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Divided by its leading power of {alpha}, for two layers and small {alpha} by minus the "
                "logarithm of {alpha}, the objective converges to the leading term, uniformly on bounded "
                "sets: the expansions hold where {rho} is not zero, and near zero the objective is even, "
                "convex and so bounded by its values nearby. Minimisers of such a sequence stay bounded and "
                "tend to the minimiser of the limit when that is unique."
            ),
        ),
    )
