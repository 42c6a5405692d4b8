"""Flows whose beta moves in the row space of X: the limit is the interpolator nearest to beta(theta_0) in l2.

W is the smallest linear space such that the velocities J^T X^T r at theta_0 + W lie in W for every r. The flow stays in
theta_0 + W for every loss; beta is looked at there. One layer is such a case, and every start that is fixed by a
reflection which fixes the row space: layers that are multiples of isometries, the last one zero. Decided over Q, by the
coefficients of polynomials on W.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from litproof.algebra.linear import rank, row_echelon
from litproof.bias.regulariser import Regulariser
from litproof.flow.monomials import BoundedPolynomials
from litproof.flow.program import Operators
from litproof.flow.trace import trace_gradient
from litproof.laws.modular_gradients import PRIME
from litproof.problem import Problem


def in_row_space(problem: Problem) -> Regulariser | None:
    """The l2 distance from beta(theta_0), where the flow provably moves in the row space."""
    if _leaves(problem):
        return None
    rows, size = problem.X, sum(problem.network.shapes)
    program = trace_gradient(problem.network)
    start = [x for layer in problem.v0 for x in layer]
    basis: list[list[Fraction]] = []
    rng, silent = Random(0), 0
    while silent < 2:
        point = _point(start, basis, rng)
        gradients = [program.evaluate(Operators(), [*point, *row], "gradient") for row in rows]
        larger = row_echelon([*basis, *gradients])[0]
        silent = silent + 1 if len(larger) == len(basis) else 0
        basis = larger
        if len(basis) == size:
            break
    if not _stays(problem, start, basis):
        return None
    origin = problem.network.coefficients(problem.v0)
    formula = " + ".join(
        f"beta[{j}]^2" if not b else f"(beta[{j}] {'-' if b > 0 else '+'} {abs(b)})^2"
        for j, b in enumerate(origin, 1)
    )
    name = "l2 distance from the start" if any(origin) else "l2 norm"
    space = f"the flow keeps {len(basis)} of {size} dimensions, where beta moves in the row space of X"
    return Regulariser(
        name, formula, "this start, these inputs, all targets and losses", f"exact: {space} (R7, R9)"
    )


def _point(start: Sequence[Fraction], basis: Sequence[Sequence[Fraction]], rng: Random) -> list[Fraction]:
    weights = [rng.randint(-9, 9) for _ in basis]
    return [x + sum(w * row[k] for w, row in zip(weights, basis, strict=True)) for k, x in enumerate(start)]


def _leaves(problem: Problem) -> bool:
    """Whether beta is seen to leave beta(start) + row space, modulo a prime; a denominator may prevent it."""
    from flint import nmod_mat

    prime, program = PRIME, trace_gradient(problem.network)

    def ring(q: Fraction) -> Any:
        return nmod(q.numerator, prime) / nmod(q.denominator, prime)

    from flint import nmod

    try:
        operators = Operators(ring)
        start = [ring(x) for layer in problem.v0 for x in layer]
        rows = [[ring(x) for x in row] for row in problem.X]
    except ZeroDivisionError:
        return False
    zero, rng = ring(Fraction(0)), Random(1)
    origin = program.evaluate(operators, [*start, *[zero] * len(rows[0])], "beta")
    inside = int(nmod_mat([[int(x) for x in row] for row in rows], prime).rank())
    moves: list[list[Any]] = []
    for _ in range(6):
        point = start
        for move in moves:
            w = ring(Fraction(rng.randrange(1, 10**6)))
            point = [x + w * m for x, m in zip(point, move, strict=True)]
        beta = program.evaluate(operators, [*point, *[zero] * len(rows[0])], "beta")
        shifted = [
            [int(x) for x in row] for row in (*rows, [a - b for a, b in zip(beta, origin, strict=True)])
        ]
        if int(nmod_mat(shifted, prime).rank()) > inside:
            return True
        weights = [ring(Fraction(rng.randrange(1, 10**6))) for _ in rows]
        pull = [
            sum((w * row[z] for w, row in zip(weights, rows, strict=True)), zero) for z in range(len(rows[0]))
        ]
        moves.append(program.evaluate(operators, [*point, *pull], "gradient"))
    return False


def _stays(problem: Problem, start: Sequence[Fraction], basis: Sequence[Sequence[Fraction]]) -> bool:
    """Whether theta_0 + W is kept and beta moves in the row space there: all coefficients of the polynomials in s."""
    from flint import Ordering, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get([f"s{k}" for k in range(len(basis))], Ordering.lex)
    ring = BoundedPolynomials(context)
    number = ring.number
    point = [
        sum((number(row[k]) * s for row, s in zip(basis, context.gens(), strict=True) if row[k]), number(x))
        for k, x in enumerate(start)
    ]
    program = trace_gradient(problem.network)
    try:
        for row in problem.X:
            velocity = program.evaluate(ring, [*point, *map(number, row)], "gradient")
            if rank([*basis, *_coefficients(velocity)]) > len(basis):
                return False
        beta = program.evaluate(ring, [*point, *[number(Fraction(0))] * problem.network.input_dim], "beta")
    except OverflowError:
        return False
    moving = _coefficients(beta, constant=False)
    return not moving or rank([*problem.X, *moving]) == rank(problem.X)


def _coefficients(polynomials: Sequence[Any], *, constant: bool = True) -> list[list[Fraction]]:
    """One vector a monomial."""
    tables = [p.to_dict() for p in polynomials]
    monomials = {m for table in tables for m in table if constant or any(map(int, m))}
    return [
        [Fraction(int(q.p), int(q.q)) if (q := table.get(m)) is not None else Fraction(0) for table in tables]
        for m in sorted(monomials)
    ]
