"""What gradient flow conserves, checked numerically: an appendix to Du, Hu, Lee (arXiv 1806.00900) and its successors.

Two networks: fully connected, f(x) = x^T W_1 W_2 w_3, and a circular convolution, f(x) = <x * v_1, v_2>. For each,
sympy reduces the time derivative of every law that litproof lists to the zero polynomial, and plain mpmath follows the
flow and prints by how much each law moves; beside it a false law, which must not reduce to zero and must move.

Exit code 1 when a law moves, or the false one stands still.
"""

import sys

import sympy as sp
from mpmath import mp, mpf, nstr, odefun

from litproof import Problem, conserved_quantities, gradient_flow
from litproof.networks import Convolutional, FullyConnected

DIGITS = 30
mp.dps = DIGITS + 10
TIMES = (mpf(1) / 4, 1, 3)

MATRICES = Problem(
    FullyConnected(2, (2, 2)),
    "regression",
    [[1, 2]],
    [3],
    1,
    [[1, "1/2", 0, "-1/3"], ["1/2", 1, "1/4", "3/4"], ["1/2", "-1"]],
)
FILTERS = Problem(
    Convolutional((2, 3)), "classification", [[1, 2, "-1/2"]], [1], 1, [[1, "1/3"], ["1/4", 0, "-1/2"]]
)


def number(q):
    return mpf(q.numerator) / q.denominator


def check(name, problem):
    flow, laws = gradient_flow(problem), conserved_quantities(problem)
    print(f"{name}: {len(flow)} parameters, {len(laws)} laws, complete: {laws.complete}")
    velocity = sp.lambdify([flow.symbols], flow.velocity, "mpmath", cse=True)
    start = [number(q) for layer in problem.v0 for q in layer]
    path = odefun(lambda t, v: velocity(v), 0, start)
    points = [path(time) for time in TIMES]

    def derivative(law):
        """Along the flow, as a polynomial in the parameters and the exponentials of the loss."""
        rate = sp.Add(
            *(sp.diff(law, v) * speed for v, speed in zip(flow.symbols, flow.velocity, strict=True))
        )
        exponentials = {e: sp.Dummy() for e in rate.atoms(sp.exp)}
        return sp.expand(rate.xreplace(exponentials))

    def drift(law):
        value = sp.lambdify([flow.symbols], law, "mpmath")
        return max(abs(value(point) - value(start)) for point in points)

    good = True
    for law in laws:
        moved, zero = drift(law), derivative(law) == 0
        print(f"  {sp.sstr(law)}\n    derivative reduces to 0: {zero}, moves by {nstr(moved, 3)}")
        good &= zero and moved < mpf(10) ** -DIGITS
    false = laws[0] + flow.symbols[0] ** 2
    moved, zero = drift(false), derivative(false) == 0
    print(f"  false: {sp.sstr(false)}\n    derivative reduces to 0: {zero}, moves by {nstr(moved, 3)}")
    return good and len(laws) > 0 and not zero and moved > mpf(10) ** -3


results = [check("fully connected 2-2-2-1", MATRICES), check("convolution, filters of 2 and 3", FILTERS)]
sys.exit(not all(results))
