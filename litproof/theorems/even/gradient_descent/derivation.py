"""Even et al., Theorem 1: what one step does to the product and to the ratio of both parameters."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown

p, q = sp.symbols("p q", positive=True)
x = sp.Symbol("x", real=True)
after_p, after_q = sp.symbols("p_+ q_+", real=True)


def derive() -> Derivation:
    """The derivation, for one entry; x is the step times the entry of the gradient."""
    body = Body()
    first = body.define(
        "step-p",
        after_p,
        p * (1 - x),
        "A step of gradient descent, {x} the step times the gradient by the coefficient, makes of {p}",
    )
    second = body.define("step-q", after_q, q * (1 + x), "and of {q}")
    body.prove(
        "product", after_p * after_q, p * q * (1 - x**2), "Their product becomes", using=(first, second)
    )
    body.prove(
        "ratio", after_p / after_q, p / q * (1 - x) / (1 + x), "and their ratio", using=(first, second)
    )
    body.prove(
        "coefficient",
        (p**2 - q**2) / 2,
        p * q * (p / q - q / p) / 2,
        "The coefficient is their product times the hyperbolic sine of the logarithm of their ratio,",
    )
    return Derivation(
        claim="even/gradient-descent",
        title="Steps on differences of squares",
        sources=("even",),
        symbols={"x": x, "p": p, "q": q},
        statement=("The coefficient of {p} and {q} is", Shown("coefficient")),
        hypotheses=("Both parameters start at the same positive number, and the iteration converges.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:product} the product of the factors of all steps is the width in the limit, by "
                "{eq:ratio} the "
                "logarithm of the ratio is the sum over all steps. That sum, plus twice the sum of all {x}, "
                "is what the "
                "theorem calls the shift; twice the sum of all {x} lies in the row space. With "
                "{eq:coefficient} the "
                "inverse hyperbolic sines of coefficient and shift differ by an element of the row space."
            ),
        ),
    )
