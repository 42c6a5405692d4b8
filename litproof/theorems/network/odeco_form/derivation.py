"""N2: diagonal networks and full-length convolutions are sums of orthogonal components."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.identities import verify_odeco
from litproof.theorems.shared.symbols import L, d, j, l, m

k, z = sp.symbols("k z", integer=True)
omega = sp.Symbol("omega", positive=True)
u, s = sp.IndexedBase("u"), sp.IndexedBase("s")
slots = sp.IndexedBase("i", integer=True)
entry = sp.Function("M")(z, sp.Symbol("i"))
FORM = sp.Sum(s[j, z] * LayerProduct(u[l, slots[l], j], l, L), (j, 1, m))


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    body.prove(
        "character",
        omega ** (k * (z + j)),
        omega ** (k * z) * omega ** (k * j),
        "A circular convolution adds indices: an entry of its tensor is one where they add up, modulo {d}, and zero "
        "elsewhere. Powers of a root of unity {omega} of order {d} turn sums of indices into products,",
    )
    body.prove(
        "series",
        (omega**k - 1) * (1 + omega**k + omega ** (2 * k) + omega ** (3 * k)),
        omega ** (4 * k) - 1,
        "and add up to zero over all indices unless they are all one; for four of them, as {omega_4} is one,",
    )
    for name, words, decide in (
        ("diagonal", "Where layers multiply entry by entry the components are the unit vectors:", diagonal),
        ("convolution", "Where filters are as long as the input they are the Fourier vectors:", convolution),
    ):
        body.prove_instances(
            name,
            entry,
            FORM,
            words,
            decide=decide,
            values=(2, 3, 4),
            check="all entries, orthonormal columns and the rank, in exact cyclotomic numbers, depths",
        )
    return Derivation(
        claim="network/odeco-form",
        title="Orthogonal components",
        sources=("ykm",),
        symbols={
            "d": d,
            "omega": omega,
            "omega_4": omega**4,
            "M": entry,
            "s": s[j, z],
            "u": u[l, slots[l], j],
            "m": m,
            "L": L,
            "z": z,
            "i": sp.Symbol("i"),
        },
        statement=(
            "Entry {M} of the tensor, for input {z} and the indices {i} of the {L} layers, is a sum of {m} products, "
            "with numbers {s} and orthonormal columns {u}:",
            Shown("convolution"),
        ),
        hypotheses=(
            "The layers multiply entry by entry, or are circular convolutions as long as the input.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:character} the tensor of a convolution, an indicator of a sum of indices, is the mean over "
                "all {omega} of products with one factor for each layer and one for the input; {eq:series} says "
                "that this mean is the indicator, and that columns to different {omega} are orthogonal. Divided by "
                "their lengths the columns are orthonormal, and the lengths go into {s}."
            ),
        ),
    )


def diagonal(depth: int) -> bool:
    """Three inputs."""
    return _holds(Diagonal(depth, 3))


def convolution(depth: int) -> bool:
    """Four inputs and filters of four entries."""
    return _holds(Convolutional((4,) * depth))


def _holds(network: Diagonal | Convolutional) -> bool:
    form = network.odeco()
    return form is not None and all(report.holds for report in verify_odeco(network.data_tensor(), form))
