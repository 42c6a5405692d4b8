"""Programs on numpy doubles, step by step: values, and majorants (absolute values of all coefficients)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from litproof.flow.program import Linear, Program

Array = NDArray[np.float64]


class Dual(NamedTuple):
    """A value of any shape and its derivatives in k directions, shape (k, *value.shape)."""

    value: Array
    tangent: Array


class _Majorants:
    """Program ring on `Dual` in which every rational coefficient counts with its absolute value."""

    def linear(self, step: Linear, values: Sequence[Dual]) -> Dual:
        """See litproof.flow.program.Ring."""
        coefficients, constant = step.floats
        value, tangent = np.asarray(abs(constant)), np.zeros(1)
        for coefficient, dual in zip(coefficients, values, strict=True):
            value = value + abs(coefficient) * dual.value
            tangent = tangent + abs(coefficient) * dual.tangent
        return Dual(value, tangent)

    def product(self, a: Dual, b: Dual) -> Dual:
        """See litproof.flow.program.Ring."""
        return Dual(a.value * b.value, a.value * b.tangent + b.value * a.tangent)

    def square(self, a: Dual) -> Dual:
        """See litproof.flow.program.Ring."""
        return Dual(a.value * a.value, 2.0 * a.value * a.tangent)


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
    atoms = program.run(_Majorants(), inputs)
    gradient = [atoms[a] for a in program.outputs["gradient"]]
    first = np.stack([np.broadcast_to(d.value, (count,)) for d in gradient], axis=1)
    if not second:
        return first, None
    hessian = np.stack([np.broadcast_to(d.tangent, (directions, count)).T for d in gradient], axis=1)
    return first, hessian
