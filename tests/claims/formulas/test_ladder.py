"""With how many digits the flow far beyond a ladder is followed."""

from fractions import Fraction

import pytest

from litproof import example_problem
from litproof.claims.formulas.ladder import MOST_DIGITS, Asymptotic, Sample, _digits_beyond
from litproof.claims.formulas.path_points import Moment
from litproof.language.statements import parse_statement
from litproof.language.tree import Number
from litproof.precision import ball_precision

PROBLEM = example_problem("regression")


def samples(power):
    """beta_1 = u^power on u = 4^-k."""
    return [
        Sample(u, PROBLEM, Moment(None, PROBLEM.v0, Fraction(0), (u**power, Fraction(1)), (Fraction(0),) * 2))
        for u in (Fraction(1, 4**k) for k in range(9))
    ]


@pytest.mark.parametrize(("power", "few"), [(0, 18), (1, 33), (2, 47), (40, MOST_DIGITS)])
def test_an_order_needs_the_digits_by_which_the_quantity_is_smaller(power, few):
    """At u = 4^-24 it is smaller by 24 log10(4) = 14.4 digits for each power."""
    order = Asymptotic(parse_statement("beta[1]"), "alpha -> 0", order=Number(Fraction(power)))
    with ball_precision(300):
        tried = _digits_beyond(order, samples(power))
    assert tried[0] == few and list(tried) == sorted(set(tried)) and tried[-1] == MOST_DIGITS


def test_a_limit_is_compared_to_few_digits():
    limit = Asymptotic(parse_statement("beta[1]"), "alpha -> 0", tends_to=Number(Fraction(0)))
    assert _digits_beyond(limit, samples(3))[0] == 18
