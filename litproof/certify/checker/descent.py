"""Kind ``descent``: an enclosure of the limit of gradient descent v <- v - h J^T r, r = X beta(v) - y, from v0.

Steps are taken in intervals and rounded to a point; errors grow by at most the norm of I - h (J^T J + sum_z (X^T r)_z
Hess beta_z) on the way, at most max(1 + h mu, h (|J|^2 + mu) - 1) with mu a bound of the second summand. From the last
step on let the singular values of J be in [sigma, tau] and J be Lipschitz with Lambda on a box that holds the ball of
radius `reach`. A step there gives

    r' = r - h J J^T r + q,  |q| <= Lambda |h J^T r|^2 / 2,  so |r'| <= gamma |r| with
    gamma = max(|1 - h sigma^2|, |1 - h tau^2|) + Lambda h^2 tau^2 |r| / 2.

Where gamma < 1 and h tau |r| <= (1 - gamma) reach, the steps stay in the ball and end in it, at zero loss.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice

from litproof.certify.checker.exact import Certificate, Matrix, integer, matrix, rational, require
from litproof.certify.checker.flow import Flow, lifting, read_flow
from litproof.certify.checker.interval import Interval, magnitude, stated_box
from litproof.certify.checker.regression_path import TUBE, least_square, norm
from litproof.certify.checker.work import Work, magnitude_bits, size

NAMES = "input_dim shapes beta X y v0 step steps bits preconditioner reach enclosure"

Place = tuple[list[Fraction], Fraction]
"""A point, and how far from it the parameters are at most."""


def places(flow: Flow, start: Sequence[Fraction], step: Fraction, bits: int, work: Work) -> Iterator[Place]:
    """The start and what follows, for steps h * clock in the flow without denominators."""
    lift, zero = lifting(bits), Fraction(0)
    place = [Fraction(round(x * (1 << bits)), 1 << bits) for x in start]
    error = norm([x - p for x, p in zip(start, place, strict=True)], 2 * bits)
    h = step * flow.clock
    while True:
        require(error < TUBE, "the errors of the steps have grown")
        yield place, error
        values = magnitude_bits([abs(x) + error for x in place]) + 1
        flow.announce(3, values, bits, work)
        work.intervals(2 * len(flow.y) * flow.size, bits + 2 * flow.depth * values + 2 * flow.data_bits)
        work.fractions(6 * flow.size, 4 * (bits + values) + size(h))
        point = [Interval.around(x, bits) for x in place]
        box = [Interval.around(x, bits, error) for x in place]
        mu = flow.growth(box, bits)
        slopes = sum((magnitude(x) ** 2 for row in flow.jacobian(box, lift) for x in row), zero)
        factor = max(1 + h * mu, h * (slopes + mu) - 1)
        after = [p + x.scaled(-h) for p, x in zip(point, flow.gradient(point, lift), strict=True)]
        place = [Fraction((x.lo + x.hi) // 2, 1 << bits) for x in after]
        rounding = [max(abs(end - p) for end in x.ends) for x, p in zip(after, place, strict=True)]
        error = Interval.around(error * factor + norm(rounding, 2 * bits), 2 * bits).ends[1]


def contracts(
    flow: Flow, here: Place, step: Fraction, C: Matrix, reach: Fraction, bits: int, work: Work
) -> bool:
    """Whether all later steps stay within `reach` and end at zero loss."""
    (place, error), n, lift, h = here, len(flow.y), lifting(bits), step * flow.clock
    flow.announce_rest(place, error + abs(reach), C, n + 2, 3 * n * n * flow.size, bits, work)
    near, box = ([Interval.around(x, bits, error + more) for x in place] for more in (0, reach))
    J = flow.jacobian(box, lift)
    sigma2 = least_square(J, C, bits) / sum(c * c for row in C for c in row)
    tau2 = sum((magnitude(x) ** 2 for row in J for x in row), Fraction(0))
    bends = [flow.curvature(box, [lift(x) for x in row], bits) for row in flow.X]
    Lambda, left = norm(bends, bits), norm(map(magnitude, flow.residual(near, lift)), 4 * bits)
    tau = norm((magnitude(x) for row in J for x in row), bits)
    gamma = max(abs(1 - h * sigma2), abs(1 - h * tau2)) + Lambda * h * h * tau2 * left / 2
    return sigma2 > 0 and gamma < 1 and h * tau * left <= (1 - gamma) * reach


def check_descent(certificate: Certificate, work: Work) -> str:
    """Take the steps, then bound what is left; says where the limit is."""
    flow, start = read_flow(certificate, work)
    step, reach, n = rational(certificate["step"]), rational(certificate["reach"]), len(flow.y)
    require(step > 0, "the step is not positive")
    bits = integer(certificate["bits"], 32, 10**4, "bits")
    steps = integer(certificate["steps"], 0, 10**6, "steps")
    C = matrix(certificate["preconditioner"], n, n)
    here = next(islice(places(flow, start, step, bits, work), steps, None))
    require(
        reach > 0 and contracts(flow, here, step, C, reach, bits, work), "the rest is not bounded by reach"
    )
    box = flow.coefficients(here[0], here[1] + reach, bits)
    return f"gradient descent converges to {stated_box(certificate['enclosure'], box, 'beta')}"
