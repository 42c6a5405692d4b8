"""Which theorem of the catalogue contains which: what is proved of the first is proved of the second.

Those here narrow the hypotheses of one network; those by a map between two networks are decided (`specialisations`).
"""

from dataclasses import dataclass

from litproof.theorems.specialisations import SPECIALISATIONS, by_which_map


@dataclass(frozen=True)
class Relation:
    """`general` says all that `special` says, in the case that `where` names."""

    general: str
    special: str
    where: str


NARROWINGS = (
    Relation("new/any-loss", "ykm/regression-general-init", "squared loss and independent points"),
    Relation(
        "ykm/regression-general-init", "ykm/regression-limit", "equal first layers and the last layer at 0"
    ),
    Relation("ykm/regression-limit", "ykm/regression-scales", "its minimiser as alpha -> 0 and alpha -> inf"),
    Relation("ykm/regression-limit", "ykm/matrix-sensing", "eigenvalues, where sensors and layers commute"),
    Relation("ykm/matrix-sensing", "ykm/matrix-sensing-nuclear-norm", "alpha -> 0"),
    Relation("ykm/conserved-balancedness", "ykm/conserved-norms", "the trace, for fully connected networks"),
    Relation("ykm/fully-connected-max-margin", "gunasekar/fully-connected", "the same limit"),
    Relation("lyu-li/margin", "ykm/classification-convergence", "networks that are linear in each layer"),
    Relation("ji-telgarsky/alignment", "ykm/fully-connected-max-margin", "the direction of the product"),
    Relation("gunasekar/mirror", "ykm/linear-model", "the potential half the sum of squares"),
    Relation("ji-telgarsky/directional", "ykm/singular-vectors", "networks of linear layers"),
)
"""The same network under stronger hypotheses."""

RELATIONS = (
    *NARROWINGS,
    *(Relation(case.general, case.special, by_which_map(case)) for case in SPECIALISATIONS),
)


def implies(id: str) -> tuple[Relation, ...]:
    """What the theorem contains."""
    return tuple(relation for relation in RELATIONS if relation.general == id)


def implied_by(id: str) -> tuple[Relation, ...]:
    """What contains the theorem."""
    return tuple(relation for relation in RELATIONS if relation.special == id)
