"""A claim in plain words, for `litproof show`."""

from textwrap import fill

from litproof.claims.claim import Claim


def describe_claim(claim: Claim) -> str:
    """Title, source, statement, hypotheses, prediction, measurement, mutants and instances of a claim."""
    lines = [claim.id, claim.title, "", "Statement", *_indented(claim.statement)]
    if claim.hypotheses:
        lines += ["", "Hypotheses", *(f"  - {hypothesis.name}" for hypothesis in claim.hypotheses)]
    lines += ["", "Predicted", *_indented(_first_paragraph(claim.prediction))]
    lines += ["", "Measured", *_indented(_first_paragraph(claim.measure.__doc__))]
    if claim.mutants:
        heading = "Mutants, made automatically" if claim.automatic else "Mutants, each to be rejected"
        lines += ["", heading, *(f"  - {mutant.name}" for mutant in claim.mutants)]
    instances = claim.instances(0)
    if instances:
        lines += ["", "Instances (seed 0)", *(f"  - {instance.label}" for instance in instances)]
    if claim.source:
        lines += ["", f"Source: {claim.source}"]
    return "\n".join(lines)


def _indented(text: str) -> list[str]:
    return fill(" ".join(text.split()), 100, initial_indent="  ", subsequent_indent="  ").splitlines()


def _first_paragraph(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0]
