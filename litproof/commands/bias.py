"""`litproof bias`: whether there is a regulariser at all."""

import click

from litproof.commands.options import (
    ENDINGS,
    PATIENCE,
    TimedCommand,
    check_writable,
    current_clock,
    json_option,
    say,
    write,
)


@click.command(cls=TimedCommand, epilog=ENDINGS, seconds=PATIENCE)
@click.argument("problem_file", metavar="PROBLEM")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of what is drawn.")
@json_option
@click.option(
    "--certificate",
    "certificate_file",
    metavar="FILE",
    help="Write the certificate of the pair that excludes for `litproof check` to FILE.",
)
def bias(problem_file: str, seed: int, json_file: str | None, certificate_file: str | None) -> int:
    """Ask whether a function of beta selects the limits of a network from this start.

    Excluded: two data sets with the same interpolators lead to different limits, certified. Potential: the function is
    known. Consistent: neither.
    """
    check_writable(json_file)
    check_writable(certificate_file)
    from litproof.bias.verdict import judge
    from litproof.problem_file import read_problem
    from litproof.report.bias import verdict_lines, verdict_to_json

    found = judge(read_problem(problem_file), seed=seed)
    current_clock().stop()
    if json_file:
        write(json_file, verdict_to_json(found))
    if json_file != "-":
        say("\n".join(verdict_lines(found)), lines=True)
    if certificate_file:
        if found.pair is None or found.pair.certificate is None:
            reason = "no pair excludes" if found.pair is None else "its check would take too long"
            say(f"note: no certificate: {reason}", err=True)
            return 3
        from litproof.certify.certificates.format import to_json

        write(certificate_file, to_json(found.pair.certificate).rstrip("\n"))
    return 0
