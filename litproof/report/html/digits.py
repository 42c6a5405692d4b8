"""Two decimals one above the other, and where they part."""

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


def align(predicted: str, measured: str) -> Aligned:
    """Pad both sides on the left and split them where they part."""
    width = max(len(predicted), len(measured))
    left, right = predicted.rjust(width), measured.rjust(width)
    same = next((k for k, (a, b) in enumerate(zip(left, right, strict=True)) if a != b), width)
    return Aligned(left[:same], left[same:], right[same:])
