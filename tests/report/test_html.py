"""The HTML report: complete, self-contained, and nothing in it that a claim could smuggle in."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from litproof.claims.claim import REGISTRY, claim
from litproof.claims.types import Instance, Mutant
from litproof.claims.verification import verify
from litproof.cli import program
from litproof.errors import InputError
from litproof.networks.diagonal import Diagonal
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.report.html import write_html
from litproof.report.html.digits import Aligned, align
from litproof.report.html.mathml import formula, typeset
from litproof.report.plots import series
from litproof.report.plots.figures import panels
from litproof.report.plots.series import Curve, FlowSeries, series_of
from litproof.theorems.shared.instances import REFERENCE

EVIL = "<script>alert('x')</script>&\"'"


class Reader(HTMLParser):
    """All elements with their attributes, and the text of the page."""

    VOID = frozenset({"meta", "input", "br", "use", "path", "rect"})

    def __init__(self):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def report():
    """Claims of the catalogue, one that is refuted, and one whose every text is hostile."""
    before = dict(REGISTRY)

    @claim(id="html/off", title="off in the tenth digit", statement="$x$", instances=[REFERENCE])
    def off(problem, digits):
        return [b * (1 + Fraction(1, 10**9)) for b in predict_regression(problem, digits).value]

    hostile = Instance(EVIL, replace(REFERENCE, name=EVIL))

    @claim(
        id=f"html/{EVIL}",
        title=EVIL,
        statement=rf"{EVIL} $\text{{{EVIL}}}$ and $\frac{{$",
        source=EVIL,
        instances=[hostile],
        mutants=[Mutant(EVIL, predict=lambda problem, digits: replace(predict_regression(problem, digits),
                 value=(Fraction(1),) * 4))],
    )  # fmt: skip
    def evil(problem, digits):
        return predict_regression(problem, digits)

    yield verify(off, evil, "ykm/regression-limit", "network/odeco-form", digits=12)
    REGISTRY.clear()
    REGISTRY.update(before)


@pytest.fixture(scope="module")
def page(report, tmp_path_factory):
    path = write_html(report, tmp_path_factory.mktemp("html") / "report")
    text = path.read_text("utf-8")
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return text, reader


def test_every_claim_instance_and_mutant_is_there(report, page):
    text = " ".join(page[1].texts)
    for verdict in report.verdicts:
        assert verdict.claim in text
        for result in verdict.instances:
            assert result.label in text
            for mutant in result.mutants:
                assert mutant.name in text


def test_nothing_is_loaded_from_anywhere(page):
    text, reader = page
    loading = {"src", "srcset", "data", "action", "poster", "background"}
    for tag, attributes in reader.elements:
        assert tag not in {"img", "iframe", "object", "embed", "link", "base"}
        assert not loading & set(attributes)
        for name in ("href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")
    assert not re.search(r"@import|url\((?!#)", text)
    policy = next(a["content"] for tag, a in reader.elements if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'")


def test_everything_is_escaped(page):
    text, reader = page
    assert "<script>alert" not in text
    assert sum(tag == "script" for tag, _ in reader.elements) == 1
    assert not any(name.startswith("on") for _, attributes in reader.elements for name in attributes)
    assert EVIL in " ".join(reader.texts)


def test_a_claim_shows_what_coq_has_proved_of_it_and_what_is_missing(report, tmp_path):
    (verdict,) = [verdict for verdict in report.verdicts if verdict.claim == "ykm/regression-limit"]
    for missing in ("", f"the pace {EVIL}"):
        details = {"proved": "this much", "theorems": "first_theorem, second_theorem", "missing": missing}
        shown = replace(report, verdicts=(replace(verdict, details=details),))
        reader = Reader()
        reader.feed(write_html(shown, tmp_path / "report").read_text("utf-8"))
        text = " ".join(reader.texts)
        assert "this much" in text and "first_theorem, second_theorem" in text
        assert ("Missing: " in text) == bool(missing) and missing in text


def test_identifiers_are_unique(page):
    ids = [attributes["id"] for _, attributes in page[1].elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_pictures_of_the_flows(report, page):
    flows = [
        result
        for verdict in report.verdicts
        for result in verdict.instances
        if result.sides and result.sides.followed
    ]
    assert len(flows) == 10
    drawn = [attributes for tag, attributes in page[1].elements if tag == "svg"]
    assert len(drawn) == 3 * len(flows)
    assert {a["aria-label"] for a in drawn} >= {"loss", "distance to the prediction"}


def test_refuted_digits_are_marked_where_they_part(report, page):
    (refuted,) = [v for v in report.verdicts if v.claim == "html/off"]
    sides = refuted.instances[0].sides
    for aligned in align(sides.predicted, sides.measured):
        assert f'<span class="differs">{aligned.measured}</span>' in page[0]
        assert 8 <= len(re.sub(r"^-?0\.0*", "", aligned.common.strip())) <= 11


def test_align():
    assert align(["-1.25", "1.25"], ["-1.26", "1.25"]) == (
        Aligned("-1.2", "5", "6"),
        Aligned(" 1.25", "", ""),
    )
    assert align(["9.99"], ["10.01"]) == (Aligned("", " 9.99", "10.01"),)
    assert align([], []) == ()


def test_statements_become_mathml():
    text = typeset(r"If $v_l(0) = \alpha$ then `digits` < 3.")
    assert text.startswith("If <math") and text.endswith("</math> then <code>digits</code> &lt; 3.")


@pytest.mark.parametrize("latex", [r"\text{<script>x</script>}", r"\frac{", r"\nosuchmacro x"])
def test_what_cannot_be_set_is_shown_as_source(latex):
    assert formula(latex).startswith("<code>") and "<script" not in formula(latex)


def test_every_statement_of_the_catalogue_can_be_set():
    from litproof.claims.catalogue import catalogue

    for entry in catalogue().values():
        assert "<code>" not in typeset(entry.statement), entry.id
        assert "$" not in typeset(entry.statement), entry.id


def test_series_come_from_the_flow():
    predicted = [str(value) for value in predict_regression(REFERENCE, 30).value]
    series = series_of(REFERENCE, predicted)
    loss, gap, drift = series.curves
    assert series.clock == "t" and series.x[0] == 0
    # loss at the start: beta(0) = 0, so 1/2 (1^2 + (1/2)^2) = 5/8
    assert 10 ** loss.y[0] == pytest.approx(0.625)
    assert gap.y[-1] < gap.y[0] - 15
    assert drift.y[0] is None and max(y for y in drift.y if y is not None) < -20
    wrong = series_of(REFERENCE, ["1", "1", "1", "1"])
    assert wrong.curves[1].y[-1] > -1


CLASSIFICATION = Problem(
    Diagonal(2, 2),
    "classification",
    ((Fraction(1), Fraction(2)),),
    (Fraction(1),),
    Fraction(1),
    ((Fraction(1), Fraction(1)), (Fraction(1, 2), Fraction(1, 2))),
)
"""The l1 max-margin direction of one point (1, 2) is (0, 1)."""


@pytest.mark.parametrize("further", [[], ["1"]])
def test_digits_of_a_direction_grow_with_kappa(further):
    series = series_of(CLASSIFICATION, ["0", "1", *further])
    (curve,) = series.curves
    assert series.clock == "log10 kappa" and curve.y[-1] > curve.y[0] + 3
    assert series_of(CLASSIFICATION, ["1", "1"]) == "no predicted direction to compare with"


def test_after_an_interrupt_the_page_is_written_without_pictures(report, tmp_path, monkeypatch):
    monkeypatch.setattr("litproof.report.html.page.series_of", None)
    text = write_html(replace(report, complete=False), tmp_path).read_text("utf-8")
    assert "<svg" not in text and "The run was interrupted" in text


def test_a_picture_that_cannot_be_drawn_says_why(monkeypatch):
    assert "does not move" in series_of(replace(REFERENCE, v=((Fraction(0),) * 4,) * 3), [])

    def refuse(problem, limit):
        raise ArithmeticError("too\nstiff")

    monkeypatch.setattr(series, "_towards_limit", refuse)
    assert series_of(REFERENCE, []) == "no picture of this flow: too stiff"


def test_panels_repeat_exactly_and_do_not_share_identifiers():
    drawn = FlowSeries("t", (0.0, 1.0), (Curve("loss", (0.0, -3.0)), Curve("drift", (None, None))))
    first, second = panels(drawn, "a"), panels(drawn, "b")
    assert first == panels(drawn, "a")
    assert "exactly zero" in first[1]
    identifiers = [set(re.findall(r'id="([^"]*)"', text)) for text in (*first, *second)]
    assert len(set().union(*identifiers)) == sum(map(len, identifiers))


def test_command_writes_the_page_next_to_the_other_results(tmp_path):
    place = tmp_path / "report"
    result = CliRunner().invoke(
        program,
        ["verify", "network/odeco-form", "--digits", "10", "--html", str(place), "--json", "-"],
        standalone_mode=False,
    )
    assert result.return_value == 0
    assert json.loads(result.stdout)["claims"][0]["status"] == "verified"
    assert (place / "index.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_wrong_place_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "missing" / "report"):
        result = CliRunner().invoke(program, ["verify", "--html", str(place)], standalone_mode=False)
        assert isinstance(result.exception, InputError)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
