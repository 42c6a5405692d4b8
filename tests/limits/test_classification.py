"""Limits of classification as users see them: degenerate cases told apart, symmetric starts kept."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from litproof.deadline import OutOfTime
from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.integrate.classification import follow
from litproof.integrate.classification.samples import sample_path
from litproof.limits import classification as limits_of_directions
from litproof.limits.estimate import Disagreement
from litproof.limits.find import Interrupted, find_limit
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.results import Evidence

PAIR = ((Fraction(1), Fraction(2), Fraction(1, 2)), (Fraction(3, 2), Fraction(-1, 2), Fraction(1)))


def problem(network, X, v, y=None):
    return Problem(network, "classification", X, y or (Fraction(1),) * len(X), Fraction(1), v)


def row(*entries):
    return tuple(Fraction(x) for x in entries)


TWO = problem(Diagonal(2, 3), PAIR, (row("1/5", "3/20", "1/10"), row(0, 0, 0)))


def test_worked_example():
    limit = find_limit(TWO, 20)
    assert limit.evidence is Evidence.CERTIFIED
    assert limit.decimals == (
        "0.98058067569092015962",
        "0.19611613513818403192",
        "0.00000000000000000000",
    ) or (abs(Fraction(limit.decimals[0]) - 5 * Fraction(limit.decimals[1])) < Fraction(1, 10**18))


def test_enclosure_is_rounded_outwards():
    result = find_limit(TWO, 20)
    for (low, high), limit in zip(result.enclosure, (25, 1, 0), strict=True):
        assert Fraction(low) ** 2 <= Fraction(limit, 26) <= Fraction(high) ** 2
        assert Fraction(high) - Fraction(low) <= Fraction(1, 10**20)


def test_a_flow_that_leaves_the_enclosure_is_an_error(monkeypatch):
    """The proof does not silence the measurement: an enclosure of another problem's limit is found out."""
    from litproof.certify.classification import direction

    other = replace(TWO, network=FullyConnected(3, ()), v=(row(1, 0, 0),))
    false = direction.enclose_direction(other, 25)
    monkeypatch.setattr(direction, "enclose_direction", lambda problem, digits: false)
    with pytest.raises(Disagreement):
        find_limit(TWO, 20)


DEEP = problem(Diagonal(3, 3), PAIR, (row(1, "1/2", "1/3"), row("1/2", 1, "1/4"), row(1, 1, "1/5")))


def test_a_flow_that_rounding_led_away_is_followed_again_to_all_digits(monkeypatch):
    real, seen = follow.follow_direction, []

    def followed(problem, digits, **options):
        seen.append(options.get("newton", 1e-11))
        flow = real(problem, digits, **options)
        return replace(flow, value=flow.value[::-1]) if len(seen) == 1 else flow

    monkeypatch.setattr(follow, "follow_direction", followed)
    assert find_limit(DEEP, 15).evidence is Evidence.CERTIFIED
    assert len(seen) == 2 and seen[1] < 1e-40 < seen[0]


@pytest.mark.parametrize("cut", [KeyboardInterrupt, OutOfTime("cut off")])
def test_a_flow_that_was_cut_off_is_not_followed_again(monkeypatch, cut):
    seen = []

    def followed(problem, digits, **options):
        seen.append(digits)
        raise cut

    monkeypatch.setattr(follow, "follow_direction", followed)
    if isinstance(cut, OutOfTime):
        assert find_limit(DEEP, 15).evidence is Evidence.CERTIFIED
    else:
        with pytest.raises(Interrupted) as stop:
            find_limit(DEEP, 15)
        assert stop.value.result.evidence is Evidence.CERTIFIED
    assert len(seen) == 1


def test_not_separable_names_the_proof():
    flat = replace(TWO, X=(PAIR[0], tuple(-x for x in PAIR[0])))
    with pytest.raises(InputError, match="not separable"):
        find_limit(flat, 10)


def test_copies_leave_the_direction_alone():
    copied = replace(TWO, X=(*PAIR, PAIR[0]), y=(Fraction(1),) * 3)
    assert find_limit(copied, 15).decimals == find_limit(TWO, 15).decimals


def test_redundant_support_vectors_leave_the_direction_unique():
    X = (row(1, 1), row(1, -1), row(1, 0), row(1, "1/2"))
    limit = find_limit(problem(FullyConnected(2, (1,)), X, (row(1, "1/2"), row(1))), 12)
    assert limit.evidence >= Evidence.AGREED
    assert Fraction(limit.decimals[0]) == 1 and abs(Fraction(limit.decimals[1])) < Fraction(1, 10**11)


def test_many_solutions_with_the_same_margins_are_told_apart_by_the_start():
    """Copies share in the ratio of the squares at the start; the flow beside the proof meets it."""
    many = problem(Diagonal(2, 3), (row(1, 1, "1/3"), row(1, 1, "1/4")), (row(1, "3/2", 1), row(0, 0, 0)))
    limit = find_limit(many, 15, follow=True)
    assert limit.evidence is Evidence.CERTIFIED and limit.clock and "entropy" in limit.methods[0]
    ratio = Fraction(limit.decimals[1]) / Fraction(limit.decimals[0])
    assert abs(ratio - Fraction(9, 4)) < Fraction(1, 10**13)


def test_many_solutions_with_different_margins_are_reported_as_a_set():
    X = (row(1, 2, "1/2"), row(2, "-1/2", 1), row(1, 1, -1))
    limit = find_limit(problem(Diagonal(2, 3), X, (row(1, 1, "1/2"), row("1/3", "1/2", "1/4"))), 6)
    assert "many solutions" in limit.methods[0] and "exceeds the least" in limit.methods[0]
    assert limit.evidence is Evidence.AGREED and not limit.enclosure


def test_a_flow_that_nothing_is_proved_about_is_not_followed_where_its_size_rules_that_out(monkeypatch):
    X = (row(1, 2, "1/2"), row(2, "-1/2", 1), row(1, 1, -1))
    many = problem(Diagonal(2, 3), X, (row(1, 1, "1/2"), row("1/3", "1/2", "1/4")))
    monkeypatch.setattr(limits_of_directions, "MOST_DIRECTION", 0)
    with pytest.raises(
        Inconclusive, match=r"not proved: .*different margins.*6 unknowns and 3 points.*--follow"
    ):
        find_limit(many, 6)

    def stop(*arguments, **options):
        raise Inconclusive("as asked for")

    monkeypatch.setattr(follow, "follow_direction", stop)
    with pytest.raises(Inconclusive, match="as asked for"):
        find_limit(many, 6, follow=True)
    monkeypatch.undo()
    assert find_limit(TWO, 12).evidence is Evidence.CERTIFIED  # what is proved needs no flow


@pytest.mark.parametrize(
    ("size", "words"), [(10, "200 unknowns .* a minute or more"), (20, "more than 10 minutes")]
)
def test_directions_of_matrix_sensing_that_take_minutes_are_left_out_at_once(size, words, monkeypatch):
    """Two full runs, which no theorem spares; the way out is named."""
    monkeypatch.setattr(follow, "follow_direction", None)
    random = Random(size)

    def symmetric():
        entries = {(i, j): Fraction(random.randint(-99, 99), 100) for i in range(size) for j in range(i + 1)}
        return tuple(entries[max(i, j), min(i, j)] for i in range(size) for j in range(size))

    layers = [[Fraction(random.randint(-99, 99), 100) for _ in range(size**2)] for _ in range(2)]
    X = [symmetric() for _ in range(10)]
    sensing = Problem(
        MatrixSensing(2, size), "classification", X=X, y=[1, -1] * 5, scale=Fraction(1, 10), v=layers
    )
    with pytest.raises(Inconclusive, match=f"{words} by its sizes .--follow"):
        find_limit(sensing, 30)


def test_a_loss_that_stays_up_is_not_followed_where_its_size_rules_that_out(monkeypatch):
    monkeypatch.setattr(limits_of_directions, "FEW_SECONDS", 0)
    repelled = problem(Diagonal(2, 2), (row(1, 1), row(1, -1)), (row(1, 1), row(-1, "1/2")))
    with pytest.raises(Inconclusive, match=r"never falls below 1.*too large to be followed"):
        find_limit(repelled, 10)


def test_saddle_of_a_symmetric_start():
    half = problem(Diagonal(3, 2), (row(1, 1),), (row(1, 1), row(1, 1), row("1/2", "1/2")))
    limit = find_limit(half, 12)
    assert limit.decimals[0] == limit.decimals[1] and "saddle" in limit.methods[0]
    assert limit.evidence is Evidence.AGREED and "not proved: the limit is no vertex" in limit.methods[0]


def test_symmetric_start_outside_the_theorem():
    one = row(1, 1, 1, 1)
    constant = problem(Convolutional((4, 4)), (row(1, 2, 3, "1/2"),), (one, row("1/2", "1/2", "1/2", "1/2")))
    assert set(find_limit(constant, 12).decimals) == {"0.5000000000000"}


def test_a_sign_that_is_kept_is_not_lost_to_rounding():
    """All coefficients stay positive and cannot separate: what rounded arithmetic tends to is no limit of the flow."""
    X = (row(-4, "3/2", "1/4"), row(-1, 0, -2), row(0, -1, 0))
    same = row("1/3", 1, 0)
    with pytest.raises(Inconclusive, match="never falls below 1"):
        find_limit(problem(Diagonal(2, 3), X, (same, same)), 12)


def test_flow_at_rest_is_inconclusive():
    with pytest.raises(Inconclusive, match="comes to rest"):
        find_limit(replace(TWO, v=(row(0, 0, 0), row(0, 0, 0))), 10)


@pytest.mark.parametrize(
    ("network", "X", "v"),
    [
        (Convolutional((2, 3)), (row(Fraction(1, 2), Fraction(1, 2), Fraction(-5, 3)),), ((1, 1), (0, 0, 0))),
        (Convolutional((2, 3)), (row(1, -1, 3),), ((1, -1), (0, 0, 0))),
        (Convolutional((2, 2, 3)), (row(1, 1, -2),), ((1, 1), (1, 1), (0, 0, 0))),
        (FullyConnected(2, (2,)), ((1, 2), (2, -1)), ((1, 1, 2, 2), (1, 1))),
        (FullyConnected(2, (2,)), ((1, 2), (2, -1)), ((1, 2, 0, 0), (1, 2))),
        (Diagonal(4, 2), (row(3, 1),), ((1, 1), (1, 1), (1, 0), (1, 0))),
    ],
    ids=["swap", "sign", "two filters", "units", "units in proportion", "zeros"],
)
def test_no_symmetric_start_is_left_by_rounding(network, X, v):
    """Two runs, or prediction and flow, agree although the flow is unstable across the subspace that it keeps."""
    X = tuple(tuple(map(Fraction, x)) for x in X)
    v = tuple(tuple(Fraction(entry, 20) for entry in layer) for layer in v)
    limit = find_limit(problem(network, X, v), 15)
    assert limit.evidence >= Evidence.AGREED


# Classification with networks given by formulas: the built-in kinds' limits, another integrator, clear refusals


X = [["1", "2", "1/2"], ["3/2", "-1/2", "1"]]
SQUARES = PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"], 3)
START = [["1/2", "1/3", "1/4"], ["1/4", "1", "3/4"]]


def classification(network, v, inputs=X):
    return Problem(network, "classification", inputs, [1] * len(inputs), 1, v, "polynomial")


def test_squares_are_two_layers_and_the_theorem_is_used():
    limit = find_limit(classification(SQUARES, START), 15)
    layers = [[str(Fraction(a) + s * Fraction(b)) for a, b in zip(*START, strict=True)] for s in (1, -1)]
    known = find_limit(classification(Diagonal(2, 3), layers), 15)
    assert limit.evidence is Evidence.CERTIFIED
    assert limit.methods[0].startswith("found in other coordinates: 2 orthogonal layers; ")
    assert limit.decimals == known.decimals


def test_a_matrix_formula_is_the_fully_connected_network():
    network = PolynomialNetwork.of(["W[3,2]", "w[2]"], ["W*w"], 3)
    v = [["1", "1/2", "1/3", "1", "1/4", "1"], ["1/2", "1/3"]]
    mine, theirs = (find_limit(classification(n, v), 6) for n in (network, FullyConnected(3, (2,))))
    assert max(abs(a - b) for a, b in zip(mine.value, theirs.value, strict=True)) < Fraction(1, 10**5)


SHARED = {
    "a cubic form": (["u[3]", "v[3]"], ["u[j]^3/3 + u[j]*v[j]^2"]),
    "shared weights": (["W[3,3]", "w[3]"], ["W*W*w"]),
    "squares": (["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"]),
}


@pytest.mark.parametrize("label", SHARED)
def test_the_clock_against_another_integrator(label):
    """The direction at kappa = 10^1.1, met by an explicit method in t with complex-step derivatives."""
    parameters, beta = SHARED[label]
    network = PolynomialNetwork.of(parameters, beta, 3)
    sizes = network.shapes
    rng = np.random.default_rng(7)
    v = [[Fraction(int(k), 8) for k in rng.integers(2, 9, size)] for size in sizes]
    problem = classification(network, v)
    (at,) = sample_path(problem, 12, [Fraction(11, 10)])
    kappa = np.exp(float(at.s))
    rows, ends = np.array(problem.signed_rows, dtype=float), np.cumsum([0, *sizes])

    def coefficients(theta):
        return np.array(network.coefficients([theta[a:b] for a, b in pairwise(ends)]), dtype=complex)

    def loss(theta):
        return np.exp(-rows @ coefficients(theta).real).sum()

    def velocity(_, theta):
        # in the time of -log(loss): the path is the same
        columns = coefficients(theta[:, None] + 1e-30j * np.eye(int(ends[-1])))
        p = np.exp(-rows @ columns[:, 0].real)
        return (rows.T @ (p / p.sum())) @ columns.imag / 1e-30

    def reached(_, theta):
        return -np.log(loss(theta)) - kappa

    reached.terminal = True
    start = [float(entry) for layer in problem.v0 for entry in layer]
    solution = solve_ivp(velocity, (0, 1e4), start, method="DOP853", rtol=1e-12, atol=1e-13, events=reached)
    expected = coefficients(solution.y_events[0][0]).real
    direction = np.array([float(b) for b in at.direction])
    assert np.abs(direction - expected / np.linalg.norm(expected)).max() < 1e-8


@pytest.mark.parametrize(
    ("beta", "message"),
    [("u[j]^3 - v[j]^3 + u[j]", "degrees 1 and 3"), ("u[j]^2 - v[j]^2 + 1", "degrees 0 and 2")],
)
def test_without_homogeneity_the_answer_says_what_is_missing(beta, message):
    network = PolynomialNetwork.of(["u[3]", "v[3]"], [beta], 3)
    with pytest.raises(HypothesisError, match=message) as error:
        find_limit(classification(network, START), 10)
    assert "neither limit direction nor margins are available" in str(error.value)


def test_repeated_points_count_as_often_as_they_occur():
    twice = classification(SQUARES, START, [*X, X[0]])
    assert find_limit(twice, 10).decimals == find_limit(replace(twice, X=X, y=(1, 1)), 10).decimals
