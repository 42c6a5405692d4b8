"""Speed against heyoka, mpmath.odefun, scipy in doubles, HiGHS and a count of multiplications: one table of ratios.

    python scripts/benchmark.py [--digits 30 50 100] [--repeat 3] [--only flows limits ..] [--largest 1000]

All in processor seconds (a busy machine spoils wall time), the best of the repeats, measured in this one run. A ratio
is ours over the other: below 1, litproof is faster. Rows:

process   `litproof limit tests/reference.toml` at 50 digits from process start. heyoka: a process that imports it,
          compiles the flow and integrates it. odefun: a short horizon, extrapolated linearly. Both are told when to
          stop: at the time where the residual is below 10^-digits.
flows     the flow in its original parameters to the same time at the same local error by either of our integrators,
          tracing and generation of code included. Compilation is left out on both sides: heyoka's, and that of our
          code by Python (about 1 ms), which the first of the repeats pays. heyoka takes the gradient of the network
          as one writes it; that we rewrite it with fewer products (`flow.trace.factored`, squares) counts for us.
stiff     depth 4, entries of the limit spread over a factor above 1e5, to where the residual is below 10^-digits or
          as far as collocation comes in --stiff-horizon seconds. Where heyoka has not arrived in --stiff-seconds the
          ratio is to these, an upper bound.
formulas  networks given by formulas, ratio to the built-in kinds of the same maps, at the first of --digits.
limits    certified limits of diagonal networks at 15 digits, with the flow beside the proof where the remark says so.
          scipy: following the flow in doubles to a relative 1e-10, which proves nothing.
margins   exact max-margin directions; scipy (nonnegative least squares) and HiGHS find about nine digits.
directions   the flow of a classification on diagonal networks, to 20 digits, once; nothing to compare with.
growth    below the table: how the time of certified limits grows with d, n, L and digits, with the exponent fitted to
          all sizes.

products: a count of products times the price of one as our integrators pay for it in Python (gmpy2 integers, or Arb
balls for limits, in a list). flows: as a Taylor method of our steps and our highest order needs them at half precision;
limits: as Newton's method on the dual problem does. A yardstick, no lower bound: compiled code pays less a product, and
our Taylor method does part of them in doubles.
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
from typing import Any, TypeVar

# as litproof sets it when it is imported before numpy
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from benchmark_others import (
    Heyoka,
    flow_of,
    follow_in_doubles,
    l1_margin_in_doubles,
    l2_margin_in_doubles,
    newton_products,
    odefun_seconds,
    seconds,
    taylor_products,
    timed,
)
from benchmark_problems import NETWORKS, points, regression, stiff_problem

from litproof import find_limit
from litproof.certify.regression.enclosure import enclose_regression
from litproof.flow.program import Operators, Program
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.classification.follow import follow_direction
from litproof.integrate.regression import collocation, taylor
from litproof.networks.diagonal import Diagonal
from litproof.networks.polynomial import PolynomialNetwork
from litproof.precision import digits_to_bits
from litproof.predict.classification.l1_margin import l1_margin
from litproof.predict.classification.max_margin import max_margin
from litproof.problem import Problem
from litproof.problem_file import read_problem

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "tests" / "reference.toml"
PROCESS_DIGITS = 50
OTHERS = ("heyoka", "odefun", "scipy", "HiGHS", "built-in", "products")
Size = TypeVar("Size", bound=tuple[int, ...])
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
    stiff_horizon: float
    largest: int
    heyoka: bool


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
    """The stiff flow."""
    for digits in options.digits:
        problem = stiff_problem()
        end = horizon(problem, digits, options.stiff_horizon)
        yield from integrated(problem, digits, end, replace(options, repeat=1), options.stiff_seconds)


def integrated(problem: Problem, digits: int, end: Fraction, options: Options, limit: float) -> Iterator[Row]:
    """One flow by our integrators (by collocation alone where heyoka has a limit) and by heyoka."""
    others, remark = dict[str, float](), ""
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
        own, state = timed(lambda module=module: ours(module, problem, digits, end), options.repeat)  # type: ignore[misc]
        if options.heyoka and not remark:
            gap = max(abs(a - b) for a, b in zip(state, other.state(), strict=True))
            assert gap < Fraction(1, 10 ** (digits // 2)), (
                f"{name}: {engine} and heyoka differ by {float(gap):.0e}"
            )
        products = dict[str, float]()
        if engine == "Taylor":
            pieces = list(taylor_pieces(problem, digits, end))
            products = {
                "products": taylor_products(problem, digits, len(pieces), max(piece.size for piece in pieces))
            }
        yield Row(f"{name}, {digits} digits, {engine}", own, others | products, remark)


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
    for n, d, L in within(options, [(1, 2, 2), (5, 50, 2), (5, 50, 3), (20, 200, 2)]):
        problem = regression(d, n, L)
        others = {"scipy": follow_seconds(problem), "products": newton_products(n, d, 15)}
        own, found = timed(lambda problem=problem: find_limit(problem, 15), options.repeat)  # type: ignore[misc]
        remark = found.evidence if found.clock is None else f"{found.evidence}, flow followed as well"
        yield Row(f"limit, 15 digits, n = {n}, d = {d}, L = {L}", own, others, remark)
        proof = seconds(lambda n=n, d=d, L=L: certified(n=n, d=d, L=L, digits=15), options.repeat)  # type: ignore[misc]
        yield Row(f"its proof alone, n = {n}, d = {d}, L = {L}", proof, others)


def follow_seconds(problem: Problem) -> float:
    """The faster of scipy's explicit and implicit method."""
    methods = ("DOP853", "Radau") if len(problem.v0[0]) <= 50 else ("DOP853",)
    return min(seconds(lambda method=method: follow_in_doubles(problem, method), 1) for method in methods)  # type: ignore[misc]


def margin_rows(options: Options) -> Iterator[Row]:
    """Exact margins against solvers in doubles."""
    for n, d in within(options, [(10, 50), (30, 200), (100, 1000)]):
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
    for n, d, L in within(options, [(3, 3, 2), (3, 3, 3), (3, 3, 4), (5, 20, 2), (10, 30, 2)]):
        random = Random(1000 * n + d)
        first = [[Fraction(random.randint(50, 150), 100) for _ in range(d)] for _ in range(L - 1)]
        last = [Fraction(random.randint(-40, 40), 100) for _ in range(d)]
        y = [random.choice((-1, 1)) for _ in range(n)]
        problem = Problem(Diagonal(L, d), "classification", points(d, n), y, 1, [*first, last])
        own, flow = timed(lambda problem=problem: follow_direction(problem, 20), 1)  # type: ignore[misc]
        yield Row(
            f"direction, followed, n = {n}, d = {d}, L = {L}", own, {}, "" if flow.converged else flow.reason
        )


def within(options: Options, sizes: list[Size]) -> list[Size]:
    """The sizes (n, d, ..) with d at most --largest; at least the smallest."""
    return [size for size in sizes if size[1] <= options.largest] or sizes[:1]


def certified(**changed: int) -> None:
    """The proof of a limit."""
    at = {**BASE, **changed}
    if enclose_regression(regression(at["d"], at["n"], at["L"]), at["digits"]) is None:
        raise SystemExit(f"no proof at {at}")


def growth(options: Options) -> Iterator[str]:
    """How certified limits grow, one size at a time."""
    base = ", ".join(f"{name} = {value}" for name, value in BASE.items())
    yield f"certified limits, processor seconds; what a line does not vary: {base}"
    sizes: dict[str, tuple[list[int], Callable[[int], None]]] = {
        "d": (
            [d for _, d in within(options, [(5, 50), (5, 100), (5, 200), (5, 400), (5, 800)])],
            lambda d: certified(d=d),
        ),
        "n (d = 200)": ([10, 20, 40, 80], lambda n: certified(n=n, d=200)),
        "L": ([2, 3, 4, 6, 8], lambda L: certified(L=L)),
        "digits": ([50, 100, 200, 500, 1000], lambda digits: certified(digits=digits)),
    }
    certified()  # imports and tables, which else the first size would pay
    for name, (values, run) in sizes.items():
        times = [seconds(lambda run=run, value=value: run(value), options.repeat) for value in values]  # type: ignore[misc]
        fit = (
            f"exponent {np.polyfit(np.log(values), np.log(times), 1)[0]:.2f}"
            if len(values) > 1
            else "one size"
        )
        shown = "  ".join(f"{value}: {spent:.3g}" for value, spent in zip(values, times, strict=True))
        yield f"{name:<14}{shown}   {fit}"


PARTS: dict[str, Callable[[Options], Iterator[Row]]] = {
    "process": process_rows,
    "flows": flow_rows,
    "stiff": stiff_rows,
    "formulas": formula_rows,
    "limits": limit_rows,
    "margins": margin_rows,
    "directions": direction_rows,
}


def positive(text: str) -> int:
    """A whole number from 1 on, of the command line."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, got {text}")
    return int(text)


def seconds_asked(text: str) -> float:
    """A finite number of seconds above zero, of the command line."""
    try:
        value = float(text)
    except ValueError:
        value = inf
    if not 0 < value < inf:
        raise argparse.ArgumentTypeError(f"expected seconds above zero, got {text}")
    return value


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--digits",
        type=positive,
        nargs="+",
        default=[30, 50, 100],
        help="of flows and stiff; the first: of formulas",
    )
    parser.add_argument("--repeat", type=positive, default=3, help="runs of each, the best counts")
    parser.add_argument(
        "--stiff-seconds", type=seconds_asked, default=12.0, help="budget of heyoka on the stiff flow"
    )
    parser.add_argument(
        "--stiff-horizon",
        type=seconds_asked,
        default=4.0,
        help="processor seconds of collocation that set the horizon of the stiff flow",
    )
    parser.add_argument(
        "--largest",
        type=positive,
        default=1000,
        help="largest d in limits, margins, directions and the growth with d; each keeps its smallest size",
    )
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "growth"], default=[*PARTS, "growth"])
    parser.add_argument("--heyoka-child", type=Fraction, help=argparse.SUPPRESS)
    parser.add_argument("--no-run", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.heyoka_child is not None:
        if not given.no_run:
            Heyoka(read_problem(REFERENCE), PROCESS_DIGITS).run(given.heyoka_child)
        return
    heyoka = importlib.util.find_spec("heyoka") is not None
    options = Options(
        given.digits, given.repeat, given.stiff_seconds, given.stiff_horizon, given.largest, heyoka
    )
    print(
        f"{'ours in seconds; ratios ours / other':<58}{'ours':>10}{''.join(f'{name:>10}' for name in OTHERS)}"
    )
    if not heyoka and {"process", "flows", "stiff"} & set(given.only):
        print("heyoka is not installed (pip install heyoka): its column is empty")
    for name in given.only:
        for line in PARTS[name](options) if name in PARTS else growth(options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
