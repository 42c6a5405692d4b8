"""What leaves litproof: streams that cannot be written, and text that is not meant for a terminal."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from junitparser import JUnitXml

from litproof.text import to_json, visible

REFERENCE = str(Path(__file__).with_name("reference.toml"))
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
COMMANDS = {
    "help": ["--help"],
    "command help": ["verify", "--help"],
    "version": ["--version"],
    "list": ["list"],
    "list json": ["list", "--json", "-"],
    "show": ["show", "ykm/linear-model"],
    "guide": ["guide", "claims"],
    "limit": ["limit", REFERENCE, "--digits", "8"],
    "limit json": ["limit", REFERENCE, "--digits", "8", "--json", "-"],
    "conserved": ["conserved", REFERENCE],
    "derive": ["derive", "ykm/linear-model"],
    "verify": ["verify", "ykm/linear-model", "--digits", "12", "--jobs", "1"],
    "verify json": ["verify", "ykm/linear-model", "--digits", "12", "--jobs", "1", "--json", "-"],
    "sweep": ["sweep", "grid.toml", "--jobs", "1"],
    "new": ["new", "mine"],
    "bias and candidates": ["bias", REFERENCE, "--digits", "10", "--jobs", "1", "--draw", "1"],
    "bias": ["bias", REFERENCE],
    "check": ["check", "certificate.json"],
}
GRID = f'''
schema = 1
digits = 6
problem = "{REFERENCE}"
[grid]
init.scale = ["1/2"]
'''


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "grid.toml").write_text(GRID)
    (tmp_path / "certificate.json").write_text('{"format": "litproof-certificate", "kind": "none"}')
    return tmp_path


def run(folder, arguments, stdout):
    return subprocess.run(
        [sys.executable, "-m", "litproof", *arguments],
        cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip


@needs_full
@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_under_standard_output_is_one_line(name, folder):
    with open("/dev/full", "w") as full:
        done = run(folder, COMMANDS[name], full)
    assert done.returncode == 2
    *before, last = done.stderr.splitlines()
    assert last == "litproof: error: standard output cannot be written: No space left on device"
    assert all(line.startswith("note: ") for line in before)


@pytest.mark.parametrize("name", ["list", "list json", "show", "limit", "verify", "derive", "help"])
def test_a_reader_who_has_left_is_no_error(name, folder):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = run(folder, COMMANDS[name], writer)
    finally:
        os.close(writer)
    assert done.returncode == 1
    assert all(line.startswith("note: ") for line in done.stderr.splitlines())


def test_other_faults_of_the_system_keep_their_traceback(monkeypatch):
    from litproof import cli

    def fail(*arguments, **options):
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(cli.program, "main", fail)
    with pytest.raises(OSError, match="too many"):
        cli.main(["list"])


@given(st.text(st.characters(exclude_categories=()), max_size=30), st.booleans())
def test_visible_text_can_be_read_anywhere(text, lines):
    shown = visible(text, lines=lines)
    shown.encode("utf-8")
    for character in shown:
        assert character.isprintable() or character in "\t\n"[: 2 * lines] or ord(character) >= 0xA0
        assert not 0xD800 <= ord(character) <= 0xDFFF and character not in "\ufffe\uffff\u202e"
    assert visible(shown, lines=lines) == shown


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_json_says_the_same_after_its_escapes(text):
    written = to_json({"text": text})
    written.encode("utf-8")
    assert "\x1b" not in written and "\x9b" not in written
    # json reads a pair of lone surrogates as one character
    assert json.loads(written)["text"].encode("utf-16", "surrogatepass") == text.encode(
        "utf-16", "surrogatepass"
    )


CLAIM = """
from dataclasses import replace
from litproof.claims.types import Instance
from litproof.claims.claim import claim
from litproof.theorems.shared.instances import diagonal_from_zero

AWKWARD = "a\\x1b[31mb\\x00c\\x9bd\\ufffee\\ud800f\\u202eg <blink>&amp; \\u00e9 {x}_%"
PROBLEM = diagonal_from_zero(2, "1 2 -1", "3/2", 1, "1 1/2 -3/4", AWKWARD)

@claim(id="hostile/claim", title=AWKWARD, statement=AWKWARD, source=AWKWARD, instances=[Instance(AWKWARD, PROBLEM)])
def hostile(problem, digits):
    raise ValueError(AWKWARD)
"""


def test_awkward_titles_names_and_exceptions_break_no_form_of_a_report(tmp_path):
    (tmp_path / "claims_hostile.py").write_text(CLAIM, "utf-8")
    options = ["--junit", "j.xml", "--html", "page", "--json", "r.json", "--jobs", "1"]
    done = run(tmp_path, ["verify", "claims_hostile.py", "--digits", "12", *options], subprocess.PIPE)
    assert done.returncode == 1, done.stderr
    page = (tmp_path / "page" / "index.html").read_text("utf-8")
    xml = (tmp_path / "j.xml").read_text("utf-8")
    content = json.loads((tmp_path / "r.json").read_text("utf-8"))
    ((suite,),) = [list(JUnitXml.fromstring(xml))]
    assert suite.errors == 1
    for shown in (done.stdout, done.stderr, page, xml, (tmp_path / "r.json").read_text("utf-8")):
        assert not any(c in shown for c in "\x1b\x00\x9b\ufffe\u202e")
    assert "ValueError" in content["claims"][0]["reason"]
    assert "<blink>" not in page and "&lt;blink&gt;" in page
    shown = run(tmp_path, ["show", "claims_hostile.py"], subprocess.PIPE)
    assert shown.returncode == 0 and "\\x1b[31mb" in shown.stdout and "\x1b" not in shown.stdout


def test_pytest_shows_awkward_exceptions_without_escape_codes(tmp_path):
    (tmp_path / "claims_hostile.py").write_text(
        CLAIM.replace("raise ValueError(AWKWARD)", "return [0, 0, 0]"), "utf-8"
    )
    options = ["-p", "no:cacheprovider", "--litproof-digits=12", "--color=no"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "claims_hostile.py", *options],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout and "hostile/claim" in done.stdout.decode("utf-8")
