"""`litproof figures`: the literature's figures from first principles."""

import click

from litproof.commands.options import ENDINGS, TimedCommand, digits_option, say


@click.command(cls=TimedCommand, epilog=ENDINGS)
@click.argument("folder", default="figures")
@click.option("--only", "names", multiple=True, metavar="NAME", help="This figure; again for further ones.")
@click.option(
    "--format",
    "ending",
    type=click.Choice(["svg", "pdf"]),
    default="svg",
    show_default=True,
    help="Vector format.",
)
@digits_option(20, 4, 60)
def figures(folder: str, names: tuple[str, ...], ending: str, digits: int) -> int:
    """Draw the figures of the literature into FOLDER; the limits in them stand in figures.json with all digits."""
    from pathlib import Path

    from litproof.errors import InputError
    from litproof.files import make_directory
    from litproof.report.figures.catalogue import FIGURES, make_figures

    for name in names:
        if name not in FIGURES:
            raise InputError(f"no figure {name!r}; expected {', '.join(FIGURES)}", key="--only")
    target = Path(folder)
    make_directory(target)
    for figure in make_figures(list(names or FIGURES), target, digits, ending):
        say(f"wrote {target / figure.name}.{ending}: {figure.title}")
        for label, expected, fitted in figure.fitted:
            say(f"  order of {label}: {fitted:.4f}, expected {expected:g}")
    return 0
