"""From what was counted to an outcome: the budget says whether it conforms, the grade how good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from actinit.spec import Activation

from ..binades import ROUNDED, curve
from ..findings import DIVERGING, OBSERVED, findings
from ..groups import witness
from ..kernels import OF_BEYOND
from ..questions import Question
from ..tally import DEFECTS, Tally
from .base import Finding, Grade, Outcome, Witness

__all__ = ["conclude", "outcome", "outcome_and_curve", "subject", "tell"]

#: Ulp up to which a result that conforms has this grade.
_GRADES: tuple[tuple[float, Grade], ...] = ((1.0, "A"), (4.0, "B"))
_SUBJECTS = {"value": "", "derivative": "the derivative of ", "second": "the second derivative of "}
# What makes a result wrong and not only inaccurate.
_WRONG = ("nonfinite", "coarse", "sign", "range")
# As many findings as a message tells.
_TOLD = 3


def outcome(
    tally: Tally,
    question: Question,
    entry: Activation,
    part: str,
    defects: Sequence[str] = DIVERGING + OBSERVED,
) -> Outcome:
    """Judge what was counted for an elementwise entry.

    Parameters
    ----------
    tally : Tally
        Whole, with its seams.
    question : Question
        What was asked.
    entry : Activation
        Of whom.
    part : {"value", "derivative", "second"}
        Which of its functions.
    defects : sequence of str, optional
        Which count; by default all.

    Returns
    -------
    Outcome
        Conforming if nothing is beyond its budget; with the worst input, a grade and counts.
    """
    found = findings(tally, question, subject(entry, part), defects)
    # What belongs to a defect is counted with it.
    told = [*defects, *(OF_BEYOND if "beyond" in defects else ())]
    counts = {defect: tally.number(defect) for defect in DEFECTS if defect in told}
    worst = tally.worst()
    assert worst is not None
    return conclude(found, tally.count, counts, witness(worst, "worst", question))


def outcome_and_curve(
    tally: Tally,
    question: Question,
    entry: Activation,
    part: str,
    defects: Sequence[str] = DIVERGING + OBSERVED,
) -> Outcome:
    """Judge as `outcome` does, and keep the error curve.

    A sweep has a curve of its own, which leaves nothing out.
    """
    judged = outcome(tally, question, entry, part, defects)
    return replace(judged, curve=curve(tally, above=ROUNDED))


def conclude(
    found: Sequence[Finding], points: int, counts: Mapping[str, int], worst: Witness
) -> Outcome:
    """Put findings, counts and the largest finite error together.

    Parameters
    ----------
    found : sequence of Finding
        The gravest kind first.
    points : int
        How many results there were.
    counts : mapping of str to int
        How many of them had each defect.
    worst : Witness
        The largest finite error.

    Returns
    -------
    Outcome
        With the kind and the witness of the gravest finding; conforming if none diverges.
    """
    measured: dict[str, float] = {"points": points, "max_ulp": worst.error or 0.0}
    measured |= {defect: number for defect, number in counts.items() if number}
    diverging = [finding for finding in found if finding.kind]
    if not diverging:
        return Outcome(
            conforms=True,
            message=f"at most {worst.error or 0.0:.3g} ulp, at x = {worst.x}",
            grade=_grade(worst.error or 0.0),
            witness=worst,
            measured=measured,
            findings=list(found),
        )
    gravest = [finding for finding in diverging if finding.kind == diverging[0].kind]
    beyond = counts.get("beyond", 0) + counts.get("nonfinite", 0)
    many = f"{beyond:,} of {points:,} inputs beyond the budget: " if beyond else ""
    wrong = any(counts.get(defect) for defect in _WRONG)
    return Outcome(
        conforms=False,
        message=many + tell(diverging),
        kind=diverging[0].kind,
        grade="F" if wrong else "D" if beyond else None,
        witness=max(gravest, key=lambda finding: finding.worst.error or 0.0).worst,
        measured=measured,
        findings=list(found),
    )


def subject(entry: Activation, part: str) -> str:
    """Return what a sentence on the results is about."""
    return _SUBJECTS[part] + entry.name


def tell(found: Sequence[Finding]) -> str:
    """Return the first of some findings in one sentence."""
    more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return "; ".join(finding.sentence for finding in found[:_TOLD]) + more


def _grade(error: float) -> Grade:
    return next((grade for limit, grade in _GRADES if error <= limit), "C")
