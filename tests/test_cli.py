"""The command line as a person or a program sees it: exit codes, streams, files."""

import csv
import json
import signal
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import validate
from junitparser import JUnitXml

from litproof import __version__, cli, example_problem
from litproof.cli import main, program
from litproof.errors import InputError
from litproof.problem_file import read_problem
from litproof.problem_file.writing import write_problem

REFERENCE = str(Path(__file__).with_name("reference.toml"))
DECIMAL = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
EVIDENCE = {"enum": ["kernel", "exact", "certified", "agreed", "numeric"]}
LIMIT = {
    "type": "object",
    "required": ["schema", "task", "digits", "beta", "evidence", "residual", "clock", "seconds"],
    "properties": {
        "schema": {"const": 1},
        "task": {"enum": ["regression", "classification"]},
        "digits": {"type": "integer"},
        "beta": {"type": "array", "items": DECIMAL},
        "evidence": EVIDENCE,
        "enclosure": {
            "type": "array",
            "items": {"type": "array", "items": DECIMAL, "minItems": 2, "maxItems": 2},
        },
        "residual": {"type": "string"},
        "clock": {"type": ["object", "null"]},
        "seconds": {"type": "number"},
    },
}
VERIFY = {
    "type": "object",
    "required": ["schema", "litproof", "claims"],
    "properties": {
        "schema": {"const": 1},
        "litproof": {"const": __version__},
        "claims": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "status", "evidence", "instances", "digits", "mutants", "seconds"],
                "properties": {
                    "status": {
                        "enum": ["verified", "refuted", "inconclusive", "hypothesis-violated", "error"]
                    },
                    "evidence": EVIDENCE,
                    "instances": {"type": "integer"},
                    "digits": {"type": "integer"},
                    "mutants": {"type": "object", "required": ["tried", "rejected"]},
                },
            },
        },
    },
}
CLAIM_FILE = """
from litproof.claims.claim import claim
from litproof.theorems.shared.instances import diagonal_from_zero
from litproof.theorems.shared.variants import least_squares
from litproof.predict.regression.limit import predict_regression

@claim(id="mine/{name}", title="mine", statement="s",
       instances=[diagonal_from_zero(2, "1 2 -1", "3/2", 1, "1 1/2 -3/4", "small")])
def mine(problem, digits):
    return {function}(problem, digits)
"""
STUCK = """
schema = 1
[network]
kind = "diagonal"
depth = {depth}
[task]
kind = "regression"
[data]
X = [["1", "2"]]
y = ["{y}"]
[init]
scale = "1"
v = [{layers}]
"""


def run(*arguments):
    """Exit code, standard output, standard error of `litproof ...` in this process."""
    from click import Command

    outcome = CliRunner().invoke(
        Command("x", callback=lambda: main([str(a) for a in arguments])), [], catch_exceptions=False
    )
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from litproof.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'sympy', 'numpy', 'scipy', 'mpmath', 'flint', 'gmpy2', 'matplotlib', 'rich', 'polars'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.rstrip().endswith("heavy: []")
    for command in ("verify", "limit", "conserved", "derive", "list", "show", "check"):
        assert command in process.stdout


@pytest.mark.parametrize("interrupted", [True, False])
def test_only_a_run_that_was_not_interrupted_gives_sigterm_back(monkeypatch, interrupted):
    """A second one that comes when everything is written must not change the exit code."""

    def run(arguments):
        if interrupted:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
        return 130

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(cli, "_run", run)
    try:
        with pytest.raises(SystemExit):
            main([])
        assert signal.getsignal(signal.SIGTERM) == (signal.SIG_IGN if interrupted else before)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_version():
    assert run("--version") == (0, f"litproof {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["limit"],
        ["limit", "absent.toml"],
        ["limit", REFERENCE, "--digits", "0"],
        ["limit", REFERENCE, "--digits", "many"],
        ["limit", REFERENCE, "--json", "/nowhere/at/all.json"],
        ["limit", REFERENCE, "--json", "/"],
        ["verify", "ykm/no-such-claim"],
        ["verify", "absent.py"],
        ["verify", "--digits", "5"],
        ["verify", "--jobs", "0"],
        ["verify", "--evidence", "strong"],
        ["verify", "--junit", "/nowhere/at/all.xml", "ykm/linear-model"],
        ["show", "nothing/here"],
        ["derive", "ykm/*"],
        ["check", "absent.json"],
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(arguments):
    code, output, errors = run(*arguments)
    assert code == 2 and output == ""
    assert errors.startswith("litproof: error: ") and errors.count("\n") == 1


def test_limit_prints_every_entry_and_what_backs_it():
    code, output, _ = run("limit", REFERENCE, "--digits", "12")
    assert code == 0
    assert "beta_1 = " in output and "-0.15326727590" in output
    assert "evidence: " in output and "residual: " in output


def test_long_results_print_what_is_largest_and_hide_nothing(tmp_path):
    """A hundred lines are read, thousands are not: --all and --json have everything."""
    long, laws = tmp_path / "long.json", tmp_path / "laws.json"
    network = {"kind": "diagonal", "depth": 2}
    data = {"X": [[str(k % 37 + 1) for k in range(150)]], "y": [1]}
    init = {"scale": "1/2", "v": [[1] * 150, [0] * 150]}
    task = {"kind": "regression"}
    long.write_text(json.dumps({"schema": 1, "network": network, "task": task, "data": data, "init": init}))
    laws.write_text(json.dumps({"schema": 1, "network": {**network, "input-dim": 150}}))
    for command, name, what in (("limit", long, "beta"), ("conserved", laws, "quantities")):
        json_file = tmp_path / f"{command}.json"
        _, short, _ = run(command, str(name), "--json", str(json_file))
        _, whole, _ = run(command, str(name), "--all")
        content = json.loads(json_file.read_text())
        assert len(content[what]) == 150 and len(short.splitlines()) < 30 < 150 <= len(whole.splitlines())
        assert "... and 130 more" in short and "--all" in short and "... and" not in whole
        assert set(short.splitlines()[:20]) <= set(whole.splitlines())
    beta = [abs(Fraction(entry)) for entry in json.loads((tmp_path / "limit.json").read_text())["beta"]]
    shown = {line.split(" = ")[0] for line in run("limit", str(long))[1].splitlines()[:20]}
    rest = [size for k, size in enumerate(beta, start=1) if f"beta_{k}" not in shown]
    assert len(rest) == 130 and max(rest) <= min(beta[int(name[5:]) - 1] for name in shown)


def test_limit_json_alone_on_standard_output():
    code, output, errors = run("limit", REFERENCE, "--digits", "20", "--json", "-")
    content = json.loads(output)
    validate(content, LIMIT)
    assert code == 0 and errors == ""
    assert content["digits"] == 20 and content["task"] == "regression"
    assert content["beta"][0].startswith("-0.153267275905739300")
    for value, bounds in zip(content["beta"], content.get("enclosure", []), strict=False):
        assert float(bounds[0]) <= float(value) <= float(bounds[1])


@pytest.mark.parametrize(
    ("depth", "y", "layers", "message"),
    [
        (2, "1", '["0", "0"], ["0", "0"]', "does not move"),
        (3, "1", '["0", "0"], ["0", "0"], ["1", "1"]', "does not move"),
        (2, "-1", '["1", "1"], ["1", "1"]', "loss 0.5"),
        (3, "-1", '["1", "1"], ["1", "1"], ["1", "1"]', "loss 0.5"),
        (4, "1", '["1", "1"], ["1", "1"], ["1", "1"], ["-1", "-1"]', "loss 0.5"),
    ],
    ids=["v = 0", "two layers at 0", "sign, L = 2", "sign, L = 3", "sign, L = 4"],
)
def test_a_flow_that_stays_above_zero_loss_is_exit_code_3(tmp_path, depth, y, layers, message):
    path = tmp_path / "stuck.toml"
    path.write_text(STUCK.format(depth=depth, y=y, layers=layers))
    code, output, errors = run("limit", path, "--digits", "15", "--json", tmp_path / "out.json")
    assert code == 3 and output == ""
    assert errors.count("\n") == 1 and message in errors
    assert "cannot reach zero loss" in errors
    assert not (tmp_path / "out.json").exists()


def test_verify_json_alone_on_standard_output():
    code, output, errors = run("verify", "ykm/linear-model", "--digits", "12", "--jobs", "1", "--json", "-")
    content = json.loads(output)
    validate(content, VERIFY)
    assert code == 0 and all(line.startswith("note: ") for line in errors.splitlines())
    (claim,) = content["claims"]
    assert claim["id"] == "ykm/linear-model" and claim["status"] == "verified"
    assert claim["mutants"]["tried"] == claim["mutants"]["rejected"] == 5
    assert claim["instances"] == len(claim["details"]) == 5


def test_verify_prints_a_table():
    code, output, _ = run("verify", "network/odeco-form", "--digits", "12", "--jobs", "1")
    assert code == 0
    assert "network/odeco-form" in output and "verified" in output and "5/5" in output


def test_verify_no_mutants():
    code, output, _ = run(
        "verify", "ykm/linear-model", "--digits", "12", "--jobs", "1", "--no-mutants", "--json", "-"
    )
    assert code == 0
    assert json.loads(output)["claims"][0]["mutants"] == {"tried": 0, "rejected": 0}


@pytest.mark.parametrize(("level", "code"), [("numeric", 0), ("exact", 0), ("kernel", 1)])
def test_evidence_that_is_asked_for(level, code):
    arguments = ("verify", "network/odeco-form", "--digits", "12", "--jobs", "1", "--evidence", level)
    assert run(*arguments)[0] == code


def test_a_false_claim_of_a_user_is_refuted(tmp_path):
    path = tmp_path / "false.py"
    path.write_text(CLAIM_FILE.format(name="false", function="least_squares"))
    code, output, _ = run("verify", path, "--digits", "12", "--jobs", "1")
    assert code == 1 and "refuted" in output


def test_a_true_claim_of_a_user_is_verified(tmp_path):
    path = tmp_path / "true.py"
    path.write_text(CLAIM_FILE.format(name="true", function="predict_regression"))
    code, output, _ = run("verify", path, "--digits", "12", "--jobs", "1")
    assert code == 0 and "verified" in output


def test_a_claim_whose_hypotheses_fail_is_not_verified(tmp_path):
    code, output, _ = run(
        "verify", "ykm/linear-model", REFERENCE, "--digits", "12", "--jobs", "1", "--json", "-"
    )
    assert code == 3
    assert [c["status"] for c in json.loads(output)["claims"]] == ["hypothesis-violated"]


def test_junit_is_valid_and_names_failures(tmp_path):
    path = tmp_path / "false.py"
    path.write_text(CLAIM_FILE.format(name="junit", function="least_squares"))
    xml = tmp_path / "report.xml"
    code, _, _ = run("verify", path, "network/odeco-form", "--digits", "12", "--jobs", "1", "--junit", xml)
    assert code == 1
    document = JUnitXml.fromfile(str(xml))
    assert (document.tests, document.failures, document.errors) == (7, 1, 0)


def test_two_processes_find_the_same_as_one():
    def output_of(jobs):
        _, output, _ = run("verify", "ykm/linear-model", "--digits", "12", "--jobs", jobs, "--json", "-")
        claims = json.loads(output)["claims"]
        return [[(d["label"], d["status"], d["detail"]) for d in c["details"]] for c in claims]

    assert output_of(1) == output_of(2)


def test_resume_reuses_results(tmp_path):
    arguments = (
        "verify",
        "network/odeco-form",
        "--digits",
        "12",
        "--jobs",
        "1",
        "--resume",
        tmp_path / "kept",
    )
    assert run(*arguments)[0] == 0
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").glob("*.json")}
    assert len(kept) == 6
    assert run(*arguments)[0] == 0
    assert kept == {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").glob("*.json")}


def test_list_and_show():
    code, output, _ = run("list", "--json", "-")
    ids = [entry["id"] for entry in json.loads(output)["claims"]]
    assert code == 0 and "ykm/regression-convergence" in ids
    code, output, _ = run("show", "ykm/regression-convergence")
    assert code == 0 and "factor 3 in place of 2" in output and "lambda" in output


def test_the_path_of_a_flow_runs_from_its_start_to_near_its_limit(tmp_path):
    path, out = tmp_path / "path.csv", tmp_path / "out.json"
    code, _, errors = run("limit", REFERENCE, "--digits", "15", "--path", path, "--json", out)
    assert code == 0, errors
    header, *rows = csv.reader(path.read_text().splitlines())
    problem = read_problem(Path(REFERENCE))
    shapes = enumerate(problem.network.shapes, start=1)
    beta = [f"beta_{z}" for z in range(1, problem.network.input_dim + 1)]
    assert header == ["t", "loss", *beta, *(f"v[{k},{j}]" for k, size in shapes for j in range(1, size + 1))]
    table = [[Fraction(entry) for entry in row] for row in rows]
    assert {len(row) for row in table} == {len(header)}
    times, losses = [row[0] for row in table], [row[1] for row in table]
    assert times[0] == 0 and all(a < b for a, b in pairwise(times))
    assert all(a >= b for a, b in pairwise(losses))
    start = [entry for layer in problem.v0 for entry in layer]
    assert max(abs(a - b) for a, b in zip(table[0][2 + len(beta) :], start, strict=True)) <= Fraction(
        1, 10**15
    )
    limit = [Fraction(b) for b in json.loads(out.read_text())["beta"]]
    gaps = [max(abs(a - b) for a, b in zip(row[2 : 2 + len(beta)], limit, strict=True)) for row in table]
    assert gaps[0] > Fraction(1, 100) and gaps[-1] < Fraction(1, 10**6)


def test_classification_paths_are_written_as_csv_and_json(tmp_path):
    problem = tmp_path / "p.json"
    problem.write_text(
        json.dumps(
            {
                "schema": 1,
                "network": {"kind": "diagonal", "depth": 2},
                "task": {"kind": "classification"},
                "data": {"X": [["1", "2"], ["3", "-1"]], "y": ["1", "1"]},
                "init": {"scale": "1/2", "v": [["1", "1/2"], ["0", "0"]]},
            }
        )
    )
    for name in ("path.csv", "path.json"):
        code, _, errors = run("limit", problem, "--digits", "6", "--path", tmp_path / name)
        assert code == 0 and "note: the path" not in errors, errors
    header, *rows = csv.reader((tmp_path / "path.csv").read_text().splitlines())
    tables = json.loads((tmp_path / "path.json").read_text())
    assert tables["columns"] == header and tables["ended"] == ""
    assert [[entry or "" for entry in row] for row in tables["rows"]] == rows
    assert header[:4] == ["t", "log_t", "kappa", "loss"] and header[-1] == "direction_2"


def test_a_path_that_sizes_rule_out_is_not_written_unasked(tmp_path, monkeypatch):
    monkeypatch.setattr("litproof.integrate.estimate.MOST_OPERATIONS", 0)
    problem, path = tmp_path / "p.toml", tmp_path / "path.csv"
    problem.write_text(write_problem(example_problem("classification")))
    code, output, errors = run("limit", problem, "--digits", "8", "--path", path)
    assert code == 3 and "evidence: certified" in output and not path.exists()
    assert "note: the path is not written" in errors and "--follow" in errors
    code, _, errors = run("limit", problem, "--digits", "8", "--path", path, "--follow")
    assert (code, errors) == (0, "") and path.exists()


def test_a_flow_without_a_limit_still_gives_its_path_and_says_where_it_ends(tmp_path):
    problem, path = tmp_path / "p.json", tmp_path / "path.json"
    problem.write_text(
        json.dumps(
            {
                "schema": 1,
                "network": {"kind": "diagonal", "depth": 3},
                "task": {"kind": "regression"},
                "data": {"X": [["1", "2"]], "y": ["1"]},
                "init": {"scale": "1", "v": [["0", "0"]] * 3},
            }
        )
    )
    code, _, errors = run("limit", problem, "--digits", "6", "--path", path)
    assert code == 3 and "note: the path ends before the limit" in errors
    output = json.loads(path.read_text())
    assert len(output["rows"]) == 1 and "does not move" in output["ended"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "R2", "--html"),
        ("verify", "R2", "--certificates"),
        ("verify", "R2", "--resume"),
        ("falsify", "R2", "-o"),
        ("sweep", "grid.toml", "--resume"),
        ("figures",),
        ("derive", "--all", "-o"),
    ],
)
def test_directories_are_made_in_one_that_exists(tmp_path, monkeypatch, arguments):
    """Without the one above, or with a file in the way, it is one line before any work."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    for place, message in (("no/such", "the directory 'no' does not exist"), ("file", "is a file")):
        result = CliRunner().invoke(program, [*arguments, place], standalone_mode=False)
        assert isinstance(result.exception, InputError) and result.exception.exit_code == 2
        assert message in str(result.exception) and place in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
