"""The catalogue of claims, and loading of a user's claim file through the same door."""

import sys
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from litproof.claims.claim import REGISTRY
from litproof.claims.tracebacks import own_traceback
from litproof.claims.types import Claim
from litproof.errors import InputError
from litproof.integrate.permission import no_integration

_LOADED: dict[str, tuple[str, ...]] = {}


def catalogue() -> Mapping[str, Claim]:
    """Every claim of the catalogue, by id."""
    return {id: _of_the_catalogue(id) for id in _places()}


def _of_the_catalogue(id: str) -> Claim:
    path = _places()[id]
    return _stated_in_python(id) if path is None else _stated_in_toml(id, path)


@cache
def _places() -> Mapping[str, Path | None]:
    """The `claim.toml` of each claim of the catalogue, None for one that is stated in Python."""
    theorems = _theorems()
    return {id: theorems.claim_file(id) for id in theorems.THEOREMS if theorems.has(id, "claim")}


@cache
def _stated_in_python(id: str) -> Claim:
    module = import_module(_theorems().module_of(id, "claim"))
    found: Claim = next(value for value in vars(module).values() if getattr(value, "id", None) == id)
    return found


def _stated_in_toml(id: str, path: Path) -> Claim:
    """The claim of a folder's `claim.toml`, read once by the loader of a user's files."""
    if id not in REGISTRY:
        from litproof.claims.formulas.user_file import register_claims

        resolved = str(path.resolve())
        _LOADED[resolved] = register_claims(resolved)
    return REGISTRY[id]


def code_of(id: str) -> str:
    """The code of a theorem (R2, K3, ..) in `litproof guide theory`, "" for a claim of one's own."""
    code: str = _theorems().THEOREMS.get(id, "")
    return code


def paper_of(id: str) -> str:
    """The paper that a claim of the catalogue is from, "" for a claim of one's own."""
    papers = _theorems().PAPERS
    paper: str = papers.get(id) or papers.get(id.partition("/")[0], "")
    return paper


def _theorems() -> Any:
    # The engine knows the theorems by the name of their room alone: they are built on it.
    return import_module("litproof.theorems")


def matching(pattern: str) -> tuple[str, ...]:
    """Ids of the catalogue that are `pattern`, match it as a shell pattern (``ykm/*``), or bear it as their code (R2).

    Raises
    ------
    InputError : none does; the message offers the nearest ids.
    """
    known = catalogue()
    matches = tuple(id for id in known if fnmatchcase(id, pattern) or code_of(id) == pattern)
    if not matches:
        from difflib import get_close_matches

        near = get_close_matches(pattern, known, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `litproof list` shows them all"
        raise InputError(f"no claim {pattern!r} in the catalogue{hint}")
    return matches


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
    if resolved in _LOADED:
        return _LOADED[resolved]  # a file of the catalogue itself
    if path.endswith((".toml", ".json")):
        from litproof.claims.formulas.user_file import register_claims

        _LOADED[resolved] = register_claims(path)
        return _LOADED[resolved]
    before = set(REGISTRY)
    spec = spec_from_file_location(module_name(resolved), resolved)
    if spec is None or spec.loader is None or not Path(resolved).is_file():
        raise InputError("not found; expected a Python file with claims", source=path)
    module = module_from_spec(spec)
    sys.modules[module.__name__] = module
    try:
        with no_integration("a claim file, while it is loaded,"):
            spec.loader.exec_module(module)
        ids = tuple(id for id in REGISTRY if id not in before)
        if not ids:
            raise InputError("registers no claim; expected a function decorated with @claim(...)")
    except (Exception, SystemExit) as error:
        _forget(module.__name__, before)
        if isinstance(error, InputError):
            message, key, source = error.message, error.key, error.source or path
        else:
            message, key, source = f"cannot be loaded: {type(error).__name__}: {error}", "", path
        raise InputError(message, key=key, source=source, traceback=own_traceback(error)) from error
    _LOADED[resolved] = ids
    return ids


def module_name(resolved: str) -> str:
    """The name under which a claim file is imported: the same in every process, so that its classes can travel."""
    return f"litproof_claim_file_{sha256(resolved.encode()).hexdigest()[:16]}"


def _forget(module: str, before: set[str]) -> None:
    """Undo half an import."""
    del sys.modules[module]
    for id in set(REGISTRY) - before:
        del REGISTRY[id]


def claim_of(id: str, origin: str = "") -> Claim:
    """The claim with this id, from the catalogue or from the claim file `origin`."""
    if id not in REGISTRY and origin:
        load_file(origin)
    return REGISTRY[id] if id in REGISTRY else _of_the_catalogue(id)
