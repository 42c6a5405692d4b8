"""Statements of claims (LaTeX between dollar signs, names between backquotes) as HTML with MathML."""

import re
from functools import cache
from xml.etree import ElementTree

from markupsafe import Markup, escape

from litproof.report.html.ascii_math import with_formulas

# fmt: off
_ELEMENTS = frozenset({
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle",
    "merror", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover",
    "munderover", "mmultiscripts", "mtable", "mtr", "mtd", "semantics",
})
# fmt: on
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_TIGHT = ("|", "\u2016", "\u2225", "/", "\u221e")
"""Bars, strokes and infinity, which the converter leaves with the spacing of relations."""

_BRACKETS = dict.fromkeys("([{", "prefix") | dict.fromkeys(")]}", "postfix")
_SIGNS = ("+", "-", "\u2212", "\u00b1")
_OPENING = frozenset("([{=<>,;|\u2264\u2265\u2260\u2192\u2208\u2225&") | {"\u2061"}
"""What a sign may follow."""

_MARKERS = re.compile(r"[\\{}]")


def typeset_name(text: str) -> Markup:
    """HTML of a name or remark written for a terminal, with what is surely a formula in it set as one."""
    return typeset(with_formulas(text))


def typeset(text: str) -> Markup:
    """HTML of a text with formulas between dollar signs; a formula that cannot be set is shown as its source."""
    parts = " ".join(text.split()).split("$")
    if len(parts) % 2 == 0:  # an unpaired dollar sign
        return escape("$".join(parts))
    pieces = [formula(part) if number % 2 else _prose(part) for number, part in enumerate(parts)]
    return Markup("").join(pieces)


def _prose(text: str) -> Markup:
    parts = text.split("`")
    if len(parts) % 2 == 0:  # an unpaired mark
        return escape(text)
    pieces = [_source(part) if number % 2 else escape(part) for number, part in enumerate(parts)]
    return Markup("").join(pieces)


@cache
def formula(latex: str, *, block: bool = False) -> Markup:
    """One formula as MathML, or its source when the converter fails or returns anything but plain MathML."""
    from latex2mathml.converter import convert

    try:
        root = ElementTree.fromstring(convert(latex, display="block" if block else "inline"))
    except Exception:  # the converter raises what its parser happens to raise
        return _source(latex)
    for element in root.iter():
        known = element.tag.removeprefix(_NAMESPACE) in _ELEMENTS
        if not known or (element.tag.endswith("}mi") and _MARKERS.search(element.text or "")):
            return _source(latex)
        if any(name.startswith("on") or name in ("href", "style") for name in element.attrib):
            return _source(latex)
        if element.tag.endswith("}mo") and element.text in _TIGHT:
            element.set("lspace", "0")
            element.set("rspace", "0")
        _mark_signs(element)
    ElementTree.register_namespace("", _NAMESPACE[1:-1])
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _mark_signs(parent: ElementTree.Element) -> None:
    """Tell signs from operations, and brackets from relations, so that no space is put around them.

    A plus or minus after an opening bracket, a relation, a comma or nothing is a sign.
    """
    before: str | None = None
    for element in parent:
        if element.tag.endswith("}mo"):
            text = (element.text or "").strip()
            if text in _BRACKETS:
                element.set("form", _BRACKETS[text])
                element.set("lspace", "0")
                element.set("rspace", "0")
            if text in _SIGNS and (before is None or before in _OPENING):
                element.set("form", "prefix")
                element.set("lspace", "0")
                element.set("rspace", "0")
            before = text
        else:
            before = "" if element.tag.removeprefix(_NAMESPACE) != "mspace" else before


def _source(latex: str) -> Markup:
    return Markup("<code>{}</code>").format(latex)
