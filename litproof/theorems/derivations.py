"""The derivation of a theorem, built on demand."""

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache, partial
from importlib import import_module

from litproof.derive.derivation import Derivation
from litproof.errors import InputError
from litproof.theorems import THEOREMS, has, module_of


def derivation(claim: str) -> Derivation:
    """The derivation of a claim, built once: its steps are decided on the way. InputError for a claim that has none.

    Examples
    --------
    >>> derivation("ykm/linear-model").title
    'The plain linear model'
    """
    if claim not in DERIVATIONS:
        raise InputError(f"no derivation of {claim!r}; there is one for {', '.join(DERIVATIONS)}")
    return DERIVATIONS[claim]()


def matching_derivations(pattern: str) -> tuple[str, ...]:
    """Ids of the derivations that are `pattern`, match it as a shell pattern, or bear it as their code (R2, A1)."""
    return tuple(id for id in DERIVATIONS if fnmatchcase(id, pattern) or THEOREMS[id] == pattern)


@cache
def _build(claim: str) -> Derivation:
    built: Derivation = import_module(module_of(claim, "derivation")).derive()
    return replace(built, code=THEOREMS[claim])


DERIVATIONS: dict[str, Callable[[], Derivation]] = {
    claim: partial(_build, claim) for claim in THEOREMS if has(claim, "derivation")
}
"""{claim id: function that builds the derivation}, in the order of the book."""
