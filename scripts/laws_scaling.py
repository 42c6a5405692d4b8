"""How many parameters `discover_conserved` reaches: wall time and proof status for growing architectures, one core.

    python scripts/laws_scaling.py [--seconds 60]

Each family grows until one shape takes longer than half the limit. The last line repeats the anchor of the
project: 50 random linear shapes of depth 2-4 and widths 2-5.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from time import perf_counter

from litproof.errors import LitproofError
from litproof.laws import LawReport, discover_conserved, fully_connected_map, relu_map
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.matrix_sensing import MatrixSensing

FAMILIES: dict[str, tuple[Callable[[int], object], Iterator[int]]] = {
    "fully connected n-n-n": (lambda n: fully_connected_map((n,) * 3), iter(range(4, 40, 4))),
    "fully connected n-n-n-n-n": (lambda n: fully_connected_map((n,) * 5), iter(range(3, 30))),
    "fully connected 1-n-n-2": (lambda n: fully_connected_map((1, n, n, 2)), iter(range(4, 40, 4))),
    "relu n-n-n with bias": (lambda n: relu_map((n,) * 3, bias=True), iter(range(4, 40, 4))),
    "diagonal, depth 4, width n": (lambda n: Diagonal(4, n), iter([10, 40, 160, 640])),
    "convolutional n, n, n": (lambda n: Convolutional((n,) * 3), iter(range(4, 80, 4))),
    "convolutional n/2, n/2, n": (lambda n: Convolutional((n // 2, n // 2, n)), iter(range(4, 80, 4))),
    "matrix sensing, depth 3": (lambda n: MatrixSensing(3, n), iter(range(2, 30, 2))),
}


def show(name: str, n: object, report: LawReport, seconds: float) -> None:
    print(
        f"{name:28} {n!s:>4} {report.parameters:6} {report.rank:6} {report.lie_dimension:6} "
        f"{'complete' if report.complete else 'open':9} {seconds:8.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60, help="limit for one shape (default 60)")
    parser.add_argument("--family", default="", help="only families whose name contains this")
    options = parser.parse_args()
    print(f"{'family':28} {'n':>4} {'D':>6} {'found':>6} {'Lie':>6} {'proof':9} {'seconds':>8}")
    for name, (build, sizes) in FAMILIES.items():
        if options.family not in name:
            continue
        for n in sizes:
            begin = perf_counter()
            try:
                report = discover_conserved(build(n))  # type: ignore[arg-type]
            except LitproofError as error:
                print(f"{name:28} {n:4} stopped: {error}")
                break
            seconds = perf_counter() - begin
            show(name, n, report, seconds)
            if seconds > options.seconds / 2:
                break
    rng = random.Random(1)
    shapes = [[rng.randint(2, 5) for _ in range(rng.randint(2, 4) + 1)] for _ in range(50)]
    begin = perf_counter()
    complete = sum(discover_conserved(fully_connected_map(shape)).complete for shape in shapes)
    print(f"anchor: {complete} of 50 random shapes proved complete in {perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
