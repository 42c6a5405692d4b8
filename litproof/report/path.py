"""The trajectory of a flow as CSV."""

import csv
import io
from fractions import Fraction

from litproof.decimals import fixed
from litproof.limits.find import LimitResult
from litproof.networks.base import parameter_names
from litproof.problem import Problem

POINTS = 200


def path_to_csv(problem: Problem, result: LimitResult, digits: int) -> str:
    """Times from 0 to where the flow was followed, denser at the start: t, loss, beta_z, v[l,j] a row.

    Every number has `digits` decimals.
    """
    from litproof.integrate.regression.follow import trajectory

    end = Fraction(result.clock["t"])
    times = [end * Fraction(k, POINTS) ** 3 for k in range(POINTS + 1)]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        [
            "t",
            "loss",
            *(f"beta_{z}" for z in range(1, problem.network.input_dim + 1)),
            *(name for layer in parameter_names(problem.network) for name in layer),
        ]
    )
    for t, layers in trajectory(problem, times, digits):
        beta = problem.network.coefficients(layers)
        numbers = [t, problem.squared_loss(beta), *beta, *(entry for layer in layers for entry in layer)]
        writer.writerow([fixed(number, digits) for number in numbers])
    return stream.getvalue()
