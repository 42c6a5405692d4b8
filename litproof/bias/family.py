"""The candidates: regularisers as formulas, so that each can be copied into a claim file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.errors import InputError
from litproof.formula.evaluate import check_symbols
from litproof.formula.setting import Setting
from litproof.language.grammar import parse
from litproof.language.tree import Node

POWERS = tuple(Fraction(text) for text in ("1/2", "2/3", "3/4", "1", "4/3", "3/2", "2", "3", "4"))
"""Exponents p of the l_p family; 2/L joins them."""


@dataclass(frozen=True)
class Candidate:
    """One regulariser.

    Attributes
    ----------
    name : in words.
    text : its formula.
    weighted_l1 : a pair (basis, formula of the weight of entry j) when it is, or has the minimum of,
        sum_j weight_j |z_j|, else None.
    """

    name: str
    text: str
    weighted_l1: tuple[str, str] | None = None

    @property
    def tree(self) -> Node:
        """The parsed formula."""
        return parse(self.text)


def regularisers(
    depth: int,
    *,
    powers: Sequence[Fraction] = (),
    formulas: Sequence[str] = (),
    complex_rho: bool = False,
) -> tuple[Candidate, ...]:
    """All candidates for networks of this depth, the user's own first.

    Parameters
    ----------
    depth : L.
    powers : further exponents p.
    complex_rho : whether the components are complex, so that only their moduli can be spoken of.
    formulas : the user's own formulas, functions of beta[j], rho[j] or schatten(p).

    Raises
    ------
    InputError : a formula that does not parse.

    Examples
    --------
    >>> [candidate.text for candidate in regularisers(2)][:2]
    ['sum(abs(beta[j])^(1/2))', 'sum(abs(beta[j])^(2/3))']
    """
    own = []
    for number, text in enumerate(formulas, start=1):
        parse(text, key=f"--family {number}")
        own.append(Candidate(f"your formula {number}", text))
    exponents = sorted({*POWERS, *powers, Fraction(2, depth)})
    return (
        *own,
        *(_power(basis, p) for basis in ("beta", "rho") for p in exponents),
        *_weighted(depth),
        *_potentials(depth, "abs(rho[j])" if complex_rho else "rho[j]"),
        *_entropies(),
        *_from_the_start(depth),
        Candidate("l2 distance from the start", "sum((beta[j] - start[j])^2)"),
        *map(_schatten, exponents),
    )


def _schatten(p: Fraction) -> Candidate:
    if p == 1:
        # The part of a matrix that commutes with the sensors fits the data as well and has no larger nuclear norm:
        # the minimum is that of l1 over the eigenvalues rho.
        return Candidate("Schatten 1 (nuclear norm)", "schatten(1)", ("rho", "1"))
    return Candidate(f"Schatten {p}", f"schatten({p})")


def _power(basis: str, p: Fraction) -> Candidate:
    if p == 1:
        return Candidate(f"l1 in {basis}", f"sum(abs({basis}[j]))", (basis, "1"))
    exponent = str(p) if p.denominator == 1 else f"({p})"
    return Candidate(f"l_{p} in {basis}", f"sum(abs({basis}[j])^{exponent})")


def _weighted(depth: int) -> list[Candidate]:
    candidates = []
    for k in range(1, 2 * depth - 1):
        weight = "abs(etabar[j])" + (f"^{k}" if k > 1 else "")
        norm = f"|etabar|^{k}" if k > 1 else "|etabar|"
        candidates.append(
            Candidate(f"l1 in rho / {norm}", f"sum(abs(rho[j])/{weight})", ("rho", f"1/{weight}"))
        )
        candidates.append(Candidate(f"l2 in rho, squares / {norm}", f"sum(abs(rho[j])^2/{weight})"))
    return candidates


def _potentials(depth: int, atom: str) -> list[Candidate]:
    candidates = [
        Candidate(f"Q_{order}", _Q(order, "alpha*abs(etabar[j])", atom))
        for order in range(2, max(depth + 3, 6))
    ]
    order = max(depth, 2)
    for label, scale in (
        ("2 alpha for alpha", "2*alpha*abs(etabar[j])"),
        ("alpha/2 for alpha", "alpha*abs(etabar[j])/2"),
        ("weights etabar dropped", "alpha"),
        ("alpha dropped", "abs(etabar[j])"),
    ):
        candidates.append(Candidate(f"Q_{order}, {label}", _Q(order, scale, atom)))
    return candidates


def _Q(order: int, scale: str, atom: str) -> str:
    return f"sum(({scale})^2*H({order}, {atom}/({scale})^{order}))"


def _entropies() -> list[Candidate]:
    candidates = [
        Candidate("negative entropy of |beta|", "sum(entropy(abs(beta[j])))"),
        Candidate("logarithmic barrier of |beta|", "-sum(log(abs(beta[j])))"),
    ]
    for c in ("1/2", "1", "2"):
        scale = "alpha^2" if c == "1" else f"{c}*alpha^2"
        candidates.append(Candidate(f"hyperbolic entropy at {scale}", f"sum(hypentropy(beta[j], {scale}))"))
    candidates.append(Candidate("hyperbolic entropy at alpha^depth", "sum(hypentropy(beta[j], alpha^depth))"))
    return candidates


def _from_the_start(depth: int) -> list[Candidate]:
    """R5 where it is elementary: balanced layers (ties) of any depth, two layers from any start."""
    rho = "*".join(f"eta[{l},j]" for l in range(1, depth + 1))
    if depth != 2:
        power = f"(2/{depth} - 1)"
        slope = f"abs(rho[j])*abs({rho})^{power}"
        return (
            [Candidate("balanced layers", f"sum({slope} - {depth}/2*abs(rho[j])^(2/{depth}))")]
            if depth > 2
            else []
        )
    gap = "abs(eta[1,j]^2 - eta[2,j]^2)/2"
    return [
        Candidate(
            "entropy relative to the start (balanced layers)",
            f"sum(entropy(abs(rho[j])) - abs(rho[j])*(1 + log(abs({rho}))))",
        ),
        Candidate(
            "hyperbolic entropy relative to the start",
            f"sum(hypentropy(rho[j], {gap}) - rho[j]*asinh({rho}/({gap})))",
        ),
    ]


def applicable(candidate: Candidate, settings: Sequence[Setting]) -> str:
    """Why a candidate has no meaning for one of the problems, or ""."""
    for setting in settings:
        try:
            check_symbols(candidate.tree, setting)
        except InputError as error:
            return error.message
    return ""
