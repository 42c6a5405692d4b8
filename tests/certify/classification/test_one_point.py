from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given, settings, strategies as st

from litproof.certify.classification.direction import enclose_vector
from litproof.certify.classification.one_point import aligned_balls
from litproof.errors import HypothesisError, Unreachable
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.predict.classification.one_point import one_point_direction
from litproof.problem import Problem

TINY = Fraction(1, 10**60)


def row(*entries) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, entries))


def one_point(network, x, v, y=1) -> Problem:
    return Problem(network, task="classification", X=(x,), y=(Fraction(y),), v=v, scale=Fraction(1, 3))


def check(problem: Problem, exact: int) -> str:
    """The enclosure holds the direction of the exact decomposition, or there is none; what was refused."""
    try:
        expected = one_point_direction(problem, 25).value
    except HypothesisError:
        expected = None
    try:
        bounds = enclose_vector(aligned_balls(problem, exact), 20, "").bounds
    except HypothesisError as refusal:
        return str(refusal)
    slack = Fraction(1, 10**24)
    assert expected is not None
    assert all(low - slack <= b <= high + slack for b, (low, high) in zip(expected, bounds, strict=True))
    assert max(high - low for low, high in bounds) < Fraction(1, 10**19)
    return ""


NOWHERE = "the loss never falls below 1: eta_1 + y eta_2 = 0 in every singular component of M(x)"
UNDECIDED = ("agree to", "is 0 to 300 digits", "never falls below 1")


def draw(rng: Random) -> Problem:
    d = rng.randint(2, 5)
    network = rng.choice((Diagonal(2, d), Convolutional((d, d)), Convolutional((rng.randint(1, d), d))))
    x = row(*(Fraction(rng.randint(-30, 30), 10) or 1 for _ in range(d)))
    v = tuple(row(*(Fraction(rng.randint(-20, 20), 10) for _ in range(size))) for size in network.shapes)
    return one_point(network, x, v, rng.choice((1, -1)))


@settings(max_examples=40, deadline=None)
@example(118)  # layers that cancel in a part with one entry
@given(st.integers(0, 10**6))
def test_small_and_large_parts_against_the_exact_decomposition(seed: int) -> None:
    problem = draw(Random(seed))
    if not all(any(layer) for layer in problem.v):
        return
    assert check(problem, 24) in ("", NOWHERE)
    refusal = check(problem, 0)  # as large ones are treated
    assert not refusal or any(words in refusal for words in UNDECIDED)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_equal_and_opposite_layers_of_a_symmetric_matrix(seed: int) -> None:
    rng = Random(seed)
    d = rng.randint(3, 6)
    x = row(*(Fraction(rng.randint(-9, 20), 7) for _ in range(d)))
    v = row(*(Fraction(rng.randint(-9, 9), 7) for _ in range(d)))
    other = tuple(rng.choice((1, -1)) * entry for entry in v)
    if not any(v) or not any(x):
        return
    for start in ((v, v), (v, tuple(-entry for entry in v)), (v, other)):
        refusal = check(one_point(Convolutional((d, d)), x, start, rng.choice((1, -1))), 0)
        assert not refusal or any(words in refusal for words in UNDECIDED)


def test_a_negative_mean_and_equal_layers() -> None:
    """The largest singular value, |sum x|, belongs to a direction in which both layers fall: decided all the same."""
    problem = one_point(Convolutional((4, 4)), row(-3, -5, -4, -2), (row(1, 2, 0, 1), row(1, 2, 0, 1)))
    assert not check(problem, 0)


def test_a_part_of_one_entry_with_equal_layers() -> None:
    assert not check(one_point(Diagonal(2, 2), row(-3, 1), (row(1, 1), row(1, 2))), 0)


@pytest.mark.parametrize("exact", [0, 24])
def test_copies_of_a_part_share_the_limit(exact: int) -> None:
    """Without a data tensor that ties them: x_1 = x_2, and the start decides how much each gets."""
    assert not check(one_point(Diagonal(2, 3), row(2, 2, 1), (row(1, 3, 1), row(2, 1, 1))), exact)


def test_close_values_of_parts_are_told_apart_and_equal_ones_are_not() -> None:
    start = (row(1, 1), row(1, 1))
    bounds = enclose_vector(aligned_balls(one_point(Diagonal(2, 2), row(1, 1 + TINY), start)), 10, "").bounds
    assert bounds[0] == (0, 0)
    bounds = enclose_vector(aligned_balls(one_point(Diagonal(2, 2), row(1, 1), start)), 10, "").bounds
    assert bounds[0][0] > Fraction(7, 10)


@pytest.mark.parametrize("exact", [0, 24])
def test_a_start_that_grows_nowhere(exact: int) -> None:
    with pytest.raises(Unreachable, match="never falls below 1"):
        aligned_balls(one_point(Diagonal(2, 2), row(0, 0), (row(1, 1), row(1, 1))), exact)
    if exact:
        with pytest.raises(Unreachable, match="never falls below 1"):
            aligned_balls(one_point(Diagonal(2, 2), row(1, 2), (row(1, 1), row(-1, -1))), exact)


def test_what_is_not_decided_at_a_size_is_said() -> None:
    blind = one_point(Convolutional((2, 3)), row(1, 1, 1), (row(1, -1), row(0, 1, -1)))
    with pytest.raises(HypothesisError, match="too large to decide"):
        aligned_balls(blind, 0)
