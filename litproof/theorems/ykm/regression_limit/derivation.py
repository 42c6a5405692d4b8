"""R2 and R3: where the regression flow of a deep odeco network goes, for symbolic depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.derive.steps import assume, define
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
from litproof.theorems.ykm.potential_closed_form.derivation import SYMBOLS as POTENTIAL_SYMBOLS, potential

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
    potential_steps = potential()
    first = assume(
        "start", start, alpha * U * direction, "The first layers start from a common shape, {l} below {L},"
    )
    second = assume("start-last", last, sp.ZeroMatrix(rows, 1), "and the last layer starts from zero,")
    size = define(
        "size",
        eta_bar[j],
        epsilon[j] * w[j],
        "with no {shape} zero, which is written as sign times size,",
        for_all=(j,),
    )
    data = define("data", g_vector, S * X.T * r, "With the residual {r}, put")
    body.append("First, the functions of one variable.")
    body.extend(potential_steps.parts)
    body.append("Second, the flow is solved in terms of the collected residual.")
    body.define("flow", Rate(eta[l, j], t), -g[j] * product(l), "The reduced flow is", for_all=(l, j))

    alike = body.define(
        "alike", eta[l, j], a[j], "All layers {l} but the last begin alike. Let them be", for_all=(l, j)
    )
    different = body.define("different", eta[L, j], b[j], "and the last one", for_all=(j,))
    body.prove(
        "alike-flow",
        -g[j] * product(l),
        -g[j] * a[j] ** (L - 2) * b[j],
        "The right sides of {eq:flow} become, for the layers below {L},",
        using=(alike, different),
    )
    body.prove(
        "different-flow",
        -g[j] * product(L),
        -g[j] * a[j] ** (L - 1),
        "and for the last one",
        using=(alike, different),
    )
    dual = body.define("dual", MatrixRate(nu, t), -r, "Let {nu} collect the residual, starting from zero,")
    collected = body.define("collected", mu_vector, S * X.T * nu, "and")
    speed_matrix = body.prove_matrix(
        "dual-speed",
        MatrixRate(S * X.T * nu, t),
        -(S * X.T * r),
        "Its rate is {eq:data} with the opposite sign,",
        using=(dual,),
        algebra=Algebra(constants=frozenset({S, X})),
    )
    speed = body.restate(
        "component-speed",
        Rate(mu[j], t),
        -g[j],
        "that is,",
        of=(collected, data, speed_matrix),
        how="entry by entry",
        for_all=(j,),
    )
    clock = body.define(
        "clock",
        s[j],
        (alpha * w[j]) ** (L - 2) * mu[j],
        "Use this as a clock for each component,",
        for_all=(j,),
    )
    profile = body.restate(
        "own-profile",
        Rate(q[j], t),
        (1 + q[j] ** 2) ** ((L - 1) / 2) * Rate((alpha * w[j]) ** (L - 2) * mu[j], t),
        "and let {qj} be the profile at that clock, so that",
        of=(potential_steps.profile, clock),
        how="by the chain rule",
        for_all=(j,),
    )
    front = body.define(
        "body", a[j], epsilon[j] * alpha * w[j] * sp.sqrt(1 + q[j] ** 2), "Then", for_all=(j,)
    )
    tip = body.define("tip", b[j], epsilon[j] ** (L - 1) * alpha * w[j] * q[j], "and", for_all=(j,))
    body.prove(
        "solved",
        Rate(a[j], t),
        -g[j] * a[j] ** (L - 2) * b[j],
        "solve both equations: for the layers below {L},",
        using=(speed, profile, front, tip),
        constants=constants,
        signs=signs,
    )
    body.prove(
        "solved-last",
        Rate(b[j], t),
        -g[j] * a[j] ** (L - 1),
        "and for the last one,",
        using=(speed, profile, front, tip),
        constants=constants,
        signs=signs,
    )
    body.append(
        "At time zero {nu}, {sj} and {qj} vanish, and {eq:body}, {eq:tip} are the given initial values."
    )
    body.append(
        Argument(
            "The right sides of the flow are polynomials, so its solution is unique, and the one found "
            "is the flow itself, layers alike included."
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
    body.prove(
        "output",
        product(),
        (alpha * w[j]) ** L * (q[j] * (1 + q[j] ** 2) ** ((L - 1) / 2)),
        "and the product over all layers no longer knows the signs. With {eq:height} it is a multiple of "
        "{h}:",
        using=(alike, different, front, tip),
        signs=signs,
    )
    rho_step = body.define(
        "rho",
        rho[j],
        (alpha * w[j]) ** L * (q[j] * (1 + q[j] ** 2) ** ((L - 1) / 2)),
        "Call it",
        for_all=(j,),
    )
    body.append("Third, the optimality conditions.")
    body.define(
        "objective",
        Q,
        sp.Sum(alpha**2 * w[j] ** 2 * H(rho[j] / (alpha * w[j]) ** L), (j, 1, m)),
        "Consider the separable function of {rho_vector}",
    )
    own = body.restate(
        "own-rate",
        Rate(q[j], s[j]),
        (1 + q[j] ** 2) ** ((L - 1) / 2),
        "As functions of the clock {sj} alone,",
        of=(potential_steps.profile,),
        how="for each component",
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
        "and the term of {Q} that belongs to {j}, in the closed form {eq:closed}, changes as",
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
    body.assume("interpolation", X * S.T * rho_vector, y, "Finally, the constraint is that the data are met,")
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
            "shape": eta_bar[j],
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
            "flow on the squared loss of underdetermined data, from the initialisation {eq:start}, "
            "{eq:start-last}. Then the linear coefficients {beta} tend to {predictor}, where {rho_vector} is "
            "the unique minimiser of",
            Shown("objective"),
            "among all {rho_vector} with",
            Shown("interpolation"),
            "Here {H} is the even, strictly convex function of one variable given by",
            Shown("closed"),
        ),
        hypotheses=(
            "The inputs {X} have full row rank, and {S} has full column rank; {S} and all {U} are real with "
            "orthonormal columns {cite:ykm}.",
            first,
            second,
            size,
            data,
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:gap} the convergence theorem applies with {lambda} the least value of the conserved "
                "differences: the loss decays exponentially, hence the residual is integrable in time, the "
                "path has finite length, and the coordinates and {nu} converge. The limit of {rho_vector} "
                "meets {eq:interpolation}. By {eq:multiplier} the gradient of {Q} is {collected_value} at "
                "all times, a combination of the columns of {gradients}, which are the normals of the "
                "constraint: these are the conditions for a minimiser of a convex function under linear "
                "constraints, and by strict convexity the minimiser is unique."
            ),
        ),
    )
