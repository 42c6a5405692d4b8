"""C1 to C5: what the flow keeps, for every data set and loss."""

from collections.abc import Callable, Sequence
from random import Random

from litproof.claims.claim import Check, Claim, Hypothesis, Instance, Mutant, claim
from litproof.claims.hypotheses import DEEP, FULLY_CONNECTED, MATRIX_SENSING, ODECO, REGRESSION, holds
from litproof.flow.conserved import (
    autocorrelation_laws,
    balancedness_laws,
    diagonal_laws,
    norm_laws,
    odeco_laws,
)
from litproof.flow.polynomials import common_order, parameter_ring
from litproof.networks.base import Network, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_tensor_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.conserved import (
    Laws,
    LawsOf,
    compare_laws,
    first_only,
    follow_path,
    laws_prediction,
    mutant_of_laws,
    same_laws,
    second_doubled,
    shifted,
    squared,
    sums,
)
from litproof.theorems.shared.instances import draw_odeco, draw_regression
from litproof.theorems.ykm import YKM


def odeco_quantities(network: Network) -> Laws:
    """C1 for the network's own odeco form."""
    form = network.odeco()
    assert form is not None
    return _of_form(network, form)


def _of_form(network: Network, form: OdecoForm) -> Laws:
    parameters = parameter_ring(network, common_order((form.S, *form.U)))
    return Laws(parameters, tuple(odeco_laws(form, parameters)), form)


def norm_quantities(network: Network) -> Laws:
    """C2."""
    parameters = parameter_ring(network)
    return Laws(parameters, tuple(norm_laws(network, parameters)))


def balancedness_quantities(network: Network) -> Laws:
    """C3, C4."""
    parameters = parameter_ring(network)
    return Laws(parameters, tuple(balancedness_laws(network, parameters)))


def entry_quantities(network: Network) -> Laws:
    """C5."""
    parameters = parameter_ring(network)
    if isinstance(network, Diagonal):
        return Laws(parameters, tuple(diagonal_laws(network, parameters)))
    assert isinstance(network, Convolutional)
    return Laws(parameters, tuple(autocorrelation_laws(network, parameters)))


def _mutants(laws_of: LawsOf) -> tuple[Mutant, ...]:
    return (
        mutant_of_laws("sum in place of difference", laws_of, sums),
        mutant_of_laws("one layer alone", laws_of, first_only),
        mutant_of_laws("second layer counted twice", laws_of, second_doubled),
        mutant_of_laws("both layers squared", laws_of, squared),
    )


def _neighbours(laws_of: LawsOf) -> Mutant:
    return mutant_of_laws("a component of layer l against its neighbour in layer l + 1", laws_of, shifted)


def _first_factor_conjugated(problem: Problem, digits: int) -> Prediction | None:
    form = problem.network.odeco()
    if form is None or form.is_real:
        return None
    first = tuple(tuple(entry.conjugate() for entry in row) for row in form.U[0])
    return laws_prediction(_of_form(problem.network, OdecoForm(form.S, (first, *form.U[1:]))), digits)


def _instances(
    fixed: Sequence[tuple[Network, str]], drawn: Callable[[Random], tuple[Network, str]]
) -> Callable[[int], tuple[Instance, ...]]:
    def instances(seed: int) -> tuple[Instance, ...]:
        network, name = drawn(rng := Random(f"conserved {seed}"))
        return (
            *(draw_regression(made, Random(name), name) for made, name in fixed),
            draw_regression(network, rng, name, seed),
        )

    return instances


def _is_entrywise(problem: Problem) -> Check:
    network = problem.network
    if isinstance(network, Diagonal):
        return holds(True)
    full = isinstance(network, Convolutional) and set(network.shapes) == {network.input_dim}
    return holds(full, f"a {network.kind} network with layers of sizes {network.shapes}")


ENTRYWISE = Hypothesis("diagonal, or convolutional with filters of full length", _is_entrywise)


def _register(
    id: str,
    title: str,
    statement: str,
    kind: Hypothesis | None,
    laws_of: LawsOf,
    instances: Callable[[int], tuple[Instance, ...]],
    *more: Mutant,
    source: str = YKM,
) -> Claim:
    @claim(
        id=id,
        title=title,
        source=source,
        statement=statement,
        hypotheses=(REGRESSION, DEEP, *([kind] if kind else [])),
        instances=instances,
        mutants=(*_mutants(laws_of), *more),
        measure=follow_path,
        compare=compare_laws,
        same=same_laws,
        derive=id,
    )
    def constant(problem: Problem, digits: int) -> Prediction:
        """The quantities as polynomials in the parameters, exact."""
        return laws_prediction(laws_of(problem.network), digits)

    return constant


odeco = _register(
    "ykm/conserved-odeco",
    "conserved: |eta_{l,j}|^2 - |eta_{k,j}|^2 in an odeco network (and equal angular momenta)",
    r"""$|\eta_{l,j}|^2 - |\eta_{k,j}|^2$ is constant for all $j$, $l$, $k$, with $\eta_l = U_l^T v_l$; in the complex
    case $\bar\eta_{l,j} \, d\eta_{l,j}/dt$ is moreover the same for all $l$.""",
    ODECO,
    odeco_quantities,
    _instances(
        (
            (Diagonal(3, 3), "diagonal, L = 3, d = 3"),
            (Convolutional((2, 2, 2)), "convolutional, k = (2, 2, 2)"),
            (Convolutional((3, 3)), "convolutional, k = (3, 3)"),
            (Convolutional((4, 4)), "convolutional, k = (4, 4)"),
        ),
        lambda rng: (draw_odeco(rng, 3, 2, 2), "random odeco, L = 3, m = 2"),
    ),
    _neighbours(odeco_quantities),
    Mutant("conj(U_1) in place of U_1", _first_factor_conjugated),
)

norms = _register(
    "ykm/conserved-norms",
    "conserved: ||v_l||^2 - ||v_k||^2 in any linear tensor network",
    r"$\|v_l\|^2 - \|v_k\|^2$ is constant for all $l$, $k$.",
    None,
    norm_quantities,
    _instances(
        (
            (Convolutional((2, 3, 4)), "convolutional, k = (2, 3, 4)"),
            (FullyConnected(3, (2, 2)), "fully connected, 3-2-2-1"),
            (draw_tensor_network(Random(1), 2), "tensor, L = 2"),
        ),
        lambda rng: (draw_tensor_network(rng, 3), "random tensor, L = 3"),
    ),
)

balancedness = _register(
    "ykm/conserved-balancedness",
    "conserved: W_l^T W_l - W_{l+1} W_{l+1}^T in a fully connected network",
    r"$W_l^T W_l - W_{l+1} W_{l+1}^T$ is constant for all $l < L$.",
    FULLY_CONNECTED,
    balancedness_quantities,
    _instances(
        (
            (FullyConnected(3, (3,)), "fully connected, 3-3-1"),
            (FullyConnected(4, (2, 3)), "fully connected, 4-2-3-1"),
        ),
        lambda rng: (FullyConnected(3, (rng.randint(1, 3), rng.randint(2, 3))), "random widths"),
    ),
    _neighbours(balancedness_quantities),
    source=f"Du, Hu, Lee 2018 (arXiv 1806.00900); Arora, Cohen, Hazan 2018 (arXiv 1802.06509); {YKM}",
)

sensing = _register(
    "ykm/conserved-sensing",
    "conserved: W_l^T W_l - W_{l+1} W_{l+1}^T in deep matrix sensing",
    r"$W_l^T W_l - W_{l+1} W_{l+1}^T$ is constant for all $l < L$, for any sensors $A_i$.",
    MATRIX_SENSING,
    balancedness_quantities,
    _instances(
        (
            (MatrixSensing(2, 2), "matrix sensing, L = 2, 2 x 2"),
            (MatrixSensing(3, 2), "matrix sensing, L = 3, 2 x 2"),
        ),
        lambda rng: (MatrixSensing(2, 3), "random sensors, L = 2, 3 x 3"),
    ),
    _neighbours(balancedness_quantities),
)

entrywise = _register(
    "ykm/conserved-diagonal-convolution",
    "conserved: squares entry by entry (diagonal), autocorrelations (full-length convolution)",
    r"""Diagonal: $v_{l,j}^2 - v_{k,j}^2$ is constant. Full-length convolution: the difference of the circular
    autocorrelations of $v_l$ and $v_k$ is constant, that is $|(F v_l)_j|^2 - |(F v_k)_j|^2$.""",
    ENTRYWISE,
    entry_quantities,
    _instances(
        (
            (Diagonal(2, 4), "diagonal, L = 2, d = 4"),
            (Convolutional((4, 4)), "convolutional, k = (4, 4)"),
            (Convolutional((3, 3, 3)), "convolutional, k = (3, 3, 3)"),
        ),
        lambda rng: (Convolutional((5, 5)), "random, convolutional, k = (5, 5)"),
    ),
    _neighbours(entry_quantities),
)
