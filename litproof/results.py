"""Plain results that pass between the rooms; numbers are exact (dyadic) fractions and carry no precision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic

from litproof.decimals import scientific, to_mpf
from litproof.errors import Outcome
from litproof.markup import Rows, decimal, listing, table

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Details = TypeVar("Details", default=Mapping[str, Any])
else:  # the default is for type checkers only
    from typing import TypeVar

    Details = TypeVar("Details")


class Evidence(IntEnum):
    """How strongly a result is backed; the weakest part of a chain decides.

    Examples
    --------
    >>> max(Evidence.AGREED, Evidence.CERTIFIED).name
    'CERTIFIED'
    >>> str(Evidence.EXACT)
    'exact'
    """

    NUMERIC = 1
    AGREED = 2
    CERTIFIED = 3
    EXACT = 4
    KERNEL = 5

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Prediction(Generic[Details]):
    """A value computed from theory without integrating.

    Attributes
    ----------
    value : tuple of Fraction
        Linear coefficients beta (regression) or a direction of unit l2 norm (classification), shape (d,).
    digits : number of significant digits of the largest entry that `value` is meant to carry.
    method : words for the report, e.g. "dual Newton on Q_L".
    details : what the claim's comparison needs beyond the value (nu, rho, candidates, ...): a mapping by name, unless
        the claim says `Prediction[its own type]`.
    """

    value: tuple[Fraction, ...]
    digits: int
    method: str
    details: Details = field(default_factory=dict)  # type: ignore[assignment]

    def mpf(self) -> tuple[Any, ...]:
        """The value as mpmath numbers of `digits` significant digits and a little more."""
        return to_mpf(self.value, self.digits)

    def _rows(self) -> Rows:
        value = tuple(decimal(entry, self.digits) for entry in self.value)
        return (("predicted", value), ("digits", self.digits), ("method", self.method))

    def __str__(self) -> str:
        return listing(self._rows())

    def _repr_html_(self) -> str:
        return table(self._rows())


@dataclass(frozen=True)
class Measurement(Generic[Details]):
    """Where the flow itself went, in its original parameters.

    Attributes
    ----------
    value : tuple of Fraction
        Linear coefficients beta at the end, shape (d,), extrapolated to the limit where the method says so.
    parameters : tuple of tuples of Fraction
        The layers v_1..v_L at the same point, shapes (k_l,).
    error : Fraction
        Bound or estimate of max |value - true limit|: remaining path plus integration error.
    residual : Fraction
        max |X beta - y| at `value`.
    clock : how far the flow was followed, e.g. {"t": "186.2"}.
    digits : digits asked for.
    method : e.g. "Taylor, order 58".
    converged : False when the flow does not tend to zero loss; `reason` then says what was seen.
    reason : one line for the person.
    at_rest : True when it does not converge because it was seen to rest above zero loss.
    details : counters (steps, order, ...) and what the claim's comparison needs beyond the value: a mapping by name,
        unless the claim says `Measurement[its own type]`.
    enclosure : proved bounds (lo, hi) of the limit, entry by entry; empty when nothing is proved.
    unproved : what stood in the way of proved bounds in this run, in words.
    """

    value: tuple[Fraction, ...]
    parameters: tuple[tuple[Fraction, ...], ...]
    error: Fraction
    residual: Fraction
    clock: Mapping[str, str]
    digits: int
    method: str
    converged: bool = True
    reason: str = ""
    details: Details = field(default_factory=dict)  # type: ignore[assignment]
    enclosure: tuple[tuple[Fraction, Fraction], ...] = ()
    at_rest: bool = False
    unproved: str = ""

    @property
    def outcome(self) -> Outcome:
        """How the flow ended; its `advice` says what to try next."""
        if self.converged:
            return Outcome.CONVERGED
        return Outcome.AT_REST if self.at_rest else Outcome.BUDGET

    def mpf(self) -> tuple[Any, ...]:
        """The value as mpmath numbers of `digits` significant digits and a little more."""
        return to_mpf(self.value, self.digits)

    def __str__(self) -> str:
        return listing(self._rows())

    def _repr_html_(self) -> str:
        return table(self._rows())

    def _rows(self) -> Rows:
        clock = ", ".join(f"{key} = {value}" for key, value in self.clock.items())
        if not self.converged:
            remarks = (("no limit", self.reason), ("to try", self.outcome.advice), ("followed to", clock))
            return (*remarks, ("method", self.method))
        value = tuple(decimal(entry, self.digits) for entry in self.value)
        return (
            ("measured", value),
            ("error at most", scientific(self.error)),
            ("residual", scientific(self.residual)),
            ("followed to", clock),
            ("method", self.method),
        )


@dataclass(frozen=True)
class Path:
    """Points along a flow.

    Attributes
    ----------
    columns : names. rows : one list a point, None where a column has no value there.
    ended : where and why the path ends before the limit is reached, in words; empty where it is reached.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Fraction | None, ...], ...]
    ended: str = ""
