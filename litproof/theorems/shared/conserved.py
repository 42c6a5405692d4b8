"""Judging conserved quantities: constant along the flow to the digits asked for, and identities between polynomials."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from litproof.algebra.linear import distance, rank, sup_norm
from litproof.claims.comparison import CLEAR_MARGIN, agreed_digits, violated
from litproof.claims.depiction import curve, level
from litproof.claims.pictures import Picture
from litproof.claims.types import Answer, Comparison, Mutant
from litproof.decimals import decimal, decimal_log
from litproof.exact_numbers import exact_number
from litproof.flow.conserved import Law, PolynomialProof, angular_momenta, prove_conserved
from litproof.flow.motion import at_start
from litproof.flow.polynomials import ParameterRing, Polynomial
from litproof.integrate.watch import FollowedPath
from litproof.networks.base import MultilinearNetwork, OdecoForm
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

MOMENTS = (Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4))
"""Times at which the flow is looked at, in units of loss(0) / |v'(0)|^2, the time the loss would take to vanish."""

GUARD = 5


@dataclass(frozen=True)
class Laws:
    """Polynomials claimed to be constant; with a complex `form` also equal angular momenta of its components."""

    parameters: ParameterRing
    laws: tuple[Law, ...]
    form: OdecoForm | None = None


def laws_prediction(laws: Laws, digits: int) -> Prediction:
    """The claim that all of `laws` are constant."""
    return Prediction((), digits, "polynomial conserved quantities", {"laws": laws})


def follow_path(problem: Problem, digits: int) -> Measurement:
    """The flow in its original parameters, at the start and at four times around the decay time of the loss."""
    from litproof.integrate.training.flows import motion_path

    path = motion_path(problem, (Fraction(0), *_times(problem)), digits + GUARD)
    end, layers = path[-1]
    beta = tuple(problem.network.coefficients(layers))
    return Measurement(
        value=beta,
        parameters=layers,
        error=Fraction(1, 10 ** (digits + GUARD)),
        residual=Fraction(0),
        clock={"t": decimal(end)},
        digits=digits,
        method="flow at given times",
        details={"path": path, "network": problem.network},
    )


def _times(problem: Problem) -> tuple[Fraction, ...]:
    loss, velocity = at_start(problem)
    speed = sum((entry**2 for entry in velocity), Fraction(0))
    if not speed or loss <= 0:
        return MOMENTS
    unit = loss / speed  # may be of any size: a power of two is as short as it gets
    exponent = unit.numerator.bit_length() - unit.denominator.bit_length()
    return tuple(moment * Fraction(2) ** exponent for moment in MOMENTS)


def compare_laws(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Constant along the path to 10^-digits of the squared size of the parameters, and proved as identities."""
    laws: Laws = prediction.details["laws"]
    path: Sequence[tuple[Fraction, Sequence[Sequence[Fraction]]]] = measurement.details["path"]
    network: MultilinearNetwork = measurement.details["network"]
    values = [evaluate(laws, layers, digits + GUARD) for _, layers in path]
    drift = sup_norm([a - b for later in values[1:] for a, b in zip(values[0], later, strict=True)])
    size = max(sup_norm([entry for layer in layers for entry in layer]) for _, layers in path) ** 2
    tolerance = size / 10**digits
    detail = f"drift 10^{decimal_log(drift):.1f} of {len(laws.laws)} quantities" if drift else "no drift"
    if drift > CLEAR_MARGIN * tolerance:
        margin = 10.0 ** min(decimal_log(drift) - decimal_log(tolerance), 300.0)
        return Comparison(
            Answer.VIOLATED, agreed_digits(drift, size, digits), Evidence.NUMERIC, margin, detail
        )
    proofs = [prove_conserved(network, laws.parameters, law) for law in laws.laws]
    proofs += angular_momenta(network, laws.form) if laws.form and not laws.form.is_real else ()
    failed = next((proof for proof in proofs if not proof.holds), None)
    if failed:
        return violated(f"no identity: {failed.name} ({residue(failed)})", evidence=Evidence.EXACT)
    if drift > tolerance:
        return Comparison(Answer.VIOLATED, agreed_digits(drift, size, digits), Evidence.NUMERIC, 1.0, detail)
    return Comparison(Answer.HOLDS, digits, Evidence.EXACT, 0.0, f"{len(proofs)} identities proved, {detail}")


def draw_laws(
    problem: Problem, prediction: Prediction, measurement: Measurement, paths: Sequence[FollowedPath]
) -> tuple[Picture, ...]:
    """How far the quantities have moved at the times that the comparison looks at."""
    laws: Laws = prediction.details["laws"]
    path: Sequence[tuple[Fraction, Sequence[Sequence[Fraction]]]] = measurement.details["path"]
    values = [evaluate(laws, layers, measurement.digits + GUARD) for _, layers in path]
    drifts = [
        (decimal_log(time), distance(value, values[0]))
        for (time, _), value in zip(path[1:], values[1:], strict=True)
    ]
    title = f"drift of {len(laws.laws)} conserved quantities since the start"
    size = max(sup_norm([entry for layer in layers for entry in layer]) for _, layers in path) ** 2
    tolerance = size / Fraction(10) ** measurement.digits
    curves = (curve("drift", drifts, "points"), *level("allowed", tolerance, [x for x, _ in drifts]))
    return (Picture(title, "t", True, curves),) if laws.laws else ()


def residue(proof: PolynomialProof) -> str:
    """The first term that does not vanish, in words."""
    left = next(entry for entry in proof.residues if entry)
    monomial, coefficient = left.terms()[0]
    powers = zip(left.ring.symbols, monomial, strict=True)
    return f"{coefficient} " + " ".join(f"{name}^{e}" if e > 1 else f"{name}" for name, e in powers if e)


def evaluate(laws: Laws, layers: Sequence[Sequence[Fraction]], digits: int) -> list[Fraction]:
    """The quantities at v: exact when their coefficients are rational, else to `digits` decimals (real parts)."""
    point = [entry for layer in layers for entry in layer]
    return [_value(law, point, laws.parameters.order, digits) for _, law in laws.laws]


def _value(polynomial: Polynomial, point: Sequence[Fraction], order: int, digits: int) -> Fraction:
    by_power: dict[int, Fraction] = {}
    for (power, *exponents), coefficient in polynomial.terms():
        term = exact_number(coefficient)
        for entry, exponent in zip(point, exponents, strict=True):
            if exponent:
                term *= entry**exponent
        by_power[power] = by_power.get(power, Fraction(0)) + term
    if not any(by_power):
        return by_power.get(0, Fraction(0))
    from flint import arb, fmpq

    from litproof.algebra.balls import ball, dyadic

    size = (
        max(int(decimal_log(value)) for value in by_power.values() if value) if any(by_power.values()) else 0
    )
    with ball_precision(digits_to_bits(digits + max(size, 0) + 10)):
        total = sum(
            (ball(value) * arb.cos_pi_fmpq(fmpq(2 * power, order)) for power, value in by_power.items()),
            arb(0),
        )
        return dyadic(total)


def same_laws(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether the laws of `a` follow from those of `b`: the same form, and linear combinations of them and of 1.

    Laws may coincide for one network and not for others, as those of two components that are conjugate to each other.
    """
    false, true = a.details["laws"], b.details["laws"]
    if false.parameters != true.parameters or false.form != true.form:
        return False
    parameters: ParameterRing = true.parameters
    known = [parameters.zero + 1, *(law for _, law in true.laws)]
    degree = max((monomial[0] for monomial in parameters.modulus.itermonoms()), default=0)
    spanning = [parameters.normal_form(parameters.root**k * law) for law in known for k in range(degree)]
    more = [parameters.normal_form(law) for _, law in false.laws]
    monomials = sorted({monomial for law in (*spanning, *more) for monomial in law.itermonoms()})
    rows = [[exact_number(law.get(monomial, 0)) for monomial in monomials] for law in (*spanning, *more)]
    return rank(rows) == rank(rows[: len(spanning)])


LawsOf = Callable[[MultilinearNetwork], Laws]


@dataclass(frozen=True)
class Split:
    """A law written as A(v_l) - B(v_k), l < k."""

    name: str
    first: Polynomial
    second: Polynomial
    layers: tuple[int, ...]


def split(laws: Laws) -> list[Split]:
    """Each law as the difference of a polynomial in one layer and one in a later layer; others are left out."""
    sizes = [len(layer) for layer in laws.parameters.layers]
    layer_of = [None, *(l for l, size in enumerate(sizes) for _ in range(size))]
    parts = []
    for name, law in laws.laws:
        ring = law.ring
        groups: dict[int, dict[tuple[int, ...], object]] = {}
        for monomial, coefficient in law.terms():
            layer = next(l for l, e in zip(layer_of, monomial, strict=True) if e and l is not None)
            groups.setdefault(layer, {})[monomial] = coefficient
        layers = tuple(sorted(groups))
        if len(layers) == 2 and not any(_mixed(monomial, layer_of) for monomial in law.itermonoms()):
            first, rest = (ring.from_dict(groups[layer]) for layer in layers)
            parts.append(Split(name, first, -rest, layers))
    return parts


def _mixed(monomial: Sequence[int], layer_of: Sequence[int | None]) -> bool:
    return len({l for l, e in zip(layer_of, monomial, strict=True) if e and l is not None}) > 1


def mutant_of_laws(name: str, laws_of: LawsOf, change: Callable[[list[Split]], list[Law]]) -> Mutant:
    """A mutant that claims other polynomials to be constant; meaningless where `change` returns none."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        true = laws_of(problem.layered)
        changed = change(split(true))
        return laws_prediction(replace(true, laws=tuple(changed)), digits) if changed else None

    return Mutant(name, predict)


def sums(parts: list[Split]) -> list[Law]:
    """A + B in place of A - B."""
    return [(f"sum for {part.name}", part.first + part.second) for part in parts]


def first_only(parts: list[Split]) -> list[Law]:
    """A alone."""
    return [(f"first part of {part.name}", part.first) for part in parts]


def second_doubled(parts: list[Split]) -> list[Law]:
    """A - 2 B."""
    return [(f"second part doubled in {part.name}", part.first - 2 * part.second) for part in parts]


def squared(parts: list[Split]) -> list[Law]:
    """A^2 - B^2."""
    return [(f"parts squared in {part.name}", part.first**2 - part.second**2) for part in parts]


def shifted(parts: list[Split]) -> list[Law]:
    """A of each law against B of the next one for the same two layers."""
    laws = []
    for layers in dict.fromkeys(part.layers for part in parts):
        group = [part for part in parts if part.layers == layers]
        if len(group) > 1:
            turned = (*group[1:], group[0])
            pairs = zip(group, turned, strict=True)
            laws += [(f"{part.name} against the next", part.first - other.second) for part, other in pairs]
    return laws
