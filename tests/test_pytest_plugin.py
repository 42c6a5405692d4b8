"""The pytest plugin, run inside pytest itself on small claim files."""

import json
import shlex
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from litproof.claims.catalogue import _LOADED as LOADED
from litproof.claims.claim import REGISTRY
from litproof.claims.verification import verify
from litproof.problem_file import write_problem
from litproof.pytest_plugin.baseline import Baseline, Entry
from litproof.pytest_plugin.outcome import Outcome
from litproof.results import Evidence
from litproof.theorems.shared.instances import diagonal_from_zero

pytest_plugins = ["pytester"]

HEAD = """
from fractions import Fraction
from litproof.claims.types import Hypothesis, Mutant
from litproof.claims.claim import claim
from litproof.theorems.shared.instances import diagonal_from_zero, instance
from litproof.claims.hypotheses import holds
from litproof.predict.regression.limit import predict_regression

PROBLEM = diagonal_from_zero(2, "1 2", "1", 1, "1 1/2")
"""

GOOD = """
@claim(id="mine/good", title="the true limit", statement="s", instances=[instance(PROBLEM, seed=7)])
def good(problem, digits):
    return predict_regression(problem, digits)
"""

BAD = """
@claim(id="mine/bad", title="off in the tenth digit", statement="s", instances=[instance(PROBLEM, seed=7)])
def bad(problem, digits):
    return [b * (1 + Fraction(1, 10**9)) for b in predict_regression(problem, digits).value]
"""


@pytest.fixture(scope="module", autouse=True)
def _imported():
    """Import all that claims need out here: pytester forgets what is imported during a test."""
    verify("ykm/regression-limit", diagonal_from_zero(2, "1 2", "1", 1, "1 1/2"), digits=12)


@pytest.fixture
def pytester(pytester):
    """Without this repository's own settings, and with a node id for every item in the output."""
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider")
    return pytester


def claims(pytester, *parts, name="claims_mine"):
    pytester.makepyfile(**{name: HEAD + "".join(parts)})


def run(pytester, *options, digits=12):
    """A run in this process, after which the registry of claims is as before."""
    registry, loaded = dict(REGISTRY), dict(LOADED)
    try:
        return pytester.runpytest_inprocess(f"--litproof-digits={digits}", *options)
    finally:
        for kept, before in ((REGISTRY, registry), (LOADED, loaded)):
            kept.clear()
            kept.update(before)


def test_true_claim_passes_and_is_summed_up(pytester):
    claims(pytester, GOOD)
    result = run(pytester)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "litproof: 12 digits, seed 0, evidence >= numeric",
            "claim * status * evidence * instances * digits * mutants * seconds",
            "mine/good * verified * certified * 1 * 12 * 6/6 *",
        ]
    )


def test_failure_prints_instance_seed_digits_and_a_command_that_reproduces(pytester):
    claims(pytester, GOOD, BAD)
    result = run(pytester, "--litproof-seed=3")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "claim mine/bad: off in the tenth digit",
            "refuted: diagonal, L = 2, n = 1, d = 2, alpha = 1, seed 7 (seed 7)",
            "  gap 10^-9.*",
            "  digits reached: 9 of 12",
            "  entry 1: predicted 0.*",
            "           measured  0.*",
        ]
    )
    # under CI=true pytest repeats the whole failure in its summary
    (line,) = {line for line in result.outlines if line.startswith("reproduce: ")}
    _, _, command = line.partition("reproduce: pytest ")
    name, *options = shlex.split(command)
    assert name == "claims_mine.py::mine/bad[diagonal-L2-n1-d2-alpha1-seed-7]"
    assert options == ["--litproof-digits=12", "--litproof-seed=3"]
    again = run(pytester, name, *options)
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["refuted: diagonal*", "  digits reached: 9 of 12"])


def test_accepted_mutant_fails(pytester):
    blind = """
@claim(id="mine/blind", title="t", statement="s", instances=[instance(PROBLEM)],
       compare=lambda p, m, d: __import__("litproof.claims.comparison").claims.comparison.compare_gap(
           Fraction(0), Fraction(1), d),
       mutants=[Mutant("twice as large", predict=lambda p, d: predict_regression(p, d).__class__(
           tuple(2 * b for b in predict_regression(p, d).value), d, "twice"))])
def blind(problem, digits):
    return predict_regression(problem, digits)
"""
    claims(pytester, blind)
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  mutant 'twice as large' accepted: no gap"])
    without = run(
        pytester, "--litproof-no-mutants"
    )  # an own claim is not verified by leaving its mutants out
    without.assert_outcomes(failed=1)
    without.stdout.fnmatch_lines(["inconclusive: mutants not tried*"])


def test_what_cannot_be_decided_does_not_pass(pytester):
    never = """
@claim(id="mine/never", title="t", statement="s", instances=[PROBLEM],
       hypotheses=[Hypothesis("depth L = 7", lambda problem: holds(False, "depth 3"))])
def never(problem, digits):
    return predict_regression(problem, digits)
"""
    claims(pytester, never)
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["hypothesis-violated: diagonal*", "  depth L = 7: depth 3"])


def test_evidence_below_what_is_asked_fails(pytester):
    claims(pytester, GOOD)
    run(pytester, "--litproof-evidence=agreed").assert_outcomes(passed=1)
    result = run(pytester, "--litproof-evidence=kernel")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*: evidence *, below kernel", "mine/good *verified, below what is asked*"])


def test_under_xdist_the_summary_and_failures_are_the_same(pytester):
    claims(pytester, GOOD, BAD)
    claims(pytester, GOOD.replace("mine/", "other/"), name="claims_other")
    result = run(pytester, "-n", "2")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["reproduce: pytest 'claims_mine.py::mine/bad[[]*"])
    table = "\n".join(result.outlines).split("= litproof =")[1]
    assert all(name in table for name in ("mine/good", "mine/bad", "other/good"))


def test_claims_in_test_modules_and_marked_functions(pytester):
    body = """
import pytest
from litproof.theorems.ykm.regression_limit.claim import regression_limit
from litproof.theorems.shared.instances import REFERENCE

@pytest.fixture
def problem():
    return REFERENCE

@pytest.mark.litproof("mine/*", "ykm/regression-limit")
def test_marked(problem):
    return problem

@pytest.mark.litproof("ykm/linear-model")
def test_other_hypotheses(problem):
    return [problem]

@pytest.mark.litproof
def test_wrong_return():
    return 3

def test_plain(problem):
    assert problem.network.depth == 3
"""
    claim_inside = GOOD.replace("def good", "def test_good")
    pytester.makepyfile(test_mine=HEAD + body + claim_inside)
    result = run(pytester)
    result.assert_outcomes(passed=2, failed=3)  # the imported claim regression_limit is no item
    result.stdout.fnmatch_lines_random(
        [
            "*no claim 'mine/*' in the catalogue*",
            "hypothesis-violated: *",
            "*must return a Problem, the name of a problem file, or a list of these; got int",
        ]
    )


def test_marked_function_with_every_claim_that_applies(pytester):
    pytester.makepyfile(
        test_all="""
import pytest
from litproof.theorems.shared.instances import diagonal_from_zero

@pytest.mark.litproof
def test_all():
    return diagonal_from_zero(1, "1 2", "1", 1, "")
"""
    )
    result = run(pytester, "--litproof-no-mutants")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["ykm/linear-model * verified *"])


def test_baseline_is_written_kept_and_enforced(pytester):
    claims(pytester, GOOD)
    path = pytester.path / "baseline.json"
    options = ("--litproof-baseline", str(path))
    missing = run(pytester, *options)
    assert missing.ret == pytest.ExitCode.USAGE_ERROR
    missing.stderr.fnmatch_lines(["*baseline.json does not exist; --litproof-update-baseline writes it"])

    run(pytester, *options, "--litproof-update-baseline").assert_outcomes(passed=1)
    entry = {"digits": 12, "evidence": "certified", "file": "claims_mine.py"}
    assert json.loads(path.read_text())["claims"]["mine/good"] == entry
    run(pytester, *options).assert_outcomes(passed=1)

    fewer = run(pytester, *options, digits=10)
    fewer.assert_outcomes(failed=1)
    fewer.stdout.fnmatch_lines(["baseline lost: 12 digits, now 10 (asked for 10 digits)"])

    raised = json.loads(path.read_text())
    raised["claims"]["mine/good"]["evidence"] = "kernel"
    raised["claims"]["mine/gone"] = entry
    path.write_text(json.dumps(raised))
    lost = run(pytester, *options)
    lost.assert_outcomes(failed=2)
    lost.stdout.fnmatch_lines_random(
        [
            "baseline lost: evidence kernel, now certified (asked for 12 digits)",
            "*in the baseline, but no longer in the file: mine/gone",
        ]
    )


def test_baseline_of_a_failing_claim_is_not_overwritten(pytester):
    claims(pytester, GOOD, BAD)
    path = pytester.path / "baseline.json"
    before = Baseline({"mine/bad": Entry(40, Evidence.CERTIFIED, "claims_mine.py")})
    before.write(path)
    run(pytester, "-n", "2", "--litproof-baseline", str(path), "--litproof-update-baseline").assert_outcomes(
        passed=1, failed=1
    )
    after = Baseline.read(path)
    assert after.entries["mine/bad"] == before.entries["mine/bad"]
    assert after.entries["mine/good"].digits == 12


@pytest.mark.parametrize(
    ("digits", "evidence", "lost"),
    [
        (30, "agreed", ""),
        (31, "certified", ""),
        (29, "agreed", "30 digits, now 29"),
        (30, "numeric", "evidence agreed, now numeric"),
        (10, "numeric", "30 digits, now 10; evidence agreed, now numeric"),
    ],
)
def test_loss(digits, evidence, lost):
    baseline = Baseline({"a/b": Entry(30, Evidence.AGREED, "f.py")})
    outcome = Outcome("a/b", "f.py", "verified", "verified", evidence, digits, 1, 1, {}, 0.0)
    assert baseline.loss(outcome) == lost


def test_a_wrong_baseline_is_a_usage_error(pytester):
    path = pytester.path / "baseline.json"
    path.write_text('{"schema": 2}')
    result = pytester.runpytest_inprocess("--litproof-baseline", str(path))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*is no baseline file of schema 1*"])


@pytest.mark.parametrize(
    "options",
    [["--litproof-digits=3"], ["--litproof-update-baseline"], ["--litproof-evidence=much"]],
)
def test_wrong_options_are_usage_errors(pytester, options):
    assert pytester.runpytest_inprocess(*options).ret == pytest.ExitCode.USAGE_ERROR


def test_a_claim_file_that_cannot_be_loaded_is_a_collection_error(pytester):
    claims(pytester, "raise RuntimeError('no such luck')")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*claims_mine.py: cannot be loaded: RuntimeError: no such luck"])


def test_claim_files_without_code(pytester):
    (pytester.path / "claims_formula.toml").write_text(
        'schema = 1\n[claim]\nid = "mine/least-squares"\ntitle = "t"\nminimises = "sum(beta[j]^2)"\n'
        'problems = ["problem.toml"]\n'
    )
    problem = diagonal_from_zero(1, "1 2", "1", 1, "")
    (pytester.path / "problem.toml").write_text(write_problem(problem))
    (pytester.path / "claims_other.toml").write_text("schema = 1")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["mine/least-squares * verified *"])


def test_other_files_of_that_name_are_left_alone(pytester):
    pytester.makepyfile(claims_service="raise RuntimeError('imported')", test_one="def test_one(): pass")
    run(pytester).assert_outcomes(passed=1)


def test_junit_holds_the_outcome(pytester):
    claims(pytester, GOOD)
    run(pytester, "--junit-xml=report.xml").assert_outcomes(passed=1)
    report = ElementTree.parse(pytester.path / "report.xml")
    (entry,) = report.iterfind(".//testcase/properties/property[@name='litproof']")
    outcome = json.loads(entry.attrib["value"])
    assert (outcome["claim"], outcome["digits"], outcome["evidence"]) == ("mine/good", 12, "certified")


def test_plugin_is_light():
    code = (
        "import sys, litproof.pytest_plugin;"
        "print(sorted({'sympy', 'scipy', 'numpy', 'flint', 'mpmath', 'rich', 'click'} & set(sys.modules)))"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"


def test_a_plain_run_imports_no_claims(pytester):
    pytester.makepyfile(
        test_plain="import sys\ndef test_plain():\n    assert 'litproof.claims' not in sys.modules"
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    assert "= litproof =" not in result.stdout.str()


OWN_EXCEPTION = """
def deep(problem):
    return {}["no such key"]

@claim(id="mine/raises", title="t", statement="s", instances=[PROBLEM])
def raises(problem, digits):
    return deep(problem)
"""


@pytest.mark.parametrize("style", ["long", "short", "native"])
def test_an_exception_of_ones_own_keeps_its_traceback(pytester, style):
    claims(pytester, OWN_EXCEPTION)
    result = run(pytester, f"--tb={style}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*claims_mine.py*", '*{}[[]"no such key"]*', "*KeyError: 'no such key'*"])
    result.stdout.fnmatch_lines(["*claim mine/raises, *; reproduce: pytest 'claims_mine.py::mine/raises[[]*"])


def test_an_exception_while_a_claim_file_is_loaded_keeps_its_traceback(pytester):
    claims(pytester, "def deep():\n    raise RuntimeError('no such luck')\ndeep()")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*claims_mine.py*, in deep", "*cannot be loaded: RuntimeError: no such luck"]
    )


@pytest.mark.parametrize(
    "head",
    ["[ claim ]", '["claim"]', "[claim] # mine", "[[claim]]"],
)
def test_claim_files_are_found_however_their_table_is_written(pytester, head):
    (pytester.path / "claims_formula.toml").write_text(
        f'schema = 1\n{head}\nid = "mine/l2"\nminimises = "sum(beta[j]^2)"\nproblems = ["problem.toml"]\n'
    )
    (pytester.path / "problem.toml").write_text(write_problem(diagonal_from_zero(1, "1 2", "1", 1, "")))
    result = run(pytester)
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("claims_inline.toml", 'schema = 1\nclaim = {id = "mine/l2", minimises = "sum(beta[j]^2)"}'),
        ("claims_dotted.toml", 'schema = 1\nclaim.id = "mine/l2"\nclaim.minimises = "sum(beta[j]^2)"'),
        ("claims_json.json", '{"schema": 1, "claim": {"id": "mine/l2", "minimises": "sum(beta[j]^2)"}}'),
        ("named.toml", '\ufeffschema = 1\n[claim]\nid = "mine/l2"\nminimises = "sum(beta[j]^2)"'),
    ],
)
def test_claims_without_problems_are_skipped_with_a_reason_not_silently(pytester, name, text):
    (pytester.path / name).write_text(text, "utf-8")
    result = run(pytester, *([name] if name.startswith("named") else []), "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*no instances of its own; give it problem files*"])


def test_a_claim_file_that_does_not_parse_is_an_error(pytester):
    (pytester.path / "claims_broken.toml").write_text("schema = 1\n[claim\n")
    run(pytester).assert_outcomes(errors=1)
    (pytester.path / "claims_broken.toml").write_text("[other\n")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_file_of_any_name_with_claims_is_collected_when_it_is_named(pytester):
    claims(pytester, GOOD.replace("def good", "def nearest"), BAD, name="mine")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result = run(pytester, "mine.py")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["reproduce: pytest 'mine.py::bad[[]*"])


SEVERAL = """
OTHER = diagonal_from_zero(3, "1 2", "1", "1/2", "1 1/2")

{above}@claim(id="mine/several", title="t", statement="s", instances=[instance(PROBLEM), instance(OTHER)]{more})
{below}def several(problem, digits):
    return {value}
"""
TRUE, FALSE = "predict_regression(problem, digits)", "[1, 0]"
ONLY_THERE = """, mutants=[Mutant("zero, at depth 2", predict=lambda problem, digits:
    [0, 0] if problem.network.depth == 2 else None), Mutant("zero, at depth 3", predict=lambda problem, digits:
    [0, 0] if problem.network.depth == 3 else None)]"""


def several(value=TRUE, above="", below="", more=""):
    return SEVERAL.format(value=value, above=above, below=below, more=more)


def outcomes(result):
    """{item: outcome} of a verbose run."""
    lines = (line.split() for line in result.outlines if "::" in line and "%]" in line)
    return {message[0].partition("::")[2]: message[1] for message in lines}


def test_an_item_an_instance(pytester):
    claims(pytester, several(), GOOD)
    result = run(pytester, "-v")
    shallow, deep = "diagonal-L2-n1-d2-alpha1", "diagonal-L3-n1-d2-alpha1/2"
    names = [f"mine/several[{shallow}]", f"mine/several[{deep}]", f"mine/good[{shallow}-seed-7]"]
    assert outcomes(result) == dict.fromkeys(names, "PASSED")
    for options, chosen in (
        (["-k", "several and L3"], names[1:2]),
        (["-k", "mine/several"], names[:2]),
        (["-k", "not mine/several"], names[2:]),
        (["claims_mine.py::mine/several"], names[:2]),
        ([f"claims_mine.py::{names[1]}"], names[1:2]),
    ):
        assert list(outcomes(run(pytester, "-v", *options))) == chosen


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_mutants_of_several_instances_have_an_item_of_their_own(pytester, workers):
    """Each instance rejects one of them only: what counts is all instances together."""
    claims(pytester, several(more=ONLY_THERE))
    result = run(pytester, *workers)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["mine/several * verified * 2 * 12 * 2/2 *"])
    run(pytester, *workers, "-k", "mutants").assert_outcomes(passed=1, deselected=0 if workers else 2)
    claims(pytester, several(more=ONLY_THERE.replace("== 3", "== 4")))
    result = run(pytester, *workers)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["error: no instance tells mutant 'zero, at depth 3' from the claim"])


@pytest.mark.parametrize("mark", ["@pytest.mark.xfail(reason='known')\n", "@pytest.mark.xfail\n"])
@pytest.mark.parametrize("place", ["above", "below"])
def test_marks_on_a_claim_are_honoured(pytester, mark, place):
    claims(pytester, "import pytest\n", several(FALSE, **{place: mark}), GOOD)
    run(pytester).assert_outcomes(xfailed=2, passed=1)
    claims(pytester, "import pytest\n", several(TRUE, **{place: mark}), GOOD)
    run(pytester).assert_outcomes(xpassed=2, passed=1)
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider\nxfail_strict = true")
    run(pytester).assert_outcomes(failed=2, passed=1)


def test_marks_select_and_skip(pytester):
    pytester.makeini("[pytest]\nmarkers = deep")
    marks = "@pytest.mark.deep\n@pytest.mark.skipif(True, reason='not here')\n"
    claims(pytester, "import pytest\n", several(above=marks), GOOD)
    result = run(pytester, "-m", "deep", "-rs")
    result.assert_outcomes(skipped=2, deselected=1)
    result.stdout.fnmatch_lines(["SKIPPED*not here*"])
    claims(pytester, "import pytest\npytestmark = [pytest.mark.deep]\n", GOOD)
    run(pytester, "-m", "not deep").assert_outcomes(deselected=1)
    inside = several(above=marks).replace("def several", "def test_several")
    pytester.makepyfile(claims_mine="", test_mine="import pytest\n" + HEAD + inside)
    run(pytester, "-m", "deep").assert_outcomes(skipped=2)


def test_a_known_false_variant_passes_until_it_turns_true(pytester):
    claims(pytester, several(FALSE, more=", expected='refuted'"))
    result = run(pytester)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["mine/several * refuted, as expected * - * 2 * - *"])
    half = "[1, 0] if problem.network.depth == 3 else predict_regression(problem, digits)"
    claims(pytester, several(half, more=", expected='refuted'"))
    result = run(pytester, "-n", "2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "expected to be refuted on every instance",
            "verified: diagonal, L = 2, *",
            "mine/several * verified, not refuted as expected *",
        ]
    )
    claims(pytester, several("1/0", more=", expected='refuted'"))
    run(pytester).assert_outcomes(failed=2)  # an error refutes nothing


def test_a_known_false_formula(pytester):
    (pytester.path / "problem.toml").write_text(write_problem(diagonal_from_zero(1, "1 2", "1", 1, "")))
    text = 'schema = 1\n[claim]\nid = "mine/l4"\nexpected = "refuted"\nminimises = "{}"\nproblems = ["problem.toml"]\n'
    (pytester.path / "claims_formula.toml").write_text(text.format("sum(beta[j]^4)"))
    run(pytester).assert_outcomes(passed=1)
    (pytester.path / "claims_formula.toml").write_text(text.format("sum(beta[j]^2)"))
    run(pytester).assert_outcomes(failed=1)
    (pytester.path / "claims_formula.toml").write_text(
        text.replace("refuted", "wrong").format("sum(beta[j]^2)")
    )
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*claim.expected: expected 'verified' or 'refuted', got *wrong*"])


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_github_shows_failures_beside_the_claim(pytester, monkeypatch, workers):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(pytester.path))
    claims(pytester, GOOD, BAD)
    pytester.makepyfile(claims_broken="import litproof\nraise RuntimeError('50%')")
    (pytester.path / "claims_formula.toml").write_text(
        'schema = 1\n\n[claim]\nminimises = "sum(beta[j]^4)"\nid = "mine/l4"\nproblems = ["problem.toml"]\n'
    )
    (pytester.path / "problem.toml").write_text(write_problem(diagonal_from_zero(1, "1 2", "1", 1, "")))
    result = run(pytester, "--continue-on-collection-errors", *workers)
    lines = sorted({line for line in result.outlines if line.startswith("::error ")})
    written = (pytester.path / "claims_mine.py").read_text().splitlines()
    (line,) = (number for number, text in enumerate(written, 1) if 'id="mine/bad"' in text)
    broken, formula, bad = lines
    assert broken.startswith("::error file=claims_broken.py,title=") and "50%25" in broken
    assert formula.startswith(
        "::error file=claims_formula.toml,line=5,title=mine/l4[problem.toml]::claim mine/l4"
    )
    assert bad.startswith(f"::error file=claims_mine.py,line={line},title=mine/bad[")
    assert "%0Arefuted: diagonal, L = 2" in bad and "::claim mine/bad" in bad
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert "::error" not in run(pytester).stdout.str()


def test_junit_has_a_case_an_instance(pytester):
    claims(
        pytester,
        several(FALSE),
        GOOD,
        several(FALSE, more=", expected='refuted'").replace("mine/s", "known/s"),
    )
    run(pytester, "--junit-xml=report.xml").assert_outcomes(passed=3, failed=2)
    cases = ElementTree.parse(pytester.path / "report.xml").findall(".//testcase")
    failed = {case.attrib["name"].partition("[")[0]: case.find("failure") is not None for case in cases}
    assert len(cases) == 5
    assert failed == {"mine/several": True, "mine/good": False, "known/several": False}


def test_a_baseline_is_not_raised_by_some_of_the_instances(pytester):
    claims(pytester, several())
    path = pytester.path / "baseline.json"
    options = ("--litproof-baseline", str(path), "--litproof-update-baseline")
    run(pytester, *options, digits=10)
    run(pytester, *options, "-k", "L3").assert_outcomes(passed=1, deselected=1)
    assert Baseline.read(path).entries["mine/several"].digits == 10
    run(pytester, *options)
    assert Baseline.read(path).entries["mine/several"].digits == 12
