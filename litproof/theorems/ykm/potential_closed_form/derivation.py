"""R3: the potential H_L in closed form, for symbolic depth L."""

from math import asinh, atan, pi, sqrt

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Picture, Shown
from litproof.derive.notation import Rate
from litproof.derive.stated import Step
from litproof.theorems.shared.symbols import L, k

q, s, x = sp.symbols("q s x", real=True)
h, H = sp.Function("h_L", real=True), sp.Function("H_L", real=True)
arc = sp.IndexedBase("s", real=True)
top, gammas = sp.IndexedBase("s_max", positive=True), sp.IndexedBase("G", positive=True)
half = sp.Rational(1, 2)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    potential = _closed_form(body)
    _small_depths(body, potential)
    _every_depth(body)
    _top(body)
    return Derivation(
        claim="ykm/potential-closed-form",
        title="The potential of deep networks in closed form",
        sources=("ykm", "woodworth", "dlmf"),
        symbols=SYMBOLS,
        statement=(
            "For every depth {L} from two on, let {q} as a function of {s} start from zero at zero and solve",
            Shown("profile"),
            "let {h} be as follows, and {H} the integral from zero of its inverse function:",
            Shown("height"),
            "Then {h} is odd and strictly increasing, {H} is even, strictly convex and zero at zero, and",
            Shown("closed"),
            "It is elementary for every integer depth, and for every real depth {s} is the hypergeometric "
            "function {hyper} of {q}.",
        ),
        hypotheses=("The depth {L} is a symbol; the identities below hold for every real value of it.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "The recursion starts from the inverse hyperbolic sine at depth two and from the arc tangent "
                "at depth three, so every integer depth is reached. The power series in {eq:series} converge "
                "for small {q}; both sides are analytic for all real {q}, so they agree everywhere."
            ),
        ),
    )


def _closed_form(body: Body) -> Step:
    """Definitions of q, h_L and H_L, the closed form of H_L, and its strict convexity."""
    root = (1 + q**2) ** ((L - 1) * half)
    profile = body.define(
        "profile", Rate(q, s), root, "Let {q} as a function of {s} start from zero at zero and solve"
    )
    height = body.define("height", h(s), q * root, "and put")
    growth = body.prove(
        "growth",
        Rate(h(s), s),
        (1 + q**2) ** (L - 2) * (1 + L * q**2),
        "Differentiation along the profile gives",
        using=(profile, height),
        constants=(L,),
    )
    body.bound(
        "increasing",
        Rate(h(s), s),
        sp.S.Zero,
        (1 + q**2) ** (L - 2) * (1 + L * q**2),
        "and this is positive:",
        strict=True,
        using=(growth,),
    )
    potential = body.define(
        "potential",
        Rate(H(h(s)), s),
        s * Rate(h(s), s),
        "With {q} also {h} is odd in {s}, and by {eq:increasing} it has an odd inverse. The integral {H} of "
        "the inverse from zero is even and vanishes at zero. Its slope at {h} is the inverse there, which is "
        "{s}: by the chain rule",
    )
    slope = body.prove(
        "slope",
        Rate(s * h(s) - q**2 / 2, s),
        s * Rate(h(s), s),
        "The same rate belongs to the following, by {eq:profile} and {eq:height},",
        using=(profile, height),
        constants=(L,),
    )
    body.integrate(
        "closed",
        H(h(s)),
        s * h(s) - q**2 / 2,
        "and both vanish at zero. Therefore",
        rates=(potential, slope),
        start={H(h(s)): sp.S.Zero, h(s): sp.S.Zero, q: sp.S.Zero, s: sp.S.Zero},
    )
    body.bound(
        "curvature",
        1 / Rate(h(s), s),
        sp.S.Zero,
        (1 + q**2) ** (2 - L) / (1 + L * q**2),
        "The second derivative of {H} at {h} is the derivative of the inverse, the reciprocal of "
        "{eq:growth}, so {H} is strictly convex:",
        strict=True,
        using=(profile, height),
        constants=(L,),
    )
    body.append(_picture())
    return potential


def _small_depths(body: Body, potential: Step) -> None:
    """The profile for L = 2, 3, 4, and the potential of two layers."""
    body.prove(
        "two",
        Rate(sp.sinh(s), s) ** 2,
        1 + sp.sinh(s) ** 2,
        "Depth two: the hyperbolic sine solves {eq:profile}, by its square and because its slope is positive,",
    )
    body.append("and {h} is {two_height}, whose inverse at {x} is {two_inverse}.")
    two = body.restate(
        "two-potential",
        Rate(H(x), x),
        sp.asinh(2 * x) / 2,
        "So {H} at depth two has the slope",
        of=(potential,),
        how="the slope of the integral is the inverse",
    )
    form = (x * sp.asinh(2 * x) - sp.sqrt(1 + 4 * x**2) / 2 + half) / 2
    slope = body.prove("two-slope", Rate(form, x), sp.asinh(2 * x) / 2, "This is also the slope of")
    body.integrate(
        "two-closed",
        H(x),
        form,
        "and both vanish at zero: for two layers",
        rates=(two, slope),
        start={H(x): sp.S.Zero, x: sp.S.Zero},
    )
    body.prove("three", Rate(sp.tan(s), s), 1 + sp.tan(s) ** 2, "Depth three: {q} is the tangent,")
    body.prove(
        "four",
        Rate(s / sp.sqrt(1 - s**2), s) ** 2,
        (1 + s**2 / (1 - s**2)) ** 3,
        "Depth four: an algebraic function, again by its square and positive slope,",
    )


def _every_depth(body: Body) -> None:
    """The recursion in L and the hypergeometric form."""
    family = body.define(
        "arc",
        Rate(arc[L], q),
        (1 + q**2) ** ((1 - L) * half),
        "Read backwards, {eq:profile} gives {s} at depth {L} as an integral in {q} from zero,",
        for_all=(L,),
    )
    body.prove(
        "recursion",
        Rate((L - 1) * arc[L + 2] - (L - 2) * arc[L] - q * (1 + q**2) ** ((1 - L) * half), q),
        sp.S.Zero,
        "Depths two apart are linked by a recursion, so that {H} is elementary for every integer depth:",
        using=(family,),
        constants=(L,),
    )
    ratio = (k + half) * (k + (L - 1) * half) / ((k + sp.Rational(3, 2)) * (k + 1)) * (-(q**2))
    body.prove(
        "series",
        (2 * k + 3) / (2 * k + 1) * ratio,
        -(q**2) * (k + (L - 1) * half) / (k + 1),
        "For a real depth the integral is {hyper}. Differentiated term by term, the quotient of the terms "
        "with numbers {k} and one more (left) is that of the binomial series of {integrand} (right), and "
        "both series start with one:",
    )


def _top(body: Body) -> None:
    """The value of s at infinity, for every integer depth from three on."""
    limit = body.restate(
        "top-recursion",
        (L - 1) * top[L + 2],
        (L - 2) * top[L],
        "From depth three on, {s} tends to a finite value {top_value} as {q} grows. In {eq:recursion} the "
        "expression under the rate is zero for all {q}, and its last term tends to zero; so",
        of=(),
        how="the recursion at infinity",
    )
    three = body.prove(
        "arc-three", Rate(sp.atan(q), q), (1 + q**2) ** -1, "At depth three {s} is the arc tangent, since"
    )
    four = body.prove(
        "arc-four",
        Rate(q / sp.sqrt(1 + q**2), q),
        (1 + q**2) ** (-sp.Rational(3, 2)),
        "and at depth four it is {four_arc}, since",
    )
    starts = [
        body.restate(
            f"top-{word}", top[sp.Integer(depth)], value, reason, of=(step,), how="the limit for large q"
        )
        for word, depth, value, reason, step in (
            ("three", 3, sp.pi / 2, "So the first two values are", three),
            ("four", 4, sp.S.One, "and", four),
        )
    ]
    form = body.define(
        "form",
        gammas[L],
        sp.sqrt(sp.pi) * sp.gamma(L / 2 - 1) / (2 * sp.gamma(L / 2 - half)),
        "These three equations determine all values at integer depths. A closed form solves them: put",
        for_all=(L,),
    )
    functional = [
        body.cite(name, sp.gamma(z + 1), z * sp.gamma(z), reason, source="dlmf", where="equation 5.5.1")
        for name, z, reason in (
            ("gamma-even", L / 2 - 1, "By the functional equation of the gamma function,"),
            ("gamma-odd", L / 2 - half, "and"),
        )
    ]
    body.prove(
        "form-recursion",
        (L - 1) * gammas[L + 2],
        (L - 2) * gammas[L],
        "it obeys the recursion,",
        using=(form, *functional),
    )
    body.prove(
        "form-three", gammas[sp.Integer(3)], sp.pi / 2, "and it has the first two values", using=(form,)
    )
    body.prove("form-four", gammas[sp.Integer(4)], sp.S.One, "and", using=(form,))
    body.argue(
        "top",
        top[L],
        sp.sqrt(sp.pi) * sp.gamma(L / 2 - 1) / (2 * sp.gamma(L / 2 - half)),
        "Hence for every integer depth from three on",
        of=(limit, *starts, form),
        how="induction in steps of two",
    )


def _picture() -> Picture:
    """h_L for three depths: for L >= 3 it has an asymptote."""
    scale_x, scale_y, highest = 3.4, 0.55, 5.0
    lines = [
        rf"\draw[->] (0,0) -- ({scale_x * 1.75:.2f},0) node[right] {{$s$}};",
        rf"\draw[->] (0,0) -- (0,{scale_y * (highest + 0.6):.2f}) node[above] {{$h_L(s)$}};",
    ]
    for depth, style, bound, name in (
        (2, "dotted", None, ""),
        (3, "dashed", pi / 2, r"\pi/2"),
        (4, "solid", 1.0, "1"),
    ):
        heights = [highest * step / 60 for step in range(61)]
        points = [(_arc_of_height(depth, value), value) for value in heights]
        path = " -- ".join(f"({scale_x * a:.3f},{scale_y * b:.3f})" for a, b in points)
        side = "above left" if depth == 4 else "above"
        lines.append(rf"\draw[thick,{style}] {path} node[{side},font=\footnotesize] {{$L={depth}$}};")
        if bound is not None:
            lines.append(
                rf"\draw[gray,thin] ({scale_x * bound:.3f},0) -- ({scale_x * bound:.3f},{scale_y * highest:.3f});"
            )
            lines.append(rf"\node[below,font=\footnotesize] at ({scale_x * bound:.3f},0) {{${name}$}};")
    return Picture(
        "\n".join(lines),
        "The function {h} for two, three and four layers. From three layers on it runs to infinity at a "
        "finite {s}: its inverse, the slope of {H}, is bounded, which is why small starts lead to weighted "
        "absolute values.",
    )


def _arc_of_height(depth: int, height: float) -> float:
    """s with h_L(s) = height for two to four layers, in doubles: good enough for a drawing."""
    low, high = 0.0, height + 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if middle * (1 + middle**2) ** ((depth - 1) / 2) < height else (low, middle)
        )
    if depth == 2:
        return asinh(low)
    return atan(low) if depth == 3 else low / sqrt(1 + low**2)


SYMBOLS = {
    "L": L,
    "q": q,
    "s": s,
    "k": k,
    "x": x,
    "h": h(s),
    "H": H(x),
    "top_value": top[L],
    "two_height": sp.sinh(2 * s) / 2,
    "two_inverse": sp.asinh(2 * x) / 2,
    "hyper": q * sp.hyper((half, (L - 1) * half), (sp.Rational(3, 2),), -(q**2)),
    "integrand": (1 + q**2) ** ((1 - L) * half),
    "four_arc": q / sp.sqrt(1 + q**2),
}
