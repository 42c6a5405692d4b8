"""Bundles: every call once, sizes that follow from the time that calls take, and nothing lost by an exception."""

from itertools import count

import pytest
from hypothesis import given, strategies as st

from litproof import bundles
from litproof.bundles import MOST, Bundles, run_bundle


def worked_off(durations, seconds, ahead=3):
    """The bundles in the order in which they end, when calls take `durations`; (sizes, positions in order)."""
    given_out = Bundles(((k, ()) for k in range(len(durations))), seconds)
    queue, sizes, done = [], [], []
    while True:
        while len(queue) < ahead and (bundle := given_out.take()):
            queue.append(bundle)
        if not queue:
            return sizes, done
        bundle = queue.pop(0)
        spent, finished = 0.0, 0
        while finished < len(bundle) and (not finished or spent <= 2 * seconds):
            spent += durations[bundle[finished][0]]
            finished += 1
        given_out.finished(bundle, finished, spent)
        sizes.append(len(bundle))
        done += [position for position, _ in bundle[:finished]]


@given(st.lists(st.sampled_from([0.0, 0.001, 0.1, 1.0, 30.0]), max_size=300))
def test_every_call_is_made_once_however_long_calls_take(durations):
    sizes, done = worked_off(durations, 0.25)
    assert sorted(done) == list(range(len(durations)))
    assert all(1 <= size <= MOST for size in sizes)


def test_small_calls_share_bundles_and_large_ones_have_their_own():
    small, _ = worked_off([0.01] * 2000, 0.25)
    assert small[0] == 1 and max(small) == 25 and len(small) < 100
    tiny, _ = worked_off([1e-6] * 5000, 0.25)
    assert max(tiny) == MOST
    large, _ = worked_off([0.3] * 50, 0.25)
    assert set(large) == {1}


def test_one_quick_call_among_slow_ones_makes_no_large_bundle():
    sizes, _ = worked_off([3.0, 1e-6, 3.0, 3.0, 3.0, 3.0], 0.25, ahead=1)
    assert max(sizes) <= 2


def test_arguments_are_taken_with_their_bundle():
    taken = []
    given_out = Bundles((taken.append(k) or (k, ()) for k in count()), 0.25)
    first = given_out.take()
    given_out.finished(first, 1, 0.1)
    given_out.take()
    assert taken == [0, 1, 2]


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when a call says so."""
    now = [0.0]
    monkeypatch.setattr(bundles, "perf_counter", lambda: now[0])

    def spend(seconds, error=None):
        now[0] += seconds
        if error:
            raise error
        return seconds

    return spend


def test_a_bundle_that_takes_too_long_gives_the_rest_back(clock):
    assert run_bundle(clock, [(0.1,), (0.2,), (0.3,), (5.0,), (0.1,)], 0.25) == (
        [0.1, 0.2, 0.3],
        pytest.approx(0.6),
    )
    assert run_bundle(clock, [(5.0,), (0.1,)], 0.25) == ([5.0], pytest.approx(5.0))


def test_an_exception_costs_nothing_that_came_before(clock):
    calls = [(0.01,), (0.01, ValueError("third")), (0.01,)]
    assert run_bundle(clock, calls, 1)[0] == [0.01]
    with pytest.raises(ValueError, match="third"):
        run_bundle(clock, calls[1:], 1)
