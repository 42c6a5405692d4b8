"""Claims in TOML with a network of any size, problems beside the statement, relations and hypotheses left out."""

from fractions import Fraction

import pytest

from litproof.claims.catalogue import catalogue, claim_of, load_file
from litproof.claims.claim import REGISTRY
from litproof.claims.drawing.aim import instances_of
from litproof.claims.formulas.claimed_network import read_claimed_network
from litproof.claims.formulas.start_relations import relation
from litproof.claims.judge import hypotheses_of
from litproof.claims.types import Answer, Status
from litproof.claims.verification import verify
from litproof.errors import InputError
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.problem_file.values import Node

SQUARES = """
schema = 1
[claim]
id = "test/{id}"
{statement}
hypotheses = [{hypotheses}]
{more}
[claim.network]
parameters = ["u[d]", "v[d]"]
beta = ["u[j]^2 - v[j]^2"]
[[claim.problems]]
name = "line"
data = {{ X = [["1", "2", "-1/2"]], y = ["1"] }}
init = {{ scale = "1/2", v = [["1", "1", "1"], ["1", "1", "1"]] }}
"""
ENTROPY = 'minimises = "sum(hypentropy(beta[j], 2*alpha^2))"'
WITHOUT = """
[[claim.without]]
hypothesis = "u = v"
data = { X = [["1", "2", "-1/2"]], y = ["1"] }
init = { scale = "1/2", v = [["1", "1", "1"], ["1", "1/2", "1"]] }
"""


@pytest.fixture
def write(tmp_path):
    catalogue()
    before = set(REGISTRY)

    def write(id="a", statement=ENTROPY, hypotheses='"u = v"', more="", after=""):
        path = tmp_path / f"{id}.toml"
        text = SQUARES.format(id=id, statement=statement, hypotheses=hypotheses, more=more)
        path.write_text(text + after, "utf-8")
        return str(path)

    yield write
    for id in set(REGISTRY) - before:
        del REGISTRY[id]


def test_a_claim_with_its_problems_in_one_file(write):
    (verdict,) = verify(write(after=WITHOUT), digits=15).verdicts
    assert verdict.status is Status.VERIFIED and str(verdict.evidence) == "certified"
    names = {mutant.name: mutant.outcome for mutant in verdict.instances[0].mutants}
    assert names["without the hypothesis: at the start u = v"] == "rejected"


def test_a_problem_that_meets_the_hypothesis_it_is_said_to_violate_is_an_error(write):
    (verdict,) = verify(write(after=WITHOUT.replace('"1/2", "1"]', '"1", "1"]')), digits=15).verdicts
    outcomes = {mutant.name: mutant for mutant in verdict.instances[0].mutants}
    wrong = outcomes["without the hypothesis: at the start u = v"]
    assert wrong.outcome == "error" and "does not violate" in wrong.detail


def test_drawn_problems_meet_the_hypotheses_and_are_reproducible(write):
    load_file(write("drawn", hypotheses='"u = v", "u > 0"', more="draw = 3"))
    claim = claim_of("test/drawn")
    first, second = instances_of(claim, 1), instances_of(claim, 2)
    assert len(first) == 4 and first == instances_of(claim, 1) and first[1:] != second[1:]
    for instance in first:
        assert hypotheses_of(claim, instance.problem).answer is Answer.HOLDS
    assert [instance.seed for instance in first] == [None, 1, 1, 1]


def test_redrawn_problems_are_like_those_of_the_file(write):
    load_file(write("redrawn", hypotheses='"u = v", "u > 0"', more="redraw = 2"))
    claim = claim_of("test/redrawn")
    first, second = claim.instances(1), claim.instances(2)
    assert [i.label for i in first] == ["line", "like line, 1, seed 1", "like line, 2, seed 1"]
    assert first == claim.instances(1) and first[1].problem != second[1].problem
    for instance in first:
        assert hypotheses_of(claim, instance.problem).answer is Answer.HOLDS
        assert instance.problem.network == first[0].problem.network
        assert instance.problem != first[0].problem or instance is first[0]


def test_no_problem_like_those_of_the_file_is_one_clear_error(write):
    load_file(write("none", hypotheses='"u = v", "u != v"', more="redraw = 1"))
    message = (
        "no problem like 'line' that was drawn meets the hypotheses, .* most often not met: at the start u "
    )
    with pytest.raises(InputError, match=message):
        claim_of("test/none").instances(0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hypotheses": '"u = w"'}, "unknown name 'w'"),
        ({"hypotheses": '"u = v = 1"'}, "expected one of =, !=, <, <=, >, >=, got 2"),
        ({"hypotheses": '"two-layer"'}, "expected one of 'squared-loss'"),
        ({"more": "draw = -1"}, "claim.draw: expected a whole number from 0 to 1000"),
        ({"more": "redraw = -1"}, "claim.redraw: expected a whole number from 0 to 1000"),
        ({"more": "draw = true"}, "claim.draw: expected a whole number"),
        ({"after": '\n[[claim.problems]]\nname = "line"\n' + WITHOUT.split('"u = v"\n')[1]}, "'line' twice"),
        ({"after": WITHOUT.replace("u = v", "v = u")}, "expected the hypothesis that is left out, one of"),
        ({"after": WITHOUT.replace('X = [["1",', 'X = [["x",')}, "claim.without[1].data.X"),
        (
            {"after": WITHOUT.replace("[[claim.without]]\n", "[[claim.without]]\nname = 3\n")},
            "a name as text",
        ),
        ({"after": WITHOUT.replace("init", "inti")}, "unknown key 'inti'"),
    ],
)
def test_what_is_wrong_is_one_clear_error(write, change, message):
    with pytest.raises(InputError) as error:
        load_file(write(**change))
    assert message in str(error.value) and str(error.value).count("\n") == 0


def test_a_relation_needs_a_network(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text('schema = 1\n[claim]\nlimit = "start[j]"\nhypotheses = ["u = v"]\n')
    with pytest.raises(InputError, match="which is missing"):
        load_file(str(path))


def network(parameters, *beta):
    return read_claimed_network(Node({"parameters": parameters, "beta": list(beta)}, "claim.network", "f"))


SQUARE = network(["u[d]", "v[d]"], "u[j]^2 - v[j]^2")
WIDE = network(["W[d,k]", "w[k]"], "W*w")


@pytest.mark.parametrize(
    ("claimed", "problem", "fits"),
    [
        (SQUARE, PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"], 3), True),
        (SQUARE, PolynomialNetwork.of(["a[2]", "b[2]"], ["(a[j] + b[j])*(a[j] - b[j])"], 2), True),
        (SQUARE, PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^2 - 2*v[j]^2"], 2), False),
        (SQUARE, PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]*v[j]"], 2), False),
        (SQUARE, PolynomialNetwork.of(["u[2]"], ["u[j]^2"], 2), False),
        (SQUARE, PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^2 - v[j]^2 + 1"], 2), False),
        (network(["u[d]", "v[d]"], "u[j]*v[j]"), Diagonal(2, 4), True),
        (SQUARE, Diagonal(2, 4), False),
        (WIDE, FullyConnected(3, (2,)), True),
        (WIDE, FullyConnected(3, (2, 2)), False),
        (WIDE, PolynomialNetwork.of(["W[3,2]", "w[2]"], ["W*w"], 3), True),
        (network(["W[d,d]", "w[d]"], "W*w"), FullyConnected(3, (2,)), False),
        (network(["W[d,d]", "w[d]"], "W*w"), FullyConnected(3, (3,)), True),
    ],
)
def test_which_networks_are_the_claimed_one(claimed, problem, fits):
    assert (claimed.instance_like(problem) is not None) is fits


def problem(*layers, claimed=SQUARE, scale=1):
    own = claimed.of_size({"d": len(layers[-1])})
    ones = tuple(range(1, len(layers[-1]) + 1))
    return Problem(own, "regression", [ones], [1], scale, layers)


@pytest.mark.parametrize(
    ("text", "layers", "holds"),
    [
        ("u = v", ((1, 2), (1, 2)), True),
        ("u = v", ((1, 2), (1, 3)), False),
        ("u > 0", ((1, 2), (1, 3)), True),
        ("u > 0", ((1, 0), (1, 3)), False),
        ("0 <= u", ((1, 0), (1, 3)), True),
        ("u != v", ((1, 2), (2, 3)), True),
        ("u != v", ((1, 2), (2, 2)), False),
        ("dot(u, v) = 8", ((1, 2), (2, 3)), True),
        ("u[1]^2 + v[2] >= 10 - 6", ((1, 2), (2, 3)), True),
        ("X*u = 5", ((1, 2), (2, 3)), True),
        ("X*u < y", ((1, 2), (2, 3)), False),
    ],
)
def test_relations_at_the_start(text, layers, holds):
    answer = relation(text, SQUARE, "k", "f").check(problem(*layers)).answer
    assert answer is Answer.of(holds)


def test_relations_see_the_scaled_start_and_other_names():
    half = problem((1, 1), (1, 1), scale=Fraction(1, 2))
    assert relation("u = alpha", SQUARE, "k", "f").check(half).answer is Answer.HOLDS
    assert relation("u = 1", SQUARE, "k", "f").check(half).answer is Answer.VIOLATED
    matrices = network(["W[d,d]", "w[d]"], "W*w")
    turned = problem((3, 4, 4, -3), (1, 1), claimed=matrices, scale=Fraction(1, 5))
    law = relation("W*transpose(W) = transpose(W)*W", matrices, "k", "f")
    assert law.check(turned).answer is Answer.HOLDS


def test_a_relation_about_another_network_is_violated():
    other = Problem(Diagonal(1, 2), "regression", [[1, 2]], [1], 1, [[1, 1]])
    check = relation("u = v", SQUARE, "k", "f").check(other)
    assert check.answer is Answer.VIOLATED and "the network is not" in check.detail


@pytest.mark.parametrize("power", [1, 2, 3, 7])
def test_a_letter_as_an_exponent_is_read_off(power):
    claimed = read_claimed_network(
        Node({"parameters": ["u[d]", "v[d]"], "beta": ["u[j]^D - v[j]^D"]}, "claim.network", "")
    )
    other = PolynomialNetwork.of(["u[2]", "v[2]"], [f"u[j]^{power} - v[j]^{power}"], 2)
    assert claimed.power == "D" and claimed.instance_like(other) == other
    for wrong in (
        f"u[j]^{power} - v[j]^{power + 1}",
        f"u[j]^{power} + v[j]^{power}",
        f"2*u[j]^{power} - v[j]^{power}",
    ):
        assert claimed.instance_like(PolynomialNetwork.of(["u[2]", "v[2]"], [wrong], 2)) is None
    with pytest.raises(InputError, match="the exponent 'D' is not known here"):
        claimed.of_size({"d": 2})


POWERS = """
schema = 1
[claim]
id = "test/{id}"
equation = "{equation}"
times = [1]
[claim.network]
parameters = {parameters}
beta = {beta}
[[claim.problems]]
network = {{ kind = "polynomial", parameters = {parameters}, beta = {beta} }}
data = {{ X = [["1", "2"]], y = ["2"] }}
init = {{ scale = "1/2", v = [["1", "3/2"], ["1", "1"]] }}
"""


@pytest.mark.parametrize(
    ("beta", "equation", "status"),
    [
        # Euler: theta grad beta = degree beta, so |theta|^2 falls at 2 degree sum_j gradient_j beta_j
        ('["u[j]^3 - v[j]^3"]', "rate(dot(theta, theta)) = -2*degree*dot(gradient, beta)", Status.VERIFIED),
        ('["u[j]*v[j]"]', "rate(dot(theta, theta)) = -2*degree*dot(gradient, beta)", Status.VERIFIED),
        ('["u[j]*v[j]"]', "rate(dot(theta, theta)) = -3*degree*dot(gradient, beta)", Status.REFUTED),
        ('["u[j]^3 - v[j]"]', "beta[1] = degree", Status.HYPOTHESIS_VIOLATED),
    ],
)
def test_the_degree_of_homogeneity(tmp_path, beta, equation, status):
    catalogue()
    before = set(REGISTRY)
    path = tmp_path / "degree.toml"
    path.write_text(
        POWERS.format(id="degree", parameters='["u[2]", "v[2]"]', beta=beta, equation=equation), "utf-8"
    )
    try:
        (verdict,) = verify(str(path), digits=12, mutants=False).verdicts
    finally:
        for id in set(REGISTRY) - before:
            del REGISTRY[id]
    (result,) = verdict.instances
    assert result.status is status, result.detail
