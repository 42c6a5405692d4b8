"""What a claim is: plain data and small functions, registered by the decorator `claim`.

A claim says, for every problem that meets its hypotheses, that a *prediction* (computed from theory, never by
integrating) and a *measurement* (the flow itself) satisfy a *comparison*. Its *mutants* are false variants that the
same comparison must reject.
"""

from collections.abc import Callable, Iterable, Sequence

from litproof.claims.pictures import Depict
from litproof.claims.types import (
    Claim,
    Compare,
    Entries,
    Hypothesis,
    Instance,
    Measure,
    Mutant,
    Status,
    Values,
    as_prediction,
)
from litproof.errors import InputError
from litproof.problem import Problem
from litproof.results import Prediction

MOST_DRAWN = 1000
"""Problems that a claim may have drawn whenever it is verified; `falsify` draws more."""

REGISTRY: dict[str, Claim] = {}
"""All claims imported so far, by id, in the order of registration."""


def claim(
    *,
    id: str,
    title: str,
    statement: str,
    instances: Callable[[int], Iterable[Instance]] | Sequence[Instance | Problem] = (),
    source: str = "",
    hypotheses: Sequence[Hypothesis] = (),
    mutants: Sequence[Mutant] = (),
    measure: Measure | None = None,
    compare: Compare | None = None,
    same: Callable[[Prediction, Prediction, int], bool] | None = None,
    derive: str = "",
    expected: str = "verified",
    draw: int = 0,
    entries: Entries | None = None,
    depict: Depict | None = None,
) -> Callable[[Callable[[Problem, int], Prediction | Values]], Claim]:
    """Decorate a prediction `(problem, digits) -> Prediction` (or its bare values) and register the claim.

    Without `measure` the flow is followed to its limit in its original parameters, without `compare` the linear
    coefficients are compared entry by entry to the digits asked for. Without `mutants` generic ones are made
    (see `generic_mutants`). With `expected="refuted"` the claim is a variant known to be false, kept as a regression
    test: it comes out as expected when every instance refutes it, and fails as soon as it turns true. `entries` names
    the predicted numbers in reports, and `depict` says what these show of a run.

    With `draw` the claim is tried on so many problems besides its instances, drawn at random to meet its hypotheses
    (`drawing`).

    Raises
    ------
    InputError : an id without a family, or one that is taken; an outcome other than verified or refuted expected; a
        `draw` that is no number of problems.

    Examples
    --------
    >>> from litproof import claim
    >>> @claim(id="doc/zero", title="the limit is zero", statement="no statement")
    ... def zero(problem, digits):
    ...     return [0] * problem.network.input_dim
    >>> zero.id
    'doc/zero'
    """
    if "/" not in id or id != id.strip():
        raise InputError(f"claim id {id!r} must read 'family/name'")
    outcome = expected_outcome(expected, id)

    if type(draw) is not int or not 0 <= draw <= MOST_DRAWN:
        raise InputError(f"expected a whole number from 0 to {MOST_DRAWN}, got {draw!r:.40}", key="draw")

    def register(function: Callable[[Problem, int], Prediction | Values]) -> Claim:
        from litproof.claims.comparison import coincide, compare_coefficients
        from litproof.claims.measurement import measure_limit, prove_limit

        if id in REGISTRY:
            raise InputError(f"claim id {id!r} is taken: {REGISTRY[id].title}")

        def predict(problem: Problem, digits: int) -> Prediction:
            return as_prediction(function(problem, digits), digits, id)

        from litproof.claims.generic_mutants import generic_mutants

        made = Claim(
            id=id,
            title=title,
            source=source,
            statement=statement,
            hypotheses=tuple(hypotheses),
            predict=predict,
            measure=measure or measure_limit,
            compare=compare or compare_coefficients,
            mutants=tuple(mutants) or generic_mutants(predict, plain=compare is None),
            automatic=not mutants,
            instances=_instances(instances),
            same=same or coincide,
            prediction=function.__doc__ or "",
            derive=derive,
            module=getattr(function, "__module__", "") or "",
            expected=outcome,
            entries=entries,
            depict=depict,
            place=_place(function),
            marks=tuple(getattr(function, "pytestmark", ())),
            prove=prove_limit if measure is None else None,
            draw=draw,
        )
        REGISTRY[id] = made
        return made

    return register


def expected_outcome(word: object, key: str) -> Status:
    """The status that a claim is expected to have; InputError for anything but "verified" and "refuted"."""
    if word not in EXPECTED:
        raise InputError(f"expected 'verified' or 'refuted' as the expected outcome, got {word!r}", key=key)
    return Status(str(word))


EXPECTED = (Status.VERIFIED, Status.REFUTED)
"""What a claim may be expected to come to."""


def _place(function: Callable[..., object]) -> tuple[str, int]:
    code = getattr(function, "__code__", None)
    return ("", 0) if code is None else (str(code.co_filename), int(code.co_firstlineno))


def _instances(
    source: Callable[[int], Iterable[Instance]] | Sequence[Instance | Problem],
) -> Callable[[int], tuple[Instance, ...]]:
    if callable(source):
        return lambda seed: tuple(source(seed))
    fixed = tuple(
        entry if isinstance(entry, Instance) else Instance(entry.name or f"problem {number}", entry)
        for number, entry in enumerate(source, start=1)
    )
    return lambda seed: fixed
