"""Statements of claims (LaTeX between dollar signs, names between backquotes) as HTML with MathML."""

import re
import unicodedata
from contextlib import suppress
from functools import cache
from itertools import pairwise
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

_VARIANTS = {
    "script": ("MATHEMATICAL SCRIPT", "SCRIPT"),
    "double-struck": ("MATHEMATICAL DOUBLE-STRUCK", "DOUBLE-STRUCK"),
}
_BRACKETS = dict.fromkeys("([{", "prefix") | dict.fromkeys(")]}", "postfix")
_SIGNS = ("+", "-", "\u2212", "\u00b1")
_OPENING = frozenset("([{=<>,;|\u2264\u2265\u2260\u2192\u2208\u2225&") | {"\u2061"}
"""What a sign may follow."""

_MARKERS = re.compile(r"[\\{}]")


@cache
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
        _styled(element)
        _spaced(element)
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


def _styled(element: ElementTree.Element) -> None:
    """Script and double-struck letters as characters of their own: browsers ignore `mathvariant`."""
    names = _VARIANTS.get(element.get("mathvariant", ""), ())
    text = (element.text or "").strip()
    if not names or len(text) != 1 or not text.isalpha() or not text.isascii():
        return
    case = "CAPITAL" if text.isupper() else "SMALL"
    for name in names:
        with suppress(KeyError):
            element.text = unicodedata.lookup(f"{name} {case} {text.upper()}")
            del element.attrib["mathvariant"]
            return


def _spaced(parent: ElementTree.Element) -> None:
    """A thin space between a function such as log and what stands beside it without a bracket or a sign."""
    children = list(parent)
    if parent.tag.removeprefix(_NAMESPACE) not in ("mrow", "math", "mtd", "mstyle"):
        return
    for position, (left, right) in reversed(list(enumerate(pairwise(children), start=1))):
        if _closes(left) and _opens(right) and (_is_function(left) or _is_function(right)):
            parent.insert(position, ElementTree.Element(f"{_NAMESPACE}mspace", {"width": "0.17em"}))


def _is_function(element: ElementTree.Element) -> bool:
    text = element.text or ""
    return element.tag.endswith("}mi") and len(text) > 1 and text.isascii() and text.isalpha()


def _closes(element: ElementTree.Element) -> bool:
    return not element.tag.endswith("}mo") or _BRACKETS.get(element.text or "") == "postfix"


def _opens(element: ElementTree.Element) -> bool:
    return not element.tag.endswith(("}mo", "}mspace"))


def _source(latex: str) -> Markup:
    return Markup("<code>{}</code>").format(latex)
