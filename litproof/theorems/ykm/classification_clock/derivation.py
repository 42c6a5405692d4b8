"""The clock kappa = -log(loss) of separable classification: odeco and all homogeneous networks, any depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct, LayerSum, Rate
from litproof.derive.stated import Step
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, S, X, eta, g, i, j, l, m, n, product, t
from litproof.theorems.ykm.regression_general_init.derivation import sigma as reduced_time, sign

k = sp.Symbol("k", integer=True, positive=True)
kappa, loss = sp.Symbol("kappa", positive=True), sp.Symbol("loss", positive=True)
y, f, lam, p, u, sigma, D, margins = (
    sp.IndexedBase(name, real=True) for name in ("y", "f", "lambda", "p", "u", "sigma", "D", "mu")
)
q, u_vector = sp.MatrixSymbol("q", n, 1), sp.MatrixSymbol("u", m, 1)
c, z, w, s = (
    sp.Symbol("c", positive=True),
    sp.Symbol("z", real=True),
    sp.Symbol("w", real=True),
    sp.Symbol("s", real=True),
)
theta, V = sp.symbols("theta V", real=True)
entry, slot = sp.IndexedBase("w", real=True), sp.IndexedBase("j", integer=True)
total = sp.Sum(u[i] ** 2 * D[i], (i, 1, m))


def _weights(body: Body) -> Step:
    """The loss in terms of the clock, and the normalised weights of the samples."""
    level = body.define("level", kappa, -sp.log(loss), "The clock is minus the logarithm of the loss,")
    body.prove("loss", sp.exp(-kappa), loss, "so that", using=(level,))
    body.define("margin", margins[k], y[k] * f[k], "Each sample has a margin", for_all=(k,))
    log_weight = body.define(
        "log-weight",
        lam[k],
        kappa - margins[k],
        "and a logarithmic weight, the clock less its margin,",
        for_all=(k,),
    )
    weight = body.define("weight", p[k], sp.exp(lam[k]), "With the weight", for_all=(k,))
    split = body.prove(
        "split",
        sp.exp(-margins[k]),
        loss * p[k],
        "the loss of a sample is its share of the whole:",
        using=(level, log_weight, weight),
    )
    body.argue(
        "sum",
        sp.Sum(p[k], (k, 1, n)),
        sp.S.One,
        "The loss is the sum of these over the samples, so the weights add up to one,",
        how="sum over the samples, divided by the loss",
        of=(split,),
    )
    body.argue(
        "no-positive",
        lam[k],
        sp.S.Zero,
        "No weight exceeds one:",
        how="the logarithm of a share",
        of=(weight,),
        operator="<=",
    )
    body.prove(
        "slope",
        Rate(sp.exp(-y[k] * f[k]), f[k]),
        -y[k] * sp.exp(-y[k] * f[k]),
        "The derivative of the loss by an output is",
        constants=(y,),
    )
    return level


def _odeco(body: Body, level: Step) -> None:
    """The reduced flow in the clock, for any real initialisation and for equal gaps."""
    body.define(
        "pull",
        u_vector,
        S * X.T * q,
        "Let {q} have the entries {weighted}. By {eq:split} and {eq:slope} the derivatives of the loss by "
        "the outputs are {minus} times {q}. In an orthogonally decomposable network the components are "
        "pulled by",
    )
    flow = body.recall(
        "flow",
        derivation("ykm/conserved-odeco"),
        "real-flow",
        "and the slopes {g} of the loss are {slopes}; with these the reduced flow is",
        renamed={g[j]: -loss * u[j]},
    )
    spread = body.define(
        "spread", D[j], LayerSum(LayerProduct(eta[i, j] ** 2, i, L, l), l, L), "Write", for_all=(j,)
    )
    work = body.prove(
        "work",
        loss * u[j] * product(l) * Rate(eta[l, j], t),
        loss**2 * u[j] ** 2 * LayerProduct(eta[i, j] ** 2, i, L, l),
        "A coordinate makes the loss decrease by",
        using=(flow,),
    )
    fall = body.restate(
        "loss-rate",
        Rate(loss, t),
        -(loss**2) * total,
        "and all of them together, by {eq:spread},",
        of=(work, spread),
        how="chain rule, summed over layers and components",
    )
    advance = body.prove(
        "advance",
        Rate(kappa, t),
        loss * total,
        "The clock advances by",
        using=(level, fall),
        constants=(u, D),
    )
    time = body.recall(
        "time",
        derivation("ykm/regression-general-init"),
        "linear",
        "The reduced time {sigma} of each component, signs included, is that of "
        "{see:ykm/regression-general-init}; there the flow was linear in the slopes of the loss, which here "
        "are {slopes}:",
        renamed={sign * reduced_time: sigma[j], g[j]: -loss * u[j]},
        for_all=(j,),
    )
    body.change_clock(
        "clock",
        time,
        advance,
        u[j] / total,
        "The loss itself cancels when one rate is divided by the other,",
        for_all=(j,),
    )


def _equal_gaps(body: Body) -> None:
    """w = asinh(z / sqrt(c)) where all gaps of a component agree."""
    hyperbolic = sp.sqrt(c) * sp.cosh(w)
    slope_of_output = hyperbolic ** (L - 2) * (hyperbolic**2 + (L - 1) * (sp.sqrt(c) * sp.sinh(w)) ** 2)
    place = body.define(
        "place",
        z,
        sp.sqrt(c) * sp.sinh(w),
        "When all gaps of a component equal {c}, write its pivot coordinate {z} as",
    )
    body.prove(
        "others", z**2 + c, hyperbolic**2, "so that the squares of the other coordinates are", using=(place,)
    )
    body.prove(
        "speed",
        hyperbolic ** (1 - L) * Rate(sp.sqrt(c) * sp.sinh(w), w),
        hyperbolic ** (2 - L),
        "The reduced time then runs with the slope",
        constants=(c,),
    )
    body.prove(
        "output-slope",
        Rate(sp.sqrt(c) * sp.sinh(w) * hyperbolic ** (L - 1), w),
        slope_of_output,
        "and the output of the component with",
        constants=(c, L),
    )
    body.prove(
        "spread-check",
        hyperbolic ** (2 * L - 2) + (L - 1) * (sp.sqrt(c) * sp.sinh(w)) ** 2 * hyperbolic ** (2 * L - 4),
        hyperbolic ** (L - 2) * slope_of_output,
        "The sum {sum_of_squares}, one term of the pivot layer and equal ones of the others, is {pace} times "
        "this slope:",
    )


def _homogeneous(body: Body) -> None:
    """Any network homogeneous of degree L, scaled by the clock."""
    monomial = LayerProduct(entry[i, slot[i]], i, L)
    body.prove(
        "degree",
        LayerProduct(kappa ** (1 / L) * entry[i, slot[i]], i, L),
        kappa * monomial,
        "Networks without a decomposition: every output is a combination of monomials with one entry of "
        "each layer. Parameters scaled by a root of the clock scale the output by the clock,",
    )
    gradient = body.prove(
        "gradient-degree",
        LayerProduct(kappa ** (1 / L) * entry[i, slot[i]], i, L, l),
        kappa ** (1 - 1 / L) * LayerProduct(entry[i, slot[i]], i, L, l),
        "and its gradient by a smaller power,",
    )
    step = body.restate(
        "step",
        Rate(kappa, s),
        kappa,
        "With the logarithm {s} of the clock as time,",
        of=(),
        how="the exponential function",
    )
    motion = body.restate(
        "motion",
        Rate(theta, s),
        kappa * kappa ** (1 / L - 1) * V,
        "a parameter {theta} moves along the gradient of the clock, divided by its squared norm, since the "
        "clock advances along its gradient by that squared norm; with {V} for that quotient at the scaled "
        "point,",
        of=(gradient, step),
        how="quotient of the flow by the advance of the clock",
    )
    body.prove(
        "scaled",
        Rate(kappa ** (-1 / L) * theta, s),
        V - kappa ** (-1 / L) * theta / L,
        "and the scaled parameter, in an equation without the clock,",
        using=(step, motion),
        constants=(L,),
    )
    body.prove(
        "constraint",
        (y[k] * (kappa * f[k]) + lam[k] - kappa) / kappa,
        y[k] * f[k] + lam[k] / kappa - 1,
        "Definition {eq:log-weight}, divided by the clock, in terms of the output {fk} at the scaled point, "
        "sets to zero",
    )


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _odeco(body, _weights(body))
    _equal_gaps(body)
    _homogeneous(body)
    return Derivation(
        claim="ykm/classification-clock",
        title="The clock of separable classification",
        sources=("ykm", "soudry"),
        symbols={
            "q": q,
            "weighted": y[k] * p[k],
            "minus": -loss,
            "g": g[j],
            "slopes": -loss * u[j],
            "z": z,
            "theta_scaled": theta / kappa ** (1 / L),
            "sigma": sigma[j],
            "c": c,
            "s": s,
            "V": V,
            "theta": theta,
            "fk": f[k],
            "L": L,
            "sum_of_squares": D[j],
            "pace": (sp.sqrt(c) * sp.cosh(w)) ** (L - 2),
            "u": u[j],
            "D": D[j],
            "p": p[k],
            "k": k,
            "kappa": kappa,
            "labels": y[k],
            "sample_loss": sp.exp(-y[k] * f[k]),
            "lambda": lam[k],
            "l": l,
        },
        statement=(
            "In separable classification with the exponential loss the flow can be followed in the clock "
            "{kappa}, minus the logarithm of the loss, without the loss itself appearing. Let {p} be the "
            "share of sample {k} in the loss, and {u} the entries of the inputs times labels times shares in "
            "the coordinates of the components. For real orthogonally decomposable networks of any depth "
            "{L}, with one smallest layer in each component at the start, the reduced times {sigma} of "
            "{see:ykm/regression-general-init} obey",
            Shown("clock"),
            "where {D} is the sum over the layers of the squared products of the other layers' coordinates. "
            "For every network that is linear in each layer every parameter {theta} obeys, with {s} the "
            "logarithm of {kappa},",
            Shown("scaled"),
            "where {V} is an entry of the gradient of the clock divided by its squared norm, at the "
            "parameters {theta_scaled}. Each system comes together with one equation for every sample that "
            "ties the logarithm {lambda} of its share to the clock.",
        ),
        hypotheses=(
            "The labels {labels} are one and minus one; with the outputs {fk} the loss is the sum over the "
            "samples of {sample_loss} {cite:ykm}.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Both systems have slopes that stay bounded while the loss underflows every floating point "
                "number. That the weights add up to one is {eq:sum}, so this condition need not be imposed."
            ),
        ),
    )
