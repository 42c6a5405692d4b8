"""R2 and R3: where the regression flow of a deep odeco network goes, for symbolic depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.derive.stated import assume, recall
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import (
    L,
    S,
    X,
    alpha,
    beta,
    d,
    eta,
    g,
    g_vector,
    i,
    j,
    k,
    l,
    m,
    n,
    nu,
    product,
    r,
    rho_vector,
    t,
    y,
)
from litproof.theorems.ykm.potential_closed_form.derivation import SYMBOLS as POTENTIAL_SYMBOLS

PROFILE, ARGUMENT = POTENTIAL_SYMBOLS["q"], POTENTIAL_SYMBOLS["s"]
a, b, mu, q, s, epsilon = (sp.IndexedBase(name, real=True) for name in ("a", "b", "mu", "q", "s", "epsilon"))
w = sp.IndexedBase("w", positive=True)
H, Q = sp.Function("H_L"), sp.Symbol("Q")
rho = sp.IndexedBase("rho", real=True)
mu_vector = sp.MatrixSymbol("mu", m, 1)
rows = sp.Symbol("k_l", integer=True, positive=True)
start, last = sp.MatrixSymbol("v_l(0)", rows, 1), sp.MatrixSymbol("v_L(0)", rows, 1)
U, direction = sp.MatrixSymbol("U_l", rows, m), sp.MatrixSymbol("eta_bar", m, 1)
eta_bar = sp.IndexedBase("eta_bar", real=True)
lam = sp.Symbol("lambda", positive=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    constants, signs = (L, alpha, w, epsilon), (epsilon[j],)
    closed_form = derivation("ykm/potential-closed-form")
    first = assume(
        "start", start, alpha * U * direction, "The first layers start from a common shape, {l} below {L},"
    )
    second = assume("start-last", last, sp.ZeroMatrix(rows, 1), "and the last layer starts from zero,")
    size = assume(
        "size",
        eta_bar[j],
        epsilon[j] * w[j],
        "with no entry of the shape zero: each is a sign {sign}, one or minus one, times a positive size {wj},",
        for_all=(j,),
    )
    odeco = derivation("ykm/conserved-odeco")
    data = recall("data", odeco, "data", "With the residual {r}, as in {see:ykm/conserved-odeco},")
    body.append("First, the functions of one variable, from {see:ykm/potential-closed-form}.")
    profile = body.recall(
        "profile", closed_form, "profile", "As a function of {s}, {q} starts from zero at zero and solves"
    )
    body.recall("height", closed_form, "height", "With it")
    body.recall("closed", closed_form, "closed", "and the strictly convex function {H} is given by")
    body.append("Second, the flow is solved in terms of the collected residual.")
    body.recall("flow", odeco, "real-flow", "The reduced flow is")
    dual = body.define("dual", MatrixRate(nu, t), -r, "Let {nu} collect the residual, starting from zero,")
    collected = body.define("collected", mu_vector, S * X.T * nu, "and")
    speed_matrix = body.prove_matrix(
        "dual-speed",
        MatrixRate(mu_vector, t),
        -g_vector,
        "Its rate is {eq:data} with the opposite sign,",
        using=(dual, collected, data),
        algebra=Algebra(constants=frozenset({S, X})),
    )
    speed = body.read_entry(
        "component-speed", speed_matrix, {mu_vector: mu[j], g_vector: g[j]}, "that is,", for_all=(j,)
    )
    clock = body.define(
        "clock",
        s[j],
        (alpha * w[j]) ** (L - 2) * mu[j],
        "Use this as a clock for each component,",
        for_all=(j,),
    )
    own_profile = body.chain(
        "own-profile",
        profile,
        t,
        "and let {qj} be {q} at that clock, so that",
        renamed={PROFILE: q[j], ARGUMENT: s[j]},
        for_all=(j,),
    )
    front = body.define("body", a[j], epsilon[j] * alpha * w[j] * sp.sqrt(1 + q[j] ** 2), "Put", for_all=(j,))
    tip = body.define("tip", b[j], epsilon[j] ** (L - 1) * alpha * w[j] * q[j], "and", for_all=(j,))
    alike = body.ansatz(
        "alike", eta[l, j], a[j], "The claim is that all layers {l} but the last are", for_all=(l, j)
    )
    different = body.ansatz("different", eta[L, j], b[j], "and that the last one is", for_all=(j,))
    body.prove(
        "alike-flow",
        -g[j] * product(l),
        -g[j] * a[j] ** (L - 2) * b[j],
        "The right side of {eq:flow} then is, for the layers below {L},",
        using=(alike, different),
    )
    body.prove(
        "different-flow",
        -g[j] * product(L),
        -g[j] * a[j] ** (L - 1),
        "and for the last one",
        using=(alike, different),
    )
    body.prove(
        "solved",
        Rate(a[j], t),
        -g[j] * a[j] ** (L - 2) * b[j],
        "This is how the left side moves: for the layers below {L},",
        using=(speed, own_profile, clock, front, tip),
        constants=constants,
        signs=signs,
    )
    body.prove(
        "solved-last",
        Rate(b[j], t),
        -g[j] * a[j] ** (L - 1),
        "and for the last one,",
        using=(speed, own_profile, clock, front, tip),
        constants=constants,
        signs=signs,
    )
    body.append(
        Argument(
            "At time zero {nu}, {sj} and {qj} vanish, and {eq:body}, {eq:tip} are the given initial values. "
            "The right sides of the flow are polynomials, so its solution is unique, and the one found "
            "is the flow itself."
        )
    )
    body.prove(
        "gap",
        a[j] ** 2 - b[j] ** 2,
        alpha**2 * w[j] ** 2,
        "The conserved difference of squares is positive,",
        using=(front, tip),
        signs=signs,
    )
    rho_step = body.define(
        "rho",
        rho[j],
        (alpha * w[j]) ** L * (q[j] * (1 + q[j] ** 2) ** ((L - 1) / 2)),
        "With {eq:height} at the clock {sj} put",
        for_all=(j,),
    )
    body.prove(
        "output",
        product(),
        rho[j],
        "The product over all layers is this; it does not know the signs:",
        using=(alike, different, front, tip, rho_step),
        signs=signs,
    )
    body.append("Third, the optimality conditions.")
    body.define(
        "objective",
        Q,
        sp.Sum(alpha**2 * w[j] ** 2 * H(rho[j] / (alpha * w[j]) ** L), (j, 1, m)),
        "Consider the separable function of {rho_vector}",
    )
    own = body.recall(
        "own-rate",
        closed_form,
        "profile",
        "As functions of the clock {sj} alone,",
        renamed={PROFILE: q[j], ARGUMENT: s[j]},
        for_all=(j,),
    )
    shape = q[j] * (1 + q[j] ** 2) ** ((L - 1) / 2)
    body.prove(
        "rising",
        Rate(rho[j], s[j]),
        (alpha * w[j]) ** L * (1 + q[j] ** 2) ** (L - 2) * (1 + L * q[j] ** 2),
        "{rhoj} increases strictly,",
        using=(rho_step, own),
        constants=constants,
    )
    body.prove(
        "gradient",
        Rate(alpha**2 * w[j] ** 2 * (s[j] * shape - q[j] ** 2 / 2), s[j]),
        (alpha * w[j]) ** (2 - L) * s[j] * Rate(rho[j], s[j]),
        "and the term of {Q} that belongs to {j}, by {eq:closed}, changes as",
        using=(rho_step, own),
        constants=constants,
    )
    body.prove(
        "multiplier",
        (alpha * w[j]) ** (2 - L) * s[j],
        mu[j],
        "The factor in front is the partial derivative of {Q} by {rhoj}. By {eq:clock} it is",
        using=(clock,),
    )
    body.bound(
        "strict",
        Rate((alpha * w[j]) ** (2 - L) * s[j], s[j]) / Rate(rho[j], s[j]),
        sp.S.Zero,
        (alpha * w[j]) ** (2 - 2 * L) * (1 + q[j] ** 2) ** (2 - L) / (1 + L * q[j] ** 2),
        "Moreover {Q} is strictly convex: its partial derivative increases with {rhoj},",
        strict=True,
        using=(rho_step, own),
        constants=constants,
    )
    body.assume("interpolation", X * S.T * rho_vector, y, "Finally, the constraint is that the data are met:")
    return Derivation(
        claim="ykm/regression-limit",
        title="The limit of deep underdetermined regression",
        sources=("ykm", "woodworth"),
        symbols={
            **POTENTIAL_SYMBOLS,
            "l": l,
            "k": k,
            "i": i,
            "j": j,
            "S": S,
            "X": X,
            "U": U,
            "r": r,
            "nu": nu,
            "sign": epsilon[j],
            "direction": direction,
            "qj": q[j],
            "sj": s[j],
            "rhoj": rho[j],
            "rho_vector": rho_vector,
            "Q": Q,
            "y": y,
            "alpha": alpha,
            "n": n,
            "d": d,
            "beta": beta,
            "predictor": S.T * rho_vector,
            "lambda": lam,
            "wj": w[j],
            "gradients": S * X.T,
            "collected_value": S * X.T * nu,
        },
        statement=(
            "Let a real orthogonally decomposable network of depth {L} at least two be trained by gradient "
            "flow on the squared loss of underdetermined data. Let all layers {l} but the last start from a "
            "common shape, with no entry zero, times a positive {alpha}, and the last one from zero:",
            Shown("start"),
            Shown("start-last"),
            "Then the linear coefficients {beta} tend to {predictor}, where {rho_vector} is the unique "
            "minimiser of",
            Shown("objective"),
            "among all {rho_vector} with",
            Shown("interpolation"),
            "Here {wj} is the modulus of entry {j} of the shape {direction}, and {H} is the even, strictly "
            "convex function of {see:ykm/potential-closed-form}.",
        ),
        hypotheses=(
            "The inputs {X} have full row rank, and {S} has full column rank; {S} and all {U} are real, and "
            "the columns of {U} are orthonormal {cite:ykm}.",
            first,
            second,
            size,
            data,
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:gap} the theorem of {see:ykm/regression-convergence} applies, with {lambda} the "
                "least of the conserved differences: the loss decays exponentially, hence the residual is "
                "integrable in time, the path has finite length, and the coordinates and {nu} converge. The "
                "limit of {rho_vector} meets {eq:interpolation}. By {eq:multiplier} the gradient of {Q} is "
                "{collected_value} at all times, a combination of the columns of {gradients}, which are the "
                "normals of the constraint: these are the conditions for a minimiser of a convex function "
                "under linear constraints, and by strict convexity the minimiser is unique."
            ),
        ),
    )
