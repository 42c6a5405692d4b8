"""Scalar formulas as sympy expressions, node by node: nothing is evaluated as code, `sympify` never sees text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litproof.errors import InputError
from litproof.language.grammar import Vocabulary, formula_error, parse
from litproof.language.tree import Call, Negation, Node, Number, Operation, Sum, Symbol, nodes

Entries = Mapping[tuple[str, tuple[int, ...]], Any]
"""Symbols by name and indices from 1, e.g. ("v", (1, 2)) or ("a", ())."""


def entries_of(names: Sequence[str]) -> dict[tuple[str, tuple[int, ...]], Any]:
    """One sympy symbol for each of the names "v[1,2]", "u[3]", "a": dummies, equal to no other symbol of that name.

    Examples
    --------
    >>> entries_of(["u[1]", "a"])
    {('u', (1,)): _u[1], ('a', ()): _a}
    """
    import sympy as sp

    entries = {}
    for text in names:
        name, _, inside = text.removesuffix("]").partition("[")
        indices = tuple(map(int, inside.split(","))) if inside else ()
        entries[name, indices] = sp.Dummy(text, real=True)
    return entries


def scalar_formula(
    text: str, entries: Entries, functions: Mapping[str, int], *, key: str = "", source: str = ""
) -> Any:
    """A formula in the given entries as a sympy expression; sums run over all values of their index.

    Raises InputError with the position: unknown names, indices out of range, a sum whose range nothing tells.

    Examples
    --------
    >>> from litproof.language.functions import SMOOTH
    >>> scalar_formula("sum(u[j]*log(u[j]))", entries_of(["u[1]", "u[2]"]), SMOOTH)
    _u[1]*log(_u[1]) + _u[2]*log(_u[2])
    """
    counts: dict[str, tuple[int, ...]] = {}
    for name, indices in entries:
        counts[name] = (len(indices),)
    tree = parse(text, key=key, source=source, vocabulary=Vocabulary(counts, functions))
    return _Converter(entries, key, source).convert(tree, {})


def expression(tree: Node, symbols: Mapping[str, Any]) -> Any:
    """A formula without indices as a sympy expression in the given symbols."""
    return _Converter({(name, ()): symbol for name, symbol in symbols.items()}, "", "").convert(tree, {})


class _Converter:
    def __init__(self, entries: Entries, key: str, source: str) -> None:
        self.entries, self.key, self.source = entries, key, source

    def fail(self, node: Node, message: str) -> InputError:
        return formula_error(node.place, message, self.key, self.source)

    def convert(self, node: Node, bound: Mapping[str, int]) -> Any:
        import sympy as sp

        match node:
            case Number():
                return sp.Rational(node.value.numerator, node.value.denominator)
            case Symbol():
                return self.entry(node, bound)
            case Negation():
                return -self.convert(node.inner, bound)
            case Call():
                return getattr(sp, node.name)(*(self.convert(part, bound) for part in node.arguments))
            case Sum():
                values = self.range(node, bound)
                return sp.Add(*(self.convert(node.inner, {**bound, node.letter: k}) for k in values))
            case Operation():
                left, right = self.convert(node.left, bound), self.convert(node.right, bound)
                if node.sign == "^":
                    if not right.is_Rational:
                        raise self.fail(node, "expected a rational number as the exponent")
                    if left == 0 and right < 0:
                        raise self.fail(node, "expected a number that is not 0 to divide by")
                    return left**right
                if node.sign == "/":
                    if right == 0:
                        raise self.fail(node, "expected a number that is not 0 to divide by")
                    return left / right
                return left * right if node.sign == "*" else left + (right if node.sign == "+" else -right)
        raise TypeError(f"not a node: {node!r}")

    def entry(self, node: Symbol, bound: Mapping[str, int]) -> Any:
        indices = tuple(bound[k] if isinstance(k, str) else k for k in node.indices)
        value = self.entries.get((node.name, indices))
        if value is None:
            shown = f"{node.name}[{','.join(map(str, indices))}]"
            raise self.fail(node, f"there is no {shown}")
        return value

    def range(self, node: Sum, bound: Mapping[str, int]) -> Sequence[int]:
        """Values of the letter of a sum: those that its first entry has beside the indices that are known."""
        ranges = []
        for part in nodes(node.inner):
            if not isinstance(part, Symbol) or node.letter not in part.indices:
                continue
            place = part.indices.index(node.letter)
            known = {p: bound.get(k) if isinstance(k, str) else k for p, k in enumerate(part.indices)}
            values = sorted(
                {
                    indices[place]
                    for name, indices in self.entries
                    if name == part.name
                    and all(known[p] in (None, indices[p]) for p in range(len(indices)) if p != place)
                }
            )
            ranges.append(values)
        if not ranges:
            raise self.fail(node, f"expected an entry with the index {node.letter} in the sum")
        if any(values != ranges[0] for values in ranges):
            raise self.fail(node, f"the index {node.letter} has different ranges in this sum")
        return ranges[0]
