"""False laws are rejected, exactness is claimed only with proof, nothing is decided in floating point."""

import ast
import dataclasses
import random
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import given, settings, strategies as st

import litproof.laws
from litproof.errors import Inconclusive, InputError
from litproof.flow.parameters import Parameter
from litproof.integrate.regression.follow import trajectory
from litproof.laws import (
    conserved_report,
    discover_conserved,
    fully_connected_map,
    map_of,
    polynomial_map,
    recheck,
    relu_map,
)
from litproof.laws.bracket import count_brackets, recount
from litproof.laws.independence import random_point
from litproof.laws.kernel import PRIMES, ConservationTest, rational_from_residue
from litproof.laws.modular_gradients import PRIME, ModularProgram, numbers, residue, series
from litproof.laws.report import Quantity
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_real_odeco
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem

SOURCES = sorted(Path(litproof.laws.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_floating_point_anywhere(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not any(name.split(".")[0] in ("numpy", "scipy", "mpmath") for name in names)
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
        )


@pytest.mark.parametrize("prime", PRIMES)
def test_moduli_are_prime(prime):
    assert sp.isprime(prime)


@pytest.mark.parametrize(
    "source",
    [
        fully_connected_map((2, 3, 2)),
        relu_map((2, 2, 1), bias=True),
        Convolutional((2, 4, 4)),
        Diagonal(3, 2),
    ],
)
def test_mutated_laws_are_rejected(source):
    mapping = source if hasattr(source, "program") else map_of(source)
    test = ConservationTest(mapping.parameters, mapping.coordinates)
    rng = random.Random(5)
    for quantity in discover_conserved(mapping).quantities:
        law = dict(quantity.law)
        assert test.holds(law)
        for monomial in law:
            doubled = {**law, monomial: 2 * law[monomial]}
            flipped = {**law, monomial: -law[monomial]}
            dropped = {m: c for m, c in law.items() if m != monomial}
            swapped = {m: c for m, c in law.items() if m != monomial}
            other = tuple(sorted((monomial[0], rng.randrange(mapping.parameters))))
            if other not in law:
                swapped[other] = law[monomial]
            for mutant in (doubled, flipped, dropped, swapped):
                assert not test.holds(mutant)


def test_laws_of_another_map_fail_the_recheck():
    small = discover_conserved(fully_connected_map((2, 2, 2)))
    assert recheck(small, fully_connected_map((2, 2, 2)))
    assert not recheck(small, polynomial_map(*_two_by_two_with_a_sign_error()))


def _two_by_two_with_a_sign_error():
    named = fully_connected_map((2, 2, 2))
    theta = [Parameter(name) for name in named.variables]
    w1, w2 = sp.Matrix(2, 2, theta[:4]), sp.Matrix(2, 2, theta[4:])
    product = w1 * w2
    product[0, 0] += 2 * theta[0] * theta[4]
    return list(product), theta


def test_recheck_refuses_inflated_counts():
    source = fully_connected_map((2, 3, 2))
    report = discover_conserved(source)
    (part,) = report.components
    more_laws = dataclasses.replace(part, independent=part.independent + 1)
    more_lie = dataclasses.replace(part, lie=dataclasses.replace(part.lie, dimension=part.lie.dimension + 1))
    false_law = Quantity("|W1|^2", {(0, 0): 1}, report.variables)
    assert not recheck(dataclasses.replace(report, components=(more_laws,)), source)
    assert not recheck(dataclasses.replace(report, components=(more_lie,)), source)
    assert not recheck(dataclasses.replace(report, quantities=(*report.quantities, false_law)), source)


def test_a_degree_that_is_too_low_is_not_complete():
    report = discover_conserved(fully_connected_map((2, 3, 2)), degree=1)
    assert report.rank == 0 and not report.complete
    assert report.laws == 6
    assert "not complete" in report.verdict


def test_a_bracket_count_cut_short_is_not_called_exact(monkeypatch):
    import litproof.laws.search as search

    full = search.count_brackets

    def truncated(program, point, target, **options):
        count = full(program, point, target, **options)
        return dataclasses.replace(count, dimension=count.dimension - 1, stalled=False)

    monkeypatch.setattr(search, "count_brackets", truncated)
    report = discover_conserved(fully_connected_map((2, 3, 2)))
    assert not report.lie_exact and not report.complete
    assert report.lie_dimension == report.lie_upper - 1
    assert "between 0 and 1" in report.verdict


def test_a_stalled_count_is_not_believed_unless_the_fields_are_closed(monkeypatch):
    import litproof.laws.search as search

    full = search.count_brackets

    def lying(program, point, target, **options):
        count = full(program, point, target, **options)
        return dataclasses.replace(count, dimension=count.dimension - 1, stalled=True)

    monkeypatch.setattr(search, "count_brackets", lying)
    report = discover_conserved(fully_connected_map((1, 2, 2)))
    assert not report.lie_exact


def test_closed_fields_without_polynomial_laws_are_proved_exact():
    # x' = 2 x, y' = 4 y, z' = 6 z and x' = x: first integrals y^3 / z^2 ... are not polynomials
    x, y, z = sp.symbols("x y z")
    report = discover_conserved(polynomial_map([x**2 + 2 * y**2 + 3 * z**2, x**2], [x, y, z]))
    assert (report.rank, report.lie_dimension, report.laws) == (0, 2, 1)
    assert report.lie_exact and not report.complete


@given(st.lists(st.integers(1, 3), min_size=2, max_size=4), st.integers(0, 2**20))
@settings(max_examples=25, deadline=None)
def test_bracket_counts_repeat_from_their_record_and_for_any_seed(sizes, seed):
    program = fully_connected_map(sizes).program
    point = random_point(program.inputs, seed=seed)
    count = count_brackets(program, point, program.inputs, seed=seed)
    assert recount(program, count) == count.dimension
    again = count_brackets(
        program, random_point(program.inputs, seed=seed + 1), program.inputs, seed=seed + 1
    )
    assert again.dimension == count.dimension


@given(
    st.lists(st.integers(-5, 5), min_size=4, max_size=4), st.lists(st.integers(-5, 5), min_size=4, max_size=4)
)
def test_gradients_and_hessian_products_agree_with_sympy(point, direction):
    a, b, c, d = theta = sp.symbols("a b c d")
    coordinates = [a * b * c - sp.Rational(2, 3) * d**3, (a + b) ** 2 * (c - d) + 5, b * d / 7]
    program = ModularProgram(polynomial_map(coordinates, theta).program, PRIME)
    ring = numbers(PRIME)
    weights = {0: 3, 1: 1, 2: 14}
    f = sum(weights[i] * g for i, g in enumerate(coordinates))
    at = dict(zip(theta, point, strict=True))
    values = program.values([p % PRIME for p in point], ring)
    expected = [residue(Fraction(str(sp.diff(f, t).subs(at))), PRIME) for t in theta]
    assert [int(g) % PRIME for g in program.gradient(values, weights, ring)] == expected
    adjoints = program.adjoints(values, weights, ring)
    product = program.hessian_product(values, adjoints, [v % PRIME for v in direction], ring)
    hessian = sp.hessian(f, theta).subs(at) * sp.Matrix(direction)
    assert [int(g) % PRIME for g in product] == [residue(Fraction(str(e)), PRIME) for e in hessian]


def test_power_series_arithmetic_is_truncated():
    from flint import nmod_poly

    ring = series(PRIME, 2)
    t = nmod_poly([0, 1], PRIME)
    assert ring.product(t, t) == ring.zero


@given(st.fractions(max_denominator=10**9).filter(lambda q: abs(q.numerator) < 10**9))
def test_rationals_come_back_from_residues(q):
    assert rational_from_residue(residue(q, PRIME), PRIME) == q


def test_a_prime_in_a_denominator_is_reported():
    with pytest.raises(ZeroDivisionError, match="denominator"):
        residue(Fraction(1, PRIME), PRIME)


def test_large_coefficients_need_several_primes():
    x, y = sp.symbols("x y")
    big = 10**40 + 7
    report = discover_conserved(polynomial_map([big * x * y + y**2 * big], [x, y]), degree=2)
    assert report.lie_dimension == 1
    p, q = 3**60, 5**40
    # h = q x - p y is conserved by f = (p x + q y)^3
    report = discover_conserved(polynomial_map([(p * x + q * y) ** 3], [x, y]), degree=1)
    assert report.complete
    assert report.quantities[0].law == {(0,): q, (1,): -p}


def test_bad_degree_and_too_many_monomials():
    for degree in (0, -1, True, 2.0, "2"):
        with pytest.raises(InputError, match="degree"):
            discover_conserved(fully_connected_map((2, 2, 1)), degree=degree)
    with pytest.raises(Inconclusive, match="lower degree"):
        discover_conserved(fully_connected_map((5, 5, 5, 5)), degree=6)


def test_bad_maps():
    x, y = sp.symbols("x y")
    for expressions, variables, word in (
        ([sp.sin(x)], [x, y], "polynomial"),
        ([1 / x], [x], "polynomial"),
        ([sp.sqrt(2) * x], [x], "rational"),
        ([0.5 * x * y], [x, y], "rational"),
        ([x * y], [x], "polynomial"),
        ([x], [], "variable"),
        ([x], [x, x], "different"),
        ([], [x], "coordinate"),
    ):
        with pytest.raises(InputError, match=word):
            polynomial_map(expressions, variables)
    for sizes in ((3,), (2, 0, 1), (2, -1), (2, 1.5)):
        with pytest.raises(InputError, match="sizes"):
            fully_connected_map(sizes)
    with pytest.raises(InputError, match="paths"):
        relu_map((50, 50, 50, 50))


def test_problem_files(tmp_path):
    path = tmp_path / "net.toml"
    head = 'schema = 1\n[network]\nkind = "fully-connected"\nwidths = [3]\noutputs = 2\ninput-dim = 2\n'
    path.write_text(head, encoding="utf-8")
    report = conserved_report(path)
    expected = {"schema": 1, "parameters": 12, "degree": 2, "found": 6, "lie_dimension": 6, "lie_exact": True}
    machine = report.to_json()
    assert expected.items() <= machine.items()
    assert machine["laws"] == 6 and machine["complete"] is True
    assert machine["quantities"][0]["name"] == "W1^T W1 - W2 W2^T [1,1]"
    assert {"name", "polynomial", "independent"} == set(machine["quantities"][0])
    assert "certificate" in report.to_json(certificate=True)
    assert report.to_latex().startswith("\\begin{align*}")
    path.write_text(head.replace("[3]", "[0]"), encoding="utf-8")
    with pytest.raises(InputError):
        conserved_report(path)


FACTORED = {
    "relu": relu_map((2, 2, 2, 1), bias=True),
    "deep": fully_connected_map((2, 2, 2, 1)),
    "sensing": map_of(MatrixSensing(3, 2)),
    "convolution": map_of(Convolutional((2, 3, 3))),
    "odeco": map_of(draw_real_odeco(random.Random(4), 3, 2, 2)),
}


@pytest.mark.parametrize("name", FACTORED)
def test_factors_prove_only_what_holds_for_the_whole_map(name):
    # what a factor calls conserved is conserved by the expanded coordinates; random mutants are tried too
    mapping = FACTORED[name]
    full = ConservationTest(mapping.parameters, mapping.coordinates)
    rng = random.Random(7)
    proved = 0
    for factor in mapping.factors:
        test = ConservationTest(mapping.parameters, factor.coordinates)
        for quantity in discover_conserved(mapping).quantities:
            if {i for m in quantity.law for i in m} <= set(factor.variables):
                proved += test.holds(quantity.law)
            other = {
                tuple(sorted(rng.choices(factor.variables, k=2))): rng.choice((-1, 1)) for _ in quantity.law
            }
            for law in (quantity.law, other):
                assert full.holds(law) or not test.holds(law)
    assert proved


@pytest.mark.parametrize("name", FACTORED)
def test_a_factor_is_all_that_its_variables_see(name):
    """grad_S f_c lies in the span of the grad_S psi_k at random points: ranks mod p do not grow."""
    mapping = FACTORED[name]
    point = random_point(mapping.parameters, seed=3)
    for factor in mapping.factors:
        psi = [_gradient_at(f, factor.variables, point) for f in factor.coordinates]
        both = psi + [_gradient_at(f, factor.variables, point) for f in mapping.coordinates]
        assert _rank_mod_p(both) == _rank_mod_p(psi)


def _gradient_at(f, variables, point):
    row = []
    for i in variables:
        total = 0
        for monomial, coefficient in f.items():
            if i in monomial:
                rest = list(monomial)
                rest.remove(i)
                term = coefficient * monomial.count(i)
                for j in rest:
                    term = term * point[j] % PRIME
                total += term
        row.append(total % PRIME)
    return row


def _rank_mod_p(rows):
    from flint import nmod_mat

    return nmod_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row], PRIME).rank()


def test_reduced_coordinates_have_the_same_lie_dimension():
    rng = random.Random(11)
    for depth, m, d in ((2, 2, 2), (2, 3, 2), (3, 3, 2)):
        mapping = map_of(draw_real_odeco(rng, depth, m, d))
        direct = count_brackets(mapping.program, random_point(mapping.parameters), mapping.parameters)
        reduced = count_brackets(mapping.reduced, random_point(m * depth), m * depth)
        assert direct.dimension == reduced.dimension
        # more components than inputs: the fields commute, d of them move, m - d laws are not of degree two
        report = discover_conserved(mapping)
        assert (report.lie_dimension, report.lie_exact, report.complete) == (d, True, m == d)


# Discovered quantities stay constant along the integrated flow: an oracle for the integrator, 50 digits


DIGITS = 50
NETWORKS = {
    "fully connected": FullyConnected(2, (2, 2)),
    "short convolution": Convolutional((2, 3)),
    "full convolution": Convolutional((3, 3)),
    "diagonal": Diagonal(3, 2),
    "odeco": draw_real_odeco(random.Random(2), 2, 2, 2),
}


def evaluate(law, parameters):
    total = Fraction(0)
    for monomial, coefficient in law.items():
        term = Fraction(coefficient)
        for i in monomial:
            term *= parameters[i]
        total += term
    return total


@pytest.mark.parametrize("name", NETWORKS)
def test_quantities_do_not_drift(name):
    network = NETWORKS[name]
    rng = random.Random(8)
    X = (tuple(Fraction(rng.randint(-4, 4) or 1, 3) for _ in range(network.input_dim)),)
    v = tuple(tuple(Fraction(rng.randint(1, 5), 4) for _ in range(size)) for size in network.shapes)
    problem = Problem(network, "regression", X, (Fraction(1),), Fraction(1), v)
    ((_, later),) = trajectory(problem, [Fraction(3, 2)], DIGITS)
    start = [entry for layer in problem.v0 for entry in layer]
    end = [entry for layer in later for entry in layer]
    quantities = discover_conserved(network).quantities
    assert quantities
    for quantity in quantities:
        drift = abs(evaluate(quantity.law, end) - evaluate(quantity.law, start))
        assert drift < Fraction(1, 10 ** (DIGITS - 2))
    # a polynomial that is not conserved is seen to move
    assert abs(evaluate({(0, 0): 1}, end) - evaluate({(0, 0): 1}, start)) > Fraction(1, 1000)
