r"""Names such as "v_l(0) = alpha U_l etabar for l < L" with their formulas typeset.

Hypotheses, mutants and labels are written for a terminal. What is surely a formula in them (symbols, scripts,
relations) is put between dollar signs as LaTeX; all other words stay as they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_GREEK = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho",
    "sigma", "tau", "phi", "chi", "psi", "omega",
})  # fmt: skip
_NAMED = {"etabar": r"\bar\eta", "Wbar": r"\bar W", "ell": r"\ell", "betahat": r"\hat\beta", "inf": r"\infty"}
_FUNCTIONS = frozenset(["log", "exp", "rank", "max", "min", "dim", "sinh", "cosh"])
_ARTICLES = frozenset("aA")
_RELATIONS = {"!=": r"\ne", "<=": r"\le", ">=": r"\ge", "=": "=", "<": "<", ">": ">", "->": r"\to"}
_OPERATORS = {"...": r"\dots", "*": r"\cdot ", "||": r"\|", "|": "|", "+": "+", "-": "-", "/": "/", ",": ","}

_SCRIPTS = r"(?:[_^](?:\{[^{}]*\}|\([^()]*\)|\*|-?[A-Za-z0-9.]*[A-Za-z0-9])|(?<=\w)\[[A-Za-z0-9, ]*\])*"
_TOKEN = re.compile(
    rf"(?P<other>[A-Za-z]+'[a-z]+|[\w./\\-]+\.(?:toml|json|py)\b)|(?P<name>[A-Za-z]+\d*'*)(?P<after_name>{_SCRIPTS})"
    rf"|(?P<number>\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?P<after_number>{_SCRIPTS})"
    rf"|(?P<close>\)|\|\|?)(?P<after_close>{_SCRIPTS})|(?P<sign>\.\.\.|->|!=|<=|>=|[-+*/=<>(,])"
    r"|(?P<space>\s+)|(?P<orphan>\^[A-Za-z0-9])|.",
    re.DOTALL,
)


@dataclass(frozen=True)
class _Token:
    """A piece of text; `latex` is set where it can stand in a formula, `strong` where it must."""

    text: str
    latex: str = ""
    strong: bool = False
    space: bool = False


def with_formulas(text: str) -> str:
    r"""The text with its formulas between dollar signs; as it is where it has dollar signs of its own.

    Examples
    --------
    >>> print(with_formulas("v_l(0) = alpha U_l etabar for l < L"))
    $v_{l}(0) = \alpha U_{l} \bar\eta$ for $l < L$
    >>> with_formulas("fully connected, 2-2-1"), with_formulas("a two-layer network")
    ('fully connected, 2-2-1', 'a two-layer network')
    """
    if "$" in text or "`" in text:
        return text
    tokens = list(_tokens(re.sub(r"(?<=\d) x (?=\d)", " \u00d7 ", text)))
    pieces, position = [], 0
    while position < len(tokens):
        end = _formula(tokens, position)
        if end > position:
            inner = "".join(" " if token.space else token.latex for token in tokens[position:end])
            pieces.append(f"${inner}$")
            position = end
        else:
            pieces.append(tokens[position].text)
            position += 1
    return "".join(pieces)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        whole, kind = match[0], match["space"]
        if kind:
            yield _Token(whole, space=True)
        elif match["name"]:
            yield _name(match["name"], match["after_name"], text[match.end() :], whole)
        elif match["number"]:
            scripts = _scripts(match["after_number"])
            mantissa, _, power = match["number"].partition("e")
            times = "" if mantissa == "1" else rf"{mantissa} \cdot "
            number = rf"{times}10^{{{int(power)}}}" if power else mantissa
            yield _Token(whole, number + scripts, strong=bool(scripts or power))
        elif match["close"]:
            yield _Token(whole, _OPERATORS.get(match["close"], ")") + _scripts(match["after_close"]))
        elif match["sign"]:
            sign = match["sign"]
            yield _Token(whole, _RELATIONS.get(sign) or _OPERATORS.get(sign, sign), strong=sign in _RELATIONS)
        elif match["orphan"]:
            yield _Token(whole, f"{{}}^{{{whole[1]}}}", strong=True)
        else:
            yield _Token(whole)


def _name(name: str, scripts: str, rest: str, whole: str) -> _Token:
    bare = name.rstrip("'")
    primes = name[len(bare) :]
    letters = bare.rstrip("0123456789")
    digits = bare[len(letters) :]
    known = f"\\{letters}" if letters in _GREEK else _NAMED.get(letters, "")
    if digits and (len(letters) > 1 or letters.isupper()):
        return _Token(whole)  # R5, W2 in codes
    if digits:
        known = r"\ell" if letters == "l" else letters
        scripts = f"_{digits}{scripts}"
    elif not known and bare in _FUNCTIONS and re.match(r"\s?[A-Z(|]|\s[a-z](?![a-z])", rest):
        return _Token(whole, rf"\mathrm{{{bare}}}\," if bare == "rank" else f"\\{bare} ")
    elif not known and len(bare) > 1 and rest.startswith("("):
        return _Token(whole, rf"\operatorname{{{bare}}}", strong=True)
    elif bare == "l" and re.match(r"_\{?\d", scripts):
        known = r"\ell"
    elif not known and len(bare) == 1:
        if bare in _ARTICLES and not scripts and not re.match(r"\s?[-+=*/(]", rest):
            return _Token(whole)
        known = bare
    elif not known and re.fullmatch(r"_[A-Za-z]{3,}|(?:_[A-Za-z]+){2,}", scripts):
        return _Token(whole)  # an identifier
    elif not known and scripts:
        known = rf"\mathrm{{{bare}}}"
    if not known:
        return _Token(whole)
    return _Token(whole, known + primes + _scripts(scripts), strong=True)


def _scripts(text: str) -> str:
    """Sub- and superscripts, LaTeX."""
    parts = re.findall(r"([_^]|(?=\[))(\{[^{}]*\}|\([^()]*\)|\[[^]]*\]|\*|-?[A-Za-z0-9.]+)", text)
    below = ",".join(_inner(script) for mark, script in parts if mark != "^")
    above = ",".join(_inner(script) for mark, script in parts if mark == "^")
    return f"_{{{below}}}" * bool(below) + f"^{{{above}}}" * bool(above)


def _inner(script: str) -> str:
    script = script[1:-1] if script[0] in "{([" else script
    return re.sub(
        r"[A-Za-z]+", lambda m: f"\\{m[0]}" if m[0] in _GREEK or m[0] in ("min", "max") else m[0], script
    )


def _formula(tokens: list[_Token], start: int) -> int:
    """Where the longest formula that begins at `start` ends; `start` itself where none does."""
    if not tokens[start].latex or tokens[start].text in (",", "*", "/", "+") or tokens[start].text[0] == ")":
        return start
    depth, bars, good = 0, 0, start
    position = start
    while position < len(tokens) and (tokens[position].latex or tokens[position].space):
        text = tokens[position].text
        if text == "(":
            depth += 1
        elif text[0] == ")":
            depth -= 1
        elif text[0] == "|":
            bars = 1 - bars
        beside = (
            position > start + 1 and tokens[position - 1].space and tokens[position - 2].text[-1].isalnum()
        )
        if depth < 0 or (text == "," and depth == 0) or (beside and text[0].isdigit() and "^" not in text):
            break
        position += 1
        ended = not tokens[position - 1].space and text not in ("-", "+", "*", "/", "=", "<", ">", "->", "!=")
        if depth == 0 and bars == 0 and ended and text not in (">=", "<="):
            good = position
    strong = any(token.strong for token in tokens[start:good])
    hyphenated = start > 0 and tokens[start].text == "-" and not tokens[start - 1].space
    followed = good < len(tokens) and tokens[good].text.startswith("-")  # n-th, x-axis
    return good if strong and not hyphenated and not (followed and good == start + 1) else start
