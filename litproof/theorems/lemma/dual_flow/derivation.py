"""The dual flow of a regression problem converges where it has a rest point, for every loss."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import S, X, j, m, n, nu, r, rho_vector, t, y
from litproof.theorems.ykm.regression_general_init.derivation import (
    c,
    mu as entry,
    pivot,
    rho,
    sigma,
    sign,
    z,
)

Phi = sp.Symbol("Phi", real=True)
G, start = sp.IndexedBase("G", real=True), sp.IndexedBase("z", real=True)
rest, target = sp.MatrixSymbol("nu_hat", n, 1), sp.MatrixSymbol("p", n, 1)
weights = sp.MatrixSymbol("W", n, n)
A = S * X.T


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    general = derivation("ykm/regression-general-init")
    dual = body.recall(
        "dual-flow", general, "dual-flow", "The dual flow of {see:ykm/regression-general-init} is"
    )
    body.recall(
        "mirror",
        general,
        "mirror",
        "where, component by component and with {entry} entry {j} of {collected}, the pivot {z} is given by",
    )
    time = body.recall("time", general, "time", "with")
    output = body.recall("output", general, "output", "and the output of the component is")
    body.append(
        "Gaps {cl} may be zero here, as long as the pivot then does not start at zero; it keeps its sign, "
        "and components in which two layers start at zero rest and are left out. Let the domain be the set "
        "of all {nu} for which every {entry} is a value of {signed}: it is open and convex."
    )
    work = body.prove(
        "work",
        Rate(z**2 / 2, z),
        rho * Rate(sign * sigma, z),
        "The output, times the slope of the dual coordinate, is the slope of half of the square of the pivot:",
        using=(time, output),
        constants=(sign, c),
        signs=(sign,),
    )
    body.define(
        "potential",
        Phi,
        sp.Sum(G[j], (j, 1, m)) - sp.Trace(y.T * nu),
        "Let {Gj} be half of the square of the pivot of component {j}, less its value at the start, and put",
    )
    gradient = body.argue(
        "gradient",
        MatrixRate(nu, t),
        -target,
        "The output increases with the dual coordinate, so {Phi} is convex. By {eq:work} the residual, "
        "called {target}, is its gradient, and the dual flow is its gradient flow:",
        of=(work, dual),
        how="chain rule, component by component",
    )
    approach = body.prove_matrix(
        "approach",
        sp.Trace(MatrixRate((nu - rest).T * (nu - rest), t)),
        -2 * sp.Trace(target.T * (nu - rest)),
        "Let {rest} be a minimiser of {Phi}. The squared distance from it moves by",
        using=(gradient,),
        algebra=Algebra(constants=frozenset({rest, target})),
    )
    body.argue(
        "nearer",
        -2 * sp.Trace(target.T * (nu - rest)),
        sp.S.Zero,
        "which is not positive, {Phi} being convex:",
        of=(approach,),
        how="a convex function lies above its tangents",
        operator="<=",
    )
    body.append(
        Argument(
            "Towards every point of the boundary of the domain {Phi} is unbounded: some {entry} there tends "
            "to a finite end of the values of {signed}, where the modulus of {z} grows without bound; that "
            "{z} tends to zero, which is possible where a gap is zero, belongs to no finite end, as the "
            "integral of the inverse modulus diverges. So one {Gj} grows without bound, the others are "
            "bounded below, and the inner product of {y} and {nu} is bounded.",
            "boundary",
        )
    )
    body.append(
        Argument(
            "Along the flow {Phi} falls, and by {eq:nearer} so does the distance from {rest}: with "
            "{step:boundary}, {nu} stays in a compact part of the domain, and the flow exists for all times. "
            "The integral of the squared gradient over time is finite, hence the gradient tends to zero "
            "along some times, and {nu} has a limit point that is a minimiser. Taken for {rest} in "
            "{eq:nearer}, it is the limit.",
            "converges",
        )
    )
    body.append(
        Argument(
            "Krawczyk's test {cite:krawczyk} proves that a box holds exactly one zero of the equations "
            "{eq:mirror} and of the residual, in the unknown pivots and {nu}, in its interior. There is no "
            "other zero outside: zeros belong to minimisers of {Phi}, pivots depend continuously on {nu}, "
            "and with a second minimiser the whole segment would consist of minimisers, some of them near "
            "the zero in the box, against its being the only one there. So the limit of the flow lies in the "
            "box.",
            "box",
        )
    )
    other = body.restate(
        "other-flow",
        MatrixRate(nu, t),
        -(weights * target),
        "Another loss, with a derivative of the sign of the residual: the derivatives of the loss are "
        "{weights} times the residual, with a diagonal matrix of positive entries. Then",
        of=(gradient,),
        how="derivatives of the loss in the place of the residual",
    )
    body.prove_matrix(
        "fall",
        sp.Trace(target.T * MatrixRate(nu, t)),
        -sp.Trace(target.T * weights * target),
        "and {Phi}, whose gradient is still the residual, moves by",
        using=(other,),
        algebra=Algebra(constants=frozenset({target, weights})),
    )
    body.append(
        Argument(
            "This is negative except where the residual is zero. Where {Phi} has one minimiser only, its "
            "sublevel sets are compact by {step:boundary} and convexity, so {nu} tends to that minimiser, "
            "which knows nothing of the loss. With one data point all losses share one path, run at "
            "different paces.",
            "any-loss",
        )
    )
    body.append(
        Argument(
            "Rows of the inputs may be dependent, provided that some coefficients fit the data: the "
            "equations of independent rows are kept, and the minimiser is unique up to what no output sees.",
            "dependent",
        )
    )
    return Derivation(
        claim="lemma/dual-flow",
        title="Convergence of the dual flow",
        sources=("krawczyk",),
        symbols={
            "nu": nu,
            "entry": entry,
            "j": j,
            "z": z,
            "cl": c[sp.Symbol("l", integer=True, positive=True)],
            "p": pivot,
            "collected": A * nu,
            "signed": sign * sigma,
            "Gj": G[j],
            "Phi": Phi,
            "target": target,
            "rest": rest,
            "y": y,
            "r": r,
            "weights": weights,
            "rho": rho_vector,
        },
        statement=(
            "Let the dual flow of a real orthogonally decomposable regression problem, for any real start in "
            "which no component has two layers at zero, have a rest point. Then it exists for all times and "
            "converges to a minimiser of a convex function {Phi} of {nu}, and the loss tends to zero. A box "
            "in which Krawczyk's test proves exactly one solution of the equations of rest contains the "
            "limit. Where the rest point is the only one, the same limit is reached with every "
            "differentiable loss whose derivative has the sign of the residual, so with every strictly "
            "convex loss that is least at the target.",
        ),
        hypotheses=("Notation is that of {see:ykm/regression-general-init}; the residual is taken at {nu}.",),
        body=tuple(body),
        kernel=("R5_general_start", "krawczyk", "limit_of_kkt_point"),
    )
