"""What a picture of a flow shows, taken from the flow itself.

All sizes are decimal logarithms, so that quantities far below the range of floats keep their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.claims.comparison import distance, sup_norm
from litproof.decimals import decimal_log
from litproof.flow.conserved import balancedness_laws, norm_laws, odeco_laws
from litproof.flow.polynomials import common_order, parameter_ring
from litproof.networks.base import MultilinearNetwork, Network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from litproof.theorems.shared.conserved import Laws, evaluate

DIGITS = 20
POINTS = 60
LARGEST_FORM = 64
"""Odeco forms with more components times layers than this are pictured by the norms of their layers alone."""

KAPPAS = tuple(Fraction(quarter, 4) for quarter in range(4, 33))
"""Decimal logarithms of kappa at which the direction of a classification flow is looked at."""


@dataclass(frozen=True)
class Curve:
    """One curve: `y` are decimal logarithms (None: exactly zero, or not known there), same length as the x."""

    title: str
    y: tuple[float | None, ...]


@dataclass(frozen=True)
class FlowSeries:
    """Curves over a common clock.

    Attributes
    ----------
    clock : name of the x axis.
    x : times, or decimal logarithms of kappa.
    curves : what is drawn, one panel each.
    """

    clock: str
    x: tuple[float, ...]
    curves: tuple[Curve, ...]


def series_of(problem: Problem, predicted: Sequence[str]) -> FlowSeries | str:
    """Follow the flow of `problem` once more for a picture; a reason in words when there is none.

    Parameters
    ----------
    predicted : the predicted limit as decimal strings, shape (d,), or nothing.
    """
    limit = tuple(map(Fraction, predicted))
    try:
        if problem.task == "classification":
            return _towards_direction(problem, limit)
        return _towards_limit(problem, limit)
    except Exception as error:  # a picture that cannot be drawn must not cost the report
        return f"no picture of this flow: {' '.join(str(error).split()) or type(error).__name__}"


def _towards_limit(problem: Problem, limit: tuple[Fraction, ...]) -> FlowSeries | str:
    from litproof.integrate.regression.follow import follow_to_limit, trajectory

    end = Fraction(follow_to_limit(problem, DIGITS).clock["t"])
    if not end:
        return "the flow does not move"
    times = [end * Fraction(k, POINTS) ** 2 for k in range(POINTS + 1)]
    path = trajectory(problem, times, DIGITS)
    states = [layers for _, layers in path]
    betas = [tuple(problem.network.coefficients(layers)) for layers in states]
    curves = [Curve("loss", _logs([problem.squared_loss(beta) for beta in betas]))]
    if len(limit) == problem.network.input_dim:
        curves.append(Curve("distance to the prediction", _logs([distance(beta, limit) for beta in betas])))
    laws = _laws(problem.network)
    if laws.laws:
        values = [evaluate(laws, layers, DIGITS) for layers in states]
        size = max(sup_norm([entry for layer in layers for entry in layer]) for layers in states) ** 2
        drift = [distance(value, values[0]) / size for value in values]
        curves.append(Curve(f"relative drift of {len(laws.laws)} conserved quantities", _logs(drift)))
    return FlowSeries("t", tuple(map(float, times)), tuple(curves))


def _towards_direction(problem: Problem, limit: tuple[Fraction, ...]) -> FlowSeries | str:
    from litproof.integrate.classification.follow import sample_path

    # Some claims predict multipliers or layers as well; the direction, of length 1, comes first.
    limit = limit[: problem.network.input_dim]
    length = sum((entry * entry for entry in limit), Fraction(0))
    if len(limit) < problem.network.input_dim or abs(length - 1) > Fraction(1, 1000):
        return "no predicted direction to compare with"
    samples = sample_path(problem, DIGITS, tuple(map(float, KAPPAS)))
    gaps = [distance(sample.direction, limit) for sample in samples]
    digits = tuple(None if gap == 0 else -decimal_log(gap) for gap in gaps)
    curve = Curve("digits of the direction that agree with the prediction", digits)
    return FlowSeries("log10 kappa", tuple(map(float, KAPPAS)), (curve,))


def _logs(values: Sequence[Fraction]) -> tuple[float | None, ...]:
    return tuple(None if value == 0 else decimal_log(value) for value in values)


def _laws(network: Network) -> Laws:
    """Conserved quantities that theory knows for this network."""
    if not isinstance(network, MultilinearNetwork):
        return Laws(parameter_ring(network), ())
    form = network.odeco()
    if form is not None and form.rank * network.depth > LARGEST_FORM:
        form = None
    parameters = parameter_ring(network, common_order((form.S, *form.U)) if form else 1)
    laws = list(norm_laws(network, parameters))
    if isinstance(network, FullyConnected | MatrixSensing):
        laws += balancedness_laws(network, parameters)
    elif form is not None:
        laws += odeco_laws(form, parameters)
    return Laws(parameters, tuple(laws))
