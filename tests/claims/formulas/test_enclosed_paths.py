"""Statements about paths that rest on enclosures: every motion, integrals, sums over steps; and without them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.algebra.balls import ball
from litproof.certify.regression.along import enclose_path
from litproof.certify.regression.descent import enclose_steps
from litproof.claims.catalogue import catalogue
from litproof.claims.claim import REGISTRY
from litproof.claims.formulas import following, relations
from litproof.claims.formulas.judging import judge_moment
from litproof.claims.formulas.moments import ALONG
from litproof.claims.formulas.path_integrals import PathIntegrals
from litproof.claims.formulas.relations import parts_of
from litproof.claims.formulas.step_sums import StepSums
from litproof.claims.types import Status
from litproof.claims.verification import verify
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.formula.setting import Setting
from litproof.language.statements import parse_statement
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

LINEAR = """
[claim.network]
parameters = ["w[d]"]
beta = ["w[j]"]
[[claim.problems]]
data = { X = [["1", "2"]], y = ["1"] }
init = { scale = "1/2", v = [["1", "0"]] }
"""
SQUARES = """
[claim.network]
parameters = ["u[d]", "v[d]"]
beta = ["u[j]^2 - v[j]^2"]
[[claim.problems]]
data = { X = [["1", "2", "-1/2"], ["0", "1", "1"]], y = ["1", "1/3"] }
init = { scale = "1/3", v = [["1", "2", "1"], ["1", "2", "1"]] }
"""
POSITIVE = """
[claim.network]
parameters = ["w[d]"]
beta = ["w[j]"]
[[claim.problems]]
data = { X = [["1", "2"]], y = ["3"] }
init = { scale = "1/2", v = [["1", "2"]] }
"""


def dynamics(text):
    return f"[claim.dynamics]\n{text}\n"


def task(text):
    return f"[claim.task]\n{text}\n"


DECAY = dynamics("kind = 'weight-decay'\nrate = '1/3'\nuntil = '1/2'")
MOMENTUM = dynamics("kind = 'momentum'\nlambda = '1/10'")
DESCENT = dynamics("kind = 'gradient-descent'\nstep = '1/20'")
MIRROR = dynamics("kind = 'mirror'\npotential = 'sum(w[j]*log(w[j]))'")
BATCHES = dynamics("kind = 'gradient-descent'\nstep = '1/20'\norder = [[1], [2]]")
LOSS = task("kind = 'regression'\nloss = 'log-cosh'")
LOGISTIC = task("kind = 'classification'\nloss = 'logistic'")
SIGNS = SQUARES.replace('y = ["1", "1/3"]', 'y = ["1", "-1"]')

CASES = {
    "loss": (LOSS + SQUARES, "rowspan = 'asinh(beta[j]/(2*u0[j]^2))'\ntimes = [1, 'limit']"),
    "decay": (
        DECAY + SQUARES,
        "rowspan = 'asinh(beta[j]/(2*u0[j]^2*exp(-2*decay*min(t, until))))'\ntimes = ['1/4', 2]",
    ),
    "decay, limit": (DECAY + SQUARES, "rowspan = 'asinh(beta[j]/(2*u0[j]^2*exp(-2*decay*until)))'"),
    "classification": (LOGISTIC + SIGNS, "rowspan = 'asinh(beta[j]/(2*u0[j]^2))'\ntimes = [1, 9]"),
    "momentum": (
        MOMENTUM + LINEAR,
        "equation = 'w[j] + mass*rate(w[j]) = w0[j] - integral(gradient[j])'\ntimes = ['1/2', 2]",
    ),
    "mirror": (MIRROR + POSITIVE, "rowspan = 'log(w[j]/w0[j])'\ntimes = ['1/3', 1]"),
    "descent": (DESCENT + LINEAR, "rowspan = 'w[j] - w0[j]'\nsteps = [3, 40]"),
    "batches": (
        BATCHES + SQUARES,
        "equation = 'log(u[j]*v[j]/(u0[j]*v0[j])) = integral(log((1 - (2*step*X[1,j]*residual[1])^2)))'\nsteps = [1]",
    ),
    "integral": (
        SQUARES,
        "equation = 'asinh(beta[j]/(2*u0[j]^2)) = -4*integral(gradient[j])'\ntimes = ['1/3', 2]",
    ),
    "integral with rates": (
        LOSS + SQUARES,
        "equation = 'log(u[j]/v[j]) = integral(rate(log(u[j])) - rate(log(abs(v[j]))))'\ntimes = [1]",
    ),
    "energy": (
        LOSS + SQUARES,
        "equation = 'loss - (l0) = -integral(sum(k, rate(u[k])^2 + rate(v[k])^2))'\ntimes = [1]",
    ),
    "sum": (
        DESCENT + SQUARES,
        "equation = 'log(u[j]*v[j]/u0[j]^2) = integral(log(1 - (2*step*gradient[j])^2))'",
    ),
    "sum at steps": (
        DESCENT + SQUARES,
        "equation = 'log(u[j]*v[j]/u0[j]^2) = integral(log(1 - (2*step*gradient[j])^2))'\nsteps = [7, 30]",
    ),
}

IDENTITIES = {"momentum"}
"""True along every flow, not along this one alone."""

UNBOUNDED = {
    "the end of the motion (momentum)": (MOMENTUM + LINEAR, "limit = 'beta0[j] + X[1,j]*(y[1] - 1/2)/5'"),
    "mini-batches": (
        BATCHES + LINEAR.replace('[["1", "2"]], y = ["1"]', '[["1", "2"], ["0", "1"]], y = ["1", "1"]'),
        "limit = 'if(j = 1, -1, 1)'",
    ),
    "flat": (
        task("kind = 'regression'\nloss = 'power-4'") + SQUARES,
        "rowspan = 'asinh(beta[j]/(2*u0[j]^2))'",
    ),
}


@pytest.fixture
def run(write_claims):
    def run(case, change=lambda text: text, **options):
        problem, statement = {**CASES, **UNBOUNDED}[case]
        let = '[let]\nl0 = "log(cosh(beta0[1] + 2*beta0[2] - beta0[3]/2 - 1)) + log(cosh(beta0[2] + beta0[3] - 1/3))"\n'
        let = let if "l0" in statement else ""
        file = write_claims(f"schema = 1\n{let}[claim]\n{change(statement)}\n{problem}")
        (verdict,) = verify(file, digits=20, **options).verdicts
        return verdict

    return run


@pytest.mark.parametrize("case", CASES)
def test_true_statements_are_certified(run, case):
    verdict = run(case)
    assert verdict.status is Status.VERIFIED, verdict.details
    evidence = "exact" if case in IDENTITIES else "certified"
    assert str(verdict.evidence) == evidence
    assert all(part.evidence == evidence for result in verdict.instances for part in result.parts)


NEARLY = {
    "loss": ("2*u0[j]^2", "(2 + 1/10^12)*u0[j]^2"),
    "decay": ("2*u0[j]^2", "(2 + 1/10^12)*u0[j]^2"),
    "decay, limit": ("2*u0[j]^2", "(2 + 1/10^12)*u0[j]^2"),
    "classification": ("2*u0[j]^2", "(2 + 1/10^12)*u0[j]^2"),
    "momentum": ("mass*rate", "(1 + 1/10^12)*mass*rate"),
    "mirror": ("log(w[j]/w0[j])", "log(w[j]/w0[j]) + w[j]/10^12"),
    "integral": ("-4*", "-(4 + 1/10^12)*"),
    "integral with rates": ("integral(", "(1 + 1/10^12)*integral("),
    "energy": ("-integral(", "-(1 + 1/10^12)*integral("),
    "sum": ("2*step", "(2 + 1/10^12)*step"),
    "sum at steps": ("2*step", "(2 + 1/10^12)*step"),
    "batches": ("2*step", "(2 + 1/10^12)*step"),
}


@pytest.mark.parametrize("case", NEARLY)
def test_slightly_false_statements_are_refuted_by_proof(run, case):
    verdict = run(case, lambda text: text.replace(*NEARLY[case], 1))
    assert verdict.status is Status.REFUTED, verdict.details
    (result,) = verdict.instances
    assert str(result.evidence) == "certified"


@pytest.mark.parametrize("case", [case for case in CASES if case not in ("sum", "decay, limit")])
def test_without_the_enclosures_the_evidence_is_that_two_computations_agree(run, case, monkeypatch):
    for name in ("enclose_path", "enclose_steps"):
        monkeypatch.setattr(following, name, lambda *_, **__: None)
    verdict = run(case, lambda text: text.replace(", 'limit'", ""))
    assert verdict.status is Status.VERIFIED
    assert str(verdict.evidence) == "agreed"
    assert "no enclosure up to t = " in verdict.details["unproved"]


def test_an_integral_that_is_not_enclosed_leaves_the_statement_agreed(run, monkeypatch):
    monkeypatch.setattr(PathIntegrals, "up_to", lambda *_: None)
    verdict = run("integral")
    assert verdict.status is Status.VERIFIED and str(verdict.evidence) == "agreed"
    assert "no bounds of integral(" in verdict.details["unproved"]


@pytest.mark.parametrize("case", UNBOUNDED)
def test_limits_without_bounds_say_why(run, case):
    verdict = run(case)
    assert verdict.status is Status.VERIFIED, verdict.details
    assert str(verdict.evidence) == "agreed" and case in verdict.details["unproved"]


def commuting():
    (problem, *_) = (one.problem for one in catalogue()["gunasekar/commuting"].instances(0))
    return problem


def test_a_null_space_that_is_not_rational_is_bounded(monkeypatch):
    (verdict,) = verify("gunasekar/commuting", digits=15, quick=True).verdicts
    assert verdict.status is Status.VERIFIED and str(verdict.evidence) == "certified"
    relation = catalogue()["gunasekar/commuting"].predict(commuting(), 15).details["relation"]
    blurs = [part.blur for part in parts_of(relation, commuting())]
    assert blurs and all(0 < blur < Fraction(1, 2**3000) for blur in blurs)
    monkeypatch.setattr(relations, "_blur", lambda *_: None)
    parts_of.cache_clear()
    (verdict,) = verify("gunasekar/commuting", digits=15, quick=True).verdicts
    parts_of.cache_clear()
    assert str(verdict.evidence) == "agreed" and "null space" in verdict.details["unproved"]


def test_rounding_of_a_null_space_counts():
    """With a combination that is off in its tenth digit the bound says so, and the statement is not decided."""
    problem = commuting()
    relation = catalogue()["gunasekar/commuting"].predict(problem, 15).details["relation"]
    (part, *_) = parts_of(relation, problem)
    combination = [Fraction(1), Fraction(1)]
    assert relations._blur(problem, combination) > Fraction(1, 10)
    wide = replace(part, blur=Fraction(1, 10**10))
    measurement = catalogue()["gunasekar/commuting"].measure(problem, 15)
    (moment,) = measurement.details["moments"]
    with ball_precision(300):
        (true,), (open_,) = (judge_moment([one], Setting(problem, ALONG), moment, 15) for one in (part, wide))
    assert true.answer is True and open_.answer is None


def test_a_bound_that_is_an_equality_at_the_start_is_proved_to_any_digits(tmp_path):
    """|theta|^2 grows by 2 L times the sum of m exp(-m) at most, and e m exp(-m) <= 1."""
    file = tmp_path / "bound.toml"
    statement = "holds = 'norm(theta)^2 <= norm(theta0)^2 + 3*t'\nuntil = 1"
    problem = """
[claim.task]
kind = "classification"
[[claim.problems]]
network = { kind = "diagonal", depth = 2 }
data = { X = [["1", "2"]], y = ["1"] }
init = { scale = "1", v = [["1", "1/2"], ["1/3", "1"]] }
"""
    file.write_text(f"schema = 1\n[claim]\nid = 'mine/bound'\n{statement}\n{problem}")
    try:
        (verdict,) = verify(str(file), digits=40).verdicts
    finally:
        REGISTRY.pop("mine/bound", None)
    (result,) = verdict.instances
    assert str(result.evidence) == "certified" and "proved at all times up to t = 1" in result.detail


def mode(**options):
    """Two layers of one entry."""
    return Problem(Diagonal(2, 1), "regression", [[1]], [3], 1, [["1/2"], ["1/4"]], **options)


def integral(problem, text, time, digits=30):
    pieces = enclose_path(problem, [Fraction(time)], digits)[1]
    tree = parse_statement(text)
    integrals = PathIntegrals(Setting(problem, ALONG), pieces, digits_to_bits(digits) + 64)
    return integrals.up_to(Fraction(time), tree)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"loss": "log-cosh"},
        {"dynamics": WeightDecay(Fraction(1, 3), Fraction(1, 2))},
        {"dynamics": Momentum(Fraction(1, 5))},
        {"dynamics": Mirror("v[1,1]*log(v[1,1]) + v[2,1]^2/2")},
    ],
)
@pytest.mark.parametrize("text", ["v[1,1]*v[2,1]", "log(abs(v[1,1]))", "sqrt(1 + v[1,1]^2)/v[2,1]"])
def test_the_integral_of_a_rate_is_the_change(options, text):
    problem, time = mode(**options), Fraction(3, 4)
    with ball_precision(140):
        ends = enclose_path(problem, [Fraction(0), time], 30)[0]
        whole = integral(problem, f"rate({text})", time)
        a, b = ({"a": moment[0], "b": moment[1]} for moment in (ends[Fraction(0)], ends[time]))

        def value(p):
            match text[0]:
                case "v":
                    return p["a"] * p["b"]
                case "l":
                    return abs(p["a"]).log()
            return (1 + p["a"] ** 2).sqrt() / p["b"]

        change = value(b) - value(a)
        assert whole.overlaps(change) and whole.rad() < ball(Fraction(1, 10**25))


def test_the_integral_of_a_polynomial_in_t_is_exact_up_to_rounding():
    whole = integral(mode(), "t^3", "5/4")
    with ball_precision(140):
        exact = ball(Fraction(5, 4) ** 4 / 4)
        assert whole.overlaps(exact) and whole.rad() < ball(Fraction(1, 10**30))


@pytest.mark.parametrize(
    "text", ["max(v[1,1], v[2,1])", "abs(v[1,1]*v[2,1] - 1)", "sqrt(v[1,1] - 3)", "1/(t - 1/2)"]
)
def test_what_has_no_bound_is_not_enclosed(text):
    assert integral(mode(), text, 1) is None


def descent(**options):
    return mode(dynamics=GradientDescent(Fraction(1, 20)), **options)


def test_steps_in_balls_hold_the_exact_iteration():
    problem, (a, b) = descent(), (Fraction(1, 2), Fraction(1, 4))
    path = enclose_steps(problem, 6, 30)
    with ball_precision(200):
        for x, y in path.points:
            assert x.contains(ball(a)) or x.overlaps(ball(a))
            assert y.overlaps(ball(b)) and y.rad() < ball(Fraction(1, 10**30))
            pull = (a * b - 3) / 20
            a, b = a - pull * b, b - pull * a


def test_sums_over_all_steps_need_what_vanishes_at_zero_loss():
    problem = descent()
    path = enclose_steps(problem, 5000, 30, limit=True)
    sums = StepSums(Setting(problem, ALONG), path, digits_to_bits(30) + 64)
    squares = parse_statement("residual[1]^2")
    whole, cut = sums.up_to(None, squares), sums.up_to(Fraction(len(path.points) - 1), squares)
    with ball_precision(140):
        assert whole.overlaps(cut) and whole.rad() > cut.rad()
    assert sums.up_to(None, parse_statement("beta[1]")) is None
    assert sums.up_to(None, parse_statement("residual[1]*t")) is None
    assert sums.up_to(Fraction(3), parse_statement("residual[1]*t")) is not None


def test_a_sum_that_goes_on_is_not_cut_off():
    """The bound of the rest covers what later steps add, seen where the first steps are taken for all of them."""
    problem = descent()
    short, long = (enclose_steps(problem, 5000, digits, limit=True) for digits in (6, 40))
    setting, tree = Setting(problem, ALONG), parse_statement("residual[1]")
    early = StepSums(setting, short, 200).up_to(None, tree)
    late = StepSums(setting, long, 200).up_to(None, tree)
    assert len(short.points) < len(long.points)
    with ball_precision(200):
        assert early.overlaps(late) and early.rad() > late.rad()
