"""Certificates of least norm and of stationary margins: multipliers over the rationals."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation
from litproof.derive.matrix_words import Algebra
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import L, j, m, n

P = sp.MatrixSymbol("P", m, n)
rho, other, start, g = (sp.MatrixSymbol(name, m, 1) for name in ("rho", "h", "rho(0)", "g"))
multipliers = sp.MatrixSymbol("p", n, 1)
W = sp.MatrixSymbol("W", m, m)
weight, size, slope, value = (sp.Symbol(name, positive=True) for name in ("w", "x", "b", "z"))
gap = sp.Symbol("delta", nonnegative=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    slopes = body.define("slopes", g, P * multipliers, "Let the columns of {P} be the samples, and put")
    body.prove_matrix(
        "first-order",
        sp.Trace(g.T * (other - rho)),
        sp.Trace(multipliers.T * (P.T * other - P.T * rho)),
        "For any feasible {h} the inner product of {g} with its difference from {rho} is that of the "
        "multipliers {p} with differences of outputs,",
        using=(slopes,),
    )
    body.append(
        Argument(
            "It is zero for fits, where all outputs agree. For margins, of rows times labels, multipliers "
            "are not negative, and zero where the margin of {rho} exceeds one: it is not negative, and zero "
            "exactly where {h} has margin one at every sample with a positive multiplier.",
            "feasible",
        )
    )
    body.prove_matrix(
        "squares",
        sp.Trace((other - start).T * W * (other - start)) - sp.Trace((rho - start).T * W * (rho - start)),
        2 * sp.Trace((W * (rho - start)).T * (other - rho)) + sp.Trace((other - rho).T * W * (other - rho)),
        "Least squares, with the diagonal matrix {W} of positive weights, measured from {start}:",
        algebra=Algebra(symmetric=frozenset({W})),
    )
    body.append(
        Argument(
            "Checked: {g} is {W} times the difference of {rho} and {start}. By {step:feasible} the first "
            "term on the right is not negative, so {rho} is the only minimiser.",
            "least-squares",
        )
    )
    body.bound(
        "one-sided",
        (slope + gap) * size,
        slope * size,
        gap * size,
        "Least absolute sum. Checked: on each side of {start} that a component may take, the slope is at "
        "most its weight, which exceeds it by {delta}; on the side of {rho} it equals the weight. For a way "
        "of length {x} in one component",
    )
    body.append(
        Argument(
            "So the weighted absolute sum of {h} less {start} is not below its inner product with {g}, with "
            "equality for {rho}, and by {step:feasible} not below that of {rho}.",
            "least-sum",
        )
    )
    body.append(
        Argument(
            "Another minimiser has equality everywhere. It differs from {rho} only in tight components, "
            "those whose slope is the weight on an allowed side, and it has the same outputs at the samples "
            "with a multiplier, at all samples for fits. If the rows of {P} in the tight components, on "
            "these samples, are linearly independent, there is none. They are, if they are so modulo a "
            "prime.",
            "only",
        )
    )
    body.prove(
        "stationary",
        Rate(weight * value**2, value) / Rate(value**L, value),
        2 * weight * value ** (2 - L) / L,
        "Stationary margins, three or more layers. With the common modulus {z} of the layers a term of the "
        "quasi-norm of order {order} is its square. Its slope in the coefficient, the power of order {L}, is",
        constants=(weight, L),
    )
    body.append(
        Argument(
            "The equations of a stationary point, that this slope is the pull of the multipliers and that "
            "margins with a multiplier are one, are those of Krawczyk's test. Where signs are fixed the "
            "quasi-norm is concave, at zero it is steeper than linear, and the constraints are linear: with "
            "as many margins equal to one as components that are not zero, their matrix being regular, the "
            "point is a strict local minimum; with fewer it is not a minimum.",
            "kind",
        )
    )
    return Derivation(
        claim="lemma/least-norm",
        title="Certificates of least norm",
        sources=(),
        symbols={
            "P": P,
            "g": g,
            "rho": rho,
            "h": other,
            "p": multipliers,
            "W": W,
            "start": start,
            "x": size,
            "delta": gap,
            "z": value,
            "L": L,
            "order": 2 / L,
            "j": j,
        },
        statement=(
            "Let {rho} fit the data, or have margins of at least one, and let there be multipliers of the "
            "samples with the properties that are checked below. Then {rho} has least weighted squares, or "
            "least weighted absolute sum, measured from {start} and over the signs allowed, among all such "
            "coefficients; it is the only one where the last check says so. For the quasi-norm of order "
            "{order} a box can be proved to hold one stationary point.",
        ),
        hypotheses=("Coefficients, samples and multipliers are rational numbers, so every check is exact.",),
        body=tuple(body),
        kernel=(
            "kkt_equality_min",
            "kkt_equality_unique",
            "kkt_margin_min",
            "kkt_margin_unique",
            "max_margin_l1",
            "max_margin_l1_unique",
        ),
    )
