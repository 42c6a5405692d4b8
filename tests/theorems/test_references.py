"""Limits of the catalogue's instances against numbers found without litproof: Newton's method at 40 digits on the
conditions that the theorems state, with the flow in double precision beside it."""

from fractions import Fraction

import pytest

from litproof.claims.catalogue import catalogue
from litproof.limits.find import find_limit

REFERENCES = {
    ("azulay/neuron", "two points, d = 4, delta < 0"): (
        "1.0221279436465839835593242038088",
        "0.35578813701839048391990227271191",
        "0.28157472173169949738008005693583",
        "0.54787050404833454598095130770321",
    ),
    ("woodworth/squares", "two points, d = 4, one scale"): (
        "-0.13493904834813598406724154539853",
        "-0.19850238052464242148497348842436",
        "0.42329091485399643329403142926985",
        "-0.036320374919637201880878595161185",
    ),
    ("woodworth/squares", "two points, d = 3, three scales"): (
        "0.17967390558535540105508695404446",
        "1.2742282660902512192614391321689",
        "0.72813043776585783957796521838221",
    ),
    ("woodworth/powers", "two points, d = 4, one scale, D = 3"): (
        "-0.13198074619681741950574501744082",
        "-0.095033824110932095090925473382485",
        "0.48669512061790493731187536678407",
        "-0.034922864368088378312713422101113",
    ),
    ("azulay/diagonal", "two points, d = 4"): (
        "-0.089815879365727333610890731400326",
        "-0.4576965882021381899063241526763",
        "0.27828472836035653410646413616952",
        "-0.11170966972069618505385079664567",
    ),
    ("azulay/diagonal", "two points, d = 3"): (
        "1.0764450963509729537038036422623",
        "0.64648843255431893240733745041636",
        "0.36942196145961081851847854309506",
    ),
    ("chou/hadamard", "two points, d = 4"): (
        "0.24603051970402073111376399305152",
        "0.34074747758999773053333106291755",
        "0.99202927316490158321561113855309",
        "0.52548662951117767207058943727894",
    ),
    ("chou/hadamard-deep", "three factors, two points, d = 4"): (
        "0.15111172288164719494726908952202",
        "0.30792907929428406135458962723264",
        "1.2088937830531775595781527161761",
        "0.54286107566773196751815843264154",
    ),
    ("chou/hadamard-deep", "four factors, one point"): (
        "0.058272000839729383226362351668622",
        "0.2349820696095417237848927007369",
        "0.49058795331372905640128408228586",
    ),
}
"""{(claim, instance): beta}, 30 digits."""


@pytest.mark.parametrize(("claim", "label"), sorted(REFERENCES))
def test_the_limit_is_that_of_an_independent_computation(claim, label):
    (problem,) = (i.problem for i in catalogue()[claim].instances(0) if i.label == label)
    reference = [Fraction(text) for text in REFERENCES[claim, label]]
    limit = find_limit(problem, 28)
    gap = max(abs(a - b) for a, b in zip(limit.value, reference, strict=True))
    assert gap <= max(map(abs, reference)) / 10**27
