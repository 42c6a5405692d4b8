"""`litproof derive`: derivations as LaTeX and PDF."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from litproof.commands.completion import claims_and_files
from litproof.commands.options import ENDINGS, TimedCommand, check_writable, say, write
from litproof.errors import InputError

if TYPE_CHECKING:
    from litproof.derive.derivation import Derivation


@click.command(cls=TimedCommand, epilog=ENDINGS)
@click.argument("claim", metavar="CLAIM_OR_PROBLEM", required=False, shell_complete=claims_and_files)
@click.option(
    "--degree",
    type=click.IntRange(1, 8),
    default=2,
    show_default=True,
    help="For a problem file: highest degree of conserved quantities.",
)
@click.option("--all", "every", is_flag=True, help="All derivations and the book litproof.tex.")
@click.option(
    "-o",
    "output",
    metavar="FILE.tex",
    help="Write the LaTeX to a file (with --all: a directory, 'derivations' by default).  [default: standard output]",
)
@click.option(
    "--pdf", is_flag=True, help="Compile it as well (next to FILE.tex, or in the current directory)."
)
def derive(claim: str | None, degree: int, every: bool, output: str | None, pdf: bool) -> int:
    """Print the derivation of a claim or lemma as LaTeX; every displayed equation is checked on the way.

    For a problem file: its own equations, reduced flow, conserved quantities, potential, KKT system and limit; without
    data, task or start the conserved quantities of its network alone.
    """
    from litproof.derive.latex.document import to_latex

    if every == bool(claim):
        raise click.UsageError("expected one claim or problem file, or --all")
    if every:
        return _derive_all(Path(output or "derivations"), pdf)
    check_writable(output)
    name, derived = _derivation(str(claim), degree)
    text = to_latex(derived)
    if pdf and output is None:
        output = f"{name}.tex"
    if output is None:
        click.echo(text, nl=False)
        return 0
    write(output, text)
    if pdf:
        say(str(_pdf_beside(Path(output))))
    return 0


def _pdf_beside(tex: Path) -> Path:
    """The compiled document next to its source, without what TeX leaves behind."""
    from shutil import move
    from tempfile import TemporaryDirectory

    from litproof.derive.latex.document import compile_pdf

    with TemporaryDirectory() as scratch:
        return Path(move(compile_pdf(tex, Path(scratch)), tex.with_suffix(".pdf")))


def _derive_all(folder: Path, pdf: bool) -> int:
    """Write every derivation and the book into `folder`, files that are up to date left alone."""
    from litproof.files import check_directory, make_directory, write_atomically

    check_directory(folder)
    from litproof.derive.latex.document import documents
    from litproof.report.progress import live_line
    from litproof.theorems import implications_book
    from litproof.theorems.derivations import DERIVATIONS

    derivations = []
    with live_line("deriving") as show:
        for number, (claim, build) in enumerate(DERIVATIONS.items(), start=1):
            show(f"deriving {claim} ({number} of {len(DERIVATIONS)})")
            derivations.append(build())
    texts = {implications_book.FILE: implications_book.section(), **documents(derivations)}
    make_directory(folder)
    for name, text in texts.items():
        path = folder / name
        make_directory(path.parent)
        if not path.exists() or path.read_text("utf-8") != text:
            write_atomically(path, text)
        say(str(_pdf_beside(path) if pdf and _is_document(text) else path))
    return 0


def _is_document(text: str) -> bool:
    return r"\begin{document}" in text


def _derivation(claim: str, degree: int) -> "tuple[str, Derivation]":
    """The derivation asked for and a name for its file."""
    path = Path(claim)
    if path.suffix in (".toml", ".json"):
        from litproof.problem_file import read_network

        source = read_network(claim)
        if source.problem is not None:
            from litproof.theorems.problem_derivation import TooLarge, derive_problem

            try:
                return path.stem, derive_problem(source.problem, degree, name=path.stem)
            except TooLarge as error:
                say(f"note: conserved quantities only: {error}", err=True)
        from litproof.theorems.mgp.conserved_complete.derivation import derive_for

        return path.stem, derive_for(source.network, degree, name=path.stem)
    from litproof.claims.catalogue import claim_of, matching
    from litproof.theorems.derivations import derivation, matching_derivations

    ids = matching_derivations(claim) or matching(claim)
    if len(ids) > 1:
        raise InputError(f"{claim!r} matches {', '.join(ids)}; expected one")
    (id,) = ids
    derived = id if matching_derivations(id) else claim_of(id).derive or id
    return id.replace("/", "-"), derivation(derived)
