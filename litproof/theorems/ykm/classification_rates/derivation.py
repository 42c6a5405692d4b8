"""K5: how fast directions converge, in powers of the clock."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.derive.notation import Rate
from litproof.derive.steps import assume
from litproof.theorems.shared.symbols import L, t

active, inactive = sp.symbols("n_a m_off", integer=True, positive=True)
A, K = sp.MatrixSymbol("A", active, active), sp.MatrixSymbol("K", active, active)
B = sp.MatrixSymbol("B", active, inactive)
rho, rest = sp.MatrixSymbol("rho", active, 1), sp.MatrixSymbol("rho_off", inactive, 1)
slack, ones = sp.MatrixSymbol("lambda", active, 1), sp.MatrixSymbol("e", active, 1)
kappa, loss, c, size, norm = (sp.Symbol(name, positive=True) for name in ("kappa", "loss", "c", "C", "w"))
sigma, u, N = sp.symbols("sigma u N", real=True)


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
        "coordinates have the inverse {K};",
    )
    outputs = body.define(
        "outputs",
        A * rho + B * rest,
        kappa * ones - slack,
        "the columns {B} belong to the coefficients {rest} outside the support. By the definition of the "
        "clock {kappa} and of the logarithmic shares {slack}, with {ones} the vector of ones, exactly",
    )
    support = body.prove_matrix(
        "support",
        K * (A * rho + B * rest) - K * B * rest,
        rho,
        "Solved for the coefficients of the support, so that nothing is left out:",
        algebra=algebra,
    )
    body.restate(
        "exact",
        rho,
        kappa * K * ones - K * slack - K * B * rest,
        "and with the right side of {eq:outputs}",
        of=(outputs, support),
        how="insertion",
    )
    dual = body.define(
        "dual",
        Rate(sigma, N),
        u,
        "The shares converge, so their logarithms are bounded: on the support the deviation, divided by the "
        "clock, is of the order of its inverse, plus what the coefficients outside contribute. For two "
        "layers and a component with gap {c} the reduced time {sigma} moves with the pull {u} of the "
        "component,",
    )
    body.prove(
        "outside",
        c / 2 * sp.sinh(2 * sigma),
        c / 4 * (sp.exp(2 * sigma) - sp.exp(-2 * sigma)),
        "and the coefficient is",
    )
    body.prove(
        "rate",
        Rate(c / 4 * sp.exp(2 * sigma), N),
        2 * u * (c / 4 * sp.exp(2 * sigma)),
        "Its leading part grows with the rate",
        using=(dual,),
        constants=(c,),
    )
    clock = body.define(
        "clock",
        kappa,
        size * sp.exp(2 * N),
        "On the support pulls have the modulus one, so the clock, up to a factor {size} that converges, is",
    )
    body.prove(
        "power",
        sp.exp(2 * u * N) / kappa,
        size ** (-u) * kappa ** (u - 1),
        "In units of the clock a component with a pull {u} between zero and one therefore decays like",
        using=(clock,),
    )
    body.prove(
        "deep",
        Rate(kappa ** (2 / L - 1), kappa),
        (2 / L - 1) * kappa ** (2 / L - 2),
        "For more than two layers the pull of the support falls like {pull}, and the reduced time that is "
        "left is the integral of",
        constants=(L,),
    )
    speed = body.define(
        "speed",
        Rate(loss, t),
        -(loss**2) * kappa ** (2 - 2 / L) * L**2 / norm**2,
        "The loss itself: let {norm} be the norm of the limit of the layers divided by the root of the "
        "clock. The limit is a multiple of its velocity, with the inner product {L}, so the square of the "
        "norm of that velocity is {squared}, and",
    )
    body.prove(
        "advance",
        Rate(1 / loss, t),
        kappa ** (2 - 2 / L) * L**2 / norm**2,
        "The inverse of the loss grows by",
        using=(speed,),
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
            "pull": kappa ** (2 / L - 1),
            "L": L,
            "norm": norm,
            "squared": L**2 / norm**2,
            "half": 1 - u,
            "fully": 1 / L,
        },
        statement=(
            "Let the loss of a separable classification problem go to zero and the limit of the direction "
            "be nondegenerate: the coefficients in its support and the active samples determine each other. "
            "The deviation of the coefficients from their limit, divided by the clock {kappa}, is exactly "
            "the sum of the last two terms of",
            Shown("exact"),
            "With two layers a component outside the support, with a pull {u} between zero and one, "
            "contributes the power {half} of the inverse clock, on and off the support.",
        ),
        hypotheses=("The exponential loss; a real orthogonally decomposable network {cite:ykm}.", inverse),
        body=tuple(body),
        conclusion=(
            Argument(
                "So the exponent of the error is the smaller of one and the least value of {half} over "
                "components outside the support; on the support alone it is one only where {B} does not "
                "couple. For more than two layers {eq:deep} is integrable: coefficients outside the support "
                "stay bounded and the exponent is one, whatever the pulls. For one layer this is the "
                "statement of {cite:soudry}: the error is inverse to the logarithm of time, because for one "
                "layer the right side of {eq:advance} is constant, the square of the margin, and the clock "
                "is that logarithm up to a bounded amount. For fully connected layers the error outside the "
                "span of the active samples has the exponent {fully}, see the claim on the maximum margin."
            ),
        ),
    )
