"""How far a classification flow is from another one along the same curves: errors that do not feel the weights."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import L

i, k, j = sp.symbols("i k j", integer=True, positive=True)
u, v = sp.Symbol("u", real=True), sp.Symbol("v", nonnegative=True)
flow, place = sp.symbols("tau theta", real=True)
ahead, here, pace, slope = sp.symbols("r q Q s", real=True)
potential, start = sp.symbols("Psi_tau Psi_theta", real=True)
pull, rest = sp.Symbol("P", real=True), sp.Symbol("R", real=True)
distance, error = sp.Symbol("D", nonnegative=True), sp.Symbol("E", nonnegative=True)
radius, top, surplus = (
    sp.Symbol("b", positive=True),
    sp.Symbol("G", nonnegative=True),
    sp.Symbol("c", nonnegative=True),
)
divergence, phase = sp.Symbol("K", nonnegative=True), sp.Symbol("phi", real=True)
kappa, middle, W = sp.Symbol("kappa", real=True), sp.Symbol("mu", real=True), sp.Symbol("W", positive=True)
p, w, x = (sp.Symbol(name, positive=True) for name in ("p_i", "w_i", "x_i"))
X = sp.Symbol("X", positive=True)
e1, e2, e3 = sp.symbols("eta_1 eta_2 eta_3", real=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _distance(body)
    _weights(body)
    _growth(body)
    _tube(body)
    return Derivation(
        claim="lemma/dual-tracking",
        title="A classification flow far out: errors that do not feel the weights",
        sources=("bregman", "lyu-li"),
        symbols={
            "tau": flow,
            "theta": place,
            "delta": flow - place,
            "delta_j": sp.Symbol("delta"),
            "j": j,
            "D": distance,
            "Dj": sp.Symbol("D_j"),
            "E": error,
            "E_value": sp.sqrt(2 * distance),
            "K": divergence,
            "G": top,
            "b": radius,
            "plus": sp.Symbol(r"Q_j^{+}"),
            "c": surplus,
            "u": u,
            "L": L,
            "Q": pace,
            "P": pull,
            "r": ahead,
            "q": here,
            "s": slope,
            "R": rest,
            "potential": potential,
            "start": start,
            "W": W,
            "w": w,
            "x": x,
            "p": p,
            "X": X,
            "kappa": kappa,
            "mu": middle,
            "phi": phase,
            "eta": sp.Symbol("eta_l"),
            "speed": sp.Symbol(r"\prod_{h \ne l} \eta_h"),
            "pull_sum": sp.Symbol(r"\sum_i p_i a_{ij}"),
            "pace_sum": sp.Symbol(r"\sum_i w_i a_{ij}"),
            "block": sp.Symbol("B"),
            "block_entry": sp.Symbol(r"\prod_{g \ne l, h} \eta_g"),
            "o": sp.Symbol("o"),
            "zero": sp.Integer(0),
            "quarter": sp.Rational(1, 4),
            "x_value": sp.Symbol(r"e^{\mu - \tilde m_i}"),
            "K_value": sp.Symbol(r"\sum_i \left(w_i \log \frac{w_i}{x_i} - w_i + x_i\right)"),
            "G_value": sp.Symbol(r"2 \max_j Q_j^{+} b_j"),
            "bound": sp.Symbol(r"e^{\int G} \left(D(0) + \int K\right)"),
            "near": sp.Symbol(r"b \lvert \delta \rvert"),
            "arc": sp.Symbol(r"e^{2 b \lvert \delta \rvert} E"),
            "by_error": sp.Symbol(r"\lvert \delta \rvert \le e^{b \lvert \delta \rvert} E / \sqrt{s}"),
            "by_time": sp.Symbol(r"\max_i a_{ij} - \min_i a_{ij}"),
            "slopes": sp.Symbol(r"e^{\pm 2 b \lvert \delta \rvert}"),
            "root": sp.sqrt(slope),
            "jump": sp.Symbol("J"),
            "jumped": error + sp.E * sp.Symbol("J"),
            "root_L": sp.sqrt(L),
            "omega": sp.Symbol("omega"),
            "v": sp.Symbol("v_i"),
            "factors": sp.Symbol(r"e^{\pm \omega}"),
            "cost": sp.Symbol(r"\lvert w_i - v_i \rvert \omega + \frac{1}{2} v_i \omega^{2} e^{\omega}"),
        },
        statement=(
            "Let a real orthogonally decomposable network be trained with the exponential loss. Each component "
            "moves along one curve, with a parameter {tau}; let a reference move along the same curves with any "
            "weights {w}, none negative, in place of the shares {p} of the samples, in a time in which the integral "
            "of the loss is that of {W}, their sum. With {x} for {x_value}, margins of the reference and any "
            "number {mu}, the distance {D} of the flow from the reference, Bregman's, grows by no more than {K}, "
            "which is {K_value}, and {G} times itself, where {G} is {G_value}, with {plus} for the modulus of "
            "the pull {pace_sum} where it leads away from {zero}, and {b} bounds the blocks of second derivatives "
            "between the two. So at the end of a stretch it is at most {bound}.",
        ),
        hypotheses=(
            "Layers {eta} of component {j} obey, in the parameter of its curve, an equation with the right side "
            "{speed}; the parameter of the flow moves by {pull_sum} in the integral of the loss. No component has two "
            "layers at {zero}. The block {block} of a component has the entries {block_entry}, and {zero} on the "
            "diagonal.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Nothing here depends on how strongly the shares react to the margins. Where the reference has the "
                "shares of its own margins, {K} is {zero}; where its margins are known to {omega} only, so that {x} is "
                "some {v} up to factors {factors}, the term of a sample is that with {v} and {cost} at most: of second "
                "order where weights are the {v} themselves. Distances are measured against the size of the layers: "
                "they may be huge in margins.",
                "scale",
            ),
        ),
        kernel=(
            "tracking_rate",
            "tracking_end",
            "tracking_stretch",
            "divergence_moved",
            "tracking_tube",
            "tracking_jump",
            "classification_reduction",
            "components_on_curves",
            "flow_near_reference",
            "tracking_attained",
        ),
    )


def _distance(body: Body) -> None:
    """The rate of Bregman's distance."""
    body.append(
        "Let {r} and {q} be the outputs of a component at the flow and at the reference, {s} the slope of the output "
        "along the curve at the reference, and {potential}, {start} an antiderivative of the output there. The output "
        "increases along the curve: {s} is the sum of the squares of {speed} over the layers."
    )
    moved = body.restate(
        "moved", Rate(potential, u), ahead * Rate(flow, u), "So, in the time {u}", of=(), how="chain rule"
    )
    started = body.restate(
        "started", Rate(start, u), here * Rate(place, u), "and at the reference", of=(), how="chain rule"
    )
    output = body.restate(
        "output",
        Rate(here, u),
        slope * Rate(place, u),
        "and the output of the reference moves by",
        of=(),
        how="chain rule",
    )
    first = body.restate(
        "flow",
        Rate(flow, u),
        pull,
        "With {P} for {W} times {pull_sum} the flow has",
        of=(),
        how="the gradient flow",
    )
    second = body.restate(
        "reference",
        Rate(place, u),
        pace,
        "and the reference, with {Q} for {pace_sum},",
        of=(),
        how="its definition",
    )
    remainder = ahead - here - slope * (flow - place)
    body.prove(
        "rate",
        Rate(potential - start - here * (flow - place), u),
        (ahead - here) * (pull - pace) + pace * remainder,
        "Bregman's distance of the component, not negative as the output increases, moves by",
        using=(moved, started, output, first, second),
    )


def _weights(body: Body) -> None:
    """What the weights add."""
    a, l, b = sp.log(p), sp.log(w / W), sp.log(x)
    body.append(
        "Added over the components, the products of differences are sums over the samples: those of the differences "
        "of margins and of {W} times the share less the weight. A margin is {kappa} less the logarithm of the share at "
        "the flow, {mu} less that of {x} at the reference, and shares times {W} add up to what the weights add up to."
    )
    body.prove(
        "sample",
        (kappa - a - middle + b) * (W * p - w),
        (kappa - middle) * (W * p - w) - W * p * (a - b) - w * (l - a) + w * (l - b),
        "For each sample",
        using=(),
    )
    body.append(
        Argument(
            "The first terms of {eq:sample} add up to {zero}. By Gibbs' inequality, that is, by Jensen's for the "
            "logarithm, the third ones add up to {zero} at most, and the second ones to {W} times the logarithm of the "
            "sum {X} of all {x} at most. As a logarithm is not above its argument less one, {W} times that of {X} over "
            "{W} is at most {X} less {W}. Together the terms are at most {K}.",
            "gibbs",
        )
    )


def _growth(body: Body) -> None:
    """What the curvature adds."""
    o1, o2, o3 = e2 * e3, e1 * e3, e1 * e2
    rates = [
        body.restate(f"layer-{name}", Rate(layer, flow), speed, text, of=(), how="the curve")
        for name, layer, speed, text in (
            ("1", e1, o1, "With three layers, for example, the first moves by"),
            ("2", e2, o2, "the second,"),
            ("3", e3, o3, "and the third."),
        )
    ]
    body.prove(
        "curvature",
        Rate(o1**2 + o2**2 + o3**2, flow),
        4 * e1 * e2 * e3 * (e1**2 + e2**2 + e3**2),
        "The slope of the output has the slope",
        using=tuple(rates),
    )
    body.append(
        Argument(
            "For every number of layers that is twice the quadratic form of the block {block} at the vector {o} of all "
            "{speed}: the logarithm of the slope moves by at most twice {b} along the curve. It is also the output, "
            "times what is not negative. The last term of {eq:rate} is the integral of {Q} times that slope "
            "with the weight with which Bregman's distance itself is the integral of {s} (Taylor). So it is at most "
            "twice {b} and the modulus of {Q} times the distance, and where {Q} "
            "pulls the component towards {zero} it is not positive.",
            "curvature-bound",
        )
    )
    lag = body.define(
        "lag",
        Rate(distance, u),
        divergence + top * distance - surplus,
        "Let {c}, which by the two bounds is not negative, be given by",
        of=surplus,
    )
    grown = body.define("phase", Rate(phase, u), top, "and let {phi}, zero at the start, move by")
    body.prove(
        "scaled",
        Rate(distance * sp.exp(-phase), u),
        (divergence - surplus) * sp.exp(-phase),
        "Then",
        using=(lag, grown),
    )


def _tube(body: Body) -> None:
    """Where the blocks have to be bounded."""
    body.append(
        Argument(
            "Let {E} be {E_value}, and let {delta_j} be {delta}. As long as {near} is at most {quarter}, slopes {s} "
            "between the two differ from that at the reference by factors {slopes} at most; hence {by_error}, and the "
            "layers are at most {arc} apart: the curve has the speed {root}. Either this, with a bound of {E} that is "
            "above the one to be proved, keeps {near} strictly below {quarter}, or the time does: {delta_j} moves by "
            "at most {W} times {by_time}, since both rates are means of entries. On the tube of that width "
            "{b} is taken; the first time at which {near} is {quarter} or {E} reaches its bound never comes.",
            "tube",
        )
    )
    body.append(
        Argument(
            "The reference may jump along the curves. Its layer of least modulus moves fastest: let {jump} be the norm "
            "of {root_L} times the jumps of these layers, and {near}, with the jump in place of {delta_j}, at most "
            "{quarter} too. The distance of a component changes by the integral of {s} times the distance to the flow; "
            "so by at most {jump} times the sum of {jump} and {E}, times a factor below three, and {E} is {jumped} at "
            "most after it.",
            "jump",
        )
    )
