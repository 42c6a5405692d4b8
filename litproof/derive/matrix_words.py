"""Identities between matrix expressions of any shape: the free algebra on matrix symbols with transposition.

A matrix expression expands into a sum of words, each with a scalar coefficient; a word is a sequence of
letters (symbol, transposed or not). Two expressions are equal for all matrices of the given shapes when
their words agree; relations such as Q^T Q = I are rewriting rules that shorten words. Traces are taken
modulo rotation and transposition of words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sympy as sp

from litproof.derive.normal_form import is_zero
from litproof.derive.rules import UnknownRate

Letter: TypeAlias = tuple[Any, bool]
Word: TypeAlias = tuple[Letter, ...]
Words: TypeAlias = dict[Word, sp.Expr]


class MatrixRate(sp.MatrixExpr):  # type: ignore[misc]
    """d(matrix)/d(variable), kept as it stands."""

    def __new__(cls, matrix: Any, variable: sp.Symbol) -> MatrixRate:
        """The unevaluated rate of a matrix expression."""
        result: MatrixRate = super().__new__(cls, matrix, variable)
        return result

    @property
    def shape(self) -> tuple[sp.Expr, sp.Expr]:
        """Shape of the matrix."""
        rows, columns = self.args[0].shape
        return rows, columns

    def _eval_transpose(self) -> MatrixRate:
        return MatrixRate(self.args[0].T, self.args[1])


@dataclass(frozen=True)
class Algebra:
    """What is known about the letters.

    Attributes
    ----------
    symmetric : matrices equal to their transpose.
    identities : pairs (word, shorter matrix expression) used from left to right, e.g. Q^T Q -> I.
    rates : {matrix symbol: its rate of change}.
    constants : matrix symbols that do not move; under a rate every symbol must be in one of the two.
    """

    symmetric: frozenset[Any] = frozenset()
    identities: Sequence[tuple[Any, Any]] = ()
    rates: Mapping[Any, Any] = field(default_factory=dict)
    constants: frozenset[Any] = frozenset()

    def words(self, expression: Any) -> Words:
        """The normal form of a matrix expression: words with non-zero coefficients."""
        return self._shorten(self._expand(expression))

    def equal(self, left: Any, right: Any) -> bool:
        """Whether two matrix expressions, or two scalar expressions with traces, are equal identically."""
        if left.is_Matrix or isinstance(left, sp.MatrixExpr):
            return not self.words(left - right)
        return is_zero(self._scalar(left) - self._scalar(right))

    def _expand(self, expression: Any) -> Words:
        if isinstance(expression, sp.Identity):
            return {(): sp.S.One}
        if isinstance(expression, sp.ZeroMatrix):
            return {}
        if isinstance(expression, sp.MatAdd):
            return _collect(item for part in expression.args for item in self._expand(part).items())
        if isinstance(expression, sp.MatMul):
            words: Words = {(): sp.S.One}
            for factor in expression.args:
                image = (
                    self._expand(factor) if isinstance(factor, sp.MatrixExpr) else {(): self._scalar(factor)}
                )
                words = _collect((a + b, p * q) for a, p in words.items() for b, q in image.items())
            return words
        if isinstance(expression, sp.MatPow) and expression.args[1].is_Integer and expression.args[1] > 0:
            return self._expand(sp.MatMul(*[expression.args[0]] * int(expression.args[1])))
        if isinstance(expression, sp.Transpose):
            return {self._transposed(word): c for word, c in self._expand(expression.args[0]).items()}
        if isinstance(expression, MatrixRate):
            return self._differentiate(self._expand(expression.args[0]), expression.args[1])
        return {((expression, False),): sp.S.One}

    def _differentiate(self, words: Words, variable: Any) -> Words:
        """Leibniz's rule, letter by letter."""
        result = []
        for word, coefficient in words.items():
            for i, (letter, transposed) in enumerate(word):
                if letter in self.constants:
                    continue
                if letter not in self.rates:
                    raise UnknownRate(f"neither constant nor of stated rate in {variable}: {letter}")
                rate = self.rates[letter]
                inner = self._expand(rate.T if transposed else rate)
                result += [((*word[:i], *w, *word[i + 1 :]), coefficient * c) for w, c in inner.items()]
        return _collect(result)

    def _transposed(self, word: Word) -> Word:
        return tuple((letter, not flag and letter not in self.symmetric) for letter, flag in reversed(word))

    def _shorten(self, words: Words) -> Words:
        rules = [(next(iter(self._expand(left))), self._expand(right)) for left, right in self.identities]
        changed = True
        while changed:
            changed, result = False, []
            for word, coefficient in words.items():
                hit = next(
                    (
                        (i, pattern, value)
                        for pattern, value in rules
                        for i in range(len(word) - len(pattern) + 1)
                        if word[i : i + len(pattern)] == pattern
                    ),
                    None,
                )
                if hit is None:
                    result.append((word, coefficient))
                    continue
                i, pattern, value = hit
                changed = True
                result += [
                    ((*word[:i], *w, *word[i + len(pattern) :]), coefficient * c) for w, c in value.items()
                ]
            words = _collect(result)
        return {word: c for word, c in words.items() if not is_zero(c)}

    def _scalar(self, expression: Any) -> sp.Expr:
        """Replace each trace by a combination of generators, one for each class of words."""
        if isinstance(expression, sp.Trace):
            words = self._shorten_cyclically(self.words(expression.args[0]))
            return sp.Add(*(c * sp.Symbol(f"tr{self._class(word)}") for word, c in words.items()))
        if not getattr(expression, "args", ()) or not expression.has(sp.Trace):
            return sp.sympify(expression)
        return expression.func(*map(self._scalar, expression.args))

    def _shorten_cyclically(self, words: Words) -> Words:
        """Apply the identities across the ends of the words under a trace as well."""
        pending, done = list(words.items()), []
        while pending:
            word, coefficient = pending.pop()
            for i in range(1, len(word)):
                rotated = {(*word[i:], *word[:i]): sp.S.One}
                shorter = self._shorten(rotated)
                if shorter != rotated:
                    pending += [(w, coefficient * c) for w, c in shorter.items()]
                    break
            else:
                done.append((word, coefficient))
        return _collect(done)

    def _class(self, word: Word) -> str:
        """The least of all rotations of a word and of its transpose."""
        both = (word, self._transposed(word))
        return min(str((*w[i:], *w[:i])) for w in both for i in range(max(len(w), 1)))


def _collect(items: Any) -> Words:
    words: Words = {}
    for word, coefficient in items:
        words[word] = words.get(word, sp.S.Zero) + coefficient
    return {word: c for word, c in words.items() if c != 0}
