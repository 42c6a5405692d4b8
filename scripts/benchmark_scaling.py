"""How the time of certified answers grows, with fitted exponents, and what people use in double precision beside it.

    python scripts/benchmark_scaling.py [--largest 1000] [--repeat 2]

(a) certified regression limits of diagonal networks against d, n, depth L and digits, each with the others fixed:
    seconds and the exponent of the last doubling;
(b) exact max-margin directions, l2 and l1, against HiGHS and a nonnegative least-squares solver in doubles, which find
    nine digits or so and prove nothing;
(c) limits by following the flow in doubles (scipy's Radau and DOP853 to a relative 1e-10, what a script would do)
    against the certified limit at 15 digits;
(d) the floor: multiplications that Newton's method on the dual problem cannot do without (n^2 d for each Hessian, n d
    for each gradient, as many as iterations), each at the price of one product of balls of that precision.

Processor seconds, the best of the repeats. Ratios: litproof over the other; smaller is faster.
"""

import argparse
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import log
from random import Random
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import linprog, nnls

from litproof import Problem, find_limit
from litproof.certify.regression.enclosure import enclose_regression
from litproof.networks import Diagonal
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.classification.l1_margin import l1_margin
from litproof.predict.classification.max_margin import max_margin

BASE = {"d": 50, "n": 5, "L": 2, "digits": 20}
NEWTON_STEPS = 8
"""Iterations that the dual problem takes at least, doubling digits from a start in doubles."""


def regression(d: int, n: int, L: int) -> Problem:
    random = Random(1000 * d + n)
    X = [[Fraction(random.randint(-99, 99), 100) for _ in range(d)] for _ in range(n)]
    y = [Fraction(random.randint(-99, 99), 100) for _ in range(n)]
    return Problem(Diagonal(L, d), "regression", X, y, "1/2", [[1] * d] * (L - 1) + [[0] * d])


def points(d: int, n: int) -> list[list[Fraction]]:
    random = Random(7 * d + n)
    return [[Fraction(random.randint(-99, 99), 100) for _ in range(d)] for _ in range(n)]


def seconds(run: Callable[[], Any], repeat: int) -> float:
    best = float("inf")
    for _ in range(repeat):
        started = time.process_time()
        run()
        best = min(best, time.process_time() - started)
    return best


def growth(title: str, sizes: list[int], run: Callable[[int], Any], repeat: int) -> None:
    times = [seconds(lambda size=size: run(size), repeat) for size in sizes]  # type: ignore[misc]
    shown = "  ".join(f"{size}: {value:.3g} s" for size, value in zip(sizes, times, strict=True))
    (a, b), (s, t) = (list(pairwise(values))[-1] for values in (sizes, times))
    print(f"  {title:<28}{shown}   exponent {log(t / s) / log(b / a):.2f}", flush=True)


def certified(**changed: int) -> None:
    at = {**BASE, **changed}
    proof = enclose_regression(regression(at["d"], at["n"], at["L"]), at["digits"])
    if proof is None:
        raise SystemExit(f"no proof at {at}")


def follow_in_doubles(problem: Problem, method: str) -> Any:
    """beta(t) at t = 200 by scipy: two diagonal layers or more, gradients by hand."""
    X, y = np.array(problem.X, float), np.array(problem.y, float)
    L, d = len(problem.v0), len(problem.v0[0])

    def right(_: float, flat: Any) -> Any:
        v = flat.reshape(L, d)
        pull = X.T @ (X @ v.prod(0) - y)
        return -np.concatenate([np.delete(v, layer, 0).prod(0) * pull for layer in range(L)])

    start = np.array([[float(x) for x in layer] for layer in problem.v0]).ravel()
    return solve_ivp(right, (0, 200), start, method=method, rtol=1e-10, atol=1e-13)


def floor(n: int, d: int, digits: int) -> float:
    """Seconds of the multiplications alone."""
    from flint import arb

    with ball_precision(digits_to_bits(digits)):
        a, b = arb(2).sqrt(), arb(3).sqrt()
        started = time.process_time()
        for _ in range(10_000):
            a * b
        one = (time.process_time() - started) / 10_000
    return one * NEWTON_STEPS * (n * n * d / 2 + n * d)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=1000, help="largest d")
    parser.add_argument("--repeat", type=int, default=2)
    options = parser.parse_args()
    repeat, largest = options.repeat, options.largest
    print(f"(a) certified limits, processor seconds; else {BASE}")
    growth("d", [d for d in (50, 100, 200, 400, 800) if d <= largest], lambda d: certified(d=d), repeat)
    growth("n (d = 200)", [5, 10, 20, 40], lambda n: certified(n=n, d=200), repeat)
    growth("L", [2, 3, 4, 6, 8], lambda L: certified(L=L), repeat)
    growth("digits", [20, 50, 100, 200, 500, 1000], lambda digits: certified(digits=digits), repeat)
    print("(b) margins, ratio to doubles")
    for n, d in ((10, 50), (30, 200), (100, largest)):
        rows = points(d, n)
        A = np.array([[float(x) for x in row] for row in rows])
        exact = seconds(lambda rows=rows: max_margin(rows), repeat)  # type: ignore[misc]
        double = seconds(
            lambda A=A, n=n: nnls(np.vstack([A.T, np.ones(n)]), np.append(np.zeros(A.shape[1]), 1.0)),
            repeat,  # type: ignore[misc]
        )
        print(f"  l2, n = {n}, d = {d}: {exact:.3g} s exact, ratio {exact / double:.1f}", flush=True)
        exact = seconds(lambda rows=rows: l1_margin(rows), repeat)  # type: ignore[misc]
        double = seconds(
            lambda A=A, d=d, n=n: linprog(np.ones(2 * d), A_ub=np.hstack([-A, A]), b_ub=-np.ones(n)),
            repeat,  # type: ignore[misc]
        )
        print(f"  l1, n = {n}, d = {d}: {exact:.3g} s exact, ratio {exact / double:.1f}", flush=True)
    print("(c) regression limits, ratio to scipy in doubles (about 9 digits, nothing proved)")
    for n, d, L in ((1, 2, 2), (5, 50, 2), (5, 50, 3), (20, 200, 2)):
        problem = regression(d, n, L)
        proof = seconds(lambda problem=problem: find_limit(problem, 15), repeat)  # type: ignore[misc]
        others = []
        for method in ("DOP853", "Radau"):
            if method == "Radau" and d > 100:
                continue  # its dense Jacobian by differences takes minutes
            other = seconds(lambda problem=problem, method=method: follow_in_doubles(problem, method), 1)  # type: ignore[misc]
            others.append(f"{method} {proof / other:.2f}")
        print(f"  n = {n}, d = {d}, L = {L}: {proof:.3g} s certified; ratios {', '.join(others)}", flush=True)
    print("(d) the floor of the proof")
    for n, d in ((5, 50), (20, 200), (50, 400)):
        proof = seconds(lambda n=n, d=d: certified(n=n, d=d), repeat)  # type: ignore[misc]
        print(
            f"  n = {n}, d = {d}: {proof:.3g} s, {proof / floor(n, d, BASE['digits']):.1f} times the floor",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
