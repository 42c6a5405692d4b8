"""How the plain names of symbols look in LaTeX: Greek letters, accents, subscripts."""

TYPOGRAPHY: dict[str, str] = {
    "loss": r"\mathcal{L}",
    "sigma_min": r"\sigma_{\min}",
    "s_max": r"s_{\max}",
    "varepsilon": r"\varepsilon",
    "dash": "",
}
ACCENTS = {"bar": r"\bar", "hat": r"\hat", "dot": r"\dot"}
STAR = r"^{\ast}"


def name_to_latex(name: str) -> str:
    """LaTeX of a symbol's plain name: Greek words, ``_bar`` accents, subscripts, names in TYPOGRAPHY."""
    if name in TYPOGRAPHY or "\\" in name:
        return TYPOGRAPHY.get(name, name)
    if name.endswith(("(0)", "(1)")):
        return name_to_latex(name[:-3]) + name[-3:]
    head, *rest = name.split("_")
    subscripts = []
    text = _word(head)
    for part in rest:
        if part in ACCENTS:
            text = f"{ACCENTS[part]}{{{text}}}"
        elif part == "star":
            text += STAR
        else:
            subscripts.append(_subscript(part))
    return with_subscript(text, ",".join(subscripts)) if subscripts else text


def _word(word: str) -> str:
    return f"\\{word}" if word in GREEK else word if len(word) == 1 else rf"\mathrm{{{word}}}"


def _subscript(part: str) -> str:
    if part in TYPOGRAPHY:
        return TYPOGRAPHY[part]
    return _word(part) if part.isalpha() else part


def with_subscript(text: str, subscript: str) -> str:
    """Add a subscript after those that are there, before a star."""
    if "_" in text:
        head, existing = text.split("_", 1)
        return f"{head}_{{{existing.strip('{}')},{subscript}}}"
    if text.endswith(STAR):
        return f"{text.removesuffix(STAR)}_{{{subscript}}}{STAR}"
    return f"{text}_{{{subscript}}}"


GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "phi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Phi",
        "Psi",
        "Omega",
        "ell",
        "varepsilon",
    ]
)
