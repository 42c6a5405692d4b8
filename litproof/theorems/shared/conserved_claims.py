"""What the claims of conserved quantities C1 to C5 have in common: instances, mutants, the form of the claim."""

from collections.abc import Callable, Sequence
from random import Random

from litproof.claims.claim import claim
from litproof.claims.hypotheses import DEEP, GRADIENT_FLOW
from litproof.claims.types import Claim, Hypothesis, Instance, Mutant
from litproof.flow.conserved import (
    balancedness_laws,
    odeco_laws,
)
from litproof.flow.polynomials import common_order, parameter_ring
from litproof.networks.base import MultilinearNetwork, OdecoForm
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.conserved import (
    Laws,
    LawsOf,
    compare_laws,
    draw_laws,
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
from litproof.theorems.shared.instances import draw_regression
from litproof.theorems.ykm import YKM


def laws_of_form(network: MultilinearNetwork, form: OdecoForm) -> Laws:
    """C1 for an odeco form, also one that is not the network's own."""
    parameters = parameter_ring(network, common_order((form.S, *form.U)))
    return Laws(parameters, tuple(odeco_laws(form, parameters)), form)


def balancedness_quantities(network: MultilinearNetwork) -> Laws:
    """C3, C4."""
    parameters = parameter_ring(network)
    return Laws(parameters, tuple(balancedness_laws(network, parameters)))


def difference_mutants(laws_of: LawsOf) -> tuple[Mutant, ...]:
    """False variants of laws A(v_l) - B(v_k)."""
    return (
        mutant_of_laws("sum in place of difference", laws_of, sums),
        mutant_of_laws("one layer alone", laws_of, first_only),
        mutant_of_laws("second layer counted twice", laws_of, second_doubled),
        mutant_of_laws("both layers squared", laws_of, squared),
    )


def neighbours(laws_of: LawsOf) -> Mutant:
    """The laws with the components of one layer moved by one."""
    return mutant_of_laws("a component of layer l against its neighbour in layer l + 1", laws_of, shifted)


def law_instances(
    fixed: Sequence[tuple[MultilinearNetwork, str]], drawn: Callable[[Random], tuple[MultilinearNetwork, str]]
) -> Callable[[int], tuple[Instance, ...]]:
    """A small regression problem for each fixed network, and one for a network drawn from the seed."""

    def instances(seed: int) -> tuple[Instance, ...]:
        network, name = drawn(rng := Random(f"conserved {seed}"))
        return (
            *(draw_regression(made, Random(name), name) for made, name in fixed),
            draw_regression(network, rng, name, seed),
        )

    return instances


def law_claim(
    id: str,
    title: str,
    statement: str,
    kind: Hypothesis | None,
    laws_of: LawsOf,
    instances: Callable[[int], tuple[Instance, ...]],
    *more: Mutant,
    source: str = YKM,
) -> Claim:
    """The claim that the polynomials `laws_of(network)` are constant along the flow, for every data set."""

    @claim(
        id=id,
        title=title,
        source=source,
        statement=statement,
        hypotheses=(GRADIENT_FLOW, DEEP, *([kind] if kind else [])),
        instances=instances,
        mutants=(*difference_mutants(laws_of), *more),
        measure=follow_path,
        compare=compare_laws,
        depict=draw_laws,
        same=same_laws,
        derive=id,
    )
    def constant(problem: Problem, digits: int) -> Prediction:
        """The quantities as polynomials in the parameters, exact."""
        return laws_prediction(laws_of(problem.layered), digits)

    return constant
