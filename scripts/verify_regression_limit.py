"""Where a regression flow goes, checked numerically: an appendix to Yun, Krishnan, Mobahi (arXiv 2010.02501).

Network f(x) = sum_j x_j u_j v_j w_j, squared loss on two points in R^3, start u = v = a, w = 0 with a_j > 0.

Claim: beta = u v w tends to the minimiser of sum_j a_j^2 H(beta_j / a_j^3) on {X beta = y}, where H' is the inverse of
h(s) = q (1 + q^2), q = tan s. By its Lagrange multipliers nu: beta_j = a_j^3 h(a_j (X^T nu)_j) and X beta = y.

litproof states the problem and prints its equations; the flow and the formula are plain mpmath. Exit code 1: not so.
"""

import sys

import sympy as sp
from mpmath import findroot, mp, mpf, nstr, odefun, sinh, tan

from litproof import Problem, gradient_flow
from litproof.networks import Diagonal

DIGITS = 30
mp.dps = DIGITS + 10

X, y = [[1, -2, "3/2"], [0, 1, 1]], [1, "1/2"]
a = [1, "3/4", "5/4"]
problem = Problem(Diagonal(depth=3, width=3), "regression", X, y, 1, [a, a, [0, 0, 0]])


def number(q):
    return mpf(q.numerator) / q.denominator


# the flow, in its nine parameters, until its velocity is below what the digits can show
flow = gradient_flow(problem)
print("The flow:", *(f"  {equation.lhs} = {equation.rhs}" for equation in flow), sep="\n")
velocity = sp.lambdify([flow.symbols], flow.velocity, "mpmath", cse=True)
path = odefun(lambda t, v: velocity(v), 0, [number(q) for layer in problem.v0 for q in layer])
time = 4
while max(map(abs, velocity(path(time)))) > mpf(10) ** -(DIGITS + 4):
    time += 4
u, v, w = (path(time)[3 * k : 3 * k + 3] for k in range(3))
reached = [p * q * r for p, q, r in zip(u, v, w, strict=True)]
print(f"\nThe flow at t = {time}:", *(nstr(b, DIGITS) for b in reached))


# the formula: two equations for two multipliers
rows = [[number(q) for q in row] for row in problem.X]
targets, start = [number(q) for q in problem.y], [number(q) for q in problem.v0[0]]


def predicted(h, nu):
    pull = [sum(n * row[j] for n, row in zip(nu, rows, strict=True)) for j in range(3)]
    return [s**3 * h(s * p) for s, p in zip(start, pull, strict=True)]


def limit(h, guess):
    def misfit(*nu):
        beta = predicted(h, nu)
        return [
            sum(p * b for p, b in zip(row, beta, strict=True)) - t
            for row, t in zip(rows, targets, strict=True)
        ]

    return predicted(h, findroot(misfit, guess, maxsteps=60))


def gap(beta):
    return max(abs(p - q) for p, q in zip(beta, reached, strict=True))


true_gap = gap(limit(lambda s: tan(s) * (1 + tan(s) ** 2), (mpf(1) / 8, mpf(1) / 8)))
false_gap = gap(limit(lambda s: sinh(2 * s) / 2, (mpf(1) / 8, mpf(1) / 8)))  # the potential of two layers
print("The formula is off by          ", nstr(true_gap, 3))
print("That of two layers, false here,", nstr(false_gap, 3))
sys.exit(not (true_gap < mpf(10) ** -DIGITS and false_gap > mpf(10) ** -3))
