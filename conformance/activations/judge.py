"""From what was counted to an outcome: the budget says whether it conforms, the grade how good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from actinit.spec import Activation

from ..check import Finding, Grade, Outcome, Witness
from ..error.curve import ROUNDED, curve
from ..error.findings import DIVERGING, OBSERVED, findings
from ..error.intervals import witness
from ..error.kernels import ROUNDING_LEVEL
from ..error.metric import measure, ulp
from ..error.ordinals import number
from ..error.question import Question
from ..error.rows import DEFECTS, OF_BEYOND
from ..error.tally import Tally
from ..oracle import Exact

__all__ = ["conclude", "outcome", "outcome_and_curve", "subject", "tell"]

#: Ulp up to which a result that conforms has this grade.
_GRADES: tuple[tuple[float, Grade], ...] = ((1.0, "A"), (4.0, "B"))
_SUBJECTS = {"value": "", "derivative": "the derivative of ", "second": "the second derivative of "}
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
    wrong = _wrong(tally, question) if "beyond" in defects else None
    return conclude(found, tally.count, counts, witness(worst, "worst", question), wrong)


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
    found: Sequence[Finding],
    points: int,
    counts: Mapping[str, int],
    worst: Witness,
    wrong: Witness | None = None,
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
    wrong : Witness, optional
        The largest error among results of the wrong sign or far off in absolute terms, which have
        grade F; if there are any.

    Returns
    -------
    Outcome
        With the kind of the gravest finding; conforming if none diverges. The grade is that of the
        witness. Its error stands in `measured` as ``graded_ulp``, unless it has none: nan, an
        infinity, or a bound that is passed. ``max_ulp`` is the largest finite error of all.
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
            measured={**measured, "graded_ulp": worst.error or 0.0},
            findings=list(found),
        )
    beyond = counts.get("beyond", 0) + counts.get("nonfinite", 0)
    many = f"{beyond:,} of {points:,} inputs beyond the budget: " if beyond else ""
    grade, shown = _graded(diverging, bool(beyond), wrong)
    if shown.error is not None and grade is not None:
        measured["graded_ulp"] = shown.error
    return Outcome(
        conforms=False,
        message=many + tell(diverging),
        kind=diverging[0].kind,
        grade=grade,
        witness=shown,
        measured=measured,
        findings=list(found),
    )


def _graded(
    diverging: Sequence[Finding], beyond: bool, wrong: Witness | None
) -> tuple[Grade | None, Witness]:
    """Return the grade of findings, and the one input that has it."""
    kind = diverging[0].kind
    gravest = [finding for finding in diverging if finding.kind == kind]
    # A step back or an asymmetry has a size too, but that is no error of a result.
    errors = [finding for finding in gravest if finding.defect == "beyond"] or gravest
    worst = max(errors, key=lambda finding: _size(finding.worst)).worst
    assert worst is not None
    if kind in ("non-finite", "range"):
        return "F", worst
    if wrong is not None:
        return "F", wrong
    return ("D" if beyond else None), worst


def _size(witness: Witness | None) -> float:
    return (witness.error if witness else None) or 0.0


def _wrong(tally: Tally, question: Question) -> Witness | None:
    """Return the largest error among results that are wrong and not only inaccurate.

    Of a bin its largest error is at hand, and the first and the last of each defect.
    """
    found = list(_candidates(tally.rows))
    if not found:
        return None
    fmt = question.fmt
    x = np.array([number(at, fmt) for at, _, _ in found])
    got, right = np.array([pair for _, *pair in found], dtype=np.float64).T
    points = x.astype(np.float64)
    errors = measure(got, Exact(right, np.zeros_like(right)), fmt)
    budget = question.budgets(points)
    with np.errstate(all="ignore"):
        coarse = np.abs(got - right) > ROUNDING_LEVEL * ulp(np.maximum(1.0, np.abs(points)), fmt)
    # Beside a root a sign may be wrong for a few roundings: so it is inaccurate, as a lost tail is.
    wrong = errors.beyond(budget) & (coarse | (errors.wrong_sign & (errors.ulps > budget)))
    if not wrong.any():
        return None
    at = int(np.argmax(np.where(wrong, errors.ulps, -1.0)))
    return Witness.of(
        x[at], got[at], right[at], error=float(errors.ulps[at]), budget=float(budget[at])
    )  # fmt: skip


def _candidates(rows: NDArray[Any]) -> Iterator[tuple[int, float, float]]:
    """Yield ordinal, result and exact value of inputs that may be the worst of those wrong."""
    places = [DEFECTS.index(defect) for defect in ("coarse", "sign")]
    for row in rows[rows["number"][:, places].any(axis=1)]:
        yield int(row["beyond_at"]), float(row["beyond_got"]), float(row["beyond_exact"])
        for at in places:
            if row["number"][at]:
                for end in ("first", "last"):
                    yield (
                        int(row[end][at]),
                        float(row[f"{end}_got"][at]),
                        float(row[f"{end}_exact"][at]),
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
