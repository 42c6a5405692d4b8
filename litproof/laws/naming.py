"""Conserved quantities that theory suggests for each kind of network, with readable names.

They are suggestions only: discovery checks each as a polynomial identity and uses those that hold. Sources:
balancedness, Du, Hu, Lee 2018 (arXiv 1806.00900); units of ReLU networks, the same; components of odeco
networks, Yun, Krishnan, Mobahi 2021 (arXiv 2010.02501). The antisymmetric law of two-layer matrix sensing
follows from f = W_1 W_2 + (W_1 W_2)^T, which is also invariant under exchanging W_1 and W_2^T.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple

from litproof.algebra.sparse_polynomials import Sparse, add_scaled, primitive
from litproof.laws.kernel import Law
from litproof.laws.maps import Layer, PolynomialMap
from litproof.networks.base import MultilinearNetwork


class NamedLaw(NamedTuple):
    """A polynomial in the parameters and what to call it."""

    name: str
    law: Law


def suggestions(polynomial_map: PolynomialMap) -> Iterator[NamedLaw]:
    """Candidates for conserved quantities of degree two, the most telling first; many may not hold."""
    layers = polynomial_map.layers
    kind = polynomial_map.kind
    if kind in ("fully-connected", "matrix-sensing"):
        for left, right in pairwise(layers):
            yield from _balance(left, right)
        if kind == "matrix-sensing" and len(layers) == 2:
            yield from _exchange(*layers)
    elif kind == "relu":
        for left, right in pairwise(layers):
            yield from _units(left, right)
    elif kind == "polynomial":
        yield from _of_parameters(layers)
    elif layers:
        if kind == "diagonal":
            for left, right in pairwise(layers):
                for j in range(left.columns):
                    name = f"{left.entry_name(j)}^2 - {right.entry_name(j)}^2"
                    yield NamedLaw(name, _difference([(left.start + j,) * 2], [(right.start + j,) * 2]))
        elif kind == "convolutional":
            yield from _autocorrelations(layers)
        else:
            yield from _components(polynomial_map)
        for left, right in pairwise(layers):
            yield NamedLaw(f"|{left.name}|^2 - |{right.name}|^2", _norms(left, right))


def _of_parameters(layers: tuple[Layer, ...]) -> Iterator[NamedLaw]:
    """Balancedness of matrices whose sizes fit, squares of two vectors entry by entry, differences of norms."""
    for left, right in combinations(layers, 2):
        for first, second in ((left, right), (right, left)):
            if first.is_matrix and first.columns == (second.rows if second.is_matrix else second.columns):
                fitting = second if second.is_matrix else replace(second, rows=second.columns, columns=1)
                yield from _balance(first, fitting)
        if not left.is_matrix and not right.is_matrix and left.columns == right.columns:
            for j in range(left.columns):
                name = f"{left.name}[{j + 1}]^2 - {right.name}[{j + 1}]^2"
                yield NamedLaw(name, _difference([(left.start + j,) * 2], [(right.start + j,) * 2]))
        yield NamedLaw(f"|{left.name}|^2 - |{right.name}|^2", _norms(left, right))


def _difference(positive: Iterable[tuple[int, ...]], negative: Iterable[tuple[int, ...]]) -> Law:
    total: Sparse = {}
    for sign, monomials in ((1, positive), (-1, negative)):
        for monomial in monomials:
            add_scaled(total, {tuple(sorted(monomial)): 1}, sign)
    return primitive(total)


def _norms(left: Layer, right: Layer) -> Law:
    first = [(left.start + i,) * 2 for i in range(left.rows * left.columns)]
    second = [(right.start + i,) * 2 for i in range(right.rows * right.columns)]
    return _difference(first, second)


def _balance(left: Layer, right: Layer) -> Iterator[NamedLaw]:
    """W_l^T W_l - W_{l+1} W_{l+1}^T, entries on and above the diagonal."""
    for i in range(left.columns):
        for j in range(i, left.columns):
            first = [(left.entry(k, i), left.entry(k, j)) for k in range(left.rows)]
            second = [(right.entry(i, k), right.entry(j, k)) for k in range(right.columns)]
            name = f"{left.name}^T {left.name} - {right.name} {right.name}^T [{i + 1},{j + 1}]"
            yield NamedLaw(name, _difference(first, second))


def _exchange(left: Layer, right: Layer) -> Iterator[NamedLaw]:
    """W_1^T W_2^T - W_2 W_1, entries above the diagonal."""
    for i in range(left.columns):
        for j in range(i + 1, left.columns):
            first = [(left.entry(k, i), right.entry(j, k)) for k in range(left.rows)]
            second = [(right.entry(i, k), left.entry(k, j)) for k in range(left.rows)]
            name = f"{left.name}^T {right.name}^T - {right.name} {left.name} [{i + 1},{j + 1}]"
            yield NamedLaw(name, _difference(first, second))


def _units(left: Layer, right: Layer) -> Iterator[NamedLaw]:
    """|weights into a unit|^2 + bias^2 - |weights out of it|^2."""
    for j in range(left.columns):
        into = [(left.entry(k, j),) * 2 for k in range(left.rows)]
        bias = ""
        if left.bias is not None:
            into.append((left.bias + j,) * 2)
            bias = f" + b{left.name[1:]}[{j + 1}]^2"
        out = [(right.entry(j, k),) * 2 for k in range(right.columns)]
        name = f"|{left.name}[:,{j + 1}]|^2{bias} - |{right.name}[{j + 1},:]|^2"
        yield NamedLaw(name, _difference(into, out))


def _autocorrelations(layers: tuple[Layer, ...]) -> Iterator[NamedLaw]:
    """Circular autocorrelations of two filters of full length, lag s: sum_j v[j] v[j+s]."""
    d = layers[-1].columns
    for left, right in pairwise([layer for layer in layers if layer.columns == d]):
        for lag in range(d // 2 + 1):
            sums = [[(f.start + j, f.start + (j + lag) % d) for j in range(d)] for f in (left, right)]
            name = f"autocorrelation of {left.name} - autocorrelation of {right.name}, lag {lag}"
            yield NamedLaw(name, _difference(*sums))


def _components(polynomial_map: PolynomialMap) -> Iterator[NamedLaw]:
    """|(U_l^T v_l)_j|^2 - |(U_{l+1}^T v_{l+1})_j|^2 where it has rational coefficients."""
    network = polynomial_map.network
    form = network.odeco() if isinstance(network, MultilinearNetwork) else None
    if form is None:
        return
    bars = ("(", ")") if form.is_real else ("|", "|")
    for l, (left, right) in enumerate(pairwise(polynomial_map.layers)):
        for j in range(form.rank):
            total: Sparse = {}
            for sign, number, layer in ((1, l, left), (-1, l + 1, right)):
                column = [row[j] for row in form.U[number]]
                parts = [(entry + entry.conjugate()) / 2 for entry in column]
                rests = [entry - part for entry, part in zip(column, parts, strict=True)]
                squares = [(a, 1) for a in (parts,)] + [(rests, -1)]
                for vector, factor in squares:
                    for s, a in enumerate(vector):
                        for t, b in enumerate(vector):
                            product = a * b * (sign * factor)
                            if product.is_zero:
                                continue
                            if not product.is_rational:
                                return
                            monomial = tuple(sorted((layer.start + s, layer.start + t)))
                            add_scaled(total, {monomial: product.to_fraction()}, 1)
            if total:
                name = " - ".join(
                    f"{bars[0]}U{k}^T {layer.name}{bars[1]}[{j + 1}]^2"
                    for k, layer in ((l + 1, left), (l + 2, right))
                )
                yield NamedLaw(name, primitive(total))


ORDINAL = {1: "linear", 2: "quadratic", 3: "cubic", 4: "quartic"}


def plain_names(degrees: Iterable[int]) -> Iterator[str]:
    """Names for laws that no suggestion fits, numbered within their degree."""
    counts: Counter[int] = Counter()
    for degree in degrees:
        counts[degree] += 1
        yield f"{ORDINAL.get(degree, f'degree-{degree}')} law {counts[degree]}"
