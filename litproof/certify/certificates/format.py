"""What all writers of certificates share: exact numbers as text, the digest, and the checker's word at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import Ball, dyadic
from litproof.certify.checker import FORMAT, VERSION, Refused, TooMuchWork, Unreadable, check, digest, parse
from litproof.certify.checker.reading import ENTRIES
from litproof.decimals import fixed_down, fixed_up, order_of_magnitude
from litproof.networks.base import MultilinearNetwork
from litproof.precision import ball_precision

Certificate = dict[str, Any]

MANTISSA_BITS = 64
"""Of the entries of a preconditioner."""


def exact_text(value: Fraction) -> str:
    """The shortest of the exact notations."""
    bits = value.denominator.bit_length() - 1
    if bits > 12 and value.denominator == 1 << bits:
        return f"{value.numerator}*2^{-bits}"
    return str(value)


def texts(values: Iterable[Fraction]) -> list[str]:
    """One text a number."""
    return [exact_text(value) for value in values]


def text_rows(matrix: Iterable[Iterable[Fraction]]) -> list[list[str]]:
    """One list of texts a row."""
    return [texts(row) for row in matrix]


def seal(kind: str, fields: Mapping[str, Any]) -> Certificate:
    """The certificate with its digest; the checker has accepted the very text that `to_json` gives.

    Raises
    ------
    checker.Refused : it proves nothing; `checker.TooMuchWork`, a kind of it, when the checker does not try.
    """
    certificate: Certificate = {"format": FORMAT, "version": VERSION, "kind": kind, **fields}
    certificate["digest"] = digest(certificate)
    try:
        check(parse(to_json(certificate)))
    except Unreadable as error:
        raise TooMuchWork(str(error)) from None
    return certificate


def require_few_entries(count: int) -> None:
    """`checker.TooMuchWork` at once for a certificate of so many entries, before they are computed."""
    if count > ENTRIES:
        raise TooMuchWork(f"larger than a certificate may be: more than {ENTRIES} entries")


def accepted(kind: str, fields: Mapping[str, Any]) -> Certificate | None:
    """The sealed certificate, or None when the checker says that it proves nothing; raises `TooMuchWork` as `seal`."""
    try:
        return seal(kind, fields)
    except TooMuchWork:
        raise
    except Refused:
        return None


def to_json(certificate: Certificate) -> str:
    """One line a field."""
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in certificate.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def decimal_bounds(bounds: Sequence[tuple[Fraction, Fraction]], digits: int) -> list[list[str]]:
    """Decimals around d intervals, rounded outward to multiples of 10^-(digits+1) of the largest entry."""
    size = max(max(abs(low), abs(high)) for low, high in bounds)
    places = digits + 1 - (order_of_magnitude(size) if size else 0)
    return [[fixed_down(low, places), fixed_up(high, places)] for low, high in bounds]


def tensor_fields(network: MultilinearNetwork) -> dict[str, Any]:
    """The data tensor of a network."""
    tensor = network.data_tensor()
    entries = [[list(index), exact_text(value)] for index, value in sorted(tensor.entries.items())]
    return {"input_dim": tensor.input_dim, "shapes": list(tensor.shapes), "tensor": entries}


def rounded(value: Ball, places: int) -> Fraction:
    """The nearest multiple of 2^-places."""
    return Fraction(round(dyadic(value) * (1 << places)), 1 << places)


def leading_bits(value: Ball) -> Fraction:
    """A few leading bits."""
    with ball_precision(MANTISSA_BITS):
        return dyadic(+value.mid())
