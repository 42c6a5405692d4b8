"""Claims of users: a formula in TOML, or a Python file without mutants."""

from fractions import Fraction

import pytest

from litproof.claims.catalogue import catalogue, claim_of, load_file
from litproof.claims.claim import REGISTRY, claim
from litproof.claims.types import Status, as_prediction
from litproof.claims.verification import verify
from litproof.errors import InputError
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.problem_file import write_problem
from litproof.theorems.shared.instances import REFERENCE, diagonal_from_zero

Q = "sum((alpha*etabar[j])^2*H(depth, rho[j]/(alpha*abs(etabar[j]))^depth))"
FULL = Problem(
    FullyConnected(3, (2,)),
    "regression",
    ((Fraction(1), Fraction(2), Fraction(-1)),),
    (Fraction(1),),
    Fraction(1, 2),
    (tuple(map(Fraction, (1, 0, 2, 1, 1, 1))), (Fraction(1), Fraction(2))),
)
ENTROPY = "sum(hypentropy(beta[j], (alpha*etabar[j])^2/2))"
HALF = diagonal_from_zero(2, "1 2 -1", "3/2", "1/2", "1 1/2 3/4")
LINE = diagonal_from_zero(1, "1 2 -1; 0 1 1", "1 1", 1, "")
ONE_POINT = diagonal_from_zero(2, "1 2 -1", "3/2", 1, "1 1/2 3/4")
NOTHING_TELLS = diagonal_from_zero(1, "1 2 -1; 0 1 1", "1 2", 1, "")  # limit (0, 1, 1), one condition


@pytest.fixture
def run(write_claims):
    def run(claims, problem=REFERENCE, digits=30, **options):
        return verify(write_claims(f"schema = 1\n{claims}"), problem, digits=digits, **options)

    return run


def one(report):
    (verdict,) = report.verdicts
    return verdict


@pytest.mark.parametrize(
    ("problem", "claims"),
    [
        (REFERENCE, f'[claim]\nminimises = "{Q}"'),
        (ONE_POINT, f'[claim]\nminimises = "{Q}"'),
        (ONE_POINT, '[claim]\nminimises = "sum(hypentropy(beta[j], (alpha*etabar[j])^2/2))"'),
        (REFERENCE, f'[claim]\nstationary = "{Q}"\nmutants = ["sum(beta[j]^2)", "sum(abs(rho[j]))"]'),
        (LINE, '[claim]\nminimises = "sum((beta[j] - start[j])^2)"'),
        (REFERENCE, '[claim]\nconserved = "v[1,2]^2 - v[3,2]^2"'),
        (FULL, '[claim]\nconserved = "sum(j, v[1,j]^2) - v[2,1]^2 - v[2,2]^2"'),
    ],
)
def test_true_claims_hold_and_their_mutants_do_not(run, problem, claims):
    if problem is FULL:
        claims = claims.replace("sum(j, v[1,j]^2)", " + ".join(f"v[1,{j}]^2" for j in range(1, 7)))
    verdict = one(run(claims, problem))
    assert verdict.status is Status.VERIFIED and verdict.digits == 30, verdict
    assert verdict.rejected >= 2 or (verdict.rejected == verdict.tried == 1)
    assert str(verdict.evidence) == ("exact" if "conserved" in claims else "certified")


@pytest.mark.parametrize(
    ("problem", "claims"),
    [
        (REFERENCE, f'[claim]\nminimises = "{Q.replace("depth", "2")}"'),
        (REFERENCE, f'[claim]\nminimises = "{Q.replace("alpha", "(2*alpha)")}"'),
        (REFERENCE, '[claim]\nminimises = "sum(abs(beta[j]))"'),
        (REFERENCE, '[claim]\nstationary = "sum(abs(rho[j])^(2/depth))"'),
        (FULL, '[claim]\nminimises = "sum(beta[j]^2)"'),
        (REFERENCE, '[claim]\nlimit = "y[1]*X[1,j]/sum(k, X[1,k]^2)"'),
        (REFERENCE, '[claim]\nconserved = "v[1,2]^2 + v[3,2]^2"'),
        (REFERENCE, f'[claim]\nminimises = "-{Q}"'),
    ],
)
def test_false_claims_are_refuted(run, problem, claims):
    assert one(run(claims, problem)).status is Status.REFUTED


def test_limit_of_the_linear_model(run):
    line = diagonal_from_zero(1, "1 2 -1", "3/2", 1, "")
    verdict = one(run('[claim]\nlimit = "start[j] + y[1]*X[1,j]/sum(k, X[1,k]^2)"', line))
    assert verdict.status is Status.VERIFIED and verdict.rejected >= 1


def test_stationary_but_not_shown_minimal_is_inconclusive(run):
    text = "sum(beta[j]^2) + 3*sum(beta[j]^2)^2 - sum(beta[j]^2)^2"
    line = LINE
    verdict = one(run(f'[claim]\nminimises = "{text}"', line))
    assert verdict.status is Status.INCONCLUSIVE and "not decided" in verdict.details["reason"]
    assert one(run(f'[claim]\nid = "a/b"\nstationary = "{text}"', line)).status is Status.VERIFIED


def test_claim_that_data_cannot_refute_is_vacuous(run):
    report = run('[claim]\nminimises = "sum(beta[j]^2)"', NOTHING_TELLS)
    verdict = one(report)
    assert verdict.status is Status.INCONCLUSIVE and "vacuous" in verdict.details["reason"]
    assert report.exit_code() == 3


def test_what_was_generated_is_reported(run):
    notes = run(f'[claim]\nminimises = "{Q}"').notes
    assert any("made automatically" in note and "H(L + 1, t)" in note for note in notes)


def test_formula_without_a_meaning_is_a_violated_hypothesis(run):
    verdict = one(run(f'[claim]\nminimises = "{Q}"', FULL))
    assert verdict.status is Status.HYPOTHESIS_VIOLATED and "no meaning" in verdict.details["reason"]
    verdict = one(run('[claim]\nid = "a/c"\nminimises = "beta[7]^2"'))
    assert verdict.status is Status.HYPOTHESIS_VIOLATED and "indices from 1 to 4" in verdict.details["reason"]


def test_own_problems_and_several_claims(tmp_path, run):
    (tmp_path / "p.toml").write_text(write_problem(ONE_POINT))
    file = tmp_path / "mine.toml"
    file.write_text(
        f'schema = 1\n[[claim]]\nminimises = "{Q}"\nproblems = ["p.toml"]\n'
        '[[claim]]\nid = "x/l1"\nminimises = "sum(abs(beta[j]))"\nproblems = ["p.toml"]\n'
    )
    report = verify(str(file), digits=20)
    assert [(v.claim, str(v.status)) for v in report.verdicts] == [
        ("user/mine-1", "verified"),
        ("x/l1", "refuted"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("schema = 2\n[claim]\nminimises = '1'", "schema: expected 1"),
        (
            "schema = 1\n[claim]\n",
            "claim: expected a statement: one of 'minimises', 'stationary', 'limit', 'conserved', 'path'",
        ),
        (
            "schema = 1\n[claim]\n[[statement]]\nminimises='beta[1]'\nlimit='1'",
            "statement[1]: expected exactly one of 'minimises', 'stationary', 'limit', 'conserved', 'path'",
        ),
        ("schema = 1\n[claim]\nminimise='beta[1]'", "did you mean 'minimises'"),
        ("schema = 1\n[claim]\nminimises = 3", "claim.minimises: expected a formula as text, got 3"),
        ("schema = 1\n[claim]\nminimises = 'sum(beta[j]'", "claim.minimises, position 12: expected ')'"),
        ("schema = 1\n[claim]\nminimises = 'alpha'", "expected a function of beta"),
        ("schema = 1\n[claim]\nconserved = 'sum(beta[j])'", "expected a function of the layers"),
        ("schema = 1\n[claim]\nlimit = 'beta[j]'", "beta has no place in this kind of formula"),
        (
            "schema = 1\n[claim]\nminimises = 'beta[1]'\nid = 'x'",
            "claim.id: expected an id that reads 'family/name'",
        ),
        (
            "schema = 1\n[claim]\nminimises = 'beta[1]'\nhypotheses = ['odd']",
            "claim.hypotheses[1]: expected one of",
        ),
        (
            "schema = 1\n[claim]\nminimises = 'beta[1]'\nmutants = []",
            "claim.mutants: expected a list of formulas",
        ),
        ("schema = 1\n[claim]\nminimises = 'beta[1]'\nmutants = ['beta[']", "claim.mutants[1], position 6"),
        ("schema = 1\n[claim]\nminimises = 'beta[1]'\nproblems = ['no.toml']", "no.toml: cannot be read"),
        (
            "schema = 1\n[[claim]]\nminimises = 'beta[1]'\n[[claim]]\nlimit = 2",
            "claim[2].limit: expected a formula",
        ),
        ("schema = 1\nclaim = 3", "claim: expected a table"),
        ("schema = 1\nclaim = []", "claim: expected at least one claim"),
        (
            "schema = 1\n[claim]\nminimises = 'beta[1]'\nid = 'ykm/regression-limit'",
            "claim.id: claim id 'ykm/regre",
        ),
    ],
)
def test_bad_claim_files_in_one_line(tmp_path, content, message):
    file = tmp_path / "c.toml"
    file.write_text(content)
    with pytest.raises(InputError) as error:
        load_file(str(file))
    assert (
        message in str(error.value) and str(file.parent) in str(error.value) and "\n" not in str(error.value)
    )


PYTHON = """
from litproof import claim
from litproof.predict.regression.limit import predict_regression

@claim(id="{id}", title="t", statement="s")
def limit(problem, digits):
    return {value}
"""


@pytest.fixture
def python(tmp_path):
    catalogue()
    before = dict(REGISTRY)

    def python(value, id):
        file = tmp_path / f"claims_{id.replace('/', '_')}.py"
        file.write_text(PYTHON.format(value=value, id=id))
        return str(file)

    yield python
    for id in set(REGISTRY) - set(before):
        del REGISTRY[id]


def test_python_claim_gets_generic_mutants(python):
    file = python("predict_regression(problem, digits).value", "mine/right")
    report = verify(file, REFERENCE, digits=20)
    verdict = one(report)
    assert verdict.status is Status.VERIFIED and verdict.rejected >= 5
    assert claim_of("mine/right", file).automatic
    assert any("minimum l2 norm" in note for note in report.notes)


def test_true_limit_wrong_in_the_last_digits_is_refuted(python):
    value = "[b * (1 + Fraction(1, 10**18)) for b in predict_regression(problem, digits).value]"
    file = python(value, "mine/near")
    with open(file) as stream:
        text = "from fractions import Fraction\n" + stream.read()
    with open(file, "w") as stream:
        stream.write(text)
    assert one(verify(file, REFERENCE, digits=20)).status is Status.REFUTED
    assert one(verify(file, REFERENCE, digits=15)).status is Status.VERIFIED


def test_floats_are_no_predictions(python):
    verdict = one(verify(python("[0.5] * 4", "mine/floats"), REFERENCE, digits=20))
    assert verdict.status is Status.ERROR and "got float" in verdict.details["reason"]
    with pytest.raises(InputError, match="expected a number, got 'x'"):
        as_prediction(["x"], 10, "m")


def test_constant_prediction_without_variants_is_vacuous():
    catalogue()
    before = set(REGISTRY)
    try:
        made = claim(
            id="mine/nothing",
            title="t",
            statement="s",
            compare=lambda prediction, measurement, digits: always(),
        )(lambda problem, digits: predict_regression(problem, digits))
        verdict = one(verify(made, REFERENCE, digits=12))
    finally:
        for id in set(REGISTRY) - before:
            del REGISTRY[id]
    assert verdict.status is Status.INCONCLUSIVE and "vacuous" in verdict.details["reason"]


def always():
    from litproof.claims.types import Answer, Comparison
    from litproof.results import Evidence

    return Comparison(Answer.HOLDS, 12, Evidence.NUMERIC)


@pytest.mark.parametrize(
    ("claim", "status", "message"),
    [
        ('conserved = "(sum(X[1,j]*v[1,j]*v[2,j]) - y[1])*sum(X[1,j]*v[1,j]*v[2,j])"', "refuted", "drift"),
        ('conserved = "v[1,1]/10^60"\nmutants = ["v[1,1]"]', "refuted", "drift"),
        ('conserved = "v[1,1]^0*alpha"', "inconclusive", "says nothing"),
        ('conserved = "v[1,1]*exp(999999)"', "inconclusive", "a number beyond"),
        ('conserved = "v[1,4]"', "hypothesis-violated", "indices from 1 to 3"),
        ('conserved = "v[1,1]^2 - v[2,1]^2"\nmutants = ["2*v[1,1]^2 - 2*v[2,1]^2"]', "error", "accepted"),
        ('minimises = "10^40*sum(X[1,j]*beta[j]) + sum(beta[j]^2)"', "refuted", "no stationary point"),
        (f'minimises = "{ENTROPY[:-1]} - exp(beta[j] - 10^4))"', "inconclusive", "not decided"),
        ('minimises = "sin(sum(X[1,j]*beta[j]))"', "inconclusive", "says nothing"),
        ('minimises = "sum(X[1,j]*beta[j])"', "inconclusive", "says nothing"),
        ('limit = "X[1,j]*exp(999999)"', "inconclusive", "has no value here"),
        ('limit = "X[1,j]*exp(-999999)"', "inconclusive", "has no value here"),
        (f'limit = "X[1,j]*{"*".join(["10^200"] * 30)}"', "refuted", "gap 10^6000"),
        ('limit = "X[1,j]/(y[1] - 3/2)"', "inconclusive", "has no value here"),
        ('limit = "log(X[1,j])"', "inconclusive", "has no value here"),
        ('limit = "0"', "refuted", "gap"),
    ],
)
def test_false_empty_and_impossible_claims_are_not_verified(run, claim, status, message):
    verdict = one(run(f"[claim]\n{claim}", HALF))
    assert str(verdict.status) == status and message in verdict.details["reason"], verdict
    assert "Error:" not in verdict.details["reason"]


def test_a_law_in_factors_has_false_variants(run):
    verdict = one(run('[claim]\nconserved = "(v[1,1] - v[2,1])*(v[1,1] + v[2,1])"', HALF))
    assert verdict.status is Status.VERIFIED and verdict.rejected >= 5
    told = '[claim]\nid = "a/told"\nconserved = "(v[1,1] - v[2,1])*(v[1,1] + v[2,1])"\nmutants = ["v[1,1]"]'
    assert one(run(told, HALF)).status is Status.VERIFIED


def test_without_mutants_nothing_of_ones_own_is_verified(run):
    verdict = one(run(f'[claim]\nminimises = "{Q}"', mutants=False))
    assert verdict.status is Status.INCONCLUSIVE and "mutants not tried" in verdict.details["reason"]


@pytest.mark.parametrize("y", ["1e-60", "1e9"])
@pytest.mark.parametrize("factor", ["1", "(1 + 10^(-18))"])
def test_tolerances_of_a_limit_follow_its_size(run, y, factor):
    line = diagonal_from_zero(1, "1 2 -1", y, 1, "")
    claim = f'[claim]\nlimit = "{factor}*y[1]*X[1,j]/sum(k, X[1,k]^2)"'
    verdict = one(run(claim, line, digits=20))
    assert verdict.status is (Status.VERIFIED if factor == "1" else Status.REFUTED)
