"""A certificate is about the point that `limit` found: asked of every kind, and refused for every other point."""

import json
from fractions import Fraction
from random import Random

import pytest
from click.testing import CliRunner

from litproof.certify.certificates import limit as writer, margin, minimum_norm, regression_limit
from litproof.certify.certificates.limit import NoCertificate, certificate_for, limit_certificate
from litproof.certify.certificates.point import is_about
from litproof.certify.checker import check
from litproof.certify.classification.l1_limit import allowed_signs, signed_l1
from litproof.cli import program
from litproof.errors import LitproofError
from litproof.limits.find import find_limit
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.tensor import TensorNetwork
from litproof.problem import Problem

Q = Fraction


def layers(*rows):
    return tuple(tuple(map(Q, row)) for row in rows)


def classification(network, X, y, v, task="classification"):
    return Problem(network, task, layers(*X), tuple(map(Q, y)), Q(1), layers(*v))


def regression(network, X, y, v):
    return classification(network, X, y, v, "regression")


TIED = classification(Diagonal(2, 2), [[2, 1], [3, 1]], [1, 1], [[1, 1], [-1, 0]])
"""rho_1 can only be negative: the flow tends to (0, 1), the l1 max-margin direction is (1, 0)."""

PROBLEMS = {
    "signs that the start allows": TIED,
    "one sign each": classification(Diagonal(2, 3), [[1, 2, -4]], [1], [[1, 1, 2], [1, -1, -2]]),
    "two layers": classification(Diagonal(2, 2), [[2, 1], [1, 3]], [1, 1], [[1, 1], [0, 0]]),
    "equal layers": classification(Diagonal(2, 2), [[2, 1], [1, 3]], [1, 1], [[1, 1], [1, 1]]),
    "characters": classification(Convolutional((2, 2)), [[1, 3]], [-1], [[1, "1/2"], [0, "1/3"]]),
    "fully connected": classification(
        FullyConnected(2, (2,)), [[2, 1], [1, 3]], [1, 1], [[1, 0, 0, 1], [1, 1]]
    ),
    "one layer": classification(Diagonal(1, 2), [[2, 1], [1, 3]], [1, -1], [[1, 1]]),
    "pair": classification(Convolutional((2, 3)), [[1, 2, "1/2"]], [1], [[1, 1], [1, "1/2", 0]]),
    "three layers": classification(Diagonal(3, 2), [[2, 1], [1, 3]], [1, 1], [[1, 1]] * 3),
    "three layers, a zero": classification(
        Diagonal(3, 2), [[5, 1], [4, 1]], [1, 1], [[0, 1], [0, 1], [0, 1]]
    ),
    "regression": regression(Diagonal(2, 3), [[1, 2, -1]], ["3/2"], [["1/2", "1/4", "3/8"], [0, 0, 0]]),
    "regression, one layer": regression(Diagonal(1, 3), [[1, 2, -1]], ["3/2"], [["1/2", "1/4", "3/8"]]),
    "regression, path": regression(Convolutional((2, 3)), [[1, 2, "1/2"]], [1], [[1, 1], [1, "1/2", 0]]),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_certified_point_is_the_one_that_was_found(name):
    problem = PROBLEMS[name]
    limit = find_limit(problem, 10)
    certificate = certificate_for(problem, limit.value, 10)
    assert check(json.loads(json.dumps(certificate)))
    size = max(map(abs, limit.value))
    for place in range(len(limit.value)):
        moved = [entry + (size * Q(1, 10**6) if z == place else 0) for z, entry in enumerate(limit.value)]
        assert not is_about(problem, certificate, moved, size / 10**10, 10)


@pytest.mark.parametrize("name", PROBLEMS)
def test_certificates_about_other_points_are_not_handed_out(name, monkeypatch):
    problem = PROBLEMS[name]
    other = [Q(3), *(Q(-1, 7) for _ in range(problem.network.input_dim - 1))]
    made = limit_certificate(problem, 10)
    monkeypatch.setattr(writer, "limit_certificate", lambda *_: made)
    with pytest.raises(NoCertificate, match="another point"):
        certificate_for(problem, other, 10)


@pytest.mark.parametrize("seed", range(12))
def test_random_two_layer_starts_with_tied_components(seed):
    """Equal, opposite and zero entries of the layers: a direction that is proved has its certificate."""
    random = Random(seed)
    signs = [random.choice([(1, 1), (1, -1), (1, 0), (0, 1), (2, 1), (-1, 2)]) for _ in range(3)]
    X = [
        [random.randint(1, 5) * random.choice([1, 1, -1]) for _ in range(3)]
        for _ in range(random.randint(1, 2))
    ]
    problem = classification(Diagonal(2, 3), X, [1] * len(X), list(zip(*signs, strict=True)))
    try:
        limit = find_limit(problem, 8)
    except LitproofError:
        assume_unreachable(problem)
        return
    if l1(problem).unique:
        certificate = certificate_for(problem, limit.value, 8)
        assert is_about(problem, certificate, limit.value, Q(1, 10**8), 8)
    else:  # the start picks one of the solutions, not the vertex that a linear programme finds
        with pytest.raises(NoCertificate, match="another point"):
            certificate_for(problem, limit.value, 8)


def l1(problem):
    form = problem.network.odeco()
    columns = [[row[j] for j in range(3)] for row in problem.signed_rows]
    return signed_l1(columns, allowed_signs(form, problem.v0))


def assume_unreachable(problem):
    with pytest.raises(LitproofError):
        limit_certificate(problem, 8)


def test_a_start_across_the_largest_pair_has_no_certificate_of_it():
    """M(x) = diag(3, 1): from (0, 1) in both layers the flow tends to the second pair."""
    network = TensorNetwork(DataTensor(1, (2, 2), {(0, 0, 0): Q(3), (0, 1, 1): Q(1)}))
    assert limit_certificate(classification(network, [[1]], [1], [[0, 1], [0, 1]]), 10) is None
    assert limit_certificate(classification(network, [[1]], [1], [[1, 1], [0, 1]]), 10) is not None


def test_more_work_than_is_allowed_is_said(monkeypatch):
    from litproof.certify.checker import TooMuchWork

    def refuse(*_):
        raise TooMuchWork("to check it would take more than the 5 steps that are allowed")

    monkeypatch.setattr(writer, "limit_certificate", refuse)
    with pytest.raises(NoCertificate, match=r"10 digits: .* more than the 5 steps"):
        certificate_for(TIED, [Q(0), Q(1)], 10)


def test_the_command_prints_and_certifies_the_same_direction(tmp_path):
    problem, file = tmp_path / "p.toml", tmp_path / "c.json"
    problem.write_text(
        'schema = 1\n[network]\nkind = "diagonal"\ndepth = 2\n[task]\nkind = "classification"\n[data]\n'
        'X = [["2", "1"], ["3", "1"]]\ny = ["1", "1"]\n[init]\nscale = "1"\nv = [["1", "1"], ["-1", "0"]]\n'
    )
    made = CliRunner().invoke(
        program,
        ["limit", str(problem), "--digits", "12", "--certificate", str(file)],
        standalone_mode=False,
    )
    assert made.return_value == 0 and "direction_2 = 1.0" in made.output
    assert json.loads(file.read_text())["rho"] == ["0", "1"]


def never(*arguments):
    raise AssertionError("computed what no certificate holds")


@pytest.mark.parametrize("task", ["regression", "classification"])
@pytest.mark.parametrize("depth", [1, 2])
def test_what_no_certificate_holds_is_refused_before_it_is_computed(task, depth, monkeypatch):
    """A box of 1101 unknowns, or an identity of 1100 rows, has more than a million entries."""
    monkeypatch.setattr(regression_limit, "krawczyk_box", never)
    monkeypatch.setattr(margin, "seen", never)
    monkeypatch.setattr(minimum_norm, "seen", never)
    rows = [[(k * k + i) % 7 - 3 or 50 * (k == i) for k in range(1100)] for i in range(2)]
    layers = [[1] * 1100] * (depth - 1) + [[0] * 1100]
    problem = Problem(Diagonal(depth, 1100), task, rows, [1, 1], "1/2", layers)
    with pytest.raises(NoCertificate, match="more than 1000000 entries"):
        certificate_for(problem, [Q(1)] * 1100, 6)


def test_a_check_too_long_is_refused_before_the_box_is_computed(monkeypatch):
    monkeypatch.setattr(regression_limit, "krawczyk_box", never)
    rows = [[(k * k + 3 * i * k) % 11 - 5 + int(i == k) for k in range(400)] for i in range(30)]
    problem = Problem(Diagonal(2, 400), "regression", rows, [1] * 30, "1/2", [[1] * 400, [0] * 400])
    with pytest.raises(NoCertificate, match="more than the 10000000 steps"):
        certificate_for(problem, [Q(1)] * 400, 6)
