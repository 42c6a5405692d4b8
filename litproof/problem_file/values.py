"""Reading single values of a problem file: every refusal names the file, the key and what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeVar

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import InputError
from litproof.exact_numbers import exact_number

T = TypeVar("T")

MAX_DIGITS = 4000
"""Numerators, denominators and exponents of numbers stay below 10^MAX_DIGITS."""

MAX_SIZE = 1000
"""Largest depth, width or filter size."""

_REMEMBERED = 10_000
"""Different numbers of a list that are kept while it is read."""

# Possessive quantifiers: a long wrong string is refused in one pass, without backtracking.
_UNSIGNED = r"(?:\d++\s*+/\s*+\d++|(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)"
_REAL = re.compile(rf"[+-]?{_UNSIGNED}", re.ASCII)
_COMPLEX = re.compile(
    rf"(?P<re>[+-]?{_UNSIGNED})?\s*+(?P<sign>[+-])?\s*+(?P<im>{_UNSIGNED})?\s*+\*?\s*+(?P<unit>[ij])",
    re.ASCII,
)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True)
class Node:
    """A value of a problem file with its dotted key and the name of the file."""

    value: Any
    key: str
    source: str

    def error(self, message: str) -> InputError:
        """The error to raise about this value."""
        return InputError(message, key=self.key, source=self.source)

    def child(self, name: str) -> Node:
        """The value under `name` of a table."""
        return Node(self.value[name], f"{self.key}.{name}" if self.key else name, self.source)


def shown(value: Any) -> str:
    """A value in a message: one short line, whatever it is."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    try:
        text = ascii(value) if isinstance(value, str) else str(value)
    except ValueError:
        return "a huge integer"
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:45]}... ({len(text)} characters)"


def listed(names: Iterable[str]) -> str:
    """Words for a choice: 'a', 'b' or 'c'."""
    *most, last = (repr(name) for name in names)
    return f"{', '.join(most)} or {last}" if most else last


def table(node: Node, required: Sequence[str], optional: Sequence[str] = ()) -> Node:
    """`node` itself if it is a table with all required keys and no others than the optional ones."""
    if not isinstance(node.value, Mapping):
        raise node.error(f"expected a table with the keys {', '.join(required)}, got {shown(node.value)}")
    allowed = [*required, *optional]
    for name in node.value:
        if name not in allowed:
            left = [key for key in allowed if key not in node.value]
            close = get_close_matches(name, left, n=1) if isinstance(name, str) else []
            advice = f"did you mean {close[0]!r}?" if close else f"expected {listed(allowed)}"
            raise node.error(f"unknown key {shown(name)}, {advice}")
    for name in required:
        if name not in node.value:
            raise missing(node, name, f"this table needs {', '.join(required)}")
    return node


def missing(node: Node, name: str, expected: str) -> InputError:
    """The error to raise about a key that the table `node` lacks."""
    return InputError(f"missing key, {expected}", key=f"{node.key}.{name}".lstrip("."), source=node.source)


def choice(node: Node, names: Sequence[str]) -> str:
    """One of the given words."""
    if not isinstance(node.value, str):
        raise node.error(f"expected {listed(names)}, got {shown(node.value)}")
    if node.value not in names:
        close = get_close_matches(node.value, names, n=1)
        advice = f"; did you mean {close[0]!r}?" if close else ""
        raise node.error(f"expected {listed(names)}, got {shown(node.value)}{advice}")
    return node.value


def size(node: Node) -> int:
    """An integer from 1 to MAX_SIZE."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int):
        raise node.error(f"expected an integer of at least 1, got {shown(value)}")
    if not 1 <= value <= MAX_SIZE:
        raise node.error(f"expected an integer from 1 to {MAX_SIZE}, got {shown(value)}")
    return value


def sizes(node: Node) -> tuple[int, ...]:
    """A list of integers from 1 to MAX_SIZE, possibly empty."""
    return tuple(size(Node(entry, node.key, node.source)) for entry in _list(node, "a list of integers"))


def texts(node: Node, expected: str) -> tuple[str, ...]:
    """A non-empty list of texts."""
    entries = nodes(node, f"a list of {expected}")
    for item in entries:
        if not isinstance(item.value, str):
            raise item.error(f"expected a list of {expected}, got {shown(item.value)} in it")
    return tuple(item.value for item in entries)


def boolean(node: Node) -> bool:
    """True or false."""
    if not isinstance(node.value, bool):
        raise node.error(f"expected true or false, got {shown(node.value)}")
    return node.value


def rational(node: Node, place: str = "") -> Fraction:
    """An exact number: an integer, or a string such as "3/10", "0.3" or "-1e-3"."""
    value = node.value
    expected = 'expected an integer or a quoted number such as "3/10" or "0.3"'
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise node.error(f"{place}expected a finite number, got {value}")
        raise node.error(f'{place}expected an exact number, got the float {value}; quote it: "{value}"')
    if isinstance(value, bool) or not isinstance(value, int | Fraction | str):
        try:
            value = exact_number(value)
        except (TypeError, ValueError, ArithmeticError):
            raise node.error(f"{place}{expected}, got {shown(value)}") from None
    if isinstance(value, str):
        text = value.strip()
        if _NOT_FINITE.fullmatch(text):
            raise node.error(f"{place}expected a finite number, got {shown(value)}")
        if not _REAL.fullmatch(text):
            raise node.error(f"{place}{expected}, got {shown(value)}")
        return _parsed(text, node, place)
    return _bounded(Fraction(value), node, place)


def gaussian(node: Node, place: str = "") -> Cyclotomic:
    """An exact real or complex number: as `rational`, or a string such as "3/5+4/5i", "-i", "0.5j"."""
    if isinstance(node.value, str):
        match = _COMPLEX.fullmatch(node.value.strip())
        if match:
            re_text, sign, im_text = match["re"], match["sign"], match["im"]
            if re_text and not sign:
                if im_text:
                    raise node.error(f'{place}expected a number such as "3/5+4/5i", got {shown(node.value)}')
                re_text, im_text = "0", re_text
            im = _parsed(im_text or "1", node, place)
            return Cyclotomic.gaussian(_parsed(re_text or "0", node, place), -im if sign == "-" else im)
    return Cyclotomic.rational(rational(node, place))


def vector(node: Node) -> tuple[Fraction, ...]:
    """A non-empty list of exact numbers."""
    return array(node, 1, rational)[1]  # type: ignore[no-any-return]


def array(node: Node, dimensions: int, entry: Callable[[Node, str], T]) -> tuple[tuple[int, ...], Any]:
    """(shape, entries as nested tuples) of a list nested `dimensions` deep, rectangular and nowhere empty."""
    shape: list[int] = []
    forms = {1: "a list of numbers", 2: "a list of rows", 3: "a list of matrices"}
    expected = forms.get(dimensions, f"a list nested {dimensions} deep")

    known: dict[str | int, T] = {}

    def place_of(position: tuple[int, ...]) -> str:
        return f"entry [{', '.join(map(str, position))}]: " if position else ""

    def read(value: Any, position: tuple[int, ...], number: int) -> T:
        # the numbers of large data repeat; True and 1 are the same key
        made = known.get(value) if type(value) in (str, int) else None
        if made is None:
            made = entry(Node(value, node.key, node.source), place_of((*position, number)))
            if type(value) in (str, int) and len(known) < _REMEMBERED:
                known[value] = made
        return made

    def walk(value: Any, position: tuple[int, ...]) -> Any:
        level, place = len(position), place_of(position)
        if not isinstance(value, list | tuple):
            inside = expected if level == 0 else forms.get(dimensions - level, "a list")
            raise node.error(f"{place}expected {inside}, got {shown(value)}")
        if not value:
            raise node.error(f"{place}expected {expected}, not an empty list")
        if level == len(shape):
            shape.append(len(value))
        elif len(value) != shape[level]:
            raise node.error(
                f"{place}ragged list, expected {shape[level]} entries as before, got {len(value)}"
            )
        if level == dimensions - 1:
            return tuple(read(item, position, i) for i, item in enumerate(value, 1))
        return tuple(walk(item, (*position, i)) for i, item in enumerate(value, 1))

    entries = walk(node.value, ())
    return tuple(shape), entries


def nodes(node: Node, expected: str) -> list[Node]:
    """The items of a non-empty list, all under the key of the list."""
    items = _list(node, expected)
    if not items:
        raise node.error(f"expected {expected}, not an empty list")
    return [Node(item, node.key, node.source) for item in items]


def _list(node: Node, expected: str) -> Sequence[Any]:
    if not isinstance(node.value, list | tuple):
        raise node.error(f"expected {expected}, got {shown(node.value)}")
    return node.value


def _parsed(text: str, node: Node, place: str) -> Fraction:
    """A number of checked syntax; zero denominators and excessive sizes are refused before computing."""
    exponent = re.search(r"[eE]([+-]?\d+)$", text)
    if len(text) > MAX_DIGITS or (exponent and (len(exponent[1]) > 6 or abs(int(exponent[1])) > MAX_DIGITS)):
        raise node.error(f"{place}expected a number with at most {MAX_DIGITS} digits, got {shown(text)}")
    numerator, _, denominator = text.partition("/")
    if denominator:
        if int(denominator) == 0:
            raise node.error(f"{place}expected a number, but {shown(text)} divides by zero")
        return Fraction(int(numerator), int(denominator))
    return Fraction(text)


def _bounded(value: Fraction, node: Node, place: str) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 3.32 * MAX_DIGITS:
        raise node.error(f"{place}expected a number with at most {MAX_DIGITS} digits, got {shown(value)}")
    return value
