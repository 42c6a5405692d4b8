from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from litproof.algebra.balls import ball
from litproof.algebra.linear import minimum_norm
from litproof.algebra.linear_programme import minimise
from litproof.formula.curvature import Curvature, curvature
from litproof.formula.minimality import minimality
from litproof.formula.mutants import formula_mutants
from litproof.formula.sameness import same_function
from litproof.formula.setting import Point, Setting
from litproof.formula.stationarity import Shape
from litproof.formula.stationary_point import stationary_point
from litproof.language.grammar import parse
from litproof.language.tree import to_text
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.precision import ball_precision
from litproof.problem import Problem
from litproof.results import Measurement
from litproof.theorems.shared.instances import diagonal_from_zero

Q = "sum((alpha*etabar[j])^2*H(depth, rho[j]/(alpha*abs(etabar[j]))^depth))"
DATA = diagonal_from_zero(2, "1 2 -1 1/2; 0 1 1 2", "1 2", 1, "1 1/2 3/4 1")


def at(text, values, basis="beta", problem=DATA):
    limit = Measurement(tuple(map(Fraction, values)), (), Fraction(1, 10**60), Fraction(0), {}, 40, "given")
    stationarity = stationary_point(parse(text), Setting(problem), limit, 30)
    with ball_precision(200):
        point = Point(Setting(problem), basis, tuple(map(ball, values)))
        return stationarity, minimality(parse(text), point, stationarity.shape)


def test_minimum_norm_is_stationary_for_l2_and_for_nothing_else():
    values = minimum_norm(DATA.X, DATA.y)
    stationarity, minimum = at("sum(beta[j]^2)", values)
    assert (
        stationarity.answer is True
        and "2 conditions" in stationarity.reason
        and stationarity.shape is Shape.MINIMUM
    )
    assert minimum.answer is True
    assert at("sqrt(sum(beta[j]^2))", values)[1].answer is True
    for text in (
        "sum(abs(beta[j])^3)",
        "sum(cosh(beta[j]))",
        "sum(hypentropy(beta[j], 1))",
        "sum(etabar[j]*beta[j]^2)",
    ):
        assert at(text, values)[0].answer is False


def test_maximum_is_stationary_but_no_minimum():
    stationarity, minimum = at("-sum(beta[j]^2)", minimum_norm(DATA.X, DATA.y))
    assert stationarity.answer is True and stationarity.shape is Shape.SADDLE and minimum.answer is False


def test_sparse_solution_is_a_minimum_of_l1_through_its_kinks():
    rows = [[*row, *(-entry for entry in row)] for row in DATA.X]
    solution = minimise(rows, DATA.y, [Fraction(1)] * 8).x
    values = [a - b for a, b in zip(solution[:4], solution[4:], strict=True)]
    assert sum(value == 0 for value in values) == 2
    stationarity, minimum = at("sum(abs(beta[j]))", values)
    assert stationarity.answer is True and "2 inequalities" in stationarity.reason and minimum.answer is True
    other = [Fraction(1), Fraction(0), Fraction(0), Fraction(1)]
    assert at("sum(abs(beta[j]))", other)[0].answer is False
    assert at("sum(abs(beta[j])/etabar[j]^8)", values)[0].answer is False


def test_below_one_every_sparse_point_is_stationary():
    values = [Fraction(1), Fraction(0), Fraction(0), Fraction(1)]
    stationarity, minimum = at("sum(abs(beta[j])^(1/2))", values)
    assert stationarity.answer is True and minimum.answer is None


@pytest.mark.parametrize("seed", range(4))
def test_sparse_solutions_of_random_data(seed):
    rng = Random(seed)
    X = tuple(tuple(Fraction(rng.randint(-9, 9), 4) for _ in range(5)) for _ in range(2))
    problem = replace(
        diagonal_from_zero(2, "1 0 0 0 0; 0 1 0 0 0", "1 2", 1, "1 1 1 1 1"),
        X=X,
        y=(Fraction(3, 2), Fraction(-1)),
    )
    solution = minimise([[*row, *(-entry for entry in row)] for row in X], problem.y, [Fraction(1)] * 10).x
    values = [a - b for a, b in zip(solution[:5], solution[5:], strict=True)]
    assert at("sum(abs(beta[j]))", values, problem=problem)[0].answer is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Q, Curvature.CONVEX),
        ("sum(abs(beta[j])^(3/2))", Curvature.CONVEX),
        ("(sum(abs(beta[j])))^2", Curvature.CONVEX),
        ("sum(exp(2*beta[j] - 1))", Curvature.CONVEX),
        ("-sum(log(beta[j]))", Curvature.CONVEX),
        ("sum(alpha*beta[j]) - 3", Curvature.AFFINE),
        ("-sum(abs(beta[j]))", Curvature.CONCAVE),
        ("sum(abs(beta[j])^(2/3))", Curvature.UNKNOWN),
        ("sum(beta[j]^3)", Curvature.UNKNOWN),
        ("beta[1]*beta[2]", Curvature.UNKNOWN),
        ("sum(beta[j]^2) - sum(abs(beta[j]))", Curvature.UNKNOWN),
        ("sum(sin(beta[j]))", Curvature.UNKNOWN),
        ("sum((beta[j]^2 - 1)^2)", Curvature.UNKNOWN),
        ("exp(-sum(beta[j]^2))", Curvature.UNKNOWN),
    ],
)
def test_rules_of_convexity(text, expected):
    with ball_precision(80):
        assert curvature(parse(text), Point(Setting(DATA), "beta", (ball(1),) * 4)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "sum(beta[j]^2 + cos(20*beta[j]))",
        "sum(beta[j]^2) - exp(sum(beta[j]) - 10^4)",  # convex near the limit, unbounded below far away
        "sum(hypentropy(beta[j], 1) - exp(beta[j] - 10^4))",
        "sum(beta[j]^2) - sum(beta[j]^2)^2/10^20",
        "exp(-sum(beta[j]^2))",
    ],
)
def test_convexity_near_the_point_is_no_global_minimum(text):
    with ball_precision(100):
        point = Point(Setting(DATA), "beta", tuple(map(ball, minimum_norm(DATA.X, DATA.y))))
        minimum = minimality(parse(text), point, Shape.MINIMUM)
    assert minimum.answer is None and "not decided" in minimum.reason


@pytest.mark.parametrize(
    "outer",
    ["{}", "10^60*({})", "({})/10^60", "3 + {}", "{} - 10^9", "-(-({}))", "5 - (-2)*({})", "sqrt(1 + {})",
     "log(1 + {})", "exp({})", "7*sqrt({}/3) - 1", "({})^(1/3)", "-(2 - {})/5"],
)  # fmt: skip
def test_constants_and_increasing_functions_around_a_convex_one_change_nothing(outer):
    with ball_precision(100):
        point = Point(Setting(DATA), "beta", tuple(map(ball, minimum_norm(DATA.X, DATA.y))))
        assert minimality(parse(outer.format("sum(beta[j]^2)")), point, Shape.MINIMUM).answer is True
        assert minimality(parse(f"-({outer.format('sum(beta[j]^2)')})"), point, Shape.FLAT).answer is None


def test_same_functions():
    setting = Setting(DATA)
    same = [
        ("sum(beta[j]^2)", "sqrt(3*sum(rho[j]^2))"),
        ("sum(abs(beta[j]))", "(sum(abs(beta[j])))^2"),
        ("sum(H(2, beta[j]))", "sum(hypentropy(beta[j], 1/2))"),
    ]
    assert all(same_function(parse(a), parse(b), setting) for a, b in same)
    assert not same_function(parse("sum(beta[j]^2)"), parse("sum(etabar[j]*beta[j]^2)"), setting)
    assert same_function(parse("sum(beta[j]^2)"), parse("-sum(beta[j]^2)"), setting)
    assert not same_function(parse("sum(beta[j]^2)"), parse("-sum(beta[j]^2)"), setting, oriented=True)


def test_mutants_differ_from_the_formula_and_from_one_another():
    tree = parse(Q)
    texts = [to_text(variant) for _, variant in formula_mutants(tree, condition=True)]
    assert len(texts) >= 7 and len(set(texts)) == len(texts) and to_text(tree) not in texts


class TestSchatten:
    sensor = tuple(map(Fraction, ("2", "1", "0", "1", "3", "1/2", "0", "1/2", "1")))
    problem = Problem(
        MatrixSensing(2, 3),
        "regression",
        (sensor,),
        (Fraction(2),),
        Fraction(1, 2),
        ((Fraction(0),) * 9,) * 2,
    )

    def test_frobenius_norm(self):
        values = minimum_norm(self.problem.X, self.problem.y)
        assert at("schatten(2)", values, problem=self.problem)[0].answer is True
        assert at("schatten(3)", values, problem=self.problem)[0].answer is False

    @pytest.mark.parametrize("p", ["1", "3/2", "4"])
    def test_gradient_against_differences(self, p):
        from litproof.formula.evaluate import evaluate

        matrix = [Fraction(3 * i * i - 7 * i + 2, 5) + (i == 4) for i in range(9)]
        with ball_precision(200):
            setting, tree, step = Setting(self.problem), parse(f"schatten({p})"), Fraction(1, 10**15)
            jet = evaluate(tree, Point(setting, "beta", tuple(map(ball, matrix))))
            for z in range(9):
                moved = [entry + step * (i == z) for i, entry in enumerate(matrix)]
                value = evaluate(tree, Point(setting, "beta", tuple(map(ball, moved)))).ball
                assert abs((value - jet.ball) / ball(step) - jet.gradient[z]) < 1e-10

    def test_error_of_the_matrix_is_carried(self):
        from flint import arb

        from litproof.formula.evaluate import evaluate

        matrix = [Fraction(3 * i * i - 7 * i + 2, 5) + (i == 4) for i in range(9)]
        rng = Random(5)
        with ball_precision(200):
            setting, tree = Setting(self.problem), parse("schatten(1)")
            wide = tuple(ball(entry) + arb(0, "1e-8") for entry in matrix)
            enclosure = evaluate(tree, Point(setting, "beta", wide))
            for _ in range(10):
                moved = tuple(ball(entry + Fraction(rng.randint(-99, 99), 10**10)) for entry in matrix)
                there = evaluate(tree, Point(setting, "beta", moved))
                assert all(enclosure.gradient[z].contains(there.gradient[z].mid()) for z in range(9))
