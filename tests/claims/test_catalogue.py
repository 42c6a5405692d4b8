from pathlib import Path

import pytest

from litproof import theorems
from litproof.claims.catalogue import catalogue, claim_of, load_file, matching, paper_of
from litproof.claims.claim import REGISTRY
from litproof.claims.judge import hypotheses_of
from litproof.claims.types import Answer, Status
from litproof.errors import InputError
from litproof.theorems import PAPERS, THEOREMS, claim_file, has, module_of
from litproof.theorems.derivations import DERIVATIONS as DERIVED

CLAIM_FILE = """
from litproof.claims.claim import claim
from litproof.theorems.shared.instances import REFERENCE
@claim(id="test/{name}", title="t", statement="s", instances=[REFERENCE])
def mine(problem, digits):
    return []
"""


def test_every_theorem_stands_in_the_folder_of_its_id():
    ids = catalogue()
    assert all(claim.id == id for id, claim in ids.items())
    assert list(ids) == [id for id in THEOREMS if has(id, "claim")]
    room = Path(theorems.__file__).parent
    parts = [path for name in ("claim.py", "claim.toml", "derivation.py") for path in room.rglob(name)]
    folders = {str(path.parent.relative_to(room)) for path in parts}
    assert folders == {id.replace("-", "_") for id in THEOREMS}
    for id in DERIVED:
        assert has(id, "derivation") and module_of(id, "derivation").endswith(".derivation")


def test_a_theorem_is_found_by_its_code():
    assert matching("R2") == ("ykm/regression-limit",)
    assert matching("K3") == ("ykm/classification-odeco", "ykm/classification-initialisation")
    with pytest.raises(InputError, match="R77"):
        matching("R77")


FIXED = {"zhao/deep-weights"}
"""No problems at random: on most of two entries all weights select the same minimiser."""


@pytest.mark.parametrize("id", sorted(catalogue()))
def test_a_claim_of_the_catalogue_is_whole(id):
    claim = catalogue()[id]
    assert claim.title and claim.source and claim.statement and claim.prediction
    assert len(claim.mutants) >= 4
    assert len({mutant.name for mutant in claim.mutants}) == len(claim.mutants) or claim.automatic
    assert not claim.derive or claim.derive in DERIVED
    instances = claim.instances(0)
    assert (
        len({i.label for i in instances}) == len(instances) >= (2 if claim.expected is Status.REFUTED else 3)
    )
    assert any(i.seed is not None for i in instances) or claim.expected is Status.REFUTED or id in FIXED


@pytest.mark.parametrize("id", sorted(catalogue()))
def test_instances_are_reproducible_and_meet_the_hypotheses(id):
    claim = catalogue()[id]
    for seed in range(3):
        instances = claim.instances(seed)
        assert instances == claim.instances(seed)
        for instance in instances:
            check = hypotheses_of(claim, instance.problem)
            assert check.answer is Answer.HOLDS, (instance.label, check.detail)
    assert claim.instances(1) != claim.instances(2) or claim.expected is Status.REFUTED or id in FIXED


@pytest.mark.parametrize("id", sorted(id for id in THEOREMS if claim_file(id)))
def test_a_claim_in_toml_is_one_entry_of_the_catalogue(id):
    path = claim_file(id)
    assert load_file(str(path)) == (id,) and catalogue()[id] is claim_of(id)
    assert not has(id, "claim") or not path.with_name("claim.py").exists()
    assert len(path.read_text("utf-8").splitlines()) <= 150
    claim = catalogue()[id]
    violated = any(mutant.problem for mutant in claim.mutants)
    assert violated or claim.expected is Status.REFUTED, "no hypothesis is shown to matter"


def test_every_family_has_its_paper():
    assert {id.partition("/")[0] for id in THEOREMS} == {paper for paper in PAPERS if "/" not in paper}
    assert {paper for paper in PAPERS if "/" in paper} <= set(THEOREMS)
    assert paper_of("ykm/regression-limit").startswith("Yun") and paper_of("mine/own") == ""


def test_patterns():
    assert matching("ykm/regression-limit") == ("ykm/regression-limit",)
    assert {"ykm/conserved-norms", "ykm/conserved-odeco"} <= set(matching("ykm/conserved-*"))
    assert matching("*") == tuple(catalogue())


def test_a_wrong_name_is_refused_with_the_nearest_ones():
    with pytest.raises(InputError, match="did you mean ykm/regression-limit"):
        matching("ykm/regresion-limit")
    with pytest.raises(InputError, match="litproof list"):
        matching("zzzzzzzz")


def test_a_claim_file_is_loaded_once(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CLAIM_FILE.format(name="loaded"))
    assert load_file(str(path)) == ("test/loaded",)
    assert load_file(str(path)) == ("test/loaded",)
    assert claim_of("test/loaded", str(path)).title == "t"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "registers no claim"),
        ("x = (\n", "SyntaxError"),
        ("import nothing_like_this\n", "ModuleNotFoundError"),
        ("1 / 0\n", "ZeroDivisionError"),
        (CLAIM_FILE.format(name="a").replace("test/a", "slashless"), "family/name"),
        (CLAIM_FILE.format(name="a").replace("test/a", "ykm/regression-limit"), "is taken"),
    ],
)
def test_a_wrong_claim_file_is_one_clear_error(tmp_path, text, message):
    path = tmp_path / "wrong.py"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as error:
        load_file(str(path))
    assert "wrong.py" in str(error.value)


def test_a_missing_claim_file(tmp_path):
    with pytest.raises(InputError, match="not found"):
        load_file(str(tmp_path / "absent.py"))


@pytest.mark.parametrize("id", [id for id in THEOREMS if claim_file(id)])
def test_a_claim_stated_in_toml_is_read_again_when_the_registry_was_reset(id, monkeypatch):
    catalogue()
    monkeypatch.delitem(REGISTRY, id)
    assert catalogue()[id].id == id
