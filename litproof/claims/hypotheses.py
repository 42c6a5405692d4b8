"""Hypotheses that several claims share. Each is decided exactly from the problem's data."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isqrt

from litproof.algebra.balls import Exact, ball, sign
from litproof.algebra.linear import dot, rank
from litproof.algebra.separation import separate
from litproof.claims.formulas.coefficients import coefficients_at
from litproof.claims.types import Answer, Check, Hypothesis
from litproof.dynamics import GradientDescent, Momentum, WeightDecay
from litproof.errors import HypothesisError, InputError, Unreachable
from litproof.flow.lift import is_polynomial
from litproof.flow.monomials import homogeneous_terms
from litproof.networks.base import MultilinearNetwork, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.coordinates import Coordinate
from litproof.predict.regression.feasibility import reachable
from litproof.predict.regression.reduction import real_dual, reduced_start
from litproof.problem import Problem


def holds(decided: bool, otherwise: str = "") -> Check:
    """A check that was decided; `otherwise` says what was seen when it is violated."""
    return Check(Answer.of(decided), "" if decided else otherwise)


def _regression(problem: Problem) -> Check:
    return holds(problem.task == "regression" and not problem.training, _what(problem))


def _regression_task(problem: Problem) -> Check:
    return holds(problem.task == "regression", f"the task is {problem.task}")


def _gradient_flow(problem: Problem) -> Check:
    return holds(problem.dynamics is None, _what(problem))


def _what(problem: Problem) -> str:
    return f"the task is {problem.task}" + (f", with {problem.training}" if problem.training else "")


def _has_depth(right: Callable[[int], bool]) -> Callable[[Problem], Check]:
    def check(problem: Problem) -> Check:
        network = problem.network
        if not isinstance(network, MultilinearNetwork):
            return holds(False, f"a {network.kind} network, which has no layers")
        return holds(right(network.depth), f"depth {network.depth}")

    return check


def _linear_model(problem: Problem) -> Check:
    network = problem.network
    plain = isinstance(network, Diagonal | FullyConnected) and network.depth == 1
    return holds(plain, f"a {network.kind} network of depth {getattr(network, 'depth', 'unknown')}")


def _one_point(problem: Problem) -> Check:
    return holds(len(problem.X) == 1, f"{len(problem.X)} data points")


def _underdetermined(problem: Problem) -> Check:
    n, d = len(problem.X), problem.network.input_dim
    independent = rank(problem.X)
    return holds(independent == n < d, f"n = {n}, d = {d}, rank X = {independent}")


def _fewer(problem: Problem) -> Check:
    independent, d = rank(problem.X), problem.network.input_dim
    return holds(independent < d, f"rank X = {independent}, d = {d}: the minimiser of the loss is unique")


def _layered(problem: Problem) -> Check:
    network = problem.network
    return holds(isinstance(network, MultilinearNetwork), f"a {network.kind} network, which has no layers")


def _odeco(problem: Problem) -> Check:
    kind = problem.network.kind
    return holds(problem.odeco is not None, f"no odeco form is known for this {kind} network")


def _real_odeco(problem: Problem) -> Check:
    form = problem.odeco
    if form is None:
        return _odeco(problem)
    return holds(form.is_real, f"the odeco form of this {problem.network.kind} network is complex")


def _components(problem: Problem) -> Check:
    if problem.odeco is None and real_dual(problem) is not None:
        return holds(True)
    return _real_odeco(problem)


def _deep_components(problem: Problem) -> Check:
    dual_form = real_dual(problem)
    depths = [] if dual_form is None else [known.depth for known in dual_form.dual.coordinates]
    return holds(min(depths, default=0) >= 2, f"components of {min(depths, default=0)} layers")


def _fully_connected(problem: Problem) -> Check:
    return holds(isinstance(problem.network, FullyConnected), f"a {problem.network.kind} network")


def _matrix_sensing(problem: Problem) -> Check:
    return holds(isinstance(problem.network, MatrixSensing), f"a {problem.network.kind} network")


def _moving(problem: Problem) -> Check:
    velocity = initial_velocity(problem)
    return holds(any(map(any, velocity)), "the gradient vanishes at the start, so every function is constant")


def _classification_task(problem: Problem) -> Check:
    return holds(problem.task == "classification", f"the task is {problem.task}")


def _separable(problem: Problem) -> Check:
    weights = separate(tuple(dict.fromkeys(problem.margin_rows[0]))).weights
    return holds(weights is None, "a convex combination of the points y_i x_i is 0")


REGRESSION = Hypothesis("squared loss", _regression)
DEFAULT_LOSS = Hypothesis(
    "the loss of the task: squared, or exponential",
    lambda problem: holds(problem.loss is None, _what(problem)),
)
CLASSIFICATION_TASK = Hypothesis("a classification problem", _classification_task)
SEPARABLE = Hypothesis("linearly separable data", _separable)
REGRESSION_TASK = Hypothesis("a regression problem", _regression_task)
REGRESSION_FLOW = Hypothesis(
    "a flow of a regression problem",
    lambda problem: holds(
        problem.task == "regression" and not isinstance(problem.dynamics, GradientDescent), _what(problem)
    ),
)
GRADIENT_FLOW = Hypothesis("gradient flow", _gradient_flow)
POLYNOMIAL = Hypothesis("polynomial network", lambda problem: holds(is_polynomial(problem.network)))
LAYERED = Hypothesis("linear in each layer", _layered)
DEEP = Hypothesis("depth L >= 2", _has_depth(lambda depth: depth >= 2))
THREE_LAYERS = Hypothesis("depth L >= 3", _has_depth(lambda depth: depth >= 3))
ONE_LAYER = Hypothesis("depth L = 1", _has_depth(lambda depth: depth == 1))
LINEAR_MODEL = Hypothesis("beta = v_1", _linear_model)
TWO_LAYERS = Hypothesis("depth L = 2", _has_depth(lambda depth: depth == 2))
ONE_POINT = Hypothesis("one data point", _one_point)
UNDERDETERMINED = Hypothesis("independent data points, fewer than inputs: rank X = n < d", _underdetermined)
FEWER = Hypothesis("fewer independent points than inputs: rank X < d", _fewer)
ODECO = Hypothesis("orthogonally decomposable", _odeco)
REAL_ODECO = Hypothesis("orthogonally decomposable with real S and U_l", _real_odeco)
REAL_COMPONENTS = Hypothesis(
    "orthogonally decomposable with real S and U_l, in some coordinates", _components
)
DEEP_COMPONENTS = Hypothesis("depth L >= 2", _deep_components)
FULLY_CONNECTED = Hypothesis("fully connected", _fully_connected)
MATRIX_SENSING = Hypothesis("matrix sensing", _matrix_sensing)
MOVING = Hypothesis("the flow moves", _moving)


def initial_velocity(problem: Problem) -> tuple[tuple[Fraction, ...], ...]:
    """-grad_{v_l} of the loss at the start, exact."""
    from litproof.flow.program import Operators, split
    from litproof.flow.trace import trace_flow

    problem.require_plain("the velocity of the squared loss")
    flow = trace_flow(problem.network, problem.X, problem.y, weights=problem.row_weights)
    atoms = flow.run(Operators(), [entry for layer in problem.v0 for entry in layer])
    velocity: tuple[tuple[Fraction, ...], ...] = split(
        [atoms[a] for a in flow.outputs["velocity"]], problem.network.shapes
    )
    return velocity


def real_components(problem: Problem) -> tuple[Coordinate, ...]:
    """The exact starts of the components of a problem that is known to have real ones."""
    dual_form = real_dual(problem)
    if dual_form is None:
        raise ValueError("the problem has no real orthogonal components")
    return dual_form.dual.coordinates


def real_form(problem: Problem) -> OdecoForm:
    """The real odeco form of a problem that is known to have one."""
    form = problem.odeco
    if form is None or not form.is_real:
        raise ValueError("the problem has no real odeco form")
    return form


def reduced_layers(problem: Problem, *, scaled: bool = False) -> list[list[Exact]]:
    """U_l^T v_l before scaling (or, `scaled`, at the start of the flow), shapes (m,), exact."""
    form = real_form(problem)
    layers = problem.v0 if scaled else problem.v
    return [reduced_start(U, layer, form.rank) for U, layer in zip(form.U, layers, strict=True)]


def _same_start(problem: Problem) -> Check:
    first, *others = reduced_layers(problem)[:-1]
    for l, layer in enumerate(others, start=2):
        if any(sign(a - b) for a, b in zip(first, layer, strict=True)):
            return holds(False, f"U_{l}^T v_{l} differs from U_1^T v_1")
    return holds(True)


def _last_zero(problem: Problem) -> Check:
    form = problem.odeco
    if form is None or not form.is_real:
        return holds(not any(problem.v[-1]), "v_L(0) is not zero")
    return holds(not any(map(sign, reduced_layers(problem)[-1])), "U_L^T v_L(0) is not zero")


def _no_zero(problem: Problem) -> Check:
    zero = [j for j, value in enumerate(reduced_layers(problem)[0], start=1) if sign(value) == 0]
    return holds(not zero, f"etabar_{zero[0] if zero else ''} = 0")


SAME_START = Hypothesis("v_l(0) = alpha U_l etabar for l < L (up to what U_l^T does not see)", _same_start)
LAST_ZERO = Hypothesis("U_L^T v_L(0) = 0", _last_zero)
NO_ZERO = Hypothesis("etabar_j != 0 for all j", _no_zero)


def smallest_gap(eta: Sequence[Sequence[Exact]]) -> Exact:
    """min over l < L and j of eta_{l,j}^2 - eta_{L,j}^2, exact."""
    return _outermost_gap(eta, -1)


def largest_gap(eta: Sequence[Sequence[Exact]]) -> Exact:
    """max over l < L and j of eta_{l,j}^2 - eta_{L,j}^2, exact."""
    return _outermost_gap(eta, 1)


def _outermost_gap(eta: Sequence[Sequence[Exact]], side: int) -> Exact:
    gaps = [a * a - b * b for layer in eta[:-1] for a, b in zip(layer, eta[-1], strict=True)]
    outermost = gaps[0]
    for gap in gaps[1:]:
        if sign(gap - outermost) == side:
            outermost = gap
    return outermost


def _gap(problem: Problem) -> Check:
    return holds(
        sign(smallest_gap(reduced_layers(problem))) > 0,
        "eta_{l,j}(0)^2 - eta_{L,j}(0)^2 is not positive for all l < L and j",
    )


GAP = Hypothesis("eta_{l,j}(0)^2 - eta_{L,j}(0)^2 >= lambda > 0 for all l < L and j", _gap)


def _diagonal(problem: Problem) -> Check:
    return holds(isinstance(problem.network, Diagonal), f"a {problem.network.kind} network")


def _homogeneous(problem: Problem) -> Check:
    try:
        homogeneous_terms(problem.network)
    except (HypothesisError, InputError) as error:
        return holds(False, str(error))
    return holds(True)


def _full_convolution(problem: Problem) -> Check:
    network = problem.network
    if not isinstance(network, Convolutional):
        return holds(False, f"a {network.kind} network")
    return holds(
        set(network.filter_sizes) == {network.input_dim}, f"filters of {network.filter_sizes} entries"
    )


def _equal_layers(problem: Problem) -> Check:
    different = [l for l, layer in enumerate(problem.v, 1) if layer != problem.v[0]]
    return holds(not different, f"v_{different[0] if different else ''}(0) differs from v_1(0)")


def _positive(problem: Problem) -> Check:
    return holds(min(map(min, problem.v)) > 0, "an entry of the start is not positive")


def _orthogonal_layers(problem: Problem) -> Check:
    network = problem.network
    if not isinstance(network, FullyConnected) or set(network.widths) != {network.input_dim}:
        return holds(False, "no fully connected network of square matrices")
    k = network.input_dim
    for l, layer in enumerate(problem.v[:-1], 1):
        rows = [layer[i * k : (i + 1) * k] for i in range(k)]
        size = dot(rows[0], rows[0])
        if not size or any(
            dot(a, b) != size * (i == j) for i, a in enumerate(rows) for j, b in enumerate(rows)
        ):
            return holds(False, f"W_{l}(0) is no multiple of an orthogonal matrix")
    return holds(True)


def _whitened(problem: Problem) -> Check:
    d = problem.network.input_dim
    identity = tuple(tuple(Fraction(int(i == j)) for j in range(d)) for i in range(d))
    return holds(
        identity == problem.X and not problem.weights, "X is not the identity, or points have weights"
    )


def _full_batch(problem: Problem) -> Check:
    descent = problem.dynamics
    plain = isinstance(descent, GradientDescent) and not descent.order
    return holds(plain and problem.loss is None, f"{_what(problem)}, or steps with part of the points")


def _mini_batches(problem: Problem) -> Check:
    descent = problem.dynamics
    if not isinstance(descent, GradientDescent) or not descent.order:
        return holds(
            False, _what(problem) if not isinstance(descent, GradientDescent) else "all points at every step"
        )
    points = len(problem.X) // getattr(problem.network, "outputs", 1)
    unused = sorted(set(range(1, points + 1)) - {i for batch in descent.order for i in batch})
    return holds(not unused, f"point {unused[0]} is in no mini-batch" if unused else "")


def _decay_ends(problem: Problem) -> Check:
    decay = problem.dynamics
    return holds(isinstance(decay, WeightDecay) and decay.until is not None, _what(problem))


def _loss_below_one(problem: Problem) -> Check:
    from flint import arb

    if problem.task != "classification" or problem.loss is not None:
        return holds(False, _what(problem))
    for digits in (20, 100, 1000):
        with ball_precision(digits_to_bits(digits)):
            beta = coefficients_at(problem.network, [ball(x) for layer in problem.v0 for x in layer])
            margins = [
                sum((ball(x) * b for x, b in zip(row, beta, strict=True)), arb(0))
                for row in problem.signed_rows
            ]
            rest = 1 - sum(((-margin).exp() for margin in margins), arb(0))
            if rest > 0 or rest < 0:
                return holds(bool(rest > 0), f"the loss starts at {(1 - rest).str(6, radius=False)}")
    return Check(Answer.UNKNOWN, "whether the loss starts below 1 is not decided")


def _momentum(problem: Problem) -> Check:
    return holds(isinstance(problem.dynamics, Momentum) and problem.loss is None, _what(problem))


def _identity_start(problem: Problem) -> Check:
    for l, layer in enumerate(problem.v, 1):
        k = isqrt(len(layer))
        multiple = tuple(layer[0] * (i == j) for i in range(k) for j in range(k))
        if k * k != len(layer) or layer != multiple or layer[0] != 1:
            return holds(False, f"W_{l}(0) is not alpha times the identity")
    return holds(True)


def _commuting_gradients(problem: Problem) -> Check:
    from litproof.bias.rescaled_fields import commutes

    if isinstance(problem.network, MatrixSensing) or not is_polynomial(problem.network):
        return holds(False, "brackets are decided for polynomial networks, sensing left out")
    return holds(commutes(problem.network), "some bracket of two gradients of beta is not 0")


def _commuting_sensors(problem: Problem) -> Check:
    if not isinstance(problem.network, MatrixSensing):
        return _matrix_sensing(problem)
    k = isqrt(problem.network.input_dim)
    matrices = [[list(row[i * k : (i + 1) * k]) for i in range(k)] for row in problem.X]

    def product(a: list[list[Fraction]], b: list[list[Fraction]]) -> list[list[Fraction]]:
        return [[dot(row, column) for column in zip(*b, strict=True)] for row in a]

    pairs = [(i, j) for j in range(len(matrices)) for i in range(j)]
    wrong = [
        (i + 1, j + 1)
        for i, j in pairs
        if product(matrices[i], matrices[j]) != product(matrices[j], matrices[i])
    ]
    return holds(not wrong, f"the sensors {wrong[0] if wrong else ''} do not commute")


def _reachable(problem: Problem) -> Check:
    reduction = real_dual(replace(problem, loss=None))
    if reduction is None and isinstance(problem.network, MatrixSensing) and len(problem.X) == 1:
        # eigenvalues that are not rational: a sensor whose trace has the sign of y has an eigenvalue of that sign
        trace = sum(problem.X[0][:: isqrt(problem.network.input_dim) + 1], Fraction(0))
        if trace * problem.y[0] > 0 and _identity_start(problem).answer is Answer.HOLDS:
            return Check(Answer.HOLDS)
    if reduction is None:
        return Check(Answer.UNKNOWN, "no real orthogonal components are known")
    try:
        vanishing = reachable(reduction.dual).vanishing
    except Unreachable as proof:
        return holds(False, str(proof))
    which = ", ".join(f"rho_{j + 1}" for j in vanishing)
    return holds(not vanishing, f"in every interpolator with the signs of the start {which} vanishes")


DIAGONAL = Hypothesis("a diagonal network", _diagonal)
HOMOGENEOUS = Hypothesis("homogeneous in all parameters together", _homogeneous)
FULL_CONVOLUTION = Hypothesis("circular convolutions as wide as the input", _full_convolution)
EQUAL_LAYERS = Hypothesis("equal layers at the start, v_1(0) = .. = v_L(0)", _equal_layers)
POSITIVE_START = Hypothesis("all entries of the start are positive", _positive)
ORTHOGONAL_LAYERS = Hypothesis(
    "W_1(0), .., W_{L-1}(0) are multiples of orthogonal matrices", _orthogonal_layers
)
DEFAULT_LOSS = Hypothesis(
    "the loss of the task: squared, or exponential",
    lambda problem: holds(problem.loss is None, _what(problem)),
)
CLASSIFICATION_TASK = Hypothesis(
    "a classification problem",
    lambda problem: holds(problem.task == "classification", f"the task is {problem.task}"),
)
WHITENED = Hypothesis("whitened data, X = I", _whitened)
MINI_BATCHES = Hypothesis("gradient descent with mini-batches that take in every point", _mini_batches)
FULL_BATCH = Hypothesis("gradient descent on the squared loss of all points", _full_batch)
DECAY_ENDS = Hypothesis("weight decay until a time T", _decay_ends)
LOSS_BELOW_ONE = Hypothesis("the exponential loss starts below 1", _loss_below_one)
MOMENTUM = Hypothesis("momentum, with the squared loss", _momentum)
COMMUTING_GRADIENTS = Hypothesis(
    "the gradients of beta commute, decided as polynomials", _commuting_gradients
)
COMMUTING_SENSORS = Hypothesis("commuting sensors", _commuting_sensors)
IDENTITY_START = Hypothesis("all layers start at alpha times the identity", _identity_start)
REACHABLE = Hypothesis("some interpolator has strictly the signs that the start allows", _reachable)
