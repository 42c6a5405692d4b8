"""What integration may cost, counted in operations, so that every machine gives up at the same place.

The unit is one product, or one term of an affine form, on balls or fixed-point numbers of ordinary size, about half a
microsecond on a core of 2024. The counts are estimates from sizes, good to a factor of two or so; what matters is that
they depend on nothing else. Seconds are for a person who waits (`litproof.deadline`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf

from litproof.errors import Inconclusive, Outcome
from litproof.flow.program import Linear, Program

SECOND = 2_000_000
"""Operations that take about one second."""


@dataclass
class Budget:
    """Operations that are left to spend.

    Attributes
    ----------
    operations : all there were. spent : so far.
    """

    operations: float = inf
    spent: float = 0.0

    def spend(self, operations: float) -> None:
        """Count operations."""
        self.spent += operations

    @property
    def used_up(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.operations


_allowance: ContextVar[Budget | None] = ContextVar("litproof_allowance", default=None)


@contextmanager
def allowance(operations: float) -> Iterator[None]:
    """All integrators together may spend so many operations inside the block; then they raise `Inconclusive`."""
    token = _allowance.set(Budget(operations))
    try:
        yield
    finally:
        _allowance.reset(token)


def spend_allowance(operations: float) -> None:
    """Count operations towards the allowance, if there is one.

    Raises
    ------
    Inconclusive : it is used up.
    """
    whole = _allowance.get()
    if whole is None:
        return
    whole.spent += operations
    if whole.used_up:
        message = f"allowance of {whole.operations:.2g} operations used up"
        raise Inconclusive(message, outcome=Outcome.BUDGET)


def operations_of(program: Program) -> int:
    """Products and terms of a straight-line program."""
    return sum(len(step.args) if isinstance(step, Linear) else 1 for step in program.code)


def taylor_cost(program: Program, order: int) -> float:
    """One Taylor step in fixed point: series products of `order` terms."""
    return series_cost(operations_of(program), order)


def series_cost(operations: float, order: int) -> float:
    """The same for a right-hand side of so many operations."""
    return operations * order * (1 + order / 30)


def collocation_cost(program: Program, nodes: int) -> float:
    """One interval of collocation: sweeps over the nodes and their integration."""
    return sweeps_cost(operations_of(program), nodes)


def sweeps_cost(operations: int, nodes: int) -> float:
    """The same for a right-hand side of so many operations."""
    return operations * nodes * (2 + nodes / 8)


def radau_cost(variables: int, stages: int, terms: int) -> float:
    """One attempt of an implicit step of `stages` stages: a few factorisations in doubles and sweeps over the terms.

    More stages stand for more digits, which take more sweeps.
    """
    return stages * (variables**2 + (10 + stages / 3) * (terms + variables * stages))


def hessian_cost(gradient: Program, parameters: int) -> float:
    """One Hessian in balls and a bound of its eigenvalues, which takes products of matrices where there are many."""
    return max(parameters * (operations_of(gradient) + parameters), parameters**3 / 50)
