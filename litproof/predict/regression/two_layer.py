"""Two layers, one data point, any M(x), any start (R6): hyperbolic functions in the singular basis of M(x).

With M = U_1 diag(s) U_2^T, eta_l = U_l^T v_l(0) and nu = -int r dt, eta_1(nu) = eta_1 cosh(s nu) + eta_2 sinh(s nu),
the same with 1 and 2 exchanged, and f = g(nu) is increasing; which targets it reaches, and what happens to others:
`derivations/bodies/ykm-two-layer-one-point.tex` (`litproof derive R6`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, dyadic, missing_bits
from litproof.algebra.inverse import invert_increasing
from litproof.errors import Inconclusive, Unreachable
from litproof.networks.base import MultilinearNetwork
from litproof.networks.convolutional import Convolutional
from litproof.networks.point_matrix import point_matrix
from litproof.networks.svd import SingularBalls, SingularForm, singular_form
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Prediction

Layers = tuple[tuple[Fraction, ...], tuple[Fraction, ...]]
BallLayers = tuple[list[Ball], list[Ball]]


def reduced(svd: SingularBalls, v: Sequence[Sequence[Fraction]]) -> BallLayers:
    """eta_l = U_l^T v_l in balls."""
    return _project(svd.U1, [ball(a) for a in v[0]]), _project(svd.U2, [ball(a) for a in v[1]])


def _project(U: Sequence[Sequence[Ball]], v: Sequence[Ball]) -> list[Ball]:
    from flint import arb

    m = len(U[0])
    return [sum((U[i][j] * v[i] for i in range(len(v))), arb(0)) for j in range(m)]


def output(s: Sequence[Ball], eta: BallLayers, nu: Ball) -> Ball:
    """g(nu), the network's output at the data point."""
    from flint import arb

    total = arb(0)
    for weight, a, b in zip(s, *eta, strict=True):
        growth = (2 * weight * nu).exp()
        total += weight * ((a + b) * (a + b) * growth - (a - b) * (a - b) / growth)
    return total / 4


def output_slope(s: Sequence[Ball], eta: BallLayers, nu: Ball) -> Ball:
    """g'(nu) > 0."""
    from flint import arb

    total = arb(0)
    for weight, a, b in zip(s, *eta, strict=True):
        growth = (2 * weight * nu).exp()
        total += weight * weight * ((a + b) * (a + b) * growth + (a - b) * (a - b) / growth)
    return total / 2


def moved(s: Sequence[Ball], eta: BallLayers, nu: Ball) -> BallLayers:
    """eta_1(nu), eta_2(nu)."""
    first, second = [], []
    for weight, a, b in zip(s, *eta, strict=True):
        sinh, cosh = (weight * nu).sinh_cosh()
        first.append(a * cosh + b * sinh)
        second.append(b * cosh + a * sinh)
    return first, second


def layers_at(
    svd: SingularBalls, v: Sequence[Sequence[Fraction]], before: BallLayers, after: BallLayers
) -> BallLayers:
    """v_l = v_l(0) + U_l (eta_l(nu) - eta_l(0)): what U_l^T does not see stays where it was."""
    result = []
    for U, start, old, new in zip((svd.U1, svd.U2), v, before, after, strict=True):
        shift = [b - a for a, b in zip(old, new, strict=True)]
        result.append(
            [
                ball(entry) + sum((u * d for u, d in zip(row, shift, strict=True)), ball(0))
                for entry, row in zip(start, U, strict=True)
            ]
        )
    return result[0], result[1]


def coefficients_in_balls(network: MultilinearNetwork, v: BallLayers) -> list[Ball]:
    """beta_z = sum_ij T[z, i, j] v_1i v_2j."""
    from flint import arb

    if isinstance(network, Convolutional):  # ones only, and too many to be written out
        return list(network.coefficients(v))
    beta = [arb(0)] * network.input_dim
    for (z, i, j), entry in network.data_tensor().entries.items():
        beta[z] += ball(entry) * v[0][i] * v[1][j]
    return beta


def end_of_nu(form: SingularForm, v: Sequence[Sequence[Fraction]], y: Fraction) -> int | None:
    """None when nu ends at a finite value, else +1 or -1 for nu -> +-inf, 0 when nothing moves.

    Unreachable when y lies outside the range of g (decided exactly).
    """
    flags = form.cancellations(v[0], v[1])
    no_sum, no_difference = all(s for s, _ in flags), all(d for _, d in flags)
    if no_sum and no_difference:
        if y == 0:
            return 0
        raise Unreachable("the flow does not move: U_1^T v_1 = U_2^T v_2 = 0 at the start, and y != 0")
    if no_sum and y >= 0:
        if y == 0:
            return 1
        raise Unreachable(
            "g is not onto: eta_1 + eta_2 = 0 in every component, the output stays negative, y > 0"
        )
    if no_difference and y <= 0:
        if y == 0:
            return -1
        raise Unreachable(
            "g is not onto: eta_1 - eta_2 = 0 in every component, the output stays positive, y < 0"
        )
    return None


def solve_output(s: Sequence[Ball], eta: BallLayers, y: Fraction) -> Ball:
    """nu = g^{-1}(y), enclosed, at flint's current precision (2 s_max nu is the variable of the Newton steps)."""
    from flint import arb

    pace = 2 * max((entry.mid() for entry in s), key=float)
    root = invert_increasing(
        lambda x: output(s, eta, x / pace), lambda x: output_slope(s, eta, x / pace) / pace, ball(y), arb(0)
    )
    return root / pace


def two_layer_limit(problem: Problem, digits: int) -> Prediction:
    """The limit of beta and of both layers (details["v"]) for depth 2 and one data point (R6)."""
    network, v, y = problem.layered, problem.v0, problem.y[0]
    form = singular_form(point_matrix(network, problem.X[0]))
    end = end_of_nu(form, v, y)
    wanted = digits_to_bits(digits + 5) + 4
    bits = wanted + 32
    for _ in range(8):
        svd = form.balls(bits + 32)
        with ball_precision(bits + 32):
            eta = reduced(svd, v)
            if end is None:
                nu = solve_output(svd.s, eta, y)
                after = moved(svd.s, eta, nu)
            else:
                nu = None
                after = eta if end == 0 else ([ball(0)] * form.rank, [ball(0)] * form.rank)
            layers = layers_at(svd, v, eta, after)
            beta = coefficients_in_balls(network, layers)
            missing = missing_bits(beta, wanted)
        if not missing:
            details: dict[str, object] = {
                "v": tuple(tuple(dyadic(e) for e in layer) for layer in layers),
                "proved": True,
            }
            details["nu"] = dyadic(nu) if nu is not None else {0: "0", 1: "inf", -1: "-inf"}[end or 0]
            return Prediction(
                tuple(dyadic(e) for e in beta), digits, "hyperbolic form in the singular basis (R6)", details
            )
        bits += missing + 16
    raise Inconclusive(
        "beta cancels to far fewer digits than the layers carry; the limit may be exactly zero"
    )
