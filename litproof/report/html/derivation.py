"""A derivation as HTML: the same objects that its LaTeX is printed from, set as MathML."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from markupsafe import Markup, escape

from litproof.derive.derivation import Argument, Derivation, Part, Picture, Shown
from litproof.derive.latex.layout import display_body
from litproof.derive.latex.printer import latex
from litproof.derive.stated import STATED, Step
from litproof.report.html.mathml import formula

_NOTHING = Markup()


@dataclass(frozen=True)
class Block:
    """A paragraph, or a displayed relation with its number and what was checked of it.

    `stated` marks what is assumed or defined, `prose` what is argued in words.
    """

    text: Markup = _NOTHING
    formula: Markup = _NOTHING
    number: int = 0
    check: Markup = _NOTHING
    stated: bool = False
    prose: bool = False


@dataclass(frozen=True)
class DerivationView:
    """The parts in reading order, with their headings."""

    title: str
    parts: tuple[tuple[str, tuple[Block, ...]], ...]
    checked: int
    stated: int


def view(derivation: Derivation) -> DerivationView:
    """What a page shows of a derivation."""
    shown = _Numbered(derivation)
    stated = sum(step.kind in STATED for step in derivation.steps)
    return DerivationView(
        derivation.title,
        tuple((heading, tuple(shown.blocks(part))) for heading, part in derivation.headed_parts),
        len(derivation.steps) - stated,
        stated,
    )


class _Numbered:
    """A derivation whose steps are numbered as they are shown."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.numbers, self.arguments = derivation.step_numbers, derivation.argument_numbers

    def blocks(self, parts: Iterable[Part]) -> Iterator[Block]:
        for part in parts:
            if isinstance(part, Step):
                yield self.step(part)
            elif isinstance(part, Shown):
                step = self.derivation.step(part.name)
                yield Block(formula=_display(step), number=self.numbers[step.name])
            elif isinstance(part, Argument):
                number = f"Step {self.arguments[part.name]}. " if part.name in self.arguments else ""
                yield Block(escape(number) + self.prose(part.text), prose=True)
            elif isinstance(part, Picture):  # drawn by TeX, in the document
                yield Block(self.prose(part.caption) + escape(" (drawn in the PDF)"))
            else:
                yield Block(self.prose(part))

    def step(self, step: Step) -> Block:
        check = escape(step.kind if not step.check else f"{step.kind}: {step.check}")
        if step.defines is not None:
            check += Markup(" of ") + formula(latex(step.defines))
        if step.source:
            check = escape(f"{step.kind}: [{step.source}], {step.check}")
        if step.origin[0]:
            check = escape(f"{step.kind}: from {step.origin[0]}")
        if step.uses:
            check += Markup("; uses ") + Markup(", ").join(map(self.reference, step.uses))
        return Block(
            self.prose(step.reason),
            _display(step),
            self.numbers[step.name],
            check,
            stated=step.kind in STATED,
        )

    def reference(self, name: str) -> Markup:
        return Markup('<a href="#step-{0}">({0})</a>').format(self.numbers[name])

    def prose(self, template: str) -> Markup:
        pieces: list[Markup] = []
        for text, name, reference, _ in Formatter().parse(template):
            pieces.append(escape(text))
            if name == "eq" and reference:
                pieces.append(self.reference(reference))
            elif name == "step" and reference:
                pieces.append(escape(f"step {self.arguments[reference]}"))
            elif name == "see" and reference:
                pieces.append(Markup("<code>{}</code>").format(reference))
            elif name == "cite" and reference:
                pieces.append(Markup("[{}]").format(reference))
            elif name is not None:
                pieces.append(formula(latex(self.derivation.formula(name))))
        return Markup("").join(pieces)


def _display(step: Step) -> Markup:
    return formula(display_body(step.relation), block=True)
