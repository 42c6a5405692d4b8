"""Three or more layers: a region around a vertex that the flow is proved never to leave, with one possible limit."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Picture
from litproof.derive.matrix_words import Algebra
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import L, eta, j, rho
from litproof.theorems.ykm.classification_clock.derivation import kappa, p

T, x = sp.Symbol("T", real=True), sp.Symbol("w", positive=True)
level, mass, zeta, share = (sp.Symbol(name, positive=True) for name in ("h", "N", "zeta", "tau"))
surplus, slack = sp.symbols("b a", nonnegative=True)
best, total, lam, constant = (sp.Symbol(name, positive=True) for name in ("g", "Q", "lambda", "c"))
size = sp.Symbol("d_J", integer=True, positive=True)
A, K = sp.MatrixSymbol("A", size, size), sp.MatrixSymbol("K", size, size)
ones, vertex, point, delta, slopes, pulls = (
    sp.MatrixSymbol(name, size, 1) for name in ("e", "s", "x", "delta", "v", "alpha")
)
s, D, alpha, bound, pull = (sp.IndexedBase(name, positive=True) for name in ("s", "D", "alpha", "R", "U"))
i, k = sp.symbols("i k", integer=True, positive=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _margin(body)
    _off_support(body)
    _region(body)
    _box(body)
    _limit(body)
    return Derivation(
        claim="lemma/trapping-region",
        title="Three or more layers: a region that the flow cannot leave",
        sources=("lyu-li",),
        symbols={
            "L": L,
            "J": sp.Symbol("J"),
            "I": sp.Symbol("I"),
            "A": A,
            "K": K,
            "ones": ones,
            "s": vertex,
            "sj": s[j],
            "Q": total,
            "g": best,
            "N": mass,
            "h": level,
            "b": surplus,
            "a": slack,
            "c": constant,
            "T": T,
            "kappa": kappa,
            "zeta": zeta,
            "tau": share,
            "U": pull[k],
            "R": bound[k],
            "rho_k": rho[k],
            "x": point,
            "lam": lam,
            "delta": delta,
            "D": D[i],
            "alpha": pulls,
            "alpha_i": alpha[i],
            "v": slopes,
            "eta": eta[sp.Symbol("l", integer=True, positive=True), j],
            "power": mass ** (L / 2),
            "order": 2 / L,
            "quasi": x ** (2 / L),
            "q": sp.Symbol("q"),
            "best_value": (L * total) ** (-L / 2),
            "scale": best * mass ** (L / 2),
            "excess": total * (1 - lam ** (2 / L)),
            "one": sp.Integer(1),
            "least": 1 - lam,
            "width": alpha[i] * D[i],
            "left_time": mass / (L * (L - 2) * level),
            "share_bound": sp.Symbol(r"e^{-(b_{i} - 1)\, g N^{L/2} + \zeta + Z}"),
            "b_i": sp.Symbol("b_i"),
            "Z": sp.Symbol("Z"),
            "Z_value": sp.Symbol(r"\sum_{k \notin J} \max_{i} \lvert a_{ik} \rvert R_{k}"),
            "U_value": sp.Symbol(r"\max_{i \in I} \lvert a_{ik} \rvert + \tau \max_{i} \lvert a_{ik} \rvert"),
            "off_sum": sp.Symbol(r"\sum_{k \notin J} U_{k} \lvert \rho_{k} \rvert"),
            "off_bound": sp.Symbol(r"\sum_{k \notin J} U_{k} R_{k}"),
            "n": p[i],
            "pull": sp.Symbol("u_{j}"),
        },
        statement=(
            "Let a real orthogonally decomposable network of depth {L} at least three be trained with the "
            "exponential loss. Let {J} be a set of components, {A} an invertible matrix whose rows are the "
            "signed inputs of samples, restricted to {J}, {s} the solution of the equations that set all these "
            "margins to {one}, {I} the samples whose margins at {s} are {one}, these and perhaps others, and let "
            "the flow be enclosed at one time. Five "
            "inequalities, (a) to (e) below, decided on this enclosure alone, prove that the flow stays near "
            "a multiple of {s} for ever and that the direction of its coefficients converges to that of {s} "
            "on {J}, and zero elsewhere.",
        ),
        hypotheses=(
            "Margins are linear in the coefficients {rho_k}, with the signed inputs as coefficients. {N} is "
            "the sum of the squares of {eta} over all layers and the components in {J} only, {T} the "
            "integral of the loss, {Q} the sum of the powers of order {order} of the moduli of {sj}, and {g} "
            "is {best_value}. At the time of the enclosure the clock exceeds a number {zeta}. Shares of "
            "samples are their parts of the loss.",
        ),
        body=tuple(body),
    )


def _margin(body: Body) -> None:
    """A margin on the support that never falls."""
    body.append(
        "As long as (off) holds: samples outside {I} have shares that add up to at most {tau}, and the "
        "components off {J}, with {U} for {U_value}, have {off_sum} at most {zeta}. (Or nothing is asked of "
        "the shares, and the maxima run over all samples; both are tried.)"
    )
    growing = body.define(
        "mass",
        Rate(mass, T),
        2 * L * (level + surplus),
        "Let {h} be the clock less {zeta}. The squared norm of the layers on {J} grows by twice {L} times "
        "the pulled coefficients on {J}, that is the mean margin, not below the clock, less what the "
        "components off {J} add, at most {zeta} by (off). Let the non-negative {b} be given by",
        of=surplus,
    )
    pace = body.define(
        "level",
        Rate(level, T),
        (L * (level + surplus)) ** 2 / mass + slack,
        "The clock advances by the squared gradient; by the inequality of Cauchy and Schwarz in each "
        "component and over {J} this is not below the square of {L} times the pulled coefficients, over {N}. "
        "Let the non-negative {a} be given by",
        of=slack,
    )
    body.prove(
        "ratio-rate",
        Rate(sp.log(level * mass ** (-L / 2)), T),
        ((L * (level + surplus)) ** 2 / mass + slack) / level - L**2 * (level + surplus) / mass,
        "The logarithm of the normalised margin on {J} changes by",
        using=(growing, pace),
        constants=(L,),
    )
    body.bound(
        "monotone",
        ((L * (level + surplus)) ** 2 / mass + slack) / level,
        L**2 * (level + surplus) / mass,
        slack / level + L**2 * surplus * (level + surplus) / (mass * level),
        "which is not negative. With {J} everything and {zeta} zero this is "
        "{see:ykm/classification-convergence}, after {cite:lyu-li}:",
    )


def _off_support(body: Body) -> None:
    """Off the support little happens."""
    body.prove(
        "left",
        Rate(mass / (L * (L - 2) * (constant * mass ** (L / 2))), mass),
        -1 / (2 * L * (constant * mass ** (L / 2))),
        "By {eq:monotone} {h} stays above a constant {c} times {power}, and by {eq:mass} {N} grows at least "
        "accordingly. What is left of {T} is the integral of the inverse rate over {N}; its antiderivative "
        "is seen from",
        constants=(L, constant),
    )
    body.append(
        Argument(
            "No more than {left_time} of {T}, taken at the enclosure, is left, therefore. On it the moduli "
            "of the layers in a component off {J} stay below the solution of the system in which each layer "
            "moves by {U} times the product of the others, from their values at the enclosure: the right "
            "sides grow with all layers. That solution is bounded step by step by the test of Picard; let "
            "{R} bound its product. Checked: {off_bound} is at most {zeta}.",
            "picard",
        )
    )


def _region(body: Body) -> None:
    """Where the coefficients can be."""
    scale = body.define(
        "best", best, (L * total) ** (-L / 2), "With the largest normalised margin of the vertex,"
    )
    body.prove(
        "unit",
        L * (best * mass ** (L / 2)) ** (2 / L),
        mass / total,
        "the scale {scale} of the coefficients is such that",
        using=(scale,),
    )
    body.append(
        "Let {x} be the vector of the coefficients on {J}, divided by {scale}. By the inequality of the "
        "means {N} is at least {L} times the sum of the powers of order {order} of their moduli; with "
        "{eq:unit}, the sum {q} of these powers of the entries of {x} is at most {Q}."
    )
    rows = Algebra(identities=((A * K, sp.Identity(size)), (K * A, sp.Identity(size))))
    body.define(
        "margins",
        A * point,
        lam * ones + delta,
        "Let {lam} be {h} over {scale} at the enclosure. By {eq:monotone}, and as no margin is below the "
        "clock, the margins of {x} in {A} are at least {lam} from then on: with non-negative entries of "
        "{delta}",
        of=delta,
    )
    solution = body.define("vertex", vertex, K * ones, "With the inverse {K} of {A} the vertex is")
    body.prove_matrix(
        "position",
        K * (lam * ones + delta),
        lam * vertex + K * delta,
        "and {x} itself, by {eq:margins},",
        using=(solution,),
        algebra=rows,
    )


def _box(body: Body) -> None:
    """A box whose faces the flow cannot reach."""
    body.prove(
        "slope",
        Rate(x ** (2 / L), x),
        2 / L * x ** (2 / L - 1),
        "Let the box be the set of {delta} with entries from zero to {D}. A power of order {order} has the "
        "slope",
        constants=(L,),
    )
    body.define(
        "weights",
        pulls,
        K.T * slopes,
        "so with {v} for these slopes, signs included, {q} has in {delta} the slopes",
    )
    body.prove(
        "at-vertex",
        (lam * s[j]) ** (2 / L),
        lam ** (2 / L) * s[j] ** (2 / L),
        "At {delta} zero, a term of {q} is, for positive {sj},",
    )
    for name, text in (
        (
            "checks",
            "Checked in balls over the whole box: (a) entries of {x} have the signs of those of {s}; (b) all "
            "entries of {alpha} are positive, {width} exceeds {excess}, and {D} is at least {least}; (c) "
            "samples outside {I} have margins of {x} above {one}; and at the enclosure (d) every entry of "
            "{delta} is below {D}.",
        ),
        (
            "faces",
            "By (b), {eq:at-vertex} and the mean value theorem {q} exceeds {Q} wherever an entry of {delta} "
            "is {D}. But {q} is at most {Q}, and {x} is continuous: it stays in the box. For the same reason "
            "the smallest margin of {x} in {A} is at most {one}: otherwise {q} would exceed its value where "
            "all of them are {one}, which is {Q}. So {kappa} is at most {scale} plus {zeta}.",
        ),
        (
            "shares",
            "Let {b_i} be the least margin of {x} on the box at a sample outside {I}, above {one} by (c), "
            "and {Z} stand for {Z_value}. The share of that sample is at most {share_bound}. Checked: (e) "
            "these bounds add up to less than {tau}.",
        ),
        (
            "for-ever",
            "All this holds up to the first time at which (off) or the box fails. There is none: (d), (e) "
            "and the excess of {q} on the faces are strict. In (off) {off_bound} may equal {zeta}; but as "
            "less than {left_time} of {T} has passed, the modulus of each {rho_k} is below {R}, strictly, or "
            "{R} is zero and the component, with two layers at zero, rests.",
        ),
    ):
        body.append(Argument(text, name))
    body.append(
        Picture(
            "\\draw[->] (-0.3,0) -- (4.2,0) node[right] {$\\delta_1$};\n"
            "\\draw[->] (0,-0.3) -- (0,3.2) node[above] {$\\delta_2$};\n"
            "\\draw[thick] (0,0) rectangle (3.4,2.6);\n"
            "\\node[below] at (3.4,0) {$D_1$};\n\\node[left] at (0,2.6) {$D_2$};\n"
            "\\draw[gray,thick] (0,2.1) .. controls (0.5,1.2) and (1.3,0.5) .. (2.7,0) "
            "node[pos=0.12,above right,black,font=\\footnotesize] {$q=Q$};\n"
            "\\draw[dashed,->] (0.35,0.9) .. controls (0.4,0.6) and (0.6,0.7) .. (0.88,0.9);\n"
            "\\fill (0.95,0.95) circle (1.5pt) node[above right,font=\\footnotesize] {limit};",
            "The box of {delta} for two active margins. The flow can only be below the curve, which does not "
            "reach the outer faces: it cannot leave the box. The only possible limit is the point of the "
            "curve at which all active margins are {one}.",
        )
    )


def _limit(body: Body) -> None:
    """One possible limit."""
    for name, text in (
        (
            "stationary",
            "Components off {J} stay bounded and {N} grows without bound. By {see:lemma/limit-directions} a "
            "limit point of the direction of the layers is stationary, and it is zero off {J}; so all layers "
            "of a component in {J} have one modulus in it, {q} is {Q} there, and the pull on {J} is a "
            "positive multiple of {v}. By (c) only samples in {I} have a share, and those of them that are not on "
            "the smallest margin have none.",
        ),
        (
            "unique",
            "Let {delta} be here the margins of {x} in {A} less the smallest one of all, none negative. Scaled to "
            "the pull {v}, the shares have a sum that is {v} times {s}, as their margins at {s} are {one}, hence "
            "that of the entries of {alpha}; and {v} times {x} is the smallest margin times that sum. So {alpha} times "
            "{delta} is zero. By (b) all entries of {alpha} are positive: {delta} is zero, {A} times {x} is a "
            "multiple of {ones}, and {x} a multiple of {s}, which {q} makes {s} itself. There is one limit point, "
            "so the direction converges.",
        ),
        (
            "limits",
            "Not covered are limits that are no vertices (fewer active samples than components, or saddles), "
            "multipliers that are zero or nearly so, and flows whose direction settles only later than the "
            "flow can be enclosed.",
        ),
    ):
        body.append(Argument(text, name))
