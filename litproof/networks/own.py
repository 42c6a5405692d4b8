"""Networks of a user's own Python class: shapes and coefficients are all that is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from litproof.errors import InputError
from litproof.networks.base import Layers, Network


@dataclass(frozen=True, eq=False)
class OwnNetwork:
    """What litproof adds to a class with `shapes` and `coefficients`.

    Attributes
    ----------
    source : the user's object.
    """

    source: Any

    @property
    def kind(self) -> str:
        """The name of the class, for messages."""
        return str(getattr(self.source, "kind", type(self.source).__name__))

    @property
    def shapes(self) -> tuple[int, ...]:
        """Of the source."""
        return tuple(self.source.shapes)

    @property
    def input_dim(self) -> int:
        """Length of beta."""
        return len(self.coefficients([[Fraction(0)] * size for size in self.shapes]))

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Of the source."""
        return tuple(self.source.coefficients(v))


def as_network(candidate: Any) -> Network:
    """A network as it is, or a user's object with `shapes` and `coefficients` made into one.

    Raises InputError for an object without these, or shapes that are not a list of sizes.
    """
    for name in ("shapes", "coefficients"):
        if not hasattr(candidate, name):
            raise InputError(
                "expected a network, an object with shapes and coefficients(v); "
                f"{type(candidate).__name__} has no {name}",
                key="network",
            )
    shapes = candidate.shapes
    if (
        not isinstance(shapes, Sequence)
        or not shapes
        or not all(isinstance(k, int) and k > 0 for k in shapes)
    ):
        raise InputError(f"expected shapes, a tuple of sizes above 0, got {shapes!r:.60}", key="network")
    complete = (
        hasattr(candidate, "kind")
        and hasattr(candidate, "input_dim")
        and type(candidate).__hash__ is not None
    )
    return cast("Network", candidate) if complete else OwnNetwork(candidate)
