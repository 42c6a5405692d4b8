"""Derivations: steps and prose arranged as statement, hypotheses, derivation and conclusion.

The prose names objects by placeholders, so that every formula a reader sees is printed from a checked object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Concatenate, ParamSpec, TypeAlias

from litproof.derive import stated, steps
from litproof.derive.definitions import check_definition, quantities
from litproof.derive.stated import FalseStep, Step

FORMULA = re.compile(r"[$\\^_=<>~|]|\d\s*[+*/-]|[+*/-]\s*\d")
"""What prose must not contain: a formula typed by hand."""


@dataclass(frozen=True)
class Shown:
    """A step's relation displayed ahead of its place, in the statement."""

    name: str


@dataclass(frozen=True)
class Argument:
    """Reasoning in words that no machine checked; marked as such when printed.

    One with a name is numbered within its derivation, and {step:name} refers to it.
    """

    text: str
    name: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing, as commands of TikZ, with a caption in prose."""

    drawing: str
    caption: str


Part: TypeAlias = str | Step | Shown | Argument | Picture
P = ParamSpec("P")


def _appended(make: Callable[P, Step]) -> Callable[Concatenate[Body, P], Step]:
    def method(self: Body, /, *arguments: P.args, **options: P.kwargs) -> Step:
        step = make(*arguments, **options)
        self.append(step)
        return step

    return method


class Body(list[Part]):
    """The parts of a derivation in the order in which they are written: a step is shown where it is made."""

    define = _appended(stated.define)
    restate = _appended(stated.restate)
    assume = _appended(stated.assume)
    ansatz = _appended(stated.ansatz)
    argue = _appended(stated.argue)
    cite = _appended(stated.cite)
    recall = _appended(stated.recall)
    read_entry = _appended(steps.read_entry)
    integrate = _appended(steps.integrate)
    write_out = _appended(steps.write_out)
    chain = _appended(steps.chain)
    change_clock = _appended(steps.change_clock)
    prove = _appended(steps.prove)
    prove_matrix = _appended(steps.prove_matrix)
    expand = _appended(steps.expand)
    bound = _appended(steps.bound)
    prove_law = _appended(steps.prove_law)
    prove_bracket = _appended(steps.prove_bracket)
    prove_instances = _appended(steps.prove_instances)


@dataclass(frozen=True)
class Derivation:
    """Statement, hypotheses, steps with reasons, conclusion.

    Attributes
    ----------
    claim : claim id, e.g. "ykm/conserved-odeco".
    title : a few words.
    sources : bibliography keys.
    symbols : notation, {placeholder: object}; objects only, no relations.
    statement, hypotheses, body, conclusion : prose, displays and steps in reading order.
    code : of the theorem in `litproof guide theory`, "" where it has none.
    kernel : theorems in Coq for what no claim of the catalogue states.

    Raises FalseStep for a placeholder without an object, a formula typed into prose, a name used twice, a step that
    relies on one that has not been shown before it, or a definition of something that has occurred before.
    """

    claim: str
    title: str
    sources: tuple[str, ...]
    symbols: Mapping[str, Any]
    statement: tuple[Part, ...]
    hypotheses: tuple[Part, ...]
    body: tuple[Part, ...]
    conclusion: tuple[Part, ...] = field(default=())
    code: str = ""
    kernel: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        labels: set[str] = set()
        known: set[Any] = set()
        for step in self.steps:
            if step.name in labels or step.name in self.symbols:
                raise FalseStep(f"{self.claim}: the name {step.name!r} is used twice")
            missing = [name for name in step.uses if name not in labels]
            if missing:
                raise FalseStep(f"{self.claim}: step {step.name!r} relies on {missing}, not shown before it")
            if step.kind == "definition":
                check_definition(step, known)
            if step.source and step.source not in self.sources:
                raise FalseStep(
                    f"{self.claim}: step {step.name!r} cites {step.source!r}, not among the sources"
                )
            known |= quantities(step)
            labels.add(step.name)
        for text in self._prose():
            self._check_prose(text, labels)
        for part in (*self.statement, *self.hypotheses, *self.body, *self.conclusion):
            if isinstance(part, Shown) and part.name not in labels:
                raise FalseStep(f"{self.claim}: no step {part.name!r} to show")

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in reading order."""
        parts = (*self.hypotheses, *self.body, *self.conclusion)
        return tuple(part for part in parts if isinstance(part, Step))

    def _repr_markdown_(self) -> str:
        from litproof.derive.latex.markdown import to_markdown

        return to_markdown(self)

    def step(self, name: str) -> Step:
        """The step of that name; KeyError when there is none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    @property
    def headed_parts(self) -> tuple[tuple[str, tuple[Part, ...]], ...]:
        """The parts in reading order with their headings, without the empty ones."""
        parts = {
            "Statement": self.statement,
            "Hypotheses and notation": self.hypotheses,
            "Derivation": self.body,
            "Conclusion": self.conclusion,
        }
        return tuple((heading, part) for heading, part in parts.items() if part)

    @property
    def step_numbers(self) -> dict[str, int]:
        """The numbers of the steps, in reading order."""
        return {step.name: number for number, step in enumerate(self.steps, start=1)}

    @property
    def argument_numbers(self) -> dict[str, int]:
        """The numbers of the named arguments, in reading order."""
        parts = (*self.hypotheses, *self.body, *self.conclusion)
        names = [part.name for part in parts if isinstance(part, Argument) and part.name]
        return {name: number for number, name in enumerate(names, start=1)}

    def formula(self, name: str) -> Any:
        """What a placeholder of the prose stands for: a symbol or the relation of a step."""
        return self.symbols[name] if name in self.symbols else self.step(name).relation

    def plain(self, prose: str) -> str:
        """Prose with its formulas between dollar signs and its references by name."""
        from litproof.derive.latex.printer import latex

        pieces = []
        for text, name, reference, _ in Formatter().parse(prose):
            pieces.append(text)
            if name and reference:
                pieces.append(f"step {self.argument_numbers[reference]}" if name == "step" else reference)
            elif name:
                pieces.append(f"${latex(self.formula(name))}$")
        return "".join(pieces)

    def _prose(self) -> Iterator[str]:
        for part in (*self.statement, *self.hypotheses, *self.body, *self.conclusion):
            if isinstance(part, str):
                yield part
            elif isinstance(part, Argument):
                yield part.text
            elif isinstance(part, Step):
                yield part.reason
            elif isinstance(part, Picture):
                yield part.caption

    def _check_prose(self, text: str, steps: set[str]) -> None:
        for prose, name, reference, _ in Formatter().parse(text):
            if FORMULA.search(prose):
                raise FalseStep(
                    f"{self.claim}: a formula is typed into the prose {prose!r}; use a placeholder"
                )
            if name is None:
                continue
            if reference and name not in ("eq", "cite", "step", "see"):
                raise FalseStep(f"{self.claim}: unknown reference {{{name}:{reference}}}")
            if name == "see" and reference:
                continue
            names: Container[str] = {*steps, *self.symbols}
            if reference:
                names = {"eq": steps, "cite": self.sources, "step": self.argument_numbers}[name]
            if (reference or name) not in names:
                raise FalseStep(f"{self.claim}: the placeholder {{{reference or name}}} stands for nothing")
