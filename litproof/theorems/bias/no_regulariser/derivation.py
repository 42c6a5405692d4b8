"""B1: why a pair with the same interpolators excludes a regulariser, and the brackets that let limits differ."""

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.derive.notation import Relation
from litproof.derive.stated import Step, assume
from litproof.derive.steps import prove
from litproof.theorems.shared.symbols import X, beta, n, y

T, U = (sp.MatrixSymbol(name, n, n) for name in ("T", "U"))
a, b, c, e, p, q, u, w, g, h = sp.symbols("a b c e p q u w g h", real=True)
NEURONS = (p, q, g, h, u, w)
PAIR = (p * u + q * w, g * u + h * w)
"""Two coefficients: inner products of the last layer (u, w) with the rows (p, q) and (g, h) of the first."""


def bracket(first: sp.Expr, second: sp.Expr, variables: Sequence[sp.Symbol]) -> list[sp.Expr]:
    """Components of the Lie bracket of the gradients of two functions."""
    one, two = ([sp.diff(f, x) for x in variables] for f in (first, second))
    return [
        sp.expand(
            sp.Add(
                *(
                    s * sp.diff(into, x) - r * sp.diff(out, x)
                    for s, r, x in zip(one, two, variables, strict=True)
                )
            )
        )
        for out, into in zip(one, two, strict=True)
    ]


def volume(first: sp.Expr, second: sp.Expr, variables: Sequence[sp.Symbol]) -> sp.Expr:
    """The Gram determinant of both gradients and their bracket: zero where the three are dependent."""
    slopes = [[sp.diff(f, x) for x in variables] for f in (first, second)]
    rows = sp.Matrix([*slopes, bracket(first, second, variables)])
    return sp.expand((rows * rows.T).det(method="berkowitz"))


def _volume(
    name: str, functions: tuple[sp.Expr, sp.Expr, Sequence[sp.Symbol]], value: sp.Expr, reason: str
) -> Step:
    """The squared volume, decided in its expanded form and shown without it."""
    decided = prove(name, volume(*functions), value, reason)
    check = "Gram determinant of the three vectors, expanded; its difference from this is the zero polynomial"
    return replace(
        decided,
        relation=Relation(sp.Symbol(r"\operatorname{vol}^{2}"), value),
        kind="evaluation",
        check=check,
    )


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    invertible = assume("invertible", U * T, sp.Identity(n), "Let {T} be invertible, with the inverse {U},")
    algebra = Algebra(identities=((U * T, sp.Identity(n)),))
    body.prove_matrix(
        "there",
        T * X * beta - T * y,
        T * (X * beta - y),
        "An interpolator of the first data set is one of the second,",
    )
    body.prove_matrix(
        "back",
        U * (T * X * beta - T * y),
        X * beta - y,
        "and the other way round,",
        algebra=algebra,
    )
    component = (a * c - b * e, a * e + b * c)
    plane = (a, b, c, e)
    body.append(
        _volume(
            "complex",
            (*component, plane),
            4 * (a**2 + b**2 - c**2 - e**2) ** 2 * (a**2 + b**2 + c**2 + e**2),
            "A complex component of two layers has the real part {real} and the imaginary part {imaginary}. Their "
            "gradients and the bracket of these, {turn}, span a parallelepiped whose squared volume is",
        )
    )
    body.append(
        _volume(
            "wide",
            (*PAIR, NEURONS),
            (p**2 + q**2 + g**2 + h**2 + u**2 + w**2)
            * ((p * h - q * g) ** 2 + (p * w - q * u) ** 2 + (g * w - h * u) ** 2),
            "Two coefficients of a fully connected network of width two are {first} and {second}. Their gradients "
            "have the bracket {shear}, and the three span one whose squared volume is",
        )
    )
    return Derivation(
        claim="bias/no-regulariser",
        title="Limits that no regulariser selects",
        sources=("marcotte",),
        symbols={
            "T": T,
            "U": U,
            "X": X,
            "y": y,
            "beta": beta,
            "real": component[0],
            "imaginary": component[1],
            "turn": sp.Tuple(*bracket(*component, plane)),
            "first": PAIR[0],
            "second": PAIR[1],
            "shear": sp.Tuple(*bracket(*PAIR, NEURONS)),
        },
        statement=(
            "Two data sets that are related by an invertible {T}, with the inverse {U}, have the same "
            "interpolators, since",
            Shown("back"),
            "If their flows start at the same parameters of the same network and have different limits, then "
            "no function of {beta} and of the start has the limit of every data set as its only minimiser on "
            "the interpolators.",
        ),
        hypotheses=(invertible,),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:there} and {eq:back} both data sets have the same interpolators. A function with one "
                "minimiser on them would have to have it at both limits; if these differ, there is no such "
                "function. That they do is proved for the instances of the claim, each limit in a box of its "
                "own."
            ),
            Argument(
                "For example, of width two: let the rows of the first layer be one half and one fifth, minus "
                "one tenth and one quarter, one third and minus one half, the last layer three tenths and one "
                "tenth, and the points one, two, minus one half with the target one, and one half, minus one, "
                "three with the target seven tenths. From this start the limit moves when the first point and "
                "its target are doubled: the third instance of the claim encloses both limits, and a "
                "certificate of the pair, which proves both again, is written by the command on regularisers "
                "for this problem."
            ),
            Argument(
                "Why they can differ: the volume {eq:complex} vanishes only where both layers have the same "
                "modulus, and {eq:wide} only where all neurons are parallel. Elsewhere the bracket is a "
                "direction in which the flow can move without the two coefficients having chosen it "
                "{cite:marcotte}: where the coefficients go then depends on the order in which the data "
                "pull, and this order is what {T} changes. The gradients of real components commute, and "
                "parallel neurons are a network of width one."
            ),
            Argument(
                "Whether open sets of starts have a potential is decided exactly. "
                "Where the Lie algebra of these gradients has the dimension of the reachable coefficients, "
                "its orbits are leaves on which the coefficients are coordinates (theorem of Frobenius): "
                "they move by themselves, whatever the data. Whether that is a mirror flow, in this time or "
                "another one, is decided by the brackets too: {see:lemma/rescaled-fields}. A special "
                "start can have a potential where open sets of starts have none."
            ),
        ),
    )
