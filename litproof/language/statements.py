"""The grammar of statements: what claims may say beyond plain formulas, in the same trees.

relation := formula (("=" | "<=" | ">=") formula)?
atom     := .. | ("sum" | "prod" | "max" | "min") "(" (letter ",")? (condition ",")* formula ")"
          | "if" "(" condition "," formula "," formula ")"
          | "inverse" "(" function "," formula ("," formula "," formula)? ")"
          | "quad" "(" function "," formula "," formula ("," formula)* ")"
          | "at" "(" formula "," formula "=" formula ")"
          | name "[" formula "," .. "]" | definition "(" formula "," .. ")"
condition := formula relation (formula | formula ".." formula)      between indices

A vector or matrix without indices stands for the whole of it. An entry whose index is more than a number or a letter is
Call("entry", (name, indices ..)); a sum over all values of its letter is a `Sum`, any other fold a `Call` whose first
argument is the letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from litproof.errors import InputError
from litproof.language.grammar import FUNCTIONS, LETTERS, SYMBOLS, Parser, Vocabulary
from litproof.language.tree import RELATIONS, Call, Node, Number, Operation, Sum, Symbol, children

FOLDS = ("sum", "prod", "max", "min")

MORE_FUNCTIONS: Mapping[str, tuple[int, ...]] = {
    "dot": (2,),
    "norm": (1, 2),
    "transpose": (1,),
    "tan": (1,),
    "atanh": (1,),
    "inverse": (2, 4),
    "quad": (3,),
    "rate": (1,),
    "integral": (1,),
    "at": (2,),
    "if": (3,),
}
"""Functions beyond those of plain formulas, and their numbers of arguments."""

_OF_FUNCTIONS = {
    "inverse": "inverse takes a function and a number, and perhaps the two ends of an interval",
    "quad": "quad takes a function, the two ends of an interval, and the further arguments of the function",
}

NAMES: Mapping[str, tuple[int, ...]] = {
    **{name: (count,) for name, count in SYMBOLS.items()},
    "beta": (0, 1, 2),
    "start": (0, 1, 2),
    "beta0": (0, 1, 2),
    "rho": (0, 1),
    "etabar": (0, 1),
    "y": (0, 1),
    "X": (0, 1, 2),
    "v": (0, 1, 2),
    "v0": (0, 1, 2),
    "theta": (0,),
    "theta0": (0,),
    "residual": (0, 1),
    "gradient": (0, 1),
    "batch_gradient": (0, 1),
    "mirror": (0, 1),
    "margin": (0, 1),
    "loss": (0,),
    "t": (0,),
    "kappa": (0,),
    "logt": (0,),
    "outputs": (0,),
    "degree": (0,),
    "step": (0,),
    "mass": (0,),
    "decay": (0,),
    "until": (0,),
}
"""Names and the numbers of indices that they may have."""

_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|\.\.|!=|<=|>=|[-+*/^()\[\],=<>])",
    re.ASCII,
)
_HEAD = re.compile(
    r"(?P<name>[A-Za-z_][A-Za-z_0-9]*)\s*(\((?P<arguments>[^()]*)\)|\[(?P<letters>[^\[\]]*)\])?", re.ASCII
)


@dataclass(frozen=True)
class Definition:
    """name(arguments) = body, or name[letters] = body, or name = body.

    Attributes
    ----------
    key : named in messages about the body.
    """

    name: str
    arguments: tuple[str, ...]
    letters: tuple[str, ...]
    body: Node
    key: str = ""


Definitions = Mapping[str, Definition]


def parse_statement(
    text: str,
    *,
    free: tuple[str, ...] = (),
    key: str = "",
    source: str = "",
    definitions: Definitions | None = None,
    relations: tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
    implicit: tuple[str, ...] = (),
) -> Node:
    """The tree of a formula, or of a relation between two.

    Parameters
    ----------
    free : index letters that may occur without a sum around them.
    implicit : letters that may do so as well, and that sums may use all the same (see `free_letters`).
    definitions : what else may be used, by name.
    relations : the signs of which one has to stand between two formulas; none for a formula.
    arguments : names that stand for arguments of a definition.

    Raises
    ------
    InputError : one line with the position in the formula and what was expected there.

    Examples
    --------
    >>> from litproof.language.tree import to_text
    >>> to_text(parse_statement("sum(k = 1..depth-1, v[k+1,1]^2) = norm(beta)", relations=("=",)))
    'sum(k, k = 1..depth - 1, v[k + 1,1]^2) = norm(beta)'
    """
    parser = _Statements(text, free, key, source, definitions or {}, arguments, implicit)
    return parser.relation(relations) if relations else parser.whole()


def parse_definition(head: str, text: str, earlier: Definitions, key: str, source: str = "") -> Definition:
    """The definition `head` = `text`; it may use `earlier` ones only, so that none is recursive."""
    match = _HEAD.fullmatch(head.strip())
    if match is None:
        raise InputError(f"expected a name, name(x, y) or name[j], got {head[:40]!a}", key=key, source=source)
    name = match["name"]
    taken = {*NAMES, *FUNCTIONS, *MORE_FUNCTIONS, *FOLDS, *LETTERS}
    if name in taken or name in earlier:
        raise InputError(f"the name {name!r} is in use already; choose another", key=key, source=source)
    arguments, letters = (
        tuple(part.strip() for part in match[group].split(",")) if match[group] is not None else ()
        for group in ("arguments", "letters")
    )
    for argument in arguments:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*", argument) or argument in {*taken, *earlier} - {*NAMES}:
            raise InputError(
                f"expected names that are not in use as arguments, got {argument[:30]!a}",
                key=key,
                source=source,
            )
    for letter in letters:
        if letter not in LETTERS:
            raise InputError(
                f"expected index letters {', '.join(LETTERS)}, got {letter[:30]!a}", key=key, source=source
            )
    for part in (arguments, letters):
        if len(set(part)) < len(part):
            raise InputError(f"a name is given twice in {head.strip()!r}", key=key, source=source)
    body = parse_statement(
        text, free=letters, key=key, source=source, definitions=earlier, arguments=arguments
    )
    return Definition(name, arguments, letters, body, key)


class _Statements(Parser):
    pattern = _TOKEN

    def __init__(
        self,
        text: str,
        free: tuple[str, ...],
        key: str,
        source: str,
        definitions: Definitions,
        arguments: tuple[str, ...],
        implicit: tuple[str, ...],
    ) -> None:
        symbols = {**NAMES, **dict.fromkeys(arguments, (0, 1, 2))}
        symbols |= {
            d.name: (0, len(d.letters)) if d.letters else (0, 1, 2)
            for d in definitions.values()
            if not d.arguments
        }
        self.definitions, self.arguments, self.implicit = definitions, arguments, implicit
        names = dict.fromkeys((*FUNCTIONS, *MORE_FUNCTIONS), 1)
        names |= {d.name: len(d.arguments) for d in definitions.values() if d.arguments}
        super().__init__(text, free, key, source, Vocabulary(symbols, names, others=True))

    def relation(self, signs: tuple[str, ...]) -> Node:
        left = self.formula()
        sign, place = self.word, self.place
        if sign not in signs:
            expected = " or ".join(map(repr, signs))
            self.fail(place, f"expected {expected} between two formulas, got {self.shown()}")
        self.index += 1
        return Operation(sign, left, self.whole(), place)

    def atom(self) -> Node:
        kind, word, place = self.tokens[self.index]
        if kind == "name" and word not in self.arguments:
            if word in FOLDS:
                self.index += 1
                return self.fold(word, place)
            if word == "if":
                self.index += 1
                return self.choice(place)
            if word in _OF_FUNCTIONS:
                self.index += 1
                return self.of_function(word, place)
            if word == "at":
                self.index += 1
                return self.event(place)
        return super().atom()

    def fold(self, name: str, place: int) -> Node:
        self.expect("(")
        word, following = self.word, self.tokens[self.index + 1][1]
        if word in LETTERS and word not in self.bound and following in (",", *RELATIONS):
            letter = word
            self.index += 2 * (following == ",")
        elif name in ("max", "min"):
            return self.largest(name, place)
        elif word in LETTERS and word in self.bound and following in (",", *RELATIONS):
            self.fail(place, f"the index {word!r} is already in use here; take another letter")
        else:
            letter = "j"
            if letter in self.bound:
                self.fail(
                    place,
                    f"the index {letter!r} is already in use here; write {name}(k, ...) with another letter",
                )
        self.bound.append(letter)
        conditions, part = [], self.formula()
        while self.word in RELATIONS:
            conditions.append(self.condition(part))
            self.expect(",")
            part = self.formula()
        self.bound.pop()
        self.expect(")")
        if name == "sum" and not conditions:
            return Sum(letter, part, place)
        return Call(name, (Symbol(letter, (), place), *conditions, part), place)

    def condition(self, left: Node) -> Node:
        sign, place = self.word, self.place
        self.index += 1
        right = self.formula()
        if self.word == ".." and sign == "=":
            dots = self.place
            self.index += 1
            right = Operation("..", right, self.formula(), dots)
        return Operation(sign, left, right, place)

    def largest(self, name: str, place: int) -> Node:
        arguments = self.rest_of([self.formula()])
        if len(arguments) < 2:
            self.fail(place, f"{name} takes at least 2 arguments, or an index: {name}(k, beta[k])")
        return Call(name, tuple(arguments), place)

    def choice(self, place: int) -> Node:
        self.expect("(")
        left = self.formula()
        if self.word not in RELATIONS:
            self.fail(self.place, f"expected a condition between indices, such as j = k, got {self.shown()}")
        condition = self.condition(left)
        self.expect(",")
        yes = self.formula()
        self.expect(",")
        no = self.formula()
        self.expect(")")
        return Call("if", (condition, yes, no), place)

    def event(self, place: int) -> Node:
        """at(f, a = b): f at the first time at which a = b."""
        self.expect("(")
        value = self.formula()
        self.expect(",")
        left, sign = self.formula(), self.place
        if self.word != "=":
            self.fail(sign, f"expected an equation that says when, as in at(f, a = b), got {self.shown()}")
        self.index += 1
        when = Operation("=", left, self.formula(), sign)
        self.expect(")")
        return Call("at", (value, when), place)

    def of_function(self, word: str, place: int) -> Node:
        """inverse(f, x, ..) or quad(f, a, b)."""
        self.expect("(")
        name, here = self.word, self.place
        definition = self.definitions.get(name)
        count = len(definition.arguments) if definition is not None else 0
        if not count or (count > 1 and word == "inverse"):
            self.fail(here, f"expected a function of one argument from [let], got {self.shown()}")
        self.index += 1
        arguments = self.rest_of([Symbol(name, (), here)])
        wanted = (count + 2,) if word == "quad" else MORE_FUNCTIONS[word]
        if len(arguments) not in wanted:
            self.fail(place, _OF_FUNCTIONS[word])
        return Call(word, tuple(arguments), place)

    def call(self, name: str, place: int) -> Node:
        self.expect("(")
        arguments = self.rest_of([self.formula()])
        if name in self.definitions:
            wanted: tuple[int, ...] = (len(self.definitions[name].arguments),)
        else:
            wanted = MORE_FUNCTIONS.get(name) or (FUNCTIONS[name],)
        if len(arguments) not in wanted:
            shown = " or ".join(map(str, wanted))
            self.fail(place, f"{name} takes {shown} argument(s), got {len(arguments)}")
        return Call(name, tuple(arguments), place)

    def symbol(self, name: str, place: int) -> Node:
        if name in (*self.bound, *self.implicit) and name not in self.arguments:
            return Symbol(name, (), place)
        if name in LETTERS:
            self.fail(place, f"the index {name!r} is not bound; write sum({name}, ...)")
        symbols = self.vocabulary.symbols
        if name not in symbols and self.word == "(":
            known = sorted(self.definitions) or ["none"]
            self.fail(place, f"unknown function {name[:30]!r}; [let] defines {', '.join(known)}")
        if self.word == "[" or name not in symbols or 0 in symbols[name]:
            return self.whole_or_entry(name, place)
        return super().symbol(name, place)

    def whole_or_entry(self, name: str, place: int) -> Node:
        symbols = self.vocabulary.symbols
        if name not in symbols and not self.may_be_own(name, [*symbols, *self.vocabulary.functions, *FOLDS]):
            return super().symbol(name, place)  # says what is wrong
        wanted = symbols.get(name, (0, 1, 2))
        if self.word != "[":
            return Symbol(name, (), place)
        if wanted == (0,):
            self.fail(self.place, f"{name} is a number and takes no index")
        indices: list[Node] = []
        while self.word in ("[", ","):
            self.index += 1
            indices.append(self.formula())
        self.expect("]")
        if len(indices) not in wanted:
            self.fail(place, f"{name} takes {max(wanted)} index(es), got {len(indices)}")
        plain = [_plain(index) for index in indices]
        if all(index is not None for index in plain):
            return Symbol(name, tuple(index for index in plain if index is not None), place)
        return Call("entry", (Symbol(name, (), place), *indices), place)


def _plain(index: Node) -> int | str | None:
    """A positive number or a letter; None for more."""
    if isinstance(index, Number) and index.value.denominator == 1 and index.value >= 1:
        return int(index.value)
    return index.name if isinstance(index, Symbol) and not index.indices and index.name in LETTERS else None


def free_letters(tree: Node) -> tuple[str, ...]:
    """Index letters that no sum of the formula binds, in the order of the alphabet.

    Examples
    --------
    >>> free_letters(parse_statement("sum(k, X[i,k]*beta[k]) - y[i]", implicit=LETTERS))
    ('i',)
    """
    return tuple(sorted(_free(tree, frozenset())))


def _free(node: Node, bound: frozenset[str]) -> set[str]:
    if isinstance(node, Symbol):
        used = {node.name, *(index for index in node.indices if isinstance(index, str))}
        return (used & set(LETTERS)) - bound
    if isinstance(node, Sum):
        return _free(node.inner, bound | {node.letter})
    if isinstance(node, Call) and node.name in FOLDS:
        first = node.arguments[0]
        if isinstance(first, Symbol) and first.name in LETTERS and not first.indices:
            bound |= {first.name}
    return {letter for part in children(node) for letter in _free(part, bound)}


def truth(sign: str, left: Fraction, right: Fraction) -> bool:
    """Whether a relation holds between two numbers."""
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[sign]
