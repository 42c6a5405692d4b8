"""Exact proofs that the forward pass, the data tensor and the odeco form of a network are the same thing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product as indices
from typing import Any

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import rank
from litproof.networks.base import DataTensor, Layers, MultilinearNetwork, OdecoForm, parameter_names
from litproof.networks.odeco import first_orthonormality_fault
from litproof.networks.ring import product, total


@dataclass(frozen=True)
class IdentityReport:
    """Outcome of an exact check.

    Attributes
    ----------
    identity : what was compared, in formulas.
    holds : whether every entry agreed.
    checked : number of entries compared (up to the first failure).
    failure : the first entry that disagrees, empty if none does.
    """

    identity: str
    holds: bool
    checked: int
    failure: str = ""


def verify_forward(network: MultilinearNetwork) -> tuple[IdentityReport, IdentityReport]:
    """Prove forward(x, v) = M(x) o (v_1..v_L) and forward(x, v) = x^T coefficients(v) for generic x and v.

    All entries of x and v are independent indeterminates; both sides are compared as polynomials over Q in
    their normal form, monomial by monomial. M is summed here from the entries of `network.data_tensor()`.
    """
    x, v = generic_point(network)
    forward = network.forward(x, v)
    tensor = network.data_tensor()
    contraction = total(
        entry * x[z] * product(layer[i] for layer, i in zip(v, j, strict=True))
        for (z, *j), entry in tensor.entries.items()
    )
    linear = total(a * b for a, b in zip(x, network.coefficients(v), strict=True))
    return (
        _compare_polynomials("f(x) = M(x) o (v_1, ..., v_L)", forward, contraction),
        _compare_polynomials("f(x) = x^T beta(v)", forward, linear),
    )


def generic_point(network: MultilinearNetwork) -> tuple[list[Any], Layers]:
    """Indeterminates x[z] and v[l,j] of one polynomial ring over Q (sympy's sparse ring)."""
    from sympy import QQ, Symbol
    from sympy.polys.rings import ring

    names = [f"x[{z + 1}]" for z in range(network.input_dim)]
    names += [name for layer in parameter_names(network) for name in layer]
    generators = iter(ring([Symbol(name) for name in names], QQ)[1:])
    x = [next(generators) for _ in range(network.input_dim)]
    return x, [[next(generators) for _ in range(size)] for size in network.shapes]


def _compare_polynomials(identity: str, left: Any, right: Any) -> IdentityReport:
    difference = left - right
    terms = 0 if left == 0 else len(left)
    if difference == 0:
        return IdentityReport(identity, True, terms)
    monomial, coefficient = next(iter(difference.terms()))
    names = [str(symbol) for symbol in difference.ring.symbols]
    word = " ".join(f"{name}^{e}" if e > 1 else name for name, e in zip(names, monomial, strict=True) if e)
    return IdentityReport(identity, False, terms, f"coefficient of {word or '1'} differs by {coefficient}")


def verify_odeco(tensor: DataTensor, form: OdecoForm) -> tuple[IdentityReport, ...]:
    """Prove the odeco identity, U_l^H U_l = I_m for every l, and that S has full column rank; all exact.

    Three reports in this order. Shapes that do not fit are failures, not exceptions.
    """
    mismatch = _shape_fault(tensor, form)
    checks: tuple[tuple[str, Callable[[], tuple[int, str]]], ...] = (
        ("M(x) = sum_j (S x)_j u_1j (x) ... (x) u_Lj", lambda: first_failure(_decomposition(tensor, form))),
        ("U_l^H U_l = I", lambda: first_failure(_orthonormality(form))),
        ("rank S = d", lambda: first_failure(_column_rank(tensor, form))),
    )
    reports = []
    for identity, check in checks:
        checked, failure = (0, mismatch) if mismatch else check()
        reports.append(IdentityReport(identity, not failure, checked, failure))
    return tuple(reports)


def _shape_fault(tensor: DataTensor, form: OdecoForm) -> str:
    m = form.rank
    if len(form.U) != len(tensor.shapes):
        return f"{len(form.U)} matrices U_l for {len(tensor.shapes)} layers"
    if m == 0 or any(len(row) != tensor.input_dim for row in form.S):
        return f"S is not m x {tensor.input_dim}"
    for layer, (matrix, size) in enumerate(zip(form.U, tensor.shapes, strict=True), 1):
        if len(matrix) != size or any(len(row) != m for row in matrix):
            return f"U_{layer} is not {size} x {m}"
    return ""


def first_failure(results: Iterator[str]) -> tuple[int, str]:
    """Number of results up to the first failure, and its words; an empty word is a success."""
    checked = 0
    for failure in results:
        checked += 1
        if failure:
            return checked, failure
    return checked, ""


def _decomposition(tensor: DataTensor, form: OdecoForm) -> Iterator[str]:
    """One result for each entry of the tensor."""
    one = Cyclotomic.rational(1)
    partial: dict[tuple[int, ...], list[Cyclotomic]] = {(): [one] * form.rank}
    for matrix in form.U:
        partial = {
            (*prefix, i): [p * u for p, u in zip(values, row, strict=True)]
            for prefix, values in partial.items()
            for i, row in enumerate(matrix)
        }
    columns = list(zip(*form.S, strict=True))
    for z, j in indices(range(tensor.input_dim), partial):
        coefficient = total(s * p for s, p in zip(columns[z], partial[j], strict=True))
        expected = tensor.entries.get((z, *j), 0)
        place = ", ".join(str(i + 1) for i in (z, *j))
        yield "" if coefficient == expected else f"entry [{place}] is {coefficient}, not {expected}"


def _orthonormality(form: OdecoForm) -> Iterator[str]:
    """One result for each layer."""
    for layer, matrix in enumerate(form.U, 1):
        fault = first_orthonormality_fault(matrix)
        yield f"U_{layer}: {fault}" if fault else ""


def _column_rank(tensor: DataTensor, form: OdecoForm) -> Iterator[str]:
    column_rank = rank(form.S)
    yield "" if column_rank == tensor.input_dim else f"rank {column_rank}, not {tensor.input_dim}"
