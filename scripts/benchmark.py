"""Speed against heyoka, mpmath.odefun, scipy in doubles, HiGHS and the bare multiplications: one table of ratios.

    python scripts/benchmark.py [--digits 30 50 100] [--repeat 3] [--only flows limits ..] [--largest 1000]

All in processor seconds (a busy machine spoils wall time), the best of the repeats, measured in this one run. A ratio
is ours over the other: below 1, litproof is faster. Rows:

process   `litproof limit tests/reference.toml` from process start. heyoka: a process that imports it, compiles the
          flow and integrates it. odefun: a short horizon, extrapolated linearly. Both are told when to stop: at the
          time where the residual is below 10^-digits.
flows     the flow in its original parameters to the same time at the same local error by either of our integrators,
          tracing and generation of code included; heyoka's compilation is left out. Floor: the multiplications of a
          Taylor method.
stiff     depth 4, entries of the limit spread over a factor above 1e5, to where collocation comes in a few seconds.
          Where heyoka has not arrived in --stiff-seconds the ratio is to these, an upper bound.
formulas  networks given by formulas, ratio to the built-in kinds of the same maps.
limits    certified limits of diagonal networks. scipy: following the flow in doubles to a relative 1e-10, which proves
          nothing. Floor: the multiplications of Newton's method on the dual problem.
margins   exact max-margin directions; scipy (nonnegative least squares) and HiGHS find about nine digits.
directions   the flow of a classification on diagonal networks, to 20 digits.

Below the table: how the time of certified limits grows with d, n, L and digits, with the exponent fitted to all sizes.
heyoka (PyPI `heyoka`) is used here only; without it its column is empty.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time
from typing import Any

# as litproof's integrators set it when they are imported before numpy
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from benchmark_others import (
    Heyoka,
    flow_of,
    follow_in_doubles,
    l1_margin_in_doubles,
    l2_margin_in_doubles,
    newton_floor,
    odefun_seconds,
    seconds,
    taylor_floor,
)

from litproof import find_limit
from litproof.certify.regression.enclosure import enclose_regression
from litproof.flow.program import Operators, Program
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.classification.follow import follow_direction
from litproof.integrate.regression import collocation, taylor
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.precision import digits_to_bits
from litproof.predict.classification.l1_margin import l1_margin
from litproof.predict.classification.max_margin import max_margin
from litproof.problem import Problem
from litproof.problem_file import read_problem

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "tests" / "reference.toml"
PROCESS_DIGITS = 50
STIFF_HORIZON = 4.0
"""Processor seconds of collocation that set the horizon of the stiff flow."""

OTHERS = ("heyoka", "odefun", "scipy", "HiGHS", "built-in", "floor")
BASE = {"d": 50, "n": 5, "L": 2, "digits": 20}


@dataclass
class Row:
    """One job: our seconds, and those of the others that do the same."""

    job: str
    ours: float
    others: dict[str, float] = field(default_factory=dict)
    remark: str = ""

    def __str__(self) -> str:
        ratios = "".join(
            f"{self.ours / self.others[name]:>10.3g}" if name in self.others else f"{'-':>10}"
            for name in OTHERS
        )
        return f"{self.job:<58}{self.ours:>10.3g}{ratios}  {self.remark}".rstrip()


@dataclass(frozen=True)
class Options:
    """What is asked for on the command line."""

    digits: list[int]
    repeat: int
    stiff_seconds: float
    largest: int
    heyoka: bool


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


def drawn(seed: int, network: Network, count: int, name: str) -> Problem:
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
        name=name,
    )


def regression(d: int, n: int, L: int) -> Problem:
    """A diagonal network with drawn data."""
    random = Random(1000 * d + n)
    X = [[Fraction(random.randint(-99, 99), 100) for _ in range(d)] for _ in range(n)]
    y = [Fraction(random.randint(-99, 99), 100) for _ in range(n)]
    return Problem(Diagonal(L, d), "regression", X, y, "1/2", [[1] * d] * (L - 1) + [[0] * d])


def points(d: int, n: int) -> list[list[Fraction]]:
    """Drawn data."""
    random = Random(7 * d + n)
    return [[Fraction(random.randint(-99, 99), 100) for _ in range(d)] for _ in range(n)]


NETWORKS = (
    drawn(1, Diagonal(2, 6), 3, "diagonal, depth 2, six inputs"),
    drawn(3, Diagonal(5, 4), 2, "diagonal, depth 5"),
    drawn(2, FullyConnected(4, (3, 2)), 2, "fully connected, 4-3-2-1"),
    drawn(4, Convolutional((2, 5)), 2, "filters of sizes 2 and 5"),
)


def horizon(problem: Problem, digits: int, budget: float = float("inf")) -> Fraction:
    """A dyadic time where the residual has fallen below 10^-digits, found by following the flow.

    After `budget` processor seconds the time reached so far is taken.
    """
    begin = process_time()
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
        if process_time() - begin > budget:
            return piece.end
    raise AssertionError("a flow does not end by itself")


def residual(flow: Program, state: list[Fraction]) -> Fraction:
    """max |X beta - y|."""
    return max(map(abs, flow.evaluate(Operators(), state, "residual")))


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


def process_rows(options: Options) -> Iterator[Row]:
    """The whole command against whole processes."""
    digits, command = PROCESS_DIGITS, [sys.executable, "-m", "litproof", "limit", str(REFERENCE)]
    own = process_seconds([*command, "--digits", str(PROCESS_DIGITS)], options.repeat)
    problem = read_problem(REFERENCE)
    end = horizon(problem, digits)
    others = {"odefun": odefun_seconds(problem, digits, end)}
    if options.heyoka:
        # The child also reads the problem with litproof; that part is measured apart and taken off.
        child = [sys.executable, str(Path(__file__).resolve()), "--heyoka-child", str(end)]
        base = process_seconds([*child, "--no-run"], options.repeat)
        empty = process_seconds([sys.executable, "-c", "pass"], options.repeat)
        others["heyoka"] = process_seconds(child, options.repeat) - base + empty
    yield Row(f"litproof limit, {digits} digits", own, others)


def flow_rows(options: Options) -> Iterator[Row]:
    """Integrators alone."""
    for digits in options.digits:
        for problem in (read_problem(REFERENCE), *NETWORKS):
            yield from integrated(problem, digits, horizon(problem, digits), options, inf)


def stiff_rows(options: Options) -> Iterator[Row]:
    """The stiff flow, not to its limit."""
    for digits in (30, 50):
        problem = stiff_problem()
        end = horizon(problem, digits, STIFF_HORIZON)
        yield from integrated(problem, digits, end, replace(options, repeat=1), options.stiff_seconds)


def integrated(problem: Problem, digits: int, end: Fraction, options: Options, limit: float) -> Iterator[Row]:
    """One flow by our integrators (by collocation alone where heyoka has a limit) and by heyoka."""
    values, others, remark = {}, dict[str, float](), ""
    name = "diagonal, depth 3" if problem.name == str(REFERENCE) else problem.name
    engines = {"Taylor": taylor, "collocation": collocation}
    if limit < inf:
        del engines["Taylor"]
    if options.heyoka:
        other = Heyoka(problem, digits)
        begin = process_time()
        reached = other.run(end, limit)
        others["heyoka"] = process_time() - begin
        if reached < end:
            remark = f"heyoka at t = {float(reached):.3g} of {float(end):.3g}"
        elif others["heyoka"] < 20 and options.repeat > 1:
            others["heyoka"] = min(others["heyoka"], seconds(lambda: other.run(end), options.repeat - 1))
    for engine, module in engines.items():
        values[engine] = ours(module, problem, digits, end)
        own = seconds(lambda module=module: ours(module, problem, digits, end), options.repeat)  # type: ignore[misc]
        if options.heyoka and not remark:
            gap = max(abs(a - b) for a, b in zip(values[engine], other.state(), strict=True))
            assert gap < Fraction(1, 10 ** (digits // 2)), (
                f"{name}: {engine} and heyoka differ by {float(gap):.0e}"
            )
        floor = {}
        if engine == "Taylor":
            pieces = list(taylor_pieces(problem, digits, end))
            floor = {"floor": taylor_floor(problem, digits, len(pieces), max(piece.size for piece in pieces))}
        yield Row(f"{name}, {digits} digits, {engine}", own, others | floor, remark)


def taylor_pieces(problem: Problem, digits: int, end: Fraction) -> Iterator[Any]:
    """The steps of the Taylor integrator."""
    flow, start = flow_of(problem)
    yield from taylor.integrate(flow, FixedPoint(digits_to_bits(digits) + 40), start, float(digits), end=end)


FORMULAS = (
    (NETWORKS[0], ["a[6]", "b[6]"], ["a[j]*b[j]"]),
    (NETWORKS[1], ["a[4]", "b[4]", "e[4]", "f[4]", "g[4]"], ["a[j]*b[j]*e[j]*f[j]*g[j]"]),
    (NETWORKS[2], ["W1[4,3]", "W2[3,2]", "w[2]"], ["W1*W2*w"]),
    (NETWORKS[2], ["W1[4,3]", "W2[3,2]", "w[2]"], ["sum(k, W1[j,k]*sum(l, W2[k,l]*w[l]))"]),
)


def formula_rows(options: Options) -> Iterator[Row]:
    """Networks given by formulas against the built-in kinds."""
    digits = options.digits[0]
    for problem, parameters, beta in FORMULAS:
        network = PolynomialNetwork.of(parameters, beta, problem.network.input_dim)
        variant, end = replace(problem, network=network), horizon(problem, digits)
        own, known = inf, inf
        for _ in range(options.repeat):  # in turns: a busy machine slows both
            own = min(own, seconds(lambda: ours(collocation, variant, digits, end), 1))  # noqa: B023
            known = min(known, seconds(lambda: ours(collocation, problem, digits, end), 1))  # noqa: B023
        yield Row(f"{beta[0]}, {digits} digits", own, {"built-in": known})


def limit_rows(options: Options) -> Iterator[Row]:
    """Certified limits against the flow in doubles."""
    for n, d, L in ((1, 2, 2), (5, 50, 2), (5, 50, 3), (20, 200, 2)):
        problem = regression(d, n, L)
        others = {"scipy": follow_seconds(problem), "floor": newton_floor(n, d, 15)}
        own = seconds(lambda problem=problem: find_limit(problem, 15), options.repeat)  # type: ignore[misc]
        yield Row(f"limit, 15 digits, n = {n}, d = {d}, L = {L}", own, others)
        proof = seconds(lambda n=n, d=d, L=L: certified(n=n, d=d, L=L, digits=15), options.repeat)  # type: ignore[misc]
        yield Row(f"its proof alone, n = {n}, d = {d}, L = {L}", proof, others)


def follow_seconds(problem: Problem) -> float:
    """The faster of scipy's explicit and implicit method."""
    methods = ("DOP853", "Radau") if len(problem.v0[0]) <= 50 else ("DOP853",)
    return min(seconds(lambda method=method: follow_in_doubles(problem, method), 1) for method in methods)  # type: ignore[misc]


def margin_rows(options: Options) -> Iterator[Row]:
    """Exact margins against solvers in doubles."""
    for n, d in ((10, 50), (30, 200), (100, options.largest)):
        rows = points(d, n)
        A = np.array([[float(x) for x in row] for row in rows])
        own = seconds(lambda rows=rows: max_margin(rows), options.repeat)  # type: ignore[misc]
        double = seconds(lambda A=A: l2_margin_in_doubles(A), options.repeat)  # type: ignore[misc]
        yield Row(f"l2 margin, exact, n = {n}, d = {d}", own, {"scipy": double})
        own = seconds(lambda rows=rows: l1_margin(rows), options.repeat)  # type: ignore[misc]
        double = seconds(lambda A=A: l1_margin_in_doubles(A), options.repeat)  # type: ignore[misc]
        yield Row(f"l1 margin, exact, n = {n}, d = {d}", own, {"HiGHS": double})


def direction_rows(options: Options) -> Iterator[Row]:
    """Classification, followed."""
    for n, d, L in ((3, 3, 2), (3, 3, 3), (3, 3, 4), (5, 20, 2), (10, 30, 2)):
        random = Random(1000 * n + d)
        first = [[Fraction(random.randint(50, 150), 100) for _ in range(d)] for _ in range(L - 1)]
        last = [Fraction(random.randint(-40, 40), 100) for _ in range(d)]
        y = [random.choice((-1, 1)) for _ in range(n)]
        problem = Problem(Diagonal(L, d), "classification", points(d, n), y, 1, [*first, last])
        flow = follow_direction(problem, 20)
        own = seconds(lambda problem=problem: follow_direction(problem, 20), 1)  # type: ignore[misc]
        yield Row(
            f"direction, followed, n = {n}, d = {d}, L = {L}", own, {}, "" if flow.converged else flow.reason
        )


def certified(**changed: int) -> None:
    """The proof of a limit."""
    at = {**BASE, **changed}
    if enclose_regression(regression(at["d"], at["n"], at["L"]), at["digits"]) is None:
        raise SystemExit(f"no proof at {at}")


def growth(options: Options) -> Iterator[str]:
    """How certified limits grow, one size at a time."""
    yield f"certified limits, processor seconds; else {BASE}"
    sizes: dict[str, tuple[list[int], Callable[[int], None]]] = {
        "d": ([d for d in (100, 200, 400, 800) if d <= options.largest], lambda d: certified(d=d)),
        "n (d = 200)": ([10, 20, 40, 80], lambda n: certified(n=n, d=200)),
        "L": ([2, 3, 4, 6, 8], lambda L: certified(L=L)),
        "digits": ([50, 100, 200, 500, 1000], lambda digits: certified(digits=digits)),
    }
    for name, (values, run) in sizes.items():
        times = [seconds(lambda run=run, value=value: run(value), options.repeat) for value in values]  # type: ignore[misc]
        exponent = np.polyfit(np.log(values), np.log(times), 1)[0]
        shown = "  ".join(f"{value}: {spent:.3g}" for value, spent in zip(values, times, strict=True))
        yield f"{name:<14}{shown}   exponent {exponent:.2f}"


PARTS: dict[str, Callable[[Options], Iterator[Row]]] = {
    "process": process_rows,
    "flows": flow_rows,
    "stiff": stiff_rows,
    "formulas": formula_rows,
    "limits": limit_rows,
    "margins": margin_rows,
    "directions": direction_rows,
}


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
    parser.add_argument("--largest", type=int, default=1000, help="largest d")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "growth"], default=[*PARTS, "growth"])
    parser.add_argument("--heyoka-child", type=Fraction, help=argparse.SUPPRESS)
    parser.add_argument("--no-run", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.heyoka_child is not None:
        if not given.no_run:
            Heyoka(read_problem(REFERENCE), PROCESS_DIGITS).run(given.heyoka_child)
        return
    heyoka = importlib.util.find_spec("heyoka") is not None
    options = Options(given.digits, given.repeat, given.stiff_seconds, given.largest, heyoka)
    print(
        f"{'ours in seconds; ratios ours / other':<58}{'ours':>10}{''.join(f'{name:>10}' for name in OTHERS)}"
    )
    for name in given.only:
        for line in PARTS[name](options) if name in PARTS else growth(options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
