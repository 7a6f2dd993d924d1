"""From errors to an outcome: the budget says whether it conforms, the grade how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..formats import Format
from ..metric import Errors, ulp
from ..truth import Batch
from .base import Grade, Outcome, Witness

__all__ = ["Measured", "judge"]

Array = NDArray[Any]

#: Ulp up to which a result that conforms has this grade.
_GRADES: tuple[tuple[float, Grade], ...] = ((1.0, "A"), (4.0, "B"))
# Grade D: beyond the budget, but no further off than so many roundings of a number of size
# max(1, |x|): what is left when terms of that size cancel.
_ROUNDING_LEVEL = 4.0


class Measured(NamedTuple):
    """A batch, what came back for it, and the errors."""

    batch: Batch
    got: Array
    errors: Errors


def judge(measured: Sequence[Measured], fmt: Format) -> Outcome:
    """Judge the results of a whole sample.

    Parameters
    ----------
    measured : sequence of Measured
        Every batch of the sample.
    fmt : Format
        The format of the results.

    Returns
    -------
    Outcome
        Conforming if no error is beyond its budget; with the worst input, a grade and counts.
    """
    counts: dict[str, float] = dict.fromkeys(
        ("points", "beyond_budget", "nonfinite", "wrong_sign", "flushed_input", "flushed_result"), 0
    )
    worst: Witness | None = None
    severity = (False, -1.0)
    definition = lost = False
    span = [np.inf, -np.inf]
    for part in measured:
        batch, errors = part.batch, part.errors
        beyond = errors.ulps > batch.budget
        counts["points"] += errors.ulps.size
        counts["beyond_budget"] += int(beyond.sum())
        counts["nonfinite"] += int(errors.nonfinite.sum())
        counts["wrong_sign"] += int((errors.wrong_sign & beyond).sum())
        counts["flushed_input"] += int(errors.flushed_input.sum())
        counts["flushed_result"] += int(errors.flushed_result.sum())
        witness, error = _worst(part, beyond)
        if worst is None or (bool(beyond.any()), error) > severity:
            worst, severity = witness, (bool(beyond.any()), error)
        if beyond.any():
            distance, size = _distance(part, beyond)
            lost |= bool((distance > _ROUNDING_LEVEL * ulp(size, fmt)).any())
            # Half of the digits gone at the scale of the result: this is another function.
            scale = np.maximum(1.0, np.abs(batch.exact.rounded[beyond]))
            definition |= bool((distance > np.sqrt(ulp(np.ones(1), fmt)) * scale).any())
            inputs = _inputs(batch, beyond)
            span = [min(span[0], inputs.min()), max(span[1], inputs.max())]
    assert worst is not None
    _, error = severity
    if np.isfinite(error):
        counts["max_ulp"] = error
    if not counts["beyond_budget"]:
        grade: Grade = next((grade for limit, grade in _GRADES if error <= limit), "C")
        message = f"at most {error:.3g} ulp, at x = {worst.x}"
        return Outcome(conforms=True, message=message, grade=grade, witness=worst, measured=counts)
    counts["from"], counts["to"] = span
    nonfinite = counts["nonfinite"] > 0
    wrong = lost or nonfinite or counts["wrong_sign"] > 0
    kind = "non-finite" if nonfinite else "definition" if definition else "accuracy"
    message = (
        f"{counts['beyond_budget']:,.0f} of {counts['points']:,.0f} inputs beyond the budget, "
        f"between {span[0]:.9g} and {span[1]:.9g}; worst at x = {worst.x}: got {worst.got}, "
        f"right is {worst.exact} ({error:.3g} ulp, budget {worst.budget:.3g})"
    )
    return Outcome(
        conforms=False,
        message=message,
        kind=kind,
        grade="F" if wrong else "D",
        witness=worst,
        measured=counts,
    )


def _worst(part: Measured, beyond: NDArray[np.bool_]) -> tuple[Witness, float]:
    """Return the largest error: among those beyond the budget, if there are any."""
    errors = part.errors.ulps
    flat = int(np.argmax(np.where(beyond, errors, -1.0) if beyond.any() else errors))
    at = np.unravel_index(flat, errors.shape)
    x, got, exact = part.batch.x[at[0]], part.got[at], part.batch.exact.rounded[at]
    error, budget = float(errors[at]), float(part.batch.budget[at])
    return Witness.of(x, got, exact, error=error, budget=budget), error


def _inputs(batch: Batch, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the inputs of the chosen results: of a row, its width, which is what matters."""
    x = batch.x.astype(np.float64)
    if x.ndim == 1:
        return x[chosen]
    width = x.max(axis=1) - x.min(axis=1)
    return width[chosen.any(axis=-1) if chosen.ndim == 2 else chosen]


def _distance(
    part: Measured, chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return absolute errors of the chosen results, and the size of what they were made from."""
    with np.errstate(all="ignore"):
        distance = np.abs(part.got.astype(np.float64) - part.batch.exact.rounded)
    size = np.maximum(1.0, np.abs(part.batch.x.astype(np.float64)))
    if size.ndim == 2:
        size = size.max(axis=1)
        if distance.ndim == 2:
            size = np.broadcast_to(size[:, np.newaxis], distance.shape)
    return np.nan_to_num(distance[chosen], nan=np.inf), size[chosen]
