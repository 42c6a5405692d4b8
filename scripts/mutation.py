#!/usr/bin/env python3
"""Which line of a proof would no test miss? Single faults, one at a time, in a temporary copy of the tree.

    python scripts/mutation.py                 all faults, about five minutes
    python scripts/mutation.py --sample 12     a sample with a fixed seed, as in .ci/run
    python scripts/mutation.py --only taylor   faults whose file or words contain the text

Each fault replaces one text of one file, which must stand there exactly once, and names the tests that must fail with
it and pass without it. Exit codes: 0 every fault is caught; 1 some fault survives, or tests fail without any; 2 a text
is not found once.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copytree, ignore_patterns

TREE = Path(__file__).resolve().parent.parent
SEED = 20


@dataclass(frozen=True)
class Fault:
    """One fault: what leaving the line out means, where it stands, and the tests that see it."""

    says: str
    file: str
    text: str
    replacement: str
    tests: str


CHECKER = "litproof/certify/checker/"
BOUNDS = "tests/certify/test_checker.py"
HOSTILE = "tests/certify/checker/test_work.py"
EXPONENTS = "tests/predict/classification/test_limit.py"
DUAL = "tests/predict/regression/test_dual_newton.py"
RINGS = "tests/integrate/test_ball_rings.py"
DIRECTION = "tests/certify/classification/test_direction.py"
TRAP = "tests/certify/classification/test_trapping_region.py"
STEPS = "tests/certify/classification/test_component_steps.py"
PAIR = "tests/certify/certificates/test_singular_pair.py"

FAULTS = (
    Fault(
        "slopes at the centre of the box",
        "litproof/algebra/krawczyk.py",
        "linearised.spread(box, radii)",
        "linearised.spread(list(centre), radii)",
        "tests/algebra/test_krawczyk.py",
    ),
    Fault(
        "slopes at the centre of the box of multipliers",
        "litproof/predict/regression/dual_newton.py",
        "states(coarse, column(box), here)",
        "states(coarse, column(entry.mid() for entry in box), here)",
        f"{DUAL}::test_boxes_hold_the_zero_or_are_none",
    ),
    Fault(
        "the logarithmic norm on the path, not on the tube",
        "litproof/certify/regression/validated_steps.py",
        "[polynomial(u) + tube for polynomial in path]",
        "[polynomial(u) for polynomial in path]",
        "tests/certify/regression/test_validated.py::test_the_logarithmic_norm_is_bounded_on_the_whole_tube",
    ),
    Fault(
        "eigenvalues of the midpoint only",
        "litproof/integrate/ball_rings.py",
        ".max(top / (1 + eps)) + rest)",
        ".max(top / (1 + eps)))",
        f"{RINGS}::test_eigenvalues_of_all_corners_of_a_box_are_below_the_bound",
    ),
    Fault(
        "one half of a product's remainder",
        "litproof/integrate/ball_rings.py",
        "a.norm * b.remainder + b.norm * a.remainder",
        "a.norm * b.remainder",
        f"{RINGS}::test_products_of_extreme_members_lie_in_the_product",
    ),
    Fault(
        "the other half of a product's remainder",
        "litproof/integrate/ball_rings.py",
        "a.norm * b.remainder + b.norm * a.remainder + a.remainder * b.remainder",
        "b.norm * a.remainder + a.remainder * b.remainder",
        f"{RINGS}::test_products_of_extreme_members_lie_in_the_product",
    ),
    Fault(
        "the product of two remainders",
        "litproof/integrate/ball_rings.py",
        " + a.remainder * b.remainder",
        "",
        f"{RINGS}::test_products_of_extreme_members_lie_in_the_product",
    ),
    Fault(
        "powers beyond the order",
        "litproof/integrate/ball_rings.py",
        "(absolute_sum(entries[size:]) + remainder)",
        "remainder",
        f"{RINGS}::test_powers_that_are_left_out_go_into_the_remainder",
    ),
    Fault(
        "isqrt rounded down",
        CHECKER + "interval.py",
        "isqrt(self.hi << self.bits) + 1",
        "isqrt(self.hi << self.bits)",
        f"{BOUNDS}::test_square_roots_are_rounded_outward",
    ),
    Fault(
        "no tail of the series",
        CHECKER + "coordinate.py",
        "tail = (series[0].hi << len(constants) >> 2 * order) + 1",
        "tail = 0",
        f"{BOUNDS}::test_the_tail_of_a_series_is_in_the_integral",
    ),
    Fault(
        "a multiplier off the margin",
        CHECKER + "minimum_norm.py",
        "p[i] == 0 or value == 1",
        "p[i] == 0 or value >= 1",
        f"{BOUNDS}::test_a_multiplier_off_the_margin_proves_nothing",
    ),
    Fault(
        "the checker's slopes at the centre",
        CHECKER + "krawczyk.py",
        "slope = coordinates[j].slope(boxes[j])",
        "slope = coordinates[j].slope(centre[row])",
        f"{BOUNDS}::test_slopes_are_those_of_the_box",
    ),
    Fault(
        "the checker's hull without the tube",
        CHECKER + "regression_path.py",
        "(rounded << degree), unit) + TUBE",
        "(rounded << degree), unit)",
        f"{BOUNDS}::test_the_hull_of_a_step_is_a_tube",
    ),
    Fault(
        "coefficients beyond the last cost nothing",
        CHECKER + "series.py",
        "lost = sum(map(mul, map(abs, a[kept - last :]), accumulate(map(abs, b))))",
        "lost = 0",
        "tests/certify/checker/test_series.py::test_products_and_sums_stay_within_their_errors",
    ),
    Fault(
        "a defect without the errors of its terms",
        CHECKER + "regression_path.py",
        "for a, b, c in coefficients) + pace * pull.error",
        "for a, b, c in coefficients)",
        "tests/certify/certificates/test_regression_path.py::test_defect_counts_the_terms_of_higher_order",
    ),
    Fault(
        "the largest entry for the row sum",
        CHECKER + "flow.py",
        "max(sum(map(magnitude, row.values()), Fraction(0)) for row in rows)",
        "max(max(map(magnitude, row.values()), default=Fraction(0)) for row in rows)",
        f"{BOUNDS}::test_the_bound_of_the_growth_adds_up_rows",
    ),
    Fault(
        "any angle of a singular pair",
        CHECKER + "singular_pair.py",
        "require(0 < angle <= WIDEST,",
        "require(0 < angle,",
        f"{HOSTILE}::test_pairs_that_are_not_close_are_no_pairs",
    ),
    Fault(
        "a second eigenvalue above the level",
        CHECKER + "singular_pair.py",
        "require(above == 1,",
        "require(above >= 1,",
        f"{PAIR}::test_a_second_pair_is_refused",
    ),
    Fault(
        "a start across the pair",
        CHECKER + "singular_pair.py",
        'require(nonzero, "the start',
        'require(True, "the start',
        f"{HOSTILE}::test_a_start_without_a_part_along_the_pair_is_no_start_for_it",
    ),
    Fault(
        "powers of two cost nothing",
        CHECKER + "exact.py",
        "len(number) * 10 // 3 + abs(exponent) + 1",
        "len(number) * 10 // 3 + 1",
        f"{HOSTILE}::test_sizes_from_text_are_not_below_the_true_ones",
    ),
    Fault(
        "one denominator for all",
        CHECKER + "work.py",
        "widest + sum(number.bit_length() for number in below)",
        "widest + max(number.bit_length() for number in below)",
        f"{HOSTILE}::test_span_bounds_sums",
    ),
    Fault(
        "a certificate about another point",
        "litproof/certify/certificates/limit.py",
        "if not is_about(problem, certificate, value, error, digits):",
        "if False:",
        "tests/certify/certificates/test_point.py -k not_handed_out",
    ),
    Fault(
        "signs that the start allows",
        "litproof/certify/classification/l1_limit.py",
        "tuple(side for side in (1, -1) if sign(p + side * q))",
        "tuple(side for side in (1, -1))",
        f"{DIRECTION} tests/certify/certificates/test_point.py -k 'allows or signs or command_prints'",
    ),
    Fault(
        "loss below 2",
        "litproof/certify/classification/direction.py",
        "if point.loss < 1:",
        "if point.loss < 2:",
        f"{DIRECTION}::test_a_flow_that_rests_at_loss_one_has_no_direction",
    ),
    Fault(
        "weights on the candidate, not at the reference",
        "litproof/certify/classification/component_track.py",
        "omega * (w.off + top * omega * omega.exp() / 2)",
        "0 * omega",
        "tests/certify/classification/test_component_track.py -k divergence",
    ),
    Fault(
        "weights that are on the candidate's shares between the stages",
        "litproof/certify/classification/component_track.py",
        "list(map(mul, line, moves))) + miss",
        "list(map(mul, line, moves)))",
        "tests/certify/classification/test_component_track.py -k divergence",
    ),
    Fault(
        "a distance that does not grow",
        "litproof/certify/classification/component_steps.py",
        "error, factor = (grown * entered).upper()",
        "error, factor = entered",
        f"{STEPS} -k elsewhere",
    ),
    Fault(
        "the growth of the component that grows least",
        "litproof/certify/classification/component_steps.py",
        "key=turns.__getitem__, reverse=True)",
        "key=turns.__getitem__)",
        f"{STEPS} -k elsewhere",
    ),
    Fault(
        "components that rise for ones that fall",
        "litproof/certify/classification/component_steps.py",
        "(1 + ties) * pull(piece) < 0",
        "(1 + ties) * pull(piece) > 0",
        f"{STEPS} -k elsewhere",
    ),
    Fault(
        "a jump that is not counted",
        "litproof/certify/classification/component_steps.py",
        "(error + ball(1).exp() * norm(ways)).upper()",
        "error",
        f"{STEPS} -k 'jump or another'",
    ),
    Fault(
        "a step that begins where its candidate does",
        "litproof/certify/classification/component_track.py",
        "nears.append(norm([p(ball(-1)) - x for p, x in zip(entries, places, strict=True)]) + drift)",
        "nears.append(drift)",
        f"{STEPS}::test_the_candidate_of_another_start_is_as_far_off_as_the_starts_are",
    ),
    Fault(
        "weights without the rest of their series",
        "litproof/certify/classification/component_bounds.py",
        "around = (size * rest +",
        "around = (0 * rest +",
        "tests/certify/classification/test_component_bounds.py::test_weights_are_near_exponentials_and_above_them",
    ),
    Fault(
        "no excess on the faces of the box",
        "litproof/certify/classification/trapping_region.py",
        "slope * bound > excess",
        "slope * bound > 0",
        f"{TRAP}::test_on_the_faces_of_a_closed_box_q_exceeds_its_bound",
    ),
    Fault(
        "an excess of 0",
        "litproof/certify/classification/trapping_region.py",
        "return (Q * (1 - lam ** (arb(2) / L))).upper()",
        "return arb(0)",
        f"{TRAP}::test_on_the_faces_of_a_closed_box_q_exceeds_its_bound",
    ),
    Fault(
        "the narrowest radius",
        "litproof/algebra/balls.py",
        "radius = max(magnitude(entry.rad())",
        "radius = min(magnitude(entry.rad())",
        "tests/algebra/test_balls.py",
    ),
    Fault(
        "the nearer end of an enclosure",
        "litproof/claims/comparison.py",
        "compare_gap(max(ends), size, digits)",
        "compare_gap(min(ends), size, digits)",
        "tests/claims/test_comparison.py::test_every_end_of_an_enclosure_must_agree",
    ),
    Fault(
        "a step's error 10^-17 of itself",
        "litproof/integrate/regression/taylor.py",
        "error = max(truncation, rounding) + LOG_2",
        "error = max(truncation, rounding) + LOG_2 - 17 * _LN10",
        "tests/integrate/regression/test_taylor.py",
    ),
    Fault(
        "the square of a difference grows like that of the sum",
        "litproof/integrate/regression/squares.py",
        "(b, of_b, -2)",
        "(b, of_b, 2)",
        "tests/integrate/regression/test_squares.py::test_squares_move_by_the_chain_rule_exactly",
    ),
    Fault(
        "roots of small squares as good as the squares",
        "litproof/integrate/regression/squares.py",
        "loss = max(0, 1 - least) * LOG_2",
        "loss = min(0, 1 - least) * LOG_2",
        "tests/integrate/regression/test_squares.py::test_small_sums_count_in_the_error",
    ),
    Fault(
        "a small sum in the unit of the others",
        "litproof/integrate/regression/squares.py",
        "units = [odd.get(i, unit) for i, unit in enumerate(units)]",
        "units = [unit for i, unit in enumerate(units)]",
        "tests/integrate/regression/test_squares.py::test_small_sums_and_differences_have_their_own_unit",
    ),
    Fault(
        "an affine flow without its constant",
        "litproof/integrate/regression/affine.py",
        "K[n, n + 1] = 1",
        "K[n, n + 1] = 0",
        "tests/integrate/regression/test_affine.py::test_any_affine_flow_is_its_series",
    ),
    Fault(
        "half-tied coordinates change sign",
        "litproof/predict/regression/coordinates.py",
        "        if ties:\n            return Kind.HALF\n",
        "",
        f"{DUAL}::test_ties_decide_which_signs_a_coordinate_keeps",
    ),
    Fault(
        "negative eigenvalues counted as positive",
        "litproof/algebra/linear.py",
        "for row in (coefficients, mirrored)",
        "for row in (coefficients, coefficients)",
        "tests/algebra/test_linear.py",
    ),
    Fault(
        "inertia with zero coefficients as signs",
        "litproof/algebra/linear.py",
        "pairwise(c for c in row if c)",
        "pairwise(row)",
        "tests/algebra/test_linear.py",
    ),
    Fault(
        "exponent 1 where support vectors do not span",
        "litproof/predict/classification/limit.py",
        "exponent = 1.0 if full else 1.0 / problem.layered.depth",
        "exponent = 1.0",
        f"{EXPONENTS}::test_fully_connected",
    ),
    Fault(
        "degenerate multipliers",
        "litproof/predict/classification/limit.py",
        "if not optimum.unique or not optimum.strict:",
        "if not optimum.unique:",
        f"{EXPONENTS}::test_two_layers",
    ),
    Fault(
        "|u_j| = 1 off the support",
        "litproof/predict/classification/l1_margin.py",
        "inside and len(self.active) == len(self.support)",
        "len(self.active) == len(self.support)",
        f"{EXPONENTS}::test_strict_complementarity_needs_every_condition",
    ),
    Fault(
        "more active points than components on",
        "litproof/predict/classification/l1_margin.py",
        "inside and len(self.active) == len(self.support) and",
        "inside and",
        f"{EXPONENTS}::test_strict_complementarity_needs_every_condition",
    ),
    Fault(
        "the gap of singular values, not its half",
        "litproof/predict/classification/one_point.py",
        "float(1 - max(others, key=float) / top) / 2",
        "float(1 - max(others, key=float) / top)",
        f"{EXPONENTS}::test_one_point",
    ),
    Fault(
        "the other factor of a product in the reverse sweep",
        "litproof/flow/program.py",
        "adjoint[step.right].append(bar * self.atom(step.left))",
        "adjoint[step.right].append(bar * self.atom(step.right))",
        "tests/flow/test_program.py",
    ),
    Fault(
        "drift at the first time only",
        "litproof/theorems/shared/conserved.py",
        "for later in values[1:] for",
        "for later in values[1:2] for",
        "tests/theorems/shared/test_conserved.py",
    ),
    Fault(
        "drift at the last time only",
        "litproof/theorems/shared/conserved.py",
        "for later in values[1:] for",
        "for later in values[-1:] for",
        "tests/theorems/shared/test_conserved.py",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, metavar="N", help="only N faults, drawn with a fixed seed")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only faults whose file or words contain TEXT"
    )
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if options.only in fault.file or options.only in fault.says]
    if options.sample is not None and options.sample < len(faults):
        faults = Random(SEED).sample(faults, options.sample)
    lost = [fault for fault in FAULTS if (TREE / fault.file).read_text("utf-8").count(fault.text) != 1]
    for fault in lost:
        print(f"{fault.file}: the text of the fault '{fault.says}' does not stand there once: {fault.text!r}")
    if lost:
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "tree"
        copytree(TREE, copy, ignore=ignore_patterns(".*", "derivations", "__pycache__"))
        require_copy(copy)
        broken = [
            tests for tests in dict.fromkeys(fault.tests for fault in faults) if not passes(copy, tests)
        ]
        for tests in broken:
            print(f"fails without any fault: {tests}")
        survivors = [] if broken else [fault for fault in faults if survives(copy, fault)]
    print(f"{len(faults) - len(survivors)} of {len(faults)} faults caught")
    return 1 if broken or survivors else 0


def survives(copy: Path, fault: Fault) -> bool:
    """Whether the tests named pass with the fault."""
    file = copy / fault.file
    right = file.read_text("utf-8")
    file.write_text(right.replace(fault.text, fault.replacement), "utf-8")
    try:
        alive = passes(copy, fault.tests)
    finally:
        file.write_text(right, "utf-8")
    print(f"{'SURVIVES' if alive else 'caught  '}  {fault.file}: {fault.says}", flush=True)
    return alive


def passes(copy: Path, tests: str) -> bool:
    """Whether tests ran and passed; a fault that only keeps a module from being imported is no fault."""
    import shlex

    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *shlex.split(tests)]
    run = subprocess.run(
        command, cwd=copy, env=environment(copy), capture_output=True, text=True, check=False
    )
    if run.returncode not in (0, 1):
        raise SystemExit(
            f"{tests}: pytest ended with {run.returncode}\n{run.stdout[-2000:]}{run.stderr[-2000:]}"
        )
    return run.returncode == 0


def environment(copy: Path) -> dict[str, str]:
    """The copy before the installed package, and no bytecode: a file changes within a second."""
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def require_copy(copy: Path) -> None:
    """Tests must see the copy, not the package that is installed."""
    where = subprocess.run(
        [sys.executable, "-c", "import litproof; print(litproof.__file__)"],
        cwd=copy,
        env=environment(copy),
        capture_output=True,
        text=True,
        check=True,
    )
    if not Path(where.stdout.strip()).is_relative_to(copy):
        raise SystemExit(f"litproof is imported from {where.stdout.strip()}, not from the copy {copy}")


if __name__ == "__main__":
    sys.exit(main())
