"""litproof: theorems about the implicit bias of gradient flow, derived, followed and proved.

The public names load on first use, so that ``import litproof`` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litproof.bias.candidates import study as compare_regularisers
    from litproof.bias.family import family as regularisers
    from litproof.certify.regression.enclosure import enclose_regression
    from litproof.claims.claim import claim
    from litproof.claims.types import Answer, Check, Hypothesis, Instance, Mutant
    from litproof.claims.verification import verify
    from litproof.derive.latex.document import to_latex
    from litproof.errors import Inconclusive, InputError, LitproofError, Outcome
    from litproof.integrate.classification.follow import follow_direction, sample_path
    from litproof.integrate.regression.follow import follow_to_limit
    from litproof.laws import discover as discover_conserved
    from litproof.laws import polynomial_map
    from litproof.laws.symmetry import linear_symmetries
    from litproof.limits.find import LimitResult, find_limit
    from litproof.mpmath_interface import trajectory, velocity
    from litproof.predict.classification.limit import predict_direction
    from litproof.predict.regression.limit import predict_regression
    from litproof.problem import Problem
    from litproof.problem_file import problem_from_mapping, read_problem, write_problem
    from litproof.results import Evidence, Measurement, Prediction
    from litproof.starter import example_problem
    from litproof.sweep.grid import read_grid
    from litproof.sweep.run import run_grid
    from litproof.sympy_interface import (
        conserved_quantities,
        gradient_flow,
        limit_formula,
        potential,
        reduced_flow,
    )
    from litproof.theorems.derivations import derivation
    from litproof.theorems.problem_derivation import derive_problem

__version__ = "0.1.0"

_HOME: dict[str, str] = {
    "Answer": "claims.types",
    "Check": "claims.types",
    "Evidence": "results",
    "Hypothesis": "claims.types",
    "Inconclusive": "errors",
    "InputError": "errors",
    "Instance": "claims.types",
    "LimitResult": "limits.find",
    "LitproofError": "errors",
    "Measurement": "results",
    "Mutant": "claims.types",
    "Outcome": "errors",
    "Prediction": "results",
    "Problem": "problem",
    "claim": "claims.claim",
    "compare_regularisers": "bias.candidates:study",
    "conserved_quantities": "sympy_interface",
    "derivation": "theorems.derivations",
    "derive_problem": "theorems.problem_derivation",
    "discover_conserved": "laws:discover",
    "enclose_regression": "certify.regression.enclosure",
    "example_problem": "starter",
    "find_limit": "limits.find",
    "follow_direction": "integrate.classification.follow",
    "follow_to_limit": "integrate.regression.follow",
    "gradient_flow": "sympy_interface",
    "limit_formula": "sympy_interface",
    "linear_symmetries": "laws.symmetry",
    "polynomial_map": "laws",
    "potential": "sympy_interface",
    "predict_direction": "predict.classification.limit",
    "predict_regression": "predict.regression.limit",
    "problem_from_mapping": "problem_file",
    "read_grid": "sweep.grid",
    "read_problem": "problem_file",
    "reduced_flow": "sympy_interface",
    "regularisers": "bias.family:family",
    "run_grid": "sweep.run",
    "sample_path": "integrate.classification.follow",
    "to_latex": "derive.latex.document",
    "trajectory": "mpmath_interface",
    "velocity": "mpmath_interface",
    "verify": "claims.verification",
    "write_problem": "problem_file",
}
"""Public name -> module, and the name there where it differs. The imports above say the same to type checkers."""

_FORMER = {"discover": "discover_conserved", "family": "regularisers", "study": "compare_regularisers"}
"""Names of version 0.1 that still work."""

__all__ = [
    "Answer",
    "Check",
    "Evidence",
    "Hypothesis",
    "Inconclusive",
    "InputError",
    "Instance",
    "LimitResult",
    "LitproofError",
    "Measurement",
    "Mutant",
    "Outcome",
    "Prediction",
    "Problem",
    "__version__",
    "claim",
    "compare_regularisers",
    "conserved_quantities",
    "derivation",
    "derive_problem",
    "discover_conserved",
    "enclose_regression",
    "example_problem",
    "find_limit",
    "follow_direction",
    "follow_to_limit",
    "gradient_flow",
    "limit_formula",
    "linear_symmetries",
    "polynomial_map",
    "potential",
    "predict_direction",
    "predict_regression",
    "problem_from_mapping",
    "read_grid",
    "read_problem",
    "reduced_flow",
    "regularisers",
    "run_grid",
    "sample_path",
    "to_latex",
    "trajectory",
    "velocity",
    "verify",
    "write_problem",
]

if not TYPE_CHECKING:  # a type checker must see unknown names as errors

    def __getattr__(name: str) -> object:
        name = _FORMER.get(name, name)
        if name not in _HOME:
            raise AttributeError(f"module 'litproof' has no attribute {name!r}")
        module, _, attribute = _HOME[name].partition(":")
        return getattr(import_module(f"litproof.{module}"), attribute or name)


def __dir__() -> list[str]:
    return sorted(__all__)
