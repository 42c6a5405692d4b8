"""Conserved quantities of gradient flow, proved as polynomial identities (theory.md C1-C5).

For every data set and every differentiable loss the flow is dv/dt = -sum_i r_i sum_z X_iz grad beta_z(v),
r_i any numbers. Hence h is conserved for all of them exactly when <grad h, grad beta_z> = 0 for z = 1..d,
identities between polynomials in v that are decided by normal form. No data, loss or initialisation enters.

Sources: Du, Hu, Lee 2018 (balancedness); Yun, Krishnan, Mobahi 2021 (arXiv 2010.02501), odeco networks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from litproof.errors import HypothesisError
from litproof.flow.polynomials import (
    ParameterRing,
    Polynomial,
    coefficients,
    common_order,
    dot,
    parameter_ring,
    total,
)
from litproof.flow.reduction import reduced_coordinates
from litproof.networks.base import MultilinearNetwork, Network, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing

Law = tuple[str, Polynomial]


@dataclass(frozen=True)
class PolynomialProof:
    """Normal forms that all have to vanish.

    Attributes
    ----------
    name : e.g. "||v_1||^2 - ||v_2||^2".
    quantity : the polynomial in v (and z = zeta_N) that is claimed to be constant.
    residues : normal forms of <grad quantity, grad beta_z>, z = 1..d.

    """

    name: str
    quantity: Polynomial
    residues: tuple[Polynomial, ...]

    @property
    def holds(self) -> bool:
        """Whether every residue is the zero polynomial."""
        return not any(self.residues)


def prove_conserved(network: Network, parameters: ParameterRing, law: Law) -> PolynomialProof:
    """Decide whether the polynomial of `law` is conserved for every data set and loss."""
    name, quantity = law
    slopes = [entry for layer in parameters.gradient(quantity) for entry in layer]
    residues = []
    for beta in coefficients(network, parameters):
        field = [entry for layer in parameters.gradient(beta) for entry in layer]
        residues.append(parameters.normal_form(dot(slopes, field, parameters.zero)))
    return PolynomialProof(name, quantity, tuple(residues))


def norm_laws(network: Network, parameters: ParameterRing) -> Iterator[Law]:
    """C2, any linear tensor network: ||v_l||^2 - ||v_{l+1}||^2, l = 1..L-1."""
    squares = [dot(layer, layer, parameters.zero) for layer in parameters.layers]
    for l, (left, right) in enumerate(pairwise(squares), start=1):
        yield f"||v_{l}||^2 - ||v_{l + 1}||^2", left - right


def balancedness_laws(network: Network, parameters: ParameterRing) -> Iterator[Law]:
    """C3 and C4: the entries on and above the diagonal of W_l^T W_l - W_{l+1} W_{l+1}^T, l = 1..L-1.

    HypothesisError when the network is not made of matrices.
    """
    dimensions = _matrix_dimensions(network)
    layers = list(zip(parameters.layers, dimensions, strict=True))
    for l, ((left, (rows, inner)), (right, (_, columns))) in enumerate(pairwise(layers), start=1):
        for a in range(inner):
            for b in range(a, inner):
                gram_left = total(
                    (left[i * inner + a] * left[i * inner + b] for i in range(rows)), parameters.zero
                )
                gram_right = total(
                    (right[a * columns + i] * right[b * columns + i] for i in range(columns)), parameters.zero
                )
                name = f"W{l}^T W{l} - W{l + 1} W{l + 1}^T [{a + 1},{b + 1}]"
                yield name, gram_left - gram_right


def odeco_laws(form: OdecoForm, parameters: ParameterRing) -> Iterator[Law]:
    """C1: |eta_{l,j}|^2 - |eta_{l+1,j}|^2 with eta_l = U_l^T v_l, for every component j and l = 1..L-1."""
    moduli = [
        [parameters.normal_form(eta * parameters.conjugate(eta)) for eta in layer]
        for layer in reduced_coordinates(form, parameters)
    ]
    for l, (left, right) in enumerate(pairwise(moduli), start=1):
        for j, (a, b) in enumerate(zip(left, right, strict=True), start=1):
            yield f"|eta_{{{l},{j}}}|^2 - |eta_{{{l + 1},{j}}}|^2", a - b


def diagonal_laws(network: Diagonal, parameters: ParameterRing) -> Iterator[Law]:
    """C5, diagonal network: v_{l,j}^2 - v_{l+1,j}^2 for every entry j and l = 1..L-1."""
    for l, (left, right) in enumerate(pairwise(parameters.layers), start=1):
        for j, (a, b) in enumerate(zip(left, right, strict=True), start=1):
            yield f"v[{l},{j}]^2 - v[{l + 1},{j}]^2", a**2 - b**2


def autocorrelation_laws(network: Convolutional, parameters: ParameterRing) -> Iterator[Law]:
    """C5, full-length circular convolution: differences of circular autocorrelations, lags 0..floor(d/2).

    sum_i v_{l,i} v_{l,i+lag} - sum_i v_{l+1,i} v_{l+1,i+lag} (indices mod d): the Fourier transform of
    |(F v_l)_j|^2 - |(F v_{l+1})_j|^2, real and rational. HypothesisError when a filter is shorter than d.
    """
    d = network.input_dim
    if any(size != d for size in network.shapes):
        raise HypothesisError(f"autocorrelation laws need filters of full length {d}, not {network.shapes}")
    for lag in range(d // 2 + 1):
        sums = [
            total((layer[i] * layer[(i + lag) % d] for i in range(d)), parameters.zero)
            for layer in parameters.layers
        ]
        for l, (left, right) in enumerate(pairwise(sums), start=1):
            yield f"autocorrelation of v_{l} - that of v_{l + 1}, lag {lag}", left - right


def conserved_quantities(network: Network) -> tuple[PolynomialProof, ...]:
    """Every law of C1-C5 that applies to `network`, each with its normal forms.

    Rational forms are preferred: C5 replaces C1 on diagonal networks and full-length convolutions. An empty
    tuple at depth 1, where no two layers can be compared.
    """
    form = network.odeco() if isinstance(network, MultilinearNetwork) else None
    rational_form = isinstance(network, Diagonal | Convolutional)
    order = 1 if form is None or rational_form else common_order((form.S, *form.U))
    parameters = parameter_ring(network, order)
    laws = list(norm_laws(network, parameters))
    if isinstance(network, FullyConnected | MatrixSensing):
        laws += balancedness_laws(network, parameters)
    elif isinstance(network, Diagonal):
        laws += diagonal_laws(network, parameters)
    elif isinstance(network, Convolutional) and form is not None:
        laws += autocorrelation_laws(network, parameters)
    elif form is not None:
        laws += odeco_laws(form, parameters)
    return tuple(prove_conserved(network, parameters, law) for law in laws)


def angular_momenta(network: Network, form: OdecoForm) -> tuple[PolynomialProof, ...]:
    """C1, complex part: conj(eta_{l,j}) d eta_{l,j}/dt is the same for all l.

    Its real part is the law of `odeco_laws`, its imaginary part the equality of angular momenta. The
    residues are the differences between layers l and l+1 along each of the vector fields grad beta_z;
    `quantity` is conj(eta_{l,j}) eta_{l,j}.
    """
    parameters = parameter_ring(network, common_order((form.S, *form.U)))
    etas = reduced_coordinates(form, parameters)
    slopes = [parameters.gradient(beta) for beta in coefficients(network, parameters)]
    proofs = []
    for l, (left, right) in enumerate(pairwise(etas)):
        for j in range(form.rank):
            residues = []
            for gradient in slopes:
                left_speed, right_speed = (
                    dot([parameters.number(row[j]) for row in form.U[k]], gradient[k], parameters.zero)
                    for k in (l, l + 1)
                )
                difference = (
                    parameters.conjugate(left[j]) * left_speed - parameters.conjugate(right[j]) * right_speed
                )
                residues.append(parameters.normal_form(difference))
            name = f"conj(eta_{{l,{j + 1}}}) d eta_{{l,{j + 1}}}/dt equal for l = {l + 1}, {l + 2}"
            proofs.append(PolynomialProof(name, parameters.conjugate(left[j]) * left[j], tuple(residues)))
    return tuple(proofs)


def _matrix_dimensions(network: Network) -> list[tuple[int, int]]:
    """(rows, columns) of W_1..W_L."""
    if isinstance(network, FullyConnected):
        sizes = (network.input_dim, *network.widths, 1)
        return list(pairwise(sizes))
    if isinstance(network, MatrixSensing):
        return [(network.size, network.size)] * network.depth
    raise HypothesisError(
        f"balancedness W_l^T W_l - W_(l+1) W_(l+1)^T needs matrix layers, not a {network.kind} network"
    )
