"""The independent checker: re-checks a certificate with integers and fractions only.

It uses the Python standard library and nothing else of litproof (a test sees to that), so that it can be read in one
sitting and trusted on its own. One module a kind says what such a certificate proves, and from which theorem:
`regression_limit`, `stationary_margin`, `minimum_norm`, `identities` (conserved, forward-pass, odeco-form, potential),
`singular_pair`, `regression_path`, `descent`, `decay` and `limit_pair`. Below them: `exact` (numbers from text),
`interval`, `series`, `coordinate` and `krawczyk`, `tensor` and `flow`, and `work`, which bounds what a check may cost
before.
"""

from litproof.certify.checker.exact import FORMAT, VERSION, Refused, digest
from litproof.certify.checker.kinds import check
from litproof.certify.checker.reading import Unreadable, parse, printable, read
from litproof.certify.checker.work import TooMuchWork

__all__ = [
    "FORMAT",
    "VERSION",
    "Refused",
    "TooMuchWork",
    "Unreadable",
    "check",
    "digest",
    "parse",
    "printable",
    "read",
]
