"""The papers that the theorems are said to cover: one table in guide and book, from what was decided."""

import pytest

from litproof.guide import read_topic
from litproof.theorems import cited
from litproof.theorems.cited import CITED, Cited, how_far, results_of, table
from litproof.theorems.specialisations import OUTSIDE, SPECIALISATIONS


def test_the_guide_has_the_table():
    assert table() in read_topic("theory")


def test_all_of_them_are_there():
    said = (
        "Gunasekar et al. 2017",
        "2018a",
        "2018b",
        "Soudry et al. 2018",
        "Ji, Telgarsky 2019",
        "Ji, Telgarsky 2020",
    )
    said += (
        "Arora, Cohen, Hu, Luo 2019",
        "Woodworth et al. 2020",
        "Lyu, Li 2020",
        "Moroshko et al. 2020",
        "Gissin",
    )
    papers = [one.paper for one in CITED]
    assert all(sum(name in paper for paper in papers) == 1 for name in said) and len(papers) == len(said)
    assert all(one.results and one.beyond for one in CITED)


def test_what_is_said_is_what_was_decided():
    for case in SPECIALISATIONS:
        assert how_far(case.special).endswith(f"`{case.general}`")
    assert {how_far(id) for id in OUTSIDE if not id.startswith("ykm/")} == {"is outside"}
    assert how_far("ykm/linear-model") == "is R9 `ykm/linear-model`"
    assert how_far("soudry/multiclass") == "is a claim of its own"
    assert how_far("gunasekar/fully-connected").startswith("is contained in K2")
    assert "contains K0" in how_far("lyu-li/margin")
    assert results_of(Cited("x", ("ykm/linear-model",), "y")) == "is R9 `ykm/linear-model`"


def test_an_id_that_is_not_in_the_catalogue(monkeypatch):
    monkeypatch.setattr(cited, "CITED", (Cited("someone", ("someone/theorem",), "more"),))
    with pytest.raises(ValueError, match="someone/theorem"):
        table()
