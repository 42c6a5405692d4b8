"""Two decimals one above the other, and where they part."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Aligned:
    """One entry of a comparison.

    Attributes
    ----------
    common : characters that both sides share, from the left (padded to equal length before).
    predicted, measured : what follows on each side.
    """

    common: str
    predicted: str
    measured: str


def align(predicted: Sequence[str], measured: Sequence[str]) -> tuple[Aligned, ...]:
    """Pad all decimals on the left to one width, and split each pair where its two sides part."""
    width = max(map(len, (*predicted, *measured)), default=0)
    pairs = zip(predicted, measured, strict=True)
    return tuple(_split(left.rjust(width), right.rjust(width)) for left, right in pairs)


def _split(left: str, right: str) -> Aligned:
    same = next((k for k, (a, b) in enumerate(zip(left, right, strict=True)) if a != b), len(left))
    return Aligned(left[:same], left[same:], right[same:])
