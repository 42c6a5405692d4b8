"""Large and small initialisations: the first corrections of the limit, with their exponents and constants."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.matrix_words import Algebra
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, S, X, alpha, n, nu
from litproof.theorems.ykm.potential_closed_form.derivation import h as profile_height, q, s

u, r, kappa = sp.symbols("u r kappa", real=True)
e, rho, top = (sp.Symbol(name, positive=True) for name in ("w", "rho", "s_max"))
tau = sp.Symbol("tau", real=True)
size = sp.Symbol("m_off", integer=True, positive=True)
on, off, K = sp.MatrixSymbol("A_B", n, n), sp.MatrixSymbol("A_N", size, n), sp.MatrixSymbol("K", n, n)
moved, limit, rest = (
    sp.MatrixSymbol("rho_B", n, 1),
    sp.MatrixSymbol("rho_star_B", n, 1),
    sp.MatrixSymbol("rho_N", size, 1),
)
third = 2 * (L - 1) / 3
a = alpha * e
small = a ** (L - 2) * alpha ** (2 - 2 * L) * u


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _large(body)
    _two_layers(body)
    _deep(body)
    _support(body)
    return Derivation(
        claim="lemma/first-corrections",
        title="First corrections for large and small initialisations",
        sources=("ykm",),
        symbols={
            "L": L,
            "alpha": alpha,
            "s": s,
            "h": profile_height(s),
            "e": e,
            "u": u,
            "tau": tau,
            "data": S * X.T * nu,
            "nu": nu,
            "rho": rho,
            "r": r,
            "kappa": kappa,
            "K": K,
            "on": on,
            "off": off,
            "moved": moved,
            "limit_letter": limit,
            "rest": rest,
            "scale": a,
            "order_large": alpha ** (-2 * L),
            "fourth": alpha**4,
            "square": alpha**2,
            "dual_scale": alpha ** (2 - 2 * L),
            "minus_log": -sp.log(alpha),
            "order_off": alpha ** (2 - 2 * sp.Abs(r)),
            "power": alpha**L,
            "zero_power": alpha ** (2 * L - 2),
            "zero_square": alpha**2 * e**2 / 2 * sp.sinh(2 * kappa),
            "deep_off": a**L * sp.Function("h_L")(top * r),
            "deep_zero": alpha ** (2 * L - 2) * e ** (2 * L - 2) * kappa,
            "weight": e ** (2 - L),
            "top_value": top,
            "one": sp.Integer(1),
            "ladder": L - 2,
            "D": sp.Symbol("D"),
            "D_value": e ** (2 * L - 2),
            "p0": sp.Symbol("p_0"),
            "p1": sp.Symbol("p_1"),
            "exponents": sp.Symbol(r"2 - 2\lvert r_{j} \rvert"),
            "exponents_more": sp.Symbol(r"2 + 2\lvert r_{j} \rvert"),
        },
        statement=(
            "In the theorem of {see:ykm/regression-limit} let {e} be the modulus of an entry of the common "
            "shape. For large {alpha} the limit is that of least weighted squares plus a correction of the "
            "order {order_large}, of which the coefficient solves a linear system. For small {alpha}, where "
            "the problem with absolute values has a unique solution that is not degenerate, each coefficient "
            "{rho} off its support is, with two layers, of the order {order_off}, with {r} its correlation "
            "with the multipliers, less than {one} in modulus, and from three layers on of the order "
            "{power}; where the correlation is zero, of the order {square} or {zero_power}. The support "
            "moves by as much as the largest of the coefficients that reach it.",
        ),
        hypotheses=(
            "As in {see:ykm/regression-limit} each coefficient of the limit belongs to a dual coordinate, an "
            "entry of {data} for some {nu}. The solution of the problem with absolute values, for weights "
            "{one} with two layers and {weight} from three layers on, has as many coefficients on its "
            "support as there are data, its matrix {on} there is invertible, and off it all correlations, "
            "divided by the weights, are below {one} in modulus.",
        ),
        body=tuple(body),
        kernel=("small_scale_two_layers_rate", "small_scale_deep_rate", "large_scale_rate"),
    )


def _large(body: Body) -> None:
    """alpha to infinity."""
    closed = derivation("ykm/potential-closed-form")
    profile = body.recall("profile", closed, "profile", "Large scale. By {see:ykm/potential-closed-form}")
    body.recall("height", closed, "height", "and")
    body.expand(
        "cubic",
        q * (1 + q**2) ** ((L - 1) / 2),
        s,
        [sp.S.Zero, sp.S.One, sp.S.Zero, third],
        "In powers of {s},",
        using=(profile,),
        origin={q: sp.S.Zero},
        constants=(L,),
    )
    body.prove(
        "large",
        a**L * (small + third * small**3),
        e ** (2 * L - 2) * u + alpha ** (-2 * L) * (third * e ** (4 * L - 6) * u**3),
        "A coefficient is {h} at {s}, times the power {L} of {scale}, where {s} is the dual coordinate times "
        "the power of order {ladder} of {scale}. With {dual_scale} times {u} for the dual coordinate, the "
        "first two terms are",
    )
    body.append(
        Argument(
            "So the limit is a power series in {order_large}. Its first term solves the weighted least "
            "squares problem, with the diagonal matrix {D} of {D_value} and multipliers {p0}; the second one "
            "consists of {D} times a combination {p1} of the data and the cubic terms, and {p1} is "
            "determined by the condition that no output changes.",
            "series",
        )
    )


def _two_layers(body: Body) -> None:
    """alpha to zero, two layers."""
    inverse = body.define(
        "on-support",
        tau,
        sp.log(4 * rho / a**2) / 2,
        "Small scale, two layers. The coefficient is half of the square of {scale} times the hyperbolic sine "
        "of twice the dual coordinate, which on the support grows without bound. For a positive coefficient "
        "put",
    )
    body.prove(
        "leading",
        a**2 / 4 * sp.exp(2 * tau),
        rho,
        "whose growing part is the coefficient: the dual coordinate differs from it by terms of the order "
        "{fourth},",
        using=(inverse,),
    )
    body.append(
        Argument(
            "The dual coordinates on the support determine those off it, linearly: with the correlations {r} "
            "they are {minus_log} times {r} plus numbers {kappa} that do not depend on {alpha}, up to small "
            "terms.",
            "linear",
        )
    )
    body.prove(
        "off-support",
        a**2 / 4 * sp.exp(2 * (-sp.log(alpha) * r + kappa)),
        alpha ** (2 - 2 * r) * (e**2 / 4 * sp.exp(2 * kappa)),
        "For a positive {r} the growing part is then",
    )
    body.append(
        "which leads; for a negative {r} the other part does, with the opposite sign, and for {r} zero both "
        "remain: {zero_square}."
    )


def _deep(body: Body) -> None:
    """alpha to zero, three layers or more."""
    body.prove(
        "deep-on",
        a ** (2 - L) * (top - ((rho / a**L) ** (1 / L)) ** (2 - L) / (L - 2)),
        top * a ** (2 - L) - rho ** ((2 - L) / L) / (L - 2),
        "Small scale, three layers or more. By {see:ykm/regression-scales} {s} is its bound {top_value} less "
        "a power of the reciprocal of the profile, and the profile is the root of order {L} of the height, "
        "up to relative terms of the order of its inverse square. So on the support a dual coordinate is, "
        "for a positive coefficient and up to the order {square},",
    )
    body.prove(
        "deep-off",
        a ** (L - 2) * (top * alpha ** (2 - L) * e ** (2 - L) * r + kappa),
        top * r + alpha ** (L - 2) * e ** (L - 2) * kappa,
        "Off the support {s} is the power of order {ladder} of {scale} times the dual coordinate, which is "
        "the correlation {r} of the multipliers times bound and weight, plus numbers {kappa} that the second "
        "terms cause,",
    )
    body.append(
        Argument(
            "The coefficient there is {deep_off} in the limit, and where {r} is zero, as {h} begins with its "
            "argument, {deep_zero}.",
            "deep-leading",
        )
    )


def _support(body: Body) -> None:
    """How the support follows, and the exponents that occur."""
    body.prove_matrix(
        "support",
        K * ((on.T * moved + off.T * rest) - on.T * limit) - K * off.T * rest,
        moved - limit,
        "With {moved} the coefficients on the support, {limit_letter} those of the solution, {rest} the "
        "others, {off} their matrix and {K} the inverse of the transpose of {on}: both fit the data, so that "
        "the first bracket is zero, and exactly",
        algebra=Algebra(identities=((K * on.T, sp.Identity(n)),)),
    )
    body.append(
        Argument(
            "Inserted again, this gives all exponents that occur: for large {alpha} multiples of those of "
            "{order_large}. For small {alpha} and two layers, sums of {exponents} and {exponents_more} for "
            "components off the support, and of four. From three layers on {L} plus sums of {L} and of "
            "numbers that exceed {ladder} by an even number, since {s} on the support is its bound less a "
            "series in such powers of the reciprocal of the profile.",
            "exponents",
        )
    )
