"""The line that prints what is right."""

from __future__ import annotations

import json

import numpy as np

from ..checks.base import Finding, Witness
from ..formats import FORMATS, Format, describe
from .question import Question, literal

__all__ = ["right", "rounded"]


def right(question: Question, finding: Finding | None) -> str:
    """Return a line that prints what is right, rounded to the format; empty without a witness.

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
        return literal(rounded(witness, question.dtype)) + ', "(as the result at -x has it)"'
    if "range" in question.path and question.entry.shape != "elementwise":
        most = float(witness.got) > float(witness.exact)
        return f'"at {"most" if most else "least"}", {literal(witness.exact)}'
    if "layout" in question.path:
        return literal(witness.exact) + ', "(alone)"'
    if "repeat" in question.path:
        return literal(witness.exact) + ', "(the first time)"'
    if "integers" in question.path:
        return literal(witness.exact)
    return literal(rounded(witness, question.dtype))


def rounded(witness: Witness, dtype: str) -> str:
    """Return what is right, rounded to the format, unless that is what came."""
    spelled = witness.exact.replace("inf", "Infinity").replace("nan", "NaN")
    exact = np.array(json.loads(spelled), dtype=np.float64)
    text = describe(_rounded(exact, FORMATS[dtype]))
    return witness.exact if text == witness.got else text


def _rounded(value: np.ndarray, fmt: Format) -> np.ndarray:
    """Round once, to the nearest number of a format, ties to even."""
    if fmt.precision == FORMATS["float64"].precision:
        return value
    with np.errstate(all="ignore"):
        exponent = np.frexp(np.where(np.isfinite(value), value, 1.0))[1] - 1
        step = np.exp2(np.maximum(exponent, fmt.emin) - fmt.stored).astype(np.float64)
        near = np.copysign(np.rint(value / step) * step, value)
        return np.where(np.abs(near) >= 2.0 ** (fmt.emax + 1), np.copysign(np.inf, near), near)
