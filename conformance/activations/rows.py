"""The accuracy of functions of a row, where what places an input is the width of its row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from ..check import Finding, Outcome, Witness
from ..error.curve import ROUNDED, curve_by_size
from ..error.intervals import short
from ..error.kernels import ROUNDING_LEVEL
from ..error.metric import Errors, ulp
from ..error.rows import OF_BEYOND
from ..expected.batches import Batch
from ..formats import Format, hexadecimal
from ..kinds import Kind
from .judge import conclude

__all__ = ["Measured", "judge"]

Array = NDArray[Any]
Mask = NDArray[np.bool_]


class Measured(NamedTuple):
    """A batch of rows, what came back for it, and the errors."""

    batch: Batch
    got: Array
    errors: Errors


def judge(measured: Sequence[Measured], fmt: Format, subject: str) -> Outcome:
    """Judge the results of a whole sample.

    Parameters
    ----------
    measured : sequence of Measured
        Every batch of the sample.
    fmt : Format
        The format of the results.
    subject : str
        What sentences are about.

    Returns
    -------
    Outcome
        Conforming if nothing is beyond its budget; with the worst row, a grade and counts.
    """
    masks = [_masks(part, fmt) for part in measured]
    counts = {defect: sum(int(mask[defect].sum()) for mask in masks) for defect in masks[0]}
    found = []
    for defect in ("nonfinite", "beyond", "flushed_input", "flushed_result"):
        if counts[defect]:
            chosen = [mask[defect] for mask in masks]
            kind = _kind(defect, counts["definition"])
            found.append(_finding(defect, kind, measured, chosen, subject))
    points = sum(part.errors.ulps.size for part in measured)
    finite = [np.isfinite(part.errors.ulps) for part in measured]
    far_off = [mask["coarse"] | mask["sign"] for mask in masks]
    wrong = _worst(measured, far_off) if any(mask.any() for mask in far_off) else None
    judged = conclude(found, points, counts, _worst(measured, finite), wrong)
    return replace(judged, curve=_curve(measured, fmt))


def _curve(measured: Sequence[Measured], fmt: Format) -> dict[str, float]:
    """Return the largest error by binade of the width of the row."""
    widths, errors = [], []
    for part in measured:
        ulps = part.errors.ulps.reshape(len(part.batch.x), -1)
        widths.append(_width(part))
        finite = np.where(np.isfinite(ulps), ulps, 0.0)
        errors.append(reduce(np.maximum, finite.T))  # rows are short: max(axis=1) takes much longer
    return curve_by_size(np.concatenate(widths), np.concatenate(errors), fmt, above=ROUNDED)


def _masks(part: Measured, fmt: Format) -> dict[str, Mask]:
    """Return which results have each defect, as `actinit.conformance.error.tally` names it."""
    errors, right = part.errors, part.batch.exact.rounded
    got = part.got.astype(np.float64)
    beyond = errors.beyond(_budget(part))
    with np.errstate(all="ignore"):
        distance = np.abs(got - right)
        size = np.maximum(1.0, _per_result(np.abs(part.batch.x).max(axis=1), part))
        scale = np.sqrt(ulp(np.ones(1), fmt)) * np.maximum(1.0, np.abs(right))
        of_beyond = (
            distance > ROUNDING_LEVEL * ulp(size, fmt),
            distance > scale,
            (got == 0) & (right != 0),
            errors.wrong_sign,
        )
    return {
        "beyond": beyond,
        **{name: beyond & mask for name, mask in zip(OF_BEYOND, of_beyond, strict=True)},
        "nonfinite": errors.nonfinite,
        "flushed_input": errors.flushed_input,
        "flushed_result": errors.flushed_result,
    }


def _kind(defect: str, definition: int) -> Kind | None:
    if defect == "beyond":
        return "definition" if definition else "accuracy"
    return "non-finite" if defect == "nonfinite" else None


def _finding(
    defect: str, kind: Kind | None, measured: Sequence[Measured], chosen: list[Mask], subject: str
) -> Finding:
    widths = np.concatenate([_widths(*both) for both in zip(measured, chosen, strict=True)])
    low, high = float(widths.min()), float(widths.max())
    worst = _worst(measured, chosen)
    where = f"in rows of width {short(low)}"
    if high > low:
        where += f" to {short(high)}"
    return Finding(
        key=f"{defect}/rows/1",
        kind=kind,
        defect=defect,
        first=repr(low),
        last=repr(high),
        first_hex=hexadecimal(low),
        last_hex=hexadecimal(high),
        count=widths.size,
        points=sum(part.errors.ulps.size for part in measured),
        worst=worst,
        sentence=f"{subject} {''.join(_words(defect, worst, where))}",
    )


def _words(defect: str, worst: Witness, where: str) -> Iterator[str]:
    if defect == "nonfinite":
        yield f"is {worst.got} {where}, where {worst.exact} is right"
    elif defect == "beyond":
        yield f"is up to {short(worst.error or 0.0)} ulp off {where}: "
        yield f"{worst.got} for {worst.exact} at x = {worst.x}"
    else:
        yield f"flushes subnormal {'inputs' if defect == 'flushed_input' else 'results'} {where}"


def _worst(measured: Sequence[Measured], chosen: Iterable[Mask]) -> Witness:
    """Return the largest of the chosen errors."""
    best: tuple[float, Measured, Any] | None = None
    for part, mask in zip(measured, chosen, strict=True):
        sizes = np.where(mask, part.errors.ulps, -1.0)
        at = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        if best is None or sizes[at] > best[0]:
            best = float(sizes[at]), part, at
    assert best is not None
    error, part, at = best
    batch = part.batch
    return Witness.of(
        batch.x[at[0]],
        part.got[at],
        batch.exact.rounded[at],
        error=error,
        budget=float(_budget(part)[at]),
    )


def _budget(part: Measured) -> NDArray[np.float64]:
    assert part.batch.budget is not None
    return part.batch.budget


def _widths(part: Measured, chosen: Mask) -> NDArray[np.float64]:
    """Return the width of the row of each chosen result."""
    return _per_result(_width(part), part)[chosen]


def _width(part: Measured) -> NDArray[np.float64]:
    """Return the width of each row."""
    x = part.batch.x.astype(np.float64)
    width: NDArray[np.float64] = reduce(np.maximum, x.T) - reduce(np.minimum, x.T)
    return width


def _per_result(of_row: Array, part: Measured) -> NDArray[np.float64]:
    """Spread one number for each row over the results."""
    shape = part.errors.ulps.shape
    spread = of_row.astype(np.float64).reshape(-1, *[1] * (len(shape) - 1))
    return np.broadcast_to(spread, shape)
