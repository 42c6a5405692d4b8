"""From a report to the page: what the template shows, gathered in plain data."""

import platform
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from litproof import __version__
from litproof.claims.catalogue import claim_of
from litproof.claims.runner import Task
from litproof.claims.types import Claim, InstanceResult, Verdict
from litproof.claims.verification import Report
from litproof.errors import LitproofError
from litproof.parallel import WorkerDied, completed
from litproof.problem import Problem
from litproof.problem_file import write_problem
from litproof.report.html.digits import Aligned, align
from litproof.report.html.mathml import typeset
from litproof.report.plots.figures import panels
from litproof.report.plots.series import FlowSeries, series_of
from litproof.report.terminal import summary
from litproof.text import visible

_TELLING = ("accepted", "error", "rejected", "vacuous", "inapplicable")
LIBRARIES = ("numpy", "scipy", "sympy", "mpmath", "python-flint", "gmpy2")

Pictures = Mapping[tuple[str, int], FlowSeries | str]
"""By claim and position of the instance."""


@dataclass(frozen=True)
class InstanceView:
    """What the page shows of one instance; `panels` are pictures, `remark` says why there are none."""

    result: InstanceResult
    aligned: tuple[Aligned, ...]
    panels: tuple[Markup, ...]
    remark: str
    problem: str


@dataclass(frozen=True)
class MutantView:
    """A mutant over all instances: its outcomes, the most telling line, and one line on each instance."""

    name: str
    outcomes: tuple[tuple[str, int], ...]
    headline: str
    details: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ClaimView:
    """What the page shows of one claim."""

    verdict: Verdict
    claim: Claim
    anchor: str
    statement: Markup
    title: Markup
    prediction: Markup
    measurement: Markup
    instances: tuple[InstanceView, ...]
    mutants: tuple[MutantView, ...]
    command: str


def pictures(
    report: Report, jobs: int, progress: Callable[[int, int], None] | None = None
) -> dict[tuple[str, int], FlowSeries | str]:
    """The series of every instance whose measurement followed a flow."""
    wanted = []
    for verdict in report.verdicts:
        tasks = _tasks(report, verdict)
        for position, (task, result) in enumerate(zip(tasks, verdict.instances, strict=True)):
            if result.sides and result.sides.followed:
                wanted.append(((verdict.claim, position), (task.instance.problem, result.sides.predicted)))
    flows: dict[tuple[str, int], FlowSeries | str] = {}
    for index, series in completed(series_of, [arguments for _, arguments in wanted], jobs):
        lost = isinstance(series, WorkerDied)
        flows[wanted[index][0]] = "no picture: its worker process died" if lost else series
        if progress:
            progress(len(flows), len(wanted))
    return flows


def page(report: Report, flows: Pictures) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=PackageLoader("litproof.report.html", "."),
        autoescape=True,
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = environment.loader
    assert source is not None
    style, script = (Markup(source.get_source(environment, name)[0]) for name in ("style.css", "filter.js"))
    return environment.get_template("page.html.j2").render(
        report=report,
        summary=summary(report),
        claims=[_claim_view(report, verdict, flows) for verdict in report.verdicts],
        statuses=sorted({str(verdict.status) for verdict in report.verdicts}),
        levels=sorted({verdict.evidence for verdict in report.verdicts}),
        families=sorted({verdict.claim.partition("/")[0] for verdict in report.verdicts}),
        environment=_environment(),
        style=style,
        script=script,
    )


def _printable(value: object) -> object:
    """Text without what a browser would not take; markup of our own stays as it is, so that it must be clean."""
    if isinstance(value, Markup):
        return Markup(visible(value, lines=True))  # escaping does not touch these characters
    return visible(value, lines=True) if isinstance(value, str) else value


def _tasks(report: Report, verdict: Verdict) -> Sequence[Task]:
    return [task for task in report.tasks if task.claim == verdict.claim]


def _claim_view(report: Report, verdict: Verdict, flows: Pictures) -> ClaimView:
    tasks = _tasks(report, verdict)
    origin = tasks[0].origin if tasks else ""
    claim = claim_of(verdict.claim, origin)
    command = ["litproof", "verify", origin or claim.id]
    return ClaimView(
        verdict=verdict,
        claim=claim,
        anchor=claim.id.replace("/", "-").replace(" ", "-"),
        statement=typeset(claim.statement),
        title=typeset(claim.title),
        prediction=typeset(_first_paragraph(claim.prediction)),
        measurement=typeset(_first_paragraph(claim.measure.__doc__)),
        instances=tuple(
            _instance_view(result, task, flows.get((claim.id, position)), f"{claim.id} {position}")
            for position, (result, task) in enumerate(zip(verdict.instances, tasks, strict=True))
        ),
        mutants=_mutant_views(verdict),
        command=shlex.join([*command, "--digits", str(report.digits), "--seed", str(report.seed)]),
    )


def _instance_view(
    result: InstanceResult, task: Task, series: FlowSeries | str | None, name: str
) -> InstanceView:
    sides = result.sides
    aligned = align(sides.predicted, sides.measured) if sides else ()
    drawn = panels(series, name) if isinstance(series, FlowSeries) else ()
    return InstanceView(
        result=result,
        aligned=aligned,
        panels=tuple(map(Markup, drawn)),
        remark=series if isinstance(series, str) else "",
        problem=_problem_file(task.instance.problem),
    )


def _problem_file(problem: Problem) -> str:
    try:
        return write_problem(problem)
    except (LitproofError, ValueError, TypeError):  # networks of a user's own have no file form
        return ""


def _mutant_views(verdict: Verdict) -> tuple[MutantView, ...]:
    names = dict.fromkeys(mutant.name for result in verdict.instances for mutant in result.mutants)
    views = []
    for name in names:
        tried = [
            (result.label, mutant.outcome, mutant.detail)
            for result in verdict.instances
            for mutant in result.mutants
            if mutant.name == name
        ]
        outcomes = dict.fromkeys(outcome for _, outcome, _ in tried)
        counts = tuple((outcome, sum(entry[1] == outcome for entry in tried)) for outcome in outcomes)
        _, outcome, detail = min(tried, key=lambda entry: _TELLING.index(entry[1]))
        views.append(MutantView(name, counts, detail or outcome, tuple(tried)))
    return tuple(views)


def _first_paragraph(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0]


def _environment() -> dict[str, str]:
    system = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"
    return {"litproof": __version__, "Python": system, **{name: version(name) for name in LIBRARIES}}
