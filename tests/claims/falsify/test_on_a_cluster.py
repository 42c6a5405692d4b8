"""On a Dask cluster: the same result as here, also when a worker is killed on the way."""

import os
import signal

import pytest

from litproof.claims.falsify.search import falsify


@pytest.mark.slow
def test_a_killed_workers_problems_are_run_again(planted, cluster, tmp_path):
    address, (first, _) = cluster
    path, id = planted("refuted")
    options = {"origin": path, "instances": 120, "digits": 10}
    told = []

    def kill_one(finished, total):
        told.append(finished)
        if finished == 30:
            os.kill(first, signal.SIGKILL)

    log = tmp_path / "results.jsonl"
    there = falsify(id, scheduler=address, resume=log, progress=kill_one, **options)
    here = falsify(id, **options)
    assert told == list(range(1, 121))
    assert (there.outcomes, there.networks, there.first) == (here.outcomes, here.networks, here.first)
    assert there.counterexamples[0].problem == here.counterexamples[0].problem
    assert len(log.read_text().splitlines()) == 121
