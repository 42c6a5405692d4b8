"""Functions along a flow as further states of a polynomial program.

exp(w), tanh(w), a power w^(-1/k), .. obey polynomial differential equations once w and its rate are polynomials in
the states: e' = e w', t' = (1 - t^2) w', p' = -p^(k+1) w' / k. Each such function is one more state, so that every
integrator of polynomial programs serves, and the exact algebra of polynomials (Carothers, Parker, Sochacki and
Warne, Electronic Journal of Differential Equations 2005, no. 40).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from litproof.algebra.balls import ball, dyadic
from litproof.errors import HypothesisError, InputError
from litproof.flow.program import Function, Linear, Node, Operators, Product, Program, Step, Tracer
from litproof.flow.trace import trace_coefficients
from litproof.language.functions import POWER, Irrational, OutsideDomain
from litproof.networks.base import MultilinearNetwork, Network
from litproof.precision import ball_precision, digits_to_bits

_ATTEMPTS = 6
"""Precision is doubled so many times before a start is called too close to the edge of a domain."""


@lru_cache(maxsize=64)
def is_polynomial(network: Network) -> bool:
    """Whether beta is a polynomial in the parameters, as it is computed."""
    return isinstance(network, MultilinearNetwork) or trace_coefficients(network).is_polynomial


def require_polynomial(network: Network, what: str, name: str = "") -> None:
    """HypothesisError, in one line, for a network with functions; `what` needs a polynomial one."""
    if not is_polynomial(network):
        message = f"{what} is for polynomial networks; this network has divisions, roots or other functions"
        raise HypothesisError(f"{name and name + ': '}{message}")


@dataclass(frozen=True)
class Lifted:
    """A flow with functions as a polynomial flow in more states.

    Attributes
    ----------
    program : inputs: those of the flow, then the functions; "velocity": the rates of all of them.
    functions : the program of the functions, as "functions", in the inputs of the flow.
    """

    program: Program
    functions: Program

    def start(self, inputs: Sequence[Fraction], digits: int, name: str = "") -> list[Fraction]:
        """All inputs of `program`: exact but for irrational functions, which are good to `digits` digits.

        Raises InputError where a function is not defined at the start.
        """
        return [*inputs, *evaluate(self.functions, inputs, "functions", digits, name)]

    def edge(self, sizes: Sequence[float]) -> str:
        """Which domain a flow leaves whose functions have these sizes, by the one that grows most; "" without any."""
        code, functions = self.functions.code, self.functions.outputs["functions"]
        steps = [code[atom - self.functions.inputs] for atom in functions]
        powers = [(size, s) for size, s in zip(sizes, steps, strict=True) if isinstance(s, Function)]
        if not powers:
            return ""
        _, grown = max(powers, key=lambda pair: pair[0])
        names = {s.name for _, s in powers if s.arg == grown.arg}
        if "log" in names:
            return "the argument of a logarithm reaches 0"
        if grown.name == POWER:
            return "a divisor reaches 0" if grown.k == 1 else "the argument of a root reaches 0"
        return f"{grown.name} grows beyond all bounds"


def lift(tracer: Tracer, outputs: Mapping[str, Sequence[Any]], velocity: Sequence[Any]) -> Lifted:
    """The polynomial flow of `velocity`, the rates of the tracer's inputs, with further outputs."""
    speed = [tracer.lift(rate) for rate in velocity]
    groups = {key: [tracer.lift(node) for node in group] for key, group in outputs.items()}
    rates: dict[int, Node] = {}
    while True:
        nodes = [*speed, *rates.values(), *(node for group in groups.values() for node in group)]
        atoms = tracer.needed(nodes)
        steps = {atom: tracer.steps[atom - tracer.inputs] for atom in atoms}
        missing = {a: s for a, s in steps.items() if isinstance(s, Function) and a not in rates}
        if not missing:
            break
        for atom in missing:
            (rates[atom],) = tracer.tangent([tracer.atom(atom)], speed)
    order = sorted(rates)
    whole = tracer.program({**groups, "velocity": [*speed, *(rates[atom] for atom in order)]})
    functions = tracer.program({"functions": [tracer.atom(atom) for atom in order]})
    return Lifted(_with_states(whole), functions)


def _with_states(program: Program) -> Program:
    """The program with its functions as inputs after the others, in their order."""
    count = sum(isinstance(step, Function) for step in program.code)
    place, steps = {i: i for i in range(program.inputs)}, list[Step]()
    following = program.inputs
    for k, step in enumerate(program.code, start=program.inputs):
        match step:
            case Function():
                place[k] = following
                following += 1
                continue
            case Linear():
                steps.append(Linear(tuple(place[a] for a in step.args), step.coefficients, step.constant))
            case Product():
                a, b = place[step.left], place[step.right]
                steps.append(Product(min(a, b), max(a, b)))
        place[k] = program.inputs + count + len(steps) - 1
    outputs = {key: tuple(place[a] for a in group) for key, group in program.outputs.items()}
    return Program(program.inputs + count, tuple(steps), outputs)


def evaluate(
    program: Program, inputs: Sequence[Fraction], group: str, digits: int, name: str = ""
) -> list[Fraction]:
    """Outputs of a program with functions: exact where all are fractions, else to about `digits` digits each.

    Raises InputError where a function is not defined.
    """
    try:
        return program.evaluate(Operators(), inputs, group)
    except Irrational:
        pass
    except OutsideDomain as reason:
        raise _outside(reason, name) from None
    fault = OutsideDomain("a function at the edge of its domain")
    wanted = digits_to_bits(digits)
    bits = wanted + 32

    def enough(x: Any) -> bool:
        """An irrational expression may be 0: then absolute accuracy has to do."""
        return (
            isinstance(x, Fraction)
            or x.rel_accuracy_bits() >= wanted
            or bool(x.rad() < ball(Fraction(1, 1 << (2 * wanted))))
        )

    for _ in range(_ATTEMPTS):
        with ball_precision(bits):
            try:
                values = _balls(program, inputs)
            except OutsideDomain as caught:
                fault = caught
            else:
                outputs = [values[a] for a in program.outputs[group]]
                if all(map(enough, outputs)):
                    return [x if isinstance(x, Fraction) else dyadic(x) for x in outputs]
        bits *= 2
    raise _outside(fault, name)


def _outside(fault: OutsideDomain, name: str) -> InputError:
    return InputError(
        f"expected a start where every function is defined and has derivatives, got {fault}",
        key="init.v",
        source=name,
    )


def _balls(program: Program, inputs: Sequence[Fraction]) -> list[Any]:
    """All atoms, fractions where they are, balls elsewhere."""
    exactly, balls = Operators(), Operators(ball)
    values: list[Any] = list(inputs)
    for step in program.code:
        match step:
            case Linear():
                args = [values[a] for a in step.args]
            case Product():
                args = [values[step.left], values[step.right]]
            case Function():
                args = [values[step.arg]]
        if all(isinstance(x, Fraction) for x in args):
            try:
                values.append(_run(exactly, step, args))
                continue
            except Irrational:
                pass
        values.append(_run(balls, step, [ball(x) if isinstance(x, Fraction) else x for x in args]))
    return values


def _run(ring: Operators, step: Step | Function, args: Sequence[Any]) -> Any:
    match step:
        case Linear():
            return ring.linear(step, args)
        case Product():
            return ring.product(*args)
    return ring.function(step, args[0])


def beta_at(
    network: Network, layers: Sequence[Sequence[Fraction]], digits: int, name: str = ""
) -> tuple[Fraction, ...]:
    """beta, exact where the network is polynomial or its functions have rational values, else to `digits` digits."""
    if is_polynomial(network):
        return tuple(network.coefficients(layers))
    program = trace_coefficients(network)
    return tuple(evaluate(program, [x for layer in layers for x in layer], "beta", digits, name))
