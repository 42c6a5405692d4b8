"""Regression flows that tend to a boundary: coordinates that keep their sign and vanish in the limit."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import S, X, j, m, nu, r, rho_vector, t, y

tau, rho, other, potential, energy, distance = (
    sp.IndexedBase(name, real=True)[j] for name in ("tau", "rho", "rho_bar", "Q", "G", "D")
)
pace, h = sp.symbols("b h", real=True)
other_potential = sp.IndexedBase("Q_bar", real=True)[j]
tau_vector, other_vector = sp.MatrixSymbol("tau", m, 1), sp.MatrixSymbol("rho_bar", m, 1)
A = S * X.T


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    work = body.restate(
        "work",
        Rate(energy, t),
        rho * Rate(tau, t),
        "Let {Gj} be half of the square of the pivot, less its value at the start, and {tau} the dual "
        "coordinate of component {j}. By {see:lemma/dual-flow} they move together,",
        of=(),
        how="the slope of half of the square of the pivot, along the flow",
        for_all=(),
    )
    define_q = body.define(
        "potential", potential, tau * rho - energy, "Put, as a function of the output {rho_letter} alone,"
    )
    tau_rate = body.define("pace", Rate(tau, t), pace, "With {pace_letter} for the rate of {tau},", of=pace)
    rho_rate = body.define("output-rate", Rate(rho, t), h, "and {h} for that of {rho_letter},", of=h)
    q_rate = body.prove(
        "slope",
        Rate(potential, t),
        tau * h,
        "the slope of {Qj} in {rho_letter} is {tau}, which increases with {rho_letter}, so {Qj} is strictly convex:",
        using=(define_q, work, tau_rate, rho_rate),
    )
    gap = body.define(
        "distance",
        distance,
        other_potential - potential - tau * (other - rho),
        "For another output {other}, with the value {other_Q} of the potential, the distance of Bregman is",
    )
    body.prove(
        "closed",
        other_potential - potential - tau * (other - rho),
        other_potential + energy - tau * other,
        "or, without the potential at {rho_letter},",
        using=(define_q,),
    )
    body.prove(
        "distance-rate",
        Rate(distance, t),
        -pace * (other - rho),
        "Along the flow, with {other} fixed, it moves by",
        using=(gap, q_rate, tau_rate, rho_rate),
        constants=(other, other_potential),
    )
    dual = body.recall(
        "dual", derivation("ykm/regression-limit"), "dual", "All components together: with the dual flow"
    )
    collected = body.define("collected", tau_vector, A * nu, "and")
    residual = body.restate(
        "residual", r, A.T * rho_vector - y, "and the residual", of=(), how="outputs less targets"
    )
    body.prove_matrix(
        "fall",
        -sp.Trace(MatrixRate(tau_vector, t).T * (other_vector - rho_vector)),
        -sp.Trace(r.T * r),
        "the sum of the distances from any {other_vector} that fits the data falls by the squared residual,",
        using=(dual, collected, residual),
        algebra=Algebra(identities=((A.T * other_vector, y),), constants=frozenset({S, X})),
    )
    for name, text in (
        (
            "sides",
            "Components in which some gap is zero keep the sign of {rho_letter} and are never zero. Let the "
            "admissible outputs be those on the closed side of these signs, and suppose that some admissible "
            "outputs fit the data, but none with all these signs strict; exact linear programming decides "
            "both (lemma of Farkas). Some components, the vanishing ones, are then zero in all admissible "
            "fits. For a pivot that tends to zero the product of {tau} and {rho_letter} tends to zero, being "
            "of the order of the square of the pivot times its logarithm at most, so {Qj} extends to zero.",
        ),
        (
            "bounded",
            "The outputs stay bounded: in {eq:closed}, {Gj} grows like half of the square of the pivot and "
            "{tau} like its logarithm at most, so sublevel sets of the sum of the distances are bounded. The "
            "residual is bounded with them, hence the rate of {nu} is, and the flow exists for all times.",
        ),
        (
            "fits",
            "The loss tends to zero: by {eq:fall} the squared residual has a finite integral, and its rate "
            "is bounded, since outputs move with bounded speed where they are bounded.",
        ),
        (
            "limit",
            "The outputs converge. A limit point fits the data by {step:fits}. Taken for {other_vector}, its "
            "distance tends to zero along its times: where the limit is zero the distance is half of the "
            "square of the pivot, elsewhere by continuity. By {eq:fall} the distance falls, so it tends to "
            "zero for all times. Every other limit point has the distance zero from it, and is equal to it "
            "by strict convexity.",
        ),
        (
            "least",
            "The limit minimises the distance from the start among the admissible fits: the integral of the "
            "squared residual, the same for all of them, is below each distance by {eq:fall} and equal to "
            "that of the limit. It is not zero outside the vanishing components: where it were zero and "
            "another admissible fit is not, {tau} would grow without bound, with the sign opposite to that "
            "fit, and its distance by {eq:closed} as well, against {eq:fall}.",
        ),
        (
            "smaller",
            "So the limit minimises the sum of the {Qj} over the components that do not vanish, with the "
            "strict signs, subject to the equations of the data. A zero of the equations of rest of these "
            "components alone, on independent equations, meets the conditions for that minimum of a strictly "
            "convex function: its outputs are the limit. This smaller system is the one that Krawczyk's test "
            "is applied to.",
        ),
    ):
        body.append(Argument(text, name))
    return Derivation(
        claim="lemma/vanishing-coordinates",
        title="Coordinates that vanish in the limit",
        sources=(),
        symbols={
            "Gj": energy,
            "tau": tau,
            "j": j,
            "rho_letter": rho,
            "other": other,
            "Qj": potential,
            "other_Q": other_potential,
            "other_vector": other_vector,
            "nu": nu,
            "h": h,
            "pace_letter": pace,
        },
        statement=(
            "Let components of a real orthogonally decomposable regression problem have gaps that are zero, "
            "so that their outputs keep their signs, and let the data be fitted by outputs on the closed "
            "side of these signs, but not by outputs with all these signs strict. Then the flow exists for "
            "all times, the loss tends to zero, and the outputs converge. The limit is zero exactly in the "
            "components that are zero in every such fit, and the rest of it is the limit of the problem "
            "without these components.",
        ),
        hypotheses=("Notation is that of {see:lemma/dual-flow}. Components that rest at zero are left out.",),
        body=tuple(body),
    )
