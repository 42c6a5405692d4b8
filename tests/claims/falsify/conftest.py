"""Claims with a planted fault, cheap to judge: nothing is integrated."""

import pytest

from litproof.claims.catalogue import load_file
from litproof.claims.claim import REGISTRY

HEAD = """
from fractions import Fraction

from litproof import Measurement, claim
from litproof.claims.hypotheses import ONE_LAYER, REGRESSION
from litproof.claims.types import Answer, Check, Hypothesis

NEVER = Hypothesis("never", lambda problem: Check(Answer.VIOLATED))


def measure(problem, digits):
    total = sum(problem.v0[0], Fraction(0))
    # not the prediction number for number, which would test nothing
    nothing = Fraction(0)
    return Measurement((total, 1 + Fraction(1, 10**30)), (), nothing, nothing, {}, digits, "sum of the start")

"""

CLAIMS = {
    # true but for zero entries of the start
    "refuted": "return [sum(problem.v0[0], Fraction(0)) + 0 ** len([x for x in problem.v0[0] if x == 0]) - 1, 1]",
    # the reciprocal of an entry that may be zero
    "error": "return [sum((1 / (1 / x) for x in problem.v0[0]), Fraction(0)), 1]",
    "true": "return [sum(problem.v0[0], Fraction(0)), 1]",
}


@pytest.fixture(autouse=True)
def own_registry():
    """Claim files that a test loads are forgotten after it."""
    before = set(REGISTRY)
    yield
    for id in set(REGISTRY) - before:
        if id.startswith("planted/"):
            del REGISTRY[id]


@pytest.fixture
def planted(tmp_path):
    """(kind, hypotheses) -> path of a claim file and the claim's id."""

    def make(kind: str, hypotheses: str = "ONE_LAYER, REGRESSION"):
        body = CLAIMS[kind]
        id = f"planted/{tmp_path.name}-{kind}"
        path = tmp_path / f"{kind}.py"
        path.write_text(
            f"{HEAD}\n@claim(id={id!r}, title='t', statement='s', hypotheses=[{hypotheses}], measure=measure)\n"
            f"def fault(problem, digits):\n    {body}\n"
        )
        load_file(str(path))
        return str(path), id

    return make
