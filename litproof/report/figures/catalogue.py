"""The figures by name, and writing them: a vector picture each, and the data of all in one JSON file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from litproof.report.figures import classification, regression
from litproof.report.figures.draw import draw
from litproof.report.figures.types import Figure, Maker

FIGURES: Mapping[str, Maker] = {
    "regression-trajectories": regression.trajectories,
    "classification-directions": classification.directions,
    "scales": regression.scales,
    "rates": regression.rates,
    "saddles": regression.saddles,
    "descent": regression.descent,
    "no-regulariser": regression.no_regulariser,
}


def make_figures(names: list[str], folder: Path, digits: int, ending: str) -> Iterator[Figure]:
    """Make and draw figures one after the other; `figures.json` in `folder` holds the data of those made so far.

    Raises
    ------
    KeyError : no figure of that name (the caller knows `FIGURES`).
    """
    made: dict[str, object] = {}
    for name in names:
        figure = FIGURES[name](digits)
        draw(figure, folder / f"{name}.{ending}")
        made[name] = asdict(figure)
        (folder / "figures.json").write_text(
            json.dumps({"schema": 1, "digits": digits, "figures": made}, indent=1) + "\n"
        )
        yield figure
