"""`litproof new`, `litproof conjecture` and `litproof guide`: what a user with a claim of their own needs."""

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from litproof.commands.options import (
    ENDINGS,
    PATIENCE,
    TimedCommand,
    check_writable,
    current_clock,
    digits_option,
    json_option,
    say,
    write,
)
from litproof.errors import InputError

if TYPE_CHECKING:
    from litproof.problem import Problem


@click.command(cls=TimedCommand, epilog=ENDINGS, seconds=PATIENCE)
@click.argument("problem_files", nargs=-1, required=True, metavar="PROBLEM...")
@digits_option(30, 10, 500)
@click.option(
    "--formula", "formulas", multiple=True, metavar="TEXT", help="A candidate of your own (repeatable)."
)
@click.option(
    "--p", "powers", multiple=True, metavar="P", help="A further exponent for the l_p family, as 5/4."
)
@click.option(
    "--draw", type=click.IntRange(0, 100), default=0, help="Draw this many further data sets for PROBLEM."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of --draw.")
@click.option("--jobs", type=click.IntRange(1), help="Worker processes.  [default: the cores there are]")
@click.option("--all", "everything", is_flag=True, help="Show all candidates, not only the nearest ones.")
@json_option
def conjecture(
    problem_files: tuple[str, ...],
    digits: int,
    formulas: tuple[str, ...],
    powers: tuple[str, ...],
    draw: int,
    seed: int,
    jobs: int | None,
    everything: bool,
    json_file: str | None,
) -> int:
    """Ask which regulariser is stationary at the limits of flows of one network.

    The flows are those of the problem files: several data sets and starts for one network. A series of problems that
    differ in alpha alone also shows which regulariser is approached.
    """
    check_writable(json_file)
    from litproof.conjecture.drawing import draw_problems
    from litproof.conjecture.family import family
    from litproof.conjecture.study import study
    from litproof.parallel import usable_cores
    from litproof.problem_file import read_problem
    from litproof.report.conjecture import print_study, study_to_json
    from litproof.report.terminal import counting_bar

    exponents = [_exponent(text) for text in powers]
    problems = [read_problem(name) for name in problem_files]
    problems += draw_problems(problems[0], draw, seed)
    candidates = family(_depth(problems[0]), powers=exponents, formulas=formulas)
    with counting_bar("flows") as progress:

        def count(done: int, flows: int) -> None:
            current_clock().lost = f"{done} of {flows} flows were followed, no candidate was judged"
            if progress:
                progress(done, flows)

        count(0, len(problems))
        found = study(problems, candidates, digits, jobs=jobs or usable_cores(), progress=count)
    current_clock().stop()
    if json_file:
        write(json_file, study_to_json(found))
    if json_file != "-":
        print_study(found, everything=everything)
    return 3 if found.conclusion in ("too few conditions", "undecided") else 0


def _depth(problem: "Problem") -> int:
    """L, or what stands for it where there are no layers: it only says which candidates are proposed."""
    from litproof.networks.base import MultilinearNetwork
    from litproof.predict.regression.reduction import real_dual

    if isinstance(problem.network, MultilinearNetwork):
        return problem.network.depth
    found = real_dual(problem)
    return len(problem.network.shapes) if found is None else found.dual.coordinates[0].depth


def _exponent(text: str) -> Fraction:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if not 0 < value <= 100 or value.denominator > 10**6:
        raise InputError(f"expected a number between 0 and 100 such as 5/4, got {text[:40]!a}", key="--p")
    return value


@click.command(cls=TimedCommand, epilog=ENDINGS)
@click.argument("name", default="my_claim")
@click.option("--toml", "toml", is_flag=True, help="A claim in TOML, a formula instead of Python.")
@click.option("--refuted", is_flag=True, help="Write a false claim, to see one refuted.")
def new(name: str, toml: bool, refuted: bool) -> int:
    """Write a commented claim NAME and a problem for it, ready to run."""
    from litproof.starter import write_starter

    files = write_starter(name, toml=toml, refuted=refuted)
    say("\n".join(f"wrote {file}" for file in files), lines=True)
    say(f"try: litproof verify {' '.join(map(str, files))}")
    return 0


@click.command(cls=TimedCommand)
@click.argument("topic", required=False)
def guide(topic: str | None) -> int:
    """Show the guide: its topics, or one of them."""
    from litproof.guide import read_topic, topics

    if topic is None:
        click.echo("\n".join(f"litproof guide {name.ljust(12)}{title}" for name, title in topics().items()))
    else:
        click.echo(read_topic(topic), nl=False)
    return 0


COMMANDS: tuple[click.Command, ...] = (new, conjecture, guide)
