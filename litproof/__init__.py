"""litproof: theorems about the implicit bias of gradient flow, derived, followed and proved.

The public names load on first use, so that ``import litproof`` stays light.
"""

import os
from typing import TYPE_CHECKING

from litproof.lazy_names import lazy_names

# Matrices have a few hundred rows, and claims run in processes of their own: threads inside one factorisation cost
# many times what they save. It takes effect when numpy is not loaded yet.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from litproof.bias.candidates import compare_regularisers as compare_regularisers
    from litproof.bias.family import regularisers as regularisers
    from litproof.bias.mirror_map import MirrorMap as MirrorMap
    from litproof.certify.regression.enclosure import enclose_regression as enclose_regression
    from litproof.claims.claim import claim as claim
    from litproof.claims.types import (
        Answer as Answer,
        Check as Check,
        Hypothesis as Hypothesis,
        Instance as Instance,
        Mutant as Mutant,
    )
    from litproof.claims.verification import verify as verify
    from litproof.derive.latex.document import to_latex as to_latex
    from litproof.errors import (
        Inconclusive as Inconclusive,
        InputError as InputError,
        LitproofError as LitproofError,
        Outcome as Outcome,
    )
    from litproof.integrate.classification.follow import (
        follow_direction as follow_direction,
    )
    from litproof.integrate.classification.samples import sample_path as sample_path
    from litproof.integrate.regression.follow import follow_to_limit as follow_to_limit
    from litproof.laws import discover_conserved as discover_conserved, polynomial_map as polynomial_map
    from litproof.laws.symmetry import linear_symmetries as linear_symmetries
    from litproof.limits.find import LimitResult as LimitResult, find_limit as find_limit
    from litproof.mpmath_interface import trajectory as trajectory, velocity as velocity
    from litproof.predict.classification.limit import predict_direction as predict_direction
    from litproof.predict.regression.limit import predict_regression as predict_regression
    from litproof.problem import Problem as Problem
    from litproof.problem_file import (
        problem_from_mapping as problem_from_mapping,
        read_problem as read_problem,
        write_problem as write_problem,
    )
    from litproof.results import Evidence as Evidence, Measurement as Measurement, Prediction as Prediction
    from litproof.starter import example_problem as example_problem
    from litproof.sweep.grid import read_grid as read_grid
    from litproof.sweep.run import run_grid as run_grid
    from litproof.sympy_interface import (
        conserved_quantities as conserved_quantities,
        gradient_flow as gradient_flow,
        limit_formula as limit_formula,
        potential as potential,
        reduced_flow as reduced_flow,
    )
    from litproof.theorems.derivations import derivation as derivation
    from litproof.theorems.problem_derivation import derive_problem as derive_problem

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
    "MirrorMap": "bias.mirror_map",
    "Mutant": "claims.types",
    "Outcome": "errors",
    "Prediction": "results",
    "Problem": "problem",
    "claim": "claims.claim",
    "compare_regularisers": "bias.candidates",
    "conserved_quantities": "sympy_interface",
    "derivation": "theorems.derivations",
    "derive_problem": "theorems.problem_derivation",
    "discover_conserved": "laws",
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
    "regularisers": "bias.family",
    "run_grid": "sweep.run",
    "sample_path": "integrate.classification.samples",
    "to_latex": "derive.latex.document",
    "trajectory": "mpmath_interface",
    "velocity": "mpmath_interface",
    "verify": "claims.verification",
    "write_problem": "problem_file",
}
"""Public name -> module. The imports above say the same to type checkers."""

__all__ = ["__version__", *_HOME]

if not TYPE_CHECKING:  # a type checker must see unknown names as errors
    __getattr__, __dir__ = lazy_names(__name__, _HOME)
