"""K5: how fast directions converge, in powers of the clock."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.derive.notation import Rate
from litproof.derive.stated import assume
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, j, t
from litproof.theorems.ykm.classification_clock.derivation import k, margins, sigma as times, u as pulls
from litproof.theorems.ykm.classification_convergence.derivation import norm as pull_norm

active, inactive = sp.symbols("n_a m_off", integer=True, positive=True)
A, K = sp.MatrixSymbol("A", active, active), sp.MatrixSymbol("K", active, active)
B = sp.MatrixSymbol("B", active, inactive)
rho, rest = sp.MatrixSymbol("rho", active, 1), sp.MatrixSymbol("rho_off", inactive, 1)
slack, ones = sp.MatrixSymbol("lambda", active, 1), sp.MatrixSymbol("e", active, 1)
kappa, loss, c, size, norm = (sp.Symbol(name, positive=True) for name in ("kappa", "loss", "c", "C", "w"))
sigma, u, N = sp.symbols("sigma u N", real=True)
velocity = sp.Symbol("V", positive=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    algebra = Algebra(identities=((K * A, sp.Identity(active)), (A * K, sp.Identity(active))))
    inverse = assume(
        "inverse",
        K * A,
        sp.Identity(active),
        "Let as many samples be active, that is with a share that does not vanish, as there are "
        "coefficients in the limit's support, and let the matrix {A} of their signed inputs in these "
        "coordinates have the inverse {K},",
    )
    clock_of = derivation("ykm/classification-clock")
    log_weight = body.recall(
        "log-weight",
        clock_of,
        "log-weight",
        "The logarithm of the share of a sample, with its margin {margin}, is",
    )
    outputs = body.restate(
        "outputs",
        slack,
        kappa * ones - (A * rho + B * rest),
        "Let the columns of {B} belong to the coefficients {rest} outside the support, and {ones} be the vector "
        "of ones. For the active samples together, exactly",
        of=(log_weight,),
        how="margins written in the coefficients",
    )
    body.prove_matrix(
        "exact",
        rho,
        kappa * K * ones - K * slack - K * B * rest,
        "Solved for the coefficients of the support, so that nothing is left out:",
        using=(outputs, inverse),
        algebra=algebra,
    )
    time = body.define(
        "time",
        Rate(N, t),
        loss,
        "For two layers use the time {N} that starts at zero and runs with the loss,",
    )
    moved = body.recall(
        "moved",
        clock_of,
        "time",
        "The reduced time {sigma} of a component outside the support, with the pull {u}, moves by",
        renamed={times[j]: sigma, pulls[j]: u},
        for_all=(),
    )
    dual = body.change_clock("dual", moved, time, u, "that is by")
    body.append(
        "By {see:ykm/regression-general-init} the coefficient of a component with the gap {c} is "
        "{coefficient}, half of the gap times the hyperbolic sine of twice the reduced time."
    )
    body.prove(
        "rate",
        Rate(c / 4 * sp.exp(2 * sigma), N),
        2 * u * (c / 4 * sp.exp(2 * sigma)),
        "Its leading part grows with the rate",
        using=(dual,),
        constants=(c,),
    )
    clock = body.define("clock", kappa, size * sp.exp(2 * N), "Let {size} be given by", of=size)
    body.append(
        Argument(
            "The pulls converge, on the support to the modulus one. If they do so fast enough to be "
            "integrable, {size} has a positive limit, and a component with the limit {u} of its pull is, up "
            "to a factor that converges, the exponential of {twice}."
        )
    )
    body.prove(
        "power",
        sp.exp(2 * u * N) / kappa,
        size ** (-u) * kappa ** (u - 1),
        "In units of the clock this exponential is",
        using=(clock,),
    )
    body.prove(
        "deep",
        Rate(kappa ** (2 / L - 1), kappa),
        (2 / L - 1) * kappa ** (2 / L - 2),
        "The shares converge, so their logarithms are bounded: on the support the deviation, divided by the "
        "clock, is of the order of its inverse, plus what the coefficients outside contribute. For more than "
        "two layers the squares of the products of all layers but one grow like the power {growth} of the "
        "clock; so the rate of a reduced time in the clock, given in {see:ykm/classification-clock}, is "
        "bounded by a multiple of",
        constants=(L,),
    )
    fall = body.recall(
        "fall",
        derivation("ykm/classification-convergence"),
        "loss-rate",
        "The loss itself falls by the square of its gradient, which is the loss times {norm_letter}, the "
        "norm of the gradient of the margins weighted with the shares:",
    )
    scaled = body.define(
        "scaled",
        pull_norm,
        velocity * kappa ** (1 - 1 / L),
        "Gradients of margins are homogeneous of degree {degree}. Let {velocity_letter} be given by",
        of=velocity,
    )
    body.prove(
        "advance",
        Rate(1 / loss, t),
        velocity**2 * kappa ** (2 - 2 / L),
        "so that the inverse of the loss grows by",
        using=(fall, scaled),
        constants=(L,),
    )
    body.argue(
        "velocity",
        velocity,
        L / norm,
        "Let {norm} be the norm of the limit of the layers divided by the root of order {L} of the clock. "
        "That limit is a multiple of its own velocity, with the inner product {L}. So, in the limit of large "
        "times,",
        of=(scaled,),
        how="the norm of a vector that is parallel to another",
        operator="~",
    )
    return Derivation(
        claim="ykm/classification-rates",
        title="Rates of separable classification",
        sources=("ykm", "soudry"),
        symbols={
            "A": A,
            "K": K,
            "B": B,
            "rest": rest,
            "slack": slack,
            "ones": ones,
            "kappa": kappa,
            "c": c,
            "sigma": sigma,
            "u": u,
            "size": size,
            "growth": 2 - 2 / L,
            "L": L,
            "norm": norm,
            "half": 1 - u,
            "twice": 2 * u * N,
            "N": N,
            "margin": margins[k],
            "coefficient": c / 2 * sp.sinh(2 * sigma),
            "norm_letter": pull_norm,
            "velocity_letter": velocity,
            "degree": L - 1,
            "fully": 1 / L,
        },
        statement=(
            "Let the loss of a separable classification problem go to zero and the limit of the direction be "
            "nondegenerate: the coefficients in its support and the active samples determine each other. "
            "With the matrix {A} of the signed inputs of the active samples in the coordinates of the "
            "support, its inverse {K}, the columns {B} of the other coefficients {rest}, the vector {ones} "
            "of ones and the logarithms {slack} of the active shares, the coefficients of the support are "
            "exactly",
            Shown("exact"),
            "so that divided by the clock {kappa} they differ from their limit by the last two terms. With "
            "two layers a component outside the support, with a limit {u} of its pull between zero and one, "
            "contributes the power {half} of the inverse clock, on and off the support.",
        ),
        hypotheses=("The exponential loss; a real orthogonally decomposable network {cite:ykm}.", inverse),
        body=tuple(body),
        conclusion=(
            Argument(
                "So the exponent of the error is the smaller of one and the least value of {half} over "
                "components outside the support; on the support alone it is one only where {B} does not "
                "couple. For more than two layers {eq:deep} is integrable: reduced times tend to limits, "
                "coefficients outside the support stay bounded and the exponent is one, whatever the pulls. "
                "For one layer this is the statement of {cite:soudry}: the error is inverse to the logarithm "
                "of time, because for one layer the right side of {eq:advance} tends to a constant, the "
                "square of the margin, and the clock is that logarithm up to a bounded amount. For fully "
                "connected layers the error outside the span of the active samples has the exponent {fully}, "
                "see the claim on the maximum margin."
            ),
        ),
        kernel=("inverse_loss_pace", "classifier_loss_bound"),
    )
