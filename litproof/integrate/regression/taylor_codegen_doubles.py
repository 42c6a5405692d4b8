"""The Taylor recurrence of one program in doubles: generated code for the newest coefficients, numpy for the rest.

The newest coefficient of a product a b of order k is a_0 b_k + a_k b_0 and the terms in between. Those need no
coefficient of order k, so that one call of numpy has them for all products together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from litproof.flow.program import Linear, Product, Program
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.taylor_codegen import (
    Columns,
    compiled,
    listed,
    listed_moves,
    multiples_of,
    steps_of,
    sum_of,
)

Rows = NDArray[np.float64]
Doubles = Callable[[Columns, float, int], Rows]
"""(columns, h, order) -> coefficients 0..order of v(t + h x) in x, one row an order, a column as in `needed`.

On entry, the columns of the inputs have at least two coefficients (integers in units of 2^-bits), the others one
less. The last row holds coefficients of the inputs only.
"""


def double_recurrence(program: Program, arithmetic: FixedPoint, needed: Sequence[int]) -> Doubles:
    """The recurrence that goes on where integers end."""
    factors = [(s.left, s.right) for _, s in steps_of(program) if isinstance(s, Product)]
    position = {atom: j for j, atom in enumerate(needed)}
    of_left, of_right = ([position[pair[side]] for pair in factors] for side in (0, 1))
    loop = _loop(program, needed)

    def recurrence(columns: Columns, h: float, order: int) -> Rows:
        values = _begun(columns, program.inputs, order, arithmetic.bits)
        first = len(columns[0])
        # The right factors from the last order down, so that a sum of products is one of a row with a column.
        left, right = np.empty((len(factors), 1, order)), np.empty((len(factors), order, 1))
        left[:, 0, : first - 1] = values[: first - 1, of_left].T
        right[:, order - first + 1 :, 0] = values[: first - 1, of_right][::-1].T
        loop(values, h, first, order, left, right)
        return values

    return recurrence


def _begun(columns: Columns, inputs: int, order: int, bits: int) -> Rows:
    first = len(columns[0])
    values = np.zeros((order + 1, len(columns)))
    values[: first - 1] = [list(map(float, row)) for row in zip(*columns, strict=False)][: first - 1]
    values[first - 1, :inputs] = [float(column[-1]) for column in columns[:inputs]]
    values *= 2.0**-bits
    return values


def _loop(program: Program, needed: Sequence[int]) -> Callable[..., None]:
    """Fills the rows of `values` from the coefficients `first` - 1 of the products on."""
    inputs = range(program.inputs)
    products = [(atom, step) for atom, step in steps_of(program) if isinstance(step, Product)]
    between = listed("i", (atom for atom, _ in products))
    head = [
        f"{listed('z', needed)} = values[0].tolist()",
        f"{listed('x', inputs)} = values[first - 1, : {program.inputs}].tolist()",
    ]
    sums = "matmul(left[:, :, 1:n], right[:, order - n : order - 1]).ravel().tolist()"
    scales = "; ".join(f"w{j} = {c} * w" for j, c in enumerate(multiples_of(program)))
    body = [f"w = h / k; n = k - 1; {scales}", f"[{between}] = {sums}"]
    for atom, step in steps_of(program):
        if isinstance(step, Linear):
            value = sum_of(step.floats[0], step.args)
        elif step.left == step.right:
            value = f"2.0 * z{step.left} * x{step.left} + i{atom}"
        else:
            value = f"z{step.left} * x{step.right} + x{step.left} * z{step.right} + i{atom}"
        body.append(f"x{atom} = {value}")
    lefts, rights = (listed("x", (getattr(step, side) for _, step in products)) for side in ("left", "right"))
    body += [
        f"values[n] = {listed('x', needed)}",
        f"left[:, 0, n] = [{lefts}]; right[:, order - k, 0] = [{rights}]",
        f"{listed('x', inputs)} = {listed_moves(program, 'x{} * w{}')}",
    ]
    result = f"values[order, : {program.inputs}] = {listed('x', inputs)}"
    loop = "for k in range(first, order + 1):"
    return compiled("values, h, first, order, left, right", head, loop, body, {"matmul": np.matmul}, result)
