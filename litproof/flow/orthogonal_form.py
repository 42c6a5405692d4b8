r"""Polynomial networks that are orthogonally decomposable in other coordinates, found and decided exactly.

beta = b + sum_j s_j prod_l e_{j,l}^{p_l} with linear forms e_{j,l} = a_{j,l} . theta, all a_{j,l} orthogonal to each
other. Then e_{j,l}' = -p_l |a_{j,l}|^2 (s_j . g) e_{j,l}^{p_l - 1} prod_{k != l} e_{j,k}^{p_k} with g = X^T r, and
eta_{j,l} = c_{j,l} e_{j,l}, c^2 = mu / (p_l |a_{j,l}|^2), p_l equal copies of each, follow the equations of an odeco
network with rows S_j = s_j prod_l c_{j,l}^{-p_l} in the time mu t. So u^D - v^D is S = [I; -I] with D equal layers, and
u v, or u^2 - v^2 = (u + v)(u - v), are two layers. Quadratic maps have such a form exactly when their matrices commute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import isqrt, lcm

from litproof.algebra.balls import Exact, simplest, to_fmpq
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import rank
from litproof.algebra.spectral import commutation_fault, spectral_blocks
from litproof.flow.monomials import Exponents, Polynomial, expanded, table_of
from litproof.networks.base import MultilinearNetwork, Network
from litproof.networks.odeco import Odeco
from litproof.problem import Problem

Vector = tuple[Fraction, ...]
MAX_ORDER = 480
"""Order of the cyclotomic field that may hold the square roots of the scales."""


@dataclass(frozen=True)
class Component:
    """s prod_l (a_l . theta)^{p_l}.

    Attributes
    ----------
    weights : s, length d.
    forms : pairs (a_l, p_l), a_l of length D, orthogonal to each other.
    """

    weights: Vector
    forms: tuple[tuple[Vector, int], ...]

    @property
    def degree(self) -> int:
        """Number of layers, equal ones counted."""
        return sum(power for _, power in self.forms)


@dataclass(frozen=True)
class OrthogonalForm:
    """beta = offset + the sum of the components, forms of different components orthogonal to each other."""

    offset: Vector
    components: tuple[Component, ...]

    def reduced(self) -> "ReducedForm | None":
        """The odeco network that it is, None where the square roots of the scales do not fit into a small field."""
        scales = [
            [power * _dot(vector, vector) for vector, power in component.forms]
            for component in self.components
        ]
        unit, order = scales[0][0], 1
        layers, rows = [], []
        for component, speeds in zip(self.components, scales, strict=True):
            row: list[Exact] = list(component.weights)
            copies: list[tuple[Exact, Vector]] = []
            for (vector, power), speed in zip(component.forms, speeds, strict=True):
                root = _root(unit / speed)
                if root is None:
                    return None
                order = lcm(order, getattr(root, "order", 1))
                if order > MAX_ORDER:
                    return None
                row = [entry / root**power for entry in row]
                copies += [(root, vector)] * power
            layers.append(tuple(copies))
            rows.append(tuple(simplest(entry) for entry in row))
        return ReducedForm(tuple(rows), tuple(layers), unit, self.offset)


@dataclass(frozen=True)
class ReducedForm:
    """The odeco network: eta_{j,l} = c_{j,l} a_{j,l} . theta, beta = offset + S^T rho, in the time `rate` * t.

    Attributes
    ----------
    S : m rows of d exact real numbers.
    layers : for each component the pairs (c, a) of its layers, equal ones repeated.
    """

    S: tuple[tuple[Exact, ...], ...]
    layers: tuple[tuple[tuple[Exact, Vector], ...], ...]
    rate: Fraction
    offset: Vector

    @property
    def description(self) -> str:
        """How the coordinates look, for the report."""
        depths = " or ".join(map(str, sorted({len(layers) for layers in self.layers})))
        tied = any(len(set(layers)) < len(layers) for layers in self.layers)
        rate = "" if self.rate == 1 else f", time times {self.rate}"
        equal = ", equal ones among them" if tied else ""
        return f"{len(self.S)} orthogonal components of {depths} layers{equal}{rate}"

    def start(self, theta: Sequence[Fraction]) -> list[tuple[Exact, ...]]:
        """eta_{j,l} at theta (all parameters one after the other): one tuple a component."""
        return [tuple(simplest(c * _dot(a, theta)) for c, a in layers) for layers in self.layers]


def _root(value: Fraction) -> Exact | None:
    """The square root, a Fraction or Cyclotomic number of small order."""
    root = rational_root(value)
    if root is not None:
        return root
    product = value.numerator * value.denominator
    return Cyclotomic.sqrt(product) / value.denominator if product <= MAX_ORDER else None


def layered_equivalent(problem: Problem) -> Problem | None:
    """The odeco network with the same path of beta, up to the speed, where S and the start are rational.

    Layers are U_l = I, the reduced coordinates themselves; None where there is no such form, and for layered networks.
    """
    if isinstance(problem.network, MultilinearNetwork):
        return None
    form = orthogonal_form(problem.network)
    reduced = None if form is None else form.reduced()
    if reduced is None or any(reduced.offset) or len({len(layers) for layers in reduced.layers}) > 1:
        return None
    eta = reduced.start([entry for layer in problem.v0 for entry in layer])
    if not all(isinstance(entry, Fraction) for rows in (reduced.S, eta) for row in rows for entry in row):
        return None
    m, layers = len(eta), list(zip(*eta, strict=True))
    if rank(reduced.S) < len(reduced.S[0]):
        return None
    identity = [[int(i == j) for j in range(m)] for i in range(m)]
    network = Odeco.from_rationals(reduced.S, [identity] * len(layers))
    return replace(problem, network=network, scale=Fraction(1), v=tuple(layers))


def layers_of(problem: Problem, parameters: Sequence[Sequence[Fraction]]) -> tuple[tuple[Fraction, ...], ...]:
    """The layers of `layered_equivalent` at a point of the problem's own parameters."""
    form = orthogonal_form(problem.network)
    reduced = None if form is None else form.reduced()
    if reduced is None:
        raise ValueError("the network has no such form")
    eta = reduced.start([entry for layer in parameters for entry in layer])
    return tuple(zip(*eta, strict=True))


@lru_cache(maxsize=32)
def orthogonal_form(network: Network) -> OrthogonalForm | None:
    """The form of a network, None when the search finds none; its identities hold exactly by construction.

    Complete for maps whose monomials have disjoint variables, products of rational linear forms, and quadratic maps
    with rational joint eigenvectors.

    Examples
    --------
    >>> from litproof.networks import PolynomialNetwork
    >>> network = PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^2 - v[j]^2"], 2)
    >>> [(component.weights, component.degree) for component in orthogonal_form(network).components][:2]
    [((Fraction(1, 1), Fraction(0, 1)), 2), ((Fraction(0, 1), Fraction(1, 1)), 2)]
    """
    betas = expanded(network)
    if betas is None:
        return None
    size = sum(network.shapes)
    units = [tuple(Fraction(int(i == k)) for i in range(size)) for k in range(size)]
    none = (0,) * size
    offset = tuple(beta.pop(none, Fraction(0)) for beta in betas)
    components = _decomposed(betas, units, rotate=True)
    return None if components is None else OrthogonalForm(offset, tuple(_paired(components)))


def _paired(components: Sequence[Component]) -> list[Component]:
    """s (e_1^2 - lambda^2 e_2^2) as the two layers e_1 + lambda e_2 and e_1 - lambda e_2 where these are orthogonal."""
    rest = list(components)
    pairs = []
    while rest:
        first = rest.pop(0)
        for k, second in enumerate(rest):
            pair = _difference_of_squares(first, second)
            if pair is not None:
                del rest[k]
                first = pair
                break
        pairs.append(first)
    return pairs


def _difference_of_squares(first: Component, second: Component) -> Component | None:
    if [len(first.forms), first.degree, len(second.forms), second.degree] != [1, 2, 1, 2]:
        return None
    (a, _), (b, _) = first.forms[0], second.forms[0]
    ratio = rational_root(_dot(a, a) / _dot(b, b))
    if ratio is None or any(t != -s * ratio**2 for s, t in zip(first.weights, second.weights, strict=True)):
        return None
    plus = tuple(x + ratio * y for x, y in zip(a, b, strict=True))
    minus = tuple(x - ratio * y for x, y in zip(a, b, strict=True))
    return Component(first.weights, ((plus, 1), (minus, 1)))


def rational_root(value: Fraction) -> Fraction | None:
    """The positive square root of a positive fraction, None when it is irrational."""
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    root = Fraction(top, bottom)
    return root if root * root == value else None


def _decomposed(
    betas: Sequence[Polynomial], axes: Sequence[Vector], *, rotate: bool
) -> list[Component] | None:
    """Components of polynomials in coordinates t_k = axes[k] . theta, axes orthogonal to each other."""
    components: list[Component] = []
    for variables in _blocks(betas, len(axes)):
        parts = [{e: c for e, c in beta.items() if any(e[k] for k in variables)} for beta in betas]
        one = _single(parts, axes)
        if one is not None:
            components.append(one)
            continue
        turned = _turned(parts, variables, axes) if rotate else None
        if turned is None:
            return None
        components += turned
    return components


def _blocks(betas: Sequence[Polynomial], size: int) -> list[list[int]]:
    """Variables that occur together in some monomial, directly or through others; those that occur nowhere left out."""
    group = list(range(size))

    def root(k: int) -> int:
        while group[k] != k:
            k = group[k]
        return k

    used: set[int] = set()
    for beta in betas:
        for exponents in beta:
            support = [k for k, e in enumerate(exponents) if e]
            used.update(support)
            for k in support[1:]:
                group[root(k)] = root(support[0])
    blocks: dict[int, list[int]] = {}
    for k in sorted(used):
        blocks.setdefault(root(k), []).append(k)
    return list(blocks.values())


def _single(parts: Sequence[Polynomial], axes: Sequence[Vector]) -> Component | None:
    """All parts multiples of one product of orthogonal linear forms."""
    reference = next(part for part in parts if part)
    lead = min(reference)
    weights = []
    for part in parts:
        factor = part.get(lead, Fraction(0)) / reference[lead]
        if {e: factor * c for e, c in reference.items() if factor} != part:
            return None
        weights.append(factor)
    content, forms = _linear_factors(reference, len(axes))
    if not forms:
        return None
    vectors = [
        (
            tuple(
                sum((x * axis[i] for x, axis in zip(form, axes, strict=True)), Fraction(0))
                for i in range(len(axes[0]))
            ),
            power,
        )
        for form, power in forms
    ]
    if any(_dot(a, b) for k, (a, _) in enumerate(vectors) for b, _ in vectors[:k]):
        return None
    return Component(tuple(content * weight for weight in weights), tuple(vectors))


def _linear_factors(
    polynomial: Mapping[Exponents, Fraction], size: int
) -> tuple[Fraction, list[tuple[Vector, int]]]:
    """(constant, linear forms with powers) when the polynomial is their product, else (0, [])."""
    from flint import Ordering, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get([f"t{i}" for i in range(size)], Ordering.lex)
    content, factors = context.from_dict({e: to_fmpq(c) for e, c in polynomial.items()}).factor()
    forms = []
    for factor, power in factors:
        table = table_of(factor)
        if any(sum(e) != 1 for e in table):
            return Fraction(0), []
        forms.append(
            (
                tuple(table.get(tuple(int(i == k) for i in range(size)), Fraction(0)) for k in range(size)),
                int(power),
            )
        )
    return Fraction(int(content.p), int(content.q)), forms


def _turned(
    parts: Sequence[Polynomial], variables: Sequence[int], axes: Sequence[Vector]
) -> list[Component] | None:
    """The components along joint eigenvectors of the second derivatives, which commute where there are any.

    For quadratic maps these are constant matrices; for sums of powers of orthogonal forms they are diagonal in those
    coordinates at every point, so a few points name the only candidates, and the expanded polynomials decide.
    """
    lengths = [_dot(axes[k], axes[k]) for k in variables]
    if len(set(lengths)) > 1:
        return None
    matrices = _hessians(parts, variables)
    if commutation_fault(matrices):
        return None
    blocks = spectral_blocks(matrices)
    if any(block.degree > 1 for block in blocks):
        return None
    vectors = [tuple(entry.coefficients[0] for entry in w) for block in blocks for w in block.vectors]
    turned = [_substituted(part, variables, vectors) for part in parts]
    rotated = [
        tuple(
            sum((w * axes[k][i] for w, k in zip(vector, variables, strict=True)), Fraction(0))
            for i in range(len(axes[0]))
        )
        for vector in vectors
    ]
    return _decomposed(turned, rotated, rotate=False)


def _hessians(parts: Sequence[Polynomial], variables: Sequence[int]) -> list[list[list[Fraction]]]:
    points = [[Fraction(1 + (3 * k + 5 * p) % 7, 1 + p) for k in range(len(variables))] for p in range(3)]
    hessians = []
    for part in parts:
        if not part:
            continue
        constant = all(sum(e) <= 2 for e in part)
        for point in points[:1] if constant else points:
            matrix = [
                [_second(part, variables, point, a, b) for b in range(len(variables))]
                for a in range(len(variables))
            ]
            hessians.append(matrix)
    return hessians


def _second(
    part: Polynomial, variables: Sequence[int], point: Sequence[Fraction], a: int, b: int
) -> Fraction:
    total = Fraction(0)
    for exponents, c in part.items():
        powers = [exponents[k] for k in variables]
        for index in (a, b):
            c = c * powers[index]
            powers[index] -= 1
        if c:
            for x, power in zip(point, powers, strict=True):
                c *= x**power
            total += c
    return total


def _substituted(part: Polynomial, variables: Sequence[int], vectors: Sequence[Vector]) -> Polynomial:
    """The polynomial in t_k = w_k . x for orthogonal w_k: x = sum_k t_k w_k / |w_k|^2."""
    from flint import Ordering, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get([f"t{i}" for i in range(len(vectors))], Ordering.lex)
    gens = context.gens()
    values = [
        sum(
            (to_fmpq(w[i] / _dot(w, w)) * t for w, t in zip(vectors, gens, strict=True) if w[i]),
            context.constant(0),
        )
        for i in range(len(variables))
    ]
    total = context.constant(0)
    for exponents, c in part.items():
        term = context.constant(to_fmpq(c))
        for k, value in zip(variables, values, strict=True):
            if exponents[k]:
                term *= value ** exponents[k]
        total += term
    return table_of(total)


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True) if p and q), Fraction(0))
