"""The parameters of a network as sympy symbols and as functions of time, under one name each.

The symbol of entry j of layer l is named ``v[l,j]``; it is an ordinary real symbol that LaTeX shows as v_{l,j}.
"""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from litproof.errors import InputError
from litproof.networks.base import Network, parameter_names

_INDEXED = re.compile(r"(?P<letters>[A-Za-z]+)\[(?P<indices>\d+(?:,\d+)*)\]")


def name_in_latex(name: str) -> str:
    r"""v[1,2] -> v_{1,2}, eta[1,2] -> \eta_{1,2}; names without indices as sympy prints them."""
    match = _INDEXED.fullmatch(name)
    if match is None:
        return str(sp.latex(sp.Symbol(name)))
    return f"{sp.latex(sp.Symbol(match['letters']))}_{{{match['indices']}}}"


class Parameter(sp.Symbol):  # type: ignore[misc]
    """A sympy symbol whose LaTeX has a proper subscript; real, unless it stands for a complex coordinate.

    Equal to the plain symbol of the same name, so that either may be typed.

    Examples
    --------
    >>> import sympy
    >>> v = Parameter("v[1,2]")
    >>> v == sympy.Symbol("v[1,2]", real=True), sympy.latex(v**2), str(v)
    (True, 'v_{1,2}^{2}', 'v[1,2]')
    """

    __slots__ = ()

    def __new__(cls, name: str, *, real: bool = True) -> Parameter:
        """The symbol of that name."""
        return super().__new__(cls, name, **({"real": True} if real else {}))  # type: ignore[no-any-return]

    @classmethod
    def class_key(cls) -> Any:
        """Sorted among plain symbols."""
        return sp.Symbol.class_key()

    def _plain(self) -> sp.Symbol:
        return sp.Symbol(self.name, **({"real": True} if self.is_real else {}))

    def __eq__(self, other: object) -> bool:
        return bool(self._plain() == (other._plain() if isinstance(other, Parameter) else other))

    __hash__ = sp.Symbol.__hash__
    """Of the name below that all these classes share: that of the plain symbol, and kept."""

    def _latex(self, printer: Any) -> str:
        return name_in_latex(self.name)


# sympy sorts the factors of a product by the names of their classes: under another name v[1,1]*v[2,1]^2 in these
# symbols and in plain ones would be two products, equal factor by factor and never cancelling.
Parameter.__name__ = "Symbol"


class _OfTime(AppliedUndef):  # type: ignore[misc]
    """A parameter as a function of time."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = name_in_latex(type(self).__name__)
        argument = printer.doprint(self.args[0])
        return f"{text}{f'^{{{exp}}}' if exp else ''}({argument})"


def function_of_time(name: str) -> UndefinedFunction:
    """The real function of that name; equal to ``sympy.Function(name, real=True)``."""
    return UndefinedFunction(name, bases=(_OfTime,), real=True)


def expression_of(text: str) -> sp.Expr:
    """Text in parameter names, as `litproof conserved` prints it, as a sympy expression; ^ or ** for powers.

    Raises InputError for text that is no formula.

    Examples
    --------
    >>> expression_of("v[1,1]^2 - 2*v[2,1]").free_symbols == {Parameter("v[1,1]"), Parameter("v[2,1]")}
    True
    """
    from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

    names: dict[str, Parameter] = {}

    def plain(match: re.Match[str]) -> str:
        identifier = f"p{len(names)}_"
        names[identifier] = Parameter(match[0].replace(" ", ""))
        return identifier

    spaced = re.compile(r"[A-Za-z]+\[ *\d+(?: *, *\d+)* *\]")
    try:
        return parse_expr(
            spaced.sub(plain, text),
            local_dict=names,
            transformations=(*standard_transformations, convert_xor),
        )
    except Exception as error:
        raise InputError(
            f"expected a formula in the parameters, got {text[:60]!a} ({error})", key="quantity"
        ) from None


def parameter_symbols(network: Network) -> tuple[tuple[Parameter, ...], ...]:
    """One symbol a parameter, shapes (k_l,), named as in `parameter_names`."""
    return tuple(tuple(Parameter(name) for name in layer) for layer in parameter_names(network))
