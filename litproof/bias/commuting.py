"""Commuting parametrisations: all brackets [grad beta_i, grad beta_j] vanish, decided as polynomials.

theta is then a function of nu = -int X^T r alone, and grad Q(beta(nu)) = nu: a mirror flow (Li, Wang, Lee & Arora 2022,
arXiv 2207.04036).
"""

from __future__ import annotations

from fractions import Fraction

from litproof.algebra.linear import rank
from litproof.bias.regulariser import Regulariser
from litproof.flow.program import Operators
from litproof.flow.trace import trace_gradient
from litproof.laws.architectures import map_of
from litproof.laws.independence import random_point
from litproof.laws.maps import PolynomialMap
from litproof.laws.modular_gradients import PRIME, ModularProgram, numbers
from litproof.networks.base import Network
from litproof.problem import Problem


def gradients_at(problem: Problem) -> list[list[Fraction]]:
    """grad beta_z at the start, d rows, exact."""
    program, d = trace_gradient(problem.network), problem.network.input_dim
    start = [x for layer in problem.v0 for x in layer]
    units = [[Fraction(int(z == k)) for k in range(d)] for z in range(d)]
    return [program.evaluate(Operators(), [*start, *unit], "gradient") for unit in units]


def is_commuting(problem: Problem) -> Regulariser | None:
    """The potential that exists where all brackets vanish and the gradients are independent at the start."""
    polynomial_map = map_of(problem.network)
    if rank(gradients_at(problem)) < problem.network.input_dim:
        return None
    if not _commutes(polynomial_map):
        return None
    return Regulariser(
        "potential of a commuting parametrisation",
        "",
        "this start, all data and losses",
        "exact: all brackets of the gradients of beta vanish (Li, Wang, Lee & Arora)",
    )


def commutes(network: Network) -> bool:
    """Whether all brackets [grad beta_y, grad beta_z] of a network vanish, decided as polynomials."""
    return _commutes(map_of(network))


def _commutes_at_a_point(polynomial_map: PolynomialMap) -> bool:
    program, ring, prime = polynomial_map.program, numbers(PRIME), PRIME
    modular, point = ModularProgram(program, PRIME), random_point(program.inputs)
    values = modular.values(point, ring)
    fields = [modular.gradient(values, {c: 1}, ring) for c in range(len(program.outputs))]
    adjoints = [modular.adjoints(values, {c: 1}, ring) for c in range(len(program.outputs))]
    for i, field in enumerate(fields):
        for j in range(i):
            one = modular.hessian_product(values, adjoints[j], field, ring)
            two = modular.hessian_product(values, adjoints[i], fields[j], ring)
            if any((a - b) % prime for a, b in zip(one, two, strict=True)):
                return False
    return True


def _commutes(polynomial_map: PolynomialMap) -> bool:
    if not _commutes_at_a_point(polynomial_map):
        return False
    from flint import Ordering, fmpq, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get([f"t{k}" for k in range(polynomial_map.parameters)], Ordering.lex)
    fields = []
    for coordinate in polynomial_map.coordinates:
        terms = {
            tuple(monomial.count(k) for k in range(polynomial_map.parameters)): fmpq(value)
            for monomial, value in coordinate.items()
        }
        polynomial = context.from_dict(terms)
        fields.append([polynomial.derivative(k) for k in range(polynomial_map.parameters)])
    zero = context.constant(fmpq(0))
    for i, X in enumerate(fields):
        for Y in fields[:i]:
            for k in range(polynomial_map.parameters):
                total = zero
                for m in range(polynomial_map.parameters):
                    total += X[m] * Y[k].derivative(m) - Y[m] * X[k].derivative(m)
                if len(total):
                    return False
    return True
