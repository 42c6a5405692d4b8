"""Marcotte, Gribonval, Peyre: what momentum leaves of the laws of two matrix factors."""

from fractions import Fraction

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.dynamics import Momentum
from litproof.laws.field_count import most_laws
from litproof.laws.field_laws import find_field_laws
from litproof.laws.fields import fields_of
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.theorems.shared.symbols import d, m, n, t

U, V = sp.MatrixSymbol("U", d, m), sp.MatrixSymbol("V", n, m)
P, Q, G = sp.MatrixSymbol("P", d, m), sp.MatrixSymbol("Q", n, m), sp.MatrixSymbol("G", d, n)
mass = sp.Symbol("lambda", positive=True)
r = sp.Symbol("r", integer=True, positive=True)


def derive() -> Derivation:
    """The derivation, for any sizes."""
    body = Body()
    flow = [
        body.restate(
            "first",
            MatrixRate(U, t),
            P,
            "Let {P} and {Q} be the rates of {U} and {V},",
            of=(),
            how="their names",
        ),
        body.restate("second", MatrixRate(V, t), Q, "that is", of=(), how="their names"),
        body.assume(
            "first-pull",
            MatrixRate(P, t),
            -(1 / mass) * P - (1 / mass) * (G * V),
            "and {G} the gradient by the product. With the mass {mass} the rates move by",
        ),
        body.assume("second-pull", MatrixRate(Q, t), -(1 / mass) * Q - (1 / mass) * (G.T * U), "and"),
    ]
    algebra = Algebra(constants=frozenset({G}))
    turned = U.T * P - P.T * U + V.T * Q - Q.T * V
    body.prove_matrix(
        "antisymmetric",
        MatrixRate(turned, t),
        -(1 / mass) * turned,
        "The antisymmetric matrix of angular momenta in the columns' space decays, the gradient drops out,",
        using=flow,
        algebra=algebra,
    )
    balance = U.T * P + P.T * U - V.T * Q - Q.T * V
    body.prove_matrix(
        "balance",
        MatrixRate(U.T * U - V.T * V, t),
        balance,
        "while the symmetric matrix that gradient flow conserves moves by",
        using=flow,
        algebra=algebra,
    )
    body.prove_matrix(
        "drift",
        MatrixRate(balance, t),
        -(1 / mass) * balance + 2 * (P.T * P) - 2 * (Q.T * Q),
        "which is driven by the squares of the rates:",
        using=flow,
        algebra=algebra,
    )
    body.prove_instances(
        "count",
        sp.Symbol("N"),
        r * (r - 1) / 2,
        "How many independent functions are constant is found by exact linear algebra from below, and from above by "
        "the number {count_letter} of directions that brackets of the fields leave open. With {r} columns and factors "
        "of two rows and of one it is",
        decide=lambda columns: counts(columns) == (columns * (columns - 1) // 2,) * 2,
        values=(1, 2, 3),
        check="laws found and directions left open agree, columns",
    )
    return Derivation(
        claim="marcotte/momentum",
        title="Momentum on two matrix factors",
        sources=("marcotte2024",),
        symbols={
            "U": U,
            "V": V,
            "P": P,
            "Q": Q,
            "G": G,
            "mass": mass,
            "count_letter": sp.Symbol("N"),
            "r": r,
        },
        statement=(
            "With {P} and {Q} the rates of {U} and {V}, at the mass {mass} and for every loss of the product,",
            Shown("antisymmetric"),
            "and every other function that stays constant for all data and losses is a function of the entries of "
            "this matrix, each times the exponential of time over {mass}.",
        ),
        hypotheses=("The factors have no more columns than rows together.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:antisymmetric} each entry above the diagonal, times an exponential, is constant; they are "
                "independent. By {eq:balance} and {eq:drift} the symmetric laws are lost as soon as anything moves. "
                "That nothing else is kept is the count {eq:count}; the claim counts at its own sizes."
            ),
        ),
    )


def counts(columns: int) -> tuple[int, int | None]:
    """Independent laws found, and the most there can be, for factors of two rows and of one."""
    network = PolynomialNetwork.of([f"U[2,{columns}]", f"V[1,{columns}]"], ["U*transpose(V)"], 2)
    start = [[1] * size for size in network.shapes]
    dynamics = Momentum(Fraction(1, 5))
    fields = fields_of(Problem(network, "regression", [[1, 2]], [1], 1, start, "", dynamics=dynamics))
    return len(find_field_laws(fields).laws), most_laws(fields)
