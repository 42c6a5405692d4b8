r"""Which results of the literature are cases of which theorem, and which are not: decided, not said.

*A case.* A flow theta' = -DF(theta)^T g(beta), g the gradient of any loss of beta = F(theta), is a case of another one,
v' = -DG(v)^T g(beta), beta = G(v), by a map v = Phi(theta) and a number c > 0 when, as polynomials in theta and g,

    G(Phi(theta)) = F(theta)   and   DPhi(theta) DF(theta)^T g = c DG(Phi(theta))^T g.

Then Phi maps each path of the first to a path of the second, in the time c t: whatever the second theorem says of beta
holds for the first, for all data and losses. The network F is that of the claim's own instances, G a network of the
theorem, and nothing else is shared.

*Not a case.* Fields grad F_z that are related by such a Phi, one to one near some theta, to the fields of orthogonal
components rho_j commute, because these depend on different coordinates. So a bracket [grad F_y, grad F_z] that is not 0
shows that no theorem on real orthogonal components (R2, R5, K3) covers the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod
from typing import Any

import sympy as sp

from litproof.algebra.linear import identity
from litproof.claims.catalogue import catalogue
from litproof.networks.base import Network
from litproof.networks.diagonal import Diagonal
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import PolynomialNetwork
from litproof.sympy_interface.exact import to_sympy


@dataclass(frozen=True)
class Specialisation:
    """One result as a case of a theorem.

    Attributes
    ----------
    special, general : ids.
    network : the theorem's network for that of the claim.
    layers : Phi, for each layer of that network its pieces: formulas in j (entries of a vector), i, k (of a matrix) or
        without index; () for the same layers.
    time : c. start : what the start becomes, in words.
    """

    special: str
    general: str
    network: Callable[[Network], Network | Components]
    layers: tuple[tuple[str, ...], ...]
    time: int
    start: str


def two_layers(claimed: Network) -> Network:
    """beta = v_1 v_2, entry by entry."""
    return Diagonal(2, claimed.input_dim)


def three_layers(claimed: Network) -> Network:
    """beta = v_1 v_2 v_3, entry by entry."""
    return Diagonal(3, claimed.input_dim)


def orthogonal(claimed: Network) -> Network:
    """As many layers as the claim's network has: S = I, U_l = I."""
    unit = identity(claimed.input_dim)
    return Odeco.from_rationals(unit, [unit] * len(claimed.shapes))


def differences(depth: int) -> Callable[[Network], Network]:
    """rho = (rho_+, rho_-), beta = rho_+ - rho_-: S = [I; -I], the same components in every layer."""

    def network(claimed: Network) -> Network:
        S = identity(claimed.input_dim)
        S += [[-entry for entry in row] for row in S]
        return Odeco.from_rationals(S, [identity(2 * claimed.input_dim)] * depth)

    return network


@dataclass(frozen=True)
class Components:
    """The odeco form of a network, multiplied out: beta = S^T rho, rho_j = prod_l (U_l^T v_l)_j, in exact numbers."""

    claimed: Network

    @property
    def shapes(self) -> tuple[int, ...]:
        """Of the layers."""
        return self.claimed.shapes

    def coefficients(self, v: Sequence[Sequence[Any]]) -> tuple[sp.Expr, ...]:
        """beta at symbols v_1..v_L."""
        form = self.claimed.odeco()  # type: ignore[attr-defined]
        beta = []
        for column in zip(*form.S, strict=True):
            terms = []
            for places in product(*map(range, self.shapes)):
                rows = [U[place] for U, place in zip(form.U, places, strict=True)]
                entry = sum(
                    (s * prod(factors) for s, *factors in zip(column, *rows, strict=True)), Fraction(0)
                )
                layers = (layer[place] for layer, place in zip(v, places, strict=True))
                terms.append(to_sympy(entry) * sp.prod(layers))
            beta.append(sp.Add(*terms))
        return tuple(beta)


_SQUARES = (("u[j] + v[j]",), ("u[j] - v[j]",))

SPECIALISATIONS: tuple[Specialisation, ...] = (
    Specialisation(
        "woodworth/squares",
        "ykm/regression-limit",
        two_layers,
        _SQUARES,
        2,
        "u = v = a: (2 a, 0)",
    ),
    Specialisation(
        "woodworth/powers",
        "ykm/regression-balanced-init",
        differences(3),
        (("u[j]", "v[j]"),) * 3,
        3,
        "u = v > 0: equal layers",
    ),
    Specialisation(
        "azulay/diagonal",
        "ykm/regression-general-init",
        differences(2),
        (("u[j]", "p[j]"), ("v[j]", "q[j]")),
        1,
        "u = p, v = q: two layers with both signs",
    ),
    Specialisation(
        "pesme/saddles",
        "ykm/regression-limit",
        two_layers,
        _SQUARES,
        2,
        "u = v = a: (2 a, 0)",
    ),
    Specialisation("berthier/lasso", "ykm/regression-limit", two_layers, _SQUARES, 2, "u = v = a: (2 a, 0)"),
    *(
        Specialisation(
            special,
            "ykm/classification-odeco",
            two_layers,
            _SQUARES,
            2,
            "u = v = a: (2 a, 0)",
        )
        for special in ("moroshko/path", "moroshko/intermediate")
    ),
    *(
        Specialisation(
            special,
            "ykm/regression-balanced-init",
            two_layers,
            (("w[j]",), ("w[j]",)),
            2,
            "two equal layers",
        )
        for special in ("gissin/two-modes", "gissin/thresholds")
    ),
    Specialisation(
        "gissin/thresholds-deep",
        "ykm/regression-balanced-init",
        three_layers,
        (("w[j]",),) * 3,
        3,
        "three equal layers",
    ),
    Specialisation(
        "saxe/modes",
        "ykm/regression-balanced-init",
        two_layers,
        (("u[j]",), ("v[j]",)),
        1,
        "u = v",
    ),
    Specialisation("saxe/unbalanced", "ykm/two-layer-one-point", two_layers, (("a",), ("b",)), 1, "a and b"),
    *(
        Specialisation(
            special,
            "ykm/regression-general-init",
            three_layers,
            (("u[j]",), ("v[j]",), ("w[j]",)),
            1,
            "u, v and w",
        )
        for special in ("zhao/deep-weights", "zhao/deep-weights-as-printed")
    ),
    Specialisation(
        "matt-stoger/rate",
        "ykm/regression-scales",
        two_layers,
        (("u[j]",), ("v[j]",)),
        1,
        "u and v",
    ),
    Specialisation("chou/hadamard", "ykm/regression-balanced-init", orthogonal, (), 1, "two equal layers"),
    Specialisation("chou/hadamard-deep", "ykm/regression-balanced-init", orthogonal, (), 1, "equal layers"),
    Specialisation("saxe/deep-modes", "ykm/regression-balanced-init", orthogonal, (), 1, "equal layers"),
    Specialisation(
        "soudry/logistic",
        "soudry/linear-classifier",
        orthogonal,
        (),
        1,
        "any start, another loss",
    ),
    Specialisation("gunasekar/diagonal", "ykm/classification-odeco", orthogonal, (), 1, "any"),
    Specialisation("gunasekar/convolutional", "ykm/classification-odeco", Components, (), 1, "any"),
)
"""Results of the catalogue as cases of the paper's theorems."""

OUTSIDE: Mapping[str, str] = {
    "azulay/neuron": "the length of w and the outer weight are shared by all entries of beta",
    "kunin/alignment": "one neuron: the length of w and the outer weight are shared by all entries of beta",
    "new/first-layer": "layers of width two and more",
    "new/isotropic-start": "layers of width two and more; its start makes up for it",
    "arora/end-to-end": "layers of width two and more",
    "braun/riccati": "layers of width two and more",
    "lawrence/s3": "representations of dimension two",
    "razin/tensor": "components of a tensor that are not orthogonal",
    "gunasekar/conjecture": "sensors that do not commute",
    "bias/no-regulariser": "short filters, complex components",
}
"""{id: in words, what the bracket that is not 0 comes from}."""


@dataclass(frozen=True)
class Decided:
    """What was decided of one specialisation: the size of the network, and the differences that had to be 0."""

    inputs: int
    differences: tuple[sp.Expr, ...]

    @property
    def holds(self) -> bool:
        """Whether all of them are."""
        return not any(self.differences)


def decide(case: Specialisation, network: Network | None = None) -> Decided:
    """Decide the identities for the claim's network, or another one in its place, by expanding polynomials."""
    source = networks_of(case.special)[0] if network is None else network
    d, target = source.input_dim, case.network(source)
    theta = _symbols(source)
    g = sp.symbols(f"g1:{d + 1}")
    F = list(source.coefficients(theta))
    phi = image_of(case, source, theta)
    if [len(layer) for layer in phi] != list(target.shapes):
        raise ValueError(
            f"{case.special}: the map does not fit the layers of {case.general}: {target.shapes}"
        )
    v = [sp.symbols(f"v{number}_1:{len(layer) + 1}") for number, layer in enumerate(phi)]
    G = list(target.coefficients(v))
    at = {
        symbol: entry
        for names, layer in zip(v, phi, strict=True)
        for symbol, entry in zip(names, layer, strict=True)
    }
    flat = [symbol for layer in theta for symbol in layer]
    pull = [
        sum((gz * sp.diff(Fz, symbol) for gz, Fz in zip(g, F, strict=True)), sp.Integer(0)) for symbol in flat
    ]
    gaps = [sp.expand(Gz.subs(at, simultaneous=True) - Fz) for Gz, Fz in zip(G, F, strict=True)]
    for symbol, entry in at.items():
        moved = sum((sp.diff(entry, s) * p for s, p in zip(flat, pull, strict=True)), sp.Integer(0))
        right = sum((gz * sp.diff(Gz, symbol) for gz, Gz in zip(g, G, strict=True)), sp.Integer(0))
        gaps.append(sp.expand(moved - case.time * right.subs(at, simultaneous=True)))
    return Decided(d, tuple(gaps))


@cache
def networks_of(id: str) -> tuple[Network, ...]:
    """The different networks of a claim's own instances, the smallest first."""
    known: list[Network] = []
    for instance in catalogue()[id].instances(0):
        if instance.problem.network not in known:
            known.append(instance.problem.network)
    return tuple(sorted(known, key=lambda network: sum(network.shapes)))


def _symbols(network: Network) -> list[tuple[sp.Symbol, ...]]:
    return [sp.symbols(f"theta{number}_1:{size + 1}") for number, size in enumerate(network.shapes)]


_LETTERS = ("", "j", "ik")
"""Index letters of numbers, vectors and matrices."""


def image_of(case: Specialisation, source: Network, theta: Sequence[Sequence[sp.Symbol]]) -> list[list[Any]]:
    """Phi at theta: every piece of every layer, for all its indices; without pieces the layers as they are."""
    if not case.layers:
        return [list(layer) for layer in theta]
    if not isinstance(source, PolynomialNetwork):
        raise TypeError(f"{case.special} is no network given by formulas")
    declared = [str(parameter) for parameter in source.parameters]
    shape = source.parameters[0].shape
    spans = [range(1, size + 1) for size in shape]
    layers = []
    for pieces in case.layers:
        texts = []
        for piece in pieces:
            names = _LETTERS[len(shape)]
            for at in product(*spans):
                text = piece
                for name, value in zip(names, at, strict=True):
                    text = _indexed(text, name, value)
                texts.append(text)
        layers.append(list(PolynomialNetwork.of(declared, texts, len(texts)).coefficients(theta)))
    return layers


def _indexed(text: str, name: str, value: int) -> str:
    """A formula with a number for an index letter."""
    head, *rest = text.split("[")
    parts = [part.partition("]") for part in rest]
    return head + "".join(
        f"[{','.join(str(value) if entry == name else entry for entry in inner.split(','))}{close}{tail}"
        for inner, close, tail in parts
    )


def by_which_map(case: Specialisation) -> str:
    """The map in words."""
    if not case.layers:
        return f"the same layers: {case.start}"
    pieces = "; ".join(", ".join(layer) for layer in case.layers)
    pace = "the same time" if case.time == 1 else f"{case.time} times the time"
    return f"by the layers ({pieces}) in {pace}; start: {case.start}"
