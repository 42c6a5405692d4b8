"""Claims on how many laws there are: counted from both sides, with sizes as letters; bad ones get one line."""

import pytest

from litproof.claims.catalogue import load_file
from litproof.claims.types import Status
from litproof.claims.verification import verify
from litproof.errors import InputError
from litproof.results import Evidence

FACTORS = """
[claim.network]
parameters = ["U[m,r]", "V[c,r]"]
beta = ["U*transpose(V)"]
[[claim.problems]]
network = {{ kind = "polynomial", parameters = ["U[{m},{r}]", "V[{c},{r}]"], beta = ["U*transpose(V)"] }}
dynamics = {dynamics}
data = {{ X = [{row}], y = ["1"] }}
init = {{ scale = "1", v = [{u}, {v}] }}
"""
ENTROPY = "sum(i, sum(k, U[i,k]*log(U[i,k]))) + sum(i, sum(k, V[i,k]*log(V[i,k])))"
FLOW = '{ kind = "gradient-flow" }'
MOMENTUM = '{ kind = "momentum", lambda = "1/3" }'
DECAY = '{ kind = "weight-decay", rate = "1/3" }'
MIRROR = f'{{ kind = "mirror", potential = "{ENTROPY}" }}'


def factors(m, c, r, dynamics):
    ones = {
        name: [str(k + 1) for k in range(size)] for name, size in (("u", m * r), ("v", c * r), ("row", m * c))
    }
    return FACTORS.format(m=m, c=c, r=r, dynamics=dynamics, **ones)


@pytest.fixture
def run(write_claims):
    def run(statement, problem, **options):
        file = write_claims(f"schema = 1\n[claim]\n{statement}\n{problem}")
        (verdict,) = verify(file, digits=15, **options).verdicts
        return verdict if options.get("mutants", True) else verdict.instances[0]

    return run


COUNTS = [
    (2, 1, 2, FLOW, 3),
    (2, 2, 1, FLOW, 1),
    (2, 1, 2, MOMENTUM, 1),
    (2, 1, 3, MOMENTUM, 3),
    (1, 1, 2, MOMENTUM, 2),
    (2, 1, 2, DECAY, 3),
    (2, 1, 2, MIRROR, 2),
    (2, 2, 2, MIRROR, 2),
]
"""Marcotte, Gribonval, Peyre: r (r + 1)/2, with momentum r (r - 1)/2, with the entropy r; (1, 1) is special."""


@pytest.mark.parametrize(("m", "c", "r", "dynamics", "number"), COUNTS)
def test_counts(run, m, c, r, dynamics, number):
    verdict = run(f"laws = '{number}'", factors(m, c, r, dynamics))
    assert verdict.status is Status.VERIFIED and verdict.evidence is Evidence.EXACT
    for wrong in (number - 1, number + 1):
        if wrong >= 0:
            refuted = run(f"laws = '{wrong}'", factors(m, c, r, dynamics), mutants=False)
            assert refuted.status is Status.REFUTED
            assert f"{number} found, at most {number}" in refuted.detail


def test_a_degree_that_is_too_low_decides_nothing_but_what_is_too_many(run):
    """Of u v w the laws have degree 2: with linear functions none is found, while brackets leave room for two."""
    problem = """
[[claim.problems]]
network = { kind = "polynomial", parameters = ["u", "v", "w"], beta = ["u*v*w"] }
data = { X = [["1"]], y = ["1"] }
init = { scale = "1", v = [["1"], ["2"], ["3"]] }
"""
    assert run("laws = '2'", problem, mutants=False).status is Status.VERIFIED
    low = run("laws = '2'\ndegree = 1", problem, mutants=False)
    assert low.status is Status.INCONCLUSIVE and "higher degree" in low.detail
    assert run("laws = '3'\ndegree = 1", problem, mutants=False).status is Status.REFUTED


def test_letters_of_sizes_in_hypotheses(run):
    statement = "hypotheses = ['r <= m + c']\nlaws = '3'"
    assert run(statement, factors(2, 1, 2, FLOW), mutants=False).status is Status.VERIFIED
    verdict = run(statement, factors(1, 1, 3, FLOW), mutants=False)
    assert verdict.status is Status.HYPOTHESIS_VIOLATED
    assert run("hypotheses = ['d = m + c']\nlaws = '3'", factors(2, 1, 2, FLOW), mutants=False).status is (
        Status.HYPOTHESIS_VIOLATED
    )


def test_gradient_descent_is_no_flow(run):
    verdict = run(
        "laws = '3'", factors(2, 1, 2, '{ kind = "gradient-descent", step = "1/9" }'), mutants=False
    )
    assert verdict.status is Status.HYPOTHESIS_VIOLATED
    assert "no flow" in verdict.detail


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("laws = 3", "expected a formula as text"),
        ("laws = '3'\ndegree = 0", "expected a whole number from 1 to 6"),
        ("laws = 'beta[1]'", "beta has no place"),
    ],
)
def test_bad_ones_get_one_line(tmp_path, statement, words):
    file = tmp_path / "bad.toml"
    file.write_text(f"schema = 1\n[claim]\n{statement}\n{factors(2, 1, 2, FLOW)}")
    with pytest.raises(InputError, match=words):
        load_file(str(file))


@pytest.mark.parametrize("number", ["1/2", "1 - d"])
def test_numbers_that_are_none(run, number):
    verdict = run(f"laws = '{number}'", factors(2, 1, 2, FLOW), mutants=False)
    assert verdict.status is Status.HYPOTHESIS_VIOLATED and "whole number" in verdict.detail
