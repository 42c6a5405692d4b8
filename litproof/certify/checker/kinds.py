"""All kinds of certificates, and the check of one."""

from collections.abc import Callable, Mapping
from typing import Any

from litproof.certify.checker import (
    decay,
    descent,
    identities,
    limit_pair,
    minimum_norm,
    regression_limit,
    regression_path,
    singular_pair,
    stationary_margin,
)
from litproof.certify.checker.exact import (
    FORMAT,
    VERSION,
    Certificate,
    digest,
    fields,
    require,
    text_size,
    word,
)
from litproof.certify.checker.work import Work

KINDS: Mapping[str, tuple[Callable[[Certificate, Work], str], str]] = {
    "regression-limit": (regression_limit.check_regression_limit, regression_limit.NAMES),
    "stationary-margin": (stationary_margin.check_stationary_margin, stationary_margin.NAMES),
    "minimum-norm": (minimum_norm.check_minimum_norm, minimum_norm.NAMES),
    "conserved": (identities.check_conserved, identities.CONSERVED),
    "forward-pass": (identities.check_forward_pass, identities.FORWARD_PASS),
    "potential": (identities.check_potential, identities.POTENTIAL),
    "odeco-form": (identities.check_odeco_form, identities.ODECO_FORM),
    "singular-pair": (singular_pair.check_singular_pair, singular_pair.NAMES),
    "regression-path": (regression_path.check_regression_path, regression_path.NAMES),
    "polynomial-path": (regression_path.check_regression_path, regression_path.POLYNOMIAL_NAMES),
    "descent": (descent.check_descent, descent.NAMES),
    "decay": (decay.check_decay, decay.NAMES),
    "limit-pair": (limit_pair.check_limit_pair, limit_pair.NAMES),
}
"""Each kind of certificate: its check, and its fields besides format, version, kind and digest."""


def check(certificate: Any) -> str:
    """Re-check one certificate (JSON as `reading.parse` gives it); returns what was proved.

    Raises
    ------
    Refused : it proves nothing; `TooMuchWork`, a kind of it, where to find out would take more than is allowed.
    """
    require(isinstance(certificate, dict), "a certificate is a JSON object")
    require(certificate.get("format") == FORMAT, f"format is not {FORMAT!r}")
    version = certificate.get("version")
    require(type(version) is int and version == VERSION, f"version is not {VERSION}")
    proof, names = KINDS[word(certificate.get("kind"), list(KINDS), "kind")]
    untouched = certificate.get("digest") == digest(certificate)
    require(untouched, "the digest does not match: a field was changed")
    fields(certificate, f"format version kind digest {names}")
    work = Work()
    announce_reading(certificate, work)
    return proof(certificate, work)


def announce_reading(value: Any, work: Work) -> None:
    """Announce what it takes to make numbers of all texts."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, list | dict):
            stack.extend(part.values() if isinstance(part, dict) else part)
        elif isinstance(part, str):
            bits = text_size(part)
            work.spend(5 + bits * min(bits, 10 * len(part)) // 300_000)
        else:
            work.spend(1)
