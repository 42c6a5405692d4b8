"""What the pages show, gathered in plain data: names typeset, digits aligned, pictures drawn."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from litproof.claims.catalogue import claim_of, code_of
from litproof.claims.kernel import kernel_record
from litproof.claims.pictures import Picture
from litproof.claims.runner import Task
from litproof.claims.types import Claim, InstanceResult, Status, Verdict
from litproof.claims.verification import Report
from litproof.errors import LitproofError
from litproof.problem import Problem
from litproof.problem_file import write_problem
from litproof.report.html.derivation import DerivationView, view
from litproof.report.html.digits import Aligned, align
from litproof.report.html.drawing import drawing
from litproof.report.html.mathml import formula, typeset_name
from litproof.text import first_paragraph
from litproof.theorems.derivations import DERIVATIONS
from litproof.theorems.relations import implied_by, implies

_TELLING = ("accepted", "error", "rejected", "vacuous", "inapplicable")


@dataclass(frozen=True)
class Panel:
    """A picture: drawing, title, and what its curves are (kind, name)."""

    drawing: Markup
    title: Markup
    legend: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True)
class InstanceView:
    """What a page shows of one instance; files are named relative to the report's folder."""

    result: InstanceResult
    label: Markup
    detail: Markup
    entries: tuple[tuple[Markup, Aligned], ...]
    panels: tuple[Panel, ...]
    problem: str
    problem_file: str
    certificates: tuple[str, ...]
    command: str


@dataclass(frozen=True)
class MutantView:
    """A mutant over all instances: its outcomes, the most telling line, and one line on each instance."""

    name: Markup
    outcomes: tuple[tuple[str, int], ...]
    headline: Markup
    details: tuple[tuple[Markup, str, Markup], ...]


@dataclass(frozen=True)
class RelationView:
    """Another claim, with its page in this report ("" where it has none), and in which case."""

    id: str
    page: str
    where: Markup


@dataclass(frozen=True)
class ClaimView:
    """What the pages show of one claim."""

    verdict: Verdict
    claim: Claim
    code: str
    page: str
    title: Markup
    statement: Markup
    hypotheses: tuple[Markup, ...]
    prediction: Markup
    measurement: Markup
    reason: Markup
    instances: tuple[InstanceView, ...]
    mutants: tuple[MutantView, ...]
    command: str
    implies: tuple[RelationView, ...]
    implied_by: tuple[RelationView, ...]
    statements: tuple[tuple[str, str], ...]
    derivation: DerivationView | None


Certificates = Mapping[tuple[str, int], Sequence[str]]
"""By claim and position of the instance: file names, relative to the report's folder."""


def page_of(id: str) -> str:
    """The name of a claim's page."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in id) + ".html"


def problem_file_of(id: str, position: int) -> str:
    """The name of the problem file of an instance."""
    return f"problems/{page_of(id).removesuffix('.html')}-{position + 1}.toml"


def claim_views(report: Report, certificates: Certificates) -> Iterator[ClaimView]:
    """All claims of a report, each made when it is asked for."""
    pages = {verdict.claim: page_of(verdict.claim) for verdict in report.verdicts}
    return (_claim_view(report, verdict, certificates, pages) for verdict in report.verdicts)


def _claim_view(
    report: Report, verdict: Verdict, certificates: Certificates, pages: Mapping[str, str]
) -> ClaimView:
    tasks = [task for task in report.tasks if task.claim == verdict.claim]
    origin = tasks[0].origin if tasks else ""
    claim = claim_of(verdict.claim, origin)
    theorems = verdict.details.get("theorems", "")
    known = kernel_record().statements
    own = claim.derive or (claim.id if claim.id in DERIVATIONS else "")
    return ClaimView(
        verdict=verdict,
        claim=claim,
        code=code_of(claim.id),
        page=pages[claim.id],
        title=typeset_name(claim.title),
        statement=typeset_name(claim.statement),
        hypotheses=tuple(typeset_name(hypothesis.name) for hypothesis in claim.hypotheses),
        prediction=typeset_name(first_paragraph(claim.prediction)),
        measurement=typeset_name(first_paragraph(claim.measure.__doc__)),
        reason=typeset_name(verdict.details.get("reason", "")),
        instances=tuple(
            _instance_view(report, claim, position, task, result, certificates)
            for position, (result, task) in enumerate(zip(verdict.instances, tasks, strict=True))
        ),
        mutants=_mutant_views(verdict),
        command=_command(report, claim, origin, tasks),
        implies=tuple(
            RelationView(r.special, pages.get(r.special, ""), typeset_name(r.where))
            for r in implies(claim.id)
        ),
        implied_by=tuple(
            RelationView(r.general, pages.get(r.general, ""), typeset_name(r.where))
            for r in implied_by(claim.id)
        ),
        statements=tuple((name, known.get(name, "")) for name in theorems.split(", ") if name),
        derivation=view(DERIVATIONS[own]()) if own in DERIVATIONS else None,
    )


def _command(report: Report, claim: Claim, origin: str, tasks: Sequence[Task]) -> str:
    """What verifies the claim again, on the problem files that were named."""
    files = [] if report.own_instances else [task.instance.label for task in tasks]
    return shlex.join(["litproof", "verify", origin or claim.id, *files, *_options(report)])


def _options(report: Report) -> list[str]:
    options = ["--digits", str(report.digits), "--seed", str(report.seed)]
    return options if report.mutants else [*options, "--no-mutants"]


def _instance_view(
    report: Report,
    claim: Claim,
    position: int,
    task: Task,
    result: InstanceResult,
    certificates: Certificates,
) -> InstanceView:
    sides = result.sides
    aligned = align(sides.predicted, sides.measured) if sides else ()
    names = sides.names if sides and sides.names else tuple(map(str, range(1, len(aligned) + 1)))
    problem = problem_text(task.instance.problem)
    file = problem_file_of(claim.id, position) if problem else ""
    command = ["litproof", "verify", task.origin or claim.id, file, *_options(report)]
    return InstanceView(
        result=result,
        label=typeset_name(result.label),
        detail=typeset_name(result.detail),
        entries=tuple(zip(map(formula, names), aligned, strict=True)),
        panels=_panels(result.pictures, f"{claim.id} {position}"),
        problem=problem,
        problem_file=file,
        certificates=tuple(certificates.get((claim.id, position), ())),
        command=shlex.join(command) if file else "",
    )


def _panels(pictures: Sequence[Picture], name: str) -> tuple[Panel, ...]:
    return tuple(
        Panel(
            drawing(picture, f"{name} {number}"),
            typeset_name(picture.title),
            tuple((curve.kind, typeset_name(curve.label)) for curve in picture.curves if curve.label),
        )
        for number, picture in enumerate(pictures)
    )


def problem_text(problem: Problem) -> str:
    """The problem as a file, "" for networks of a user's own that have no file form."""
    try:
        return write_problem(problem)
    except (LitproofError, ValueError, TypeError):
        return ""


def _mutant_views(verdict: Verdict) -> tuple[MutantView, ...]:
    names = dict.fromkeys(mutant.name for result in verdict.instances for mutant in result.mutants)
    views = []
    for name in names:
        entries = [
            (result.label, mutant.outcome, mutant.detail)
            for result in verdict.instances
            for mutant in result.mutants
            if mutant.name == name
        ]
        outcomes = dict.fromkeys(outcome for _, outcome, _ in entries)
        counts = tuple((outcome, sum(entry[1] == outcome for entry in entries)) for outcome in outcomes)
        _, outcome, detail = min(entries, key=lambda entry: _TELLING.index(entry[1]))
        details = tuple((typeset_name(label), o, typeset_name(detail)) for label, o, detail in entries)
        views.append(MutantView(typeset_name(name), counts, typeset_name(detail or outcome), details))
    return tuple(views)


def settled(verdict: Verdict) -> bool:
    """Whether evidence and digits mean something: of verified claims only."""
    return verdict.status is Status.VERIFIED
