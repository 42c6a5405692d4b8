"""A derivation as Markdown with formulas, for notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import TYPE_CHECKING

from litproof.derive.latex.layout import display_body
from litproof.derive.latex.printer import latex

if TYPE_CHECKING:
    from litproof.derive.derivation import Derivation, Part


def to_markdown(derivation: Derivation) -> str:
    """Title, statement, hypotheses, steps and conclusion; each displayed relation with what was checked of it.

    Examples
    --------
    >>> from litproof.theorems.derivations import derivation
    >>> print(to_markdown(derivation("ykm/linear-model")).splitlines()[0])
    ### The plain linear model
    """
    numbers = derivation.step_numbers
    blocks = [f"### {derivation.title}"]
    for heading, parts in derivation.headed_parts:
        blocks.append(f"**{heading}**")
        for part in parts:
            blocks += _blocks(derivation, part, numbers)
    return "\n\n".join(filter(None, blocks)) + "\n"


def _blocks(derivation: Derivation, part: Part, numbers: dict[str, int]) -> Iterator[str]:
    from litproof.derive.derivation import Argument, Picture, Shown
    from litproof.derive.stated import Step

    if isinstance(part, Shown):
        step = derivation.step(part.name)
        yield f"$$\n{display_body(step.relation)} \\tag{{{numbers[step.name]}}}\n$$"
    elif isinstance(part, Step):
        yield _prose(derivation, part.reason, numbers)
        yield f"$$\n{display_body(part.relation)} \\tag{{{numbers[part.name]}}}\n$$"
        uses = ", ".join(f"({numbers[name]})" for name in part.uses)
        check = f"{part.kind}: {part.check}" if part.check else part.kind
        yield f"*{check}{'; uses ' + uses if uses else ''}*"
    elif isinstance(part, Argument):
        yield f"*argued in words:* {_prose(derivation, part.text, numbers)}"
    elif isinstance(part, Picture):
        yield _prose(derivation, part.caption, numbers)
    else:
        yield _prose(derivation, part, numbers)


def _prose(derivation: Derivation, template: str, numbers: dict[str, int]) -> str:
    pieces = []
    for text, name, reference, _ in Formatter().parse(template):
        pieces.append(text)
        if name == "eq" and reference:
            pieces.append(f"({numbers[reference]})")
        elif name in ("cite", "see", "step") and reference:
            pieces.append(f"[{reference}]")
        elif name is not None:
            pieces.append(f"${latex(derivation.formula(name))}$")
    return "".join(pieces)
