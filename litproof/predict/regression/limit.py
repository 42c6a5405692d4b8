"""Where gradient flow on the squared loss goes, from theory alone (R2, R5, R6, R8, R9)."""

from __future__ import annotations

from litproof.errors import HypothesisError
from litproof.networks.base import MultilinearNetwork
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.predict.regression.commuting import commuting_limit
from litproof.predict.regression.dual_limit import limit_of, reduction_of
from litproof.predict.regression.linear_model import one_layer_limit
from litproof.predict.regression.min_norm import isotropic_limit
from litproof.predict.regression.reduction import real_dual
from litproof.problem import Problem
from litproof.results import Prediction


def predict_regression(problem: Problem, digits: int) -> Prediction:
    """The limit of beta(t) as t -> infinity, computed without integrating anything.

    Parameters
    ----------
    problem : a regression problem; any real initialisation.
    digits : the value is right to `digits` + 5 digits of its largest entry (proved by an interval Newton
        test, or exact).

    Raises
    ------
    HypothesisError : no closed form is known for this network, or the flow cannot reach zero loss (then with a proof).

    Examples
    --------
    >>> from litproof import example_problem
    >>> problem = example_problem("regression")
    >>> [round(float(b), 12) for b in predict_regression(problem, 15).value]
    [0.141843875899, 0.42907806205]
    """
    if problem.task != "regression":
        raise HypothesisError(
            "the regression limit is about the squared loss; this is a classification problem"
        )
    problem.require_plain("the closed form")
    problem = problem.independent
    reduced = real_dual(problem)
    if reduced is not None and not (
        isinstance(problem.network, MultilinearNetwork) and problem.network.depth == 1
    ):
        return limit_of(reduction_of(reduced), digits)
    network = problem.layered
    if network.depth == 1:
        value = one_layer_limit(problem)
        return Prediction(value, digits, "exact: nearest solution to the start (R9)", {"exact": True})
    symmetric = isotropic_limit(problem)
    if symmetric is not None:
        return Prediction(symmetric, digits, "exact: minimum norm by symmetry (R7)", {"exact": True})
    if isinstance(network, MatrixSensing):
        return commuting_limit(problem, digits)
    if network.depth == 2 and len(problem.X) == 1:
        from litproof.predict.regression.two_layer import two_layer_limit

        return two_layer_limit(problem, digits)
    if getattr(network, "is_complex", False) or network.odeco() is not None:
        raise HypothesisError(
            f"no closed form for the limit: the odeco form of this {network.kind} network is complex"
        )
    raise HypothesisError(
        f"no closed form for the limit: this {network.kind} network of depth {network.depth} has no odeco form"
    )
