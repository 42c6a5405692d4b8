"""The HTML report: complete, self-contained, and nothing in it that a claim could smuggle in."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from litproof.claims.claim import REGISTRY, claim
from litproof.claims.judge import judge
from litproof.claims.kernel import kernel_record
from litproof.claims.pictures import Curve, Picture
from litproof.claims.types import Instance, Mutant
from litproof.claims.verification import verify
from litproof.cli import program
from litproof.errors import InputError
from litproof.integrate.permission import no_integration
from litproof.integrate.regression.follow import follow_to_limit
from litproof.networks.diagonal import Diagonal
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.problem_file import read_problem, write_problem
from litproof.report.html import write_html
from litproof.report.html.ascii_math import with_formulas
from litproof.report.html.digits import Aligned, align
from litproof.report.html.mathml import formula, typeset, typeset_name
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

    yield verify(
        off,
        evil,
        "ykm/regression-limit",
        "network/odeco-form",
        "ykm/conserved-norms",
        digits=12,
        pictures=True,
    )
    REGISTRY.clear()
    REGISTRY.update(before)


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    path = write_html(report, tmp_path_factory.mktemp("html") / "report")
    assert path.name == "index.html"
    return path.parent


@pytest.fixture(scope="module")
def pages(folder):
    """{file name: (text, what is in it)}."""
    return {path.name: read(path.read_text("utf-8")) for path in folder.glob("*.html")}


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return text, reader


def words_of(page):
    return " ".join(page[1].texts)


def test_an_index_and_a_page_a_claim(report, pages):
    assert len(pages) == 2 + len(report.verdicts)  # index and graph
    index = pages["index.html"]
    links = [a["href"] for tag, a in index[1].elements if tag == "a"]
    assert sorted(links) == sorted(set(pages) - {"index.html"})
    claims = [link for link in links if link != "implications.html"]
    for verdict, link in zip(report.verdicts, claims, strict=True):
        assert verdict.claim in words_of(index) and verdict.claim in words_of(pages[link])


def test_every_instance_and_mutant_is_there(report, pages):
    everything = "".join(text for text, _ in pages.values())
    for verdict in report.verdicts:
        for result in verdict.instances:
            assert str(typeset_name(result.label)) in everything
            for mutant in result.mutants:
                assert str(typeset_name(mutant.name)) in everything


def test_nothing_is_loaded_from_anywhere(folder, pages):
    loading = {"src", "srcset", "data", "action", "poster", "background"}
    for text, reader in pages.values():
        for tag, attributes in reader.elements:
            assert tag not in {"img", "iframe", "object", "embed", "link", "base"}
            assert not loading & set(attributes)
            target = attributes.get("href", attributes.get("xlink:href", "#"))
            assert target.startswith("#") or (folder / target).is_file()
        assert not re.search(r"@import|url\((?!#)", text)
        policy = next(a["content"] for tag, a in reader.elements if a.get("http-equiv"))
        assert policy.startswith("default-src 'none'")


def test_everything_is_escaped(pages):
    for name, (text, reader) in pages.items():
        assert "<script>alert" not in text
        assert sum(tag == "script" for tag, _ in reader.elements) == (name == "index.html")
        assert not any(a.startswith("on") for _, attributes in reader.elements for a in attributes)
    assert any(EVIL in words_of(page) for page in pages.values())


@pytest.mark.parametrize("missing", ["", "the pace of the loss"])
def test_a_claim_shows_what_coq_has_proved_of_it_and_what_is_missing(report, tmp_path, missing):
    (verdict,) = [verdict for verdict in report.verdicts if verdict.claim == "ykm/regression-limit"]
    details = {"proved": "this much", "theorems": "R2_limit, no_such_theorem", "missing": missing}
    shown = replace(report, verdicts=(replace(verdict, details=details),), complete=False)
    write_html(shown, tmp_path / "report")
    words = words_of(read((tmp_path / "report" / "ykm-regression-limit.html").read_text("utf-8")))
    assert "this much" in words and "no_such_theorem" in words
    assert kernel_record().statements.get("R2_limit", "R2_limit") in words
    assert ("Missing: " in words) == bool(missing) and missing in words


def test_identifiers_are_unique(pages):
    for _, reader in pages.values():
        identifiers = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
        assert len(identifiers) == len(set(identifiers))


def test_the_derivation_is_there_step_by_step(pages):
    from litproof.theorems.derivations import derivation

    text, reader = pages["ykm-regression-limit.html"]
    steps = derivation("ykm/regression-limit").steps
    shown = {a["id"] for _, a in reader.elements if a.get("id", "").startswith("step-")}
    assert shown == {f"step-{k}" for k in range(1, len(steps) + 1)}
    targets = {a["href"] for tag, a in reader.elements if tag == "a" and a["href"].startswith("#step-")}
    assert targets and targets <= {f"#{name}" for name in shown}
    assert "\\" not in re.sub(r"<(pre|code|style)>.*?</\1>", "", text, flags=re.DOTALL)  # no LaTeX is left


def test_what_implies_what(pages):
    from litproof.claims.catalogue import catalogue
    from litproof.theorems.relations import RELATIONS

    assert {id for r in RELATIONS for id in (r.general, r.special)} <= set(catalogue())
    words = words_of(pages["ykm-regression-limit.html"])
    assert "Implies" in words and "ykm/matrix-sensing" in words
    assert "Implied by" in words and "ykm/regression-general-init" in words


def test_the_graph_of_results(pages):
    from litproof.theorems.specialisations import OUTSIDE, SPECIALISATIONS

    text, reader = pages["implications.html"][:2]
    words = words_of(pages["implications.html"])
    for case in SPECIALISATIONS:
        assert case.special in words and case.general in words
    assert all(id in words for id in OUTSIDE)
    circles = [a for tag, a in reader.elements if tag == "circle"]
    assert len(circles) == len(SPECIALISATIONS)
    assert any(a.get("href") == "implications.html" for _, a in pages["index.html"][1].elements)
    assert "$" not in text.partition("<svg")[2]


def test_certificates_and_problems_beside_the_page_are_good(folder, pages):
    from litproof.certify.checker import check, read as read_certificate

    links = [
        a["href"]
        for tag, a in pages["ykm-regression-limit.html"][1].elements
        if "download" in a and tag == "a"
    ]
    certificates = [link for link in links if link.startswith("certificates/")]
    problems = [link for link in links if link.startswith("problems/")]
    assert len(certificates) == len(problems) == 8
    for certificate in certificates[:2]:
        check(read_certificate(str(folder / certificate)))
    assert read_problem(folder / problems[0]).X == REFERENCE.X


def test_the_command_names_the_problem_files(report, tmp_path):
    """Of a run on files it names these; each instance can be run from the file beside the page."""
    problem = tmp_path / "line.toml"
    problem.write_text(write_problem(REFERENCE))
    found = verify("ykm/regression-limit", str(problem), digits=10, mutants=False)
    write_html(found, tmp_path / "report")
    words = words_of(read((tmp_path / "report" / "ykm-regression-limit.html").read_text("utf-8")))
    assert f"litproof verify ykm/regression-limit {problem} --digits 10 --seed 0 --no-mutants" in words
    again = "litproof verify ykm/regression-limit problems/ykm-regression-limit-1.toml --digits 10"
    assert again in words
    result = CliRunner().invoke(
        program,
        ["verify", "ykm/regression-limit", str(tmp_path / "report" / "problems" / "ykm-regression-limit-1.toml"),
         "--digits", "10", "--jobs", "1"],
        standalone_mode=False,
    )  # fmt: skip
    assert result.return_value == 0


def test_pictures_are_of_the_run_that_gave_the_verdict(report, pages):
    """The last height of a dashed line is the gap in the words, and what is drawn is the recorded run."""
    for verdict in report.verdicts:
        for result in verdict.instances:
            for picture in result.pictures:
                if "distance" in picture.title and (gap := re.search(r"gap 10\^(-[\d.]+)", result.detail)):
                    flow, *limit = picture.curves
                    assert [round(curve.y[-1], 1) for curve in limit] == [float(gap[1])]
                    assert flow.y[-1] < flow.y[0]
                if "drift" in picture.title:
                    drift = float(re.search(r"drift 10\^(-[\d.]+)", result.detail)[1])
                    heights = [y for y in picture.curves[0].y if y is not None]
                    assert max(heights) == pytest.approx(drift, abs=0.05)
    drawn = [a for tag, a in pages["ykm-regression-limit.html"][1].elements if tag == "svg"]
    assert len(drawn) == 16 and {"loss", "distance of beta to the prediction"} == {
        a["aria-label"] for a in drawn
    }


def test_refuted_digits_are_marked_where_they_part(report, pages):
    (refuted,) = [v for v in report.verdicts if v.claim == "html/off"]
    sides = refuted.instances[0].sides
    for aligned in align(sides.predicted, sides.measured):
        same, rest = aligned.measured
        assert f'{same}<span class="differs">{rest}</span>' in pages["html-off.html"][0]
        assert 8 <= len(re.sub(r"^-?0\.0*", "", same.strip())) <= 11


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("-1.25", "-1.26", 4),
        ("0.99999998", "1.00000000", 9),
        ("9.99", "10.01", 4),
        ("1.5", "1.5", 3),
        ("123.0", "130.0", 1),
        ("0.4", "-0.4", 0),
        ("0.00000", "0.00002", 6),
    ],
)
def test_align_by_what_the_numbers_are(left, right, same):
    """Seven digits that agree are seven, also where all characters differ."""
    (entry,) = align([left], [right])
    width = max(len(left), len(right))
    assert [len(head + tail) for head, tail in (entry.predicted, entry.measured)] == [width, width]
    assert max(len(head.strip()) for head, _ in (entry.predicted, entry.measured)) == same


def test_align_pads():
    assert align(["-1.25", "1.25"], ["-1.26", "1.25"]) == (
        Aligned(("-1.2", "5"), ("-1.2", "6")),
        Aligned((" 1.25", ""), (" 1.25", "")),
    )
    assert align([], []) == ()


def test_entries_are_named(pages):
    text = pages["ykm-regression-limit.html"][0]
    assert str(formula(r"\beta_{1}")) in text


def test_entries_of_the_catalogue_have_as_many_names_as_numbers():
    """Predictions of more than beta say what the rest is."""
    from litproof.claims.catalogue import catalogue
    from litproof.claims.judge import entry_names

    for id in ("ykm/two-layer-one-point", "ykm/classification-odeco", "ykm/classification-one-point",
               "soudry/linear-classifier", "ykm/classification-loss-rate"):  # fmt: skip
        entry = catalogue()[id]
        problem = entry.instances(0)[0].problem
        prediction = entry.predict(problem, 12)
        names = entry_names(entry, problem, prediction)
        assert len(names) == len(prediction.value) > 0 and len(set(names)) == len(names)
        assert all(formula(name).startswith("<math") for name in names)


def test_statements_become_mathml():
    text = typeset(r"If $v_l(0) = \alpha$ then `digits` < 3.")
    assert text.startswith("If <math") and text.endswith("</math> then <code>digits</code> &lt; 3.")


@pytest.mark.parametrize("latex", [r"\text{<script>x</script>}", r"\frac{", r"\nosuchmacro x"])
def test_what_cannot_be_set_is_shown_as_source(latex):
    assert formula(latex).startswith("<code>") and "<script" not in formula(latex)


def test_every_text_of_the_catalogue_can_be_set():
    from litproof.claims.catalogue import catalogue

    for entry in catalogue().values():
        names = [h.name for h in entry.hypotheses] + [m.name for m in entry.mutants] + [entry.title]
        for text in (entry.statement, *names):
            assert "<code>" not in typeset_name(text), text
            assert "$" not in typeset_name(text), text


@pytest.mark.parametrize(
    ("text", "set"),
    [
        ("depth L >= 2", r"depth $L \ge 2$"),
        ("U_L^T v_L(0) = 0", r"$U_{L}^{T} v_{L}(0) = 0$"),
        ("rank X = n < d, at most", r"$\mathrm{rank}\, X = n < d$, at most"),
        ("a two-layer network, 2-2-1, k = (2, 3)", "a two-layer network, 2-2-1, $k = (2, 3)$"),
        ("gap 10^-46.3, limit enclosed", "gap $10^{-46.3}$, limit enclosed"),
        ("kappa = 3.6e+79", r"$\kappa = 3.6 \cdot 10^{79}$"),
        ("minimum l2 norm in place of Q", r"minimum $\ell_{2}$ norm in place of $Q$"),
        ("(up to what U_l^T does not see)", "(up to what $U_{l}^{T}$ does not see)"),
        ("||z||^{1/L} of |eta_1j(0)|", r"$\|z\|^{1/L}$ of $|\eta_{1j}(0)|$"),
        ("one's $x$ and `code_1`", "one's $x$ and `code_1`"),
        ("my_problem.toml: gap 10^-3", "my_problem.toml: gap $10^{-3}$"),
        ("/tmp/a b/x_1.json, no_such_theorem", "/tmp/a b/x_1.json, no_such_theorem"),
        ("Euler's identity for r ell'(r)", r"Euler's identity for $r \ell'(r)$"),
        ("R5 and K3, 3 x 3", "R5 and K3, 3 \u00d7 3"),
        ("an unbalanced ) and ( and | and ^", "an unbalanced ) and ( and | and ^"),
    ],
)
def test_formulas_in_names(text, set):
    assert with_formulas(text) == set


def test_signs_and_brackets_have_no_space():
    minus = re.search(r"<mo[^>]*>[-\u2212]</mo>", formula(r"\exp(-2 \lambda)"))[0]
    assert 'form="prefix"' in minus and 'rspace="0"' in minus
    minus = re.search(r"<mo[^>]*>[-\u2212]</mo>", formula(r"a - b"))[0]
    assert "prefix" not in minus


def test_a_loss_is_not_a_depth():
    """Browsers ignore the attribute that tells a script L from an L."""
    assert "\u2112" in formula(r"\mathcal{L} < L") and "\u211d" in formula(r"x \in \mathbb{R}")
    assert "mspace" in formula(r"-\log \kappa") and "mspace" not in formula(r"\log(\kappa)")


def test_series_come_from_the_flow():
    entry, instance = catalogue_entry("ykm/regression-limit"), Instance("one", REFERENCE)
    result = judge(entry, instance, 20, mutants=False, pictures=True)
    loss, gap = result.pictures
    (heights,) = loss.curves
    assert loss.x == "t" and heights.x[0] == 0
    # loss at the start: beta(0) = 0, so 1/2 (1^2 + (1/2)^2) = 5/8
    assert 10 ** heights.y[0] == pytest.approx(0.625)
    assert gap.curves[0].y[-1] < gap.curves[0].y[0] - 10
    assert judge(entry, instance, 20, mutants=False).pictures == ()


def catalogue_entry(id):
    from litproof.claims.catalogue import catalogue

    return catalogue()[id]


CLASSIFICATION = Problem(
    Diagonal(2, 2),
    "classification",
    ((Fraction(1), Fraction(2)),),
    (Fraction(1),),
    Fraction(1),
    ((Fraction(1), Fraction(1)), (Fraction(1, 2), Fraction(1, 2))),
)
"""The l1 max-margin direction of one point (1, 2) is (0, 1)."""


def test_a_direction_comes_closer_as_kappa_grows():
    entry = catalogue_entry("ykm/classification-odeco")
    result = judge(entry, Instance("one", CLASSIFICATION), 10, mutants=False, pictures=True)
    (picture,) = result.pictures
    assert picture.x == "kappa" and picture.log_x
    assert picture.curves[0].y[-1] < picture.curves[0].y[0] - 3


@pytest.mark.parametrize(
    ("id", "title"),
    [
        ("ykm/fully-connected-small-init", "as alpha tends to 0"),
        ("ykm/regression-convergence", "loss"),
        ("ykm/classification-convergence", "normalised margin"),
        ("jacobs/weight-decay", "loss"),
    ],
)
def test_other_claims_draw_what_they_compare(id, title):
    entry = catalogue_entry(id)
    result = judge(entry, entry.instances(0)[0], 10, mutants=False, pictures=True)
    assert title in result.pictures[0].title
    for picture in result.pictures:
        for curve in picture.curves:
            assert len(curve.x) == len(curve.y) > 1
        assert Picture.from_json(json.loads(json.dumps(picture.to_json()))) == picture
    if "tends" in title:  # measured points lie on the line of the predicted first term
        measured, line = result.pictures[0].curves
        (x0, x1), (y0, y1) = line.x, line.y
        for x, y in zip(measured.x, measured.y, strict=True):
            assert y == pytest.approx(y0 + (y1 - y0) * (x - x0) / (x1 - x0), abs=0.3)


def test_after_an_interrupt_the_pages_are_written_without_certificates(report, tmp_path):
    write_html(replace(report, complete=False), tmp_path)
    text = (tmp_path / "index.html").read_text("utf-8")
    assert "The run was interrupted" in text and not list((tmp_path / "certificates").iterdir())


def test_a_picture_follows_no_flow():
    """One that would is not drawn: its numbers could not be those of the run that gave the verdict."""
    asked = []

    def follow(problem, prediction, measurement, paths):
        asked.append(problem)
        follow_to_limit(problem, 10)
        return [picture(0.0, -1.0)]

    entry = catalogue_entry("ykm/regression-limit")
    shown = judge(
        replace(entry, depict=lambda *_: [picture(0.0, -1.0)]), Instance("one", REFERENCE), 10, pictures=True
    )
    again = judge(replace(entry, depict=follow), Instance("one", REFERENCE), 10, pictures=True)
    assert shown.pictures == (picture(0.0, -1.0),)
    assert again.status == "verified" and asked == [REFERENCE] and again.pictures == ()


def pictures_of(report):
    return [[result.pictures for result in verdict.instances] for verdict in report.verdicts]


def points_of(drawn):
    for results in drawn:
        for pictures in results:
            for shown in pictures:
                for curve in shown.curves:
                    yield from (curve.x, curve.y)


@pytest.mark.parametrize(
    ("quick", "drawn_claims"),
    [(False, ["ykm/conserved-norms"]), (True, ["ykm/regression-limit", "ykm/classification-odeco"])],
)
def test_pictures_are_kept_with_the_results_and_pages_follow_no_flow(tmp_path, quick, drawn_claims):
    """The same from worker processes, and from a run that is read back; nothing is integrated for the pages."""
    options = {"digits": 10, "mutants": False, "pictures": True, "quick": quick}
    here = verify(*drawn_claims, **options)
    there = verify(*drawn_claims, **options, jobs=2, resume=tmp_path / "kept")
    drawn, kept = pictures_of(here), pictures_of(there)
    assert all(pictures for results in drawn for pictures in results)
    with no_integration("a page"):
        back = verify(*drawn_claims, **options, resume=tmp_path / "kept")
        write_html(replace(back, complete=False), tmp_path / "report")
    assert pictures_of(back) == kept
    # Floating-point matrices of another process may be rounded differently: the points move by less than one sees.
    for a, b in zip(points_of(kept), points_of(drawn), strict=True):
        assert a == pytest.approx(b, rel=1e-4, abs=1e-4)
    pages = [path.read_text("utf-8") for path in (tmp_path / "report").glob("ykm-*.html")]
    assert sum(page.count("<svg") for page in pages) == sum(len(p) for results in drawn for p in results)


def test_progress_counts_instances_and_pages(report, tmp_path):
    told = []
    write_html(report, tmp_path / "report", progress=lambda finished, total: told.append((finished, total)))
    (total,) = {total for _, total in told}
    assert [finished for finished, _ in told] == list(range(1, total + 1))
    verified = sum(r.status == "verified" for verdict in report.verdicts for r in verdict.instances)
    assert total == verified + len(report.verdicts)


def test_a_picture_that_cannot_be_drawn_costs_no_verdict():
    def refuse(*arguments):
        raise ArithmeticError("too stiff")

    entry = replace(catalogue_entry("ykm/regression-limit"), depict=refuse)
    result = judge(entry, Instance("one", REFERENCE), 10, mutants=False, pictures=True)
    assert result.status == "verified" and result.pictures == ()


def picture(*heights, log_x=False):
    return Picture("a", "t", log_x, (Curve("", tuple(map(float, range(len(heights)))), heights),))


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
