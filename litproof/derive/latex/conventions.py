"""What stands before every derivation: how to read it, and the letters that need no introduction."""

from litproof.derive.latex.escape import escape
from litproof.derive.latex.names import name_to_latex

NOTATION: dict[str, str] = {
    "L": "depth, the number of layers",
    "l": "a layer; so are k and i, which also count samples",
    "j": "a component of a decomposable network",
    "m": "number of components",
    "n": "number of samples",
    "d": "number of inputs",
    "t": "time of the gradient flow",
    "X": "inputs, one row a sample",
    "y": "targets, or labels that are one or minus one",
    "beta": "linear coefficients: the network maps an input to its inner product with them",
    "theta": "all parameters",
    "loss": "the loss",
    "r": "derivatives of the loss by the outputs; for the squared loss the residual",
    "S": "matrix of the orthogonal decomposition, with a row for each component",
    "U_l": "orthonormal columns by which a layer enters the decomposition",
    "eta": "reduced coordinates: those of each layer in these columns",
    "rho": "products of the reduced coordinates over all layers, linear images of which are the coefficients",
    "g": "slopes of the loss by these products",
    "kappa": "clock of classification, minus the logarithm of the loss",
    "alpha": "scale of the start",
}
"""What letters mean everywhere; all others are introduced where they are used."""

CONVENTIONS = (
    r"\paragraph{How to read this.} Every displayed relation is printed from the symbolic object that was "
    r"checked, and the line below it says what the check was. Stated and not checked are: a \emph{definition}, "
    r"which introduces a quantity that has not occurred before; a \emph{hypothesis}; an \emph{ansatz}, a form that "
    r"is tried and then shown to be right; a \emph{restatement}, another reading of relations shown before; an "
    r"\emph{argued} relation, which follows from the words around it; a \emph{cited} one; and one \emph{recalled} "
    r"from another section, where it was shown. Reasoning in words is marked \litwords."
)


def conventions() -> str:
    """How to read a derivation, and the letters that need no introduction."""
    rows = "".join(
        f"${name_to_latex(name)}$ & {escape(meaning)} \\\\\n" for name, meaning in NOTATION.items()
    )
    table = f"\\begin{{longtable}}{{@{{}}lp{{0.8\\textwidth}}@{{}}}}\n{rows}\\end{{longtable}}"
    letters = "\\paragraph{Letters.} Unless a section says otherwise these mean the same everywhere."
    return f"{CONVENTIONS}\n\n{letters}\n{table}"
