"""Refusals, the digest, and exact numbers, vectors and matrices from JSON."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

Matrix = list[list[Fraction]]
Certificate = Mapping[str, Any]
FORMAT = "litproof-certificate"
VERSION = 3


class Refused(Exception):
    """The certificate does not prove what it states; the message, one line, says where it fails."""


def require(condition: bool, reason: str) -> None:
    """Refuse the certificate unless `condition` holds."""
    if not condition:
        raise Refused(reason)


def digest(certificate: Certificate) -> str:
    """SHA-256 of the canonical JSON of everything but the digest itself: any edited field is noticed."""
    body = {key: value for key, value in certificate.items() if key != "digest"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def shown(value: Any) -> str:
    """A value from a certificate in few printable characters."""
    if isinstance(value, str):
        return ascii(value) if len(value) <= 40 else f"{value[:40]!a}.. ({len(value)} characters)"
    if isinstance(value, list | dict):
        return f"a list of {len(value)}" if isinstance(value, list) else "an object"
    if type(value) is int and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    return ascii(value)


NUMBER = re.compile(r"(-?[0-9]{1,4000}(?:\.[0-9]{1,4000})?)(?:/([1-9][0-9]{0,3999})|\*2\^(-?[0-9]{1,5}))?")
"""At most 4,000 digits a part, and powers of two below 2^100,000."""


def rational(text: Any) -> Fraction:
    """An exact number: integer, or string "p/q", decimal string, or "m*2^e"."""
    if type(text) is int and text.bit_length() < 13_000:
        return Fraction(text)
    match = NUMBER.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise Refused(f"expected an exact number, found {shown(text)}")
    number, below, power = match.groups()
    return Fraction(number) / int(below or 1) * Fraction(2) ** int(power or 0)


def text_size(value: Any) -> int:
    """Bits of an exact number, from its text alone; rubbish has some size as well."""
    if not isinstance(value, str):
        return value.bit_length() if type(value) is int else 1
    number, _, power = value.partition("*2^")
    exponent = int(power) if re.fullmatch("-?[0-9]{1,5}", power) else 0
    return len(number) * 10 // 3 + abs(exponent) + 1


def integer(value: Any, low: int, high: int, name: str) -> int:
    """An integer in [low, high]."""
    if type(value) is not int or not low <= value <= high:
        raise Refused(f"{name} must be an integer from {shown(low)} to {shown(high)}")
    return value


def word(value: Any, known: Sequence[str], name: str) -> str:
    """One of the known words."""
    require(
        isinstance(value, str) and value in known, f"{name} {shown(value)} is not one of: {', '.join(known)}"
    )
    return str(value)


def listing(values: Any, name: str, length: int | None = None) -> list[Any]:
    """A non-empty list, of the given length if one is given."""
    require(isinstance(values, list) and len(values) > 0, f"{name} must be a non-empty list")
    require(length is None or len(values) == length, f"{name} must have {length} entries")
    return list(values)


def vector(values: Any, length: int | None = None) -> list[Fraction]:
    """A list of exact numbers, of the given length if one is given."""
    return [rational(value) for value in listing(values, "a row of numbers", length)]


def matrix(rows: Any, height: int | None = None, width: int | None = None) -> Matrix:
    """A list of equally long rows of exact numbers, of the given shape where one is given."""
    rows = listing(rows, "a matrix", height)
    first = vector(rows[0], width)
    return [first, *(vector(row, len(first)) for row in rows[1:])]


def fields(record: Any, names: str) -> None:
    """Every field is there and no other: nothing may stand in a certificate that is not checked."""
    require(isinstance(record, dict), f"expected an object with fields {names}")
    expected = set(names.split())
    require(expected <= set(record), f"missing: {', '.join(sorted(expected - set(record)))}")
    extra = sorted(map(shown, set(record) - expected))
    require(not extra, f"unknown: {', '.join(extra[:3])}{' ..' if len(extra) > 3 else ''}")


def dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    """Inner product of two equally long vectors."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def transposed(rows: Sequence[Sequence[Fraction]]) -> Matrix:
    """The columns of a matrix."""
    return [list(column) for column in zip(*rows, strict=True)]
