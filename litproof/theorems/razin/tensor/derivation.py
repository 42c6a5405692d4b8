"""Razin, Maman, Cohen: the norm of a balanced component of a sum of rank-one tensors, order three."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import t

x, y, z = sp.symbols("x y z", positive=True)
pull = sp.Symbol("pi", real=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    body.append(
        "The flow of each of the three vectors is the tensor of slopes contracted with the other two. So "
        "the squares {x}, "
        "{y} and {z} of their lengths all move alike, by twice the contraction {pull} of the negative "
        "slopes with all three:"
    )
    rates = [
        body.assume(f"rate-{number}", Rate(square, t), 2 * pull, "of the first" if number == 1 else "and")
        for number, square in enumerate((x, y, z), 1)
    ]
    body.prove(
        "norm",
        Rate(sp.sqrt(x * y * z), t),
        pull * (x * y + y * z + z * x) / sp.sqrt(x * y * z),
        "The norm of the component moves by",
        using=rates,
        constants=(pull,),
    )
    return Derivation(
        claim="razin/tensor",
        title="Balanced components of tensors",
        sources=("ykm",),
        symbols={"x": x, "y": y, "z": z, "pull": pull},
        statement=("For the squares {x}, {y}, {z} of the lengths and the contraction {pull}", Shown("norm")),
        hypotheses=("The three vectors of the component start with equal lengths.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:rate-1} and what follows it equal squares stay equal. With these {eq:norm} is three times "
                "the norm to the power of four thirds, times the contraction with unit vectors."
            ),
        ),
    )
