"""Displays: one relation to a display, broken at its sign and between terms when it is long."""

import re
from typing import Any

import sympy as sp

from litproof.derive.latex.printer import OPERATORS, add_terms, is_negative, latex, matrix_terms
from litproof.derive.notation import Relation

RELATION_WIDTH = 60
"""Printed characters that fit beside each other in a display."""


def display(relation: Relation, label: str = "") -> str:
    """A display of the relation, with a number when it has a label."""
    body = display_body(relation)
    if label:
        return f"\\begin{{equation}}\\label{{{label}}}\n{body}\n\\end{{equation}}"
    return f"\\[\n{body}\n\\]"


def display_body(relation: Relation) -> str:
    """The relation, broken at its sign and between terms when it is long."""
    body = latex(relation)
    if printed_width(body) > RELATION_WIDTH:
        left = latex(relation.lhs)
        sides = [("=", relation.middle)] if relation.middle is not None else []
        sides.append((OPERATORS[relation.operator], relation.rhs))
        wide = printed_width(left) > RELATION_WIDTH // 2
        room = RELATION_WIDTH if wide else RELATION_WIDTH - printed_width(left)
        rows = [f"&{sign} " + " \\\\\n&\\quad ".join(_lines(side, room)) for sign, side in sides]
        start = " \\\\\n&\\quad ".join(_lines(relation.lhs, RELATION_WIDTH)) if wide else left
        body = (f"&{start} \\\\\n" if wide else f"{start} ") + " \\\\\n".join(rows)
        body = f"\\begin{{split}}\n{body}\n\\end{{split}}"
    return body


def printed_width(text: str) -> float:
    """Rough width in characters: commands count one, fractions their wider half, scripts two thirds."""
    text = re.sub(r"\\(left|right|quad|displaystyle|,|;|!)", "", text)
    text = re.sub(r"\\(sinh|cosh|tanh|log|arctan|sin|cos|tan)", "abcd", text)
    text = re.sub(r"\\(sum|prod)_", r"\\sum", text)
    previous = ""
    while previous != text:
        previous = text
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", _wider_half, text)
        text = re.sub(
            r"\\(?:text|operatorname|mathcal|mathbb|overline|bar|dot|hat|sqrt)\{([^{}]*)\}", r"x\1", text
        )
        text = re.sub(r"[_^]\{([^{}]*)\}", _script, text)
    text = re.sub(r"\\[A-Za-z]+", "x", text)
    spaced = len(re.findall(r" [-+=<>x] ", text))
    return len(re.sub(r"[ {}^_]", "", text)) + 1.5 * spaced


def _wider_half(match: re.Match[str]) -> str:
    halves = [re.sub(r"\\[A-Za-z]+", "x", half).replace(" ", "") for half in match.groups()]
    return max(halves, key=len)


def _script(match: re.Match[str]) -> str:
    inner = re.sub(r"\\[A-Za-z]+", "x", match.group(1)).replace(" ", "")
    return inner[: (2 * len(inner) + 2) // 3]


def _lines(expression: Any, width: float) -> list[str]:
    """Terms of a sum filled into lines of at most `width` printed characters."""
    if isinstance(expression, sp.MatAdd):
        terms = matrix_terms(expression)
    elif getattr(expression, "is_Add", False):
        terms = add_terms(expression)
    else:
        return [latex(expression)]
    lines: list[str] = []
    for term in terms:
        negative = is_negative(term)
        text = latex(-term if negative and lines else term)
        signed = (("- " if negative else "+ ") + text) if lines else text
        if lines and printed_width(lines[-1]) + printed_width(signed) <= width:
            lines[-1] += " " + signed
        else:
            lines.append(signed)
    return lines
