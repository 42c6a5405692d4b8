"""The papers that Yun, Krishnan and Mobahi 2021 say they cover: how far each is a case of a theorem, and what is not.

What is a case, and of what, stands in `specialisations`; here are the claims that state a paper's results, and in words
what of the paper none of them says. A new entry of the catalogue joins by its id.
"""

from __future__ import annotations

from dataclasses import dataclass

from litproof.claims.catalogue import catalogue, code_of
from litproof.theorems.relations import implied_by, implies
from litproof.theorems.specialisations import OUTSIDE, SPECIALISATIONS


@dataclass(frozen=True)
class Cited:
    """A paper, its results as ids of the catalogue, and what of it is beyond them."""

    paper: str
    results: tuple[str, ...]
    beyond: str


CITED: tuple[Cited, ...] = (
    Cited(
        "Gunasekar et al. 2017 (arXiv 1705.09280)",
        ("gunasekar/commuting", "ykm/matrix-sensing-nuclear-norm", "gunasekar/conjecture"),
        "sensors that do not commute",
    ),
    Cited(
        "Gunasekar, Lee, Soudry, Srebro 2018a (arXiv 1802.08246)",
        ("gunasekar/mirror", "ykm/linear-model"),
        "steepest descent in other norms",
    ),
    Cited(
        "Gunasekar, Lee, Soudry, Srebro 2018b (arXiv 1806.00468)",
        ("gunasekar/fully-connected", "gunasekar/diagonal", "gunasekar/convolutional"),
        "gradient descent with steps, whose direction is assumed to converge",
    ),
    Cited(
        "Soudry et al. 2018 (arXiv 1710.10345)",
        ("soudry/linear-classifier", "soudry/logistic", "soudry/multiclass"),
        "gradient descent with steps",
    ),
    Cited(
        "Ji, Telgarsky 2019 (arXiv 1810.02032)",
        ("ji-telgarsky/alignment", "ykm/fully-connected-max-margin"),
        "gradient descent with steps",
    ),
    Cited(
        "Ji, Telgarsky 2020 (arXiv 2006.06657)",
        ("ji-telgarsky/directional", "ykm/classification-convergence", "ykm/singular-vectors"),
        "that directions converge for every definable homogeneous network",
    ),
    Cited(
        "Arora, Cohen, Hu, Luo 2019 (arXiv 1905.13655)",
        ("arora/end-to-end",),
        "sensing with several outputs, where no norm is known to be least",
    ),
    Cited(
        "Woodworth et al. 2020 (arXiv 2002.09277)",
        ("woodworth/squares", "woodworth/powers"),
        "how small or large the scale has to be for a given accuracy",
    ),
    Cited(
        "Lyu, Li 2020 (arXiv 1906.05890)",
        ("lyu-li/margin",),
        "homogeneous networks that are not linear in each layer",
    ),
    Cited(
        "Moroshko et al. 2020 (arXiv 2007.06738)",
        ("moroshko/path", "moroshko/intermediate"),
        "deeper networks between both regimes",
    ),
    Cited(
        "Gissin, Shalev-Shwartz, Daniely 2020 (arXiv 1909.12051)",
        ("gissin/two-modes", "gissin/thresholds", "gissin/thresholds-deep"),
        "gradient descent with steps",
    ),
)
"""In the order of the years."""


HEADER = "| paper | results here | beyond them |"


def how_far(id: str) -> str:
    """What a result is: a case of a theorem or outside (both decided), a theorem, contained in one, or none of it."""
    case = next((one for one in SPECIALISATIONS if one.special == id), None)
    if case is not None:
        return f"is a case of {code_of(case.general)} `{case.general}`"
    if id in OUTSIDE:
        return "is outside"
    if id.startswith("ykm/"):
        return f"is {code_of(id)} `{id}`"
    wider = [relation.general for relation in implied_by(id) if relation.general.startswith("ykm/")]
    if wider:
        return "is contained in " + ", ".join(f"{code_of(one)} `{one}`" for one in wider)
    contained = [relation.special for relation in implies(id) if relation.special.startswith("ykm/")]
    if contained:
        return "contains " + ", ".join(f"{code_of(one)} `{one}`" for one in contained)
    return "is a claim of its own"


def results_of(paper: Cited) -> str:
    """What is decided of all results of a paper, ids between backquotes."""
    return "; ".join(
        how_far(id) if id.startswith("ykm/") else f"`{id}` {how_far(id)}" for id in paper.results
    )


def table() -> str:
    """The table as Markdown; an id that the catalogue does not know is an error."""
    unknown = {id for one in CITED for id in one.results} - set(catalogue())
    if unknown:
        raise ValueError(f"not in the catalogue: {', '.join(sorted(unknown))}")
    rows = [HEADER, "| --- | --- | --- |"]
    rows += [f"| {one.paper} | {results_of(one)} | {one.beyond} |" for one in CITED]
    return "\n".join(rows)
