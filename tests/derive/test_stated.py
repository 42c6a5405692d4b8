"""Stated steps say what they are, and cannot be smuggled in."""

import pytest
import sympy as sp

from litproof.derive.derivation import Argument, Derivation, Picture
from litproof.derive.latex.document import to_latex
from litproof.derive.stated import STATED, FalseStep, ansatz, argue, cite, define, recall

x, y, z = sp.symbols("x y z", real=True)


def derivation(**changes):
    parts = {
        "claim": "test/one",
        "title": "One",
        "sources": ("dlmf",),
        "symbols": {"x": x},
        "statement": ("Of {x}.",),
        "hypotheses": (define("square", y, x**2, "Put"),),
        "body": (
            Argument("Because of {x}.", "first"),
            cite("cited", z, x, "By the book,", source="dlmf", where="equation 5.5.1"),
            argue("argued", y, sp.S.Zero, "By {step:first}, see {see:test/two},", how="words", operator=">="),
            ansatz("tried", sp.Symbol("w"), x, "Try"),
            Picture("\\draw (0,0) -- (1,1);", "A line through {x}."),
        ),
    }
    return Derivation(**{**parts, **changes})


def test_stated_kinds_are_stated_and_printed():
    derived = derivation()
    assert {step.kind for step in derived.steps} == {"definition", "cited", "argued", "ansatz"} <= STATED
    text = to_latex(derived)
    for message in (
        r"cited: \cite{dlmf}, equation 5.5.1",
        "argued: words",
        "ansatz",
        r"\litstep{1}\litwords Because",
    ):
        assert message in text
    assert r"\litsection{test:two}{test/two}" in text
    assert "step~1" in text
    assert r"\litpicture{\begin{tikzpicture}" in text


def test_a_recalled_step_points_to_where_it_was_shown():
    step = recall("again", derivation(), "square", "There", renamed={x: z})
    assert step.relation.rhs == z**2
    assert step.origin == ("test/one", "square")
    assert step.kind == "recalled"
    with pytest.raises(KeyError):
        recall("again", derivation(), "cube", "There")
    other = Derivation("test/two", "Two", (), {}, ("Statement.",), (step,), ())
    assert r"recalled: \litequation{test:one:square}{test/one}" in to_latex(other)


def test_dead_references_are_refused():
    with pytest.raises(FalseStep, match="not among the sources"):
        derivation(sources=())
    with pytest.raises(FalseStep, match="stands for nothing"):
        derivation(conclusion=("See {step:second}.",))
    with pytest.raises(FalseStep, match="typed into the prose"):
        derivation(body=(Picture("", "the line y = x"),))
