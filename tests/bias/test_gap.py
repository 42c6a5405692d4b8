"""How far limits of pairs differ against the scale: zero where a potential is known, proved where there is none."""

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from litproof.bias import gap as module
from litproof.bias.gap import gaps
from litproof.cli import program
from litproof.errors import InputError
from litproof.networks import Convolutional, Diagonal, FullyConnected
from litproof.problem import Problem
from litproof.problem_file import write_problem

X, Y = ((1, 2, 0), (0, 1, 1)), (1, 2)
SCALES = [Fraction(1, 4), Fraction(1), Fraction(4)]


def problem(network, v, scale="1/2", X=X, y=Y):
    return Problem(network, "regression", X, y, scale, v)


@pytest.mark.parametrize(
    ("network", "v"),
    [
        (Diagonal(2, 3), ((1, 1, 1), (0, 0, 0))),
        (Diagonal(3, 3), ((1, 2, 1), (1, 1, 1), (0, 0, 0))),
        (FullyConnected(3, (1,)), ((1, 2, 1), (1,))),
        (FullyConnected(3, (3,)), ((1, 0, 0, 0, 1, 0, 0, 0, 1), (0, 0, 0))),
    ],
    ids=["two layers", "three layers", "width one", "isotropic"],
)
def test_no_gap_where_a_potential_is_known(network, v):
    for gap in gaps(problem(network, v), SCALES):
        assert (gap.size, gap.transform, gap.proved) == (0, None, 0) and gap.compared == module.TRANSFORMS


@pytest.mark.parametrize(
    ("network", "v"),
    [
        (FullyConnected(3, (2,)), ((1, 0, 0, 1, 1, 1), (1, -1))),
        (Convolutional((3, 3)), ((1, 2, 1), (1, 0, -1))),
    ],
    ids=["width two", "full convolution"],
)
def test_gaps_are_proved(network, v):
    known = list(gaps(problem(network, v), SCALES))
    assert [gap.scale for gap in known] == [Fraction(1, 8), Fraction(1, 2), Fraction(2)]
    for gap in known:
        assert 0 < gap.proved <= gap.size <= gap.proved * 1.01 + 1e-9


def test_the_gap_is_that_of_its_pair():
    """Followed once more, by the other integrator and to more digits."""
    from litproof.certify.certificates.limit_pair import transformed
    from litproof.integrate.regression.follow import follow_to_limit

    one = problem(Convolutional((3, 3)), ((1, 2, 1), (1, 0, -1)))
    (gap,) = gaps(one, [Fraction(1)])
    limits = [follow_to_limit(p, 20, method="taylor").value for p in (one, transformed(one, gap.transform))]
    size = max(abs(a - b) for a, b in zip(*limits, strict=True)) / max(map(abs, limits[0]))
    assert abs(float(size) / gap.size - 1) < 1e-8


def test_a_gap_that_is_not_proved_says_so(monkeypatch):
    monkeypatch.setattr(module, "prove", lambda *_: None)
    (gap,) = gaps(problem(FullyConnected(3, (2,)), ((1, 0, 0, 1, 1, 1), (1, -1))), [Fraction(1)])
    assert gap.size > 0 and gap.proved == 0


def test_bad_input():
    with pytest.raises(InputError, match="one data point"):
        list(gaps(problem(Diagonal(2, 3), ((1, 1, 1), (0, 0, 0)), X=((1, 2, 3),), y=(1,))))
    classification = Problem(Diagonal(2, 3), "classification", X, (1, 1), 1, ((1, 1, 1), (0, 0, 0)))
    with pytest.raises(InputError, match="regression"):
        list(gaps(classification))


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FACTORS", (Fraction(1), Fraction(2)))
    monkeypatch.setattr(module.gaps, "__defaults__", ((Fraction(1), Fraction(2)), 0))
    path = tmp_path / "wide.toml"
    path.write_text(write_problem(problem(FullyConnected(3, (2,)), ((1, 0, 0, 1, 1, 1), (1, -1)))))
    run = CliRunner().invoke(program, ["bias", str(path), "--gap", "--json", str(tmp_path / "out.json")])
    assert run.exit_code == 0, run.output
    assert run.output.count("proved, T = [") == 2
    known = json.loads((tmp_path / "out.json").read_text())["gaps"]
    assert [entry["scale"] for entry in known] == ["1/2", "1"]
    assert all(0 < entry["proved"] <= entry["relative"] for entry in known)
