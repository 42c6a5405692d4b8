"""Indication, exact: whether beta moves by itself, and whether its flow can be a mirror flow.

beta moves by itself where the Lie algebra of its gradients has as many dimensions as they span; whether that is a
mirror flow, in this time or another, is decided by `rescaled_fields`. Both modulo a large prime; why they do not decide
about one start: `derivations/bodies/bias-no-regulariser.tex` (`litproof derive B1`).
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import nmod_mat

from litproof.bias.rescaled_fields import commutes_after_rescaling
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
    closed : whether beta moves by itself near the start: True, False, or None where the start is too special to tell.
    warped : whether gradients commute after division by some g at a generic point (False is proved); None where beta
        does not move by itself there, or has one coordinate.
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
        closed = False if lie > reachable else True if lie == rank else None
        warped = None
        if (
            closed is not False
            and count_brackets(program, generic, program.inputs, prime=prime).dimension == reachable
        ):
            warped = None if len(modular.outputs) < 2 else commutes_after_rescaling(program, generic, prime)
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
