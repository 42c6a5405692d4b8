"""Numbers of other libraries as fractions, without rounding: what a person's prediction may return."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

from litproof.errors import InputError

EXPECTED = "a Fraction, an int, a number as text, a Decimal, or a number of mpmath, gmpy2, sympy or flint"
_LONGEST = 100_000
"""Binary places and digits of a number beyond which it is taken for a mistake; no answer needs them."""


def exact_numbers(values: Any, where: str) -> tuple[Fraction, ...]:
    """The entries of a list (or array, or generator) as fractions.

    Parameters
    ----------
    values : numbers: see EXPECTED. A ball of flint counts by its midpoint, a binary float of mpmath, gmpy2 or sympy
        by the dyadic fraction that it is. Python's and numpy's floats are refused: nobody means their last digits.
    where : named in messages, with the number of the entry.

    Raises
    ------
    InputError : not a list of numbers, or an entry that is none, in one line.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from mpmath import mpf
    >>> exact_numbers(["0.25", 3, Decimal("1e-3"), mpf(0.5)], "mine")
    (Fraction(1, 4), Fraction(3, 1), Fraction(1, 1000), Fraction(1, 2))
    """
    try:
        entries = None if isinstance(values, str | bytes | Mapping | set | frozenset) else iter(values)
    except TypeError:
        entries = None
    if entries is None:
        raise InputError(f"expected a list of numbers, got {_kind(values)}", key=where)
    return tuple(_exact(entry, f"{where}, value {number}") for number, entry in enumerate(entries, start=1))


def _exact(entry: Any, where: str) -> Fraction:
    try:
        return exact_number(entry)
    except TypeError:
        hint = " (floats are not exact)" if _is_float(entry) else ""
        raise InputError(f"expected {EXPECTED}, got {_kind(entry)}{hint}", key=where) from None
    except (ValueError, ArithmeticError):
        raise InputError(f"expected a number, got {_shown(entry)}", key=where) from None


def exact_number(entry: Any) -> Fraction:
    """One number as a fraction.

    Raises
    ------
    TypeError : of a kind that is not exact, or no number.
    ValueError, ArithmeticError : infinite, not a number, or text that does not read as one.
    """
    if isinstance(entry, bool) or _is_float(entry):
        raise TypeError
    if isinstance(entry, str):
        return _from_text(entry)
    if isinstance(entry, Decimal):
        return _from_text(str(entry))
    if isinstance(entry, Rational):
        return Fraction(int(entry.numerator), int(entry.denominator))
    read = _READERS.get(type(entry).__module__.partition(".")[0])
    if read is None:
        raise TypeError
    return read(entry)


def _from_text(text: str) -> Fraction:
    _, _, exponent = text.lower().partition("e")
    if len(text) > _LONGEST or (exponent.strip("+-").isdecimal() and int(exponent) not in _EXPONENTS):
        raise ValueError("too long")
    return Fraction(text)


_EXPONENTS = range(-_LONGEST, _LONGEST + 1)


def _dyadic(sign: int, mantissa: int, exponent: int) -> Fraction:
    if exponent not in _EXPONENTS:
        raise ValueError("out of range")
    return (-1 if sign else 1) * Fraction(mantissa) * Fraction(2) ** exponent


def _of_mpmath(entry: Any) -> Fraction:
    if not hasattr(entry, "_mpf_"):
        raise TypeError
    sign, mantissa, exponent, _ = entry._mpf_
    if not mantissa and exponent:
        raise ValueError("infinite or not a number")
    return _dyadic(int(sign), int(mantissa), int(exponent))


def _of_gmpy2(entry: Any) -> Fraction:
    if not hasattr(entry, "as_mantissa_exp"):
        raise TypeError
    mantissa, exponent = entry.as_mantissa_exp()
    return _dyadic(0, int(mantissa), int(exponent))


def _of_sympy(entry: Any) -> Fraction:
    if getattr(entry, "is_Rational", False):
        return Fraction(int(entry.p), int(entry.q))
    if getattr(entry, "is_Float", False):
        return _of_mpmath(entry)
    raise TypeError


def _of_flint(entry: Any) -> Fraction:
    from flint import arb, fmpq, fmpz

    if isinstance(entry, fmpz):
        return Fraction(int(entry))
    if isinstance(entry, fmpq):
        return Fraction(int(entry.p), int(entry.q))
    if not isinstance(entry, arb):
        raise TypeError
    if not entry.is_finite():
        raise ValueError("infinite or not a number")
    mantissa, exponent = entry.mid().man_exp()
    return _dyadic(0, int(mantissa), int(exponent))


_READERS: Mapping[str, Callable[[Any], Fraction]] = {
    "mpmath": _of_mpmath,
    "gmpy2": _of_gmpy2,
    "sympy": _of_sympy,
    "flint": _of_flint,
}
"""By the library that a number comes from, so that none of them is imported for others."""


def _is_float(entry: Any) -> bool:
    return isinstance(entry, float) or (
        type(entry).__module__ == "numpy" and type(entry).__name__.startswith(("float", "longdouble"))
    )


def _kind(entry: Any) -> str:
    return "None" if entry is None else type(entry).__name__


def _shown(entry: Any) -> str:
    text = ascii(entry)
    return text if len(text) <= 40 else f"{text[:36]} ..."


def same_length(predicted: Sequence[Any], measured: Sequence[Any], method: str) -> None:
    """Refuse to compare vectors of different lengths.

    Raises
    ------
    InputError : naming both lengths.
    """
    if len(predicted) != len(measured):
        raise InputError(
            f"expected {len(measured)} values, as many as are measured, got {len(predicted)}", key=method
        )
