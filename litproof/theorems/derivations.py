"""One module for each derivation; `derivation(claim_id)` builds it on demand."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from litproof.derive.derivation import Derivation
from litproof.errors import InputError

_MODULES: dict[str, tuple[str, str]] = {
    "ykm/conserved-odeco": ("ykm.conserved_odeco", "derive"),
    "ykm/conserved-norms": ("ykm.conserved_norms", "derive"),
    "ykm/conserved-balancedness": ("ykm.conserved_balancedness", "derive"),
    "ykm/conserved-sensing": ("ykm.conserved_balancedness", "derive_sensing"),
    "ykm/conserved-diagonal-convolution": ("ykm.conserved_diagonal_convolution", "derive"),
    "mgp/conserved-complete": ("mgp.conserved_complete", "derive"),
    "ykm/regression-convergence": ("ykm.regression_convergence", "derive"),
    "ykm/regression-limit": ("ykm.regression_limit", "derive"),
    "ykm/potential-closed-form": ("ykm.potential_closed_form", "derive"),
    "ykm/regression-scales": ("ykm.regression_scales", "derive"),
    "ykm/regression-general-init": ("ykm.regression_general_init", "derive"),
    "ykm/two-layer-one-point": ("ykm.two_layer_one_point", "derive"),
    "ykm/fully-connected-small-init": ("ykm.fully_connected_small_init", "derive"),
    "ykm/matrix-sensing": ("ykm.matrix_sensing", "derive"),
    "ykm/linear-model": ("ykm.linear_model", "derive"),
    "ykm/classification-clock": ("ykm.classification_clock", "derive"),
    "ykm/classification-convergence": ("ykm.classification_convergence", "derive"),
    "ykm/singular-vectors": ("ykm.singular_vectors", "derive"),
    "ykm/fully-connected-max-margin": ("ykm.fully_connected_max_margin", "derive"),
    "ykm/classification-odeco": ("ykm.classification_odeco", "derive"),
    "ykm/classification-one-point": ("ykm.classification_one_point", "derive"),
    "ykm/classification-rates": ("ykm.classification_rates", "derive"),
}


def derivation(claim: str) -> Derivation:
    """The derivation of a claim, every step decided anew. InputError for a claim that has none.

    Examples
    --------
    >>> derivation("ykm/linear-model").title
    'The plain linear model'
    """
    if claim not in _MODULES:
        raise InputError(f"no derivation of {claim!r}; there is one for {', '.join(_MODULES)}")
    module, function = _MODULES[claim]
    built: Derivation = getattr(import_module(f"litproof.theorems.{module}.derivation"), function)()
    return built


DERIVATIONS: dict[str, Callable[[], Derivation]] = {claim: partial(derivation, claim) for claim in _MODULES}
"""{claim id: function that builds the derivation}, in the order of the book."""
