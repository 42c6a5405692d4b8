"""K0: separable classification, once the loss is below one: the loss vanishes and the parameters diverge."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, n, t
from litproof.theorems.ykm.classification_clock.derivation import f, k, kappa, lam, loss, margins, p, y

norm, radius, gamma, size = (sp.Symbol(name, positive=True) for name in ("G", "R", "gamma", "N"))
a, b = sp.symbols("a b", nonnegative=True)
radial = sp.Symbol("E", real=True)
number = sp.Symbol("P", integer=True, positive=True)
parameters, pull = sp.MatrixSymbol("theta", number, 1), sp.MatrixSymbol("U", number, 1)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    clock_of = derivation("ykm/classification-clock")
    level = body.recall("level", clock_of, "level", "The clock of {see:ykm/classification-clock} is")
    body.recall("log-weight", clock_of, "log-weight", "The logarithm of the share of a sample in the loss is")
    body.recall("split", clock_of, "split", "so that its loss is")
    total = body.recall("sum", clock_of, "sum", "Shares add up to one,")
    below = body.recall("no-positive", clock_of, "no-positive", "and none of their logarithms is positive,")
    flow = body.restate(
        "flow",
        MatrixRate(parameters, t),
        loss * pull,
        "Let {pull} be the sum, over samples, of shares times gradients of the margins. By {eq:split} the "
        "gradient of the loss is {minus_loss} times it, and all parameters together, as a vector, move by",
        of=(),
        how="gradient flow and chain rule",
    )
    descent = body.prove_matrix(
        "descent",
        -loss * sp.Trace(pull.T * MatrixRate(parameters, t)),
        -(loss**2) * sp.Trace(pull.T * pull),
        "The loss falls by the inner product of its gradient with this velocity,",
        using=(flow,),
        algebra=Algebra(constants=frozenset({pull})),
    )
    loss_rate = body.restate(
        "loss-rate",
        Rate(loss, t),
        -((loss * norm) ** 2),
        "With the norm {norm} of {pull},",
        of=(flow, descent),
        how="chain rule, with the norm for the trace",
    )
    body.prove("inverse", Rate(1 / loss, t), norm**2, "The inverse of the loss grows by", using=(loss_rate,))
    clock = body.prove(
        "clock",
        Rate(kappa, t),
        sp.exp(-kappa) * norm**2,
        "and the clock advances by",
        using=(level, loss_rate),
    )
    inner = body.argue(
        "euler",
        radial,
        L * sp.Sum(p[k] * margins[k], (k, 1, n)),
        "The network is homogeneous of degree {L}: parameters times gradient is {L} times the output. The "
        "inner product {radial} of the parameters with {pull} is therefore",
        how="theorem of Euler, for each margin",
    )
    lag = body.define(
        "lag",
        b,
        -L * sp.Sum(p[k] * lam[k], (k, 1, n)),
        "Let {b}, which by {eq:no-positive} is not negative, be",
    )
    sum_rule = body.prove(
        "mean",
        L * sp.Sum(p[k] * (kappa - lam[k]), (k, 1, n)),
        L * kappa * sp.Sum(p[k], (k, 1, n)) - L * sp.Sum(p[k] * lam[k], (k, 1, n)),
        "By {eq:log-weight} each margin is the clock less the logarithm of the share. Sums are linear,",
    )
    euler = body.argue(
        "inner-product",
        radial,
        L * kappa + b,
        "and with {eq:sum}",
        of=(inner, sum_rule, total, lag, below),
        how="insertion",
    )
    squares = body.prove_matrix(
        "square",
        sp.Trace(MatrixRate(parameters.T * parameters, t)),
        2 * loss * sp.Trace(parameters.T * pull),
        "The squared norm of the parameters grows by",
        using=(flow,),
        algebra=Algebra(constants=frozenset({pull})),
    )
    squared = body.restate(
        "size-rate",
        Rate(size, t),
        2 * sp.exp(-kappa) * radial,
        "which is, with {size_letter} for the square,",
        of=(squares, inner, level),
        how="the traces called by their letters",
    )
    root = body.define("radius", radius, sp.sqrt(size), "The norm itself,")
    growth = body.prove(
        "growth", Rate(radius, t), sp.exp(-kappa) * radial / radius, "grows by", using=(root, squared)
    )
    normalised = body.define(
        "normalised", gamma, kappa * radius ** (-L), "The normalised margin, measured by the clock, is"
    )
    body.prove(
        "drift",
        Rate(sp.log(kappa * radius ** (-L)), t),
        sp.exp(-kappa) * (norm**2 / kappa - L * radial / radius**2),
        "Its logarithm changes by",
        using=(clock, growth),
        constants=(L,),
    )
    cauchy = body.define(
        "cauchy",
        norm,
        (radial + a) / radius,
        "By the inequality of Cauchy and Schwarz the product of the norms {norm} and {radius_letter} is not "
        "below the inner product {radial}: with a non-negative {a}",
        of=a,
    )
    body.bound(
        "monotone",
        norm**2 / kappa,
        L * radial / radius**2,
        ((b + 2 * a) * (L * kappa + b) + a**2) / (kappa * radius**2),
        "so that the normalised margin does not decrease while the clock is positive:",
        using=(cauchy, euler),
    )
    body.bound(
        "speed",
        norm**2,
        L**2 * kappa**2 / radius**2,
        ((a + b) ** 2 + 2 * L * kappa * (a + b)) / radius**2,
        "The same two relations bound the growth of the inverse loss from below,",
        using=(cauchy, euler),
    )
    body.prove(
        "floor",
        L**2 * kappa**2 / radius**2,
        L**2 * kappa ** (2 - 2 / L) * gamma ** (2 / L),
        "by a quantity in which only the clock and the normalised margin occur:",
        using=(normalised,),
    )
    body.prove(
        "size",
        radius**L,
        kappa / gamma,
        "and the parameters are tied to the clock by",
        using=(normalised,),
    )
    return Derivation(
        claim="ykm/classification-convergence",
        title="Separable classification: the loss vanishes, the parameters diverge",
        sources=("ykm", "lyu-li"),
        symbols={
            "L": L,
            "pull": pull,
            "minus_loss": -loss,
            "norm": norm,
            "radial": radial,
            "b": b,
            "a": a,
            "radius_letter": radius,
            "size_letter": size,
            "kappa": kappa,
            "gamma": gamma,
            "labels": y[k],
            "outputs": f[k],
            "margin_k": margins[k],
            "quotient": kappa * radius ** (-L),
        },
        statement=(
            "Let a network that is linear in each of its {L} layers be trained on separable data with the "
            "exponential loss, and let the loss be below one at some time. From then on the normalised "
            "margin {quotient}, with {radius_letter} the norm of all parameters, does not decrease, the "
            "inverse of the loss grows at least proportionally to time, and the norm of the parameters tends "
            "to infinity.",
        ),
        hypotheses=(
            "Labels {labels} are one and minus one; with the outputs {outputs} the margins {margin_k} are "
            "their products, and the loss is the sum over the samples of the exponentials of minus the "
            "margins {cite:ykm}. At the time in question it is below one, that is, the clock is positive.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:clock} and {eq:monotone} neither the clock nor {gamma} decreases {cite:lyu-li}. "
                "Hence the right side of {eq:floor} stays above its positive value at the time when the "
                "loss fell below one, by {eq:inverse} and {eq:speed} the inverse of the loss grows at least "
                "linearly, and the loss goes to zero. The clock tends to infinity; {gamma} is bounded by "
                "the largest margin of parameters of norm one, because no sample lies before the clock by "
                "{eq:log-weight}; so by {eq:size} the norm of the parameters tends to infinity."
            ),
        ),
    )
