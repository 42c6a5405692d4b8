"""A11: the flow of beta is a mirror flow where gradients commute after division by one function, and nowhere else."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.theorems.shared.symbols import X, beta, n

d = sp.Symbol("d", integer=True, positive=True)
size = sp.Symbol("P", integer=True, positive=True)
g = sp.Symbol("g", positive=True)
b_entry, c_entry, along_b, along_c, g_b, g_c = sp.symbols("x w p q g_b g_c", real=True)
Phi_a, Phi_b, Phi_c = sp.symbols("Phi_a Phi_b Phi_c", real=True)
x, y, z = sp.symbols("x y z", real=True)
bb, bc, cc, on_b, on_c = sp.symbols("k m l e h", real=True)
J = sp.MatrixSymbol("J", d, size)
H = sp.MatrixSymbol("H", d, d)
M = sp.MatrixSymbol("M", n, d)
lam = sp.MatrixSymbol("lambda", n, 1)
move = sp.MatrixSymbol("Delta", n, 1)
INVERSE = Algebra(
    symmetric=frozenset({H}), identities=((H * J * J.T, sp.Identity(d)), (J * J.T * H, sp.Identity(d)))
)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _brackets(body)
    _closed(body)
    _path(body)
    return Derivation(
        claim="lemma/rescaled-fields",
        title="Mirror flows of coefficients in any time",
        sources=("li",),
        symbols={
            "beta": beta,
            "X": X,
            "J": J,
            "H": H,
            "g": g,
            "M": M,
            "lambda": lam,
            "Delta": move,
            "Phi_a": Phi_a,
            "Phi_b": Phi_b,
            "Phi_c": Phi_c,
            "x": b_entry,
            "w": c_entry,
            "p": along_b,
            "q": along_c,
            "g_b": g_b,
            "g_c": g_c,
            "y": y,
            "z": z,
            "k": bb,
            "m": bc,
            "l": cc,
            "e": on_b,
            "h": on_c,
            "pull": g * H,
            "gradients": sp.Symbol("X_b"),
            "others": sp.Symbol("X_c"),
            "third": sp.Symbol("X_a"),
            "mirror": sp.Symbol("psi"),
            "Q": sp.Symbol("Q"),
            "d": d,
            "three": sp.Integer(3),
            "two": sp.Integer(2),
        },
        statement=(
            "Let the gradients {gradients} of the coefficients {beta} by the parameters be independent, {J} "
            "their matrix and {H} the inverse of its Gram matrix; let these fields span surfaces on which "
            "{beta} are coordinates, so that they move by themselves whatever the data. They do so in a "
            "mirror flow, of this or of another time, if and only if there is a positive function {g} such "
            "that the fields {gradients} divided by {g} commute; that is, with the logarithmic derivatives "
            "{Phi_b} of {g} along {gradients}, if and only if, with {x} and {w} for one component of {gradients} "
            "and {others}, {p} for the derivative of {w} along {gradients} and {q} for that of {x} along "
            "{others}, the bracket of the two fields has the components",
            Shown("bracket"),
            "Rates with this property belong to a function {g} if and only if the derivative of {Phi_c} along "
            "{gradients} is that of {Phi_b} along {others}. If there are {three} coefficients or more, that "
            "follows from the brackets.",
        ),
        hypotheses=(
            "All statements are about a neighbourhood of one point; {g_b} and {g_c} are the derivatives of {g} "
            "along {gradients} and {others}.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Commuting rescaled fields span such surfaces by themselves. Where brackets leave the span of "
                "the gradients the parameters move in more dimensions than {beta}, which may still move by "
                "itself: that of a product of two quaternions does, whose Gram matrix is a multiple of the "
                "identity. There the statement is applied to the fields as they move {beta} and its Gram matrix, "
                "which then span surfaces of as many dimensions. The inner products of {eq:bracket} with all "
                "gradients are needed in every case, as {pull} then is a Hessian on the coefficients; full "
                "convolutions of three inputs and networks of width two fail them. None of this says anything "
                "about one start: there a pair of data sets with the same interpolators and limits in disjoint "
                "boxes decides, as the pairs enclosed for the instances of {see:bias/no-regulariser}; a "
                "certificate of such a pair proves each of the two limits again."
            ),
        ),
    )


def _brackets(body: Body) -> None:
    """The equivalence."""
    rate_b = body.define(
        "rate-b", Phi_b, g_b / g, "Let the logarithmic derivatives of {g} along both fields be", of=g_b
    )
    rate_c = body.define("rate-c", Phi_c, g_c / g, "and", of=g_c)
    body.prove(
        "rescaled",
        (along_b / g - c_entry * g_b / g**2) / g - (along_c / g - b_entry * g_c / g**2) / g,
        (along_b - along_c - Phi_b * c_entry + Phi_c * b_entry) / g**2,
        "Then the bracket of {gradients} over {g} and {others} over {g} is",
        using=(rate_b, rate_c),
    )
    body.assume(
        "bracket",
        along_b - along_c,
        Phi_b * c_entry - Phi_c * b_entry,
        "so that the rescaled fields commute where and only where",
    )
    body.prove_matrix(
        "dual",
        J * J.T * (g * H),
        g * sp.Identity(d),
        "If {pull} is the Hessian of a function {Q} of the coefficients, and {mirror} its gradient, the "
        "derivative of an entry of {mirror} along {gradients} is an entry of",
        algebra=INVERSE,
    )
    body.append(
        Argument(
            "By {eq:dual} the fields {gradients} over {g} are then the coordinate fields of {mirror}, and "
            "commute. The other way round, commuting independent fields are the coordinate fields of some "
            "functions {mirror} on the surfaces that they span (theorem of Frobenius). There the derivative "
            "along {gradients} of entry c of {mirror} is {g} for b equal to c and zero else; as {beta} are "
            "coordinates of the surface, the derivatives of {mirror} by {beta} are {pull}, a symmetric and "
            "positive matrix, so that {mirror} is the gradient of a strictly convex {Q}. A flow moves the "
            "parameters by a combination of the fields {gradients} with the entries of the pull of the data "
            "on {beta} as weights, and therefore {mirror} by {g} times these weights: a mirror flow in the "
            "time whose rate is {g}. With {g} one this is the theorem on commuting parametrisations "
            "{cite:li}.",
            "equivalence",
        )
    )


def _closed(body: Body) -> None:
    """How the rates are found, and when they belong to a function."""
    first = body.define(
        "on-b",
        on_b,
        Phi_b * bc - Phi_c * bb,
        "With {k}, {m} and {l} for the inner products of {gradients} with itself, of {gradients} with {others} "
        "and of {others} with itself, the bracket {eq:bracket} has with {gradients} the inner product",
        of=on_b,
    )
    second = body.define("on-c", on_c, Phi_b * cc - Phi_c * bc, "and with {others}", of=on_c)
    body.prove(
        "found",
        on_c * bb - on_b * bc,
        Phi_b * (bb * cc - bc**2),
        "which determine the rates, the factor on the right being positive:",
        using=(first, second),
    )
    body.append(
        Argument(
            "Let the rates of {eq:found} obey {eq:bracket}. The fields then span surfaces, and there is a "
            "function with these logarithmic derivatives if and only if the one-form that they give is "
            "closed: if the derivative of {Phi_c} along {gradients} less that of {Phi_b} along {others} is "
            "the derivative along the bracket, which is {Phi_b} times {Phi_c} less {Phi_c} times {Phi_b}: zero.",
            "closed",
        )
    )
    body.prove(
        "jacobi",
        Phi_b * (Phi_a * z - Phi_c * x) + Phi_c * (Phi_b * x - Phi_a * y) + Phi_a * (Phi_c * y - Phi_b * z),
        0,
        "For three fields with the components {x}, {y} and {z} the terms without derivatives of rates in the "
        "identity of Jacobi, twice the sum of each rate times a bracket, cancel:",
    )
    body.append(
        Argument(
            "What remains of the identity of Jacobi is a combination of the three fields, each with the "
            "difference of derivatives of the two other rates. They are independent, so that all these "
            "differences vanish: with {three} coefficients or more the form is closed. With {two} it need "
            "not be.",
            "three",
        )
    )


def _path(body: Body) -> None:
    """How the potential is evaluated."""
    body.assume(
        "weights",
        M * J * (M * J).T * lam,
        move,
        "For any rows {M} of full rank let {lambda} solve",
    )
    body.prove_matrix(
        "straight",
        M * (J * ((M * J).T * lam)),
        move,
        "If the parameters move by the transpose of the product of {M} and {J} times {lambda}, the outputs "
        "{M} {beta} move by {Delta},",
        algebra=Algebra(identities=((M * J * J.T * M.T * lam, move),)),
    )
    body.prove_matrix(
        "multipliers",
        g * H * (J * ((M * J).T * lam)),
        g * (M.T * lam),
        "and the gradient of {Q}, whose derivatives are {pull}, by",
        algebra=INVERSE,
    )
    body.append(
        Argument(
            "By {eq:weights}, {eq:straight} and {eq:multipliers} the outputs run along a straight line and "
            "the gradient of {Q} stays in the row space of {M}, with multipliers that are integrated along. "
            "With the identity for {M} any coefficients in sight are reached, and {Q} is a line integral of "
            "its gradient; with the inputs {X} for {M} the path ends at the interpolator where the "
            "conditions of Karush, Kuhn and Tucker hold, which is where a flow that stays on the surface of "
            "its start ends, for all losses.",
            "evaluated",
        )
    )
