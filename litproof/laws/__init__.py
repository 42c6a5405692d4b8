"""Conserved quantities: discovered, counted, and proved to be all there are.

`discover_conserved(network_or_map, degree)` is the door; maps come from `polynomial_map` (sympy),
`fully_connected_map`, `relu_map`, `map_of` (any network).
"""

from litproof.laws.architectures import fully_connected_map, map_of, relu_map
from litproof.laws.maps import PolynomialMap, polynomial_map
from litproof.laws.report import LawReport, Quantity
from litproof.laws.search import conserved_report, discover_conserved, recheck

__all__ = [
    "LawReport",
    "PolynomialMap",
    "Quantity",
    "conserved_report",
    "discover_conserved",
    "fully_connected_map",
    "map_of",
    "polynomial_map",
    "recheck",
    "relu_map",
]
