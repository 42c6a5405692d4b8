"""The theorems: one folder each, named by its id, with claim and derivation side by side.

`litproof.theorems.<family>.<name>` holds what "family/name" says: `claim.py` registers it, `derivation.py` derives it.
"""

from collections.abc import Mapping

THEOREMS: Mapping[str, str] = {
    "network/forward-is-tensor": "N1",
    "network/odeco-form": "N2",
    "ykm/conserved-odeco": "C1",
    "ykm/conserved-norms": "C2",
    "ykm/conserved-balancedness": "C3",
    "ykm/conserved-sensing": "C4",
    "ykm/conserved-diagonal-convolution": "C5",
    "mgp/conserved-complete": "C6",
    "ykm/regression-convergence": "R1",
    "ykm/regression-limit": "R2",
    "ykm/potential-closed-form": "R3",
    "ykm/regression-scales": "R4",
    "ykm/regression-general-init": "R5",
    "ykm/regression-balanced-init": "R5",
    "new/any-loss": "R5",
    "jacobs/weight-decay": "R5",
    "ykm/two-layer-one-point": "R6",
    "ykm/fully-connected-small-init": "R7",
    "ykm/matrix-sensing": "R8",
    "ykm/matrix-sensing-nuclear-norm": "R8",
    "ykm/linear-model": "R9",
    "bias/no-regulariser": "B1",
    "ykm/classification-clock": "K5",
    "ykm/classification-convergence": "K0",
    "ykm/singular-vectors": "K1",
    "ykm/fully-connected-max-margin": "K2",
    "ykm/classification-odeco": "K3",
    "ykm/classification-initialisation": "K3",
    "ykm/classification-one-point": "K4",
    "ykm/classification-rates": "K5",
    "ykm/classification-loss-rate": "K5",
    "soudry/linear-classifier": "K5",
}
"""{id: code of the theory in `litproof guide theory`}, in the order of the catalogue and of the book."""


def module_of(id: str, part: str) -> str:
    """The module of a theorem's `part`, "claim" or "derivation".

    Examples
    --------
    >>> module_of("ykm/regression-limit", "claim")
    'litproof.theorems.ykm.regression_limit.claim'
    """
    return f"litproof.theorems.{id.replace('/', '.').replace('-', '_')}.{part}"


def has(id: str, part: str) -> bool:
    """Whether the theorem `id` of the catalogue comes with a "claim" or a "derivation"."""
    from importlib.resources import files

    family, _, name = id.replace("-", "_").partition("/")
    return id in THEOREMS and files(__name__).joinpath(family, name, f"{part}.py").is_file()
