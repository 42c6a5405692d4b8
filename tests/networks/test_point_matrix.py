from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from litproof.errors import InputError
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.point_matrix import matrix_parts, point_matrix, point_parts
from litproof.networks.tensor import TensorNetwork


def draw_network(rng: Random):
    d = rng.randint(1, 4)
    entries = {
        (rng.randrange(d), rng.randrange(3), rng.randrange(4)): Fraction(rng.randint(1, 5), 3)
        for _ in range(5)
    }
    return rng.choice(
        (
            Diagonal(2, d),
            Convolutional((rng.randint(1, d), d)),
            FullyConnected(d, (rng.randint(1, 3),)),
            TensorNetwork(DataTensor(d, (3, 4), entries)),
        )
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_parts_rebuild_the_matrix_of_the_networks_own_forward_pass(seed: int) -> None:
    rng = Random(seed)
    network = draw_network(rng)
    x = [Fraction(rng.randint(-2, 2)) for _ in range(network.input_dim)]
    first, second = network.shapes
    unit = [[Fraction(int(i == k)) for k in range(max(first, second))] for i in range(max(first, second))]
    expected = tuple(
        tuple(network.forward(x, (unit[i][:first], unit[j][:second])) for j in range(second))
        for i in range(first)
    )
    assert point_matrix(network, x) == expected
    parts = point_parts(network, x)
    assert parts == matrix_parts(expected)
    rebuilt = [[Fraction(0)] * second for _ in range(first)]
    rows, columns = [], []
    for part in parts:
        rows += part.rows
        columns += part.columns
        for i, row in zip(part.rows, part.entries, strict=True):
            for j, entry in zip(part.columns, row, strict=True):
                rebuilt[i][j] = entry
    assert tuple(map(tuple, rebuilt)) == expected
    assert len(set(rows)) == len(rows) and len(set(columns)) == len(columns)
    for part in parts:  # and none of them falls apart
        assert len(matrix_parts(part.entries)) == 1


def test_many_inputs_write_out_no_data_tensor() -> None:
    network = Convolutional((600, 600))
    (part,) = point_parts(network, [Fraction(1 + k) for k in range(600)])
    assert part.entries[599][2] == 2 and len(part.rows) == 600


def test_other_depths_are_refused() -> None:
    for function in (point_matrix, point_parts):
        with pytest.raises(InputError, match="depth 2"):
            function(Diagonal(3, 2), [Fraction(1)] * 2)
