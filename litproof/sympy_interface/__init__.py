"""The theory of one problem as sympy objects, all in the same symbols (`v[l,j]`, real, shown as v_{l,j}).

`gradient_flow`, `reduced_flow`, `conserved_quantities`, `potential` and `limit_formula` take a `Problem`. What they
return prints as LaTeX in a notebook, has `latex()`, and its expressions go through `sympy.lambdify` as they are.
"""

from litproof.sympy_interface.equations import gradient_flow
from litproof.sympy_interface.laws import ConservedQuantities, conserved_quantities
from litproof.sympy_interface.limit import LimitFormula, limit_formula
from litproof.sympy_interface.potential import Potential, potential
from litproof.sympy_interface.reduced import ReducedFlow, reduced_flow

__all__ = [
    "ConservedQuantities",
    "LimitFormula",
    "Potential",
    "ReducedFlow",
    "conserved_quantities",
    "gradient_flow",
    "limit_formula",
    "potential",
    "reduced_flow",
]
