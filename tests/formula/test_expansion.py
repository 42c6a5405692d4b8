"""Formulas written out: against the same sums in Python, and refusals with a position."""

from fractions import Fraction

import pytest

from litproof import example_problem
from litproof.algebra.balls import ball
from litproof.errors import InputError
from litproof.formula.evaluate import evaluate
from litproof.formula.expansion import expand
from litproof.formula.jets import NotDefined
from litproof.formula.setting import CONDITION, Point, Setting
from litproof.language.statements import parse_definition, parse_statement
from litproof.language.tree import to_text
from litproof.networks.polynomial import PolynomialNetwork
from litproof.precision import ball_precision
from litproof.problem import Problem

DIAGONAL = example_problem("regression")
MATRICES = Problem(
    PolynomialNetwork.of(["W[2,3]", "u[3]"], ["W*u"], 2),
    "regression",
    X=[[1, 2]],
    y=[1],
    scale="1/2",
    v=[[1, 2, 3, 4, 5, 6], [1, 0, 2]],
)


def definitions(**texts):
    known = {}
    for head, text in texts.items():
        head = {"f": "f(x)", "h": "h(z)", "z": "z[j]", "g": "g(x)"}.get(head, head)
        definition = parse_definition(head, text, known, f"let.{head}")
        known[definition.name] = definition
    return known


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("dot(v[1], v[2])", "v[1,1]*v[2,1] + v[1,2]*v[2,2]"),
        ("sum(k, k = 1..depth, k != 2, v[k,1]^2)", "v[1,1]^2"),
        ("sum(k = d..1, beta[k])", "0"),
        ("prod(k = d..1, beta[k])", "1"),
        ("norm(X*beta - y)", "sqrt((X[1,1]*beta[1] + X[1,2]*beta[2] - y[1])^2)"),
        ("v0[1,2]*beta[d]", "1/2*beta[2]"),
        ("if(n = 1, beta0[1], 7)", "start[1]"),
        ("max(k, beta[k])", "max(beta[1], beta[2])"),
        ("f(beta[1]) + z[2]", "alpha*beta[1] + alpha*(2*beta[2])"),
        ("norm(z, 1)", "abs(alpha*(2*beta[1])) + abs(alpha*(2*beta[2]))"),
    ],
)
def test_written_out(text, written):
    known = definitions(f="alpha*x", z="f(2*beta[j])")
    assert to_text(expand(parse_statement(text, definitions=known), DIAGONAL, known)) == written


def test_matrices_of_a_network_by_their_own_names():
    tree = parse_statement("dot(vec, W*u) - W0[2,3]", definitions=definitions(vec="y[1]*X[1]"))
    known = definitions(vec="y[1]*X[1]")
    with ball_precision(100):
        layers = [[Fraction(k, 3) for k in range(1, 7)], [Fraction(1), Fraction(-2), Fraction(1, 2)]]
        from litproof.claims.formulas.moments import ALONG, AtMoment
        from litproof.claims.formulas.path_points import exact_moment

        there = AtMoment(Setting(MATRICES, ALONG), exact_moment(MATRICES, Fraction(1), layers))
        value = evaluate(expand(tree, MATRICES, known), there).ball
    W, u = layers
    product = [sum(W[3 * i + k] * u[k] for k in range(3)) for i in range(2)]
    assert value.contains(ball(1 * product[0] + 2 * product[1] - 3))


@pytest.mark.parametrize(
    ("problem", "text", "message"),
    [
        (DIAGONAL, "beta[3]", "position 1: beta has indices from 1 to 2 here, got 3"),
        (DIAGONAL, "1 + u[1]", "position 5: unknown name 'u': a diagonal network has the layers v[l,j]"),
        (MATRICES, "v[1,1]", "position 1: unknown name 'v': the parameters are W[2,3], u[3]"),
        (MATRICES, "W[3,1]", "position 1: W has indices from 1 to 2 here, got 3"),
        (MATRICES, "W*W", "position 2: sizes do not fit: a 2 x 3 matrix times a 2 x 3 matrix"),
        (MATRICES, "W + u", "position 3: expected terms of equal shape"),
        (MATRICES, "W", "position 1: expected a number, got a 2 x 3 matrix"),
        (DIAGONAL, "sum(k, 3)", "position 1: the index 'k' indexes nothing here"),
        (DIAGONAL, "sum(k, beta[k]*y[k])", "runs over entries of different numbers: 1 and 2"),
        (DIAGONAL, "dot(beta, y)", "position 1: dot takes two vectors of equal length"),
        (DIAGONAL, "beta[1/2]", "position 7: expected a whole number as an index"),
        (DIAGONAL, "step*2", "position 1: step: the problem has no dynamics with it"),
        (DIAGONAL, "sum(k = 1..9999, sum(l = 1..9999, k*l))", "has more than 200000 operations"),
    ],
)
def test_refusals_with_the_position(problem, text, message):
    with pytest.raises(InputError) as error:
        expand(parse_statement(text), problem, {})
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("x", ["3/10", "-7", "1e-20", "1e6"])
@pytest.mark.parametrize(("name", "ends"), [("h", ", -1, 1"), ("f", ""), ("f", ", -1000, 1000")])
def test_an_inverse_undoes_its_function_with_its_slope(x, name, ends):
    known = definitions(h="(1 - z)^(-3) - (1 + z)^(-3)", f="x^3 + x")
    with ball_precision(200):
        here = Point(Setting(DIAGONAL, CONDITION), "beta", (ball(Fraction(x)), ball(Fraction(1))))

        def jet(text):
            return evaluate(expand(parse_statement(text, definitions=known), DIAGONAL, known), here)

        there = jet(f"{name}(inverse({name}, beta[1]{ends}))")
        assert abs(there.ball - ball(Fraction(x))) < ball(Fraction(1, 10**40)) * (1 + abs(ball(Fraction(x))))
        assert abs(there.gradient[0] - 1) < 1e-30
        assert abs(there.hessian.get((0, 0), ball(0))) < 1e-10


@pytest.mark.parametrize("text", ["inverse(g, beta[1])", "inverse(g, beta[2], 1, 2)"])
def test_what_has_no_inverse_is_not_defined(text):
    known = definitions(g="x^2")
    with ball_precision(100):
        here = Point(Setting(DIAGONAL), "beta", (ball(Fraction(1)), ball(Fraction(-2))))
        with pytest.raises(NotDefined):
            evaluate(expand(parse_statement(text, definitions=known), DIAGONAL, known), here)


@pytest.mark.parametrize(("a", "b"), [(1, 2), (2, 1), (-3, -1)])
def test_the_largest_has_the_slope_of_the_larger(a, b):
    with ball_precision(100):
        here = Point(Setting(DIAGONAL), "beta", (ball(a), ball(b)))
        jet = evaluate(expand(parse_statement("max(beta[1], beta[2])"), DIAGONAL, {}), here)
        assert jet.ball == max(a, b) and set(jet.gradient) == {int(b > a)}
