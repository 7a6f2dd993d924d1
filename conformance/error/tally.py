"""What a sweep or a sample found, bin by bin, in a form that can be stored and merged.

A *bin* is the inputs that share their top twelve bits: the sign, the exponent and, in the formats
below float64, the first bits of the significand; in a format of 8 bits each input is a bin. So a
bin of float32 holds 2**20 inputs, and a chunk of the sweep (one exponent, both signs) holds sixteen
bins. A tally keeps one row for each bin that it has seen; see `error.rows.ROW`. Inputs are kept
as *ordinals*, their place in the order of the format (0 for 0.0, -1 for -0.0), results and exact
values as float64, which holds the numbers of every format.

What is counted in a bin, each with the first and the last input in the order of numbers:

===================  ===============================================================================
`beyond`             finite error above the budget; of these:
`coarse`             further off in absolute terms than rounding explains (grade F rather than D)
`definition`         half of the digits gone at the scale of the result: another function
`vanished`           zero, where what is right is no subnormal
`sign`               of the wrong sign, and not zero
`nonfinite`          nan or infinite where a number is right, or a number where nan is
`range`              outside the range of the function
`zero_sign`          zero, subnormal or not, rounded to the zero of the other sign
`flushed_input`      the value at zero, at a subnormal input
`flushed_result`     zero, where a subnormal is right
`order`              any step in the wrong direction between neighbours, noted at the upper one
`order_beyond`       such a step above the budgets of its two ends
`symmetry`           not, to the last bit, what the symmetry gives, noted at the positive input
`symmetry_beyond`    so, by more than is granted
===================  ===============================================================================

A non-finite mismatch is counted as that and as nothing else; a flush is no error; where input and
result are both subnormal and zero comes back, it is a flush of either and counted as both. Beside
the counts a row keeps the worst error, the worst of those beyond the budget, the largest step back
and the largest asymmetry.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format
from ..oracle import Exact
from . import kernels
from .kernels import Pending
from .ordinals import number, ordinals
from .question import Question
from .rows import (
    BINS,
    DEFECTS,
    ROW,
    Size,
    bin_of_minus_zero,
    bin_shift,
    empty_rows,
    merge_row,
    worst_row,
)

__all__ = ["Tally"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


class Tally:
    """Counts over the bins of a format.

    Parameters
    ----------
    fmt : Format
        Of inputs and results; every call must be about the same.
    """

    def __init__(self, fmt: Format) -> None:
        self.fmt = fmt
        self._slots = np.full(BINS, -1, dtype=np.int64)
        self._rows = empty_rows(16)
        self._used = 0
        self._pending = Pending.room(0)

    @property
    def rows(self) -> NDArray[Any]:
        """The rows, in the order of numbers; a view or a copy, not to be written to."""
        return self._rows[self._order()]

    def add(self, x: Array, got: Array, exact: Exact | Floats, question: Question) -> None:
        """Count results.

        A step between neighbours is looked at within a bin, also where it comes in several calls;
        from one bin to the next it is for `seams`.

        Parameters
        ----------
        x : ndarray
            Inputs of one sign, by ascending bit pattern, each beyond those that its bin has.
        got : ndarray
            Results in the format.
        exact : Exact or ndarray of float64
            What is right.
        question : Question
            What is asked.

        Raises
        ------
        ValueError
            If the inputs are of both signs, or a bin has some of them or later ones already.
        """
        if x.size == 0:
            return
        bits, wide = self._bits(x), self._wide(got)
        if not isinstance(exact, Exact):
            exact = Exact(exact, exact)  # below float64 the residual is not read
        ends = self._place(int(bits[0])), self._place(int(bits[-1]))
        rounded, residual = map(_read_only, self._settled(x, got, exact, question, ends))
        self._continue(bits, ends, float(wide[0]), question)
        pending = self._room(x.size)
        errors, steps = kernels.count(
            bits, wide, rounded, residual, question.terms, self._rows, self._slots, pending
        )
        if errors:
            points = _points(x, pending.errors[:errors])
            kernels.settle(
                bits, points, wide, rounded, question.terms, self._rows, self._slots, pending,
                errors, question.budgets(points),
            )  # fmt: skip
        if steps:
            at = pending.steps[:steps]
            granted = sum(question.budgets(_points(x, i)) for i in (at, at - 1))
            kernels.settle_steps(
                bits, wide, question.terms, self._rows, self._slots, pending, steps, granted
            )

    def add_symmetry(self, x: Array, got: Array, mirrored: Array, question: Question) -> None:
        """Count where results at inputs and at their negatives are not what the symmetry says.

        Parameters
        ----------
        x : ndarray
            Positive inputs, by ascending bit pattern.
        got, mirrored : ndarray
            Results in the format at the inputs and at their negatives.
        question : Question
            What is asked; it must have a symmetry.

        Raises
        ------
        ValueError
            If it has none, or an input is negative.
        """
        if question.symmetry is None:
            raise ValueError("the question has no symmetry: give it 'odd' or 'even'")
        if x.size == 0:
            return
        if np.signbit(x[-1]) or np.signbit(x[0]):
            raise ValueError("a symmetry is counted at positive inputs; these are negative")
        bits, wide, other = self._bits(x), self._wide(got), self._wide(mirrored)
        sign = -1.0 if question.symmetry == "odd" else 1.0
        self._make_rows(bits)
        slack = 2 * question.base_budget
        arguments = (question.terms, self._rows, self._slots, self._room(x.size))
        n = kernels.mirror(bits, wide, other, sign, slack, *arguments)
        if n:
            granted = 2 * question.budgets(_points(x, self._pending.steps[:n]))
            kernels.settle_mirrored(bits, wide, other, sign, *arguments, n, granted)

    def merge(self, other: Tally) -> None:
        """Take over the rows of another tally.

        Associative and commutative. Of two equally bad inputs the one of the smaller magnitude is
        kept as the worst, then the positive one.

        Parameters
        ----------
        other : Tally
            Of the same format, with inputs in other bins.

        Raises
        ------
        ValueError
            If it is of another format, a bin has inputs in both, so that they would be counted
            twice, or the seams of one were looked at.
        """
        if other.fmt != self.fmt:
            raise ValueError(f"a tally of {other.fmt.name} does not go into one of {self.fmt.name}")
        if self._rows["seam"].any() or other._rows["seam"].any():
            raise ValueError("seams were looked at already: merge first, then call seams")
        rows = other._rows[: other._used]
        known = self._slots[rows["bin"]]
        twice = (known >= 0) & (rows["count"] > 0) & (self._rows["count"][known] > 0)
        if twice.any():
            raise ValueError(
                f"bin {int(rows['bin'][twice][0]):#x} has inputs in both tallies: they would be "
                "counted twice; sweep each bin into one tally"
            )
        for slot, row in zip(self._slots_of(rows["bin"]), rows, strict=True):
            merge_row(self._rows[slot], row)

    def seams(self, question: Question) -> None:
        """Look at the steps from each bin to the next, once all are there; again is no harm.

        Parameters
        ----------
        question : Question
            What was asked.
        """
        order = self._order()
        order = order[self._rows["count"][order] > 0]
        # Of a negative bin the first input, the least in magnitude, is the uppermost.
        negative = self._rows["x_first"][order] < 0
        ends = {}
        for name in ("x", "got"):
            first, last = (self._rows[f"{name}_{end}"][order] for end in ("first", "last"))
            ends[name] = np.where(negative, first, last)[:-1], np.where(negative, last, first)[1:]
        above = order[1:]
        with np.errstate(invalid="ignore"):  # 0 times inf, where nothing is asked
            lower_got, upper_got = (question.terms.rising * got for got in ends["got"])
        back = upper_got < lower_got
        for i in np.flatnonzero(back & (self._rows["seam"][above] == 0)):
            lower, upper = ((int(ends["x"][k][i]), float(ends["got"][k][i])) for k in (0, 1))
            self._step(int(above[i]), lower, upper, question)
        self._rows["seam"][above] = 1

    def to_array(self) -> NDArray[Any]:
        """Return all rows as an array of `ROW`, ordered by bin: the same for the same contents."""
        rows = self._rows[: self._used]
        return rows[np.argsort(rows["bin"])]

    @classmethod
    def from_array(cls, array: NDArray[Any], fmt: Format) -> Tally:
        """Return the tally that `to_array` gave.

        Raises
        ------
        ValueError
            If the array is of another layout, such as that of another release.
        """
        if array.dtype != ROW:
            raise ValueError("these are no rows of a tally of this release; sweep again")
        found = cls(fmt)
        found._rows, found._used = array.copy(), len(array)
        found._slots[array["bin"]] = np.arange(len(array))
        return found

    def number(self, defect: str) -> int:
        """Return how often a defect was counted."""
        return int(self._rows["number"][: self._used, DEFECTS.index(defect)].sum())

    @property
    def count(self) -> int:
        """How many inputs were counted."""
        return int(self._rows["count"][: self._used].sum())

    def worst(self, of: Size = "worst") -> Any:
        """Return the row with the largest error, or other size that rows keep; see `worst_row`."""
        return worst_row(self._rows[: self._used], of)

    def _order(self) -> NDArray[np.intp]:
        """Return the indices of the rows in the order of numbers."""
        bins = self._rows["bin"][: self._used]
        minus_zero = bin_of_minus_zero(self.fmt)
        return np.argsort(np.where(bins >= minus_zero, minus_zero - 1 - bins, bins))

    def _bits(self, x: Array) -> Array:
        if x.dtype != self.fmt.dtype:
            raise ValueError(f"expected inputs of type {self.fmt.dtype}, got {x.dtype}")
        bits = _read_only(x).view(self.fmt.bits)
        # Kernels are made for patterns of 16 bits and more; those of 8 are small numbers to them.
        return _read_only(bits.astype(np.uint16)) if self.fmt.width < 16 else bits

    def _wide(self, got: Array) -> Array:
        """Return results in a type that the kernels are made for."""
        if got.dtype != self.fmt.dtype:
            raise ValueError(f"expected results of type {self.fmt.dtype}, got {got.dtype}")
        if self.fmt.width < 32:
            with np.errstate(invalid="ignore"):
                got = got.astype(np.float32)
        return _read_only(got)

    def _room(self, size: int) -> Pending:
        if self._pending.errors.size < size:
            self._pending = Pending.room(size)
        return self._pending

    def _slots_of(self, bins: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the indices of the rows of some bins, each given once; made if there are none."""
        new = bins[self._slots[bins] < 0]
        used = self._used + new.size
        if used > len(self._rows):
            more = empty_rows(max(2 * len(self._rows), used))
            more[: self._used] = self._rows[: self._used]
            self._rows = more
        self._rows["bin"][self._used : used] = new
        self._slots[new] = np.arange(self._used, used)
        self._used = used
        return self._slots[bins]

    def _make_rows(self, bits: Array) -> NDArray[np.int64]:
        """Return the indices of the rows of inputs, which are made if there are none."""
        shift = self.fmt.bits.type(bin_shift(self.fmt))
        ends = (bits[[0, -1]] >> shift).astype(np.int64)
        if ends[0] == ends[1]:
            return self._slots_of(ends[:1])
        bins = bits >> shift
        heads = np.flatnonzero(bins[1:] != bins[:-1]) + 1
        return self._slots_of(bins[[0, *heads]].astype(np.int64))

    def _place(self, bits: int) -> int:
        """Return the ordinal of an input, from its bits."""
        sign = self.fmt.sign
        return bits if bits < sign else sign - 1 - bits

    def _continue(self, bits: Array, ends: tuple[int, int], got: float, question: Question) -> None:
        """Make the rows of inputs, and count the step that leads to the first of them."""
        first, last = ends
        if (first < 0) != (last < 0):
            raise ValueError("inputs of one sign are counted at a time; these are of both")
        slots = self._make_rows(bits)
        row = self._rows[slots[0]]
        known = int(row["x_last"]) if row["count"] else None
        if (known is not None and not (known < first if first >= 0 else first < known)) or (
            slots.size > 1 and self._rows["count"][slots[1:]].any()
        ):
            raise ValueError(
                "inputs are counted once and by ascending bit pattern; some of these, or later "
                "ones, were counted already"
            )
        if known is not None:
            before, here = (known, float(row["got_last"])), (first, got)
            lower, upper = (before, here) if first >= 0 else (here, before)
            self._step(int(slots[0]), lower, upper, question)

    def _step(
        self, slot: int, lower: tuple[int, float], upper: tuple[int, float], question: Question
    ) -> None:
        """Count a step between two inputs, each with its result, if it goes the wrong way."""
        t = question.terms
        size = kernels.step_between(lower[1], *upper, t, self._rows, slot)
        if size > 2 * t.base:
            points = np.array([number(at, self.fmt) for at, _ in (lower, upper)])
            if size > question.budgets(points.astype(np.float64)).sum():
                beyond = DEFECTS.index("order_beyond")
                kernels.note(beyond, *upper, lower[1], self._rows, slot)

    def _settled(
        self, x: Array, got: Array, exact: Exact, question: Question, ends: tuple[int, int]
    ) -> Exact:
        """Return what is right, with what came back where the question leaves that open."""
        first, last = sorted(ends)
        rounded, residual = exact
        for low, high in question.open:
            if low <= last and first <= high:
                places = ordinals(x, self.fmt)
                open_here = (low <= places) & (places <= high)
                rounded = np.where(open_here, got.astype(np.float64), rounded)
                residual = np.where(open_here, 0.0, residual)
        for place in question.any_zero:
            if first <= place <= last:
                here = ordinals(x, self.fmt) == place
                zero = here & (got == 0) & (rounded == 0)
                rounded = np.where(zero, got.astype(np.float64), rounded)
        return Exact(rounded, residual)


def _points(x: Array, at: NDArray[np.int64]) -> Floats:
    """Return some inputs as float64."""
    with np.errstate(invalid="ignore"):  # a signalling nan says so
        return x[at].astype(np.float64)


def _read_only(array: Array) -> Array:
    """Return a contiguous view that is not to be written to: the one type kernels are made for."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
