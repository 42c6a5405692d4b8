"""From text to a tree: a hand-written recursive descent of bounded size and depth. Nothing is ever executed.

formula  := product (("+" | "-") product)*
product  := signed (("*" | "/") signed)*
signed   := ("-" | "+") signed | power
power    := atom (("^" | "**") signed)?
atom     := number | name | name "[" index ("," index)* "]" | function "(" formula ("," formula)* ")"
          | "sum" "(" (letter ",")? formula ")" | "(" formula ")"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import NoReturn

from litproof.errors import InputError
from litproof.language.tree import Call, Negation, Node, Number, Operation, Sum, Symbol

MAX_LENGTH = 4000
MAX_DEPTH = 60
MAX_DIGITS = 200

FUNCTIONS: Mapping[str, int] = {
    "abs": 1,
    "sqrt": 1,
    "log": 1,
    "exp": 1,
    "sinh": 1,
    "cosh": 1,
    "tanh": 1,
    "asinh": 1,
    "atan": 1,
    "sin": 1,
    "cos": 1,
    "H": 2,
    "hypentropy": 2,
    "entropy": 1,
    "schatten": 1,
}
"""Functions and their numbers of arguments. H(L, t): potential of the depth-L limit; hypentropy(x, c) =
x asinh(x/c) - sqrt(x^2 + c^2) + c; entropy(x) = x log x; schatten(p) = sum of singular values to the p-th power."""

SYMBOLS: Mapping[str, int] = {
    "beta": 1,
    "rho": 1,
    "etabar": 1,
    "eta": 2,
    "start": 1,
    "y": 1,
    "X": 2,
    "v": 2,
    "alpha": 0,
    "depth": 0,
    "n": 0,
    "d": 0,
    "m": 0,
    "pi": 0,
}
"""Names and their numbers of indices."""

LETTERS = ("i", "j", "k", "l")
"""Letters that a sum may run over."""

_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>\*\*|[-+*/^()\[\],])",
    re.ASCII,
)


@dataclass(frozen=True)
class Vocabulary:
    """What a formula may speak of.

    Attributes
    ----------
    symbols : names and the numbers of indices that they may have.
    functions : functions and their numbers of arguments.
    others : whether further names with up to two indices may occur, unless they look like a slip of the pen.
    """

    symbols: Mapping[str, tuple[int, ...]]
    functions: Mapping[str, int]
    others: bool = False


STANDARD = Vocabulary({name: (count,) for name, count in SYMBOLS.items()}, FUNCTIONS)


def parse(
    text: str,
    *,
    free: tuple[str, ...] = (),
    key: str = "",
    source: str = "",
    vocabulary: Vocabulary = STANDARD,
) -> Node:
    """The tree of a formula.

    Parameters
    ----------
    text : at most 4000 characters.
    free : index letters that may occur outside a sum (the entry number of a vector formula).
    key, source : named in messages: the key in the file, and the file.
    vocabulary : names and functions that may occur; those of claims and laws unless given.

    Raises
    ------
    InputError : one line with the position in the formula and what was expected there.

    Examples
    --------
    >>> from litproof.language.grammar import parse
    >>> from litproof.language.tree import to_text
    >>> to_text(parse("sum( abs(beta[j]) ** (2/depth) )"))
    'sum(abs(beta[j])^(2/depth))'
    >>> parse("sum(beta[j]")
    Traceback (most recent call last):
        ...
    litproof.errors.InputError: formula, position 12: expected ')', got the end of the formula
    """
    return Parser(text, free, key, source, vocabulary).whole()


class Parser:
    """The recursive descent; `statements` adds to it."""

    pattern = _TOKEN

    def __init__(
        self, text: str, free: tuple[str, ...], key: str, source: str, vocabulary: Vocabulary
    ) -> None:
        self.key, self.source, self.vocabulary = key, source, vocabulary
        if not isinstance(text, str):
            raise InputError(f"expected a formula as text, got {type(text).__name__}", key=key, source=source)
        if len(text) > MAX_LENGTH:
            self.fail(MAX_LENGTH, f"expected at most {MAX_LENGTH} characters, got {len(text)}")
        self.bound, self.depth, self.index = list(free), 0, 0
        self.tokens = self.scan(text)

    def fail(self, place: int, message: str) -> NoReturn:
        """The error at a position."""
        raise formula_error(place, message, self.key, self.source) from None

    def scan(self, text: str) -> list[tuple[str, str, int]]:
        """(kind, word, position) of every token, and the end."""
        tokens, place = [], 0
        while place < len(text):
            if text[place].isspace():
                place += 1
                continue
            match = self.pattern.match(text, place)
            if match is None:
                self.fail(place, f"expected a number, a name or an operator, got {text[place]!a}")
            kind = match.lastgroup or ""
            word = "^" if match.group() == "**" else match.group()
            tokens.append((kind, word, place))
            place = match.end()
        return [*tokens, ("end", "", len(text))]

    @property
    def word(self) -> str:
        """The token at hand."""
        return self.tokens[self.index][1]

    @property
    def place(self) -> int:
        """Its position."""
        return self.tokens[self.index][2]

    def shown(self) -> str:
        """Words for it."""
        kind, word, _ = self.tokens[self.index]
        return (
            "the end of the formula"
            if kind == "end"
            else repr(word if len(word) <= 30 else f"{word[:25]}...")
        )

    def expect(self, word: str) -> None:
        """Pass over a token that has to stand here."""
        if self.word != word:
            self.fail(self.place, f"expected {word!r}, got {self.shown()}")
        self.index += 1

    def whole(self) -> Node:
        """A formula, and nothing after it."""
        tree = self.formula()
        if self.tokens[self.index][0] != "end":
            self.fail(self.place, f"expected an operator or the end of the formula, got {self.shown()}")
        return tree

    def enter(self) -> None:
        """Count nesting."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(self.place, f"expected brackets and signs nested at most {MAX_DEPTH} deep")

    def formula(self) -> Node:
        """Products, added and subtracted."""
        self.enter()
        tree = self.chain("+-", self.product)
        self.depth -= 1
        return tree

    def product(self) -> Node:
        """Factors, multiplied and divided."""
        return self.chain("*/", self.signed)

    def chain(self, signs: str, part) -> Node:  # type: ignore[no-untyped-def]
        """Parts joined by signs, from the left."""
        tree: Node = part()
        terms = 1
        while self.word and self.word in signs:
            sign, place = self.word, self.place
            self.index += 1
            terms += 1
            if terms > MAX_DEPTH:
                self.fail(place, f"expected at most {MAX_DEPTH} terms in a row; use brackets or sum(...)")
            tree = Operation(sign, tree, part(), place)
        return tree

    def signed(self) -> Node:
        """A power with its signs."""
        if self.word in ("-", "+"):
            self.enter()
            word, place = self.word, self.place
            self.index += 1
            inner = self.signed()
            self.depth -= 1
            return Negation(inner, place) if word == "-" else inner
        return self.power()

    def power(self) -> Node:
        """An atom with its exponent."""
        base = self.atom()
        if self.word != "^":
            return base
        self.enter()
        place = self.place
        self.index += 1
        exponent = self.signed()
        self.depth -= 1
        return Operation("^", base, exponent, place)

    def atom(self) -> Node:
        """A number, a name, a function or a bracket."""
        kind, word, place = self.tokens[self.index]
        if kind == "number":
            self.index += 1
            return Number(self.number(word, place), place)
        if word == "(":
            self.index += 1
            tree = self.formula()
            self.expect(")")
            return tree
        if kind != "name":
            self.fail(place, f"expected a number, a name or '(', got {self.shown()}")
        self.index += 1
        if word == "sum":
            return self.total(place)
        if word in self.vocabulary.functions:
            return self.call(word, place)
        return self.symbol(word, place)

    def number(self, word: str, place: int) -> Fraction:
        """An exact number."""
        mantissa, _, exponent = word.lower().partition("e")
        if len(mantissa) > MAX_DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > MAX_DIGITS:
            self.fail(place, f"expected a number of at most {MAX_DIGITS} digits")
        return Fraction(word)

    def total(self, place: int) -> Node:
        """sum(..), after the word."""
        self.expect("(")
        letter = "j"
        if self.word in LETTERS and self.tokens[self.index + 1][1] == ",":
            letter = self.word
            self.index += 2
        if letter in self.bound:
            self.fail(
                place, f"the index {letter!r} is already in use here; write sum(k, ...) with another letter"
            )
        self.bound.append(letter)
        inner = self.formula()
        self.bound.pop()
        self.expect(")")
        return Sum(letter, inner, place)

    def rest_of(self, arguments: list[Node]) -> list[Node]:
        """The arguments after these, up to the closing parenthesis."""
        while self.word == ",":
            self.index += 1
            arguments.append(self.formula())
        self.expect(")")
        return arguments

    def call(self, name: str, place: int) -> Node:
        """A function with its arguments, after its name."""
        self.expect("(")
        arguments = self.rest_of([self.formula()])
        wanted = self.vocabulary.functions[name]
        if len(arguments) != wanted:
            self.fail(place, f"{name} takes {wanted} argument(s), got {len(arguments)}")
        return Call(name, tuple(arguments), place)

    def symbol(self, name: str, place: int) -> Node:
        """A name with its indices, after the name."""
        symbols = self.vocabulary.symbols
        known = [*symbols, *self.vocabulary.functions, "sum"]
        if name not in symbols and self.may_be_own(name, known):
            wanted: tuple[int, ...] = (0, 1, 2)
        elif name not in symbols:
            if name in self.bound:
                self.fail(place, f"the index {name!r} stands in brackets only, as in beta[{name}]")
            close = get_close_matches(name, known, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(known)}"
            self.fail(place, f"unknown name {name[:30]!r}; {advice}")
        else:
            wanted = symbols[name]
        if wanted == (0,) and self.word in ("[", "("):
            self.fail(self.place, f"{name} is a number and takes no index")
        if 0 in wanted and self.word != "[":
            return Symbol(name, (), place)
        if self.word != "[":
            example = ", ".join(("j", "k")[: wanted[0]])
            self.fail(self.place, f"expected {name}[{example}], as {name} has {wanted[0]} index(es)")
        indices: list[int | str] = []
        while self.word in ("[", ","):
            self.index += 1
            indices.append(self.entry())
        self.expect("]")
        if len(indices) not in wanted:
            self.fail(place, f"{name} takes {max(wanted)} index(es), got {len(indices)}")
        return Symbol(name, tuple(indices), place)

    def may_be_own(self, name: str, known: list[str]) -> bool:
        """Whether an unknown name may be a parameter's own: not an index, not followed by a bracket, not a slip."""
        slip = len(name) > 2 and get_close_matches(name, known, n=1, cutoff=0.7)
        return self.vocabulary.others and name not in self.bound and self.word != "(" and not slip

    def entry(self) -> int | str:
        """An index."""
        kind, word, place = self.tokens[self.index]
        number = kind == "number" and word.isdecimal() and len(word) <= 6 and int(word) >= 1
        if not number and word not in self.bound:
            if word in LETTERS:
                self.fail(place, f"the index {word!r} is not bound; write sum({word}, ...)")
            self.fail(place, f"expected an index (1, 2, ... or a letter of a sum), got {self.shown()}")
        self.index += 1
        return int(word) if number else word


def formula_error(place: int, message: str, key: str = "", source: str = "") -> InputError:
    """An error about the formula at a position counted from 0."""
    where = f"{key}, " if key else "formula, "
    return InputError(message, key=f"{where}position {place + 1}", source=source)
