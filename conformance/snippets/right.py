"""The line that prints what is right."""

from __future__ import annotations

from ..check import Finding, Witness
from .question import Question, literal

__all__ = ["right"]


def right(question: Question, finding: Finding | None) -> str:
    """Return a line that prints what is right; empty without a witness.

    Parameters
    ----------
    question : Question
        What was asked.
    finding : Finding or None
        What the witness is of.
    """
    witness = question.witness
    if witness is None:
        return ""
    defect = finding.defect if finding else ""
    return f'print("right", {_text(question, witness, defect)})'


def _text(question: Question, witness: Witness, defect: str) -> str:
    if "kink" in question.path:
        low, high = witness.exact.strip("[]").split(", ")
        return literal(f'{low}, "to", {high}')
    if defect.startswith("order"):
        word = "above" if question.entry.properties.monotone == "increasing" else "below"
        return f'"results none of which is {word} the next"'
    if defect.startswith("symmetry"):
        return literal(witness.exact) + ', "(as the result at -x has it)"'
    if "range" in question.path and question.entry.shape != "elementwise":
        most = float(witness.got) > float(witness.exact)
        return f'"at {"most" if most else "least"}", {literal(witness.exact)}'
    if "layout" in question.path:
        return literal(witness.exact) + ', "(alone)"'
    if "forward" in question.path:
        return literal(witness.exact) + ', "(in reverse mode)"'
    if "repeat" in question.path:
        return literal(witness.exact) + ', "(the first time)"'
    return literal(witness.exact)
