"""The subspace that a flow never leaves: against symmetries known beforehand, and against its own definition."""

import random
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, strategies as st

import litproof.flow.invariant_subspace as subspaces
from litproof.algebra.linear import rank
from litproof.flow.invariant_subspace import invariant_subspace, trace_kept_flow
from litproof.flow.program import Operators, split
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem


def problem(network, rows, y, v, task="classification"):
    exact = tuple(tuple(map(Fraction, row)) for row in rows)
    layers = tuple(tuple(map(Fraction, layer)) for layer in v)
    return Problem(network, task, exact, tuple(map(Fraction, y)), Fraction(1, 2), layers)


def drawn(rng, network, tie):
    """A problem with random data and a start of few different values, so that many entries are tied or zero."""
    n = rng.choice([1, 2])
    rows = [
        [Fraction(rng.randint(-4, 4), rng.choice([1, 2])) for _ in range(network.input_dim)] for _ in range(n)
    ]
    if tie:
        for row in rows:
            row[-1] = row[0]
    v = [[rng.choice([0, 0, 1, 1, -1, 2]) for _ in range(size)] for size in network.shapes]
    return problem(
        network,
        rows,
        [rng.choice([1, -1]) for _ in range(n)],
        v,
        rng.choice(["classification", "regression"]),
    )


def velocity(p, theta, weights):
    """sum_i weights_i grad f_i at theta, from the network's own program, point by point."""
    gradient = trace_gradient(p.network)
    total = [Fraction(0)] * len(theta)
    for row, weight in zip(p.X, weights, strict=True):
        slopes = gradient.evaluate(Operators(), [*theta, *row], "gradient")
        total = [a + weight * b for a, b in zip(total, slopes, strict=True)]
    return total


NETWORKS = (
    Convolutional((2, 3)),
    Convolutional((2, 2, 4)),
    Convolutional((3, 3)),
    Diagonal(2, 3),
    Diagonal(3, 2),
    FullyConnected(3, (2,)),
    FullyConnected(2, (2, 2)),
    MatrixSensing(2, 2),
)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: f"{n.kind}-{n.shapes}")
def test_velocity_stays_inside_at_random_points_and_weights(network):
    """Weights are any function of (output, target): equal outputs have equal weights, others random ones."""
    rng, proper = random.Random(1), 0
    for trial in range(40):
        p = drawn(rng, network, tie=trial % 2)
        subspace = invariant_subspace(p)
        if subspace is None:
            continue
        proper += 1
        basis = [list(row) for row in subspace.basis]
        assert rank([*basis, [x for layer in p.v0 for x in layer]]) == len(basis)
        for _ in range(3):
            q = [Fraction(rng.randint(-9, 9)) for _ in basis]
            theta = [
                sum(a * b for a, b in zip(q, column, strict=True)) for column in zip(*basis, strict=True)
            ]
            beta = p.network.coefficients(split(theta, p.network.shapes))
            outputs = [sum(a * b for a, b in zip(row, beta, strict=True)) for row in p.X]
            if p.task == "regression":
                weights = [f - y for f, y in zip(outputs, p.y, strict=True)]
            else:
                table = {f * y: Fraction(rng.randint(1, 99)) for f, y in zip(outputs, p.y, strict=True)}
                weights = [y * table[f * y] for f, y in zip(outputs, p.y, strict=True)]
            assert rank([*basis, velocity(p, theta, weights)]) == len(basis)
    assert proper >= 3


def test_generic_starts_keep_nothing():
    rng = random.Random(2)
    for network in NETWORKS[:7]:
        rows = [[Fraction(rng.randint(1, 50), 7) for _ in range(network.input_dim)] for _ in range(2)]
        v = [[Fraction(rng.randint(-9999, 9999), 11) for _ in range(size)] for size in network.shapes]
        assert invariant_subspace(problem(network, rows, [1, 1], v)) is None


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_equal_layers_stay_equal(depth):
    rows, start = [[1, 2, 3], [2, -1, 5]], [1, Fraction(2, 7), -3]
    subspace = invariant_subspace(problem(Diagonal(depth, 3), rows, [1, 1], [start] * depth))
    assert len(subspace.basis) == 3 and subspace.aligned
    assert all(row[:3] == row[3 * l : 3 * l + 3] for row in subspace.basis for l in range(depth))


def test_exchanged_points_exchange_coordinates():
    """f_1 = f_2 on the diagonal of coordinates 1 and 2; with other labels their weights differ and nothing is kept."""
    rows, v = [[1, 2], [2, 1]], [[1, 1], [0, 0]]
    kept = invariant_subspace(problem(Diagonal(2, 2), rows, [1, 1], v))
    assert [list(map(int, row)) for row in kept.basis] == [[1, 1, 0, 0], [0, 0, 1, 1]]
    assert invariant_subspace(problem(Diagonal(2, 2), rows, [2, 1], v, "regression")) is None
    turned = invariant_subspace(
        problem(Diagonal(2, 2), [[1, 2], [2, 1]], [1, -1], [[1, -1], [0, 0]], "regression")
    )
    assert turned is None or all(row[0] == -row[1] for row in turned.basis)


def test_hidden_units_in_proportion_stay_so_in_rotated_coordinates():
    """W_1 = u (1, 2), w = c (1, 2): the columns stay in this ratio, and no entry is zero or tied."""
    v = [[1, 2, 3, 6], [1, 2]]
    subspace = invariant_subspace(problem(FullyConnected(2, (2,)), [[1, 3], [2, 1]], [1, 1], v))
    assert len(subspace.basis) == 3
    assert all(2 * row[i] == row[i + 1] for row in subspace.basis for i in (0, 2, 4))


def test_zero_components_stay_zero():
    subspace = invariant_subspace(problem(Diagonal(3, 2), [[1, 5]], [1], [[1, 0], [1, 0], [2, 1]]))
    assert all(row[1] == row[3] == 0 for row in subspace.basis)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: f"{n.kind}-{n.shapes}")
def test_kept_flow_is_the_flow_on_the_subspace_and_symmetric_everywhere(network):
    rng = random.Random(3)
    symmetric = 0
    for _ in range(20):
        p = drawn(rng, network, tie=True)
        subspace = invariant_subspace(p)
        if p.task != "regression" or subspace is None:
            continue
        symmetric += 1
        plain, kept = trace_flow(p.network, p.X, p.y), trace_kept_flow(p)
        theta = [x for layer in p.v0 for x in layer]
        assert kept.evaluate(Operators(), theta, "velocity") == plain.evaluate(Operators(), theta, "velocity")
        off = [Fraction(rng.randint(-5, 5)) for _ in theta]
        rows = subspace.projection()
        inside = [sum((c * off[j] for j, c in row.items()), Fraction(0)) for row in rows]
        again = [sum((c * inside[j] for j, c in row.items()), Fraction(0)) for row in rows]
        assert inside == again
        assert rank([*subspace.basis, kept.evaluate(Operators(), off, "velocity")]) == len(subspace.basis)
        assert all(rows[j].get(i, 0) == c for i, row in enumerate(rows) for j, c in row.items())
    assert symmetric >= 2


def test_echelon_rows_have_increasing_pivots():
    subspace = invariant_subspace(problem(Diagonal(3, 2), [[1, 5]], [1], [[1, 0], [1, 0], [2, 1]]))
    pivots = [next(j for j, x in enumerate(row) if x) for row in subspace.basis]
    assert all(a < b for a, b in pairwise(pivots))


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_small_fractions_come_back_from_their_residues(numerator, denominator):
    x = Fraction(numerator, denominator)
    residue = x.numerator * pow(x.denominator, -1, subspaces._PRIME) % subspaces._PRIME
    assert subspaces._small_fraction(residue) == x


@pytest.mark.parametrize("seed", range(4))
def test_the_lifted_candidate_is_what_the_search_over_the_rationals_finds(seed, monkeypatch):
    problem = _tied(seed)
    lifted = subspaces.invariant_subspace.__wrapped__(problem)
    monkeypatch.setattr(subspaces, "_lifted", lambda residues, start: None)
    assert subspaces.invariant_subspace.__wrapped__(problem) == lifted is not None


def test_a_large_problem_needs_no_search_over_the_rationals(monkeypatch):
    """Two equal layers of 50 inputs: row reduction of random points over Q would take minutes."""

    def never():
        raise AssertionError("searched over the rationals")

    kept = subspaces._Field.rational()
    monkeypatch.setattr(subspaces, "_sampled", _only_modular(subspaces._sampled, kept, never))
    subspace = subspaces.invariant_subspace.__wrapped__(_tied(9, d=50, n=5))
    assert subspace is not None and len(subspace.basis) == 100 and subspace.aligned


def _only_modular(sampled, kept, never):
    return lambda sampler, start: never() if sampler.field.matrix is kept.matrix else sampled(sampler, start)


def _tied(seed, d=4, n=2):
    random = Random(seed)
    X = [[Fraction(random.randint(-99, 99), 100) for _ in range(d)] for _ in range(n)]
    y = [Fraction(random.randint(-99, 99), 100) for _ in range(n)]
    v = [Fraction(random.randint(1, 9), 2) for _ in range(d)]
    return Problem(Diagonal(3, d), "regression", X, y, "1/2", [v, v, [0] * d])


def test_a_subspace_that_cannot_be_compared_is_not_searched_for_over_the_rationals(monkeypatch):
    """Wide hidden layers: weights stay in the span of the start and the data, a subspace with long fractions."""
    random = Random(3)
    rows, y, first, last = (
        [Fraction(random.randint(-99, 99), 10) for _ in range(k)] for k in (24, 2, 144, 12)
    )
    wide = problem(FullyConnected(12, (12,)), [rows[:12], rows[12:]], y, [first, last], "regression")

    def never():
        raise AssertionError("searched over the rationals")

    kept = subspaces._Field.rational()
    monkeypatch.setattr(subspaces, "_sampled", _only_modular(subspaces._sampled, kept, never))
    assert subspaces.invariant_subspace.__wrapped__(wide) is None


def test_no_more_parameters_are_sampled_than_time_allows(monkeypatch):
    monkeypatch.setattr(subspaces, "MOST_SAMPLED", 10)
    assert subspaces.invariant_subspace.__wrapped__(_tied(0)) is None
