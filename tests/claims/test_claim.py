from fractions import Fraction

import pytest

from litproof.claims.claim import REGISTRY, claim
from litproof.claims.measurement import measure_limit
from litproof.claims.types import Answer, Instance, Status
from litproof.errors import InputError
from litproof.results import Prediction


@pytest.mark.parametrize("answer", list(Answer))
def test_an_answer_never_becomes_a_bool(answer):
    with pytest.raises(TypeError, match="three values"):
        bool(answer)


def test_a_decision_becomes_an_answer():
    assert Answer.of(True) is Answer.HOLDS
    assert Answer.of(False) is Answer.VIOLATED


def test_severity_orders_from_verified_to_error():
    assert [status.severity for status in Status] == [0, 1, 2, 3, 4]
    assert max(Status, key=lambda s: s.severity) is Status.ERROR


def test_the_decorator_registers_with_defaults(small):
    @claim(id="test/defaults", title="t", statement="s", instances=[small])
    def made(problem, digits):
        """Three numbers."""
        return [Fraction(1, 3), 2, 0]

    assert REGISTRY["test/defaults"] is made
    assert made.measure is measure_limit
    assert made.prediction == "Three numbers."
    prediction = made.predict(small, 12)
    assert isinstance(prediction, Prediction)
    assert prediction.value == (Fraction(1, 3), 2, 0) and prediction.digits == 12
    assert made.instances(7) == (Instance("small", small),)


def test_instances_from_a_function_of_the_seed(small):
    def drawn(seed):
        yield Instance(f"seed {seed}", small, seed)

    @claim(id="test/drawn", title="t", statement="s", instances=drawn)
    def made(problem, digits):
        return []

    assert [i.label for i in made.instances(3)] == ["seed 3"]


@pytest.mark.parametrize("id", ["noslash", " test/blank", "test/blank "])
def test_an_id_needs_a_family(id):
    with pytest.raises(InputError, match="family/name"):
        claim(id=id, title="t", statement="s")


def test_an_id_is_taken_once(small):
    claim(id="test/once", title="first", statement="s", instances=[small])(lambda problem, digits: [])
    with pytest.raises(InputError, match="taken: first"):
        claim(id="test/once", title="second", statement="s")(lambda problem, digits: [])
