"""The smallest layer of every component, against exact squares; sizes that rule an exact margin problem out."""

from fractions import Fraction
from random import Random

import pytest

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks import Convolutional, Diagonal
from litproof.predict.classification import limit, modes
from litproof.predict.classification.modes import smallest_layers
from litproof.problem import Problem


def exact(form, v0):
    """Every component's |eta|^2, one list a layer."""
    result = []
    for U, layer in zip(form.U, v0, strict=True):
        columns = zip(*[list(row) for row in U], strict=True)
        etas = [
            sum((u * x for u, x in zip(column, layer, strict=True)), Cyclotomic.rational(0))
            for column in columns
        ]
        result.append([eta * eta.conjugate() for eta in etas])
    return result


@pytest.mark.parametrize("network", [Convolutional((5, 5)), Convolutional((4, 4, 4)), Diagonal(3, 4)])
@pytest.mark.parametrize("seed", range(3))
def test_the_smallest_layer_is_the_exact_one(network, seed):
    random = Random(f"{network} {seed}")
    v0 = [[Fraction(random.randint(-9, 9), 4) for _ in range(k)] for k in network.shapes]
    form = network.odeco()
    squares = list(zip(*exact(form, v0), strict=True))
    if any((a - b).is_zero for entries in squares for k, a in enumerate(entries) for b in entries[:k]):
        v0[0] = [x + Fraction(1, 97) for x in v0[0]]
        squares = list(zip(*exact(form, v0), strict=True))
    chosen = smallest_layers(form, v0)
    for entries, best in zip(squares, chosen, strict=True):
        assert all((entry - entries[best]).sign() > 0 for l, entry in enumerate(entries) if l != best)


def test_what_balls_cannot_tell_apart_is_decided_exactly(monkeypatch):
    network = Convolutional((5, 5))
    v = [Fraction(k, 3) for k in (1, -2, 4, 0, 5)]
    near = [x * (1 + Fraction(1, 10**60)) for x in v]
    assert smallest_layers(network.odeco(), (v, near)) == (0,) * 5
    assert smallest_layers(network.odeco(), (near, v)) == (1,) * 5
    with pytest.raises(
        HypothesisError, match="component 1"
    ):  # a shift turns every component, no size changes
        smallest_layers(network.odeco(), (v, [*v[1:], v[0]]))
    monkeypatch.setattr(modes, "_component", None)
    assert smallest_layers(network.odeco(), (v, [2 * x for x in v])) == (0,) * 5


def test_sizes_rule_an_exact_margin_problem_out_at_once(monkeypatch):
    network = Convolutional((5, 5))
    layers = [[1, 2, 0, 0, 1], [1, 0, 3, 0, 1]]
    problem = Problem(network, "classification", [[1, 2, 3, 4, 5]] * 2, [1, 1], 1, layers)
    assert not limit.is_large_and_complex(problem)
    monkeypatch.setattr(limit, "MOST_IN_FIELD", 2 * 5**3 - 1)
    assert limit.is_large_and_complex(problem)
    monkeypatch.setattr(limit, "margin_problem", None)
    monkeypatch.setattr(limit, "smallest_layers", None)
    with pytest.raises(Inconclusive, match="by its size"):
        limit.predict_direction(problem, 10)
    assert not limit.is_large_and_complex(
        Problem(Diagonal(2, 5), "classification", problem.X, problem.y, 1, layers)
    )
