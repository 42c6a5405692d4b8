"""Integrals of functions of [let]: against closed forms, with their derivatives, and what is refused."""

from fractions import Fraction

import pytest

from litproof import example_problem
from litproof.algebra.balls import ball
from litproof.formula.evaluate import evaluate
from litproof.formula.expansion import expand
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, Setting
from litproof.language.statements import parse_definition, parse_statement
from litproof.precision import ball_precision


def value(body, ends, coordinates=()):
    definitions = {"f": parse_definition("f(x)", body, {}, "let")}
    problem = example_problem("regression")
    tree = expand(parse_statement(f"quad(f, {ends})", definitions=definitions), problem, definitions)
    return evaluate(tree, Point(Setting(problem), "beta", tuple(map(ball, coordinates))))


@pytest.mark.parametrize(
    ("body", "ends", "wanted"),
    [
        ("x^2", "0, 3", lambda: ball(Fraction(9))),
        ("1/x", "1, 2", lambda: ball(Fraction(2)).log()),
        ("x^(-3/2)", "1, 4", lambda: ball(Fraction(1))),
        ("1/(1 + x^2)", "0, 1", lambda: ball(Fraction(1)).atan()),
        ("1/sqrt(1 + x^2)", "-1, 1", lambda: 2 * ball(Fraction(1)).asinh()),
        ("atan(x) + asinh(x)", "-2, 2", lambda: ball(Fraction(0))),
        ("log(x)*exp(-x) - exp(-x)/x", "1, 3", lambda: -(ball(Fraction(-3)).exp()) * ball(Fraction(3)).log()),
        ("y[1]*cos(x)", "0, 1", lambda: ball(Fraction(1)).sin() * ball(example_problem("regression").y[0])),
    ],
)
def test_closed_forms_are_enclosed(body, ends, wanted):
    with ball_precision(200):
        found = value(body, ends).ball
        assert found.overlaps(wanted()) and found.rad() < ball(Fraction(1, 10**40))
        low, high = ends.split(",")
        assert value(body, f"{high}, {low}").ball.overlaps(-wanted())


def test_the_derivatives_by_an_end_are_those_of_the_function():
    with ball_precision(200):
        jet = value("exp(x)", "0, 2*beta[1]", (Fraction(1, 3), Fraction(1)))
        slope = 2 * ball(Fraction(2, 3)).exp()
        assert jet.gradient[0].overlaps(slope) and jet.hessian[0, 0].overlaps(2 * slope)
        back = value("exp(x)", "2*beta[1], 0", (Fraction(1, 3), Fraction(1)))
        assert back.gradient[0].overlaps(-slope)


def test_further_arguments_are_constants_of_the_function():
    definitions = {"f": parse_definition("f(x, p, q)", "p*x + q", {}, "let")}
    problem = example_problem("regression")
    tree = expand(
        parse_statement("quad(f, 0, 2, 3, beta[1]^0)", definitions=definitions), problem, definitions
    )
    with ball_precision(100):
        found = evaluate(tree, Point(Setting(problem), "beta", (ball(2), ball(1)))).ball
        assert found.overlaps(ball(Fraction(8)))


@pytest.mark.parametrize(
    ("body", "ends", "reason"),
    [
        ("1/x", "-1, 1", "not finite"),
        ("sqrt(x)", "-1, 1", "may be negative|negative number|not defined|root"),
        ("abs(x)", "-1, 1", "abs of the variable"),
        ("beta[1]*x", "0, 1", "constants only"),
    ],
)
def test_what_has_no_enclosure_is_refused(body, ends, reason):
    with ball_precision(100), pytest.raises(NotDefined, match=reason):
        value(body, ends, (Fraction(1), Fraction(1)))


def test_an_integral_of_the_data_is_computed_once_for_a_claim_and_its_variants(monkeypatch):
    from litproof.formula import evaluate as module

    counted = []
    integral = module.integral

    def count(*arguments):
        counted.append(arguments)
        return integral(*arguments)

    monkeypatch.setattr(module, "integral", count)
    definitions = {"f": parse_definition("f(x)", "exp(x)*y[1]^7", {}, "let")}
    problem = example_problem("regression")
    tree = expand(parse_statement("quad(f, 0, 17/19)", definitions=definitions), problem, definitions)
    meaning = Point(Setting(problem), "beta", ())
    with ball_precision(219):
        values = [evaluate(tree, meaning, key=key).ball for key in ("claim.minimises", "claim.mutants[1]")]
    assert len(counted) == 1 and values[0].overlaps(values[1])
    with ball_precision(230):
        assert evaluate(tree, meaning).ball.overlaps(values[0]) and len(counted) == 2
