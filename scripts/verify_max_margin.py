"""The direction of a classification flow, checked numerically: an appendix to Ji, Telgarsky (arXiv 1810.02032).

Network f(x) = x^T W v, W of 2 x 2, exponential loss on two points of the plane. Claim: beta = W v turns towards the l2
maximum margin, argmin ||z||^2 subject to y_i x_i^T z >= 1. Here that is z = (3, 2)/7 = (5 y_1 x_1 + 8 y_2 x_2)/49.

The clock is s = log kappa, kappa = -log(loss). With theta = kappa^(1/2) w and p_i = exp(lambda_i) the flow reads

    dw/ds = P^2 U/||U||^2 - w/2,   U = sum_i p_i y_i grad f_i(w),   y_i f_i(w) + lambda_i/kappa = 1,   P = sum_i p_i = 1

mpmath.odefun follows the flow itself until kappa = 4; from there implicit Euler in s goes on until the direction has 30
digits. (It need not be accurate: the claim is about the limit, and errors of the path decay as those of the start do.)
(P = 1 follows from the last equation; the factor P^2 keeps it so in finite steps.)
litproof states the problem and prints its equations; all numbers are plain mpmath. Exit code 1: not so.
"""

import sys

import sympy as sp
from mpmath import exp, fdot, findroot, log, mp, mpf, nstr, odefun, sqrt

from litproof import Problem, gradient_flow
from litproof.networks import FullyConnected

DIGITS = 30
mp.dps = DIGITS + 15

X, y = [[1, 2], [-2, "-1/2"]], [1, -1]
problem = Problem(FullyConnected(2, (2,)), "classification", X, y, 1, [[1, 0, "1/4", 1], ["1/3", "1/2"]])
flow = gradient_flow(problem)
print("The flow:", *(f"  {e.lhs} = {e.rhs}" for e in flow), sep="\n")
points = [[mpf(q.numerator) / q.denominator for q in row] for row in problem.signed_rows]
start = [mpf(q.numerator) / q.denominator for layer in problem.v0 for q in layer]
beta = sp.lambdify([flow.symbols], flow.coefficients, "mpmath")
slopes = [[sp.diff(b, v) for v in flow.symbols] for b in flow.coefficients]
jacobian = sp.lambdify([flow.symbols], slopes, "mpmath")
velocity = sp.lambdify([flow.symbols], flow.velocity, "mpmath", cse=True)


def margins(theta):
    return [fdot(point, beta(theta)) for point in points]


def direction(theta):
    return [b / sqrt(fdot(beta(theta), beta(theta))) for b in beta(theta)]


# the flow itself, until its loss is below exp(-4)
path, t = odefun(lambda t, v: velocity(v), 0, start), 1
while (kappa := -log(sum(exp(-m) for m in margins(path(t))))) < 4:
    t *= 2
print(f"\nkappa = {nstr(kappa, 5)} at t = {t}, direction", *(nstr(b, 6) for b in direction(path(t))))
D, s, step = len(flow), log(kappa), mpf(1) / 16
state = [entry / sqrt(kappa) for entry in path(t)] + [kappa - m for m in margins(path(t))]

# the same flow by the clock s; the direction comes closer like kappa^(-1/2)
while s < 2 * (DIGITS + 3) * log(10):
    s, before, step = s + step, state[:D], min(step * mpf("1.5"), mpf(3))

    def equations(*unknown, s=s, before=before, step=step):
        w, multipliers = unknown[:D], unknown[D:]
        p = [exp(x) for x in multipliers]
        pull = [fdot(p, column) for column in zip(*points, strict=True)]
        U = [fdot(pull, column) for column in zip(*jacobian(w), strict=True)]
        speed = [sum(p) ** 2 * u / fdot(U, U) - x / 2 for u, x in zip(U, w, strict=True)]
        moved = [x - old - step * rate for x, old, rate in zip(w, before, speed, strict=True)]
        return moved + [m + x * exp(-s) - 1 for m, x in zip(margins(w), multipliers, strict=True)]

    state = list(findroot(equations, state, tol=mpf(10) ** -(2 * DIGITS + 8), maxsteps=100))
reached = direction(state[:D])
print(f"kappa = exp({nstr(s, 5)}), direction", *(nstr(b, DIGITS) for b in reached))


def gap(z):
    return max(abs(b - entry / sqrt(fdot(z, z))) for b, entry in zip(reached, z, strict=True))


true_gap, false_gap = gap([mpf(3), mpf(2)]), gap([sum(column) for column in zip(*points, strict=True)])
print(f"The maximum margin is off by {nstr(true_gap, 3)}, the mean of the points by {nstr(false_gap, 3)}")
sys.exit(not (true_gap < mpf(10) ** -DIGITS and false_gap > mpf(10) ** -3))
