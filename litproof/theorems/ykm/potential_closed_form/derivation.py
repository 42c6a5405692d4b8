"""R3: the potential H_L in closed form, for symbolic depth L."""

from dataclasses import dataclass

import sympy as sp

from litproof.derive.derivation import Argument, Derivation, Part, Shown
from litproof.derive.notation import Rate
from litproof.derive.steps import Step, bound, define, prove
from litproof.theorems.shared.symbols import L, k

q, s, x = sp.symbols("q s x", real=True)
h, H = sp.Function("h_L", real=True), sp.Function("H_L", real=True)
arc = sp.IndexedBase("s", real=True)
half = sp.Rational(1, 2)


@dataclass(frozen=True)
class Potential:
    """The steps that the limit theorem builds on."""

    profile: Step
    height: Step
    growth: Step
    increasing: Step
    closed: Step
    slope: Step
    curvature: Step

    @property
    def parts(self) -> tuple[Part, ...]:
        """In reading order."""
        return (
            self.profile,
            self.height,
            self.growth,
            self.increasing,
            "Hence {h} is odd and strictly increasing, and so is its inverse; {H} is the integral of the "
            "inverse from zero, an even function that vanishes at zero.",
            self.closed,
            self.slope,
            self.curvature,
        )


def potential() -> Potential:
    """Definitions of q, h_L and H_L, the closed form of H_L, and its strict convexity."""
    root = (1 + q**2) ** ((L - 1) * half)
    profile = define(
        "profile", Rate(q, s), root, "Let {q} as a function of {s} start from zero at zero and solve"
    )
    height = define("height", h(s), q * root, "and put")
    growth = prove(
        "growth",
        Rate(h(s), s),
        (1 + q**2) ** (L - 2) * (1 + L * q**2),
        "Differentiation along the profile gives",
        using=(profile, height),
        constants=(L,),
    )
    increasing = bound(
        "increasing",
        (1 + q**2) ** (L - 2) * (1 + L * q**2),
        sp.S.Zero,
        (1 + q**2) ** (L - 2) * (1 + L * q**2),
        "and this is positive:",
        strict=True,
    )
    closed = define("closed", H(h(s)), s * h(s) - q**2 / 2, "The claim is that the integral equals")
    slope = prove(
        "slope",
        Rate(s * h(s) - q**2 / 2, s),
        s * Rate(h(s), s),
        "Indeed, both sides vanish at zero, and by {eq:profile} and {eq:height}",
        using=(profile, height),
        constants=(L,),
    )
    curvature = bound(
        "curvature",
        1 / Rate(h(s), s),
        sp.S.Zero,
        (1 + q**2) ** (2 - L) / (1 + L * q**2),
        "so the slope of {H} at {h} is {s}, as for the integral of the inverse. The second derivative is the "
        "reciprocal of {eq:growth}, so {H} is strictly convex:",
        strict=True,
        using=(profile, height),
        constants=(L,),
    )
    return Potential(profile, height, growth, increasing, closed, slope, curvature)


def elementary() -> tuple[Part, ...]:
    """The profile for L = 2, 3, 4, the recursion in L, the hypergeometric form and the value at infinity."""
    two = (
        prove(
            "two",
            Rate(sp.sinh(s), s) ** 2,
            1 + sp.sinh(s) ** 2,
            "Depth two: the hyperbolic sine solves {eq:profile}, by its square and because its slope is "
            "positive,",
        ),
        prove("two-height", sp.sinh(s) * sp.cosh(s), sp.sinh(2 * s) / 2, "and {h} becomes"),
        prove(
            "two-potential",
            s * (sp.sinh(2 * s) / 2) - sp.sinh(s) ** 2 / 2,
            (sp.sinh(2 * s) / 2 * (2 * s) - sp.cosh(2 * s) / 2 + half) / 2,
            "so that {eq:closed} reads",
        ),
        prove(
            "two-root",
            (sp.sinh(2 * s) / 2) ** 2 + sp.Rational(1, 4),
            (sp.cosh(2 * s) / 2) ** 2,
            "where the hyperbolic cosine is a root in terms of the argument of {H}:",
        ),
    )
    three = prove("three", Rate(sp.tan(s), s), 1 + sp.tan(s) ** 2, "Depth three: the tangent,")
    four = prove(
        "four",
        Rate(s / sp.sqrt(1 - s**2), s) ** 2,
        (1 + s**2 / (1 - s**2)) ** 3,
        "Depth four: an algebraic function, again by its square and positive slope,",
    )
    family = define(
        "arc",
        Rate(arc[L], q),
        (1 + q**2) ** ((1 - L) * half),
        "Read backwards, {eq:profile} gives {s} at depth {L} as an integral in {q} from zero,",
        for_all=(L,),
    )
    recursion = prove(
        "recursion",
        Rate((L - 1) * arc[L + 2] - (L - 2) * arc[L] - q * (1 + q**2) ** ((1 - L) * half), q),
        sp.S.Zero,
        "Depths two apart are linked by a recursion, so that {H} is elementary for every integer depth:",
        using=(family,),
        constants=(L,),
    )
    ratio = (k + half) * (k + (L - 1) * half) / ((k + sp.Rational(3, 2)) * (k + 1)) * (-(q**2))
    series = prove(
        "series",
        (2 * k + 3) / (2 * k + 1) * ratio,
        -(q**2) * (k + (L - 1) * half) / (k + 1),
        "For a real depth the integral is {hyper}. Its terms, differentiated one by one, have the ratio of "
        "the binomial series of {integrand}, and both series start with one:",
    )
    top = sp.IndexedBase("s_max", positive=True)
    limit_form = define(
        "top",
        top[L],
        sp.sqrt(sp.pi) * sp.gamma(L / 2 - 1) / (2 * sp.gamma(L / 2 - half)),
        "From depth three on, {s} tends to a finite value as {q} grows. It is claimed to be",
        for_all=(L,),
    )
    functional = (
        define(
            "gamma-even",
            sp.gamma(L / 2),
            (L / 2 - 1) * sp.gamma(L / 2 - 1),
            "By the functional equation of the gamma function,",
        ),
        define("gamma-odd", sp.gamma(L / 2 + half), (L / 2 - half) * sp.gamma(L / 2 - half), "and"),
    )
    step = prove(
        "top-recursion",
        (L - 1) * top[L + 2],
        (L - 2) * top[L],
        "the values satisfy {eq:recursion} at infinity, where its last term vanishes:",
        using=(limit_form, *functional),
    )
    starts = (
        prove(
            "top-three",
            top[sp.Integer(3)],
            sp.pi / 2,
            "The first two values are those of the arc tangent and of {four_arc}:",
            using=(limit_form,),
        ),
        prove("top-four", top[sp.Integer(4)], sp.S.One, "", using=(limit_form,)),
    )
    return (*two, three, four, family, recursion, series, limit_form, *functional, step, *starts)


def derive() -> Derivation:
    """The derivation."""
    steps = potential()
    return Derivation(
        claim="ykm/potential-closed-form",
        title="The potential of deep networks in closed form",
        sources=("ykm", "woodworth"),
        symbols=SYMBOLS,
        statement=(
            "For every depth {L} from two on, the potential {H} of the limit theorem, which is the integral "
            "of the inverse of {h}, has the closed form",
            Shown("closed"),
            "It is even and strictly convex, elementary for every integer depth, and {s} is the "
            "hypergeometric function {hyper}.",
        ),
        hypotheses=("The depth {L} is a symbol; the identities below hold for every real value of it.",),
        body=(*steps.parts, *elementary()),
        conclusion=(
            Argument(
                "The recursion starts from the inverse hyperbolic sine at depth two and from the arc tangent "
                "at depth three, so every integer depth is reached. The power series in {eq:series} converge "
                "for small {q}; both sides are analytic for all real {q}, so they agree everywhere."
            ),
        ),
    )


SYMBOLS = {
    "L": L,
    "q": q,
    "s": s,
    "h": h(s),
    "H": H(x),
    "hyper": q * sp.hyper((half, (L - 1) * half), (sp.Rational(3, 2),), -(q**2)),
    "integrand": (1 + q**2) ** ((1 - L) * half),
    "four_arc": q / sp.sqrt(1 + q**2),
}
