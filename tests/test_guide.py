"""The guide: every topic has a title, and what it shows works as shown."""

import json
import re
import subprocess
import sys

import pytest

from litproof.claims.formulas.hypothesis_words import HYPOTHESES
from litproof.dynamics import KINDS as DYNAMICS
from litproof.errors import InputError
from litproof.guide import read_topic, topics
from litproof.language.grammar import FUNCTIONS, SYMBOLS, parse
from litproof.losses import NAMED, SMOOTH
from litproof.problem_file.architecture import KINDS
from litproof.theorems import THEOREMS


def blocks(topic, language):
    return re.findall(rf"```{language}\n(.*?)```", read_topic(topic), re.DOTALL)


def litproof(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "litproof", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("topic", sorted(topics()))
def test_topics_have_titles_and_content(topic):
    assert topics()[topic] and len(read_topic(topic).splitlines()) > 10


def test_an_unknown_topic_is_named():
    with pytest.raises(InputError, match="did you mean 'claims'"):
        read_topic("claim")


def test_the_python_claim_holds(tmp_path):
    (text,) = blocks("claims", "python")
    (tmp_path / "claims_line.py").write_text(text, "utf-8")
    done = litproof(tmp_path, "verify", "claims_line.py", "--digits", "15", "--jobs", "1")
    assert done.returncode == 0 and "verified" in done.stdout, done.stdout + done.stderr


def test_the_toml_claim_holds_on_the_starter_problem(tmp_path):
    text, _ = blocks("claims", "toml")
    assert litproof(tmp_path, "new", "mine", "--toml").returncode == 0
    (tmp_path / "own.toml").write_text(text, "utf-8")
    done = litproof(tmp_path, "verify", "own.toml", "mine_problem.toml", "--digits", "15", "--jobs", "1")
    assert done.returncode == 0 and "verified" in done.stdout, done.stdout + done.stderr


def test_the_claim_with_its_problems_in_one_file(tmp_path):
    _, text = blocks("claims", "toml")
    (tmp_path / "own.toml").write_text(text, "utf-8")
    done = litproof(tmp_path, "verify", "own.toml", "--digits", "15", "--jobs", "1")
    assert done.returncode == 0 and "certified" in done.stdout, done.stdout + done.stderr


def test_words_of_the_language_are_all_listed():
    page = read_topic("formulas")
    for name in (*FUNCTIONS, *SYMBOLS):
        assert re.search(rf"\b{name}\b", page), name
    for name in HYPOTHESES:
        assert f"`{name}`" in read_topic("claims"), name


def test_examples_of_formulas_parse():
    (line,) = [text for text in read_topic("formulas").split("\n\n") if text.startswith("Examples:")]
    examples = re.findall(r"`([^`]+)`", line)
    assert len(examples) >= 4
    for text in (*examples, *re.findall(r"`(sum\([^`]+)`", read_topic("bias"))):
        parse(text, free=() if text.startswith("sum(") else ("j",))


def test_the_candidates_of_the_guide(tmp_path):
    assert litproof(tmp_path, "new", "mine", "--toml").returncode == 0
    done = litproof(tmp_path, "bias", "mine_problem.toml", "--draw", "2", "--digits", "15", "--jobs", "1")
    assert done.returncode == 0 and "H(" in done.stdout, done.stdout + done.stderr


def test_the_pair_of_the_guide(tmp_path):
    (text,) = blocks("bias", "toml")
    (tmp_path / "p.toml").write_text(text, "utf-8")
    done = litproof(tmp_path, "bias", "p.toml", "--certificate", "pair.json")
    assert done.returncode == 0 and "verdict: excluded (certified)" in done.stdout, done.stdout + done.stderr
    assert litproof(tmp_path, "check", "pair.json").returncode == 0


def test_the_theory_says_what_every_code_means():
    said = set(re.findall(r"\*\*([NCRKBLA]\d+)\*\*", read_topic("theory")))
    assert said == set(THEOREMS.values())


NETWORKS = blocks("networks", "toml")


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_every_file_of_the_networks_works_as_it_stands(tmp_path, number):
    text = NETWORKS[number]
    (tmp_path / "file.toml").write_text(text, "utf-8")
    command = (
        ["sweep"] if "[grid]" in text else ["conserved"] if '"relu"' in text else ["limit", "--digits", "8"]
    )
    done = litproof(tmp_path, command[0], "file.toml", *command[1:])
    assert done.returncode == 0 and done.stdout, done.stdout + done.stderr


STATEMENTS = blocks("statements", "toml")


@pytest.mark.parametrize("number", range(len(STATEMENTS)))
def test_every_published_result_holds_and_its_false_version_does_not(tmp_path, number):
    text = STATEMENTS[number]
    (tmp_path / "claim.toml").write_text(text, "utf-8")
    done = litproof(tmp_path, "verify", "claim.toml", "--digits", "12", "--jobs", "1", "--json", "o.json")
    assert done.returncode == 0, done.stdout + done.stderr
    claims = json.loads((tmp_path / "o.json").read_text("utf-8"))["claims"]
    statuses = [claim["status"] for claim in claims]
    assert statuses.count("refuted") == text.count('expected = "refuted"') >= 1
    assert statuses.count("verified") == len(statuses) - statuses.count("refuted") >= 1
    for claim in claims:
        if claim["status"] == "verified":
            assert claim["mutants"]["rejected"] >= 1
        if any(part["evidence"] == "agreed" for part in claim["details"][0].get("parts", ())):
            assert claim["evidence"] in ("agreed", "numeric")


def test_ten_published_results_and_all_words_of_statements():
    from litproof.claims.formulas.reading import OPTIONS
    from litproof.language.statements import MORE_FUNCTIONS, NAMES as STATEMENT_NAMES

    assert len(STATEMENTS) >= 10
    page = read_topic("statements") + read_topic("formulas")
    for kind in OPTIONS:
        assert f"`{kind}" in page, kind
    for name in (*MORE_FUNCTIONS, *STATEMENT_NAMES):
        assert re.search(rf"\b{name}\b", page), name


def test_every_kind_of_network_has_its_file():
    for kind in (*KINDS, "relu"):
        assert any(f'kind = "{kind}"' in text for text in NETWORKS), kind


def test_networks_from_python(tmp_path):
    (text,) = blocks("networks", "python")
    (tmp_path / "own.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "own.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    first, second = done.stdout.splitlines()
    assert done.returncode == 0 and first == second, done.stderr


def test_the_fields_of_the_guide(tmp_path):
    first, second, third = blocks("fields", "toml")
    for text in (first, second, third):
        (tmp_path / "field.toml").write_text(text, "utf-8")
        done = litproof(tmp_path, "conserved", "field.toml", "--json", "-")
        assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "field.toml").write_text(first, "utf-8")
    laws = ["--law", "exp(2*t/3)*(u[1]*v[2] - u[2]*v[1])", "--law", "u[1]^2"]
    done = litproof(tmp_path, "conserved", "field.toml", *laws)
    assert done.returncode == 1 and "u[1]^2: not conserved" in done.stdout
    assert "(u[1]*v[2] - u[2]*v[1]): conserved" in done.stdout
    (tmp_path / "field.toml").write_text(second, "utf-8")
    assert litproof(tmp_path, "conserved", "field.toml", "--law", "x - log(x) + z - log(z)").returncode == 0
    (tmp_path / "field.toml").write_text(third, "utf-8")
    assert "exp(2*t)*(u[1]*w[2] - u[2]*w[1])" in litproof(tmp_path, "conserved", "field.toml").stdout
    (text,) = blocks("fields", "python")
    (tmp_path / "own.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "own.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["['exp(t)*(x**2 - z**2)']", "True"], done.stderr


def test_the_problems_of_losses_and_dynamics(tmp_path):
    texts = blocks("losses-and-dynamics", "toml")
    recorded = []
    for number, text in enumerate(texts):
        (tmp_path / f"p{number}.toml").write_text(text, "utf-8")
        done = litproof(tmp_path, "limit", f"p{number}.toml", "--digits", "12", "--json", "-")
        assert done.returncode == 0, done.stdout + done.stderr
        recorded.append(json.loads(done.stdout)["evidence"])
        laws = litproof(tmp_path, "conserved", f"p{number}.toml", "--json", "-")
        assert laws.returncode == 0, laws.stdout + laws.stderr
    assert len(texts) == 4
    assert recorded == ["certified", "agreed", "agreed", "agreed"]


def test_losses_and_dynamics_are_all_in_the_guide():
    page = read_topic("losses-and-dynamics")
    for name in (*(name for table in NAMED.values() for name in table), *DYNAMICS):
        assert f'`"{name}"`' in page, name
    for name in SMOOTH:
        assert re.search(rf"\b{name}\b", page), name
