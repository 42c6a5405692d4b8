"""Certificates of identities: in the parameters of a network that is given by its data tensor, and of R3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.certify.certificates.format import (
    Certificate,
    exact_text,
    seal,
    tensor_fields,
    text_rows,
    texts,
)
from litproof.networks.base import MultilinearNetwork, Network, OdecoForm
from litproof.networks.convolutional import Convolutional


def odeco_certificate(network: MultilinearNetwork) -> Certificate | None:
    """A certificate that the network's odeco form is one; None unless S and all U_l are rational.

    Raises
    ------
    checker.Refused : the form is not that of the network.
    """
    form = rational_odeco(network)
    if form is None:
        return None
    S, *U = map(text_rows, fractions_of(form))
    return seal("odeco-form", {**tensor_fields(network), "S": S, "U": U})


def conserved_certificate(
    network: MultilinearNetwork, laws: Sequence[Mapping[tuple[int, ...], Any]]
) -> Certificate:
    """A certificate that polynomials in the parameters are constant for every data set and loss.

    Parameters
    ----------
    network : a linear tensor network with P parameters, v_1 first.
    laws : one polynomial each, {parameters of the monomial, numbered from 0, repeated for powers:
    coefficient}.

    Raises
    ------
    checker.Refused : a polynomial is not conserved.
    """
    P = sum(network.shapes)
    quantities = [
        [
            [exact_text(Fraction(value)), [monomial.count(p) for p in range(P)]]
            for monomial, value in law.items()
        ]
        for law in laws
    ]
    fields = {**tensor_fields(network), "quantities": quantities}
    return seal("conserved", fields)


def forward_certificate(network: MultilinearNetwork) -> Certificate | None:
    """A certificate that the data tensor of a network is that of its forward pass.

    For an odeco network, whose definition is its form, that of the form. None for networks that are defined
    by their data tensor.
    """
    if network.kind in ("diagonal", "convolutional", "fully-connected", "matrix-sensing"):
        return seal("forward-pass", {"architecture": network.kind, **tensor_fields(network)})
    return odeco_certificate(network)


def potential_certificate(depth: int) -> Certificate:
    """A certificate of the closed form of h_L^{-1} and H_L (R3), by the recurrence int w^-k-2 from int w^-k."""
    k = 1 if depth % 2 == 0 else 2
    function, multiple, coefficients = ("asinh", "atan")[k - 1], Fraction(1), [Fraction(0)]
    while k < depth - 1:
        multiple *= Fraction(k - 1, k)
        coefficients = [value * Fraction(k - 1, k) for value in coefficients]
        coefficients[-1] += Fraction(1, k)
        k += 2
        if k < depth - 1:
            coefficients.append(Fraction(0))
    return seal(
        "potential",
        {
            "depth": depth,
            "function": function,
            "multiple": exact_text(multiple),
            "coefficients": texts(coefficients),
        },
    )


def rational_odeco(network: Network) -> OdecoForm | None:
    """The odeco form with rational entries, U_l^T U_l = w I, w > 0; None where none is known."""
    if isinstance(network, Convolutional) and network.input_dim == 2 and network.odeco() is not None:
        # The real characters without square roots: w = 2.
        U = tuple(tuple(map(Cyclotomic.rational, row)) for row in ((1, 1), (1, -1)))
        return OdecoForm(tuple(tuple(entry / 2 for entry in row) for row in U), (U,) * network.depth)
    form = network.odeco() if isinstance(network, MultilinearNetwork) else None
    if form is None or not all(x.is_rational for rows in (form.S, *form.U) for row in rows for x in row):
        return None
    return form


def fractions_of(form: OdecoForm) -> list[list[list[Fraction]]]:
    """S, U_1, ..., U_L of a rational form."""
    return [[[entry.to_fraction() for entry in row] for row in rows] for rows in (form.S, *form.U)]
