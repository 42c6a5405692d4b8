"""Each part of the benchmark runs at its smallest size and says what it promises; no time is judged."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "benchmark.py"
COLUMNS = ("heyoka", "odefun", "scipy", "HiGHS", "built-in", "products")
LABEL = 58
WIDTH = 10
PARTS = {
    "process": [{"odefun"}],
    "flows": [{"products"}, set()] * 5,
    "stiff": [set()],
    "formulas": [{"built-in"}] * 4,
    "limits": [{"scipy", "products"}] * 2,
    "margins": [{"scipy"}, {"HiGHS"}],
    "directions": [set()] * 3,
}
"""The columns of each row, besides heyoka's."""


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False
    )


def smallest(part):
    done = run(
        "--only",
        part,
        "--digits",
        "10",
        "--repeat",
        "1",
        "--stiff-seconds",
        "0.1",
        "--stiff-horizon",
        "0.2",
        "--largest",
        "3",
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout.splitlines()


def numbers(row):
    return [row[at : at + WIDTH].strip() for at in range(LABEL, LABEL + WIDTH * (1 + len(COLUMNS)), WIDTH)]


@pytest.mark.parametrize("part", PARTS)
def test_rows_have_the_numbers_their_part_promises(part):
    header, *rows = smallest(part)
    assert numbers(header) == ["ours", *COLUMNS]
    if rows[0].startswith("heyoka is not installed"):
        del rows[0]
    assert len(rows) == len(PARTS[part])
    for row, promised in zip(rows, PARTS[part], strict=True):
        own, *ratios = numbers(row)
        shown = {name: float(ratio) for name, ratio in zip(COLUMNS, ratios, strict=True) if ratio != "-"}
        assert shown.keys() - {"heyoka"} == promised, row
        assert all(0 < value < math.inf for value in (float(own), *shown.values())), row


def test_growth_fits_an_exponent_where_there_are_two_sizes():
    _, title, *lines = smallest("growth")
    assert "d = 50" in title
    assert [line.split()[0] for line in lines] == ["d", "n", "L", "digits"]
    assert lines[0].endswith("one size")
    assert all(math.isfinite(float(line.split("exponent")[1])) for line in lines[1:])


@pytest.mark.parametrize("option", ["--digits", "--repeat", "--largest"])
@pytest.mark.parametrize("value", ["0", "-3", "1.5"])
def test_sizes_that_are_no_sizes_end_with_exit_code_two(option, value):
    done = run("--only", "growth", f"{option}={value}")
    assert done.returncode == 2
    assert f"{option}: expected a whole number from 1 on, got {value}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--stiff-seconds", "--stiff-horizon"])
@pytest.mark.parametrize("value", ["0", "-3", "nan", "inf", "long"])
def test_seconds_that_are_none_end_with_exit_code_two(option, value):
    done = run("--only", "growth", f"{option}={value}")
    assert done.returncode == 2
    assert f"{option}: expected seconds above zero, got {value}" in done.stderr
    assert "Traceback" not in done.stderr
