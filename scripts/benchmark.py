"""Speed against heyoka and mpmath.odefun, as ratios measured in one run (smaller than 1: litproof is faster).

    python scripts/benchmark.py [--digits 30 50 100] [--repeat 3] [--stiff-seconds 12]

(a) process: `litproof limit tests/reference.toml --digits 50` from process start, against a process that imports
    heyoka, compiles the flow and integrates it, and against mpmath.odefun, measured on a short horizon and extrapolated
    linearly. The other two are told when to stop: at the time where the residual is below 10^-digits.
(b) integrators alone: the flow of the same file, and of a few networks of other kinds, in their original parameters, to
    the same time at the same local error. Ours includes tracing the network and generating code, heyoka's compilation
    is left out.
(c) the same for a stiff flow: depth 4, limit entries spread over a factor above 1e5, to a horizon that collocation
    reaches in a few seconds (not to the limit). Taylor is left out; heyoka gets --stiff-seconds; where it has not
    arrived by then the ratio is that to the seconds it had, an upper bound, and the time extrapolated linearly in t
    (right where stability holds its steps constant) is only mentioned.
(d) networks given by formulas against the built-in kinds of the same maps, tracing included.

All times are processor seconds (a busy machine spoils wall time), the best of the repeats. heyoka (PyPI `heyoka`)
is used here only; without it the rows that need it are left out.
"""

import argparse
import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

from litproof.flow.program import Linear, Operators, Program
from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression import collocation, taylor
from litproof.integrate.regression.follow import follow_to_limit
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.precision import digits_to_bits, mp_precision
from litproof.problem import Problem
from litproof.problem_file import read_problem

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "tests" / "reference.toml"
PROCESS_DIGITS = 50
ODEFUN_SPAN = Fraction(1)
STIFF_HORIZON = 4.0
"""Processor seconds of collocation that set the horizon of the stiff flow."""


def stiff_problem() -> Problem:
    """Depth 4, three data points, targets of the coefficients (2, 1/4, 10^-5, 0).

    A coefficient b moves at a rate of about |b|^(3/2), so that the last of the three that the data need lags behind
    the first by seven orders of magnitude.
    """
    start = tuple(Fraction(1, k) for k in (1, 2, 20, 40))
    rows = tuple(
        tuple(map(Fraction, row))
        for row in ((1, "-1/2", "3/4", 2), ("1/2", 1, -1, "1/4"), ("-3/4", "1/2", 1, -1))
    )
    aim = (Fraction(2), Fraction(1, 4), Fraction(1, 10**5), Fraction(0))
    return Problem(
        network=Diagonal(4, 4),
        task="regression",
        X=rows,
        y=tuple(sum((a * b for a, b in zip(row, aim, strict=True)), Fraction(0)) for row in rows),
        scale=Fraction(1),
        v=(start, start, start, (Fraction(0),) * 4),
        name="stiff",
    )


def drawn(seed: int, network: Network, count: int) -> Problem:
    """A problem with entries of a few bits on some network."""
    rng = Random(seed)

    def entries(size: int, choices: range) -> tuple[Fraction, ...]:
        return tuple(Fraction(rng.choice(choices), 8) * rng.choice((-1, 1)) for _ in range(size))

    return Problem(
        network=network,
        task="regression",
        X=tuple(entries(network.input_dim, range(17)) for _ in range(count)),
        y=entries(count, range(2, 17)),
        scale=Fraction(1),
        v=tuple(entries(size, range(2, 9)) for size in network.shapes),
        name=str(network),
    )


def flow_of(problem: Problem) -> tuple[Program, list[Fraction]]:
    """The flow in the original parameters and its start."""
    return trace_flow(problem.network, problem.X, problem.y), [q for layer in problem.v0 for q in layer]


OTHERS = (
    drawn(1, Diagonal(2, 6), 3),
    drawn(3, Diagonal(5, 4), 2),
    drawn(2, FullyConnected(4, (3, 2)), 2),
    drawn(4, Convolutional((2, 5)), 2),
)


def horizon(problem: Problem, digits: int, budget: float = float("inf")) -> Fraction:
    """A dyadic time where the residual has fallen below 10^-digits, found by following the flow.

    After `budget` processor seconds the time reached so far is taken.
    """
    begin = time.process_time()
    flow, start = flow_of(problem)
    arithmetic = FixedPoint(digits_to_bits(digits + 10) + 40)
    for piece in collocation.integrate(flow, arithmetic, start, float(digits + 10)):
        size = residual(flow, [arithmetic.fraction(x) for x in piece.state])
        if size < Fraction(1, 10**digits):
            low, high = piece.start, piece.end
            for _ in range(6):
                middle = (low + high) / 2
                state = [arithmetic.fraction(x) for x in piece.at(middle)]
                low, high = (
                    (low, middle) if residual(flow, state) < Fraction(1, 10**digits) else (middle, high)
                )
            return high
        if time.process_time() - begin > budget:
            return piece.end
    raise AssertionError("a flow does not end by itself")


def residual(flow: Program, state: list[Fraction]) -> Fraction:
    """max |X beta - y|."""
    return max(map(abs, flow.evaluate(Operators(), state, "residual")))


def seconds(run: Callable[[], object], repeat: int) -> float:
    """Least processor time of some runs of this process."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    return best


def process_seconds(command: list[str], repeat: int) -> float:
    """Least processor time of some runs of another process."""
    best = float("inf")
    for _ in range(repeat):
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = getrusage(RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def ours(integrator: Any, problem: Problem, digits: int, end: Fraction) -> list[Fraction]:
    """State at `end` by one of the integrators."""
    flow, start = flow_of(problem)
    arithmetic = FixedPoint(digits_to_bits(digits) + 40)
    *_, last = integrator.integrate(flow, arithmetic, start, float(digits), end=end)
    return [arithmetic.fraction(x) for x in last.state]


class Expressions:
    """Program ring on heyoka's expressions."""

    def __init__(self, number: Callable[[Fraction], Any]) -> None:
        self.number = number

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """One sum of many terms."""
        import heyoka as hy

        terms = [self.number(c) * v for c, v in zip(step.coefficients, values, strict=True)]
        return hy.sum([*terms, hy.expression(self.number(step.constant))])

    def product(self, a: Any, b: Any) -> Any:
        """a * b."""
        return a * b

    def square(self, a: Any) -> Any:
        """a * a."""
        return a * a


class Heyoka:
    """heyoka's adaptive Taylor integrator in multiprecision, compact mode, on the flow of any network."""

    def __init__(self, problem: Problem, digits: int) -> None:
        import heyoka as hy
        import numpy as np

        self.bits = digits_to_bits(digits) + 32
        flow, start = flow_of(problem)
        v = hy.make_vars(*[f"v{i}" for i in range(flow.inputs)])
        system = list(zip(v, flow.evaluate(Expressions(self.number), v, "velocity"), strict=True))
        self.start = np.array([self.number(q) for q in start])
        self.real = hy.real
        tolerance = hy.real(f"1e-{digits}", self.bits)
        self.integrator = hy.taylor_adaptive(
            system, self.start.copy(), fp_type=hy.real, prec=self.bits, compact_mode=True, tol=tolerance
        )

    def number(self, q: Fraction) -> Any:
        """A rational at the working precision."""
        import heyoka as hy

        return hy.real(q.numerator, self.bits) / hy.real(q.denominator, self.bits)

    def run(self, end: Fraction, limit: float = float("inf")) -> Fraction:
        """Integrate from the start to `end` or until the processor seconds are over; the time reached."""
        self.integrator.time = self.real(0, self.bits)
        self.integrator.state[:] = self.start
        goal = self.number(end)
        if limit == float("inf"):
            self.integrator.propagate_until(goal)
            return end
        begin = time.process_time()
        while self.integrator.time < goal and time.process_time() - begin < limit:
            self.integrator.propagate_until(goal, max_steps=50)
        return min(end, Fraction(float(self.integrator.time)))

    def state(self) -> list[Fraction]:
        """The present state, rounded to the digits of its decimal form."""
        return [Fraction(str(x)) for x in self.integrator.state]


def odefun_seconds(problem: Problem, digits: int, end: Fraction) -> float:
    """mpmath.odefun over a short span after the same span of warming up, extrapolated to `end`."""
    from mpmath import mpf, odefun

    flow, start = flow_of(problem)
    with mp_precision(digits_to_bits(digits)):
        numbers = Operators(lambda q: mpf(q.numerator) / q.denominator)
        solution = odefun(
            lambda _, state: flow.evaluate(numbers, state, "velocity"),
            0,
            [mpf(q.numerator) / q.denominator for q in start],
        )
        solution(float(ODEFUN_SPAN))
        begin = time.process_time()
        solution(float(2 * ODEFUN_SPAN))
        return (time.process_time() - begin) * float(end / ODEFUN_SPAN)


def compare_processes(repeat: int, heyoka: bool) -> None:
    """Part (a)."""
    problem, digits = read_problem(REFERENCE), PROCESS_DIGITS
    own = process_seconds(
        [sys.executable, "-m", "litproof", "limit", str(REFERENCE), "--digits", str(digits)], repeat
    )
    print(f"(a) litproof limit, {digits} digits, process start included: {own:.2f} s")
    end = horizon(problem, digits)
    if heyoka:
        # The child also reads the problem with litproof; that part is measured apart and taken off.
        child = [sys.executable, str(Path(__file__).resolve()), "--heyoka-child", str(end)]
        base = process_seconds([*child, "--no-run"], repeat)
        empty = process_seconds([sys.executable, "-c", "pass"], repeat)
        other = process_seconds(child, repeat) - base + empty
        line = f"to t = {float(end):.1f}: {other:.2f} s   ratio {own / other:.2f}"
        print(f"    heyoka, import and compilation included, {line}")
    slow = odefun_seconds(problem, digits, end)
    span = f"t = {float(ODEFUN_SPAN):g}..{float(2 * ODEFUN_SPAN):g}"
    print(f"    mpmath.odefun, extrapolated from {span}: {slow:.0f} s   ratio 1/{slow / own:.0f}", flush=True)


def compare_integrators(problem: Problem, digits: int, repeat: int, heyoka: bool, limit: float) -> None:
    """Parts (b) and (c)."""
    end = horizon(problem, digits, float("inf") if limit == float("inf") else STIFF_HORIZON)
    values = {}
    times = {}
    for name, module in (("collocation", collocation), ("taylor", taylor)):
        if limit < float("inf") and name == "taylor":
            continue
        values[name] = ours(module, problem, digits, end)
        times[name] = seconds(lambda module=module: ours(module, problem, digits, end), repeat)
    line = f"    {Path(problem.name).stem:40s} {digits:4d} digits to t = {float(end):9.4g}: "
    line += "  ".join(f"{name} {value:.3f} s" for name, value in times.items())
    if heyoka:
        other = Heyoka(problem, digits)
        begin = time.process_time()
        reached = other.run(end, limit)
        spent = time.process_time() - begin
        if reached < end:
            line += f"  heyoka not there after {spent:.0f} s (t = {float(reached):.3g};"
            line += f" linear extrapolation: {spent * float(end / reached):.2g} s)"
        else:
            if repeat > 1 and spent < 20:
                spent = min(spent, seconds(lambda: other.run(end), repeat - 1))
            state = other.state()
            gap = max(abs(a - b) for a, b in zip(values["collocation"], state, strict=True))
            line += f"  heyoka {spent:.3f} s (states agree to {float(gap):.0e})"
        line += "  ratios " + " ".join(f"{value / spent:.3f}" for value in times.values())
    print(line, flush=True)


FORMULAS = (
    (OTHERS[0], ["a[6]", "b[6]"], ["a[j]*b[j]"]),
    (OTHERS[1], ["a[4]", "b[4]", "e[4]", "f[4]", "g[4]"], ["a[j]*b[j]*e[j]*f[j]*g[j]"]),
    (OTHERS[2], ["W1[4,3]", "W2[3,2]", "w[2]"], ["W1*W2*w"]),
    (OTHERS[2], ["W1[4,3]", "W2[3,2]", "w[2]"], ["sum(k, W1[j,k]*sum(l, W2[k,l]*w[l]))"]),
)


def compare_formulas(digits: int, repeat: int) -> None:
    """Part (d)."""
    for problem, parameters, beta in FORMULAS:
        network = PolynomialNetwork.of(parameters, beta, problem.network.input_dim)
        variant, end = replace(problem, network=network), horizon(problem, digits)
        own, known = [], []
        for _ in range(repeat):  # in turns: a busy machine slows both
            own.append(seconds(lambda problem=variant, end=end: ours(collocation, problem, digits, end), 1))
            known.append(seconds(lambda problem=problem, end=end: ours(collocation, problem, digits, end), 1))
        print(
            f"    {beta[0]:40s} {digits:4d} digits: {min(own):.3f} s, built-in {min(known):.3f} s   "
            f"ratio {min(own) / min(known):.2f}",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--digits", type=int, nargs="+", default=[30, 50, 100])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--stiff-seconds", type=float, default=12.0, help="budget of heyoka on the stiff flow"
    )
    parser.add_argument("--heyoka-child", type=Fraction, help=argparse.SUPPRESS)
    parser.add_argument("--no-run", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.heyoka_child is not None:
        if not arguments.no_run:
            Heyoka(read_problem(REFERENCE), PROCESS_DIGITS).run(arguments.heyoka_child)
        return
    heyoka = importlib.util.find_spec("heyoka") is not None
    if not heyoka:
        print("heyoka is not installed (pip install heyoka): its rows are left out")
    compare_processes(arguments.repeat, heyoka)
    print("(b) integrators alone, original parameters")
    for digits in arguments.digits:
        for problem in (read_problem(REFERENCE), *OTHERS):
            compare_integrators(problem, digits, arguments.repeat, heyoka, float("inf"))
    stiff = stiff_problem()
    limit = follow_to_limit(stiff, 15).value
    sizes = sorted(map(abs, limit))
    print(f"(c) stiff: entries of the limit from {float(sizes[0]):.1e} to {float(sizes[-1]):.1e}")
    for digits in (30, 50):
        compare_integrators(stiff, digits, 1, heyoka, arguments.stiff_seconds)
    print("(d) networks given by formulas, original parameters")
    for digits in arguments.digits:
        compare_formulas(digits, arguments.repeat)


if __name__ == "__main__":
    main()
