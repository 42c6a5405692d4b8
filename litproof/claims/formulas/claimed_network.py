"""The network that a claim in TOML is about: parameters whose sizes may be letters, and beta as a formula.

An exponent may be a capital letter, as in u[j]^D - v[j]^D: the network is then one for every power up to `MOST_POWER`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from litproof.claims.hypotheses import holds
from litproof.claims.types import Check, Hypothesis
from litproof.errors import InputError
from litproof.laws.architectures import map_of
from litproof.laws.program import expand
from litproof.networks.base import Network
from litproof.networks.polynomial import FormulaNetwork, PolynomialNetwork
from litproof.problem import Problem
from litproof.problem_file.values import Node, table, texts

_DECLARED = re.compile(r"(?P<name>[A-Za-z_]\w*)(\[(?P<sizes>\w+(\s*,\s*\w+)?)\])?", re.ASCII)

_POWER = re.compile(r"\^\s*([A-Z])\b", re.ASCII)
MOST_POWER = 12
"""Exponents that a letter is tried for."""


@dataclass(frozen=True)
class ClaimedNetwork:
    """A polynomial network for every size.

    Attributes
    ----------
    names : of the parameters.
    sizes : of each: numbers, or letters, of which d is the number of inputs.
    beta : formulas, as in problem files.
    """

    names: tuple[str, ...]
    sizes: tuple[tuple[int | str, ...], ...]
    beta: tuple[str, ...]
    source: str = ""

    def __str__(self) -> str:
        """In one line, for people."""
        declared = (
            f"{name}[{','.join(map(str, sizes))}]" if sizes else name
            for name, sizes in zip(self.names, self.sizes, strict=True)
        )
        return f"beta = {', '.join(self.beta)} with the parameters {', '.join(declared)}"

    @property
    def power(self) -> str:
        """The letter of an exponent, "" for none."""
        letters = {letter for text in self.beta for letter in _POWER.findall(text)} - set(self.names)
        return min(letters, default="")

    def of_size(self, sizes: Mapping[str, int], outputs: int = 1) -> PolynomialNetwork:
        """The network whose letters have these values, d among them; InputError for a letter without one."""
        declared = []
        for name, own in zip(self.names, self.sizes, strict=True):
            if unknown := [size for size in own if isinstance(size, str) and size not in sizes]:
                message = f"the size {unknown[0]!r} of {name} is not known here; give the problem a [network]"
                raise InputError(message, key="claim.network.parameters", source=self.source)
            values = [str(sizes[size] if isinstance(size, str) else size) for size in own]
            declared.append(f"{name}[{','.join(values)}]" if values else name)
        beta = self.beta
        if letter := self.power:
            if letter not in sizes:
                message = f"the exponent {letter!r} is not known here; give the problem a [network]"
                raise InputError(message, key="claim.network.beta", source=self.source)
            beta = tuple(re.sub(rf"\b{letter}\b", str(sizes[letter]), text) for text in beta)
        return PolynomialNetwork.of(declared, beta, sizes["d"], outputs, source=self.source)

    def sizes_in(self, network: Network) -> dict[str, int] | None:
        """The values of the letters for which `network` can be this one; None when shapes do not fit."""
        outputs = getattr(network, "outputs", 1)
        known = {"d": network.input_dim // outputs}
        if len(network.shapes) != len(self.sizes):
            return None
        declared = network.parameters if isinstance(network, PolynomialNetwork) else None
        for l, own in enumerate(self.sizes):
            if declared is not None:
                if len(declared[l].shape) != len(own):
                    return None
                pairs = zip(own, declared[l].shape, strict=True)
            else:
                # layers are flat elsewhere: one letter may follow from the number of entries
                open_sizes = [size for size in own if isinstance(size, str) and size not in known]
                rest = prod(known.get(size, 1) if isinstance(size, str) else size for size in own)
                if len(open_sizes) > 1 or network.shapes[l] % rest:
                    return None
                pairs = zip(open_sizes, [network.shapes[l] // rest], strict=False)
            for letter, size in pairs:
                if (known.setdefault(letter, size) if isinstance(letter, str) else letter) != size:
                    return None
        return known

    def instance_like(self, network: Network) -> PolynomialNetwork | None:
        """The network in the sizes of another one that is the same map of the same parameters, else None."""
        sizes = self.sizes_in(network)
        if sizes is None:
            return None
        if not self.power:
            return self._same(sizes, network)
        powers = ({**sizes, self.power: power} for power in range(1, MOST_POWER + 1))
        return next(filter(None, (self._same(one, network) for one in powers)), None)

    def _same(self, sizes: Mapping[str, int], network: Network) -> PolynomialNetwork | None:
        try:
            own = self.of_size(sizes, getattr(network, "outputs", 1))
        except InputError:
            return None
        if own == network:
            return own
        if own.shapes != network.shapes or own.input_dim != network.input_dim:
            return None
        if isinstance(network, FormulaNetwork):
            return None  # divisions and functions: no polynomial map
        zero = [[Fraction(0)] * size for size in own.shapes]  # the programs leave additive constants out
        if tuple(own.coefficients(zero)) != tuple(network.coefficients(zero)):
            return None
        return own if expand(map_of(own).program) == expand(map_of(network).program) else None

    @property
    def hypothesis(self) -> Hypothesis:
        """That the network of a problem is this one, by equal polynomials."""

        def check(problem: Problem) -> Check:
            return holds(self.instance_like(problem.network) is not None, "it is another network")

        return Hypothesis(f"the network is {self}", check)


def read_claimed_network(entry: Node) -> ClaimedNetwork:
    """The table `network` of a claim; InputError for what is no network at all."""
    table(entry, ("parameters", "beta"))
    names, sizes = [], []
    for number, text in enumerate(texts(entry.child("parameters"), "parameters such as 'u[d]'"), 1):
        match = _DECLARED.fullmatch(text.strip())
        if match is None:
            wrong = Node(text, f"{entry.key}.parameters[{number}]", entry.source)
            raise wrong.error(f"expected a parameter such as 'u[d]', 'W[k,d]' or 'a', got {text[:40]!r}")
        parts = [part.strip() for part in match["sizes"].split(",")] if match["sizes"] else []
        names.append(match["name"])
        sizes.append(tuple(int(part) if part.isdecimal() else part for part in parts))
    beta = texts(entry.child("beta"), "formulas")
    return ClaimedNetwork(tuple(names), tuple(sizes), beta, entry.source)
