"""Conserved quantities of one problem, in the symbols of its equations, each checked along its own flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from litproof.flow.equations import Flow
from litproof.laws.report import LawReport
from litproof.laws.search import discover_conserved
from litproof.laws.symmetry import SymmetryReport, explains, linear_symmetries
from litproof.networks.base import Network
from litproof.problem import Problem
from litproof.sympy_interface.equations import gradient_flow


@dataclass(frozen=True)
class ConservedQuantities:
    """The conserved polynomials found; iterates over them as sympy expressions.

    Attributes
    ----------
    flow : the equations that they were checked against.
    report : the search: names, number, Lie dimension, completeness.
    network : whose parameters they are made of.
    """

    flow: Flow
    report: LawReport
    network: Network

    @cached_property
    def named(self) -> dict[str, sp.Expr]:
        """Name -> expression."""
        return {quantity.name: quantity.expression for quantity in self.report.quantities}

    @cached_property
    def derivatives(self) -> tuple[sp.Expr, ...]:
        """d/dt of each along the flow in normal form; zeros when all is well."""
        return tuple(self.flow.derivative(expression) for expression in self)

    @property
    def holds(self) -> bool:
        """Whether every derivative reduces to zero."""
        return not any(self.derivatives)

    @property
    def complete(self) -> bool:
        """Whether every function that is conserved for all data and losses is proved to be a function of these."""
        return self.report.complete

    @cached_property
    def symmetries(self) -> SymmetryReport:
        """Linear symmetries of the map theta -> beta (Noether): their symmetric part yields the quadratic laws."""
        return linear_symmetries(self.network)

    @property
    def explained(self) -> bool:
        """Whether the quadratic laws found are those that the linear symmetries yield."""
        return explains(self.symmetries, [quantity.law for quantity in self.report.quantities])

    def __iter__(self) -> Iterator[sp.Expr]:
        return iter(self.named.values())

    def __len__(self) -> int:
        return len(self.named)

    def __getitem__(self, number: int) -> sp.Expr:
        return tuple(self)[number]

    def latex(self) -> str:
        """The quantities as an aligned display."""
        lines = (rf"&{sp.latex(expression)} = \text{{const}}" for expression in self)
        return "\\begin{aligned}" + " \\\\\n".join(lines) + "\\end{aligned}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


def conserved_quantities(problem: Problem, degree: int = 2) -> ConservedQuantities:
    """The conserved polynomials of the problem's network up to `degree`, for every data set and loss.

    Each is decided on the architecture alone (`litproof.laws`); `derivatives` then reduces its time derivative along
    this problem's own equations.

    Raises
    ------
    InputError, Inconclusive : a degree below 1; a degree out of reach.

    Examples
    --------
    >>> from litproof import example_problem
    >>> laws = conserved_quantities(example_problem("regression"))
    >>> laws[0], laws.derivatives, laws.complete
    (v[1,1]**2 - v[2,1]**2, (0, 0), True)
    """
    return ConservedQuantities(
        gradient_flow(problem), discover_conserved(problem.network, degree), problem.network
    )
