from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from litproof.errors import Inconclusive, InputError
from litproof.networks.base import DataTensor, Network, support
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import KINDS, draw_layers, draw_network, draw_rational
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.identities import verify_forward
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.tensor import TensorNetwork

LARGER = [
    Diagonal(5, 6),
    Convolutional((1, 4)),
    Convolutional((2, 5)),
    Convolutional((3, 2, 5)),
    Convolutional((2, 1, 3, 4)),
    Convolutional((5, 5)),
    FullyConnected(4, (3, 2)),
    FullyConnected(2, (2, 3, 2)),
    FullyConnected(3, (1,)),
    MatrixSensing(3, 3),
    MatrixSensing(1, 4),
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 10**6))
def test_forward_tensor_and_coefficients_agree_symbolically(kind: str, seed: int) -> None:
    for report in verify_forward(draw_network(Random(seed), kind)):
        assert report.holds, report


@pytest.mark.parametrize("network", LARGER, ids=str)
def test_forward_tensor_and_coefficients_agree_for_larger_shapes(network: Network) -> None:
    by_tensor, by_coefficients = verify_forward(network)
    assert by_tensor.holds and by_coefficients.holds
    assert by_tensor.checked == len(network.data_tensor().entries)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 10**6))
def test_the_forward_pass_is_linear_in_each_layer(kind: str, seed: int) -> None:
    rng = Random(seed)
    network = draw_network(rng, kind)
    v, w = draw_layers(rng, network), draw_layers(rng, network)
    x = [draw_rational(rng) for _ in range(network.input_dim)]
    a, slot = draw_rational(rng), rng.randrange(network.depth)

    def with_slot(layer: tuple[Fraction, ...]) -> tuple[tuple[Fraction, ...], ...]:
        return (*v[:slot], layer, *v[slot + 1 :])

    mixed = tuple(p + a * q for p, q in zip(v[slot], w[slot], strict=True))
    assert network.forward(x, with_slot(mixed)) == network.forward(x, v) + a * network.forward(
        x, with_slot(w[slot])
    )


def test_convolution_by_hand() -> None:
    # d = 3, filters (a, b), (c, e, g): h_i = a x_i + b x_{i+1}, f = c h_1 + e h_2 + g h_3.
    x, (a, b), (c, e, g) = (2, 3, 5), (7, 11), (13, 17, 19)
    h = (a * x[0] + b * x[1], a * x[1] + b * x[2], a * x[2] + b * x[0])
    assert Convolutional((2, 3)).forward(x, ((a, b), (c, e, g))) == c * h[0] + e * h[1] + g * h[2]


def test_matrix_products_by_hand() -> None:
    assert FullyConnected(2, (2,)).forward((1, 10), ((1, 2, 3, 4), (5, 6))) == 17 + 10 * 39
    # [[1, 2], [3, 4]] [[5, 6], [7, 8]] = [[19, 22], [43, 50]], sensor not symmetric on purpose
    assert MatrixSensing(2, 2).coefficients(((1, 2, 3, 4), (5, 6, 7, 8))) == (19, 22, 43, 50)
    assert (
        MatrixSensing(2, 2).forward((1, 100, 10, 1000), ((1, 2, 3, 4), (5, 6, 7, 8)))
        == 19 + 2200 + 430 + 50000
    )


def test_shapes() -> None:
    assert FullyConnected(4, (3, 2)).shapes == (12, 6, 2)
    assert Convolutional((2, 1, 5)).shapes == (2, 1, 5) and Convolutional((2, 5)).input_dim == 5
    assert MatrixSensing(2, 3).shapes == (9, 9) and MatrixSensing(2, 3).input_dim == 9
    assert Diagonal(3, 4).shapes == (4, 4, 4)
    networks = [draw_network(Random(7), kind) for kind in KINDS]
    assert [network.kind for network in networks] == [kind.removeprefix("complex-") for kind in KINDS]
    assert all(len(network.shapes) == network.depth for network in networks)
    assert len({hash(network) for network in networks}) == len(networks)


def test_depth_one_is_the_linear_model() -> None:
    for network in (Diagonal(1, 3), Convolutional((3,)), FullyConnected(3, ())):
        assert network.coefficients(((1, 2, 3),)) == (1, 2, 3)
        form = network.odeco()
        assert form is not None and form.is_real and form.rank == 3


@pytest.mark.parametrize(
    ("build", "key"),
    [
        (lambda: Diagonal(0, 3), "network.depth"),
        (lambda: Diagonal(2, 0), "network"),
        (lambda: Convolutional(()), "network.filter-sizes"),
        (lambda: Convolutional((4, 3)), "network.filter-sizes"),
        (lambda: Convolutional((0, 3)), "network.filter-sizes"),
        (lambda: FullyConnected(0, ()), "network.input-dim"),
        (lambda: FullyConnected(2, (0,)), "network.widths"),
        (lambda: MatrixSensing(0, 2), "network.depth"),
        (lambda: MatrixSensing(1, 0), "data.A"),
        (lambda: TensorNetwork(DataTensor(2, (), {})), "network.tensor"),
        (lambda: TensorNetwork(DataTensor(2, (2,), {(2, 0): Fraction(1)})), "network.tensor"),
    ],
)
def test_impossible_sizes_are_refused(build: object, key: str) -> None:
    with pytest.raises(InputError) as caught:
        build()  # type: ignore[operator]
    assert caught.value.key == key


class Wrong(Diagonal):
    """Forward pass of another network: x_1 loses its last factor."""

    def forward(self, x, v):  # type: ignore[no-untyped-def]
        return super().forward(x, v) + x[0] - x[0] * v[-1][0]


def test_a_wrong_forward_pass_is_named() -> None:
    for report in verify_forward(Wrong(2, 2)):
        assert not report.holds
        assert "x[1]" in report.failure


@pytest.mark.parametrize(
    ("network", "entries"),
    [
        (FullyConnected(3, (9,) * 8), 3 * 9**8),
        (Convolutional((10,) * 9), 10**9),
        (MatrixSensing(9, 7), 7**10),
    ],
)
def test_a_tensor_too_large_to_be_written_out_says_so_at_once(network, entries):
    with pytest.raises(Inconclusive, match=f"has {entries} entries"):
        network.data_tensor()


def test_products_are_counted_without_multiplying_out() -> None:
    from litproof.networks.polynomial import PolynomialNetwork
    from litproof.networks.ring import count_terms

    assert count_terms(Diagonal(4, 3)) == 3
    assert count_terms(FullyConnected(2, (50,) * 20)) == 2 * 50**20
    assert count_terms(Convolutional((2, 3))) == 6
    assert count_terms(PolynomialNetwork.of(["u[2]", "w[2]"], ["u[j]^2 - w[j]^2 + 1"], 2)) == 6


def test_rows_of_identities_take_no_room_and_equal_the_tuples_they_stand_for() -> None:
    form = Diagonal(2, 3).odeco()
    identity = tuple(tuple(int(i == j) for j in range(3)) for i in range(3))
    assert identity == form.S and hash(form.S[1]) == hash((0, 1, 0))
    assert form.S[1][-2] == 1 and form.S[2][:2] == (0, 0) and form.S[0] != (0, 1, 0)
    with pytest.raises(IndexError):
        form.S[0][3]
    # 10^10 entries, were they written down
    wide = Diagonal(3, 10**5).odeco()
    assert wide.is_real and support(wide.U[2][7]) == [(7, 1)]
