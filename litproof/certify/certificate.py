"""Certificates: everything that `checker` needs to prove a result again, as plain JSON.

Numbers are exact text: "p/q", decimals, or "m*2^e". Nothing here is trusted: a certificate is handed out only
after the checker has accepted it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.certify.checker import FORMAT, VERSION, Refused, check, digest
from litproof.certify.enclosure import Reduction, missing_bits, prove_reduced, reduce, reduce_odeco
from litproof.certify.reduced import ReducedSystem, rho_of
from litproof.decimals import fixed_down, fixed_up, order_of_magnitude
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import Network, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import commuting_form
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.balls import Ball, ball, dyadic, endpoints
from litproof.predict.l1_margin import l1_margin
from litproof.predict.linear import dot, one_layer_limit, solve_exact
from litproof.predict.maxmargin import max_margin
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

Certificate = dict[str, Any]

_GUARD_BITS = 20
_MANTISSA_BITS = 64
_ATTEMPTS = 6


def exact_text(value: Fraction) -> str:
    """The shortest of the exact notations."""
    bits = value.denominator.bit_length() - 1
    if bits > 12 and value.denominator == 1 << bits:
        return f"{value.numerator}*2^{-bits}"
    return str(value)


def _texts(values: Iterable[Fraction]) -> list[str]:
    return [exact_text(value) for value in values]


def _rows(matrix: Iterable[Iterable[Fraction]]) -> list[list[str]]:
    return [_texts(row) for row in matrix]


def seal(kind: str, fields: Mapping[str, Any]) -> Certificate:
    """The certificate with its digest, accepted by the checker; `checker.Refused` when it proves nothing."""
    certificate: Certificate = {"format": FORMAT, "version": VERSION, "kind": kind, **fields}
    certificate["digest"] = digest(certificate)
    check(certificate)
    return certificate


def regression_certificate(problem: Problem, digits: int) -> Certificate | None:
    """A certificate of the limit of beta(t), enclosed to `digits` significant digits of the largest entry.

    None where the checker knows no theorem: no rational real odeco form, coordinates that tend to zero, data
    that the flow does not fit. Depth one needs a network with beta = v_1.

    Parameters
    ----------
    problem : a regression problem.
    digits : the sides of the stated box are below 10^-digits * max |beta|.
    """
    if problem.task != "regression":
        return None
    if problem.network.depth == 1 and isinstance(problem.network, Diagonal | Convolutional | FullyConnected):
        return _linear_certificate(problem)
    try:
        found = _network(problem)
        return None if found is None else _reduced_certificate(problem, *found, digits)
    except (HypothesisError, Inconclusive):
        return None


def _linear_certificate(problem: Problem) -> Certificate:
    start, beta = problem.v0[0], one_layer_limit(problem)
    columns = list(zip(*problem.X, strict=True))
    multipliers = solve_exact(columns, [b - a for a, b in zip(start, beta, strict=True)])
    if multipliers is None:
        raise ArithmeticError("the limit leaves the row space of X")
    fields = {
        "X": _rows(problem.X),
        "y": _texts(problem.y),
        "beta0": _texts(start),
        "multipliers": _texts(multipliers),
        "beta": _texts(beta),
    }
    return seal("linear-limit", fields)


def _network(problem: Problem) -> tuple[dict[str, Any], Reduction] | None:
    """The network in the checker's words and its reduction in the same coordinates, or None."""
    network = problem.network
    if isinstance(network, MatrixSensing):
        return _matrix_sensing(problem, network)
    form = network.odeco()
    if form is None or not form.is_real:
        return None
    words: dict[str, Any] = {"kind": network.kind, "depth": network.depth}
    if isinstance(network, Diagonal):
        return words, reduce_odeco(form, problem)
    if isinstance(network, Convolutional) and network.input_dim == 2:
        # The same characters without square roots: U^T U = 2 I only rescales time.
        U = tuple(tuple(map(Cyclotomic.rational, row)) for row in ((1, 1), (1, -1)))
        S = tuple(tuple(entry / 2 for entry in row) for row in U)
        return words, reduce_odeco(OdecoForm(S, (U,) * network.depth), problem)
    matrices = (form.S, *form.U)
    if not all(entry.is_rational for matrix in matrices for row in matrix for entry in row):
        return None
    S_rows, *U_rows = (
        [_texts(entry.to_fraction() for entry in row) for row in matrix] for matrix in matrices
    )
    return {**words, "kind": "odeco", "S": S_rows, "U": U_rows}, reduce_odeco(form, problem)


def _matrix_sensing(problem: Problem, network: MatrixSensing) -> tuple[dict[str, Any], Reduction] | None:
    form, reduction = commuting_form(problem.X, problem.v0, network.size), reduce(problem)
    if reduction is None or not form.is_rational:
        return None
    basis = [[entry.coefficients[0] for entry in vector] for block in form.blocks for vector in block.vectors]
    return {"kind": "matrix-sensing", "depth": network.depth, "basis": _rows(basis)}, reduction


def _reduced_certificate(
    problem: Problem, words: Mapping[str, Any], reduction: Reduction, digits: int
) -> Certificate | None:
    part, m = reduction.part, len(reduction.dual.coordinates)
    if part.vanishing or len(part.dual.y) != len(problem.y) or not part.kept:
        return None
    guard, bits = _GUARD_BITS, digits_to_bits(digits + 2) + 2 * _GUARD_BITS
    for _ in range(_ATTEMPTS):
        zero = prove_reduced(part, bits)
        if zero is None:
            bits += 64
            continue
        centre = [_rounded(x, bits + 8) for x in zero.centre]
        with ball_precision(3 * _MANTISSA_BITS):
            inverse = _jacobian(ReducedSystem(part.dual), zero.centre).inv().mid()
        C = [[_short(inverse[a, b]) for b in range(len(centre))] for a in range(len(centre))]
        radii = [_radius(row, guard - bits) for row in C]
        with ball_precision(bits + 32):
            boxes = [ball(x) + _reach(r) for x, r in zip(centre, radii, strict=True)]
            rho = [ball(0)] * m
            for j, z in zip(part.kept, boxes, strict=False):
                rho[j] = rho_of(reduction.dual.coordinates[j], z)
            beta = reduction.coefficients(rho)
            missing = missing_bits(beta, digits_to_bits(digits + 1) + 2)
        if missing > 0:
            bits += missing + 4
            continue
        moving = len(part.kept)
        fields = {
            "network": dict(words),
            "X": _rows(problem.X),
            "y": _texts(problem.y),
            "v0": _rows(problem.v0),
            "bits": bits,
            "z": _spread(part.kept, centre, m),
            "nu": _texts(centre[moving:]),
            "radius_z": _spread(part.kept, radii, m),
            "radius_nu": _texts(radii[moving:]),
            "preconditioner": _rows(C),
            "enclosure": decimal_bounds([_doubled(entry) for entry in beta], digits),
        }
        try:
            return seal("regression-limit", fields)
        except Refused:
            guard, bits = guard + 16, bits + 32
    return None


def _spread(places: Sequence[int], values: Iterable[Fraction], length: int) -> list[str]:
    """The values at their places, zero elsewhere; values beyond the places are left out."""
    out = ["0"] * length
    for place, value in zip(places, values, strict=False):
        out[place] = exact_text(value)
    return out


def _jacobian(system: ReducedSystem, point: Sequence[Ball]) -> arb_mat:
    """[[D, -A], [A^T R, 0]] as one matrix."""
    from flint import arb_mat

    parts = system.linearise(point)
    m, n = parts.A.nrows(), parts.A.ncols()
    dense = arb_mat(m + n, m + n)
    for j in range(m):
        dense[j, j] = parts.D[j]
        for i in range(n):
            dense[j, m + i] = -parts.A[j, i]
            dense[m + i, j] = parts.A[j, i] * parts.R[j]
    return dense


def _rounded(value: Ball, places: int) -> Fraction:
    """The nearest multiple of 2^-places."""
    return Fraction(round(dyadic(value) * (1 << places)), 1 << places)


def _short(value: Ball) -> Fraction:
    """A few leading bits."""
    with ball_precision(_MANTISSA_BITS):
        return dyadic(+value.mid())


def _radius(row: Sequence[Fraction], exponent: int) -> Fraction:
    """A power of two of the size of the row's sum times 2^exponent: the row multiplies rounding errors."""
    size = 1 + sum(map(abs, row))
    return Fraction(2) ** (exponent + size.numerator.bit_length() - size.denominator.bit_length() + 1)


def _reach(radius: Fraction) -> Ball:
    from flint import arb

    return arb(0, ball(radius))


def _doubled(value: Ball) -> tuple[Fraction, Fraction]:
    """The ball's interval, twice as wide: room for an arithmetic that rounds differently."""
    low, high = endpoints(value)
    return low - (high - low) / 2, high + (high - low) / 2


def decimal_bounds(bounds: Sequence[tuple[Fraction, Fraction]], digits: int) -> list[list[str]]:
    """Decimals around d intervals, rounded outward to multiples of 10^-(digits+1) of the largest entry."""
    size = max(max(abs(low), abs(high)) for low, high in bounds)
    places = digits + 1 - (order_of_magnitude(size) if size else 0)
    return [[fixed_down(low, places), fixed_up(high, places)] for low, high in bounds]


def limit_certificate(problem: Problem, digits: int) -> Certificate | None:
    """A certificate about where the flow of `problem` goes; None where the checker knows no theorem.

    Regression: of the limit itself (`regression_certificate`). Classification: that the predicted direction
    solves its max-margin problem; that the flow tends there is a theorem which the certificate does not touch.
    """
    if problem.task == "regression":
        return regression_certificate(problem, digits)
    rows = problem.signed_rows
    network = problem.network
    plain = isinstance(network, Diagonal | Convolutional) and network.depth == 1
    if plain or isinstance(network, FullyConnected):
        found = max_margin(rows)
        square = dot(found.z, found.z)
        return max_margin_certificate(problem, found.z, [weight * square for weight in found.p], "l2")
    if isinstance(network, Diagonal) and network.depth == 2:
        least = l1_margin(rows)
        return max_margin_certificate(problem, least.rho, least.alpha, "l1")
    return None


def odeco_certificate(network: Network) -> Certificate | None:
    """A certificate that the network's odeco form is one; None unless S and all U_l are rational.

    Raises
    ------
    checker.Refused : the form is not that of the network.
    """
    form = network.odeco()
    if form is None:
        return None
    matrices = (form.S, *form.U)
    if not all(entry.is_rational for rows in matrices for row in rows for entry in row):
        return None
    S, *U = ([_texts(entry.to_fraction() for entry in row) for row in rows] for rows in matrices)
    return seal("odeco-form", {**_tensor_fields(network), "S": S, "U": U})


def _tensor_fields(network: Network) -> dict[str, Any]:
    tensor = network.data_tensor()
    entries = [[list(index), exact_text(value)] for index, value in sorted(tensor.entries.items())]
    return {"input_dim": tensor.input_dim, "shapes": list(tensor.shapes), "tensor": entries}


def conserved_certificate(network: Network, laws: Sequence[Mapping[tuple[int, ...], Any]]) -> Certificate:
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
    fields = {**_tensor_fields(network), "quantities": quantities}
    return seal("conserved", fields)


def max_margin_certificate(
    problem: Problem, w: Sequence[Fraction], multipliers: Sequence[Fraction], norm: str
) -> Certificate:
    """A certificate that w minimises its norm subject to y_i x_i . w >= 1.

    Parameters
    ----------
    problem : a classification problem.
    w : d exact numbers, scaled to smallest margin one.
    multipliers : n exact numbers >= 0, zero off the margin; sum_i p_i y_i x_i is w (l2) or a subgradient
    (l1).
    norm : "l1" or "l2".

    Raises
    ------
    checker.Refused : the conditions do not hold.
    """
    fields = {
        "X": _rows(problem.X),
        "y": _texts(problem.y),
        "norm": norm,
        "w": _texts(w),
        "multipliers": _texts(multipliers),
    }
    return seal("max-margin", fields)
