"""Independent slow computations of the same numbers: no grading, no primes, no power series."""

from itertools import combinations_with_replacement

import pytest
import sympy as sp
from flint import fmpq, fmpq_mat

from litproof.flow.parameters import Parameter
from litproof.laws import discover_conserved, fully_connected_map, map_of, polynomial_map, relu_map
from litproof.networks import Diagonal, FullyConnected
from litproof.networks.convolutional import Convolutional
from litproof.networks.matrix_sensing import MatrixSensing

MAPS = {
    "2-2-1": fully_connected_map((2, 2, 1)),
    "1-2-1-1": fully_connected_map((1, 2, 1, 1)),
    "2-1-2": fully_connected_map((2, 1, 2)),
    "short convolution": map_of(Convolutional((2, 3))),
    "full convolution": map_of(Convolutional((3, 3))),
    "sensing": map_of(MatrixSensing(2, 2)),
    "relu with bias": relu_map((1, 2, 1), bias=True),
}


def expressions(polynomial_map):
    theta = [Parameter(name) for name in polynomial_map.variables]
    return theta, [
        sum((c * sp.prod([theta[i] for i in monomial]) for monomial, c in f.items()), sp.Integer(0))
        for f in polynomial_map.coordinates
        if f
    ]


def rational_rank(rows):
    rows = [[fmpq(int(sp.numer(e)), int(sp.denom(e))) for e in row] for row in rows]
    return fmpq_mat(rows).rank() if rows and rows[0] else 0


def brute_force_dimension(polynomial_map, degree):
    """dim {h of degree exactly `degree`: <grad h, grad f_c> = 0}, by comparing all coefficients over Q."""
    theta, coordinates = expressions(polynomial_map)
    columns = []
    for chosen in combinations_with_replacement(theta, degree):
        h = sp.prod(chosen)
        column = {}
        for c, f in enumerate(coordinates):
            residue = sp.Poly(sum(sp.diff(h, t) * sp.diff(f, t) for t in theta), *theta)
            column |= {(c, exponents): value for exponents, value in residue.terms() if value}
        columns.append(column)
    keys = sorted({key for column in columns for key in column})
    matrix = [[column.get(key, sp.Integer(0)) for key in keys] for column in columns]
    return len(columns) - rational_rank(matrix)


def span_dimension(laws, degree, theta):
    """Dimension of the span of all products of the given polynomials of total degree `degree`."""
    generators = [(sp.Poly(law, *theta), sp.Poly(law, *theta).total_degree()) for law in laws]
    products = []

    def extend(start, product, left):
        if left == 0:
            products.append(product)
        for i in range(start, len(generators)):
            if generators[i][1] <= left:
                extend(i, product * generators[i][0], left - generators[i][1])

    extend(0, sp.Poly(1, *theta), degree)
    keys = sorted({m for p in products for m in p.monoms()})
    return rational_rank([[p.coeff_monomial(m) for m in keys] for p in products]) if products else 0


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_generators_and_their_products_are_all_solutions(name, degree):
    report = discover_conserved(MAPS[name], degree=degree)
    theta = [Parameter(name) for name in report.variables]
    laws = [quantity.expression for quantity in report.quantities]
    assert span_dimension(laws, degree, theta) == brute_force_dimension(MAPS[name], degree)


@pytest.mark.parametrize("name", MAPS)
def test_printed_polynomials_are_conserved(name):
    theta, coordinates = expressions(MAPS[name])
    for quantity in discover_conserved(MAPS[name]).quantities:
        h = quantity.expression
        for f in coordinates:
            assert sp.expand(sum(sp.diff(h, t) * sp.diff(f, t) for t in theta)) == 0


@pytest.mark.parametrize("name", ["2-2-1", "2-1-2", "short convolution", "full convolution", "sensing"])
def test_lie_dimension_by_expanded_brackets(name):
    theta, coordinates = expressions(MAPS[name])
    point = {t: sp.Rational(3 * i + 2, i + 5) for i, t in enumerate(theta)}
    fields = [[sp.diff(f, t) for t in theta] for f in coordinates]
    generated, rank = list(fields), 0
    newest = fields
    while True:
        now = rational_rank([[sp.Rational(e.subs(point)) for e in field] for field in generated])
        if now == rank:
            break
        rank = now
        newest = [
            [
                sp.expand(
                    sum(
                        X[j] * sp.diff(Y[i], theta[j]) - Y[j] * sp.diff(X[i], theta[j])
                        for j in range(len(theta))
                    )
                )
                for i in range(len(theta))
            ]
            for X in fields
            for Y in newest
        ]
        generated += newest
    assert discover_conserved(MAPS[name]).lie_dimension == rank


def test_functional_count_is_below_the_linear_count_for_wide_hidden_layers():
    report = discover_conserved(fully_connected_map((1, 4, 1)))
    theta = [Parameter(name) for name in report.variables]
    gradients = [[sp.diff(q.expression, t) for t in theta] for q in report.quantities]
    point = {t: sp.Rational(2 * i + 1, i + 3) for i, t in enumerate(theta)}
    assert (
        len(gradients) == 16
    )  # W_1^T W_1 - W_2 W_2^T, and W_1^T W_2^T - W_2 W_1 because f is a scalar product
    assert report.rank == 7 == rational_rank([[sp.Rational(g.subs(point)) for g in row] for row in gradients])


def test_inhomogeneous_maps_mix_degrees():
    x, y, z = sp.symbols("x y z")
    # the flow of f = x + x y is x' = 1 + y, y' = x, so x^2 - y^2 - 2 y is conserved
    report = discover_conserved(polynomial_map([x + x * y, z], [x, y, z]), degree=2)
    assert report.complete and report.rank == 1
    (quantity,) = report.quantities
    h = quantity.expression
    assert sp.expand(sp.diff(h, x) * (1 + y) + sp.diff(h, y) * x) == 0
    assert sp.expand(h - (x**2 - y**2 - 2 * y)) == 0 or sp.expand(h + (x**2 - y**2 - 2 * y)) == 0


@pytest.mark.parametrize(
    "source", [FullyConnected(3, (3,)), FullyConnected(2, (3, 2)), Diagonal(4, 2), Convolutional((2, 3))]
)
def test_the_marked_quantities_are_a_basis(source):
    """Ranks of the Jacobian over Q at an integer point: of those marked, of all, and of all that end before one."""
    report = discover_conserved(source, 2)
    symbols = [sp.Symbol(name, real=True) for name in report.variables]
    laws = [
        sp.Add(*(c * sp.Mul(*(symbols[i] for i in monomial)) for monomial, c in q.law.items()))
        for q in report.quantities
    ]
    point = dict(zip(symbols, (sp.Integer(k * k + 3 * k + 1) for k in range(len(symbols))), strict=True))
    rows = [[sp.diff(law, s).xreplace(point) for s in symbols] for law in laws]
    ranks = [sp.Matrix(rows[: k + 1]).rank() for k in range(len(rows))]
    marked = [q.independent for q in report.quantities]
    assert marked == [rank > before for rank, before in zip(ranks, [0, *ranks], strict=False)]
    assert sum(marked) == report.rank == ranks[-1]
    assert report.independent is all(marked)
    stars = report.to_latex().count("\\tag*")
    assert stars == (0 if report.independent else report.rank)
    assert [q["independent"] for q in report.to_json()["quantities"]] == marked
