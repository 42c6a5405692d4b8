"""The odeco form: the data tensor is a sum of rank-one tensors with orthonormal factors."""

from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.claims.claim import claim
from litproof.claims.hypotheses import ODECO
from litproof.claims.types import Comparison, Instance, Mutant
from litproof.networks.base import MultilinearNetwork, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_network
from litproof.networks.identities import verify_odeco
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.network.shared import (
    identity_comparison,
    instance_of_network,
    same_details,
    the_network,
)
from litproof.theorems.shared.instances import draw_odeco
from litproof.theorems.ykm import YKM


def _compare_form(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    network: MultilinearNetwork = measurement.details["network"]
    return identity_comparison(verify_odeco(network.data_tensor(), prediction.details["form"]), digits)


def _form(form: OdecoForm, digits: int) -> Prediction:
    return Prediction((), digits, "odeco form", {"form": form})


def _own_form(problem: Problem) -> OdecoForm:
    form = problem.odeco
    assert form is not None
    return form


def _conjugated(problem: Problem, digits: int) -> Prediction:
    form = _own_form(problem)
    return _form(replace(form, S=tuple(tuple(s.conjugate() for s in row) for row in form.S)), digits)


def _rescaled(problem: Problem, digits: int) -> Prediction:
    form = _own_form(problem)
    return _form(replace(form, S=tuple(tuple(2 * s for s in row) for row in form.S)), digits)


def _rows_turned(problem: Problem, digits: int) -> Prediction:
    form = _own_form(problem)
    return _form(replace(form, S=(*form.S[1:], form.S[0])), digits)


def _phase(problem: Problem, digits: int) -> Prediction:
    """u_{1,j} multiplied by i, j a component that is used: still orthonormal, no longer the tensor."""
    form = _own_form(problem)
    i = Cyclotomic.gaussian(0, 1)
    used = next(j for j, row in enumerate(form.S) if any(row))
    first = tuple(tuple(u * i if j == used else u for j, u in enumerate(row)) for row in form.U[0])
    return _form(replace(form, U=(first, *form.U[1:])), digits)


def _longer(problem: Problem, digits: int) -> Prediction:
    """u_{1,1} doubled and s_1 halved: the tensor is right, U_1 is not orthonormal."""
    form = _own_form(problem)
    half = Fraction(1, 2)
    first = tuple((2 * row[0], *row[1:]) for row in form.U[0])
    S = (tuple(s * half for s in form.S[0]), *form.S[1:])
    return _form(OdecoForm(S, (first, *form.U[1:])), digits)


def _odeco_instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"odeco form {seed}")
    return (
        instance_of_network(Diagonal(4, 3), "diagonal, L = 4, d = 3"),
        instance_of_network(Convolutional((2, 2, 2)), "convolutional, k = (2, 2, 2)"),
        instance_of_network(Convolutional((3, 3)), "convolutional, k = (3, 3)"),
        instance_of_network(Convolutional((4, 4, 4)), "convolutional, k = (4, 4, 4)"),
        instance_of_network(draw_odeco(rng, 3, 3, 2), "random odeco, L = 3, m = 3, d = 2", seed),
        instance_of_network(draw_network(rng, "complex-odeco"), "random complex odeco", seed),
    )


@claim(
    id="network/odeco-form",
    title="the odeco form: M(x) is a sum of m rank-one tensors with orthonormal factors",
    source=f"{YKM}: orthogonally decomposable data tensors",
    statement=r"""$M(x) = \sum_{j=1}^m (S x)_j \, u_{1,j} \otimes \dots \otimes u_{L,j}$ identically in $x$,
        $U_l^H U_l = I$, $\mathrm{rank}\, S = d$.""",
    hypotheses=(ODECO,),
    instances=_odeco_instances,
    measure=the_network,
    compare=_compare_form,
    same=same_details,
    mutants=(
        Mutant("conj(S) in place of S (F for F^*)", predict=_conjugated),
        Mutant("2 S in place of S", predict=_rescaled),
        Mutant("rows of S moved by one", predict=_rows_turned),
        Mutant("phase i on u_{1,j}", predict=_phase),
        Mutant("u_{1,1} of length 2", predict=_longer),
    ),
)
def odeco_form(problem: Problem, digits: int) -> Prediction:
    """S and U_l with exact cyclotomic entries."""
    return _form(_own_form(problem), digits)
