"""Polynomials in the parameters of a network over Q or a cyclotomic field, where identities are decided.

A cyclotomic coefficient is written in the extra generator z, which stands for zeta_N; the normal form is the
remainder modulo the cyclotomic polynomial Phi_N(z). An identity holds exactly when its normal form is 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import lcm
from operator import add
from typing import Any, TypeAlias

from sympy import QQ, Symbol, cyclotomic_poly, ring
from sympy.polys.rings import PolyElement

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.flow.parameters import parameter_symbols
from litproof.networks.base import Network

Polynomial: TypeAlias = PolyElement
Matrix: TypeAlias = Sequence[Sequence[Cyclotomic]]


@dataclass(frozen=True)
class ParameterRing:
    """Q(zeta_N)[v_{1,1}, ..., v_{L,k_L}] as Q[z, v] modulo Phi_N(z).

    Attributes
    ----------
    order : N (1: rational coefficients, then z is a mere spare variable).
    root : the generator z.
    layers : generators v_{l,j}, named as in `parameter_names`, shapes (k_l,).
    modulus : Phi_N(z).

    """

    order: int
    root: Polynomial
    layers: tuple[tuple[Polynomial, ...], ...]
    modulus: Polynomial

    @property
    def zero(self) -> Polynomial:
        """The zero polynomial."""
        return self.root.ring.zero

    def number(self, value: Cyclotomic) -> Polynomial:
        """A field element as a polynomial in z; ValueError when its order does not divide N."""
        if self.order % value.order:
            raise ValueError(f"an element of order {value.order} does not lie in Q(zeta_{self.order})")
        step, others = self.order // value.order, (0,) * (self.root.ring.ngens - 1)
        powers = {
            (step * k, *others): QQ(c.numerator, c.denominator) for k, c in enumerate(value.coefficients) if c
        }
        return self.normal_form(self.root.ring.from_dict(powers))

    def normal_form(self, polynomial: Polynomial) -> Polynomial:
        """The unique remainder modulo Phi_N(z)."""
        reduced = polynomial.degree(self.root) < self.modulus.degree(self.root)
        return polynomial if reduced else polynomial.rem([self.modulus])

    def conjugate(self, polynomial: Polynomial) -> Polynomial:
        """Complex conjugate (the parameters are real): z -> z^(N-1)."""
        if self.order <= 2:
            return polynomial
        inverse = self.order - 1
        swapped = {
            (power * inverse % self.order, *rest): coefficient
            for (power, *rest), coefficient in polynomial.terms()
        }
        return self.normal_form(self.root.ring.from_dict(swapped))

    def gradient(self, polynomial: Polynomial) -> tuple[tuple[Polynomial, ...], ...]:
        """Partial derivatives with respect to the layers, shapes (k_l,)."""
        return tuple(tuple(polynomial.diff(v) for v in layer) for layer in self.layers)


def parameter_ring(network: Network, order: int = 1) -> ParameterRing:
    """The ring of polynomials in the parameters of `network` with coefficients in Q(zeta_order)."""
    symbols = [symbol for layer in parameter_symbols(network) for symbol in layer]
    _, root, *generators = ring([Symbol("z"), *symbols], QQ, "lex")
    remaining = iter(generators)
    layers = tuple(tuple(next(remaining) for _ in range(size)) for size in network.shapes)
    modulus = root.ring.from_expr(cyclotomic_poly(order, root.as_expr()))
    return ParameterRing(order, root, layers, modulus)


def coefficients(network: Network, parameters: ParameterRing) -> tuple[Polynomial, ...]:
    """beta_1, ..., beta_d as polynomials, by the network's own forward pass."""
    return tuple(parameters.root.ring(beta) for beta in network.coefficients(parameters.layers))


def common_order(matrices: Iterable[Matrix]) -> int:
    """Smallest N with all entries in Q(zeta_N)."""
    return lcm(*(entry.order for matrix in matrices for row in matrix for entry in row))


def total(terms: Iterable[Any], zero: Any) -> Any:
    """Sum of ring elements."""
    return reduce(add, terms, zero)


def dot(left: Sequence[Polynomial], right: Sequence[Polynomial], zero: Polynomial) -> Polynomial:
    """sum_i left_i right_i."""
    return total((a * b for a, b in zip(left, right, strict=True)), zero)


def rational(value: Fraction) -> Any:
    """A Fraction as an element of the coefficient field."""
    return QQ(value.numerator, value.denominator)
