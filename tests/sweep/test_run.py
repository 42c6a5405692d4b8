"""Sweeps: grids and templates, rows, tables, resuming, and a Dask cluster."""

import csv
import io
import os
import signal
import subprocess
import sys
import tracemalloc
from fractions import Fraction

import pytest
from click.testing import CliRunner

from litproof.claims.catalogue import _LOADED as LOADED
from litproof.claims.claim import REGISTRY
from litproof.cli import program
from litproof.errors import InputError
from litproof.limits.find import find_limit
from litproof.sweep.grid import read_grid
from litproof.sweep.kept import Kept
from litproof.sweep.output import columns, csv_lines, write_table
from litproof.sweep.rows import Rows
from litproof.sweep.run import run_grid

GRID = """
schema = 1
digits = 6
[problem.network]
kind = "diagonal"
depth = 2
[problem.task]
kind = "regression"
[problem.data]
X = [["1", "2"]]
y = ["1"]
[problem.init]
scale = "1"
v = {first = ["1", "1/2"], last = ["0", "0"]}
[grid]
init.scale = ["1/2", "1"]
"network.depth" = [2, 3]
"""


@pytest.fixture
def grid(tmp_path):
    def write(text=GRID, **changes):
        for old, new in changes.values():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "grid.toml"
        path.write_text(text)
        return path

    return write


def test_points_are_every_combination_the_last_key_fastest(grid):
    built = []
    read = read_grid(grid(), lambda number, total: built.append((number, total)))
    assert built == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert read.keys == ("init.scale", "network.depth")
    assert [point.values for point in read.points] == [
        (("init.scale", scale), ("network.depth", depth)) for scale in ("1/2", "1") for depth in (2, 3)
    ]
    last = read.points[-1].problem
    assert last.v == ((1, Fraction(1, 2)), (1, Fraction(1, 2)), (0, 0)) and last.scale == 1


def test_a_template_may_be_a_problem_file(grid, tmp_path):
    base, _, rest = GRID.partition("[grid]")
    base = base.replace("digits = 6\n", "").replace("problem.", "")
    (tmp_path / "base.toml").write_text(base)
    by_name = read_grid(grid(f'schema = 1\nproblem = "base.toml"\n[grid]{rest}'))
    inline = read_grid(grid())
    problems = [[(p.problem.v0, p.problem.X) for p in read.points] for read in (by_name, inline)]
    assert problems[0] == problems[1] and by_name.digits == 20


DRAWN = {
    "X": ('X = [["1", "2"]]', "X = {draw = [2, 3]}"),
    "y": ('y = ["1"]', 'y = "draw"'),
    "v": ('v = {first = ["1", "1/2"], last = ["0", "0"]}', 'v = "draw-last-zero"'),
    "seed": ('init.scale = ["1/2", "1"]', "seed = [0, 1]"),
}


def test_drawn_data_are_the_same_for_every_network_and_differ_by_seed(grid):
    points = read_grid(grid(**DRAWN)).points
    X = {point.values: point.problem.X for point in points}
    assert X[("seed", 0), ("network.depth", 2)] == X[("seed", 0), ("network.depth", 3)]
    assert X[("seed", 0), ("network.depth", 2)] != X[("seed", 1), ("network.depth", 2)]
    for point in points:
        assert not any(point.problem.v[-1]) and all(point.problem.v[0])
        assert len(point.problem.X) == 2 and len(point.problem.y) == 2


def test_drawn_labels_are_separable(grid):
    task = ('kind = "regression"', 'kind = "classification"')
    points = read_grid(grid(**DRAWN, task=task, v2=('"draw-last-zero"', '"draw"'))).points
    assert all(abs(label) == 1 for point in points for label in point.problem.y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("schema = 1", "schema = 2"), "schema: expected 1"),
        (("digits = 6", "digits = 3"), "digits: expected an integer from 4"),
        (("digits = 6", 'claims = ["no/such"]'), "no claim 'no/such'"),
        (("init.scale = [", "innit.scale = ["), "grid.innit.scale: expected a key of the problem"),
        (('["1/2", "1"]', "[]"), "grid.init.scale: expected a list of values"),
        (('["1/2", "1"]', '"1"'), "grid.init.scale: expected a list of values"),
        (
            ('["1/2", "1"]', "[0.5]"),
            "init.scale = 0.5, network.depth = 2: init.scale: expected an exact number",
        ),
        (("[2, 3]", "[2, 0]"), "network.depth = 0: network.depth: expected an integer from 1"),
        (("[2, 3]", "[2]\nseed = [1]"), "grid.seed: nothing in the problem is drawn"),
        (('"network.depth" = [2, 3]', '"network.widths" = [[2]]'), "unknown key"),
        (("last = ", "least = "), "init.v: unknown key 'least', did you mean 'last'?"),
        (('X = [["1", "2"]]', "X = {draw = [3, 2]}"), "expected [n, d] with 1 <= n <= d"),
        (('{first = ["1", "1/2"], last = ["0", "0"]}', '"drawn"'), "expected a list of layers, 'draw'"),
    ],
)
def test_wrong_grids_are_refused_in_one_line(grid, change, message):
    with pytest.raises(InputError) as caught:
        read_grid(grid(change=change))
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_rows_hold_the_limits(grid):
    read = read_grid(grid())
    rows = run_grid(read)
    for point, row in zip(read.points, rows, strict=True):
        assert list(row.items())[:2] == list(point.values)
        assert row["status"] == "found"
        assert (row["beta_1"], row["beta_2"]) == find_limit(point.problem, 6).decimals


def test_claims_and_flows_without_a_limit(grid):
    path = grid(
        claims=("digits = 6", 'digits = 6\nclaims = ["ykm/regression-limit"]'),
        stuck=('["1/2", "1"]', '["1"]\ninit.v = [[["1", "1"], ["0", "0"]], [["0", "0"], ["0", "0"]]]'),
        depth=("[2, 3]", "[2]"),
    )
    good, stuck = run_grid(read_grid(path))
    assert good["ykm/regression-limit status"] == "verified" and good["ykm/regression-limit digits"] == 6
    assert stuck["status"] == "inconclusive" and "vanishes at the start" in stuck["reason"]
    assert stuck["ykm/regression-limit status"] == "does not apply"
    result = CliRunner().invoke(program, ["sweep", str(path), "--jobs", "1"], standalone_mode=False)
    assert result.return_value == 3
    assert "2 of 2 points: 1 found, 1 verified, 1 inconclusive, 1 does not apply" in result.stderr


@pytest.fixture
def registry():
    before = dict(REGISTRY), dict(LOADED)
    yield
    for kept, known in zip((REGISTRY, LOADED), before, strict=True):
        kept.clear()
        kept.update(known)


@pytest.mark.parametrize("jobs", [1, 2])
def test_claims_of_ones_own(grid, tmp_path, registry, jobs):
    """A formula that holds for two layers only, from a claim file next to the grid file."""
    (tmp_path / "own.toml").write_text(
        'schema = 1\n[claim]\nid = "own/entropy"\nminimises = "sum(hypentropy(beta[j], (alpha*etabar[j])^2/2))"\n'
    )
    path = grid(claims=("digits = 6", 'digits = 6\nclaims = ["own.toml", "ykm/regression-general-init"]'))
    read, known = read_grid(path), tmp_path / "kept"
    assert read.claims == ("own/entropy", "ykm/regression-general-init")
    rows = run_grid(read, jobs=jobs, resume=known)
    assert [row["own/entropy status"] for row in rows] == ["verified", "refuted"] * 2
    assert {row["ykm/regression-general-init status"] for row in rows} == {"verified"}
    assert run_grid(read, resume=known) == rows
    with pytest.raises(InputError, match="this machine only"):
        run_grid(read, scheduler="tcp://127.0.0.1:1")


def test_a_claim_file_that_is_missing_is_named(grid):
    with pytest.raises(InputError, match=r"nowhere\.toml"):
        read_grid(grid(claims=("digits = 6", 'digits = 6\nclaims = ["nowhere.toml"]')))


def test_columns_keep_numbered_entries_in_order():
    rows = [{"k": 1, "status": "found", "beta_10": "1", "beta_9": "2"}, {"a/b status": "verified"}]
    assert columns(rows) == ["k", "status", "a/b status", "beta_9", "beta_10"]
    assert "".join(csv_lines(rows)) == "k,status,a/b status,beta_9,beta_10\n1,found,,2,1\n,,verified,,\n"


def test_rows_come_back_in_the_order_of_the_grid():
    rows = Rows(4)
    for position, value in ((2, "late"), (0, "first"), (2, "again")):
        rows.put(position, {"k": value, "x": 0.1, "none": None})
    assert len(rows) == 2 and not rows.finished(1)
    assert [row["k"] for row in rows] == ["first", "again"] == [rows[0]["k"], rows[-1]["k"]]
    assert rows[:1] == [{"k": "first", "x": 0.1, "none": None}] and rows == list(rows)
    with pytest.raises(IndexError):
        rows[2]


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(count):
        tracemalloc.start()
        try:
            rows = Rows(count)
            for k in range(count):
                rows.put(k, {"k": k, "status": "found", "beta_1": "1" * 100})
            write_table(rows, tmp_path / "table.csv")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(1000), peak(20_000)
    # eight bytes a row, and what reading and writing buffer
    assert many - few < 20 * 19_000 + 100_000
    assert len((tmp_path / "table.csv").read_text().splitlines()) == 20_001


def test_parquet_holds_the_same_table(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow: pip install 'litproof[parquet]'")
    rows = [{"k": 1, "x": 0.5, "beta_1": "0." + "3" * 40}, {"k": 2, "x": None, "beta_1": None}]
    write_table(rows, tmp_path / "table.parquet")
    table = parquet.read_table(tmp_path / "table.parquet")
    assert table.to_pylist() == rows
    assert [str(field.type) for field in table.schema] == ["int64", "double", "string"]


def test_finished_rows_are_reused(grid, tmp_path):
    read, known = read_grid(grid()), tmp_path / "kept"
    first = run_grid(read, resume=known)
    file = known / "rows.jsonl"
    _, *others = file.read_text().splitlines(keepends=True)
    file.write_text("".join(others) + '["torn", {"sta')
    steps = []
    again = run_grid(read, resume=known, progress=lambda finished, total: steps.append((finished, total)))
    assert steps == [(3, 4), (4, 4)]
    assert file.read_text().startswith("".join(others))
    assert len(file.read_text().splitlines()) == 4
    assert [{**row, "seconds": 0} for row in again] == [{**row, "seconds": 0} for row in first]


def test_kept_rows_belong_to_the_problem_and_not_to_its_place_in_the_grid(grid, tmp_path):
    """Another grid finds them, also where it writes the same numbers in another way."""
    read, known = read_grid(grid()), tmp_path / "kept"
    first = run_grid(read, resume=known)
    other = read_grid(grid(scales=('["1/2", "1"]', '["1/3", "2/4"]'), depth=("[2, 3]", "[3, 2]")))
    steps = []
    rows = run_grid(other, resume=known, progress=lambda finished, _: steps.append(finished))
    assert steps == [2, 3, 4]
    assert rows[2:] == [{**row, "init.scale": "2/4"} for row in (first[1], first[0])]
    assert [row["init.scale"] for row in rows] == ["1/3", "1/3", "2/4", "2/4"]
    digits = read_grid(grid(digits=("digits = 6", "digits = 7")))
    steps.clear()
    run_grid(digits, resume=known, progress=lambda finished, _: steps.append(finished))
    assert steps == [0, 1, 2, 3, 4]


def test_kept_rows_are_found_by_all_of_their_key(tmp_path):
    row = {"status": "found", "beta_1": "1"}
    first, second = "0" * 31 + "1", "0" * 31 + "2"
    kept = Kept(tmp_path / "kept")
    kept.add(first, {**row, "beta_1": "0"})
    kept.add(first, row)
    kept.close()
    with (tmp_path / "kept" / "rows.jsonl").open("a") as stream:
        stream.write('no JSON\n[1, 2]\n["zz", {"status": "found"}]\n{}\n')
    again = Kept(tmp_path / "kept")
    assert len(again) == 2
    assert (again.get(first), again.get(second), again.get("f" * 32)) == (row, None, None)
    again.close()


def test_command_writes_the_table_and_removes_the_parts(grid, tmp_path):
    target = tmp_path / "table.csv"
    result = CliRunner().invoke(
        program, ["sweep", str(grid()), "-o", str(target), "--jobs", "1"], standalone_mode=False
    )
    assert result.return_value == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert len(rows) == 4 and all(row["status"] == "found" for row in rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grid.toml", "table.csv"]


def test_wrong_outputs_are_refused_before_any_work(grid, tmp_path):
    for target in ("table.txt", "missing/table.csv"):
        result = CliRunner().invoke(
            program, ["sweep", str(grid()), "-o", str(tmp_path / target)], standalone_mode=False
        )
        assert isinstance(result.exception, InputError)
    assert [path.name for path in tmp_path.iterdir()] == ["grid.toml"]


MANY = ('["1/2", "1"]', str([f"{k}/40" for k in range(20, 60)]).replace("'", '"'))


GATE = """
import pathlib, time
from litproof.sweep import point

find = point.find_limit

def wait(problem, digits):
    while problem.scale.numerator * 40 > 22 * problem.scale.denominator and not pathlib.Path("go").exists():
        time.sleep(0.05)
    return find(problem, digits)

point.find_limit = wait
"""
"""Imported by every process at its start: the first three points go through, the others wait for a file."""


def start(tmp_path, *options):
    command = [sys.executable, "-m", "litproof", "sweep", "grid.toml", "-o", "table.csv", *options]
    return subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_cut_off_goes_on_where_it_was(grid, tmp_path, wait_until, sent):
    grid(many=MANY, depth=("[2, 3]", "[2]"))
    (tmp_path / "sitecustomize.py").write_text(GATE)
    process = start(tmp_path, "--jobs", "2")
    file = tmp_path / "table.csv.parts" / "rows.jsonl"
    wait_until(lambda: file.exists() and file.read_bytes().count(b"\n") == 3, process)
    process.send_signal(sent)
    _, errors = process.communicate()
    kept = file.read_text()
    assert kept.count("\n") == 3
    if sent != signal.SIGKILL:
        assert process.returncode == 130 and "Traceback" not in errors
        interrupted = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_text())))
        assert [row["init.scale"] for row in interrupted] == ["20/40", "21/40", "22/40"]
    (tmp_path / "go").touch()
    again = start(tmp_path, "--resume", "table.csv.parts")
    assert "40 of 40 points: 40 found" in again.communicate()[1] and again.returncode == 0
    assert file.read_text().startswith(kept) and file.read_text().count("\n") == 40
    rows = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_text())))
    assert [row["init.scale"] for row in rows] == [f"{k}/40" for k in range(20, 60)]


@pytest.mark.slow
def test_sample_of_a_sweep_on_a_cluster_of_two_workers(grid, tmp_path, cluster):
    address, _ = cluster
    grid()
    there = start(tmp_path, "--scheduler", address, "--resume", "there")
    assert "4 of 4 points: 4 found" in there.communicate()[1] and there.returncode == 0
    table = (tmp_path / "table.csv").read_text()
    assert len((tmp_path / "there" / "rows.jsonl").read_text().splitlines()) == 4
    here = start(tmp_path, "--jobs", "1", "--resume", "here")
    here.communicate()
    assert _without_seconds(table) == _without_seconds((tmp_path / "table.csv").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_sweep_on_a_cluster_that_is_cut_off_goes_on_where_it_was(grid, tmp_path, cluster, wait_until, sent):
    address, _ = cluster
    targets = ", ".join(f'["{k}/7"]' for k in range(1, 301))
    grid(linear=('"network.depth" = [2, 3]', f'"data.y" = [{targets}]'))
    file = tmp_path / "table.csv.parts" / "rows.jsonl"
    process = start(tmp_path, "--scheduler", address)
    wait_until(lambda: file.exists() and file.read_bytes().count(b"\n") >= 20, process)
    process.send_signal(sent)
    _, errors = process.communicate()
    kept = file.read_bytes()
    if sent == signal.SIGINT:
        assert process.returncode == 130 and "Traceback" not in errors
        table = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_text())))
        assert len(table) == kept.count(b"\n") < 600
    again = start(tmp_path, "--scheduler", address, "--resume", "table.csv.parts")
    assert "600 of 600 points: 600 found" in again.communicate()[1] and again.returncode == 0
    whole = kept[: kept.rfind(b"\n") + 1]
    assert file.read_bytes().startswith(whole) and file.read_bytes().count(b"\n") == 600


def _without_seconds(text):
    return [{**row, "seconds": ""} for row in csv.DictReader(io.StringIO(text))]


def test_a_cluster_that_does_not_answer_is_bad_input(grid, monkeypatch):
    pytest.importorskip("distributed", reason="needs Dask: pip install 'litproof[dask]'")
    monkeypatch.setattr("litproof.claims.cluster.TIMEOUT", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        run_grid(read_grid(grid()), scheduler="tcp://127.0.0.1:9")


def test_losses_and_dynamics_are_keys_of_a_grid(grid):
    text = GRID.replace(
        'kind = "regression"', 'kind = "regression"\n[problem.dynamics]\nkind = "gradient-descent"'
    )
    axes = '"dynamics.step" = ["1/10", "100"]\n"task.loss" = ["squared", "log-cosh"]\n'
    read = read_grid(grid(text[: text.index("init.scale =")] + axes))
    rows = run_grid(read, jobs=1)
    assert [row["status"] for row in rows] == ["found", "found", "inconclusive", "inconclusive"]
    assert rows[0]["clock"].startswith("steps = ")
    assert "the step 100 diverges" in rows[2]["reason"]
