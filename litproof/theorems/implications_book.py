"""The graph of results as a section of the book: a picture, the identities behind its arrows, and the papers cited."""

from __future__ import annotations

from litproof.claims.catalogue import code_of
from litproof.derive.latex.escape import escape
from litproof.theorems.cited import CITED, results_of
from litproof.theorems.implications import Graph, bracket_text, graph, map_text

FILE = "litproof-implications.tex"
_STEP = (8.6, 0.62)
_WIDTH = 6.4


HEAD = (
    "\\section*{What implies what}\\addcontentsline{toc}{section}{What implies what}\n"
    "An arrow leads from a theorem (thick frame) to a result that is a case of it. It is decided by polynomial "
    "identities: a map $v = \\Phi(\\theta)$ of parameters carries the gradient flow of the result, for every data set "
    "and loss, to that of the theorem in $c$ times the time, with the same linear coefficients. Where the result "
    "predicts the gradient of a potential, it is $k$ times that of the theorem along the curve on which the theorem "
    "finds its limits, by normal form. Numbers refer to the table."
)
OUTSIDE_HEAD = (
    "No such map leads from a result to theorems on real orthogonal components where the bracket of two gradients of "
    "linear coefficients is not zero. These are outside, with one entry of such a bracket:"
)
CITED_HEAD = "\\subsection*{The papers that the theorems are said to cover}"


def section() -> str:
    """The LaTeX of the section; everything in it is decided on the way."""
    known = graph()
    parts = (HEAD, _picture(known), _table(known), OUTSIDE_HEAD, _outside(known), CITED_HEAD, _cited())
    return "\n\n".join(parts) + "\n"


def _picture(known: Graph) -> str:
    theorems = {arrow.case.general for arrow in known.arrows}
    names = {id: f"n{number}" for number, id in enumerate(known.places)}
    lines = [
        "\\begin{center}\\begin{tikzpicture}[every node/.style={font=\\footnotesize,inner sep=3pt}]",
        f"\\tikzset{{result/.style={{draw,rounded corners=2pt,text width={_WIDTH}cm}},"
        "theorem/.style={result,very thick},count/.style={draw,circle,fill=white,inner sep=1pt}}",
    ]
    for id, (column, row) in known.places.items():
        style = "theorem" if id in theorems else "result"
        lines.append(
            f"\\node[{style}] ({names[id]}) at ({column * _STEP[0]:g},{-row * _STEP[1]:g}) "
            f"{{{escape(code_of(id))}\\quad \\texttt{{{escape(id)}}}}};"
        )
    lines += [
        f"\\draw[->] ({names[arrow.case.general]}.east) to[out=0,in=180] "
        f"([xshift=-8mm]{names[arrow.case.special]}.west) -- node[pos=0.45,count] {{{arrow.number}}} "
        f"({names[arrow.case.special]}.west);"
        for arrow in known.arrows
    ]
    return "\n".join((*lines, "\\end{tikzpicture}\\end{center}"))


def _table(known: Graph) -> str:
    rows = [
        f"{arrow.number} & \\texttt{{{escape(arrow.case.special)}}} & ${map_text(arrow.case)}$ & {arrow.case.time} & "
        f"{'' if arrow.factor is None else arrow.factor} & {escape(arrow.case.start)} \\\\"
        for arrow in known.arrows
    ]
    head = "& result & $\\Phi$ & $c$ & $k$ & start \\\\ \\midrule"
    return _longtable("r" + _ragged(4.1, 4.4) + "rr" + _ragged(3.4), head, rows)


def _outside(known: Graph) -> str:
    rows = [
        f"\\texttt{{{escape(id)}}} & ${bracket_text(bracket)}$ \\\\" for id, bracket in known.outside.items()
    ]
    return _longtable("ll", "result & bracket \\\\ \\midrule", rows)


def _cited() -> str:
    rows = []
    for one in CITED:
        results = results_of(one).split("`")
        typed = "".join(
            f"\\texttt{{{escape(part)}}}" if number % 2 else escape(part)
            for number, part in enumerate(results)
        )
        rows.append(f"{escape(one.paper)} & {typed} & {escape(one.beyond)} \\\\")
    return _longtable(_ragged(4.2, 6.6, 4.2), "paper & results here & beyond them \\\\ \\midrule", rows)


def _longtable(columns: str, head: str, rows: list[str]) -> str:
    body = "\n".join(rows)
    return (
        f"{{\\footnotesize\\sloppy\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n\\toprule {head} \\endhead\n{body}\n"
        "\\bottomrule\\end{longtable}}"
    )


def _ragged(*widths: float) -> str:
    return "".join(f">{{\\raggedright\\arraybackslash}}p{{{width}cm}}" for width in widths)
