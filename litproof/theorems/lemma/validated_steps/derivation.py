"""How far a gradient flow is from a polynomial that nearly solves it: one step of a validated integration."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import n

size = sp.Symbol("P", integer=True, positive=True)
k = sp.Symbol("k", integer=True, positive=True)
u, h, mu = sp.Symbol("u", real=True), sp.Symbol("H", positive=True), sp.Symbol("mu", real=True)
theta, p, e, delta = (sp.MatrixSymbol(name, size, 1) for name in ("theta", "p", "e", "delta"))
slope = sp.MatrixSymbol("M", size, size)
squares, distance = sp.Symbol("N", positive=True), sp.Symbol("E", positive=True)
phase = sp.Symbol("phi", real=True)
defect, surplus = sp.Symbol("D", nonnegative=True), sp.Symbol("b", nonnegative=True)
loss = sp.Symbol("loss", positive=True)
share, first, second = (sp.IndexedBase(name, real=True) for name in ("p", "a", "b"))
s, kappa_slope = sp.Symbol("s", real=True), sp.Symbol("c", real=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _distance(body)
    _hessians(body)
    return Derivation(
        claim="lemma/validated-steps",
        title="A gradient flow followed with proved errors",
        sources=("dahlquist", "hairer"),
        symbols={
            "p": p,
            "theta": theta,
            "u": u,
            "H": h,
            "delta": delta,
            "e": e,
            "M": slope,
            "mu": mu,
            "E": distance,
            "D": defect,
            "b": surplus,
            "N": squares,
            "start": sp.Symbol("E(0)"),
            "phi": phase,
            "bound": sp.exp(sp.Symbol(r"\sup H \mu^{+}")) * (sp.Symbol("E(0)") + sp.Symbol(r"\sup D")),
            "end": sp.Symbol("E(1)"),
            "positive_part": sp.Symbol(r"\mu^{+}"),
            "regression": sp.Symbol(r"- J^{T} J - \sum_{z} (X^{T} r)_{z} \nabla^{2} \beta_{z}"),
            "gram": sp.Symbol(r"-\,J^{T} J"),
            "rest": sp.Symbol(r"- \sum_{z} (X^{T} r)_{z} \nabla^{2} \beta_{z}"),
            "share": share[k],
            "first": first[k],
            "second": second[k],
            "loss": loss,
            "s": s,
            "c": kappa_slope,
        },
        statement=(
            "On one step, with {u} running from zero to one, let a polynomial {p} be compared with a gradient "
            "flow {theta} whose time runs at the rate {H}: the length of the step, or any positive function of "
            "{u}. Let {delta} be the rate of {p} less {H} times the velocity of the flow at {p}. "
            "As long as the flow stays in a tube around {p} in which no "
            "eigenvalue of the Jacobian of the velocity exceeds {mu}, the distance {E} of the two obeys",
            Shown("growth-bound"),
            "with {D} the norm of {delta}. At the end of the step it is at most {bound}, with "
            "{positive_part} the larger of {mu} and zero. If this is below the radius of the tube the flow "
            "does stay in it.",
        ),
        hypotheses=(
            "The velocity is minus the gradient of a smooth function, so that its Jacobian is a symmetric "
            "matrix. Nothing is asked of how {p} was found.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Let the flow leave the tube for the first time at some {u} of the step. Up to then the "
                "bound holds, and it is below the radius: a contradiction.",
                "tube",
            ),
            Argument(
                "The defect {delta} is a polynomial when the velocity is one, and its coefficients are found "
                "exactly. Otherwise {p} is compared with the Taylor polynomial of the velocity along it, "
                "with a remainder enclosed by series arithmetic in balls over the whole step. Errors of all "
                "directions are one number, so no wrapping occurs.",
                "defect",
            ),
        ),
    )


def _distance(body: Body) -> None:
    """The logarithmic norm."""
    body.define("error", e, theta - p, "Let the error be")
    moved = body.argue(
        "moved",
        MatrixRate(e, u),
        h * slope * e - delta,
        "By the mean value theorem the difference of the velocities at {theta} and {p} is {M} times the "
        "error, where the symmetric matrix {M} is the mean of the Jacobians on the segment between them. So",
        how="fundamental theorem of calculus along the segment",
    )
    square = body.prove_matrix(
        "square",
        sp.Trace(MatrixRate(e.T * e, u)),
        2 * h * sp.Trace(e.T * slope * e) - 2 * sp.Trace(e.T * delta),
        "and the squared distance moves by",
        using=(moved,),
        algebra=Algebra(symmetric=frozenset({slope}), constants=frozenset({slope, delta})),
    )
    body.argue(
        "growth-bound",
        Rate(distance, u),
        h * mu * distance + defect,
        "Means of matrices with eigenvalues of at most {mu} have such eigenvalues. By the inequality of "
        "Cauchy and Schwarz the distance itself moves by (Dahlquist {cite:dahlquist}; section I.10 of "
        "{cite:hairer})",
        how="the square is the distance squared; divide by twice the distance",
        of=(square,),
        operator="<=",
    )
    lag = body.define(
        "lag",
        Rate(distance, u),
        h * mu * distance + defect - surplus,
        "Let {b}, which by {eq:growth-bound} is not negative, be given by",
        of=surplus,
    )
    grown = body.define("phase", Rate(phase, u), h * mu, "and let {phi}, zero at the start, move by")
    body.prove(
        "scaled",
        Rate(distance * sp.exp(-phase), u),
        (defect - surplus) * sp.exp(-phase),
        "Then the scaled distance moves by",
        using=(lag, grown),
    )
    body.append(
        Argument(
            "Integrated over the step, {eq:scaled} bounds {end} by {bound}: {phi} grows at most at the rate "
            "{H} times {positive_part}.",
            "integral",
        )
    )


def _hessians(body: Body) -> None:
    """Upper bounds of the eigenvalues."""
    body.append(
        Argument(
            "Regression. The Jacobian of the velocity is {regression}. Its first part {gram} has no positive "
            "eigenvalue, so no eigenvalue of the sum exceeds the largest one of {rest} (Courant and "
            "Fischer), which its largest absolute row sum bounds.",
            "regression-hessian",
        )
    )
    body.append(
        "Classification, in the time whose rate is the inverse of the loss: the flow is the gradient ascent "
        "of the clock. Along a line with parameter {s} let the margins have the slopes {first} and the "
        "second derivatives {second}, and let {share} be the share of a sample in the loss."
    )
    total = sp.Sum(share[k] * first[k], (k, 1, n))
    shares = body.restate(
        "shares",
        Rate(share[k], s),
        share[k] * (kappa_slope - first[k]),
        "With {c} for the slope of the clock, shares move by",
        of=(),
        how="a share is the exponential of the clock less the margin",
        for_all=(k,),
    )
    slopes = body.restate(
        "slopes", Rate(first[k], s), second[k], "and slopes by", of=(), how="second derivative", for_all=(k,)
    )
    clock = body.restate(
        "clock-slope",
        kappa_slope,
        total,
        "The slope of the clock is the mean",
        of=(),
        how="logarithmic derivative",
    )
    body.prove(
        "covariance",
        Rate(total, s),
        sp.Sum(share[k] * second[k], (k, 1, n)) + total**2 - sp.Sum(share[k] * first[k] ** 2, (k, 1, n)),
        "and its second derivative",
        using=(shares, slopes, clock),
    )
    body.append(
        Argument(
            "The last two terms are minus a variance: no eigenvalue of the Hessian of the clock exceeds the "
            "largest one of the Hessians of the margins, averaged with the shares held fixed.",
            "classification-hessian",
        )
    )
