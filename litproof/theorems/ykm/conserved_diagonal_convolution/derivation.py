"""C5: the laws of diagonal networks and of full-length circular convolutions in rational form."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct, Rate
from litproof.derive.steps import prove_law
from litproof.flow.conserved import autocorrelation_laws
from litproof.flow.polynomials import common_order, dot, parameter_ring
from litproof.flow.reduction import prove_reduction, reduced_coordinates
from litproof.networks.convolutional import Convolutional
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, S, d, eta as eta_real, i, j, k, l, t
from litproof.theorems.ykm.conserved_odeco.derivation import U

v = sp.IndexedBase("v", real=True)
eta = sp.IndexedBase("eta")
omega, lag, a = sp.Symbol("omega"), sp.Symbol("tau", integer=True), sp.Symbol("a", integer=True)


def transform_of_moduli(size: int) -> bool:
    """Whether the Fourier transform of |eta_j|^2 is the autocorrelation, for filters of length `size`."""
    network = Convolutional((size, size))
    form = network.odeco()
    assert form is not None
    ring = parameter_ring(network, common_order((form.S, *form.U)))
    eta_1, filter_1 = reduced_coordinates(form, ring)[0], ring.layers[0]
    root = ring.root ** (ring.order // size)
    for shift in range(size):
        moduli = (root ** (c * shift) * eta_1[c] * ring.conjugate(eta_1[c]) for c in range(size))
        shifted = [filter_1[(c + shift) % size] for c in range(size)]
        if ring.normal_form(sum(moduli, ring.zero) - dot(filter_1, shifted, ring.zero)):
            return False
    return True


def fourier_form(size: int) -> bool:
    """Whether the odeco form of a full-length convolution of depth three reproduces its reduced flow."""
    network = Convolutional((size,) * 3)
    form = network.odeco()
    return form is not None and prove_reduction(network, form).holds


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    laws_of_odeco = derivation("ykm/conserved-odeco")
    body.recall(
        "diagonal",
        laws_of_odeco,
        "squares",
        "In a diagonal network {S} and all {U} are the identity, and the entries {v} of the layers are the "
        "reduced coordinates themselves. The law of real decomposable networks reads",
        renamed={eta_real: v},
    )
    body.prove_instances(
        "reduced",
        Rate(eta[l, j], t),
        -sp.conjugate(sp.IndexedBase("g")[j] * LayerProduct(eta[i, j], i, L, l)),
        "In a convolution with filters of full length the unitary Fourier transforms of the filters, with "
        "the entries {eta}, are the reduced coordinates: they move by",
        decide=fourier_form,
        values=(1, 2, 3, 4, 5),
        check="polynomial identities over the cyclotomic field, depth three, lengths",
    )
    body.recall(
        "moduli", laws_of_odeco, "modulus", "and at every depth keep the differences of their squared moduli,"
    )
    body.prove_instances(
        "correlation",
        sp.Sum(omega ** ((j - 1) * lag) * eta[l, j] * sp.conjugate(eta[l, j]), (j, 1, d)),
        sp.Sum(v[l, a] * v[l, a + lag], (a, 1, d)),
        "With {omega} a primitive root of unity of order {d}, the discrete Fourier "
        "transform turns squared moduli into circular autocorrelations, at every lag {lag}:",
        decide=transform_of_moduli,
        values=(1, 2, 3, 4, 5, 6),
        check="polynomial identities over the cyclotomic field, all lags, lengths",
    )
    network = Convolutional((3, 3))
    laws = list(autocorrelation_laws(network, parameter_ring(network)))
    instances = tuple(
        prove_law(f"lag-{shift}", network, entry, t, reason)
        for shift, (entry, reason) in enumerate(
            zip(
                laws,
                ("As an instance, two filters of length three: without lag,", "and at lag one,"),
                strict=True,
            )
        )
    )
    body.extend(instances)
    return Derivation(
        claim="ykm/conserved-diagonal-convolution",
        title="Conserved quantities of diagonal and convolutional networks",
        sources=("ykm", "gunasekar2018", "marcotte"),
        symbols={
            "L": L,
            "l": l,
            "k": k,
            "j": j,
            "d": d,
            "omega": omega,
            "lag": lag,
            "S": S,
            "U": U,
            "v": v[l, j],
            "eta": eta[l, j],
            "auto": sp.Sum(v[l, a] * v[l, a + lag], (a, 1, d)),
        },
        statement=(
            "For every data set and differentiable loss, diagonal networks of any depth keep, entry by "
            "entry,",
            Shown("diagonal"),
            "where {v} is entry {j} of layer {l}, and {k} is any other layer. Circular convolutions with "
            "filters of full length {d} keep the differences between any two filters of their circular "
            "autocorrelations {auto}, at every lag {lag}, indices taken modulo {d}. This is a rational form "
            "of",
            Shown("moduli"),
            "where {eta} are the entries of the unitary discrete Fourier transforms of the filters.",
        ),
        hypotheses=("The depth {L} is a symbol. Both networks are orthogonally decomposable {cite:ykm}.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "The Fourier transform is invertible, so the autocorrelations at all lags and the squared "
                "moduli carry the same information. The sums over roots of unity behind {eq:correlation} are "
                "geometric for every length; the machine decided the lengths listed."
            ),
        ),
    )
