"""The result of a search for conserved quantities: what was found, how many there are, and the proof data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litproof.algebra.sparse_polynomials import degree, to_text
from litproof.laws.bracket import LieCount
from litproof.laws.kernel import Law
from litproof.markup import grid, listing


@dataclass(frozen=True)
class Quantity:
    """One conserved polynomial.

    Attributes
    ----------
    name : in words or matrix notation, e.g. "W1^T W1 - W2 W2^T [1,2]".
    law : {monomial: integer}, monomials as sorted tuples of parameter numbers from 0.
    variables : names of all parameters of the map, which the numbers of `law` stand for.
    independent : whether it is functionally independent of the quantities before it; these are a basis.
    symbols : the sympy symbols that the map was given in; () for those of `flow.parameters`.
    """

    name: str
    law: Law
    variables: tuple[str, ...]
    independent: bool = True
    symbols: tuple[Any, ...] = field(default=(), compare=False)

    @property
    def polynomial(self) -> str:
        """The quantity as text in the parameters' names, with Python's operators."""
        return to_text(self.law, self.variables)

    @property
    def expression(self) -> Any:
        """The quantity as a sympy expression."""
        import sympy as sp

        from litproof.flow.parameters import Parameter

        theta = self.symbols or [Parameter(name) for name in self.variables]
        return sp.Add(*(c * sp.Mul(*(theta[i] for i in monomial)) for monomial, c in self.law.items()))

    @property
    def degree(self) -> int:
        """Total degree."""
        return degree(self.law)


@dataclass(frozen=True)
class ComponentCount:
    """The count on one independent component of the map.

    Attributes
    ----------
    variables : numbers of its parameters.
    independent : functionally independent laws of the degree asked for or less.
    lie : lower bound of the Lie dimension; laws and brackets are counted at its point.
    upper : proved upper bound of the Lie dimension.
    reason : what proves the upper bound.
    """

    variables: tuple[int, ...]
    independent: int
    lie: LieCount
    upper: int
    reason: str


@dataclass(frozen=True)
class LawReport:
    """Conserved polynomials of degree <= `degree` for every data set and loss, and whether there are more.

    Attributes
    ----------
    kind : kind of network, or "polynomial".
    variables : names of the D parameters.
    degree : highest degree searched.
    quantities : generators: every conserved polynomial of that degree or less is a polynomial in them.
    components : counts with proof data, one for each independent component of the map.
    seconds : wall time of the search.
    """

    kind: str
    variables: tuple[str, ...]
    degree: int
    quantities: tuple[Quantity, ...]
    components: tuple[ComponentCount, ...]
    seconds: float

    @property
    def parameters(self) -> int:
        """D."""
        return len(self.variables)

    @property
    def rank(self) -> int:
        """Number of functionally independent polynomial laws of degree <= `degree`."""
        return sum(part.independent for part in self.components)

    @property
    def lie_dimension(self) -> int:
        """Dimension of the generated Lie algebra at generic points: a lower bound, exact if `lie_exact`."""
        return sum(part.lie.dimension for part in self.components)

    @property
    def lie_upper(self) -> int:
        """Proved upper bound of the Lie dimension."""
        return sum(part.upper for part in self.components)

    @property
    def lie_exact(self) -> bool:
        """Whether lower and upper bound of the Lie dimension meet."""
        return self.lie_dimension == self.lie_upper

    @property
    def laws(self) -> int:
        """Number of independent conserved functions of any kind, D - lie_dimension (at most unless exact)."""
        return self.parameters - self.lie_dimension

    @property
    def independent(self) -> bool:
        """Whether all quantities together are functionally independent."""
        return all(quantity.independent for quantity in self.quantities)

    @property
    def complete(self) -> bool:
        """Whether every conserved function of any kind is proved to be a function of those found."""
        return self.lie_exact and self.rank == self.laws

    @property
    def verdict(self) -> str:
        """One sentence on completeness."""
        if self.complete:
            return "complete: every conserved function is a function of these"
        least = self.parameters - self.lie_upper - self.rank
        most = self.laws - self.rank
        missing = f"{most}" if least == most else f"between {least} and {most}"
        return f"not complete at degree {self.degree}: {missing} further independent conserved function(s)"

    def to_json(self, *, certificate: bool = False) -> dict[str, Any]:
        """The mapping of `conserved --json` (schema 1); `certificate` adds the proof data of the counts."""
        result: dict[str, Any] = {
            "schema": 1,
            "kind": self.kind,
            "parameters": self.parameters,
            "degree": self.degree,
            "found": self.rank,
            "lie_dimension": self.lie_dimension,
            "lie_upper": self.lie_upper,
            "lie_exact": self.lie_exact,
            "laws": self.laws,
            "complete": self.complete,
            "verdict": self.verdict,
            "quantities": [
                {"name": q.name, "polynomial": q.polynomial, "independent": q.independent}
                for q in self.quantities
            ],
            "seconds": round(self.seconds, 4),
        }
        if certificate:
            result["certificate"] = [_certificate(part) for part in self.components]
        return result

    @property
    def summary(self) -> str:
        """One line: how many laws were found, how many there are, and whether the list is complete."""
        bound = "" if self.lie_exact else "at most "
        return f"{self.rank} independent of degree <= {self.degree}, {bound}{self.laws} of any kind: {self.verdict}"

    def __str__(self) -> str:
        return listing((*((q.name, q.polynomial) for q in self.quantities), ("in all", self.summary)))

    def _repr_html_(self) -> str:
        rows = ((q.name, q.polynomial) for q in self.quantities)
        return grid(("conserved", "polynomial"), (*rows, ("in all", self.summary)))

    def to_latex(self) -> str:
        """The quantities as an aligned display; a star marks a basis, unless all are independent."""
        from litproof.flow.parameters import name_in_latex

        names = tuple(name_in_latex(name) for name in self.variables)
        mark = "" if self.independent else "\\tag*{$\\ast$}"
        lines = (
            f"&{to_text(q.law, names, '^{{{}}}', ' ')} = \\text{{const}}{mark if q.independent else ''}"
            for q in self.quantities
        )
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}\n" if self.quantities else ""


def _certificate(part: ComponentCount) -> Mapping[str, Any]:
    return {
        "variables": [i + 1 for i in part.variables],
        "independent_laws": part.independent,
        "lie_lower": part.lie.dimension,
        "lie_upper": part.upper,
        "upper_bound_by": part.reason,
        "bracket_length": part.lie.levels,
        "prime": str(part.lie.prime),
        "point": [str(entry) for entry in part.lie.point],
        "coordinates": [c + 1 for c in part.lie.outputs],
        "controls": [[str(entry) for entry in control] for control in part.lie.controls],
    }
