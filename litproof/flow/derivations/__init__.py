"""One module for each derivation; `derivation(claim_id)` builds it on demand."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from litproof.errors import InputError
from litproof.flow.derivation import Derivation

_MODULES: dict[str, tuple[str, str]] = {
    "ykm/conserved-odeco": ("conserved_odeco", "derive"),
    "ykm/conserved-norms": ("conserved_norms", "derive"),
    "ykm/conserved-balancedness": ("conserved_balancedness", "derive"),
    "ykm/conserved-sensing": ("conserved_balancedness", "derive_sensing"),
    "ykm/conserved-diagonal-convolution": ("conserved_diagonal_convolution", "derive"),
    "mgp/conserved-complete": ("discovered", "derive"),
    "ykm/regression-convergence": ("regression_convergence", "derive"),
    "ykm/regression-limit": ("regression_limit", "derive"),
    "ykm/potential-closed-form": ("potential", "derive"),
    "ykm/regression-scales": ("regression_scales", "derive"),
    "ykm/regression-general-init": ("regression_general_init", "derive"),
    "ykm/two-layer-one-point": ("two_layer_one_point", "derive"),
    "ykm/fully-connected-small-init": ("fully_connected_small", "derive"),
    "ykm/matrix-sensing": ("matrix_sensing", "derive"),
    "ykm/linear-model": ("linear_model", "derive"),
    "ykm/classification-clock": ("classification_clock", "derive"),
    "ykm/classification-convergence": ("classification_convergence", "derive"),
    "ykm/singular-vectors": ("singular_vectors", "derive"),
    "ykm/fully-connected-max-margin": ("fully_connected_margin", "derive"),
    "ykm/classification-odeco": ("classification_odeco", "derive"),
    "ykm/classification-one-point": ("classification_one_point", "derive"),
    "ykm/classification-rates": ("classification_rates", "derive"),
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
    built: Derivation = getattr(import_module(f"{__name__}.{module}"), function)()
    return built


DERIVATIONS: dict[str, Callable[[], Derivation]] = {claim: partial(derivation, claim) for claim in _MODULES}
"""{claim id: function that builds the derivation}, in the order of the book."""
