"""Lawrence et al.: over S3 the plane's Fourier matrix has two complex numbers for its singular values."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.derivations import derivation
from litproof.theorems.gunasekar.representation_cost.derivation import x, y

p, q, r, s = sp.symbols("p q r s", real=True)
a, b = sp.symbols("a b", nonnegative=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    first, second = p + r, p - r
    above, below = s - q, s + q
    body.prove(
        "frobenius",
        first**2 + second**2 + above**2 + below**2,
        2 * (p**2 + q**2) + 2 * (r**2 + s**2),
        "In the plane rotations are the matrices that turn, and sums of them have the diagonal {p}, {p} and {q} beside "
        "it with both signs; sums of reflections have {r}, the opposite of {r}, and {s} twice. The matrix of both has "
        "{first} and {second} on the diagonal, {above} and {below} beside it. Its squared Frobenius norm is",
    )
    body.prove(
        "determinant",
        first * second - above * below,
        (p**2 + q**2) - (r**2 + s**2),
        "and its determinant",
    )
    body.prove(
        "singular",
        (a + b) ** 2 + (a - b) ** 2,
        2 * a**2 + 2 * b**2,
        "With {a} for the modulus of the sum of rotations and {b} for that of reflections, {sum} and {difference} have "
        "these squares and, up to the sign, this product: they are the singular values,",
    )
    body.prove(
        "product",
        (a + b) * (a - b),
        a**2 - b**2,
        "as their product is the determinant, and they add up to {twice}:",
    )
    body.recall(
        "cost",
        derivation("gunasekar/representation-cost"),
        "means",
        "Fourier transforms turn convolution into products of matrices. A singular value of the product that the two "
        "layers share as {x} and {y} costs at least",
    )
    return Derivation(
        claim="lawrence/s3",
        title="Convolutions over the symmetric group of three letters",
        sources=("lawrence", "ykm"),
        symbols={
            "p": p,
            "q": q,
            "r": r,
            "s": s,
            "a": a,
            "b": b,
            "x": x,
            "y": y,
            "first": first,
            "second": second,
            "above": above,
            "below": below,
            "sum": a + b,
            "difference": a - b,
            "twice": 2 * a,
        },
        statement=(
            "Let {a} and {b}, the smaller, be the moduli of the sums of rotations and of reflections in the plane, "
            "each weighted with its coefficient. The nuclear norm of the Fourier matrix of the coefficients is "
            "{twice}, for its singular values {sum} and {difference} have the product",
            Shown("product"),
            "and the direction of classification has the least sum of nuclear norms, weighted with dimensions.",
        ),
        hypotheses=("Two layers, the exponential loss, separable data, a loss that falls below one.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By Plancherel the squared norms of the layers are sums over representations, weighted with "
                "dimensions, of squared Frobenius norms, and for given coefficients {eq:cost} is attained by layers "
                "that share the singular values equally: the least norm of the parameters is, up to a factor, the "
                "weighted sum of nuclear norms. By {see:lemma/limit-directions} limits of the direction of the "
                "parameters are stationary for their norm under the margins. That such a limit solves the convex "
                "problem is not derived here: the flow is compared with it."
            ),
        ),
    )
