"""Kind ``decay``: an enclosure of the limit of v' = -J^T r - rate v, weight decay that goes on, from v0.

The path is followed as for ``regression-path``, with the decay in the defect, and taken from the growth of errors. On a
box that holds the ball of radius `ball` around `centre`, let all eigenvalues of J^T J +
sum_z (X^T r)_z Hess beta_z + rate, minus the derivative of the velocity, be at least m > 0, and let |velocity(centre)|
be at most m reach, reach <= ball. Then the distance to `centre` falls outside the ball of radius `reach`, and two
solutions in the larger ball approach each other: what is in it at the end of the path stays there and tends to one
point of rest, within `reach` of `centre`.
"""

from collections.abc import Sequence
from fractions import Fraction

from litproof.certify.checker.exact import Certificate, Matrix, integer, matrix, rational, require, vector
from litproof.certify.checker.flow import Flow, lifting, read_flow
from litproof.certify.checker.interval import Interval, combination, magnitude, stated_box
from litproof.certify.checker.regression_path import follow, least_of, norm
from litproof.certify.checker.work import Work, span

NAMES = "input_dim shapes beta X y v0 rate bits lengths path centre preconditioner ball reach enclosure"


def least_eigenvalue(
    flow: Flow, centre: Sequence[Fraction], radius: Fraction, rate: Fraction, P: Matrix, bits: int, work: Work
) -> Fraction:
    """m, for the flow without denominators; not positive where nothing is proved.

    A matrix S with P S P^T >= s > 0 has eigenvalues of at least s over the squared norm of P.
    """
    count = 3 * flow.size**3 + len(flow.y) * flow.size**2
    flow.announce_rest(centre, radius, P, 3, count, bits, work)
    box, lift = [Interval.around(x, bits, radius) for x in centre], lifting(bits)
    J, bent = flow.jacobian(box, lift), flow.bent(box, flow.pulls(box, bits), bits)
    columns, zero = list(zip(*J, strict=True)), lift(0)
    S = [
        [sum((a * b for a, b in zip(p, q, strict=True)), bent[i].get(j, zero)) for j, q in enumerate(columns)]
        for i, p in enumerate(columns)
    ]
    for i in range(flow.size):
        S[i][i] = S[i][i] + Interval.around(rate / flow.clock, bits)
    half = [[combination(p, row, bits) for p in P] for row in S]  # S P^T
    whole = [[combination(p, column, bits) for column in zip(*half, strict=True)] for p in P]
    return least_of(whole) / sum((p * p for row in P for p in row), Fraction(0))


def speed(flow: Flow, centre: Sequence[Fraction], rate: Fraction, bits: int) -> Fraction:
    """An upper bound of |velocity| at a point, for the flow without denominators."""
    point = [Interval.around(x, bits) for x in centre]
    return norm(map(magnitude, descent_of(flow, point, rate, bits)), 4 * bits)


def descent_of(flow: Flow, point: Sequence[Interval], rate: Fraction, bits: int) -> list[Interval]:
    """J^T r + rate v, minus the velocity, for the flow without denominators."""
    gradient = flow.gradient(point, lifting(bits))
    return [g + x.scaled(rate / flow.clock) for g, x in zip(gradient, point, strict=True)]


def check_decay(certificate: Certificate, work: Work) -> str:
    """Follow the path into the ball; says where the point of rest is."""
    flow, start = read_flow(certificate, work)
    rate, ball, reach = (rational(certificate[name]) for name in ("rate", "ball", "reach"))
    require(rate > 0 and 0 < reach <= ball, "the rate and the radii are not positive, or reach exceeds ball")
    place, error = follow(flow, start, certificate, work, rate)
    bits = integer(certificate["bits"], 32, 10**4, "bits")
    centre = vector(certificate["centre"], flow.size)
    P = matrix(certificate["preconditioner"], flow.size, flow.size)
    work.fractions(4 * flow.size, 2 * span([*place, *centre]) + 4 * bits)
    off = norm([a - b for a, b in zip(place, centre, strict=True)], 4 * bits)
    require(off + error <= ball, "the path does not end in the ball")
    m = least_eigenvalue(flow, centre, ball, rate, P, bits, work)
    require(m > 0, "the flow is not proved to contract on the ball")
    require(
        speed(flow, centre, rate, bits) <= m * reach, "the point of rest is not proved to be within reach"
    )
    box = stated_box(certificate["enclosure"], flow.coefficients(centre, reach, bits), "beta")
    return f"the flow with weight decay converges to {box}"
