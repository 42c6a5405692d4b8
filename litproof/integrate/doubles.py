"""Programs on numpy doubles: values, derivatives, and majorants (absolute values of all coefficients)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from litproof.flow.program import Linear, Program

Array = NDArray[np.float64]


class Doubles:
    """Program ring on arrays of doubles, entry by entry."""

    def linear(self, step: Linear, values: Sequence[Array]) -> Array:
        """See litproof.flow.program.Ring."""
        coefficients, total = step.floats
        result = np.asarray(total)
        for coefficient, value in zip(coefficients, values, strict=True):
            result = result + coefficient * value
        return result

    def product(self, a: Array, b: Array) -> Array:
        """See litproof.flow.program.Ring."""
        return a * b

    def square(self, a: Array) -> Array:
        """See litproof.flow.program.Ring."""
        return a * a


class Dual(NamedTuple):
    """A value of any shape and its derivatives in k directions, shape (k, *value.shape)."""

    value: Array
    tangent: Array


class Duals:
    """Program ring on `Dual`; with `majorant` every rational coefficient counts with its absolute value."""

    def __init__(self, *, majorant: bool = False) -> None:
        self.majorant = majorant

    def linear(self, step: Linear, values: Sequence[Dual]) -> Dual:
        """See litproof.flow.program.Ring."""
        coefficients, constant = step.floats
        if self.majorant:
            coefficients, constant = tuple(map(abs, coefficients)), abs(constant)
        value, tangent = np.asarray(constant), np.zeros(1)
        for coefficient, dual in zip(coefficients, values, strict=True):
            value = value + coefficient * dual.value
            tangent = tangent + coefficient * dual.tangent
        return Dual(value, tangent)

    def product(self, a: Dual, b: Dual) -> Dual:
        """See litproof.flow.program.Ring."""
        return Dual(a.value * b.value, a.value * b.tangent + b.value * a.tangent)

    def square(self, a: Dual) -> Dual:
        """See litproof.flow.program.Ring."""
        return Dual(a.value * a.value, 2.0 * a.value * a.tangent)


def jacobians(program: Program, state: Array, *groups: str) -> list[tuple[Array, Array]]:
    """Values (m, k) and derivatives (m, k, P) of groups of k outputs at m states, `state` of shape (m, P)."""
    m, parameters = state.shape
    directions = np.zeros((parameters, parameters, m))
    directions[np.arange(parameters), np.arange(parameters)] = 1.0
    atoms = program.run(Duals(), [*map(Dual, state.T, directions)])
    results = []
    for group in groups:
        outputs = program.outputs[group]
        values, slopes = np.empty((len(outputs), m)), np.empty((len(outputs), parameters, m))
        for k, atom in enumerate(outputs):
            values[k], slopes[k] = atoms[atom]
        results.append((np.ascontiguousarray(values.T), np.ascontiguousarray(slopes.transpose(2, 0, 1))))
    return results


def changes(program: Program, bases: Sequence[float], change: Array, unit: float) -> list[Array]:
    """Changes of all atoms from a base point to m others, in some unit; no cancellation, however small they are.

    Parameters
    ----------
    bases : values of all atoms at the base point.
    change : (m, P) changes of the inputs in that unit.
    unit : may underflow to 0.
    """
    found = [*change.T]
    for step in program.steps:
        if isinstance(step, Linear):
            moved = np.zeros(len(change))
            for coefficient, arg in zip(step.floats[0], step.args, strict=True):
                moved = moved + coefficient * found[arg]
        else:
            a, b = found[step.left], found[step.right]
            moved = bases[step.left] * b + a * (bases[step.right] + unit * b)
        found.append(moved)
    return found


def growth_rate(program: Program, state: Array) -> Array:
    """Largest eigenvalue of the velocity's Jacobian at m states (symmetric: a gradient flow), shape (m,)."""
    ((_, slopes),) = jacobians(program, state, "velocity")
    return np.asarray(np.linalg.eigvalsh((slopes + slopes.transpose(0, 2, 1)) / 2)[:, -1])


def gradient_majorants(
    program: Program, size: Array, seeds: Array, *, second: bool
) -> tuple[Array, Array | None]:
    """Bounds of |grad c^T beta| and of the entries of its Hessian for |v_p| <= size_p.

    Parameters
    ----------
    program : the one of `trace_gradient`.
    size : P bounds.
    seeds : m rows c in R^d (absolute values are taken).

    Returns
    -------
    first : (m, P); second : (m, P, P) or None.
    """
    parameters, count = len(size), len(seeds)
    directions = parameters if second else 1
    basis = np.eye(parameters) if second else np.zeros((1, parameters))
    zero = np.zeros((1, 1))
    inputs = [Dual(np.full(count, size[p]), basis[:, p, None]) for p in range(parameters)]
    inputs += [Dual(np.abs(column), zero) for column in seeds.T]
    atoms = program.run(Duals(majorant=True), inputs)
    found = [atoms[a] for a in program.outputs["gradient"]]
    first = np.stack([np.broadcast_to(d.value, (count,)) for d in found], axis=1)
    if not second:
        return first, None
    hessian = np.stack([np.broadcast_to(d.tangent, (directions, count)).T for d in found], axis=1)
    return first, hessian
