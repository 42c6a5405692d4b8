"""Two layers with a real decomposition: the direction tends to the l1 max-margin solution, from every start."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Picture
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import eta, j, l, t
from litproof.theorems.ykm.classification_clock.derivation import kappa, loss, u

T, w = sp.Symbol("T", real=True), sp.IndexedBase("w", real=True)
a, b = sp.IndexedBase("a", nonnegative=True), sp.IndexedBase("b", nonnegative=True)
psi, rho = sp.IndexedBase("psi", real=True), sp.IndexedBase("rho", real=True)
total, entropy, surplus = (
    sp.Symbol("Psi", positive=True),
    sp.Symbol("h", nonnegative=True),
    sp.Symbol("e", nonnegative=True),
)
point, step = sp.IndexedBase("r", positive=True), sp.IndexedBase("z", real=True)
V, scale = sp.Symbol("V", real=True), sp.Symbol("k", positive=True)
G, n, limit = sp.Symbol("G", positive=True), sp.Symbol("n", positive=True), sp.Symbol("c", positive=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _components(body)
    _loss(body)
    _margin(body)
    return Derivation(
        claim="lemma/two-layer-limit",
        title="Two layers: the limit direction from every start",
        sources=(),
        symbols={
            "T": T,
            "wj": w[j],
            "aj": a[j],
            "bj": b[j],
            "psi_j": psi[j],
            "rho_j": rho[j],
            "Psi": total,
            "entropy": entropy,
            "e": surplus,
            "V": V,
            "k": scale,
            "G": G,
            "n": n,
            "c": limit,
            "kappa": kappa,
            "u": u[j],
            "j": j,
            "one": eta[1, j],
            "two": eta[2, j],
            "twice": 2 * G,
            "twice_time": 2 * G * T,
            "half_c": limit / 2,
            "small": n * sp.exp(-scale),
            "ratio": kappa / total,
            "quotient": kappa / (2 * total),
            "log_n": sp.log(n),
            "rj": point[j],
            "zj": step[j],
            "share": point[j] * sp.log(point[j] / a[j]) - point[j],
            "balance": step[j] * w[j],
            "entropies": step[j] * sp.log(point[j] / a[j]),
            "grown": a[j] * sp.exp(2 * w[j]) / 4,
        },
        statement=(
            "Let a real orthogonally decomposable network of two layers be trained on {n} points with the "
            "exponential loss. In component {j} let the start allow both signs of the coefficient, but only "
            "the negative one, or zero, where the sum of the layers {one} and {two} starts at zero, and only "
            "the positive one, or zero, where their difference does. If some allowed coefficients have "
            "positive margins at all points, then the loss tends to zero, and the normalised margin of the "
            "coefficients, divided by their absolute sum, tends to the largest value {G} that allowed "
            "coefficients of absolute sum one can have. If only one such vector has it, the direction of the "
            "coefficients converges to it. If several have it, with the same margins at all points, the direction "
            "converges too, to the one of them with the least relative entropy: with the sign of each component "
            "chosen so that no coefficient of theirs is negative, the sum of {share} is least. Nothing is assumed of "
            "gaps between the layers, nor that anything converges.",
        ),
        hypotheses=(
            "Coefficients are the products of the layers, component by component; margins are linear in them.",
        ),
        body=tuple(body),
        kernel=(
            "two_layer_l1_max_margin",
            "odeco_network_l1_max_margin",
            "two_layer_separable_loss",
            "two_layer_margin_limit",
            "signed_l1_unique",
        ),
    )


def _components(body: Body) -> None:
    """One component in closed form."""
    recalled = body.recall(
        "flow",
        derivation("ykm/classification-clock"),
        "flow",
        "With the pull {u} of the data the flow at any depth is",
    )
    first = body.write_out(
        "first", recalled, 2, {l: 1}, "With two layers, in the first of them,", for_all=(j,)
    )
    second = body.write_out("second", recalled, 2, {l: 2}, "and in the second", for_all=(j,))
    time = body.define("time", Rate(T, t), loss, "Let the time {T} start at zero and run with the loss,")
    pull = body.define(
        "integral", Rate(w[j], T), u[j], "and let {wj} start at zero and collect the pull,", for_all=(j,)
    )
    moved = body.chain("integral-rate", pull, time, "that is,", for_all=(j,))
    plus, minus = eta[1, j] + eta[2, j], eta[1, j] - eta[2, j]
    body.prove(
        "sum",
        Rate(plus * sp.exp(-w[j]), t),
        sp.S.Zero,
        "Then the sum of the layers is a multiple of the exponential of {wj},",
        using=(first, second, moved),
    )
    body.prove(
        "difference",
        Rate(minus * sp.exp(w[j]), t),
        sp.S.Zero,
        "their difference one of its inverse:",
        using=(first, second, moved),
    )
    body.prove(
        "product",
        eta[1, j] * eta[2, j],
        (plus**2 - minus**2) / 4,
        "The coefficient is",
    )
    rates = body.define(
        "energy",
        psi[j],
        (a[j] * sp.exp(2 * w[j]) + b[j] * sp.exp(-2 * w[j])) / 8,
        "With {aj} and {bj} for the squares of sum and difference at the start, put",
        for_all=(j,),
    )
    output = body.restate(
        "coefficient",
        rho[j],
        (a[j] * sp.exp(2 * w[j]) - b[j] * sp.exp(-2 * w[j])) / 4,
        "so that the coefficient is",
        of=(rates,),
        how="sum and difference inserted",
        for_all=(j,),
    )
    body.prove(
        "slope", Rate(psi[j], w[j]), rho[j], "which is a slope,", using=(rates, output), constants=(a, b)
    )
    body.prove(
        "growth",
        Rate(rho[j], w[j]),
        4 * psi[j],
        "and has itself the slope",
        using=(rates, output),
        constants=(a, b),
    )
    for name, sign, reason in (
        ("above", 1, "Its modulus is at most twice {psi_j}: on one side"),
        ("below", -1, "and on the other"),
    ):
        body.bound(
            name,
            2 * psi[j],
            sign * rho[j],
            (b[j] * sp.exp(-2 * w[j]) if sign == 1 else a[j] * sp.exp(2 * w[j])) / 2,
            reason,
            using=(rates, output),
        )


def _loss(body: Body) -> None:
    """The loss tends to zero."""
    body.append(
        Argument(
            "The loss tends to zero. Take allowed coefficients whose margins are all at least one, times a "
            "positive {k}, and let {V} be the sum of the {psi_j} less the inner product of these "
            "coefficients with the {wj}. It is bounded below, as the coefficients are allowed. By the rates "
            "of {psi_j} and {wj} it moves by the sum over the points of the loss of each times the "
            "difference of its margin and that of these coefficients. An exponential lies above its "
            "tangents: this is at most the loss at these coefficients, which is at most {small}, less the "
            "loss. The loss does not increase; if it stayed above {small}, then {V} would fall without "
            "bound. As {k} was arbitrary the loss tends to zero.",
            "vanishes",
        )
    )


def _margin(body: Body) -> None:
    """The normalised margin tends to the best one."""
    log_clock = body.define(
        "total",
        Rate(total, T),
        kappa + entropy,
        "Let {Psi} be the sum of the {psi_j}. It moves by the mean margin, weighted with the shares of the "
        "points in the loss, which is the clock {kappa} plus an entropy between zero and {log_n}: let "
        "{entropy} be given by",
        of=entropy,
    )
    pace = body.define(
        "clock-rate",
        Rate(kappa, T),
        (kappa + entropy) ** 2 / total + surplus,
        "The clock moves by the sum of four times {psi_j} times the squared pulls; by the inequality of "
        "Cauchy and Schwarz, and as no coefficient exceeds twice {psi_j}, this is at least the square of "
        "{eq:total} over {Psi}. Let the non-negative {e} be given by",
        of=surplus,
    )
    body.prove(
        "ratio-rate",
        Rate(sp.log(kappa / total), T),
        ((kappa + entropy) ** 2 / total + surplus) / kappa - (kappa + entropy) / total,
        "The logarithm of the ratio of both changes by",
        using=(log_clock, pace),
    )
    body.bound(
        "monotone",
        ((kappa + entropy) ** 2 / total + surplus) / kappa,
        (kappa + entropy) / total,
        surplus / kappa + entropy * (kappa + entropy) / (kappa * total),
        "which is not negative once the clock is positive:",
    )
    body.prove(
        "log-total",
        Rate(sp.log(total), T),
        kappa / total + entropy / total,
        "while {Psi} itself grows like",
        using=(log_clock,),
    )
    for name, text in (
        (
            "ratio",
            "The ratio {ratio} is bounded, since no margin exceeds a multiple of {Psi}; by {eq:monotone} it "
            "has a limit {c}. By {eq:log-total} the logarithm of {Psi}, over {T}, is in the limit at most "
            "{c}, since the entropy is bounded and {Psi} is not.",
        ),
        (
            "duality",
            "The time {T} is unbounded: margins are bounded functions of the {wj} where these are bounded, "
            "and the {wj} are bounded where {T} is, against {step:vanishes}. The {wj}, divided by {T}, are a "
            "convex combination of the points: by the duality of linear programming the largest of {wj} and "
            "its negative, over the components and the signs that are allowed, is at least {G} times {T}. So "
            "the logarithm of {Psi} is at least {twice_time}, less a constant, and {c} is at least {twice}.",
        ),
        (
            "best",
            "No smallest margin is below the clock, and the absolute sum of the coefficients is at most "
            "twice {Psi}: the normalised margin is at least {quotient}, which tends to {half_c}, and so in "
            "the limit at least {G}. It cannot exceed {G}, as the coefficients are allowed.",
        ),
        (
            "entropy",
            "Let several vectors have the value {G}, with the same margins, and let no coefficient of theirs be "
            "negative. Their differences {zj} add up to zero and change no margin, so that the sum of the "
            "{balance} is zero at all times. By {step:best} every limit point of the normalised coefficients is "
            "one of these vectors; let {rj} be one, and {zj} the way from there to a vector with as few zeros as "
            "there can be. Where {rj} is not zero, {rho_j} grows without bound and is {grown} up to what tends to "
            "zero. Where {rj} is zero and {zj} is not, {zj} is positive and {grown} is of smaller order. As the "
            "{zj} add up to zero, the sum of the {balance} would not be bounded below. So there is no such "
            "component, and in the limit the sum of the {entropies} is zero for all differences {zj}: the sum of "
            "the {share}, which is strictly convex, is least at {rj}, which is thus the only limit point.",
        ),
    ):
        body.append(Argument(text, name))
    body.append(
        Picture(
            "\\draw[->] (-2.6,0) -- (2.9,0) node[right] {$\\rho_1$};\n"
            "\\draw[->] (0,-1.9) -- (0,2.5) node[above] {$\\rho_2$};\n"
            "\\draw[thick] (1.6,0) -- (0,1.6) -- (-1.6,0) -- (0,-1.6) -- cycle;\n"
            "\\draw[gray] (0.76,2.4) node[right,font=\\footnotesize,black] {margin $G$} -- (2.16,-1.6);\n"
            "\\draw[very thick,->] (0.4,1.2) -- (1.52,0.08);\n"
            "\\fill (1.6,0) circle (1.6pt) node[below right,font=\\footnotesize] {limit};",
            "The coefficients, divided by their absolute sum, move on the square. The limit is the point of "
            "it with the largest smallest margin.",
        )
    )
