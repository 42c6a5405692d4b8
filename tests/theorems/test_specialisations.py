"""Results as cases of theorems: the identities hold, false ones do not, and what is outside has a bracket."""

from dataclasses import replace

import pytest

from litproof.bias.rescaled_fields import commutes
from litproof.claims.catalogue import catalogue
from litproof.guide import read_topic
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.polynomial import PolynomialNetwork
from litproof.theorems.specialisations import (
    OUTSIDE,
    SPECIALISATIONS,
    Components,
    decide,
    differences,
    networks_of,
    orthogonal,
)

IDS = [case.special for case in SPECIALISATIONS]


def test_ids_are_those_of_the_catalogue():
    for case in SPECIALISATIONS:
        assert {case.special, case.general} <= set(catalogue())
        assert case.special not in OUTSIDE
    assert set(OUTSIDE) <= set(catalogue())


@pytest.mark.parametrize("case", SPECIALISATIONS, ids=IDS)
def test_the_identities_hold(case):
    decided = decide(case)
    assert decided.holds and len(decided.differences) > decided.inputs


@pytest.mark.parametrize("case", SPECIALISATIONS, ids=IDS)
def test_false_variants_do_not(case):
    assert not decide(replace(case, time=case.time + 1)).holds
    if not case.layers:  # its own network, nothing to change but the time
        return
    first, *others = case.layers
    doubled = tuple(f"2*({piece})" for piece in first)
    assert not decide(replace(case, layers=(doubled, *others))).holds
    negated = tuple(f"-({piece})" for piece in first)
    assert not decide(replace(case, layers=(negated, *others))).holds


def squares(d, formula="u[j]^2 - v[j]^2"):
    return PolynomialNetwork.of([f"u[{d}]", f"v[{d}]"], [formula], d)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_other_sizes(d):
    (case,) = [one for one in SPECIALISATIONS if one.special == "woodworth/squares"]
    assert decide(case, squares(d)).holds
    assert not decide(case, squares(d, "u[j]^2 - 2*v[j]^2")).holds
    assert not decide(case, squares(d, "u[j]^2 + v[j]^2")).holds


@pytest.mark.parametrize("depth", [2, 4])
def test_powers_of_other_depths(depth):
    (case,) = [one for one in SPECIALISATIONS if one.special == "woodworth/powers"]
    other = replace(case, network=differences(depth), layers=(("u[j]", "v[j]"),) * depth, time=depth)
    assert decide(other, squares(2, f"u[j]^{depth} - v[j]^{depth}")).holds
    assert not decide(other, squares(2, f"u[j]^{depth + 1} - v[j]^{depth + 1}")).holds


@pytest.mark.parametrize("sizes", [(2, 2), (4, 4), (5, 5), (3, 3, 3)])
def test_convolutions_of_other_lengths(sizes):
    (case,) = [one for one in SPECIALISATIONS if one.special == "gunasekar/convolutional"]
    assert decide(case, Convolutional(sizes)).holds
    assert not decide(replace(case, network=orthogonal), Convolutional(sizes)).holds


def test_a_map_that_does_not_fit():
    (case,) = [one for one in SPECIALISATIONS if one.special == "woodworth/squares"]
    with pytest.raises(ValueError, match="does not fit"):
        decide(replace(case, layers=case.layers[:1]))


def test_a_map_of_networks_that_are_not_related():
    (case,) = [one for one in SPECIALISATIONS if one.special == "woodworth/squares"]
    wrong = replace(
        case, network=lambda one: Diagonal(2, one.input_dim), layers=(("u[j]",), ("v[j]",)), time=1
    )
    assert not decide(wrong).holds


def test_outside():
    for id in OUTSIDE:
        assert not commutes(networks_of(id)[0])
    for case in SPECIALISATIONS:
        assert commutes(networks_of(case.special)[0]) == (case.network is not Components), case.special


def test_the_guide_lists_them_all():
    text = read_topic("theory")
    for case in SPECIALISATIONS:
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{case.special}` ")]
        assert f"`{case.general}`" in row and row.endswith(f"| {case.time} |")
        assert all(piece in row for layer in case.layers for piece in layer)
    for id, reason in OUTSIDE.items():
        assert f"* `{id}`: {reason}." in text
