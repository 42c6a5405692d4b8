"""Two decimals one above the other, and from which digit on they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal


@dataclass(frozen=True)
class Aligned:
    """One entry of a comparison: each side split into the digits that agree and the rest.

    Digits agree as numbers do, so that 0.99999 and 1.00001 agree to four of them.
    """

    predicted: tuple[str, str]
    measured: tuple[str, str]


def align(predicted: Sequence[str], measured: Sequence[str]) -> tuple[Aligned, ...]:
    """Pad all decimals on the left to one width, and split each pair."""
    width = max(map(len, (*predicted, *measured)), default=0)
    pairs = zip(predicted, measured, strict=True)
    return tuple(_split(left.rjust(width), right.rjust(width)) for left, right in pairs)


def _split(left: str, right: str) -> Aligned:
    exact = Context(prec=len(left) + len(right) + 5)
    gap = abs(exact.subtract(Decimal(left.strip()), Decimal(right.strip())))
    if not gap:
        return Aligned((left, ""), (right, ""))
    places = -gap.adjusted() - 1  # gap < 10^-places
    if exact.multiply(gap, Decimal(2)) >= Decimal(1).scaleb(-places):
        places -= 1  # not within half a unit of the last place
    point = left.index(".") if "." in left else len(left)
    end = max(0, point + places + (1 if places > 0 else 0))
    if not (left[:end] + right[:end]).strip(" -"):  # a sign alone is no digit
        end = 0
    return Aligned((left[:end], left[end:]), (right[:end], right[end:]))
