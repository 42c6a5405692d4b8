"""Certificates that no function of beta selects the limits: pairs with the same interpolators (kind limit-pair)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from litproof.algebra.linear import dot
from litproof.certify.certificates.format import Certificate, accepted, exact_text, text_rows, texts
from litproof.certify.certificates.regression_path import limit_records
from litproof.certify.checker.exact import rational, require, transposed
from litproof.certify.checker.flow import flow_of
from litproof.certify.checker.limit_pair import read_coefficients
from litproof.certify.checker.minimum_norm import independent
from litproof.certify.checker.work import Work
from litproof.flow.monomials import expanded
from litproof.integrate.budget import SECOND
from litproof.problem import Problem

Transform = Sequence[Sequence[Fraction]]


def transformed(problem: Problem, transform: Transform) -> Problem:
    """The problem with the data (T X, T y) in place of (X, y); T with as many columns as there are points."""
    columns = list(zip(*problem.X, strict=True))
    return replace(
        problem,
        X=tuple(tuple(dot(row, column) for column in columns) for row in transform),
        y=tuple(dot(row, problem.y) for row in transform),
    )


def pair_certificate(
    problem: Problem, transform: Transform, digits: int, *, operations: float = 60 * SECOND
) -> Certificate | None:
    """That the flows for (X, y) and (T X, T y), with the same interpolators, have different limits.

    None where a limit is not enclosed within the budget, or the enclosures meet.

    Parameters
    ----------
    problem : a regression problem. transform : T, with linearly independent columns.
    digits : of the largest entry, to which both limits are enclosed.
    operations : budget of each of the two searches, see `integrate.budget`.

    Raises
    ------
    checker.Refused : T has dependent columns; `checker.TooMuchWork` where the checker would not try.
    """
    problem.require_plain("a certificate of a pair")
    polynomials = expanded(problem.network)
    if polynomials is None:
        return None
    start = texts(x for layer in problem.v0 for x in layer)
    fields = {
        "beta": [
            [
                [exact_text(value), [k for k, power in enumerate(powers) for _ in range(power)]]
                for powers, value in sorted(polynomial.items())
            ]
            for polynomial in polynomials
        ],
        "start": start,
        "X": text_rows(problem.X),
        "y": texts(problem.y),
        "transform": text_rows(transform),
    }
    size, columns = len(start), transposed(transform)
    require(independent(columns, Work()), "the transform has dependent columns: interpolators are gained")
    beta, searches = read_coefficients(fields, size), []
    for member in (problem, transformed(problem, transform)):
        work = Work()
        flow = flow_of(beta, size, [list(row) for row in member.X], member.y, work)
        searches.append(limit_records(member, flow, digits, work, operations=operations))
    for records in zip(*searches, strict=False):
        boxes = [[[rational(end) for end in pair] for pair in record["enclosure"]] for record in records]
        gaps = [max(low - most, least - high) for (low, high), (least, most) in zip(*boxes, strict=True)]
        widest = max(gaps)
        if widest <= 0:
            return None
        stated = {**fields, "limits": list(records), "entry": gaps.index(widest) + 1}
        if (certificate := accepted("limit-pair", stated)) is not None:
            return certificate
    return None
