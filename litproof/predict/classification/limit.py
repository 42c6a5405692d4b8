"""Where the direction of gradient flow on the exponential loss goes, from theory alone (K2, K3, K4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, dyadic, sign
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import Layers, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.classification.barrier import rough_l1
from litproof.predict.classification.directions import unit, unit_ball, working_bits
from litproof.predict.classification.l1_margin import L1Margin, l1_margin
from litproof.predict.classification.max_margin import max_margin
from litproof.predict.classification.modes import smallest_layers
from litproof.predict.classification.one_point import one_point_direction
from litproof.predict.classification.stationary import Stationary, polish
from litproof.predict.classification.vertices import Margins, margin_problem, point_near, stationary_vertices
from litproof.problem import Problem
from litproof.results import Prediction

Vector = tuple[Fraction, ...]
MOST_IN_FIELD = 50_000_000
"""Rational operations on the data of a complex form: n d^2 / 2 numbers of degree about 2 d; half a minute or so."""


def predict_direction(problem: Problem, digits: int, *, near: Layers | None = None) -> Prediction:
    """The limit of beta(t)/||beta(t)||_2, computed without integrating anything.

    For odeco networks of depth L >= 3 the theory only says that the limit is *a* stationary point of an
    l_{2/L} problem. Layers `near` the limit then pick its support and active points, nothing else. Without
    them the value is the stationary vertex of least objective, and `details` counts the vertices.

    Parameters
    ----------
    problem : a classification problem.
    digits : digits of the unit vector.
    near : layers close to the limit, any scale.

    Returns
    -------
    Prediction
        Unit vector. details: "p" (multipliers over the points, sum 1), "exponent" (the error of the
        direction falls like kappa^-exponent, K5), "unique" (False: one of many solutions; only "objective"
        is determined).

    Raises
    ------
    HypothesisError : not separable, a hypothesis of the theorem fails, or no theorem covers the network.

    Examples
    --------
    >>> from litproof import example_problem
    >>> problem = example_problem("classification")
    >>> predict_direction(problem, 12).value
    (Fraction(0, 1), Fraction(1, 1))
    """
    if problem.task != "classification":
        raise HypothesisError(
            "the limit direction is about the exponential loss; this is a regression problem"
        )
    problem.require_plain("the predicted direction")
    network = problem.layered
    if isinstance(network, FullyConnected):
        return _l2(problem, digits)
    if is_large_and_complex(problem):
        raise Inconclusive("the exact margin problem over so many frequencies takes minutes by its size")
    form = network.odeco()
    if network.depth == 1:
        return _linear(problem, digits, form)
    if form is not None:
        smallest_layers(form, problem.v0)
        margins = margin_problem(problem, form)
        if network.depth == 2:
            return _l1(margins, digits) if form.is_real else _complex_l1(margins, digits)
        return _deep(margins, digits, near)
    if network.depth == 2 and len(problem.X) == 1:
        return one_point_direction(problem, digits)
    raise HypothesisError(
        f"no theorem gives the limit direction of this {network.kind} network of depth {network.depth} "
        f"on {len(problem.X)} points: it has no odeco form"
    )


def is_large_and_complex(problem: Problem) -> bool:
    """Whether the exact data of a complex form, n d^2 numbers of so large a field, take more than a minute."""
    network = problem.network
    large = len(problem.X) * network.input_dim**3 > MOST_IN_FIELD
    return large and isinstance(network, Convolutional) and network.is_complex


def limit_candidates(margins: Margins, digits: int) -> tuple[Prediction, ...]:
    """All directions that K3 leaves open: the solution for L = 2, every stationary vertex for L >= 3.

    Each value is the direction followed by the multipliers p, shape (d + n,).

    Raises HypothesisError (not separable; complex form with L >= 3 and two points or more), Inconclusive
    (degenerate, too large).
    """
    if margins.depth == 2:
        real = all(weight == 1 for weight in margins.weights)
        candidates = [_l1(margins, digits) if real else _complex_l1(margins, digits)]
    else:
        vertices = stationary_vertices(margins, digits)
        candidates = [_vertex_prediction(margins, point, value, digits) for point, value in vertices]
    return tuple(replace(one, value=(*one.value, *one.details["p"])) for one in candidates)


def _l2(problem: Problem, digits: int) -> Prediction:
    rows = problem.signed_rows
    optimum = max_margin(rows)
    full = _rank([rows[i] for i in optimum.support]) == problem.network.input_dim
    exponent = 1.0 if full else 1.0 / problem.layered.depth
    details = {"p": optimum.p, "exponent": exponent, "unique": True, "z": optimum.z}
    return Prediction(unit(optimum.z, digits), digits, "l2 max-margin, exact active set (K2)", details)


def _linear(problem: Problem, digits: int, form: OdecoForm | None) -> Prediction:
    """Depth one: f(x) = M(x) . v, so v goes to the l2 max-margin direction in its own space."""
    tensor = problem.layered.data_tensor()
    width = tensor.shapes[0]
    rows = []
    for row in problem.signed_rows:
        direction = [Fraction(0)] * width
        for (z, j), entry in tensor.entries.items():
            direction[j] += row[z] * entry
        rows.append(tuple(direction))
    optimum = max_margin(rows)
    beta = [Fraction(0)] * tensor.input_dim
    for (z, j), entry in tensor.entries.items():
        beta[z] += entry * optimum.z[j]
    details = {"p": optimum.p, "exponent": 1.0, "unique": True, "z": tuple(beta)}
    return Prediction(unit(beta, digits), digits, "l2 max-margin, exact active set (depth one)", details)


def _l1(margins: Margins, digits: int) -> Prediction:
    with ball_precision(working_bits(digits)):
        return _l1_direction(margins, digits)


def _l1_direction(margins: Margins, digits: int) -> Prediction:
    optimum = l1_margin(margins.rows)
    beta = [
        sum((s[z] * r for s, r in zip(margins.form.S, optimum.rho, strict=True) if sign(r)), Fraction(0))
        for z in range(len(margins.form.S[0]))
    ]
    details: dict[str, object] = {
        "p": _shares([ball(a) for a in optimum.alpha]),
        "unique": optimum.unique,
        "strict": optimum.strict,
        "objective": dyadic(ball(optimum.norm)),
        "support": optimum.support,
        "active": optimum.active,
        "off support": optimum.off_support(),
    }
    details["exponent"] = _l1_exponent(optimum)
    method = "l1 max-margin in the coordinates rho, exact linear programme (K3)"
    if not optimum.unique:
        method += "; not unique, one vertex of the solutions"
    return Prediction(unit(beta, digits), digits, method, details)


def _l1_exponent(optimum: L1Margin) -> float:
    """min(1, min over components off the support of 1 - |u_j|); 0 where strict complementarity fails."""
    if not optimum.unique or not optimum.strict:
        return 0.0
    return min([1.0, *(1 - size for size in optimum.off_support().values())])


def _complex_l1(margins: Margins, digits: int) -> Prediction:
    with ball_precision(64):
        start = rough_l1([[complex(x) for x in row] for row in margins.balls()], margins.weights)
    bits = working_bits(digits)
    with ball_precision(bits):
        stationary = polish(margins.balls(), margins.weights, 2, start, bits)
        value = unit_ball(margins.coefficients(stationary.rho))
        off = {j: float(abs(u)) for j, u in enumerate(stationary.u) if j not in stationary.support}
        p = _shares(stationary.alpha)
    details = {
        "p": p,
        "unique": True,
        "strict": True,
        "objective": dyadic(stationary.norm),
        "support": stationary.support,
        "active": stationary.active,
        "off support": off,
        "exponent": min([1.0, *(1 - size for size in off.values())]),
        "residual": stationary.residual,
    }
    return Prediction(
        value, digits, "l1 max-margin over conjugate pairs, barrier and Newton on KKT (K3)", details
    )


def _deep(margins: Margins, digits: int, near: Layers | None) -> Prediction:
    L = margins.depth
    if near is not None:
        stationary, value = point_near(margins, near, digits)
        method = f"stationary point of the l_(2/{L}) margin problem of the type seen, Newton on KKT (K3)"
        if stationary.descent:
            method += f", a saddle with {stationary.descent} directions of descent"
        count: dict[str, object] = {}
    else:
        every = sorted(stationary_vertices(margins, digits), key=lambda pair: float(pair[0].norm))
        if not every:
            raise HypothesisError(f"the l_(2/{L}) margin problem has no stationary vertex")
        stationary, value = every[0]
        method = f"least of {len(every)} stationary vertices of the l_(2/{L}) margin problem (K3)"
        count = {"stationary vertices": len(every), "unique": len(every) == 1}
    prediction = _vertex_prediction(margins, stationary, value, digits)
    return replace(prediction, method=method, details={**prediction.details, **count})


def _vertex_prediction(margins: Margins, stationary: Stationary, value: Vector, digits: int) -> Prediction:
    with ball_precision(working_bits(digits)):
        p = _shares(stationary.alpha)
    details = {
        "p": p,
        "strict": True,
        "objective": dyadic(stationary.norm),
        "support": stationary.support,
        "active": stationary.active,
        "descent directions": stationary.descent,
        "residual": stationary.residual,
        "exponent": 1.0,
        "unique": True,
    }
    method = f"stationary vertex of the l_(2/{margins.depth}) margin problem (K3)"
    return Prediction(value, digits, method, details)


def _shares(weights: Sequence[Ball]) -> tuple[Fraction, ...]:
    """The weights over their sum."""
    total = sum(weights, 0 * weights[0])
    return tuple(dyadic(w / total) for w in weights)


def _rank(rows: Sequence[Vector]) -> int:
    from litproof.algebra.linear import rank

    return rank(rows) if rows else 0
