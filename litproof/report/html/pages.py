"""The pages as text: an index, and one for each claim."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from litproof import __version__
from litproof.claims.verification import Report
from litproof.report.html import implications
from litproof.report.html.mathml import typeset_name
from litproof.report.html.views import ClaimView, settled
from litproof.report.terminal import summary
from litproof.text import visible
from litproof.theorems.implications import graph

LIBRARIES = ("numpy", "scipy", "sympy", "mpmath", "python-flint", "gmpy2")
INDEX = "index.html"


def pages(report: Report, claims: Sequence[ClaimView], when: datetime | None = None) -> dict[str, str]:
    """{file name: text}; `when` the report is made, now unless given."""
    environment = Environment(
        loader=PackageLoader("litproof.report.html", "."),
        autoescape=True,
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"settled": settled, "typeset": typeset_name}
    source = environment.loader
    assert source is not None
    style, script = (Markup(source.get_source(environment, name)[0]) for name in ("style.css", "filter.js"))
    made = when or datetime.now(UTC)
    shared = {
        "report": report,
        "summary": summary(report),
        "made": made.strftime("%Y-%m-%d %H:%M UTC"),
        "environment": _environment(),
        "style": style,
    }
    index = environment.get_template("index.html.j2").render(
        shared
        | {
            "claims": claims,
            "statuses": sorted({str(c.verdict.status) for c in claims}),
            "levels": sorted({c.verdict.evidence for c in claims}),
            "families": sorted({c.claim.id.partition("/")[0] for c in claims}),
            "script": script,
        }
    )
    page = environment.get_template("claim.html.j2")
    drawn = implications.view(graph(), {c.claim.id: c.page for c in claims})
    arrows = environment.get_template("implications.html.j2").render(shared | {"i": drawn})
    return {
        INDEX: index,
        implications.PAGE: arrows,
        **{c.page: page.render(shared | {"c": c}) for c in claims},
    }


def _printable(value: object) -> object:
    """Text without what a browser would not take; markup of our own stays as it is, so that it must be clean."""
    if isinstance(value, Markup):
        return Markup(visible(value, lines=True))  # escaping does not touch these characters
    return visible(value, lines=True) if isinstance(value, str) else value


def _environment() -> dict[str, str]:
    system = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"
    return {"litproof": __version__, "Python": system, **{name: version(name) for name in LIBRARIES}}
