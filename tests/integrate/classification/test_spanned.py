"""Directions followed on what the data span, or by frequencies: those of the network as it was given."""

from fractions import Fraction

import pytest

from litproof.flow import data_span as flow_module
from litproof.integrate.classification import spanned as module
from litproof.integrate.classification.follow import follow_direction
from litproof.integrate.watch import paths_kept
from litproof.networks import Convolutional
from litproof.problem import Problem
from tests.flow.test_data_span import drawn, tensor


def classified(network, n, seed):
    given = drawn(network, n, seed)
    return Problem(network, "classification", given.X, [1, -1, 1, -1][:n], 1, given.v)


PROBLEMS = [
    classified(Convolutional((2, 9)), 2, 50),
    classified(Convolutional((2, 2, 8)), 1, 51),
    classified(Convolutional((5, 5)), 2, 52),
    classified(Convolutional((4, 4, 4)), 1, 53),
    classified(tensor(2, 9), 1, 54),
]


@pytest.fixture
def spanned(monkeypatch):
    monkeypatch.setattr(flow_module, "LEAST_PARAMETERS", 1)
    monkeypatch.setattr(module, "data_span", flow_module.data_span.__wrapped__)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_direction_is_that_of_all_parameters(problem, monkeypatch):
    whole = follow_direction(problem, 14)
    assert whole.converged and "span" not in whole.method
    monkeypatch.setattr(flow_module, "LEAST_PARAMETERS", 1)
    monkeypatch.setattr(module, "data_span", flow_module.data_span.__wrapped__)
    small = follow_direction(problem, 12)
    assert small.converged and small.method.endswith(("that data and start span", "by frequencies"))
    gap = max(abs(a - b) for a, b in zip(small.value, whole.value, strict=True))
    assert gap <= small.error + whole.error < Fraction(1, 10**12)
    assert abs(sum(x * x for x in small.value) - 1) < Fraction(1, 10**30)
    beta = problem.network.coefficients(small.parameters)
    least = min(sum(x * b for x, b in zip(row, small.value, strict=True)) for row in problem.signed_rows)
    assert small.residual == least > 0
    size = sum(b * v for b, v in zip(beta, small.value, strict=True))
    assert size > 0 and all(
        abs(b - size * v) < Fraction(1, 10**30) for b, v in zip(beta, small.value, strict=True)
    )


@pytest.mark.usefixtures("spanned")
def test_numbers_with_too_few_bits_are_made_again(monkeypatch):
    """With a spare that is far too small the run says with how many bits it worked."""
    monkeypatch.setattr(module, "_SPARE_BITS", 0)
    monkeypatch.setattr(module, "_GUARD", -64)
    seen, problem = [], PROBLEMS[0]
    known = flow_module.data_span.__wrapped__
    monkeypatch.setattr(module, "data_span", lambda p, bits: seen.append(bits) or known(p, bits))
    assert follow_direction(problem, 12).converged
    assert len(seen) > 1 and seen == sorted(seen)


@pytest.mark.usefixtures("spanned")
def test_a_start_in_a_kept_subspace_and_a_kept_path_are_followed_as_they_are():
    given = PROBLEMS[2]
    tied = Problem(given.network, "classification", given.X, given.y, 1, [given.v[0], given.v[0]])
    assert "frequencies" not in follow_direction(tied, 8).method
    with paths_kept() as paths:
        assert "frequencies" not in follow_direction(given, 8).method
    assert [path.problem for path in paths] == [given]


@pytest.mark.usefixtures("spanned")
def test_a_flow_that_finds_no_direction_keeps_its_shape():
    problem = PROBLEMS[0]
    stopped = follow_direction(problem, 12, max_steps=1)
    assert not stopped.converged and len(stopped.value) == 9 and stopped.parameters == problem.v0
