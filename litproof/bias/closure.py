"""Indication, exact: whether beta moves by itself, and whether its flow can be a mirror flow.

beta' = -G grad, G = J J^T, H = G^-1, X_z = grad beta_z, d/dbeta_k = sum_i H_ki X_i. A mirror flow, in this time or
another, needs some phi with phi_k H_ij - phi_j H_ik = d_j H_ik - d_k H_ij; contracting with G gives (d - 1) phi_k =
sum_ij G_ij (d_j H_ik - d_k H_ij), and what remains of the condition is decided, modulo a large prime. Why, and why it
does not decide about one start: `derivations/bodies/bias-no-regulariser.tex` (`litproof derive B1`).
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import nmod_mat

from litproof.flow.program import Program
from litproof.laws.architectures import map_of
from litproof.laws.bracket import count_brackets
from litproof.laws.independence import random_point
from litproof.laws.modular_gradients import PRIME, ModularProgram, numbers, residue
from litproof.laws.program import COORDINATES
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
    closed : whether beta moves by itself near the start: True, False, or None where the start is too special to tell.
    warped : whether H passes the test at a generic point (False is proved); None where beta does not move by itself
        there, or has one coordinate.
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
        if self.closed is False:
            return f"{text}: beta does not move by itself, no potential on open sets of starts"
        if self.closed is None:
            return text
        tail = {
            True: ", and passes the test of a mirror flow (perhaps in another time)",
            False: ", but not as a mirror flow in any time",
            None: "",
        }
        return f"{text}: beta moves by itself{tail[self.warped]}"


def closure(problem: Problem) -> Closure:
    """Brackets at the start and the test of H at a generic point."""
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
        closed = False if lie > reachable else True if lie == rank else None
        warped = None
        if (
            closed is not False
            and count_brackets(program, generic, program.inputs, prime=prime).dimension == reachable
        ):
            warped = _warped(program, modular, generic)
        return Closure(lie, rank, reachable, closed, warped)
    raise ArithmeticError("the start has no residues")  # more primes divide its denominators than were tried


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


def _warped(program: Program, modular: ModularProgram, point: tuple[int, ...]) -> bool | None:
    """The condition on H at the point; None for fewer than two independent coordinates, or dependent ones."""
    prime, ring, d = modular.prime, numbers(modular.prime), len(program.outputs[COORDINATES])
    J = _gradients(modular, point)
    values = modular.values(point, ring)
    adjoints = [modular.adjoints(values, {c: 1}, ring) for c in range(d)]

    def matrix(rows: list[list[int]]) -> nmod_mat:
        return nmod_mat(len(rows), len(rows[0]), [x % prime for row in rows for x in row], prime)

    jacobian = matrix(J)
    gram = jacobian * jacobian.transpose()
    if d < 2 or int(gram.rank()) < d:
        return None
    H, along = gram.inv(), []
    for direction in J:
        moved = matrix([modular.hessian_product(values, adjoint, direction, ring) for adjoint in adjoints])
        half = moved * jacobian.transpose()
        along.append(-(H * (half + half.transpose()) * H))
    R = range(d)
    dH = [[[sum(int(H[k, i]) * int(along[i][a, b]) for i in R) % prime for b in R] for a in R] for k in R]

    def skew(i: int, j: int, k: int) -> int:
        return dH[j][i][k] - dH[k][i][j]

    share = pow(d - 1, -1, prime)
    phi = [sum(int(gram[i, j]) * skew(i, j, k) for i in R for j in R) * share % prime for k in R]
    return all(
        (phi[k] * int(H[i, j]) - phi[j] * int(H[i, k]) - skew(i, j, k)) % prime == 0
        for i in R for j in R for k in range(j)
    )  # fmt: skip
