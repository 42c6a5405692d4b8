"""Indication, exact: whether beta moves by itself, and whether its flow can be a mirror flow.

beta moves by itself where the Lie algebra of its gradients X has as many dimensions as they span. Where the algebra is
larger, the part of a bracket [X_b, X_c] that does not move beta is followed: if J J^T changes along it, beta does not
move by itself. Whether there can be a mirror flow, in this time or another, is decided by `rescaled_fields`. All modulo
a large prime; why it does not decide about one start: `litproof derive B1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from flint import nmod_mat

from litproof.bias.rescaled_fields import mirror_condition
from litproof.laws.architectures import map_of
from litproof.laws.bracket import count_brackets
from litproof.laws.independence import random_point
from litproof.laws.modular_gradients import PRIME, ModularProgram, numbers, residue
from litproof.problem import Problem

PRIMES = (PRIME, 2**61 - 31, 2**61 - 45)
"""Tried in turn where one divides a denominator of the start."""


@dataclass(frozen=True)
class Closure:
    """What the brackets say.

    Attributes
    ----------
    lie_dimension : of the Lie algebra at the start, counted modulo a prime: a proved lower bound.
    rank : of J at the start. reachable : of J at a generic point, at least.
    closed : whether beta moves by itself, whatever the data: True (near the start), False (on open sets of starts), or
        None where that is not decided.
    warped : whether the condition of a mirror flow holds at a generic point (False is proved: there is none on open
        sets of starts); None where gradients are dependent or there is one coefficient.
    """

    lie_dimension: int
    rank: int
    reachable: int
    closed: bool | None
    warped: bool | None

    @property
    def description(self) -> str:
        """One line."""
        text = f"Lie algebra of dimension {self.lie_dimension} at the start, beta moves in {self.reachable}"
        none = "no mirror flow on open sets of starts"
        if self.closed is False:
            return f"{text}: beta does not move by itself, {none}"
        tail = {True: "the condition of a mirror flow (perhaps in another time) holds", False: none, None: ""}
        moves = "beta moves by itself" if self.closed else "not decided whether beta moves by itself"
        return f"{text}: {moves}{(self.warped is not None and ', ') or ''}{tail[self.warped]}"


def closure(problem: Problem) -> Closure:
    """Brackets at the start, and the test of a mirror flow at a generic point."""
    program = map_of(problem.network).program
    theta = [entry for layer in problem.v0 for entry in layer]
    generic = random_point(program.inputs)
    for prime in PRIMES:
        try:
            start = tuple(residue(entry, prime) for entry in theta)
            modular = ModularProgram(program, prime)
        except ZeroDivisionError:
            continue
        rank, reachable = (_rank(modular, point) for point in (start, generic))
        lie = count_brackets(program, start, program.inputs, prime=prime).dimension
        closed = True if lie == rank else None if lie <= reachable else _feels(modular, generic)
        warped = None
        if reachable == len(modular.outputs) > 1:
            warped = mirror_condition(program, generic, prime)
        return Closure(lie, rank, reachable, closed, warped)
    raise ArithmeticError("the start has no residues")  # more primes divide its denominators than were tried


def _feels(modular: ModularProgram, point: tuple[int, ...]) -> bool | None:
    """False where J J^T changes along the part of a bracket that does not move beta; None where it does not.

    One bracket of random combinations of the gradients stands for all: J J^T changes along it as a polynomial in them.
    """
    prime, ring, rng = modular.prime, numbers(modular.prime), Random(0)
    values, d = modular.values(point, ring), len(modular.outputs)
    J = _gradients(modular, point)
    adjoints = [modular.adjoints(values, {c: 1}, ring) for c in range(d)]
    one, two = ({c: rng.randrange(1, prime) for c in range(d)} for _ in range(2))
    X, Y = (modular.gradient(values, weights, ring) for weights in (one, two))
    seeds = [modular.adjoints(values, weights, ring) for weights in (one, two)]
    into, out = (
        modular.hessian_product(values, seed, way, ring) for seed, way in ((seeds[1], X), (seeds[0], Y))
    )
    bracket = [(a - b) % prime for a, b in zip(into, out, strict=True)]
    jacobian = nmod_mat(d, len(J[0]), [x for row in J for x in row], prime)
    gram = jacobian * jacobian.transpose()
    if int(gram.rank()) < d:
        return None
    moved = jacobian * nmod_mat(len(bracket), 1, bracket, prime)
    along = (jacobian.transpose() * gram.solve(moved)).entries()
    still = [(x - int(y)) % prime for x, y in zip(bracket, along, strict=True)]
    turned = [modular.hessian_product(values, adjoint, still, ring) for adjoint in adjoints]
    half = nmod_mat(d, len(J[0]), [x % prime for row in turned for x in row], prime) * jacobian.transpose()
    return False if any(int(x) for x in (half + half.transpose()).entries()) else None


def _gradients(modular: ModularProgram, point: tuple[int, ...]) -> list[list[int]]:
    ring = numbers(modular.prime)
    values = modular.values(point, ring)
    return [
        [entry % modular.prime for entry in modular.gradient(values, {c: 1}, ring)]
        for c in range(len(modular.outputs))
    ]


def _rank(modular: ModularProgram, point: tuple[int, ...]) -> int:
    rows = _gradients(modular, point)
    return int(nmod_mat(len(rows), len(rows[0]), [x for row in rows for x in row], modular.prime).rank())
