"""The clock kappa = -log(loss) of separable classification: odeco and all homogeneous networks, any depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Derivation, Part, Shown
from litproof.derive.notation import LayerProduct, LayerSum, Rate
from litproof.derive.steps import Step, assume, define, prove, restate
from litproof.theorems.shared.symbols import L, S, X, eta, i, j, l, m, n, product, t

k = sp.Symbol("k", integer=True, positive=True)
kappa, loss = sp.Symbol("kappa", positive=True), sp.Symbol("loss", positive=True)
y, f, lam, p, u, sigma, D, rho = (
    sp.IndexedBase(name, real=True) for name in ("y", "f", "lambda", "p", "u", "sigma", "D", "rho")
)
q, u_vector, r = sp.MatrixSymbol("q", n, 1), sp.MatrixSymbol("u", m, 1), sp.MatrixSymbol("r", n, 1)
G = sp.Symbol("G", real=True)
c, z, w, s = (
    sp.Symbol("c", positive=True),
    sp.Symbol("z", real=True),
    sp.Symbol("w", real=True),
    sp.Symbol("s", real=True),
)
theta, V = sp.symbols("theta V", real=True)
entry, slot = sp.IndexedBase("w", real=True), sp.IndexedBase("j", integer=True)
total = sp.Sum(u[j] ** 2 * D[j], (j, 1, m))


def weights() -> tuple[Step, ...]:
    """The loss in terms of the clock, and the normalised weights of the samples."""
    level = define("level", loss, sp.exp(-kappa), "The clock is minus the logarithm of the loss,")
    log_weight = define(
        "log-weight",
        lam[k],
        kappa - y[k] * f[k],
        "and each sample has a logarithmic weight, its slack behind the clock,",
        for_all=(k,),
    )
    weight = define("weight", p[k], sp.exp(lam[k]), "and a weight", for_all=(k,))
    split = prove(
        "split",
        sp.exp(-y[k] * f[k]),
        loss * p[k],
        "The loss of a sample is its share of the whole, so the weights add up to one:",
        using=(level, log_weight, weight),
    )
    slope = prove(
        "slope",
        Rate(sp.exp(-y[k] * f[k]), f[k]),
        -y[k] * sp.exp(-y[k] * f[k]),
        "The derivative of the loss by an output is",
        constants=(y,),
    )
    return (level, log_weight, weight, split, slope)


def odeco() -> tuple[Part, ...]:
    """The reduced flow in the clock, for any real initialisation and for equal gaps."""
    level, log_weight, weight, split, slope = weights()
    pull = define(
        "pull",
        u_vector,
        S * X.T * q,
        "Let {q} have the entries {weighted}. In an orthogonally decomposable network the components are "
        "pulled by",
    )
    flow = restate(
        "flow",
        Rate(eta[l, j], t),
        loss * u[j] * product(l),
        "By {eq:split} and {eq:slope} the derivatives of the loss by the outputs are {minus} times {q}, so "
        "the reduced flow is",
        of=(split, slope, pull),
        how="entry by entry",
        for_all=(l, j),
    )
    spread = define(
        "spread", D[j], LayerSum(LayerProduct(eta[i, j] ** 2, i, L, l), l, L), "Write", for_all=(j,)
    )
    work = prove(
        "work",
        loss * u[j] * product(l) * Rate(eta[l, j], t),
        loss**2 * u[j] ** 2 * LayerProduct(eta[i, j] ** 2, i, L, l),
        "A coordinate makes the loss decrease by",
        using=(flow,),
    )
    loss_rate = define(
        "loss-rate", Rate(loss, t), -(G**2), "The loss decreases by the square of its gradient's norm {G},"
    )
    descent = prove(
        "descent", Rate(-sp.log(loss), t), G**2 / loss, "and the clock advances by", using=(loss_rate,)
    )
    advance = restate(
        "advance",
        Rate(kappa, t),
        loss * total,
        "With {eq:work}, summed over layers and components, the clock advances by",
        of=(level, descent, work, spread),
        how="sum over layers and components",
    )
    time = restate(
        "time",
        Rate(sigma[j], t),
        loss * u[j],
        "The reduced time {sigma} of each component, signs included, is the one of the derivation for "
        "arbitrary initialisations; there the flow was linear in the data,",
        of=(flow,),
        how="see the claim on arbitrary initialisations",
        for_all=(j,),
    )
    clock = restate(
        "clock",
        Rate(sigma[j], kappa),
        u[j] / total,
        "The loss itself cancels when one rate is divided by the other,",
        of=(advance, time),
        how="quotient of the two rates",
        for_all=(j,),
    )
    return (
        level,
        log_weight,
        weight,
        split,
        slope,
        pull,
        flow,
        spread,
        work,
        loss_rate,
        descent,
        advance,
        time,
        clock,
        *equal_gaps(),
    )


def equal_gaps() -> tuple[Part, ...]:
    """w = asinh(z / sqrt(c)) where all gaps of a component agree."""
    hyperbolic = sp.sqrt(c) * sp.cosh(w)
    place = define(
        "place",
        z,
        sp.sqrt(c) * sp.sinh(w),
        "When all gaps of a component equal {c}, let its pivot coordinate be",
    )
    return (
        place,
        prove(
            "others",
            z**2 + c,
            hyperbolic**2,
            "so that the squares of the other coordinates are",
            using=(place,),
        ),
        prove(
            "speed",
            hyperbolic ** (1 - L) * Rate(sp.sqrt(c) * sp.sinh(w), w),
            hyperbolic ** (2 - L),
            "The reduced time then runs with the slope",
            constants=(c,),
        ),
        prove(
            "output-slope",
            Rate(sp.sqrt(c) * sp.sinh(w) * hyperbolic ** (L - 1), w),
            hyperbolic ** (L - 2) * (hyperbolic**2 + (L - 1) * (sp.sqrt(c) * sp.sinh(w)) ** 2),
            "and the output of the component with",
            constants=(c, L),
        ),
        prove(
            "spread-check",
            hyperbolic ** (2 * L - 2) + (L - 1) * (sp.sqrt(c) * sp.sinh(w)) ** 2 * hyperbolic ** (2 * L - 4),
            hyperbolic ** (L - 2)
            * (hyperbolic ** (L - 2) * (hyperbolic**2 + (L - 1) * (sp.sqrt(c) * sp.sinh(w)) ** 2)),
            "The sum {sum_of_squares} is {pace} times this slope:",
        ),
    )


def homogeneous() -> tuple[Part, ...]:
    """Any network homogeneous of degree L, scaled by the clock."""
    monomial = LayerProduct(entry[i, slot[i]], i, L)
    degree = prove(
        "degree",
        LayerProduct(kappa ** (1 / L) * entry[i, slot[i]], i, L),
        kappa * monomial,
        "Networks without a decomposition: every output is a combination of monomials with one entry of "
        "each layer. Parameters scaled by a root of the clock scale the output by the clock,",
    )
    gradient = prove(
        "gradient-degree",
        LayerProduct(kappa ** (1 / L) * entry[i, slot[i]], i, L, l),
        kappa ** (1 - 1 / L) * LayerProduct(entry[i, slot[i]], i, L, l),
        "and its gradient by a smaller power,",
    )
    size = assume("step", Rate(kappa, s), kappa, "With the logarithm {s} of the clock as time,")
    motion = restate(
        "motion",
        Rate(theta, s),
        kappa * kappa ** (1 / L - 1) * V,
        "a parameter {theta} moves along the gradient divided by its squared norm; with {V} for that "
        "quotient at the scaled point,",
        of=(gradient, size),
        how="quotient of the flow by the advance of the clock",
    )
    scaled = prove(
        "scaled",
        Rate(kappa ** (-1 / L) * theta, s),
        V - kappa ** (-1 / L) * theta / L,
        "and the scaled parameter, in an equation without the clock,",
        using=(size, motion),
        constants=(L,),
    )
    constraint = prove(
        "constraint",
        (y[k] * (kappa * f[k]) + lam[k] - kappa) / kappa,
        y[k] * f[k] + lam[k] / kappa - 1,
        "The slack, divided by the clock, in terms of the output {fk} at the scaled point, is",
    )
    return (degree, gradient, size, motion, scaled, constraint)


def derive() -> Derivation:
    """The derivation."""
    return Derivation(
        claim="ykm/classification-clock",
        title="The clock of separable classification",
        sources=("ykm", "soudry"),
        symbols={
            "q": q,
            "weighted": y[k] * p[k],
            "minus": -loss,
            "G": G,
            "sigma": sigma[j],
            "c": c,
            "s": s,
            "V": V,
            "theta": theta,
            "fk": f[k],
            "L": L,
            "sum_of_squares": D[j],
            "pace": (sp.sqrt(c) * sp.cosh(w)) ** (L - 2),
            "r": r,
            "kappa": kappa,
            "lambda": lam[k],
            "l": l,
        },
        statement=(
            "In separable classification with the exponential loss the flow can be followed in the clock "
            "{kappa}, minus the logarithm of the loss, without the loss itself appearing. For real "
            "orthogonally decomposable networks of any depth {L} the reduced times obey",
            Shown("clock"),
            "and for every network that is linear in each layer the scaled parameters obey",
            Shown("scaled"),
            "each together with one equation for every sample that ties its logarithmic weight {lambda} to "
            "the clock.",
        ),
        hypotheses=(
            "The labels are one and minus one; the loss is the sum over samples of the exponentials below "
            "{cite:ykm}.",
        ),
        body=(*odeco(), *homogeneous()),
        conclusion=(
            Argument(
                "Both systems have slopes that stay bounded while the loss underflows every floating point "
                "number. The sum of the weights is one because the clock is the logarithm of the whole loss, "
                "so this condition need not be imposed."
            ),
        ),
    )
