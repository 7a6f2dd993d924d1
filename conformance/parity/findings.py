"""The findings of a training: one for each divergence that hides behind the one before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast

import msgspec
import numpy as np

from actinit.adapters.training import Problem, TrainerOf

from ..check import Finding, Witness
from ..kinds import KINDS, Kind
from ..results.parity import Comparison, Divergence
from ..undiagnosed import cause_search
from .compare import SLACK, TOLERANCE
from .diagnosis.diagnose import Diagnosis, diagnose
from .reasons import matching, remedied
from .results import BadStepError
from .sentences import place

__all__ = ["findings", "malformed"]

_EPS = float(np.finfo(np.float64).eps)

_NO_CAUSE = cast("Diagnosis | None", None)


def findings(
    train: TrainerOf, problem: Problem, comparisons: Sequence[Comparison]
) -> list[Finding]:
    """Return what was found on a backend.

    Parameters
    ----------
    train : callable
        What trains on it.
    problem : Problem
        What was trained.
    comparisons : sequence of Comparison
        All that `explained` yielded.
    """
    own: Mapping[str, Kind] = getattr(train, "remedies", {})
    made: list[Finding] = []
    for before, after in pairwise(comparisons):
        reasons = [name for name in after.matched if name not in before.matched]
        kinds = {own.get(reason, "accuracy") for reason in reasons}
        kind: Kind = next(one for one in KINDS if one in kinds)
        words = ", ".join(reasons)
        made += _finding(before, made, kind, words, f"; with {words} it goes on in agreement")
    last = comparisons[-1]
    if first := last.parity.divergence:
        diagnosis = _diagnosed(train, problem, last, first)
        # What is not recognized is at least no number where one is right, or another formula.
        kind = "non-finite" if first.got is None else "definition"
        if diagnosis:
            made += _finding(
                last, made, diagnosis.kind, diagnosis.slug, f": {diagnosis.sentence}", diagnosis
            )
        else:
            made += _finding(last, made, kind, "", "; no cause is recognized")
    for dtype in comparisons[0].parity.dtypes:
        said = f"arrays of {dtype} come back where {problem.dtype} went in"
        made.append(Finding(key=f"dtype/{dtype}", kind="error", defect="dtype", sentence=said))
    return made


def malformed(error: BadStepError) -> Finding:
    """Return the finding of a step that has not the form of one."""
    return Finding(
        key=f"malformed/{error.what}", kind="error", defect="malformed", sentence=str(error),
        data={"step": error.step},
    )  # fmt: skip


@cause_search(_NO_CAUSE)
def _diagnosed(
    train: TrainerOf, problem: Problem, last: Comparison, first: Divergence
) -> Diagnosis | None:
    return diagnose(remedied(train, last.matched), matching(problem, last.matched), first)


def _finding(
    one: Comparison,
    others: Sequence[Finding],
    kind: Kind,
    looks_like: str,
    why: str,
    diagnosis: Diagnosis | None = None,
) -> list[Finding]:
    first = one.parity.divergence
    if first is None:
        return []
    key = f"divergence/{first.operation.replace(' pass', '').replace(' ', '-')}"
    rank = sum(other.key.split("/")[:2] == key.split("/") for other in others) + 1
    data: dict[str, str | float] = {
        "step": first.step,
        "steps": one.parity.steps,
        "operation": first.operation,
        "what": first.what,
        "examples": first.examples,
        "short_batch": "yes" if first.short else "no",
        "difference": first.difference,
        "greatest_loss_difference": one.parity.greatest,
        "matched": ", ".join(one.matched),
    }
    if diagnosis:
        data["cause"] = diagnosis.sentence
        if diagnosis.value is not None:
            data["value"] = diagnosis.value
    sentence = f"first divergence at {place(first)}{why}"
    return [
        Finding(
            key=key if rank == 1 else f"{key}/{rank}",
            kind=kind,
            defect="divergence",
            sentence=sentence,
            worst=_witness(first),
            data=data,
            looks_like=looks_like,
        )
    ]


def _witness(first: Divergence) -> Witness:
    """Return what came back; the error is in ulp of the number that differences are relative to."""
    index = f"[{', '.join(map(str, first.index))}]" if first.index else ""
    tolerance = TOLERANCE if first.what == "loss" else SLACK * TOLERANCE
    nan = float("nan")
    witness = Witness.of(
        0.0,
        nan if first.got is None else first.got,
        nan if first.exact is None else first.exact,
        error=float("inf") if first.got is None else first.difference / _EPS,
        budget=tolerance / _EPS,
    )
    place = f"{first.what}{index}, step {first.step}"
    return msgspec.structs.replace(witness, x=place, x_hex="")
