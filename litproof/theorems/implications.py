"""The graph of results: each arrow a specialisation that was decided, outside of it what a bracket excludes.

An arrow leads from a theorem to a result that is a case of it. It stands here only if `specialisations.decide` found
all its identities to be zero; what is said to be outside has a bracket of two gradients that is not zero, shown by an
entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import sympy as sp

from litproof.claims.catalogue import code_of
from litproof.networks.base import Network, parameter_names
from litproof.theorems.same_predictions import same_prediction
from litproof.theorems.specialisations import (
    OUTSIDE,
    SPECIALISATIONS,
    Specialisation,
    by_which_map,
    decide,
    networks_of,
)


@dataclass(frozen=True)
class Arrow:
    """A decided specialisation.

    Attributes
    ----------
    number : in the graph from top to bottom, from 1.
    identities : how many polynomials had to vanish.
    factor : between the gradients of both predictions (`same_prediction`), None where these are of another kind.
    """

    number: int
    case: Specialisation
    identities: int
    factor: sp.Expr | None


@dataclass(frozen=True)
class Bracket:
    """An entry of [grad beta_y, grad beta_z] that is not 0: y, z from 1, the parameter, the polynomial."""

    y: int
    z: int
    parameter: str
    value: sp.Expr


@dataclass(frozen=True)
class Graph:
    """Arrows, {id: (column, row)} with theorems to the left of their cases, and {id outside: its bracket}."""

    arrows: tuple[Arrow, ...]
    places: Mapping[str, tuple[int, float]]
    outside: Mapping[str, Bracket]


@cache
def graph() -> Graph:
    """Everything decided anew; ValueError for a specialisation that does not hold, or a bracket that vanishes."""
    places = layered([(case.general, case.special) for case in SPECIALISATIONS])
    ordered = sorted(
        SPECIALISATIONS, key=lambda case: (places[case.special][::-1], places[case.general][::-1])
    )
    arrows = tuple(Arrow(number, case, *_decided(case)) for number, case in enumerate(ordered, start=1))
    return Graph(arrows, places, {id: _bracket_of_claim(id) for id in OUTSIDE})


@cache
def _decided(case: Specialisation) -> tuple[int, sp.Expr | None]:
    decided = decide(case)
    if not decided.holds:
        raise ValueError(f"{case.special} is not a case of {case.general} by this map")
    return len(decided.differences), same_prediction(case)


@cache
def _bracket_of_claim(id: str) -> Bracket:
    return bracket_of(networks_of(id)[0])


def layered(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[int, float]]:
    """Places of the ends of arrows (from, to): a column beyond those of all sources, a row for each leaf.

    What has followers stands at their middle. ValueError where the arrows form a circle.

    Examples
    --------
    >>> layered([("a", "b"), ("a", "c"), ("c", "d")])
    {'a': (0, 0.5), 'b': (1, 0.0), 'c': (1, 1.0), 'd': (2, 1.0)}
    """
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for source, target in pairs:
        after.setdefault(source, []).append(target)
        before.setdefault(target, []).append(source)
    columns: dict[str, int] = {}

    def column(id: str, path: tuple[str, ...]) -> int:
        if id in path:
            raise ValueError(f"the arrows form a circle through {id}")
        if id not in columns:
            columns[id] = max((column(one, (*path, id)) + 1 for one in before.get(id, ())), default=0)
        return columns[id]

    rows: dict[str, float] = {}
    leaves = 0

    def row(id: str) -> float:
        nonlocal leaves
        mine = [row(one) for one in after.get(id, ()) if one not in rows]
        if mine:
            rows[id] = sum(mine) / len(mine)
        else:
            rows[id] = float(leaves)
            leaves += 1
        return rows[id]

    for id in dict.fromkeys(end for pair in pairs for end in pair):
        column(id, ())
    for id in [one for one in columns if not before.get(one)]:
        row(id)
    return {id: (columns[id], rows[id]) for id in sorted(rows, key=lambda one: (columns[one], rows[one]))}


def bracket_of(network: Network) -> Bracket:
    """The shortest entry of the first bracket that is not 0; ValueError where all vanish."""
    names = [name for layer in parameter_names(network) for name in layer]
    symbols = [sp.Symbol(name) for name in names]
    taken = iter(symbols)
    parts = [[next(taken) for _ in range(size)] for size in network.shapes]
    beta = list(network.coefficients(parts))
    for y, z in combinations(range(len(beta)), 2):
        entries = list(zip(names, _bracket(beta[y], beta[z], symbols), strict=True))
        shown = [(name, value) for name, value in entries if value != 0]
        if shown:
            name, value = min(shown, key=lambda entry: (len(sp.Add.make_args(entry[1])), entry[0]))
            return Bracket(y + 1, z + 1, name, value)
    raise ValueError("all brackets of the gradients of beta vanish")


def _bracket(one: sp.Expr, two: sp.Expr, symbols: Sequence[sp.Symbol]) -> Iterable[sp.Expr]:
    """Hess(two) grad(one) - Hess(one) grad(two), expanded."""
    first, second = ([sp.diff(f, x) for x in symbols] for f in (one, two))
    for into, out in zip(second, first, strict=True):
        terms = (
            p * sp.diff(into, x) - q * sp.diff(out, x) for p, q, x in zip(first, second, symbols, strict=True)
        )
        yield sp.expand(sp.Add(*terms))


def map_text(case: Specialisation) -> str:
    r"""Phi as LaTeX, layer by layer: "v_1 = u_j + v_j, v_2 = u_j - v_j"; for the same layers "v = \theta"."""
    if not case.layers:
        return r"v = \theta"
    layers = (", ".join(map(_indexed, pieces)) for pieces in case.layers)
    named = [
        rf"v_{number} = {'(' if ',' in layer else ''}{layer}{')' if ',' in layer else ''}"
        for number, layer in enumerate(layers, 1)
    ]
    return r",\; ".join(named)


def bracket_text(bracket: Bracket) -> str:
    r"""The entry as LaTeX: "[\nabla \beta_1, \nabla \beta_2]_{w_{1}} = - w_{2}"."""
    left = rf"[\nabla \beta_{{{bracket.y}}}, \nabla \beta_{{{bracket.z}}}]_{{{_indexed(bracket.parameter)}}}"
    symbols = {symbol: sp.Symbol(_indexed(symbol.name)) for symbol in bracket.value.free_symbols}
    return f"{left} = {sp.latex(bracket.value.xreplace(symbols), symbol_names={s: s.name for s in symbols.values()})}"


def _indexed(text: str) -> str:
    """u[j] as u_{j}."""
    return text.replace("[", "_{").replace("]", "}").replace("*", " ")


def describe(id: str) -> tuple[str, ...]:
    """A line for every theorem that a claim is a case of, every result that is a case of it, and for being outside."""
    lines = []
    for case in SPECIALISATIONS:
        if id not in (case.special, case.general):
            continue
        _, factor = _decided(case)
        how = by_which_map(case)
        if factor is not None:
            how += f"; the gradient of its potential is {factor} times the theorem's"
        if id == case.special:
            lines.append(f"Is a case of {code_of(case.general)} ({case.general}), {how}.")
        else:
            lines.append(f"Has as a case {case.special}, {how}.")
    if id in OUTSIDE:
        one = _bracket_of_claim(id)
        entry = f"[grad beta[{one.y}], grad beta[{one.z}]] has the entry {one.value} at {one.parameter}"
        lines.append(f"Outside the theorems on real orthogonal components: {entry} ({OUTSIDE[id]}).")
    return tuple(lines)
