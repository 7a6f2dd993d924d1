"""Two arrays of results of one sample held against each other, bit by bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format
from ..results.dispatch import Changed
from .questions import Question, Sample

__all__ = ["changed", "together"]

Array = NDArray[Any]
# Of a row so many numbers are shown.
_SHOWN = 4


def changed(question: Question, sample: Sample, usual: Array, here: Array) -> Changed | None:
    """Return how two arrays of results differ; None if they are the same bits.

    Two nan are the same whatever their bits, and of zeros the sign counts.

    Parameters
    ----------
    question : Question
        What was asked.
    sample : Sample
        The inputs.
    usual, here : ndarray
        What came back without a setting, and with it.
    """
    fmt = question.fmt
    if usual.tobytes() == here.tobytes():
        return None
    steps = _steps(usual, here, fmt)
    if not steps.any():
        return None
    place = np.unravel_index(int(np.argmax(steps)), steps.shape)
    at, rest = int(place[0]), tuple(place[1:])
    right = question.right(sample, at)
    most = float(steps[place])
    return Changed(
        differ=int(np.count_nonzero(steps)),
        points=int(steps.size),
        apart=most if np.isfinite(most) else None,
        x=_text(sample.x[at]),
        usual=_text(usual[place]),
        here=_text(here[place]),
        exact=_text(right[rest] if rest else right),
    )


def together(one: Changed | None, other: Changed | None) -> Changed | None:
    """Return what two samples of one question come to: the counts of both, the worst of either."""
    if one is None or other is None:
        return one or other
    worst = max(one, other, key=lambda each: np.inf if each.apart is None else each.apart)
    return Changed(
        differ=one.differ + other.differ, points=one.points + other.points, apart=worst.apart,
        x=worst.x, usual=worst.usual, here=worst.here, exact=worst.exact,
    )  # fmt: skip


def _steps(one: Array, other: Array, fmt: Format) -> NDArray[np.float64]:
    """Return how many numbers of the format apart results are: infinity if one of them is a nan."""
    with np.errstate(invalid="ignore"):
        nans = [np.isnan(array.astype(np.float64)) for array in (one, other)]
    orders = []
    for array in (one, other):
        bits = np.ascontiguousarray(array).view(fmt.bits)
        magnitude = (bits & fmt.bits.type(fmt.sign - 1)).astype(np.float64)
        orders.append(np.where(bits & fmt.bits.type(fmt.sign), -1 - magnitude, magnitude))
    differ = np.ascontiguousarray(one).view(fmt.bits) != np.ascontiguousarray(other).view(fmt.bits)
    # Beyond 2^53 neighbours have one place as float64.
    steps = np.where(differ, np.maximum(np.abs(orders[0] - orders[1]), 1), 0)
    return np.where(nans[0] & nans[1], 0, np.where(nans[0] != nans[1], np.inf, steps))


def _text(number: Any) -> str:
    array = np.asarray(number).astype(np.float64)
    if not array.ndim:
        return float(array).hex()
    shown = [float(one).hex() for one in array[:_SHOWN]]
    return f"[{', '.join([*shown, *(['...'] if len(array) > _SHOWN else [])])}]"
