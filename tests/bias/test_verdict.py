"""`litproof bias` on networks with a known answer."""

import json
import tomllib
from fractions import Fraction
from random import Random

import pytest
from click.testing import CliRunner

from litproof.bias.closure import closure
from litproof.bias.margins import absorbed, additions
from litproof.bias.pairs import Tried, compare, measured_limit, transforms
from litproof.bias.search import simplest_excluded
from litproof.bias.verdict import judge
from litproof.certify.certificates.format import to_json
from litproof.certify.checker import check, parse
from litproof.cli import program
from litproof.errors import Inconclusive, InputError
from litproof.integrate.classification.follow import follow_direction
from litproof.networks import Convolutional, Diagonal, FullyConnected, MatrixSensing
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping, write_problem
from litproof.results import Evidence

F = Fraction
X = ((1, 2, "-1/2"), ("1/2", -1, 3))
Y = (1, "7/10")
WIDE = (("1/2", "1/5", "-1/10", "1/4", "1/3", "-1/2"), ("3/10", "1/10"))


def regression(network, v, inputs=X, targets=Y, scale=1):
    return Problem(network, "regression", inputs, targets, scale, v)


def polynomial(parameters, beta, d=3):
    return PolynomialNetwork.of(parameters, beta, d)


WITHOUT = {
    "full convolution": regression(Convolutional((3, 3)), (("1/2", "1/5", "-1/10"), (0, 0, 0))),
    "short filter": regression(Convolutional((2, 3)), (("1/2", "1/5"), (0, 0, 0))),
    "four inputs, filter of three": regression(
        Convolutional((3, 4)), ((1, "1/2", "-1/4"), (0, "1/3", 0, 1)), ((1, 2, -1, 0), (0, 1, 1, 3)), (1, 2)
    ),
    "width two": regression(FullyConnected(3, (2,)), WIDE),
    "width two, last layer zero": regression(FullyConnected(3, (2,)), (WIDE[0], (0, 0))),
    "one point of a full convolution": regression(
        Convolutional((3, 3)), (("1/2", "1/5", "-1/10"), (0, 0, 0)), X[:1], Y[:1]
    ),
    "width two as formulas": regression(polynomial(["W[3,2]", "b[2]"], ["W*b"]), WIDE),
    "sensors that do not commute": regression(
        MatrixSensing(2, 2), ((1, 0, 0, 1), (0, 0, 0, 0)), ((1, 1, 1, -1), (0, 1, 1, 2)), (1, 2), "1/2"
    ),
    "a neuron that has to turn": regression(
        polynomial(["a", "w[3]"], ["a*w[j]"]), (("1/2",), ("3/10", "1/7", -1))
    ),
}
FOUR = ((1, -1, 2, "1/2"), (0, 1, 1, -2))
WITHOUT["a CP tensor of rank two"] = regression(
    polynomial(
        ["a[4]", "b[4]", "e[4]"],
        ["a[1]*b[1]*e[1] + a[3]*b[3]*e[3]", "a[1]*b[1]*e[2] + a[3]*b[3]*e[4]",
         "a[1]*b[2]*e[1] + a[3]*b[4]*e[3]", "a[2]*b[1]*e[1] + a[4]*b[3]*e[3]"],
        4,
    ),
    ((1, "1/2", "1/3", 1), ("1/2", 1, 1, "1/4"), (1, "1/3", "1/2", 1)),
    FOUR,
)  # fmt: skip
WITHOUT["a neuron beside a diagonal entry"] = regression(
    polynomial(["a", "w[2]", "u", "v"], ["a*w[1]", "a*w[2]", "u*v"]), ((1,), ("1/2", "1/3"), (1,), ("1/2",))
)

WITH = {
    "diagonal, three layers": (regression(Diagonal(3, 3), ((1, 1, 1), (1, 1, 1), (0, 0, 0))), "H_3"),
    "diagonal, two layers": (regression(Diagonal(2, 3), ((1, "1/2", 2), (0, 0, 0))), "hyperbolic entropy"),
    "tied layers": (
        regression(Diagonal(2, 3), ((1, "1/2", 1),) * 2, ((1, 2, "1/2"), ("1/2", 1, 3)), scale="1/2"),
        "entropy of tied layers",
    ),
    "u^2 - v^2": (regression(polynomial(["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"]), ((1, 1, 2),) * 2), "hyperbolic"),
    "u^3 - v^3": (regression(polynomial(["u[3]", "v[3]"], ["u[j]^3 - v[j]^3"]), ((1, 1, 2),) * 2), "tied"),
    "width one": (regression(FullyConnected(3, (1,)), (WIDE[0][:3], ("3/10",))), "another time"),
    "width one, three layers": (
        regression(FullyConnected(3, (1, 1)), (WIDE[0][:3], (2,), ("3/10",))),
        "another time",
    ),
    "a neuron": (
        regression(polynomial(["a", "w[3]"], ["a*w[j]"]), (("1/2",), ("3/10", "1/7", "1/5"))),
        "another time",
    ),
    "isotropic start": (
        regression(FullyConnected(3, (3,)), ((1, 0, 0, 0, 1, 0, 0, 0, 1), (0, 0, 0)), scale="1/2"),
        "l2 norm",
    ),
    "wide isotropic start, three layers": (
        regression(
            FullyConnected(3, (4, 4)),
            (
                ("3/5", "4/5", 0, 0, "-4/5", "3/5", 0, 0, 0, 0, 0, 1),
                (0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1),
                (0,) * 4,
            ),
        ),
        "l2 norm",
    ),
    "one layer": (regression(Diagonal(1, 3), ((1, 2, "1/3"),)), "l2 distance from the start"),
    "sensors that commute": (
        regression(
            MatrixSensing(2, 2), ((1, 0, 0, 1), (0, 0, 0, 0)), ((2, 1, 1, 2),), (1,), "1/2"
        ),
        "hyperbolic",
    ),
    "commuting, of no known form": (
        regression(
            polynomial(
                ["u[3]", "v[3]"],
                ["u[1]^2*v[1] + u[1]", "u[2]^3 + v[2]*u[2]", "u[3]*v[3] + u[3]^2*v[3]^3"],
            ),
            (("1/2",) * 3, ("1/2", 1, "1/3")),
        ),
        "commuting",
    ),
}  # fmt: skip

START = ((1, "1/2", "1/4", "1/5"), (0, "1/3", 0, "1/2"))
WITH["a product of quaternions"] = (
    regression(
        polynomial(
            ["a[4]", "b[4]"],
            ["a[1]*b[1]-a[2]*b[2]-a[3]*b[3]-a[4]*b[4]", "a[1]*b[2]+a[2]*b[1]+a[3]*b[4]-a[4]*b[3]",
             "a[1]*b[3]-a[2]*b[4]+a[3]*b[1]+a[4]*b[2]", "a[1]*b[4]+a[2]*b[3]-a[3]*b[2]+a[4]*b[1]"],
            4,
        ),
        START,
        FOUR,
    ),
    "another time",
)  # fmt: skip
WITH["a convolution over two times two elements"] = (
    regression(
        polynomial(
            ["a[4]", "b[4]"],
            ["a[1]*b[1]+a[2]*b[2]+a[3]*b[3]+a[4]*b[4]", "a[1]*b[2]+a[2]*b[1]+a[3]*b[4]+a[4]*b[3]",
             "a[1]*b[3]+a[3]*b[1]+a[2]*b[4]+a[4]*b[2]", "a[1]*b[4]+a[4]*b[1]+a[2]*b[3]+a[3]*b[2]"],
            4,
        ),
        (START[0], (0, 0, 0, 0)),
        FOUR,
    ),
    "hyperbolic",
)  # fmt: skip
WITH["a norm beside fourth powers"] = (
    regression(
        polynomial(["u[4]"], ["dot(u, u)", "u[1]^4", "u[2]^4", "u[3]^4"], 4),
        ((1, "1/2", "1/3", "3/2"),),
        ((1, 1, 0, 0), (0, 1, 2, -1)),
        (2, "1/4"),
    ),
    "another time",
)


@pytest.mark.parametrize("name", WITHOUT)
def test_no_regulariser_is_proved_and_checked_again(name):
    verdict = judge(WITHOUT[name])
    assert (verdict.answer, verdict.evidence) == ("excluded", Evidence.CERTIFIED)
    pair = verdict.pair
    assert pair.first.network == pair.second.network == WITHOUT[name].network
    assert pair.first.v0 == pair.second.v0 == WITHOUT[name].v0
    assert pair.gap > 0 and verdict.regulariser is None
    assert "unique minimiser" in check(parse(to_json(pair.certificate)))


@pytest.mark.parametrize("name", WITH)
def test_the_regulariser_is_named(name):
    own, reason = WITH[name]
    verdict = judge(own)
    assert (verdict.answer, verdict.evidence) == ("potential", Evidence.EXACT)
    assert reason in verdict.regulariser.name and verdict.pair is None
    if len(own.y) > 1:
        assert any(line.startswith("tested by a pair") for line in verdict.rests_on)


@pytest.mark.parametrize("name", ["diagonal, two layers", "u^3 - v^3", "isotropic start", "width one"])
def test_pairs_find_nothing_where_there_is_a_regulariser(name):
    tried = Tried()
    for T in transforms(2, 5, Random(3)):
        assert compare(WITH[name][0], T, measured_limit(WITH[name][0]), tried) is None
    assert (tried.pairs, tried.largest, tried.unproved) == (5, 0.0, "")


def test_the_count_alone_does_not_decide():
    """Isotropic layers have more brackets than coefficients, and yet an l2 norm; dimensions by hand."""
    isotropic = closure(WITH["isotropic start"][0])
    assert (isotropic.lie_dimension, isotropic.reachable, isotropic.closed) == (6, 3, False)
    convolution = closure(WITHOUT["full convolution"])
    assert (convolution.lie_dimension, convolution.closed, convolution.warped) == (4, None, False)
    assert closure(WITHOUT["width two"]).closed is closure(WITHOUT["width two"]).warped is False
    neuron = closure(WITH["a neuron"][0])
    assert (neuron.lie_dimension, neuron.closed, neuron.warped) == (3, True, True)


def test_coordinates_that_close_without_a_mirror_flow():
    """As many parameters as coefficients: beta moves by itself; H still need not be a Hessian."""
    problem = regression(polynomial(["a", "b", "e"], ["a", "b*(1 + a^2)", "e + a*b"]), ((1,), (1,), (1,)))
    flow_closure = closure(problem)
    assert flow_closure.closed
    assert flow_closure.warped is False
    assert judge(problem).answer == "excluded"


def test_a_layer_that_is_no_isometry_has_no_l2_norm():
    stretched = regression(FullyConnected(3, (3,)), ((1, 0, 0, 0, 2, 0, 0, 0, 1), (0, 0, 0)), scale="1/2")
    assert judge(stretched).answer == "excluded"


def test_dependent_rows_and_weights():
    """A point that stands twice, and weights, are pairs of the plain problem themselves."""
    problem = WITHOUT["width two"]
    twice = Problem(
        problem.network, "regression", (*problem.X, problem.X[0]), (*problem.y, problem.y[0]), 1, problem.v
    )
    heavy = Problem(problem.network, "regression", problem.X, problem.y, 1, problem.v, weights=(1, 3))
    for other in (twice, heavy):
        verdict = judge(other)
        assert verdict.answer == "excluded" and "problem's own" in verdict.rests_on[1]
        check(parse(to_json(verdict.pair.certificate)))
    diagonal = WITH["diagonal, two layers"][0]
    again = Problem(diagonal.network, "regression", diagonal.X, diagonal.y, 1, diagonal.v, weights=(1, 3))
    assert judge(again).answer == "potential"


@pytest.mark.parametrize("copies", [1, 2])
def test_several_outputs(copies):
    """Two outputs of width two: the pair is two problem files again, also where a point stands twice."""
    start = [["1/2", "1/5", "-1/10", "1/4", "1/3", "-1/2"], ["3/10", "1/10", "0", "1"]]
    network = {"kind": "polynomial", "parameters": ["A[3,2]", "B[2,2]"], "beta": ["A*B"]}
    text = {
        "schema": 1,
        "network": {**network, "input-dim": 3, "outputs": 2},
        "task": {"kind": "regression"},
        "data": {
            "X": [["1", "2", "-1/2"]] * copies + [["1/2", "-1", "3"]],
            "y": [["1", "0"]] * copies + [["7/10", "1"]],
        },
        "init": {"scale": "1", "v": start},
    }
    verdict = judge(problem_from_mapping(text))
    assert verdict.answer == "excluded"
    for problem in (verdict.pair.first, verdict.pair.second):
        again = problem_from_mapping(tomllib.loads(write_problem(problem)))
        assert (again.X, again.y, again.v0) == (problem.X, problem.y, problem.v0)


def test_a_flow_at_rest_is_inconclusive():
    with pytest.raises(Inconclusive):
        judge(regression(FullyConnected(3, (2,)), ((0,) * 6, (0, 0))))


MARGINS = {
    "l1 norm of the components": (Diagonal(2, 3), ((1, "3/2", "1/2"), (0, 0, 0))),
    "l2 norm": (FullyConnected(3, (2,)), ((1, "1/2", 0, 1, "1/3", "-1/2"), (1, "1/2"))),
}


@pytest.mark.parametrize("name", MARGINS)
def test_directions_of_classification(name):
    network, start = MARGINS[name]
    problem = Problem(network, "classification", ((1, 2, "1/2"), ("-3/2", "1/2", -1)), (1, -1), 1, start)
    verdict = judge(problem)
    assert (verdict.answer, verdict.regulariser.name) == ("potential", name)
    assert "tested by 3 pairs" in verdict.rests_on[1]


def test_a_repeated_point_moves_the_direction():
    """Three layers, two points that pull at two components: which of the two wins depends on how often each stands."""
    rows = ((1, "9/10"), ("4/5", 1))
    start = (("11/10", 1), ("11/10", 1), (0, 0))
    problem = Problem(Diagonal(3, 2), "classification", rows, (1, 1), "1/2", start)
    again = Problem(Diagonal(3, 2), "classification", (*rows, rows[1]), (1, 1, 1), "1/2", start)
    ends = [[round(float(x), 3) for x in follow_direction(member, 4).value] for member in (problem, again)]
    assert ends == [[1, 0], [0, 1]]


def test_additions_keep_the_polyhedron():
    """Every row of T X is one of the rows, or is implied by them: a combination with weights of sum 1 or more."""
    problem = Problem(
        Diagonal(3, 2), "classification", ((1, 2), (2, 1), (1, 1)), (1, -1, 1), 1, ((1, 1),) * 3
    )
    plain = absorbed(problem)
    assert plain.y == (1, 1, 1) and plain.X[1] == (-2, -1)
    for T in additions(plain):
        assert [list(row) for row in T[:3]] == [[int(i == j) for j in range(3)] for i in range(3)]
        assert all(entry >= 0 for row in T for entry in row) and all(sum(row) >= 1 for row in T)


def test_the_search_finds_small_integers():
    problem = WITHOUT["width two"]
    pair = simplest_excluded(problem)
    assert pair.network == problem.network and pair.scale == 1
    assert all(x.denominator == 1 and abs(x) <= 2 for row in (*pair.X, *pair.v, pair.y) for x in row)
    assert judge(pair).answer == "excluded"
    with pytest.raises(InputError, match="leave a choice"):
        simplest_excluded(regression(Diagonal(2, 2), ((1, 1), (0, 0)), ((1, 2),), (1,)))


def run(folder, problem, *arguments):
    (folder / "p.toml").write_text(write_problem(problem), "utf-8")
    return CliRunner().invoke(program, ["bias", str(folder / "p.toml"), *arguments], standalone_mode=False)


def test_the_command(tmp_path):
    file = tmp_path / "pair.json"
    done = run(tmp_path, WITHOUT["width two"], "--json", "-", "--certificate", str(file))
    assert done.return_value == 0, done.output
    content = json.loads(done.stdout)
    assert (content["verdict"], content["evidence"], content["potential"]) == ("excluded", "certified", None)
    first, second = map(problem_from_mapping, content["pair"])
    assert first.v0 == second.v0 and first.X != second.X
    assert float(content["gap"]) > 1e-3 and content["lie_dimension"] == 5
    assert "unique minimiser" in check(parse(file.read_text("utf-8")))
    done = run(tmp_path, WITH["isotropic start"][0])
    assert done.return_value == 0
    assert "verdict: potential (exact)" in done.stdout and "beta[1]^2 + beta[2]^2" in done.stdout
    assert run(tmp_path, WITH["isotropic start"][0], "--certificate", str(file)).return_value == 3
