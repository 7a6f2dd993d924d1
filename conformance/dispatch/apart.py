"""Two arrays of results of one sample held against each other, bit by bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import hexadecimal
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
    if usual.tobytes() == here.tobytes():
        return None
    steps = question.fmt.apart(usual, here)
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


def _text(numbers: Any) -> str:
    array = np.asarray(numbers)
    shown = hexadecimal(array[:_SHOWN] if array.ndim else array)
    return shown if array.size <= _SHOWN else f"{shown[:-1]}, ...]"
