"""Reduced coordinates of an orthogonally decomposable network, proved exactly for a given odeco form.

With eta_l = U_l^T v_l, rho_j = prod_l eta_{l,j} and g = S X^T r the flow is
d eta_{l,j}/dt = -conj(g_j prod_{k != l} eta_{k,j}), beta = S^T rho, and the part of v_l outside the range of
conj(U_l) rests. The flow is linear in X^T r, so each statement is an identity for beta_1..beta_d one by one.

Source: Yun, Krishnan, Mobahi 2021 (arXiv 2010.02501), orthogonally decomposable networks.
"""

from dataclasses import dataclass
from math import prod

from litproof.flow.polynomials import (
    Matrix,
    ParameterRing,
    Polynomial,
    coefficients,
    common_order,
    dot,
    parameter_ring,
)
from litproof.networks.base import Network, OdecoForm


@dataclass(frozen=True)
class ReductionProof:
    """Normal forms of the four statements; all have to vanish.

    Attributes
    ----------
    parameters : the ring they live in.
    eta : reduced coordinates as polynomials in v, L tuples of length m.
    isometry : entries of U_l^H U_l - I.
    coefficients : beta - S^T rho, length d.
    components : U_l^T grad_l beta_z - conj(S_jz prod_{k != l} eta_{k,j}), over z, l, j.
    complement : (I - conj(U_l) U_l^T) grad_l beta_z, over z, l and the entries of v_l.

    """

    parameters: ParameterRing
    eta: tuple[tuple[Polynomial, ...], ...]
    isometry: tuple[Polynomial, ...]
    coefficients: tuple[Polynomial, ...]
    components: tuple[Polynomial, ...]
    complement: tuple[Polynomial, ...]

    @property
    def holds(self) -> bool:
        """Whether every normal form is zero."""
        return not any((*self.isometry, *self.coefficients, *self.components, *self.complement))


def reduced_coordinates(form: OdecoForm, parameters: ParameterRing) -> tuple[tuple[Polynomial, ...], ...]:
    """eta_l = U_l^T v_l as polynomials in v, L tuples of length m."""
    return tuple(
        tuple(dot(_column(U, j, parameters), layer, parameters.zero) for j in range(form.rank))
        for U, layer in zip(form.U, parameters.layers, strict=True)
    )


def prove_reduction(network: Network, form: OdecoForm) -> ReductionProof:
    """Decide the reduced equations of `network` for the odeco form `form` (S, U_l), for all data and losses.

    The form is an argument, so that a wrong one can be tried; `holds` tells.
    """
    ring = parameter_ring(network, common_order((form.S, *form.U)))
    layers, components = range(len(form.U)), range(form.rank)
    betas = coefficients(network, ring)
    eta = reduced_coordinates(form, ring)
    columns = [[_column(U, j, ring) for j in components] for U in form.U]
    conjugates = [[[ring.conjugate(entry) for entry in column] for column in U] for U in columns]
    others = [
        [
            ring.normal_form(prod((eta[k][j] for k in layers if k != l), start=ring.zero + 1))
            for j in components
        ]
        for l in layers
    ]
    rho = [ring.normal_form(others[0][j] * eta[0][j]) for j in components]
    isometry = [
        dot(conjugates[l][i], columns[l][j], ring.zero) - int(i == j)
        for l in layers
        for i in components
        for j in components
    ]
    linear, projected, complement = [], [], []
    for z, beta in enumerate(betas):
        row = [ring.number(form.S[j][z]) for j in components]
        linear.append(beta - dot(row, rho, ring.zero))
        for l, slope in enumerate(ring.gradient(beta)):
            speeds = [ring.normal_form(dot(columns[l][j], slope, ring.zero)) for j in components]
            projected += [
                speeds[j] - ring.conjugate(ring.normal_form(row[j] * others[l][j])) for j in components
            ]
            complement += [
                entry - dot([conjugates[l][j][i] for j in components], speeds, ring.zero)
                for i, entry in enumerate(slope)
            ]
    decide = ring.normal_form
    return ReductionProof(
        parameters=ring,
        eta=eta,
        isometry=tuple(map(decide, isometry)),
        coefficients=tuple(map(decide, linear)),
        components=tuple(map(decide, projected)),
        complement=tuple(map(decide, complement)),
    )


def _column(matrix: Matrix, j: int, parameters: ParameterRing) -> list[Polynomial]:
    return [parameters.number(row[j]) for row in matrix]
