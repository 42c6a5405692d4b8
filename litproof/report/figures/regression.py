"""Figures about regression: trajectories, potentials between l1 and l2, rates, saddles, descent beside the flow."""

from collections.abc import Sequence
from fractions import Fraction
from math import log

from litproof.algebra.balls import ball
from litproof.algebra.linear import distance
from litproof.bias.gap import gaps
from litproof.dynamics import GradientDescent
from litproof.integrate.regression.follow import follow_to_limit, trajectory
from litproof.limits.find import find_limit
from litproof.networks.base import MultilinearNetwork
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.regression.asymptotics import large_alpha, least, small_alpha
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.report.figures.types import Curve, Figure, Limit, Panel

PATH_DIGITS = 8
"""Digits of drawn paths: a pixel is coarser."""
POINTS = 60

_X, _Y = ((1, 2),), (1,)
_STARTS: tuple[tuple[Fraction | int, Fraction | int], ...] = ((1, 0), (-1, 2), (2, -2), (-2, Fraction(-1, 2)))
"""beta(0) / alpha^2, the same for the three networks."""


def _networks(
    z: Sequence[Fraction | int],
) -> list[tuple[str, MultilinearNetwork, list[list[Fraction | int]]]]:
    return [
        ("fully connected", FullyConnected(2, (2,)), [[z[0], 0, z[1], 1], [1, 0]]),
        ("diagonal", Diagonal(2, 2), [list(z), [1, 1]]),
        ("convolutional", Convolutional((2, 2)), [list(z), [1, 0]]),
    ]


def path_of_beta(problem: Problem, points: int = POINTS) -> tuple[tuple[float, ...], list[tuple[float, ...]]]:
    """(times, beta at these times), times growing geometrically to where the flow was followed."""
    end = float(follow_to_limit(problem, 6).clock["t"])
    times = [Fraction(0)]
    times += [
        Fraction(end * 2.0 ** (-k * 16 / points)).limit_denominator(10**9) for k in range(points, -1, -1)
    ]
    path = trajectory(problem, times, PATH_DIGITS)
    return tuple(map(float, times)), [
        tuple(map(float, problem.network.coefficients(layers))) for _, layers in path
    ]


def trajectories(digits: int) -> Figure:
    """Two layers, one point (1, 2) with y = 1: beta along the flow, and where theory says that it ends (R6)."""
    panels = []
    for alpha in (Fraction(1, 100), Fraction(1, 2), Fraction(1)):
        curves, limits = [], []
        for key, z in enumerate(_STARTS):
            for dashes, (name, network, v) in enumerate(_networks(z)):
                problem = Problem(network, "regression", _X, _Y, alpha, v)
                _, path = path_of_beta(problem)
                x, y = zip(*path, strict=True)
                label = name if not key else ""
                curves.append(Curve(x, y, label, key, dashes))
                limits.append(_limit(problem, digits, f"{name}, start {_pair(z)}", key))
        panels.append(
            Panel(
                f"alpha = {alpha} ({digits} digits a limit)",
                "beta_1",
                "beta_2",
                tuple(curves),
                tuple(limits),
                (("all fits", -0.5, 0.5),),
            )
        )
    return Figure("regression-trajectories", "Where two-layer networks go: x = (1, 2), y = 1", tuple(panels))


def _pair(z: Sequence[object]) -> str:
    return f"({', '.join(map(str, z))})"


def _limit(problem: Problem, digits: int, label: str, key: int) -> Limit:
    prediction = predict_regression(problem, digits)
    x, y = map(float, prediction.value[:2])
    return Limit(x, y, label, tuple(_decimal(value, digits) for value in prediction.value), digits, key)


def _decimal(value: Fraction, digits: int) -> str:
    from litproof.markup import decimal

    return decimal(value, digits)


_DATA = (((1, 2, -1), (0, 1, 3)), (1, 2))


def scales(digits: int) -> Figure:
    """Diagonal networks of depths 2 to 4: the l1 and l2 norms of the limit against alpha (R2, R4)."""
    alphas = [Fraction(2.0 ** (k / 4)).limit_denominator(10**6) for k in range(-48, 17)]
    curves: dict[str, list[Curve]] = {"l1": [], "l2": []}
    for key, depth in enumerate((2, 3, 4)):
        v = [[1, 1, 1]] * (depth - 1) + [[0, 0, 0]]
        betas = [
            predict_regression(Problem(Diagonal(depth, 3), "regression", *_DATA, alpha, v), digits).value
            for alpha in alphas
        ]
        norms = {
            "l1": [float(sum(map(abs, beta))) for beta in betas],
            "l2": [float(sum(entry**2 for entry in beta)) ** 0.5 for beta in betas],
        }
        for name, values in norms.items():
            curves[name].append(Curve(tuple(map(float, alphas)), tuple(values), f"depth {depth}", key, key))
    panels = tuple(
        Panel(f"{name} norm of the limit", "alpha", "", tuple(drawn), scales=("log", "linear"))
        for name, drawn in curves.items()
    )
    return Figure("scales", "From the least l1 norm to the least l2 norm as alpha grows", panels)


def rates(digits: int) -> Figure:
    """Distance of the limit from those of alpha = 0 and infinity, log-log; fitted and predicted orders (R4)."""
    columns = [[Fraction(entry) for entry in column] for column in zip(*_DATA[0], strict=True)]
    y, ones = [Fraction(entry) for entry in _DATA[1]], [Fraction(1)] * len(columns)
    small = [Fraction(2) ** -k for k in range(8, 20)]
    large = [Fraction(2) ** k for k in range(4, 14)]
    curves: dict[str, list[Curve]] = {"0": [], "infinity": []}
    fitted = []
    for key, depth in enumerate((2, 3, 4)):
        v = [[1, 1, 1]] * (depth - 1) + [[0, 0, 0]]
        with ball_precision(128):
            near = small_alpha(columns, y, ones, depth)
        order = float(ball(least(e for e in near.exponents if e is not None)))
        far = large_alpha(columns, y, ones, depth)
        for end, ladder, limit, expected in (
            ("0", small, near.limit, order),
            ("infinity", large, far.limit, -float(far.exponent)),
        ):
            gaps = []
            for alpha in ladder:
                problem = Problem(Diagonal(depth, 3), "regression", *_DATA, alpha, v)
                beta = predict_regression(problem, digits + 60).value
                gaps.append(max(abs(p - Fraction(q)) for p, q in zip(beta, limit, strict=True)))
            x = tuple(map(float, ladder))
            curves[end].append(Curve(x, tuple(map(float, gaps)), f"depth {depth}", key, key, marked=True))
            slope = log(gaps[-1] / gaps[-2]) / log(x[-1] / x[-2])
            fitted.append((f"depth {depth}, alpha to {end}", expected, slope))
    panels = tuple(
        Panel(
            f"alpha to {end}",
            "alpha",
            f"distance from the limit at {end}",
            tuple(drawn),
            scales=("log", "log"),
        )
        for end, drawn in curves.items()
    )
    return Figure("rates", "Rates of the limits in alpha", panels, tuple(fitted))


_LAST = 3
"""Units of log(1/alpha) up to which the staircase is drawn: the last step is at about 2/y = 2."""


def saddles(digits: int) -> Figure:
    """Two diagonal layers from smaller and smaller starts: the loss falls in steps, time in units of log(1/alpha)."""
    X, y = ((1, "1/20", 0), (0, 1, "1/20"), ("1/20", 0, 1)), (4, 2, 1)
    curves = []
    for key, power in enumerate((2, 6, 18)):
        alpha = Fraction(1, 10**power)
        problem = Problem(Diagonal(2, 3), "regression", X, y, alpha, [[1, 1, 1], [0, 0, 0]])
        unit = log(1 / float(alpha))
        times = [Fraction(unit).limit_denominator(10**6) * k * Fraction(_LAST, 240) for k in range(241)]
        path = trajectory(problem, times, power + PATH_DIGITS)
        loss = []
        for _, layers in path:
            beta = problem.network.coefficients(layers)
            loss.append(float(sum(r * r for r in problem.residual(beta))) / 2)
        x = tuple(float(t) / unit for t in times)
        curves.append(Curve(x, tuple(loss), f"alpha = 10^-{power}", key, key))
    panel = Panel("", "t / log(1/alpha)", "loss", tuple(curves))
    return Figure("saddles", "From saddle to saddle", (panel,))


def descent(digits: int) -> Figure:
    """Gradient descent with step h beside the flow: distance of the limits, and drift of a conserved quantity."""
    network = Diagonal(2, 3)
    v: list[list[int | str]] = [[1, 1, 1], ["1/2", "1/3", 0]]
    flow = Problem(network, "regression", *_DATA, Fraction(1, 2), v)
    limit = find_limit(flow, digits).value
    steps = [Fraction(1, 2**k) for k in range(6, 12)]
    gaps, drifts = [], []
    for h in steps:
        problem = Problem(network, "regression", *_DATA, Fraction(1, 2), v, dynamics=GradientDescent(h))
        end = _end(problem, digits)
        gaps.append(float(distance(network.coefficients(end), limit)))
        drifts.append(
            float(max(abs(a**2 - b**2 - p**2 + q**2) for a, b, p, q in zip(*end, *problem.v0, strict=True)))
        )
    x = tuple(map(float, steps))
    fitted = tuple(
        (name, 1.0, log(values[-2] / values[-1]) / log(x[-2] / x[-1]))
        for name, values in (("distance of the limits", gaps), ("drift of v_1^2 - v_2^2", drifts))
    )
    panels = (
        Panel(
            "distance of the limits",
            "step h",
            "",
            (Curve(x, tuple(gaps), "", 0, 0, True),),
            (),
            (),
            ("log", "log"),
        ),
        Panel(
            "drift of v_1^2 - v_2^2",
            "step h",
            "",
            (Curve(x, tuple(drifts), "", 1, 0, True),),
            (),
            (),
            ("log", "log"),
        ),
    )
    return Figure("descent", "Gradient descent beside the flow", panels, fitted)


def _end(problem: Problem, digits: int) -> tuple[tuple[Fraction, ...], ...]:
    from litproof.integrate.training.follow import follow_training

    return follow_training(problem, digits).parameters


def no_regulariser(digits: int) -> Figure:
    """Largest proved difference of the limits of pairs with the same interpolators, against alpha (`litproof bias`)."""
    factors = [Fraction(2) ** k for k in range(-6, 5)]
    networks: list[tuple[str, MultilinearNetwork, list[list[int]]]] = [
        ("fully connected, width 2", FullyConnected(3, (2,)), [[1, 0, 0, 1, 1, 1], [1, -1]]),
        ("full convolution, 2 layers", Convolutional((3, 3)), [[1, 2, 1], [1, 0, -1]]),
    ]
    curves = []
    for key, (name, network, v) in enumerate(networks):
        problem = Problem(network, "regression", ((1, 2, 0), (0, 1, 1)), (1, 2), 1, v)
        known = [gap for gap in gaps(problem, factors) if gap.proved]
        x = tuple(float(gap.scale) for gap in known)
        curves.append(Curve(x, tuple(gap.proved for gap in known), name, key, key, marked=True))
    panel = Panel("", "alpha", "proved difference of limits, relative", tuple(curves), scales=("log", "log"))
    return Figure("no-regulariser", "No function of beta has these limits as minimisers", (panel,))
