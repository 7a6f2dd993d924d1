"""The rows of a tally: what is kept of each bin, and how rows are merged and ordered."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..formats import Format

__all__ = [
    "BINS",
    "DEFECTS",
    "OF_BEYOND",
    "ROW",
    "Size",
    "bin_of_minus_zero",
    "bin_shift",
    "empty_rows",
    "merge_row",
    "worst_row",
]

Size = Literal["worst", "beyond", "order", "symmetry"]

_BIN_BITS = 12
#: How many bins a format has at most: the numbers that share their top twelve bits are one.
BINS = 1 << _BIN_BITS
#: What is counted, apart from each other; see `actinit.conformance.error.tally`.
DEFECTS = (
    "beyond",
    "coarse",
    "definition",
    "vanished",
    "sign",
    "nonfinite",
    "range",
    "zero_sign",
    "flushed_input",
    "flushed_result",
    "order",
    "order_beyond",
    "symmetry",
    "symmetry_beyond",
)
#: What some of those beyond the budget are as well.
OF_BEYOND = ("coarse", "definition", "vanished", "sign")

_D = (len(DEFECTS),)
#: A row of a tally: all that is kept of a bin. Inputs are ordinals, results are float64.
ROW = np.dtype(
    [
        ("bin", np.int64),
        ("count", np.int64),  # inputs
        ("x_first", np.int64), ("x_last", np.int64),  # the least and the largest in magnitude
        ("got_first", np.float64), ("got_last", np.float64),
        ("worst", np.float64),  # ulp; -1 where nothing was measured
        ("worst_at", np.int64), ("worst_got", np.float64), ("worst_exact", np.float64),
        ("beyond", np.float64),  # the worst of those above their budget
        ("beyond_at", np.int64), ("beyond_got", np.float64), ("beyond_exact", np.float64),
        ("beyond_budget", np.float64),
        ("order", np.float64),  # the largest step back, in ulp; the result above and that below
        ("order_at", np.int64), ("order_got", np.float64), ("order_exact", np.float64),
        ("symmetry", np.float64),  # the largest asymmetry; the result and what the other implies
        ("symmetry_at", np.int64), ("symmetry_got", np.float64), ("symmetry_exact", np.float64),
        ("seam", np.int64),  # 1 once the step from the bin below was looked at
        ("number", np.int64, _D),  # and by defect: how many, and the ends of where
        ("first", np.int64, _D), ("first_got", np.float64, _D), ("first_exact", np.float64, _D),
        ("last", np.int64, _D), ("last_got", np.float64, _D), ("last_exact", np.float64, _D),
    ]
)  # fmt: skip


def bin_shift(fmt: Format) -> int:
    """Return by how many bits to shift a bit pattern to have its bin; 8 bits are their own bin."""
    return max(fmt.width - _BIN_BITS, 0)


def bin_of_minus_zero(fmt: Format) -> int:
    """Return the bin of -0: those of negative numbers start there."""
    return fmt.sign >> bin_shift(fmt)


def empty_rows(size: int) -> NDArray[Any]:
    """Return rows in which nothing was counted."""
    rows = np.zeros(size, dtype=ROW)
    rows["worst"] = -1
    rows["first"] = np.iinfo(np.int64).max
    rows["last"] = np.iinfo(np.int64).min
    return rows


def worst_row(rows: NDArray[Any], of: Size) -> Any:
    """Return the row with the largest error, or other size that rows keep, or None.

    Of several, that with the input of the smallest magnitude, then the positive one.
    """
    kept = rows[rows[of] >= 0] if of == "worst" else rows[rows[of] > 0]
    if kept.size == 0:
        return None
    return min(kept[kept[of] == kept[of].max()], key=lambda row: _rank(row, of))


def _rank(row: Any, of: str) -> tuple[float, int, bool]:
    """Order rows by the size of what they keep, the largest first."""
    at = int(row[f"{of}_at"])
    return -float(row[of]), max(at, -1 - at), at < 0


# What a row keeps beside a size, and beside the ends of where a defect was seen.
_BESIDE = {
    "worst": ("_at", "_got", "_exact"),
    "beyond": ("_at", "_got", "_exact", "_budget"),
    "order": ("_at", "_got", "_exact"),
    "symmetry": ("_at", "_got", "_exact"),
}


def merge_row(mine: Any, other: Any) -> None:
    """Take over what another row of the same bin has."""
    if other["count"]:
        for name in ("count", "x_first", "x_last", "got_first", "got_last"):
            mine[name] = other[name]
    for size, beside in _BESIDE.items():
        if _rank(other, size) < _rank(mine, size):
            for name in (size, *(size + suffix for suffix in beside)):
                mine[name] = other[name]
    mine["number"] += other["number"]
    for end, nearer in (("first", np.less), ("last", np.greater)):
        taken = nearer(other[end], mine[end])
        for name in (end, f"{end}_got", f"{end}_exact"):
            mine[name][taken] = other[name][taken]
