"""What is chosen before a problem is drawn: network, depth, data, start, numbers, and how often each."""

from collections.abc import Mapping, Sequence
from random import Random

FRESH = (
    "diagonal",
    "convolutional",
    "full-convolution",
    "fully-connected",
    "odeco",
    "complex-odeco",
    "tensor",
    "matrix-sensing",
    "polynomial",
    "formula",
)
"""Kinds of networks that are made up; "own k" stands for the network of a claim's own k-th problem."""

FACTORS: Mapping[str, Mapping[str, float]] = {
    "task": {"regression": 1, "classification": 1},
    "depth": {"1": 0.6, "2": 1, "3": 1, "4": 0.5},
    "inputs": {"1": 0.2, "2": 1, "3": 1, "4": 0.5},
    "points": {"1": 1, "2": 1, "3": 0.6, "4": 0.2},
    "start": {
        "any": 1,
        "last zero": 0.6,
        "same, last zero": 1,
        "balanced": 1,
        "last smaller": 1,
        "a tie": 0.5,
        "sparse": 0.3,
        "identity": 0.5,
        "commuting": 0.5,
        "pattern": 1,
    },
    "data": {
        "any": 1,
        "sparse": 0.4,
        "repeated": 0.2,
        "dependent": 0.2,
        "nearly dependent": 0.3,
        "commuting": 0.5,
        "pattern": 1,
    },
    "targets": {"any": 1, "signs of the start": 1, "zero": 0.05},
    "scale": {"one": 1, "ordinary": 1, "tiny": 0.4, "huge": 0.3},
    "numbers": {"short": 1, "whole": 0.6, "equal": 0.2, "uneven": 0.3, "long": 0.2},
    "training": {"plain": 1, "loss": 0.15, "decay": 0.1, "weights": 0.15},
}
"""Choices of each factor, with the weights that they have before anything is known about a claim."""

Recipe = Mapping[str, str]
Weights = Mapping[str, Mapping[str, float]]


def first_weights(own: int) -> Weights:
    """Weights before anything is known; a claim's `own` problems together count as much as all kinds together."""
    networks = dict.fromkeys(FRESH, 1.0) | {f"own {k}": len(FRESH) / own for k in range(own)}
    return {"network": networks, **FACTORS}


def choose(rng: Random, weights: Weights) -> Recipe:
    """One choice for each factor."""
    return {factor: rng.choices(list(table), list(table.values()))[0] for factor, table in weights.items()}


def learned(weights: Weights, best: Sequence[Recipe]) -> Weights:
    """Weights half as before, half as often as the choices occur in the best recipes."""
    result = {}
    for factor, table in weights.items():
        total = sum(table.values())
        counts = [recipe[factor] for recipe in best]
        result[factor] = {
            choice: weight / total / 2 + counts.count(choice) / len(best) / 2
            for choice, weight in table.items()
        }
    return result
