"""What claims are made of: answers, hypotheses, mutants, instances, and what became of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum, StrEnum
from fractions import Fraction
from typing import Any, NoReturn

from litproof.claims.pictures import Depict, Picture
from litproof.exact_numbers import exact_numbers
from litproof.markup import Rows, listing, table
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction


class Answer(Enum):
    """Three-valued answer. It refuses to become a bool, so that *unknown* is never taken for yes or no."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("an Answer has three values: compare it with Answer.HOLDS, .VIOLATED or .UNKNOWN")

    @staticmethod
    def of(decided: bool) -> "Answer":
        """HOLDS or VIOLATED for a question that was decided."""
        return Answer.HOLDS if decided else Answer.VIOLATED


class Status(StrEnum):
    """Outcome of a claim, from best to worst (the worst instance decides)."""

    VERIFIED = "verified"
    INCONCLUSIVE = "inconclusive"
    HYPOTHESIS_VIOLATED = "hypothesis-violated"
    REFUTED = "refuted"
    ERROR = "error"

    @property
    def severity(self) -> int:
        """Position in the order above."""
        return list(Status).index(self)


@dataclass(frozen=True)
class Check:
    """A hypothesis looked at on one problem: the answer and one line saying what was seen."""

    answer: Answer
    detail: str = ""


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis of a claim; `check` looks at exact data only and runs no flow."""

    name: str
    check: Callable[[Problem], Check]


@dataclass(frozen=True)
class PartResult:
    """One part of a statement: a time, an order, an inequality.

    Attributes
    ----------
    label : which. answer : "holds", "violated" or "unknown". evidence : what that rests on.
    """

    label: str
    answer: str
    evidence: str
    digits: int
    detail: str = ""


@dataclass(frozen=True)
class Comparison:
    """How prediction and measurement compare.

    Attributes
    ----------
    answer : HOLDS when they satisfy the claim, VIOLATED when not, UNKNOWN when the measurement cannot decide.
    digits : significant digits of the largest entry that agree (at most those asked for); 0 when violated.
    evidence : what backs the answer when it holds.
    margin : when violated, size of the discrepancy over the tolerance (how clear the failure is).
    detail : one line for the person.
    parts : what became of each part of the statement, where it has several.
    void : where a statement says nothing here, "vacuous" or "inapplicable"; a false variant that does so is not counted
    unproved : where it holds by agreement alone, what stood in the way of a proof; "" leaves that to the measurement.
    """

    answer: Answer
    digits: int
    evidence: Evidence
    margin: float = 0.0
    detail: str = ""
    parts: tuple[PartResult, ...] = ()
    void: str = ""
    unproved: str = ""


Predict = Callable[[Problem, int], Prediction]
Measure = Callable[[Problem, int], Measurement]
Entries = Callable[[Problem], Sequence[str]]
Compare = Callable[[Prediction, Measurement, int], Comparison]
Prove = Callable[[Problem, Measurement, int], Measurement]
"""The measurement with proved bounds of what was measured, where they are found; unchanged otherwise."""
Values = Sequence[Any]
"""Exact numbers: fractions, integers, text, or exact numbers of other libraries (see `exact_numbers`)."""


def as_prediction(result: Prediction | Values, digits: int, method: str) -> Prediction:
    """A prediction from one, or from its bare values.

    Raises
    ------
    InputError : no list of numbers, or a value that is not exact, such as a Python float.

    Examples
    --------
    >>> from litproof.claims.types import as_prediction
    >>> as_prediction(["0.25", 3], 10, "by hand").value
    (Fraction(1, 4), Fraction(3, 1))
    """
    if not isinstance(result, Prediction):
        return Prediction(exact_numbers(result, f"{method}, predicted"), digits, method)
    if all(type(entry) is Fraction for entry in result.value):
        return result
    return replace(result, value=exact_numbers(result.value, f"{method}, predicted"))


@dataclass(frozen=True)
class Mutant:
    """A false variant of a claim.

    Attributes
    ----------
    name : what is wrong, e.g. "H_L of depth L + 1".
    predict : the false prediction (or its bare values), compared with the same measurement. None keeps the
        claim's own prediction.
    problem : maps a problem to one where a hypothesis is violated so that the conclusion fails (own flow, followed
        with at most judge.MUTANT_DIGITS digits). A mutant that has no meaning for a problem returns None from `predict`
        or `problem`.
    measure : replaces the claim's measurement for the changed problem (rarely needed).
    vacuous : for variants that speak about what was measured: whether, there, they say the same as the claim.
    """

    name: str
    predict: Callable[[Problem, int], "Prediction | Values | None"] | None = None
    problem: Callable[[Problem], Problem | None] | None = None
    measure: Measure | None = None
    vacuous: Callable[[Prediction, Prediction, Measurement], bool] | None = None


@dataclass(frozen=True)
class Instance:
    """One problem on which a claim is tried; `seed` is set when it was drawn at random."""

    label: str
    problem: Problem
    seed: int | None = None


@dataclass(frozen=True)
class Claim:
    """A statement that can be tried. See the module's words; build it with the decorator `claim`.

    Attributes
    ----------
    id : "family/name".
    title : one line.
    source : paper and place.
    statement : LaTeX text.
    hypotheses : all must hold before anything is run.
    predict, measure, compare : see the types above.
    mutants : false variants.
    instances : seed -> instances, the fixed ones first.
    prediction : what `predict` does, in words.
    automatic : whether the mutants were made by `generic_mutants` because the claim came without any. Nobody said
        that those are false, so one that is accepted is reported, and only a claim that rejects none is vacuous.
    derive : id of the derivation that proves it, or "".
    same : when two predictions are the same statement at the digits asked for (a mutant that coincides with the
        truth on a problem says nothing there and is not counted).
    module : name of the Python module that states it.
    expected : VERIFIED, or REFUTED for a variant that is known to be false: every instance has to refute it.
    place : file and line (from 1) where it is stated; ("", 0) where that is not known.
    marks : marks of a test framework that its function bore.
    prove : looks for proved bounds of the measurement, once prediction and measurement agree; None for no attempt.
    draw : how many problems are drawn for it besides its instances.
    entries : names of the predicted numbers for a problem, LaTeX without dollar signs; None for those of beta.
    depict : pictures of a run; None for loss and distance along the flow.
    """

    id: str
    title: str
    source: str
    statement: str
    hypotheses: tuple[Hypothesis, ...]
    predict: Predict
    measure: Measure
    compare: Compare
    mutants: tuple[Mutant, ...]
    instances: Callable[[int], tuple[Instance, ...]]
    same: Callable[[Prediction, Prediction, int], bool]
    prediction: str = ""
    derive: str = ""
    automatic: bool = False
    module: str = ""
    expected: Status = Status.VERIFIED
    place: tuple[str, int] = ("", 0)
    marks: tuple[Any, ...] = ()
    prove: Prove | None = None
    draw: int = 0
    entries: Entries | None = None
    depict: Depict | None = None


@dataclass(frozen=True)
class MutantResult:
    """What became of one mutant on one instance.

    `outcome` is "rejected", "accepted" (a defect), "vacuous" (coincides with the truth here), "inapplicable"
    or "error".
    """

    name: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True)
class Sides:
    """The two sides of a comparison as they are shown to a person.

    Attributes
    ----------
    predicted, measured : decimal strings, entry by entry with equal places, a few digits beyond those
        asked for; empty when the claim does not compare vectors of numbers.
    predictor, measurer : the methods, in words.
    names : what the entries are, LaTeX without dollar signs; empty where nobody said.
    followed : how far the flow was followed, e.g. "t = 186.2"; empty when no flow was run.
    """

    predicted: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    predictor: str = ""
    measurer: str = ""
    followed: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class InstanceResult:
    """Outcome of a claim on one instance.

    `sides` is set when prediction and flow were compared, `second_engine` where the flow was followed by mpmath too:
    what it said. `unproved` says, where two computations agree, what stood in the way of a proof. `reduction` names the
    exact step to a problem of the kind that theorems in Coq speak of, "" where the problem is of that kind itself.
    `pictures` are of this very run, where they were asked for. `traceback` is that of an exception in the claim's own
    functions, as text; `exception` is the exception itself, in the process where it was raised only.
    """

    claim: str
    label: str
    status: Status
    evidence: Evidence
    digits: int
    detail: str
    seconds: float
    mutants: tuple[MutantResult, ...] = ()
    seed: int | None = None
    sides: Sides | None = None
    second_engine: str = ""
    reduction: str = ""
    pictures: tuple[Picture, ...] = ()
    traceback: str = ""
    parts: tuple[PartResult, ...] = ()
    unproved: str = ""
    exception: BaseException | None = field(default=None, repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Without the exception: it may not survive on its way to another process."""
        values = [getattr(self, entry.name) for entry in fields(self)[:-1]]
        return (InstanceResult, tuple(values))


@dataclass(frozen=True)
class Verdict:
    """Outcome of a claim over its instances; the weakest decides status, evidence and digits.

    Where the claim is expected to be refuted, the instance furthest from that decides.
    """

    claim: str
    status: Status
    evidence: Evidence
    digits: int
    instances: tuple[InstanceResult, ...]
    tried: int
    rejected: int
    seconds: float
    details: Mapping[str, str] = field(default_factory=dict)
    expected: Status = Status.VERIFIED

    @property
    def as_expected(self) -> bool:
        """Whether the claim came out as its author expects."""
        return self.status is self.expected

    @property
    def outcome(self) -> str:
        """The status, with what was expected where that is not `verified`."""
        if self.expected is Status.VERIFIED:
            return str(self.status)
        return f"{self.status}, {'as' if self.as_expected else f'not {self.expected} as'} expected"

    def _rows(self) -> Rows:
        settled = self.status is Status.VERIFIED
        return (
            ("claim", self.claim),
            ("status", self.outcome),
            ("reason", self.details.get("reason")),
            ("evidence", self.evidence if settled else None),
            ("not proved", self.details.get("unproved")),
            ("digits", self.digits if settled else None),
            ("instances", tuple(f"{result.label}: {result.status}" for result in self.instances)),
            ("mutants rejected", f"{self.rejected} of {self.tried}"),
        )

    def __str__(self) -> str:
        return listing(self._rows())

    def _repr_html_(self) -> str:
        return table(self._rows())
