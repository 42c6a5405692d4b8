"""litproof: theorems about the implicit bias of gradient flow, derived, followed and proved.

The public names load on first use, so that ``import litproof`` stays light.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC: dict[str, str] = {
    "Problem": "litproof.problem",
    "read_problem": "litproof.problem_file",
    "problem_from_mapping": "litproof.problem_file",
    "write_problem": "litproof.problem_file",
    "example_problem": "litproof.starter",
    "Evidence": "litproof.results",
    "Prediction": "litproof.results",
    "Measurement": "litproof.results",
    "find_limit": "litproof.limits.find",
    "LimitResult": "litproof.limits.find",
    "predict_regression": "litproof.predict.regression.limit",
    "predict_direction": "litproof.predict.classification.limit",
    "follow_to_limit": "litproof.integrate.regression.follow",
    "follow_direction": "litproof.integrate.classification.follow",
    "sample_path": "litproof.integrate.classification.follow",
    "enclose_regression": "litproof.certify.regression.enclosure",
    "verify": "litproof.claims.verification",
    "claim": "litproof.claims.claim",
    "Mutant": "litproof.claims.claim",
    "Instance": "litproof.claims.claim",
    "Hypothesis": "litproof.claims.claim",
    "Check": "litproof.claims.claim",
    "Answer": "litproof.claims.claim",
    "discover": "litproof.laws",
    "polynomial_map": "litproof.laws",
    "derivation": "litproof.theorems.derivations",
    "to_latex": "litproof.derive.latex.document",
    "family": "litproof.conjecture.family",
    "study": "litproof.conjecture.study",
    "read_grid": "litproof.sweep.grid",
    "run_grid": "litproof.sweep.run",
    "InputError": "litproof.errors",
    "Inconclusive": "litproof.errors",
    "LitproofError": "litproof.errors",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'litproof' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
