"""C1: differences of squared components of an odeco network."""

from litproof.claims.hypotheses import ODECO
from litproof.claims.types import Mutant
from litproof.networks.base import MultilinearNetwork, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.conserved import (
    Laws,
    laws_prediction,
)
from litproof.theorems.shared.conserved_claims import law_claim, law_instances, laws_of_form, neighbours
from litproof.theorems.shared.instances import draw_odeco


def odeco_quantities(network: MultilinearNetwork) -> Laws:
    """C1 for the network's own odeco form."""
    form = network.odeco()
    assert form is not None
    return laws_of_form(network, form)


def _first_factor_conjugated(problem: Problem, digits: int) -> Prediction | None:
    form = problem.odeco
    if form is None or form.is_real:
        return None
    first = tuple(tuple(entry.conjugate() for entry in row) for row in form.U[0])
    return laws_prediction(laws_of_form(problem.layered, OdecoForm(form.S, (first, *form.U[1:]))), digits)


odeco = law_claim(
    "ykm/conserved-odeco",
    "conserved: |eta_{l,j}|^2 - |eta_{k,j}|^2 in an odeco network (and equal angular momenta)",
    r"""$|\eta_{l,j}|^2 - |\eta_{k,j}|^2$ is constant for all $j$, $l$, $k$, with $\eta_l = U_l^T v_l$; in the complex
    case $\bar\eta_{l,j} \, d\eta_{l,j}/dt$ is moreover the same for all $l$.""",
    ODECO,
    odeco_quantities,
    law_instances(
        (
            (Diagonal(3, 3), "diagonal, L = 3, d = 3"),
            (Convolutional((2, 2, 2)), "convolutional, k = (2, 2, 2)"),
            (Convolutional((3, 3)), "convolutional, k = (3, 3)"),
            (Convolutional((4, 4)), "convolutional, k = (4, 4)"),
        ),
        lambda rng: (draw_odeco(rng, 3, 2, 2), "random odeco, L = 3, m = 2"),
    ),
    neighbours(odeco_quantities),
    Mutant("conj(U_1) in place of U_1", _first_factor_conjugated),
)
