"""Conserved quantities of a network or polynomial map, their number, and the proof that there are no more.

On a domain where the dimension k of the generated Lie algebra Lie(grad f_c) is constant there are exactly D
- k independent conserved functions (Frobenius; Marcotte, Gribonval, Peyre, NeurIPS 2023, arXiv 2307.00144).
Laws that are checked as polynomial identities bound k from above, brackets counted modulo a prime bound it
from below; where the two meet, both counts are proved.
"""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from litproof.algebra.sparse_polynomials import degree as degree_of, primitive
from litproof.errors import Inconclusive, InputError
from litproof.laws.architectures import Architecture, map_of
from litproof.laws.bracket import LieCount, count_brackets, recount
from litproof.laws.discovery import Block, Component, conserved_blocks, require_few_monomials, split
from litproof.laws.independence import (
    independent_of_earlier,
    jacobian_rank,
    random_point,
    rank_with_scalar_parts,
)
from litproof.laws.involution import proves_involutive
from litproof.laws.kernel import ConservationTest
from litproof.laws.maps import PolynomialMap
from litproof.laws.modular_gradients import PRIME
from litproof.laws.naming import NamedLaw, plain_names, suggestions
from litproof.laws.program import COORDINATES, expand
from litproof.laws.quadratic import no_others, suggested_blocks
from litproof.laws.report import ComponentCount, LawReport, Quantity
from litproof.networks.convolutional import Convolutional

MOST_COUNTED = 3000
"""Parameters whose brackets are counted: matrices of their size modulo a prime."""
MOST_WORK = 20_000_000
"""Products of a convolution times brackets that need them: some twenty seconds."""
MOST_BRACKETED = 100_000
"""Entries of brackets of all pairs of coordinates that are worked out as polynomials: some ten seconds."""
EXTRA_DEGREE = 4
EXTRA_MONOMIALS = 5000


def discover_conserved(source: Architecture | PolynomialMap, degree: int = 2, *, seed: int = 0) -> LawReport:
    """Conserved quantities of the gradient flow for every data set and loss, exact.

    Parameters
    ----------
    source : a network, or a map from `polynomial_map`, `fully_connected_map`, `relu_map`, or restricted
        to data by `with_inputs` / `with_data`.
    degree : highest degree of the polynomials searched, >= 1.
    seed : of the random points; any seed gives the same answer but for a chance of about 1e-15, and then the
        answer is a weaker bound, never a wrong claim of exactness.

    Raises
    ------
    InputError : a degree below 1.
    Inconclusive : the degree asked for is out of reach.

    Examples
    --------
    >>> from litproof.networks import Diagonal
    >>> report = discover_conserved(Diagonal(2, 2))
    >>> [quantity.polynomial for quantity in report.quantities], report.complete
    (['v[1,1]**2 - v[2,1]**2', 'v[1,2]**2 - v[2,2]**2'], True)
    """
    if not isinstance(degree, int) or isinstance(degree, bool) or degree < 1:
        raise InputError(f"expected a degree of at least 1, got {degree!r}", key="degree")
    begin = perf_counter()
    _require_small(source, degree)
    polynomial_map = source if isinstance(source, PolynomialMap) else map_of(source)
    suggested = list(suggestions(polynomial_map))
    named: list[NamedLaw] = []
    counts: list[ComponentCount] = []
    independent: list[bool] = []
    for component in split(polynomial_map):
        blocks, lie = _blocks(component, component.locally(suggested), degree, seed)
        laws = [law for block in blocks for law in block.laws]
        counts.append(_count(component, blocks, degree, seed, lie))
        independent += independent_of_earlier([law.law for law in laws], counts[-1].lie.point)
        named += [NamedLaw(law.name, component.globally(law.law)) for law in laws]
    quantities = _quantities(named, independent, polynomial_map)
    return LawReport(
        polynomial_map.kind,
        polynomial_map.variables,
        degree,
        quantities,
        tuple(counts),
        perf_counter() - begin,
    )


def _require_small(source: Architecture | PolynomialMap, degree: int) -> None:
    """Inconclusive, before anything is traced, where the sizes of a convolution rule a search out."""
    if not isinstance(source, Convolutional) or source.depth == 1:
        return
    size, products = sum(source.shapes), source.input_dim * sum(source.shapes[:-1])
    if degree != 2:
        require_few_monomials(size, degree)
    elif size > MOST_COUNTED or (size - source.input_dim) * products * (source.depth - 1) > MOST_WORK:
        raise Inconclusive(
            f"conserved quantities of a convolution with {size} parameters and {products} products are not looked for: "
            "counting the brackets of its gradients takes too long by these sizes"
        )


def conserved_report(source: str | Path | Architecture | PolynomialMap, degree: int = 2) -> LawReport:
    """`discover_conserved` for a problem file (data, task and start are not used) or for what it takes itself.

    Examples
    --------
    >>> from litproof.networks import Diagonal
    >>> conserved_report(Diagonal(3, 1)).laws
    2
    """
    if isinstance(source, str | Path):
        from litproof.problem_file import read_network

        source = read_network(source).network
    return discover_conserved(source, degree)


def recheck(report: LawReport, source: Architecture | PolynomialMap) -> bool:
    """Whether the report's proof data hold for the map, recomputed from the recorded points and controls.

    Examples
    --------
    >>> from litproof.networks import Convolutional
    >>> network = Convolutional((2, 3))
    >>> recheck(discover_conserved(network), network)
    True
    """
    polynomial_map = source if isinstance(source, PolynomialMap) else map_of(source)
    test = ConservationTest(polynomial_map.parameters, polynomial_map.coordinates)
    if not all(test.holds(quantity.law) for quantity in report.quantities):
        return False
    for part, component in zip(report.components, split(polynomial_map), strict=True):
        local = component.locally([NamedLaw(q.name, q.law) for q in report.quantities])
        rank = jacobian_rank([law for _, law in local], part.lie.point, prime=part.lie.prime)
        if rank < part.independent or recount(component.program, part.lie) < part.lie.dimension:
            return False
    return True


def _quantities(
    named: Sequence[NamedLaw], independent: Sequence[bool], source: PolynomialMap
) -> tuple[Quantity, ...]:
    names = plain_names(degree_of(law) for name, law in named if not name)
    return tuple(
        Quantity(name or next(names), law, source.variables, basis, source.symbols)
        for (name, law), basis in zip(named, independent, strict=True)
    )


def _blocks(
    component: Component, suggested: Sequence[NamedLaw], degree: int, seed: int
) -> tuple[list[Block], LieCount | None]:
    """The laws, block by block, and the brackets where they show that there are no others."""
    size = len(component.variables)
    if degree > 1 and component.program.outputs[COORDINATES] and size <= MOST_COUNTED:
        known = suggested_blocks(component, suggested)
        if known is not None:
            laws = [named.law for block in known for named in block.laws]
            point = random_point(size, seed=seed)
            lie = count_brackets(component.program, point, size - jacobian_rank(laws, point), seed=seed)
            if lie.dimension == size - len(laws) and no_others(laws, size, seed=seed):
                higher = conserved_blocks(component, degree, lowest=3, known=known) if degree > 2 else []
                return [*known, *higher], lie
    return conserved_blocks(component, degree, suggested=suggested), None


def _count(
    component: Component, blocks: Sequence[Block], degree: int, seed: int, lie: LieCount | None
) -> ComponentCount:
    size = len(component.variables)
    point = random_point(size, seed=seed)
    laws = [named.law for block in blocks for named in block.laws]
    rank = jacobian_rank(laws, point)
    if not component.program.outputs[COORDINATES]:
        still = LieCount(0, 0, True, PRIME, point, (), ())
        return ComponentCount(
            component.variables, rank, still, 0, "no coordinate depends on these parameters"
        )
    if lie is None:
        lie = count_brackets(component.program, point, size - rank, seed=seed)
    upper, reason = size - rank, f"{rank} independent conserved polynomials"
    if lie.dimension < upper:
        upper, reason = _sharper_bound(component, blocks, degree, lie, upper, reason)
    return ComponentCount(component.variables, rank, lie, upper, reason)


def _is_closed(component: Component, lie: LieCount) -> bool:
    """Whether the generated Lie algebra is proved to have the dimension counted."""
    if component.reduced is None:
        if len(component.coordinates) ** 2 * len(component.variables) > MOST_BRACKETED:
            return False
        return proves_involutive(component.coordinates, lie)
    reduced = component.reduced
    coordinates = [f for f in map(primitive, expand(reduced)) if f]
    count = count_brackets(reduced, random_point(reduced.inputs), reduced.inputs)
    return count.dimension == lie.dimension and proves_involutive(coordinates, count)


def _sharper_bound(
    component: Component, blocks: Sequence[Block], degree: int, lie: LieCount, upper: int, reason: str
) -> tuple[int, str]:
    """Other proofs of an upper bound, tried where laws of the degree asked for leave a gap."""
    if len(component.coordinates) <= 1:
        return len(component.coordinates), "a single vector field"
    parts = [(f.variables, f.coordinates[0]) for f in component.factors if len(f.coordinates) == 1]
    if parts:
        laws = [named.law for block in blocks for named in block.laws]
        bound = len(component.variables) - rank_with_scalar_parts(laws, parts, lie.point, prime=lie.prime)
        if bound < upper:
            upper, reason = bound, "parts that act through one number move in one direction each"
        if upper == lie.dimension:
            return upper, reason
    if lie.stalled and _is_closed(component, lie):
        return lie.dimension, "the fields counted are closed under brackets over Q(theta)"
    known = list(blocks)
    for higher in range(degree + 1, EXTRA_DEGREE + 1):
        try:
            known += conserved_blocks(component, higher, lowest=higher, known=known, budget=EXTRA_MONOMIALS)
        except Inconclusive:
            break
        rank = jacobian_rank([named.law for block in known for named in block.laws], lie.point)
        if len(component.variables) - rank < upper:
            upper = len(component.variables) - rank
            reason = f"{rank} independent conserved polynomials of degree {higher} or less"
        if upper == lie.dimension:
            break
    return upper, reason
