"""C6: the conserved polynomials that a search found, each proved anew, and their count.

The search (`litproof.laws`) works modulo primes and with sparse integer linear algebra. Nothing of that
is trusted here: each law is expanded by sympy and its bracket with every coordinate is reduced to zero, and
the rank of the laws is computed over Q. What remains of the search is the lower bound of the Lie dimension,
recounted from the recorded points.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import sympy as sp

from litproof.algebra.sparse_polynomials import Monomial
from litproof.derive.derivation import Argument, Derivation, Part, Shown
from litproof.derive.notation import Relation
from litproof.derive.stated import FalseStep, Step, define
from litproof.derive.steps import prove, prove_bracket, slopes
from litproof.errors import Inconclusive
from litproof.flow.parameters import Parameter
from litproof.laws.architectures import Architecture, fully_connected_map, map_of, relu_map
from litproof.laws.maps import PolynomialMap
from litproof.laws.report import LawReport
from litproof.laws.search import MOST_COUNTED, discover_conserved, recheck
from litproof.networks.base import MultilinearNetwork
from litproof.networks.convolutional import Convolutional
from litproof.networks.ring import count_terms
from litproof.theorems.shared.symbols import t

MOST_COORDINATES = 24
"""Coordinates that are written out; of larger maps the number alone is given."""

MOST_TERMS = 10_000
MOST_PRODUCTS = 100_000
"""Products of a map, and of the brackets of its laws, that are proved step by step: some fifteen seconds."""

f = sp.IndexedBase("f", real=True)


def derive() -> Derivation:
    """The derivation of the catalogue: four maps, each of which teaches something."""
    maps = (
        ("A fully connected network with two inputs", fully_connected_map((2, 2, 1)), 2),
        (
            "A chain from one input through two units and one to the output",
            fully_connected_map((1, 2, 1, 1)),
            4,
        ),
        ("A convolution with filters of two and three entries", map_of(Convolutional((2, 3))), 2),
        ("A ReLU network with two inputs, two hidden units and one output", relu_map((2, 2, 1)), 2),
    )
    return _derivation(
        "mgp/conserved-complete",
        "Conserved quantities: discovered, proved, counted",
        [
            (words, polynomial_map, discover_conserved(polynomial_map, degree))
            for words, polynomial_map, degree in maps
        ],
    )


def derive_for(source: Architecture | PolynomialMap, degree: int = 2, *, name: str = "network") -> Derivation:
    """The same for one network or map: its conserved polynomials up to `degree`.

    Raises
    ------
    InputError, Inconclusive : as `discover_conserved`; too many products to be proved step by step.
    """
    if isinstance(source, MultilinearNetwork):
        size = sum(source.shapes)
        if size > MOST_COUNTED or count_terms(source) > MOST_TERMS:
            raise Inconclusive(
                f"the derivation of the conserved quantities of {size} parameters has more steps than anybody reads "
                f"(up to {MOST_TERMS} products are written; litproof conserved finds the quantities of larger networks)"
            )
    report = discover_conserved(source, degree)
    polynomial_map = source if isinstance(source, PolynomialMap) else map_of(source)
    _require_few_products(report, polynomial_map)
    kind = "polynomial map" if polynomial_map.kind == "polynomial" else f"{polynomial_map.kind} network"
    title = f"Conserved quantities of a {kind}"
    return _derivation(f"discovered/{name}", title, [("The map given", polynomial_map, report)])


def _require_few_products(report: LawReport, polynomial_map: PolynomialMap) -> None:
    """Inconclusive where the brackets of the laws found have more products than anybody waits for."""
    occurrences = Counter(i for f in polynomial_map.coordinates for monomial in f for i in monomial)
    laws = [quantity.law for quantity in report.quantities]
    each = len(polynomial_map.coordinates)
    if sum(each + sum(occurrences[i] for m in law for i in m) for law in laws) > MOST_PRODUCTS:
        raise Inconclusive(
            f"{len(laws)} conserved quantities of {report.parameters} parameters and {each} coordinates are more than "
            "are proved step by step (litproof conserved finds them)"
        )


def _derivation(claim: str, title: str, maps: Sequence[tuple[str, PolynomialMap, LawReport]]) -> Derivation:
    body: list[Part] = []
    shown: list[Part] = []
    for number, (description, polynomial_map, report) in enumerate(maps, start=1):
        steps = list(_steps("" if len(maps) == 1 else f"{number}", description, polynomial_map, report))
        body += steps
        laws = [step.name for step in steps if isinstance(step, Step) and step.kind == "instance"]
        if len(maps) == 1:
            shown += [Shown(name) for name in laws]
    return Derivation(
        claim=claim,
        title=title,
        sources=("marcotte",),
        symbols={"D": sp.Symbol("D"), "K": sp.Symbol("K"), "coordinate": f[sp.Symbol("c")]},
        statement=(
            "Along the gradient flow of the map below, for every data set and every differentiable loss, the "
            "quantities listed are constant; their number is compared with that of all independent conserved "
            "functions.",
            *shown,
        ),
        hypotheses=(
            "The loss depends on the parameters through the coordinates {coordinate} of a polynomial map "
            "alone, so that the velocity of the parameters is a combination of the gradients of the "
            "coordinates. A function is conserved for every data set and loss exactly when its gradient is "
            "orthogonal to all of these {cite:marcotte}.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "On a domain where the Lie algebra generated by the gradient fields has constant dimension "
                "{K}, there are exactly {D} minus {K} independent conserved functions (theorem of "
                "Frobenius). Independent conserved polynomials bound {K} from above, brackets that are "
                "independent modulo a prime bound it from below."
            ),
        ),
    )


def law_steps(source: Architecture | PolynomialMap, degree: int) -> Iterator[Part]:
    """The laws of one network, each proved, and their number, as part of a longer derivation."""
    polynomial_map = source if isinstance(source, PolynomialMap) else map_of(source)
    yield from _steps(
        "",
        "The map from the parameters to the linear coefficients",
        polynomial_map,
        discover_conserved(polynomial_map, degree),
    )


def _steps(prefix: str, description: str, polynomial_map: PolynomialMap, report: LawReport) -> Iterator[Part]:
    tag = f"-{prefix}" if prefix else ""
    D, K, N = (sp.Symbol(f"{letter}_{prefix}" if prefix else letter, integer=True) for letter in "DKN")
    variables = [Parameter(name) for name in polynomial_map.variables]
    coordinates = [_expression(entry, variables) for entry in polynomial_map.coordinates if entry]
    size = Step(
        f"parameters{tag}",
        Relation(D, sp.Integer(report.parameters)),
        "evaluation",
        (),
        "counted in the program of the map",
        f"{description} has this many parameters:",
    )
    if report.parameters != len(variables):
        raise FalseStep(f"{report.parameters} parameters counted, the map has {len(variables)}")
    yield size
    if len(coordinates) <= MOST_COORDINATES:
        for c, coordinate in enumerate(coordinates, start=1):
            yield define(
                f"coordinate{tag}-{c}",
                f[int(prefix), c] if prefix else f[c],
                coordinate,
                "Its coordinates, read off that program (constant factors left out), are"
                if c == 1
                else "and",
            )
    else:
        yield f"It has {len(coordinates)} coordinates, too many to be shown."
    laws = [quantity.expression for quantity in report.quantities]
    for number, law in enumerate(laws, start=1):
        yield prove_bracket(
            f"law{tag}-{number}",
            law,
            coordinates,
            variables,
            t,
            "The search finds that the following is constant:" if number == 1 else "Likewise",
        )
    if not laws:
        yield f"The search finds no conserved polynomial of degree {report.degree} or less."
    rank, point = _rank(laws, variables)
    if rank != report.rank:
        raise FalseStep(f"{report.rank} independent laws counted, their Jacobian has rank {rank} at {point}")
    number_of_laws = Step(
        f"number{tag}",
        Relation(N, sp.Integer(rank)),
        "evaluation",
        (),
        "rank of the Jacobian of the laws, exact over the rationals at a point drawn at random",
        "As many of them are functionally independent as the Jacobian of the laws has rank:",
    )
    yield number_of_laws
    if not recheck(report, polynomial_map):
        raise FalseStep("the count of the brackets cannot be repeated")
    reasons = [part.reason.replace("Q(theta)", "the rational functions") for part in report.components]
    how = "; ".join(dict.fromkeys(reasons))
    if len(reasons) > 1:
        how = f"in {len(reasons)} parts without a common parameter, for each of them: {how}"
    dimension = Step(
        f"dimension{tag}",
        Relation(K, sp.Integer(report.lie_dimension), "=" if report.lie_exact else ">="),
        "evaluation",
        (),
        "brackets counted modulo a prime at a recorded point (lower bound)"
        + (f", met by the upper bound: {how}" if report.lie_exact else ""),
        "The gradient fields of the coordinates generate a Lie algebra of the dimension",
    )
    yield dimension
    if report.complete:
        yield prove(
            f"complete{tag}",
            N,
            D - K,
            "The list is complete, every other conserved function is a function of these, because",
            using=(number_of_laws, dimension, size),
        )
    else:
        missing = report.laws - report.rank
        bound = "" if report.lie_exact else "at most "
        yield (
            f"The list is not complete at degree {report.degree}: {bound}{missing} further independent "
            "conserved functions exist, of higher degree or not polynomial."
        )


def _expression(polynomial: Mapping[Monomial, int | Fraction], variables: Sequence[sp.Expr]) -> sp.Expr:
    return sp.Add(
        *(
            sp.Rational(c.numerator, c.denominator) * sp.Mul(*(variables[i] for i in monomial))
            for monomial, c in polynomial.items()
        )
    )


def _rank(laws: Sequence[sp.Expr], variables: Sequence[sp.Expr]) -> tuple[int, tuple[int, ...]]:
    """Rank over Q of the Jacobian at an integer point; 0 for no laws."""
    from random import Random

    rng = Random(len(variables))
    point = tuple(rng.randint(2, 997) for _ in variables)
    if not laws:
        return 0, point
    values = dict(zip(variables, map(sp.Integer, point), strict=True))
    gradients = map(slopes, laws)
    rows = [
        [along.get(variable, sp.S.Zero).xreplace(values) for variable in variables] for along in gradients
    ]
    from sympy.polys.matrices import DomainMatrix

    return int(DomainMatrix.from_Matrix(sp.Matrix(rows)).convert_to(sp.QQ).rank()), point
