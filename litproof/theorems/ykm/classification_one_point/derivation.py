"""K4: separable classification with two layers and one data point, any data tensor."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.derive.stated import assume
from litproof.networks.convolutional import Convolutional
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import i, j, t
from litproof.theorems.ykm.two_layer_one_point.derivation import r

y = sp.Symbol("y", real=True)
eta, s = sp.IndexedBase("eta", real=True), sp.IndexedBase("s", positive=True)
N = sp.Symbol("N", real=True)
kappa, top, other, factor, loss = (
    sp.Symbol(name, positive=True) for name in ("kappa", "s_1", "s_j", "C", "loss")
)
gap, size = sp.symbols("delta rho", nonnegative=True)
x, beta = sp.IndexedBase("x", real=True), sp.IndexedBase("beta", real=True)
sign = sp.Symbol("sigma", real=True)
SIZES = (3, 4, 5, 6, 7)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    label = assume("label", y**2, sp.S.One, "The label {y} is one or minus one,")
    time = body.define(
        "time", Rate(N, t), loss, "Let the time {N} be zero at the start and run with the rate"
    )
    flows = [
        body.recall(
            name,
            derivation("ykm/two-layer-one-point"),
            name,
            reason,
            renamed={r: -loss * y},
        )
        for name, reason in (
            (
                "flow",
                "By {see:ykm/two-layer-one-point}, for every singular value {s} of the data tensor at the "
                "input, with the derivative {slope} of the loss by the output in the place of the residual,",
            ),
            ("flow-two", "and"),
        )
    ]
    first, second = (
        body.change_clock(name, flows[layer - 1], time, y * s[j] * eta[3 - layer, j], reason, for_all=(j,))
        for layer, name, reason in ((1, "first", "In the time {N}"), (2, "second", "and"))
    )
    plus, minus = eta[1, j] + y * eta[2, j], eta[1, j] - y * eta[2, j]
    body.prove(
        "grows",
        Rate(plus, N),
        s[j] * plus,
        "Of the two layers the sum, signed by the label, grows,",
        using=(first, second),
        constants=(y, s),
        signs=(y,),
    )
    body.prove(
        "decays",
        Rate(minus, N),
        -s[j] * minus,
        "and the difference decays,",
        using=(first, second),
        constants=(y, s),
        signs=(y,),
    )
    body.prove(
        "margin",
        y * eta[1, j] * eta[2, j],
        (plus**2 - minus**2) / 4,
        "so that both layers become equal up to the sign. The margin, a sum of terms of",
        signs=(y,),
    )
    leading = body.define(
        "leading",
        kappa,
        factor * sp.exp(2 * top * N),
        "is carried by the largest singular value {top} that takes part. The margin is the clock, minus the "
        "logarithm of the loss of the one point. Let {factor} be given by",
        of=factor,
    )
    body.append(
        Argument(
            "The time {N} grows without bound: where it stayed bounded, so would the layers, and the loss, "
            "which is its rate, would stay away from zero. By {eq:grows}, {eq:decays} and {eq:margin} the "
            "factor {factor} tends to {quarter_top} times the sum, over the components with the singular "
            "value {top}, of the squares of the growing combinations at the start."
        )
    )
    body.prove(
        "exponent",
        sp.exp(other * N) / sp.exp(top * N),
        (kappa / factor) ** (-(1 - other / top) / 2),
        "The components of another singular value {other}, relative to those of the largest one, are",
        using=(leading,),
    )
    body.bound(
        "optimal",
        (other + gap) * size,
        other * size,
        gap * size,
        "With all weight on the largest singular value the coefficients have the least absolute sum for "
        "their margin: any other singular value is smaller by some non-negative {gap}, and a coefficient of "
        "modulus {size} contributes at most",
    )
    body.prove_instances(
        "short",
        beta[i],
        y * (2 * x[i] + sign * (x[i + 1] + x[i - 1])),
        "Take the circular convolution whose first filter has two entries. The inner product of the input "
        "with its shift has a sign {sign}; the left singular vector with the larger singular value has two "
        "entries of equal modulus, equal or opposite as {sign} says, and up to a positive factor, indices "
        "taken modulo the number of inputs,",
        decide=short_filter,
        values=SIZES,
        check="exact polynomial identities for both signs, inputs in number",
    )
    return Derivation(
        claim="ykm/classification-one-point",
        title="Separable classification with two layers and one data point",
        sources=("ykm",),
        symbols={
            "y": y,
            "N": N,
            "s": s[j],
            "top": top,
            "other": other,
            "gap": gap,
            "size": size,
            "sign": sign,
            "kappa": kappa,
            "factor": factor,
            "slope": -loss * y,
            "quarter_top": top / 4,
            "plus": plus,
            "minus": minus,
        },
        statement=(
            "Let a two-layer network with any data tensor be trained on one labelled point, and let the "
            "first layer dominate the second in every component at the start. Then the layers converge in "
            "direction to the singular vectors with the largest singular value, weighted by what the start "
            "puts on them. With {N} the integral of the loss over time, {top} the largest singular value and "
            "a factor {factor} that tends to a positive limit, components of another singular value {other} "
            "are left behind like a power of the clock {kappa},",
            Shown("exponent"),
        ),
        hypotheses=(
            "The exponential loss; singular vectors are those of the data tensor at the input {cite:ykm}.",
            label,
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "The dominance of the first layer keeps {plus} and {minus} from vanishing, because their "
                "product does not move. A first filter of one entry has a single singular value, and the "
                "coefficients point to the input itself times the label; a filter of full length has the "
                "Fourier vectors as singular vectors, and the least absolute sum is that of the Fourier "
                "coefficients."
            ),
        ),
    )


def short_filter(d: int) -> bool:
    """For k_1 = 2 and d inputs: the Gram matrix has the eigenvectors (1, 1), (1, -1), and beta is as displayed."""
    from sympy import QQ, ring

    generators = ring([f"x{i}" for i in range(d)], QQ)[1:]
    network = Convolutional((2, d))
    tensor = network.data_tensor()
    rows = [
        [sum((generators[z] for z in range(d) if (z, a, b) in tensor.entries), 0) for b in range(d)]
        for a in (0, 1)
    ]
    norm = sum(g * g for g in generators)
    overlap = sum(g * generators[(i + 1) % d] for i, g in enumerate(generators))
    for sign in (1, -1):
        first = [generators[0].ring.one, sign * generators[0].ring.one]
        second = [first[0] * rows[0][b] + first[1] * rows[1][b] for b in range(d)]
        image = [sum(rows[a][b] * second[b] for b in range(d)) for a in (0, 1)]
        if any(value != (norm + sign * overlap) * entry for value, entry in zip(image, first, strict=True)):
            return False
        stated = [
            2 * g + sign * (generators[(i + 1) % d] + generators[i - 1]) for i, g in enumerate(generators)
        ]
        if list(network.coefficients((first, second))) != stated:
            return False
    return True
