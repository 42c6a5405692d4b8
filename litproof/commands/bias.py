"""`litproof bias`: whether there is a regulariser at all, and which."""

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from litproof.commands.completion import files
from litproof.commands.options import (
    ENDINGS,
    PATIENCE,
    TimedCommand,
    certificate_option,
    check_writable,
    current_clock,
    digits_option,
    jobs_option,
    json_option,
    say,
    write,
)
from litproof.deadline import OutOfTime
from litproof.errors import InputError

if TYPE_CHECKING:
    from litproof.bias.candidates import Study
    from litproof.bias.family import Candidate
    from litproof.bias.gap import Gap
    from litproof.bias.verdict import Verdict
    from litproof.problem import Problem


@click.command(cls=TimedCommand, epilog=ENDINGS, seconds=PATIENCE)
@click.argument("problem_files", nargs=-1, required=True, metavar="PROBLEM...", shell_complete=files)
@json_option
@certificate_option("the certificate of the pair that excludes")
@click.option(
    "--family", "formulas", multiple=True, metavar="FORMULA", help="Try this candidate too (repeatable)."
)
@click.option("--p", "powers", multiple=True, metavar="P", help="Try l_p for a further exponent, as 5/4.")
@click.option(
    "--draw", type=click.IntRange(0, 100), help="Try candidates on so many further data sets for PROBLEM."
)
@click.option(
    "--search",
    is_flag=True,
    help="Look for a readable problem of this network that is excluded, and show it.",
)
@click.option(
    "--gap", "with_gap", is_flag=True, help="Show how far limits of pairs differ, against the scale alpha."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of what is drawn.")
@digits_option(30, 10, 500)
@jobs_option
@click.option("--all", "everything", is_flag=True, help="Show all candidates, not only the nearest ones.")
def bias(
    problem_files: tuple[str, ...],
    json_file: str | None,
    certificate_file: str | None,
    formulas: tuple[str, ...],
    powers: tuple[str, ...],
    draw: int | None,
    search: bool,
    with_gap: bool,
    seed: int,
    digits: int,
    jobs: int | None,
    everything: bool,
) -> int:
    """Ask whether a function of beta selects the limits of a network from this start, and which.

    Excluded: two data sets with the same interpolators lead to different limits, certified. Potential: the function is
    known. Consistent: neither. With --family, --p, --draw or several problems for one network, candidates are tried on
    all limits.
    """
    check_writable(json_file)
    check_writable(certificate_file)
    from litproof.bias.family import regularisers
    from litproof.bias.verdict import judge
    from litproof.problem_file import read_problem
    from litproof.report.bias import gap_lines, verdict_lines, verdict_to_json
    from litproof.report.candidates import print_study

    exponents = [_exponent(text) for text in powers]
    problems = [read_problem(name) for name in problem_files]
    verdict: Verdict | None
    study = None
    clock = current_clock()
    clock.lost = "no verdict was reached"
    if search:
        from litproof.bias.search import simplest_excluded

        problems[0] = simplest_excluded(problems[0], seed)
    if formulas or powers or draw is not None or len(problems) > 1:
        form = problems[0].odeco
        candidates = regularisers(
            _depth(problems[0]),
            powers=exponents,
            formulas=formulas,
            complex_rho=form is not None and not form.is_real,
        )
        # candidates are tried on the limits of any training, pairs and potentials are about gradient flow
        verdict = None if problems[0].dynamics else judge(problems[0], seed=seed, digits=digits)
        study = _study(problems, candidates, draw or 0, seed, digits, jobs)
    else:
        verdict = judge(problems[0], seed=seed, digits=digits)
    gaps = _gaps(problems[0], seed) if with_gap else ()
    clock.lost = ""
    clock.stop()
    if json_file:
        write(json_file, verdict_to_json(verdict, study, gaps))
    if json_file != "-":
        if verdict is not None:
            say("\n".join(verdict_lines(verdict)), lines=True)
        if gaps:
            say("\n".join(gap_lines(gaps)), lines=True)
        if study is not None:
            print_study(study, everything=everything)
    written = certificate_file is None or _certificate(certificate_file, verdict)
    return (
        0 if written and (study is None or study.conclusion not in ("too few conditions", "undecided")) else 3
    )


def _gaps(problem: "Problem", seed: int) -> "tuple[Gap, ...]":
    from litproof.bias.gap import FACTORS, gaps
    from litproof.report.progress import counting_bar

    known: list[Gap] = []
    with counting_bar("scales") as progress:
        try:
            for gap in gaps(problem, seed=seed):
                known.append(gap)
                if progress:
                    progress(len(known), len(FACTORS))
        except OutOfTime:
            current_clock().lost = f"gaps of {len(FACTORS) - len(known)} of {len(FACTORS)} scales"
    return tuple(known)


def _study(
    problems: "list[Problem]",
    candidates: "tuple[Candidate, ...]",
    draw: int,
    seed: int,
    digits: int,
    jobs: int | None,
) -> "Study":
    from litproof.bias.candidates import compare_regularisers, draw_problems
    from litproof.parallel import usable_cores
    from litproof.report.progress import counting_bar

    flows = [*problems, *draw_problems(problems[0], draw, seed)]
    with counting_bar("flows") as progress:

        def count(done: int, of: int) -> None:
            current_clock().lost = f"{done} of {of} flows were followed, no candidate was judged"
            if progress:
                progress(done, of)

        count(0, len(flows))
        return compare_regularisers(flows, candidates, digits, jobs=jobs or usable_cores(), progress=count)


def _certificate(name: str, verdict: "Verdict | None") -> bool:
    """Write the certificate; False, with a word on standard error, where there is none."""
    pair = verdict.pair if verdict is not None else None
    if pair is None or pair.certificate is None:
        missing = "its check would take too long, or it is no polynomial network with the squared loss"
        reason = "no pair excludes" if pair is None else missing
        say(f"note: no certificate: {reason}", err=True)
        return False
    from litproof.certify.certificates.format import to_json

    write(name, to_json(pair.certificate).rstrip("\n"))
    return True


def _depth(problem: "Problem") -> int:
    """L, or what stands for it where there are no layers: it only says which candidates are proposed."""
    from litproof.networks.base import MultilinearNetwork
    from litproof.predict.regression.reduction import real_dual

    if isinstance(problem.network, MultilinearNetwork):
        return problem.network.depth
    dual_form = real_dual(problem)
    return len(problem.network.shapes) if dual_form is None else dual_form.dual.coordinates[0].depth


def _exponent(text: str) -> Fraction:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if not 0 < value <= 100 or value.denominator > 10**6:
        raise InputError(f"expected a number between 0 and 100 such as 5/4, got {text[:40]!a}", key="--p")
    return value
