"""The sympy front door on every kind of network: one set of symbols, checked against independent numbers."""

import shutil
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from mpmath import mp

from litproof import InputError, Problem, problem_from_mapping, write_problem
from litproof.cli import _run
from litproof.derive.latex.document import compile_pdf, to_latex
from litproof.derive.stated import FalseStep
from litproof.errors import HypothesisError
from litproof.integrate.regression.follow import follow_to_limit
from litproof.networks import PolynomialNetwork
from litproof.predict.classification.limit import predict_direction
from litproof.predict.regression.limit import predict_regression
from litproof.sympy_interface import (
    conserved_quantities,
    gradient_flow,
    limit_formula,
    potential,
    reduced_flow,
)
from litproof.theorems import problem_derivation
from litproof.theorems.problem_derivation import derive_problem


def build(network, data, v, task="regression", scale="1/2"):
    return problem_from_mapping(
        {
            "schema": 1,
            "network": network,
            "task": {"kind": task},
            "data": data,
            "init": {"scale": scale, "v": v},
        }
    )


ONE = {"X": [["1", "2", "-1"]], "y": ["1"]}
TWO = {"X": [["1", "2", "-1"], ["0", "1", "1"]], "y": ["1", "1"]}
EYE = ["1", "0", "0", "1"]
REGRESSION = {
    "one layer": build({"kind": "diagonal", "depth": 1}, TWO, [["1", "0", "2"]]),
    "diagonal 2": build({"kind": "diagonal", "depth": 2}, ONE, [["1", "3/4", "1"], ["0", "1/4", "-1/3"]]),
    "diagonal 3": build(
        {"kind": "diagonal", "depth": 3}, TWO, [["1", "3/4", "1"], ["1", "3/4", "1"], ["0", "0", "0"]]
    ),
    "elliptic": build(
        {"kind": "diagonal", "depth": 3}, ONE, [["1", "3/4", "1"], ["2", "1", "1/2"], ["1/2", "0", "1/4"]]
    ),
    "negative signs": build(
        {"kind": "diagonal", "depth": 4},
        ONE,
        [["1", "-3/4", "1"], ["1", "3/4", "1"], ["-1", "3/4", "1"], ["0", "1/4", "1/3"]],
    ),
    "equal layers 2": build(
        {"kind": "diagonal", "depth": 2}, ONE, [["1", "3/4", "1/3"], ["1", "3/4", "-1/3"]]
    ),
    "equal layers 3": build({"kind": "diagonal", "depth": 3}, ONE, [["1", "3/4", "-1/3"]] * 3),
    "odeco": build(
        {
            "kind": "odeco",
            "S": [["1", "2"], ["0", "1"]],
            "U": [[["3/5", "-4/5"], ["4/5", "3/5"]], [["1", "0"], ["0", "1"]]],
        },
        {"X": [["1", "2"]], "y": ["1"]},
        [["1", "1"], ["0", "1/5"]],
    ),
    "convolution of two": build(
        {"kind": "convolutional", "filter-sizes": [2, 2]},
        {"X": [["1", "2"]], "y": ["1"]},
        [["1", "1/3"], ["1/4", "0"]],
    ),
    "complex convolution": build(
        {"kind": "convolutional", "filter-sizes": [3, 3]}, ONE, [["1", "1/3", "0"], ["1/4", "0", "1"]]
    ),
    "short filter": build(
        {"kind": "convolutional", "filter-sizes": [2, 3]}, ONE, [["1", "1/3"], ["1/4", "0", "1"]]
    ),
    "fully connected": build(
        {"kind": "fully-connected", "widths": [2]}, ONE, [["1", "0", "0", "1", "1/2", "1"], ["0", "1/2"]]
    ),
    "deep": build(
        {"kind": "fully-connected", "widths": [2, 2]},
        TWO,
        [["1", "0", "0", "1", "1/2", "1"], EYE, ["0", "1/2"]],
    ),
    "tensor": build(
        {
            "kind": "tensor",
            "tensor": [[["1", "2"], ["0", "1"]], [["0", "1"], ["1/2", "0"]], [["1", "0"], ["0", "0"]]],
        },
        ONE,
        [["1", "1/3"], ["1/4", "1"]],
    ),
    "sensing, irrational": build(
        {"kind": "matrix-sensing", "depth": 3},
        {"A": [[["1", "2"], ["2", "3"]]], "y": ["1"]},
        [EYE, EYE, ["0"] * 4],
    ),
    "sensing, rational": build(
        {"kind": "matrix-sensing", "depth": 2},
        {"A": [[["2", "1"], ["1", "2"]]], "y": ["1"]},
        [EYE, ["0"] * 4],
    ),
    "sensing that does not commute": build(
        {"kind": "matrix-sensing", "depth": 2},
        {"A": [[["2", "1"], ["1", "2"]], [["1", "0"], ["0", "0"]]], "y": ["1", "1/2"]},
        [EYE, ["1", "2", "0", "1"]],
    ),
}
POLYNOMIAL = {
    name: Problem(PolynomialNetwork.of(parameters, beta, 3), "regression", [[1, 2, -1]], [1], "1/2", v)
    for name, parameters, beta, v in (
        ("difference of squares", ["u[3]", "w[3]"], ["u[j]^2 - w[j]^2"], [[1, "3/4", 1], [1, "1/2", "1/3"]]),
        ("difference of cubes", ["u[3]", "w[3]"], ["u[j]^3 - w[j]^3"], [[1, "3/4", 1], [1, "1/2", "1/3"]]),
        ("no components", ["W[3,2]", "a[2]"], ["W*a"], [[1, 0, 0, 1, 0, 0], [1, "1/2"]]),
    )
}
REGRESSION |= POLYNOMIAL
CLASSIFICATION = {
    name: replace(problem, task="classification")
    for name, problem in REGRESSION.items()
    if set(problem.y) <= {Fraction(1), Fraction(-1)}
}
ALL = {**REGRESSION, **{f"{name}, classification": p for name, p in CLASSIFICATION.items()}}
IRREDUCIBLE = (
    "short filter",
    "fully connected",
    "deep",
    "tensor",
    "sensing that does not commute",
    *POLYNOMIAL,
)
CONVEX = [name for name in REGRESSION if name not in (*IRREDUCIBLE, "complex convolution")]
CONVEX += ["difference of squares", "difference of cubes"]


def number(q):
    return mpmath.mpf(q.numerator) / q.denominator


@pytest.fixture(autouse=True)
def _forty_digits():
    with mp.workdps(40):
        yield


@pytest.mark.parametrize("name", ALL)
def test_the_equations_are_minus_the_gradient_of_the_loss(name):
    problem = ALL[name]
    flow = gradient_flow(problem)
    assert all(isinstance(equation, sp.Eq) for equation in flow) and len(flow) == sum(problem.network.shapes)
    point = [number(q) + mpmath.mpf(k) / 7 for k, q in enumerate(q for layer in problem.v0 for q in layer)]

    def loss(theta):
        layers, at = [], 0
        for size in problem.network.shapes:
            layers.append(theta[at : at + size])
            at += size
        beta = problem.network.coefficients(layers)
        outputs = [mpmath.fsum(number(x) * b for x, b in zip(row, beta, strict=True)) for row in problem.X]
        if problem.task == "regression":
            return mpmath.fsum((f - number(y)) ** 2 for f, y in zip(outputs, problem.y, strict=True)) / 2
        return mpmath.fsum(mpmath.exp(-number(y) * f) for f, y in zip(outputs, problem.y, strict=True))

    speed = sp.lambdify([flow.symbols], flow.velocity, "mpmath")(point)
    step = mpmath.mpf(10) ** -12
    for k, rate in enumerate(speed):
        ahead, behind = list(point), list(point)
        ahead[k] += step
        behind[k] -= step
        assert abs((loss(behind) - loss(ahead)) / (2 * step) - rate) < mpmath.mpf(10) ** -18 * (1 + abs(rate))


def test_symbols_functions_and_latex_bear_one_name():
    flow = gradient_flow(REGRESSION["fully connected"])
    symbol, function = flow.symbols[3], flow.functions[3]
    assert symbol.name == "v[1,4]" and str(function) == "v[1,4](t)"
    t = sp.Symbol("t", real=True)
    back = dict(zip(flow.functions, flow.symbols, strict=True))
    for plain, timed in zip(flow.equations, flow.equations_in_time, strict=True):
        assert timed.rhs.xreplace(back) == plain.rhs and timed.lhs == sp.Derivative(timed.lhs.expr, t)
    assert "v_{1,4}" in sp.latex(flow.equations[3]) and "[" not in sp.latex(flow.equations[3])
    assert r"\dot{v_{1,4}}" in flow.latex()


@pytest.mark.parametrize("name", ALL)
def test_laws_are_conserved_by_the_very_equations_of_the_problem(name):
    problem = ALL[name]
    laws = conserved_quantities(problem)
    assert laws.holds and laws.derivatives == (0,) * len(laws)
    assert set().union(*(law.free_symbols for law in laws), set()) <= set(laws.flow.symbols)
    assert len(laws) > 0 or name.startswith(("one layer", "difference of cubes"))
    if not name.startswith(("one layer", "sensing")):
        assert laws.explained


def test_false_laws_have_a_derivative_whatever_way_they_are_typed():
    laws = conserved_quantities(REGRESSION["diagonal 2"])
    flow, a, b = laws.flow, sp.Symbol("v[1,1]", real=True), sp.Symbol("v[2,1]")
    assert flow.derivative(a**2 - b**2) == 0 == flow.derivative("v[1,1]**2 - v[2,1]^2")
    for false in (a**2 + b**2, a**2 - 2 * b**2, a * b, "v[1,1]^2 - v[2,2]^2", laws[0] + laws.flow.symbols[0]):
        assert flow.derivative(false) != 0
    for strange in ("v[3,1]", "v_1_1^2", sp.Symbol("w")):
        with pytest.raises(InputError, match=r"v\[1,1\], .., v\[2,3\]"):
            flow.derivative(strange)
    with pytest.raises(InputError, match="polynomial"):
        flow.derivative(sp.sin(a))
    with pytest.raises(InputError, match="formula"):
        flow.derivative("v[1,1]^^")


@pytest.mark.parametrize("name", [n for n in ALL if n.removesuffix(", classification") not in IRREDUCIBLE])
def test_reduced_flows_follow_from_the_flow_of_the_parameters(name):
    problem = ALL[name]
    reduced, flow = reduced_flow(problem), gradient_flow(problem)
    assert reduced.holds and len(reduced.residues) > 0
    # at the start: the rate of every coordinate along the flow is what the reduced flow says
    place = {
        s: sp.Rational(q.numerator, q.denominator)
        for s, q in zip(flow.symbols, (q for layer in problem.v0 for q in layer), strict=True)
    }
    eta = {symbol: value.xreplace(place) for symbol, value in reduced.coordinates.items()}
    for symbol, value in reduced.coordinates.items():
        along = sp.Add(
            *(sp.diff(value, v) * rate for v, rate in zip(flow.symbols, flow.velocity, strict=True))
        )
        gap = along.xreplace(place) - reduced.velocity[symbol].xreplace(eta)
        assert abs(sp.N(gap, 30)) < 1e-25
    beta = problem.network.coefficients(problem.v0)
    for stated, value in zip(reduced.coefficients, beta, strict=True):
        assert abs(sp.N(stated.xreplace(eta) - sp.Rational(value.numerator, value.denominator), 30)) < 1e-25


@pytest.mark.parametrize(
    "name", ["fully connected", "short filter", "tensor", "sensing that does not commute"]
)
def test_no_reduced_flow_where_there_is_none(name):
    with pytest.raises(HypothesisError):
        reduced_flow(REGRESSION[name])


def kkt_gap(objective, problem):
    """Largest residual of the KKT system at the predicted rho and nu, which come from a dual in balls."""
    details = predict_regression(problem, 30).details
    values = []
    for variable, component, target in zip(
        objective.variables, objective.components, details["rho"], strict=True
    ):
        if component == variable:
            values.append(number(target))
            continue
        f = sp.lambdify([variable], component - sp.Rational(target.numerator, target.denominator), "mpmath")
        low, high = (-50, 50) if f(mpmath.mpf(50)) > 0 else (50, -50)
        low, high = mpmath.mpf(low), mpmath.mpf(high)
        for _ in range(140):
            middle = (low + high) / 2
            low, high = (middle, high) if f(middle) < 0 else (low, middle)
        values.append(low)
    values += [number(q) for q in details["nu"]]
    arguments = [*objective.variables, *objective.multipliers]
    return max(
        abs(sp.lambdify([arguments], equation.lhs - equation.rhs, "mpmath")(values))
        for equation in objective.kkt
    )


@pytest.mark.parametrize("name", [n for n in CONVEX if n != "one layer"])
def test_the_predicted_limit_solves_the_kkt_system(name):
    problem = REGRESSION[name]
    objective = potential(problem)
    assert objective.holds
    assert kkt_gap(objective, problem) < mpmath.mpf(10) ** -28
    # a potential of another start is not stationary there
    other = replace(problem, v=(tuple(2 * x for x in problem.v[0]), *problem.v[1:]))
    if problem.v[0] != problem.v[-1]:
        assert kkt_gap(potential(other), problem) > mpmath.mpf(10) ** -3


@pytest.mark.parametrize("step", [(2, -1, 0), (-1, 1, 1), (1, 0, 1)])
@pytest.mark.parametrize("name", ["diagonal 2", "equal layers 2", "equal layers 3"])
def test_every_other_fit_has_larger_q(name, step):
    # x = (1, 2, -1): the steps change the fit by nothing
    objective = potential(REGRESSION[name])
    rho = [number(q) for q in predict_regression(REGRESSION[name], 30).details["rho"]]
    Q = sp.lambdify([objective.variables], objective.Q, "mpmath")
    for size in (mpmath.mpf("1e-4"), -mpmath.mpf("1e-4")):
        assert Q([r + size * s for r, s in zip(rho, step, strict=True)]) > Q(rho)


def test_a_gradient_that_is_not_that_of_q_is_seen():
    for name in ("diagonal 2", "diagonal 3", "elliptic", "equal layers 3", "one layer"):
        objective = potential(REGRESSION[name])
        assert not replace(objective, gradient=(2 * objective.gradient[0], *objective.gradient[1:])).holds
        assert not replace(objective, Q=objective.Q + objective.variables[0]).holds


def test_the_potential_of_two_layers_is_the_hyperbolic_one():
    objective = potential(REGRESSION["sensing, rational"])
    rho, a = objective.variables[0], sp.Rational(1, 2)
    s = 2 * rho / a**2
    stated = (
        a**2
        * (rho / a**2 * sp.asinh(s) - sp.sqrt((rho / a**2) ** 2 + sp.Rational(1, 4)) + sp.Rational(1, 2))
        / 2
    )
    other = objective.Q.subs(objective.variables[1], 0)
    assert abs(sp.N((stated - other).subs(rho, sp.Rational(3, 7)), 30)) < 1e-28


def test_no_potential_where_theory_has_none():
    for name in ("complex convolution", "short filter", "fully connected", "deep", "tensor"):
        with pytest.raises(HypothesisError):
            potential(REGRESSION[name])


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_maximum_margin_problems_are_stated_in_the_parameters(name):
    objective = potential(CLASSIFICATION[name])
    kinds = [relation.rel_op for relation in objective.kkt]
    n = len(CLASSIFICATION[name].y)
    assert kinds.count(">=") == 2 * n and objective.holds
    named = ("short filter", "tensor", *POLYNOMIAL)
    assert (objective.in_beta is None) == (name in named or name.startswith("sensing"))


def test_kkt_of_a_margin_by_hand():
    problem = build(
        {"kind": "diagonal", "depth": 2}, {"X": [["2"]], "y": ["1"]}, [["1"], ["1"]], "classification"
    )
    objective = potential(problem)
    # v_1 v_2 2 = 1 at v_1 = v_2 = 1/sqrt 2, nu = 1/2: all relations hold there
    place = dict(
        zip(
            [*objective.variables, *objective.multipliers],
            [1 / sp.sqrt(2)] * 2 + [sp.Rational(1, 2)],
            strict=True,
        )
    )
    assert all(relation.subs(place) == True for relation in objective.kkt)  # noqa: E712
    moved = {**place, objective.multipliers[0]: 1}
    assert not all(relation.subs(moved) == True for relation in objective.kkt)  # noqa: E712


@pytest.mark.parametrize(
    "name", ["one layer", "diagonal 2", "equal layers 2", "odeco", "convolution of two", "complex convolution",
             "short filter", "fully connected", "tensor", "sensing, rational"]
)  # fmt: skip
def test_closed_forms_are_where_the_flow_goes(name):
    problem = REGRESSION[name]
    formula = limit_formula(problem)
    flow = follow_to_limit(problem, 20)
    size = max(map(abs, flow.value))
    for stated, reached in zip(formula.evaluate(25), flow.value, strict=True):
        assert abs(stated - number(reached)) < mpmath.mpf(10) ** -20 * number(size)


@pytest.mark.parametrize("name", ["diagonal 3", "deep", "sensing that does not commute"])
def test_no_closed_form_where_there_is_none(name):
    with pytest.raises(HypothesisError):
        limit_formula(REGRESSION[name])


@pytest.mark.parametrize("name", ["fully connected", "one layer", "diagonal 2"])
def test_limit_directions_in_closed_form(name):
    problem = CLASSIFICATION[name]
    predicted = predict_direction(problem, 25).value
    for stated, other in zip(limit_formula(problem).evaluate(25), predicted, strict=True):
        assert abs(stated - number(other)) < mpmath.mpf(10) ** -25


def test_everything_is_latex_and_goes_through_lambdify():
    problem = REGRESSION["diagonal 2"]
    parts = (gradient_flow, conserved_quantities, reduced_flow, potential, limit_formula)
    for part in parts:
        made = part(problem)
        assert made.latex() in made._repr_latex_() and "aligned" in made.latex() and "[" not in made.latex()
    objective = potential(problem)
    Q = sp.lambdify(objective.variables, objective.Q, "numpy")
    assert (
        abs(
            Q(0.1, 0.2, 0.3)
            - float(objective.Q.subs(dict(zip(objective.variables, (0.1, 0.2, 0.3), strict=True))))
        )
        < 1e-12
    )
    flow = gradient_flow(problem)
    assert len(sp.lambdify([flow.symbols], flow.velocity, "numpy", cse=True)([0.1] * 6)) == 6


PRINTED = (
    "one layer",
    "elliptic",
    "deep",
    "sensing, irrational",
    "short filter, classification",
    "odeco, classification",
    "fully connected, classification",
    "complex convolution, classification",
)


@pytest.mark.parametrize("name", PRINTED)
def test_the_derivation_of_a_problem_has_its_own_equations(name):
    text = to_latex(derive_problem(ALL[name], name="x"))
    assert r"\dot{v}_{1,1}" in text and "problem:x:flow-1" in text and "problem:x:dimension" in text
    assert ("problem:x:reduced-1" in text) == (name.removesuffix(", classification") not in IRREDUCIBLE)
    assert ("problem:x:kkt-1" in text) == (name in CONVEX or name.endswith("classification"))
    assert "problem:x:limit-1" in text or "No limit of zero loss" in text


def test_a_derivation_refuses_equations_that_are_not_those_of_the_loss(monkeypatch):
    right = problem_derivation.gradient_flow

    def wrong(problem):
        flow = right(problem)
        return replace(flow, rhs=(tuple(-x for x in flow.rhs[0]), *flow.rhs[1:]))

    monkeypatch.setattr(problem_derivation, "gradient_flow", wrong)
    with pytest.raises(FalseStep, match="not the gradient"):
        derive_problem(REGRESSION["diagonal 2"])


def test_networks_too_large_to_print_are_refused_by_name():
    large = build({"kind": "diagonal", "depth": 2}, {"X": [["1"] * 101], "y": ["1"]}, [["1"] * 101] * 2)
    with pytest.raises(HypothesisError, match="202"):
        derive_problem(large)


def test_the_command_prints_the_problem_or_the_laws_of_what_is_too_large(tmp_path, capsys, monkeypatch):
    (tmp_path / "it.toml").write_text(write_problem(REGRESSION["diagonal 2"]), "utf-8")
    for most, small in ((1000, True), (2, False)):
        monkeypatch.setattr(problem_derivation, "MOST_TERMS", most)
        assert _run(["derive", str(tmp_path / "it.toml")]) == 0
        shown = capsys.readouterr()
        assert ("problem:it:flow-1" in shown.out) is small and "law-1" in shown.out
        assert ("conserved quantities only" in shown.err) is not small


@pytest.mark.skipif(not shutil.which("latexmk"), reason="TeX is not installed")
@pytest.mark.parametrize("name", ["elliptic", "complex convolution, classification", "sensing, irrational"])
def test_derivations_of_problems_compile(name, tmp_path):
    (tmp_path / "it.tex").write_text(to_latex(derive_problem(ALL[name], name="it")), "utf-8")
    assert compile_pdf(tmp_path / "it.tex", tmp_path / "out").stat().st_size > 10_000
