import json
from dataclasses import replace

import pytest

from litproof.claims.store import Store, key_of, result_from_json, result_to_json
from litproof.claims.types import Instance, InstanceResult, MutantResult, Status
from litproof.errors import InputError
from litproof.results import Evidence

RESULT = InstanceResult(
    "a/b",
    "näme",
    Status.VERIFIED,
    Evidence.AGREED,
    30,
    "gap 10^-31",
    0.125,
    (MutantResult("m", "rejected", "by far"), MutantResult("n", "vacuous")),
    7,
)


def test_results_survive_json():
    assert result_from_json(json.loads(json.dumps(result_to_json(RESULT)))) == RESULT


def test_save_and_load(tmp_path):
    store = Store(tmp_path / "new" / "deep")
    assert store.load("k") is None
    store.save("k", RESULT)
    assert store.load("k") == RESULT
    store.save("k", replace(RESULT, digits=12))
    assert store.load("k").digits == 12
    assert [path.name for path in (tmp_path / "new" / "deep").iterdir()] == ["k.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"claim": 1}', '{"status": "verified"}'])
def test_what_does_not_parse_counts_as_none(tmp_path, text):
    (tmp_path / "k.json").write_text(text)
    assert Store(tmp_path).load("k") is None


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot use it as a directory"):
        Store(tmp_path / "file")


def test_a_key_depends_on_everything_that_matters(small):
    instance = Instance("i", small)
    changed = [
        key_of("a/b", instance, 30, True),
        key_of("a/c", instance, 30, True),
        key_of("a/b", Instance("j", small), 30, True),
        key_of("a/b", Instance("i", small, 3), 30, True),
        key_of("a/b", Instance("i", replace(small, scale=small.scale / 2)), 30, True),
        key_of("a/b", instance, 31, True),
        key_of("a/b", instance, 30, False),
        key_of("a/b", instance, 30, True, "text of the claim file"),
    ]
    assert len(set(changed)) == len(changed)
    assert key_of("a/b", instance, 30, True) == changed[0]
