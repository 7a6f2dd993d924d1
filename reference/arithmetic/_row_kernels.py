"""One pass over a block of rows: sums, results, or both. NumPy's way; `compiled_rows` has another.

A kernel takes a mode, rows, their maxima and the places of their leaders (-1: not in this block),
the upstream gradient, a table of sums, two arrays for what comes out, and the bound of the error.
What comes out of a kernel of `bounds` are the lower and the upper ends of the results; of others
the results, float32 or float64, and which are open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._primitives import at_least, copysign, power_of_2, select, whole
from ._scaled import Scaled
from .elements import LIFT, At, Part, Row, at_float, at_pair, at_wide, raised
from .functions import NORMAL, SAFE
from .pairs import Pair, fast_two_sum, pair_plus_float, pair_plus_pair, two_product, two_sum

__all__ = [
    "AT",
    "BOTH",
    "COLUMNS",
    "FINISH",
    "ROUNDING",
    "SUMS",
    "Kernel",
    "ends_of",
    "ends_of_float",
    "ends_of_pair",
    "kernel",
    "merged",
    "row_of",
    "row_of_floats",
    "row_of_pairs",
    "tree_of_pairs",
]

Array = NDArray[Any]
Kernel = Callable[..., None]

#: What a kernel is to do.
SUMS, FINISH, BOTH = 1, 2, 3
#: Columns of the table of sums: rest, dot and sum of the upstream gradient, two each; then spread,
#: size, and the leader's upstream gradient; the factor, in three.
COLUMNS = 12
#: Of a sum in pairs: 2**-90, where a rounding is 2**-102 and adding up a long row 2**-91.
ROUNDING = 2.0**-12


#: How each arithmetic sees an element; "wide" are pairs with a better exponential.
AT = {"floats": at_float, "pairs": at_pair, "wide": at_wide}


def row_of_floats(s: Any) -> Row:
    """Return the sums of a row, or of rows, as floats."""
    rest = s[0] + s[1]
    factor = Scaled(s[9], 0)
    return Row(rest, 1.0 + rest, s[2] + s[3], s[6], s[4] + s[5], s[7], s[8], 1.0, 0, 1.0, factor)


def row_of_pairs(s: Any, rounding: float) -> Row:
    """Return the sums of a row, or of rows, as pairs; with what a rounding weighs."""
    total = pair_plus_float(Pair(s[0] * 2.0**-LIFT, s[1] * 2.0**-LIFT), 1.0)
    upstream = Pair(s[4], s[5])
    dot = Pair(s[2], s[3])
    factor = Scaled(Pair(s[9], s[10]), whole(s[11]))
    return Row(
        Pair(s[0], s[1]), total, dot, s[6], upstream, s[7], s[8],
        2.0**LIFT, -LIFT, rounding, factor,
    )  # fmt: skip


def ends_of_float(number: Any, power: Any, weight: Any, bound: Any) -> tuple[Any, Any]:
    """Return the ends of the interval that a result in floats is in."""
    scale = power_of_2(at_least(power, -1022))
    y, error = number * scale, bound * at_least(weight, 0.0) * scale
    return y - error, y + error


def ends_of_pair(number: Any, power: Any, weight: Any, bound: Any) -> tuple[Any, Any]:
    """Return what the ends of a result in pairs round to; if that is not sure, nan for the second.

    Sure are results without a subnormal part, zeros, and what is far below the least float.
    """
    error = bound * at_least(weight, 0.0)
    lower = number.high + (number.low - error)
    upper = number.high + (number.low + error)
    result = lower * power_of_2(at_least(power, -1022))
    a = abs(lower)
    normal = (a > SAFE) & (abs(result) > NORMAL) & (power > -1022)
    zero = (number.high == 0.0) & (error == 0.0)
    vanishes = ((power < -1690) & (a < 2.0**600)) | ((power < -1100) & (a < 2.0**20))
    same = (lower < 0.0) == (upper < 0.0)
    result = select(zero, 0.0, select(vanishes, copysign(0.0, lower), result))
    sure = zero | (vanishes & same) | (normal & (lower == upper))
    return result, select(sure, result, np.nan)


def row_of(arithmetic: str, sums: Any) -> Row:
    """Return the sums of rows in an arithmetic."""
    if arithmetic == "floats":
        return row_of_floats(sums)
    return row_of_pairs(sums, ROUNDING if arithmetic == "pairs" else 1.0)


def ends_of(arithmetic: str, part: Part, at: At, row: Row, bound: float) -> tuple[Any, Any]:
    """Return the ends of a function's results in an arithmetic."""
    y = part.rule(at, row, part.constant(row))
    ends = ends_of_float if arithmetic == "floats" else ends_of_pair
    return ends(y.number, y.power, y.weight, bound)


def merged(sums: Array, more: Array) -> None:
    """Add a table of sums to another."""
    for column in (0, 2, 4):
        first, second = (Pair(one[:, column], one[:, column + 1]) for one in (sums, more))
        total = pair_plus_pair(first, second)
        sums[:, column], sums[:, column + 1] = total.high, total.low
    sums[:, 6:8] += more[:, 6:8]


def kernel(part: Part, arithmetic: str, *, bounds: bool) -> Kernel:
    """Return the kernel of a function, in an arithmetic of `AT`, as NumPy does it."""
    return _of_floats(part, bounds) if arithmetic == "floats" else _of_pairs(part, AT[arithmetic])


def _of_floats(part: Part, bounds: bool) -> Kernel:
    def run(
        mode: int, x: Array, top: Array, lead: Array, upstream: Array, sums: Array,
        results: Array, left_open: Array, bound: float,
    ) -> None:  # fmt: skip
        at = at_float(x.astype(np.float64, copy=False), *_columns(top, lead, x), upstream)
        if mode & SUMS:
            e = np.where(at.leads, 0.0, at.exp.number)
            if part.gradient:
                sums[:, 2] = _tree(e * upstream)
                _of_upstream(sums, e, upstream, at.leads)
            sums[:, 0] = _tree(e)
        if mode & FINISH:
            row = row_of("floats", sums.T[:, :, np.newaxis])
            lower, upper = ends_of("floats", part, at, row, bound)
            results[...] = lower
            if bounds:
                left_open[...] = upper
            else:
                # Of zeros the sign decides.
                signs = (lower < 0.0) != (upper < 0.0)
                left_open[...] = (results != upper.astype(results.dtype)) | signs

    return run


def _of_pairs(part: Part, at_one: Callable[..., At]) -> Kernel:
    def run(
        mode: int, x: Array, top: Array, lead: Array, upstream: Array, sums: Array,
        results: Array, left_open: Array, bound: float,
    ) -> None:  # fmt: skip
        at = at_one(x.astype(np.float64, copy=False), *_columns(top, lead, x), upstream)
        if mode & SUMS:
            e = raised(at.exp)
            e = Pair(np.where(at.leads, 0.0, e.high), np.where(at.leads, 0.0, e.low))
            if part.gradient:
                product = two_product(e.high, upstream)
                _put(sums, 2, tree_of_pairs(product.high, product.low + e.low * upstream))
                _of_upstream(sums, e.high, upstream, at.leads)
            _put(sums, 0, tree_of_pairs(e.high, e.low))
        if mode & FINISH:
            row = row_of("pairs", sums.T[:, :, np.newaxis])
            results[...], upper = ends_of("pairs", part, at, row, bound)
            left_open[...] = np.isnan(upper)

    return run


def _put(sums: Array, column: int, total: Pair) -> None:
    sums[:, column], sums[:, column + 1] = total.high, total.low


def _columns(top: Array, lead: Array, x: Array) -> tuple[Array, Array]:
    return top[:, np.newaxis], np.arange(x.shape[1]) == lead[:, np.newaxis]


def _of_upstream(sums: Array, e: Array, upstream: Array, leads: Array) -> None:
    others = np.where(leads, 0.0, upstream)
    sums[:, 7] = _tree(np.abs(others))
    _put(sums, 4, tree_of_pairs(others, np.zeros_like(others)))
    sums[:, 6] = _tree(e * np.abs(upstream))


def _tree(x: Array) -> Array:
    """Return the sums of rows, halves added until one column is left; what it is given is lost."""
    n = x.shape[1]
    while n > 1:
        half, kept = n // 2, n - n // 2
        x[:, :half] += x[:, kept:n]
        n = kept
    return x[:, 0]


def tree_of_pairs(high: Array, low: Array) -> Pair:
    """Do what `_tree` does, for pairs.

    At depth k a low part is at most (k + 1) 2**-53 of the absolute values that it is the sum of,
    and is rounded twice: depth (depth + 3) 2**-106 of all absolute values, 2**-98 for 2**14.
    """
    n = high.shape[1]
    while n > 1:
        half, kept = n // 2, n - n // 2
        total = two_sum(high[:, :half], high[:, kept:n])
        low[:, :half] = (low[:, :half] + low[:, kept:n]) + total.low
        high[:, :half] = total.high
        n = kept
    return fast_two_sum(high[:, 0], low[:, 0])
