from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import HypothesisError
from litproof.flow.conserved import (
    angular_momenta,
    autocorrelation_laws,
    balancedness_laws,
    conserved_quantities,
    diagonal_laws,
    norm_laws,
    odeco_laws,
    prove_conserved,
)
from litproof.flow.polynomials import coefficients, common_order, parameter_ring
from litproof.flow.reduction import reduced_coordinates
from litproof.networks.base import DataTensor, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco
from litproof.networks.tensor import TensorNetwork


def rotation(a, b):
    """Rational 2 x 2 rotation from a Pythagorean pair."""
    n = Fraction(a * a + b * b)
    c, s = Fraction(a * a - b * b) / n, Fraction(2 * a * b) / n
    return ((c, -s), (s, c))


def matrix(rows):
    return tuple(tuple(Cyclotomic.rational(e) for e in row) for row in rows)


ODECO = Odeco(
    matrix(((1, 2), (0, -3))), (matrix(rotation(2, 1)), matrix(rotation(3, 2)), matrix(rotation(4, 1)))
)
TENSOR = TensorNetwork(
    DataTensor(
        2,
        (2, 3, 2),
        {key: Fraction(sum(key) % 5 - 2, 3) for key in product(range(2), range(2), range(3), range(2))},
    )
)


@pytest.mark.parametrize(
    ("network", "number"),
    [
        (Diagonal(2, 3), 1 + 3),
        (Diagonal(5, 2), 4 + 8),
        (Convolutional((4, 4, 4)), 2 + 2 * 3),
        (Convolutional((2, 3)), 1),
        (FullyConnected(3, (2, 4)), 2 + 3 + 10),
        (MatrixSensing(3, 2), 2 + 2 * 3),
        (ODECO, 2 + 4),
        (TENSOR, 2),
        (Diagonal(1, 3), 0),
    ],
)
def test_every_law_that_applies_is_proved(network, number):
    proofs = conserved_quantities(network)
    assert len(proofs) == number
    assert all(proof.holds for proof in proofs)
    assert len({proof.name for proof in proofs}) == number
    assert all(len(proof.residues) == network.input_dim for proof in proofs)


def laws_of(network):
    form = network.odeco()
    ring = parameter_ring(network, common_order((form.S, *form.U)) if form else 1)
    return ring, form


@pytest.mark.parametrize(
    "network", [Diagonal(3, 2), ODECO, TENSOR, FullyConnected(2, (2, 2)), Convolutional((3, 3))]
)
def test_norm_sums_and_powers_are_rejected(network):
    ring, _ = laws_of(network)
    left, right = (sum((v**2 for v in layer), ring.zero) for layer in ring.layers[:2])
    assert prove_conserved(network, ring, ("difference", left - right)).holds
    assert not prove_conserved(network, ring, ("sum", left + right)).holds
    assert not prove_conserved(network, ring, ("weighted", left - 2 * right)).holds
    assert not prove_conserved(network, ring, ("squares", left**2 - right**2)).holds


def test_balancedness_mutants_are_rejected():
    network = FullyConnected(2, (2, 2))
    ring, _ = laws_of(network)
    W1, W2 = ([ring.layers[l][:2], ring.layers[l][2:]] for l in (0, 1))
    gram = {
        "WtW": lambda W, a, b: sum((W[i][a] * W[i][b] for i in range(2)), ring.zero),
        "WWt": lambda W, a, b: sum((W[a][i] * W[b][i] for i in range(len(W[0]))), ring.zero),
    }
    for left, right, sign in product(gram, gram, (1, -1)):
        law = gram[left](W1, 0, 1) + sign * gram[right](W2, 0, 1)
        expected = (left, right, sign) == ("WtW", "WWt", -1)
        assert prove_conserved(network, ring, ("gram", law)).holds == expected
    skipping = gram["WtW"](W1, 0, 0) - gram["WWt"]([[v] for v in ring.layers[2]], 0, 0)
    assert not prove_conserved(network, ring, ("layers 1 and 3", skipping)).holds


def test_per_entry_laws_need_the_right_network():
    full, short = Convolutional((3, 3)), Convolutional((2, 3))
    ring = parameter_ring(full)
    for _, law in diagonal_laws(Diagonal(2, 3), ring):
        assert not prove_conserved(full, ring, ("entry", law)).holds
    for lag, (_, law) in enumerate(autocorrelation_laws(full, ring)):
        assert prove_conserved(full, ring, (f"lag {lag}", law)).holds
        assert lag == 0 or not prove_conserved(Diagonal(2, 3), ring, ("diagonal", law)).holds
    with pytest.raises(HypothesisError, match="full length 3"):
        list(autocorrelation_laws(short, parameter_ring(short)))
    with pytest.raises(HypothesisError, match="matrix layers"):
        list(balancedness_laws(Diagonal(2, 2), parameter_ring(Diagonal(2, 2))))


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_fourier_moduli_are_conserved_and_their_mutants_are_not(d):
    network = Convolutional((d, d))
    ring, form = laws_of(network)
    laws = list(odeco_laws(form, ring))
    assert len(laws) == d
    assert all(prove_conserved(network, ring, law).holds for law in laws)
    eta = reduced_coordinates(form, ring)
    real = eta[0][1] ** 2 - eta[1][1] ** 2  # the complex square without its conjugate
    assert prove_conserved(network, ring, ("square", real)).holds == (d == 2)
    shifted = ring.conjugate(eta[0][1]) * eta[0][1] - ring.conjugate(eta[1][0]) * eta[1][0]
    assert not prove_conserved(network, ring, ("components mixed", shifted)).holds


@pytest.mark.parametrize("network", [Convolutional((3, 3, 3)), Convolutional((4, 4)), Diagonal(3, 2), ODECO])
def test_angular_momenta_are_equal_in_all_layers(network):
    proofs = angular_momenta(network, network.odeco())
    assert len(proofs) == (network.depth - 1) * network.odeco().rank
    assert all(proof.holds for proof in proofs)


def test_angular_momenta_reject_a_wrong_transform():
    network = Convolutional((3, 3, 3))
    form = network.odeco()
    conjugated = tuple(tuple(e.conjugate() for e in row) for row in form.U[1])
    wrong = OdecoForm(form.S, (form.U[0], conjugated, form.U[2]))
    assert not all(proof.holds for proof in angular_momenta(network, wrong))


entries = st.integers(-3, 3).map(Fraction)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_laws_are_orthogonal_to_the_gradients_at_random_points(data):
    """An oracle without polynomial algebra: difference quotients of quadratics along a field are exact."""
    network = data.draw(
        st.sampled_from([Diagonal(3, 2), FullyConnected(2, (3,)), Convolutional((3, 3)), ODECO])
    )
    ring, form = laws_of(network)
    laws = list(norm_laws(network, ring))
    if isinstance(network, FullyConnected):
        laws += balancedness_laws(network, ring)
    elif form is not None and common_order((form.S, *form.U)) == 1:
        laws += odeco_laws(form, ring)
    point = [data.draw(entries) for size in network.shapes for _ in range(size)]
    weights = [data.draw(entries) for _ in range(network.input_dim)]

    def shaped(flat):
        remaining = iter(flat)
        return [[next(remaining) for _ in range(size)] for size in network.shapes]

    def f(flat):
        return network.forward(weights, shaped(flat))

    def bumped(flat, index, step):
        return [value + step * (i == index) for i, value in enumerate(flat)]

    # f is linear in every single parameter, so a unit difference is its exact partial derivative
    gradient = [f(bumped(point, i, 1)) - f(point) for i in range(len(point))]
    for name, law in laws:
        ahead, behind = (
            law.evaluate(list(zip(law.ring.gens, [0, *moved], strict=True)))
            for moved in (
                [p + s for p, s in zip(point, gradient, strict=True)],
                [p - s for p, s in zip(point, gradient, strict=True)],
            )
        )
        assert ahead == behind, name  # central difference of a quadratic: its exact derivative


def test_coefficients_are_those_of_the_forward_pass():
    ring = parameter_ring(TENSOR)
    forward = TENSOR.forward([Fraction(1), Fraction(0)], ring.layers)
    assert coefficients(TENSOR, ring)[0] == forward
