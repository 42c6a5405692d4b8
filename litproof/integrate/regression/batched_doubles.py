"""Programs on numpy doubles, level by level: all steps at once that do not wait for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litproof.flow.program import Linear, Product, Program, Step, arguments
from litproof.integrate.regression.doubles import Array

_MOST = 1 << 22
"""Doubles in one table of derivatives; more states are taken in parts."""

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class _Sums:
    """Rows low..high-1 are matrix @ rows[args] + constants."""

    low: int
    high: int
    args: Rows
    matrix: Array
    constants: Array


@dataclass(frozen=True)
class _Products:
    """Rows low..high-1 are rows[left] * rows[right]."""

    low: int
    high: int
    left: Rows
    right: Rows


class Levels:
    """A program in the order of its levels.

    Parameters
    ----------
    program : any; every level of affine forms becomes one matrix, every level of products one array operation.
    """

    def __init__(self, program: Program) -> None:
        self.inputs = program.inputs
        depths = [0] * program.inputs
        for step in program.steps:
            depths.append(1 + max((depths[a] for a in arguments(step)), default=0))
        kinds = [isinstance(step, Linear) for step in program.steps]
        order = sorted(range(len(kinds)), key=lambda k: (depths[program.inputs + k], kinds[k]))
        place = np.arange(program.inputs + len(order))
        place[[program.inputs + k for k in order]] = np.arange(program.inputs, len(place))
        self._place = place
        self._blocks: list[_Sums | _Products] = []
        low = 0
        while low < len(order):
            high, first = low + 1, order[low]
            key = depths[program.inputs + first], kinds[first]
            while high < len(order) and key == (depths[program.inputs + order[high]], kinds[order[high]]):
                high += 1
            steps = [program.steps[k] for k in order[low:high]]
            self._blocks.append(self._block(steps, program.inputs + low))
            low = high
        self._outputs = {key: place[list(group)] for key, group in program.outputs.items()}

    def _block(self, steps: Sequence[Step], low: int) -> _Sums | _Products:
        place, high = self._place, low + len(steps)
        products = [step for step in steps if isinstance(step, Product)]
        if products:
            left, right = place[[p.left for p in products]], place[[p.right for p in products]]
            return _Products(low, high, left, right)
        sums = [step for step in steps if isinstance(step, Linear)]
        args = sorted({a for step in sums for a in step.args})
        matrix = np.zeros((len(sums), len(args)))
        for row, step in zip(matrix, sums, strict=True):
            row[[args.index(a) for a in step.args]] = step.floats[0]
        constants = np.array([step.floats[1] for step in sums])[:, None]
        return _Sums(low, high, place[np.array(args, dtype=np.intp)], matrix, constants)

    def jacobians(self, state: Array, *groups: str) -> list[tuple[Array, Array]]:
        """Values (m, k) and derivatives (m, k, P) of groups of k outputs at m states, `state` of shape (m, P)."""
        most = max(1, _MOST // (len(self._place) * self.inputs))
        if len(state) > most:
            parts = [self.jacobians(state[i : i + most], *groups) for i in range(0, len(state), most)]
            return [
                (np.concatenate([p[g][0] for p in parts]), np.concatenate([p[g][1] for p in parts]))
                for g in range(len(groups))
            ]
        m, P = state.shape
        values, slopes = np.empty((len(self._place), m)), np.empty((len(self._place), P, m))
        values[:P], slopes[:P] = state.T, 0.0
        slopes[np.arange(P), np.arange(P)] = 1.0
        for block in self._blocks:
            own = slice(block.low, block.high)
            if isinstance(block, _Sums):
                values[own] = block.matrix @ values[block.args] + block.constants
                slopes[own] = (block.matrix @ slopes[block.args].reshape(-1, P * m)).reshape(-1, P, m)
            else:
                a, b = values[block.left], values[block.right]
                values[own] = a * b
                slopes[own] = a[:, None] * slopes[block.right] + b[:, None] * slopes[block.left]
        outputs = [self._outputs[group] for group in groups]
        return [
            (np.ascontiguousarray(values[rows].T), np.ascontiguousarray(slopes[rows].transpose(2, 0, 1)))
            for rows in outputs
        ]

    def changes(self, bases: Array, change: Array, unit: float, group: str) -> Array:
        """Changes (m, k) of k outputs from a base point to m others; no cancellation, however small they are.

        Parameters
        ----------
        bases : values of all atoms of the program at the base point, in the program's order.
        change : (m, P) changes of the inputs, like the result in some unit.
        unit : may underflow to 0.
        """
        base = np.empty((len(bases), 1))
        base[self._place, 0] = bases
        changes = np.empty((len(bases), len(change)))
        changes[: self.inputs] = change.T
        for block in self._blocks:
            own = slice(block.low, block.high)
            if isinstance(block, _Sums):
                changes[own] = block.matrix @ changes[block.args]
            else:
                a, b = changes[block.left], changes[block.right]
                changes[own] = base[block.left] * b + a * (base[block.right] + unit * b)
        return np.ascontiguousarray(changes[self._outputs[group]].T)

    def growth_rate(self, state: Array) -> Array:
        """Largest eigenvalue of the velocity's Jacobian at m states (symmetric: a gradient flow), shape (m,)."""
        ((_, slopes),) = self.jacobians(state, "velocity")
        return largest_eigenvalues(slopes)


def largest_eigenvalues(slopes: Array) -> Array:
    """Largest eigenvalue of each symmetric matrix, shape (m, P, P) -> (m,)."""
    return np.asarray(np.linalg.eigvalsh((slopes + slopes.transpose(0, 2, 1)) / 2)[:, -1])
