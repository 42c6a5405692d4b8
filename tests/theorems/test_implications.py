"""The graph: places without overlap, arrows that were decided, brackets that are not zero; book and pages agree."""

from dataclasses import replace
from itertools import pairwise

import pytest
import sympy as sp

from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.theorems import implications
from litproof.theorems.implications import bracket_of, bracket_text, describe, graph, layered, map_text
from litproof.theorems.implications_book import section
from litproof.theorems.specialisations import OUTSIDE, SPECIALISATIONS


def test_places():
    """Chains, forks and two theorems above one result; no two boxes share a place, arrows lead to the right."""
    pairs = [("a", "b"), ("a", "c"), ("c", "d"), ("e", "d"), ("f", "g"), ("e", "h")]
    places = layered(pairs)
    assert len(set(places.values())) == len(places) == 8
    assert all(places[source][0] < places[target][0] for source, target in pairs)
    for column in {column for column, _ in places.values()}:
        rows = sorted(row for place, row in places.values() if place == column)
        assert all(high - low >= 0.5 for low, high in pairwise(rows))
    with pytest.raises(ValueError, match="circle"):
        layered([("a", "b"), ("b", "c"), ("c", "a")])


def test_every_arrow_stands_once_and_was_decided():
    known = graph()
    assert [arrow.number for arrow in known.arrows] == list(range(1, len(SPECIALISATIONS) + 1))
    assert {arrow.case for arrow in known.arrows} == set(SPECIALISATIONS)
    assert all(arrow.identities > 2 for arrow in known.arrows)
    assert set(known.places) == {end for case in SPECIALISATIONS for end in (case.special, case.general)}
    assert set(known.outside) == set(OUTSIDE)


def test_a_false_arrow_is_no_arrow(monkeypatch):
    wrong = replace(SPECIALISATIONS[0], time=3)
    monkeypatch.setattr(implications, "SPECIALISATIONS", (wrong,))
    with pytest.raises(ValueError, match="not a case"):
        implications.graph.__wrapped__()


def test_brackets_by_hand():
    """a w: grad beta_1 = (a, 0; w_1) and so on; entries that commute have none."""
    neuron = PolynomialNetwork.of(["w[2]", "a"], ["a*w[j]"], 2)
    found = bracket_of(neuron)
    assert (found.y, found.z, found.parameter) == (1, 2, "w[1]")
    assert found.value == -sp.Symbol("w[2]")
    assert bracket_text(found) == r"[\nabla \beta_{1}, \nabla \beta_{2}]_{w_{1}} = - w_{2}"
    assert bracket_of(FullyConnected(2, (2,))).value != 0
    with pytest.raises(ValueError, match="vanish"):
        bracket_of(Diagonal(3, 2))


def test_both_directions_are_described():
    case = SPECIALISATIONS[0]
    assert any("Is a case of" in line and case.general in line for line in describe(case.special))
    assert any("Has as a case" in line and case.special in line for line in describe(case.general))
    assert not describe("ykm/conserved-norms")
    (line,) = describe("azulay/neuron")
    assert "-w[2] at w[1]" in line


def test_the_book_shows_every_arrow_and_bracket():
    text = section()
    for arrow in graph().arrows:
        assert f"{{{arrow.number}}}" in text and map_text(arrow.case) in text
    for bracket in graph().outside.values():
        assert bracket_text(bracket) in text
