"""Rules of convexity: what they call convex has no negative second derivative; known entropies are decided."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from litproof import example_problem
from litproof.algebra.balls import ball
from litproof.formula.curvature import Curvature, curvature
from litproof.formula.evaluate import evaluate
from litproof.formula.expansion import expand
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, Setting
from litproof.language.statements import parse_statement
from litproof.precision import ball_precision

PROBLEM = replace(
    example_problem("regression"), v=((Fraction(1), Fraction(1)), (Fraction(1, 3), Fraction(1, 2)))
)
CONVEX = [
    "sum(beta[j]*log(beta[j]/start[j]) - beta[j])",
    "sum(alpha^2*(2 - sqrt(4 + (beta[j]/alpha^2)^2) + beta[j]/alpha^2*asinh(beta[j]/alpha^2/2)))",
    "beta[1] - sum(beta[j]^(2/3))",
    "sum(start[j]^(-1/3)*beta[j] - 3/2*beta[j]^(2/3))",
    "sqrt(beta[1]^2 + beta[2]^2) + sqrt(2*(beta[1] - beta[2])^2 + 1)",
    "beta[1]*asinh(beta[1]) - 2*sqrt(1 + beta[1]^2)",
    "-2*(sqrt(1 + beta[1]^2) - beta[1]*asinh(beta[1]))",
    "-(3*beta[1])*log(-2*(-1)*beta[1])*(-1)",
    "max(beta[1], beta[2]^2, 3)",
    "sum(beta[j]^(-1/2))",
    "norm(beta)*3 + norm(beta, 1)",
    "beta[1]^(3/2) - min(beta[1], 2)",
]
NOT_CONVEX = [
    "sum(beta[j]^(2/3))",
    "-beta[1]*log(beta[1])",
    "beta[1]*log(beta[2])",
    "beta[1]*asinh(beta[1]) - 3*sqrt(1 + beta[1]^2)",
    "beta[1]*asinh(beta[1]) - sqrt(1/9 + beta[1]^2) - sqrt(1/9 + beta[1]^2)",
    "beta[1]^2*beta[2]^2",
    "sqrt(beta[1]^2 - beta[2]^2)",
    "min(beta[1], beta[2])",
    "max(beta[1], -beta[2]^2)",
    "sqrt(1 + beta[1]^2) - beta[1]*asinh(beta[1])",
    "beta[1]^3",
]


def at(point, text):
    return expand(parse_statement(text), PROBLEM, {}), Point(Setting(PROBLEM), "beta", point)


@pytest.mark.parametrize("text", CONVEX)
def test_known_entropies_and_norms_are_convex(text):
    rng = Random(0)
    tested = 0
    with ball_precision(200):
        tree, here = at((ball(1), ball(2)), text)
        assert curvature(tree, here) is Curvature.CONVEX
        for _ in range(40):
            point = tuple(ball(Fraction(rng.randint(-300, 300), 100)) for _ in range(2))
            try:
                jet = evaluate(tree, Point(Setting(PROBLEM), "beta", point))
            except NotDefined:
                continue
            tested += 1
            a, b, c = (jet.hessian.get(key, ball(0)) for key in ((0, 0), (0, 1), (1, 1)))
            assert not a < 0 and not c < 0 and not a * c - b * b < -ball(Fraction(1, 10**30))
    assert tested >= 4


@pytest.mark.parametrize("text", NOT_CONVEX)
def test_what_is_not_convex_is_never_called_so(text):
    with ball_precision(200):
        assert curvature(*at((ball(1), ball(2)), text)) is not Curvature.CONVEX
