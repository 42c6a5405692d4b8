"""What identities between forms of one network have in common: the measurement, the verdict, instances."""

from collections.abc import Iterable
from fractions import Fraction
from random import Random

from litproof.claims.comparison import violated
from litproof.claims.types import Answer, Comparison, Instance
from litproof.networks.base import MultilinearNetwork
from litproof.networks.identities import IdentityReport
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.shared.instances import draw_data


def the_network(problem: Problem, digits: int) -> Measurement:
    """The network's own forward pass, for indeterminate x and v."""
    nothing = Fraction(0)
    return Measurement(
        (), (), nothing, nothing, {}, digits, "forward pass", details={"network": problem.network}
    )


def identity_comparison(reports: Iterable[IdentityReport], digits: int) -> Comparison:
    """All identities hold as polynomials, or the first that does not."""
    checked = 0
    for report in reports:
        if not report.holds:
            return violated(f"{report.identity}: {report.failure}", evidence=Evidence.EXACT)
        checked += report.checked
    return Comparison(Answer.HOLDS, digits, Evidence.EXACT, 0.0, f"{checked} coefficients compared")


def same_details(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two predictions name the same exact object."""
    return a.details == b.details


def instance_of_network(network: MultilinearNetwork, name: str, seed: int | None = None) -> Instance:
    """An instance on which only the network matters."""
    rng = Random(0)
    layers = tuple((Fraction(1),) * size for size in network.shapes)
    X = draw_data(rng, 1, network.input_dim)
    problem = Problem(network, "regression", X, (Fraction(1),), Fraction(1), layers, name)
    return Instance(name if seed is None else f"{name}, seed {seed}", problem, seed)
