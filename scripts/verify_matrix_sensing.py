"""Where deep matrix sensing goes, checked numerically: an appendix to Gunasekar et al. (arXiv 1705.09280), depth 3.

f(A) = <A, W_1 W_2 W_3>, squared loss on one symmetric sensor A, start W_1 = W_2 = a I, W_3 = 0. Claim: the product
tends to Q diag(rho) Q^T, A = Q diag(lambda) Q^T, where rho minimises sum_j a^2 H(rho_j / a^3) on
{sum_j lambda_j rho_j = y} and H' is the inverse of h(s) = q (1 + q^2), q = tan s: rho_j = a^3 h(a lambda_j nu) for the
nu that fits the measurement.

litproof states the problem and prints its equations; the flow and the formula are plain mpmath. Exit code 1: not so.
"""

import sys

import sympy as sp
from mpmath import eigsy, findroot, matrix, mp, mpf, nstr, odefun, sinh, tan

from litproof import Problem, gradient_flow
from litproof.networks import MatrixSensing

DIGITS = 30
mp.dps = DIGITS + 10

A, y, a = [2, 1, 1, "-1/2"], 2, "5/4"
zero, unit = [0, 0, 0, 0], [1, 0, 0, 1]
problem = Problem(MatrixSensing(depth=3, size=2), "regression", [A], [y], a, [unit, unit, zero])


def number(q):
    return mpf(q.numerator) / q.denominator


# the flow, in its twelve parameters, until its velocity is below what the digits can show
flow = gradient_flow(problem)
print("The flow:", *(f"  {equation.lhs} = {equation.rhs}" for equation in flow), sep="\n")
velocity = sp.lambdify([flow.symbols], flow.velocity, "mpmath", cse=True)
path, time = odefun(lambda t, v: velocity(v), 0, [number(q) for layer in problem.v0 for q in layer]), 1
while max(map(abs, velocity(path(time)))) > mpf(10) ** -(DIGITS + 4):
    time += 1
product = matrix([[1, 0], [0, 1]])
for layer in range(3):
    (p, q, r, s) = path(time)[4 * layer : 4 * layer + 4]
    product *= matrix([[p, q], [r, s]])
print(f"\nThe product at t = {time}:", product, sep="\n")

# the formula: one equation for one multiplier
X, start = [number(q) for q in problem.X[0]], number(problem.scale)
eigenvalues, Q = eigsy(matrix([X[:2], X[2:]]))


def gap(h):
    def rho(nu):
        return [start**3 * h(start * value * nu) for value in eigenvalues]

    nu = findroot(lambda nu: sum(p * q for p, q in zip(eigenvalues, rho(nu), strict=True)) - y, mpf(1) / 8)
    predicted = Q * mp.diag(rho(nu)) * Q.T
    return max(abs(entry) for entry in predicted - product)


true_gap = gap(lambda s: tan(s) * (1 + tan(s) ** 2))
false_gap = gap(lambda s: sinh(2 * s) / 2)  # the potential of two layers
print(f"The formula is off by {nstr(true_gap, 3)}, that of two layers, false here, by {nstr(false_gap, 3)}")
sys.exit(not (true_gap < mpf(10) ** -DIGITS and false_gap > mpf(10) ** -3))
