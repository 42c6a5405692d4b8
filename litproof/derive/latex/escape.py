r"""Plain text as LaTeX: the one door for words, names and titles.

The eleven characters that TeX reads as commands are escaped; letters with accents become accent commands on plain
letters; everything else beyond ASCII is named by its code point, since pdflatex has no letters for it.
"""

import re
import unicodedata

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
    "\u0331": "b",
}  # fmt: skip
_LETTERS = {
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "đ": r"\dj{}", "ð": r"\dh{}", "þ": r"\th{}", "\u2013": "--",
    "\u2014": "---", "\u2018": "`", "\u2019": "'", "\u00a0": "~",
}  # fmt: skip


def escape(text: str) -> str:
    r"""The text as LaTeX that prints it.

    Examples
    --------
    >>> escape("50%_a{b}\\é")
    "50\\%\\_a\\{b\\}\\textbackslash{}\\'{e}"
    """
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def label(text: str) -> str:
    """A name that TeX takes in labels, references and file names; different texts stay different."""
    return re.sub(r"[^A-Za-z0-9:./-]", lambda match: f"+{ord(match[0]):x}+", text)


def _letter(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _LETTERS:
        return _LETTERS[character]
    if " " <= character <= "~" or character == "\n":
        return character
    base, *marks = list(unicodedata.normalize("NFD", character))
    if base.isascii() and base.isalpha() and marks and all(mark in _ACCENTS for mark in marks):
        for mark in marks:
            base = f"\\{_ACCENTS[mark]}{{{base}}}"
        return base
    return f"\\texttt{{U+{ord(character):04X}}}"
