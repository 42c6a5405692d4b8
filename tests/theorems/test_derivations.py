"""Every derivation builds, says enough, and falls apart when its mathematics is changed."""

import json
import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from litproof.claims.catalogue import catalogue
from litproof.derive import steps
from litproof.derive.derivation import Body, Shown, _appended
from litproof.derive.latex.bibliography import REFERENCES
from litproof.derive.latex.conventions import NOTATION
from litproof.derive.latex.printer import latex
from litproof.derive.matrix_words import Algebra
from litproof.derive.notation import LayerProduct, LayerSum, Rate
from litproof.derive.stated import STATED, FalseStep, define
from litproof.derive.steps import prove
from litproof.errors import InputError
from litproof.theorems import module_of
from litproof.theorems.derivations import (
    DERIVATIONS,
    derivation,
)
from litproof.theorems.shared.symbols import L, alpha, g, j, t
from litproof.theorems.ykm.potential_closed_form import derivation as potential
from litproof.theorems.ykm.regression_limit import derivation as regression_limit
from litproof.theorems.ykm.two_layer_one_point import derivation as two_layer_one_point

ROOT = Path(__file__).resolve().parents[2]
LEMMAS = [claim for claim in DERIVATIONS if claim.startswith("lemma/")]
REQUIRED = [
    *LEMMAS,
    *(
        f"ykm/conserved-{name}"
        for name in ("odeco", "norms", "balancedness", "sensing", "diagonal-convolution")
    ),
    *(f"ykm/regression-{name}" for name in ("convergence", "limit", "scales", "general-init")),
    *(
        f"ykm/{name}"
        for name in ("potential-closed-form", "two-layer-one-point", "fully-connected-small-init")
    ),
    *(f"ykm/{name}" for name in ("matrix-sensing", "linear-model", "classification-clock")),
    *(f"ykm/classification-{name}" for name in ("convergence", "odeco", "one-point", "rates")),
    *(
        f"ykm/{name}"
        for name in ("singular-vectors", "fully-connected-max-margin", "regression-balanced-init")
    ),
    *(f"network/{name}" for name in ("forward-is-tensor", "odeco-form")),
    *("azulay/neuron-as-printed", "gunasekar/commuting", "gunasekar/conjecture", "jacobs/weight-decay"),
    *("jagadeesan/multichannel", "lyu-li/margin", "matt-stoger/rate", "papazov/momentum"),
    *("soudry/logistic", "soudry/multiclass"),
]


@pytest.fixture(scope="module")
def built():
    return {claim: build() for claim, build in DERIVATIONS.items()}


def test_there_is_one_for_every_claim():
    assert set(REQUIRED) <= set(DERIVATIONS)
    for id, claim in catalogue().items():
        assert id in DERIVATIONS or claim.derive in DERIVATIONS, id
    with pytest.raises(InputError, match="no derivation of 'ykm/nothing'"):
        derivation("ykm/nothing")


@pytest.mark.parametrize("claim", REQUIRED)
def test_each_is_complete(built, claim):
    derived = built[claim]
    assert derived.claim == claim
    assert derived.statement
    assert set(derived.sources) <= set(REFERENCES)
    decided = [step for step in derived.steps if step.kind not in STATED]
    assert len(decided) + sum(step.kind == "recalled" for step in derived.steps) >= 3
    assert all(step.check for step in decided)
    assert all(step.reason for step in derived.steps)


@pytest.mark.parametrize("claim", DERIVATIONS)
def test_no_identity_is_trivial(built, claim):
    """A decided equation whose two sides are printed alike would say nothing."""
    for step in built[claim].steps:
        if step.kind not in STATED and step.relation.operator == "=":
            assert latex(step.relation.lhs) != latex(step.relation.rhs), step.name


@pytest.mark.parametrize("claim", REQUIRED)
def test_false_right_sides_are_refused(built, claim):
    """The same helpers prove neither the right side plus one nor twice a right side that is not zero."""
    for step in built[claim].steps:
        if not step.check.startswith("normal form") or isinstance(step.relation.lhs, sp.MatrixExpr):
            continue
        lhs, rhs = step.relation.lhs, step.relation.rhs
        if lhs.has(sp.Trace) or isinstance(lhs, sp.Trace):
            continue
        using = [built[claim].step(name) for name in step.uses]
        constants = (lhs.free_symbols | rhs.free_symbols) - {rate.variable for rate in lhs.atoms(Rate)}
        bases = {indexed.base for indexed in lhs.atoms(sp.Indexed) | rhs.atoms(sp.Indexed)}
        for wrong in (rhs + 1, 2 * rhs):
            if wrong != rhs:
                with pytest.raises(FalseStep):
                    prove("mutant", lhs, wrong, using=using, constants=(*constants, *bases))


def test_recalled_steps_and_sections_exist(built):
    """What is recalled reads as where it was shown, up to its letters; every section named is there."""
    for claim, derived in built.items():
        for step in derived.steps:
            if step.kind == "recalled":
                origin, name = step.origin
                assert origin != claim
                shown = built[origin].step(name).relation
                assert type(shown.lhs) is type(step.relation.lhs)
                assert shown.operator == step.relation.operator
        for named in re.findall(r"\{see:([^}]*)\}", " ".join(prose(derived))):
            assert named in DERIVATIONS
            assert named != claim


def test_nothing_is_said_twice(built):
    """A relation stands in one section; others recall it. Exceptions are instances and hypotheses of their own."""
    places = {}
    for claim, derived in built.items():
        for step in derived.steps:
            if step.kind not in ("recalled", "instance", "hypothesis"):
                places.setdefault(latex(step.relation), set()).add(claim)
    twice = {relation: claims for relation, claims in places.items() if len(claims) > 1}
    assert set().union(*twice.values()) <= {
        "ykm/classification-one-point",
        "ykm/classification-rates",
        "ykm/fully-connected-max-margin",
        "ykm/fully-connected-small-init",
    }
    assert len(twice) <= 2


@pytest.mark.parametrize("claim", DERIVATIONS)
def test_statements_use_no_undefined_symbol(built, claim):
    """Letters of what a statement displays are in the table of notation, or named in its words, or defined there."""
    derived = built[claim]
    introduced, displayed = set(NOTATION), set()
    for part in derived.statement:
        if isinstance(part, Shown):
            relation = derived.step(part.name).relation
            displayed |= letters(relation.lhs) | letters(relation.rhs)
            introduced |= letters(relation.lhs) if derived.step(part.name).kind == "definition" else set()
        else:
            for _, name, reference, _ in Formatter().parse(part):
                introduced |= letters(derived.symbols[name]) if name and not reference else set()
    assert {name for name in displayed if not name.endswith("(0)")} <= introduced


@pytest.mark.parametrize("claim", DERIVATIONS)
def test_no_sentence_is_split_by_a_heading(built, claim):
    """Every block begins with a capital letter, and a block that ends in words ends a sentence."""
    derived = built[claim]
    for block in (derived.statement, derived.hypotheses, derived.body, derived.conclusion):
        for part in block[:1]:
            text = part if isinstance(part, str) else getattr(part, "text", getattr(part, "reason", ""))
            assert text[:1].isupper() or text[:1] == "{", text
        for part in block[-1:]:
            text = part if isinstance(part, str) else getattr(part, "text", ".")
            assert text.endswith((".", ":")), text


def letters(expression):
    """Names of the symbols and functions of an expression, bound indices and sizes of matrices left out."""
    if hasattr(expression, "lhs"):
        return letters(expression.lhs) | letters(expression.rhs)
    bound = {limit[0] for total in expression.atoms(sp.Sum) for limit in total.limits}
    bound |= {term.index for term in expression.atoms(LayerProduct, LayerSum)}
    matrices = expression.atoms(sp.MatrixSymbol, sp.ZeroMatrix, sp.Identity)
    bound |= {size for matrix in matrices for size in matrix.shape}
    named = expression.atoms(sp.Symbol, sp.MatrixSymbol) - bound
    return {symbol.name for symbol in named} | {f.func.__name__ for f in expression.atoms(AppliedUndef)}


def prose(derived):
    for part in (*derived.statement, *derived.hypotheses, *derived.body, *derived.conclusion):
        yield part if isinstance(part, str) else getattr(part, "text", getattr(part, "reason", ""))


def test_theorems_in_coq_beside_lemmas_exist(built):
    record = json.loads((ROOT / "derivations/coq/record.json").read_text("utf-8"))
    for derived in built.values():
        assert set(derived.kernel) <= set(record["theorems"])


def test_the_table_of_derivations_is_that_of_the_objects(built):
    """derivations/README.md names every derivation with its code, its file and what is argued in words."""
    rows = (ROOT / "derivations/README.md").read_text("utf-8").splitlines()
    for claim, derived in built.items():
        (row,) = (line for line in rows if f"`{claim}`" in line)
        assert row.startswith(f"| {derived.code} |")
        assert f"bodies/{claim.replace('/', '-')}.tex" in row
        assert all(name in row for name in derived.argument_numbers)


def test_no_matrix_step_or_bound_holds_for_a_changed_right_side(monkeypatch):
    """While all derivations are built anew, what holds is tried with a doubled side and with another sign."""
    equal, tried = Algebra.equal, {"matrix": 0, "bound": 0}

    def checked(self, left, right):
        holds = equal(self, left, right)
        zero = getattr(right, "is_ZeroMatrix", False) or right == 0
        if holds and not zero and not equal(self, right, 2 * right):
            tried["matrix"] += 1
            assert not equal(self, left, 2 * right)
            assert not equal(self, left, -right)
        return holds

    made = steps.bound

    def bounded(name, larger, smaller, difference, *arguments, **options):
        step = made(name, larger, smaller, difference, *arguments, **options)
        tried["bound"] += 1
        for wrong in (difference + 1, 2 * difference, -difference):
            with pytest.raises(FalseStep):
                made(name, larger, smaller, wrong, *arguments, **options)
        return step

    monkeypatch.setattr(Algebra, "equal", checked)
    monkeypatch.setattr(Body, "bound", _appended(bounded))
    for claim in DERIVATIONS:
        import_module(module_of(claim, "derivation")).derive()
    assert tried["matrix"] > 40
    assert tried["bound"] > 15


def test_profile_of_another_depth_does_not_solve_the_flow():
    q, s, w = sp.Symbol("q", real=True), sp.Symbol("s", real=True), sp.Symbol("w", positive=True)
    speed = define("speed", Rate(s, t), -((alpha * w) ** (L - 2)) * g[j])
    del s
    for depth, holds in ((L, True), (L + 1, False), (L - 1, False)):
        profile = define("profile", Rate(q, t), (1 + q**2) ** ((depth - 1) / 2) * speed.relation.rhs)
        body, tip = alpha * w * sp.sqrt(1 + q**2), alpha * w * q
        arguments = {"using": (profile,), "constants": (L, alpha, w, g)}
        if holds:
            assert prove("solved", Rate(tip, t), -g[j] * body ** (L - 1), **arguments)
        else:
            with pytest.raises(FalseStep):
                prove("solved", Rate(tip, t), -g[j] * body ** (L - 1), **arguments)


def test_signs_of_the_initial_shape_matter_at_odd_depth():
    """The last layer carries sign^(L-1), not sign: eta_L = alpha eta_bar q holds at even depth only."""
    q, w = sp.Symbol("q", real=True), sp.Symbol("w", positive=True)
    sign = sp.Symbol("epsilon", real=True)
    profile = define("profile", Rate(q, t), -((1 + q**2) ** ((L - 1) / 2)) * (alpha * w) ** (L - 2) * g[j])
    body = sign * alpha * w * sp.sqrt(1 + q**2)
    arguments = {"using": (profile,), "constants": (L, alpha, w, g, sign), "signs": (sign,)}
    assert prove("last", Rate(sign ** (L - 1) * alpha * w * q, t), -g[j] * body ** (L - 1), **arguments)
    with pytest.raises(FalseStep):
        prove("last", Rate(sign * alpha * w * q, t), -g[j] * body ** (L - 1), **arguments)


def test_wrong_potentials_are_refused():
    q, s = potential.q, potential.s
    root = (1 + q**2) ** ((L - 1) / 2)
    profile = define("profile", Rate(q, s), root)
    arguments = {"using": (profile,), "constants": (L,)}
    assert prove("slope", Rate(s * q * root - q**2 / 2, s), s * Rate(q * root, s), **arguments)
    for wrong in (s * q * root + q**2 / 2, s * q * root - q**2, s * q * root - q / 2):
        with pytest.raises(FalseStep):
            prove("slope", Rate(wrong, s), s * Rate(q * root, s), **arguments)


def test_the_statement_of_the_limit_shows_the_objective(built):
    limit = built["ykm/regression-limit"]
    objective = limit.step("objective").relation
    assert objective.lhs == regression_limit.Q
    assert {"gradient", "multiplier", "strict", "solved", "solved-last", "closed"} <= {
        s.name for s in limit.steps
    }


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_potential_against_an_independent_integral(depth):
    """H_L(t) from the closed form against mpmath quadrature of the inverse, at one point."""
    import mpmath

    with mpmath.workdps(20):
        top = mpmath.mpf("0.7")
        arc = mpmath.quad(lambda u: (1 + u * u) ** (-mpmath.mpf(depth - 1) / 2), [0, top])
        height = top * (1 + top**2) ** (mpmath.mpf(depth - 1) / 2)
        closed = arc * height - top**2 / 2

        def inverse(value):
            q = mpmath.findroot(lambda u: u * (1 + u * u) ** (mpmath.mpf(depth - 1) / 2) - value, value / 2)
            return mpmath.quad(lambda u: (1 + u * u) ** (-mpmath.mpf(depth - 1) / 2), [0, q])

        integral = mpmath.quad(inverse, [0, height], maxdegree=3)
        assert abs(integral - closed) < mpmath.mpf("1e-9")


def test_two_layer_terms_agree_with_a_direct_evaluation():
    values = {
        two_layer_one_point.first: 2,
        two_layer_one_point.second: -1,
        two_layer_one_point.s[j]: sp.Rational(1, 2),
    }
    nu = sp.Rational(3, 4)
    direct = (
        sp.Rational(1, 2) * (2 * sp.cosh(nu / 2) - sp.sinh(nu / 2)) * (-sp.cosh(nu / 2) + 2 * sp.sinh(nu / 2))
    )
    assert abs(sp.N(two_layer_one_point.term(nu).xreplace(values) - direct, 30)) < 1e-25


def test_prose_is_prose(built):
    for derived in built.values():
        for part in (*derived.statement, *derived.hypotheses, *derived.body, *derived.conclusion):
            text = part if isinstance(part, str) else getattr(part, "text", getattr(part, "reason", ""))
            assert not re.search(r"[$\\^=]", text)


def test_short_filters_of_one_point():
    """The instance check of the two-entry filter rejects what is not the displayed vector."""
    from litproof.theorems.ykm.classification_one_point.derivation import SIZES, short_filter

    assert all(short_filter(d) for d in SIZES)


def test_the_margin_of_a_homogeneous_network_needs_its_hypotheses():
    """With the inequality of Cauchy and Schwarz turned round, the normalised margin may decrease."""
    from litproof.derive.steps import bound
    from litproof.theorems.ykm.classification_convergence.derivation import a, b, kappa, norm, radial, radius

    turned = define("cauchy", norm, (radial - a) / radius)
    euler = define("euler", radial, L * kappa + b)
    difference = ((b - 2 * a) * (L * kappa + b) + a**2) / (kappa * radius**2)
    with pytest.raises(FalseStep, match="sign"):
        bound("x", norm**2 / kappa, L * radial / radius**2, difference, using=(turned, euler))
