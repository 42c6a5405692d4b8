"""Pages of the documentation site that are made from the package itself; mkdocs runs this (see mkdocs.yml).

The guide's topics are the pages of `litproof guide` as they stand. From README, catalogue, command line and public
names this writes the home page, one page a theorem, the commands and the Python reference; the notebooks are copied.
"""

from collections.abc import Iterable
from pathlib import Path

import click
import mkdocs_gen_files

import litproof
from litproof.claims.catalogue import catalogue, code_of, paper_of
from litproof.claims.kernel import kernel_record
from litproof.claims.types import Claim
from litproof.cli import program
from litproof.report.html.mathml import typeset
from litproof.theorems import claim_file
from litproof.theorems.implications import describe

ROOT = Path(__file__).parents[1]


def write(name: str, text: str) -> None:
    with mkdocs_gen_files.open(name, "w") as page:
        page.write(text)


def home() -> None:
    text = (ROOT / "README.md").read_text("utf-8").replace("(litproof/guide/", "(")
    write("index.md", text)
    write("changelog.md", (ROOT / "CHANGELOG.md").read_text("utf-8"))


def theorems() -> None:
    """One page a theorem, and the index of them by paper."""
    index = ["# Theorems", "", "Every claim of the catalogue; `litproof verify` tries them all.", ""]
    paper = None
    for claim in catalogue().values():
        if paper_of(claim.id) != paper:
            paper = paper_of(claim.id)
            index += ["", f"## {paper}", ""]
        name = claim.id.replace("/", "-")
        index.append(f"* {code_of(claim.id)} [`{claim.id}`]({name}.md): {claim.title.replace('`', '')}")
        write(f"theorems/{name}.md", theorem(claim))
    write("theorems/index.md", "\n".join(index))


def theorem(claim: Claim) -> str:
    """One theorem; formulas are MathML within blocks of HTML, which Markdown leaves alone."""
    lines = [f"# {code_of(claim.id)}: {claim.id}", "", f"*{claim.title.replace('`', '')}*", ""]
    lines += ["## Statement", "", f"<p>{typeset(claim.statement)}</p>", ""]
    if claim.hypotheses:
        lines += ["## Hypotheses", "", bullets(one.name for one in claim.hypotheses), ""]
    lines += ["## Predicted and measured", "", f"Predicted: {first(claim.prediction)}", ""]
    lines += [f"Measured: {first(claim.measure.__doc__)}", ""]
    if claim.mutants:
        lines += ["## False variants that must be rejected", ""]
        lines += [bullets(mutant.name for mutant in claim.mutants), ""]
    proof = kernel_record().proofs.get(claim.id)
    if proof is not None:
        lines += ["## Proved in Coq", "", proof.says, ""]
        lines += [f"Missing: {proof.missing}.", ""] if proof.missing else []
        lines += [f"Theorems: {', '.join(f'`{name}`' for name in proof.theorems)}.", ""]
    if cases := describe(claim.id):
        lines += ["## Cases", "", "Decided as polynomials, for all data and losses.", "", bullets(cases), ""]
    lines += ["## Try it", "", "```sh", f"litproof verify {claim.id}", f"litproof show {claim.id}"]
    lines += [*([f"litproof derive {claim.id} --pdf"] if claim.derive else []), "```", ""]
    path = claim_file(claim.id)
    if path is not None:
        text = path.read_text("utf-8").rstrip()
        lines += ["Stated as a claim file that you can copy:", "", "```toml", text, "```", ""]
    if claim.source:
        lines += ["## Source", "", claim.source, ""]
    return "\n".join(lines)


def bullets(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{typeset(text)}</li>' for text in texts)}</ul>"


def first(text: str | None) -> str:
    return " ".join((text or "").strip().split("\n\n")[0].split())


def commands() -> None:
    """The help of every command, as the command line prints it."""
    lines = ["# Commands", ""]
    context = click.Context(program, info_name="litproof")
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if command is None or command.hidden:
            continue
        text = command.get_help(click.Context(command, info_name=name, parent=context, max_content_width=100))
        lines += [f"## litproof {name}", "", "```text", text, "```", ""]
    write("commands.md", "\n".join(lines))


def reference() -> None:
    """The public names of the package, from their docstrings."""
    lines = ["# Python", "", "Names of `import litproof`.", ""]
    for name in sorted(set(litproof.__all__) - {"__version__"}, key=str.lower):
        value = getattr(litproof, name)
        lines += [
            f"::: {value.__module__}.{value.__qualname__}" if hasattr(value, "__qualname__") else "",
            "",
        ]
    write("python.md", "\n".join(lines))


def notebooks() -> None:
    for path in sorted((ROOT / "scripts" / "notebooks").glob("*.py")):
        write(f"notebooks/{path.name}", path.read_text("utf-8"))


home()
theorems()
commands()
reference()
notebooks()
