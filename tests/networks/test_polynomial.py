"""Networks given by formulas: the same maps as the built-in kinds, and one clear line for what is not a polynomial."""

from fractions import Fraction
from random import Random

import pytest
from sympy import Matrix, Rational, expand, symbols

from litproof.errors import InputError
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_layers
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.polynomial import PolynomialNetwork

SAME_MAPS = [
    (Diagonal(3, 4), ["a[4]", "b[4]", "w[4]"], ["a[j]*b[j]*w[j]"], 4),
    (FullyConnected(3, (2, 4)), ["W1[3,2]", "W2[2,4]", "w[4]"], ["W1*W2*w"], 3),
    (FullyConnected(3, (2,)), ["W[3,2]", "w[2]"], ["sum(k, W[j,k]*w[k])"], 3),
    (MatrixSensing(3, 2), ["P[2,2]", "Q[2,2]", "R[2,2]"], ["P*Q*R"], 4),
    (MatrixSensing(2, 2), ["P[2,2]", "Q[2,2]"], ["vec(transpose(transpose(Q)*transpose(P)))"], 4),
    (
        Convolutional((2, 3)),
        ["f[2]", "g[3]"],
        ["f[1]*g[1] + f[2]*g[3]", "f[1]*g[2] + f[2]*g[1]", "f[1]*g[3] + f[2]*g[2]"],
        3,
    ),
]


@pytest.mark.parametrize(("network", "parameters", "beta", "d"), SAME_MAPS, ids=lambda entry: str(entry)[:25])
def test_formulas_give_the_map_of_the_built_in_kind(network, parameters, beta, d):
    own = PolynomialNetwork.of(parameters, beta, d)
    assert own.shapes == network.shapes
    layers = draw_layers(Random(3), network)
    mine, theirs = own.coefficients(layers), network.coefficients(layers)
    if isinstance(network, Convolutional):
        # the package's index convention: the same three sums, in another order
        mine, theirs = sorted(mine), sorted(theirs)
    assert tuple(mine) == tuple(theirs)


def test_matrix_formulas_agree_with_sympy():
    network = PolynomialNetwork.of(
        ["A[2,3]", "b[3]", "s"], ["s*A*transpose(A)*(A*b)/2 - dot(b, b)*A*b + 3*A*b"], 2
    )
    A, b, s = Matrix(2, 3, symbols("a:6")), Matrix(3, 1, symbols("b:3")), symbols("s")
    expected = s * A * A.T * A * b * Rational(1, 2) - (b.T * b)[0] * A * b + 3 * A * b
    beta = network.coefficients((list(A), list(b), [s]))
    assert all(expand(mine - entry) == 0 for mine, entry in zip(beta, expected, strict=True))


def test_powers_by_squaring():
    for exponent in range(12):
        network = PolynomialNetwork.of(["u[1]", "w[1]"], [f"u[j]^{exponent} + w[1]"], 1)
        assert network.coefficients(((Fraction(3, 2),), (Fraction(0),))) == (Fraction(3, 2) ** exponent,)
    square = PolynomialNetwork.of(["W[2,2]"], ["W^3"], 4)
    W = Matrix(2, 2, [1, 2, 3, 5])
    assert square.coefficients(((1, 2, 3, 5),)) == tuple(W**3)


def test_several_outputs_are_flattened_row_by_row():
    by_entry = PolynomialNetwork.of(["W[2,3]", "V[3,2]"], ["sum(k, W[j,k]*V[k,c])"], 2, 2)
    by_matrix = PolynomialNetwork.of(["W[2,3]", "V[3,2]"], ["W*V"], 2, 2)
    layers = ((1, 2, 3, 4, 5, 6), (1, 0, -1, 2, 3, 1))
    assert by_entry.input_dim == 4
    assert by_entry.coefficients(layers) == by_matrix.coefficients(layers) == (8, 7, 17, 16)


WRONG = [
    (["u[2]"], ["u[j]^2"], 3, 1, "position 1: the index j runs to 3, but u[2] ends at 2"),
    (["u[2]"], ["u[j] + u[3]"], 2, 1, "position 8: the index is 3, but u[2] ends at 2"),
    (["u[2]"], ["u[j] + w[j]"], 2, 1, "position 8: unknown name 'w'"),
    (["u[2]"], ["exp(u[j])"], 2, 1, "position 1: unknown name 'exp'"),
    (["u[2]"], ["1/u[j]"], 2, 1, "position 2: expected a polynomial: only numbers other than 0 may divide"),
    (["u[2]"], ["u[j]/(1 - 1)"], 2, 1, "position 5: expected a polynomial"),
    (["u[2]"], ["u[j]^(1/2)"], 2, 1, "position 5: expected an exponent 0, 1, 2, .."),
    (["u[2]"], ["u[j]^u[j]"], 2, 1, "position 5: expected an exponent"),
    (["u[2]"], ["(u[j]^100)^3"], 2, 1, "position 11: expected a degree of at most 200, got 300"),
    (["u[2]"], ["u*u"], 2, 1, "position 2: expected a matrix to the left of a vector of 2"),
    (["W[2,3]", "V[2,3]"], ["W*V"], 2, 1, "sizes do not fit: a 2 x 3 matrix times a 2 x 3 matrix"),
    (["W[2,3]"], ["W"], 2, 1, "expected 2 entries"),
    (["W[2,3]"], ["transpose(W)"], 2, 3, "expected a matrix of 2 x 3, got 3 x 2"),
    (["W[2,3]", "u[2]"], ["W + u"], 2, 3, "expected terms of equal shape"),
    (["W[2,3]"], ["sum(k, W[k,k])"], 1, 1, "runs over entries of different numbers: 2 and 3"),
    (["W[2,3]"], ["sum(k, W[j,1])"], 2, 1, "does not occur in it"),
    (
        ["u[2]"],
        ["u[1]", "u[2]", "u[1]"],
        2,
        1,
        "expected one formula in the free index j, or 2 formulas, got 3",
    ),
    (["u[2]"], ["u[1]", "u[3]"], 2, 1, "network.beta, formula 2, position 1"),
    (["u[2]"], ["u[j] - u[j] + 1"], 2, 1, "expected a network with parameters that move"),
    (["u[2]", "u[2]"], ["u[j]"], 2, 1, "the name 'u' is given twice"),
    (["beta[2]"], ["beta[j]"], 2, 1, "stands for something else"),
    (["u[0]"], ["u[j]"], 2, 1, "expected sizes from 1 to 1000"),
    (["u[2,2,2]"], ["u[j]"], 2, 1, "expected a parameter such as"),
]


@pytest.mark.parametrize(
    ("parameters", "beta", "d", "outputs", "message"), WRONG, ids=lambda entry: str(entry)[:30]
)
def test_each_fault_is_named_with_its_place(parameters, beta, d, outputs, message):
    with pytest.raises(InputError) as error:
        PolynomialNetwork.of(parameters, beta, d, outputs)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_long_matrix_products_are_multiplied_in_the_cheap_order():
    """A vector at the end keeps a chain of twenty 6 x 6 matrices at 36 products a factor."""
    from litproof.flow.trace import trace_coefficients

    names = [f"W{chr(97 + i)}" for i in range(20)]
    network = PolynomialNetwork.of(
        [*(f"{name}[6,6]" for name in names), "w[6]"], ["*".join([*names, "w"])], 6
    )
    assert trace_coefficients(network).products == 20 * 36
