"""What the README shows works as shown."""

import json
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def test_every_python_block_runs(tmp_path):
    scripts = blocks("python")
    assert scripts
    for script in scripts:
        if script.lstrip().startswith("# claims_"):
            continue
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_the_problem_file_is_accepted_by_every_command(tmp_path):
    (problem, *_) = [block for block in blocks("toml") if "[network]" in block]
    (tmp_path / "mine.toml").write_text(problem, "utf-8")
    for command in (["limit", "--digits", "15"], ["conserved"], ["derive"]):
        done = subprocess.run(
            [sys.executable, "-m", "litproof", command[0], "mine.toml", *command[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_table_names_every_claim():
    from litproof.claims.catalogue import catalogue

    table = README.read_text("utf-8").partition("| claim | says | proved in Coq |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z-]+/[a-z0-9-]+)`", table))
    assert named == set(catalogue())


def test_the_table_says_what_coq_has_proved():
    claims = json.loads((README.parent / "derivations" / "coq" / "claims.json").read_text("utf-8"))
    parts = {"statement": "whole", "part": "part"}
    table = README.read_text("utf-8").partition("| claim | says | proved in Coq |")[2].partition("\n\n")[0]
    said = {
        name: row.rstrip(" |").rpartition("| ")[2]
        for row in table.splitlines()
        for name in re.findall(r"`([a-z-]+/[a-z0-9-]+)`", row)
    }
    proved = {name: parts[entry["covers"]] for name, entry in claims.items()}
    assert said == {**dict.fromkeys(said, "no"), **proved}
