"""What the names of a statement are in one problem: sizes, numbers, starting values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from litproof.dynamics import GradientDescent, Momentum, WeightDecay
from litproof.errors import InputError
from litproof.flow.lift import is_polynomial
from litproof.flow.polynomials import coefficients, parameter_ring
from litproof.formula.quadrature import VARIABLE
from litproof.formula.setting import Setting
from litproof.language.grammar import SYMBOLS, formula_error
from litproof.language.statements import NAMES
from litproof.language.tree import Node, Number, Symbol
from litproof.networks.base import Network
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem


class UnknownName(Exception):
    """A name that the problem does not have; the message says which there are."""


@lru_cache(maxsize=64)
def degrees_of(network: Network) -> frozenset[int]:
    """Degrees of the monomials of a polynomial network's beta."""
    parameters = parameter_ring(network)
    terms = (term for entry in coefficients(network, parameters) for term in entry.terms())
    return frozenset(sum(exponents) for (_, *exponents), _ in terms)


@dataclass(frozen=True)
class ProblemNames:
    """Names of one problem; `own` are the parameters of a network given by formulas: layer and shape of each."""

    problem: Problem
    key: str
    own: Mapping[str, tuple[int, tuple[int, ...]]]

    @classmethod
    def of(cls, problem: Problem, key: str) -> ProblemNames:
        """The names of a problem; `key` is where errors about them are reported."""
        network = problem.network
        own = (
            {p.name: (l, p.shape) for l, p in enumerate(network.parameters, 1)}
            if isinstance(network, PolynomialNetwork)
            else {}
        )
        return cls(problem, key, own)

    def count(self, name: str) -> Number | None:
        """n, d, m, depth, the number of outputs or the degree of homogeneity; None for other names."""
        if name == "degree" and name not in self.own:
            return Number(Fraction(self.degree()))
        if name not in ("n", "d", "m", "depth", "outputs"):
            return None
        if name == "outputs":
            return Number(Fraction(getattr(self.problem.network, "outputs", 1)))
        value = Setting(self.problem).constant(name, ())
        return Number(value) if isinstance(value, Fraction) else None

    def degree(self) -> int:
        """Of beta as a homogeneous polynomial in all parameters; InputError where it is none."""
        if is_polynomial(self.problem.network):
            found = degrees_of(self.problem.network)
            if len(found) == 1:
                return min(found)
        raise InputError("degree: beta is no homogeneous polynomial in the parameters", key=self.key)

    def shape(self, name: str, count: int) -> tuple[int, ...]:
        """Sizes of a name; of beta, start and gradient with two indices: inputs and outputs."""
        problem, network = self.problem, self.problem.network
        base = name.removesuffix("0")
        if self.own and (name in self.own or base in self.own):
            return self.own[name if name in self.own else base][1]
        if name not in NAMES or (self.own and name in ("v", "v0")):
            raise UnknownName(f"unknown name {name!r}: {self._known()}")
        outputs = getattr(network, "outputs", 1)
        beta = (network.input_dim,) if count != 2 else (network.input_dim // outputs, outputs)
        shapes: dict[str, tuple[int, ...]] = {
            "beta": beta,
            "start": beta,
            "beta0": beta,
            "gradient": (network.input_dim,),
            "batch_gradient": (network.input_dim,),
            "mirror": (network.input_dim,),
            "y": (len(problem.y),),
            "residual": (len(problem.y),),
            "margin": (len(problem.margin_rows[0]) if problem.task == "classification" else len(problem.y),),
            "X": (len(problem.X), network.input_dim),
            "v": (len(network.shapes), max(network.shapes)),
            "v0": (len(network.shapes), max(network.shapes)),
            "theta": (sum(network.shapes),),
            "theta0": (sum(network.shapes),),
        }
        if name in shapes:
            return shapes[name]
        try:
            wanted = range(SYMBOLS.get(name, 0))
            return tuple(Setting(problem).size(name, position) for position in wanted)
        except InputError as error:
            raise UnknownName(error.message) from None

    def constant(self, name: str, place: int) -> Node | None:
        """A number that the problem or its dynamics has."""
        if name == "degree" and name not in self.own:
            return Number(Fraction(self.degree()), place)
        dynamics = self.problem.dynamics
        values: dict[str, Fraction | None] = {
            "outputs": Fraction(getattr(self.problem.network, "outputs", 1)),
            "step": dynamics.step if isinstance(dynamics, GradientDescent) else None,
            "mass": dynamics.mass if isinstance(dynamics, Momentum) else None,
            "decay": dynamics.rate if isinstance(dynamics, WeightDecay) else None,
            "until": dynamics.until if isinstance(dynamics, WeightDecay) else None,
        }
        if name in values and name not in self.own:
            value = values[name]
            if value is None:
                raise formula_error(place, f"{name}: the problem has no dynamics with it", self.key)
            return Number(value, place)
        if name in ("t", "loss", "pi", "alpha", "kappa", "logt", VARIABLE) and name not in self.own:
            return Symbol(name, (), place)
        return None

    def parameter(self, name: str, layer: int, entry: int, place: int) -> Node:
        """v[layer,entry]; its starting value for v0."""
        if name == "v":
            return Symbol("v", (layer, entry), place)
        return Number(self.problem.v0[layer - 1][entry - 1], place)

    def _known(self) -> str:
        network = self.problem.network
        if isinstance(network, PolynomialNetwork):
            return f"the parameters are {', '.join(map(str, network.parameters))}"
        return f"a {network.kind} network has the layers v[l,j]"
