"""The theorems: one folder each, named by its id, with claim and derivation side by side.

`litproof.theorems.<family>.<name>` holds what "family/name" says: `claim.toml` states it in the grammar that users have
(`litproof guide claims`), or `claim.py` where that cannot say it; `derivation.py` derives it.
"""

from collections.abc import Mapping
from pathlib import Path

THEOREMS: Mapping[str, str] = {
    "network/forward-is-tensor": "N1",
    "network/odeco-form": "N2",
    "ykm/conserved-odeco": "C1",
    "ykm/conserved-norms": "C2",
    "ykm/conserved-balancedness": "C3",
    "ykm/conserved-sensing": "C4",
    "ykm/conserved-diagonal-convolution": "C5",
    "mgp/conserved-complete": "C6",
    "ykm/regression-convergence": "R1",
    "ykm/potential-closed-form": "R3",
    "ykm/regression-limit": "R2",
    "ykm/regression-scales": "R4",
    "ykm/regression-general-init": "R5",
    "ykm/regression-balanced-init": "R5",
    "new/any-loss": "R5",
    "jacobs/weight-decay": "R5",
    "ykm/two-layer-one-point": "R6",
    "ykm/fully-connected-small-init": "R7",
    "ykm/matrix-sensing": "R8",
    "ykm/matrix-sensing-nuclear-norm": "R8",
    "ykm/linear-model": "R9",
    "bias/no-regulariser": "B1",
    "ykm/classification-clock": "K5",
    "ykm/classification-convergence": "K0",
    "ykm/singular-vectors": "K1",
    "ykm/fully-connected-max-margin": "K2",
    "ykm/classification-odeco": "K3",
    "ykm/classification-initialisation": "K3",
    "ykm/classification-one-point": "K4",
    "ykm/classification-rates": "K5",
    "ykm/classification-loss-rate": "K5",
    "soudry/linear-classifier": "K5",
    "new/isotropic-start": "R7",
    "new/first-layer": "C7",
    "woodworth/squares": "L1",
    "woodworth/powers": "L2",
    "chou/hadamard": "L3",
    "chou/hadamard-deep": "L3",
    "azulay/diagonal": "L4",
    "azulay/neuron": "L5",
    "azulay/neuron-as-printed": "L5",
    "jacobs/hyperbolic-width": "L1",
    "berthier/lasso": "L10",
    "saxe/modes": "L12",
    "saxe/deep-modes": "L12",
    "saxe/unbalanced": "L12",
    "gissin/two-modes": "L17",
    "gissin/thresholds": "L17",
    "gissin/thresholds-deep": "L17",
    "kunin/alignment": "L14",
    "even/gradient-descent": "L7",
    "even/mini-batches": "L7",
    "pesme/saddles": "L8",
    "moroshko/path": "L21",
    "moroshko/intermediate": "L21",
    "marcotte/mirror": "L29",
    "marcotte/momentum": "L29",
    "arora/end-to-end": "L15",
    "razin/tensor": "L16",
    "braun/riccati": "L13",
    "li/commuting": "L20",
    "gunasekar/conjecture": "L6",
    "gunasekar/diagonal": "L18",
    "gunasekar/convolutional": "L18",
    "gunasekar/fully-connected": "L18",
    "gunasekar/representation-cost": "L18",
    "gunasekar/mirror": "L23",
    "lyu-li/margin": "L26",
    "ji-telgarsky/alignment": "L27",
    "ji-telgarsky/directional": "L28",
    "soudry/logistic": "L24",
    "soudry/multiclass": "L24",
    "jagadeesan/multichannel": "L19",
    "lawrence/s3": "L30",
    "matt-stoger/rate": "L11",
    "zhao/deep-weights": "L9",
    "zhao/deep-weights-as-printed": "L9",
    "papazov/balance": "L22",
    "papazov/momentum": "L22",
    "gunasekar/commuting": "L6",
    "lemma/dual-flow": "A1",
    "lemma/vanishing-coordinates": "A2",
    "lemma/first-corrections": "A3",
    "lemma/close-to-zero-loss": "A4",
    "lemma/validated-steps": "A5",
    "lemma/limit-directions": "A6",
    "lemma/two-layer-limit": "A7",
    "lemma/trapping-region": "A8",
    "lemma/least-norm": "A9",
    "lemma/training-laws": "A10",
    "lemma/rescaled-fields": "A11",
    "lemma/dual-tracking": "A12",
}
"""{id: code of the theory in `litproof guide theory`}, in the order of the catalogue and of the book."""

PAPERS: Mapping[str, str] = {
    "network": "here: networks as data tensors",
    "ykm": "Yun, Krishnan, Mobahi 2021 (arXiv 2010.02501)",
    "mgp": "Marcotte, Gribonval, Peyre 2023 (arXiv 2307.00144)",
    "new": "new here",
    "jacobs": "Jacobs, Zhou, Burkholz 2025",
    "bias": "new here: when no regulariser exists",
    "woodworth": "Woodworth, Gunasekar, Lee, Moroshko, Savarese, Golan, Soudry, Srebro 2020 (arXiv 2002.09277)",
    "chou": "Chou, Maly, Rauhut 2023 (arXiv 2112.11027)",
    "arora": "Arora, Cohen, Hazan 2018 (arXiv 1802.06509); Arora, Cohen, Hu, Luo 2019 (arXiv 1905.13655)",
    "razin": "Razin, Maman, Cohen 2021",
    "braun": "Braun, Domine, Fitzgerald, Saxe 2022",
    "gunasekar": "Gunasekar, Woodworth, Bhojanapalli, Neyshabur, Srebro 2017 (arXiv 1705.09280)",
    "gunasekar/mirror": "Gunasekar, Lee, Soudry, Srebro 2018 (arXiv 1802.08246)",
    **dict.fromkeys(
        (
            "gunasekar/diagonal",
            "gunasekar/convolutional",
            "gunasekar/fully-connected",
            "gunasekar/representation-cost",
        ),
        "Gunasekar, Lee, Soudry, Srebro 2018 (arXiv 1806.00468)",
    ),
    "ji-telgarsky": "Ji, Telgarsky 2019 (arXiv 1810.02032)",
    "ji-telgarsky/directional": "Ji, Telgarsky 2020 (arXiv 2006.06657)",
    "li": "Li, Wang, Lee, Arora 2022 (arXiv 2207.04036)",
    "lyu-li": "Lyu, Li 2020 (arXiv 1906.05890)",
    "papazov": "Papazov, Pesme, Flammarion 2024 (arXiv 2403.05293)",
    "zhao": "Zhao 2026 (arXiv 2607.12332)",
    "matt-stoger": "Matt, Stoger 2025 (arXiv 2506.01143)",
    "jagadeesan": "Jagadeesan, Razenshteyn, Gunasekar 2022 (arXiv 2102.12238)",
    "lawrence": "Lawrence, Georgiev, Dienes, Kiani 2022 (arXiv 2110.06084)",
    "azulay": "Azulay, Moroshko, Nacson, Woodworth, Srebro, Globerson, Soudry 2021 (arXiv 2102.09769)",
    "berthier": "Berthier 2025 (arXiv 2509.18766)",
    "saxe": "Saxe, McClelland, Ganguli 2014 (arXiv 1312.6120)",
    "gissin": "Gissin, Shalev-Shwartz, Daniely 2020 (arXiv 1909.12051)",
    "kunin": "Kunin, Raventos, Domine, Chen, Klindt, Saxe, Ganguli 2024 (arXiv 2406.06158)",
    "even": "Even, Pesme, Gunasekar, Flammarion 2023 (arXiv 2302.08982)",
    "pesme": "Pesme, Flammarion 2023 (arXiv 2304.00488)",
    "moroshko": "Moroshko, Gunasekar, Woodworth, Lee, Srebro, Soudry 2020 (arXiv 2007.06738)",
    "marcotte": "Marcotte, Gribonval, Peyre 2024 (arXiv 2405.12888)",
    "lemma": "here: lemmas behind claims and certificates",
    "soudry": "Soudry, Hoffer, Nacson, Gunasekar, Srebro 2018 (arXiv 1710.10345)",
}
"""{family of ids, or id: the paper that the theorems are from}."""


def module_of(id: str, part: str) -> str:
    """The module of a theorem's `part`, "claim" or "derivation".

    Examples
    --------
    >>> module_of("ykm/regression-limit", "claim")
    'litproof.theorems.ykm.regression_limit.claim'
    """
    return f"litproof.theorems.{id.replace('/', '.').replace('-', '_')}.{part}"


def has(id: str, part: str) -> bool:
    """Whether the theorem `id` of the catalogue comes with a "claim" or a "derivation"."""
    if id not in THEOREMS:
        return False
    return _folder(id).joinpath(f"{part}.py").is_file() or (part == "claim" and claim_file(id) is not None)


def claim_file(id: str) -> Path | None:
    """The `claim.toml` of a theorem of the catalogue; None for one that is stated in Python, or not stated."""
    path = _folder(id) / "claim.toml"
    return path if path.is_file() else None


def _folder(id: str) -> Path:
    return Path(__file__).parent.joinpath(*id.replace("-", "_").split("/"))
