"""The Taylor recurrence of one program in doubles: generated code for sums, numpy for all products together.

Of the newest coefficient of a product a b, sum_i a_i b_(k - i), one call of numpy has every term for which both factors
are known. They are where they come from the inputs without a product; else a_0 b_k or a_k b_0 is added afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from litproof.flow.program import Linear
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.taylor_codegen import Begun, Outline, compiled, listed, sum_of

Rows = NDArray[np.float64]
Doubles = Callable[[Begun, float, int], Rows]
"""(begun, h, order) -> coefficients 0..order of v(t + h x) in x, one row an atom as in `Outline.kept`.

The last column holds coefficients of the inputs only.
"""


def double_recurrence(plan: Outline, arithmetic: FixedPoint) -> Doubles:
    """The recurrence that goes on where integers (in units of 2^-bits) end, after order 1 of the inputs or later."""
    unit, inputs = 2.0**-arithmetic.bits, range(plan.inputs)
    known = set(inputs)
    for atom, step in plan.steps:
        if isinstance(step, Linear) and known.issuperset(step.args):
            known.add(atom)
    factors = [
        (atom, step.left, step.right) if step.left in known else (atom, step.right, step.left)
        for atom, step in plan.products
    ]
    factors.sort(key=lambda factor: (factor[1] not in known) + (factor[2] not in known))
    # A row an operand, the left ones from the last to the first: those that are known are neighbours.
    rows = [left for _, left, _ in reversed(factors)] + [right for _, _, right in factors]
    rows += sorted(set(inputs).difference(rows))
    count, late = len(factors), sum(right not in known for _, _, right in factors)
    low, high = sum(left not in known for _, left, _ in factors), 2 * count - late if late else len(rows)
    loop = _loop(plan, known, factors, rows, low, high)
    place, row = ({atom: j for j, atom in enumerate(atoms)} for atoms in (plan.kept, rows))
    from_kept, to_kept = [place[atom] for atom in rows], [row[atom] for atom in plan.kept]

    def recurrence(begun: Begun, h: float, order: int) -> Rows:
        head = np.array([list(map(float, row)) for row in begun[0]]).T * unit
        first = head.shape[1]
        table = np.zeros((len(rows), order + 1))
        table[:, :first] = head[from_kept]
        left, right = table[:count][::-1, None], table[count : 2 * count, :, None]
        newest = [float(x) * unit for x in begun[1]]
        newest = loop(table, left, right, head[:, 0].tolist(), newest, h, first + 1, order)
        values = table[to_kept]
        values[: len(inputs), order] = newest
        return values

    return recurrence


def _loop(
    plan: Outline, known: set[int], factors: list[tuple[int, int, int]], rows: list[int], low: int, high: int
) -> Callable[..., list[float]]:
    """Fills the columns of the table from `first` - 1 on; gives the inputs of order `order`.

    known : what comes without products. factors : the products as (atom, left, right), known ones on the left.
    rows : the operands; those from `low` to `high` are known.
    """
    inputs = listed("x", range(plan.inputs))
    sums = {a: f"x{a} = {sum_of(s.floats[0], s.args)}" for a, s in plan.steps if isinstance(s, Linear)}
    scales = "; ".join(f"w{j} = {c} * w" for j, c in enumerate(plan.multiples))
    body = [f"w = h / k; n = k - 1; {scales}", *(sums[a] for a in sums if a in known)]

    def write(a: int, b: int) -> list[str]:
        return [f"table[{a}:{b}, n] = {listed('x', rows[a:b])}"] if a < b else []

    body += write(low, high)
    if factors:
        sums_of_products = "matmul(left[:, :, :k], right[:, n::-1]).ravel().tolist()"
        body.append(f"[{listed('x', (a for a, _, _ in factors))}] = {sums_of_products}")
    missing = dict[int, str]()
    for atom, a, b in factors:
        terms = [f"z{x} * x{y}" for x, y in ((a, b), (b, a)) if y not in known]
        if terms:
            missing[atom] = f"x{atom} += {' + '.join(terms)}"
    body += [line for a, _ in plan.steps if a not in known for line in (sums.get(a), missing.get(a)) if line]
    body += [*write(0, low), *write(high, len(rows)), f"{inputs} = {plan.moved('x{} * w{}')}"]
    head = [f"{listed('z', plan.kept)} = begun", f"{inputs} = newest"]
    signature = "table, left, right, begun, newest, h, first, order"
    loop = "for k in range(first, order + 1):"
    return compiled(signature, head, loop, body, {"matmul": np.matmul}, f"return [{inputs}]")
