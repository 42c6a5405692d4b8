"""What a run shows in pictures unless its claim says otherwise, and pieces for claims that do."""

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.linear import distance
from litproof.claims.pictures import Curve, Kind, Picture
from litproof.decimals import decimal_log
from litproof.integrate.watch import FollowedPath
from litproof.problem import Problem
from litproof.results import Measurement, Prediction

_UNIT = Fraction(1, 1000)
"""How far the length of a predicted direction may be from 1."""


def numbered(letter: str, count: int) -> tuple[str, ...]:
    r"""Names of the entries of a vector, LaTeX.

    Examples
    --------
    >>> numbered(r"\beta", 2)
    ('\\beta_{1}', '\\beta_{2}')
    """
    return tuple(f"{letter}_{{{k}}}" for k in range(1, count + 1))


def curve(label: str, points: Sequence[tuple[float, Fraction]], kind: Kind = "line") -> Curve:
    """A curve of sizes: decimal logarithms of the absolute values."""
    return Curve(
        label,
        tuple(float(x) for x, _ in points),
        tuple(decimal_log(value) if value else None for _, value in points),
        kind,
    )


def level(label: str, value: Fraction, ends: Sequence[float]) -> tuple[Curve, ...]:
    """A dashed line at one height over the range of `ends`; nothing for 0."""
    if not value or not ends:
        return ()
    height = decimal_log(value)
    return (Curve(label, (min(ends), max(ends)), (height, height), "dashed"),)


def pictures_of_flow(
    problem: Problem, prediction: Prediction, measurement: Measurement, paths: Sequence[FollowedPath]
) -> tuple[Picture, ...]:
    """The last path of the problem itself: loss and distance to the prediction, or how the direction settles."""
    own = [path for path in paths if path.problem == problem and len(path.points) > 1]
    if not own:
        return ()
    if problem.task == "classification":
        return _direction(problem, prediction, measurement, own[-1])
    return _limit(problem, prediction, measurement, own[-1])


def _limit(
    problem: Problem, prediction: Prediction, measurement: Measurement, path: FollowedPath
) -> tuple[Picture, ...]:
    log_x = path.clock == "steps"
    points = [(float(x), beta) for x, beta in path.points]
    if log_x:
        points = [(decimal_log(Fraction(x)), beta) for x, beta in points if x > 0]
    xs = [x for x, _ in points]
    pictures = []
    if problem.loss is None:
        losses = [(x, problem.squared_loss(beta)) for x, beta in points]
        pictures.append(Picture("loss", path.clock, log_x, (curve("", losses),)))
    d = problem.network.input_dim
    if len(prediction.value) == d:
        gaps = [(x, distance(beta, prediction.value)) for x, beta in points]
        curves = [curve("along the flow", gaps)]
        if measurement.converged and len(measurement.value) == d:
            curves += level("at its limit", distance(prediction.value, measurement.value), xs)
        pictures.append(Picture("distance of $\\beta$ to the prediction", path.clock, log_x, tuple(curves)))
    return tuple(pictures)


def _direction(
    problem: Problem, prediction: Prediction, measurement: Measurement, path: FollowedPath
) -> tuple[Picture, ...]:
    d = problem.network.input_dim
    points = [(float(x), direction) for x, direction in path.points]
    # some claims predict multipliers or layers as well; the direction, of length 1, comes first
    predicted = prediction.value[:d]
    length = sum((entry * entry for entry in predicted), Fraction(0))
    if len(predicted) == d and abs(length - 1) <= _UNIT:
        gaps = [(x, distance(direction, predicted)) for x, direction in points]
        curves = [curve("along the flow", gaps)]
        if measurement.converged and len(measurement.value) == len(prediction.value):
            gap = distance(prediction.value, measurement.value)
            curves += level("all that is compared", gap, [x for x, _ in points])
        title = "distance of $\\beta/\\|\\beta\\|$ to the prediction"
        return (Picture(title, "kappa", True, tuple(curves)),)
    *before, (_, last) = points
    gaps = [(x, distance(direction, last)) for x, direction in before]
    title = "distance of $\\beta/\\|\\beta\\|$ to where it ends"
    return (Picture(title, "kappa", True, (curve("", gaps),)),)
