"""A claim in plain words, for `litproof show`."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from litproof.claims.catalogue import catalogue, code_of
from litproof.claims.kernel import RECHECK, kernel_record
from litproof.claims.types import Claim, Status
from litproof.report.recorded import recorded_evidence
from litproof.text import first_paragraph
from litproof.theorems import has
from litproof.theorems.implications import describe
from litproof.theorems.relations import NARROWINGS, Relation

if TYPE_CHECKING:
    from litproof.derive.derivation import Derivation


def describe_claim(claim: Claim) -> str:
    """Title, source, statement, hypotheses, prediction, measurement, mutants, instances and kernel proofs."""
    code = code_of(claim.id)
    lines = [
        f"{claim.id} ({code})" if code else claim.id,
        claim.title,
        "",
        "Statement",
        *_indented(claim.statement),
    ]
    if claim.expected is not Status.VERIFIED:
        lines += ["", f"Expected to be {claim.expected}, on every instance"]
    if claim.hypotheses:
        lines += ["", "Hypotheses", *(f"  - {hypothesis.name}" for hypothesis in claim.hypotheses)]
    lines += ["", "Predicted", *_indented(first_paragraph(claim.prediction))]
    lines += ["", "Measured", *_indented(first_paragraph(claim.measure.__doc__))]
    if claim.mutants:
        heading = "Mutants, made automatically" if claim.automatic else "Mutants, each to be rejected"
        lines += ["", heading, *(f"  - {mutant.name}" for mutant in claim.mutants)]
    instances = claim.instances(0)
    if instances:
        lines += ["", "Instances (seed 0)", *(f"  - {instance.label}" for instance in instances)]
    if catalogue().get(claim.id) is claim:
        heading, words = recorded_evidence(claim.id)
        lines += ["", heading, *_indented(words)] if heading else []
    lines += _kernel(claim.id)
    if cases := describe(claim.id):
        lines += ["", "Decided as polynomials, for all data and losses", *(f"  - {case}" for case in cases)]
    if narrowed := [one for one in NARROWINGS if claim.id in (one.general, one.special)]:
        lines += [
            "",
            "The same network under other hypotheses",
            *(_narrowed(claim.id, one) for one in narrowed),
        ]
    if derived := claim.derive or (claim.id if has(claim.id, "derivation") else ""):
        lines += ["", f"Derivation: litproof derive {derived}"]
    if claim.source:
        lines += ["", f"Source: {claim.source}"]
    return "\n".join(lines)


def _narrowed(id: str, one: Relation) -> str:
    if id == one.general:
        return f"  - Contains {one.special} ({one.where})."
    return f"  - Is contained in {one.general} ({one.where})."


def describe_derivation(derivation: Derivation) -> str:
    """Title, statement, how much of it was decided, and theorems in Coq: for what has no claim of its own."""
    from litproof.derive.derivation import Argument, Shown
    from litproof.derive.latex.printer import latex
    from litproof.derive.stated import STATED

    lines = [f"{derivation.claim} ({derivation.code})", derivation.title, "", "Statement"]
    for part in derivation.statement:
        if isinstance(part, Shown):
            lines += ["", f"    ${latex(derivation.step(part.name).relation)}$", ""]
        elif isinstance(part, str):
            lines += _indented(derivation.plain(part))
    decided = sum(step.kind not in STATED for step in derivation.steps)
    arguments = sum(isinstance(part, Argument) for part in (*derivation.body, *derivation.conclusion))
    lines += [
        "",
        "Derived",
        *_indented(
            f"{decided} relations decided, {len(derivation.steps) - decided} stated, {arguments} paragraphs in words: "
            f"litproof derive {derivation.claim}"
        ),
    ]
    if derivation.kernel:
        lines += ["", "Proved in Coq, in part", *_indented(f"Theorems: {', '.join(derivation.kernel)}.")]
    return "\n".join(lines)


def _kernel(id: str) -> list[str]:
    """What Coq has checked of the claim, and how far that can be trusted here."""
    record = kernel_record()
    proof = record.proofs.get(id)
    if proof is None:
        return ["", "Kernel proofs", *_indented(record.note)] if record.note and not record.proofs else []
    lines = ["", "Proved in Coq, the whole statement" if not proof.missing else "Proved in Coq, a part"]
    lines += _indented(proof.says)
    if proof.missing:
        lines += _indented(f"Missing: {proof.missing}.")
    lines += _indented(f"Theorems: {', '.join(proof.theorems)}.")
    return [
        *lines,
        *_indented(record.note or f"The sources are those of the recorded run; re-check with {RECHECK}"),
    ]


def _indented(text: str) -> list[str]:
    return fill(" ".join(text.split()), 100, initial_indent="  ", subsequent_indent="  ").splitlines()
