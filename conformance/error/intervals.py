"""Bins of a tally that have one defect and lie together.

Neighbouring bins are one group. So are bins with less than a binade between them, since errors near
a budget come and go; and where more than a handful would be left, the nearest are put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..check import Witness
from ..formats import Format
from .curve import per_binade
from .metric import lost, ulp
from .ordinals import number
from .question import Question
from .rows import DEFECTS, Size, bin_of_minus_zero, worst_row
from .tally import Tally

__all__ = ["Group", "Point", "groups", "short", "witness"]

# Defects of which rows keep the largest.
_SIZES: dict[str, Size] = {
    "beyond": "beyond",
    "order": "order",
    "order_beyond": "order",
    "symmetry": "symmetry",
    "symmetry_beyond": "symmetry",
}
# As many of one defect as a person reads.
_MOST = 5


def groups(tally: Tally, question: Question, defect: str) -> Iterator[Group]:
    """Yield the groups of a defect, in the order of the inputs.

    Parameters
    ----------
    tally : Tally
        Whole, with its seams.
    question : Question
        What was asked.
    defect : str
        One of `DEFECTS`.
    """
    rows = tally.rows
    for start, stop in _runs(rows, defect, question.fmt):
        yield Group(rows, rows[start:stop], defect, question)


def short(value: float) -> str:
    """Write a number for a sentence: to four digits, zeros with their sign."""
    return repr(float(value)) if value == 0 else f"{value:.4g}"


def witness(row: Any, size: Size, question: Question) -> Witness:
    """Return the input at which a row has its largest error, or other size that it keeps."""
    x = number(int(row[f"{size}_at"]), question.fmt)
    got, exact = np.array(row[f"{size}_got"]), np.array(row[f"{size}_exact"])
    budget = float(question.budgets(np.array([x], dtype=np.float64))[0])
    if lost(got, exact, question.fmt):  # towards zero a budget ends there
        budget = min(budget, float(np.abs(exact) / ulp(exact, question.fmt)))
    return Witness.of(x, got[()], exact[()], error=float(row[size]), budget=budget)


@dataclass(frozen=True)
class Point:
    """An input with its result and what is right."""

    at: int  #: Its ordinal.
    got: float
    exact: float
    fmt: Format

    @cached_property
    def x(self) -> float:
        """The input."""
        return float(number(self.at, self.fmt))

    def __str__(self) -> str:
        return short(self.x)


@dataclass(frozen=True)
class Group:
    """Rows of a tally that have a defect.

    Attributes
    ----------
    every : ndarray of ROW
        All rows of the tally, in the order of the inputs.
    rows : ndarray of ROW
        Those of the group, and those between them.
    defect : str
        The defect.
    question : Question
        What was asked.
    """

    every: NDArray[Any]
    rows: NDArray[Any]
    defect: str
    question: Question

    def number(self, defect: str | None = None) -> int:
        """Return how many inputs have the defect, or one that belongs to it."""
        return int(self.rows["number"][:, DEFECTS.index(defect or self.defect)].sum())

    def ends(self, defect: str | None = None) -> tuple[Point, Point]:
        """Return the first and the last input with a defect."""
        index = DEFECTS.index(defect or self.defect)
        rows = self.rows[self.rows["number"][:, index] > 0]
        return self._point(rows[0], "first", index), self._point(rows[-1], "last", index)

    def outward(self, defect: str | None = None) -> tuple[Point, Point]:
        """Return the ends, the one nearer to zero first."""
        first, last = self.ends(defect)
        return (last, first) if (abs(last.x), last.at < 0) < (abs(first.x), True) else (first, last)

    @cached_property
    def one_sided(self) -> bool:
        """Whether all inputs have one sign."""
        first, last = self.ends()
        return (first.at < 0) == (last.at < 0)

    @cached_property
    def worst(self) -> Witness:
        """The input that shows the defect best."""
        size = _SIZES.get(self.defect)
        # Zeros of two signs are 0 ulp apart.
        row = worst_row(self.rows, size) if size else None
        if size and row is not None:
            return witness(row, size, self.question)
        if self.defect == "range":
            low, high = self.question.range
            point = max(self.ends(), key=lambda end: max(low - end.got, end.got - high))
        else:
            point, _ = self.outward()
        return Witness.of(point.x, point.got, point.exact)

    def where(self, defect: str | None = None) -> str:
        """Return from where to where, or only from where if it goes on to the last bin asked."""
        first, last = self.ends(defect)
        if first.at == last.at:
            return f"at {first}"
        if (first.at < 0) != (last.at < 0):
            return f"from {first} to {last}"
        near, far = self.outward(defect)
        return f"from {near} on" if self._outermost(far) else f"from {near} to {far}"

    def _outermost(self, point: Point) -> bool:
        """Whether an input is in the last bin that was asked about on its side."""
        fmt, negative = self.question.fmt, point.at < 0
        section = _section(self.rows[:1]["bin"], fmt)
        rows = self.every[(_section(self.every["bin"], fmt) == section) & (self.every["count"] > 0)]
        rows = rows[(rows["x_first"] < 0) == negative]
        if not rows.size:  # pairs are counted without their results
            return False
        row = rows[np.argmin(rows["x_last"]) if negative else np.argmax(rows["x_last"])]
        return abs(point.at) >= abs(int(row["x_first"]))

    def _point(self, row: Any, end: Literal["first", "last"], index: int) -> Point:
        got, exact = row[f"{end}_got"][index], row[f"{end}_exact"][index]
        return Point(int(row[end][index]), float(got), float(exact), self.question.fmt)


def _runs(rows: NDArray[Any], defect: str, fmt: Format) -> list[tuple[int, int]]:
    """Return the first and the past-the-last index of rows that belong together."""
    having = np.flatnonzero(rows["number"][:, DEFECTS.index(defect)])
    if having.size == 0:
        return []
    gaps = np.diff(having) - 1
    elsewhere = np.diff(_section(rows["bin"][having], fmt)) != 0
    parted = np.flatnonzero((gaps >= per_binade(fmt)) | elsewhere)
    if parted.size >= _MOST:
        widest = np.lexsort((parted, -gaps[parted], ~elsewhere[parted]))
        parted = np.sort(parted[widest[: _MOST - 1]])
    starts, stops = having[[0, *(parted + 1)]], having[[*parted, -1]] + 1
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def _section(bins: NDArray[np.int64], fmt: Format) -> NDArray[np.int64]:
    """Return 0 for bins of numbers, and for those of infinity and nan the sign of these."""
    minus_zero = bin_of_minus_zero(fmt)
    numbers = (bins & (minus_zero - 1)) < fmt.exponents * per_binade(fmt)
    return np.where(numbers, 0, np.where(bins & minus_zero, -1, 1))
