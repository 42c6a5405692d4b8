"""Programs on numpy doubles, level by level: all steps at once that do not wait for each other; and their derivatives.

Jacobians of small flows are tables; those of large ones are never written out, they only multiply vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litproof.flow.program import Linear, Product, Program, Step, arguments
from litproof.integrate.regression.doubles import Array

_MOST = 1 << 22
"""Doubles in one table of derivatives; more states are taken in parts."""
_WRITTEN = 40
"""Parameters up to which a Jacobian is a table; beyond, its eigenvalues and products cost more than without one."""
_LANCZOS = 24
"""Vectors that estimate the largest eigenvalue of a Jacobian without a table: two digits or three."""

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

    def linearised(self, state: Array) -> tuple[Array, Slopes]:
        """Jacobians of "residual" (m, n, P) and "velocity" at m states, `state` of shape (m, P)."""
        if self.inputs <= _WRITTEN:
            J, A = self._tables(state, "residual", "velocity")
            return J, Slopes(J, A)
        values = self._values(state)
        J = self._rows(values, "residual")
        return J, Slopes(J, lambda vectors: self._changes(values, vectors, 0.0, "velocity"))

    def _values(self, state: Array) -> Array:
        """All atoms at m states, (atoms, m)."""
        values = np.empty((len(self._place), len(state)))
        values[: self.inputs] = state.T
        for block in self._blocks:
            own = slice(block.low, block.high)
            if isinstance(block, _Sums):
                values[own] = block.matrix @ values[block.args] + block.constants
            else:
                values[own] = values[block.left] * values[block.right]
        return values

    def _tables(self, state: Array, *groups: str) -> list[Array]:
        """Derivatives (m, k, P) of groups of k outputs, from the inputs on: for many outputs."""
        most = max(1, _MOST // (len(self._place) * self.inputs))
        if len(state) > most:
            parts = [self._tables(state[i : i + most], *groups) for i in range(0, len(state), most)]
            return [np.concatenate(tables) for tables in zip(*parts, strict=True)]
        m, P = state.shape
        values, slopes = self._values(state), np.empty((len(self._place), P, m))
        slopes[:P] = 0.0
        slopes[np.arange(P), np.arange(P)] = 1.0
        for block in self._blocks:
            own = slice(block.low, block.high)
            if isinstance(block, _Sums):
                slopes[own] = (block.matrix @ slopes[block.args].reshape(-1, P * m)).reshape(-1, P, m)
            else:
                a, b = values[block.left], values[block.right]
                slopes[own] = a[:, None] * slopes[block.right] + b[:, None] * slopes[block.left]
        return [np.ascontiguousarray(slopes[self._outputs[group]].transpose(2, 0, 1)) for group in groups]

    def _rows(self, values: Array, group: str) -> Array:
        """Derivatives (m, k, P) of a group of k outputs, from the outputs back: for many inputs."""
        outputs, m = self._outputs[group], values.shape[1]
        most = max(1, _MOST // (len(values) * max(1, len(outputs))))
        if m > most:
            return np.concatenate([self._rows(values[:, i : i + most], group) for i in range(0, m, most)])
        bars = np.zeros((len(values), len(outputs), m))
        bars[outputs, np.arange(len(outputs))] = 1.0
        for block in reversed(self._blocks):
            own = bars[block.low : block.high]
            if isinstance(block, _Sums):
                bars[block.args] += np.tensordot(block.matrix, own, (0, 0))
            else:
                np.add.at(bars, block.left, own * values[block.right][:, None])
                np.add.at(bars, block.right, own * values[block.left][:, None])
        return np.ascontiguousarray(bars[: self.inputs].transpose(2, 1, 0))

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
        return self._changes(base, change, unit, group)

    def _changes(self, base: Array, change: Array, unit: float, group: str) -> Array:
        """The same from one base point or from one for each change, columns in the order of levels."""
        changes = np.empty((len(base), len(change)))
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
        most = max(1, _MOST // (self.inputs * min(self.inputs, _WRITTEN)))
        parts = [state[i : i + most] for i in range(0, len(state), most)]
        return np.concatenate([self.linearised(part)[1].largest() for part in parts])


class Slopes:
    """The symmetric Jacobian of a velocity at m states.

    Parameters
    ----------
    J : (m, n, P), the Jacobian of the residual: the one of the velocity is -J^T J plus what fades with the residual.
    A : (m, P, P), or a function of (m, P) vectors that multiplies each by its matrix.
    """

    def __init__(self, J: Array, A: Array | Callable[[Array], Array]) -> None:
        self._J, self._A = J, A

    def __call__(self, vectors: Array) -> Array:
        """Each vector multiplied by its matrix, or all by the only one, (m, P)."""
        if callable(self._A):
            return self._A(vectors)
        return np.asarray((self._A @ vectors[:, :, None])[:, :, 0])

    def largest(self) -> Array:
        """Largest eigenvalues, (m,); without a table those of A + J^T J, which are no smaller."""
        if not callable(self._A):
            return self._eigenvalues(self._A)[:, -1]
        Jt = self._J.transpose(0, 2, 1)
        return self._ritz(lambda v: self(v) + (Jt @ (self._J @ v[:, :, None]))[:, :, 0])[:, -1]

    def norm(self) -> float:
        """The largest absolute value of an eigenvalue at any of the states."""
        eigenvalues = self._ritz(self) if callable(self._A) else self._eigenvalues(self._A)
        return float(np.abs(eigenvalues).max())

    @staticmethod
    def _eigenvalues(A: Array) -> Array:
        return np.asarray(np.linalg.eigvalsh((A + A.transpose(0, 2, 1)) / 2))

    def _ritz(self, times: Callable[[Array], Array]) -> Array:
        """Estimates of the outermost eigenvalues, ascending, (m, k), by Lanczos' method."""
        m, _, P = self._J.shape
        q, before, beta = np.random.default_rng(0).normal(size=(m, P)), np.zeros((m, P)), np.zeros(m)
        q /= np.linalg.norm(q, axis=1)[:, None]
        T = np.zeros((m, min(_LANCZOS, P), min(_LANCZOS, P)))
        for k in range(T.shape[1]):
            w = times(q) - beta[:, None] * before
            T[:, k, k] = (w * q).sum(axis=1)
            w -= T[:, k, k, None] * q
            beta, before = np.linalg.norm(w, axis=1), q
            if k + 1 < T.shape[1]:
                T[:, k, k + 1] = T[:, k + 1, k] = beta
                q = w / np.where(beta > 0, beta, 1.0)[:, None]
        return np.asarray(np.linalg.eigvalsh(T))
