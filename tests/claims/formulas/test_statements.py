"""Statements about paths and directions: true ones hold, false and empty ones do not, bad ones get one line."""

import json

import pytest

from litproof.claims.catalogue import load_file
from litproof.claims.types import Status
from litproof.claims.verification import verify
from litproof.errors import InputError

SQUARES = """
[claim.network]
parameters = ["u[d]", "v[d]"]
beta = ["u[j]^2 - v[j]^2"]
[[claim.problems]]
data = { X = [["1", "2", "-1/2"], ["0", "1", "1"]], y = ["1", "1/3"] }
init = { scale = "1/3", v = [["1", "2", "1"], ["1", "2", "1"]] }
"""
LINE = """
[[claim.problems]]
network = { kind = "diagonal", depth = 1 }
data = { X = [["1", "2"]], y = ["1"] }
init = { scale = "1", v = [["1/2", "0"]] }
"""
# the direction of largest margin is (2, 1), with margin 5 at both points
SEPARABLE = """
[[claim.problems]]
network = { kind = "diagonal", depth = 1 }
task = { kind = "classification" }
data = { X = [["1", "3"], ["2", "1"]], y = ["1", "1"] }
init = { scale = "1", v = [["1/2", "0"]] }
"""

ONE_POINT = SEPARABLE.replace('["1", "3"], ["2", "1"]', '["1", "3"]').replace('["1", "1"]', '["1"]')
WHOLE = LINE.replace('[["1", "2"]]', '[["1", "2"], ["0", "1"]]').replace('y = ["1"]', 'y = ["1", "2"]')


@pytest.fixture
def run(write_claims):
    def run(statements, problem=SQUARES, let="", digits=15, **options):
        file = write_claims(f"schema = 1\n[let]\n{let}\n[claim]\n{statements}\n{problem}")
        return verify(file, digits=digits, **options).verdicts

    return run


@pytest.mark.parametrize(
    ("statement", "problem", "let", "evidence"),
    [
        ("rowspan = 'asinh(beta[j]/(2*u0[j]^2))'", SQUARES, "", "certified"),
        ("rowspan = 'asinh(beta[j]/(2*u0[j]^2))'\ntimes = [1]", SQUARES, "", "certified"),
        ("equation = 'u[j]*v[j] = u0[j]^2'\ntimes = ['1/3', 2]", SQUARES, "", "exact"),
        (
            "equation = 'rate(loss) = -4*sum(gradient[j]^2*(u[j]^2 + v[j]^2))'\ntimes = [1]",
            SQUARES,
            "",
            "exact",
        ),
        (
            "equation = 'asinh(beta[j]/w[j]) = -4*integral(gradient[j])'\ntimes = [1, 'limit']",
            SQUARES,
            '"w[j]" = "2*u0[j]^2"',
            "agreed",
        ),
        (
            "path = 'beta0[j] + X[1,j]*(y[1] - 1/2)/5*(1 - exp(-5*t))'\ntimes = [1, '1/9']",
            LINE,
            "",
            "certified",
        ),
        ("path = {'loss' = '(1 - 1/2)^2/2*exp(-10*t)'}\ntimes = [1]", LINE, "", "certified"),
        ("holds = 'loss <= exp(-4*t)'\ntimes = [1, 2]", LINE, "", "certified"),
        ("holds = 'loss <= (1 - 1/2)^2/2*exp(-9*t)'\nuntil = 2", LINE, "", "certified"),
        ("nonincreasing = 'loss'\nuntil = 1", SQUARES, "", "certified"),
        ("equation = 'at(t, loss = exp(-3)*(1 - 1/2)^2/2) = 3/10'", LINE, "", "certified"),
        ("rowspan = 'at(asinh(beta[j]/(2*u0[j]^2)), loss = 1/9)'", SQUARES, "", "certified"),
        ("holds = 'at(loss, beta[1] = 11/20) <= at(loss, t = 0.01)'", LINE, "", "certified"),
        ("equation = 'at(rate(loss), t = 1/3) = -10*exp(-10/3)/8'", LINE, "", "certified"),
        (
            "equation = 'at(t, beta[1] = 11/20) = quad(pace, 1/2, 11/20)'",
            LINE,
            '"pace(x)" = "1/(1/2 - 5*(x - 1/2))"',
            "certified",
        ),
        ("nondecreasing = 'norm(theta)'\nuntil = '1/2'", LINE, "", "certified"),
        ("direction = 'if(j = 1, 2, 1)'", SEPARABLE, "", "agreed"),
        ("minimises = 'norm(beta)'", ONE_POINT, "", "agreed"),
        ("equation = 'gradient[j] = -beta[j]'", SEPARABLE, "", "agreed"),
        ("equation = 'norm(beta)*norm(gradient)*norm(v[1]) = -dot(beta, gradient)'", SEPARABLE, "", "agreed"),
        ("equation = 'rate(v[l,j]) = v[l,j]'", SEPARABLE, "", "agreed"),
        ("equation = 'loss = 0'", SEPARABLE, "", "agreed"),
    ],
)
def test_true_statements_hold_and_their_variants_do_not(run, statement, problem, let, evidence):
    (verdict,) = run(statement, problem, let)
    assert verdict.status is Status.VERIFIED, verdict.details
    assert str(verdict.evidence) == evidence and verdict.rejected >= 1
    outcomes = {mutant.outcome for result in verdict.instances for mutant in result.mutants}
    assert "error" not in outcomes


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("rowspan = 'beta[j] - beta0[j]'", SQUARES),
        ("rowspan = 'asinh(beta[j]/(2*u0[1]^2))'\ntimes = [1]", SQUARES),
        ("equation = 'u[j]*v[j] = u0[1]^2'\ntimes = [1]", SQUARES),
        ("path = 'beta0[j]'\ntimes = [1]", LINE),
        ("equation = 'at(t, loss = exp(-3)*(1 - 1/2)^2/2) = 3/10 + 1e-12'", LINE),
        ("rowspan = 'at(beta[j] - beta0[j], loss = 1/9)'", SQUARES),
        ("holds = 'at(loss, beta[1] = 11/20) >= at(loss, t = 0.01)'", LINE),
        ("path = 'beta0[j] + X[1,j]*(y[1] - 1/2)/5*(1 - exp(-5*t)) + 1e-10'\ntimes = [1]", LINE),
        ("holds = 'loss >= exp(-4*t)'\ntimes = [1]", LINE),
        ("holds = 'loss <= (1 - 1/2)^2/2*exp(-10*t) - (t - 1)*(t - 2)/10^6'\nuntil = 3", LINE),
        ("nondecreasing = 'loss'\nuntil = 1", SQUARES),
        ("direction = '-X[2,j]'", SEPARABLE),
        ("equation = 'gradient[j] = beta[j]'", SEPARABLE),
        ("equation = 'loss = sum(i, exp(-margin[i]))'", SEPARABLE),
        ("equation = 'rate(v[l,j]) = -v[l,j]'", SEPARABLE),
        ("equation = 'rate(v[l,j]) = 2*v[l,j]'", SEPARABLE),
        ("direction = 'X[1,j]'", SEPARABLE),
        ("minimises = 'sum(abs(beta[j]))'", ONE_POINT),
        ("stationary = 'norm(beta, 4)'", ONE_POINT),
    ],
)
def test_false_statements_are_refuted(run, statement, problem):
    (verdict,) = run(statement, problem)
    assert verdict.status is Status.REFUTED, verdict.details


@pytest.mark.parametrize(
    ("statement", "problem", "reason"),
    [
        ("equation = 'rate(loss) = rate(loss)'\ntimes = [1]", SQUARES, "says nothing about the flow"),
        ("equation = 'beta[j] = u[j]^2 - v[j]^2'\ntimes = [1]", SQUARES, "says nothing about the flow"),
        ("holds = 'loss >= 0'\ntimes = [1]", SQUARES, "says nothing about the flow"),
        ("rowspan = '2*sum(i, X[i,j])'\ntimes = [1]", SQUARES, "says nothing about the flow"),
        ("rowspan = 'X[1,j]'\ntimes = [1]", SQUARES, "says nothing about the flow"),
        (
            "equation = 'beta[j] = beta0[j]'\ntimes = [1]",
            LINE.replace('"1/2", "0"', '"1/5", "2/5"'),
            "the flow does not move",
        ),
        ("rowspan = 'beta[j]'", WHOLE, "nothing is tested"),
        ("nondecreasing = 't + 1'\nuntil = 1", SQUARES, "says nothing about the flow"),
        ("equation = 'at(loss, loss = 1/9) = 1/9'", SQUARES, "says nothing about the flow"),
        ("holds = 'at(t, beta[1] = 3/5) <= 9'", LINE, "are equal to all digits over a while"),
        ("holds = 'at(t, beta[1] = 7/10) <= 9'", LINE, "does not happen up to t ="),
        ("minimises = '0*beta[1]'", SEPARABLE, "says nothing"),
    ],
)
def test_what_is_true_but_empty_says_nothing(run, statement, problem, reason):
    (verdict,) = run(statement, problem)
    assert verdict.status in (Status.INCONCLUSIVE, Status.HYPOTHESIS_VIOLATED)
    assert reason in verdict.details["reason"]


def test_statements_are_reported_apart_with_what_each_time_rests_on(run):
    verdicts = run(
        "id = 'a/b'\n[[claim.statement]]\nequation = 'u[j]*v[j] = u0[j]^2'\ntimes = [1, 'limit']\n"
        "[[claim.statement]]\nname = 'wrong'\nexpected = 'refuted'\nrowspan = 'beta[j]'"
    )
    assert [verdict.claim for verdict in verdicts] == ["a/b/equation", "a/b/wrong"]
    (result,) = verdicts[0].instances
    parts = {part.label: part for part in result.parts}
    assert parts["t = 1, j = 2"].evidence == "certified" and parts["t = 1, j = 2"].digits == 15
    assert parts["in the limit, j = 1"].evidence == "certified"
    from litproof.claims.store import result_from_json, result_to_json

    assert result_from_json(json.loads(json.dumps(result_to_json(result)))).parts == result.parts


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "[claim]\npath = 'beta[1]'\ntimes = [1]",
            "claim.path: expected a formula in t, the data and the start",
        ),
        ("[claim]\npath = 't'", "claim: expected times = "),
        ("[claim]\nequation = 'beta[1]'", "claim.equation, position 8: expected '=' between two formulas"),
        ("[claim]\nequation = 't = 1'", "claim.equation: t has no value in the limit"),
        ("[claim]\nequation = 'beta[1] = 1'\ntimes = [0]", "claim.times: expected a time above 0"),
        (
            "[claim]\nequation = 'beta[1] = 1'\ntimes = ['-1']",
            "claim.times[1]: expected a time of at least 0",
        ),
        ("[claim]\nequation = 'beta[1] = 1'\nsteps = ['1/2']", "claim.steps[1]: expected a whole number"),
        ("[claim]\nholds = 'beta[1] = 1'\ntimes = [1]", "claim.holds, position 9: expected '<=' or '>='"),
        ("[let]\n'f(x)' = 'g(x)'\n[claim]\nlimit = 'f(1)'", "let.f(x), position 1: unknown function 'g'"),
        ("[let]\nf = 2\n[claim]\nlimit = 'start[j]*ff'", "claim.limit: expected"),
        ("[claim]\n[[statement]]\nlimit = '1'\ntimes = [1]", "statement[1]: unknown key 'times'"),
        ("[claim]\nnonincreasing = 'loss'", "expected until ="),
        ("[claim]\nequation = 'at(t, loss) = 1'", "position 11: expected an equation that says when"),
        ("[claim]\nequation = 'at(t, loss <= 1) = 1'", "position 12: expected an equation that says when"),
        (
            "[claim]\nequation = 'at(at(t, loss = 1), loss = 2) = 1'",
            "position 1: expected no at inside at(..)",
        ),
        ("[claim]\nequation = 'at(t, loss = 1) = t'", "t has no value in the limit"),
        ("[claim]\nholds = 'loss <= 1'", 'expected times = ["1/2", 2, ..] for holds'),
        (
            "[let]\n'f(x)' = 'x'\n[claim]\nequation = 'quad(f, 1) = 1'",
            "quad takes a function, the two ends",
        ),
        ("[claim]\nequation = 'quad(beta, 0, 1) = 1'", "expected a function of one argument from [let]"),
        ("[claim]\nholds = '1 <= loss'\nuntil = 0", "claim.until: expected a time above 0"),
        ("[claim]\nquantity = 'beta[1]'", 'claim: expected as = "alpha -> 0"'),
        ("[claim]\nquantity = 'beta[1]'\nas = 'alpha -> 1'\norder = '1'", "claim.as: expected 'alpha -> 0'"),
        (
            "[claim]\nquantity = 'beta[1]'\nas = 'alpha -> 0'\nminimises = 'norm(beta)'",
            "claim.quantity: expected the entries of a vector, with one free letter",
        ),
        (
            "[claim]\nquantity = 'beta[j]'\nas = 'alpha -> 0'\nminimises = 'norm(beta)'\nstationary = 'norm(beta)'",
            "expected minimises or stationary, got both",
        ),
        (
            "[claim]\nquantity = 'at(t, loss = 1)*beta[1]'\nas = 'alpha -> 0'\norder = '1'",
            "claim.quantity: expected a formula that speaks of the flow inside at(..) only",
        ),
        (
            "[claim]\nquantity = 'beta[1]'\nas = 'alpha -> 0'\norder = '1'\nmutants = ['2']",
            "claim.mutants[1]: expected a table with some of quantity, order",
        ),
        ("[claim]\ndirection = 'beta[j]'", "beta has no place in this kind of formula"),
        (
            "[claim]\nequation = 'integral(integral(t)) = 1'\ntimes = [1]",
            "position 1: expected no integral inside integral(..)",
        ),
    ],
)
def test_bad_statements_in_one_line(tmp_path, content, message):
    file = tmp_path / "c.toml"
    file.write_text(f"schema = 1\n{content}")
    if "ff" in content:
        load_file(str(file))  # a name that only a problem can explain
        return
    with pytest.raises(InputError) as error:
        load_file(str(file))
    assert message in str(error.value) and "\n" not in str(error.value)


SMALL = """
[[claim.problems]]
network = { kind = "diagonal", depth = 2 }
data = { X = [["1", "3"]], y = ["1"] }
init = { scale = "1/2", v = [["1", "1"], ["0", "0"]] }
"""


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("quantity = 'beta[1]'\nas = 'alpha -> 0'\norder = '4/3'", Status.VERIFIED),
        ("quantity = 'beta[1]'\nas = 'alpha -> 0'\norder = '13/10'", Status.REFUTED),
        ("quantity = 'beta[j]'\nas = 'alpha -> infinity'\ntends_to = 'X[1,j]/10'", Status.VERIFIED),
        ("quantity = 'beta[j]'\nas = 'alpha -> infinity'\ntends_to = 'X[1,j]/11'", Status.REFUTED),
        ("quantity = 'beta[1]/beta[1]'\nas = 'alpha -> 0'\ntends_to = '1'", Status.INCONCLUSIVE),
        (
            "quantity = 'beta[j]'\nas = 'alpha -> infinity'\nminimises = 'norm(beta)'\nerror_order = '-4'",
            Status.VERIFIED,
        ),
        ("quantity = 'beta[j]'\nas = 'alpha -> infinity'\nminimises = 'norm(beta, 1)'", Status.REFUTED),
        ("quantity = 'beta[j]'\nas = 'alpha -> infinity'\nerror_order = '-2'", Status.REFUTED),
        ("quantity = 'beta[j]'\nas = 'alpha -> 0'\nminimises = 'sum(abs(beta[j]))'", Status.VERIFIED),
        ("quantity = 'log(alpha)*beta[2]'\nas = 'alpha -> 0'\norder = '0'", Status.INCONCLUSIVE),
    ],
)
def test_orders_and_limits_of_limits(run, statement, status):
    (verdict,) = run(statement, SMALL)
    assert verdict.status is status, verdict.details
    if status is Status.VERIFIED:
        assert verdict.digits >= 6 and verdict.rejected >= 1
        assert all(part.evidence == "agreed" for result in verdict.instances for part in result.parts)
    if "log" in statement:
        assert "not resolved" in verdict.details["reason"] and "more digits" in verdict.details["reason"]


def test_extrapolation_knows_no_exponents():
    from fractions import Fraction

    from litproof.algebra.balls import ball
    from litproof.claims.formulas.extrapolation import neville, wynn
    from litproof.precision import ball_precision

    with ball_precision(400):
        sequence = [3 + ball(Fraction(2, 5)) ** k - ball(Fraction(1, 3)) ** k * 7 for k in range(9)]
        value, error = wynn(sequence)
        assert abs(value - 3) <= abs(error) + ball(Fraction(1, 10**60))
        steps = [Fraction(1, 3 + k * k) for k in range(8)]
        value, error = neville(steps, [1 + ball(u) - 5 * ball(u) ** 3 for u in steps])
        assert abs(value - 1) < ball(Fraction(1, 10**60))


MAP = "map = { 'v[1,j]' = 'u[j] + v[j]', 'v[2,j]' = 'u[j] - v[j]' }"
DIAGONAL = "network = { kind = 'diagonal', depth = 2 }"


@pytest.mark.parametrize(
    ("same", "status", "evidence"),
    [
        (f"{{ {DIAGONAL}, {MAP}, time = '2*t' }}", Status.VERIFIED, "exact"),
        (f"{{ {DIAGONAL}, {MAP} }}", Status.REFUTED, None),
        (
            f"{{ {DIAGONAL}, {MAP.replace('u[j] - v[j]', 'v[j] - u[j]')}, time = '2*t' }}",
            Status.REFUTED,
            None,
        ),
        (
            "{ network = { parameters = ['p[d]', 'q[d]'], beta = ['2*(p[j]^2 - q[j]^2)'] }, "
            "map = { 'p[j]' = 'u[j]/sqrt(2)', 'q[j]' = 'v[j]/sqrt(2)' }, time = 't/2' }",
            Status.VERIFIED,
            "agreed",
        ),
        (f"{{ {DIAGONAL}, map = {{ 'v[1,j]' = 'u[j]' }} }}", Status.HYPOTHESIS_VIOLATED, None),
        (f"{{ {DIAGONAL}, {MAP}, time = 't^2' }}", Status.HYPOTHESIS_VIOLATED, None),
    ],
)
def test_flows_that_are_one(run, same, status, evidence):
    (verdict,) = run(f"same_as = {same}")
    assert verdict.status is status, verdict.details
    if evidence:
        assert str(verdict.evidence) == evidence and verdict.rejected >= 3


MOMENTUM = """
[claim.network]
parameters = ["p[d]", "w[d]"]
beta = ["p[j]*w[j]"]
[claim.dynamics]
kind = "momentum"
lambda = "1/5"
[[claim.problems]]
data = { X = [["1", "2"]], y = ["1"] }
init = { scale = "1", v = [["1", "1/2"], ["1/3", "1/4"]] }
"""
DELTA = (
    '"delta[j]" = "p[j]^2 - w[j]^2"\n"log_rate[j]" = "rate(log(p[j] + w[j]))^2 + rate(log(p[j] - w[j]))^2"'
)


@pytest.mark.parametrize(("factor", "status"), [("mass", Status.VERIFIED), ("2*mass", Status.REFUTED)])
def test_momentum_knows_its_rates_and_integrals(run, factor, status):
    equation = (
        f"log(delta[j]/(p0[j]^2 - w0[j]^2)) + mass*rate(log(delta[j])) = -{factor}*integral(log_rate[j])"
    )
    (verdict,) = run(f"equation = '{equation}'\ntimes = ['1/2']", MOMENTUM, DELTA)
    assert verdict.status is status, verdict.details


def test_the_time_of_a_blow_up_is_said(run):
    problem = LINE.replace("depth = 1", "depth = 2").replace('[["1/2", "0"]]', '[["3", "0"], ["1", "0"]]')
    (verdict,) = run("task = { kind = 'regression', loss = 'r^2/2 - r^4' }\npath = 't'\ntimes = [5]", problem)
    assert verdict.status is Status.INCONCLUSIVE
    assert "blows up" in verdict.details["reason"] and "t = 0.00" in verdict.details["reason"]


def test_commuting_sensors_are_read_in_their_eigenvalues(run):
    problem = """
[[claim.problems]]
network = { kind = "matrix-sensing", depth = 2 }
data = { A = [[["1", "1/2"], ["1/2", "2"]]], y = ["2"] }
init = { scale = "1/3", v = [["1", "0", "0", "1"], ["1", "0", "0", "1"]] }
"""
    (verdict,) = run("rowspan = 'log(rho[j]/alpha^2)'", problem)
    assert verdict.status is Status.VERIFIED and str(verdict.evidence) == "certified"
    (verdict,) = run("rowspan = 'rho[j] - alpha^2'", problem)
    assert verdict.status is Status.REFUTED


NORMALISED = """
[[claim.problems]]
network = { kind = "formula", parameters = ["g", "w[2]"], beta = ["g*w[j]/sqrt(w[1]^2 + w[2]^2)"], input-dim = 2 }
data = { X = [["1", "2"]], y = ["1"] }
init = { scale = "1", v = [["1/2"], ["1", "1/3"]] }
"""


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("equation = 'norm(w) = norm(w0)'\ntimes = [1, 'limit']", Status.VERIFIED),
        (
            "equation = 'rate(loss) = -dot(gradient, beta)^2/g^2 - g^2*rate(w[1])^2/rate(g)'\ntimes = [1]",
            Status.REFUTED,
        ),
        ("equation = 'rate(g) = -dot(gradient, w)/norm(w)'\ntimes = [1]", Status.VERIFIED),
        ("rowspan = 'beta[j]/g'", Status.REFUTED),
    ],
)
def test_networks_with_functions_have_statements_too(run, statement, status):
    (verdict,) = run(statement, NORMALISED)
    assert verdict.status is status, verdict.details


def test_parameters_in_the_limit_are_enclosed(run):
    neuron = SQUARES.replace('["u[d]", "v[d]"]', '["a", "w[d]"]').replace("u[j]^2 - v[j]^2", "a*w[j]")
    neuron = neuron.replace('[["1", "2", "1"], ["1", "2", "1"]]', '[["2"], ["1", "2", "1"]]')
    (verdict,) = run("rowspan = 'w[j] - w0[j]'", neuron)
    assert verdict.status is Status.VERIFIED and str(verdict.evidence) == "certified"


@pytest.mark.parametrize(
    "statement",
    ['nondecreasing = "beta[1]"', 'holds = "rate(beta[1]) >= 0"', 'nondecreasing = "v[1,1]*v[2,1]^2"'],
)
def test_a_sign_of_a_rate_says_something(run, statement):
    """With all parameters positive, velocities of one sign pattern at all states would make it seem empty."""
    problem = """[[claim.problems]]
network = { kind = "diagonal", depth = 2 }
data = { X = [["1"]], y = ["3"] }
init = { scale = "1/10", v = [["1"], ["1"]] }
"""
    (verdict,) = run(f'id = "mine/mode"\n{statement}\nuntil = "3"', problem)
    assert (str(verdict.status), str(verdict.evidence)) == ("verified", "certified")


def test_a_ladder_begins_where_the_power_is_that_of_small_starts(run):
    """From 1500000 the limit does not depend on alpha down to 1/10, and falls like alpha^(4/3) below."""
    start = SMALL.replace('scale = "1/2"', 'scale = "1500000"')
    assert start != SMALL
    (verdict,) = run("quantity = 'beta[1]'\nas = 'alpha -> 0'\norder = '4/3'", start)
    assert verdict.status is Status.VERIFIED, verdict.details


def test_extrapolation_does_not_sum_what_diverges():
    from fractions import Fraction

    from litproof.algebra.balls import ball
    from litproof.claims.formulas.extrapolation import wynn

    growing = [ball(Fraction(4**k, 10**6)) for k in range(9)]
    _, error = wynn(growing)
    assert error > abs(growing[-1]) / 2
    estimate, error = wynn([1 / ball(Fraction(4**k)) for k in range(9)])
    assert abs(estimate) <= 20 * error and error < ball(Fraction(1, 10**6))
