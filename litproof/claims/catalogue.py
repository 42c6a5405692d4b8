"""The catalogue of claims, and loading of a user's claim file through the same door."""

import sys
from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from litproof.claims.claim import REGISTRY, Claim
from litproof.errors import InputError

MODULES = (
    "litproof.theorems.network.claim",
    "litproof.theorems.ykm.conserved",
    "litproof.theorems.mgp.conserved_complete.claim",
    "litproof.theorems.ykm.regression_convergence.claim",
    "litproof.theorems.ykm.potential_closed_form.claim",
    "litproof.theorems.ykm.regression_limit.claim",
    "litproof.theorems.ykm.regression_scales.claim",
    "litproof.theorems.ykm.regression_general_init.claim",
    "litproof.theorems.ykm.two_layer_one_point.claim",
    "litproof.theorems.ykm.fully_connected_small_init.claim",
    "litproof.theorems.ykm.linear_model.claim",
    "litproof.theorems.ykm.matrix_sensing.claim",
    "litproof.theorems.ykm.matrix_sensing_nuclear_norm.claim",
    "litproof.theorems.ykm.fully_connected_max_margin.claim",
    "litproof.theorems.ykm.classification_odeco.claim",
    "litproof.theorems.ykm.classification_one_point.claim",
    "litproof.theorems.ykm.singular_vectors.claim",
    "litproof.theorems.ykm.classification_convergence.claim",
    "litproof.theorems.ykm.classification_rates.claim",
    "litproof.theorems.ykm.classification_initialisation.claim",
    "litproof.theorems.ykm.classification_loss_rate.claim",
)
"""Where the catalogue's claims are registered, in the order of the table."""

_LOADED: dict[str, tuple[str, ...]] = {}


def catalogue() -> Mapping[str, Claim]:
    """Every claim of the catalogue, by id."""
    ids: dict[str, Claim] = {}
    for name in MODULES:
        module = import_module(name)
        for value in vars(module).values():
            if isinstance(value, Claim):
                ids[value.id] = value
    return ids


def matching(pattern: str) -> tuple[str, ...]:
    """Ids of the catalogue that are `pattern`, or match it as a shell pattern such as ``ykm/*``.

    Raises
    ------
    InputError : none does; the message offers the nearest ids.
    """
    known = catalogue()
    found = tuple(id for id in known if fnmatchcase(id, pattern))
    if not found:
        from difflib import get_close_matches

        near = get_close_matches(pattern, known, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `litproof list` shows them all"
        raise InputError(f"no claim {pattern!r} in the catalogue{hint}")
    return found


def load_file(path: str) -> tuple[str, ...]:
    """Read a user's claim file (Python, or TOML with formulas) and return the ids of the claims that it registers.

    Raises
    ------
    InputError : the file cannot be imported or registers no claim.
    """
    resolved = str(Path(path).resolve())
    if resolved in _LOADED:
        return _LOADED[resolved]
    catalogue()
    if path.endswith((".toml", ".json")):
        from litproof.claims.formulas.user_file import register_claims

        _LOADED[resolved] = register_claims(path)
        return _LOADED[resolved]
    before = set(REGISTRY)
    spec = spec_from_file_location(f"litproof_claim_file_{len(_LOADED)}", resolved)
    if spec is None or spec.loader is None or not Path(resolved).is_file():
        raise InputError("not found; expected a Python file with claims", source=path)
    module = module_from_spec(spec)
    sys.modules[module.__name__] = module
    try:
        spec.loader.exec_module(module)
    except InputError as error:
        raise InputError(error.message, key=error.key, source=error.source or path) from None
    except Exception as error:
        raise InputError(f"cannot be loaded: {type(error).__name__}: {error}", source=path) from None
    found = tuple(id for id in REGISTRY if id not in before)
    if not found:
        raise InputError("registers no claim; expected a function decorated with @claim(...)", source=path)
    _LOADED[resolved] = found
    return found


def claim_of(id: str, origin: str = "") -> Claim:
    """The claim with this id, from the catalogue or from the claim file `origin`."""
    if id not in REGISTRY and origin:
        load_file(origin)
    return REGISTRY[id] if id in REGISTRY else catalogue()[id]
