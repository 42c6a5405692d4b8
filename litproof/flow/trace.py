"""Programs of a network: its coefficients, their gradient, the regression flow, and the work along it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from litproof.flow.program import Node, Product, Program, Tracer, split
from litproof.networks.base import Network


def trace_coefficients(network: Network) -> Program:
    """Program v -> "beta", from the network's own `coefficients`. Inputs: the layers one after the other."""
    tracer = Tracer(sum(network.shapes))
    beta = network.coefficients(split(tracer.variables(), network.shapes))
    return tracer.program({"beta": beta})


def trace_gradient(network: Network) -> Program:
    """Program (v, c) -> "beta" (d) and "gradient" = grad_v sum_z c_z beta_z(v); inputs: layers, then c."""
    parameters = sum(network.shapes)
    tracer = Tracer(parameters + network.input_dim)
    inputs = tracer.variables()
    beta = [tracer.lift(b) for b in network.coefficients(split(inputs[:parameters], network.shapes))]
    gradient = tracer.gradient(beta, inputs[parameters:])[:parameters]
    return tracer.program({"beta": beta, "gradient": gradient})


def trace_flow(
    network: Network,
    X: Sequence[Sequence[Fraction]],
    y: Sequence[Fraction],
    projection: Sequence[Mapping[int, Fraction]] | None = None,
    weights: Sequence[Fraction] = (),
) -> Program:
    """Program of the regression flow in the original parameters.

    v -> "beta" (d), "residual" r = X beta - y (n), "velocity" v' = -grad_v (X^T W r)^T beta, r held fixed.

    weights : w_i of the loss 1/2 sum_i w_i r_i^2, all 1 unless given.
    projection : rows {column: entry} of an orthogonal projection P onto a subspace that the flow does not leave; the
        program is that of beta(P v), the same flow on the subspace, whose velocity lies in it.
    """
    tracer = Tracer(sum(network.shapes))
    variables = tracer.variables()
    if projection is not None:
        entries = [
            sum((variables[j] * c for j, c in sorted(row.items())), tracer.lift(0)) for row in projection
        ]
    else:
        entries = variables
    beta = [tracer.lift(b) for b in network.coefficients(split(entries, network.shapes))]

    outputs, rest, parts = factored(tracer, [tracer.combined(row, beta) for row in X])
    residual = [tracer.named_exactly(f - target) for f, target in zip(outputs, y, strict=True)]
    pulling = [r * w for r, w in zip(residual, weights, strict=True)] if weights else residual
    if parts:
        columns = [
            (tracer.atom(a), [f.terms.get(a, Fraction(0)) for f in rest])
            for a in sorted({a for f in rest for a in f.terms})
        ]
        moved = [node for node, _ in columns] + [node for node, _ in parts]
        pull = [tracer.named_exactly(-tracer.combined(column, pulling)) for _, column in columns]
        pull += [-pulling[i] for _, i in parts]
    else:
        moved, pull = (
            beta,
            [tracer.named_exactly(-tracer.combined(column, pulling)) for column in zip(*X, strict=True)],
        )
    velocity = tracer.gradient(moved, pull)
    return tracer.program({"beta": beta, "residual": residual, "velocity": velocity})


def trace_work(
    network: Network,
    X: Sequence[Sequence[Fraction]],
    y: Sequence[Fraction],
    weights: Sequence[Fraction] = (),
) -> Program:
    """Program (v, nu, w) -> "velocity": v' = -grad_v loss, nu' = -r, w' = f . r, with f = X beta and r = W (f - y).

    Inputs: the layers one after the other, n entries of nu, w. For a flow that starts at nu = w = 0 and
    moves along f(t), integration by parts gives int nu . df = nu . f + w (boundary term at 0 vanishes).
    """
    parameters, n = sum(network.shapes), len(X)
    tracer = Tracer(parameters + n + 1)
    inputs = tracer.variables()
    beta = [tracer.lift(b) for b in network.coefficients(split(inputs[:parameters], network.shapes))]

    outputs = [tracer.named_exactly(tracer.combined(row, beta)) for row in X]
    residual = [tracer.named_exactly(f - target) for f, target in zip(outputs, y, strict=True)]
    if weights:
        residual = [tracer.named_exactly(r * w) for r, w in zip(residual, weights, strict=True)]
    pull = [tracer.named_exactly(-tracer.combined(column, residual)) for column in zip(*X, strict=True)]
    velocity = tracer.gradient(beta, pull)[:parameters]
    work = tracer.combined(residual, outputs)
    return tracer.program({"velocity": [*velocity, *(-r for r in residual), work]})


def factored(tracer: Tracer, nodes: Sequence[Node]) -> tuple[list[Node], list[Node], list[tuple[Node, int]]]:
    """The same forms with fewer products: those with a factor in common that the forms only add up.

    Where n forms add up more than n products with one factor h, each takes the sum of the other factors times h.

    Returns
    -------
    forms : equal to `nodes`. rest : what is left of them. parts : (product, number of the form that it is added to).
    """
    rest = list(nodes)
    parts: list[tuple[Node, int]] = []
    uses: dict[int, dict[int, int]] = {}
    for atom in sorted({atom for node in nodes for atom in node.terms}):
        step = tracer.steps[atom - tracer.inputs] if atom >= tracer.inputs else None
        if isinstance(step, Product):
            uses.setdefault(step.left, {})[atom] = step.right
            uses.setdefault(step.right, {})[atom] = step.left
    while uses:
        used = {
            h: [i for i, node in enumerate(rest) if not node.terms.keys().isdisjoint(others.keys())]
            for h, others in uses.items()
        }
        h = max(uses, key=lambda h: len(uses[h]) - len(used[h]))
        others = uses.pop(h)
        if len(others) <= len(used[h]):
            break
        for i in used[h]:
            terms = rest[i].terms
            form = tracer.combined(
                (terms[a] for a in others if a in terms),
                (tracer.atom(x) for a, x in others.items() if a in terms),
            )
            parts.append((tracer.named_exactly(form) * tracer.atom(h), i))
            rest[i] = Node(tracer, {a: c for a, c in terms.items() if a not in others}, rest[i].constant)
        uses = {g: {a: x for a, x in kept.items() if a not in others} for g, kept in uses.items()}
    forms = list(rest)
    for node, i in parts:
        forms[i] = forms[i] + node
    return forms, rest, parts
