"""Words for the hypotheses of claims in TOML."""

from collections.abc import Mapping

from litproof.claims.hypotheses import (
    CLASSIFICATION_TASK,
    DECAY_ENDS,
    DEEP,
    DIAGONAL,
    EQUAL_LAYERS,
    FULL_BATCH,
    FULLY_CONNECTED,
    GRADIENT_FLOW,
    LAST_ZERO,
    MATRIX_SENSING,
    NO_ZERO,
    ODECO,
    ONE_POINT,
    ORTHOGONAL_LAYERS,
    POSITIVE_START,
    REACHABLE,
    REAL_ODECO,
    REGRESSION,
    SAME_START,
    THREE_LAYERS,
    TWO_LAYERS,
    WHITENED,
)
from litproof.claims.types import Hypothesis

HYPOTHESES: Mapping[str, Hypothesis] = {
    "squared-loss": REGRESSION,
    "gradient-flow": GRADIENT_FLOW,
    "classification": CLASSIFICATION_TASK,
    "gradient-descent": FULL_BATCH,
    "weight-decay": DECAY_ENDS,
    "whitened": WHITENED,
    "depth-at-least-2": DEEP,
    "depth-at-least-3": THREE_LAYERS,
    "two-layers": TWO_LAYERS,
    "one-point": ONE_POINT,
    "odeco": ODECO,
    "real-odeco": REAL_ODECO,
    "diagonal": DIAGONAL,
    "fully-connected": FULLY_CONNECTED,
    "matrix-sensing": MATRIX_SENSING,
    "same-start": SAME_START,
    "last-zero": LAST_ZERO,
    "no-zero": NO_ZERO,
    "equal-layers": EQUAL_LAYERS,
    "positive-start": POSITIVE_START,
    "orthogonal-layers": ORTHOGONAL_LAYERS,
    "reachable": REACHABLE,
}
