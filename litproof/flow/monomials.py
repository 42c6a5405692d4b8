"""The coefficients beta of a network as sums of monomials, exact, and their degree of homogeneity."""

from fractions import Fraction
from functools import lru_cache
from typing import Any

from litproof.algebra.balls import to_fmpq
from litproof.errors import HypothesisError
from litproof.flow.lift import require_polynomial
from litproof.flow.program import Operators
from litproof.flow.trace import trace_coefficients
from litproof.networks.base import MultilinearNetwork, Network

Exponents = tuple[int, ...]
Polynomial = dict[Exponents, Fraction]

MAX_TERMS = 20_000
"""Terms of an expanded polynomial; beyond, nothing is expanded."""

Term = tuple[int, tuple[int, ...], Fraction]
"""(z, parameters of the monomial with repetition, coefficient)."""


@lru_cache(maxsize=16)
def homogeneous_terms(network: Network) -> tuple[int, list[Term]]:
    """(L, terms) of a network all of whose monomials have degree L; parameters are numbered from 0.

    Raises
    ------
    HypothesisError : monomials of different degrees, with the degrees; or too many of them to write out.
    """
    if isinstance(network, MultilinearNetwork):
        tensor = network.data_tensor()
        starts = [sum(tensor.shapes[:l]) for l in range(len(tensor.shapes))]
        return len(tensor.shapes), [
            (z, tuple(start + i for start, i in zip(starts, j, strict=True)), entry)
            for (z, *j), entry in sorted(tensor.entries.items())
        ]
    require_polynomial(network, "a degree of homogeneity")
    betas = expanded(network)
    if betas is None:
        raise HypothesisError(f"this {network.kind} network has more than {MAX_TERMS} monomials")
    degrees = sorted({sum(e) for beta in betas for e in beta})
    if len(degrees) != 1:
        *most, last = degrees
        raise HypothesisError(
            f"this {network.kind} network has monomials of degrees {', '.join(map(str, most))} and {last}: without one "
            "degree of homogeneity there is no clock kappa, and neither limit direction nor margins are available"
        )
    return degrees[0], [
        (z, tuple(i for i, e in enumerate(exponents) for _ in range(e)), c)
        for z, beta in enumerate(betas)
        for exponents, c in sorted(beta.items())
    ]


class BoundedPolynomials(Operators):
    """The ring of flint polynomials of a context; OverflowError when one of them grows beyond MAX_TERMS."""

    def __init__(self, context: Any) -> None:
        super().__init__(lambda q: context.constant(to_fmpq(q)))

    def product(self, a: Any, b: Any) -> Any:
        """See `flow.program.Ring`."""
        if len(a) * len(b) > MAX_TERMS * 50:
            raise OverflowError
        result = a * b
        if len(result) > MAX_TERMS:
            raise OverflowError
        return result

    def square(self, a: Any) -> Any:
        """See `flow.program.Ring`."""
        return self.product(a, a)


def expanded(network: Network) -> list[Polynomial] | None:
    """beta_1, .., beta_d as dictionaries {exponents: coefficient}; None when too large, or no polynomials."""
    from flint import Ordering, fmpq_mpoly_ctx

    program = trace_coefficients(network)
    if not program.is_polynomial:
        return None
    context = fmpq_mpoly_ctx.get([f"t{i}" for i in range(program.inputs)], Ordering.lex)
    try:
        polynomials = program.evaluate(BoundedPolynomials(context), context.gens(), "beta")
    except OverflowError:
        return None
    return [table_of(beta) for beta in polynomials]


def table_of(polynomial: Any) -> Polynomial:
    """{exponents: coefficient} of a flint polynomial."""
    return {tuple(map(int, e)): Fraction(int(c.p), int(c.q)) for e, c in polynomial.to_dict().items()}
