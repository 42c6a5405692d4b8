"""Estimate of the accumulated integration error."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import inf, log

import numpy as np

from litproof.flow.program import Program
from litproof.integrate.regression.batched_doubles import Levels
from litproof.integrate.regression.taylor import Piece


class ErrorTracker:
    """Sum of local errors, each with its growth since (logarithmic norm along the path)."""

    def __init__(self, flow: Program, start: Sequence[Fraction]) -> None:
        self._flow = flow
        self._last = list(map(float, start))
        self._pending: list[tuple[Piece, list[float]]] = []
        self._log = -inf

    @cached_property
    def _levels(self) -> Levels:
        return Levels(self._flow)

    def add(self, piece: Piece, state: Sequence[Fraction]) -> None:
        """Take one more piece and its end state."""
        self._pending.append((piece, list(map(float, state))))

    def log_error(self) -> float:
        """Natural logarithm of the estimated error of the parameters so far, l2 norm."""
        if not self._pending:
            return self._log
        states = [self._last, *(state for _, state in self._pending)]
        unknown = any(piece.growth is None for piece, _ in self._pending)
        rates = (
            np.maximum(self._levels.growth_rate(np.array(states)), 0.0) if unknown else np.zeros(len(states))
        )
        for k, (piece, state) in enumerate(self._pending):
            growth = piece.growth
            if growth is None:
                growth = float(piece.end - piece.start) * float(rates[k] + rates[k + 1]) / 2
            local = piece.log_error + log(len(state)) / 2
            self._log = float(np.logaddexp(self._log, local)) + growth
        self._last = self._pending[-1][1]
        self._pending.clear()
        return self._log
