"""Laws of vector fields: rates along exact solutions and mpmath flows, decisions on true and false formulas."""

import json
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from litproof.dynamics import Mirror, Momentum, WeightDecay
from litproof.errors import Inconclusive, InputError
from litproof.laws.candidates import decide
from litproof.laws.field_count import most_laws
from litproof.laws.field_laws import find_field_laws
from litproof.laws.field_report import report_on
from litproof.laws.fields import Fields, fields_of, fields_of_map
from litproof.laws.search import discover_conserved
from litproof.networks import Convolutional, Diagonal, FullyConnected, MatrixSensing
from litproof.networks.polynomial import PolynomialNetwork, network_of_formulas
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping, read_network

x, y, z = sp.symbols("x y z", real=True)
q = sp.Rational


def rate(formula, symbols, drift, controls):
    """d/dt + the fields, in sympy, of a formula with t: one rate for each control and one for the drift."""
    t = sp.Symbol("t", real=True)
    law = sp.sympify(formula, locals={"t": t, **{str(s): s for s in symbols}})
    rates = [sum(sp.diff(law, s) * f for s, f in zip(symbols, field, strict=True)) for field in controls]
    rest = sum((sp.diff(law, s) * f for s, f in zip(symbols, drift, strict=True)), sp.S.Zero)
    return [*rates, sp.diff(law, t) + rest]


FIELDS = {
    "rotation": ([x, y], [y, -x], [], 2, 2),
    "damped": ([x, y], [y, -2 * x - y], [], 2, 2),
    "saddle": ([x, y], [x + 3 * y, y - x / 2], [], 2, 2),
    "irrational saddle": ([x, y], [y, 2 * x], [], 2, 2),
    "top": ([x, y, z], [y * z, -2 * x * z, x * y], [], 2, 3),
    "nilpotent": ([x, y, z], [sp.S.One, x, y], [], 3, 3),
    "Jordan": ([x, y], [2 * x, 2 * y + x], [], 2, 2),
    "rational": ([x, y], [1 / (x * y), -1 / (x * x)], [], 1, 2),
    "roots": ([x, y], [sp.sqrt(x * y), -sp.sqrt(x * y)], [], 1, 2),
    "exponentials": ([x, y], [sp.exp(x) * y, -sp.exp(x) * x], [], 1, 2),
    "decay": ([x, y], [-x / 3, -y / 3], [[y, x]], 1, 1),
    "different decay": ([x, y], [-x, -2 * y], [[y, x]], 0, 0),
    "two controls": ([x, y, z], [], [[y, x, 0], [0, z, y]], 1, 1),
    "free controls": ([x, y, z], [], [[1, 0, 0], [0, 1, x]], 0, 0),
    "Lorenz": ([x, y, z], [10 * (y - x), x * (28 - z) - y, x * y - q(8, 3) * z], [], 0, 3),
}


@pytest.mark.parametrize("name", FIELDS)
def test_laws_found_are_laws(name):
    symbols, drift, controls, count, most = FIELDS[name]
    fields = Fields.from_sympy(symbols, drift, controls)
    laws = find_field_laws(fields, 3 if name == "nilpotent" else 2)
    assert len(laws.laws) == count
    assert most_laws(fields) == most
    for law in laws.laws:
        for value in rate(law.formula, symbols, drift or [0] * len(symbols), controls):
            point = {s: q(3 + 2 * k, 7) for k, s in enumerate(symbols)} | {sp.Symbol("t", real=True): q(1, 3)}
            assert abs(sp.N(value.subs(point), 40)) < 1e-30, law.formula
        assert decide(fields, law.formula).conserved is True


DECISIONS = [
    ("rotation", "x^2 + y^2", True),
    ("rotation", "x^2 - y^2", False),
    ("rotation", "cos(t)*x - sin(t)*y", True),
    ("rotation", "cos(t)*x + sin(t)*y", False),
    ("rotation", "log(x^2 + y^2)*(x^2 + y^2)^(1/3)", True),
    ("rotation", "t", False),
    ("damped", "exp(t)*(x^2 + y^2)", False),
    ("exponentials", "exp(x^2 + y^2)*exp(-x^2)", False),
    ("exponentials", "sinh(x^2 + y^2)^2 - cosh(x^2 + y^2)^2 + x^2 + y^2", True),
    ("roots", "sqrt(x + y)", True),
    ("roots", "sqrt(x) + sqrt(y)", False),
    ("decay", "exp(2*t/3)*(x^2 - y^2)", True),
    ("decay", "exp(t/3)*(x^2 - y^2)", False),
    ("rational", "log(x^2)/2 + log(y)", True),
    ("rational", "log(x^2) + log(y)", False),
    ("irrational saddle", "2*x^2 - y^2", True),
    ("Jordan", "exp(-2*t)*(y - t*x)", True),
    ("Jordan", "exp(-2*t)*y", False),
]


@pytest.mark.parametrize(("name", "formula", "truth"), DECISIONS)
def test_formulas_are_decided(name, formula, truth):
    symbols, drift, controls, *_ = FIELDS[name]
    assert decide(Fields.from_sympy(symbols, drift, controls), formula).conserved is truth


def test_lotka_volterra_has_no_polynomial_law_but_one_with_logarithms():
    fields = Fields.from_sympy([x, y], [x * (1 - y), y * (x - 1)])
    report = report_on(fields, "field", 3, ["x - log(x) + y - log(y)", "x + log(x) + y - log(y)"])
    assert report.rank == 0 and report.complete is False and report.most == 2
    assert [candidate.conserved for candidate in report.candidates] == [True, False]
    assert "its rate along the drift is not 0 at x = " in report.candidates[1].reason


@pytest.mark.parametrize(
    "network",
    [
        Diagonal(3, 2),
        Convolutional((2, 3)),
        FullyConnected(2, (2,)),
        MatrixSensing(2, 2),
        PolynomialNetwork.of(["W[2,2]", "w[2]"], ["W*W*w"], 2),
    ],
)
def test_as_many_laws_as_the_search_for_networks_finds(network):
    """Two independent searches, and two counts."""
    fields, report = fields_of_map(network), discover_conserved(network)
    laws = find_field_laws(fields)
    assert len(laws.laws) == report.rank
    assert most_laws(fields) == report.laws
    for quantity in report.quantities:
        assert decide(fields, quantity.polynomial).conserved is True


NORMALISED = network_of_formulas(["g", "v[3]"], ["g*v[j]/sqrt(dot(v, v))"], 3)
ATTENTION = network_of_formulas(["W[2,2]", "p[2]"], ["softmax(W*p)"], 2)
START = {NORMALISED: [["1/2"], ["3/5", "4/5", "1/3"]], ATTENTION: [["1/2", "1", "0", "1/3"], ["1", "1/4"]]}


def problem_of(network, dynamics=None):
    X = [["1", "2", "-1/2"][: network.inputs]]
    return Problem(network, "regression", X, ["1"], "1", START[network], dynamics=dynamics)


def test_weight_normalisation_keeps_the_norm():
    report = report_on(fields_of(problem_of(NORMALISED)), "formula")
    assert [law.formula for law in report.laws.laws] == ["v[1]**2 + v[2]**2 + v[3]**2"]
    assert report.complete is True


@pytest.mark.parametrize("network", [NORMALISED, ATTENTION])
@pytest.mark.parametrize("dynamics", [None, WeightDecay(Fraction(1, 4)), Mirror("sum(v[j]^4) + g^2")])
def test_laws_hold_along_flows_with_functions(network, dynamics):
    """Values of the laws at times of the flow, followed to 30 digits in the original parameters."""
    from litproof.integrate.training.follow import training_path

    if isinstance(dynamics, Mirror) and network is ATTENTION:
        dynamics = Mirror("sum(p[j]^2) + sum(i, sum(j, cosh(W[i,j])))")
    problem = problem_of(network, dynamics)
    fields = fields_of(problem)
    laws = find_field_laws(fields)
    if dynamics is None or isinstance(dynamics, WeightDecay):
        assert laws.laws
        assert most_laws(fields) == len(laws.laws)
    names = [f"s{k}" for k in range(len(fields.variables))]
    path = training_path(problem, [Fraction(0), Fraction(1, 2), Fraction(2)], 30)
    for law in laws.laws:
        text = law.formula
        for plain, name in zip(names, fields.variables, strict=True):
            text = text.replace(name, plain)
        values = []
        for t, layers in path:
            point = dict(zip(names, (x for layer in layers for x in layer), strict=True))
            numbers = {n: sp.Rational(v.numerator, v.denominator) for n, v in point.items()}
            values.append(
                sp.N(sp.sympify(text).subs({"t": sp.Rational(t.numerator, t.denominator), **numbers}), 40)
            )
        assert max(abs(v - values[0]) for v in values) < mpmath.mpf(10) ** -27, law.formula


def test_momentum_has_the_rotation_with_its_exponential():
    problem = Problem(
        PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]*v[j]"], 2),
        "regression",
        [["1", "2"]],
        ["1"],
        "1",
        [["1", "1/2"], ["1/3", "1"]],
        dynamics=Momentum(Fraction(1, 2)),
    )
    shared = replace(problem, network=PolynomialNetwork.of(["u[2]", "v[2]"], ["dot(u, u) + v[j]"], 2))
    assert find_field_laws(fields_of(problem)).laws == ()
    fields = fields_of(shared)
    texts = [law.formula for law in find_field_laws(fields).laws]
    assert "exp(2*t)*(u[1]*u_dot[2] - u[2]*u_dot[1])" in texts
    assert decide(fields, "exp(2*t)*(u[1]*u_dot[2] - u[2]*u_dot[1])").conserved is True
    assert decide(fields, "u[1]*u_dot[2] - u[2]*u_dot[1]").conserved is False
    assert decide(fields, "u[1]*u_dot[2] + u[2]*u_dot[1]").conserved is False


FILE = {
    "schema": 1,
    "field": {
        "parameters": ["u[2]", "W[2,2]", "a"],
        "rates": ["-u[j]/3", "-W/3", "-a/3"],
        "controls": [["W*u", "u[j]*u[c]", "0"]],
    },
}


def written(tmp_path, field):
    path = tmp_path / "field.json"
    path.write_text(json.dumps({"schema": 1, "field": field}), "utf-8")
    return path


def test_a_file_with_fields(tmp_path):
    from litproof.laws.fields import fields_of_file

    file = read_network(written(tmp_path, FILE["field"]), fields=True)
    fields = fields_of_file(file)
    assert fields.variables == ("u[1]", "u[2]", "W[1,1]", "W[1,2]", "W[2,1]", "W[2,2]", "a")
    report = report_on(fields, "field", 2)
    texts = [law.formula for law in report.laws.laws]
    assert "exp(1/3*t)*(a)" in texts and "exp(1/3*t)*(W[1,2] - W[2,1])" in texts
    for text in texts:
        assert decide(fields, text).conserved is True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rates": ["u", "W"]}, "field.rates: expected 3 formulas, the rates of u, W, a, got 2"),
        ({"rates": ["u", "W*u", "a"]}, r"field.rates, rate of W.*expected 4 entries"),
        (
            {"rates": ["u", "W", "u[3]"]},
            r"field.rates, rate of a, position 1: the index is 3, but u\[2\] ends at 2",
        ),
        ({"controls": [["u"]]}, r"expected 3 formulas"),
        ({"controls": "u"}, r"field.controls: expected a list of lists"),
        ({"parameters": ["u[2]", "u[2]", "a"]}, "the name 'u' is given twice"),
        ({"rates": ["gamma(u)", "W", "a"]}, "rate of u, position 1: unknown name 'gamma'"),
        ({"speed": 1}, "speed"),
    ],
)
def test_faulty_files_with_fields(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        read_network(written(tmp_path, {**FILE["field"], **change}), fields=True)


def test_a_field_file_is_no_problem(tmp_path):
    with pytest.raises(InputError, match="field"):
        problem_from_mapping(FILE)
    with pytest.raises(InputError, match="field"):
        read_network(written(tmp_path, FILE["field"]))


def test_searches_out_of_reach_say_so():
    symbols = sp.symbols("s1:15")
    fields = Fields.from_sympy(symbols, symbols)
    with pytest.raises(Inconclusive, match="laws of degree 4 in 14 variables have 3060 coefficients"):
        find_field_laws(fields, 4)
